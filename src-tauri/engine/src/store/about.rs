//! The records that are about one person.

use super::outbox::Body;
use super::search::Search;
use crate::json_text::Json;
use crate::mapping::named_in;
use crate::mask::looks_like_email;

/// Whom records are about: the key of a record, an identifier, or the value it is found by in its destination. Exactly,
/// but for spaces around it and for the case of an e-mail's letters.
pub(super) struct About {
    /// Of an e-mail the lower case.
    wanted: String,
    is_email: bool,
    search: Search,
}

impl About {
    pub(super) fn new(text: &str) -> Self {
        let text = text.trim();
        let is_email = looks_like_email(text);
        let wanted = if is_email { text.to_lowercase() } else { text.to_owned() };
        Self { wanted, is_email, search: Search::new(text) }
    }

    /// False only where no record of the batch is about the person.
    pub(super) fn may_be_in(&self, body: &Body) -> bool {
        self.may_be_in_bytes(body.payloads()) || self.search.may_be_in(&mut body.keys().as_bytes().to_vec())
    }

    /// In a text with an escape what is looked for may be written otherwise.
    fn may_be_in_bytes(&self, bytes: &[u8]) -> bool {
        bytes.contains(&b'\\') || self.search.may_be_in(&mut bytes.to_vec())
    }

    /// Whether a record with this key and payload is about the person; `match_field` is what its destination finds it by.
    pub(super) fn is(&self, key: &str, payload: &[u8], match_field: Option<&str>) -> bool {
        // Nearly every payload is passed over without being read as JSON.
        self.is_named(key) || (self.may_be_in_bytes(payload) && self.is_in(payload, match_field))
    }

    /// Whether a key or an identifier is the one that is looked for.
    pub(super) fn is_named(&self, value: &str) -> bool {
        let value = value.trim();
        if self.is_email { value.to_lowercase() == self.wanted } else { value == self.wanted }
    }

    fn is_in(&self, payload: &[u8], match_field: Option<&str>) -> bool {
        named_in(payload).iter().any(|(_, named)| self.is_named(named))
            || match_field
                .is_some_and(|field| matched(payload, field).is_some_and(|value| self.is_named(&value)))
    }
}

/// The value a record is found by.
fn matched(payload: &[u8], field: &str) -> Option<String> {
    Json::parse(std::str::from_utf8(payload).ok()?)?.get(field)?.text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Change, Operation};

    const EVENT: &str = r#"{"type":"track","userId":"u_48213","anonymousId":"a-77","context":{"traits":{"email":"Ana.Ruiz@Example.com"}}}"#;
    const RECORD: &str =
        r#"{"Email":"ana.ruiz@example.com","External_Id__c":20418,"note":"for bea@example.com"}"#;

    fn is(text: &str, key: &str, payload: &str, match_field: Option<&str>) -> bool {
        let about = About::new(text);
        let mut body = Body::default();
        body.push("another", Change::Added, Operation::Upsert, 1, b"{}");
        body.push(key, Change::Added, Operation::Upsert, 1, payload.as_bytes());
        let found = about.is(key, payload.as_bytes(), match_field);
        assert!(about.may_be_in(&body) || !found, "{text:?} was passed over");
        found
    }

    #[test]
    fn a_person_is_found_by_every_identifier_the_key_and_the_match_value() {
        for text in ["u_48213", "a-77", "ana.ruiz@example.com", "L-20418"] {
            assert!(is(text, "L-20418", EVENT, None), "{text}");
        }
        for text in ["20418", "ana.ruiz@example.com", "k1"] {
            assert!(is(text, "k1", RECORD, Some("External_Id__c")), "{text}");
        }
        assert!(!is("20418", "k1", RECORD, Some("Email")), "only what a record is found by counts");
        assert!(!is("bea@example.com", "k1", RECORD, Some("Email")), "a note is about nobody");
        assert!(!is("u_4821", "L-20418", EVENT, None) && !is("Ana", "L-20418", EVENT, None), "exactly");
    }

    #[test]
    fn spaces_around_do_not_count_and_neither_does_the_case_of_an_e_mail() {
        for text in [" ana.ruiz@example.com ", "ANA.RUIZ@EXAMPLE.COM", "\tAna.Ruiz@example.com\n"] {
            assert!(is(text, "k1", EVENT, None) && is(text, "k1", RECORD, None), "{text:?}");
            assert!(is(text, "Ana.Ruiz@Example.Com", "{}", None), "{text:?} is a key");
        }
        assert!(is(" u_48213 ", "k1", EVENT, None) && is(" L-20418 ", "L-20418", "{}", None));
        assert!(
            !is("U_48213", "k1", EVENT, None) && !is("l-20418", "L-20418", "{}", None),
            "ids have a case"
        );
        assert!(is("JÜRGEN@example.com", "k1", r#"{"email":"jürgen@example.com"}"#, None));
    }

    #[test]
    fn what_is_written_with_escapes_is_found() {
        assert!(is("ana@example.com", "k1", r#"{"email":"ana\u0040example.com"}"#, None));
        assert!(is("a\"b", "k1", r#"{"userId":"a\"b"}"#, None));
    }
}
