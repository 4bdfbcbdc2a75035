//! Syncs: saved, checked, overviewed.

use sluice_engine::clock::millis;
use sluice_engine::connection::Role;
use sluice_engine::engine::Engine;
use sluice_engine::manifest::{Accepts, Capabilities};
use sluice_engine::store::runs::{RunRow, RunState};
use sluice_engine::store::syncs::{self, SavedSync};
use sluice_engine::store::{connections, drafts, outbox, seal};
use sluice_engine::sync::{self, Removal, Shape};
use sluice_engine::{Error, ErrorKind, Result};

use crate::convert::time;
use crate::wire::{DestinationField, DestinationObject, Problem, RunBar, Sync, SyncSave, SyncStatus};
use crate::{Api, CATALOGUE};

/// Runs in the sparkline.
const BARS: usize = 14;

impl Api {
    /// All syncs, by name.
    pub async fn syncs(&self, (): ()) -> Result<Vec<Sync>, Problem> {
        self.blocking(|engine| {
            let saved = engine.store().read(syncs::all)?;
            saved.iter().map(|saved| on_wire(engine, saved)).collect()
        })
        .await
    }

    /// The sync of this name.
    pub async fn sync(&self, name: String) -> Result<Sync, Problem> {
        self.blocking(move |engine| {
            on_wire(engine, &engine.store().read(|sqlite| syncs::get(sqlite, &name))?)
        })
        .await
    }

    /// Creates or updates a sync, and deletes the draft it came from in the same step.
    pub async fn sync_save(&self, input: SyncSave) -> Result<Sync, Problem> {
        let sync = self
            .blocking(move |engine| {
                let sync = sync::Sync::try_from(input.definition)?;
                check(engine, &sync)?;
                save(engine, input.existing, sync.clone(), input.draft)?;
                on_wire(engine, &engine.store().read(|sqlite| syncs::get(sqlite, &sync.name))?)
            })
            .await?;
        self.changed();
        Ok(sync)
    }

    /// Deletes a sync and its history; refused while a run of it is going on.
    pub async fn sync_delete(&self, name: String) -> Result<(), Problem> {
        self.blocking(move |engine| {
            let saved = engine.store().read(|sqlite| syncs::get(sqlite, &name))?;
            if engine.running_of(saved.id).is_some() {
                return Err(Error::new(ErrorKind::AlreadyRunning, "A run of this sync is going on.")
                    .with_hint("Cancel the run, then delete the sync."));
            }
            engine.store().write(move |sqlite| syncs::delete(sqlite, &name)).wait()
        })
        .await?;
        self.changed();
        Ok(())
    }

    /// Pauses a schedule.
    pub async fn sync_pause(&self, name: String) -> Result<Sync, Problem> {
        self.set_paused(name, true).await
    }

    /// Resumes a schedule; slots that passed meanwhile are not caught up.
    pub async fn sync_unpause(&self, name: String) -> Result<Sync, Problem> {
        self.set_paused(name, false).await
    }

    async fn set_paused(&self, name: String, paused: bool) -> Result<Sync, Problem> {
        let sync = self
            .blocking(move |engine| {
                let saved = engine.store().read(|sqlite| syncs::get(sqlite, &name))?;
                let next = saved.sync.schedule.next_after(engine.clock().now()).map(millis);
                let changed = name.clone();
                engine.store().write(move |sqlite| syncs::pause(sqlite, &changed, paused, next)).wait()?;
                on_wire(engine, &engine.store().read(|sqlite| syncs::get(sqlite, &name))?)
            })
            .await?;
        self.changed();
        Ok(sync)
    }

    /// Objects and fields of a destination connection.
    pub async fn objects(&self, connection: String) -> Result<Vec<DestinationObject>, Problem> {
        let destination = self.blocking(move |engine| engine.destination(&connection)).await?;
        let field = |field: sluice_engine::destination::ObjectField| DestinationField {
            name: field.name,
            label: field.label,
            field_type: field.field_type,
            takes: field.takes.into(),
            required: field.required,
            writable: field.writable,
            matchable: field.matchable,
            options: field.options,
            custom: field.custom,
        };
        let object = |object: sluice_engine::destination::Object| DestinationObject {
            name: object.name,
            label: object.label,
            fields: object.fields.into_iter().map(field).collect(),
        };
        Ok(destination.objects().await?.into_iter().map(object).collect())
    }
}

/// Saves a sync that was checked.
pub(crate) fn save(
    engine: &Engine,
    existing: Option<String>,
    sync: sync::Sync,
    draft: Option<String>,
) -> Result<()> {
    let next_due = sync.schedule.next_after(engine.clock().now()).map(millis);
    let job = move |sqlite: &sluice_engine::store::Sqlite| {
        let uuid = sluice_engine::store::new_uuid();
        syncs::save(sqlite, existing.as_deref(), &sync, &uuid, next_due)?;
        draft.iter().try_for_each(|draft| drafts::delete(sqlite, draft))
    };
    engine.store().write(job).wait()
}

