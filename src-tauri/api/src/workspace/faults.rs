//! Everything wrong in one part of the file, so that it is told at once.

use sluice_engine::{Error, ErrorKind, Result};

/// What is wrong so far in a part of the file.
#[derive(Default)]
pub(super) struct Faults(Vec<Error>);

impl Faults {
    /// What was read, if it could be; what is wrong is kept for [`end`](Self::end).
    pub(super) fn keep<T>(&mut self, read: Result<T>) -> Option<T> {
        read.map_err(|error| self.0.push(error)).ok()
    }

    /// Keeps one more.
    pub(super) fn push(&mut self, error: Error) {
        self.0.push(error);
    }

    /// The part, where nothing in it is wrong; else one error with a line for each fault and the first one's
    /// advice.
    pub(super) fn end<T>(self, part: Option<T>) -> Result<T> {
        let lines: Vec<_> = self.0.iter().map(Error::message).collect();
        match (self.0.first(), part) {
            (None, Some(part)) => Ok(part),
            (Some(first), _) => Err(Error::new(first.kind(), lines.join("\n"))
                .with_safe(first.safe().to_owned())
                .with_hint(first.hint().to_owned())),
            (None, None) => Err(Error::new(ErrorKind::Bug, "A part of the file was not read.")),
        }
    }
}
