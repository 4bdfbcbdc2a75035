//! Connections and syncs to a workspace file.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_saphyr::{FlowMap, FlowSeq, SpaceAfter};
use sluice_engine::connection::Connection;
use sluice_engine::manifest::{Accepts, Manifest};
use sluice_engine::mapping::literal;
use sluice_engine::schedule::Schedule;
use sluice_engine::sync::{EventName, Field, FieldValue, Mode, NullRule, Query, Removal, Shape, Sync};
use sluice_engine::{Error, ErrorKind, Result};

use super::brakes::BrakesBody;
use super::fields::{HASHES, NULL_RULES};
use super::schedule::{DAYS, UNITS};
use super::sync::{MODES, REMOVALS, word_of};
use super::{Workspace, plain_record};

/// The workspace file of `workspace`. `kinds` are the kinds of connection there are.
///
/// What is as it would be anyway is left out, but for two lines a reader should see: that every column is
/// sent, and the time zone of a schedule.
pub fn write(workspace: &Workspace, kinds: &[&'static Manifest]) -> Result<String> {
    let options = serde_saphyr::ser_options! { folded_wrap_chars: 1_000_000, compact_list_indent: false };
    serde_saphyr::to_string_with_options(&File::of(workspace, kinds), options)
        .map(|text| format!("{}\n", text.trim_end()))
        .map_err(|error| {
            Error::new(ErrorKind::Bug, "The workspace file could not be written.").with_source(error)
        })
}

/// The same as JSON, which is YAML too.
pub fn write_json(workspace: &Workspace, kinds: &[&'static Manifest]) -> Result<serde_json::Value> {
    serde_json::to_value(File::of(workspace, kinds)).map_err(|error| {
        Error::new(ErrorKind::Bug, "The workspace file could not be written.").with_source(error)
    })
}

#[derive(Serialize)]
struct File<'a> {
    version: u8,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    connections: BTreeMap<&'a str, SpaceAfter<ConnectionBody<'a>>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    syncs: BTreeMap<&'a str, SpaceAfter<SyncBody<'a>>>,
}

#[derive(Serialize)]
struct ConnectionBody<'a> {
    kind: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    settings: BTreeMap<&'a str, &'a str>,
}

impl<'a> File<'a> {
    fn of(workspace: &'a Workspace, kinds: &[&'static Manifest]) -> Self {
        let connections = workspace.connections.iter();
        let syncs = workspace.syncs.iter();
        Self {
            version: 1,
            connections: connections.map(|c| (c.name.as_str(), SpaceAfter(c.into()))).collect(),
            syncs: syncs
                .map(|sync| (sync.name.as_str(), SpaceAfter(SyncBody::of(sync, workspace, kinds))))
                .collect(),
        }
    }
}

impl<'a> From<&'a Connection> for ConnectionBody<'a> {
    fn from(connection: &'a Connection) -> Self {
        let settings = connection.settings.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        Self { kind: &connection.kind, settings: settings.collect() }
    }
}

#[derive(Serialize)]
struct SyncBody<'a> {
    from: &'a str,
    #[serde(flatten)]
    query: QueryBody<'a>,
    key: FlowSeq<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    #[serde(flatten)]
    shape: ShapeBody<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifiers: Option<FlowMap<BTreeMap<&'static str, &'a str>>>,
    fields: FieldsBody<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<FlowMap<ScheduleBody<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brakes: Option<FlowMap<BrakesBody>>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum QueryBody<'a> {
    Table(String),
    Sql(&'a str),
}

#[derive(Serialize, Default)]
struct ShapeBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_name_column: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<&'a str>,
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    match_field: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum FieldsBody<'a> {
    All(&'static str),
    These(Vec<FlowMap<FieldBody<'a>>>),
}

#[derive(Serialize, Default)]
struct FieldBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constant: Option<&'a serde_json::Value>,
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    null: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    mask: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    only_if_empty: bool,
}

#[derive(Serialize, Default)]
struct ScheduleBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cron: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<&'a str>,
}

