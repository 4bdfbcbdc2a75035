//! `sluice export`: connections and syncs as a workspace file.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sluice_api::Api;
use sluice_api::wire::Problem;

use crate::exit::Exit;
use crate::output::{self, Output};

#[derive(Serialize)]
struct Written<'a> {
    output: &'a Path,
}

/// Writes the workspace file to `path`, or to standard output; there in JSON if asked.
pub(crate) async fn run(api: &Api, out: Output, path: Option<PathBuf>) -> Result<Exit, Problem> {
    match path {
        Some(path) => {
            to_file(out, &path, &api.export_workspace().await?)?;
        }
        None if out.json => output::document_line(&api.export_workspace_json().await?),
        None => out.people(&[api.export_workspace().await?.trim_end().to_owned()]),
    }
    Ok(Exit::Done)
}

/// Writes `text` to the file of a command's `--output`, and says so.
pub(super) fn to_file(out: Output, path: &Path, text: &str) -> Result<(), Problem> {
    write_whole(path, text)?;
    out.answer(&Written { output: path }, || vec![format!("Written to {}.", path.display())]);
    Ok(())
}

/// Writes the file in one step, so that a full disk leaves an earlier export as it was.
fn write_whole(path: &Path, text: &str) -> sluice_engine::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    });
    Ok(written.map(drop)?)
}
