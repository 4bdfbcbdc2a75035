//! Nothing that we call accepted is dropped by Segment: our connector against a fake that drops as Segment does. The fake itself is judged by Segment's
//! own SDK, npm `@segment/analytics-node`, which has to get along with it unchanged.
#![expect(clippy::unwrap_used, reason = "a test that can not go on fails")]

#[path = "../src/destinations/fixture/mod.rs"]
mod fixture;
mod segment_fake;

use std::collections::BTreeSet;
use std::path::Path;

use fixture::{Row, Standing, answered, row, said, send, try_open};
use segment_fake::{Fault, Segment};
use sluice_connectors::destinations::CATALOGUE;
use sluice_engine::destination::Destination;
use sluice_engine::record::MessageId;
use sluice_engine::sync::{EventName, Shape};
use sluice_engine::testing::skipped;
use tokio::process::Command;

/// Sends 120 identify and 120 track events, and says what the SDK could not deliver.
const SDK: &str = r"
    const { Analytics } = require('@segment/analytics-node');
    (async () => {
        const host = process.argv[1];
        const analytics = new Analytics({ writeKey: 'WRITE_KEY_123', host, maxEventsInBatch: 50, flushInterval: 100 });
        analytics.on('error', (error) => console.log('error', error.code));
        for (let n = 0; n < 120; n++) {
            analytics.identify({ userId: `u-${n}`, traits: { n } });
            analytics.track({ anonymousId: `a-${n}`, event: 'Row Updated', properties: { n } });
        }
        await analytics.closeAndFlush({ timeout: 30000 });
        console.log('closed');
    })();
";

async fn open(url: &str) -> Box<dyn Destination> {
    let kind = CATALOGUE.iter().find(|kind| kind.manifest().id == "segment").unwrap();
    let clock = Standing::at("2026-11-22T12:00:00Z");
    try_open(*kind, Path::new("/"), clock, &[("url", url)], &[("write_key", "WRITE_KEY_123")]).unwrap()
}

#[tokio::test]
async fn segment_s_own_sdk_gets_along_with_the_fake() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.ancestors().find(|folder| folder.join("tests/segment").is_dir()).unwrap();
    let folder = root.join("tests/segment");
    if !folder.join("node_modules/@segment/analytics-node").is_dir() {
        return skipped("Segment's SDK is not installed (`scripts/install tests` does it)");
    }
    for faults in [vec![], vec![Fault::SlowDown], vec![Fault::KeptAndFailed]] {
        let segment = Segment::start(&faults).await;
        let output =
            Command::new("node").args(["-e", SDK, &segment.url]).current_dir(&folder).output().await.unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "closed\n", "{faults:?}");
        segment.look(|kept| {
            assert_eq!(kept.events.len(), 240, "{faults:?}");
            assert_eq!(kept.repeats, kept.unanswered, "{faults:?}: the SDK repeats with the same ids");
            assert_eq!((kept.dropped.len(), kept.refused), (0, 0), "{faults:?}");
            let tracks = kept.events.values().filter(|event| event["type"] == "track").count();
            assert_eq!(tracks, 120);
        });
    }
}

/// 5,000 events, one in a hundred such as Segment drops; in the order of their ids.
fn events() -> Vec<Row> {
    let payload = |id: u128| match id % 500 {
        7 => r#"{"type":"track","event":"Row Updated","properties":{}}"#.to_owned(),
        107 => r#"{"type":"track","event":"Row Updated","userId":"  ","properties":{}}"#.to_owned(),
        207 => r#"{"type":"track","event":"","userId":"u","properties":{}}"#.to_owned(),
        307 => r#"{"type":"identify","userId":"","anonymousId":null,"traits":{}}"#.to_owned(),
        407 => r#"{"type":"track","userId":"u","properties":{}}"#.to_owned(),
        _ => format!(
            r#"{{"type":"track","event":"Row Updated","userId":"u-{id}","context":{{"traits":{{"email":"{id}@example.com"}}}},"properties":{{"n":{id},"note":"{}"}}}}"#,
            "x".repeat(700)
        ),
    };
    (0..5_000).map(|id| row(id, &payload(id))).collect()
}

/// Requests as the engine makes them of the destination's limits.
fn batches<'a>(destination: &dyn Destination, shape: &Shape, rows: &'a [Row]) -> Vec<&'a [Row]> {
    let limits = destination.limits(shape);
    let (mut batches, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (at, row) in rows.iter().enumerate() {
        let size = row.payload.len() + limits.envelope_bytes;
        if at - start >= limits.records || bytes + size > limits.bytes {
            batches.push(&rows[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += size;
    }
    batches.push(&rows[start..]);
    batches
}

#[tokio::test]
async fn what_is_accepted_is_kept_and_what_would_be_dropped_is_refused_with_its_reason() {
    let faults = [Fault::KeptAndFailed, Fault::SlowDown];
    let segment = Segment::start(&faults).await;
    let destination = open(&segment.url).await;
    let shape = Shape::Track(EventName::Column("event".to_owned()));
    let rows = events();
    let (mut accepted, mut refused, mut again, mut requests) = (BTreeSet::new(), Vec::new(), 0, 0);
    for batch in batches(&*destination, &shape, &rows) {
        requests += 1;
        let mut delivery = send(&*destination, &shape, batch).await;
        while answered(&delivery).0 == "again" {
            again += 1;
            delivery = send(&*destination, &shape, batch).await;
        }
        for (row, said) in batch.iter().zip(said(&delivery)) {
            match said.as_str() {
                "accepted" => {
                    accepted.insert(MessageId(row.id).to_string());
                }
                _ => refused.push((row.id, said)),
            }
        }
    }
    assert_eq!(again, faults.len());
    assert_eq!((accepted.len(), refused.len()), (4_950, 50));
    assert!(refused.iter().all(|(id, said)| id % 100 == 7 && said.contains("would")), "{refused:?}");
    segment.look(|kept| {
        assert_eq!(kept.events.keys().cloned().collect::<BTreeSet<_>>(), accepted);
        assert_eq!((kept.dropped.len(), kept.refused), (0, 0));
        assert!(kept.unanswered > 0);
        assert_eq!(
            kept.repeats, kept.unanswered,
            "what was kept before its answer was lost came again as it was"
        );
        assert_eq!(kept.requests, requests + faults.len(), "no request is spent on what would be dropped");
    });
}
