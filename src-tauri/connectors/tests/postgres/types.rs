//! Every type to its documented form (docs/types.md).

use sluice_engine::value::ColumnType as T;

use super::*;

/// Reads one value written as an SQL expression.
async fn value(warehouse: &dyn Warehouse, expression: &str) -> String {
    let read = rows(warehouse, &all(sql(&format!("select {expression} as v")))).await;
    read[0][0].clone()
}

async fn assert_values(warehouse: &dyn Warehouse, cases: &[(&str, &str)]) {
    for (expression, expect) in cases {
        assert_eq!(&value(warehouse, expression).await, expect, "{expression}");
    }
}

#[tokio::test]
async fn numbers() {
    let Some(server) = PostgresServer::shared() else { return };
    let warehouse = Access::superuser(server, "postgres").open();
    let digits = format!("{}.{}", "9".repeat(100), "1234567891".repeat(3));
    let long = format!("'-{digits}'::numeric");
    let quoted = format!("\"-{digits}\"");
    let cases = [
        ("true", "true"),
        ("'-32768'::int2", "-32768"),
        ("2147483647", "2147483647"),
        ("9007199254740991::int8", "9007199254740991"),
        ("9007199254740992::int8", "\"9007199254740992\""),
        ("'-9223372036854775808'::int8", "\"-9223372036854775808\""),
        ("4294967295::oid", "4294967295"),
        ("0.1::float4", "0.1"),
        ("3.4028235e38::float4", "3.4028235e+38"),
        ("0.1::float8", "0.1"),
        ("1e300::float8", "1e+300"),
        ("'-0'::float8", "-0.0"),
        ("'NaN'::float8", "! is not a number (NaN)"),
        ("'-Infinity'::float4", "! is infinite"),
        ("0::numeric", "0"),
        ("'0.000'::numeric", "0"),
        ("'10.500'::numeric", "10.5"),
        ("'-0.00012'::numeric", "-0.00012"),
        ("'0.0000000012'::numeric", "0.0000000012"),
        ("10000::numeric", "10000"),
        ("'100000000.0001'::numeric", "100000000.0001"),
        ("123456789012345::numeric", "123456789012345"),
        ("1234567890123456::numeric", "\"1234567890123456\""),
        ("'12345.6789'::numeric(20,2)", "12345.68"),
        ("1e20::numeric", "\"100000000000000000000\""),
        (&long, &quoted),
        ("'NaN'::numeric", "! is not a number (NaN)"),
        ("'Infinity'::numeric", "! is infinite"),
        ("'-1234.5'::money", "-1234.5"),
        ("null::int4", "∅"),
    ];
    assert_values(&*warehouse, &cases).await;
}

#[tokio::test]
async fn every_numeric_has_the_server_s_digits() {
    let Some(server) = PostgresServer::shared() else { return };
    let warehouse = Access::superuser(server, "postgres").open();
    let query = "select n, n::text as t from (select (case when i % 2 = 0 then -1 else 1 end) * \
                 round((7919 * i)::numeric / 13, i % 9) * 10::numeric ^ (i % 37 - 18) as n from generate_series(0, 3000) i) as q";
    for row in rows(&*warehouse, &all(sql(query))).await {
        let digits = row[1].trim_matches('"');
        // Zeros at the end of the decimals go, on whatever server they come from.
        let digits =
            if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
        assert_eq!(row[0].trim_matches('"'), digits);
    }
}

