//! Why events are in their state: asked for by name, and in groups.

use sluice_engine::engine::Engine;
use sluice_engine::store::causes::{self, Group};
use sluice_engine::store::{events, runs};
use sluice_engine::{Error, ErrorKind, Result};

use super::filter;
use super::line::Lines;
use crate::convert::time;
use crate::masked::AboutRow;
use crate::wire::{EventCause, EventCauses, EventsRequest};

/// Groups told at once: for its words, the newest event of each is looked into.
const TOLD: usize = 50;

/// The causes a request asks for; `None` where it asks for none.
pub(super) fn wanted(engine: &Engine, input: &EventsRequest) -> Result<Option<Vec<i64>>> {
    let names = input.errors.iter().flatten();
    let kinds = names.map(|name| named(name)).collect::<Result<Vec<ErrorKind>>>()?;
    if kinds.is_empty() {
        return Ok(input.cause.map(|cause| vec![cause]));
    }
    let mut found = engine.store().read(|sqlite| causes::of_kinds(sqlite, &kinds))?;
    if let Some(cause) = input.cause {
        found.retain(|known| *known == cause);
    }
    Ok(Some(found))
}

/// The kind of error with this name or code.
fn named(name: &str) -> Result<ErrorKind> {
    let mut kinds = ErrorKind::ALL.iter().copied();
    kinds.find(|kind| kind.name() == name || kind.code() == name).ok_or_else(|| {
        Error::new(ErrorKind::UnknownName, format!("There is no error “{name}”."))
            .with_hint("Use a name or a code of docs/errors.md.")
    })
}

pub(super) fn groups(engine: &Engine, input: &EventsRequest) -> Result<EventCauses> {
    let filter = filter(engine, input)?;
    let groups = engine.store().read(|sqlite| causes::groups(sqlite, &filter))?;
    let mut lines = Lines::new(engine);
    let told = groups.iter().take(TOLD).map(|group| told(engine, &mut lines, group));
    let causes = told.collect::<Result<Vec<EventCause>>>()?;
    Ok(EventCauses { causes, left_out: groups.len().saturating_sub(TOLD) as u64 })
}

/// A group in the words of its newest event, with what is personal in them masked.
fn told(engine: &Engine, lines: &mut Lines<'_>, group: &Group) -> Result<EventCause> {
    let newest = engine.store().read(|sqlite| events::get(sqlite, group.newest))?;
    let masks = lines.masks(newest.sync)?;
    let sent = newest.sent();
    let about = AboutRow::of(Some(&*masks), newest.key.as_deref(), &sent);
    let problem = newest.problem.as_deref().map(runs::Problem::from_json).transpose()?;
    let mut syncs = Vec::with_capacity(group.syncs.len());
    for sync in &group.syncs {
        syncs.push(lines.sync(*sync)?.sync.name.clone());
    }
    let kind = ErrorKind::from_name(&group.kind).unwrap_or(ErrorKind::Bug);
    Ok(EventCause {
        cause: group.cause,
        code: kind.code().to_owned(),
        kind: kind.name().to_owned(),
        message: problem.map(|problem| about.words(&problem.message)).unwrap_or_default(),
        mixed: group.mixed,
        count: group.count,
        refused: group.refused,
        first_at: time(group.first),
        last_at: time(group.last),
        syncs,
    })
}
