//! `sluice undo` and `sluice replay`.

use std::path::PathBuf;

use sluice_api::Api;
use sluice_api::wire::{Problem, Replay, Undo, UndoLook, UndoLookRequest, UndoRecord, Will};

use super::apply;
use super::sync::{follow, quoted, report};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::words::{count, counted};

/// Restores what `run` changed, or only the record with this key.
pub(crate) async fn run(
    api: &Api,
    out: Output,
    run: i64,
    key: Option<String>,
    delete_created: bool,
) -> Result<Exit, Problem> {
    let keys: Vec<_> = key.into_iter().collect();
    let look =
        UndoLookRequest { run, keys: keys.clone(), events: Vec::new(), search: None, limit: 0, reveal: true };
    let created = api.undo_look(look).await?.delete;
    let undo = Undo { run, keys, events: Vec::new(), delete_created };
    let undone = follow(api, async { api.undo(undo).await }).await?;
    let exit = report(out, &undone);
    if created > 0 && !delete_created {
        let kept = counted(created, "record");
        output::note(&format!(
            "{kept} that run {run} created stay. To delete them too: sluice undo {run} --delete-created"
        ));
    }
    if undone.counts.delivered > 0 {
        let name = quoted(&undone.sync);
        output::note(&format!(
            "The next run of {name} sends its rows again. Correct the mapping or the rows before, or pause its schedule."
        ));
    }
    Ok(exit)
}

/// Says what undoing `run` would do.
pub(crate) async fn look(
    api: &Api,
    out: Output,
    run: i64,
    key: Option<String>,
    limit: usize,
) -> Result<Exit, Problem> {
    let keys = key.into_iter().collect();
    let look = UndoLookRequest { run, keys, events: Vec::new(), search: None, limit, reveal: true };
    let look = api.undo_look(look).await?;
    out.answer(&look, || lines(&look));
    Ok(Exit::Done)
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
    let none = || "(nothing)".to_owned();
    for field in &record.fields {
        let (now, then) = (field.now.clone().unwrap_or_else(none), field.then.clone().unwrap_or_else(none));
        let left = if field.left_alone { " (left alone)" } else { "" };
        lines.push(format!("    {}: {now} → {then}{left}", field.name));
    }
    lines
}
