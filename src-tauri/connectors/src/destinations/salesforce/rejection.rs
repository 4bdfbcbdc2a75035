//! What Salesforce says of one record: sent again, there already, or refused with a reason in its own words and in plain
//! ones.

use serde::{Deserialize, Serialize};
use sluice_engine::destination::Outcome;
use sluice_engine::error::{Error, ErrorKind};

/// Why Salesforce did not take a record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::destinations) struct RowError {
    /// Such as `REQUIRED_FIELD_MISSING`.
    #[serde(default)]
    pub(in crate::destinations) status_code: String,
    /// In Salesforce's words.
    #[serde(default)]
    pub(in crate::destinations) message: String,
    /// The fields it is about.
    #[serde(default)]
    pub(in crate::destinations) fields: Vec<String>,
}

impl RowError {
    /// Reads the column `sf__Error` of a job's failed records: `CODE:words:Field,Field --`
    /// (Bulk API 2.0 Developer Guide, "Get Job Failed Record Results").
    pub(super) fn of_a_job(text: &str) -> Self {
        let Some((code, rest)) = text.split_once(':').filter(|(code, _)| is_code(code)) else {
            return Self { status_code: String::new(), message: text.trim().to_owned(), fields: Vec::new() };
        };
        let rest = rest.trim_end().strip_suffix("--").map_or(rest, str::trim_end);
        let (message, fields) = match rest.rsplit_once(':') {
            Some((message, fields))
                if fields.split(',').all(|field| field.trim().is_empty() || is_field(field)) =>
            {
                (message, fields)
            }
            Some(_) | None => (rest, ""),
        };
        Self {
            status_code: code.to_owned(),
            message: message.trim().to_owned(),
            fields: fields
                .split(',')
                .map(|field| field.trim().to_owned())
                .filter(|field| !field.is_empty())
                .collect(),
        }
    }

    /// It may work a little later as it is.
    fn passes(&self) -> bool {
        matches!(
            self.status_code.as_str(),
            "UNABLE_TO_LOCK_ROW"
                | "QUERY_TIMEOUT"
                | "SERVER_UNAVAILABLE"
                | "REQUEST_RUNNING_TOO_LONG"
                | "API_TEMPORARILY_UNAVAILABLE"
                | "PROCESSING_HALTED"
                | "ALL_OR_NONE_OPERATION_ROLLED_BACK"
        ) || self.message.contains("Too many SOQL queries")
    }

    fn error(&self, kind: ErrorKind) -> Error {
        let words =
            if self.message.is_empty() { "no reason was given" } else { self.message.trim_end_matches('.') };
        let at = match (self.status_code.as_str(), self.fields.join(", ")) {
            ("", _) => String::new(),
            (code, fields) if fields.is_empty() => format!(" ({code})"),
            (code, fields) => format!(" ({code}: {fields})"),
        };
        Error::new(kind, format!("Salesforce: {words}{at}.")).with_hint(plainly(&self.status_code))
    }

    /// What it is, by Salesforce's code.
    fn kind(&self) -> ErrorKind {
        match self.status_code.as_str() {
            "REQUIRED_FIELD_MISSING" => ErrorKind::RequiredMissing,
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" => ErrorKind::NotInList,
            "STRING_TOO_LONG" => ErrorKind::TextTooLong,
            "FIELD_CUSTOM_VALIDATION_EXCEPTION" | "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" | "APEX_ERROR" => {
                ErrorKind::RuleRefused
            }
            "DUPLICATES_DETECTED" => ErrorKind::DuplicateRule,
            "DUPLICATE_VALUE" | "DUPLICATE_EXTERNAL_ID" => ErrorKind::ValueTaken,
            "INVALID_CROSS_REFERENCE_KEY" | "MALFORMED_ID" => ErrorKind::ReferenceMissing,
            "INVALID_FIELD_FOR_INSERT_UPDATE"
            | "INSUFFICIENT_ACCESS_OR_READONLY"
            | "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
            | "INSUFFICIENT_ACCESS" => ErrorKind::FieldGuarded,
            _ => ErrorKind::RecordRejected,
        }
    }
}

/// What became of a record that Salesforce did not take.
pub(super) fn outcome(errors: &[RowError]) -> Outcome {
    let lasting: Vec<_> = errors.iter().filter(|error| !error.passes()).cloned().collect();
    match errors {
        [first, ..] if lasting.is_empty() => {
            let is_locked = first.status_code == "UNABLE_TO_LOCK_ROW";
            Outcome::Again(first.error(if is_locked {
                ErrorKind::RecordLocked
            } else {
                ErrorKind::ServerFailed
            }))
        }
        _ => Outcome::Rejected(rejected(&lasting, false)),
    }
}

/// The error for a record that Salesforce refused for good; `exists` where it was to be created and is there.
pub(in crate::destinations) fn rejected(errors: &[RowError], exists: bool) -> Error {
    let kind = |error: &RowError| if exists { ErrorKind::AlreadyExists } else { error.kind() };
    let all: Vec<_> = errors.iter().map(|error| error.error(kind(error))).collect();
    match &*all {
        [] => {
            let kind = if exists { ErrorKind::AlreadyExists } else { ErrorKind::RecordRejected };
            Error::new(kind, "Salesforce did not take the record, and gave no reason.")
        }
        [only] => only.clone(),
        // It is told as its first reason: what is done about that comes first.
        [first, ..] => {
            let words: Vec<_> = all.iter().map(Error::message).collect();
            Error::new(first.kind(), words.join(" ")).with_hint(first.hint().to_owned())
        }
    }
}

