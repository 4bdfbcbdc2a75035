//! Which addresses a user may enter, and how far what goes there may be let.

use std::net::IpAddr;

use sluice_engine::error::{Error, ErrorKind, Result};
use url::{Host, Url};

use super::failure::out_of_range;
use super::range::Range;

/// Where something goes, and how far that may be: the internet with https, this network only where it is allowed.
/// `sign_in` says what to do instead of writing a user or password into the address.
pub(crate) fn address(text: &str, allow_private: bool, sign_in: &'static str) -> Result<(Url, Range)> {
    let bad = |wrong: &str| {
        Error::new(ErrorKind::BadSettings, format!("The address {wrong}."))
            .with_hint("It looks like https://example.com/hooks/leads.")
    };
    let mut url = Url::parse(text.trim()).map_err(|_| bad("is not complete"))?;
    url.set_fragment(None);
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("must not hold a user or password").with_hint(sign_in));
    }
    let range = match (url.scheme(), allow_private) {
        ("https", false) => Range::Public,
        ("https", true) => Range::All,
        ("http", true) => Range::Private,
        ("http", false) => {
            return Err(bad("begins with http://, and what goes there would travel unencrypted").with_hint(
                "Begin it with https://. Only a receiver in your own network may have http://, once private addresses are allowed.",
            ));
        }
        _ => return Err(bad("has to begin with https://")),
    };
    let literal: Option<IpAddr> = match url.host() {
        Some(Host::Ipv4(ip)) => Some(ip.into()),
        Some(Host::Ipv6(ip)) => Some(ip.into()),
        Some(Host::Domain(_)) => None,
        None => return Err(bad("has no host")),
    };
    match literal {
        Some(ip) if !range.has(ip) => Err(out_of_range(range)),
        Some(_) | None => Ok((url, range)),
    }
}
