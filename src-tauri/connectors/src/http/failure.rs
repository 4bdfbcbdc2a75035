//! Why there was no answer, and whether the request may have arrived.

use std::error::Error as Cause;
use std::{fmt, io};

use sluice_engine::destination::Answer;
use sluice_engine::error::{Error, ErrorKind};

use super::range::{OutOfRange, Range};

/// Why there was no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request never left this computer.
    NotSent(Error),
    /// It may have arrived.
    Lost(Error),
}

impl Failure {
    /// Sorts a failure. Addresses are left out of what is kept, since they can hold secrets.
    pub(super) fn of(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_connect() || error.is_builder() {
            Self::NotSent(not_sent(error))
        } else {
            Self::Lost(lost(error))
        }
    }

    /// What happened.
    pub(crate) fn error(&self) -> &Error {
        match self {
            Self::NotSent(error) | Self::Lost(error) => error,
        }
    }

    /// What it means for a batch: sent again, unless only the user can mend it.
    pub(crate) fn answer(&self) -> Answer {
        match self {
            Self::NotSent(error)
                if matches!(error.kind(), ErrorKind::TlsFailed | ErrorKind::AddressBarred) =>
            {
                Answer::Stop(error.clone())
            }
            Self::NotSent(error) => Answer::Again(error.clone()),
            Self::Lost(error) => Answer::Unknown(error.clone()),
        }
    }
}

/// The resolver's failure.
#[derive(Debug)]
pub(super) struct HostUnknown {
    /// The name that was looked up: the host's, or that of the proxy on the way to it.
    pub(super) host: String,
    pub(super) error: io::Error,
}

impl fmt::Display for HostUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl Cause for HostUnknown {}

fn not_sent(error: reqwest::Error) -> Error {
    if let Some(OutOfRange(range)) = in_chain::<OutOfRange>(&error) {
        return out_of_range(*range).with_source(error);
    }
    if let Some(HostUnknown { host, .. }) = in_chain::<HostUnknown>(&error) {
        let message = format!("There is no host named “{host}”.");
        return Error::new(ErrorKind::HostNotFound, message).with_source(error);
    }
    let (kind, message) = if is_tls(&error) {
        (ErrorKind::TlsFailed, "The secure connection could not be made.")
    } else if in_chain::<io::Error>(&error)
        .is_some_and(|error| error.kind() == io::ErrorKind::NetworkUnreachable)
    {
        (ErrorKind::Offline, "This computer has no way to the host.")
    } else if error.is_timeout() {
        (ErrorKind::Unreachable, "The host did not take the connection in time.")
    } else {
        (ErrorKind::Unreachable, "Nobody answers at this host and port.")
    };
    Error::new(kind, message).with_source(error)
}

/// The host's address is not one the connection may reach.
pub(crate) fn out_of_range(range: Range) -> Error {
    match range {
        Range::All | Range::Public => Error::new(
            ErrorKind::AddressBarred,
            "The host's address is inside this network, and this connection may only reach the internet.",
        )
        .with_hint("If the host is yours, allow private addresses in the connection."),
        Range::Private => Error::new(
            ErrorKind::AddressBarred,
            "The host's address is outside of this network, and the connection would not be encrypted.",
        )
        .with_hint("Use an address that begins with https://."),
    }
}

/// The request went out, and its answer did not come back whole.
pub(super) fn lost(error: reqwest::Error) -> Error {
    let (kind, message) = if error.is_timeout() {
        (ErrorKind::TimedOut, "The request was sent, and no answer came in time.")
    } else {
        (ErrorKind::Unreachable, "The connection was cut before the whole answer had come.")
    };
    let error = error.without_url();
    Error::new(kind, message)
        .with_safe("What may not have arrived is sent again with the same ids.")
        .with_source(error)
}

fn is_tls(error: &reqwest::Error) -> bool {
    in_chain::<rustls::Error>(error).is_some()
}

/// The first cause of type `T`, also inside what I/O errors wrap.
fn in_chain<'a, T: Cause + 'static>(error: &'a (dyn Cause + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<T>() {
            return Some(found);
        }
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map_or_else(|| cause.source(), |inner| Some(inner as &(dyn Cause + 'static)));
    }
    None
}
