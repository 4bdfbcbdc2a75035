//! Several looks in one request, which counts as one against the daily requests
//! (REST API Developer Guide, "Composite").

use bytes::Bytes;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::address::API_VERSION;
use super::client::{Ask, JSON, Org};
use super::error::Trouble;

/// Bytes of one answer: 25 objects with long pick lists of about 1 MiB, or 1,000 records with all their fields.
const ANSWER: usize = 64 << 20;

/// The answer to one look.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Part {
    #[serde(default)]
    pub(super) body: Box<RawValue>,
    pub(super) http_status_code: u16,
}

impl Org {
    /// Gets these paths below the API's version; `unread` where the answer is not one part for each, in order.
    pub(super) async fn composite(
        &self,
        name: &str,
        paths: impl Iterator<Item = String>,
        unread: impl Fn() -> Trouble,
    ) -> Result<Vec<Part>, Trouble> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Composite {
            composite_response: Vec<Part>,
        }
        let parts: Vec<_> = paths
            .enumerate()
            .map(|(index, path)| {
                json!({ "method": "GET", "referenceId": format!("{name}{index}"),
                        "url": format!("/services/data/v{API_VERSION}/{path}") })
            })
            .collect();
        let asked = parts.len();
        let body = json!({ "allOrNone": false, "compositeRequest": parts }).to_string();
        let ask =
            Ask { method: Method::POST, body: Some((JSON, Bytes::from(body))), ..Ask::get(&["composite"]) };
        let answered = self.look(&ask.up_to(ANSWER)).await?;
        let Composite { composite_response } = serde_json::from_str(&answered.body).map_err(|_| unread())?;
        if composite_response.len() == asked { Ok(composite_response) } else { Err(unread()) }
    }
}
