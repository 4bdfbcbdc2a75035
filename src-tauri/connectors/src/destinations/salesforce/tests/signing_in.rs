//! Client credentials, refresh tokens that are replaced, and the browser.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sluice_engine::connection::KeptSecrets;
use sluice_engine::error::{Error, Result};
use sluice_engine::secrets::Secret;
use sluice_engine::sign_in::SignIn;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use super::super::browser::{BrowserSignIn, PATH};
use super::*;

/// A keychain with one refresh token.
struct Kept(Mutex<Result<String>>);

impl KeptSecrets for Kept {
    fn get(&self, key: &str) -> Result<Option<Secret>> {
        assert_eq!(key, "refresh_token");
        Ok(self.0.lock().unwrap().as_ref().ok().map(|token| Secret::new(token.clone())))
    }

    fn replace(&self, _: &str, secret: &Secret) -> Result<()> {
        let mut kept = self.0.lock().unwrap();
        if let Err(error) = &*kept {
            return Err(error.clone());
        }
        *kept = Ok(secret.expose_text()?.to_owned());
        Ok(())
    }
}

fn person(url: &str, kept: Option<Arc<Kept>>) -> Org {
    let clock = Standing::at("2026-11-22T12:00:00Z");
    let settings = [("auth", "browser"), ("login_url", url), ("client_id", "CONSUMER_KEY")];
    let opening =
        opening(&Salesforce, Path::new("/"), clock, &settings, &[("refresh_token", "first")]).unwrap();
    let opening = match kept {
        Some(kept) => opening.with_kept(kept),
        None => opening,
    };
    Org::new(&opening, PATIENCE).unwrap()
}

