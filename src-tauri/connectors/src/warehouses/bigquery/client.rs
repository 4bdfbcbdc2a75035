//! The REST API (<https://cloud.google.com/bigquery/docs/reference/rest>): whom to ask as what, and one request,
//! asked again where that may help.

use std::sync::Arc;
use std::time::Duration;

use reqwest::RequestBuilder;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sluice_engine::connection::Opening;
use sluice_engine::error::{Error, ErrorKind, Result};
use url::Url;

use super::cost;
use super::credentials::Credentials;
use super::error::{Doing, from_answer};
use super::name::Dataset;
use super::token::Tokens;
use crate::http::{Http, Patience};

/// Google's own addresses.
const API: &str = "https://bigquery.googleapis.com";
const STORAGE: &str = "https://bigquerystorage.googleapis.com";
/// How often one request is sent at most.
const TRIES: u32 = 5;
/// A longer wait is left to who asked.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Bytes of an answer; pages of rows are at most 20 MB (<https://cloud.google.com/bigquery/quotas#api_requests>).
const ANSWER_BYTES: usize = 64 << 20;

/// Whom to ask, as whom.
#[derive(Clone)]
pub(super) struct Login {
    /// Queries run in it and are billed to it.
    pub(super) project: String,
    pub(super) location: Option<String>,
    /// Bytes a query may be billed for.
    pub(super) maximum_bytes: Option<u64>,
    pub(super) base: Url,
    /// Of the Storage Read API; `None` where there is none.
    pub(super) storage: Option<Url>,
    pub(super) tokens: Tokens,
    pub(super) http: Http,
}

impl Login {
    pub(super) fn new(opening: &Opening) -> Result<Arc<Self>> {
        let url = opening.get("url");
        let credentials = Credentials::find(opening.secret("service_account"), url.is_some())?;
        let project = opening.get("project").or(credentials.project()).ok_or_else(|| {
            Error::new(ErrorKind::BadSettings, format!("Project is missing in “{}”.", opening.name()))
                .with_hint("For example: shop-analytics")
        })?;
        let base = address("url", url.unwrap_or(API))?;
        let storage = opening.get("storage_url").or(if url.is_none() { Some(STORAGE) } else { None });
        let patience = Patience { answer: Duration::from_secs(120), ..Patience::default() };
        Ok(Arc::new(Self {
            project: project.to_owned(),
            location: opening.get("location").map(str::to_owned),
            maximum_bytes: opening.get("maximum_bytes").map(cost::parse).transpose()?,
            http: Http::new(&base, patience, opening.clock().clone())?,
            base,
            storage: storage.map(|url| address("storage_url", url)).transpose()?,
            tokens: Tokens::new(credentials, opening.clock().clone()),
        }))
    }

    /// The dataset of this name, `dataset` or `project.dataset`.
    pub(super) fn dataset(&self, name: &str) -> Dataset {
        Dataset::parse(name, &self.project)
    }

    /// `…/bigquery/v2/projects/` and these parts, each of them one segment.
    pub(super) fn url(&self, parts: &[&str]) -> Result<Url> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Error::new(ErrorKind::BadSettings, "The API address can not be used."))?
            .pop_if_empty()
            .extend(["bigquery", "v2", "projects"])
            .extend(parts);
        Ok(url)
    }

    /// Asks for something.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        parts: &[&str],
        query: &[(&str, String)],
        doing: Doing<'_>,
    ) -> Result<T> {
        let mut url = self.url(parts)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.answer(&|| self.http.get(url.clone()), doing).await
    }

    /// Has something done, which may be done twice.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        parts: &[&str],
        query: &[(&str, String)],
        body: &Value,
        doing: Doing<'_>,
    ) -> Result<T> {
        let mut url = self.url(parts)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.answer(&|| self.http.post(url.clone()).json(body), doing).await
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        request: &(dyn Fn() -> RequestBuilder + Sync),
        doing: Doing<'_>,
    ) -> Result<T> {
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.once(request(), doing).await {
                Ok(body) => return understood(&body),
                Err(error) => error,
            };
            // A token can be taken back before its time.
            let signed_out = error.kind() == ErrorKind::SignInFailed && tries == 1;
            if signed_out {
                self.tokens.forget().await;
            }
            let is_worth_it =
                is_passing(&error) && error.retry_after().is_none_or(|wait| wait <= LONGEST_WAIT);
            let again = signed_out || is_worth_it;
            if !again || tries == TRIES {
                return Err(error);
            }
            pause(tries, error.retry_after()).await;
        }
    }

    async fn once(&self, request: RequestBuilder, doing: Doing<'_>) -> Result<String> {
        let request = match self.tokens.token().await? {
            Some(token) => request.bearer_auth(token.expose_text()?),
            None => request,
        };
        let answered =
            self.http.send_for(request, ANSWER_BYTES).await.map_err(|failure| failure.error().clone())?;
        match answered.cut {
            Some(cut) => Err(cut),
            None if answered.status == 200 => Ok(answered.body),
            None => Err(from_answer(self, &answered, doing)),
        }
    }
}

fn understood<T: DeserializeOwned>(body: &str) -> Result<T> {
    serde_json::from_str(body).map_err(|error| {
        // Where in the answer, and not what is there.
        let place = format!("line {}, column {}", error.line(), error.column());
        Error::new(ErrorKind::BadAnswer, format!("BigQuery’s answer could not be understood ({place})."))
            .with_hint("Check the API address, and whether a proxy answers in its place.")
    })
}

/// Whether asking again may help.
pub(super) fn is_passing(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unreachable | ErrorKind::TimedOut | ErrorKind::RateLimited | ErrorKind::ServerFailed
    )
}

/// Waits before the next try: as long as was asked for, else a quarter of a second that doubles.
pub(super) async fn pause(tries: u32, asked: Option<Duration>) {
    let growing = Duration::from_millis(250 << tries.saturating_sub(1).min(5));
    tokio::time::sleep(asked.unwrap_or(growing).min(LONGEST_WAIT)).await;
}

fn address(key: &str, text: &str) -> Result<Url> {
    Url::parse(text).ok().filter(Url::has_host).ok_or_else(|| {
        Error::new(ErrorKind::BadSettings, format!("“{text}” is not an address (setting {key})."))
    })
}
