//! YAML as a tree in which every value knows its place in the file.
//!
//! Scalars keep the text as written, because a setting such as `007` is text and only a constant cares
//! about YAML's types. Anchors, aliases, tags and duplicate keys are refused: the file is read by people.

use granit_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Number, Value};
use sluice_engine::{Error, ErrorKind, Result};

/// Nesting beyond this is refused.
const MAX_DEPTH: usize = 64;
/// Decimal digits after which a double no longer tells two numbers apart.
const MAX_FLOAT_DIGITS: usize = 17;

/// A place in the file, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    line: usize,
    column: usize,
}

impl Place {
    /// An error at this place.
    pub(super) fn wrong(self, message: impl std::fmt::Display) -> Error {
        Error::new(ErrorKind::BadFile, format!("Line {}, column {}: {message}", self.line, self.column))
    }

    /// The line, from 1.
    pub(super) fn line(self) -> usize {
        self.line
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self { line: span.start.line(), column: span.start.col() + 1 }
    }
}

/// A value and its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) data: Data,
}

#[derive(Debug)]
pub(super) enum Data {
    Scalar { text: String, plain: bool },
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping and its place.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) place: Place,
    pub(super) text: String,
}

impl Node {
    /// The value is absent: nothing, `~` or `null`.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.data, Data::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// What it is, for an error.
    pub(super) fn describe(&self) -> &'static str {
        match &self.data {
            _ if self.is_null() => "nothing",
            Data::Scalar { .. } => "a single value",
            Data::List(_) => "a list",
            Data::Map(_) => "a set of keys",
        }
    }

    /// The value as JSON, with YAML's core types for what stands without quotes.
    pub(super) fn json(&self) -> Result<Value> {
        Ok(match &self.data {
            Data::Scalar { text, plain: false } => Value::String(text.clone()),
            Data::Scalar { text, plain: true } => self.plain_json(text)?,
            Data::List(nodes) => Value::Array(nodes.iter().map(Self::json).collect::<Result<_>>()?),
            Data::Map(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(key, node)| Ok((key.text.clone(), node.json()?)))
                    .collect::<Result<_>>()?,
            ),
        })
    }

    fn plain_json(&self, text: &str) -> Result<Value> {
        match text {
            _ if self.is_null() => return Ok(Value::Null),
            "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
            "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
            _ => {}
        }
        if !looks_like_a_number(text) {
            return Ok(Value::String(text.to_owned()));
        }
        let unsigned = text.strip_prefix('+').unwrap_or(text);
        let whole =
            unsigned.parse::<i64>().map(Number::from).or_else(|_| unsigned.parse::<u64>().map(Number::from));
        let exact = whole.ok().or_else(|| {
            let digits = text.split(['e', 'E']).next().unwrap_or("").trim_start_matches(['+', '-', '0', '.']);
            let digits = digits.chars().filter(char::is_ascii_digit).count();
            let is_decimal = text.contains(['.', 'e', 'E']) && digits <= MAX_FLOAT_DIGITS;
            is_decimal.then(|| unsigned.parse().ok().and_then(Number::from_f64)).flatten()
        });
        exact.map(Value::Number).ok_or_else(|| {
            self.place
                .wrong(format!("“{text}” has no exact number in JSON."))
                .with_hint("Put it in quotes, so that it is sent as text.")
        })
    }
}

/// YAML 1.2's core schema for decimal numbers, and the infinities and NaN.
fn looks_like_a_number(text: &str) -> bool {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(rest, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (rest, None),
    };
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    !(whole.is_empty() && part.is_empty())
        && all_digits(whole)
        && all_digits(part)
        && exponent.is_none_or(|exponent| !exponent.is_empty() && all_digits(exponent))
}

/// Reads one YAML document.
pub(super) fn read(text: &str) -> Result<Node> {
    let mut reading = Reading { open: Vec::new(), root: None };
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| {
            Place { line: error.marker().line(), column: error.marker().col() + 1 }
                .wrong(format!("this is not YAML: {}.", error.info()))
        })?;
        reading.take(event, Place::from(span))?;
    }
    reading.root.filter(|root| !root.is_null()).ok_or_else(|| {
        Error::new(ErrorKind::BadFile, "The file is empty.").with_hint("Begin it with “version: 1”.")
    })
}

struct Reading {
    open: Vec<Open>,
    root: Option<Node>,
}

/// A list or mapping whose end has not come yet.
enum Open {
    List(Place, Vec<Node>),
    Map(Place, Vec<(Key, Node)>, Option<Key>),
}

impl Reading {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the parser's events are open-ended")]
    fn take(&mut self, event: Event<'_>, place: Place) -> Result<()> {
        if let Some(tag) = event.tag() {
            return Err(place.wrong(format!("tags such as “{}” are not used in this file.", tag.original())));
        }
        match event {
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                self.put(Node { place, data: Data::Scalar { text: text.into_owned(), plain } })
            }
            Event::SequenceStart(..) => self.begin(Open::List(place, Vec::new()), place),
            Event::MappingStart(..) => self.begin(Open::Map(place, Vec::new(), None), place),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(place, nodes)) => self.put(Node { place, data: Data::List(nodes) }),
                Some(Open::Map(place, entries, _)) => self.put(Node { place, data: Data::Map(entries) }),
                None => Ok(()),
            },
            Event::Alias(_) => Err(place.wrong("references (“*name”) are not used in this file.")),
            Event::DocumentStart(..) if self.root.is_some() => {
                Err(place.wrong("a second document begins here; the file has one."))
            }
            // Starts, ends, comments and anchors hold nothing; the parser may learn more of their kind.
            _ => Ok(()),
        }
    }

    fn begin(&mut self, open: Open, place: Place) -> Result<()> {
        if self.open.len() >= MAX_DEPTH {
            return Err(place.wrong(format!("values are nested deeper than {MAX_DEPTH} levels.")));
        }
        self.open.push(open);
        Ok(())
    }

    fn put(&mut self, node: Node) -> Result<()> {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, nodes)) => nodes.push(node),
            Some(Open::Map(_, entries, key @ None)) => *key = Some(key_of(node, entries)?),
            Some(Open::Map(_, entries, key)) => entries.extend(key.take().map(|key| (key, node))),
        }
        Ok(())
    }
}

fn key_of(node: Node, entries: &[(Key, Node)]) -> Result<Key> {
    let place = node.place;
    let Data::Scalar { text, .. } = node.data else {
        return Err(place.wrong("a key has to be a single value."));
    };
    match entries.iter().find(|(key, _)| key.text == text) {
        Some((first, _)) => Err(place
            .wrong(format!("“{text}” is here a second time; the first is on line {}.", first.place.line()))),
        None => Ok(Key { place, text }),
    }
}
