//! `sluice apply`: brings connections and syncs to what a workspace file says.

use std::io::Read;
use std::path::Path;

use sluice_api::Api;
use sluice_api::wire::{Problem, SecretState};
use sluice_api::workspace::{Applied, AppliedChange, AppliedFile, Made};
use sluice_engine::secrets::environment_variable;
use sluice_engine::{Error, ErrorKind};

use super::sync::quoted;
use crate::exit::Exit;
use crate::output::{self, Output};

/// Applies the file at `path`; `-` is standard input.
pub(crate) async fn run(api: &Api, out: Output, path: &Path) -> Result<Exit, Problem> {
    let applied = api.apply_workspace(&read(path)?).await?;
    out.answer(&applied, || lines(&applied));
    note_missing_secrets(api, &applied).await?;
    // A mapping that is new or was edited is worth a look before anything is sent with it.
    if let Some(sync) = applied.changes.iter().find(|change| change.what == Applied::Sync) {
        let name = quoted(&sync.name);
        output::note(&format!("To see what a run would send before it does: sluice plan {name} --all"));
    }
    Ok(Exit::Done)
}

/// The text of a file; `-` is standard input.
pub(crate) fn read(path: &Path) -> sluice_engine::Result<String> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    let bytes = bytes.map_err(|error| {
        Error::new(ErrorKind::BadFile, format!("The file {} could not be read: {error}.", path.display()))
            .with_hint("Check its name and whether you may read it.")
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        Error::new(ErrorKind::BadFile, format!("Line {line}: the file is not UTF-8 text."))
            .with_hint("Save it as UTF-8.")
    })?;
    Ok(text)
}

fn lines(applied: &AppliedFile) -> Vec<String> {
    if applied.changes.is_empty() {
        return vec!["Nothing to change.".to_owned()];
    }
    let mut lines: Vec<_> = applied.changes.iter().map(line).collect();
    if applied.unchanged > 0 {
        lines.push(format!("= {} as before", applied.unchanged));
    }
    lines
}

fn line(change: &AppliedChange) -> String {
    let what = match change.what {
        Applied::Connection => "connection",
        Applied::Sync => "sync",
    };
    match change.change {
        Made::Created => format!("+ {what} {} (created)", change.name),
        Made::Updated => format!("~ {what} {} (updated)", change.name),
    }
}

/// Says which secrets are needed and not there yet.
async fn note_missing_secrets(api: &Api, applied: &AppliedFile) -> Result<(), Problem> {
    let catalogue = api.catalogue(()).await?;
    for connection in api.connections(()).await? {
        let is_named =
            |change: &AppliedChange| change.what == Applied::Connection && change.name == connection.name;
        if !applied.changes.iter().any(is_named) {
            continue;
        }
        let mut kinds = catalogue.warehouses.iter().chain(&catalogue.destinations);
        let Some(kind) = kinds.find(|kind| kind.id == connection.kind) else { continue };
        for (setting, state) in &connection.secrets {
            let is_required = kind.settings.iter().any(|s| s.key == *setting && s.required);
            match state {
                SecretState::Missing if is_required => {
                    output::note(&format!("Still needed: sluice secret set {} {setting}", connection.name));
                }
                SecretState::Unknown { problem } if is_required => output::note(&format!(
                    "Still needed: the {setting} of “{}”. {} Give it in the environment, as {}.",
                    connection.name,
                    problem.message,
                    environment_variable(&connection.name, setting)
                )),
                SecretState::Saved
                | SecretState::Environment
                | SecretState::Missing
                | SecretState::Unknown { .. } => {}
            }
        }
    }
    Ok(())
}
