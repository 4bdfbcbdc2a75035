//! The tables that show what is hard: no identifier, bad keys, every type.

use rusqlite::types::Value;
use rusqlite::{Transaction, params, params_from_iter};
use sluice_engine::error::Result;

/// Bytes of the long value.
const LONG: usize = 2 << 20;

pub(super) fn fill(transaction: &Transaction<'_>) -> Result<()> {
    products(transaction)?;
    messy_keys(transaction)?;
    every_type(transaction)
}

fn products(transaction: &Transaction<'_>) -> Result<()> {
    let names = [
        "Oak desk",
        "Desk lamp",
        "Paper, A4",
        "Ink, black",
        "Notebook",
        "Stapler",
        "Chair mat",
        "Whiteboard",
        "Café mug",
        "Wall clock",
        "Plant pot",
        "Footrest",
        "Pen holder",
        "Letter tray",
        "Shelf",
        "Coat stand",
    ];
    let mut product = transaction.prepare("insert into no_identifier values (?1, ?2, ?3, ?4)")?;
    for (index, name) in names.iter().enumerate() {
        let price = format!("{}.{}0", 4 + index * index, index % 10);
        product.execute(params![format!("P-{:03}", index + 1), name, price, index % 5 != 3])?;
    }
    Ok(())
}

/// Forty customers, of whom three have no key, four have another's, and one has no address.
fn messy_keys(transaction: &Transaction<'_>) -> Result<()> {
    let mut customer = transaction.prepare("insert into messy_keys values (?1, ?2, ?3, ?4)")?;
    for number in 1..=40_usize {
        let key = match number {
            7 | 19 | 33 => None,
            12 | 13 => Some(5),
            28 => Some(27),
            40 => Some(1),
            _ => Some(number),
        };
        let email = (number != 22).then(|| format!("customer{number}@shop.example"));
        let company = format!("Shop No. {number}");
        customer.execute(params![
            key.map(|key| format!("C-{key:03}")),
            email,
            company,
            format!("{}.50", number * 37)
        ])?;
    }
    Ok(())
}

/// What a row shows, and the columns in which it differs from the plain row.
type Case = (&'static str, Vec<(&'static str, Value)>);

fn every_type(transaction: &Transaction<'_>) -> Result<()> {
    let plain: Case = (
        "Plain values",
        vec![
            ("a_text", text("Hello")),
            ("an_integer", Value::Integer(42)),
            ("a_real", Value::Real(0.1)),
            ("a_decimal", text("1234.50")),
            ("a_boolean", Value::Integer(1)),
            ("a_date", text("2026-11-22")),
            ("a_time", text("08:30:00")),
            ("a_timestamp", text("2026-11-22T08:30:00Z")),
            ("a_json", text(r#"{"tags": ["new", "warm"], "score": 7}"#)),
            ("some_bytes", Value::Blob(vec![0, 1, 254, 255])),
            ("anything", text("untyped")),
        ],
    );
    let mut cases = vec![plain, ("Null in every column", Vec::new())];
    cases.extend(texts());
    cases.extend(numbers());
    cases.extend(others());
    for (index, (shows, values)) in cases.into_iter().enumerate() {
        let columns: Vec<&str> =
            ["id", "email", "what_it_shows"].into_iter().chain(values.iter().map(|v| v.0)).collect();
        let id = index as i64 + 1;
        let row = [Value::Integer(id), text(&format!("case{id:02}@types.example")), text(shows)];
        let marks = vec!["?"; columns.len()].join(", ");
        let sql = format!("insert into every_type ({}) values ({marks})", columns.join(", "));
        transaction
            .execute(&sql, params_from_iter(row.into_iter().chain(values.into_iter().map(|v| v.1))))?;
    }
    // Text that is not UTF-8 goes in as bytes: 48 c3 ff 21.
    transaction.execute(
        "insert into every_type (email, what_it_shows, a_text) \
         values ('invalid@types.example', 'Text that is not UTF-8', cast(x'48c3ff21' as text))",
        [],
    )?;
    Ok(())
}

fn texts() -> Vec<Case> {
    let case = |shows, value: &str| (shows, vec![("a_text", text(value))]);
    vec![
        case("Empty text", ""),
        case("Emoji, among them one of several code points", "🚀 👩🏽‍💻 🇧🇷"),
        case("Text from right to left", "مرحبا بالعالم – שלום"),
        case("A combining accent, not its composed letter", "Zoe\u{308} and re\u{301}sume\u{301}"),
        case("Text beyond the basic plane", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎"),
        case("Quotes, backslash and line breaks", "“a” \"b\" 'c' \\ d\r\ne\tf"),
        case("Control characters", "bell \u{7} escape \u{1b} delete \u{7f}"),
        case("Looks like a formula", "=HYPERLINK(\"https://a.example\")"),
        case("Looks like markup", "<script>alert(1)</script> &amp;"),
        case("Spaces around", "  padded  "),
        ("Long text: 2 MB", vec![("a_text", text(&"0123456789abcdef".repeat(LONG / 16)))]),
    ]
}

fn numbers() -> Vec<Case> {
    let integer = |shows, value| (shows, vec![("an_integer", Value::Integer(value))]);
    let real = |shows, value| (shows, vec![("a_real", Value::Real(value))]);
    let decimal = |shows, value: &str| (shows, vec![("a_decimal", text(value))]);
    vec![
        integer("The largest integer every JSON reader keeps exact", 9_007_199_254_740_991),
        integer("An integer one beyond 2^53", 9_007_199_254_740_993),
        integer("The smallest integer", i64::MIN),
        real("A very small number", 5e-324),
        real("A very large number", f64::MAX),
        real("Infinity", f64::INFINITY),
        real("Minus infinity", f64::NEG_INFINITY),
        decimal("A decimal with 40 digits", "-1234567890123456789012345.678901234567890"),
        decimal("A decimal with zeros at its end", "10.500"),
        decimal("A decimal that is not a number", "NaN"),
    ]
}

fn others() -> Vec<Case> {
    vec![
        ("False and zero", vec![("a_boolean", Value::Integer(0)), ("an_integer", Value::Integer(0))]),
        (
            "The first day",
            vec![("a_date", text("0001-01-01")), ("a_timestamp", text("0001-01-01T00:00:00Z"))],
        ),
        (
            "The last day",
            vec![("a_date", text("9999-12-31")), ("a_timestamp", text("9999-12-31T23:59:59.999999Z"))],
        ),
        ("JSON null inside a document", vec![("a_json", text(r#"{"a": null, "b": []}"#))]),
        ("A long number inside JSON", vec![("a_json", text(r#"{"id": 12345678901234567890}"#))]),
        ("Broken JSON", vec![("a_json", text(r#"{"a": "#))]),
        ("No bytes", vec![("some_bytes", Value::Blob(Vec::new()))]),
        ("A number in a column without a type", vec![("anything", Value::Real(2.5))]),
    ]
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}
