//! How the receiver knows Sluice: the header that carries the token or the password.

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use sluice_engine::connection::Opening;
use sluice_engine::destination::IN_KEYCHAIN;
use sluice_engine::error::{Error, ErrorKind, Result};

use super::headers::not_reserved;
use super::manifest::AUTH_HEADER;
use crate::http::{basic, bearer, sensitive};

/// The header that signs in, and what the log shows of it.
pub(super) struct SignIn {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
}

/// The header that signs in, by the connection's settings; `None` where there is none.
pub(super) fn sign_in(opening: &Opening) -> Result<Option<SignIn>> {
    let secret = |key: &str, what: &str| {
        let missing = || Error::new(ErrorKind::SecretMissing, format!("This connection has no {what}."));
        Ok::<_, Error>(opening.secret(key).ok_or_else(missing)?.expose_text()?.trim().to_owned())
    };
    let (name, value) = match opening.get("auth") {
        Some("bearer") => (AUTHORIZATION, bearer(&secret("token", "token")?, "token")?),
        Some("basic") => {
            let user = opening.required("user")?;
            if user.contains(':') {
                return Err(Error::new(ErrorKind::BadSettings, "A user's name can not hold a colon here."));
            }
            (AUTHORIZATION, basic(user, &secret("password", "password")?, "user or password")?)
        }
        Some("header") => {
            let name = header_name(opening.required("auth_header")?)?;
            not_reserved(&name)?;
            (name, sensitive(&secret("token", "token")?, "token")?)
        }
        Some(_) | None => return Ok(None),
    };
    Ok(Some(SignIn { name, value }))
}

/// What the log, and a request written by hand, show of the header that signs in.
pub(super) fn shown<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Option<(String, String)> {
    match get("auth") {
        Some("bearer") => Some(("Authorization".to_owned(), format!("Bearer {IN_KEYCHAIN}"))),
        Some("basic") => Some(("Authorization".to_owned(), format!("Basic {IN_KEYCHAIN}"))),
        Some("header") => {
            Some((get("auth_header").unwrap_or(AUTH_HEADER).to_owned(), IN_KEYCHAIN.to_owned()))
        }
        Some(_) | None => None,
    }
}

/// A header's name.
pub(super) fn header_name(text: &str) -> Result<HeaderName> {
    HeaderName::from_bytes(text.trim().as_bytes())
        .map_err(|_| Error::new(ErrorKind::BadSettings, format!("“{}” is no name of a header.", text.trim())))
}
