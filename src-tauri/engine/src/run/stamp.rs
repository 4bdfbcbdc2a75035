//! What stands for the records a run is to send.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::record::{Change, Operation};
use crate::store::outbox;

/// Stands for records, in whatever order: two reads that find the same have the same stamp.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stamp {
    /// How many there are to send.
    pub records: u64,
    sum: u128,
}

impl Stamp {
    pub(super) fn add(&mut self, key: &str, change: Change, operation: Operation, payload: &[u8]) {
        self.sum = self.sum.wrapping_add(outbox::stamp(key, change, operation, payload));
    }

    /// The same, of which so many are to send: what turned out to share its key with another row is not sent.
    pub(super) fn of(self, records: u64) -> Self {
        Self { records, ..self }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:032x}", self.records, self.sum)
    }
}

impl FromStr for Stamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let read = || {
            let (records, sum) = text.split_once('-')?;
            Some(Self { records: records.parse().ok()?, sum: u128::from_str_radix(sum, 16).ok()? })
        };
        read().ok_or_else(|| Error::new(ErrorKind::UnknownName, "There is no such plan."))
    }
}
