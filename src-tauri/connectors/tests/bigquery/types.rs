//! Every type to its documented form (docs/types.md), whichever way the rows come.

use sluice_engine::value::ColumnType as T;

use super::*;

/// Reads a value of an SQL expression over the REST API, and out of a table over Storage Read.
async fn assert_values(server: &BigQueryServer, dataset: &str, cases: &[(&str, &str)]) {
    server.dataset(dataset);
    let (rest, storage) = (Access::over_rest(server).open(), Access::to(server).open());
    let mut wrong = Vec::new();
    for (index, (expression, expect)) in cases.iter().enumerate() {
        let one = read_all(&*rest, &all(sql(&format!("select {expression} as v")))).await;
        server.sql(&format!("create table {dataset}.t{index} as select {expression} as v"));
        let many = read_all(&*storage, &all(table(&format!("{dataset}.t{index}")))).await;
        for (way, read) in [("REST", one), ("Storage Read", many)] {
            match read {
                Ok((rows, counted)) if counted == Some(rows.len() as u64) => {
                    // The stand-in's decimals keep zeros at the end, which BigQuery's do not.
                    let is_decimal = expression.contains("numeric '");
                    let plain = |shown: &str| {
                        if is_decimal && shown.contains('.') {
                            shown.replace('"', "").trim_end_matches('0').trim_end_matches('.').to_owned()
                        } else {
                            shown.to_owned()
                        }
                    };
                    if let Some(row) = rows.iter().find(|row| plain(&row[0]) != plain(expect)) {
                        wrong.push(format!("{expression} over {way}: {} and not {expect}", row[0]));
                    }
                }
                other => wrong.push(format!("{expression} over {way}: {other:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn numbers() {
    let Some(server) = BigQueryServer::shared() else { return };
    let cases = [
        ("true", "true"),
        ("9007199254740991", "9007199254740991"),
        ("9007199254740992", "\"9007199254740992\""),
        ("-9223372036854775807", "\"-9223372036854775807\""),
        ("0.1", "0.1"),
        ("1e300", "1e+300"),
        ("cast('NaN' as float64)", "! is not a number (NaN)"),
        ("cast('-inf' as float64)", "! is infinite"),
        ("numeric '0'", "0"),
        ("numeric '10.500'", "10.5"),
        ("numeric '-0.00012'", "-0.00012"),
        ("numeric '10000'", "10000"),
        ("numeric '1234567890123456.78'", "\"1234567890123456.78\""),
        ("bignumeric '2.25'", "2.25"),
        ("cast(null as int64)", "∅"),
    ];
    assert_values(server, "numbers", &cases).await;
}

#[tokio::test]
async fn text_and_bytes() {
    let Some(server) = BigQueryServer::shared() else { return };
    let cases = [
        ("'Zoë 🚀 مرحبا'", "\"Zoë 🚀 مرحبا\""),
        (r#"'a"b\\c\nd'"#, r#""a\"b\\c\nd""#),
        ("''", "\"\""),
        ("from_hex('deadbeef')", "\"3q2+7w==\""),
        (r#"json '{"b": [1, 2.5], "a b": null}'"#, r#"{"b":[1,2.5],"a b":null}"#),
    ];
    assert_values(server, "text_and_bytes", &cases).await;
}

#[tokio::test]
async fn days_and_times() {
    let Some(server) = BigQueryServer::shared() else { return };
    let cases = [
        ("date '2026-11-22'", "\"2026-11-22\""),
        ("date '0001-01-01'", "\"0001-01-01\""),
        ("date '9999-12-31'", "\"9999-12-31\""),
        ("time '08:30:00'", "\"08:30:00\""),
        ("time '08:30:00.5'", "\"08:30:00.500\""),
        ("time '23:59:59.000001'", "\"23:59:59.000001\""),
        ("datetime '2026-11-22 08:30:00'", "\"2026-11-22T08:30:00\""),
        ("datetime '1969-12-31 23:59:59.999999'", "\"1969-12-31T23:59:59.999999\""),
        ("timestamp '2026-11-22 08:30:00.120+02'", "\"2026-11-22T06:30:00.120Z\""),
        ("timestamp '0001-01-01 00:00:00+00'", "\"0001-01-01T00:00:00Z\""),
        ("timestamp '9999-12-31 23:59:59.999999+00'", "\"9999-12-31T23:59:59.999999Z\""),
        ("make_interval(1, 2, 3, 4, 5, 6)", "\"P1Y2M3DT4H5M6S\""),
    ];
    assert_values(server, "days_and_times", &cases).await;
}

#[tokio::test]
async fn lists_records_and_ranges() {
    let Some(server) = BigQueryServer::shared() else { return };
    let cases = [
        ("cast([1, 2, 3] as array<int64>)", "[1,2,3]"),
        ("cast([] as array<int64>)", "[]"),
        ("struct(cast(1 as int64) as x, ['q', 'r'] as y)", r#"{"x":1,"y":["q","r"]}"#),
        ("[struct(1.5 as n, date '2026-11-22' as d)]", r#"[{"n":1.5,"d":"2026-11-22"}]"#),
        ("[1.5, cast('NaN' as float64)]", "! holds a value that is not a number (NaN)"),
        ("range(date '2026-01-01', date '2026-02-01')", "\"[2026-01-01,2026-02-01)\""),
    ];
    assert_values(server, "lists_records_and_ranges", &cases).await;
}

#[tokio::test]
async fn columns_are_named_in_the_product_s_words() {
    let Some(server) = BigQueryServer::shared() else { return };
    let query = "select 1 as a, numeric '1.5' as b, 'x' as c, true as d, current_date() as e, current_timestamp() as f, \
                 json '{}' as g, [1] as h, b'x' as i, make_interval(1) as j, struct(1 as x) as k";
    let columns = Access::to(server).open().columns(&sql(query)).await.unwrap();
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
            T::Json
        ]
    );
    assert_eq!((columns[0].native.as_str(), columns[7].native.as_str()), ("INT64", "ARRAY<INT64>"));
}
