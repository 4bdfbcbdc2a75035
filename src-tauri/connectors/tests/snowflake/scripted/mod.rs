//! What the real service does and fakesnow does not: results in parts and in JSON form, long statements, tokens that
//! expire, redirects, throttling, and everything that can be cut short.

mod catalogue;
mod forms;
mod parts;
mod sessions;
mod statements;

use std::sync::Arc;

use arrow_array::Int64Array;
use serde_json::{Value, json};

use super::script::arrow::{Column, base64, stream};
use super::script::{Got, Reply, Scripted, column, json_result, success};
use super::*;

const QUERY: &str = "/queries/v1/query-request";

fn numbers(from: i64, count: i64) -> Vec<u8> {
    let values: Vec<i64> = (from..from + count).collect();
    stream(&[Column { name: "I", kind: "fixed", scale: 0, values: Arc::new(Int64Array::from(values)) }])
}

fn numbers_in_json(from: i64, count: i64) -> Vec<u8> {
    let rows: Vec<String> = (from..from + count).map(|i| format!("[\"{i}\"]")).collect();
    rows.join(",").into_bytes()
}

/// A result of `parts` parts of `count` rows each, the first of them in the answer.
fn in_parts(url: &str, parts: i64, count: i64, format: &str) -> Value {
    let chunks: Vec<Value> = (1..parts)
        .map(|part| json!({ "url": format!("{url}/part/{part}?signature=secret"), "rowCount": count, "uncompressedSize": 100, "compressedSize": 50 }))
        .collect();
    let mut data = json!({
        "parameters": [], "rowtype": [column("I", "fixed", Some(0))], "total": parts * count, "returned": parts * count,
        "queryId": "q-1", "queryResultFormat": format, "chunks": chunks, "qrmk": "cXJtaw==",
    });
    if format == "arrow" {
        data["rowsetBase64"] = base64(&numbers(0, count)).into();
    } else {
        data["rowset"] = (0..count).map(|i| json!([i.to_string()])).collect();
    }
    data
}

fn is_read(got: &Got) -> bool {
    got.path == QUERY && got.json()["describeOnly"] != true
}

fn described(got: &Got) -> Option<Reply> {
    let is_describe = got.path == QUERY && got.json()["describeOnly"] == true;
    is_describe.then(|| {
        success(&json!({ "rowtype": [column("I", "fixed", Some(0))], "total": 0, "returned": 0, "queryResultFormat": "arrow", "rowsetBase64": "" }))
    })
}

/// A server that answers a read, and whoever asks for its result again, with parts; `part` says what each is.
async fn parts_server(
    parts: i64,
    count: i64,
    format: &'static str,
    part: impl Fn(i64, &Got) -> Reply + Send + Sync + 'static,
) -> Scripted {
    Scripted::start(move |got| {
        if let Some(number) = got.path.strip_prefix("/part/") {
            return Some(part(number.parse().unwrap(), got));
        }
        let url = format!("http://{}", got.header("host"));
        let is_result = is_read(got) || got.path == "/queries/q-1/result";
        described(got).or_else(|| is_result.then(|| success(&in_parts(&url, parts, count, format))))
    })
    .await
}

async fn read_numbers(server: &Scripted) -> Result<(Vec<String>, Option<u64>)> {
    let warehouse = Access::at(&server.url, "SHOP").open();
    let mut rows = warehouse.read(&all(sql("select i from numbers"))).await?;
    let mut found = Vec::new();
    while let Some(batch) = rows.next().await? {
        found.extend((0..batch.rows()).map(|row| shown(&batch, row, 0)));
    }
    Ok((found, rows.server_rows()))
}

fn up_to(count: i64) -> Vec<String> {
    (0..count).map(|i| i.to_string()).collect()
}
