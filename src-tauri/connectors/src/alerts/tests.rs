#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sluice_engine::alert::{Messenger, Notice, Receiver, Rules, Sums};
use sluice_engine::error::{ErrorKind, Result};
use sluice_engine::secrets::Secret;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{EMAIL, SLACK, Settings, WEBHOOK, Ways, checked};
use crate::destinations::fixture::Standing;
use crate::destinations::fixture::server::{Reply, Server, text};

const PASSWORD: &str = "hunter2";

fn notice() -> Notice {
    Notice {
        id: "one".to_owned(),
        event: "failed".to_owned(),
        sync: Some("lead & <scores>".to_owned()),
        run: Some(12),
        at: 1_795_348_800_000,
        since: Some(1_795_348_800_000),
        code: Some("SLU-2004".to_owned()),
        title: "lead & <scores> needs you".to_owned(),
        text: "User, password or key was refused. Enter the credentials again.".to_owned(),
        counts: Some(Sums { read: 9, invalid: 1, delivered: 5, rejected: 2, waiting: 1 }),
    }
}

fn settings(given: &[(&str, &str)]) -> Settings {
    given.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

async fn send(kind: &str, given: &[(&str, &str)], secret: Option<&str>) -> Result<()> {
    let rules =
        Rules { failed: true, held: true, rejected: None, rejected_percent: None, silent_hours: None };
    let (name, settings) = ("Operations".to_owned(), settings(given));
    let receiver = Receiver { name, kind: kind.to_owned(), settings, syncs: None, rules };
    let secret = secret.map(Secret::new);
    Ways::new(Standing::at("2026-11-22T12:00:00Z")).send(&receiver, secret.as_ref(), &notice()).await
}

/// To a hook on this computer.
async fn to_hook(kind: &str, server: &Server) -> Result<()> {
    send(kind, &[("allow_private", "yes")], Some(&format!("{}/hooks/s3cret", server.url))).await
}

#[tokio::test]
async fn a_webhook_gets_the_alert_as_documented() {
    let server = Server::start(vec![text(200, "ok")]).await;
    to_hook(WEBHOOK, &server).await.unwrap();
    let got = &server.got()[0];
    assert_eq!(got.line(), "POST /hooks/s3cret HTTP/1.1");
    assert_eq!(got.header("content-type"), Some("application/json"));
    let page = include_str!("../../../../docs/alerts.md");
    let documented: Value =
        serde_json::from_str(page.split("```").nth(1).unwrap().trim_start_matches("json")).unwrap();
    let sent: Value = serde_json::from_slice(&got.body).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&sent), keys(&documented));
    assert_eq!(keys(&sent["counts"]), keys(&documented["counts"]));
    assert_eq!(sent["at"], "2026-11-22T12:00:00.000Z");
    assert_eq!(sent["run"], 12);
    assert_eq!(sent["counts"]["rejected"], 2);
}

#[tokio::test]
async fn a_chat_gets_text_in_which_a_name_is_no_markup() {
    let server = Server::start(vec![text(200, "ok")]).await;
    to_hook(SLACK, &server).await.unwrap();
    let sent: Value = serde_json::from_slice(&server.got()[0].body).unwrap();
    let said = "*lead &amp; &lt;scores&gt; needs you*\nUser, password or key was refused. Enter the credentials again.";
    assert_eq!(sent, json!({ "text": said }));
}

