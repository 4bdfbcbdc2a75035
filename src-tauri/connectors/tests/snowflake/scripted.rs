//! What the real service does and fakesnow does not: results in parts and in JSON form, long statements, tokens that
//! expire, redirects, throttling, and everything that can be cut short.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, FixedSizeListArray, Float64Array,
    Int8Array, Int16Array, Int32Array, Int64Array, StringArray, StructArray,
};
use arrow_schema::{DataType, Field};
use serde_json::{Value, json};
use sluice_engine::error::ErrorKind;

use super::script::arrow::{Column, base64, gzip, stream};
use super::script::{Got, Reply, Scripted, column, in_turn, json_result, refusal, signed_in, success};
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

/// A server that answers a read with parts; `part` says what each is.
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
        described(got).or_else(|| is_read(got).then(|| success(&in_parts(&url, parts, count, format))))
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

#[tokio::test]
async fn parts_come_in_order_whatever_their_form() {
    for format in ["arrow", "json"] {
        for packed in [true, false] {
            let server = parts_server(9, 700, format, move |part, _| {
                let bytes = if format == "arrow" {
                    numbers(part * 700, 700)
                } else {
                    numbers_in_json(part * 700, 700)
                };
                Reply::bytes(if packed { gzip(&bytes) } else { bytes })
            })
            .await;
            let (found, counted) = read_numbers(&server).await.unwrap();
            assert_eq!((found, counted), (up_to(6_300), Some(6_300)), "{format} {packed}");
            for part in server.got().iter().filter(|got| got.path.starts_with("/part/")) {
                assert_eq!(part.header("x-amz-server-side-encryption-customer-key"), "cXJtaw==");
                assert_eq!(part.header("x-amz-server-side-encryption-customer-algorithm"), "AES256");
                assert_eq!(part.header("authorization"), "", "storage gets no token of the session");
            }
        }
    }
}

#[tokio::test]
async fn headers_for_parts_are_sent_as_they_came() {
    let server = Scripted::start(|got| {
        if got.path.starts_with("/part/") {
            return Some(Reply::bytes(numbers(10, 10)));
        }
        let url = format!("http://{}", got.header("host"));
        described(got).or_else(|| {
            is_read(got).then(|| {
                let mut data = in_parts(&url, 2, 10, "arrow");
                data["chunkHeaders"] = json!({ "x-ms-custom": "value" });
                success(&data)
            })
        })
    })
    .await;
    read_numbers(&server).await.unwrap();
    let part = &server.of("/part/1")[0];
    assert_eq!(part.header("x-ms-custom"), "value");
    assert_eq!(part.header("x-amz-server-side-encryption-customer-key"), "");
}

#[tokio::test]
async fn parts_are_not_fetched_far_ahead_of_the_caller() {
    let server = parts_server(40, 2_000, "arrow", |part, _| Reply::bytes(numbers(part * 2_000, 2_000))).await;
    let warehouse = Access::at(&server.url, "SHOP").open();
    let mut rows = warehouse.read(&all(sql("select i from numbers"))).await.unwrap();
    for _ in 0..3 {
        assert!(rows.next().await.unwrap().is_some());
    }
    server.until("/part/4", 1).await;
    let fetched = server.got().iter().filter(|got| got.path.starts_with("/part/")).count();
    assert!(fetched <= 6, "{fetched} parts for a caller that read two");
    drop(rows);
    server.until("/queries/v1/abort-request", 1).await;
}

