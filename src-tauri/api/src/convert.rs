//! From the engine's types to the wire's, and back.

use std::str::FromStr;

use sluice_engine::clock::from_millis;
use sluice_engine::record::Change;
use sluice_engine::store::runs::{self, RunState};
use sluice_engine::sync::{self, EventName, Identifier, TableName};
use sluice_engine::value::ColumnType as EngineColumnType;
use sluice_engine::{Error, ErrorKind, error, manifest, warehouse};

use crate::wire::{
    Accepts, Brakes, ChangeKind, ColumnType, Cost, Discarding, ErrorPage, FieldLeft, Hash, MismatchKind,
    Mode, NullRule, PlanGroup, Problem, Query, Removal, Role, RunStatus, Schedule, Shape, SyncDefinition,
    TableKind, Trigger, Will,
};

/// The time stored as `millis`, as text.
pub(crate) fn time(millis: i64) -> String {
    from_millis(millis).to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        (&runs::Problem::from(&error)).into()
    }
}

impl From<&runs::Problem> for Problem {
    fn from(problem: &runs::Problem) -> Self {
        let kind = ErrorKind::from_name(&problem.kind).unwrap_or(ErrorKind::Bug);
        Self {
            code: kind.code().to_owned(),
            kind: kind.name().to_owned(),
            message: problem.message.clone(),
            safe: problem.safe.clone(),
            hint: problem.hint.clone(),
            fix: problem.fix.clone(),
            retries: kind.retry() == error::Retry::Backoff,
            details: problem.details.clone(),
        }
    }
}

impl From<ErrorKind> for ErrorPage {
    fn from(kind: ErrorKind) -> Self {
        Self {
            code: kind.code().to_owned(),
            kind: kind.name().to_owned(),
            title: kind.title().to_owned(),
            meaning: kind.meaning().to_owned(),
            cause: kind.cause().to_owned(),
            safe: kind.safe().to_owned(),
            hint: kind.hint().to_owned(),
            again: kind.retry().in_words().to_owned(),
        }
    }
}

impl Problem {
    /// A front and the product disagree about the contract.
    pub(crate) fn contract(message: String) -> Self {
        Error::new(ErrorKind::Bug, message).into()
    }

    /// As the command line shows it: what happened, what is safe, what to do.
    pub fn in_words(&self) -> String {
        let fix = self.fix.as_ref().map(|fix| format!("\n{fix}")).unwrap_or_default();
        format!("{} ({})\n{}\n{}{fix}", self.message, self.code, self.safe, self.hint)
    }
}

/// Pairs the variants of a wire enum with the engine's of the same names.
macro_rules! same_variants {
    ($wire:ty, $engine:ty: $($name:ident),+) => {
        impl From<$engine> for $wire {
            fn from(value: $engine) -> Self { match value { $(<$engine>::$name => Self::$name),+ } }
        }
        impl From<$wire> for $engine {
            fn from(value: $wire) -> Self { match value { $(<$wire>::$name => Self::$name),+ } }
        }
    };
}

same_variants!(Mode, sync::Mode: Upsert, Update, Create, Mirror, Append, Full);
same_variants!(Removal, sync::Removal: Nothing, Clear, Delete);
same_variants!(NullRule, sync::NullRule: Send, LeaveOut, Clear);
same_variants!(Hash, sync::Hash: Text, Email, Phone, PhonePlus);
same_variants!(ChangeKind, Change: Added, Changed, Removed);
same_variants!(Discarding, sluice_engine::run::Discard: Refused, Waiting, All);
same_variants!(Accepts, manifest::Accepts: Events, Records, Both);
same_variants!(Trigger, runs::Trigger: Manual, Schedule, CatchUp, Retry, Resume, Test, Undo, Replay);
same_variants!(PlanGroup, sluice_engine::store::outbox::looked::Group: Create, Update, Same, Remove, Fail);
same_variants!(MismatchKind, sluice_engine::fits::Misfit: Empty, NotInList, OtherType, Decimals, TooLong, NoEmail, NoField);
same_variants!(Will, sluice_engine::run::undo::Will: PutBack, CreateAgain, Delete, Nothing, LeaveAlone);
same_variants!(TableKind, sluice_engine::warehouse::TableKind: Table, View, MaterializedView, ForeignTable);
same_variants!(Role, sluice_engine::connection::Role: Warehouse, Destination);
same_variants!(ColumnType, EngineColumnType: Text, Integer, Number, Boolean, Date, Time, Timestamp, Json, List, Bytes, Other);