/// It was to be created, and something with this key is there.
pub(super) fn exists(errors: &[RowError], match_field: &str) -> Option<Error> {
    let about = |error: &&RowError| {
        error.status_code == "DUPLICATE_VALUE"
            && (error.message.contains(match_field) || error.fields.iter().any(|field| field == match_field))
    };
    errors.iter().find(about).map(|error| error.error(ErrorKind::AlreadyExists))
}

/// It is deleted already.
pub(super) fn is_gone(errors: &[RowError]) -> bool {
    !errors.is_empty() && errors.iter().all(|error| error.status_code == "ENTITY_IS_DELETED")
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn is_field(text: &str) -> bool {
    text.trim().chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
}

/// What to do, in plain words.
fn plainly(code: &str) -> &'static str {
    match code {
        "REQUIRED_FIELD_MISSING" => "Map a column to each of these fields, or give them a constant.",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" => {
            "The value is not in the field's pick list: add it there in Salesforce, or change it in the query."
        }
        "STRING_TOO_LONG" => "Shorten the text in the query, or make the field longer in Salesforce.",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION" => {
            "A validation rule of your org refuses it: correct the record, or ask the administrator who wrote the rule."
        }
        "DUPLICATES_DETECTED" => {
            "A duplicate rule of your org takes it for a record that is there: merge the two, match by another field, or have the rule allow it."
        }
        "DUPLICATE_VALUE" | "DUPLICATE_EXTERNAL_ID" => {
            "Two records have this value: make the field unique in Salesforce, and its column unique in the query."
        }
        "INVALID_EMAIL_ADDRESS" => "Correct the address in the warehouse, or leave it out.",
        "INVALID_CROSS_REFERENCE_KEY" | "INVALID_FIELD" | "MALFORMED_ID" => {
            "The record it refers to is not there: check the id or external id in this column."
        }
        "INSUFFICIENT_ACCESS_OR_READONLY"
        | "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
        | "INSUFFICIENT_ACCESS" => "Ask an administrator to let the signed-in user edit this record.",
        "INVALID_FIELD_FOR_INSERT_UPDATE" => {
            "The user may not write this field: take it out of the mapping, or ask for access."
        }
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" | "APEX_ERROR" => {
            "Something that runs in your org when a record is saved failed: show this to its administrator."
        }
        "DELETE_FAILED" => "Other records depend on it: delete those first, or clear the record instead.",
        "STORAGE_LIMIT_EXCEEDED" => "The org's storage is full: ask an administrator to free some.",
        "UNABLE_TO_LOCK_ROW" => "Another change had the record: it is sent again.",
        _ => "Correct the value in the warehouse or the mapping; the record is sent again on the next run.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_s_words_are_taken_apart() {
        for (text, code, message, fields) in [
            (
                "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --",
                "REQUIRED_FIELD_MISSING",
                "Required fields are missing: [LastName]",
                &["LastName"][..],
            ),
            (
                "UNABLE_TO_LOCK_ROW:unable to obtain exclusive access: 001xx:--",
                "UNABLE_TO_LOCK_ROW",
                "unable to obtain exclusive access: 001xx",
                &[],
            ),
            (
                "STRING_TOO_LONG:A: data value too large: b:A__c,B__c --",
                "STRING_TOO_LONG",
                "A: data value too large: b",
                &["A__c", "B__c"],
            ),
            ("something: else", "", "something: else", &[]),
        ] {
            let error = RowError::of_a_job(text);
            assert_eq!((error.status_code.as_str(), error.message.as_str()), (code, message));
            assert_eq!(error.fields, fields);
        }
    }

    #[test]
    fn a_refusal_is_told_by_its_cause() {
        for (text, kind) in [
            (
                "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --",
                ErrorKind::RequiredMissing,
            ),
            (
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:bad value for restricted picklist field: Tepid:Rating --",
                ErrorKind::NotInList,
            ),
            ("STRING_TOO_LONG:Company: data value too large:Company --", ErrorKind::TextTooLong),
            ("FIELD_CUSTOM_VALIDATION_EXCEPTION:Score is over 100:Score__c --", ErrorKind::RuleRefused),
            ("DUPLICATES_DETECTED:Use one of these records?:--", ErrorKind::DuplicateRule),
            (
                "DUPLICATE_VALUE:duplicate value found: Tax__c duplicates value on record with id: 00Q1:--",
                ErrorKind::ValueTaken,
            ),
            ("INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--", ErrorKind::ReferenceMissing),
            (
                "INVALID_FIELD_FOR_INSERT_UPDATE:Unable to create/update fields: Total__c:Total__c --",
                ErrorKind::FieldGuarded,
            ),
            ("INVALID_EMAIL_ADDRESS:Email: invalid email address: x:Email --", ErrorKind::RecordRejected),
        ] {
            let errors = [RowError::of_a_job(text)];
            assert!(matches!(outcome(&errors), Outcome::Rejected(error) if error.kind() == kind), "{text}");
            assert_eq!(rejected(&errors, true).kind(), ErrorKind::AlreadyExists);
        }
        let locked = RowError::of_a_job("UNABLE_TO_LOCK_ROW:unable to obtain exclusive access: 001xx:--");
        assert!(
            matches!(outcome(&[locked]), Outcome::Again(error) if error.kind() == ErrorKind::RecordLocked)
        );
    }

    #[test]
    fn a_record_passes_only_where_every_reason_passes() {
        let row = |code: &str| RowError { status_code: code.into(), message: "m".into(), fields: Vec::new() };
        assert!(matches!(outcome(&[row("UNABLE_TO_LOCK_ROW")]), Outcome::Again(_)));
        assert!(matches!(
            outcome(&[row("UNABLE_TO_LOCK_ROW"), row("STRING_TOO_LONG")]),
            Outcome::Rejected(_)
        ));
        assert!(matches!(outcome(&[]), Outcome::Rejected(_)));
    }
}
