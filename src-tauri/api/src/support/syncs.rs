//! The part about syncs: of what kinds they are, how often what of them happened.

use sluice_engine::Result;
use sluice_engine::engine::Engine;
use sluice_engine::schedule::Schedule;
use sluice_engine::store::connections;
use sluice_engine::store::runs::{RunRow, RunState, Trigger};
use sluice_engine::store::syncs::{self, SavedSync};
use sluice_engine::sync::{Brakes, FieldValue, Mode, Query, Removal, Shape, Sync};

use super::sheet::{Said, Sheet};
use super::{NOTHING, code, kind, number, zone};
use crate::wire::SyncStatus;

/// Runs told of each sync.
const RUNS: usize = 20;

/// What is told of a run.
const HEADS: [&str; 18] = [
    "Run",
    "Began at",
    "Why",
    "Status",
    "Error",
    "Read",
    "Invalid",
    "Added",
    "Changed",
    "Removed",
    "Carried",
    "Sent",
    "Delivered",
    "Rejected",
    "Waiting",
    "Discarded",
    "Requests",
    "Seconds",
];

/// The words of an enum.
macro_rules! words {
    ($($of:ty: $($name:ident = $word:literal),+;)+) => {$(
        impl From<$of> for Said {
            fn from(value: $of) -> Self {
                Self::Word(match value { $(<$of>::$name => $word),+ })
            }
        }
    )+};
}

words! {
    Mode: Upsert = "upsert", Update = "update", Create = "create", Mirror = "mirror", Append = "append", Full = "full";
    Removal: Nothing = "left alone", Clear = "emptied", Delete = "deleted";
    RunState: Reading = "reading", Sending = "sending", Completed = "completed",
        CompletedWithRejections = "completed with rejections", Held = "held", Cancelled = "cancelled", Failed = "failed",
        Waiting = "waiting", Missed = "missed";
    Trigger: Manual = "by hand", Schedule = "schedule", CatchUp = "catch-up", Retry = "retry", Resume = "resume",
        Test = "test", Undo = "undo", Replay = "replay";
    SyncStatus: Healthy = "healthy", Running = "running", WaitingForNetwork = "waiting for the network",
        Waiting = "waiting", Rejected = "rejected", NeedsYou = "needs you", Held = "held", Paused = "paused",
        NoDestination = "no destination", New = "new";
}

pub(super) fn syncs(engine: &Engine, sheet: &mut Sheet) -> Result<()> {
    let saved = engine.store().read(syncs::all)?;
    sheet.fact("Syncs", saved.len());
    for (index, saved) in saved.iter().enumerate() {
        sheet.numbered("Sync", index + 1);
        about(engine, sheet, saved)?;
        definition(sheet, &saved.sync);
        brakes(sheet, saved.sync.brakes);
        sheet.sentence("");
        let runs = engine.runs(Some(saved.id), None, RUNS)?;
        sheet.table(HEADS, runs.iter().map(run).collect());
    }
    Ok(())
}

/// How it is, and between which connections.
fn about(engine: &Engine, sheet: &mut Sheet, saved: &SavedSync) -> Result<()> {
    let told = crate::syncs::on_wire(engine, saved)?;
    let known = engine.store().read(connections::all)?;
    let named = |name: &str| match known.iter().enumerate().find(|(_, one)| one.connection.name == name) {
        Some((index, one)) => Said::All(vec![
            Said::Word("connection"),
            number(index),
            Said::Word("of kind"),
            kind(&one.connection.kind).into(),
        ]),
        None => Said::Word("none"),
    };
    sheet.fact("Status", told.status);
    sheet.fact("Error", Said::or(told.problem.as_ref().map(|problem| code(&problem.kind)), NOTHING));
    sheet.fact("From", named(&saved.sync.from));
    sheet.fact("To", saved.sync.to.as_deref().map_or(Said::Word("none"), named));
    sheet.fact("Waiting records", told.waiting);
    sheet.fact("Rejected records", told.rejected);
    sheet.fact("Usable rows of the last read", Said::or(saved.source_rows, "unknown"));
    sheet.fact("Columns of the last read", Said::or(saved.columns.as_ref().map(Vec::len), "unknown"));
    sheet.fact("Schedule", schedule(&saved.sync.schedule));
    sheet.fact("Paused", saved.paused);
    sheet.fact("Next run", Said::or(saved.next_due.map(Said::At), "none"));
    Ok(())
}

