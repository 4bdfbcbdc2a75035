//! Who a removal is about.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::fields;
use super::tree::Tree;
use crate::error::{Error, ErrorKind, Result};
use crate::sync::{Shape, Sync};
use crate::value::{Column, write_string};

/// What a later removal of a delivered record has to say to the destination: for a record the match field, for
/// an event who it is about. It is kept with the fingerprint, since the payload may be forgotten by then.
pub fn address(shape: &Shape, payload: &[u8]) -> String {
    let keep: &[&str] = match shape {
        Shape::Identify | Shape::Track(_) => &["type", "userId", "anonymousId"],
        Shape::Record { match_field, .. } => &[match_field.as_str()],
    };
    // A payload is one object; of anything else there is nothing to say.
    serde_json::Deserializer::from_slice(payload).deserialize_map(Only(keep)).unwrap_or_default()
}

/// Copies these members of an object as they stand.
struct Only<'a>(&'a [&'a str]);

impl<'de> Visitor<'de> for Only<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<String, A::Error> {
        let mut object = b"{".to_vec();
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            if !self.0.contains(&&*name) {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            if object.len() > 1 {
                object.push(b',');
            }
            write_string(&mut object, &name);
            object.push(b':');
            object.extend_from_slice(members.next_value::<&RawValue>()?.get().as_bytes());
        }
        object.push(b'}');
        String::from_utf8(object).map_err(serde::de::Error::custom)
    }
}

/// The payload that empties the mapped fields of a removed record: its address, and every other field null.
pub fn clearing_payload(sync: &Sync, columns: &[Column], address: &str) -> Result<Vec<u8>> {
    let damaged =
        |error| Error::new(ErrorKind::Damaged, "A stored record can not be read.").with_source(error);
    let mut object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(address).map_err(damaged)?;
    let (tree, _) = Tree::build(&fields(sync, columns), columns);
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
