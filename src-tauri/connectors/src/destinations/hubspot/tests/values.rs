use std::collections::HashMap;

use serde_json::value::RawValue;

use super::super::properties::Property;
use super::super::values::{canonical, text};
use super::PROPERTIES;

fn properties() -> HashMap<String, Property> {
    let value: serde_json::Value = serde_json::from_str(PROPERTIES).unwrap();
    let list: Vec<Property> = serde_json::from_value(value["results"].clone()).unwrap();
    list.into_iter().map(|property| (property.name.clone(), property)).collect()
}

#[test]
fn every_type_has_hubspots_form() {
    let properties = properties();
    for (name, json, expected) in [
        ("note", r#""Zoë""#, "Zoë"),
        ("note", "null", ""),
        ("note", "12.50", "12.50"),
        ("note", "true", "true"),
        ("note", r#"{"a": 1}"#, r#"{"a": 1}"#),
        ("note", r#"["x","y"]"#, "x;y"),
        ("score", "12.50", "12.50"),
        ("score", r#""9007199254740993""#, "9007199254740993"),
        ("score", "1e21", "1e21"),
        ("score", r#""""#, ""),
        ("member", "true", "true"),
        ("member", r#""FALSE""#, "false"),
        ("born", r#""2026-01-31""#, "1769817600000"),
        ("born", r#""2026-01-31T23:59:59Z""#, "1769817600000"),
        ("born", r#""2026-01-31T23:30:00-05:00""#, "1769904000000"),
        ("born", r#""2026-01-31T08:30:00""#, "1769817600000"),
        ("born", r#""1969-12-31""#, "-86400000"),
        ("born", "1769817600001", "1769817600000"),
        ("seen", r#""2026-01-31T08:30:00.123456+02:00""#, "2026-01-31T06:30:00.123Z"),
        ("seen", r#""2026-01-31 08:30:00""#, "2026-01-31T08:30:00.000Z"),
        ("seen", r#""2026-01-31""#, "2026-01-31T00:00:00.000Z"),
        ("grade", r#""b""#, "b"),
        ("likes", r#"["tea","nuts"]"#, "tea;nuts"),
        ("likes", r#""tea; nuts""#, "tea;nuts"),
        ("likes", r#"";nuts""#, ";nuts"),
        ("likes", "[]", ""),
        ("hubspot_owner_id", "4711", "4711"),
    ] {
        let raw = RawValue::from_string(json.to_owned()).unwrap();
        assert_eq!(text(&raw, &properties[name]).as_deref(), Ok(expected), "{name} {json}");
    }
}

#[test]
fn a_value_that_does_not_fit_is_told_without_personal_data() {
    let properties = properties();
    for (name, json, expected) in [
        ("score", r#""many""#, "Score takes a number, not this text."),
        ("score", r#""NaN""#, "Score takes a number, not this text."),
        ("score", "[1]", "Score takes a number, not a list."),
        ("member", "1", "Member takes true or false, not a number."),
        ("born", r#""31/01/2026""#, "Born on takes a day such as 2026-01-31, not this text."),
        ("seen", "true", "Last seen takes a date and time such as 2026-01-31T08:30:00Z, not true or false."),
        ("grade", r#""c""#, "Grade takes a, b, not “c”."),
        ("grade", r#""very good""#, "Grade takes the option's internal name: “a” for “Very good”."),
        ("grade", r#"["a","b"]"#, "Grade takes one of its options, not a list."),
        ("likes", r#"["tea","coffee"]"#, "Likes takes tea, nuts, not “coffee”."),
        ("email", r#""ana""#, "Email is not a valid e-mail address."),
    ] {
        let raw = RawValue::from_string(json.to_owned()).unwrap();
        assert_eq!(text(&raw, &properties[name]), Err(expected.to_owned()), "{name} {json}");
    }
    let long = format!("\"{}\"", "ä".repeat(65_537));
    let raw = RawValue::from_string(long).unwrap();
    let told = text(&raw, &properties["note"]).unwrap_err();
    assert_eq!(told, "Note takes at most 65536 characters; this value has 65537.");
}

#[test]
fn addresses_are_the_same_without_regard_to_case() {
    assert_eq!(canonical(" Ana@Example.com ", "email"), "ana@example.com");
    assert_eq!(canonical(" L-1 ", "lead_id"), "L-1");
}
