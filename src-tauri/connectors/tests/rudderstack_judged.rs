//! Our requests to RudderStack before two judges: Prism over the data plane's `OpenAPI` description, and the
//! requests recorded from RudderStack's own SDK.

#[path = "../src/destinations/fixture/mod.rs"]
mod fixture;
mod prism_server;
mod recordings;

use fixture::server::Got;
use prism_server::{Prism, contract};
use recordings::{answers_mean_the_same, differences, listed, recorded};
use serde_json::{Value, json};

const IDENTIFY: &str = r#"{"type":"identify","userId":"u-1","traits":{"email":"ana@example.com","plan":"pro","mrr":12.50,"active":true,"signup":"2024-01-02T03:04:05.000Z","none":null}}"#;
const TRACK: &str = r#"{"type":"track","event":"Row Updated","userId":"u-1","properties":{"id":1,"amount":9007199254740991,"ok":true}}"#;
const ANONYMOUS: &str = r#"{"type":"identify","anonymousId":"a-1","traits":{}}"#;

/// What we send over the wire for these payloads.
async fn our_request(payloads: &[&str]) -> Got {
    recordings::our_request("rudderstack", "data_plane_url", payloads).await
}

#[tokio::test]
async fn prism_finds_nothing_wrong_with_our_requests() {
    let Some(document) = contract("rudderstack/gateway-openapi.yaml") else { return };
    let Some(prism) = Prism::start(&document).await else { return };
    let judge = async |request: &Got| prism.judge(&request.head, &request.body).await;
    for payloads in [&[IDENTIFY][..], &[TRACK], &[ANONYMOUS], &[IDENTIFY, TRACK, ANONYMOUS]] {
        let answer = judge(&our_request(payloads).await).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(!answer.to_lowercase().contains("sl-violations"), "{answer}");
    }
    // The judge is awake: it refuses what is wrong.
    let mut wrong = our_request(&[r#"{"type":"identify","userId":17,"traits":{}}"#]).await;
    assert!(!judge(&wrong).await.starts_with("HTTP/1.1 200"));
    wrong = our_request(&[IDENTIFY]).await;
    wrong.head = wrong
        .head
        .lines()
        .filter(|line| !line.to_lowercase().starts_with("authorization"))
        .collect::<Vec<_>>()
        .join("\r\n");
    assert!(judge(&wrong).await.starts_with("HTTP/1.1 401"));
}

/// What the SDK sends and we do not, with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    ("batch[]._metadata", "the version of Node.js"),
    ("batch[].originalTimestamp", "the time of the call; ours is `timestamp`, when the read was sealed"),
    ("batch[].sentAt", "would differ in a repeat, whose bytes are to be the same"),
    ("sentAt", "would differ in a repeat, whose bytes are to be the same"),
    ("timestamp", "the time of sending, as above"),
];

/// What we send and the SDK does not, with the reason.
const ADDED: &[(&str, &str)] = &[(
    "batch[].timestamp",
    "documented in the OpenAPI description; the gateway would else take the time of arrival",
)];

#[tokio::test]
async fn our_requests_have_the_shape_of_the_sdks() {
    let Some(requests) = recorded("rudderstack/capture-sdk-node-plain.json") else { return };
    for (theirs, payload) in requests.iter().zip([IDENTIFY, TRACK]) {
        let ours = our_request(&[payload]).await;
        assert_eq!(ours.line(), format!("POST {} HTTP/1.1", theirs["path"].as_str().unwrap()));
        for header in ["Authorization", "Content-Type"] {
            assert_eq!(ours.header(header), theirs["headers"][header].as_str());
        }
        let body: Value = serde_json::from_slice(&ours.body).unwrap();
        let closed = ["batch[].context", "batch[]._metadata"];
        let (left_out, added, other_type) = differences(&body, &theirs["body"], &closed);
        assert_eq!(left_out, listed(LEFT_OUT));
        assert_eq!(added, listed(ADDED));
        assert!(other_type.is_empty(), "{other_type:?}");
        let event = |body: &Value, member: &str| body["batch"][0][member].clone();
        for member in ["type", "userId", "event", "traits", "properties", "channel"] {
            assert_eq!(event(&body, member), event(&theirs["body"], member), "{member}");
        }
        // The SDK's context has a copy of the traits, which would double the bytes, and the name of a library; ours
        // says from which sync the event comes, as RudderStack's own warehouse sources do.
        let sources = json!({ "job_id": "lead-scores/Sluice", "task_id": "lead-scores" });
        assert_eq!(event(&body, "context"), json!({ "sources": sources }));
    }
}

#[tokio::test]
async fn each_answer_means_what_it_means_to_the_sdk() {
    for name in ["gzip", "plain", "retry-400", "retry-429", "retry-500"] {
        let recording = format!("rudderstack/capture-sdk-node-{name}.json");
        answers_mean_the_same("rudderstack", "data_plane_url", &recording, IDENTIFY).await;
    }
}
