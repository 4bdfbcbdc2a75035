//! Finding records by the value they are matched by: SOQL, many values in a query and several queries in one request.

use std::collections::{BTreeMap, HashMap};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::value::RawValue;
use sluice_engine::error::{Error, ErrorKind};

use super::client::Org;
use super::describe::{Described, DescribedField};
use super::error::{Trouble, unreadable};

/// Queries that a composite request may hold (REST API Developer Guide, "Composite"); together they count as one
/// request.
const QUERIES: usize = 5;
/// Values of one query.
const VALUES: usize = 200;
/// Values of one request; fewer where they are long.
pub(super) const AT_ONCE: usize = QUERIES * VALUES;
/// Characters of one query's condition: an address in a composite request is held to what a web server takes.
const CONDITION: usize = 4_000;

/// A record that was found: its fields as they came.
pub(super) type Fields = BTreeMap<String, Box<RawValue>>;

/// Records by the value they are matched by, in the form [`same`] gives it.
pub(super) struct Matches(HashMap<String, Vec<Fields>>);

/// What stands under a value.
pub(super) enum Match<'a> {
    None,
    One(&'a Fields),
    /// More than one record.
    Several,
}

impl Matches {
    /// What stands under `value`.
    pub(super) fn of(&self, field: &DescribedField, value: &str) -> Match<'_> {
        match same(field, value).and_then(|same| self.0.get(&same)).map(Vec::as_slice) {
            None | Some([]) => Match::None,
            Some([one]) => Match::One(one),
            Some(_) => Match::Several,
        }
    }
}

/// The id of a record that was found.
pub(super) fn id(fields: &Fields) -> Option<String> {
    serde_json::from_str(fields.get("Id")?.get()).ok()
}

/// The form in which two values of a field are the same to Salesforce: text without regard to case, unless the field
/// minds it; numbers by their value.
pub(super) fn same(field: &DescribedField, value: &str) -> Option<String> {
    if field.is_number() {
        return value
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(|number| number.to_string());
    }
    if field.kind == "id" {
        // The last 3 of 18 characters only check the 15 before them.
        return value.get(..15).filter(|_| matches!(value.len(), 15 | 18)).map(str::to_owned);
    }
    let value = value.trim();
    Some(if field.case_sensitive { value.to_owned() } else { value.to_lowercase() })
        .filter(|value| !value.is_empty())
}

