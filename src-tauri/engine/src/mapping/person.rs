//! Whom a payload is about.

use crate::json_text::Json;
use crate::sync::Identifier;

/// Where events have an e-mail beside the identifiers at their top.
const INSIDE: [&[&str]; 2] = [&["traits", "email"], &["context", "traits", "email"]];

/// The identifiers at the top of events and records, what tells people most first. Destinations write their names in
/// their own ways, such as `Email`.
const AT_THE_TOP: [Identifier; 3] = [Identifier::Email, Identifier::UserId, Identifier::AnonymousId];

/// The identifiers a payload names, what tells people most first; none where it names nobody.
pub fn named_in(payload: &[u8]) -> Vec<(Identifier, String)> {
    let Some(document) = std::str::from_utf8(payload).ok().and_then(Json::parse) else { return Vec::new() };
    let at = |path: &[&str]| path.iter().try_fold(&document, |node, key| node.get(key))?.text();
    let mut named: Vec<(Identifier, String)> =
        INSIDE.iter().filter_map(|path| Some((Identifier::Email, at(path)?))).collect();
    if let Json::Object(entries) = &document {
        for identifier in AT_THE_TOP {
            let own = entries.iter().filter(|(name, _)| is_name_of(identifier, name));
            named.extend(own.filter_map(|(_, value)| Some((identifier, value.text()?))));
        }
    }
    named.retain(|(_, value)| !value.is_empty());
    named
}

/// `user_id`, `userId` and `UserID` are one name.
fn is_name_of(identifier: Identifier, name: &str) -> bool {
    letters(name).eq(letters(identifier.name()))
}

fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(u8::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase())
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
        assert_eq!(
            named(r#"{"Email":"ana@example.com","User_ID":"u_1","anonymous_id":"a_1","EmailOptOut":false}"#),
            ["email=ana@example.com", "user_id=u_1", "anonymous_id=a_1"]
        );
        assert_eq!(named(r#"{"email":"","userId":"u_1"}"#), ["user_id=u_1"]);
        assert_eq!(named(r#"{"email":null,"company":"Acme"}"#), [""; 0]);
        assert_eq!(named("not JSON"), [""; 0]);
    }
}
