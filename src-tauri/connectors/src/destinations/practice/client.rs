//! The practice CRM's file: opening it, today's quota, and reading records back.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Days, NaiveTime, Utc};
use rusqlite::{Connection, OptionalExtension};
use serde_json::value::RawValue;
use sluice_engine::clock::SharedClock;
use sluice_engine::connection::Opening;
use sluice_engine::destination::{Found, ReadByKey};
use sluice_engine::error::{Error, ErrorKind, Result};

use super::super::file_name::file_safe;
use super::error::broken;
use super::plays::{self, Play};
use super::records;

/// A record's number is given to no other one later, in files that are made with this: an undo knows a record by it.
const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS record (
        id INTEGER PRIMARY KEY AUTOINCREMENT, object TEXT NOT NULL, fields TEXT NOT NULL,
        changed_at TEXT NOT NULL, made_at TEXT) STRICT;
    CREATE TABLE IF NOT EXISTS match_value (
        object TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, record INTEGER NOT NULL REFERENCES record,
        PRIMARY KEY (object, field, value)) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS match_value_record ON match_value (record);
    CREATE TABLE IF NOT EXISTS event (
        message_id TEXT PRIMARY KEY, contact INTEGER, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS applied (message_id TEXT PRIMARY KEY, record INTEGER) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS usage (day TEXT PRIMARY KEY, records INTEGER NOT NULL) STRICT, WITHOUT ROWID;
";

/// A practice CRM in its own file in the data folder.
pub(super) struct Crm {
    /// Whom it plays.
    pub(super) play: &'static Play,
    path: PathBuf,
    clock: SharedClock,
    /// When the last requests came, where so many are taken in so long.
    lately: Mutex<VecDeque<DateTime<Utc>>>,
    file: Arc<Mutex<Option<Connection>>>,
}

impl Crm {
    /// The CRM of this connection. Each connection has its own, and each play in it.
    pub(super) fn new(opening: &Opening) -> Result<Self> {
        let chosen = opening.required(plays::SETTING)?;
        let play = Play::of(chosen).ok_or_else(|| {
            let message = format!("The practice CRM can not play “{chosen}”.");
            Error::new(ErrorKind::BadSettings, message)
        })?;
        let ending = if play.is_own() { String::new() } else { format!(".{}", play.id) };
        let path = opening.home().join(format!("practice-{}{ending}.sqlite", file_safe(opening.name())));
        let clock = Arc::clone(opening.clock());
        Ok(Self { play, path, clock, lately: Mutex::default(), file: Arc::default() })
    }

    /// How long to wait until the next request is taken; none where it is taken now.
    pub(super) fn too_soon(&self) -> Option<Duration> {
        let (most, within) = self.play.burst?;
        let now = self.now();
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        while lately.front().is_some_and(|came| (now - came).to_std().is_ok_and(|since| since >= within)) {
            lately.pop_front();
        }
        if lately.len() >= most {
            let since = lately.front().and_then(|came| (now - came).to_std().ok()).unwrap_or_default();
            return Some(within.saturating_sub(since));
        }
        lately.push_back(now);
        None
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Until the quota is fresh again.
    pub(super) fn until_midnight(&self) -> Duration {
        let now = self.now();
        let midnight = (now.date_naive() + Days::new(1)).and_time(NaiveTime::MIN).and_utc();
        (midnight - now).to_std().unwrap_or_default()
    }

    /// Runs `work` on the file, which is made on first use, away from the threads that wait for networks.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (path, file) = (self.path.clone(), Arc::clone(&self.file));
        let done = tokio::task::spawn_blocking(move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            let connection = match file.take() {
                Some(connection) => connection,
                None => open(&path).map_err(broken)?,
            };
            work(file.insert(connection))
        });
        done.await.map_err(|error| {
            Error::new(ErrorKind::Bug, "The practice CRM stopped in the middle of its work.")
                .with_source(error)
        })?
    }

    /// How much of today's quota is spent. Does not make the file.
    pub(super) async fn used_today(&self) -> Result<u64> {
        if !self.path.exists() {
            return Ok(0);
        }
        let day = self.now().date_naive().to_string();
        self.run(move |db| used_on(db, &day).map_err(broken)).await
    }
}

/// How much of the quota was spent on `day`.
pub(super) fn used_on(db: &Connection, day: &str) -> rusqlite::Result<u64> {
    let used = db.query_row("SELECT records FROM usage WHERE day = ?1", [day], |row| row.get::<_, i64>(0));
    Ok(used.optional()?.unwrap_or(0).unsigned_abs())
}

/// The records with these values as they are now; a field without a value is null, one that the object does not
/// have is left out.
pub(super) async fn read_by_key(crm: &Crm, read: &ReadByKey<'_>) -> Result<Vec<Option<Found>>> {
    let missing = |what: String| Error::new(ErrorKind::MissingObject, what);
    let play = crm.play;
    let object = play
        .object(read.object)
        .ok_or_else(|| missing(format!("{} has no object “{}”.", play.name, read.object)))?;
    let field = object
        .field(read.match_field)
        .filter(|field| field.unique)
        .ok_or_else(|| missing(format!("{} can not be found by “{}”.", object.label, read.match_field)))?;
    if !crm.path.exists() {
        return Ok(vec![None; read.values.len()]);
    }
    // A record that has other fields is refused when it is sent, with the reason.
    let fields: Vec<_> = read.fields.iter().filter(|name| object.field(name).is_some()).cloned().collect();
    let values = read.values.to_vec();
    crm.run(move |db| {
        let mut found = Vec::with_capacity(values.len());
        for value in values {
            let same = field.canonical(&serde_json::Value::String(value));
            let record = match same {
                Some(same) => records::find(db, object, field, &same).map_err(broken)?,
                None => None,
            };
            found.push(match record {
                Some(record) => {
                    let found = shown(&records::load(db, record).map_err(broken)?, &fields);
                    let (made_at, changed_at) = records::times(db, record).map_err(broken)?;
                    Some(Found { id: Some(record.to_string()), made_at, changed_at, ..found })
                }
                None => None,
            });
        }
        Ok(found)
    })
    .await
}

fn shown(record: &records::Fields, wanted: &[String]) -> Found {
    let members: Vec<_> = wanted
        .iter()
        .map(|name| {
            let value = record.get(name).map_or("null", |value| RawValue::get(value));
            format!("{}:{value}", serde_json::Value::String(name.clone()))
        })
        .collect();
    Found { fields: format!("{{{}}}", members.join(",")), ..Found::default() }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch(SCHEMA)?;
    // Files of earlier versions do not say when a record was made.
    if !connection.column_exists(None, "record", "made_at")? {
        connection.execute("ALTER TABLE record ADD COLUMN made_at TEXT", [])?;
    }
    Ok(connection)
}
