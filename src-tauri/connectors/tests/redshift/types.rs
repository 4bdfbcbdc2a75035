//! Every type to its documented form (docs/types.md), the same as PostgreSQL's where both have it.

use sluice_engine::value::ColumnType as T;

use super::*;

/// Values written as SQL expressions of PostgreSQL, in a view that is read.
async fn assert_values(server: &RedshiftServer, database: &str, cases: &[(&str, &str)]) {
    server.sql("postgres", &format!("create database {database}"));
    let columns: Vec<_> =
        cases.iter().enumerate().map(|(index, (value, _))| format!("{value} as v{index}")).collect();
    server.sql(database, &format!("create view v as select {}", columns.join(", ")));
    let warehouse = Access::superuser(server, database).open();
    let read = rows(&*warehouse, &all(table("v"))).await.remove(0);
    for ((expression, expect), read) in cases.iter().zip(read) {
        assert_eq!(read, *expect, "{expression}");
    }
}

#[tokio::test]
async fn numbers() {
    let Some(server) = RedshiftServer::shared() else { return };
    let cases = [
        ("true", "true"),
        ("false", "false"),
        ("'-32768'::int2", "-32768"),
        ("2147483647", "2147483647"),
        ("9007199254740991::int8", "9007199254740991"),
        ("9007199254740992::int8", "\"9007199254740992\""),
        ("'-9223372036854775808'::int8", "\"-9223372036854775808\""),
        ("0.1::float4", "0.1"),
        ("16777216.0::float4", "16777216.0"),
        ("1.00000012::float4", "1.0000001"),
        ("3.4028235e38::float4", "3.4028235e+38"),
        ("0.1::float8", "0.1"),
        ("0.10000000000000002::float8", "0.10000000000000002"),
        ("1e300::float8", "1e+300"),
        ("'-0'::float8", "-0.0"),
        ("'NaN'::float8", "! is not a number (NaN)"),
        ("'-Infinity'::float4", "! is infinite"),
        ("'0.000'::numeric", "0"),
        ("'10.500'::numeric(5,3)", "10.5"),
        ("'-0.00012'::numeric", "-0.00012"),
        ("123456789012345::numeric", "123456789012345"),
        ("1234567890123456::numeric", "\"1234567890123456\""),
        (
            "'-12345678901234567890123456789012345678'::numeric(38,0)",
            "\"-12345678901234567890123456789012345678\"",
        ),
        ("null::int4", "∅"),
    ];
    assert_values(server, "numbers", &cases).await;
}

#[tokio::test]
async fn text_bytes_and_documents() {
    let Some(server) = RedshiftServer::shared() else { return };
    let cases = [
        ("'Zoë 🚀 مرحبا'::text", "\"Zoë 🚀 مرحبا\""),
        ("E'a\"b\\\\c\\n\\u0001'::varchar", r#""a\"b\\c\n\u0001""#),
        ("'ab'::char(4)", "\"ab  \""),
        ("''::varchar(5)", "\"\""),
        ("'\\xdeadbeef'::bytea", "\"3q2+7w==\""),
        (
            "'{\"b\" : [1, 2.50 ],\n \"a b\": 12345678901234567890}'::json",
            r#"{"b":[1,2.50],"a b":12345678901234567890}"#,
        ),
        ("'\"ASIA\"'::jsonb", "\"ASIA\""),
        ("'null'::jsonb", "null"),
        ("null::jsonb", "∅"),
        ("'a fat cat'::tsvector", "\"'a' 'cat' 'fat'\""),
    ];
    assert_values(server, "texts", &cases).await;
}

#[tokio::test]
async fn days_and_times() {
    let Some(server) = RedshiftServer::shared() else { return };
    let out = "! lies outside the years 1 to 9999";
    let cases = [
        ("'2026-11-22'::date", "\"2026-11-22\""),
        ("'0001-01-01'::date", "\"0001-01-01\""),
        ("'0001-12-31 BC'::date", out),
        ("'10000-01-01'::date", out),
        ("'infinity'::date", "! is infinite"),
        ("'08:30'::time", "\"08:30:00\""),
        ("'24:00:00'::time", "\"24:00:00\""),
        ("'08:30:00.5'::time", "\"08:30:00.500\""),
        ("'08:30:00.000001+05:30'::timetz", "\"08:30:00.000001+05:30\""),
        ("'08:30:00-03'::timetz", "\"08:30:00-03:00\""),
        ("'2026-11-22 08:30:00'::timestamp", "\"2026-11-22T08:30:00\""),
        ("'1969-12-31 23:59:59.999999'::timestamp", "\"1969-12-31T23:59:59.999999\""),
        ("'2026-11-22 08:30:00.120+02'::timestamptz", "\"2026-11-22T06:30:00.120Z\""),
        ("'9999-12-31 23:59:59.999999+00'::timestamptz", "\"9999-12-31T23:59:59.999999Z\""),
        ("'294276-12-31 23:59:59'::timestamp", out),
        ("'4713-01-01 00:00:00 BC'::timestamp", out),
        ("'4713-01-02 00:00:00+00 BC'::timestamptz", out),
        ("'-infinity'::timestamptz", "! is infinite"),
        ("'1 year 2 mons 3 days 4 hours 5 min 6.7 s'::interval", "\"P1Y2M3DT4H5M6.7S\""),
        ("'-1 year -2 mons +3 days -04:05:06'::interval", "\"P-1Y-2M3DT-4H-5M-6S\""),
        ("'-0.25 s'::interval", "\"PT-0.25S\""),
        ("'0'::interval", "\"PT0S\""),
    ];
    assert_values(server, "times", &cases).await;
}

#[tokio::test]
async fn columns_are_named_in_the_product_s_words() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create view every_kind as select 1::int8 as a, 1.5 as b, 'x'::text as c, true as d, current_date as e, now() as f, \
        '{}'::jsonb as g, ''::bytea as h, '1'::interval as i, path '((0,0),(1,1))' as j, 'x'::char(3) as k");
    let warehouse = Access::superuser(server, "postgres").open();
    let columns = warehouse.columns(&sql("select * from every_kind")).await.unwrap();
    let found: Vec<_> = columns.iter().map(|column| (column.logical, column.native.as_str())).collect();
    let expect = [
        (T::Integer, "bigint"),
        (T::Number, "numeric"),
        (T::Text, "text"),
        (T::Boolean, "boolean"),
        (T::Date, "date"),
        (T::Timestamp, "timestamptz"),
        (T::Json, "super"),
        (T::Bytes, "varbyte"),
        (T::Other, "interval"),
        (T::Other, "geometry"),
        (T::Text, "char"),
    ];
    assert_eq!(found, expect);
}
