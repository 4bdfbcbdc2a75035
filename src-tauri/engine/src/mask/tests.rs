use serde_json::json;

use super::*;
use crate::json_text::Json;
use crate::mapping::tests::sync;
use crate::sync::{EventName, Field, FieldValue, Hash, Identifier, Shape, Sync};

fn constant(value: serde_json::Value, key: &str) -> Field {
    Field::new(FieldValue::Constant(value), key)
}

fn template(text: &str, key: &str) -> Field {
    Field::new(FieldValue::Template(text.into()), key)
}

fn masks(fields: Vec<Field>) -> Masks {
    Masks::of(&sync(Shape::Identify, Some(fields)), &Remembered::default())
}

#[test]
fn the_first_letter_and_the_domain_stay() {
    let value = |name: &str, text: &str| Masks::default().value(name, text);
    assert_eq!(value("EMAIL", "ana.ruiz@example.com").as_deref(), Some("a•••@example.com"));
    assert_eq!(value("full_name", "Ana Ruiz").as_deref(), Some("A•• R••"));
    assert_eq!(value("phone", "+49 30 123 4512").as_deref(), Some("+49 •• ••• ••12"));
    assert_eq!(value("note", "ana@example.com").as_deref(), Some("a•••@example.com"));
    assert_eq!(value("note", "ask ana@example.com!").as_deref(), Some("ask a•••@example.com!"));
    assert_eq!(value("company", "Kestrel"), None);
    assert_eq!(value("lead_score", "86.5"), None);
    assert_eq!(value("full_name", ""), None);
}

#[test]
fn what_is_no_number_under_the_name_of_one_is_hidden_too() {
    let value = |text: &str| Masks::default().value("mobile", text);
    assert_eq!(value("Hannah Fischer").as_deref(), Some("H•••"));
    assert_eq!(value("4512").as_deref(), Some("4•••"));
}

#[test]
fn an_outline_is_recognised_and_not_read() {
    for (value, left) in [
        (" ana.ruiz@example.com", "a•••@example.com"),
        ("+49 30 1234 4512", "+•• •• •••• 4512"),
        ("123-45-6789", "•••-••-••89"),
        ("4111111111111111", "••••••••••••1111"),
        ("4512", "4•••"),
        ("Ana Ruiz", "A•••"),
        ("Ana <ana@example.com>", "A•••"),
        ("ana@home@example.com", "a•••"),
        ("Éva", "É•••"),
        ("true", "t•••"),
    ] {
        assert_eq!(outline(value).as_deref(), Some(left), "{value}");
    }
    assert_eq!(outline(" \t"), None);
}

