//! The one error type: its kind decides code, retry and advice; nobody matches its words.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

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

/// When something is tried again after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// By itself, with growing pauses.
    Backoff,
    /// When the user has mended something.
    AfterUserAction,
    /// Not as it is.
    Never,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal $id:literal, $retry:ident, $safe:literal, $hint:literal;)+) => {
        /// What kind of thing went wrong. Stable: codes and names are documented and never reused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorKind { $($(#[doc = $doc])+ $name),+ }

        impl ErrorKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code, such as `SLU-2004`.
            pub fn code(self) -> &'static str { match self { $(Self::$name => concat!("SLU-", $code)),+ } }

            /// The stable name, such as `sign_in_failed`.
            pub fn name(self) -> &'static str { match self { $(Self::$name => $id),+ } }

            /// When it is tried again.
            pub fn retry(self) -> Retry { match self { $(Self::$name => Retry::$retry),+ } }

            /// What is safe, unless the error says it better.
            pub fn safe(self) -> &'static str { match self { $(Self::$name => $safe),+ } }

            /// What to do, unless the error says it better.
            pub fn hint(self) -> &'static str { match self { $(Self::$name => $hint),+ } }

            /// The kind of this name.
            pub fn from_name(name: &str) -> Option<Self> { match name { $($id => Some(Self::$name),)+ _ => None } }
        }
    };
}

