//! Where only an HTTP proxy leads out, the connection test goes the way every request goes. Proxies stand in the
//! environment, which is a process's own, so each test runs itself once more in another process.

use std::process::{Command, Stdio};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sluice_engine::check::{StepResult, Steps};
use sluice_engine::connection::{Connection, Opening};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// No name service knows it; only the proxy does.
const HOST: &str = "warehouse.invalid";

/// A certificate for [`HOST`] that counts where its own file is the list of trusted ones.
fn certificate(folder: &std::path::Path) -> Arc<rustls::ServerConfig> {
    let (key, cert) = (folder.join("key.pem"), folder.join("cert.pem"));
    let mut made = Command::new("openssl");
    made.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=warehouse"])
        .args(["-addext", &format!("subjectAltName=DNS:{HOST}"), "-addext", "extendedKeyUsage=serverAuth"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&cert)
        .stderr(Stdio::null());
    assert!(made.status().unwrap().success());
    let chain = CertificateDer::pem_file_iter(&cert).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(&key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Arc::new(config.unwrap().with_no_client_auth().with_single_cert(chain, key).unwrap())
}

/// Lets CONNECT through to [`HOST`] alone, and answers there with 403.
async fn serve(mut stream: TcpStream, tls: TlsAcceptor) -> std::io::Result<()> {
    let mut head = BufReader::new(&mut stream);
    let mut line = String::new();
    head.read_line(&mut line).await?;
    let allowed = line.starts_with(&format!("CONNECT {HOST}:443 "));
    while line.trim() != "" {
        line.clear();
        head.read_line(&mut line).await?;
    }
    if !allowed {
        return stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n").await;
    }
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    let mut inside = tls.accept(stream).await?;
    let mut request = [0; 4096];
    let _ = inside.read(&mut request).await?;
    inside.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await?;
    inside.shutdown().await
}

/// Runs the test of this name in another process, behind a proxy.
async fn behind_a_proxy(test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let tls = TlsAcceptor::from(certificate(folder.path()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://user:hunter2@{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let tls = tls.clone();
            tokio::spawn(async move { drop(serve(stream, tls).await) });
        }
    });
    let mut again = tokio::process::Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", test, "--nocapture"]).env("SSL_CERT_FILE", folder.path().join("cert.pem"));
    for name in ["https_proxy", "http_proxy", "all_proxy", "ALL_PROXY", "HTTP_PROXY", "no_proxy", "NO_PROXY"]
    {
        again.env_remove(name);
    }
    let ended = again.env("HTTPS_PROXY", &proxy).env(BEHIND, "1").output().await.unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
}

/// Set in the process behind the proxy.
const BEHIND: &str = "SLUICE_TEST_BEHIND_A_PROXY";

/// The steps of the connection test as far as the sign-in: how each ended, and what was found.
async fn steps(kind: &str, settings: &[(&str, &str)], secret: Option<&str>) -> Vec<(bool, String)> {
    let catalogue = sluice_connectors::warehouses::CATALOGUE;
    let kind = *catalogue.iter().find(|one| one.manifest().id == kind).unwrap();
    let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let connection = Connection { name: "shop".into(), kind: kind.manifest().id.into(), settings };
    let secrets = secret.map(|value| ("password".to_owned(), sluice_engine::secrets::Secret::new(value)));
    let clock = Arc::new(sluice_engine::clock::SystemClock);
    let opening = Opening::new(
        kind.manifest(),
        &connection,
        secrets.into_iter().collect(),
        std::path::Path::new("/nowhere"),
        clock,
    );
    let mut steps = Steps::new(kind.manifest().steps, &|_| {});
    let failed = kind.open(&opening.unwrap()).unwrap().check(&mut steps).await.err();
    assert!(failed.is_some(), "the proxy lets nobody in");
    let steps = steps.finish();
    let shown = steps.iter().take(3).map(|step| match &step.result {
        StepResult::Passed(found) => (true, found.clone().unwrap_or_default()),
        other @ (StepResult::Noted(..) | StepResult::Failed(_) | StepResult::NotReached) => {
            (false, format!("{other:?}"))
        }
    });
    shown.collect()
}

fn assert_all_passed(steps: &[(bool, String)]) {
    assert!(steps.iter().all(|(passed, _)| *passed), "{steps:?}");
    assert!(steps[0].1.starts_with("through the proxy 127.0.0.1:"), "{steps:?}");
    assert!(!format!("{steps:?}").contains("hunter2"));
}

#[tokio::test]
async fn snowflake_is_found_through_a_proxy() {
    if std::env::var(BEHIND).is_err() {
        return behind_a_proxy("proxy::snowflake_is_found_through_a_proxy").await;
    }
    let url = format!("https://{HOST}/");
    let settings = [("account", "myorg-account1"), ("user", "sluice"), ("auth", "password"), ("url", &url)];
    assert_all_passed(&steps("snowflake", &settings, Some("secret")).await);
}

#[tokio::test]
async fn bigquery_is_found_through_a_proxy() {
    if std::env::var(BEHIND).is_err() {
        return behind_a_proxy("proxy::bigquery_is_found_through_a_proxy").await;
    }
    let url = format!("https://{HOST}/");
    assert_all_passed(&steps("bigquery", &[("project", "demo"), ("url", &url)], None).await);
}