#[test]
fn a_payload_is_masked_at_every_depth() {
    let (masked, touched) = Masks::default().json(
        r#"{"type":"identify","userId":"ana@example.com","traits":{"score":0.10,"email":"ana@example.com"}}"#,
    );
    assert!(touched);
    assert_eq!(
        masked,
        r#"{"type":"identify","userId":"a•••@example.com","traits":{"score":0.10,"email":"a•••@example.com"}}"#
    );
    let (masked, _) = Masks::default().json(r#"{"name":{"first":"Ana","last":["Ruiz"]},"tags":["a",1]}"#);
    assert_eq!(masked, r#"{"name":{"first":"A••","last":["R••"]},"tags":["a",1]}"#);
}

#[test]
fn addresses_in_an_answer_are_masked() {
    assert_eq!(free_text("no such user: ana@example.com!"), "no such user: a•••@example.com!");
}

#[test]
fn a_renamed_column_is_personal_wherever_its_key_stands() {
    let masks = masks(vec![
        Field::column("full_name", "mykey2"),
        Field::column("FIRST_NAME", "person.called[0]"),
        Field::column("phone", r"a\.b"),
        template("{company}, {full_name}", "greeting"),
        Field::column("company", "firm"),
    ]);
    let (masked, touched) = masks.json(
        r#"{"traits":{"mykey2":"Hannah Fischer","person":{"called":["Hannah","x"]},"a.b":"+49 30 1234567","greeting":"Kestrel, Hannah","firm":"Kestrel"}}"#,
    );
    assert!(touched);
    assert_eq!(
        masked,
        r#"{"traits":{"mykey2":"H•• F••","person":{"called":["H••","x"]},"a.b":"+49 •• •••••67","greeting":"K•• H••","firm":"Kestrel"}}"#
    );
    // By the path alone, as a destination writes the name, and where it has one value in place of a list.
    assert_eq!(masks.value("MyKey2", "Hannah").as_deref(), Some("H••"));
    assert_eq!(masks.value("traits.person.called[0]", "Hannah").as_deref(), Some("H••"));
    assert_eq!(masks.value("traits.a.b", "+49 30 1234567").as_deref(), Some("+49 •• •••••67"));
    assert_eq!(masks.value("person", "Hannah").as_deref(), Some("H••"));
    assert_eq!(masks.value("notmykey2", "Hannah"), None);
    assert_eq!(masks.value("firm", "Kestrel"), None);
}

#[test]
fn what_is_inside_a_personal_value_is_personal() {
    let masks = masks(vec![Field::column("full_name", "who")]);
    assert_eq!(masks.json(r#"{"who":{"a":"Hannah","b":[1]}}"#).0, r#"{"who":{"a":"H••","b":["1••"]}}"#);
    assert_eq!(masks.value("who", r#"{"a":"Hannah"}"#).as_deref(), Some(r#"{"a":"H••"}"#));
    assert_eq!(masks.value("who.a", "Hannah").as_deref(), Some("H••"));
}

#[test]
fn a_constant_is_never_personal_and_what_stands_in_its_place_is() {
    let masks = masks(vec![
        constant(json!(9), "company.name"),
        constant(json!("team@example.com"), "origin"),
        constant(json!({"name": "Kestrel", "list": ["x"]}), "owner"),
    ]);
    let payload =
        r#"{"company":{"name":9},"origin":"team@example.com","owner":{"name":"Kestrel","list":["x"]}}"#;
    assert_eq!(masks.json(payload), (payload.to_owned(), false));
    assert_eq!(masks.value("traits.company.name", "9"), None);
    assert_eq!(masks.value("company.name", "Hannah").as_deref(), Some("H••"));
    assert_eq!(masks.value("origin", "ana@example.com").as_deref(), Some("a•••@example.com"));
}

#[test]
fn a_hash_is_shown_and_the_address_in_its_place_is_not() {
    let masks = masks(vec![Field { hash: Some(Hash::Email), ..Field::column("email", "contact") }]);
    let hash = "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514";
    assert_eq!(masks.value("contact", hash), None);
    assert_eq!(masks.value("email", hash), None);
    assert_eq!(masks.value("contact", "nobody").as_deref(), Some("n•••"));
    assert_eq!(masks.value("contact", &hash.to_uppercase()).as_deref(), Some("B•••"));
}

#[test]
fn columns_that_are_sent_as_they_are_go_by_their_names() {
    let masks = Masks::of(&sync(Shape::Identify, None), &Remembered::default());
    assert_eq!(
        masks.json(r#"{"traits":{"full_name":"Ana","birthday":{"day":4},"plan":"pro"}}"#).0,
        r#"{"traits":{"full_name":"A••","birthday":{"day":"4•••"},"plan":"pro"}}"#
    );
}

#[test]
fn ids_and_event_names_are_personal_by_their_columns() {
    let mut of = sync(Shape::Track(EventName::Column("first_name".into())), Some(Vec::new()));
    of.identifiers.insert(Identifier::UserId, "last_name".into());
    let masks = Masks::of(&of, &Remembered::default());
    assert_eq!(
        masks.json(r#"{"type":"track","event":"Ana","userId":"Ruiz"}"#).0,
        r#"{"type":"track","event":"A••","userId":"R••"}"#
    );
    assert_eq!(masks.value(Identifier::UserId.name(), "Ruiz").as_deref(), Some("R••"));
    of.identifiers = [(Identifier::Email, "contact_email".into())].into();
    let by_email = Masks::of(&of, &Remembered::default());
    assert_eq!(by_email.value("userId", "no address").as_deref(), Some("n•••"));
    of.identifiers.insert(Identifier::UserId, "user_id".into());
    assert_eq!(Masks::of(&of, &Remembered::default()).value("userId", "u_1"), None);
}

#[test]
fn what_earlier_definitions_made_stays_personal() {
    let renamed = sync(Shape::Identify, Some(vec![Field::column("full_name", "mykey2")]));
    let now = sync(Shape::Identify, Some(vec![Field::column("company", "mykey2")]));
    let mut earlier = Remembered::default();
    assert!(earlier.is_empty());
    earlier.add(&renamed);
    let stored = serde_json::to_string(&earlier).unwrap();
    let earlier: Remembered = serde_json::from_str(&stored).unwrap();
    assert_eq!(Masks::of(&now, &Remembered::default()).value("mykey2", "Hannah"), None);
    assert_eq!(Masks::of(&now, &earlier).value("mykey2", "Hannah").as_deref(), Some("H••"));
}

#[test]
fn a_row_key_is_masked_by_its_columns() {
    let keyed = |columns: &[&str], earlier: &Remembered| {
        let key = columns.iter().map(|column| (*column).to_owned()).collect();
        Masks::of(&Sync { key, ..sync(Shape::Identify, None) }, earlier)
    };
    let none = Remembered::default();
    assert_eq!(keyed(&["full_name"], &none).key("Hannah Fischer").as_deref(), Some("H•• F••"));
    assert_eq!(keyed(&["email"], &none).key("no address").as_deref(), Some("n•••"));
    assert_eq!(keyed(&["lead_id"], &none).key("L-1"), None);
    assert_eq!(keyed(&["lead_id"], &none).key("ana@example.com").as_deref(), Some("a•••@example.com"));
    let two = keyed(&["lead_id", "full_name"], &none);
    assert_eq!(two.key(r#"[7,"Hannah"]"#).as_deref(), Some(r#"[7,"H••"]"#));
    assert_eq!(two.key(r#"["Hannah"]"#).as_deref(), Some(r#"["H••"]"#), "of other columns");
    assert_eq!(keyed(&["a", "b"], &none).key(r#"[7,"x"]"#), None);

    let mut earlier = Remembered::default();
    earlier.add(&Sync { key: vec!["email".into()], ..sync(Shape::Identify, None) });
    assert_eq!(keyed(&["lead_id"], &earlier).key("L-1"), None, "an address is known by itself");
    earlier.add(&Sync { key: vec!["full_name".into()], ..sync(Shape::Identify, None) });
    assert_eq!(keyed(&["lead_id"], &earlier).key("Hannah").as_deref(), Some("H••"));
}

#[test]
fn bodies_are_masked_whole_in_lines_and_cut() {
    let masks = masks(vec![Field::column("full_name", "mykey2")]);
    let line = r#"{"mykey2":"Hannah","n":1}"#;
    assert_eq!(masks.body(&format!("[{line}]")), r#"[{"mykey2":"H••","n":1}]"#);
    assert_eq!(
        masks.body(&format!("{line}\n{line}")),
        "{\"mykey2\":\"H••\",\"n\":1}\n{\"mykey2\":\"H••\",\"n\":1}"
    );
    let cut = r#"{"results":[{"mykey2":"Hannah"},{"mykey2":"Hannah Fis"#;
    assert_eq!(masks.body(cut), r#"{"results":[{"mykey2":"H••"},{}]}…"#);
    assert_eq!(masks.body("no ana@example.com"), "no a•••@example.com");
    assert_eq!(masks.json_at("mykey2", "\"Hannah Fis"), "\"H•• F••\"");
    assert_eq!(masks.json_at("firm", "\"Kestrel Fis"), "\"Kestrel Fis");
    assert_eq!(masks.json_at("a", r#"{"mykey2":"Hannah","n":"#), r#"{"mykey2":"H••"}"#);
}

#[test]
fn the_texts_that_are_hidden_are_told() {
    let masks = masks(vec![Field::column("full_name", "who")]);
    let hidden = masks.hidden_in(r#"{"who":"Hannah","email":"a@b.example","phone":4,"plan":"pro"}"#);
    let pair = |own: &str, shown: &str| (own.to_owned(), shown.to_owned());
    assert_eq!(hidden, [pair("Hannah", "H••"), pair("a@b.example", "a•••@b.example")]);
    assert_eq!(masks.hidden_in("no JSON"), []);
}

#[test]
fn structure_digits_and_what_is_not_personal_stay_as_they_were() {
    let masks = masks(vec![Field::column("full_name", "who")]);
    let text = r#"{"b":0.10,"a":[1,{"x":1e3}],"c":{},"who":null,"d":"q\u0041"}"#;
    let mut document = Json::parse(text).unwrap();
    assert!(!masks.mask(&mut document));
    assert_eq!(document.compact(), text);
}
