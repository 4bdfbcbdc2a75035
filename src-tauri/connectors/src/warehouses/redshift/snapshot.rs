//! A snapshot: a table of keys and fingerprints in the schema the user names for it, and a table of one row that says
//! which comparisons it is of.
//!
//! A row's fingerprint counts only together with the mark of the comparison that wrote it: it is what was
//! read, and the next comparison first takes back what was not delivered of it.

use std::time::Duration;

use sluice_engine::differ::Since;
use sluice_engine::error::{Error, ErrorKind, Result};

use super::client::{LOOK_WITHIN, Session};
use super::error::{Failure, snapshot_grant};
use super::query::{literal, quoted};

/// Numbers handed over in one statement, which may have 16 MB.
const NUMBERS: usize = 20_000;
/// How long a statement on the whole of a snapshot may take.
pub(super) const WORK_WITHIN: Duration = Duration::from_secs(6 * 3_600);

/// A sync's snapshot.
pub(super) struct Snapshot {
    schema: String,
    name: String,
    table: String,
    marks: String,
}

impl Snapshot {
    pub(super) fn of(schema: &str, name: &str) -> Self {
        let name = format!("{}{name}", super::SNAPSHOT_TABLE);
        let named = |suffix: &str| format!("{}.{}", quoted(schema), quoted(&format!("{name}{suffix}")));
        Self { table: named(""), marks: named("_marks"), schema: schema.to_owned(), name }
    }

    /// The table, as SQL.
    pub(super) fn table(&self) -> &str {
        &self.table
    }

    /// Whether the login may keep snapshots here; if not, what to ask an administrator for.
    pub(super) async fn check_rights(&self, session: &mut Session) -> Result<()> {
        let sql = format!(
            "SELECT has_schema_privilege(oid, 'USAGE') AND has_schema_privilege(oid, 'CREATE'), \
             has_database_privilege(current_database(), 'TEMPORARY') \
             FROM pg_catalog.pg_namespace WHERE nspname = {}",
            literal(&self.schema)
        );
        let rights = session.rows(&sql).await?.concat();
        let may = |place: usize| rights.get(place).is_some_and(|may| may.as_deref() == Some("t"));
        let (schema, user) = (&self.schema, &session.login.user);
        let (kind, message) = if rights.is_empty() {
            (ErrorKind::MissingObject, format!("There is no schema “{schema}” to keep snapshots in."))
        } else if !may(0) {
            (ErrorKind::NotAllowed, format!("“{user}” may not keep snapshots in the schema “{schema}”."))
        } else if !may(1) {
            (ErrorKind::NotAllowed, format!("“{user}” may not make temporary tables, which comparing needs."))
        } else {
            return Ok(());
        };
        Err(Error::new(kind, message)
            .with_safe("Nothing was read or sent.")
            .with_hint("Have an administrator run the statements below, or leave the schema for snapshots empty: then rows are compared on this computer.")
            .with_fix(snapshot_grant(&session.login, schema, !rights.is_empty())))
    }

    /// Begins the transaction of a comparison, and waits for another one of this snapshot to end. With `make` there
    /// is something to wait at afterwards.
    pub(super) async fn begin(&self, session: &mut Session, make: bool) -> Result<()> {
        let marks = &self.marks;
        if make {
            let sql = format!("CREATE TABLE IF NOT EXISTS {marks} (base_mark char(32), read_mark char(32))");
            self.write(session, &sql).await?;
        }
        self.write(session, "BEGIN READ WRITE").await?;
        if !make && !self.exists(session).await? {
            return Ok(());
        }
        session.run(&format!("SET statement_timeout TO {}", LOOK_WITHIN.as_millis())).await?;
        let locked = session.collect(&format!("LOCK TABLE {marks}"), LOOK_WITHIN).await;
        locked.map_err(|failure| match failure {
            Failure::Said(said) if said.state == "57014" => {
                Error::new(ErrorKind::TimedOut, "The warehouse is still at another comparison of this sync.")
                    .with_safe("Nothing was read or sent.")
                    .with_hint("Run it again in a moment. If it lasts, end the session that holds a lock on the snapshot (SVV_TRANSACTIONS shows it).")
                    .with_source(said)
            }
            failure @ (Failure::Cut(_) | Failure::Said(_) | Failure::Slow(_) | Failure::Silent) => {
                self.refused(session, failure)
            }
        })?;
        session.run("RESET statement_timeout").await?;
        if make && self.count(session, &format!("SELECT count(*) FROM {marks}")).await? == 0 {
            self.write(session, &format!("INSERT INTO {marks} VALUES (NULL, NULL)")).await?;
        }
        Ok(())
    }

    async fn exists(&self, session: &mut Session) -> Result<bool> {
        let sql = format!(
            "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = {} AND c.relname IN ({}, {})",
            literal(&self.schema),
            literal(&self.name),
            literal(&format!("{}_marks", self.name))
        );
        Ok(self.count(session, &sql).await? == 2)
    }

