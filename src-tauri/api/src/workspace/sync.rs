//! One sync of the file.

use std::collections::BTreeMap;

use sluice_engine::manifest::{Capabilities, Manifest};
use sluice_engine::schedule::Schedule;
use sluice_engine::sync::{Identifier, Mode, Query, Removal, Shape, Sync, TableName};
use sluice_engine::{Error, Result};

use super::entries::{Entries, texts, unknown};
use super::faults::Faults;
use super::node::{Key, Node};
use super::shape::{masked, only_if_empty, shape};
use super::{Surroundings, brakes, fields, name, plain_record, schedule};

const KEYS: &[&str] = &[
    "from",
    "table",
    "sql",
    "key",
    "to",
    "event",
    "event_name",
    "event_name_column",
    "object",
    "match",
    "mode",
    "removed",
    "cursor",
    "identifiers",
    "fields",
    "schedule",
    "brakes",
];

/// The words of `mode`.
pub(super) const MODES: &[(&str, Mode)] = &[
    ("upsert", Mode::Upsert),
    ("update", Mode::Update),
    ("create", Mode::Create),
    ("mirror", Mode::Mirror),
    ("append", Mode::Append),
    ("full", Mode::Full),
];

/// The words of `removed`.
pub(super) const REMOVALS: &[(&str, Removal)] =
    &[("nothing", Removal::Nothing), ("clear", Removal::Clear), ("delete", Removal::Delete)];

/// Reads the sync under `key`. `named` are the connections of the file, with their kinds.
pub(super) fn parse(
    key: &Key,
    node: &Node,
    named: &[(&str, Option<&str>)],
    around: &Surroundings<'_>,
) -> Result<Sync> {
    let mut faults = Faults::default();
    let name = faults.keep(name(key, "a sync"));
    let entries = Entries::of(node, "a sync", KEYS, &mut faults)?;
    let connections = Connections { named, around };
    let from = faults.keep(connections.warehouse(&entries));
    let to = faults.keep(connections.destination(&entries));
    let warehouse = from.and_then(|name| connections.kind(name)).flatten();
    let query = faults.keep(query(&entries, warehouse));
    let key = faults.keep(row_key(&entries));
    let kind = to.flatten().and_then(|name| connections.kind(name)).flatten();
    let mode = faults.keep(mode(&entries, kind));
    let removed = mode.and_then(|mode| faults.keep(removed(&entries, mode, kind)));
    let cursor = mode.and_then(|mode| faults.keep(cursor(&entries, mode)));
    let brakes = entries.get("brakes").map(brakes::parse).transpose();
    let brakes = faults.keep(brakes).map(Option::unwrap_or_default);
    let fields = faults.keep(entries.get("fields").map(fields::parse).transpose()).map(Option::flatten);
    // Where one of them has a fault, the shape is judged by what is written of it alone.
    let plain = || Some(plain_record(query.as_ref()?, key.as_ref()?, fields.as_ref()?.as_deref()));
    let shape = faults.keep(shape(&entries, plain().unwrap_or(Shape::Identify), kind));
    if let (Some(fields), Some(shape)) = (fields.as_ref().and_then(Option::as_deref), &shape) {
        faults.keep(only_if_empty(&entries, fields, shape, kind));
        faults.keep(masked(&entries, fields, shape));
    }
    let identifiers = faults.keep(identifiers(&entries));
    let schedule = entries.get("schedule").map(|node| schedule::parse(node, around.time_zone));
    let schedule = faults.keep(schedule.unwrap_or(Ok(Schedule::Manual)));
    let sync = || {
        Some(Sync {
            name: name?,
            from: from?.to_owned(),
            to: to?.map(str::to_owned),
            shape: shape?,
            removed: removed?,
            cursor: cursor?,
            brakes: brakes?,
            mode: mode?,
            query: query?,
            key: key?,
            identifiers: identifiers?,
            fields: fields?,
            schedule: schedule?,
        })
    };
    faults.end(sync())
}

/// Connections a sync can use, in the file or saved earlier.
struct Connections<'a> {
    named: &'a [(&'a str, Option<&'a str>)],
    around: &'a Surroundings<'a>,
}

impl Connections<'_> {
    /// `None` where there is no such connection; `Some(None)` where its kind is faulty.
    #[expect(clippy::option_option, reason = "two different absences, told apart by the one caller")]
    fn kind(&self, name: &str) -> Option<Option<&'static Manifest>> {
        let saved = || self.around.saved.iter().find(|c| c.name == name).map(|c| Some(c.kind.as_str()));
        let kind =
            self.named.iter().find(|(named, _)| *named == name).map(|(_, kind)| *kind).or_else(saved)?;
        Some(kind.and_then(|kind| self.around.kind(kind)))
    }

    fn find(&self, entries: &Entries<'_>, key: &str, name: &str) -> Result<Option<&'static Manifest>> {
        self.kind(name).ok_or_else(|| {
            let saved = self.around.saved.iter().map(|connection| connection.name.as_str());
            let known: Vec<_> = self.named.iter().map(|(name, _)| *name).chain(saved).collect();
            let statement =
                format!("“{key}” names the connection “{name}”, which is neither in the file nor saved");
            wrong(entries, key, unknown(&statement, name, &known))
        })
    }

    fn warehouse<'n>(&self, entries: &Entries<'n>) -> Result<&'n str> {
        let name = entries.required_text("from")?;
        match self.find(entries, "from", name)? {
            Some(kind) if kind.destination.is_some() => {
                let message =
                    format!("“from” has to be a warehouse, and “{name}” is {}, a destination.", kind.label);
                Err(wrong(entries, "from", message))
            }
            _ => Ok(name),
        }
    }

    fn destination<'n>(&self, entries: &Entries<'n>) -> Result<Option<&'n str>> {
        if entries.get("to").is_none_or(Node::is_null) {
            return Ok(None);
        }
        let name = entries.required_text("to")?;
        match self.find(entries, "to", name)? {
            Some(kind) if kind.destination.is_none() => {
                let message =
                    format!("“to” has to be a destination, and “{name}” is {}, a warehouse.", kind.label);
                Err(wrong(entries, "to", message))
            }
            _ => Ok(Some(name)),
        }
    }
}

