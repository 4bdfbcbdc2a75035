//! Settings from one pasted thing: a service account's JSON key, or a table's address in the console.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

type Pasted = (BTreeMap<String, String>, Vec<String>);

/// Settings by key, and what was there and is not used; `None` where the text is neither.
pub(super) fn settings(text: &str) -> Option<Pasted> {
    from_key(text).or_else(|| from_console(text))
}

fn from_key(text: &str) -> Option<Pasted> {
    let key: Value = serde_json::from_str(text).ok()?;
    let project = match key.get("type")?.as_str()? {
        "service_account" => key.get("project_id"),
        "authorized_user" => key.get("quota_project_id"),
        _ => return None,
    };
    let mut settings = BTreeMap::from([("service_account".to_owned(), text.to_owned())]);
    if let Some(project) = project.and_then(Value::as_str) {
        settings.insert("project".to_owned(), project.to_owned());
    }
    Some((settings, Vec::new()))
}

/// `https://console.cloud.google.com/bigquery?project=…`
fn from_console(text: &str) -> Option<Pasted> {
    let url = Url::parse(text).ok()?;
    if url.host_str() != Some("console.cloud.google.com") || !url.path().starts_with("/bigquery") {
        return None;
    }
    let (mut settings, mut unused) = (BTreeMap::new(), Vec::new());
    for (key, value) in url.query_pairs() {
        if key == "project" && !value.is_empty() {
            settings.insert("project".to_owned(), value.into_owned());
        } else {
            unused.push(key.into_owned());
        }
    }
    (!settings.is_empty()).then_some((settings, unused))
}
