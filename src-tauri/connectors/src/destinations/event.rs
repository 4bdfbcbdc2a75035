//! The form of an `identify` or `track` event on the wire: the record's payload with ids and times in front.

use chrono::{DateTime, SecondsFormat, Utc};
use sluice_engine::record::Record;

/// What [`write_event`] adds to a payload at most, with a comma between two events.
pub(crate) const ENVELOPE_BYTES: usize =
    r#""messageId":"00000000-0000-0000-0000-000000000000","timestamp":"2026-01-01T00:00:00.000Z","channel":"server",,"#
        .len();

/// The time of events as it is written, made once for all that have the same.
#[derive(Default)]
pub(crate) struct EventTime {
    at: DateTime<Utc>,
    text: String,
}

impl EventTime {
    fn of(&mut self, at: DateTime<Utc>) -> &str {
        if self.text.is_empty() || self.at != at {
            *self = Self { at, text: at.to_rfc3339_opts(SecondsFormat::Millis, true) };
        }
        &self.text
    }
}

/// Appends the event of `record`: message id, the time its change was found and the channel, then the payload's own
/// bytes. A repeat of the same record appends the same bytes.
pub(crate) fn write_event(out: &mut Vec<u8>, record: &Record<'_>, time: &mut EventTime) {
    out.extend_from_slice(br#"{"messageId":""#);
    out.extend_from_slice(&record.message_id.text());
    out.extend_from_slice(br#"","timestamp":""#);
    out.extend_from_slice(time.of(record.changed_at).as_bytes());
    out.extend_from_slice(br#"","channel":"server""#);
    let members = record.payload.strip_prefix(b"{").unwrap_or(record.payload);
    if members != b"}" {
        out.push(b',');
    }
    out.extend_from_slice(members);
}

#[cfg(test)]
mod tests {
    use sluice_engine::record::{Change, MessageId, Operation};

    use super::*;

    fn event(payload: &str) -> String {
        let record = Record {
            key: "1",
            change: Change::Added,
            operation: Operation::Upsert,
            payload: payload.as_bytes(),
            message_id: MessageId(7),
            changed_at: DateTime::UNIX_EPOCH,
        };
        let mut out = Vec::new();
        write_event(&mut out, &record, &mut EventTime::default());
        assert!(out.len() < payload.len() + ENVELOPE_BYTES);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_payload_keeps_its_bytes() {
        let payload = r#"{"type":"identify","userId":"ü","traits":{"mrr":12.50,"n":9007199254740993}}"#;
        let event = event(payload);
        assert!(event.ends_with(payload.trim_start_matches('{')), "{event}");
        assert!(event.starts_with(
            r#"{"messageId":"00000000-0000-8000-8000-000000000007","timestamp":"1970-01-01T00:00:00.000Z","channel":"server","#
        ));
    }

    #[test]
    fn an_empty_payload_is_still_json() {
        assert!(serde_json::from_str::<serde_json::Value>(&event("{}")).is_ok());
    }
}
