//! JSON lines as a table: nested values under dotted names, RFC 4180.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use csv::{Terminator, WriterBuilder};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Writes the JSON lines of `from` as a CSV file `to`, durably. The header has every name that occurs, in the
/// order of first sight; a record without one has an empty cell there.
pub(super) fn write_csv(from: &Path, to: &Path) -> io::Result<()> {
    let mut header: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for_each_line(from, |cells| {
        for (name, _) in cells {
            if seen.insert(name.clone()) {
                header.push(name);
            }
        }
        Ok(())
    })?;
    let mut table =
        WriterBuilder::new().terminator(Terminator::CRLF).from_writer(BufWriter::new(File::create(to)?));
    table.write_record(&header)?;
    for_each_line(from, |cells| {
        let cells: HashMap<_, _> = cells.into_iter().collect();
        table.write_record(header.iter().map(|name| cells.get(name).map_or("", String::as_str)))?;
        Ok(())
    })?;
    let mut buffer = table.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    buffer.flush()?;
    buffer.get_ref().sync_all()
}

fn for_each_line(
    path: &Path,
    mut take: impl FnMut(Vec<(String, String)>) -> io::Result<()>,
) -> io::Result<()> {
    for line in BufReader::new(File::open(path)?).lines() {
        let mut cells = Vec::new();
        flatten("", &line?, &mut cells)?;
        take(cells)?;
    }
    Ok(())
}

/// The cells of one JSON object. Numbers keep their digits; lists stay JSON; null is an empty cell.
fn flatten(prefix: &str, object: &str, cells: &mut Vec<(String, String)>) -> io::Result<()> {
    let Members(members) = serde_json::from_str(object)?;
    for (name, raw) in members {
        let name = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        let json = raw.get();
        match json.as_bytes().first() {
            Some(b'{') => flatten(&name, json, cells)?,
            Some(b'"') => cells.push((name, serde_json::from_str(json)?)),
            Some(b'n') => cells.push((name, String::new())),
            Some(_) | None => cells.push((name, json.to_owned())),
        }
    }
    Ok(())
}

/// The members of an object in their order and exact bytes.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
