//! Values of the header `Authorization`. All are marked sensitive, so that they are never printed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use sluice_engine::error::{Error, ErrorKind, Result};

/// `Basic` with this user and password (RFC 7617). `what` names them where they can not be sent.
pub(crate) fn basic(user: &str, password: &str, what: &str) -> Result<HeaderValue> {
    sensitive(&format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))), what)
}

/// `Bearer` with this token (RFC 6750).
pub(crate) fn bearer(token: &str, what: &str) -> Result<HeaderValue> {
    sensitive(&format!("Bearer {token}"), what)
}

/// A header's value that is a secret.
pub(crate) fn sensitive(value: &str, what: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| Error::new(ErrorKind::BadSettings, format!("The {what} can not be sent.")))?;
    value.set_sensitive(true);
    Ok(value)
}
