//! JSON as text: walked and printed without touching a single digit of its values.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A JSON document whose scalars are still the text they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// An object, in its order.
    Object(Vec<(String, Json)>),
    /// A list.
    List(Vec<Json>),
    /// A string, number, boolean or null, as written.
    Scalar(String),
}

struct Entries(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl Json {
    /// Reads a document; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.as_bytes().first()? {
            b'{' => {
                let Entries(entries) = serde_json::from_str(text).ok()?;
                let parsed = entries.into_iter().map(|(key, value)| Some((key, Self::parse(value.get())?)));
                Some(Self::Object(parsed.collect::<Option<_>>()?))
            }
            b'[' => {
                let items: Vec<Box<RawValue>> = serde_json::from_str(text).ok()?;
                Some(Self::List(items.iter().map(|item| Self::parse(item.get())).collect::<Option<_>>()?))
            }
            _ => {
                let scalar: &RawValue = serde_json::from_str(text).ok()?;
                Some(Self::Scalar(scalar.get().to_owned()))
            }
        }
    }

    /// What can be read of an object or a list whose end was cut off: the values that are whole. `None` where it is no
    /// such document.
    pub fn beginning(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.starts_with(['{', '[']) {
            return None;
        }
        let (mut closing, mut whole, mut in_string, mut escaped) = (Vec::new(), 0, false, false);
        for (at, c) in text.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if in_string => escaped = true,
                '"' => in_string = !in_string,
                _ if in_string => {}
                '{' | '[' => {
                    closing.push(if c == '{' { '}' } else { ']' });
                    whole = at + 1;
                }
                '}' | ']' => {
                    closing.pop()?;
                    whole = at + 1;
                }
                ',' => whole = at,
                _ => {}
            }
        }
        let end: String = closing.into_iter().rev().collect();
        Self::parse(&format!("{}{end}", text.get(..whole)?))
    }

    /// The value at a key of an object.
    pub fn get(&self, wanted: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.iter().find(|(key, _)| key == wanted).map(|(_, value)| value),
            Self::List(_) | Self::Scalar(_) => None,
        }
    }

    /// A scalar as people read it: a string's content, anything else as it stands; null is `None`.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Scalar(scalar) if scalar == "null" => None,
            Self::Scalar(scalar) => Some(serde_json::from_str(scalar).unwrap_or_else(|_| scalar.clone())),
            Self::Object(_) | Self::List(_) => Some(self.compact()),
        }
    }

    /// On one line, without spaces.
    pub fn compact(&self) -> String {
        let mut out = String::new();
        self.write_compact(&mut out);
        out
    }

    fn write_compact(&self, out: &mut String) {
        match self {
            Self::Scalar(scalar) => out.push_str(scalar),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    item.write_compact(out);
                }
                out.push(']');
            }
            Self::Object(entries) => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    out.push_str(&quoted(key));
                    out.push(':');
                    value.write_compact(out);
                }
                out.push('}');
            }
        }
    }

    /// With line breaks and two spaces of indent: each line, with the path of the value that stands on it.
    pub fn lines(&self) -> Vec<(String, String)> {
        let mut lines = Vec::new();
        self.write_lines("", "", 0, "", &mut lines);
        lines
    }

    fn write_lines(
        &self,
        lead: &str,
        path: &str,
        depth: usize,
        tail: &str,
        lines: &mut Vec<(String, String)>,
    ) {
        let indent = "  ".repeat(depth);
        let (open, close, children): (_, _, Vec<(String, String, &Self)>) = match self {
            Self::Object(entries) if !entries.is_empty() => {
                let child = |(key, value)| (format!("{}: ", quoted(key)), join(path, key), value);
                ('{', '}', entries.iter().map(|(key, value)| child((key, value))).collect())
            }
            Self::List(items) if !items.is_empty() => {
                let child = |(index, value)| (String::new(), format!("{path}[{index}]"), value);
                ('[', ']', items.iter().enumerate().map(child).collect())
            }
            Self::Object(_) | Self::List(_) | Self::Scalar(_) => {
                lines.push((format!("{indent}{lead}{}{tail}", self.compact()), path.to_owned()));
                return;
            }
        };
        lines.push((format!("{indent}{lead}{open}"), path.to_owned()));
        let last = children.len() - 1;
        for (index, (lead, path, value)) in children.into_iter().enumerate() {
            value.write_lines(&lead, &path, depth + 1, if index == last { "" } else { "," }, lines);
        }
        lines.push((format!("{indent}{close}{tail}"), path.to_owned()));
    }

    /// Every scalar with its path, in order; empty objects and lists count as scalars.
    pub fn leaves(&self) -> Vec<(String, String)> {
        let mut leaves = Vec::new();
        self.add_leaves("", &mut leaves);
        leaves
    }

    fn add_leaves(&self, path: &str, leaves: &mut Vec<(String, String)>) {
        match self {
            Self::Object(entries) if !entries.is_empty() => {
                for (key, value) in entries {
                    value.add_leaves(&join(path, key), leaves);
                }
            }
            Self::List(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    item.add_leaves(&format!("{path}[{index}]"), leaves);
                }
            }
            Self::Object(_) | Self::List(_) | Self::Scalar(_) => {
                leaves.push((path.to_owned(), self.compact()));
            }
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn quoted(text: &str) -> String {
    let mut out = Vec::new();
    crate::value::write_string(&mut out, text);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_order_stay() {
        let text = r#"{"b":0.10,"a":[1,{"x":1e3}],"c":{},"d":"q\u0041\""}"#;
        assert_eq!(Json::parse(text).unwrap().compact(), text);
    }

    #[test]
    fn lines_know_their_paths() {
        let lines = Json::parse(r#"{"a":{"b":[1,2]},"c":null}"#).unwrap().lines();
        let text: Vec<&str> = lines.iter().map(|(line, _)| line.as_str()).collect();
        assert_eq!(
            text,
            ["{", "  \"a\": {", "    \"b\": [", "      1,", "      2", "    ]", "  },", "  \"c\": null", "}"]
        );
        assert_eq!(lines[4].1, "a.b[1]");
    }

    #[test]
    fn of_a_cut_document_the_whole_values_are_read() {
        let read = |text: &str| Json::beginning(text).map(|document| document.compact());
        let text = r#"{"a":[{"b":"x, }\""},{"c":"y"}],"d":1}"#;
        for end in (1..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let beginning = read(text.get(..end).unwrap()).unwrap();
            assert!(text.starts_with(beginning.trim_end_matches(['}', ']'])), "{beginning}");
        }
        assert_eq!(read(r#"{"a":[{"b":"x"},{"c":"y"#).as_deref(), Some(r#"{"a":[{"b":"x"},{}]}"#));
        assert_eq!(read(text).as_deref(), Some(text));
        for text in ["", "\"x", "<html>", "{\"a\":1}\n{\"a\":2}", "[1]]"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "{", "[1,", "nul", "{\"a\":}"] {
            assert_eq!(Json::parse(text), None, "{text:?}");
        }
    }
}
