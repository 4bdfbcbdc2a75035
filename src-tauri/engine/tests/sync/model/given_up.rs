//! What the user gave up: it is not to be sent before its row changes.

use std::collections::BTreeMap;

use super::table::Table;

/// What was given up of a key.
#[derive(Debug, Clone, Copy)]
struct Content {
    /// Its value; `None` for its removal.
    value: Option<u32>,
    /// Its row was gone in between: it may be sent, and need not.
    may_be_sent: bool,
}

/// What was given up, by key.
#[derive(Debug, Default)]
pub(super) struct GivenUp(BTreeMap<String, Content>);

impl GivenUp {
    pub(super) fn add(&mut self, key: String, value: Option<u32>) {
        self.0.insert(key, Content { value, may_be_sent: false });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A read that counts saw the whole table; `full` where every row is sent again.
    pub(super) fn read(&mut self, table: &Table, full: bool) {
        let keys: Vec<String> = self.0.keys().cloned().collect();
        for key in keys {
            self.read_one(&key, table, full);
        }
    }

    /// The same for one key.
    pub(super) fn read_one(&mut self, key: &str, table: &Table, full: bool) {
        let now = table.value(key);
        let Some(content) = self.0.get_mut(key) else { return };
        if now.is_some() && (full || content.value != now) {
            self.0.remove(key);
        } else if now.is_none() && (full || (table.mirror && content.value.is_some())) {
            content.may_be_sent = true;
        }
    }

    /// Nothing of this key may be sent now.
    pub(super) fn holds(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|content| !content.may_be_sent)
    }

    /// The destination need not have what the table says of this key.
    pub(super) fn excuses(&self, key: &str, table: &Table) -> bool {
        self.0.get(key).is_some_and(|content| content.value == table.value(key))
    }
}
