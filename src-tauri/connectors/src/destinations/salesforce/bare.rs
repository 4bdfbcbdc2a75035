//! Texts that are numbers or booleans. Numbers beyond 2^53 come as text, and a collection takes a number or a boolean in
//! no other form than its own: one text in such a field, and the whole request is refused (`JSON_PARSER_ERROR`). A job's
//! file has text alone.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::describe::DescribedField;

/// Whether a text may be meant as a number or a boolean: only its field's type says whether it is.
pub(super) fn may_be(text: &str) -> bool {
    number(text).is_some() || boolean(text).is_some()
}

/// What is written for a text in this field, with all its digits; `None` where it stays the text that it is.
pub(super) fn of(field: &DescribedField, text: &str) -> Option<String> {
    if field.is_number() {
        number(text).map(str::to_owned)
    } else if field.kind == "boolean" {
        boolean(text).map(str::to_owned)
    } else {
        None
    }
}

/// A payload with these members written so; the others keep their bytes. `None` where it is not a JSON object.
pub(super) fn rewritten(payload: &[u8], bare: &BTreeMap<String, String>) -> Option<Vec<u8>> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(payload).ok()?;
    let member = |(name, raw): (&String, &&RawValue)| {
        let value = bare.get(name).map_or(raw.get(), String::as_str);
        format!("{}:{value}", serde_json::Value::from(name.as_str()))
    };
    let members: Vec<_> = members.iter().map(member).collect();
    Some(format!("{{{}}}", members.join(",")).into_bytes())
}

/// A number as JSON has it.
fn number(text: &str) -> Option<&str> {
    let text = text.trim();
    serde_json::from_str::<serde_json::Number>(text).is_ok().then_some(text)
}

fn boolean(text: &str) -> Option<&'static str> {
    ["true", "false"].into_iter().find(|word| text.trim().eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn field(kind: &str) -> DescribedField {
        serde_json::from_value(json!({ "name": "F__c", "type": kind })).unwrap()
    }

    #[test]
    fn digits_are_kept_and_only_what_json_takes_is_bare() {
        for kind in ["double", "int", "long", "currency", "percent"] {
            for digits in ["9007199254740993", "-12.50", "0", "1e3"] {
                assert_eq!(of(&field(kind), digits).as_deref(), Some(digits), "{kind}");
            }
            for other in ["", "007", "1,5", "12 %", "NaN", "true", "0x1F", "1 2", "null"] {
                assert_eq!(of(&field(kind), other), None, "{kind}: {other}");
            }
        }
        assert_eq!(of(&field("boolean"), "TRUE").as_deref(), Some("true"));
        assert_eq!(of(&field("boolean"), "false").as_deref(), Some("false"));
        assert_eq!(of(&field("boolean"), "yes"), None);
        assert_eq!(of(&field("string"), "12"), None);
        assert_eq!(of(&field("phone"), "true"), None);
    }

    #[test]
    fn the_other_members_keep_their_bytes() {
        let bare = BTreeMap::from([("N__c".to_owned(), "12.50".to_owned())]);
        let payload = r#"{"Ext__c":"1","N__c":"12.50","Owner":{"Ext__c":"7"},"Zip":"12345"}"#;
        assert_eq!(
            String::from_utf8(rewritten(payload.as_bytes(), &bare).unwrap()).unwrap(),
            r#"{"Ext__c":"1","N__c":12.50,"Owner":{"Ext__c":"7"},"Zip":"12345"}"#
        );
        assert_eq!(rewritten(b"[]", &bare), None);
    }
}