impl<'a> SyncBody<'a> {
    fn of(sync: &'a Sync, workspace: &Workspace, kinds: &[&'static Manifest]) -> Self {
        let to = workspace.connections.iter().find(|connection| Some(&connection.name) == sync.to.as_ref());
        let kind = to.and_then(|to| kinds.iter().find(|kind| kind.id == to.kind));
        let asks_for_object =
            kind.and_then(|kind| kind.destination).is_some_and(|takes| takes.accepts == Accepts::Records);
        let is_plain =
            !asks_for_object && sync.shape == plain_record(&sync.query, &sync.key, sync.fields.as_deref());
        let identifiers: BTreeMap<_, _> = sync
            .identifiers
            .iter()
            .map(|(identifier, column)| (identifier.name(), column.as_str()))
            .collect();
        Self {
            from: &sync.from,
            query: match &sync.query {
                Query::Table(table) => QueryBody::Table(table.to_string()),
                Query::Sql(sql) => QueryBody::Sql(sql),
            },
            key: FlowSeq(&sync.key),
            to: sync.to.as_deref(),
            shape: if is_plain { ShapeBody::default() } else { ShapeBody::of(&sync.shape) },
            mode: (sync.mode != Mode::Upsert).then(|| word_of(MODES, sync.mode)),
            removed: (sync.mode == Mode::Mirror && sync.removed != Removal::Nothing)
                .then(|| word_of(REMOVALS, sync.removed)),
            cursor: sync.cursor(),
            identifiers: (!identifiers.is_empty()).then_some(FlowMap(identifiers)),
            fields: match &sync.fields {
                None => FieldsBody::All("all"),
                Some(fields) => FieldsBody::These(fields.iter().map(|field| FlowMap(field.into())).collect()),
            },
            schedule: ScheduleBody::of(&sync.schedule).map(FlowMap),
            brakes: BrakesBody::of(&sync.brakes).map(FlowMap),
        }
    }
}

impl<'a> ShapeBody<'a> {
    fn of(shape: &'a Shape) -> Self {
        match shape {
            Shape::Identify => Self { event: Some("identify"), ..Self::default() },
            Shape::Track(EventName::Fixed(name)) => {
                Self { event: Some("track"), event_name: Some(name), ..Self::default() }
            }
            Shape::Track(EventName::Column(column)) => {
                Self { event: Some("track"), event_name_column: Some(column), ..Self::default() }
            }
            Shape::Record { object, match_field } => {
                Self { object: Some(object), match_field: Some(match_field), ..Self::default() }
            }
        }
    }
}

impl<'a> From<&'a Field> for FieldBody<'a> {
    fn from(field: &'a Field) -> Self {
        let key = Some(field.key.as_str());
        let made = Self {
            key,
            null: (field.null != NullRule::default()).then(|| word_of(NULL_RULES, field.null)),
            hash: field.hash.map(|hash| word_of(HASHES, hash)),
            mask: field.mask,
            only_if_empty: field.only_if_empty,
            ..Self::default()
        };
        match &field.value {
            FieldValue::Column(column) => {
                Self { column: Some(column), key: key.filter(|key| *key != literal(column)), ..made }
            }
            FieldValue::Template(template) => Self { template: Some(template), ..made },
            FieldValue::Constant(constant) => {
                Self { constant: Some(constant), null: None, hash: None, mask: false, ..made }
            }
        }
    }
}

impl<'a> ScheduleBody<'a> {
    fn of(schedule: &'a Schedule) -> Option<Self> {
        Some(match schedule {
            Schedule::Manual => return None,
            Schedule::Every { minutes } => {
                let (unit, length) =
                    UNITS.into_iter().find(|(_, length)| minutes % length == 0).unwrap_or(('m', 1));
                Self { every: Some(format!("{}{unit}", minutes / length)), ..Self::default() }
            }
            Schedule::At { times, days, time_zone } => Self {
                at: Some(times.iter().map(|time| format!("{:02}:{:02}", time / 60, time % 60)).collect()),
                days: (days.len() < DAYS.len())
                    .then(|| days.iter().map(|day| word_of(&DAYS, *day)).collect()),
                time_zone: Some(time_zone),
                ..Self::default()
            },
            Schedule::Cron { expression, time_zone } => {
                Self { cron: Some(expression), time_zone: Some(time_zone), ..Self::default() }
            }
        })
    }
}
