//! Up to 200 records in one request (REST API Developer Guide, "sObject Collections").

use std::collections::BTreeMap;

use reqwest::Method;
use serde::Deserialize;
use sluice_engine::destination::{Answer, Delivery, Exchange, Outcome};
use sluice_engine::error::{Error, ErrorKind};
use sluice_engine::record::Operation;

use super::client::{Ask, Org};
use super::error::{Trouble, unreadable};
use super::lookup::{Match, id};
use super::rejection::{RowError, exists, is_gone, outcome};
use super::rows::{Row, Rows};

/// Records of a request.
pub(in crate::destinations) const RECORDS: usize = 200;
/// Bytes of an answer: 200 records with several long reasons each.
const ANSWER: usize = 4 << 20;

/// Where the records go, and what is to become of them.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) object: &'a str,
    pub(super) match_field: &'a str,
    pub(super) operation: Operation,
}

/// One record's result, in the order of the request.
#[derive(Deserialize)]
struct RowResult {
    #[serde(default)]
    id: Option<String>,
    success: bool,
    /// Told of a record that was upserted.
    #[serde(default)]
    created: Option<bool>,
    #[serde(default)]
    errors: Vec<RowError>,
}

/// Sends the records of one operation.
pub(super) async fn send(org: &Org, target: Target<'_>, rows: Rows<'_>) -> Delivery {
    let (mut exchange, mut made) = (Exchange::default(), BTreeMap::new());
    let answer = match try_send(org, target, rows, &mut exchange, &mut made).await {
        Ok(outcomes) => Answer::Records(outcomes),
        Err(trouble) => trouble.answer(),
    };
    Delivery { answer, exchange, made }
}

async fn try_send(
    org: &Org,
    target: Target<'_>,
    mut rows: Rows<'_>,
    exchange: &mut Exchange,
    made: &mut BTreeMap<usize, String>,
) -> Result<Vec<Outcome>, Trouble> {
    let untold = unreadable("what became of this record");
    let ids = if is_sent_blind(target) { Vec::new() } else { find_ids(org, target, &mut rows).await? };
    exchange.left_out = rows.left_out();
    if rows.sent.is_empty() {
        // All are decided without a request.
        exchange.never_left = true;
        "nothing was sent".clone_into(&mut exchange.target);
        return Ok(rows.finish(&untold));
    }
    let Target { object, match_field, operation } = target;
    if operation != Operation::Delete && rows.sent.iter().any(Row::may_be_bare) {
        let described = org.describe(object).await?;
        for row in &mut rows.sent {
            row.write_bare(&described);
        }
    }
    let collection = ["composite", "sobjects"];
    let one = ["composite", "sobjects", object, match_field];
    let joined = ids.join(",");
    let query = [("ids", joined.as_str()), ("allOrNone", "false")];
    let (method, path): (_, &[&str]) = match operation {
        Operation::Upsert => (Method::PATCH, &one),
        Operation::Update | Operation::Clear => (Method::PATCH, &collection),
        Operation::Create => (Method::POST, &collection),
        Operation::Delete => (Method::DELETE, &collection),
    };
    let ask = match operation {
        Operation::Delete => Ask { method, query: &query, ..Ask::get(path) },
        Operation::Upsert | Operation::Update | Operation::Clear | Operation::Create => {
            let body = body(object, &rows.sent, &ids);
            exchange.keep_body(rows.sent.len(), &body);
            Ask::json(method, path, body)
        }
    };
    let answered = org.ask(&ask.up_to(ANSWER), exchange).await?;
    let results: Vec<RowResult> = serde_json::from_str(&answered.body)
        .map_err(|_| Trouble::Unknown(unreadable("what became of the records")))?;
    if results.len() != rows.sent.len() {
        let message =
            format!("Salesforce answered for {} records, and {} were sent.", results.len(), rows.sent.len());
        return Err(Trouble::Unknown(Error::new(ErrorKind::BadAnswer, message)));
    }
    for (row, result) in rows.sent.iter().zip(results) {
        if let Some(id) = new_id(target, &result) {
            made.insert(row.place, id);
        }
        rows.outcomes[row.place] = judge(target, result);
    }
    Ok(rows.finish(&untold))
}