impl From<RunState> for RunStatus {
    fn from(state: RunState) -> Self {
        match state {
            RunState::Reading | RunState::Sending => Self::Running,
            RunState::Completed => Self::Completed,
            RunState::CompletedWithRejections => Self::CompletedWithRejections,
            RunState::Held => Self::Held,
            RunState::Cancelled => Self::Cancelled,
            RunState::Failed => Self::Failed,
            RunState::Waiting => Self::Waiting,
            RunState::Missed => Self::Missed,
        }
    }
}

impl From<&runs::FieldLeft> for FieldLeft {
    fn from(left: &runs::FieldLeft) -> Self {
        Self { field: left.field.clone(), reason: left.reason.clone(), records: left.records }
    }
}

impl From<&warehouse::Cost> for Cost {
    fn from(cost: &warehouse::Cost) -> Self {
        Self { bytes: cost.bytes, price: cost.price.clone() }
    }
}

impl From<&sync::Query> for Query {
    fn from(query: &sync::Query) -> Self {
        match query {
            sync::Query::Table(table) => {
                Self::Table { schema: table.schema.clone(), name: table.name.clone() }
            }
            sync::Query::Sql(sql) => Self::Sql { sql: sql.clone() },
        }
    }
}

impl From<Query> for sync::Query {
    fn from(query: Query) -> Self {
        match query {
            Query::Table { schema, name } => Self::Table(TableName::new(schema, name)),
            Query::Sql { sql } => Self::Sql(sql),
        }
    }
}

impl From<&sync::Sync> for SyncDefinition {
    fn from(sync: &sync::Sync) -> Self {
        let identifiers = sync.identifiers.iter();
        Self {
            name: sync.name.clone(),
            from: sync.from.clone(),
            query: (&sync.query).into(),
            key: sync.key.clone(),
            to: sync.to.clone(),
            shape: (&sync.shape).into(),
            mode: sync.mode.into(),
            removed: sync.removed.into(),
            identifiers: identifiers.map(|(name, column)| (name.name().to_owned(), column.clone())).collect(),
            fields: sync.fields.as_ref().map(|fields| fields.iter().map(Into::into).collect()),
            schedule: (&sync.schedule).into(),
            brakes: Some(sync.brakes.into()),
            cursor: sync.cursor().map(str::to_owned),
        }
    }
}

impl TryFrom<SyncDefinition> for sync::Sync {
    type Error = Error;

    fn try_from(wire: SyncDefinition) -> Result<Self, Error> {
        let identifier = |(name, column): (String, String)| {
            let known = Identifier::ALL.into_iter().find(|identifier| identifier.name() == name);
            let unknown = || Error::new(ErrorKind::BadMapping, format!("“{name}” is no identifier."));
            Ok((known.ok_or_else(unknown)?, column))
        };
        Ok(Self {
            name: wire.name.trim().to_owned(),
            from: wire.from,
            query: wire.query.into(),
            key: wire.key,
            to: wire.to,
            shape: wire.shape.try_into()?,
            mode: wire.mode.into(),
            removed: wire.removed.into(),
            identifiers: wire.identifiers.into_iter().map(identifier).collect::<Result<_, Error>>()?,
            fields: wire.fields.map(|fields| fields.into_iter().map(Into::into).collect()),
            schedule: wire.schedule.try_into()?,
            brakes: wire.brakes.map(Into::into).unwrap_or_default(),
            cursor: wire.cursor.filter(|column| !column.is_empty()),
        })
    }
}

/// The same brakes on both sides of the wire.
macro_rules! brakes {
    ($from:ty => $to:ty) => {
        impl From<$from> for $to {
            fn from(brakes: $from) -> Self {
                Self {
                    empty: brakes.empty,
                    shrunk: brakes.shrunk,
                    removed: brakes.removed,
                    removed_records: brakes.removed_records,
                    refused: brakes.refused,
                    emptied: brakes.emptied,
                    first_run: brakes.first_run,
                }
            }
        }
    };
}