/// Where the warehouse is not known its SQL is not looked at: that it is not known is told anyhow.
fn query(entries: &Entries<'_>, warehouse: Option<&Manifest>) -> Result<Query> {
    match (entries.text("table")?, entries.text("sql")?) {
        (Some(table), None) => {
            let table = table.parse::<TableName>().map_err(|error| {
                wrong(entries, "table", format!("“table”: {}", error.message()))
                    .with_hint(error.hint().to_owned())
            })?;
            Ok(Query::Table(table))
        }
        (None, Some(sql)) => {
            let query = Query::Sql(sql.trim().to_owned());
            if let Some(dialect) = warehouse.and_then(|kind| kind.dialect) {
                query
                    .check(dialect)
                    .map_err(|error| wrong(entries, "sql", format!("“sql”: {}", error.message())))?;
            }
            Ok(query)
        }
        (Some(_), Some(_)) => Err(wrong(entries, "sql", "a sync has “table” or “sql”, not both.")),
        (None, None) => Err(entries.place().wrong("“table” or “sql” is missing in a sync.")),
    }
}

fn row_key(entries: &Entries<'_>) -> Result<Vec<String>> {
    Ok(texts(entries.required("key")?, "key")?.into_iter().map(|(column, _)| column.to_owned()).collect())
}

fn mode(entries: &Entries<'_>, kind: Option<&Manifest>) -> Result<Mode> {
    let mode = entries.word("mode", MODES)?.unwrap_or(Mode::Upsert);
    let Some((kind, can)) = kind.and_then(|kind| kind.destination.map(|can| (kind, can))) else {
        return Ok(mode);
    };
    if can.modes.contains(&mode) {
        return Ok(mode);
    }
    let known = words_of(MODES, can.modes);
    Err(wrong(
        entries,
        "mode",
        format!("{} can not do “mode: {}”. It can: {known}.", kind.label, word_of(MODES, mode)),
    ))
}

fn removed(entries: &Entries<'_>, mode: Mode, kind: Option<&Manifest>) -> Result<Removal> {
    let removed = entries.word("removed", REMOVALS)?.unwrap_or(Removal::Nothing);
    if removed == Removal::Nothing {
        return Ok(removed);
    }
    if mode != Mode::Mirror {
        return Err(wrong(entries, "removed", "“removed” goes with “mode: mirror”."));
    }
    let can = |can: &Capabilities| can.removals.contains(&removed);
    match kind.and_then(|kind| kind.destination.map(|takes| (kind.label, takes))) {
        Some((label, takes)) if !can(&takes) => {
            let known = words_of(REMOVALS, takes.removals);
            let word = word_of(REMOVALS, removed);
            Err(wrong(entries, "removed", format!("{label} can not do “removed: {word}”. It can: {known}.")))
        }
        _ => Ok(removed),
    }
}

fn cursor(entries: &Entries<'_>, mode: Mode) -> Result<Option<String>> {
    match entries.text("cursor")? {
        Some(_) if mode != Mode::Append => {
            Err(wrong(entries, "cursor", "“cursor” goes with “mode: append”."))
        }
        column => Ok(column.map(str::to_owned)),
    }
}

/// The word of `value`.
pub(super) fn word_of<T: PartialEq + Copy>(words: &[(&'static str, T)], value: T) -> &'static str {
    words.iter().find(|(_, known)| *known == value).map_or("", |(word, _)| *word)
}

fn words_of<T: PartialEq>(words: &[(&'static str, T)], values: &[T]) -> String {
    let known: Vec<_> =
        words.iter().filter(|(_, value)| values.contains(value)).map(|(word, _)| *word).collect();
    known.join(", ")
}

fn identifiers(entries: &Entries<'_>) -> Result<BTreeMap<Identifier, String>> {
    let Some(node) = entries.get("identifiers").filter(|node| !node.is_null()) else {
        return Ok(BTreeMap::new());
    };
    let (mut faults, mut found) = (Faults::default(), BTreeMap::new());
    let entries = Entries::of(node, "“identifiers”", &Identifier::ALL.map(Identifier::name), &mut faults)?;
    for identifier in Identifier::ALL {
        let column = faults.keep(entries.text(identifier.name())).flatten();
        found.extend(column.map(|column| (identifier, column.to_owned())));
    }
    faults.end(Some(found))
}

pub(super) fn wrong(entries: &Entries<'_>, key: &str, message: impl std::fmt::Display) -> Error {
    entries.place_of(key).unwrap_or(entries.place()).wrong(message)
}
