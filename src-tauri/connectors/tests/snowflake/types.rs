//! Every type fakesnow knows to its documented form (docs/types.md). What it does not know is in `scripted`.

use sluice_engine::value::ColumnType as T;

use super::*;

async fn assert_values(warehouse: &dyn Warehouse, cases: &[(&str, &str)]) {
    for (expression, expect) in cases {
        let read = rows(warehouse, &all(sql(&format!("select {expression} as v")))).await;
        assert_eq!(&read[0][0], expect, "{expression}");
    }
}

#[tokio::test]
async fn numbers() {
    let Some(server) = Fakesnow::shared() else { return };
    let warehouse = Access::at(&server.url(), "TYPES").open();
    let cases = [
        ("true", "true"),
        ("2147483647", "2147483647"),
        ("9007199254740991::number(38,0)", "9007199254740991"),
        ("9007199254740992::number(38,0)", "\"9007199254740992\""),
        ("-9223372036854775807::number(38,0)", "\"-9223372036854775807\""),
        ("12345678901234567890123456789012345678", "\"12345678901234567890123456789012345678\""),
        ("10.50::number(12,2)", "10.5"),
        ("-0.05::number(12,2)", "-0.05"),
        ("1234567890123.456::number(20,3)", "\"1234567890123.456\""),
        ("0.1::float", "0.1"),
        ("1e300::float", "1e+300"),
        ("'NaN'::float", "! is not a number (NaN)"),
        ("'inf'::float", "! is infinite"),
        ("null::number(12,2)", "∅"),
        ("null", "∅"),
    ];
    assert_values(&*warehouse, &cases).await;
}

#[tokio::test]
async fn texts_times_bytes_and_documents() {
    let Some(server) = Fakesnow::shared() else { return };
    let warehouse = Access::at(&server.url(), "TYPES").open();
    let cases = [
        ("'Zoë \"quoted\" \\\\ end'", "\"Zoë \\\"quoted\\\" \\\\ end\""),
        ("''", "\"\""),
        ("'2026-11-22'::date", "\"2026-11-22\""),
        ("'0001-01-01'::date", "\"0001-01-01\""),
        ("'08:30:00'::time", "\"08:30:00\""),
        ("'08:30:00.5'::time", "\"08:30:00.500\""),
        ("'2026-11-22 08:30:00'::timestamp_ntz", "\"2026-11-22T08:30:00\""),
        ("'2026-11-22 08:30:00.123456'::timestamp_ntz", "\"2026-11-22T08:30:00.123456\""),
        ("'1969-12-31 23:59:59.5'::timestamp_ntz", "\"1969-12-31T23:59:59.500\""),
        ("'2026-11-22 08:30:00'::timestamp_ltz", "\"2026-11-22T08:30:00Z\""),
        ("'2026-11-22 08:30:00 +02:00'::timestamp_tz", "\"2026-11-22T06:30:00Z\""),
        ("to_binary('DEADBEEF', 'HEX')", "\"3q2+7w==\""),
        ("parse_json('{\"b\": [1, null], \"a\": {}}')", "{\"b\":[1,null],\"a\":{}}"),
        ("null::variant", "∅"),
    ];
    assert_values(&*warehouse, &cases).await;
}

#[tokio::test]
async fn columns_say_their_type() {
    let Some(server) = Fakesnow::shared() else { return };
    let warehouse = Access::at(&server.url(), "TYPES").open();
    let query = sql(
        "select 1 as a, 1.5::number(3,1) as \"b c\", 'x' as c, true as d, '2026-01-01'::date as e, \
        '08:00'::time as f, '2026-01-01'::timestamp_ntz as g, parse_json('{}') as h, to_binary('AA', 'HEX') as i, 1::float as j",
    );
    let columns = warehouse.columns(&query).await.unwrap();
    let found: Vec<_> =
        columns.iter().map(|column| (column.name.as_str(), column.logical, column.native.as_str())).collect();
    let expect = [
        ("A", T::Integer, "NUMBER"),
        ("b c", T::Number, "NUMBER"),
        ("C", T::Text, "VARCHAR"),
        ("D", T::Boolean, "BOOLEAN"),
        ("E", T::Date, "DATE"),
        ("F", T::Time, "TIME"),
        ("G", T::Timestamp, "TIMESTAMP_NTZ"),
        ("H", T::Json, "VARIANT"),
        ("I", T::Bytes, "BINARY"),
        ("J", T::Number, "FLOAT"),
    ];
    assert_eq!(found, expect);
    let read = warehouse.read(&all(query)).await.unwrap();
    assert_eq!(read.columns().to_vec(), columns);
}
