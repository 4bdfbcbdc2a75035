//! Values put together from columns, and hashes.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::sync::Hash;

fn template_of(text: &str, key: &str) -> Field {
    Field::new(FieldValue::Template(text.into()), key)
}

fn record(fields: Vec<Field>) -> Sync {
    sync(Shape::Record { object: "o".into(), match_field: "id".into() }, Some(fields))
}

#[test]
fn a_template_puts_columns_together_and_leaves_no_gaps() {
    let sync = record(vec![
        column("id", "id", NullRule::Send),
        Field { null: NullRule::LeaveOut, ..template_of("{a} {b} {c}", "name") },
        template_of("{{{id}}} of {a}", "note"),
    ]);
    let names = ["id", "a", "b", "c"];
    let name = |a: Option<&str>, b: Option<&str>, c: Option<&str>| {
        payload(&sync, &names, &[Some("7"), a, b, c]).unwrap()
    };
    assert_eq!(
        name(Some("\"Ana\""), Some("\"M. \\\"\""), Some("\"Ruiz\"")),
        r#"{"id":7,"name":"Ana M. \" Ruiz","note":"{7} of Ana"}"#
    );
    assert_eq!(
        name(Some("\"Ana\""), None, Some("\"Ruiz\"")),
        r#"{"id":7,"name":"Ana Ruiz","note":"{7} of Ana"}"#
    );
    assert_eq!(name(None, Some("\"\""), Some("true")), r#"{"id":7,"name":"true","note":"{7} of"}"#);
    assert_eq!(
        name(Some("[1,\"x\"]"), None, None),
        r#"{"id":7,"name":"[1,\"x\"]","note":"{7} of [1,\"x\"]"}"#
    );
    assert_eq!(name(None, None, Some("\"\"")), r#"{"id":7,"note":"{7} of"}"#);
}

#[test]
fn a_value_is_hashed_in_its_one_form_and_nothing_stays_null() {
    let hashed = |hash| Field { hash: Some(hash), ..column("mail", "h", NullRule::Send) };
    let one = |hash, mail| {
        payload(
            &record(vec![column("id", "id", NullRule::Send), hashed(hash)]),
            &["id", "mail"],
            &[Some("1"), mail],
        )
        .unwrap()
    };
    let expected = r#"{"id":1,"h":"973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"}"#;
    assert_eq!(one(Hash::Email, Some("\" TEST@example.com\"")), expected);
    assert_eq!(one(Hash::Phone, Some("4915112345678")), one(Hash::Phone, Some("\"+49 (0)151 12345678\"")));
    for nothing in [None, Some("\"\""), Some("\"  \"")] {
        assert_eq!(one(Hash::Email, nothing), r#"{"id":1,"h":null}"#);
    }
}

#[test]
fn a_value_is_masked_and_nothing_stays_null() {
    let masked = |field: Field| Field { mask: true, ..field };
    let sync = record(vec![
        column("id", "id", NullRule::Send),
        masked(column("mail", "m", NullRule::Send)),
        masked(Field { null: NullRule::LeaveOut, ..template_of("{first} {last}", "name") }),
    ]);
    let names = ["id", "mail", "first", "last"];
    let of = |mail, first| payload(&sync, &names, &[Some("1"), mail, first, None]).unwrap();
    assert_eq!(
        of(Some("\"Ana@example.com\""), Some("\"\\\"Ana\"")),
        r#"{"id":1,"m":"A•••@example.com","name":"\"•••"}"#
    );
    assert_eq!(of(Some("491511234567"), None), r#"{"id":1,"m":"••••••••4567"}"#);
    for nothing in [None, Some("\"\""), Some("\" \"")] {
        assert_eq!(of(nothing, None), r#"{"id":1,"m":null}"#);
    }
}

#[test]
fn what_finds_a_record_or_a_person_is_not_masked() {
    let of = |shape: Shape, identifiers: &[Identifier], key: &str| {
        let field = Field { mask: true, ..column("email", key, NullRule::Send) };
        let mut sync = sync(shape, Some(vec![column("id", "id", NullRule::Send), field]));
        sync.identifiers = identifiers.iter().map(|one| (*one, one.name().to_owned())).collect();
        Mapping::compile(&sync, &columns(&["id", "user_id", "email"])).map_err(|error| error.kind()).err()
    };
    let found_by = |field: &str| Shape::Record { object: "o".into(), match_field: field.into() };
    assert_eq!(of(found_by("id"), &[], "email"), None);
    assert_eq!(of(found_by("email"), &[], "email"), Some(ErrorKind::BadMapping));
    assert_eq!(of(Shape::Identify, &[Identifier::UserId], "email"), None);
    assert_eq!(of(Shape::Identify, &[Identifier::UserId, Identifier::Email], "mail"), None);
    assert_eq!(of(Shape::Identify, &[Identifier::Email], "email"), Some(ErrorKind::BadMapping));
    // Without a word of the sync, the columns' names say who it is.
    assert_eq!(of(Shape::Identify, &[], "email"), Some(ErrorKind::BadMapping));
}

#[test]
fn a_record_can_be_found_again_by_what_was_made() {
    let made = Field { hash: Some(Hash::Email), ..template_of("{user}@{domain}", "id") };
    let names = ["id", "user", "domain"];
    let sync = record(vec![made, column("user", "user", NullRule::Send)]);
    let by_hand = payload(&sync, &names, &[Some("1"), Some("\"test\""), Some("\"EXAMPLE.com\"")]).unwrap();
    assert!(by_hand.starts_with(r#"{"id":"973dfe46"#), "{by_hand}");
    let error = payload(&sync, &names, &[Some("1"), None, None]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoIdentifier);
}

#[test]
fn what_can_not_be_made_says_why() {
    let of = |field: Field| {
        let sync = record(vec![column("id", "id", NullRule::Send), field]);
        payload(&sync, &["id"], &[Some("1")]).unwrap_err()
    };
    let gone = of(template_of("{id} {gone}", "x"));
    assert_eq!(gone.kind(), ErrorKind::MissingObject);
    assert_eq!(gone.message(), "The field “x”: the column “gone” is not in the rows. They have: id.");
    assert_eq!(of(template_of("{id", "x")).kind(), ErrorKind::BadMapping);
    assert_eq!(of(Field { hash: Some(Hash::Text), ..constant(json!(1), "x") }).kind(), ErrorKind::BadMapping);
    assert_eq!(of(Field { mask: true, ..constant(json!(1), "x") }).kind(), ErrorKind::BadMapping);
    let both = Field { hash: Some(Hash::Text), mask: true, ..column("id", "x", NullRule::Send) };
    assert_eq!(of(both).message(), "The field “x”: a value is hashed or masked, not both.");
}

proptest! {
    #[test]
    fn a_payload_is_json_and_the_same_twice(
        texts in (".*", prop::option::of(".*"), prop::option::of(".*")).prop_map(|(id, a, b)| [Some(id), a, b]),
        template in "[a-z \\\\\"é]{0,6}",
        hash in prop::option::of(prop::sample::select(vec![Hash::Text, Hash::Email, Hash::Phone, Hash::PhonePlus])),
    ) {
        let names = ["id", "a", "b"];
        let made = Field { hash, ..template_of(&format!("{{a}}{template}{{b}}"), "made") };
        let mapping = Mapping::compile(&record(vec![column("id", "id", NullRule::Send), made]), &columns(&names)).unwrap();
        let cells: Vec<_> = texts.iter().map(|text| text.as_ref().map(|text| serde_json::to_string(text).unwrap())).collect();
        let cells: Vec<_> = cells.iter().map(Option::as_deref).collect();
        let (batch, mut once, mut twice) = (row(&names, &cells), Vec::new(), b"earlier".to_vec());
        mapping.write_payload(&batch, 0, &mut once).unwrap();
        mapping.write_payload(&batch, 0, &mut twice).unwrap();
        prop_assert_eq!(&twice[7..], &once[..]);
        let read: serde_json::Value = serde_json::from_slice(&once).unwrap();
        let there = texts[1..].iter().any(|text| text.as_ref().is_some_and(|text| !text.is_empty()));
        if hash.is_none() {
            prop_assert_eq!(read["made"].is_string(), there);
        } else if let Some(hash) = read["made"].as_str() {
            prop_assert_eq!(hash.len(), 64);
        }
    }
}
