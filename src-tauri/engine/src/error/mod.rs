//! The one error type: its kind decides code, retry and advice; nobody matches its words.

mod kinds;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use kinds::{ErrorKind, Retry};

/// What every fallible function of the engine and the connectors returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error as a user can act on it.
///
/// The message says what happened in the user's words, without secrets and without the cause's text; the
/// cause is attached as [`source`](std::error::Error::source) and shown folded away.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    safe: Option<Cow<'static, str>>,
    hint: Option<Cow<'static, str>>,
    fix: Option<String>,
    retry_after: Option<Duration>,
    is_early: bool,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind` that says what happened.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Inner {
            kind,
            message,
            safe: None,
            hint: None,
            fix: None,
            retry_after: None,
            is_early: false,
            source: None,
        }))
    }

    /// Says more exactly what is safe than the kind does.
    pub fn with_safe(mut self, safe: impl Into<Cow<'static, str>>) -> Self {
        self.0.safe = Some(safe.into());
        self
    }

    /// Says what is safe where nobody said it more exactly than the kind does.
    pub fn or_safe(self, safe: &'static str) -> Self {
        if self.0.safe.is_some() { self } else { self.with_safe(safe) }
    }

    /// Says more exactly what to do than the kind does.
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds something to copy that helps, such as a GRANT statement.
    pub fn with_fix(mut self, fix: impl Into<String>) -> Self {
        self.0.fix = Some(fix.into());
        self
    }

    /// The other side said how long to wait.
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// It did not leave this computer yet: what the other side takes lets it out after `wait`. That is no failure.
    pub fn with_turn_after(mut self, wait: Duration) -> Self {
        self.0.is_early = true;
        self.with_retry_after(wait)
    }

    /// Attaches the cause. Its text must not hold secrets or row values.
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What happened.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What is safe.
    pub fn safe(&self) -> &str {
        self.0.safe.as_deref().unwrap_or_else(|| self.0.kind.safe())
    }

    /// What to do.
    pub fn hint(&self) -> &str {
        self.0.hint.as_deref().unwrap_or_else(|| self.0.kind.hint())
    }

    /// Something to copy that helps.
    pub fn fix(&self) -> Option<&str> {
        self.0.fix.as_deref()
    }

    /// How long the other side asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How long until its turn comes, where it was only too early.
    pub fn turn_after(&self) -> Option<Duration> {
        self.0.retry_after.filter(|_| self.0.is_early)
    }

    /// The chain of causes, outermost first.
    pub fn details(&self) -> Vec<String> {
        let mut details = Vec::new();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let text = error.to_string();
            if details.last() != Some(&text) {
                details.push(text);
            }
            cause = error.source();
        }
        details
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.0.kind.code(), self.0.kind.name(), self.0.message)?;
        for detail in self.details() {
            write!(f, "; caused by: {detail}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as _)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let (kind, message) = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => (ErrorKind::DiskFull, "The disk of the data folder is full."),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                (ErrorKind::Damaged, "Sluice's database file is damaged.")
            }
            _ => (ErrorKind::Storage, "Sluice's data folder could not be read or written."),
        };
        Self::new(kind, message).with_source(error)
    }
}

impl From<std::io::Error> for Error {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the system's kinds of error are open-ended")]
    fn from(error: std::io::Error) -> Self {
        let (kind, message) = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                (ErrorKind::DiskFull, "The disk is full.")
            }
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                (ErrorKind::FolderGuarded, "A file or folder may not be written or read by this user.")
            }
            _ => (ErrorKind::Storage, "A file could not be read or written."),
        };
        Self::new(kind, message).with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart() {
        let failure = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
        let error = Error::from(rusqlite::Error::SqliteFailure(failure, None));
        assert_eq!(error.kind(), ErrorKind::DiskFull);
    }

    #[test]
    fn a_folder_that_may_not_be_written_is_told_from_a_disk_that_fails() {
        use std::io::ErrorKind as Io;
        for (io, kind) in [
            (Io::PermissionDenied, ErrorKind::FolderGuarded),
            (Io::ReadOnlyFilesystem, ErrorKind::FolderGuarded),
            (Io::StorageFull, ErrorKind::DiskFull),
            (Io::Other, ErrorKind::Storage),
        ] {
            assert_eq!(Error::from(std::io::Error::from(io)).kind(), kind, "{io}");
        }
    }
}
