//! Salesforce's addresses: what people paste, made into the one that serves the API.

use sluice_engine::error::{Error, ErrorKind, Result};
use url::Url;

use crate::http::is_loopback;

/// The version of Salesforce's API that is spoken (Spring '26).
pub(super) const API_VERSION: &str = "66.0";

/// Hosts that show the window of an org, and the one that serves its API
/// (help.salesforce.com, "My Domain URL Formats").
const WINDOWS: &[(&str, &str)] = &[
    (".lightning.force.com", ".my.salesforce.com"),
    (".my.salesforce-setup.com", ".my.salesforce.com"),
    (".lightning.pc-rnd.force.com", ".my.pc-rnd.salesforce.com"),
];

/// The address of the org or login page in `text`, without a path. `label` names the setting in what is said.
///
/// An address of the window is made into that of the API; http is taken only where nothing leaves this computer.
pub(super) fn base(text: &str, label: &str) -> Result<Url> {
    let bad = |what: &str| {
        Error::new(ErrorKind::BadSettings, format!("{label} {what}."))
            .with_hint("It looks like https://acme.my.salesforce.com (in Salesforce: Setup, My Domain).")
    };
    let mut url = Url::parse(text.trim()).map_err(|_| bad("is not an address"))?;
    if url.host_str().is_none() || !matches!(url.scheme(), "https" | "http") {
        return Err(bad("has to begin with https://"));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(bad("has to begin with https://: credentials would travel unencrypted"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("must not hold a user or password"));
    }
    url.set_query(None);
    url.set_fragment(None);
    url.set_path("/");
    let host = url.host_str().unwrap_or_default().to_owned();
    for (window, api) in WINDOWS {
        if let Some(name) = host.strip_suffix(window) {
            url.set_host(Some(&format!("{name}{api}"))).map_err(|_| bad("is not an address"))?;
        }
    }
    Ok(url)
}

/// Client credentials are taken at an org's own address only.
pub(super) fn my_domain(text: &str) -> Result<Url> {
    let url = base(text, "My Domain")?;
    if matches!(url.host_str(), Some("login.salesforce.com" | "test.salesforce.com")) {
        return Err(Error::new(
            ErrorKind::BadSettings,
            "Client credentials are taken at your company's own address, not at Salesforce's login page.",
        )
        .with_hint(
            "Copy it from Salesforce: Setup, My Domain. It looks like https://acme.my.salesforce.com.",
        ));
    }
    Ok(url)
}

/// `path` below `base`, each segment encoded.
pub(super) fn below(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}

/// `path` below the API's root at `base`.
pub(super) fn api(base: &Url, path: &[&str]) -> Url {
    let mut url = below(base, &["services", "data", &format!("v{API_VERSION}")]);
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.extend(path);
    }
    url
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_people_paste_becomes_the_address_of_the_api() {
        for (pasted, expected) in [
            ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com/"),
            ("https://acme.lightning.force.com/lightning/o/Lead/list?x=1", "https://acme.my.salesforce.com/"),
            (
                "https://acme--dev.sandbox.lightning.force.com/",
                "https://acme--dev.sandbox.my.salesforce.com/",
            ),
            ("https://acme.my.salesforce-setup.com/lightning/setup", "https://acme.my.salesforce.com/"),
            (" https://test.salesforce.com ", "https://test.salesforce.com/"),
            ("http://127.0.0.1:9/x", "http://127.0.0.1:9/"),
        ] {
            assert_eq!(base(pasted, "My Domain").unwrap().as_str(), expected);
        }
    }

    #[test]
    fn what_would_give_credentials_away_is_refused_without_repeating_it() {
        for pasted in ["http://acme.my.salesforce.com", "https://me:hunter2@acme.my.salesforce.com", "acme"] {
            let error = base(pasted, "My Domain").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadSettings);
            assert!(!format!("{error:?}").contains("hunter2"));
        }
        assert!(my_domain("https://login.salesforce.com").unwrap_err().message().contains("own address"));
    }

    #[test]
    fn names_in_paths_are_encoded() {
        let base = Url::parse("https://acme.my.salesforce.com/").unwrap();
        assert_eq!(
            api(&base, &["sobjects", "../Le ad", "describe"]).as_str(),
            "https://acme.my.salesforce.com/services/data/v66.0/sobjects/..%2FLe%20ad/describe"
        );
    }
}
