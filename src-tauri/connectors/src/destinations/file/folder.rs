//! The folder: which files a run has, and when they appear under their own name.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sluice_engine::connection::Opening;
use sluice_engine::error::{Error, ErrorKind, Result};

use super::super::file_name::file_safe;
use super::ending::{Ending, settle};
use super::error::failed;
use super::part::{Line, Part, hidden, sync_folder};
use super::table::Formulas;

/// A folder and the format of its files.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    extension: &'static str,
    ending: Ending,
    open: Arc<Mutex<HashMap<PathBuf, Part>>>,
}

/// What adding a batch did.
pub(super) struct Added {
    pub(super) bytes: u64,
    pub(super) lines: usize,
}

impl Folder {
    pub(super) fn new(opening: &Opening) -> Result<Self> {
        let path = PathBuf::from(opening.required("folder")?);
        if !path.is_absolute() {
            return Err(Error::new(ErrorKind::BadSettings, "The folder has to be a whole path.")
                .with_hint("For example: /home/ana/exports"));
        }
        let extension = if opening.get("format") == Some("csv") { "csv" } else { "jsonl" };
        let escape = opening.get("formulas") == Some("escape");
        let ending = Ending {
            appended: opening.get("files") == Some("appended"),
            formulas: if escape { Formulas::Escape } else { Formulas::Keep },
        };
        Ok(Self { path, extension, ending, open: Arc::default() })
    }

    /// The file of a run: the first name that no finished file has.
    pub(super) fn target(&self, sync: &str, run: i64) -> PathBuf {
        let stem = format!("{}-run-{run}", file_safe(sync));
        let first = self.path.join(format!("{stem}.{}", self.extension));
        let more = (2..).map(|number| self.path.join(format!("{stem}-{number}.{}", self.extension)));
        std::iter::once(first.clone()).chain(more).find(|path| !path.exists()).unwrap_or(first)
    }

    /// The file that people find the lines of the run's file `target` in.
    pub(super) fn file(&self, target: &Path) -> PathBuf {
        self.ending.file(target)
    }

    /// Adds lines to the file `target` of `sync`, durably. What is there already is not added again.
    pub(super) async fn add(&self, sync: &str, target: PathBuf, lines: Vec<Line>) -> Result<Added> {
        let (folder, prefix) = (self.path.clone(), format!(".{}-run-", file_safe(sync)));
        let ending = self.ending;
        self.run(move |open| {
            let at = |error| failed(&folder, &target, error);
            if !open.contains_key(&target) {
                make(&folder).map_err(at)?;
                finish_parts(&folder, &prefix, ending, |other| other != target && !open.contains_key(other))?;
                open.insert(target.clone(), Part::open(&target).map_err(at)?);
                sync_folder(&folder).map_err(at)?;
            }
            let part = open.get_mut(&target).ok_or_else(|| at(io::ErrorKind::NotFound.into()))?;
            match part.add(&lines) {
                Ok((bytes, lines)) => Ok(Added { bytes, lines }),
                Err(error) => {
                    // Opened afresh next time, and cut back to what its journal says.
                    open.remove(&target);
                    Err(at(error))
                }
            }
        })
        .await
    }

    /// Gives the files of a run their own names. Files of earlier runs of `sync` that were left by a crash too.
    pub(super) async fn finish_run(&self, sync: &str, run: i64) -> Result<()> {
        let (folder, sync) = (self.path.clone(), file_safe(sync));
        let (mine, ending) = (format!(".{sync}-run-{run}"), self.ending);
        self.run(move |open| {
            if !folder.is_dir() {
                return Ok(());
            }
            open.retain(|target, _| {
                !hidden(target, "part").file_name().is_some_and(|name| {
                    let name = name.to_string_lossy();
                    name.starts_with(&format!("{mine}.")) || name.starts_with(&format!("{mine}-"))
                })
            });
            finish_parts(&folder, &format!(".{sync}-run-"), ending, |other| !open.contains_key(other))
        })
        .await
    }

    /// Works on the open parts, away from the threads that wait for networks.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut HashMap<PathBuf, Part>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let open = Arc::clone(&self.open);
        let done = tokio::task::spawn_blocking(move || {
            work(&mut open.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.map_err(|error| {
            Error::new(ErrorKind::Bug, "Writing the file stopped in the middle.").with_source(error)
        })?
    }
}

/// Makes the folder where only its last name is missing. A longer path that is not there is a disk that is away.
fn make(folder: &Path) -> io::Result<()> {
    if folder.exists() { Ok(()) } else { std::fs::create_dir(folder) }
}

/// Finishes every part in `folder` whose name begins with `prefix` and that is `wanted`. First of all, what a crash
/// left between two names.
fn finish_parts(folder: &Path, prefix: &str, ending: Ending, wanted: impl Fn(&Path) -> bool) -> Result<()> {
    let names = || -> Result<Vec<String>> {
        let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = entries.map_err(|error| failed(folder, folder, error))?;
        Ok(entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
    };
    for name in names()? {
        let Some(target) = target_of(&name, prefix, ".done").map(|target| folder.join(target)) else {
            continue;
        };
        settle(folder, &target).map_err(|error| failed(folder, &ending.file(&target), error))?;
    }
    for name in names()? {
        let Some(target) = target_of(&name, prefix, ".part").map(|target| folder.join(target)) else {
            continue;
        };
        if wanted(&target) {
            ending.finish(folder, &target).map_err(|error| failed(folder, &ending.file(&target), error))?;
        }
    }
    Ok(())
}

/// The run's file that `name`, which ends in `ending`, belongs to, if it is one of this sync.
fn target_of<'a>(name: &'a str, prefix: &str, ending: &str) -> Option<&'a str> {
    let numbers = name.strip_prefix(prefix)?.strip_suffix(ending)?;
    let numbers = numbers.strip_suffix(".jsonl").or_else(|| numbers.strip_suffix(".csv"))?;
    let is_run = numbers.split('-').count() <= 2
        && numbers
            .split('-')
            .all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    if is_run { name.strip_prefix('.')?.strip_suffix(ending) } else { None }
}