#[tokio::test]
async fn what_a_hook_answers_decides_whether_it_is_tried_again() {
    let page = Reply::Say(200, "text/html", "", "<html>Sign in</html>");
    for (reply, kind) in [
        (text(301, ""), ErrorKind::BadSettings),
        (text(403, "invalid_token"), ErrorKind::NotAllowed),
        (text(404, "no_service"), ErrorKind::MissingObject),
        (text(400, "no_text"), ErrorKind::RequestRefused),
        (text(429, ""), ErrorKind::RateLimited),
        (text(500, ""), ErrorKind::ServerFailed),
        (page, ErrorKind::BadAnswer),
        (Reply::Cut, ErrorKind::Unreachable),
    ] {
        let server = Server::start(vec![reply]).await;
        let error = to_hook(WEBHOOK, &server).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
}

#[test]
fn a_hook_is_on_the_internet_unless_more_is_allowed_and_its_address_is_not_kept() {
    let hook = |address: &str, allow: &str| {
        checked(
            SLACK,
            &settings(&[("allow_private", allow), ("url", "left over")]),
            Some(&Secret::new(address)),
        )
    };
    let kept = hook("https://hooks.example.com/services/T0/B0/s3cret", "no").unwrap();
    assert_eq!(kept, settings(&[("allow_private", "no"), ("host", "hooks.example.com")]));
    for (address, allow, kind) in [
        ("http://example.com/hook", "no", ErrorKind::BadSettings),
        ("https://me:hunter2@example.com/", "no", ErrorKind::BadSettings),
        ("https://127.0.0.1/hook", "no", ErrorKind::AddressBarred),
        ("https://169.254.169.254/latest", "no", ErrorKind::AddressBarred),
        ("http://8.8.8.8/hook", "yes", ErrorKind::AddressBarred),
    ] {
        let error = hook(address, allow).unwrap_err();
        assert_eq!(error.kind(), kind, "{address}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
    hook("http://10.0.0.1/hook", "yes").unwrap();
    assert_eq!(checked(SLACK, &settings(&[]), None).unwrap_err().kind(), ErrorKind::SecretMissing);
    assert_eq!(checked("pigeon", &settings(&[]), None).unwrap_err().kind(), ErrorKind::BadSettings);
}

/// A mail server that says what SMTP asks it to say, and keeps what it heard.
struct Peer {
    port: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// `signed_in` is its answer to a sign-in.
    async fn start(signed_in: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, signed_in, kept.clone()));
            }
        });
        Self { port, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// One conversation. Who only knocks hears the greeting, or nothing.
async fn converse(stream: TcpStream, signed_in: &'static str, heard: Arc<Mutex<Vec<String>>>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let (mut answer, mut in_mail) = ("220 mail.example.com ready", false);
    loop {
        if !answer.is_empty() && writer.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
        let Ok(Some(line)) = lines.next_line().await else { return };
        answer = match (in_mail, line.split(' ').next().unwrap_or_default()) {
            (true, ".") => {
                in_mail = false;
                "250 kept"
            }
            (true, _) => "",
            (false, "EHLO") => "250-mail.example.com\r\n250-8BITMIME\r\n250 AUTH PLAIN",
            (false, "AUTH") => signed_in,
            (false, "DATA") => {
                in_mail = true;
                "354 go on"
            }
            (false, "QUIT") => "221 bye",
            (false, _) => "250 ok",
        };
        heard.lock().unwrap().push(line);
    }
}

/// Through a mail server on this computer.
async fn by_mail(peer: &Peer, more: &[(&str, &str)]) -> Result<()> {
    let base = [
        ("host", "127.0.0.1"),
        ("port", peer.port.as_str()),
        ("security", "none"),
        ("user", "ops"),
        ("from", "Sluice <sluice@example.com>"),
        ("to", "ana@example.com, bo@example.com"),
        ("allow_private", "yes"),
    ];
    send(EMAIL, &[&base, more].concat(), Some(PASSWORD)).await
}

#[tokio::test]
async fn an_e_mail_reaches_all_receivers() {
    let peer = Peer::start("235 welcome").await;
    by_mail(&peer, &[]).await.unwrap();
    let heard = peer.heard();
    let has = |line: &str| heard.iter().any(|one| one == line);
    assert!(has(&format!("AUTH PLAIN {}", STANDARD.encode(format!("\0ops\0{PASSWORD}")))), "{heard:?}");
    assert!(heard.iter().any(|line| line.starts_with("MAIL FROM:<sluice@example.com>")), "{heard:?}");
    for to in ["ana@example.com", "bo@example.com"] {
        assert!(heard.iter().any(|line| line.starts_with(&format!("RCPT TO:<{to}>"))), "{heard:?}");
    }
    assert!(has("Subject: Sluice: lead & <scores> needs you"), "{heard:?}");
    assert!(has("User, password or key was refused. Enter the credentials again."), "{heard:?}");
    assert!(has("."), "the e-mail came to its end");
}

#[tokio::test]
async fn a_refused_sign_in_is_told_as_such_and_sends_nothing() {
    let peer = Peer::start("535 no").await;
    let error = by_mail(&peer, &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SignInFailed);
    assert!(!format!("{error:?}").contains(PASSWORD));
    assert!(!peer.heard().iter().any(|line| line.starts_with("MAIL")));
}

#[tokio::test]
async fn a_server_that_does_not_encrypt_gets_neither_password_nor_e_mail() {
    let peer = Peer::start("235 welcome").await;
    let error = by_mail(&peer, &[("security", "starttls")]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadSettings, "{error:?}");
    assert!(!peer.heard().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
}

#[tokio::test]
async fn a_mail_server_in_this_network_is_refused_unless_it_is_allowed() {
    let peer = Peer::start("235 welcome").await;
    let error = by_mail(&peer, &[("security", "tls"), ("allow_private", "no")]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddressBarred);
    let error = by_mail(&peer, &[("allow_private", "no")]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadSettings, "without encryption it has to be in this network");
    assert!(peer.heard().is_empty());
}

#[test]
fn e_mail_settings_are_checked_before_they_are_kept() {
    let base = [
        ("host", " smtp.example.com "),
        ("port", "465"),
        ("security", "tls"),
        ("from", "sluice@example.com"),
        ("to", "ana@example.com"),
    ];
    let with = |more: &[(&str, &str)], secret: Option<&str>| {
        let secret = secret.map(Secret::new);
        checked(EMAIL, &settings(&[&base, more].concat()), secret.as_ref())
    };
    assert_eq!(with(&[("password", "never kept")], None).unwrap()["host"], "smtp.example.com");
    assert!(!with(&[("password", "never kept")], None).unwrap().contains_key("password"));
    for more in [
        ("host", ""),
        ("port", "many"),
        ("security", "maybe"),
        ("from", "nobody"),
        ("to", "ana@example.com, bo"),
    ] {
        assert_eq!(with(&[more], None).unwrap_err().kind(), ErrorKind::BadSettings, "{more:?}");
    }
    assert_eq!(with(&[("user", "ops")], None).unwrap_err().kind(), ErrorKind::SecretMissing);
    with(&[("user", "ops")], Some(PASSWORD)).unwrap();
}