const LIMITS: Reply = json(200, r#"{"DailyApiRequests":{"Max":15000,"Remaining":1}}"#);
const SECOND: Reply =
    json(200, r#"{"access_token":"00Dxx!ACCESS.TOKEN","instance_url":"{here}","refresh_token":"second"}"#);
const THIRD: Reply =
    json(200, r#"{"access_token":"00Dxx!ACCESS.TOKEN","instance_url":"{here}","refresh_token":"third"}"#);

fn body(got: &Got) -> String {
    String::from_utf8_lossy(&got.body).into_owned()
}

#[tokio::test]
async fn a_new_refresh_token_is_kept_before_the_session_is_used_and_shared() {
    let server = Server::start(vec![SECOND, LIMITS, THIRD, LIMITS]).await;
    let kept = Arc::new(Kept(Mutex::new(Ok("first".to_owned()))));
    // Two syncs of one connection, opened before either signed in.
    let (one, other) = (person(&server.url, Some(kept.clone())), person(&server.url, Some(kept.clone())));
    one.quota().await.unwrap();
    assert_eq!(kept.get("refresh_token").unwrap().unwrap().expose(), b"second");
    other.quota().await.unwrap();
    assert_eq!(kept.get("refresh_token").unwrap().unwrap().expose(), b"third");
    let got = server.got();
    assert_eq!(body(&got[0]), "grant_type=refresh_token&refresh_token=first&client_id=CONSUMER_KEY");
    assert_eq!(body(&got[2]), "grant_type=refresh_token&refresh_token=second&client_id=CONSUMER_KEY");
}

#[tokio::test]
async fn a_token_that_can_not_be_kept_is_not_used() {
    let locked = Error::new(ErrorKind::KeychainLocked, "The keychain is locked.");
    for kept in [Some(Arc::new(Kept(Mutex::new(Err(locked))))), None] {
        let is_there = kept.is_some();
        let server = Server::start(vec![SECOND, LIMITS]).await;
        let delivery = send(&person(&server.url, kept), &leads(), &two()).await;
        let (way, error) = answered(&delivery);
        let kind = if is_there { ErrorKind::KeychainLocked } else { ErrorKind::SignInFailed };
        assert_eq!((way, error.unwrap().kind()), ("stop", kind));
        assert_eq!(server.got().len(), 1);
    }
}

#[tokio::test]
async fn a_refused_sign_in_says_why_and_what_to_do_without_secrets() {
    for (status, body, way, words) in [
        (
            400,
            r#"{"error":"invalid_grant","error_description":"expired access/refresh token"}"#,
            "stop",
            "expired access/refresh token (invalid_grant)",
        ),
        (
            401,
            r#"{"error":"invalid_client","error_description":"invalid client credentials"}"#,
            "stop",
            "invalid client credentials",
        ),
        (200, "ok", "again", "can not be read"),
        (200, r#"{"access_token":"T","instance_url":"http://evil.example"}"#, "stop", "not safe"),
        (503, "down", "again", "HTTP 503"),
        (429, "slow", "again", "slow down"),
    ] {
        let server = Server::start(vec![json(status, body)]).await;
        let delivery = send(&org(&server.url), &leads(), &two()).await;
        let (got, error) = answered(&delivery);
        let error = error.unwrap();
        assert_eq!(got, way, "{error}");
        assert!(error.message().contains(words), "{error}");
        assert!(!format!("{delivery:?}").contains(SECRET));
        assert_eq!(server.got().len(), 1, "no record was sent");
    }
    for lost in [Reply::Cut, Reply::CutBody, Reply::Silence] {
        let server = Server::start(vec![lost]).await;
        let delivery = send(&org(&server.url), &leads(), &two()).await;
        assert_eq!(answered(&delivery).0, "again", "no record was sent");
    }
}

fn address(sign_in: &BrowserSignIn) -> Url {
    sign_in.page().parse().unwrap()
}

async fn visit(page: &Url, query: &str) -> String {
    let redirect: Url = page.query_pairs().find(|(key, _)| key == "redirect_uri").unwrap().1.parse().unwrap();
    assert_eq!((redirect.host_str(), redirect.path()), (Some("localhost"), PATH));
    let mut stream = TcpStream::connect(("127.0.0.1", redirect.port().unwrap())).await.unwrap();
    let request = format!("GET {PATH}?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn of(page: &Url, key: &str) -> String {
    page.query_pairs().find(|(name, _)| name == key).unwrap().1.into_owned()
}

#[tokio::test]
async fn the_browser_comes_back_with_a_code_and_the_verifier_fits_its_challenge() {
    let server = Server::start(vec![SECOND]).await;
    let clock = Standing::at("2026-11-22T12:00:00Z");
    let sign_in = BrowserSignIn::begin(&server.url, "CONSUMER_KEY", &[0], clock.clone()).await.unwrap();
    let page = address(&sign_in);
    assert!(page.as_str().starts_with(&format!("{}/services/oauth2/authorize?", server.url)));
    assert_eq!(
        (of(&page, "response_type"), of(&page, "code_challenge_method")),
        ("code".into(), "S256".into())
    );
    assert_eq!(of(&page, "scope"), "api refresh_token");
    let state = of(&page, "state");
    assert!(state.len() >= 43);
    let waiting = tokio::spawn(Box::new(sign_in).finish(Duration::from_secs(60)));
    // A page of somebody else does not know the state.
    assert!(visit(&page, "code=STOLEN&state=guess").await.starts_with("HTTP/1.1 404"));
    assert!(
        visit(&page, &format!("code=AUTH%3DCODE&state={state}")).await.contains("Salesforce has answered.")
    );
    let token = waiting.await.unwrap().unwrap();
    assert_eq!(token.expose(), b"second");
    let sent = body(&server.got()[0]);
    let form: std::collections::HashMap<_, _> =
        url::form_urlencoded::parse(sent.as_bytes()).into_owned().collect();
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(
        (form["code"].as_str(), form["redirect_uri"].clone()),
        ("AUTH=CODE", of(&page, "redirect_uri"))
    );
    assert!((43..=128).contains(&form["code_verifier"].len()) && !form.contains_key("client_secret"));
    let digest = ring::digest::digest(&ring::digest::SHA256, form["code_verifier"].as_bytes());
    assert_eq!(URL_SAFE_NO_PAD.encode(digest.as_ref()), of(&page, "code_challenge"));
}

#[tokio::test]
async fn a_sign_in_that_is_declined_or_brings_no_lasting_token_says_so() {
    let clock = Standing::at("2026-11-22T12:00:00Z");
    let server = Server::start(vec![SIGNED_IN]).await;
    let sign_in = BrowserSignIn::begin(&server.url, "CONSUMER_KEY", &[0], clock.clone()).await.unwrap();
    let page = address(&sign_in);
    let state = of(&page, "state");
    let waiting = tokio::spawn(Box::new(sign_in).finish(Duration::from_secs(60)));
    visit(&page, &format!("error=access_denied&error_description=end-user+denied&state={state}")).await;
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SignInFailed);
    assert!(error.message().contains("end-user denied"));
    let sign_in = BrowserSignIn::begin(&server.url, "CONSUMER_KEY", &[0], clock.clone()).await.unwrap();
    let page = address(&sign_in);
    let waiting = tokio::spawn(Box::new(sign_in).finish(Duration::from_secs(60)));
    visit(&page, &format!("code=c&state={}", of(&page, "state"))).await;
    assert!(waiting.await.unwrap().unwrap_err().message().contains("no refresh token"));
    let busy = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ports = [busy.local_addr().unwrap().port()];
    let error = BrowserSignIn::begin(&server.url, "CONSUMER_KEY", &ports, clock.clone()).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let sign_in = BrowserSignIn::begin(&server.url, "CONSUMER_KEY", &[0], clock.clone()).await.unwrap();
    let error = Box::new(sign_in).finish(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}
