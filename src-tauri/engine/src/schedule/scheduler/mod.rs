//! The scheduler: starts what is due, and lists what was missed.
//!
//! A slot is (sync, instant) and is taken once ever, by the run it started or by the row that says why there
//! is none. Of several slots that passed unseen, the newest is caught up once, unless it is older than a
//! day. The plan of a sync is only ever "the first slot after now", so a clock that was set back corrects
//! itself at the next tick, and slots that were taken before are not taken again. Those that were only listed as
//! missed, by a clock that was ahead, are given back.
//!
//! While a run is held for review the slots of its sync are missed: the user decides first.
//!
//! Schedules that are paused, one by one or all together ([`SCHEDULES_PAUSED`]), are not followed: their slots
//! pass without a trace, and runs that wait stay waiting until somebody resumes the schedule or presses Sync now.

mod missed;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use self::missed::{Line, Passed, overlap, reason, undecided, write_down};
use super::Slots;
use crate::clock::{from_millis, millis};
use crate::engine::{Engine, Start};
use crate::error::{Error, ErrorKind, Result};
use crate::run::progress::Notice;
use crate::store::runs::{self, Trigger};
use crate::store::slots::{self, Told};
use crate::store::syncs::{self, SavedSync};
use crate::store::{seal, settings};

/// The key in [`settings`] that pauses every schedule while its value is `true`.
pub const SCHEDULES_PAUSED: &str = "schedules_paused";

/// The longest time between two looks at the wall clock. Timers stand still while a computer sleeps.
const TICK: Duration = Duration::from_secs(10);
/// The shortest.
const SHORTEST: Duration = Duration::from_millis(50);
/// A run that starts later than this after its slot is a catch-up.
const PUNCTUAL: TimeDelta = TimeDelta::seconds(60);
/// A slot older than this is not caught up.
const CATCH_UP: TimeDelta = TimeDelta::hours(24);
/// How much more the wall clock may move than the computer was awake.
const ASLEEP: TimeDelta = TimeDelta::seconds(30);

/// Follows the schedules until `stop`, or until the data folder is lost to another process. What could not be
/// written down stays due, and is tried at the next tick.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    let begun = Instant::now();
    let lost = engine.store().lost();
    let mut scheduler = Scheduler::new(engine.clock().now());
    loop {
        let now = engine.clock().now();
        let pause = match scheduler.tick(&engine, now, begun.elapsed()).await {
            Ok(Some(next)) => (next - now).to_std().unwrap_or(SHORTEST).clamp(SHORTEST, TICK),
            // A database that can not be written shows in everything the user does; here it is only tried again.
            Ok(None) | Err(_) => TICK,
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = lost.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// What the scheduler remembers between two ticks.
pub struct Scheduler {
    begun: DateTime<Utc>,
    /// The clocks at the last tick that looked at every sync.
    last: Option<(DateTime<Utc>, Duration)>,
}

/// Why slots may have passed unseen before a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unseen {
    /// Slots before this were due while Sluice was not running.
    begun: DateTime<Utc>,
    /// The computer slept since the last tick that looked at every sync.
    asleep: bool,
    /// The clock went only forward since then, so what was planned then still is what comes next.
    forward: bool,
}

impl Scheduler {
    /// A scheduler that begins to watch at `now`.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self { begun: now, last: None }
    }

    /// Looks at every sync: starts what is due, lists what was missed, goes on with what waits. `awake` is
    /// how long the computer was awake since the scheduler began, by a clock that nobody can set.
    ///
    /// Answers with the earliest coming slot. An error of one sync does not hold up the others; the first
    /// such error is the answer.
    pub async fn tick(
        &mut self,
        engine: &Arc<Engine>,
        now: DateTime<Utc>,
        awake: Duration,
    ) -> Result<Option<DateTime<Utc>>> {
        engine.store().check_owned()?;
        let unseen = self.unseen(now, awake);
        let all_paused = engine.store().read(|sqlite| settings::get(sqlite, SCHEDULES_PAUSED))?;
        let all_paused = all_paused.as_deref() == Some("true");
        let until = if unseen.forward { millis(now) } else { i64::MAX };
        let mut failed = None;
        for sync in engine.store().read(|sqlite| syncs::planned_until(sqlite, until))? {
            let followed = !all_paused && !sync.paused && sync.sync.to.is_some();
            let looked = look_at(engine, &sync, followed, now, unseen).await;
            failed = failed.or(looked.err());
        }
        // After a tick that failed the next one must not take a clock that was set back for one that went on.
        if failed.is_none() {
            self.last = Some((now, awake));
        }
        if !all_paused {
            go_on(engine, now).await?;
        }
        let next = engine.store().read(syncs::next_due)?.map(from_millis);
        failed.map_or(Ok(next), Err)
    }

    fn unseen(&mut self, now: DateTime<Utc>, awake: Duration) -> Unseen {
        // After the clock was set back, what passes from here on passes under our eyes.
        self.begun = self.begun.min(now);
        let asleep = self.last.is_some_and(|(wall, was_awake)| {
            let awake = TimeDelta::from_std(awake.saturating_sub(was_awake)).unwrap_or(TimeDelta::MAX);
            (now - wall) - awake > ASLEEP
        });
        let forward = self.last.is_some_and(|(wall, _)| now >= wall);
        Unseen { begun: self.begun, asleep, forward }
    }
}

