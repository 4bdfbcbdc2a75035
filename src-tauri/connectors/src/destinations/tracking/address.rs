//! Where batches go: what people enter or paste, as the API's address.

use std::collections::BTreeMap;

use sluice_engine::error::{Error, ErrorKind, Result};
use url::Url;

/// The address of an API that takes batches.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    /// Without the path of the API; ends in `/`.
    pub(crate) base: Url,
    /// Where batches go.
    pub(crate) batch: Url,
}

impl Address {
    /// What people enter or paste, which may end in the path of the API. `what` names the setting.
    pub(crate) fn parse(text: &str, what: &str, example: &str) -> Result<Self> {
        let bad = |wrong: &str| {
            Error::new(ErrorKind::BadSettings, format!("The {what} {wrong}."))
                .with_hint(format!("It looks like {example}."))
        };
        let mut url = Url::parse(text.trim()).map_err(|_| bad("is not an address"))?;
        if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
            return Err(bad("has to begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("must not hold a user or password"));
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/');
        let path =
            path.strip_suffix("/v1/batch").or_else(|| path.strip_suffix("/v1")).unwrap_or(path).to_owned();
        url.set_path(&format!("{path}/"));
        let batch = url.join("v1/batch").map_err(|_| bad("is not an address"))?;
        Ok(Self { base: url, batch })
    }
}

/// How an API's settings are told in pasted text.
pub(crate) struct Pasted {
    /// The setting that holds the address.
    pub(crate) address: &'static str,
    /// Letters and digits of a write key.
    pub(crate) key: usize,
    /// Whether this is an address of the API.
    pub(crate) is_theirs: fn(&Url) -> bool,
}

impl Pasted {
    /// The address and the write key in `text`, in either order, and what was not used. `None` without an address.
    pub(crate) fn found(&self, text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
        let mut settings = BTreeMap::new();
        let mut unused = Vec::new();
        let parts = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '"' | '\'' | '`'));
        for word in parts.map(|word| word.trim_end_matches(':')).filter(|word| !word.is_empty()) {
            if word.starts_with("https://") || word.starts_with("http://") {
                let Ok(address) = Address::parse(word, "", "") else { continue };
                if !(self.is_theirs)(&address.base) {
                    continue;
                }
                let url = address.base.as_str().trim_end_matches('/').to_owned();
                if let Some(before) = settings.insert(self.address.to_owned(), url) {
                    unused.push(before);
                }
            } else if word.len() == self.key && word.chars().all(|c| c.is_ascii_alphanumeric()) {
                settings.insert("write_key".to_owned(), word.to_owned());
            }
        }
        settings.contains_key(self.address).then_some((settings, unused))
    }
}
