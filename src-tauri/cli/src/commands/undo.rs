//! `sluice undo` and `sluice replay`.

use std::path::PathBuf;

use sluice_api::Api;
use sluice_api::wire::{
    EventStatus, EventsRequest, FieldUndo, Problem, Replay, Undo, UndoLook, UndoLookRequest, UndoReason,
    UndoRecord, Will,
};
use sluice_engine::ErrorKind;

use super::apply;
use super::sync::{follow, quoted, report};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::words::{count, counted};

/// Records of a run that can not be taken back whose earlier event is told where no key is given.
const OFFERED: usize = 3;
/// Events of a record that are looked at for it.
const LOOKED_AT: usize = 100;

/// Restores what `run` changed; of the records with these keys, or all.
pub(crate) async fn run(
    api: &Api,
    out: Output,
    run: i64,
    keys: Vec<String>,
    delete_created: bool,
) -> Result<Exit, Problem> {
    let look =
        UndoLookRequest { run, keys: keys.clone(), events: Vec::new(), search: None, limit: 0, reveal: true };
    let look = or_earlier(api, run, &keys, api.undo_look(look).await).await?;
    let (created, waiting) = (look.delete, look.waiting);
    let of_keys: Vec<String> = keys.iter().map(|key| format!(" --key {}", quoted(key))).collect();
    let of_keys = of_keys.concat();
    let undo = Undo { run, keys, events: Vec::new(), delete_created };
    let undone = follow(api, async { api.undo(undo).await }).await?;
    let exit = report(out, &undone);
    if created > 0 && !delete_created {
        let kept = counted(created, "record");
        output::note(&format!(
            "{kept} that run {run} created stay. To delete them too: sluice undo {run} --delete-created{of_keys}"
        ));
    }
    if waiting > 0 {
        output::note(&format!("{}, and will not go out by themselves.", waited(waiting, run)));
    }
    if undone.counts.delivered > 0 {
        let name = quoted(&undone.sync);
        output::note(&format!(
            "The next run of {name} sends its rows again. Correct the mapping or the rows before, or pause its schedule."
        ));
    }
    Ok(exit)
}

/// Says what undoing `run` would do; of the records with these keys, or all.
pub(crate) async fn look(
    api: &Api,
    out: Output,
    run: i64,
    keys: Vec<String>,
    delete_created: bool,
    limit: usize,
) -> Result<Exit, Problem> {
    let look =
        UndoLookRequest { run, keys: keys.clone(), events: Vec::new(), search: None, limit, reveal: true };
    let look = or_earlier(api, run, &keys, api.undo_look(look).await).await?;
    out.answer(&look, || lines(&look));
    if look.waiting > 0 {
        output::note(&format!("{}, and would not go out by themselves any more.", waited(look.waiting, run)));
    }
    if look.delete > 0 {
        let created = counted(look.delete, "record");
        let alone = if delete_created { "" } else { " with --delete-created alone" };
        output::note(&format!("{created} that run {run} created would be deleted{alone}."));
    }
    Ok(Exit::Done)
}

fn waited(records: u64, run: i64) -> String {
    format!("{} of run {run} waited to be sent", counted(records, "record"))
}

/// Where a run can not be taken back, says how what was sent before it is sent once more. It is told beside the problem;
/// without it nothing is lost.
async fn or_earlier(
    api: &Api,
    run: i64,
    keys: &[String],
    look: Result<UndoLook, Problem>,
) -> Result<UndoLook, Problem> {
    if let Err(problem) = &look
        && problem.kind == ErrorKind::CanNotUndo.name()
        && let Ok(earlier) = earlier(api, run, keys).await
    {
        for (key, event) in &earlier {
            output::note(&format!(
                "To send once more what {key} had before run {run}: sluice replay {event}"
            ));
        }
        if earlier.is_empty() {
            output::note(&format!("Nothing that was sent of these records before run {run} is kept."));
        }
    }
    look
}

