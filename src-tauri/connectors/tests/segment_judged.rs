//! Our requests to Segment before the requests recorded from Segment's own SDK.

#[path = "../src/destinations/fixture/mod.rs"]
mod fixture;
mod prism_server;
mod recordings;

use recordings::{answers_mean_the_same, differences, listed, our_request, recorded};
use serde_json::{Value, json};

const IDENTIFY: &str = r#"{"type":"identify","userId":"u-1","traits":{"email":"ana@example.com","plan":"pro","mrr":12.50,"active":true,"signup":"2024-01-02T03:04:05.000Z","none":null}}"#;
const TRACK: &str = r#"{"type":"track","event":"Row Updated","userId":"u-1","properties":{"id":1,"amount":9007199254740991,"ok":true}}"#;

/// What the SDK sends and we do not, with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    ("batch[]._metadata", "the version of Node.js"),
    (
        "sentAt",
        "would differ in a repeat, whose bytes are to be the same; Segment then takes `timestamp` as it is",
    ),
    ("writeKey", "is in the header already, and a body is shown to people"),
];

#[tokio::test]
async fn our_request_has_every_field_of_the_sdks_and_no_other() {
    let Some(requests) = recorded("segment/capture-analytics-node.json") else { return };
    let theirs = &requests[0];
    let ours = our_request("segment", "url", &[IDENTIFY, TRACK]).await;
    assert_eq!(ours.line(), format!("POST {} HTTP/1.1", theirs["path"].as_str().unwrap()));
    for header in ["Authorization", "Content-Type"] {
        assert_eq!(ours.header(header), theirs["headers"][header].as_str(), "{header}");
    }
    let body: Value = serde_json::from_slice(&ours.body).unwrap();
    let (left_out, added, other_type) = differences(&body, &theirs["body"], &["batch[]._metadata"]);
    assert_eq!(left_out, listed(LEFT_OUT));
    assert!(added.is_empty(), "{added:?}");
    assert!(other_type.is_empty(), "{other_type:?}");
    let (ours, theirs) = (body["batch"].as_array().unwrap(), theirs["body"]["batch"].as_array().unwrap());
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(theirs) {
        for member in ["type", "userId", "event", "traits", "properties", "integrations"] {
            assert_eq!(ours.get(member), theirs.get(member), "{member}");
        }
        let time = |event: &Value| event["timestamp"].as_str().unwrap().len();
        assert_eq!(time(ours), time(theirs), "milliseconds and Z");
        assert_eq!(ours["context"]["library"], json!({ "name": "sluice", "version": "1" }));
    }
}

#[tokio::test]
async fn each_answer_means_what_it_means_to_the_sdk() {
    for name in ["", "-retry-400", "-retry-429", "-retry-500"] {
        let recording = format!("segment/capture-analytics-node{name}.json");
        answers_mean_the_same("segment", "url", &recording, IDENTIFY).await;
    }
}
