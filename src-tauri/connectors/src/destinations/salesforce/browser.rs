//! Signing in in the browser: OAuth 2.0 with PKCE (RFC 7636) and a redirect to this computer (RFC 8252), with the
//! customer's own External Client App and no secret.

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use sluice_engine::clock::SharedClock;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;
use sluice_engine::sign_in::SignIn;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::{Url, form_urlencoded};

use super::address::{base, below};
use super::error::Trouble;
use super::sign_in::ask;
use crate::http::{Http, Patience};

/// Ports of the redirect, tried in this order; an External Client App lists each with [`PATH`], since Salesforce compares
/// the whole address. The first is that of Salesforce's own command line.
pub(super) const PORTS: [u16; 3] = [1717, 1718, 1719];

/// The redirect's path.
pub(super) const PATH: &str = "/OauthRedirect";

/// Bytes of a browser's request that are read.
const REQUEST_BYTES: usize = 16 << 10;

/// How long a browser may take to say what it wants.
const BROWSER: Duration = Duration::from_secs(10);

/// A sign-in that waits for the browser to come back.
pub(super) struct BrowserSignIn {
    page: String,
    login: Url,
    client_id: String,
    redirect: String,
    verifier: Secret,
    state: String,
    listener: TcpListener,
    clock: SharedClock,
}

impl BrowserSignIn {
    /// Begins to listen on this computer only, on the first free one of these ports ([`PORTS`]; tests take others).
    ///
    /// [`ErrorKind::Conflict`] where all are taken, [`ErrorKind::BadSettings`] where the login address is none.
    pub(super) async fn begin(
        login_url: &str,
        client_id: &str,
        ports: &[u16],
        clock: SharedClock,
    ) -> Result<Self> {
        let login = base(login_url, "The login address")?;
        let mut found = None;
        for port in ports {
            if let Ok(listener) = TcpListener::bind(("127.0.0.1", *port)).await {
                found = Some(listener);
                break;
            }
        }
        let listener = found.ok_or_else(|| {
            Error::new(
                ErrorKind::Conflict,
                format!("Other programs use the ports {ports:?} that the browser comes back to."),
            )
            .with_hint("Close the other sign-in that waits, and try again.")
        })?;
        let redirect = format!("http://localhost:{}{PATH}", listener.local_addr()?.port());
        let (verifier, state) = (random()?, random()?);
        let page = page(&login, client_id, &redirect, &verifier, &state).into();
        let (client_id, verifier) = (client_id.to_owned(), Secret::new(verifier));
        Ok(Self { page, login, client_id, redirect, verifier, state, listener, clock })
    }

    async fn code(&self) -> Result<String> {
        loop {
            let (stream, _) = self.listener.accept().await?;
            // A connection that says nothing holds up no other for long.
            if let Ok(Some(code)) = tokio::time::timeout(BROWSER, self.visit(stream)).await {
                return code;
            }
        }
    }

    /// One request of a browser; `None` where it is not the one waited for.
    async fn visit(&self, mut stream: TcpStream) -> Option<Result<String>> {
        let head = head(&mut stream).await?;
        let target = head.strip_prefix("GET ")?.split(' ').next()?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_ref());
        if path != PATH || value("state") != Some(self.state.as_str()) {
            say(&mut stream, 404, "Nothing is here.").await;
            return None;
        }
        if let Some(code) = value("code").filter(|code| !code.is_empty()) {
            say(&mut stream, 200, "Salesforce has answered. Close this page and go back to Sluice.").await;
            return Some(Ok(code.to_owned()));
        }
        say(&mut stream, 200, "You are not signed in. Go back to Sluice to see why.").await;
        let said = value("error_description").or_else(|| value("error")).unwrap_or("no reason was given");
        let message = format!("Salesforce did not sign in: “{said}”.");
        Some(Err(Error::new(ErrorKind::SignInFailed, message)
            .with_hint(
                "Look whether the External Client App lists this redirect address, and allows the user.",
            )
            .with_fix(self.redirect.clone())))
    }
}

#[async_trait]
impl SignIn for BrowserSignIn {
    fn page(&self) -> &str {
        &self.page
    }

    /// Whatever else asks at the port is turned away.
    async fn finish(self: Box<Self>, within: Duration) -> Result<Secret> {
        let code = tokio::time::timeout(within, self.code()).await.map_err(|_| {
            Error::new(ErrorKind::TimedOut, "Nobody came back from the browser in time.")
                .with_hint("Begin the sign-in again.")
        })??;
        let http = Http::new(&self.login, Patience::default(), self.clock.clone())?;
        let verifier = self.verifier.expose_text()?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect),
            ("code_verifier", verifier),
        ];
        let mut tokens = ask(&http, &self.login, &form).await.map_err(Trouble::error)?;
        let refresh = tokens.refresh_token.take().filter(|token| !token.is_empty());
        // The address is looked at here too, so that nothing is saved that will be refused later.
        tokens.session(&self.login)?;
        refresh.map(Secret::new).ok_or_else(|| {
            Error::new(ErrorKind::SignInFailed, "Salesforce gave no refresh token, so the sign-in would not last.")
                .with_hint("Add the scope “Perform requests at any time (refresh_token, offline_access)” to the External Client App.")
        })
    }
}

/// The page to open: it knows the verifier's hash alone.
fn page(login: &Url, client_id: &str, redirect: &str, verifier: &str, state: &str) -> Url {
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref());
    let mut url = below(login, &["services", "oauth2", "authorize"]);
    url.query_pairs_mut().extend_pairs([
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", redirect),
        ("scope", "api refresh_token"),
        ("state", state),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    url
}

/// A request's first lines.
async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        if bytes.len() > REQUEST_BYTES || stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    String::from_utf8(bytes).ok()
}

async fn say(stream: &mut TcpStream, status: u16, words: &str) {
    let page = format!("<!doctype html><meta charset=utf-8><title>Sluice</title><p>{words}");
    let answer = format!(
        "HTTP/1.1 {status} Sluice\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\ncontent-security-policy: default-src 'none'\r\nreferrer-policy: no-referrer\r\n\
         connection: close\r\n\r\n{page}",
        page.len()
    );
    // The browser may be gone; what it said has been read.
    stream.write_all(answer.as_bytes()).await.ok();
    stream.shutdown().await.ok();
}

/// 32 bytes as 43 characters, as RFC 7636 asks of a verifier.
fn random() -> Result<String> {
    let mut bytes = [0; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::new(ErrorKind::Storage, "This computer gave no random numbers."))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
