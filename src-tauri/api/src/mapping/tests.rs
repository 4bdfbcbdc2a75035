//! Suggestions and mismatches, on rows in memory.

use serde_json::json;
use sluice_engine::mapping::literal;
use sluice_engine::sync::Sync;
use sluice_engine::value::{Column, ColumnType, RowBatch};

use super::{mismatches::mismatches, suggest::suggestions};
use crate::samples::Sample;
use crate::wire::{DestinationField, DestinationObject, Likeness, MismatchKind, SyncDefinition, Takes};

fn field(name: &str, label: &str, takes: Takes) -> DestinationField {
    DestinationField {
        name: name.into(),
        label: label.into(),
        field_type: String::new(),
        takes,
        required: false,
        writable: true,
        matchable: false,
        options: Vec::new(),
        custom: false,
    }
}

fn object(fields: Vec<DestinationField>) -> DestinationObject {
    DestinationObject { name: "leads".into(), label: "Leads".into(), fields }
}

/// A sync that sends these fields, each `(column, key)`.
fn sync(fields: &serde_json::Value) -> Sync {
    let definition: SyncDefinition = serde_json::from_value(json!({
        "name": "s", "from": "w", "query": { "type": "table", "schema": "a", "name": "b" }, "key": ["id"], "to": "d",
        "shape": { "type": "record", "object": "leads", "match_field": "email" }, "mode": "upsert",
        "removed": "nothing", "identifiers": {}, "fields": fields, "schedule": { "type": "manual" },
        "brakes": null, "cursor": null,
    }))
    .unwrap();
    Sync::try_from(definition).unwrap()
}

fn sent(pairs: &[(&str, &str)]) -> serde_json::Value {
    let field = |(column, key): &(&str, &str)| json!({ "value": { "type": "column", "column": column }, "key": literal(key), "null": "send" });
    pairs.iter().map(field).collect()
}

fn columns(names: &[&str]) -> Vec<Column> {
    let column = |name: &&str| Column {
        name: (*name).to_owned(),
        logical: ColumnType::Text,
        native: "text".to_owned(),
    };
    names.iter().map(column).collect()
}

/// A row for each value of the one column.
fn sample(column: &str, values: &[serde_json::Value]) -> Sample {
    let mut batch = RowBatch::new(columns(&[column]).into());
    for value in values {
        if value.is_null() {
            batch.null();
        } else {
            batch.json(|out| out.extend_from_slice(value.to_string().as_bytes()));
        }
    }
    Sample::of(vec![batch])
}

fn suggested(names: &[&str], fields: &[(&str, &str)]) -> Vec<(String, String, Likeness)> {
    let object = object(fields.iter().map(|(name, label)| field(name, label, Takes::Anything)).collect());
    let found = suggestions(&sync(&json!([])), &columns(names), &object);
    found.into_iter().map(|one| (one.field, one.column.unwrap(), one.likeness)).collect()
}

#[test]
fn the_same_name_goes_before_the_same_letters_and_those_before_another_word() {
    let one = |column: &str, likeness| vec![("email".to_owned(), column.to_owned(), likeness)];
    let email = [("email", "E-mail address")];
    assert_eq!(suggested(&["mail", "E_MAIL", "email"], &email), one("email", Likeness::Exact));
    assert_eq!(suggested(&["mail", "E_MAIL"], &email), one("E_MAIL", Likeness::Spelling));
    assert_eq!(suggested(&["user", "mail"], &email), one("mail", Likeness::Synonym));
    assert_eq!(suggested(&["contact_email"], &email), one("contact_email", Likeness::Synonym));
    assert_eq!(suggested(&["email_sent_at"], &email), []);
}

#[test]
fn words_people_use_for_the_same_thing_are_known() {
    for (column, name, label) in [
        ("tel", "Phone", "Phone"),
        ("mobile", "Phone", "Phone"),
        ("organisation", "Company", "Company"),
        ("account", "company", "Company name"),
        ("vorname", "FirstName", "First Name"),
        ("given_name", "firstname", "First name"),
        ("surname", "LastName", "Last Name"),
        ("plz", "PostalCode", "Zip/Postal Code"),
        ("LEAD_SCORE", "Lead_Score__c", "Lead Score"),
        ("headcount", "NumberOfEmployees", "Employees"),
    ] {
        assert_eq!(suggested(&[column], &[(name, label)]).len(), 1, "{column} for {name}");
    }
    assert_eq!(suggested(&["full_name"], &[("name", "Account name")]), [], "the label says whose name");
}

#[test]
fn no_column_is_suggested_twice_or_for_less_than_it_is() {
    let fields = [("phone", "Phone"), ("mobile", "Mobile"), ("other_phone", "Telephone")];
    let found = suggested(&["mobile", "tel"], &fields);
    let pairs: Vec<_> = found.iter().map(|(field, column, _)| (field.as_str(), column.as_str())).collect();
    assert_eq!(pairs, [("phone", "tel"), ("mobile", "mobile")]);
}

