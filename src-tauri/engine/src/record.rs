//! Records: what a changed row became, ready to send.

use chrono::{DateTime, Utc};

use crate::error::{Error, ErrorKind, Result};

/// What happened to a row since its record was last delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Change {
    /// Never delivered before.
    Added = 1,
    /// Differs from what was delivered.
    Changed = 2,
    /// Was delivered, and is gone.
    Removed = 3,
}

impl Change {
    /// The change stored as `code`.
    pub fn from_code(code: u8) -> Result<Self> {
        match code {
            1 => Ok(Self::Added),
            2 => Ok(Self::Changed),
            3 => Ok(Self::Removed),
            _ => Err(Error::new(ErrorKind::Damaged, "A stored record has an unknown kind of change.")),
        }
    }
}

/// What the destination is to do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Operation {
    /// Create it or update it.
    Upsert = 1,
    /// Update it; refuse it where it does not exist.
    Update = 2,
    /// Create it; refuse it where it exists.
    Create = 3,
    /// Empty its mapped fields. The payload names them, with nulls.
    Clear = 4,
    /// Delete it.
    Delete = 5,
}

impl Operation {
    /// The operation stored as `code`.
    pub fn from_code(code: u8) -> Result<Self> {
        match code {
            1 => Ok(Self::Upsert),
            2 => Ok(Self::Update),
            3 => Ok(Self::Create),
            4 => Ok(Self::Clear),
            5 => Ok(Self::Delete),
            _ => Err(Error::new(ErrorKind::Damaged, "A stored record has an unknown operation.")),
        }
    }
}

/// One record on its way.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The row's key as text: the value of a single column, or a JSON list of several.
    pub key: &'a str,
    /// What happened to its row.
    pub change: Change,
    /// What to do.
    pub operation: Operation,
    /// One JSON object, the exact bytes to send.
    ///
    /// For `identify` and `track` it is the whole event but for the ids and times that the connector puts in
    /// front; for records the mapped fields, the match field among them; for a deletion the match field alone.
    pub payload: &'a [u8],
    /// The id a destination recognises a repeat by, in the form of a UUID.
    pub message_id: MessageId,
    /// When the read that found the change was sealed: an event's own time, and so part of its bytes.
    pub changed_at: DateTime<Utc>,
}

/// Identifies one change of one record: a repeat of the same send has the same id, and every other send has
/// another, also where a value goes A → B → A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageId(pub u128);

impl MessageId {
    /// The id as a UUID's text: 36 ASCII characters.
    pub fn text(self) -> [u8; 36] {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        // Version 8 (custom) and variant bits of RFC 9562.
        let id = self.0 & !(0xf << 76) & !(0x3 << 62) | (0x8 << 76) | (0x2 << 62);
        let mut text = [b'-'; 36];
        for (index, byte) in id.to_be_bytes().into_iter().enumerate() {
            // Before bytes 4, 6, 8 and 10 stands a hyphen.
            let place = 2 * index + (index.saturating_sub(2) / 2).min(4);
            text[place] = HEX[usize::from(byte >> 4)];
            text[place + 1] = HEX[usize::from(byte & 15)];
        }
        text
    }
}

impl std::fmt::Display for MessageId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}