#[tokio::test]
async fn a_part_that_fails_is_fetched_again() {
    let tries = Arc::new(AtomicUsize::new(0));
    let seen = tries.clone();
    let server = parts_server(4, 10, "arrow", move |part, _| {
        let bytes = numbers(part * 10, 10);
        if part != 2 {
            return Reply::bytes(bytes);
        }
        match seen.fetch_add(1, Ordering::SeqCst) {
            0 => Reply::status(503),
            1 => Reply::bytes(bytes).cut_at(40),
            2 => Reply::status(500),
            _ => Reply::bytes(bytes),
        }
    })
    .await;
    assert_eq!(read_numbers(&server).await.unwrap().0, up_to(40));
    assert_eq!(tries.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_part_that_is_cut_short_or_gone_is_no_end() {
    type Part = fn(Vec<u8>) -> Reply;
    let cases: [(&str, Part, ErrorKind); 4] = [
        ("unpacks to half", |bytes| Reply::bytes(gzip(&bytes)[..60].to_vec()), ErrorKind::IncompleteRead),
        ("ends early", |bytes| Reply::bytes(bytes[..bytes.len() / 2].to_vec()), ErrorKind::BadAnswer),
        ("is empty", |_| Reply::bytes(Vec::new()), ErrorKind::IncompleteRead),
        ("has expired", |_| Reply::status(403), ErrorKind::IncompleteRead),
    ];
    for (what, part, kind) in cases {
        let server = parts_server(3, 1_000, "arrow", move |number, _| {
            let bytes = numbers(number * 1_000, 1_000);
            if number == 2 { part(bytes) } else { Reply::bytes(bytes) }
        })
        .await;
        let error = read_numbers(&server).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{what}: {error:?}");
        assert!(!format!("{error:?}").contains("signature"), "{error:?}");
    }
    let server = parts_server(2, 1_000, "json", |_, _| Reply::bytes(numbers_in_json(1_000, 999))).await;
    assert_eq!(read_numbers(&server).await.unwrap_err().kind(), ErrorKind::IncompleteRead);
    let server = parts_server(2, 1_000, "json", |_, _| {
        let bytes = numbers_in_json(1_000, 1_000);
        Reply::bytes(bytes[..bytes.len() - 3].to_vec())
    })
    .await;
    assert_eq!(read_numbers(&server).await.unwrap_err().kind(), ErrorKind::BadAnswer);
}

#[tokio::test]
async fn no_rows_without_the_server_s_own_word_are_an_error() {
    let answers = [
        json!({ "rowtype": [column("I", "fixed", Some(0))], "queryResultFormat": "arrow", "rowsetBase64": "" }),
        json!({ "rowtype": [], "total": 0, "queryResultFormat": "arrow", "rowsetBase64": "" }),
        json!({}),
        Value::Null,
    ];
    for answer in answers {
        let data = answer.clone();
        let server =
            Scripted::start(move |got| described(got).or_else(|| is_read(got).then(|| success(&data)))).await;
        assert_eq!(read_numbers(&server).await.unwrap_err().kind(), ErrorKind::BadAnswer, "{answer}");
    }
    // Fewer rows than it counts: the engine sees the difference.
    let server = Scripted::start(|got| {
        described(got).or_else(|| {
            is_read(got).then(|| {
                let mut data = in_parts("", 1, 10, "arrow");
                data["total"] = 11.into();
                success(&data)
            })
        })
    })
    .await;
    let (found, counted) = read_numbers(&server).await.unwrap();
    assert_eq!((found.len(), counted), (10, Some(11)));
}

#[tokio::test]
async fn an_error_in_a_200_answer_is_an_error() {
    let cases = [
        (
            refusal(
                "002003",
                "02000",
                "SQL compilation error:\nObject 'SHOP.X.Y' does not exist or not authorized.",
            ),
            ErrorKind::MissingObject,
        ),
        (
            refusal(
                "000904",
                "42000",
                "SQL compilation error: error line 3 at position 7\ninvalid identifier 'FOO'",
            ),
            ErrorKind::MissingObject,
        ),
        (
            refusal(
                "001003",
                "42000",
                "SQL compilation error:\nsyntax error line 3 at position 7 unexpected 'x'.",
            ),
            ErrorKind::BadQuery,
        ),
        (
            refusal(
                "003001",
                "42501",
                "SQL access control error:\nInsufficient privileges to operate on schema 'X'",
            ),
            ErrorKind::NotAllowed,
        ),
        (
            refusal("000606", "57P03", "No active warehouse selected in the current session."),
            ErrorKind::BadSettings,
        ),
        (
            refusal(
                "000630",
                "57014",
                "Statement reached its statement or warehouse timeout of 60 second(s) and was canceled.",
            ),
            ErrorKind::TimedOut,
        ),
        (refusal("100038", "22018", "Numeric value 'topsecret' is not recognized"), ErrorKind::BadQuery),
        (refusal("300002", "XX000", "Internal error"), ErrorKind::ServerFailed),
    ];
    for (reply, kind) in cases {
        let said = format!("{reply:?}");
        let server = Scripted::start(move |got| (got.path == QUERY).then(|| reply.clone())).await;
        let error = read_numbers(&server).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{said}");
        assert!(!format!("{error:?}{}", error.details().join("")).contains("topsecret"), "{error:?}");
        if said.contains("line 3") {
            assert!(error.message().contains("line 2"), "counted in the user's own SQL: {}", error.message());
        }
        assert_eq!(server.of(QUERY).len(), 1, "what was refused is not sent again");
    }
}

#[tokio::test]
async fn a_long_statement_is_waited_for() {
    let result = in_turn(vec![
        Reply::json(
            &json!({ "code": "333333", "message": "in progress", "success": true, "data": { "getResultUrl": "/queries/q-1/result?disableOfflineChunks=false", "queryId": "q-1" } }),
        ),
        refusal("390112", "", "Session token expired"),
        success(&in_parts("", 1, 10, "arrow")),
    ]);
    let server = Scripted::start(move |got| match got.path.as_str() {
        "/queries/q-1/result" => Some(result()),
        "/session/token-request" => Some(success(&json!({ "sessionToken": "session-2", "masterToken": "master-2" }))),
        _ => described(got).or_else(|| {
            is_read(got).then(|| {
                Reply::json(&json!({ "code": "333334", "success": true, "message": null, "data": { "getResultUrl": "/queries/q-1/result?disableOfflineChunks=false", "queryId": "q-1" } }))
            })
        }),
    })
    .await;
    assert_eq!(read_numbers(&server).await.unwrap().0, up_to(10));
    let asked = server.of("/queries/q-1/result");
    let tokens: Vec<_> = asked.iter().map(Got::token).collect();
    assert_eq!(tokens, ["session-1", "session-1", "session-2"]);
    assert!(asked.iter().all(|got| got.query["disableOfflineChunks"] == "false"));
    let reads = server.of(QUERY).into_iter().filter(is_read).count();
    assert_eq!(reads, 1, "the statement runs once");
}

#[tokio::test]
async fn an_expired_token_is_renewed() {
    let server = Scripted::start(|got| match got.path.as_str() {
        "/session/token-request" => Some(success(&json!({ "sessionToken": "session-2", "validityInSecondsST": 3600, "masterToken": "master-2", "validityInSecondsMT": 14400, "sessionId": 1 }))),
        QUERY if got.token() == "session-1" => Some(refusal("390112", "", "Session token expired")),
        _ => described(got).or_else(|| is_read(got).then(|| success(&in_parts("", 1, 10, "arrow")))),
    })
    .await;
    assert_eq!(read_numbers(&server).await.unwrap().0, up_to(10));
    let renewals = server.of("/session/token-request");
    assert_eq!(renewals.len(), 1);
    assert_eq!(renewals[0].token(), "master-1");
    assert_eq!(renewals[0].json(), json!({ "oldSessionToken": "session-1", "requestType": "RENEW" }));
}

#[tokio::test]
async fn where_the_master_token_has_expired_too_it_signs_in_again() {
    let sign_ins = in_turn(vec![signed_in("session-1", "master-1"), signed_in("session-2", "master-2")]);
    let server = Scripted::start(move |got| match got.path.as_str() {
        "/session/v1/login-request" => Some(sign_ins()),
        "/session/token-request" => Some(refusal("390114", "", "Authentication token has expired.")),
        QUERY if got.token() == "session-1" => Some(refusal("390112", "", "Session token expired")),
        _ => described(got).or_else(|| is_read(got).then(|| success(&in_parts("", 1, 10, "arrow")))),
    })
    .await;
    assert_eq!(read_numbers(&server).await.unwrap().0, up_to(10));
    assert_eq!(server.of("/session/v1/login-request").len(), 2);
}

#[tokio::test]
async fn a_session_that_always_expires_is_given_up() {
    let server = Scripted::start(|got| match got.path.as_str() {
        "/session/token-request" => Some(success(
            &json!({ "sessionToken": got.json()["oldSessionToken"].as_str().unwrap().to_owned() + "x" }),
        )),
        QUERY => Some(refusal("390112", "", "Session token expired")),
        _ => None,
    })
    .await;
    assert_eq!(read_numbers(&server).await.unwrap_err().kind(), ErrorKind::SignInFailed);
    assert!(server.of(QUERY).len() <= 5);
}

#[tokio::test]
async fn throttling_and_failing_proxies_are_waited_out() {
    let replies = in_turn(vec![
        Reply::status(429).with_header("retry-after", "0"),
        Reply::status(503),
        success(&in_parts("", 1, 10, "arrow")).cut_at(50),
        success(&in_parts("", 1, 10, "arrow")),
    ]);
    let server = Scripted::start(move |got| described(got).or_else(|| is_read(got).then(&replies))).await;
    assert_eq!(read_numbers(&server).await.unwrap().0, up_to(10));
    let reads: Vec<_> = server.of(QUERY).into_iter().filter(is_read).collect();
    assert_eq!(reads.len(), 4);
    assert!(
        reads.iter().all(|got| got.query["requestId"] == reads[0].query["requestId"]),
        "it is one statement"
    );
    let guids: std::collections::HashSet<_> =
        reads.iter().map(|got| got.query["request_guid"].clone()).collect();
    assert_eq!(guids.len(), 4);
}

#[tokio::test]
async fn a_server_that_always_fails_is_given_up() {
    for (reply, kind, most) in [
        (Reply::status(500), ErrorKind::ServerFailed, 3),
        (Reply::status(429).with_header("retry-after", "0"), ErrorKind::RateLimited, 6),
        (success(&in_parts("", 1, 10, "arrow")).cut_at(50), ErrorKind::Unreachable, 6),
    ] {
        let server =
            Scripted::start(move |got| described(got).or_else(|| is_read(got).then(|| reply.clone()))).await;
        assert_eq!(read_numbers(&server).await.unwrap_err().kind(), kind);
        let sent = server.of(QUERY).into_iter().filter(is_read).count();
        assert!((2..=most).contains(&sent), "{sent}");
    }
}

#[tokio::test]
async fn a_redirect_is_followed_no_further_than_credentials_may_go() {
    let server = Scripted::start(|got| {
        let moved = got.path == "/session/v1/login-request" && !got.query.contains_key("moved");
        let there = format!("/session/v1/login-request?moved=1&requestId={}", got.query.get("requestId")?);
        moved.then(|| Reply::status(307).with_header("location", &there))
    })
    .await;
    let warehouse = Access::at(&server.url, "SHOP").open();
    assert_eq!(warehouse.columns(&sql("select 1 as one")).await.unwrap().len(), 1);
    let sign_ins = server.of("/session/v1/login-request");
    assert_eq!(sign_ins.len(), 2);
    assert_eq!(sign_ins[0].body, sign_ins[1].body);

    let other = Scripted::start(|_| None).await;
    let there = other.url.replace("127.0.0.1", "localhost");
    let server = Scripted::start(move |got| {
        (got.path == "/session/v1/login-request").then(|| Reply::status(307).with_header("location", &there))
    })
    .await;
    let error = Access::at(&server.url, "SHOP").open().tables().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadAnswer);
    assert_eq!(error.safe(), "No credentials were sent there.");
    assert!(other.got().is_empty());
}

#[tokio::test]
async fn dropping_the_stream_stops_the_statement_and_ends_the_session() {
    let server = parts_server(3, 1_000, "arrow", |part, _| Reply::bytes(numbers(part * 1_000, 1_000))).await;
    let warehouse = Access::at(&server.url, "SHOP").open();
    let mut rows = warehouse.read(&all(sql("select i from numbers"))).await.unwrap();
    assert!(rows.next().await.unwrap().is_some());
    drop(rows);
    let stopped = server.until("/queries/v1/abort-request", 1).await;
    let read = server.of(QUERY).into_iter().find(is_read).unwrap();
    assert_eq!(stopped[0].json(), json!({ "requestId": read.query["requestId"] }));
    let ended = server.until("/session", 1).await;
    assert_eq!(ended[0].query["delete"], "true");
}

#[tokio::test]
async fn giving_up_while_the_statement_runs_stops_it() {
    let server = Scripted::start(|got| {
        let running = json!({ "code": "333333", "success": true, "message": null, "data": { "getResultUrl": "/queries/q-1/result", "queryId": "q-1" } });
        described(got).or_else(|| (got.path == "/queries/q-1/result" || is_read(got)).then(|| Reply::json(&running)))
    })
    .await;
    let warehouse = Access::at(&server.url, "SHOP").open();
    let read = all(sql("select i from numbers"));
    tokio::select! {
        _ = warehouse.read(&read) => panic!("it never ends"),
        _ = server.until("/queries/q-1/result", 2) => {}
    }
    server.until("/queries/v1/abort-request", 1).await;
}

#[tokio::test]
async fn a_session_is_kept_alive_while_rows_are_read() {
    let server = Scripted::start(|got| match got.path.as_str() {
        "/session/v1/login-request" => Some(success(&json!({ "token": "session-1", "masterToken": "master-1", "masterValidityInSeconds": 4, "sessionInfo": {} }))),
        _ => described(got).or_else(|| is_read(got).then(|| success(&in_parts("", 1, 10, "arrow")))),
    })
    .await;
    let warehouse = Access::at(&server.url, "SHOP").open();
    let rows = warehouse.read(&all(sql("select i from numbers"))).await.unwrap();
    server.until("/session/heartbeat", 2).await;
    drop(rows);
}

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
            "10.50",
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

#[tokio::test]
async fn statements_carry_what_they_are_found_and_stopped_by() {
    let server = Scripted::start(|_| None).await;
    let warehouse = Access::at(&server.url, "SHOP")
        .with("warehouse", "wh")
        .with("role", "reader")
        .with("statement_timeout", "600")
        .open();
    warehouse.columns(&sql("select 1 as one")).await.unwrap();
    let sign_in = &server.of("/session/v1/login-request")[0];
    assert_eq!(
        (
            sign_in.query["databaseName"].as_str(),
            sign_in.query["warehouse"].as_str(),
            sign_in.query["roleName"].as_str()
        ),
        ("SHOP", "wh", "reader")
    );
    let parameters = &sign_in.json()["data"]["SESSION_PARAMETERS"];
    assert_eq!(
        (&parameters["QUERY_TAG"], &parameters["STATEMENT_TIMEOUT_IN_SECONDS"]),
        (&json!("sluice"), &json!(600))
    );
    assert_eq!((&parameters["MULTI_STATEMENT_COUNT"], &parameters["TIMEZONE"]), (&json!(1), &json!("UTC")));
    assert_eq!(server.of(QUERY)[0].sql(), "SELECT * FROM (\nselect 1 as one\n) AS \"query\"");
}

#[tokio::test]
async fn ten_thousand_tables_and_more_are_listed() {
    let objects = |schema: &str, names: std::ops::Range<usize>| -> Value {
        let columns = json!([
            column("name", "text", None),
            column("database_name", "text", None),
            column("schema_name", "text", None),
            column("kind", "text", None),
            column("rows", "fixed", Some(0))
        ]);
        let rows: Value = names.map(|i| json!([format!("T{i:06}"), "SHOP", schema, "TABLE", "5"])).collect();
        json_result(&columns, &rows)
    };
    let server = Scripted::start(move |got| {
        let sql = got.sql();
        let data = if sql.starts_with("SHOW OBJECTS IN DATABASE") {
            objects("A", 0..10_000)
        } else if sql.starts_with("SHOW TERSE SCHEMAS") {
            let columns = json!([column("name", "text", None), column("database_name", "text", None)]);
            json_result(&columns, &json!([["A", "SHOP"], ["B", "SHOP"], ["INFORMATION_SCHEMA", "SHOP"]]))
        } else if sql.starts_with("SHOW OBJECTS IN SCHEMA \"SHOP\".\"A\"") {
            match sql.split_once(" FROM ") {
                None => objects("A", 0..10_000),
                Some((_, "'T009999'")) => objects("A", 10_000..12_345),
                Some(_) => objects("A", 0..0),
            }
        } else if sql.starts_with("SHOW OBJECTS IN SCHEMA \"SHOP\".\"B\"") {
            objects("B", 0..7)
        } else if sql.starts_with("SHOW MATERIALIZED VIEWS") {
            let columns = json!([
                column("name", "text", None),
                column("database_name", "text", None),
                column("schema_name", "text", None)
            ]);
            json_result(&columns, &json!([["T000003", "SHOP", "B"]]))
        } else {
            return None;
        };
        Some(success(&data))
    })
    .await;
    let tables = Access::at(&server.url, "SHOP").open().tables().await.unwrap();
    assert_eq!(tables.len(), 12_352);
    let of_b = tables.iter().find(|table| table.name.to_string() == "B.T000003").unwrap();
    assert_eq!((of_b.kind, of_b.rows), (sluice_engine::warehouse::TableKind::MaterializedView, None));
    assert_eq!(tables.iter().find(|table| table.name.to_string() == "B.T000004").unwrap().rows, Some(5));
}
