//! The event log.

mod causes;
mod curl;
mod detail;
mod export;
mod line;
mod person;
mod plain;

use sluice_engine::engine::Engine;
use sluice_engine::store::events::{self, EventRow, Filter};
use sluice_engine::store::outbox::RecordState;
use sluice_engine::store::{runs, syncs};
use sluice_engine::{Error, ErrorKind, Result};

use crate::Api;
use crate::wire::{
    EventCauses, EventDetail, EventPage, EventRequest, EventStatus, EventsExport, EventsRequest,
    PersonHistory, PersonRequest, Problem,
};
use line::Lines;

pub use plain::{PlainEvent, PlainHistory, PlainRequest};

impl Api {
    /// A page of the event log, newest first.
    pub async fn events(&self, input: EventsRequest) -> Result<EventPage, Problem> {
        self.blocking(move |engine| {
            let filter = filter(engine, &input)?;
            let cursor = input.cursor.as_deref().map(str::parse).transpose()?;
            let (rows, total) = engine.store().read(|sqlite| {
                Ok((events::page(sqlite, &filter, cursor, input.limit)?, events::count(sqlite, &filter)?))
            })?;
            let more = rows.len() == input.limit;
            let cursor = rows.last().filter(|_| more).map(|row| row.id.to_string());
            let mut lines = Lines::new(engine);
            let events = rows.iter().map(|row| lines.line(row)).collect::<Result<_>>()?;
            Ok(EventPage { events, cursor, total })
        })
        .await
    }

    /// Why events are in their state, in groups of one cause, the group with the newest event first.
    pub async fn event_causes(&self, input: EventsRequest) -> Result<EventCauses, Problem> {
        self.blocking(move |engine| causes::groups(engine, &input)).await
    }

    /// Everything ever sent to one person, newest first.
    pub async fn person(&self, input: PersonRequest) -> Result<PersonHistory, Problem> {
        self.blocking(move |engine| person::person(engine, &input)).await
    }

    /// Everything about one record.
    pub async fn event(&self, input: EventRequest) -> Result<EventDetail, Problem> {
        self.blocking(move |engine| detail::detail(engine, &input)).await
    }

    /// Writes events to a file, oldest last; answers with how many.
    pub async fn events_export(&self, input: EventsExport) -> Result<u64, Problem> {
        self.blocking(move |engine| export::export(engine, &input)).await
    }
}

fn filter(engine: &Engine, input: &EventsRequest) -> Result<Filter> {
    let sync = input
        .sync
        .as_deref()
        .map(|name| engine.store().read(|sqlite| syncs::get(sqlite, name)))
        .transpose()?;
    Ok(Filter {
        sync: sync.map(|saved| saved.id),
        run: input.run,
        key: input.key.clone(),
        about: input.about.clone(),
        states: input.statuses.iter().flat_map(|status| states(*status)).copied().collect(),
        causes: causes::wanted(engine, input)?,
        search: input.search.clone().filter(|search| !search.is_empty()),
        since: input.since.as_deref().map(millis).transpose()?,
        before: input.before.as_deref().map(millis).transpose()?,
    })
}

fn millis(time: &str) -> Result<i64> {
    let at = chrono::DateTime::parse_from_rfc3339(time);
    at.map(|at| at.timestamp_millis()).map_err(|error| {
        Error::new(ErrorKind::BadSettings, format!("“{time}” is no time.")).with_source(error)
    })
}

/// Every status.
pub(crate) const STATUSES: [EventStatus; 9] = [
    EventStatus::Delivered,
    EventStatus::Accepted,
    EventStatus::Waiting,
    EventStatus::Sending,
    EventStatus::Rejected,
    EventStatus::Doubtful,
    EventStatus::Superseded,
    EventStatus::Discarded,
    EventStatus::Invalid,
];

/// The states of records that a status stands for.
pub(crate) fn states(status: EventStatus) -> &'static [RecordState] {
    match status {
        EventStatus::Delivered => &[RecordState::Delivered],
        EventStatus::Accepted => &[RecordState::Accepted],
        EventStatus::Waiting => &[RecordState::Pending, RecordState::Retry],
        EventStatus::Sending => &[RecordState::InFlight],
        EventStatus::Rejected => &[RecordState::Rejected, RecordState::RejectedBefore],
        EventStatus::Doubtful => &[RecordState::Doubtful],
        EventStatus::Superseded => &[RecordState::Superseded],
        EventStatus::Discarded => &[RecordState::Discarded],
        EventStatus::Invalid => &[RecordState::Invalid],
    }
}

fn status(state: RecordState) -> EventStatus {
    match state {
        RecordState::Delivered => EventStatus::Delivered,
        RecordState::Accepted => EventStatus::Accepted,
        RecordState::Staged | RecordState::Pending | RecordState::Retry => EventStatus::Waiting,
        RecordState::InFlight => EventStatus::Sending,
        RecordState::Rejected | RecordState::RejectedBefore => EventStatus::Rejected,
        RecordState::Doubtful => EventStatus::Doubtful,
        RecordState::Superseded => EventStatus::Superseded,
        RecordState::Discarded => EventStatus::Discarded,
        RecordState::Invalid => EventStatus::Invalid,
    }
}

/// Why an event is in its state. Of what a later run took over it says by which, and where it is refused still; of what an
/// undo put back, which fields it left alone.
fn problem(engine: &Engine, lines: &mut Lines<'_>, row: &EventRow) -> Result<Option<Problem>> {
    let stored = row.problem.as_deref().map(runs::Problem::from_json).transpose()?;
    let mut problem = stored.as_ref().map(Problem::from);
    if problem.is_none()
        && let Some(reason) = lines.left_alone(row)?
    {
        let left = Error::new(ErrorKind::LeftAlone, format!("Left alone: {reason}"));
        problem = Some(left.with_safe("The other fields are put back.").into());
    }
    if matches!(row.state, RecordState::RejectedBefore | RecordState::Superseded)
        && let Some(problem) = &mut problem
        && problem.kind != ErrorKind::LeftAlone.name()
    {
        let later = engine.store().read(|sqlite| events::later(sqlite, row))?;
        problem.safe = match later {
            Some(later) if row.state == RecordState::RejectedBefore => {
                let sent =
                    if later.newest == later.by && later.state.is_waiting() { "sends" } else { "sent" };
                format!("A later run ({}) {sent} it again.", later.by)
            }
            Some(later) => format!("A later run ({}) took this record over.", later.by),
            None => "A later run took this record over.".to_owned(),
        };
        problem.hint = match later {
            Some(later) if later.state.is_refused() => {
                format!("It is still refused: look at it in run {}.", later.newest)
            }
            Some(_) | None => "There is nothing to do.".to_owned(),
        };
        (problem.fix, problem.retries) = (None, false);
    }
    Ok(problem)
}

/// What people call a status.
pub(crate) fn label(status: EventStatus) -> &'static str {
    match status {
        EventStatus::Delivered => "Delivered",
        EventStatus::Accepted => "Accepted",
        EventStatus::Waiting => "Waiting",
        EventStatus::Sending => "Sending",
        EventStatus::Rejected => "Rejected",
        EventStatus::Doubtful => "Doubtful",
        EventStatus::Superseded => "Superseded",
        EventStatus::Discarded => "Discarded",
        EventStatus::Invalid => "Not sent",
    }
}
