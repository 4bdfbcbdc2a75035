//! Whom the practice CRM plays: itself, or a vendor's CRM with its fields, limits and refusals.

mod hubspot;
mod own;
mod salesforce;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::Value;
use sluice_engine::destination::Counted;
use sluice_engine::error::Error;

use super::objects::ObjectDef;
use super::problem::Problem;
use super::records::Done;

/// The setting that chooses one.
pub(super) const SETTING: &str = "plays";

/// Why something is refused, and what is answered.
pub(super) type Refusal = (Error, Value);

/// A CRM to play.
pub(super) struct Play {
    /// The value of [`SETTING`].
    pub(super) id: &'static str,
    /// What people choose.
    pub(super) label: &'static str,
    /// Who answers, at the beginning of a sentence.
    pub(super) name: &'static str,
    pub(super) objects: &'static [ObjectDef],
    /// It takes identify and track events too.
    pub(super) takes_events: bool,
    /// Records of a request.
    pub(super) records: usize,
    /// Bytes of a request.
    pub(super) bytes: usize,
    /// Requests under way at once.
    pub(super) in_flight: usize,
    /// What it takes in a day (UTC).
    pub(super) daily: Daily,
    /// So many requests in so long.
    pub(super) burst: Option<(usize, Duration)>,
    /// What is said of a request with fields that the object does not have; without it each record is refused on its own.
    pub(super) unknown_fields: Option<fn(&ObjectDef, &[String]) -> Refusal>,
    /// What is said of a record that is refused: the reason, and its part of the answer.
    pub(super) refused: fn(&[Problem]) -> Refusal,
    /// A record's part of the answer where it was taken.
    pub(super) taken: fn(&Done) -> Value,
}

/// A daily quota.
pub(super) struct Daily {
    pub(super) most: u64,
    pub(super) counts: Counted,
}

/// What a quota counts, after a number.
pub(super) fn spoken(counted: Counted) -> &'static str {
    match counted {
        Counted::Records => "records",
        Counted::Requests => "requests",
    }
}

/// All of them, the practice CRM's own first.
pub(super) static PLAYS: [&Play; 3] = [&own::PLAY, &hubspot::PLAY, &salesforce::PLAY];

/// What people choose from.
pub(super) static CHOICES: [(&str, &str); 3] = [
    (own::PLAY.id, own::PLAY.label),
    (hubspot::PLAY.id, hubspot::PLAY.label),
    (salesforce::PLAY.id, salesforce::PLAY.label),
];

impl Play {
    /// The one of this id.
    pub(super) fn of(id: &str) -> Option<&'static Self> {
        PLAYS.into_iter().find(|play| play.id == id)
    }

    /// Plays itself.
    pub(super) fn is_own(&self) -> bool {
        self.id == own::PLAY.id
    }

    /// Its object of this name.
    pub(super) fn object(&self, name: &str) -> Option<&'static ObjectDef> {
        self.objects.iter().find(|object| object.name == name)
    }
}
