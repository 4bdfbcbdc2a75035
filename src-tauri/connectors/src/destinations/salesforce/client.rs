//! An org: one session shared by all that speak to it, and one request to its API.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use sluice_engine::connection::Opening;
use sluice_engine::destination::{Exchange, IN_KEYCHAIN};
use sluice_engine::error::Result;
use url::Url;

use super::address::api;
use super::describe::Described;
use super::error::{Trouble, is_signed_out, judge};
use super::sign_in::{Session, SignIn};
use crate::http::{ANSWER_BYTES, Answered, Http, Patience};

pub(super) const JSON: &str = "application/json";

/// A Salesforce org, as one connection sees it.
pub(super) struct Org {
    pub(super) http: Http,
    pub(super) sign_in: SignIn,
    patience: Patience,
    session: tokio::sync::Mutex<Option<Arc<Session>>>,
    /// Objects whose fields are known, by name.
    pub(super) described: tokio::sync::Mutex<HashMap<String, Arc<Described>>>,
    /// Jobs made here whose records were never tried to be uploaded.
    pub(super) empty_jobs: Mutex<HashSet<String>>,
    /// Requests used and allowed in 24 hours, as the last answer said.
    usage: Mutex<Option<(u64, u64)>>,
}

/// A request of the API.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    /// Below `/services/data/vNN.N`.
    pub(super) path: &'a [&'a str],
    pub(super) query: &'a [(&'a str, &'a str)],
    /// Content type and bytes; the same bytes when it is sent again.
    pub(super) body: Option<(&'static str, Bytes)>,
    /// Bytes of the answer that are wanted at most.
    pub(super) most: usize,
    /// It carries or brings a file: it may take ten times as long.
    pub(super) long: bool,
}

impl<'a> Ask<'a> {
    /// A GET.
    pub(super) fn get(path: &'a [&'a str]) -> Self {
        Self { method: Method::GET, path, query: &[], body: None, most: ANSWER_BYTES, long: false }
    }

    /// A request with a JSON body.
    pub(super) fn json(method: Method, path: &'a [&'a str], body: Vec<u8>) -> Self {
        Self { method, body: Some((JSON, body.into())), ..Self::get(path) }
    }

    /// The same, for an answer of up to so many bytes.
    pub(super) fn up_to(self, most: usize) -> Self {
        Self { most, ..self }
    }
}

impl Org {
    pub(super) fn new(opening: &Opening, patience: Patience) -> Result<Self> {
        let sign_in = SignIn::new(opening)?;
        Ok(Self {
            http: Http::new(&sign_in.login, patience, opening.clock().clone())?,
            sign_in,
            patience,
            session: tokio::sync::Mutex::default(),
            described: tokio::sync::Mutex::default(),
            empty_jobs: Mutex::default(),
            usage: Mutex::default(),
        })
    }

    /// The session, begun where there is none.
    pub(super) async fn session(&self) -> Result<Arc<Session>, Trouble> {
        self.session_but(None).await
    }

    /// Any session but that one.
    async fn session_but(&self, over: Option<&Arc<Session>>) -> Result<Arc<Session>, Trouble> {
        let mut session = self.session.lock().await;
        if let Some(session) = session.as_ref()
            && !over.is_some_and(|over| Arc::ptr_eq(over, session))
        {
            return Ok(Arc::clone(session));
        }
        *session = None;
        let new = Arc::new(self.sign_in.session(&self.http).await?);
        Ok(Arc::clone(session.insert(new)))
    }

    /// Asks, and keeps request and answer in `exchange`. A session that is over is renewed once, and the same request
    /// sent again: the first one was refused unread.
    pub(super) async fn ask(&self, ask: &Ask<'_>, exchange: &mut Exchange) -> Result<Answered, Trouble> {
        let started = Instant::now();
        let answered = self.ask_twice(ask, exchange).await;
        exchange.took = Duration::from_millis(started.elapsed().as_millis() as u64);
        match answered {
            Ok(answered) => {
                exchange.status = Some(answered.status);
                exchange.answer = answered.kept();
                self.note_usage(answered.header("sforce-limit-info"));
                judge(answered)
            }
            Err(trouble) => Err(trouble),
        }
        .inspect_err(|trouble| {
            if exchange.status.is_none() {
                trouble.message().clone_into(&mut exchange.answer);
            }
        })
    }

    async fn ask_twice(&self, ask: &Ask<'_>, exchange: &mut Exchange) -> Result<Answered, Trouble> {
        let session = self.session().await?;
        let answered = self.send(ask, &session, exchange).await?;
        if !is_signed_out(&answered) {
            return Ok(answered);
        }
        let session = self.session_but(Some(&session)).await?;
        self.send(ask, &session, exchange).await
    }

    async fn send(
        &self,
        ask: &Ask<'_>,
        session: &Session,
        exchange: &mut Exchange,
    ) -> Result<Answered, Trouble> {
        let mut url = api(&session.instance, ask.path);
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(ask.query);
        }
        exchange.target = format!("{} {url}", ask.method);
        exchange.headers = shown_headers(ask.body.as_ref().map(|(content, _)| *content));
        exchange.bytes = ask.body.as_ref().map_or(0, |(_, body)| body.len() as u64);
        (exchange.status, exchange.answer) = (None, String::new());
        let mut request =
            self.http.request(ask.method.clone(), url).header(AUTHORIZATION, session.authorization.clone());
        if let Some((content, body)) = &ask.body {
            request = request.header(CONTENT_TYPE, *content).body(body.clone());
        }
        if ask.long {
            request = request.timeout(self.patience.answer * 10);
        }
        Ok(self.http.send_for(request, ask.most).await?)
    }

    /// A look, whose request and answer nobody keeps.
    pub(super) async fn look(&self, ask: &Ask<'_>) -> Result<Answered, Trouble> {
        self.ask(ask, &mut Exchange::default()).await.map_err(Trouble::of_a_look)
    }

    /// `Sforce-Limit-Info: api-usage=18/15000`, with every answer.
    fn note_usage(&self, told: &str) {
        let usage = told.split("api-usage=").nth(1).and_then(|told| {
            let (used, of) = told.split([';', ' ', ',']).next()?.split_once('/')?;
            Some((used.trim().parse().ok()?, of.trim().parse().ok()?))
        });
        if usage.is_some() {
            *self.usage.lock().unwrap_or_else(PoisonError::into_inner) = usage;
        }
    }

    /// Less than a tenth of today's requests is left: what can be done without is left out.
    pub(super) fn is_nearly_spent(&self) -> bool {
        let usage = *self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        usage.is_some_and(|(used, of)| of.saturating_sub(used) < of / 10)
    }
}

/// The headers of a request, as the log may show them.
pub(super) fn shown_headers(content: Option<&str>) -> Vec<(String, String)> {
    let mut headers = vec![("Authorization".to_owned(), format!("Bearer {IN_KEYCHAIN}"))];
    headers.extend(content.map(|content| ("Content-Type".to_owned(), content.to_owned())));
    headers.push(("User-Agent".to_owned(), Http::USER_AGENT.to_owned()));
    headers
}

/// Where records of `object`, matched by `match_field`, are created or updated.
pub(super) fn upsert_url(base: &Url, object: &str, match_field: &str) -> Url {
    api(base, &["composite", "sobjects", object, match_field])
}
