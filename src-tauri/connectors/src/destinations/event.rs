//! The form of an `identify` or `track` event on the wire: the record's payload with ids and times in front.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};
use memchr::memmem;
use sluice_engine::record::Record;

/// What every event has: ids and times, and a comma between two events.
const FRAME_BYTES: usize =
    r#""messageId":"00000000-0000-0000-0000-000000000000","timestamp":"2026-01-01T00:00:00.000Z",,,"#.len();

/// What [`write_event`] adds to a payload at most, with a comma between two events.
pub(crate) const ENVELOPE_BYTES: usize = FRAME_BYTES + r#""channel":"server""#.len();

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

/// What a destination wants around the payload of each event.
pub(crate) struct Envelope {
    /// Members of the event, as JSON without braces.
    members: &'static str,
    /// Members of the event's `context`, as JSON without braces; empty where none are added.
    context: Cow<'static, str>,
}

/// The channel alone.
const PLAIN: Envelope = Envelope::new(r#""channel":"server""#, Cow::Borrowed(""));

impl Envelope {
    /// These members, and those of the context.
    pub(crate) const fn new(members: &'static str, context: Cow<'static, str>) -> Self {
        Self { members, context }
    }

    /// What this adds to a payload at most, with a comma between two events.
    pub(crate) fn size(&self) -> usize {
        Self::bytes(self.members.len(), self.context.len())
    }

    /// What an envelope with so many bytes of members and context adds at most.
    pub(crate) const fn bytes(members: usize, context: usize) -> usize {
        FRAME_BYTES + members + r#","context":{}"#.len() + context
    }
}

/// Appends the event of `record`: message id, the time its change was found and the channel, then the payload's own
/// bytes. A repeat of the same record appends the same bytes.
pub(crate) fn write_event(out: &mut Vec<u8>, record: &Record<'_>, time: &mut EventTime) {
    write_event_in(&PLAIN, out, record, time);
}

/// As [`write_event`], with what `envelope` adds in place of the channel.
pub(crate) fn write_event_in(
    envelope: &Envelope,
    out: &mut Vec<u8>,
    record: &Record<'_>,
    time: &mut EventTime,
) {
    out.extend_from_slice(br#"{"messageId":""#);
    out.extend_from_slice(&record.message_id.text());
    out.extend_from_slice(br#"","timestamp":""#);
    out.extend_from_slice(time.of(record.changed_at).as_bytes());
    out.extend_from_slice(br#"","#);
    out.extend_from_slice(envelope.members.as_bytes());
    let members = record.payload.strip_prefix(b"{").unwrap_or(record.payload);
    let own = if envelope.context.is_empty() { None } else { inside_context(members) };
    if own.is_none() && !envelope.context.is_empty() {
        out.extend_from_slice(br#","context":{"#);
        out.extend_from_slice(envelope.context.as_bytes());
        out.push(b'}');
    }
    if members != b"}" {
        out.push(b',');
    }
    let (before, after) = members.split_at(own.unwrap_or(0));
    out.extend_from_slice(before);
    if own.is_some() {
        out.extend_from_slice(envelope.context.as_bytes());
        out.extend_from_slice(if after.starts_with(b"}") { b"" } else { b"," });
    }
    out.extend_from_slice(after);
}

/// Where the members of the event's own `context` begin, in the members of its payload. Payloads are compact JSON.
fn inside_context(members: &[u8]) -> Option<usize> {
    const CONTEXT: &[u8] = br#""context":{"#;
    // Most payloads have none, and are not walked.
    memmem::find(members, CONTEXT)?;
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, byte) in members.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => {
                let is_name = !in_text && depth == 0;
                if is_name && members.get(at..).is_some_and(|rest| rest.starts_with(CONTEXT)) {
                    return Some(at + CONTEXT.len());
                }
                in_text = !in_text;
            }
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The event that a record with this payload becomes.
#[cfg(test)]
pub(crate) fn event_of(envelope: &Envelope, payload: &str) -> String {
    let record = Record {
        key: "1",
        change: sluice_engine::record::Change::Added,
        operation: sluice_engine::record::Operation::Upsert,
        payload: payload.as_bytes(),
        message_id: sluice_engine::record::MessageId(7),
        changed_at: DateTime::UNIX_EPOCH,
    };
    let mut out = Vec::new();
    write_event_in(envelope, &mut out, &record, &mut EventTime::default());
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(payload: &str) -> String {
        event_in(&PLAIN, payload)
    }

    fn event_in(envelope: &Envelope, payload: &str) -> String {
        let event = event_of(envelope, payload);
        let room = envelope.size();
        assert!(event.len() < payload.len() + room, "{} of {room}", event.len() - payload.len());
        assert!(!envelope.context.is_empty() || event.len() < payload.len() + ENVELOPE_BYTES);
        event
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

    #[test]
    fn what_is_added_to_the_context_joins_the_one_that_is_there() {
        let envelope = Envelope::new(r#""integrations":{}"#, Cow::Borrowed(r#""a":1"#));
        let cases = [
            ("{}", r#""context":{"a":1}}"#),
            (r#"{"x":2}"#, r#""context":{"a":1},"x":2}"#),
            (r#"{"x":2,"context":{"y":3},"z":4}"#, r#""x":2,"context":{"a":1,"y":3},"z":4}"#),
            (r#"{"context":{}}"#, r#""context":{"a":1}}"#),
            (
                r#"{"x":"\"context\":{ \\","y":{"context":{"n":1}},"l":["context"]}"#,
                r#""context":{"a":1},"x":"\"context\":{ \\","y":{"context":{"n":1}},"l":["context"]}"#,
            ),
        ];
        for (payload, expected) in cases {
            let event = event_in(&envelope, payload);
            let (_, found) = event.split_once(r#""integrations":{},"#).unwrap();
            assert_eq!(found, expected);
            assert!(serde_json::from_str::<serde_json::Value>(&event).is_ok(), "{event}");
        }
    }
}
