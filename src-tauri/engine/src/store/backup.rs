//! Copies of the database in the data folder's `backups`: one a day, and one before each new version.
//!
//! A copy is written beside the others, looked through, and only then given its name; older ones go after that.
//! So a copy that did not succeed costs none that did.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use rusqlite::{Connection, OpenFlags};

use super::opening::{check, connect, database};
use super::{make_private, make_private_folder};
use crate::error::{Error, ErrorKind, Result};

/// Daily copies kept.
const DAYS: usize = 3;
/// Copies from before a new version kept.
const VERSIONS: usize = 2;
/// A copy that is still being written.
const UNFINISHED: &str = "unfinished.sqlite";

/// Makes today's copy, unless there is one. Answers whether it was made.
///
/// The database is looked through first: [`ErrorKind::Damaged`] is what it has, and no copy is made then.
pub fn daily(home: &Path, today: NaiveDate) -> Result<bool> {
    let path = folder(home).join(format!("{today}.sqlite"));
    if path.exists() {
        return Ok(false);
    }
    copy(home, &path)?;
    let mut days = named(home, day_of);
    // A copy from a day that is still to come was made while the clock was wrong.
    days.sort_by_key(|(day, _)| if *day > today { NaiveDate::MIN } else { *day });
    rotate(days, DAYS)?;
    Ok(true)
}

/// Makes a copy before the database becomes `version`.
pub(super) fn before_version(home: &Path, version: usize) -> Result<()> {
    copy(home, &folder(home).join(format!("before-version-{version}.sqlite")))?;
    let mut versions = named(home, version_of);
    versions.sort_by_key(|(version, _)| *version);
    rotate(versions, VERSIONS)
}

/// There is a copy.
pub(super) fn any(home: &Path) -> bool {
    !named(home, |name| day_of(name).map(drop).or(version_of(name).map(drop))).is_empty()
}

fn folder(home: &Path) -> PathBuf {
    home.join("backups")
}

fn day_of(name: &str) -> Option<NaiveDate> {
    name.strip_suffix(".sqlite")?.parse().ok()
}

fn version_of(name: &str) -> Option<usize> {
    name.strip_prefix("before-version-")?.strip_suffix(".sqlite")?.parse().ok()
}

/// Copies whose name says something.
fn named<T>(home: &Path, read: impl Fn(&str) -> Option<T>) -> Vec<(T, PathBuf)> {
    // Without the folder, or in one that can not be read, there are none to keep or to remove.
    let entries = fs::read_dir(folder(home)).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((read(entry.file_name().to_str()?)?, entry.path()))).collect()
}

/// Keeps the last `keep`.
fn rotate<T>(mut oldest_first: Vec<(T, PathBuf)>, keep: usize) -> Result<()> {
    let surplus = oldest_first.len().saturating_sub(keep);
    oldest_first.drain(..surplus).try_for_each(|(_, path)| Ok(fs::remove_file(path)?))
}

fn copy(home: &Path, to: &Path) -> Result<()> {
    make_private_folder(&folder(home))?;
    let unfinished = folder(home).join(UNFINISHED);
    if unfinished.exists() {
        fs::remove_file(&unfinished)?;
    }
    let copied = copy_whole(home, &unfinished).and_then(|()| {
        fs::rename(&unfinished, to)?;
        sync_folder(&folder(home))
    });
    if copied.is_err() && unfinished.exists() {
        // What failed says more than that its remains could not be removed; the next copy removes them.
        drop(fs::remove_file(&unfinished));
    }
    copied
}

fn copy_whole(home: &Path, to: &Path) -> Result<()> {
    let source = connect(&database(home), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    check(&source)?;
    let before = counts(&source)?;
    let text =
        to.to_str().ok_or_else(|| Error::new(ErrorKind::Storage, "The data folder's path is not text."))?;
    source.execute("vacuum into ?1", [text])?;
    let after = counts(&source)?;
    make_private(to)?;
    fs::File::open(to)?.sync_all()?;
    verify(to, &before, &after)
}

/// The copy can be opened, is sound, and has as many rows as the database had while it was made.
fn verify(copy: &Path, before: &[i64], after: &[i64]) -> Result<()> {
    let copy = connect(copy, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    check(&copy)?;
    let found = counts(&copy)?;
    let whole = found.len() == before.len()
        && found
            .iter()
            .zip(before.iter().zip(after))
            .all(|(found, (before, after))| (before.min(after)..=before.max(after)).contains(&found));
    if whole { Ok(()) } else { Err(Error::new(ErrorKind::Storage, "A backup is not whole.")) }
}

/// Rows of each table.
fn counts(connection: &Connection) -> Result<Vec<i64>> {
    let mut statement =
        connection.prepare("select name from sqlite_schema where type = 'table' order by name")?;
    let names: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let count = |name: &String| {
        let sql = format!("select count(*) from \"{name}\"");
        Ok(connection.query_row(&sql, [], |row| row.get(0))?)
    };
    names.iter().map(count).collect()
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<()> {
    Ok(fs::File::open(folder)?.sync_all()?)
}

/// Windows writes a rename through by itself, and opens no folder.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> Result<()> {
    Ok(())
}
