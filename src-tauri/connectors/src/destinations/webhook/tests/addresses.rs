//! Where records may go.

use sluice_engine::check::{Step, StepResult, Steps};
use sluice_engine::destination::Destination;
use sluice_engine::error::ErrorKind;

use super::{TOKEN, leads, open, receiver, records};
use crate::destinations::fixture::server::{Reply, Server, text};
use crate::destinations::fixture::{answered, send};

#[test]
fn only_https_to_the_internet_is_taken_unless_more_is_allowed() {
    let refused = [
        ("http://example.com/hook", "no", ErrorKind::BadSettings),
        ("ftp://example.com/hook", "yes", ErrorKind::BadSettings),
        ("https://", "yes", ErrorKind::BadSettings),
        ("https://127.0.0.1/hook", "no", ErrorKind::AddressBarred),
        ("https://10.0.0.1/hook", "no", ErrorKind::AddressBarred),
        ("https://169.254.169.254/latest/meta-data", "no", ErrorKind::AddressBarred),
        ("https://[::1]/hook", "no", ErrorKind::AddressBarred),
        ("https://[::ffff:192.168.0.1]/hook", "no", ErrorKind::AddressBarred),
        ("https://2130706433/hook", "no", ErrorKind::AddressBarred),
        ("https://0x7f.1/hook", "no", ErrorKind::AddressBarred),
        ("http://8.8.8.8/hook", "yes", ErrorKind::AddressBarred),
    ];
    for (url, allow, kind) in refused {
        let error = open(&[("url", url), ("allow_private", allow)]).err().unwrap();
        assert_eq!(error.kind(), kind, "{url}");
    }
    for (url, allow) in [
        ("https://example.com/hook", "no"),
        ("https://8.8.8.8/hook", "no"),
        ("https://10.0.0.1/hook", "yes"),
        ("http://10.0.0.1/hook", "yes"),
        ("http://crm.internal/hook", "yes"),
    ] {
        open(&[("url", url), ("allow_private", allow)]).unwrap();
    }
}

#[test]
fn an_address_with_a_password_is_refused_without_repeating_it() {
    let error = open(&[("url", "https://me:hunter2@example.com/")]).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::BadSettings);
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[test]
fn a_pasted_address_fills_the_form_and_keeps_its_password_apart() {
    let pasted = |text: &str| -> Vec<String> {
        let (found, unused) = super::super::client::paste(text).unwrap();
        assert!(unused.is_empty());
        found.into_iter().map(|(key, value)| format!("{key}={value}")).collect()
    };
    assert_eq!(pasted(" https://example.com/hook?a=b\n"), ["url=https://example.com/hook?a=b"]);
    let whole = ["auth=basic", "password=p@ss", "url=https://example.com/hook", "user=ana"];
    assert_eq!(pasted("https://ana:p%40ss@example.com/hook"), whole);
    let (found, unused) = super::super::client::paste("https://token@example.com/hook").unwrap();
    assert_eq!(found.into_values().collect::<Vec<_>>(), ["https://example.com/hook"]);
    assert_eq!(unused.len(), 1, "what was left out is told: {unused:?}");
    for text in ["", "hook", "ftp://example.com", "postgres://ana@db/shop"] {
        assert!(super::super::client::paste(text).is_none(), "{text}");
    }
}

#[tokio::test]
async fn a_name_that_leads_into_this_network_is_refused_when_it_is_looked_up() {
    let server = Server::start(vec![text(200, "")]).await;
    let url = server.url.replace("http://127.0.0.1", "https://localhost");
    let receiver = open(&[("url", &url)]).unwrap();
    let delivery = send(&receiver, &leads(), &records()).await;
    let (way, error) = answered(&delivery);
    let error = error.unwrap();
    assert_eq!((way, error.kind()), ("stop", ErrorKind::AddressBarred));
    assert!(error.message().contains("inside this network"), "{error:?}");
    assert!(server.got().is_empty());
    let listen = |_: &Step| {};
    let mut steps = Steps::new(super::super::manifest::MANIFEST.steps, &listen);
    assert_eq!(receiver.check(&mut steps).await.unwrap_err().kind(), ErrorKind::AddressBarred);
    let failed = steps.finish();
    assert!(matches!(failed[0].result, StepResult::Failed(_)) && failed[0].name == "host");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(vec![text(200, "")]).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: {}/new\r\n", elsewhere.url).leak();
        let server = Server::start(vec![Reply::Say(status, "text/plain", location, "")]).await;
        let receiver = receiver(&server.url, &[("auth", "bearer")]);
        let delivery = send(&receiver, &leads(), &records()).await;
        let (way, error) = answered(&delivery);
        assert_eq!((way, error.unwrap().kind()), ("stop", ErrorKind::BadAnswer));
        assert_eq!(server.got().len(), 1);
    }
    assert!(elsewhere.got().is_empty());
}

#[tokio::test]
async fn the_test_calls_the_host_and_not_the_receiver() {
    let server = Server::start(vec![text(404, "")]).await;
    let receiver = receiver(&format!("{}/hooks/leads?key=1", server.url), &[("auth", "bearer")]);
    let listen = |_: &Step| {};
    let mut steps = Steps::new(super::super::manifest::MANIFEST.steps, &listen);
    receiver.check(&mut steps).await.unwrap();
    assert!(steps.finish().iter().all(|step| matches!(step.result, StepResult::Passed(_))));
    let got = server.got();
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].line(), "HEAD / HTTP/1.1");
    assert!(!got[0].head.contains(TOKEN) && got[0].header("authorization").is_none());
}

#[tokio::test]
async fn a_token_in_the_address_is_not_in_the_log() {
    let server = Server::start(vec![text(200, "")]).await;
    let receiver = receiver(&format!("{}/hook?token=hunter2", server.url), &[]);
    let exchange = send(&receiver, &leads(), &records()).await.exchange;
    assert_eq!(exchange.target, format!("POST {}/hook?…", server.url));
    assert!(server.got()[0].line().contains("?token=hunter2"));
}