/// One sync whose plan is passed or in doubt: takes the slots that are due, and plans the next.
async fn look_at(
    engine: &Arc<Engine>,
    saved: &SavedSync,
    followed: bool,
    now: DateTime<Utc>,
    unseen: Unseen,
) -> Result<()> {
    // A schedule that can not be followed is shown as such wherever it is described.
    let slots = saved.sync.schedule.slots().unwrap_or(Slots::Never);
    let next = slots.next_after(now);
    let planned = next.map(millis);
    let due = if unseen.forward { saved.next_due } else { give_back(engine, saved, now).await? };
    if let Some(due) = due.filter(|due| followed && *due <= millis(now) && next.is_some()) {
        let (sync, until) = (saved.id, millis(now));
        let told = engine.store().read(|sqlite| Told::between(sqlite, sync, due, until))?;
        take(engine, saved, &Passed::between(&slots, due, now, &told), now, unseen).await?;
    }
    if due != planned {
        let id = saved.id;
        engine.store().write(move |sqlite| syncs::set_next_due(sqlite, id, due, planned)).done().await?;
    }
    Ok(())
}

/// Gives back the slots after `now` that were listed as missed, where there are any: the clock was ahead. Answers
/// with what is due then, in ms, which may be slots before `now` that shared a line with later ones.
async fn give_back(engine: &Arc<Engine>, saved: &SavedSync, now: DateTime<Utc>) -> Result<Option<i64>> {
    let (sync, before, now) = (saved.id, saved.next_due, millis(now));
    let first = engine.store().read(|sqlite| slots::first_given_back(sqlite, sync, now))?;
    let Some(first) = first else { return Ok(before) };
    let due = Some(before.map_or(first, |before| before.min(first)));
    let job = move |sqlite: &rusqlite::Connection| {
        slots::give_back(sqlite, sync, now)?;
        // At once, so that no crash comes between: what is given back must be told anew.
        syncs::set_next_due(sqlite, sync, before, due)
    };
    engine.store().write(job).done().await?;
    engine.tell(Notice::Changed);
    Ok(due)
}

/// Lists the slots that passed, and starts a run for the newest where it is not too late.
async fn take(
    engine: &Arc<Engine>,
    saved: &SavedSync,
    passed: &Passed,
    now: DateTime<Utc>,
    unseen: Unseen,
) -> Result<()> {
    let late = now - passed.newest;
    let held = engine.store().read(|sqlite| seal::held_of(sqlite, saved.id))?.is_some();
    let too_late = (late > CATCH_UP).then(|| reason(passed.newest, unseen));
    let why_not = too_late.or_else(|| held.then(undecided));
    let starts = why_not.is_none();
    let mut lines = passed.lines(unseen);
    lines.extend(why_not.map(|reason| Line::of(passed.newest, reason)));
    write_down(engine, saved, lines).await?;
    if !starts {
        return Ok(());
    }
    let trigger = if late > PUNCTUAL { Trigger::CatchUp } else { Trigger::Schedule };
    let start = Start { slot: Some(millis(passed.newest)), ..Start::of(trigger) };
    let Err(error) = engine.start_row(saved.id, start).await else { return Ok(()) };
    match refusal(error) {
        Some(reason) => write_down(engine, saved, vec![Line::of(passed.newest, reason)]).await,
        None => Ok(()),
    }
}

/// What is listed for a slot whose run was refused; nothing where there is nothing to list.
fn refusal(error: Error) -> Option<Error> {
    // The slot was taken before, or the sync was deleted since the tick began.
    let nothing_to_list = matches!(error.kind(), ErrorKind::Conflict | ErrorKind::UnknownName);
    let overlaps = error.kind() == ErrorKind::AlreadyRunning;
    (!nothing_to_list).then(|| if overlaps { overlap() } else { error })
}

/// Goes on with runs that wait and are due, where no other run of their sync is going on. One that can not does not
/// hold up the others.
async fn go_on(engine: &Arc<Engine>, now: DateTime<Utc>) -> Result<()> {
    engine.write_ends().await?;
    let mut went = Ok(());
    for run in engine.store().read(runs::waiting)? {
        let due = run.next_attempt.is_some_and(|next| next <= millis(now));
        if due
            && engine.running_of(run.sync).is_none()
            && !engine.store().read(|sqlite| syncs::by_id(sqlite, run.sync))?.paused
        {
            went = went.and(engine.resume(&run).await);
        }
    }
    went
}
