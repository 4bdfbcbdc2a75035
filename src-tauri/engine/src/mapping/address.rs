//! Who a removal is about.

use super::fields;
use super::tree::Tree;
use crate::error::{Error, ErrorKind, Result};
use crate::sync::{Shape, Sync};
use crate::value::{Column, write_string};

/// What a later removal of a delivered record has to say to the destination: for a record the match field, for
/// an event who it is about. It is kept with the fingerprint, since the payload may be forgotten by then.
pub fn address(shape: &Shape, payload: &[u8]) -> String {
    let mut address = Vec::with_capacity(96);
    let mut keep = |name: &[u8], value: &[u8]| {
        address.push(if address.is_empty() { b'{' } else { b',' });
        address.extend_from_slice(name);
        address.push(b':');
        address.extend_from_slice(value);
    };
    let mut members = Members(payload);
    match shape {
        Shape::Identify | Shape::Track(_) => {
            while let Some(name) = members.name() {
                // What follows these is the row's own values, and long.
                if matches!(name, b"\"context\"" | b"\"properties\"" | b"\"traits\"") {
                    break;
                }
                let Some(value) = members.value() else { break };
                if matches!(name, b"\"type\"" | b"\"userId\"" | b"\"anonymousId\"") {
                    keep(name, value);
                }
            }
        }
        Shape::Record { match_field, .. } => {
            let mut wanted = Vec::new();
            write_string(&mut wanted, match_field);
            while let Some(name) = members.name() {
                let Some(value) = members.value() else { break };
                if name == wanted {
                    keep(name, value);
                    break;
                }
            }
        }
    }
    address.extend_from_slice(if address.is_empty() { b"{}" } else { b"}" });
    String::from_utf8(address).unwrap_or_default()
}

/// A record's payload without the members of these names; `None` where it has none of them.
pub fn without(payload: &[u8], names: &[&str]) -> Option<String> {
    let written = |name: &&str| {
        let mut out = Vec::new();
        write_string(&mut out, name);
        out
    };
    let names: Vec<Vec<u8>> = names.iter().map(written).collect();
    let mut out = Vec::with_capacity(payload.len());
    let mut left_out = false;
    let mut members = Members(payload);
    while let Some(name) = members.name() {
        let value = members.value()?;
        if names.iter().any(|unwanted| unwanted == name) {
            left_out = true;
            continue;
        }
        out.push(if out.is_empty() { b'{' } else { b',' });
        out.extend_from_slice(name);
        out.push(b':');
        out.extend_from_slice(value);
    }
    out.extend_from_slice(if out.is_empty() { b"{}" } else { b"}" });
    if left_out { String::from_utf8(out).ok() } else { None }
}

/// Whether a record's payload has a value by which it is found again.
pub(super) fn has_match(match_field: &str, payload: &[u8]) -> bool {
    let mut wanted = Vec::new();
    write_string(&mut wanted, match_field);
    let mut members = Members(payload);
    while let Some(name) = members.name() {
        let Some(value) = members.value() else { break };
        if name == wanted {
            return value != b"null";
        }
    }
    false
}

/// What is left of a payload's members, as they are written: names in quotes, and no space between, as a
/// [`Mapping`](super::Mapping) writes. One after the other is asked for its name and then for its value.
struct Members<'a>(&'a [u8]);

impl<'a> Members<'a> {
    fn name(&mut self) -> Option<&'a [u8]> {
        let (b'{' | b',', rest) = self.0.split_first()? else { return None };
        let (name, rest) = rest.split_at_checked(string_end(rest, 0)?)?;
        let (b':', rest) = rest.split_first()? else { return None };
        self.0 = rest;
        Some(name)
    }

    fn value(&mut self) -> Option<&'a [u8]> {
        let (value, rest) = self.0.split_at_checked(value_end(self.0)?)?;
        self.0 = rest;
        Some(value)
    }
}

/// Where the member's value ends that begins here.
fn value_end(json: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match json.get(at)? {
            b'"' => {
                at = string_end(json, at)?;
                continue;
            }
            b',' | b'}' if depth == 0 => return Some(at),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        at += 1;
    }
}

/// Where the string ends that begins at `start`.
fn string_end(json: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match json.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The payload that empties the mapped fields of a removed record: its address, and every other field null.
pub fn clearing_payload(sync: &Sync, columns: &[Column], address: &str) -> Result<Vec<u8>> {
    let damaged =
        |error| Error::new(ErrorKind::Damaged, "A stored record can not be read.").with_source(error);
    let mut object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(address).map_err(damaged)?;
    // What was filled only where it was empty may be another's value.
    let mine: Vec<_> = fields(sync, columns).into_iter().filter(|field| !field.only_if_empty).collect();
    let (tree, _) = Tree::build(&mine, columns);
    let nulls = tree.top_keys().map(|key| (key.to_owned(), serde_json::Value::Null));
    match &sync.shape {
        Shape::Identify => {
            object.insert("traits".into(), nulls.collect::<serde_json::Map<_, _>>().into());
        }
        Shape::Track(_) | Shape::Record { .. } => {
            for (key, null) in nulls {
                object.entry(key).or_insert(null);
            }
        }
    }
    Ok(serde_json::Value::Object(object).to_string().into_bytes())
}
