//! Records as Salesforce takes them: the payload's own bytes in JSON, or a row of CSV.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::value::RawValue;
use sluice_engine::destination::Outcome;
use sluice_engine::error::{Error, ErrorKind};
use sluice_engine::record::Record;

use super::bare;
use super::describe::Described;

/// What empties a field in a job's file (Bulk API 2.0 Developer Guide, "Prepare CSV Files").
const NOTHING: &str = "#N/A";

type Members<'a> = BTreeMap<String, &'a RawValue>;

/// The records of a batch that can be sent, and an outcome for each that can not.
pub(super) struct Rows<'a> {
    /// One per record of the batch, in order.
    pub(super) outcomes: Vec<Option<Outcome>>,
    /// The place in the batch of each record that is sent.
    pub(super) sent: Vec<Row<'a>>,
}

/// A record that is sent.
pub(super) struct Row<'a> {
    pub(super) place: usize,
    /// The value it is matched by, as text.
    pub(super) value: String,
    pub(super) payload: Cow<'a, [u8]>,
    /// Its fields; those of a record it refers to under `Owner.Ext__c`.
    fields: Members<'a>,
}

impl<'a> Rows<'a> {
    /// Looks through the records. Of those with the very same match value the last is sent.
    pub(super) fn of(records: &'a [Record<'a>], match_field: &str) -> Self {
        let mut rows =
            Self { outcomes: Vec::with_capacity(records.len()), sent: Vec::with_capacity(records.len()) };
        for (place, record) in records.iter().enumerate() {
            match Row::of(place, record, match_field) {
                Ok(row) => {
                    rows.outcomes.push(None);
                    rows.sent.push(row);
                }
                Err(error) => rows.outcomes.push(Some(Outcome::Rejected(error))),
            }
        }
        rows.keep_last(match_field, |value| Some(value.to_owned()));
        rows
    }

    /// Of records that are one in Salesforce, which would be left to chance, only the last is sent. `form` gives the same
    /// text for match values that are the same.
    pub(super) fn keep_last(&mut self, match_field: &str, form: impl Fn(&str) -> Option<String>) {
        let mut last = HashMap::with_capacity(self.sent.len());
        for row in &self.sent {
            if let Some(value) = form(&row.value)
                && let Some(earlier) = last.insert(value, row.place)
            {
                self.outcomes[earlier] = Some(Outcome::Rejected(twice(match_field)));
            }
        }
        let outcomes = &self.outcomes;
        self.sent.retain(|row| outcomes[row.place].is_none());
    }

    /// Two match values differ in letters' case or as numbers are written: only the match field's type says whether they
    /// are the same to Salesforce.
    pub(super) fn may_repeat(&self) -> bool {
        let mut seen = HashSet::with_capacity(self.sent.len());
        !self.sent.iter().all(|row| seen.insert(loosely(&row.value)))
    }

    /// Leaves out what a job's file can not carry: a text that would empty the field.
    pub(super) fn for_a_job(mut self) -> Self {
        let outcomes = &mut self.outcomes;
        self.sent.retain(|row| {
            let Some(field) =
                row.fields.iter().find(|(_, raw)| text(raw).is_some_and(|text| text == NOTHING))
            else {
                return true;
            };
            outcomes[row.place] = Some(Outcome::Rejected(Error::new(
                ErrorKind::BadValue,
                format!(
                    "“{}” is the text {NOTHING}, by which Salesforce's bulk files empty a field.",
                    field.0
                ),
            )));
            false
        });
        self
    }

    /// Places in the batch of records that are not sent.
    pub(super) fn left_out(&self) -> Vec<usize> {
        (0..self.outcomes.len()).filter(|place| self.outcomes[*place].is_some()).collect()
    }

    /// Every record's outcome; what has none yet is not told by the answer, and sent again.
    pub(super) fn finish(self, untold: &Error) -> Vec<Outcome> {
        self.outcomes
            .into_iter()
            .map(|outcome| outcome.unwrap_or_else(|| Outcome::Again(untold.clone())))
            .collect()
    }
}

