//! Requests to the practice CRM: a batch in one transaction, with an answer for every record.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde_json::{Value, json};
use sluice_engine::destination::{Answer, Batch, Counted, Delivery, Exchange, Limits, Outcome};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::record::Operation;
use sluice_engine::sync::Shape;

use super::client::{Crm, used_on};
use super::error::{Fault, broken};
use super::event::{ENVELOPE_BYTES, EventTime, write_event};
use super::events;
use super::objects::{FieldDef, ObjectDef};
use super::plays::{Play, Refusal, spoken};
use super::problem::{Problem, What};
use super::records::{self, Done, Edit, Rules, value_of};

/// What the one it plays allows.
pub(super) fn limits(play: &Play, shape: &Shape) -> Limits {
    let envelope_bytes = match shape {
        Shape::Identify | Shape::Track(_) => ENVELOPE_BYTES,
        Shape::Record { .. } => 1,
    };
    Limits {
        records: play.records,
        bytes: play.bytes,
        record_bytes: 256 << 10,
        envelope_bytes,
        in_flight: play.in_flight,
    }
}

/// Where the records go.
#[derive(Clone, Copy)]
enum To {
    Object(&'static ObjectDef, &'static FieldDef),
    Identify,
    Track,
}

/// One record, on its own so that it can go to another thread.
pub(super) struct Incoming {
    pub(super) operation: Operation,
    pub(super) body: Vec<u8>,
    pub(super) message_id: String,
}

struct Request {
    play: &'static Play,
    to: To,
    now: DateTime<Utc>,
    records: Vec<Incoming>,
}

/// What became of the request: the quota was spent, or one verdict per record, with its part of the answer. A record
/// that was taken has its id, where it is a new one.
enum Taken {
    OverQuota,
    Verdicts(Vec<(std::result::Result<Option<String>, Error>, Value)>),
}

impl Taken {
    /// The ids of new records, by place.
    fn made(&self) -> BTreeMap<usize, String> {
        let Self::Verdicts(verdicts) = self else { return BTreeMap::new() };
        let each = verdicts.iter().enumerate();
        each.filter_map(|(place, (verdict, _))| Some((place, verdict.as_ref().ok()?.clone()?))).collect()
    }
}

/// Sends one batch.
pub(super) async fn deliver(crm: &Crm, batch: &Batch<'_>) -> Delivery {
    let started = Instant::now();
    let mut exchange = Exchange {
        target: target(batch),
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        ..Exchange::default()
    };
    let mut made = BTreeMap::new();
    let (answer, status, body) = match request(crm, batch) {
        Err((error, body)) => (Answer::Stop(error), 404, body),
        Ok(request) => {
            let bytes: usize = request.records.iter().map(|record| record.body.len() + 1).sum();
            exchange.bytes = bytes as u64;
            let bodies: Vec<&[u8]> = request.records.iter().map(|record| record.body.as_slice()).collect();
            if let [body] = *bodies {
                exchange.keep_body(1, body);
            }
            if let Some(wait) = crm.too_soon() {
                too_many(crm.play, wait)
            } else {
                let taken = crm.run(move |db| take(db, &request)).await;
                made = taken.as_ref().map(Taken::made).unwrap_or_default();
                classify(crm, taken)
            }
        }
    };
    (exchange.status, exchange.answer, exchange.took) = (Some(status), body.to_string(), started.elapsed());
    Delivery { answer, exchange, made }
}

fn target(batch: &Batch<'_>) -> String {
    let place = match batch.shape {
        Shape::Identify => return "POST practice://crm/events/identify".to_owned(),
        Shape::Track(_) => return "POST practice://crm/events/track".to_owned(),
        Shape::Record { object, .. } => object,
    };
    let first = batch.records.first().map(|record| record.operation);
    let action = match first {
        Some(one) if batch.records.iter().any(|record| record.operation != one) => "batch",
        Some(Operation::Upsert) | None => "upsert",
        Some(Operation::Update) => "update",
        Some(Operation::Create) => "create",
        Some(Operation::Clear) => "clear",
        Some(Operation::Delete) => "delete",
    };
    format!("POST practice://crm/{place}/{action}")
}

/// The request, or what stops all of it, with the answer.
fn request(crm: &Crm, batch: &Batch<'_>) -> std::result::Result<Request, Refusal> {
    let play = crm.play;
    let missing = |what: String| {
        let error = Error::new(ErrorKind::MissingObject, what);
        let body = json!({ "error": error.message() });
        (error, body)
    };
    let to = match batch.shape {
        Shape::Identify | Shape::Track(_) if !play.takes_events => {
            let (error, body) = missing(format!("{} takes records, and no events.", play.name));
            return Err((error.with_hint("Edit the sync, and choose an object to write to."), body));
        }
        Shape::Identify => To::Identify,
        Shape::Track(_) => To::Track,
        Shape::Record { object, match_field } => {
            let def = play
                .object(object)
                .ok_or_else(|| missing(format!("{} has no object “{object}”.", play.name)))?;
            let field = def.field(match_field).filter(|field| field.unique).ok_or_else(|| {
                let known: Vec<_> =
                    def.fields.iter().filter(|field| field.unique).map(|field| field.name).collect();
                let (error, body) = missing(format!("{} can not be matched by “{match_field}”.", def.label));
                (error.with_hint(format!("Match by one of: {}.", known.join(", "))), body)
            })?;
            unknown_fields(play, def, batch)?;
            To::Object(def, field)
        }
    };
    let records = batch.records.iter().map(|record| {
        let mut body = Vec::new();
        match to {
            To::Object(..) => body.extend_from_slice(record.payload),
            To::Identify | To::Track => write_event(&mut body, record, &mut EventTime::default()),
        }
        Incoming { operation: record.operation, body, message_id: record.message_id.to_string() }
    });
    Ok(Request { play, to, now: crm.now(), records: records.collect() })
}