/// Refuses a sync that can not work: unknown connections, wrong sides, what the destination can not do.
pub(crate) fn check(engine: &Engine, sync: &sync::Sync) -> Result<()> {
    let bad = |message: String| Err(Error::new(ErrorKind::BadMapping, message));
    if sync.name.is_empty() {
        return bad("The sync has no name.".into());
    }
    if sync.key.is_empty() {
        return bad(format!("The sync “{}” has no key.", sync.name));
    }
    sync.schedule.check()?;
    let shares = [sync.brakes.shrunk, sync.brakes.removed, sync.brakes.refused, sync.brakes.emptied];
    if shares.into_iter().flatten().any(|share| share > 100) {
        return bad("A brake's share is between 0 and 100 percent.".into());
    }
    let side = |name: &str, wanted: Role| -> Result<&'static sluice_engine::manifest::Manifest> {
        let saved = engine.store().read(|sqlite| connections::get(sqlite, name))?;
        let (manifest, role) = CATALOGUE.manifest(&saved.connection.kind)?;
        let word = if wanted == Role::Warehouse { "warehouse" } else { "destination" };
        let wrong = || Error::new(ErrorKind::BadSettings, format!("The connection “{name}” is no {word}."));
        if role == wanted { Ok(manifest) } else { Err(wrong()) }
    };
    if let Some(dialect) = side(&sync.from, Role::Warehouse)?.dialect {
        sync.query.check(dialect)?;
    }
    let Some(to) = &sync.to else { return Ok(()) };
    let manifest = side(to, Role::Destination)?;
    let Some(able) = manifest.destination else { return bad(format!("{} takes nothing.", manifest.label)) };
    check_abilities(sync, manifest.label, &able)
}

fn check_abilities(sync: &sync::Sync, label: &str, able: &Capabilities) -> Result<()> {
    let bad = |message: String| Err(Error::new(ErrorKind::BadMapping, message));
    match (&sync.shape, able.accepts) {
        (Shape::Record { .. }, Accepts::Events) => return bad(format!("{label} takes events, not records.")),
        (Shape::Identify | Shape::Track(_), Accepts::Records) => {
            return bad(format!("{label} takes records, not events."));
        }
        _ => {}
    }
    if !able.modes.contains(&sync.mode) {
        return bad(format!("{label} can not do the mode “{}”.", word(&crate::wire::Mode::from(sync.mode))));
    }
    if !able.reads && sync.only_if_empty().next().is_some() {
        return bad(format!("{label} can not be read, so no field is filled only where it is empty there."));
    }
    let removal = sync.mode == sync::Mode::Mirror && sync.removed != Removal::Nothing;
    if removal && !able.removals.contains(&sync.removed) {
        return bad(format!(
            "{label} can not {} removed records.",
            word(&crate::wire::Removal::from(sync.removed))
        ));
    }
    Ok(())
}

fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(crate) fn on_wire(engine: &Engine, saved: &SavedSync) -> Result<Sync> {
    let newest = engine.runs(Some(saved.id), None, BARS)?;
    let (waiting, rejected) = engine.store().read(|sqlite| outbox::open_counts(sqlite, saved.id, None))?;
    let held = engine.store().read(|sqlite| seal::held_of(sqlite, saved.id))?;
    let held = held.map(|run| engine.run(run)).transpose()?;
    let kind = |name: &str| -> Result<String> {
        Ok(engine
            .store()
            .read(|sqlite| connections::find(sqlite, name))?
            .map_or_else(String::new, |saved| saved.connection.kind))
    };
    let ran = newest.iter().find(|run| run.state != RunState::Missed);
    let running = engine.running_of(saved.id).is_some() || ran.is_some_and(|run| run.state.is_going_on());
    // What is held is what the user has to look at, whatever ran since.
    let told = held.as_ref().or(ran);
    let status = status(saved, told, running, rejected > 0);
    let decides = matches!(
        status,
        SyncStatus::NeedsYou | SyncStatus::Held | SyncStatus::WaitingForNetwork | SyncStatus::Waiting
    );
    let described = saved.sync.schedule.describe(engine.clock().now());
    let bar = |run: &RunRow| RunBar {
        run: run.id,
        delivered: run.counts.delivered,
        rejected: run.counts.rejected,
        status: run.state.into(),
    };
    let next = saved.next_due.filter(|_| !saved.paused && saved.sync.to.is_some());
    Ok(Sync {
        from_kind: kind(&saved.sync.from)?,
        to_kind: saved.sync.to.as_deref().map(kind).transpose()?,
        status,
        held: held.as_ref().map(|run| crate::runs::on_wire(engine, run)).transpose()?,
        problem: told.filter(|_| decides).and_then(|run| run.problem.as_ref()).map(Into::into),
        paused: saved.paused,
        next_run_at: next.map(time),
        schedule_sentence: described.sentence,
        last_run: newest.first().map(|run| crate::runs::on_wire(engine, run)).transpose()?,
        history: newest.iter().rev().map(bar).collect(),
        waiting,
        rejected,
        definition: (&saved.sync).into(),
    })
}

/// `refused`: records of it were refused and are not dealt with, whatever ran last.
fn status(saved: &SavedSync, ran: Option<&RunRow>, running: bool, refused: bool) -> SyncStatus {
    if running {
        return SyncStatus::Running;
    }
    if saved.sync.to.is_none() {
        return SyncStatus::NoDestination;
    }
    match ran.map(|run| run.state) {
        Some(RunState::Held) => SyncStatus::Held,
        Some(RunState::Failed) => SyncStatus::NeedsYou,
        _ if saved.paused => SyncStatus::Paused,
        Some(RunState::Waiting) if ran.is_some_and(nobody_answers) => SyncStatus::WaitingForNetwork,
        Some(RunState::Waiting) => SyncStatus::Waiting,
        Some(RunState::CompletedWithRejections) => SyncStatus::Rejected,
        Some(_) if refused => SyncStatus::Rejected,
        None => SyncStatus::New,
        Some(_) => SyncStatus::Healthy,
    }
}

/// The run waits because it reached nobody.
fn nobody_answers(run: &RunRow) -> bool {
    let away = [ErrorKind::Offline, ErrorKind::HostNotFound, ErrorKind::Unreachable].map(ErrorKind::name);
    run.problem.as_ref().is_some_and(|problem| away.contains(&problem.kind.as_str()))
}
