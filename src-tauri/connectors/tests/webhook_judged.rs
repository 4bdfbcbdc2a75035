//! The webhook's signatures before the reference library of Standard Webhooks, npm `standardwebhooks`.
#![expect(clippy::unwrap_used, reason = "a test that can not go on fails")]

#[path = "../src/destinations/fixture/mod.rs"]
mod fixture;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fixture::server::{Got, Server, text};
use fixture::{Row, Standing, row, said, send, try_open};
use serde_json::json;
use sluice_connectors::destinations::CATALOGUE;
use sluice_engine::sync::Shape;
use sluice_engine::testing::skipped;

const ENCODED: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PLAIN: &str = "any other text, as it is";

/// Reads what was received, and says `good` with the body as the library read it, or why it refused it.
const JUDGE: &str = r"
    const { Webhook } = require('standardwebhooks');
    const { secret, raw, headers, body } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
    try {
        const read = new Webhook(secret, raw ? { format: 'raw' } : undefined).verify(body, headers);
        console.log('good ' + JSON.stringify(read));
    } catch (error) {
        console.log('bad ' + error.message);
    }
";

/// Where the library is installed; says loudly where it is not.
fn library() -> Option<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.ancestors().find(|folder| folder.join("tests/standardwebhooks").is_dir()).unwrap();
    let folder = root.join("tests/standardwebhooks");
    if folder.join("node_modules/standardwebhooks").is_dir() {
        return Some(folder);
    }
    skipped("npm's `standardwebhooks` is not installed (`scripts/install tests` does it)");
    None
}

fn node(folder: &Path, script: &str, input: &str) -> String {
    let mut child = Command::new("node")
        .args(["-e", script])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// What a webhook with this secret sends now, by the clock of the judge.
async fn sent(folder: &Path, secret: &str, rows: &[Row], size: &str) -> Vec<Got> {
    let server = Server::start(vec![text(200, "")]).await;
    let kind = CATALOGUE.iter().find(|kind| kind.manifest().id == "webhook").unwrap();
    let now = node(folder, "console.log(new Date().toISOString())", "");
    let settings = [("url", server.url.as_str()), ("allow_private", "yes"), ("batch_size", size)];
    let secrets = [("signing_secret", secret)];
    let webhook = try_open(*kind, Path::new("/"), Standing::at(&now), &settings, &secrets).unwrap();
    let shape = Shape::Record { object: "leads".to_owned(), match_field: "id".to_owned() };
    for _ in 0..2 {
        assert!(said(&send(&*webhook, &shape, rows).await).iter().all(|said| said == "accepted"));
    }
    server.got()
}

fn judged(folder: &Path, secret: &str, got: &Got, body: &str) -> String {
    let headers: serde_json::Map<_, _> = ["webhook-id", "webhook-timestamp", "webhook-signature"]
        .iter()
        .map(|name| ((*name).to_owned(), json!(got.header(name))))
        .collect();
    let raw = !secret.starts_with("whsec_");
    let input = json!({ "secret": secret, "raw": raw, "headers": headers, "body": body });
    node(folder, JUDGE, &input.to_string())
}

#[tokio::test]
async fn the_reference_library_takes_our_signatures_and_no_other() {
    let Some(folder) = library() else { return };
    let rows = [row(1, r#"{"id":1,"name":"Zoë"}"#), row(2, r#"{"id":2,"n":"9007199254740993"}"#)];
    for secret in [ENCODED, PLAIN] {
        for (rows, size, read) in [
            (&rows[..1], "1", r#"good {"id":1,"name":"Zoë"}"#),
            (&rows[..], "50", r#"good [{"id":1,"name":"Zoë"},{"id":2,"n":"9007199254740993"}]"#),
        ] {
            let got = sent(&folder, secret, rows, size).await;
            let body = String::from_utf8(got[0].body.clone()).unwrap();
            assert_eq!(judged(&folder, secret, &got[0], &body), read);
            // A repeat can be told by its id, and is signed as well.
            assert_eq!(got[0].header("webhook-id"), got[1].header("webhook-id"));
            assert_eq!(got[0].body, got[1].body);
            assert_eq!(judged(&folder, secret, &got[1], &body), read);
            // The judge is awake.
            let changed = body.replace("Zoë", "Zoe");
            assert_eq!(judged(&folder, secret, &got[0], &changed), "bad No matching signature found");
        }
    }
    let got = sent(&folder, ENCODED, &rows, "50").await;
    let body = String::from_utf8(got[0].body.clone()).unwrap();
    assert_eq!(judged(&folder, "whsec_b3RoZXI=", &got[0], &body), "bad No matching signature found");
}