#[test]
fn what_is_filled_or_read_only_gets_no_suggestion_and_what_fills_is_not_suggested() {
    let mut read_only = field("phone", "Phone", Takes::Anything);
    read_only.writable = false;
    let fields = ["email", "work_email"].map(|name| field(name, name, Takes::Anything));
    let object = object(fields.into_iter().chain([read_only]).collect());
    let found = |fields, names: &[&str]| suggestions(&sync(&fields), &columns(names), &object);
    assert_eq!(found(sent(&[("mail", "email")]), &["mail", "tel"]), []);
    let renamed = found(sent(&[("tel", "contact.email")]), &["tel"]);
    assert_eq!(renamed[0].column.as_deref(), Some("tel"), "what the user calls it counts: {renamed:?}");
    let constant =
        json!([{ "value": { "type": "constant", "constant": 1 }, "key": "E-Mail", "null": "send" }]);
    let found = found(constant, &["tel"]);
    assert_eq!((found[0].sent, found[0].likeness), (Some(0), Likeness::Spelling));
}

/// Of one column sent to one field: what is wrong, in how many rows, and the sentence.
fn wrong(target: DestinationField, values: &[serde_json::Value]) -> Vec<(MismatchKind, usize, String)> {
    let sync = sync(&sent(&[("c", &target.name)]));
    let found = mismatches(&sync, &sample("c", values), &object(vec![target]));
    found.into_iter().map(|one| (one.kind, one.rows, one.message)).collect()
}

fn rows(values: &[(&str, usize)]) -> Vec<serde_json::Value> {
    values.iter().flat_map(|(value, count)| vec![json!(value); *count]).collect()
}

#[test]
fn values_that_are_not_in_a_pick_list_are_told_with_how_many_rows_have_them() {
    let mut status = field("status", "Status", Takes::OneOf);
    status.options = ["New", "Working"].map(str::to_owned).to_vec();
    let values = rows(&[("New", 88), ("Nurturing", 12)]);
    assert_eq!(
        wrong(status.clone(), &values),
        [(
            MismatchKind::NotInList,
            12,
            "“Nurturing” is not in the list of Status: 12 of the 100 sample rows".to_owned()
        )]
    );
    let values = rows(&[("new", 2), ("Nurturing", 3), ("x", 1)]);
    assert_eq!(
        wrong(status.clone(), &values)[0].2,
        "“Nurturing” and 2 other values are not in the list of Status: 6 of the 6 sample rows"
    );
    let several = DestinationField { takes: Takes::SomeOf, ..status };
    assert_eq!(wrong(several.clone(), &rows(&[("New; Working", 1), ("", 1)])), []);
    assert_eq!(wrong(several, &rows(&[("New;Old", 1)])).len(), 1);
}

#[test]
fn types_are_told_with_an_example() {
    let whole = field("score", "Score", Takes::Number { decimals: Some(0) });
    assert_eq!(
        wrong(whole.clone(), &[json!(86.5), json!(41), json!("41.0"), json!("x")]),
        [
            (
                MismatchKind::OtherType,
                1,
                "Score takes whole numbers, not “x”: 1 of the 4 sample rows".to_owned()
            ),
            (
                MismatchKind::Decimals,
                1,
                "Score takes whole numbers, not “86.5”: 1 of the 4 sample rows".to_owned()
            ),
        ]
    );
    let number = field("n", "N", Takes::Number { decimals: None });
    assert_eq!(wrong(number, &[json!(1.25), json!("9007199254740993"), json!(null)]), []);
    for (takes, good, bad) in [
        (Takes::Boolean, json!(true), json!("yes")),
        (Takes::Boolean, json!("TRUE"), json!(1)),
        (Takes::Date { converts: false }, json!("2026-01-31"), json!("2026-01-31T08:30:00Z")),
        (Takes::Date { converts: true }, json!("2026-01-31T08:30:00Z"), json!("31.01.2026")),
        (Takes::Moment { converts: false }, json!("2026-01-31T08:30:00Z"), json!("2026-01-31")),
        (Takes::Moment { converts: true }, json!("2026-01-31"), json!("yesterday")),
        (Takes::Moment { converts: true }, json!(1_769_817_600_000_i64), json!(true)),
        (Takes::Number { decimals: None }, json!(" -12.50 "), json!("12 %")),
        (Takes::Email, json!("a@b.example"), json!("nobody")),
        (Takes::Text { longest: Some(3) }, json!("äöü"), json!("four")),
        (Takes::Text { longest: None }, json!(7), json!([1])),
    ] {
        let found = wrong(field("f", "F", takes), &[good, bad]);
        assert_eq!(found.len(), 1, "{takes:?}: {found:?}");
        assert_eq!(found[0].1, 1);
    }
}

#[test]
fn what_is_needed_is_told_where_it_is_empty() {
    let mut company = field("company", "Company", Takes::Text { longest: Some(80) });
    company.required = true;
    assert_eq!(
        wrong(company, &[json!(null), json!("Acme"), json!(null)]),
        [(MismatchKind::Empty, 2, "Company is needed, and empty in 2 of the 3 sample rows".to_owned())]
    );
    let match_field = field("email", "Email", Takes::Email);
    assert_eq!(wrong(match_field, &[json!(null)])[0].0, MismatchKind::Empty);
}

#[test]
fn personal_values_are_masked_and_the_most_frequent_come_first() {
    let email = field("email", "Email", Takes::Email);
    let sync = sync(&sent(&[("phone", "email")]));
    let values = rows(&[("491511234567", 1), ("491719876543", 2)]);
    let found = mismatches(&sync, &sample("phone", &values), &object(vec![email]));
    let examples: Vec<_> = found[0].examples.iter().map(|one| (one.value.as_str(), one.rows)).collect();
    assert_eq!(examples.iter().map(|(_, rows)| *rows).collect::<Vec<_>>(), [2, 1]);
    assert!(!format!("{found:?}").contains("9876543"), "{found:?}");
    assert_eq!(found[0].different, 2);
}
