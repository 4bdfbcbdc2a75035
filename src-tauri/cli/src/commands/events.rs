//! `sluice events`: the event log.

use serde::Serialize;
use serde_json::value::RawValue;
use sluice_api::wire::{ChangeKind, Event, EventStatus, EventsRequest, Problem};
use sluice_api::{Api, PlainEvent, PlainHistory, PlainRequest};

use crate::args::EventsArgs;
use crate::exit::Exit;
use crate::output::{self, Output};
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
    key: Option<&'a str>,
    change: Option<ChangeKind>,
    status: EventStatus,
    what: &'a str,
    who: &'a str,
    message_id: &'a str,
    answer: &'a str,
    reason: Option<&'a Problem>,
    attempts: u64,
    payload: Option<&'a RawValue>,
    read_before: bool,
    before: Option<&'a RawValue>,
    request: Option<&'a PlainRequest>,
}

/// Prints events, newest last.
pub(crate) async fn run(api: &Api, out: Output, args: EventsArgs) -> Result<Exit, Problem> {
    if let Some(sync) = &args.sync {
        api.sync(sync.clone()).await?;
    }
    if let Some(run) = args.run {
        api.run(run).await?;
    }
    let filter = EventsRequest {
        sync: args.sync,
        run: args.run,
        about: args.key,
        statuses: args.status.into_iter().flat_map(|status| counted_as(status.into())).collect(),
        limit: PAGE,
        ..EventsRequest::default()
    };
    for (cursor, count) in pages(api, &filter, args.limit.unwrap_or(usize::MAX)).await? {
        for event in api.plain_events(EventsRequest { cursor, limit: count, ..filter.clone() }).await? {
            print(out, &event);
        }
    }
    Ok(Exit::Done)
}

/// The states a status asks for: as in a run's summary, what was accepted counts as delivered.
fn counted_as(status: EventStatus) -> Vec<EventStatus> {
    let accepted = (status == EventStatus::Delivered).then_some(EventStatus::Accepted);
    std::iter::once(status).chain(accepted).collect()
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

fn print(out: Output, event: &PlainEvent) {
    if out.json {
        output::document_line(&Document::from(event));
        return;
    }
    for line in lines(event) {
        out.line(line);
    }
}

fn lines(event: &PlainEvent) -> Vec<String> {
    let change = event.change.map(change).unwrap_or_default();
    let line = line_of([&event.at, status(event.status), &event.what, change, &event.who, &event.answer]);
    let mut lines = vec![format!("{line}  {}  run {}  {}", event.sync, event.run, event.event)];
    if let Some(problem) = &event.problem {
        lines.push(format!("    {} {}", problem.message, problem.hint));
    }
    lines.extend(event.history.iter().flat_map(|history| history_lines(event, history)));
    lines
}

/// What stood there before, what was sent, and in which request.
fn history_lines(event: &PlainEvent, history: &PlainHistory) -> Vec<String> {
    let before = match &history.before {
        Some(before) => Some(before.get()),
        None => history.read_before.then_some("no such record"),
    };
    let mut lines: Vec<String> = before.map(|before| format!("    before   {before}")).into_iter().collect();
    lines.extend(event.payload.as_deref().map(|payload| format!("    sent     {}", payload.get())));
    if let Some(request) = &history.request {
        lines.push(format!("    request  {}", request.target));
        lines.extend(request.headers.iter().map(|(name, value)| format!("             {name}: {value}")));
        lines.extend(request.body.iter().map(|body| format!("             {body}")));
    }
    lines
}

impl<'a> From<&'a PlainEvent> for Document<'a> {
    fn from(event: &'a PlainEvent) -> Self {
        let history = event.history.as_ref();
        Self {
            event: &event.event,
            at: &event.at,
            sync: &event.sync,
            run: event.run,
            key: event.key.as_deref(),
            change: event.change,
            status: event.status,
            what: &event.what,
            who: &event.who,
            message_id: &event.message_id,
            answer: &event.answer,
            reason: event.problem.as_ref(),
            attempts: event.attempts,
            payload: event.payload.as_deref(),
            read_before: history.is_some_and(|history| history.read_before),
            before: history.and_then(|history| history.before.as_deref()),
            request: history.and_then(|history| history.request.as_ref()),
        }
    }
}

/// One event as a line, with whom it is about masked.
pub(crate) fn line(event: &Event) -> String {
    line_of([&event.at, status(event.status), &event.what, change(event.change), &event.who, &event.answer])
}

fn line_of([at, status, what, change, who, answer]: [&str; 6]) -> String {
    let line = format!("{}  {status:<10}  {what:<10}  {change:<7}  {who:<32}  {answer}", moment(at));
    line.trim_end().to_owned()
}

fn status(status: EventStatus) -> &'static str {
    match status {
        EventStatus::Delivered => "delivered",
        EventStatus::Accepted => "accepted",
        EventStatus::Waiting => "waiting",
        EventStatus::Sending => "sending",
        EventStatus::Rejected => "rejected",
        EventStatus::Doubtful => "doubtful",
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
