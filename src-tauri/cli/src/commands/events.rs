//! `sluice events`: the event log.

use serde::Serialize;
use serde_json::value::RawValue;
use sluice_api::Api;
use sluice_api::wire::{ChangeKind, Event, EventDetail, EventRequest, EventStatus, EventsRequest, Problem};

use crate::args::EventsArgs;
use crate::exit::Exit;
use crate::output::Output;
use crate::words::moment;

/// Events asked for at once.
const PAGE: usize = 500;

/// One event in JSON.
#[derive(Serialize)]
struct Document<'a> {
    event: &'a str,
    at: &'a str,
    sync: &'a str,
    run: i64,
    key: &'a str,
    change: ChangeKind,
    status: EventStatus,
    what: &'a str,
    who: &'a str,
    message_id: &'a str,
    answer: &'a str,
    reason: Option<&'a Problem>,
    attempts: usize,
    payload: Option<&'a RawValue>,
}

/// Prints events, newest last.
pub(crate) async fn run(api: &Api, out: Output, args: EventsArgs) -> Result<Exit, Problem> {
    if let Some(sync) = &args.sync {
        api.sync(sync.clone()).await?;
    }
    let filter = EventsRequest {
        sync: args.sync,
        run: args.run,
        key: args.key,
        statuses: args.status.into_iter().map(Into::into).collect(),
        limit: PAGE,
        ..EventsRequest::default()
    };
    for (cursor, count) in pages(api, &filter, args.limit.unwrap_or(usize::MAX)).await? {
        let page = api.events(EventsRequest { cursor, limit: count, ..filter.clone() }).await?;
        for event in page.events.iter().rev() {
            print(api, out, event).await?;
        }
    }
    Ok(Exit::Done)
}

/// Where each page begins and how many events it has, oldest page first. The log comes newest first and is
/// printed the other way round; keeping only the pages' beginnings, a log of any length fits in memory.
async fn pages(
    api: &Api,
    filter: &EventsRequest,
    limit: usize,
) -> Result<Vec<(Option<String>, usize)>, Problem> {
    let mut pages = Vec::new();
    let mut cursor = None;
    let mut left = limit;
    while left > 0 {
        let request = EventsRequest { cursor: cursor.clone(), limit: PAGE.min(left), ..filter.clone() };
        let page = api.events(request).await?;
        left -= page.events.len().min(left);
        pages.push((cursor, page.events.len()));
        cursor = page.cursor;
        if cursor.is_none() || page.events.is_empty() {
            break;
        }
    }
    pages.reverse();
    Ok(pages)
}

async fn print(api: &Api, out: Output, event: &Event) -> Result<(), Problem> {
    let detail = api.event(EventRequest { event: event.event.clone(), reveal: true }).await?;
    if out.json {
        out.document(&document(&detail));
    } else {
        out.lines(&lines(&detail));
    }
    Ok(())
}

fn document(detail: &EventDetail) -> Document<'_> {
    let event = &detail.event;
    Document {
        event: &event.event,
        at: &event.at,
        sync: &event.sync,
        run: event.run,
        key: &event.key,
        change: event.change,
        status: event.status,
        what: &event.what,
        who: &event.who,
        message_id: &detail.message_id,
        answer: &event.answer,
        reason: detail.problem.as_ref(),
        attempts: detail.attempts.len(),
        payload: serde_json::from_str(&detail.payload).ok(),
    }
}

fn lines(detail: &EventDetail) -> Vec<String> {
    let mut lines = vec![line(&detail.event)];
    lines.extend(detail.problem.as_ref().map(|problem| format!("    {} {}", problem.message, problem.hint)));
    lines
}

/// One event as a line.
pub(crate) fn line(event: &Event) -> String {
    let status = status(event.status);
    let change = change(event.change);
    format!(
        "{}  {status:<10}  {:<10}  {change:<7}  {:<32}  {}",
        moment(&event.at),
        event.what,
        event.who,
        event.answer
    )
    .trim_end()
    .to_owned()
}

fn status(status: EventStatus) -> &'static str {
    match status {
        EventStatus::Delivered => "delivered",
        EventStatus::Accepted => "accepted",
        EventStatus::Waiting => "waiting",
        EventStatus::Sending => "sending",
        EventStatus::Rejected => "rejected",
        EventStatus::Superseded => "superseded",
        EventStatus::Discarded => "discarded",
        EventStatus::Invalid => "invalid",
    }
}

fn change(change: ChangeKind) -> &'static str {
    match change {
        ChangeKind::Added => "added",
        ChangeKind::Changed => "changed",
        ChangeKind::Removed => "removed",
    }
}
