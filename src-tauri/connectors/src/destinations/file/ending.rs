//! What becomes of a part when its run has ended: a file of its own, or more of the sync's one file.
//!
//! Either way one rename makes it appear. For more of a file, the new whole is written beside it first. Then the part is
//! renamed to `.….done`, which says that the new whole is to take the old one's place: after a crash on either side
//! of that, nothing is missing and nothing there twice.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::part::{Part, hidden, sync_folder};
use super::table::{Formulas, write_csv};

/// How the files of a connection end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    /// All runs of a sync go into one file.
    pub(super) appended: bool,
    /// What becomes of cells that a spreadsheet would compute.
    pub(super) formulas: Formulas,
}

impl Ending {
    /// The file that people find the lines of the run's file `target` in.
    pub(super) fn file(self, target: &Path) -> PathBuf {
        if self.appended { whole(target) } else { target.to_owned() }
    }

    /// Makes a part appear, at once. May be done again after a crash in the middle.
    pub(super) fn finish(self, folder: &Path, target: &Path) -> io::Result<()> {
        let part = hidden(target, "part");
        // Cuts off what was never confirmed.
        drop(Part::open(target)?);
        let is_empty = fs::metadata(&part)?.len() == 0;
        if !is_empty && self.appended {
            let table = hidden(target, "table");
            self.write(&part, Some(&whole(target)), &table)?;
            fs::rename(&part, hidden(target, "done"))?;
            sync_folder(folder)?;
            return settle(folder, target);
        }
        if is_empty || target.exists() {
            fs::remove_file(&part)?;
        } else if is_csv(target) {
            let table = hidden(target, "table");
            self.write(&part, None, &table)?;
            fs::rename(table, target)?;
            sync_folder(folder)?;
            fs::remove_file(&part)?;
        } else {
            fs::rename(&part, target)?;
        }
        fs::remove_file(hidden(target, "ids"))?;
        sync_folder(folder)
    }

    /// Writes what was in `before` and then the lines of `part` to `to`, durably.
    fn write(self, part: &Path, before: Option<&Path>, to: &Path) -> io::Result<()> {
        let before = before.filter(|before| before.exists());
        if is_csv(part) { write_csv(before, part, to, self.formulas) } else { join(before, part, to) }
    }
}

/// Puts the new whole in the old one's place where a `.….done` says so.
pub(super) fn settle(folder: &Path, target: &Path) -> io::Result<()> {
    let table = hidden(target, "table");
    if table.exists() {
        fs::rename(table, whole(target))?;
        sync_folder(folder)?;
    }
    match fs::remove_file(hidden(target, "ids")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    fs::remove_file(hidden(target, "done"))?;
    sync_folder(folder)
}

/// The one file of a sync, from that of one of its runs: no run's file has such a name.
fn whole(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let extension = target.extension().unwrap_or_default().to_string_lossy();
    let sync = name.rsplit_once("-run-").map_or(&*name, |(sync, _)| sync);
    target.with_file_name(format!("{sync}-all.{extension}"))
}

/// Also of a hidden file beside one.
fn is_csv(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".csv") || name.ends_with(".csv.part")
}

fn join(before: Option<&Path>, part: &Path, to: &Path) -> io::Result<()> {
    let mut out = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(to)?;
    if let Some(before) = before {
        let length = io::copy(&mut File::open(before)?, &mut out)?;
        let mut last = [b'\n'];
        if length > 0 {
            out.seek(SeekFrom::End(-1))?;
            out.read_exact(&mut last)?;
        }
        // Somebody may have edited it.
        if last != [b'\n'] {
            out.write_all(b"\n")?;
        }
    }
    io::copy(&mut File::open(part)?, &mut out)?;
    out.sync_all()
}