kinds! {
    /// A setting of a connection is missing or wrong.
    BadSettings = "1001" "bad_settings", AfterUserAction, "Nothing was changed.", "Correct the setting and try again.";
    /// A file can not be taken: the workspace file, or what another tool wrote.
    BadFile = "1002" "bad_file", AfterUserAction, "Nothing was changed.", "Correct the file and apply it again.";
    /// The query is not one SELECT the warehouse accepts.
    BadQuery = "1003" "bad_query", AfterUserAction, "The warehouse was not changed, and nothing was sent.", "Correct the query.";
    /// The mapping can not make a payload.
    BadMapping = "1004" "bad_mapping", AfterUserAction, "Nothing was sent.", "Correct the mapping of the sync.";
    /// The schedule can not be followed.
    BadSchedule = "1005" "bad_schedule", AfterUserAction, "Nothing was changed.", "Correct the schedule.";
    /// No connection, sync, run or record has this name.
    UnknownName = "1006" "unknown_name", AfterUserAction, "Nothing was changed.", "Check the name.";
    /// A secret the connection needs is not in the keychain.
    SecretMissing = "1007" "secret_missing", AfterUserAction, "Nothing was sent.", "Enter the secret in the connection.";
    /// The name is taken, something is still in use, or a run is not in the state it would have to be in.
    Conflict = "1008" "conflict", AfterUserAction, "Nothing was changed.", "Choose another name, or change what uses it first.";

    /// The host's name does not exist.
    HostNotFound = "2001" "host_not_found", Backoff, "Nothing was sent, and everything waiting is kept.", "Check the host name and your network.";
    /// Nobody answers at host and port.
    Unreachable = "2002" "unreachable", Backoff, "Nothing is lost; what waits is kept and sent when the connection is back.", "Check host and port, your network, and whether a firewall or allow-list keeps this computer out.";
    /// The secure connection could not be made.
    TlsFailed = "2003" "tls_failed", AfterUserAction, "No credentials were sent.", "Check the host name against the certificate, or add your company's CA file.";
    /// User, password or key was refused.
    SignInFailed = "2004" "sign_in_failed", AfterUserAction, "What waits is kept on this computer and goes out when the sign-in works.", "Enter the credentials again.";
    /// Signed in, but not permitted.
    NotAllowed = "2005" "not_allowed", AfterUserAction, "What waits is kept on this computer.", "Ask an administrator for the permission.";
    /// A database, schema, table, column, object or field does not exist.
    MissingObject = "2006" "missing_object", AfterUserAction, "Nothing was sent, and nothing counts as removed.", "Choose another table, view or column, or restore this one, and run again.";
    /// No answer in time.
    TimedOut = "2007" "timed_out", Backoff, "Nothing is lost; what waits is kept and sent again.", "Wait, or check the other side's load.";
    /// The other side asked to slow down.
    RateLimited = "2008" "rate_limited", Backoff, "Nothing is lost; what waits is kept and goes out later.", "Leave Sluice open and it goes on by itself, or run the sync again later.";
    /// The other side failed.
    ServerFailed = "2009" "server_failed", Backoff, "Nothing is lost; what waits is kept and sent again.", "If it lasts, look at the other side's status page.";
    /// The destination refused a whole request.
    RequestRefused = "2010" "request_refused", Never, "Records that were refused are kept with their reason.", "Correct the records or the mapping, then retry.";
    /// The answer is not what the API promises.
    BadAnswer = "2011" "bad_answer", Backoff, "What may not have arrived is sent again with the same ids.", "Check that the address is the API's and not a web page or a proxy.";
    /// The network of this computer is gone.
    Offline = "2012" "offline", Backoff, "Everything waiting is kept and goes out when the network is back.", "Connect this computer to the network.";
    /// The destination's daily quota is spent.
    QuotaSpent = "2013" "quota_spent", Backoff, "What waits is kept and goes out when the quota is fresh.", "Wait, or ask for a larger quota.";

    /// A row has no identifier.
    NoIdentifier = "3001" "no_identifier", AfterUserAction, "The row was not sent; the other rows were not held up.", "Give the row an email, user id or anonymous id, or choose another column.";
    /// A row's key is null.
    NullKey = "3002" "null_key", AfterUserAction, "The row was not sent; the other rows were not held up.", "Fill the key column, or choose another key.";
    /// A row's key stands on an earlier row too.
    DuplicateKey = "3003" "duplicate_key", AfterUserAction, "The first row with this key counts; this one was not sent.", "Make the key unique, or choose another key.";
    /// A value has no exact JSON form.
    BadValue = "3004" "bad_value", AfterUserAction, "The row was not sent, so nothing was rounded or guessed.", "Correct the value, or leave the column out.";
    /// A record is larger than the destination takes.
    TooLarge = "3005" "too_large", AfterUserAction, "The record was not sent; the other records were not held up.", "Leave long columns out, or shorten them.";
    /// The destination refused a record.
    RecordRejected = "3006" "record_rejected", AfterUserAction, "The record is kept with its reason and sent again on the next run.", "Correct the value or the mapping.";
    /// A column has another type than in the last run.
    SchemaChanged = "3007" "schema_changed", AfterUserAction, "Nothing was sent, and nothing counts as removed.", "Look at what would be sent, then approve or drop the run.";
    /// A record with this key exists in the destination already, and was only to be created.
    AlreadyExists = "3008" "already_exists", AfterUserAction, "The record that exists was not changed.", "Discard the record, or choose a mode that updates.";
    /// It may have been created by a request whose answer was lost.
    Doubtful = "3009" "doubtful", AfterUserAction, "It was not created a second time.", "Look in the destination: if the record is there, discard it here; if not, send it again.";

    /// The read ended before the warehouse's own row count.
    IncompleteRead = "4001" "incomplete_read", Backoff, "Nothing was sent, and nothing counts as removed.", "Run again; if it lasts, look at the warehouse's query log.";
    /// A run would change more than usual.
    Held = "4002" "held", AfterUserAction, "Nothing was sent and nothing was changed in the destination.", "Look at what would be sent, then approve or drop the run.";
    /// A run of this sync is going on.
    AlreadyRunning = "4003" "already_running", AfterUserAction, "The run that is going on was not disturbed.", "Wait until it has ended.";
    /// The user cancelled.
    Cancelled = "4004" "cancelled", AfterUserAction, "What was sent stays sent; the rest is kept for the next run.", "Run again when you want to go on.";
    /// This version does not have it.
    NotYet = "4005" "not_yet", Never, "Nothing was changed.", "Look for a newer version.";
    /// A sync has no destination.
    NoDestination = "4006" "no_destination", AfterUserAction, "Nothing was read or sent.", "Choose a destination for the sync.";
    /// A slot of a schedule passed without a run.
    MissedSlot = "4007" "missed_slot", Never, "Nothing was read or sent at this time.", "Nothing to do: the next run sends everything that changed.";
    /// Sluice was stopped in the middle of a run.
    Interrupted = "4008" "interrupted", Backoff, "Nothing is lost: what was not confirmed is kept, and sent again with the same ids.", "Nothing to do: the rest goes out when Sluice is started next, or with the next run.";
    /// What the run sent can not be taken back.
    CanNotUndo = "4011" "can_not_undo", Never, "Nothing was changed.", "Correct it in the destination, or send the right values.";
    /// An undo does not touch a record.
    LeftAlone = "4012" "left_alone", AfterUserAction, "The record was not touched.", "Look at it in the destination, and correct it there.";
    /// There is no record to test a sync with.
    NothingToSend = "4010" "nothing_to_send", AfterUserAction, "Nothing was sent.", "Change a row, or the query, and test again.";

    /// The data folder can not be read or written.
    Storage = "5001" "storage", AfterUserAction, "Nothing is marked as delivered that was not.", "Check the data folder and its disk, then start Sluice again.";
    /// The disk is full.
    DiskFull = "5002" "disk_full", AfterUserAction, "Nothing is lost: what is not on disk was not sent as delivered.", "Free some space, then run again.";
    /// The data folder was written by a newer version.
    NewerDatabase = "5003" "newer_database", AfterUserAction, "The data folder was not touched.", "Install the newer version of Sluice.";
    /// Another Sluice uses the data folder.
    InUse = "5004" "in_use", AfterUserAction, "Nothing was changed.", "Use the Sluice that is open, or quit it first.";
    /// The file is damaged.
    Damaged = "5005" "damaged", AfterUserAction, "The damaged file was kept, and nothing was sent.", "Restore the newest backup in the data folder's backups.";
    /// There is no keychain on this computer.
    KeychainAbsent = "5101" "keychain_absent", AfterUserAction, "No secret was stored anywhere else.", "Start a keychain (on Linux: gnome-keyring or KWallet), or give the secret in the environment.";
    /// The keychain is locked.
    KeychainLocked = "5102" "keychain_locked", AfterUserAction, "Nothing is lost; the sync goes on when the keychain is open.", "Unlock the keychain.";
    /// The keychain refused.
    KeychainDenied = "5103" "keychain_denied", AfterUserAction, "Nothing is lost; the sync goes on when access is allowed.", "Allow Sluice to use the keychain.";

    /// A mistake of ours.
    Bug = "9001" "bug", Never, "Nothing is marked as delivered that was not.", "Report it with the details below.";
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
            _ => (ErrorKind::Storage, "A file could not be read or written."),
        };
        Self::new(kind, message).with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_and_names_are_unique() {
        let codes: HashSet<_> = ErrorKind::ALL.iter().map(|kind| kind.code()).collect();
        let names: HashSet<_> = ErrorKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(codes.len(), ErrorKind::ALL.len());
        assert_eq!(names.len(), ErrorKind::ALL.len());
    }

    #[test]
    fn advice_is_whole_sentences() {
        for kind in ErrorKind::ALL {
            assert!(kind.safe().ends_with('.') && kind.hint().ends_with('.'), "{kind:?}");
        }
    }

    #[test]
    fn a_full_disk_is_told_apart() {
        let failure = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
        let error = Error::from(rusqlite::Error::SqliteFailure(failure, None));
        assert_eq!(error.kind(), ErrorKind::DiskFull);
    }
}
