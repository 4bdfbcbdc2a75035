//! `sluice plan --all --export`: the file that every compared record is written to.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use sluice_api::Api;
use sluice_api::wire::{Problem, ReviewExport, ReviewFilter};
use sluice_engine::{Error, ErrorKind, Result};

/// A file that takes every compared record.
pub(crate) struct Export {
    path: PathBuf,
    format: &'static str,
}

impl Export {
    /// The file at `path`. One that can not be written is refused here, as far as that shows before anything is begun.
    pub(crate) fn to(path: PathBuf) -> Result<Self> {
        let format = format_of(&path)?;
        try_out(&path).map_err(|error| {
            let message = format!("The file {} can not be written: {error}.", path.display());
            refused(message, "Choose another place for it.").with_source(error)
        })?;
        Ok(Self { path, format })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes every compared record of `run`, and answers with how many.
    pub(crate) async fn write(&self, api: &Api, run: i64) -> Result<u64, Problem> {
        let (path, format) = (self.path.to_string_lossy().into_owned(), self.format.to_owned());
        let export = ReviewExport { run, filter: ReviewFilter::default(), path, format, reveal: true };
        api.review_export(export).await
    }
}

fn refused(message: String, hint: &'static str) -> Error {
    Error::new(ErrorKind::BadFile, message).with_safe("Nothing was read or sent.").with_hint(hint)
}

/// The form that the end of a file's name asks for, in any case.
fn format_of(path: &Path) -> Result<&'static str> {
    if path == Path::new("-") {
        let message = "“-” is no file, and standard output has the plan itself.".to_owned();
        return Err(refused(message, "Name a file that ends in .csv or .jsonl."));
    }
    let Some(end) = path.extension() else { return Ok("csv") };
    let end = end.to_string_lossy();
    match end.to_lowercase().as_str() {
        "csv" => Ok("csv"),
        "jsonl" | "json" => Ok("jsonl"),
        _ => {
            let message = format!("A file that ends in .{end} can not be written.");
            Err(refused(message, "Let its name end in .csv for CSV, or in .jsonl for JSON lines."))
        }
    }
}

/// Whether a file can be written, without touching one that is there.
fn try_out(path: &Path) -> io::Result<()> {
    match path.metadata() {
        Ok(there) if there.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(there) if there.is_file() => File::options().append(true).open(path).map(drop),
        // What reads a pipe takes the first end of it for the last.
        Ok(_) => Ok(()),
        Err(_) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new("."));
            folder.metadata()?;
            // The kind alone: the error itself names a file that nobody knows.
            tempfile::NamedTempFile::new_in(folder).map(drop).map_err(|error| error.kind().into())
        }
    }
}
