//! Results in parts, fetched from storage.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use sluice_engine::error::ErrorKind;

use super::super::script::arrow::gzip;
use super::super::script::{Reply, Scripted, refusal, success};
use super::super::*;
use super::*;

const RESULT: &str = "/queries/q-1/result";

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

/// A server whose links expire: the first ones count for so many parts, and those given out once more for as many
/// further ones. `again` may change what is said then. Storage refuses an expired link with 403
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html>).
async fn expiring_links(
    reads: usize,
    again: impl Fn(usize, Value) -> Reply + Send + Sync + 'static,
) -> Scripted {
    let given = AtomicUsize::new(0);
    Scripted::start(move |got| {
        if let Some(place) = got.path.strip_prefix("/part/") {
            let (round, part) = place.split_once('/').unwrap();
            let (round, part): (usize, usize) = (round.parse().unwrap(), part.parse().unwrap());
            let lives = round == given.load(Ordering::SeqCst) && part <= reads * (round + 1);
            return Some(if lives {
                Reply::bytes(numbers(part as i64 * 10, 10))
            } else {
                Reply::status(403)
            });
        }
        let links = |round: usize| {
            let host = got.header("host");
            let mut data = in_parts("", 9, 10, "arrow");
            for (part, link) in data["chunks"].as_array_mut().unwrap().iter_mut().enumerate() {
                link["url"] = format!("http://{host}/part/{round}/{}", part + 1).into();
            }
            data
        };
        match got.path.as_str() {
            RESULT => {
                let round = given.fetch_add(1, Ordering::SeqCst) + 1;
                Some(again(round, links(round)))
            }
            "/session/token-request" => {
                Some(success(&json!({ "sessionToken": "session-2", "masterToken": "master-2" })))
            }
            _ => described(got).or_else(|| is_read(got).then(|| success(&links(0)))),
        }
    })
    .await
}

#[tokio::test]
async fn links_that_expire_are_asked_for_again() {
    let server = expiring_links(3, |_, data| success(&data)).await;
    let (found, counted) = read_numbers(&server).await.unwrap();
    assert_eq!((found, counted), (up_to(90), Some(90)), "each row once, in its place");
    let asked = server.of(RESULT);
    assert_eq!(asked.len(), 2, "three parts, three more, and the last two");
    assert!(asked.iter().all(|got| got.body.is_empty() && got.token() == "session-1"));
    assert_eq!(server.of(QUERY).iter().filter(|got| is_read(got)).count(), 1, "the statement runs once");
}

#[tokio::test]
async fn links_are_asked_for_with_a_token_that_counts() {
    let server = expiring_links(3, |round, data| {
        if round == 1 { refusal("390112", "", "Session token expired") } else { success(&data) }
    })
    .await;
    assert_eq!(read_numbers(&server).await.unwrap().0, up_to(90));
    let tokens: Vec<String> = server.of(RESULT).iter().map(|got| got.token().to_owned()).collect();
    assert_eq!(tokens, ["session-1", "session-2"]);
}

#[tokio::test]
async fn storage_that_refuses_every_link_is_given_up() {
    let server = expiring_links(0, |_, data| success(&data)).await;
    let error = read_numbers(&server).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IncompleteRead);
    assert!(error.message().contains("HTTP 403"), "{error:?}");
    assert_eq!(server.of(RESULT).len(), 2);
}

#[tokio::test]
async fn a_result_that_is_gone_or_another_by_now_is_no_end() {
    let server = expiring_links(3, |_, _| refusal("000709", "02000", "Statement q-1 not found")).await;
    assert_eq!(read_numbers(&server).await.unwrap_err().kind(), ErrorKind::MissingObject);
    let server = expiring_links(3, |_, mut data| {
        data["chunks"].as_array_mut().unwrap().pop();
        success(&data)
    })
    .await;
    assert_eq!(read_numbers(&server).await.unwrap_err().kind(), ErrorKind::IncompleteRead);
    let server = expiring_links(3, |_, mut data| {
        data["chunks"][5]["rowCount"] = json!(11);
        success(&data)
    })
    .await;
    assert_eq!(read_numbers(&server).await.unwrap_err().kind(), ErrorKind::IncompleteRead);
}
