//! Deleting: HubSpot archives records by its own numbers, so these are looked up first.

use serde_json::json;
use sluice_engine::destination::{Answer, Outcome};

use super::answer::{self, Batched};
use super::client::HubSpot;
use super::error;
use super::properties::RECORD_ID;
use super::read::{Look, look};
use super::request::{Place, Ready};
use super::window::Turn;
use crate::http::{Answered, Failure};

/// What was found of the records to archive.
pub(super) struct Numbers {
    /// One outcome per entry; none for those that are there.
    known: Vec<Option<Outcome>>,
    /// HubSpot's numbers of those that are there, by place among the entries.
    there: Vec<(usize, String)>,
}

impl Numbers {
    /// Whether anything is left to archive.
    pub(super) fn any(&self) -> bool {
        !self.there.is_empty()
    }

    /// The answer where nothing is left to archive.
    pub(super) fn none_left(self, ready: &Ready<'_>) -> Answer {
        answer::whole(ready, self.known)
    }

    /// The body of the request that archives them.
    pub(super) fn body(&self) -> Vec<u8> {
        let inputs: Vec<_> = self.there.iter().map(|(_, id)| json!({ "id": id })).collect();
        json!({ "inputs": inputs }).to_string().into_bytes()
    }
}

/// Looks the numbers up. A record that is not there needs no deleting.
pub(super) async fn numbers(hub: &HubSpot, ready: &Ready<'_>) -> sluice_engine::error::Result<Numbers> {
    let mut numbers = Numbers { known: vec![None; ready.entries.len()], there: Vec::new() };
    if ready.to.id_property().is_none() {
        numbers.there = ready.entries.iter().map(|entry| entry.id.clone()).enumerate().collect();
        return Ok(numbers);
    }
    let ids: Vec<_> = ready.entries.iter().map(|entry| entry.id.as_str()).collect();
    for (index, found) in look(hub, ready.to, &ids, &[], Turn::First).await?.into_iter().enumerate() {
        match found {
            Look::There(named) => numbers.there.extend(named.id.map(|id| (index, id))),
            Look::Missing => numbers.known[index] = Some(Outcome::Delivered),
            Look::Unnamed => {}
        }
    }
    Ok(numbers)
}

/// Sorts the answer to an archiving. HubSpot's whole answer is 204: it has taken the request, and names no record.
pub(super) fn classify(
    hub: &HubSpot,
    ready: &Ready<'_>,
    mut numbers: Numbers,
    sent: &Result<Answered, Failure>,
) -> Answer {
    let answered = match sent {
        Ok(answered) => answered,
        Err(failure) => return error::unanswered(failure),
    };
    if let Some(refusal) = error::refusal(hub, answered, false) {
        return refusal;
    }
    if answered.status == 204 {
        for (index, _) in &numbers.there {
            numbers.known[*index] = Some(Outcome::Accepted);
        }
        return answer::whole(ready, numbers.known);
    }
    let batched: Batched = match error::read(answered) {
        Ok(batched) => batched,
        Err(error) => return Answer::Unknown(error),
    };
    // Errors name records by HubSpot's numbers.
    let entries = numbers.there.iter().map(|(index, id)| {
        let entry = &ready.entries[*index];
        entry.known_as(id)
    });
    let by_number = Ready {
        to: Place { match_field: RECORD_ID, ..ready.to },
        action: ready.action,
        entries: entries.collect(),
        known: Vec::new(),
    };
    for ((index, _), outcome) in numbers.there.iter().zip(answer::outcomes(&by_number, &batched)) {
        numbers.known[*index] = outcome;
    }
    answer::whole(ready, numbers.known)
}
