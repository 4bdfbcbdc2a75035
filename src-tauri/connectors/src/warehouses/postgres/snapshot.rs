//! A snapshot: a table of keys and fingerprints in the schema the user names for it, and one row that says
//! which comparisons it is of.
//!
//! A row's fingerprint counts only together with the mark of the comparison that wrote it: it is what was
//! read, and the next comparison first takes back what was not delivered of it.

use std::time::Duration;

use sluice_engine::differ::Since;
use sluice_engine::error::{Error, ErrorKind, Result};
use tokio_postgres::types::ToSql;

use super::client::Session;
use super::error::{Failure, snapshot_grant};
use super::query::quoted;

/// Numbers handed over at once.
const NUMBERS: usize = 50_000;
/// How long another comparison of the same snapshot is waited for.
const WAIT: Duration = Duration::from_secs(60);

const RIGHTS: &str = "\
    SELECT pg_is_in_recovery(), n.oid IS NOT NULL, \
    coalesce(has_schema_privilege(n.oid, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE'), false), \
    has_database_privilege(current_database(), 'TEMPORARY') \
    FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = $1";

type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A sync's snapshot, in a session.
pub(super) struct Snapshot<'a> {
    session: &'a Session,
    schema: &'a str,
    table: String,
    marks: String,
}

impl<'a> Snapshot<'a> {
    pub(super) fn of(session: &'a Session, schema: &'a str, name: &str) -> Self {
        let named = |suffix: &str| {
            format!("{}.{}", quoted(schema), quoted(&format!("{}{name}{suffix}", super::SNAPSHOT_TABLE)))
        };
        Self { session, schema, table: named(""), marks: named("_marks") }
    }

    /// The table, as SQL.
    pub(super) fn table(&self) -> &str {
        &self.table
    }

