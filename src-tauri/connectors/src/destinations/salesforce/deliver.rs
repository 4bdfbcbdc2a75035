//! Sending a batch: collections of up to 200 records, or a job.

use sluice_engine::destination::{Answer, Batch, Delivery, Exchange, JobToken, Limits, Request, Together};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::record::Operation;
use sluice_engine::sync::Shape;
use url::Url;

use super::address::{api, my_domain};
use super::bulk;
use super::client::{JSON, Org, shown_headers, upsert_url};
use super::collections::{self, Target};
use super::error::Trouble;
use super::lookup::same;
use super::rows::Rows;

/// Records of a run from which jobs take fewer requests and less of the day's quota (Salesforce's own line:
/// REST API Developer Guide, "Asynchronous Processing").
const MANY: u64 = 2_000;

/// Bytes of one record's payload: Salesforce takes 400,000 characters a record in a job.
const RECORD_BYTES: usize = 400_000;

/// What [`Rows`] adds to a payload: the object's name and the record's id.
const ENVELOPE_BYTES: usize = 128;

/// Two requests or jobs at a time: while one job's results are fetched and the next is filled, Salesforce works on the
/// other. More would only lock each other out where they change records of the same parent.
pub(in crate::destinations) const LIMITS: Limits = Limits {
    records: bulk::RECORDS,
    bytes: bulk::BYTES,
    record_bytes: RECORD_BYTES,
    envelope_bytes: ENVELOPE_BYTES,
    in_flight: 2,
};

/// A job's requests: made, uploaded, handed over, looked at twice, and its three files.
const OF_A_JOB: u64 = 8;

/// How many records go together in a run that sends `of_run`. Only what is matched by Salesforce itself goes in
/// jobs: for the others ids have to be looked up first.
pub(super) fn together(operation: Operation, of_run: u64) -> Together {
    let collection =
        |requests| Together { records: collections::RECORDS, requests, by: "sObject Collections" };
    match operation {
        Operation::Upsert if of_run >= MANY => {
            Together { records: bulk::RECORDS, requests: OF_A_JOB, by: "Bulk API 2.0" }
        }
        Operation::Upsert => collection(1),
        Operation::Update | Operation::Create | Operation::Clear | Operation::Delete => collection(2),
    }
}

/// Sends one batch, whose records are all to be treated alike.
pub(super) async fn deliver(org: &Org, batch: &Batch<'_>) -> Delivery {
    let target = match target(batch) {
        Ok(target) => target,
        Err(error) => return unsent(Answer::Stop(error)),
    };
    let rows = match rows(org, target, batch).await {
        Ok(rows) => rows,
        Err(trouble) => return unsent(trouble.answer()),
    };
    if batch.records.len() <= collections::RECORDS {
        return collections::send(org, target, rows).await;
    }
    if target.operation == Operation::Upsert {
        return bulk::begin(org, target, rows).await;
    }
    let message = format!("Salesforce takes {} records in such a request.", collections::RECORDS);
    unsent(Answer::Refused(Error::new(ErrorKind::TooLarge, message)))
}

/// Looks at the job of a batch.
pub(super) async fn poll(org: &Org, token: &JobToken, batch: &Batch<'_>) -> Option<Delivery> {
    let target = match target(batch) {
        Ok(target) => target,
        Err(error) => return Some(unsent(Answer::Stop(error))),
    };
    match rows(org, target, batch).await {
        Ok(rows) => bulk::poll(org, token, target, rows).await,
        Err(trouble) => Some(unsent(trouble.answer())),
    }
}

/// The batch's records, of those that are one in Salesforce only the last. The object is described, once, only where that
/// is in question.
async fn rows<'a>(
    org: &Org,
    target: Target<'_>,
    batch: &Batch<'a>,
) -> std::result::Result<Rows<'a>, Trouble> {
    let mut rows = Rows::of(batch.records, target.match_field);
    if rows.may_repeat() {
        let object = org.describe(target.object).await?;
        if let Some(by) = object.field(target.match_field) {
            rows.keep_last(target.match_field, |value| same(by, value));
        }
    }
    Ok(rows)
}

fn target<'a>(batch: &Batch<'a>) -> Result<Target<'a>> {
    let Shape::Record { object, match_field } = batch.shape else {
        return Err(Error::new(
            ErrorKind::BadMapping,
            "Salesforce takes records, and no identify or track events.",
        ));
    };
    let mut operations = batch.records.iter().map(|record| record.operation);
    let operation = operations.next().unwrap_or(Operation::Upsert);
    if operations.any(|other| other != operation) {
        return Err(Error::new(
            ErrorKind::Bug,
            "Records that are to be treated differently came in one batch.",
        ));
    }
    if operation == Operation::Create && match_field.eq_ignore_ascii_case("Id") {
        return Err(Error::new(ErrorKind::BadMapping, "Salesforce gives new records their Id by itself.")
            .with_hint("Match by an external ID, or choose a mode that updates."));
    }
    Ok(Target { object, match_field, operation })
}

fn unsent(answer: Answer) -> Delivery {
    Delivery::new(answer, Exchange { never_left: true, ..Exchange::default() })
}

/// A batch's request, to be written by hand; `None` where ids belong in it that nobody knows before they are looked up.
/// Texts stay texts: the fields' types are not known here.
pub(super) fn request(instance: Option<&str>, batch: &Batch<'_>) -> Result<Option<Request>> {
    let target = target(batch)?;
    let base = match instance {
        Some(instance) => my_domain(instance)?,
        None => Url::parse("https://MyDomainName.my.salesforce.com/")
            .map_err(|error| Error::new(ErrorKind::Bug, "An address of ours is none.").with_source(error))?,
    };
    let rows = Rows::of(batch.records, target.match_field);
    let shown = rows.sent.get(..collections::RECORDS.min(rows.sent.len())).unwrap_or_default();
    let collection = || api(&base, &["composite", "sobjects"]);
    let says_its_id = target.match_field.eq_ignore_ascii_case("Id");
    let (method, url) = match target.operation {
        Operation::Upsert => ("PATCH", upsert_url(&base, target.object, target.match_field)),
        Operation::Create => ("POST", collection()),
        Operation::Update | Operation::Clear | Operation::Delete if !says_its_id => return Ok(None),
        Operation::Update | Operation::Clear => ("PATCH", collection()),
        Operation::Delete => {
            let ids: Vec<_> = shown.iter().map(|row| row.value.as_str()).collect();
            let mut url = collection();
            url.query_pairs_mut().append_pair("ids", &ids.join(",")).append_pair("allOrNone", "false");
            ("DELETE", url)
        }
    };
    let (content, body) = match target.operation {
        Operation::Delete => (None, Vec::new()),
        Operation::Upsert | Operation::Update | Operation::Create | Operation::Clear => {
            (Some(JSON), collections::body(target.object, shown, &[]))
        }
    };
    let headers = shown_headers(content);
    Ok(Some(Request { method, url: url.into(), secret_is_user: false, headers, body }))
}
