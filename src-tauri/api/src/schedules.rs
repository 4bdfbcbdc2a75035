//! Schedules in words.

use crate::Api;
use crate::wire::{NextRun, Problem, Schedule, ScheduleDescription};

impl Api {
    /// A schedule in words, and its next runs. One that can not be followed is described by its problem.
    pub async fn schedule_describe(&self, schedule: Schedule) -> Result<ScheduleDescription, Problem> {
        let described = match sluice_engine::schedule::Schedule::try_from(schedule) {
            Ok(schedule) => schedule.describe(self.engine().clock().now()),
            Err(error) => {
                let (sentence, time_zone) = (String::new(), String::new());
                let problem = Some(error.into());
                return Ok(ScheduleDescription {
                    sentence,
                    time_zone,
                    next: Vec::new(),
                    notes: Vec::new(),
                    problem,
                });
            }
        };
        let next = described.next.into_iter().map(|next| NextRun {
            at: next.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            local: next.local,
            distance: next.distance,
            note: next.note,
        });
        Ok(ScheduleDescription {
            next: next.collect(),
            sentence: described.sentence,
            time_zone: described.time_zone,
            notes: described.notes,
            problem: described.problem.map(Into::into),
        })
    }

    /// IANA names of all time zones.
    pub async fn time_zones(&self, (): ()) -> Result<Vec<String>, Problem> {
        Ok(sluice_engine::schedule::time_zones().into_iter().map(str::to_owned).collect())
    }
}