/// A value as it stands in a query (SOQL and SOSL Reference, "Quoted String Escape Sequences").
fn literal(field: &DescribedField, value: &str) -> Option<String> {
    let same = same(field, value)?;
    if field.is_number() {
        return Some(same);
    }
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('\'');
    for character in value.trim().chars() {
        match character {
            '\'' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted.push('\'');
    Some(quoted)
}

impl Org {
    /// Finds the records whose `match_field` has one of these values, with these fields.
    pub(super) async fn find(
        &self,
        object: &Described,
        match_field: &DescribedField,
        values: &[&str],
        fields: &[&str],
    ) -> Result<Matches, Trouble> {
        let literals: Vec<_> = values.iter().filter_map(|value| literal(match_field, value)).collect();
        let queries = queries(object, match_field, &literals, fields);
        let mut matches = Matches(HashMap::with_capacity(values.len()));
        for queries in queries.chunks(QUERIES) {
            for record in self.query(queries).await? {
                let value = record.get(&match_field.name).map(|raw| text(raw)).unwrap_or_default();
                if let Some(same) = same(match_field, &value) {
                    matches.0.entry(same).or_default().push(record);
                }
            }
        }
        Ok(matches)
    }

    async fn query(&self, queries: &[String]) -> Result<Vec<Fields>, Trouble> {
        #[derive(Deserialize)]
        struct Page {
            done: bool,
            records: Vec<Fields>,
        }
        let unread = || Trouble::Again(unreadable("which records there are"));
        let paths =
            queries.iter().map(|query| format!("query?q={}", utf8_percent_encode(query, NON_ALPHANUMERIC)));
        let parts = self.composite("query", paths, unread).await?;
        let mut records = Vec::new();
        for part in parts {
            if part.http_status_code != 200 {
                return Err(refused(part.body.get()));
            }
            let page: Page = serde_json::from_str(part.body.get()).map_err(|_| unread())?;
            if !page.done {
                return Err(Trouble::Stop(too_common()));
            }
            records.extend(page.records);
        }
        Ok(records)
    }
}

/// As many values in a query as fit.
fn queries(object: &Described, by: &DescribedField, literals: &[String], fields: &[&str]) -> Vec<String> {
    let mut selected = vec!["Id"];
    for field in std::iter::once(by.name.as_str()).chain(fields.iter().copied()) {
        if !selected.iter().any(|known| known.eq_ignore_ascii_case(field)) {
            selected.push(field);
        }
    }
    let begin = format!("SELECT {} FROM {} WHERE {} IN (", selected.join(","), object.name, by.name);
    let mut queries = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut length = 0;
    for literal in literals {
        if !open.is_empty() && (open.len() == VALUES || length + literal.len() > CONDITION) {
            queries.push(format!("{begin}{})", open.join(",")));
            (open, length) = (Vec::new(), 0);
        }
        length += literal.len() + 1;
        open.push(literal);
    }
    if !open.is_empty() {
        queries.push(format!("{begin}{})", open.join(",")));
    }
    queries
}

fn refused(body: &str) -> Trouble {
    let said = super::error::first(body)
        .map_or_else(String::new, |error| format!(": “{}” ({})", error.message.trim(), error.error_code));
    Trouble::Stop(
        Error::new(ErrorKind::NotAllowed, format!("Salesforce does not let the records be looked up{said}."))
            .with_hint(
                "Ask an administrator for read access to the object and the field records are matched by.",
            ),
    )
}

fn too_common() -> Error {
    Error::new(ErrorKind::MissingObject, "More than 2,000 records share these match values.")
        .with_hint("Match by a field that is unique in Salesforce.")
}

fn text(raw: &RawValue) -> String {
    serde_json::from_str::<String>(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn field(kind: &str, case_sensitive: bool) -> DescribedField {
        serde_json::from_value(json!({ "name": "Ext__c", "type": kind, "caseSensitive": case_sensitive }))
            .unwrap()
    }

    #[test]
    fn values_stand_in_a_query_as_its_language_wants() {
        let text = field("string", false);
        assert_eq!(literal(&text, r"O'Hara\ ").unwrap(), r"'O\'Hara\\'");
        assert_eq!(literal(&text, "a\nb').c").unwrap(), r"'a\nb\').c'");
        assert_eq!(literal(&text, "  "), None);
        let number = field("double", false);
        assert_eq!(literal(&number, "12.0").unwrap(), "12");
        assert_eq!(literal(&number, "1) OR Id != null"), None);
        assert_eq!(literal(&field("id", false), "not an id"), None);
    }

    #[test]
    fn values_are_the_same_as_salesforce_takes_them() {
        assert_eq!(same(&field("email", false), " Ana@Example.com "), Some("ana@example.com".to_owned()));
        assert_eq!(same(&field("string", true), "aB"), Some("aB".to_owned()));
        assert_eq!(same(&field("double", false), "12.0"), same(&field("double", false), "12"));
        assert_eq!(same(&field("id", false), "00Q000000000001AAA"), Some("00Q000000000001".to_owned()));
    }

    #[test]
    fn many_values_take_few_queries() {
        let object: Described =
            serde_json::from_value(json!({ "name": "Lead", "label": "Lead", "fields": [] })).unwrap();
        let literals: Vec<_> = (0..1_000).map(|n| format!("'{n:036}'")).collect();
        let queries = queries(&object, &field("string", false), &literals, &["Email", "ext__c"]);
        assert_eq!(queries.len(), 10);
        assert!(queries.iter().all(|query| query.len() < CONDITION + 200));
        assert!(
            queries[0].starts_with("SELECT Id,Ext__c,Email FROM Lead WHERE Ext__c IN ('0000"),
            "{}",
            queries[0]
        );
        assert_eq!(queries.iter().map(|query| query.matches(',').count() - 2 + 1).sum::<usize>(), 1_000);
    }
}