/// No id has to be known before: Salesforce matches the records itself, or the records say their ids.
fn is_sent_blind(target: Target<'_>) -> bool {
    target.operation == Operation::Upsert
        || target.match_field.eq_ignore_ascii_case("Id") && target.operation != Operation::Delete
}

/// The id of a record that was created.
fn new_id(target: Target<'_>, result: &RowResult) -> Option<String> {
    let is_new = match target.operation {
        Operation::Create => true,
        Operation::Upsert => result.created == Some(true),
        Operation::Update | Operation::Clear | Operation::Delete => false,
    };
    result.id.clone().filter(|id| is_new && result.success && !id.is_empty())
}

fn judge(target: Target<'_>, result: RowResult) -> Option<Outcome> {
    if result.success {
        // A result without an id names no record.
        return result.id.filter(|id| !id.is_empty()).map(|_| Outcome::Delivered);
    }
    let gone_already =
        matches!(target.operation, Operation::Delete | Operation::Clear) && is_gone(&result.errors);
    if gone_already {
        return Some(Outcome::Delivered);
    }
    if target.operation == Operation::Create
        && let Some(error) = exists(&result.errors, target.match_field)
    {
        return Some(Outcome::Rejected(error));
    }
    Some(outcome(&result.errors))
}

/// Looks up which records are there. What can not be sent for that gets its outcome; answers with the id of each record
/// that is sent, of those to be created with none.
async fn find_ids(org: &Org, target: Target<'_>, rows: &mut Rows<'_>) -> Result<Vec<String>, Trouble> {
    let object = org.describe(target.object).await?;
    let by = object.match_field(target.match_field).map_err(Trouble::Stop)?;
    let values: Vec<_> = rows.sent.iter().map(|row| row.value.as_str()).collect();
    let matches = org.find(&object, by, &values, &[]).await?;
    let mut ids = Vec::with_capacity(rows.sent.len());
    let outcomes = &mut rows.outcomes;
    rows.sent.retain(|row| {
        let found = match matches.of(by, &row.value) {
            Match::Several => Err(Some(ambiguous(target))),
            Match::One(fields) => Ok(id(fields)),
            Match::None => Ok(None),
        };
        let decided = match (found, target.operation) {
            (Err(outcome), _) => outcome,
            (Ok(Some(_)), Operation::Create) => Some(there_already(target)),
            (Ok(None), Operation::Create) => None,
            (Ok(None), Operation::Update | Operation::Upsert) => Some(not_there(target)),
            // It is gone: that is what was wanted.
            (Ok(None), Operation::Clear | Operation::Delete) => Some(Outcome::Delivered),
            (Ok(Some(id)), _) => {
                ids.push(id);
                None
            }
        };
        let is_sent = decided.is_none();
        outcomes[row.place] = decided;
        is_sent
    });
    Ok(ids)
}

/// The same records give the same bytes.
pub(super) fn body(object: &str, rows: &[Row<'_>], ids: &[String]) -> Vec<u8> {
    let size: usize = rows.iter().map(|row| row.payload.len() + object.len() + 64).sum();
    let mut body = Vec::with_capacity(size + 32);
    body.extend_from_slice(br#"{"allOrNone":false,"records":["#);
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        row.write(&mut body, object, ids.get(index).map(String::as_str));
    }
    body.extend_from_slice(b"]}");
    body
}

/// The part of an answer that speaks of the record at `place`.
pub(super) fn own_answer(answer: &str, place: usize, of: usize) -> Option<String> {
    let results: Vec<&serde_json::value::RawValue> = serde_json::from_str(answer).ok()?;
    (results.len() == of).then(|| results.get(place).map(|result| result.get().to_owned()))?
}

fn not_there(target: Target<'_>) -> Outcome {
    let message = format!("There is no {} with this {} to update.", target.object, target.match_field);
    Outcome::Rejected(Error::new(ErrorKind::NothingToUpdate, message))
}

fn there_already(target: Target<'_>) -> Outcome {
    let message = format!("There is a {} with this {} already.", target.object, target.match_field);
    Outcome::Rejected(Error::new(ErrorKind::AlreadyExists, message))
}

fn ambiguous(target: Target<'_>) -> Outcome {
    let message = format!("Several records of {} have this {}.", target.object, target.match_field);
    Outcome::Rejected(
        Error::new(ErrorKind::RecordRejected, message)
            .with_hint("Merge them in Salesforce, or match by a field that is unique."),
    )
}
