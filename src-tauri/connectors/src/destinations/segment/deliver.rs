//! Sending a batch of events.

use std::borrow::Cow;

use sluice_engine::destination::{Answer, Batch, Delivery, Exchange, Limits, Outcome};
use sluice_engine::error::{Error, ErrorKind};
use sluice_engine::record::Record;
use sluice_engine::sync::Shape;

use super::client::Workspace;
use super::error::{classify, too_large};
use super::event::Envelope;
use super::people::would_be_dropped;
use super::tracking;

/// Members that Segment's SDKs send with each event.
const MEMBERS: &str = r#""integrations":{}"#;

/// The version is that of the event's form and not the program's: an update in the middle of a run must not change a
/// repeat's bytes.
const CONTEXT: &str = r#""library":{"name":"sluice","version":"1"}"#;

pub(super) static ENVELOPE: Envelope = Envelope::new(MEMBERS, Cow::Borrowed(CONTEXT));

const ENVELOPE_BYTES: usize = Envelope::bytes(MEMBERS.len(), CONTEXT.len());

/// Segment refuses a larger body with 400.
const MOST_BYTES: usize = 500_000;

/// A larger batch is answered with 200 and dropped.
const MOST_EVENTS: usize = 2_500;

pub(super) const LIMITS: Limits = Limits {
    records: 500,
    // What Segment's SDKs allow themselves of the 500 KB.
    bytes: 480 * 1024 - 64,
    record_bytes: 32 * 1024 - ENVELOPE_BYTES,
    envelope_bytes: ENVELOPE_BYTES,
    // A workspace takes 1,000 events a second.
    in_flight: 2,
};

/// Sends one batch, without the events that Segment would drop unseen. A repeat has the same bytes.
pub(super) async fn deliver(workspace: &Workspace, batch: &Batch<'_>) -> Delivery {
    let unsent = |answer, said: &str| {
        let exchange = Exchange {
            target: workspace.api.target(),
            answer: said.to_owned(),
            never_left: true,
            ..Exchange::default()
        };
        Delivery::new(answer, exchange)
    };
    if let Shape::Record { .. } = batch.shape {
        let error =
            Error::new(ErrorKind::BadMapping, "Segment takes identify and track events, and no records.");
        return unsent(Answer::Stop(error), "");
    }
    let verdicts: Vec<_> = batch.records.iter().map(would_be_dropped).collect();
    let good = batch.records.iter().zip(&verdicts).filter(|(_, dropped)| dropped.is_none());
    let good: Vec<&Record<'_>> = good.map(|(record, _)| record).collect();
    if good.is_empty() {
        return unsent(with_refused(Answer::Records(Vec::new()), verdicts), "Nothing was sent.");
    }
    let body = tracking::body(good.iter().copied(), &ENVELOPE);
    if good.len() > MOST_EVENTS || body.len() > MOST_BYTES {
        return unsent(Answer::Refused(too_large()), "Nothing was sent.");
    }
    let Delivery { answer, exchange, .. } =
        tracking::deliver(&workspace.api, body, good.len(), |sent| classify(sent, good.len())).await;
    let left_out = (0..verdicts.len()).filter(|place| verdicts[*place].is_some()).collect();
    Delivery::new(with_refused(answer, verdicts), Exchange { left_out, ..exchange })
}

/// The outcomes of the events that were sent, in their places among those that were not.
fn with_refused(answer: Answer, verdicts: Vec<Option<Error>>) -> Answer {
    match answer {
        Answer::Records(outcomes) => {
            let mut sent = outcomes.into_iter();
            let each = verdicts.into_iter().map(|verdict| match verdict {
                Some(reason) => Some(Outcome::Rejected(reason)),
                None => sent.next(),
            });
            Answer::Records(each.flatten().collect())
        }
        Answer::Refused(_) | Answer::Again(_) | Answer::Unknown(_) | Answer::Stop(_) | Answer::Job(_) => {
            answer
        }
    }
}