impl<'a> Row<'a> {
    fn of(place: usize, record: &Record<'a>, match_field: &str) -> Result<Self, Error> {
        let refused = |kind, message: String| Error::new(kind, message);
        let members: Members<'a> = serde_json::from_slice(record.payload)
            .map_err(|_| refused(ErrorKind::RecordRejected, "The record is not a JSON object.".to_owned()))?;
        let value = members
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(match_field))
            .and_then(|(_, raw)| scalar(raw))
            .filter(|value| !value.trim().is_empty())
            .ok_or_else(|| {
                let message = format!("“{match_field}” is empty, so no record of Salesforce can be matched.");
                refused(ErrorKind::RecordRejected, message)
            })?;
        let mut fields = BTreeMap::new();
        for (name, raw) in members {
            match raw.get().as_bytes().first() {
                Some(b'[') => return Err(takes_no_list(&name)),
                Some(b'{') => {
                    let inner: Members<'a> =
                        serde_json::from_str(raw.get()).map_err(|_| takes_no_list(&name))?;
                    for (field, raw) in inner {
                        let path = format!("{name}.{field}");
                        if raw.get().starts_with(['[', '{']) {
                            return Err(takes_no_list(&path));
                        }
                        fields.insert(path, raw);
                    }
                }
                Some(_) | None => {
                    fields.insert(name, raw);
                }
            }
        }
        Ok(Self { place, value, payload: Cow::Borrowed(record.payload), fields })
    }

    /// Whether a text of it may be meant as a number or a boolean.
    pub(super) fn may_be_bare(&self) -> bool {
        self.fields.values().filter_map(|raw| text(raw)).any(|text| bare::may_be(&text))
    }

    /// Writes texts in fields of numbers and booleans as such. What belongs to a record it refers to stays as it is.
    pub(super) fn write_bare(&mut self, object: &Described) {
        let mut written = BTreeMap::new();
        for (name, raw) in &self.fields {
            if let (Some(field), Some(text)) = (object.field(name), text(raw))
                && let Some(value) = bare::of(field, &text)
            {
                written.insert(name.clone(), value);
            }
        }
        if !written.is_empty()
            && let Some(payload) = bare::rewritten(&self.payload, &written)
        {
            self.payload = Cow::Owned(payload);
        }
    }

    /// Appends the record in JSON: its type, its id where it is known, and the payload's own bytes.
    pub(super) fn write(&self, out: &mut Vec<u8>, object: &str, id: Option<&str>) {
        out.extend_from_slice(br#"{"attributes":{"type":"#);
        out.extend_from_slice(serde_json::Value::from(object).to_string().as_bytes());
        out.push(b'}');
        if let Some(id) = id {
            out.extend_from_slice(br#","Id":"#);
            out.extend_from_slice(serde_json::Value::from(id).to_string().as_bytes());
        }
        let members = self.payload.strip_prefix(b"{").unwrap_or(&self.payload);
        if members != b"}" {
            out.push(b',');
        }
        out.extend_from_slice(members);
    }

    /// The cell of a column: what is missing stays as it is in Salesforce, null and empty text empty the field, as they
    /// do in JSON.
    fn cell(&self, column: &str) -> String {
        match self.fields.get(column) {
            None => String::new(),
            Some(raw) => scalar(raw).filter(|text| !text.is_empty()).unwrap_or_else(|| NOTHING.to_owned()),
        }
    }
}

/// A job's file: the union of all fields as columns, lines end with LF. The same records give the same bytes.
pub(super) fn csv(rows: &[Row<'_>]) -> Result<Vec<u8>, Error> {
    let columns: BTreeSet<&str> = rows.iter().flat_map(|row| row.fields.keys().map(String::as_str)).collect();
    let failed = |error: csv::Error| {
        Error::new(ErrorKind::Bug, "The job's file could not be made.").with_source(error)
    };
    let mut file = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    file.write_record(&columns).map_err(failed)?;
    for row in rows {
        for column in &columns {
            file.write_field(row.cell(column)).map_err(failed)?;
        }
        file.write_record(None::<&[u8]>).map_err(failed)?;
    }
    file.into_inner().map_err(|_| Error::new(ErrorKind::Bug, "The job's file could not be made."))
}

/// A form in which match values are equal at least where Salesforce takes them for the same.
fn loosely(value: &str) -> String {
    let value = value.trim();
    value.parse::<f64>().map_or_else(|_| value.to_lowercase(), |number| number.to_string())
}

fn twice(match_field: &str) -> Error {
    let message = format!("A later row of this sync has the same “{match_field}”: that one was sent.");
    Error::new(ErrorKind::DuplicateKey, message)
        .with_safe("This row was not sent; the other one was.")
        .with_hint(
            "Two rows lead to one record in Salesforce: make the match value unique, or choose another.",
        )
}

fn takes_no_list(field: &str) -> Error {
    Error::new(ErrorKind::BadValue, format!("“{field}” is a list or an object, and a Salesforce field takes none."))
        .with_hint("Make it one text in the query; the values of a multi-select pick list stand in one, with semicolons between.")
}

/// A value as text; `None` for null.
fn scalar(raw: &RawValue) -> Option<String> {
    match raw.get() {
        "null" => None,
        other => Some(text(raw).unwrap_or_else(|| other.to_owned())),
    }
}

/// A string's text.
fn text(raw: &RawValue) -> Option<String> {
    raw.get().starts_with('"').then(|| serde_json::from_str(raw.get()).ok()).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::DateTime;
    use sluice_engine::record::{Change, MessageId, Operation};

    use super::*;

    fn records(payloads: &[&'static str]) -> Vec<Record<'static>> {
        let record = |payload: &&'static str| Record {
            key: "1",
            change: Change::Added,
            operation: Operation::Upsert,
            payload: payload.as_bytes(),
            message_id: MessageId(7),
            changed_at: DateTime::UNIX_EPOCH,
        };
        payloads.iter().map(record).collect()
    }

    #[test]
    fn missing_null_and_empty_are_kept_apart_row_by_row() {
        let records = records(&[
            r#"{"Ext__c":"1","Email":"ana@example.com","Score__c":12.50}"#,
            r#"{"Ext__c":"2","Email":null,"Note__c":""}"#,
            r#"{"Ext__c":3,"Note__c":"line1\nline2, \"q\" ","Owner":{"Ext__c":"o-1"},"Done__c":true}"#,
        ]);
        let rows = Rows::of(&records, "Ext__c").for_a_job();
        let file = String::from_utf8(csv(&rows.sent).unwrap()).unwrap();
        assert_eq!(
            file,
            concat!(
                "Done__c,Email,Ext__c,Note__c,Owner.Ext__c,Score__c\n",
                ",ana@example.com,1,,,12.50\n",
                ",#N/A,2,#N/A,,\n",
                "true,,3,\"line1\nline2, \"\"q\"\" \",o-1,\n",
            )
        );
    }

    #[test]
    fn what_can_not_be_sent_is_refused_alone() {
        let records = records(&[
            r##"{"Ext__c":"1","Note__c":"#N/A"}"##,
            r#"{"Ext__c":null}"#,
            r#"{"Ext__c":" "}"#,
            r#"{"Ext__c":"4","Tags__c":["a"]}"#,
            r#"{"Ext__c":"5","Owner":{"Ext__c":{"a":1}}}"#,
            r#"{"Ext__c":"6"}"#,
            r#"{"ext__c":"6"}"#,
        ]);
        let rows = Rows::of(&records, "Ext__c");
        assert_eq!(rows.sent.iter().map(|row| row.place).collect::<Vec<_>>(), [0, 6]);
        let rows = rows.for_a_job();
        assert_eq!(rows.sent.iter().map(|row| row.place).collect::<Vec<_>>(), [6]);
        let outcomes = rows.finish(&Error::new(ErrorKind::BadAnswer, "not told"));
        let said: Vec<_> = outcomes
            .iter()
            .map(|outcome| match outcome {
                Outcome::Rejected(error) | Outcome::Again(error) => error.message().to_owned(),
                Outcome::Delivered | Outcome::Accepted => String::new(),
            })
            .collect();
        assert!(said[0].contains("bulk files empty a field"), "{said:?}");
        assert!(said[1].contains("is empty") && said[2].contains("is empty"), "{said:?}");
        assert!(said[3].contains("“Tags__c” is a list") && said[4].contains("“Owner.Ext__c”"), "{said:?}");
        assert_eq!(said[5], "A later row of this sync has the same “Ext__c”: that one was sent.");
        assert_eq!(said[6], "not told");
    }

    #[test]
    fn values_that_may_be_the_same_are_found_and_the_last_is_kept() {
        let different = records(&[r#"{"Ext__c":"a"}"#, r#"{"Ext__c":"b"}"#, r#"{"Ext__c":"a"}"#]);
        assert!(!Rows::of(&different, "Ext__c").may_repeat(), "the very same are told apart without a look");
        let numbers = records(&[r#"{"Ext__c":"12.0"}"#, r#"{"Ext__c":12}"#]);
        assert!(Rows::of(&numbers, "Ext__c").may_repeat());
        let letters = records(&[r#"{"Ext__c":"a"}"#, r#"{"Ext__c":"b"}"#, r#"{"Ext__c":" A"}"#]);
        let mut rows = Rows::of(&letters, "Ext__c");
        assert!(rows.may_repeat());
        rows.keep_last("Ext__c", |value| Some(value.trim().to_lowercase()));
        assert_eq!(rows.sent.iter().map(|row| row.place).collect::<Vec<_>>(), [1, 2]);
        assert!(
            matches!(&rows.outcomes[0], Some(Outcome::Rejected(error)) if error.kind() == ErrorKind::DuplicateKey)
        );
    }

    #[test]
    fn json_keeps_the_payload_s_bytes() {
        let records = records(&[r#"{"Ext__c":"1","N__c":12.50}"#]);
        let rows = Rows::of(&records, "Ext__c");
        let mut out = Vec::new();
        rows.sent[0].write(&mut out, "Lead", Some("00Q1"));
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, r#"{"attributes":{"type":"Lead"},"Id":"00Q1","Ext__c":"1","N__c":12.50}"#);
    }
}
