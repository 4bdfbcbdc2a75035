//! Statements: their errors, long ones, and those nobody waits for any longer.

use serde_json::{Value, json};
use sluice_engine::error::ErrorKind;

use super::super::script::{Got, Reply, Scripted, column, in_turn, refusal, success};
use super::super::*;
use super::*;

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
            ErrorKind::NoCompute,
        ),
        // https://docs.snowflake.com/en/user-guide/resource-monitors
        (
            refusal(
                "090073",
                "22000",
                "Warehouse 'WH' cannot be resumed because resource monitor 'MONTHLY' has exceeded its quota.",
            ),
            ErrorKind::ComputeStopped,
        ),
        (
            refusal(
                "000630",
                "57014",
                "Statement reached its statement or warehouse timeout of 60 second(s) and was canceled.",
            ),
            ErrorKind::TimedOut,
        ),
        (refusal("100038", "22018", "Numeric value 'topsecret' is not recognized"), ErrorKind::ValueInQuery),
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
async fn statements_carry_what_they_are_found_and_stopped_by() {
    let server = Scripted::start(|_| None).await;
    let warehouse = Access::at(&server.url, "SHOP")
        .with("warehouse", "wh")
        .with("role", "reader")
        .with("statement_timeout", "604800")
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
        (&json!("sluice"), &json!(604_800))
    );
    assert_eq!((&parameters["MULTI_STATEMENT_COUNT"], &parameters["TIMEZONE"]), (&json!(1), &json!("UTC")));
    assert_eq!(server.of(QUERY)[0].sql(), "SELECT * FROM (\nselect 1 as one\n) AS \"query\"");
    // What stands behind a query would close no bracket.
    warehouse.columns(&sql("select 1 as one; -- all of them")).await.unwrap();
    assert!(server.of(QUERY).iter().all(|got| !got.sql().contains([';', '-'])));
}

/// What is asked for names what the query names, and nothing else.
#[tokio::test]
async fn a_refused_select_asks_for_the_tables_it_names() {
    let refused = refusal(
        "003001",
        "42501",
        "SQL access control error:\nInsufficient privileges to operate on schema 'CRM'",
    );
    let server = Scripted::start(move |got| (got.path == QUERY).then(|| refused.clone())).await;
    let query = "with recent as (select * from crm.\"Leads\") select * from recent join other_db.sales.orders using (id)";
    let error = Access::at(&server.url, "SHOP").open().read(&all(sql(query))).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    let fix = error.fix().unwrap();
    let granted: Vec<_> = fix.lines().filter(|line| line.starts_with("GRANT")).collect();
    assert_eq!(
        granted,
        [
            "GRANT USAGE ON DATABASE \"SHOP\" TO ROLE \"READER\";",
            "GRANT USAGE ON SCHEMA \"SHOP\".\"CRM\" TO ROLE \"READER\";",
            "GRANT SELECT ON TABLE \"SHOP\".\"CRM\".\"Leads\" TO ROLE \"READER\";",
            "GRANT USAGE ON DATABASE \"OTHER_DB\" TO ROLE \"READER\";",
            "GRANT USAGE ON SCHEMA \"OTHER_DB\".\"SALES\" TO ROLE \"READER\";",
            "GRANT SELECT ON TABLE \"OTHER_DB\".\"SALES\".\"ORDERS\" TO ROLE \"READER\";",
        ]
    );
    assert!(fix.contains("ON VIEW"), "which kind each is nobody knows: {fix}");
}