/// The newest event before the run of each of these keys; without keys, of some records of the run.
async fn earlier(api: &Api, run: i64, keys: &[String]) -> Result<Vec<(String, String)>, Problem> {
    let taken = || vec![EventStatus::Delivered, EventStatus::Accepted];
    let sync = api.run(run).await?.sync;
    let mut keys = keys.to_vec();
    if keys.is_empty() {
        let statuses = taken();
        let some = EventsRequest { run: Some(run), statuses, limit: OFFERED, ..EventsRequest::default() };
        keys.extend(api.plain_events(some).await?.into_iter().filter_map(|event| event.key));
    }
    let mut found = Vec::new();
    for key in keys {
        let of_key = EventsRequest {
            sync: Some(sync.clone()),
            key: Some(key.clone()),
            statuses: taken(),
            limit: LOOKED_AT,
            ..EventsRequest::default()
        };
        let events = api.plain_events(of_key).await?;
        let before = events.into_iter().rev().find(|event| event.run < run);
        found.extend(before.map(|event| (key, event.event)));
    }
    Ok(found)
}

/// Sends the record of an event once more, with the payload of `file` if there is one.
pub(crate) async fn replay(
    api: &Api,
    out: Output,
    event: String,
    file: Option<PathBuf>,
) -> Result<Exit, Problem> {
    let payload = file.as_deref().map(apply::read).transpose()?;
    let run = follow(api, async { api.replay(Replay { event, payload }).await }).await?;
    Ok(report(out, &run))
}

fn lines(look: &UndoLook) -> Vec<String> {
    let mut lines =
        vec![format!("{}: what undoing run {} would do; nothing was changed", look.sync, look.run)];
    for (what, records) in [
        ("put back", look.put_back),
        ("create again", look.create_again),
        ("delete", look.delete),
        ("leave alone", look.leave_alone),
        ("as before", look.nothing),
    ] {
        lines.push(format!("  {what:<13}{:>11}", count(records)));
    }
    if !look.reasons.is_empty() {
        lines.push("Left alone:".to_owned());
    }
    for UndoReason { reason, records } in &look.reasons {
        lines.push(format!("  {:>11}  {reason}", count(*records)));
    }
    for record in &look.records {
        lines.push(String::new());
        lines.extend(record_lines(record));
    }
    lines
}

fn record_lines(record: &UndoRecord) -> Vec<String> {
    let what = match record.will {
        Will::PutBack => "put back",
        Will::CreateAgain => "create again",
        Will::Delete => "delete",
        Will::Nothing => "as before",
        Will::LeaveAlone => "leave alone",
    };
    let reason = record.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let mut lines = vec![format!("{} ({what}{reason})", record.key)];
    lines.extend(record.fields.iter().map(|field| format!("    {}: {}", field.name, field_words(field))));
    lines
}

/// The value that a field gets back; or that it keeps, and why.
fn field_words(field: &FieldUndo) -> String {
    const NOTHING: &str = "(nothing)";
    let now = field.now.as_deref();
    match &field.reason {
        None => format!("{} → {}", now.unwrap_or(NOTHING), field.then.as_deref().unwrap_or(NOTHING)),
        // Where nothing could be read nobody knows what stands there.
        Some(reason) => match now {
            Some(now) => format!("{now} stays. {reason}"),
            None => format!("left alone. {reason}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_left_alone_shows_what_stands_there_and_why() {
        let field = FieldUndo {
            name: "name".into(),
            now: Some("\"Dora\"".into()),
            then: None,
            wrote: Some("\"Bo\"".into()),
            left_alone: false,
            reason: None,
        };
        assert_eq!(field_words(&field), "\"Dora\" → (nothing)");
        let reason = Some("It was changed since the run.".to_owned());
        let left = FieldUndo { left_alone: true, reason, ..field };
        assert_eq!(field_words(&left), "\"Dora\" stays. It was changed since the run.");
        let reason = Some("It can not be read there now.".to_owned());
        let unread = FieldUndo { now: None, reason, ..left };
        assert_eq!(field_words(&unread), "left alone. It can not be read there now.");
    }
}
