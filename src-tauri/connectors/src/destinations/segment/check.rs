//! The connection test. Nothing is sent by it: Segment has no request that tries a key and stores nothing.

use sluice_engine::check::{Note, Steps};
use sluice_engine::error::Result;

use super::client::{Workspace, is_segment};
use crate::http::Failure;
use crate::http::steps::{find, reach, secured};

/// Runs the steps.
pub(super) async fn check(workspace: &Workspace, steps: &mut Steps<'_>) -> Result<()> {
    let base = &workspace.api.address.base;
    let addresses = steps.run(find(&workspace.api.http, base)).await?;
    steps.run(reach(&addresses)).await?;
    steps.run(secure(workspace)).await?;
    steps.run(async { Ok(((), key(workspace))) }).await
}

/// Any answer will do: it is the connection that is tried.
async fn secure(workspace: &Workspace) -> Result<((), Note)> {
    match workspace.api.get("").await? {
        Err(Failure::NotSent(error) | Failure::Lost(error)) => Err(error),
        Ok(_) => Ok(((), secured(&workspace.api.address.base, "The write key and the events"))),
    }
}

fn key(workspace: &Workspace) -> Note {
    if workspace.odd_key {
        let note = "Segment's write keys have 32 letters and digits, and this one is different. Copy it again: in Segment, open the source, Settings, API Keys.";
        return Note::Know(note.to_owned(), None);
    }
    let whose = if is_segment(&workspace.api.address.base) { "Segment" } else { "This API" };
    let note = format!(
        "{whose} takes events with any key and tells nobody if it is wrong. Send one record as a test, and look for it in the source's Debugger."
    );
    Note::Know(note, None)
}