    /// Whether the login may keep snapshots here; if not, what to ask an administrator for.
    pub(super) async fn check_rights(&self) -> Result<()> {
        let row = self.session.soon(self.session.client.query_one(RIGHTS, &[&self.schema])).await;
        let read =
            row.and_then(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?)));
        let (standby, exists, may_create, may_use_temporary): (bool, bool, bool, bool) =
            read.map_err(|error| self.session.error(error))?;
        let (schema, user) = (self.schema, self.session.login.user.as_str());
        let (kind, message) = if standby {
            let message =
                "The server is a copy that can only be read, so that no snapshots can be kept there.";
            return Err(Error::new(ErrorKind::NotAllowed, message)
                .with_hint("Connect to the primary server, or leave the schema for snapshots empty."));
        } else if !exists {
            (ErrorKind::MissingObject, format!("There is no schema “{schema}” to keep snapshots in."))
        } else if !may_create {
            (ErrorKind::NotAllowed, format!("“{user}” may not keep snapshots in the schema “{schema}”."))
        } else if !may_use_temporary {
            (ErrorKind::NotAllowed, format!("“{user}” may not make temporary tables, which comparing needs."))
        } else {
            return Ok(());
        };
        Err(self.needs_grant(kind, message, exists))
    }

    fn needs_grant(&self, kind: ErrorKind, message: String, exists: bool) -> Error {
        Error::new(kind, message)
            .with_safe("Nothing was read or sent.")
            .with_hint("Have an administrator run the statements below, or leave the schema for snapshots empty: then rows are compared on this computer.")
            .with_fix(snapshot_grant(&self.session.login, self.schema, exists))
    }

    /// Waits for another comparison of this snapshot to end. With `make` the snapshot is there afterwards.
    pub(super) async fn lock(&self, make: bool) -> Result<()> {
        self.session.run(&format!("SET lock_timeout = '{}s'", WAIT.as_secs())).await?;
        let lock = "SELECT pg_advisory_lock(hashtext('sluice'), hashtext($1))";
        let locked = self.session.within(WAIT, self.session.client.execute(lock, &[&self.table])).await;
        locked.map_err(|error| {
            let is_held = error.state().is_some_and(|code| code.code() == "55P03");
            let told = self.session.error(error);
            if !is_held {
                return told;
            }
            Error::new(ErrorKind::TimedOut, "The warehouse is still at another comparison of this sync.")
                .with_safe("Nothing was read or sent.")
                .with_hint("Run it again in a moment. If it lasts, end the session with application_name “Sluice” that holds the advisory lock.")
                .with_source(told)
        })?;
        self.session.run("RESET lock_timeout").await?;
        if !make {
            return Ok(());
        }
        let (table, marks) = (&self.table, &self.marks);
        let sql = [
            format!(
                "CREATE TABLE IF NOT EXISTS {table} (id uuid PRIMARY KEY, key text[] NOT NULL, print uuid, \
                 mark uuid NOT NULL, number int8 NOT NULL, gone bool NOT NULL)"
            ),
            format!("CREATE TABLE IF NOT EXISTS {marks} (base uuid, read uuid)"),
            format!("INSERT INTO {marks} SELECT NULL, NULL WHERE NOT EXISTS (SELECT FROM {marks})"),
            format!(
                "COMMENT ON TABLE {table} IS 'Kept by Sluice: keys and fingerprints of rows it has read'"
            ),
        ];
        self.write(&sql.each_ref().map(|sql| (sql.as_str(), &[] as Parameters<'_>))).await
    }

    /// Takes back what was not delivered; false where the snapshot is not of this comparison.
    pub(super) async fn go_on_from(&self, since: &Since, gone: bool) -> Result<bool> {
        let (table, marks) = (&self.table, &self.marks);
        let exist = "SELECT to_regclass($1) IS NOT NULL AND to_regclass($2) IS NOT NULL";
        if !self.asks(exist, &[table, marks]).await? {
            return Ok(false);
        }
        let is_of = format!("SELECT EXISTS (SELECT FROM {marks} WHERE md5($1)::uuid IN (base, read))");
        if !self.asks(&is_of, &[&since.mark]).await? {
            return Ok(false);
        }
        self.write(&[("CREATE TABLE pg_temp.sluice_undelivered (number int8)", &[])]).await?;
        for numbers in since.undelivered.chunks(NUMBERS) {
            let numbers: Vec<i64> = numbers.iter().map(|number| number.cast_signed()).collect();
            self.write(&[("INSERT INTO pg_temp.sluice_undelivered SELECT unnest($1::int8[])", &[&numbers])])
                .await?;
        }
        let undelivered = format!(
            "UPDATE {table} AS s SET print = NULL, gone = false FROM pg_temp.sluice_undelivered AS u \
             WHERE s.mark = md5($1)::uuid AND s.number = u.number"
        );
        // A comparison after this one, of a run that came to nothing.
        let abandoned = format!(
            "UPDATE {table} AS s SET print = NULL, gone = false FROM {marks} AS m \
             WHERE s.mark = m.read AND m.read <> md5($1)::uuid"
        );
        let removed = format!("DELETE FROM {table} WHERE $2 AND gone AND mark = md5($1)::uuid");
        let moved = format!("UPDATE {marks} SET base = md5($1)::uuid");
        let mark: Parameters<'_> = &[&since.mark];
        self.write(&[
            (&undelivered, mark),
            (&abandoned, mark),
            (&removed, &[&since.mark, &gone]),
            (&moved, mark),
        ])
        .await?;
        Ok(true)
    }

    /// Takes in what a comparison found: new rows `r` from there, and gone keys.
    pub(super) async fn take(&self, mark: &str, whole: bool, from: &str, gone: &str) -> Result<()> {
        let (table, marks) = (&self.table, &self.marks);
        let emptied = format!("TRUNCATE {table}");
        let begun = format!("UPDATE {marks} SET base = NULL");
        let changed = format!(
            "INSERT INTO {table} (id, key, print, mark, number, gone) \
             SELECT r.id, r.key, r.print, md5($1)::uuid, r.number, false {from} \
             ON CONFLICT (id) DO UPDATE SET key = excluded.key, print = excluded.print, mark = excluded.mark, \
             number = excluded.number, gone = false"
        );
        let gone = format!(
            "UPDATE {table} AS s SET mark = md5($1)::uuid, number = g.number, gone = true FROM {gone} AS g \
             WHERE s.id = g.id"
        );
        let moved = format!("UPDATE {marks} SET read = md5($1)::uuid");
        let parameters: Parameters<'_> = &[&mark];
        let mut statements: Vec<(&str, Parameters<'_>)> = Vec::new();
        if whole {
            statements.extend([(emptied.as_str(), &[] as Parameters<'_>), (begun.as_str(), &[])]);
        }
        statements.extend([(changed.as_str(), parameters), (&gone, parameters), (&moved, parameters)]);
        self.write(&statements).await
    }

    /// Runs Sluice's own statements in one transaction that may write.
    pub(super) async fn write(&self, statements: &[(&str, Parameters<'_>)]) -> Result<()> {
        self.session.run("BEGIN READ WRITE").await?;
        for (sql, parameters) in statements {
            let done = self.session.patiently(self.session.client.execute(*sql, parameters)).await;
            done.map_err(|error| self.refused(error))?;
        }
        let kept = self.session.patiently(self.session.client.batch_execute("COMMIT")).await;
        kept.map_err(|failure| self.session.error(failure))
    }

    fn refused(&self, error: Failure) -> Error {
        let told = self.session.error(error);
        if told.kind() != ErrorKind::NotAllowed {
            return told;
        }
        let (table, marks, user) = (&self.table, &self.marks, quoted(&self.session.login.user));
        let message = format!("The snapshot {table} belongs to another login.");
        Error::new(ErrorKind::NotAllowed, message)
            .with_safe("Nothing was sent.")
            .with_hint(
                "Have an administrator run the statements below, or name another schema for snapshots.",
            )
            .with_fix(format!("ALTER TABLE {table} OWNER TO {user};\nALTER TABLE {marks} OWNER TO {user};"))
            .with_source(told)
    }

    async fn asks(&self, sql: &str, parameters: Parameters<'_>) -> Result<bool> {
        let row = self.session.patiently(self.session.client.query_one(sql, parameters)).await;
        row.and_then(|row| Ok(row.try_get(0)?)).map_err(|error| self.refused(error))
    }
}
