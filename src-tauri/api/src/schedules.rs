//! Schedules in words.

use crate::Api;
use crate::wire::{NextRun, Problem, Schedule, ScheduleDescription};

impl Api {
    /// A schedule in words, and its next runs. One that can not be followed is described by its problem.
    pub async fn schedule_describe(&self, schedule: Schedule) -> Result<ScheduleDescription, Problem> {
        let parsed = sluice_engine::schedule::Schedule::try_from(schedule);
        let described = parsed.and_then(|schedule| schedule.describe(self.engine().clock().now()));
        Ok(match described {
            Ok(described) => ScheduleDescription {
                sentence: described.sentence,
                time_zone: described.time_zone,
                next: described
                    .next
                    .into_iter()
                    .map(|next| NextRun {
                        at: next.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
                        local: next.local,
                        distance: next.distance,
                        note: next.note,
                    })
                    .collect(),
                notes: described.notes,
                problem: None,
            },
            Err(error) => ScheduleDescription {
                sentence: String::new(),
                time_zone: String::new(),
                next: Vec::new(),
                notes: Vec::new(),
                problem: Some(error.into()),
            },
        })
    }

    /// IANA names of all time zones.
    pub async fn time_zones(&self, (): ()) -> Result<Vec<String>, Problem> {
        Ok(sluice_engine::schedule::time_zones())
    }
}
