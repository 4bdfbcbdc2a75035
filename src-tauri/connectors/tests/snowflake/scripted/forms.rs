//! Every type, in both of the forms results come in.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, FixedSizeListArray, Float64Array,
    Int8Array, Int16Array, Int32Array, Int64Array, StringArray, StructArray,
};
use arrow_schema::{DataType, Field};
use serde_json::{Value, json};

use super::super::script::arrow::{Column, base64, stream};
use super::super::script::{Scripted, success};
use super::super::*;
use super::*;

/// The same values in both of the forms results come in.
#[allow(clippy::too_many_lines)]
fn every_type() -> (Vec<Column>, Value, Value, Vec<&'static str>) {
    let text = |values: &[Option<&str>]| Arc::new(StringArray::from(values.to_vec())) as ArrayRef;
    let structured = |fields: Vec<(&str, ArrayRef)>| {
        let fields = fields
            .into_iter()
            .map(|(name, values)| (Arc::new(Field::new(name, values.data_type().clone(), true)), values));
        Arc::new(StructArray::from(fields.collect::<Vec<_>>())) as ArrayRef
    };
    let one_list = |values: ArrayRef| {
        let field = Arc::new(Field::new("item", values.data_type().clone(), true));
        Arc::new(FixedSizeListArray::try_new(field, 2, values, None).unwrap()) as ArrayRef
    };
    let zoned = 1440 + 120;
    let columns: Vec<(&'static str, &'static str, i64, ArrayRef, Value, &'static str)> = vec![
        ("I8", "fixed", 0, Arc::new(Int8Array::from(vec![-7])), json!("-7"), "-7"),
        ("N16", "fixed", 2, Arc::new(Int16Array::from(vec![1_999])), json!("19.99"), "19.99"),
        ("N32", "fixed", 3, Arc::new(Int32Array::from(vec![-5])), json!("-0.005"), "-0.005"),
        (
            "N64",
            "fixed",
            2,
            Arc::new(Int64Array::from(vec![1_234_567_890_123_456_789])),
            json!("12345678901234567.89"),
            "\"12345678901234567.89\"",
        ),
        (
            "BIG",
            "fixed",
            0,
            Arc::new(Int64Array::from(vec![9_007_199_254_740_993])),
            json!("9007199254740993"),
            "\"9007199254740993\"",
        ),
        (
            "D128",
            "fixed",
            2,
            Arc::new(Decimal128Array::from(vec![1_050]).with_precision_and_scale(38, 2).unwrap()),
            json!("10.50"),
            "10.5",
        ),
        (
            "HUGE",
            "fixed",
            0,
            Arc::new(
                Decimal128Array::from(vec![-12_345_678_901_234_567_890_i128])
                    .with_precision_and_scale(38, 0)
                    .unwrap(),
            ),
            json!("-12345678901234567890"),
            "\"-12345678901234567890\"",
        ),
        ("REAL", "real", 0, Arc::new(Float64Array::from(vec![0.1])), json!("0.1"), "0.1"),
        ("TEXT", "text", 0, text(&[Some("Zoë \"\n")]), json!("Zoë \"\n"), "\"Zoë \\\"\\n\""),
        ("BOOL", "boolean", 0, Arc::new(BooleanArray::from(vec![true])), json!("1"), "true"),
        (
            "BIN",
            "binary",
            0,
            Arc::new(BinaryArray::from(vec![&[0xde_u8, 0xad, 0xbe, 0xef][..]])),
            json!("DEADBEEF"),
            "\"3q2+7w==\"",
        ),
        ("DATE", "date", 0, Arc::new(Date32Array::from(vec![20_779])), json!("20779"), "\"2026-11-22\""),
        (
            "T9",
            "time",
            9,
            Arc::new(Int64Array::from(vec![30_600_500_000_000])),
            json!("30600.500000000"),
            "\"08:30:00.500\"",
        ),
        ("T0", "time", 0, Arc::new(Int32Array::from(vec![30_600])), json!("30600"), "\"08:30:00\""),
        (
            "NTZ3",
            "timestamp_ntz",
            3,
            Arc::new(Int64Array::from(vec![1_700_000_000_120])),
            json!("1700000000.120"),
            "\"2023-11-14T22:13:20.120\"",
        ),
        (
            "NTZ9",
            "timestamp_ntz",
            9,
            structured(vec![
                ("epoch", Arc::new(Int64Array::from(vec![-1]))),
                ("fraction", Arc::new(Int32Array::from(vec![999_999_999]))),
            ]),
            json!("-0.000000001"),
            "\"1969-12-31T23:59:59.999999999\"",
        ),
        (
            "LTZ",
            "timestamp_ltz",
            6,
            Arc::new(Int64Array::from(vec![1_700_000_000_000_001])),
            json!("1700000000.000001"),
            "\"2023-11-14T22:13:20.000001Z\"",
        ),
        (
            "TZ9",
            "timestamp_tz",
            9,
            structured(vec![
                ("epoch", Arc::new(Int64Array::from(vec![1_700_000_000]))),
                ("fraction", Arc::new(Int32Array::from(vec![5]))),
                ("timezone", Arc::new(Int32Array::from(vec![zoned]))),
            ]),
            json!("1700000000.000000005 1560"),
            "\"2023-11-14T22:13:20.000000005Z\"",
        ),
        (
            "TZ3",
            "timestamp_tz",
            3,
            structured(vec![
                ("epoch", Arc::new(Int64Array::from(vec![1_700_000_000_120]))),
                ("timezone", Arc::new(Int32Array::from(vec![zoned]))),
            ]),
            json!("1700000000.120 1560"),
            "\"2023-11-14T22:13:20.120Z\"",
        ),
        (
            "VAR",
            "variant",
            0,
            text(&[Some("{\n  \"a\": [\n    1,\n    null\n  ]\n}")]),
            json!("{\n  \"a\": [\n    1,\n    null\n  ]\n}"),
            "{\"a\":[1,null]}",
        ),
        ("OBJ", "object", 0, text(&[Some("{}")]), json!("{}"), "{}"),
        (
            "ARR",
            "array",
            0,
            text(&[Some("[ undefined ]")]),
            json!("[ undefined ]"),
            "! holds a value that JSON does not have (undefined, NaN or infinity)",
        ),
        (
            "GEO",
            "geography",
            0,
            text(&[Some("{ \"type\": \"Point\", \"coordinates\": [1, 2] }")]),
            json!("{ \"type\": \"Point\", \"coordinates\": [1, 2] }"),
            "{\"type\":\"Point\",\"coordinates\":[1,2]}",
        ),
        (
            "VEC",
            "vector",
            0,
            one_list(Arc::new(arrow_array::Float32Array::from(vec![0.1, 2.0]))),
            json!("[0.100000,2.000000]"),
            "[0.1,2.0]",
        ),
        (
            "DEC",
            "decfloat",
            0,
            structured(vec![
                ("exponent", Arc::new(Int16Array::from(vec![-2]))),
                ("significand", Arc::new(BinaryArray::from(vec![&[0xff_u8, 0x83][..]]))),
            ]),
            json!("-1.25"),
            "-1.25",
        ),
        ("YM", "interval_year_month", 0, Arc::new(Int16Array::from(vec![14])), json!("14"), "\"P1Y2M\""),
        (
            "YEAR",
            "interval_year_month",
            1,
            Arc::new(Int64Array::from(vec![-11_999_999_988])),
            json!("-11999999988"),
            "\"P-999999999Y\"",
        ),
        (
            "DS",
            "interval_day_time",
            9,
            Arc::new(Int64Array::from(vec![1_051_445_678_000_001])),
            json!("1051445678000001"),
            "\"P12DT4H4M5.678000001S\"",
        ),
        (
            "DAYS",
            "interval_day_time",
            0,
            Arc::new(
                Decimal128Array::from(vec![-86_399_999_999_999_999_999_999_i128])
                    .with_precision_and_scale(38, 0)
                    .unwrap(),
            ),
            json!("-86399999999999999999999"),
            "\"P-999999999DT-23H-59M-59.999999999S\"",
        ),
        ("NONE", "fixed", 2, Arc::new(Int8Array::from(vec![None::<i8>])), Value::Null, "∅"),
        (
            "FAR",
            "date",
            0,
            Arc::new(Date32Array::from(vec![-800_000])),
            json!("-800000"),
            "! lies outside the years 1 to 9999",
        ),
    ];
    let row_type: Value = columns
        .iter()
        .map(|(name, kind, scale, ..)| {
            let mut described = column(name, kind, Some(*scale));
            if *kind == "vector" {
                described["fields"] = json!([column("", "real", None)]);
            }
            described
        })
        .collect();
    let row: Value = columns.iter().map(|(.., text, _)| text.clone()).collect();
    let expect = columns.iter().map(|(.., expect)| *expect).collect();
    let columns = columns
        .into_iter()
        .map(|(name, kind, scale, values, ..)| Column { name, kind, scale, values })
        .collect();
    (columns, row_type, json!([row]), expect)
}

#[tokio::test]
async fn both_forms_of_a_result_give_the_same_bytes() {
    let (columns, row_type, json_rows, expect) = every_type();
    let arrow = json!({
        "rowtype": row_type, "rowsetBase64": base64(&stream(&columns)), "total": 1, "returned": 1, "queryResultFormat": "arrow",
    });
    for data in [arrow, json_result(&row_type, &json_rows)] {
        let server = Scripted::start(move |got| (got.path == QUERY).then(|| success(&data))).await;
        let warehouse = Access::at(&server.url, "SHOP").open();
        let found = rows(&*warehouse, &all(sql("select * from everything"))).await;
        assert_eq!(found.len(), 1);
        for ((found, expect), column) in found[0].iter().zip(&expect).zip(&columns) {
            assert_eq!(found, expect, "{}", column.name);
        }
    }
    assert_eq!(columns[0].values.data_type(), &DataType::Int8);
}
