//! Where an event comes from, as RudderStack's own warehouse sources say it.
//!
//! Their events carry `context.sources` with `job_id` (`<source>/Syncher`), `task_id` (the table or model),
//! `batch_id`, `job_run_id`, `task_run_id` and `version`, and the server reads these (rudder-server,
//! processor/processor.go, `makeCommonMetadataFromSingularEvent`; warehouses get them as `context_sources_…` columns). Only the first two are sent:
//!
//! - the ids of a run and a batch would differ in a repeat, and requests with `job_run_id` escape the server's limit of events
//!   (gateway/handle.go), which is not ours to bypass;
//! - `version` makes RudderStack's warehouse destinations ask for a `recordId` (rudder-transformer, warehouse/util.js,
//!   `getCloudRecordID`), and the row's key is sent only where it is mapped.

use std::borrow::Cow;

use sluice_engine::value::write_string;

use super::event::Envelope;

const CHANNEL: &str = r#""channel":"server""#;

/// Bytes of a sync's name as JSON, without quotes, that are sent; the name only serves people.
const NAME_BYTES: usize = 120;

/// What [`envelope`] adds to a payload at most, with a comma between two events.
pub(super) const ENVELOPE_BYTES: usize = Envelope::bytes(CHANNEL.len(), CONTEXT_BYTES);

const CONTEXT_BYTES: usize = r#""sources":{"job_id":"/Sluice","task_id":""}"#.len() + 2 * NAME_BYTES;

/// The envelope of the events of `sync`.
pub(super) fn envelope(sync: &str) -> Envelope {
    let name = name(sync);
    let context = format!(r#""sources":{{"job_id":"{name}/Sluice","task_id":"{name}"}}"#);
    Envelope::new(CHANNEL, Cow::Owned(context))
}

/// The name as JSON without quotes, cut between characters.
fn name(sync: &str) -> String {
    let mut name = Vec::new();
    for character in sync.chars() {
        let mut quoted = Vec::new();
        write_string(&mut quoted, character.encode_utf8(&mut [0; 4]));
        let escaped = quoted.get(1..quoted.len() - 1).unwrap_or_default();
        if name.len() + escaped.len() > NAME_BYTES {
            break;
        }
        name.extend_from_slice(escaped);
    }
    String::from_utf8(name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::destinations::event::event_of;

    fn sources(sync: &str) -> Value {
        let event = event_of(&envelope(sync), r#"{"type":"identify","userId":"u","traits":{}}"#);
        assert!(event.len() <= 44 + ENVELOPE_BYTES, "{}", event.len());
        let event: Value = serde_json::from_str(&event).unwrap();
        event["context"]["sources"].clone()
    }

    #[test]
    fn the_sync_is_the_job_and_no_run_is_named() {
        let found = sources("Lead \"scores\" ü");
        assert_eq!(found["job_id"], "Lead \"scores\" ü/Sluice");
        assert_eq!(found["task_id"], "Lead \"scores\" ü");
        assert_eq!(found.as_object().unwrap().len(), 2, "job_run_id would escape the server's limit");
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(sources(&"ü".repeat(200))["task_id"], "ü".repeat(60));
        assert_eq!(sources(&"\"".repeat(200))["task_id"], "\"".repeat(60));
    }
}
