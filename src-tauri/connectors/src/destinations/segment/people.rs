//! Events that Segment would take with a 200 and then drop without a word: they are refused before they are sent.
//!
//! Segment answers 200 to an event without `userId` and `anonymousId`, and to a `track` without `event` (HTTP API, “Errors”:
//! <https://www.twilio.com/docs/segment/connections/sources/catalog/libraries/server/http-api#errors>). Its own limits
//! of a batch are kept by the engine; its 10,000 properties of an event do not fit into 32 KB.

use std::borrow::Cow;

use serde::Deserialize;
use sluice_engine::error::{Error, ErrorKind};
use sluice_engine::record::Record;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    user_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    anonymous_id: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "event")]
    name: Option<Cow<'a, str>>,
}

/// Why Segment would drop the event of `record`; `None` where it would not.
pub(super) fn would_be_dropped(record: &Record<'_>) -> Option<Error> {
    let Ok(event) = serde_json::from_slice::<Event<'_>>(record.payload) else {
        return Some(
            Error::new(
                ErrorKind::RecordRejected,
                "Segment would not take this as an event, and say nothing.",
            )
            .with_hint("User id, anonymous id and event name have to be text."),
        );
    };
    let empty = |text: &Option<Cow<'_, str>>| text.as_ref().is_none_or(|text| text.trim().is_empty());
    if empty(&event.user_id) && empty(&event.anonymous_id) {
        let message =
            "The event has neither a user id nor an anonymous id; Segment would drop it and say nothing.";
        return Some(Error::new(ErrorKind::NoIdentifier, message));
    }
    if event.kind == "track" && empty(&event.name) {
        let message = "The event has no name; Segment would drop it and say nothing.";
        return Some(
            Error::new(ErrorKind::NoIdentifier, message)
                .with_hint("Fill the column of the event's name, or choose a fixed one."),
        );
    }
    None
}