fn schedule(schedule: &Schedule) -> Said {
    match schedule {
        Schedule::Manual => Said::Word("by hand"),
        Schedule::Every { minutes } => {
            Said::All(vec!["every".into(), (*minutes).into(), Said::Word("minutes")])
        }
        Schedule::At { times, days, time_zone } => Said::All(vec![
            times.len().into(),
            Said::Word("times a day on"),
            days.len().into(),
            Said::Word("days a week,"),
            zone(time_zone).into(),
        ]),
        Schedule::Cron { time_zone, .. } => Said::All(vec!["cron,".into(), zone(time_zone).into()]),
    }
}

/// What it reads and sends.
fn definition(sheet: &mut Sheet, sync: &Sync) {
    let query = match sync.query {
        Query::Table(_) => "a table",
        Query::Sql(_) => "a SELECT",
    };
    let shape = match sync.shape {
        Shape::Identify => "identify events",
        Shape::Track(_) => "track events",
        Shape::Record { .. } => "records",
    };
    sheet.fact("Reads", query);
    sheet.fact("Sends", shape);
    sheet.fact("Mode", sync.mode);
    sheet.fact("Removed rows", sync.removed);
    sheet.fact("Reads on from a cursor", sync.cursor().is_some());
    sheet.fact("Columns of the key", sync.key.len());
    sheet.fact("Identifiers", sync.identifiers.len());
    let Some(fields) = &sync.fields else {
        sheet.fact("Fields", "every column");
        return;
    };
    sheet.fact("Fields", fields.len());
    let made = |is: fn(&FieldValue) -> bool| fields.iter().filter(|field| is(&field.value)).count();
    sheet.fact("Fields from a template", made(|value| matches!(value, FieldValue::Template(_))));
    sheet.fact("Fields with a constant", made(|value| matches!(value, FieldValue::Constant(_))));
    sheet.fact("Fields hashed", fields.iter().filter(|field| field.hash.is_some()).count());
    sheet.fact("Fields filled only where empty", sync.only_if_empty().count());
}

fn brakes(sheet: &mut Sheet, brakes: Brakes) {
    let percent = |share: Option<u8>| Said::or(share.map(|share| Said::Percent(u64::from(share))), "off");
    sheet.fact("Brake for no rows", brakes.empty);
    sheet.fact("Brake for fewer rows", percent(brakes.shrunk));
    sheet.fact("Brake for removed records", percent(brakes.removed));
    sheet.fact("Brake for so many removed records", Said::or(brakes.removed_records, "off"));
    sheet.fact("Brake for refused records", percent(brakes.refused));
    sheet.fact("Brake for emptied fields", percent(brakes.emptied));
    sheet.fact("Brake for the first run", brakes.first_run);
}

fn run(run: &RunRow) -> [Said; 18] {
    let counts = &run.counts;
    // What did not run took no time.
    let finished = run.finished.filter(|_| run.state != RunState::Missed);
    let worked = finished.map(|finished| (finished - run.started - run.held_for).max(0));
    [
        Said::Number(run.id.unsigned_abs()),
        Said::At(run.started),
        run.trigger.into(),
        run.state.into(),
        Said::or(run.problem.as_ref().map(|problem| code(&problem.kind)), NOTHING),
        counts.read.into(),
        counts.invalid.into(),
        counts.added.into(),
        counts.changed.into(),
        counts.removed.into(),
        counts.carried.into(),
        counts.sent.into(),
        counts.delivered.into(),
        counts.rejected.into(),
        counts.waiting().into(),
        counts.discarded.into(),
        counts.requests.into(),
        Said::or(worked.map(|worked| Said::Seconds(worked as f64 / 1_000.0)), NOTHING),
    ]
}
