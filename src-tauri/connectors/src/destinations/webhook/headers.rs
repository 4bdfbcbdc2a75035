//! Headers the user adds, with what is filled into them.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::header::HeaderName;
use sluice_engine::connection::sounds_secret;
use sluice_engine::destination::Batch;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::sync::Shape;

use super::sign_in::header_name;

/// What is filled in goes as visible ASCII; `%` too is written as `%25`, so that it can be read back.
const UNSAFE: &AsciiSet = &CONTROLS.add(b'%');

/// Headers that are Sluice's own to send.
const RESERVED: [&str; 10] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "te",
    "transfer-encoding",
    "upgrade",
    "trailer",
    "expect",
];

/// A header the user adds.
pub(super) struct Header {
    pub(super) name: HeaderName,
    parts: Vec<Part>,
}

enum Part {
    Text(String),
    Sync,
    Run,
    Object,
    Count,
    Id,
}

/// Reads the setting: `Name: value`, one a line.
pub(super) fn parse(setting: &str) -> Result<Vec<Header>> {
    let lines = setting.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(header).collect()
}

fn header(line: &str) -> Result<Header> {
    let bad = |message: String| Error::new(ErrorKind::BadSettings, message);
    let Some((name, value)) = line.split_once(':') else {
        return Err(bad("A line of the headers has no colon.".to_owned())
            .with_hint("Write one header a line, such as X-Sync: {{sync}}."));
    };
    let name = header_name(name)?;
    not_reserved(&name)?;
    if sounds_secret(name.as_str()) {
        return Err(bad(format!(
            "The header “{name}” sounds like a secret, and headers are kept in plain text."
        ))
        .with_hint("Choose “A header of its own” as sign-in: its token is kept in the keychain."));
    }
    let parts = parts(value.trim()).map_err(|unknown| {
        bad(format!("There is nothing to fill in for “{{{{{unknown}}}}}” in the header “{name}”."))
            .with_hint("Known are {{sync}}, {{run}}, {{object}}, {{count}} and {{id}}.")
    })?;
    if parts.iter().any(|part| matches!(part, Part::Text(text) if !text.bytes().all(is_plain))) {
        return Err(bad(format!("The header “{name}” may only hold plain letters and signs.")));
    }
    Ok(Header { name, parts })
}

/// Visible ASCII, a space or a tab.
fn is_plain(byte: u8) -> bool {
    byte == b'\t' || (b' '..0x7f).contains(&byte)
}

/// Refuses a header that is Sluice's own to send.
pub(super) fn not_reserved(name: &HeaderName) -> Result<()> {
    if RESERVED.contains(&name.as_str()) || name.as_str().starts_with("webhook-") {
        return Err(Error::new(ErrorKind::BadSettings, format!("The header “{name}” is set by Sluice.")));
    }
    Ok(())
}

/// The parts of a value, or the name that is not known.
fn parts(value: &str) -> std::result::Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = value;
    while let Some((text, (name, after))) =
        rest.split_once("{{").and_then(|(text, after)| Some((text, after.split_once("}}")?)))
    {
        parts.push(Part::Text(text.to_owned()));
        parts.push(match name.trim() {
            "sync" => Part::Sync,
            "run" => Part::Run,
            "object" => Part::Object,
            "count" => Part::Count,
            "id" => Part::Id,
            unknown => return Err(unknown.to_owned()),
        });
        rest = after;
    }
    parts.push(Part::Text(rest.to_owned()));
    Ok(parts)
}

impl Header {
    /// Its value for this batch.
    pub(super) fn value(&self, batch: &Batch<'_>, id: &str) -> String {
        let safe = |text: &str| utf8_percent_encode(text, UNSAFE).to_string();
        let filled = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Sync => safe(batch.sync),
            Part::Run => batch.run.to_string(),
            Part::Object => safe(object(batch.shape)),
            Part::Count => batch.records.len().to_string(),
            Part::Id => id.to_owned(),
        };
        self.parts.iter().map(filled).collect()
    }
}

fn object(shape: &Shape) -> &str {
    match shape {
        Shape::Identify => "identify",
        Shape::Track(_) => "track",
        Shape::Record { object, .. } => object,
    }
}