#[tokio::test]
async fn text_and_bytes() {
    let Some(server) = PostgresServer::shared() else { return };
    let warehouse = Access::superuser(server, "postgres").open();
    let cases = [
        ("'Zoë 🚀 مرحبا'::text", "\"Zoë 🚀 مرحبا\""),
        ("E'a\"b\\\\c\\n\\u0001'::varchar", r#""a\"b\\c\n\u0001""#),
        ("'ab'::char(4)", "\"ab  \""),
        ("'n'::name", "\"n\""),
        ("'c'::\"char\"", "\"c\""),
        ("''::text", "\"\""),
        ("'\\xdeadbeef'::bytea", "\"3q2+7w==\""),
        (
            "'{\"b\" : [1, 2.50 ],\n \"a b\": 12345678901234567890}'::json",
            r#"{"b":[1,2.50],"a b":12345678901234567890}"#,
        ),
        ("'{\"b\":  1, \"a\": null}'::jsonb", r#"{"a":null,"b":1}"#),
        ("'null'::jsonb", "null"),
        ("'<a>1</a>'::xml", "\"<a>1</a>\""),
        ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\""),
        ("'10.1.2.3'::inet", "\"10.1.2.3\""),
        ("'10.1.2.3/8'::inet", "\"10.1.2.3/8\""),
        ("'2001:db8::1'::inet", "\"2001:db8::1\""),
        ("'10.0.0.0/8'::cidr", "\"10.0.0.0/8\""),
        ("'08:00:2b:01:02:03'::macaddr", "\"08:00:2b:01:02:03\""),
        ("'08:00:2b:01:02:03:04:05'::macaddr8", "\"08:00:2b:01:02:03:04:05\""),
        ("B'10110011101'", "\"10110011101\""),
        ("'101'::varbit(8)", "\"101\""),
        ("'16/B374D848'::pg_lsn", "\"16/B374D848\""),
        ("'10:20:10,14,15'::txid_snapshot", "\"10:20:10,14,15\""),
        ("'pg_class'::regclass", "\"pg_class\""),
        ("'a fat cat'::tsvector", "\"'a' 'cat' 'fat'\""),
        ("'fat & cat'::tsquery", "\"'fat' & 'cat'\""),
        ("'$.a'::jsonpath", "\"$.\\\"a\\\"\""),
    ];
    assert_values(&*warehouse, &cases).await;
}

#[tokio::test]
async fn days_and_times() {
    let Some(server) = PostgresServer::shared() else { return };
    let warehouse = Access::superuser(server, "postgres").open();
    let out = "! lies outside the years 1 to 9999";
    let cases = [
        ("'2026-11-22'::date", "\"2026-11-22\""),
        ("'0001-01-01'::date", "\"0001-01-01\""),
        ("'9999-12-31'::date", "\"9999-12-31\""),
        ("'0001-12-31 BC'::date", out),
        ("'10000-01-01'::date", out),
        ("'5874897-12-31'::date", out),
        ("'infinity'::date", "! is infinite"),
        ("'08:30'::time", "\"08:30:00\""),
        ("'24:00:00'::time", "\"24:00:00\""),
        ("'08:30:00.5'::time", "\"08:30:00.500\""),
        ("'08:30:00.000001+05:30'::timetz", "\"08:30:00.000001+05:30\""),
        ("'08:30:00-03'::timetz", "\"08:30:00-03:00\""),
        ("'2026-11-22 08:30:00'::timestamp", "\"2026-11-22T08:30:00\""),
        ("'1969-12-31 23:59:59.999999'::timestamp", "\"1969-12-31T23:59:59.999999\""),
        ("'2026-11-22 08:30:00.120+02'::timestamptz", "\"2026-11-22T06:30:00.120Z\""),
        ("'0001-01-01 00:00:00+00'::timestamptz", "\"0001-01-01T00:00:00Z\""),
        ("'9999-12-31 23:59:59.999999+00'::timestamptz", "\"9999-12-31T23:59:59.999999Z\""),
        ("'294276-12-31 23:59:59'::timestamp", out),
        ("'4713-01-01 00:00:00 BC'::timestamp", out),
        ("'-infinity'::timestamptz", "! is infinite"),
        ("'1 year 2 mons 3 days 4 hours 5 min 6.7 s'::interval", "\"P1Y2M3DT4H5M6.7S\""),
        ("'-1 year -2 mons +3 days -04:05:06'::interval", "\"P-1Y-2M3DT-4H-5M-6S\""),
        ("'-0.25 s'::interval", "\"PT-0.25S\""),
        ("'0'::interval", "\"PT0S\""),
    ];
    assert_values(&*warehouse, &cases).await;
    // The server's own ISO text agrees.
    for text in ["15 mons -40 days 25:01:00.5", "-7 days", "00:00:00.000001", "100 years -1 s", "-0.5 s"] {
        let both = format!("array['{text}'::interval::text, null] as t, '{text}'::interval");
        let row = rows(&*warehouse, &all(sql(&format!("select {both} as v")))).await.remove(0);
        assert_eq!(row[0], format!("[{},null]", row[1]));
    }
}

#[tokio::test]
async fn lists_records_and_what_the_server_writes_as_text() {
    let Some(server) = PostgresServer::shared() else { return };
    server.sql("postgres", "create database types");
    server.sql(
        "types",
        "create extension hstore; create extension citext; \
        create type mood as enum ('sad', 'happy ☺'); create domain positive as int check (value > 0); \
        create type address as (street text, number numeric, tags text[], mood mood, since positive); \
        create type place as (name text, at point); create type span as range (subtype = float8)",
    );
    let warehouse = Access::superuser(server, "types").open();
    let cases = [
        ("array[1, null, 3]", "[1,null,3]"),
        ("'{}'::int[]", "[]"),
        ("array[['a', null], ['c\"', '']]", r#"[["a",null],["c\"",""]]"#),
        ("'[0:1][3:4]={{1,2},{3,4}}'::int[]", "[[1,2],[3,4]]"),
        ("array[1.50, 12345678901234567890]", "[1.5,\"12345678901234567890\"]"),
        ("array[1, 'NaN']::float8[]", "! holds a value that is not a number (NaN)"),
        ("array['1.5']::money[]", "[1.5]"),
        ("array['{\"a\": 1}']::jsonb[]", "[{\"a\":1}]"),
        ("array['(1,2)']::point[]", "[\"(1,2)\"]"),
        ("array['2026-11-22']::date[]", "[\"2026-11-22\"]"),
        ("'1 2'::int2vector", "[1,2]"),
        ("'happy ☺'::mood", "\"happy ☺\""),
        ("array['sad', null]::mood[]", "[\"sad\",null]"),
        ("5::positive", "5"),
        ("'MiXed'::citext", "\"MiXed\""),
        ("'a=>1, \"b c\"=>NULL'::hstore", r#"{"a":"1","b c":null}"#),
        (
            "row('Rua \"A\"', 12.50, array['x', null], 'sad', 7)::address",
            r#"{"street":"Rua \"A\"","number":12.5,"tags":["x",null],"mood":"sad","since":7}"#,
        ),
        ("array[row('S', 'NaN', null, null, null)]::address[]", "! holds a value that is not a number (NaN)"),
        ("row('P', '(1,2)')::place", "\"(P,\\\"(1,2)\\\")\""),
        ("row(1, 'a')", "\"(1,a)\""),
        ("'[1,10)'::int4range", "\"[1,10)\""),
        ("'empty'::numrange", "\"empty\""),
        ("'[1.5,2.5]'::span", "\"[1.5,2.5]\""),
        ("array['[1,2)']::int4range[]", "[\"[1,2)\"]"),
        ("'{[1,3), [5,8)}'::int4multirange", "\"{[1,3),[5,8)}\""),
        ("'[2026-11-22 08:00+00, infinity)'::tstzrange", "\"[\\\"2026-11-22 08:00:00+00\\\",infinity)\""),
        ("'(1,2.5)'::point", "\"(1,2.5)\""),
        ("'{1,2,3}'::line", "\"{1,2,3}\""),
        ("'[(0,0),(1,1)]'::lseg", "\"[(0,0),(1,1)]\""),
        ("'(1,1),(0,0)'::box", "\"(1,1),(0,0)\""),
        ("'[(0,0),(1,1)]'::path", "\"[(0,0),(1,1)]\""),
        ("'((0,0),(1,1),(1,0))'::polygon", "\"((0,0),(1,1),(1,0))\""),
        ("'<(0,0),5>'::circle", "\"<(0,0),5>\""),
    ];
    assert_values(&*warehouse, &cases).await;
}

/// So that a type of a newer server is not forgotten: each built-in base type can be read.
#[tokio::test]
async fn no_built_in_type_fails() {
    let Some(server) = PostgresServer::shared() else { return };
    let warehouse = Access::superuser(server, "postgres").open();
    let names = server.sql("postgres", "select string_agg(format('null::%s as \"%s\"', oid::regtype, typname), ', ') \
        from pg_type where typtype in ('b', 'r', 'm') and typnamespace = 'pg_catalog'::regnamespace and typname !~ '^_?pg_|^_?(aclitem|gtsvector)'");
    let read = rows(&*warehouse, &all(sql(&format!("select {names}")))).await;
    assert!(read[0].len() > 120 && read[0].iter().all(|cell| cell == "∅"), "{}", read[0].len());
}

#[tokio::test]
async fn columns_are_named_in_the_product_s_words() {
    let Some(server) = PostgresServer::shared() else { return };
    let warehouse = Access::superuser(server, "postgres").open();
    let query = "select 1::int8 as a, 1.5 as b, 'x'::text as c, true as d, current_date as e, now() as f, \
                 '{}'::jsonb as g, array[1] as h, ''::bytea as i, '1'::interval as j, '1'::money as k";
    let columns = warehouse.columns(&sql(query)).await.unwrap();
    let types: Vec<_> = columns.iter().map(|column| column.logical).collect();
    assert_eq!(
        types,
        [
            T::Integer,
            T::Number,
            T::Text,
            T::Boolean,
            T::Date,
            T::Timestamp,
            T::Json,
            T::List,
            T::Bytes,
            T::Other,
            T::Number
        ]
    );
    assert_eq!(columns[0].native, "int8");
}

#[tokio::test]
async fn text_that_is_not_utf8_is_told_and_its_neighbours_are_read() {
    let Some(server) = PostgresServer::shared() else { return };
    server.sql(
        "postgres",
        "create database raw template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'",
    );
    server.sql(
        "raw",
        "set client_encoding = 'SQL_ASCII'; create table people (id int, name text); \
        insert into people values (1, E'Jos\\xe9'), (2, E'Jos\\xc3\\xa9')",
    );
    let warehouse = Access::superuser(server, "raw").open();
    let read = rows(&*warehouse, &all(table("public.people"))).await;
    assert_eq!(read, [["1", "! is not valid UTF-8 text"], ["2", "\"José\""]]);
    server.sql(
        "postgres",
        "create database latin template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'",
    );
    let warehouse = Access::superuser(server, "latin").open();
    assert_eq!(value(&*warehouse, "chr(233)").await, "\"é\"");
}