    /// Takes back what was not delivered; false where the snapshot is not of this comparison.
    pub(super) async fn go_on_from(&self, session: &mut Session, since: &Since, gone: bool) -> Result<bool> {
        let (table, marks, mark) = (&self.table, &self.marks, marked(&since.mark));
        if !self.exists(session).await? {
            return Ok(false);
        }
        let is_of = format!("SELECT count(*) FROM {marks} WHERE base_mark = {mark} OR read_mark = {mark}");
        if self.count(session, &is_of).await? == 0 {
            return Ok(false);
        }
        self.write(session, "CREATE TEMP TABLE sluice_undelivered (number int8)").await?;
        for numbers in since.undelivered.chunks(NUMBERS) {
            let rows: Vec<String> = numbers.iter().map(|number| format!("({number})")).collect();
            let sql = format!("INSERT INTO sluice_undelivered VALUES {}", rows.join(", "));
            self.write(session, &sql).await?;
        }
        let taken_back = format!("UPDATE {table} SET print = NULL, is_gone = false");
        self.write(
            session,
            &format!(
                "{taken_back} WHERE mark = {mark} AND number IN (SELECT number FROM sluice_undelivered)"
            ),
        )
        .await?;
        // A comparison after this one, of a run that came to nothing.
        let abandoned = format!("SELECT read_mark FROM {marks} WHERE read_mark <> {mark}");
        self.write(session, &format!("{taken_back} WHERE mark IN ({abandoned})")).await?;
        if gone {
            self.write(session, &format!("DELETE FROM {table} WHERE is_gone AND mark = {mark}")).await?;
        }
        self.write(session, &format!("UPDATE {marks} SET base_mark = {mark}")).await?;
        Ok(true)
    }

    /// Takes in what a comparison found: new rows `r` from there, and gone keys, each with so many texts of its key.
    pub(super) async fn take(
        &self,
        session: &mut Session,
        mark: &str,
        whole: bool,
        keys: usize,
        from: &str,
    ) -> Result<()> {
        let (table, marks, mark) = (&self.table, &self.marks, marked(mark));
        let keys = |each: &dyn Fn(usize) -> String| (0..keys).map(each).collect::<String>();
        let (columns, values) = (keys(&|key| format!("k{key}, ")), keys(&|key| format!("r.k{key}, ")));
        let mut statements = Vec::new();
        if whole {
            let texts = keys(&|key| format!("k{key} varchar(65535), "));
            statements.push(format!("DROP TABLE IF EXISTS {table}"));
            statements.push(format!(
                "CREATE TABLE {table} (id char(32) NOT NULL, {texts}print char(32), mark char(32) NOT NULL, \
                 number int8 NOT NULL, is_gone bool NOT NULL)"
            ));
            statements.push(format!("UPDATE {marks} SET base_mark = NULL"));
        } else {
            statements.push(format!("DELETE FROM {table} WHERE id IN (SELECT r.id {from})"));
            statements.push(format!("DELETE FROM {table} WHERE id IN (SELECT id FROM sluice_gone)"));
        }
        let insert = format!("INSERT INTO {table} (id, {columns}print, mark, number, is_gone)");
        statements.push(format!("{insert} SELECT r.id, {values}r.print, {mark}, r.number, false {from}"));
        statements.push(format!(
            "{insert} SELECT r.id, {values}r.print, {mark}, r.number, true FROM sluice_gone AS r"
        ));
        statements.push(format!("UPDATE {marks} SET read_mark = {mark}"));
        for statement in statements {
            self.write(session, &statement).await?;
        }
        Ok(())
    }

    /// Runs one of Sluice's own statements.
    pub(super) async fn write(&self, session: &mut Session, sql: &str) -> Result<()> {
        let done = session.collect(sql, WORK_WITHIN).await;
        done.map(drop).map_err(|failure| self.refused(session, failure))
    }

    /// The number that a statement of Sluice's own answers with.
    pub(super) async fn count(&self, session: &mut Session, sql: &str) -> Result<u64> {
        let rows = session.collect(sql, WORK_WITHIN).await;
        let rows = rows.map_err(|failure| self.refused(session, failure))?.concat();
        let count = rows.first().and_then(|count| count.as_deref()?.parse().ok());
        count.ok_or_else(|| Error::new(ErrorKind::BadAnswer, "The server’s answer could not be understood."))
    }

    fn refused(&self, session: &Session, failure: Failure) -> Error {
        let told = session.error(failure);
        if told.kind() != ErrorKind::NotAllowed {
            return told;
        }
        let (table, marks, user) = (&self.table, &self.marks, quoted(&session.login.user));
        let message = format!("The snapshot {table} belongs to another login.");
        Error::new(ErrorKind::NotAllowed, message)
            .with_safe("Nothing was sent.")
            .with_hint(
                "Have an administrator run the statements below, or name another schema for snapshots.",
            )
            .with_fix(format!("ALTER TABLE {table} OWNER TO {user};\nALTER TABLE {marks} OWNER TO {user};"))
            .with_source(told)
    }
}

/// A mark as the tables have it.
fn marked(mark: &str) -> String {
    format!("md5({})", literal(mark))
}