/// Some refuse a request whole where it has fields that the object does not have.
fn unknown_fields(play: &Play, object: &ObjectDef, batch: &Batch<'_>) -> std::result::Result<(), Refusal> {
    let Some(refused) = play.unknown_fields else { return Ok(()) };
    let mut unknown: Vec<String> = Vec::new();
    for record in batch.records {
        let Ok(fields) = records::members(record.payload) else { continue };
        for name in fields.into_keys().filter(|name| object.field(name).is_none()) {
            if !unknown.contains(&name) {
                unknown.push(name);
            }
        }
    }
    if unknown.is_empty() { Ok(()) } else { Err(refused(object, &unknown)) }
}

/// More requests in a short time than are taken.
fn too_many(play: &Play, wait: Duration) -> (Answer, u16, Value) {
    let message = format!("{} asks to slow down: the limit of requests is reached.", play.name);
    let body = json!({ "status": "error", "message": message, "errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING" });
    (Answer::Again(Error::new(ErrorKind::RateLimited, message).with_retry_after(wait)), 429, body)
}

fn classify(crm: &Crm, taken: Result<Taken>) -> (Answer, u16, Value) {
    match taken {
        Ok(Taken::Verdicts(verdicts)) => {
            let (outcomes, results): (Vec<_>, Vec<_>) = verdicts.into_iter().unzip();
            let outcomes = outcomes.into_iter().map(|verdict| match verdict {
                Ok(_) => Outcome::Delivered,
                Err(reason) => Outcome::Rejected(reason),
            });
            (Answer::Records(outcomes.collect()), 200, json!({ "results": results }))
        }
        Ok(Taken::OverQuota) => {
            let (name, daily) = (crm.play.name, &crm.play.daily);
            let (most, what) = (daily.most, spoken(daily.counts));
            let message = format!("{name} takes {most} {what} a day (UTC), and today's are spent.");
            let body = json!({ "error": message });
            let error = Error::new(ErrorKind::QuotaSpent, message).with_retry_after(crm.until_midnight());
            (Answer::Again(error), 429, body)
        }
        Err(error) => {
            let body = json!({ "error": error.message() });
            if error.kind() == ErrorKind::ServerFailed {
                (Answer::Again(error), 503, body)
            } else {
                (Answer::Stop(error), 507, body)
            }
        }
    }
}

/// The verdict on one record of an answer of this CRM.
pub(super) fn own_answer(answer: &str, place: usize, of: usize) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        results: Vec<&'a serde_json::value::RawValue>,
    }
    let Body { results } = serde_json::from_str(answer).ok()?;
    (results.len() == of).then(|| results.get(place).map(|result| result.get().to_owned()))?
}

/// Applies a request in one transaction, within today's quota.
fn take(db: &mut Connection, request: &Request) -> Result<Taken> {
    let day = request.now.date_naive().to_string();
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
    let used = used_on(&transaction, &day).map_err(broken)?;
    let play = request.play;
    let spent = match play.daily.counts {
        Counted::Records => request.records.len() as u64,
        Counted::Requests => 1,
    };
    if used + spent > play.daily.most {
        return Ok(Taken::OverQuota);
    }
    let mut verdicts = Vec::with_capacity(request.records.len());
    for record in &request.records {
        verdicts.push(match take_one(&transaction, request, record) {
            Ok(done) => (Ok(done.made()), (play.taken)(&done)),
            Err(Fault::Refused(problems)) => {
                let (reason, result) = (play.refused)(&problems);
                (Err(reason), result)
            }
            Err(Fault::Broken(error)) => return Err(error),
        });
    }
    transaction
        .execute(
            "INSERT INTO usage (day, records) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET records = records + ?2",
            params![day, spent as i64],
        )
        .map_err(broken)?;
    transaction.commit().map_err(broken)?;
    Ok(Taken::Verdicts(verdicts))
}

/// Applies one record, or answers as before where its message id was applied already.
fn take_one(db: &Connection, request: &Request, record: &Incoming) -> std::result::Result<Done, Fault> {
    let known = db
        .prepare_cached("SELECT record FROM applied WHERE message_id = ?1")?
        .query_row([&record.message_id], |row| row.get::<_, Option<i64>>(0))
        .optional()?;
    if let Some(before) = known {
        return Ok(Done { what: "already applied", record: before });
    }
    let at = request.now.to_rfc3339();
    let done = match request.to {
        To::Object(object, field) => change(db, object, field, record, &at)?,
        To::Identify => events::identify(db, request.play, record, &at)?,
        To::Track => events::track(db, request.play, record)?,
    };
    db.prepare_cached("INSERT INTO applied (message_id, record) VALUES (?1, ?2)")?
        .execute(params![record.message_id, done.record])?;
    Ok(done)
}

fn change(
    db: &Connection,
    object: &'static ObjectDef,
    match_field: &'static FieldDef,
    record: &Incoming,
    at: &str,
) -> std::result::Result<Done, Fault> {
    let fields = records::members(&record.body)?;
    let same = fields.get(match_field.name).and_then(|raw| match_field.canonical(&value_of(raw)));
    let same = same.ok_or_else(|| {
        let words = format!("{} is empty, so no {} can be matched.", match_field.label, object.one);
        Fault::Refused(vec![Problem::of(What::NoMatchValue, match_field.name, words)])
    })?;
    let existing = records::find(db, object, match_field, &same)?;
    let edit = Edit { object, operation: record.operation, match_field, fields, rules: Rules::Strict, at };
    records::apply(db, &edit, existing)
}
