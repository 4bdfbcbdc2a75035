//! Sending a batch: one request for records of one kind of write, and what its answer says of each.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sluice_engine::destination::{Answer, Batch, Delivery, Exchange, Outcome};
use sluice_engine::error::{ErrorKind, Result};
use url::Url;

use super::answer::{self, Batched, blamed, is_removal, nothing_to_update, outcomes, whole};
use super::client::{Area, HubSpot, shown_headers};
use super::delete;
use super::error;
use super::properties::definitions;
use super::quota::learn_time;
use super::read::{Look, look};
use super::request::{self, Action, Place, Ready, ready};
use super::window::Turn;
use crate::http::{Answered, Failure};

/// Sends one batch. A repeat has the same bytes, as long as the properties' types are the same.
pub(super) async fn deliver(hub: &HubSpot, batch: &Batch<'_>) -> Delivery {
    let exchange = Exchange { headers: shown_headers(), never_left: true, ..Exchange::default() };
    let ready = match prepared(hub, batch).await {
        Ok(ready) => ready,
        Err(error) => return Delivery::new(error::not_begun(error), exchange),
    };
    let url = hub.url(Area::Objects, &[ready.to.object, "batch", ready.action.name()]);
    let mut exchange = Exchange { target: format!("POST {url}"), left_out: ready.left_out(), ..exchange };
    if ready.entries.is_empty() {
        "Nothing was sent: no record can be taken.".clone_into(&mut exchange.answer);
        return Delivery::new(whole(&ready, Vec::new()), exchange);
    }
    let mut made = BTreeMap::new();
    let answer = match ready.action {
        Action::Archive => archive(hub, &ready, url, &mut exchange).await,
        Action::Upsert | Action::Update | Action::Create => {
            let body = request::body(&ready);
            exchange.keep_body(ready.entries.len(), &body);
            let sent = post(hub, url, body, &mut exchange).await;
            classify(hub, &ready, &sent, &mut made).await
        }
    };
    Delivery { answer, exchange, made }
}

/// The batch made ready by the properties as they are now.
async fn prepared<'a>(hub: &HubSpot, batch: &Batch<'a>) -> Result<Ready<'a>> {
    let to = Place::of(batch.shape)?;
    learn_time(hub).await;
    let definitions = definitions(hub, to.object).await?;
    definitions.check_match(to.object, to.match_field)?;
    ready(batch, Some(&definitions))
}

/// Posts `body` and writes down request and answer.
async fn post(
    hub: &HubSpot,
    url: Url,
    body: Vec<u8>,
    exchange: &mut Exchange,
) -> std::result::Result<Answered, Failure> {
    exchange.bytes = body.len() as u64;
    exchange.never_left = false;
    let started = Instant::now();
    let sent = hub.post(url, body, Turn::Last).await;
    exchange.took = Duration::from_millis(started.elapsed().as_millis() as u64);
    match &sent {
        Ok(answered) => {
            exchange.status = Some(answered.status);
            exchange.answer = answered.kept();
        }
        Err(failure) => {
            // One too many for the present ten seconds stayed here.
            exchange.never_left = failure.error().kind() == ErrorKind::RateLimited;
            failure.error().message().clone_into(&mut exchange.answer);
        }
    }
    sent
}

async fn archive(hub: &HubSpot, ready: &Ready<'_>, url: Url, exchange: &mut Exchange) -> Answer {
    let numbers = match delete::numbers(hub, ready).await {
        Ok(numbers) => numbers,
        Err(error) => return error::not_begun(error),
    };
    if !numbers.any() {
        exchange.target = format!("POST {}", hub.url(Area::Objects, &[ready.to.object, "batch", "read"]));
        exchange.never_left = false;
        "None of these records is in HubSpot any more.".clone_into(&mut exchange.answer);
        return numbers.none_left(ready);
    }
    let body = numbers.body();
    exchange.keep_body(ready.entries.len(), &body);
    let sent = post(hub, url, body, exchange).await;
    delete::classify(hub, ready, numbers, &sent)
}

/// Sorts the answer to a write, and writes down which records it `made`.
async fn classify(
    hub: &HubSpot,
    ready: &Ready<'_>,
    sent: &std::result::Result<Answered, Failure>,
    made: &mut BTreeMap<usize, String>,
) -> Answer {
    let answered = match sent {
        Ok(answered) => answered,
        Err(failure) => return error::unanswered(failure),
    };
    match error::refusal(hub, answered, ready.action == Action::Create) {
        Some(Answer::Refused(error)) => {
            return match blamed(ready, &answered.body) {
                Some(outcomes) => whole(ready, outcomes),
                None => Answer::Refused(error),
            };
        }
        Some(refusal) => return refusal,
        None if answered.is_web_page() => return Answer::Again(error::web_page()),
        None => {}
    }
    let batched: Batched = match error::read(answered) {
        Ok(batched) => batched,
        Err(error) => return Answer::Unknown(error),
    };
    *made = answer::made(ready, &batched);
    let mut outcomes = outcomes(ready, &batched);
    if ready.action == Action::Update {
        look_for_unnamed(hub, ready, &mut outcomes).await;
    }
    answer::whole(ready, outcomes)
}

/// HubSpot may pass over records that it has not, without a word (HubSpot/hubspot-api-nodejs, issue 548): those that
/// an update does not name are looked for.
async fn look_for_unnamed(hub: &HubSpot, ready: &Ready<'_>, outcomes: &mut [Option<Outcome>]) {
    let unnamed: Vec<_> = (0..outcomes.len()).filter(|index| outcomes[*index].is_none()).collect();
    if unnamed.is_empty() {
        return;
    }
    let ids: Vec<_> = unnamed.iter().map(|index| ready.entries[*index].id.as_str()).collect();
    let Ok(looks) = look(hub, ready.to, &ids, &[], Turn::Alone).await else { return };
    for (index, look) in unnamed.into_iter().zip(looks) {
        if let Look::Missing = look {
            outcomes[index] = Some(if is_removal(ready.entries[index].operation) {
                Outcome::Delivered
            } else {
                Outcome::Rejected(nothing_to_update())
            });
        }
    }
}