brakes!(sync::Brakes => Brakes);
brakes!(Brakes => sync::Brakes);

impl From<&sync::Shape> for Shape {
    fn from(shape: &sync::Shape) -> Self {
        match shape {
            sync::Shape::Identify => Self::Identify,
            sync::Shape::Track(EventName::Fixed(name)) => {
                Self::Track { event_name: Some(name.clone()), event_name_column: None }
            }
            sync::Shape::Track(EventName::Column(column)) => {
                Self::Track { event_name: None, event_name_column: Some(column.clone()) }
            }
            sync::Shape::Record { object, match_field } => {
                Self::Record { object: object.clone(), match_field: match_field.clone() }
            }
        }
    }
}

impl TryFrom<Shape> for sync::Shape {
    type Error = Error;

    fn try_from(shape: Shape) -> Result<Self, Error> {
        match shape {
            Shape::Identify => Ok(Self::Identify),
            Shape::Track { event_name: Some(name), event_name_column: None } if !name.trim().is_empty() => {
                Ok(Self::Track(EventName::Fixed(name)))
            }
            Shape::Track { event_name: None, event_name_column: Some(column) } => {
                Ok(Self::Track(EventName::Column(column)))
            }
            Shape::Track { .. } => {
                Err(Error::new(ErrorKind::BadMapping, "A track event needs one event name.")
                    .with_hint("Write a name, or choose the column that has it."))
            }
            Shape::Record { object, match_field } => Ok(Self::Record { object, match_field }),
        }
    }
}

/// Days of the week as the workspace file writes them, Monday first.
pub(crate) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl From<&sluice_engine::schedule::Schedule> for Schedule {
    fn from(schedule: &sluice_engine::schedule::Schedule) -> Self {
        use sluice_engine::schedule::Schedule as Engine;
        match schedule {
            Engine::Manual => Self::Manual,
            Engine::Every { minutes } => Self::Every { minutes: *minutes },
            Engine::At { times, days, time_zone } => Self::At {
                times: times.iter().map(|time| format!("{:02}:{:02}", time / 60, time % 60)).collect(),
                days: days
                    .iter()
                    .filter_map(|day| DAYS.get(usize::from(*day)))
                    .map(|day| (*day).to_owned())
                    .collect(),
                time_zone: time_zone.clone(),
            },
            Engine::Cron { expression, time_zone } => {
                Self::Cron { expression: expression.clone(), time_zone: time_zone.clone() }
            }
        }
    }
}

impl TryFrom<Schedule> for sluice_engine::schedule::Schedule {
    type Error = Error;

    fn try_from(schedule: Schedule) -> Result<Self, Error> {
        let schedule = match schedule {
            Schedule::Manual => Self::Manual,
            Schedule::Every { minutes } => Self::Every { minutes },
            Schedule::At { times, days, time_zone } => {
                let mut times = times.iter().map(|text| minutes_of(text)).collect::<Result<Vec<_>, _>>()?;
                let mut days = days.iter().map(|text| day_of(text)).collect::<Result<Vec<_>, _>>()?;
                times.sort_unstable();
                times.dedup();
                days.sort_unstable();
                days.dedup();
                Self::At { times, days, time_zone }
            }
            Schedule::Cron { expression, time_zone } => Self::Cron { expression, time_zone },
        };
        schedule.check()?;
        Ok(schedule)
    }
}

fn minutes_of(text: &str) -> Result<u16, Error> {
    let bad = || {
        Error::new(ErrorKind::BadSchedule, format!("“{text}” is no time of the day."))
            .with_hint("Write it as 08:30.")
    };
    let (hours, minutes) = text.split_once(':').ok_or_else(bad)?;
    match (u16::from_str(hours), u16::from_str(minutes)) {
        (Ok(hours), Ok(minutes)) if hours < 24 && minutes < 60 => Ok(hours * 60 + minutes),
        _ => Err(bad()),
    }
}

fn day_of(text: &str) -> Result<u8, Error> {
    let day = DAYS.iter().position(|day| *day == text);
    day.map(|day| day as u8).ok_or_else(|| {
        Error::new(ErrorKind::BadSchedule, format!("“{text}” is no day of the week."))
            .with_hint("Write it as mon.")
    })
}
