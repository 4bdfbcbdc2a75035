//! The request of one record as a curl command, to try it by hand.

use sluice_engine::Result;
use sluice_engine::destination::{Batch, IN_KEYCHAIN, Request};
use sluice_engine::engine::Engine;
use sluice_engine::record::Record;
use sluice_engine::store::connections;
use sluice_engine::store::events::{EventId, EventRow};
use sluice_engine::store::outbox::{self, Body};
use sluice_engine::store::runs::RunRow;
use sluice_engine::store::syncs::SavedSync;

/// The command with `$SECRET` in place of the secret; `None` where the destination takes no HTTP requests of
/// this form, or the row could not become a record. Does not ask the keychain.
pub(super) fn curl(
    engine: &Engine,
    saved: &SavedSync,
    run: &RunRow,
    row: &EventRow,
) -> Result<Option<String>> {
    let (EventId::Record { .. }, Some(to), Some(key), Some(change), Some(operation)) =
        (row.id, &saved.sync.to, &row.key, row.change, row.operation)
    else {
        return Ok(None);
    };
    let connection = engine.store().read(|sqlite| connections::get(sqlite, to))?.connection;
    let Some(kind) = engine.catalogue().destination(&connection.kind) else { return Ok(None) };
    let mut body = Body::default();
    body.push(key, change, operation, row.number, &row.payload);
    let changed_at = engine.store().read(|sqlite| outbox::changed_at(sqlite, &body, run.id))?[0];
    let record = body.record(0, &saved.uuid, run.generation, changed_at)?;
    let sent = row.sent();
    let batch = Batch {
        shape: &run.shape,
        records: &[Record { payload: sent.as_bytes(), ..record }],
        run: run.id,
        sync: &saved.sync.name,
    };
    Ok(kind.request(&connection.settings, &batch)?.as_ref().map(write))
}

fn write(request: &Request) -> String {
    let mut lines = vec![format!("curl -X {} {}", request.method, quoted(&request.url))];
    if request.secret_is_user {
        lines.push("-u \"$SECRET:\"".to_owned());
    }
    for (name, value) in &request.headers {
        let header = format!("{name}: {value}");
        lines.push(if value.contains(IN_KEYCHAIN) {
            format!("-H \"{}\"", header.replace(IN_KEYCHAIN, "$SECRET"))
        } else {
            format!("-H {}", quoted(&header))
        });
    }
    if !request.body.is_empty() {
        lines.push(format!("--data-raw {}", quoted(&String::from_utf8_lossy(&request.body))));
    }
    lines.join(" \\\n  ")
}

/// One word for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_command_as_it_was_meant() {
        let request = Request {
            method: "POST",
            url: "https://example.com/v1/batch?a=1&b=2".into(),
            secret_is_user: true,
            headers: vec![("Content-Type".into(), "application/json".into())],
            body: br#"{"name":"D'Arcy $HOME `id`"}"#.to_vec(),
        };
        let script = format!("SECRET=s3cret; curl() {{ printf '%s\\n' \"$@\"; }}; {}", write(&request));
        let said = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        let words: Vec<_> = std::str::from_utf8(&said.stdout).unwrap().lines().collect();
        assert_eq!(
            words,
            [
                "-X",
                "POST",
                "https://example.com/v1/batch?a=1&b=2",
                "-u",
                "s3cret:",
                "-H",
                "Content-Type: application/json",
                "--data-raw",
                r#"{"name":"D'Arcy $HOME `id`"}"#
            ]
        );
    }
}
