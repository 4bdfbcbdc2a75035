//! Whom a payload is about.

use crate::json_text::Json;
use crate::sync::Identifier;

/// Where payloads have each identifier, what tells people most first.
const PLACES: [(Identifier, &[&str]); 5] = [
    (Identifier::Email, &["traits", "email"]),
    (Identifier::Email, &["context", "traits", "email"]),
    (Identifier::Email, &["email"]),
    (Identifier::UserId, &["userId"]),
    (Identifier::AnonymousId, &["anonymousId"]),
];

/// The identifiers a payload names, what tells people most first; none where it names nobody.
pub fn named_in(payload: &[u8]) -> Vec<(Identifier, String)> {
    let Some(document) = std::str::from_utf8(payload).ok().and_then(Json::parse) else { return Vec::new() };
    let at = |path: &[&str]| path.iter().try_fold(&document, |node, key| node.get(key))?.text();
    PLACES.iter().filter_map(|(identifier, path)| Some((*identifier, at(path)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_and_records_name_people_in_their_own_places() {
        let named = |payload: &str| {
            let named = named_in(payload.as_bytes());
            named
                .into_iter()
                .map(|(identifier, value)| format!("{}={value}", identifier.name()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            named(r#"{"type":"identify","userId":"u_1","traits":{"email":"ana@example.com","plan":"pro"}}"#),
            ["email=ana@example.com", "user_id=u_1"]
        );
        assert_eq!(
            named(r#"{"type":"track","anonymousId":"a_1","context":{"traits":{"email":"ana@example.com"}}}"#),
            ["email=ana@example.com", "anonymous_id=a_1"]
        );
        assert_eq!(named(r#"{"email":"ana@example.com","company":"Acme"}"#), ["email=ana@example.com"]);
        assert_eq!(named(r#"{"email":null,"company":"Acme"}"#), [""; 0]);
        assert_eq!(named("not JSON"), [""; 0]);
    }
}
