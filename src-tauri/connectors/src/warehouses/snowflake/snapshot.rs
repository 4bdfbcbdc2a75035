//! A snapshot: a table of keys and fingerprints in the schema the user names for it, and one row that says which comparisons
//! it is of.
//!
//! A row's fingerprint counts only together with the mark of the comparison that wrote it: it is what was read, and the next
//! comparison first takes back what was not delivered of it. There are no locks between sessions here, so a comparison takes
//! a *turn*: what it read goes in only while the turn is still its own.

use std::sync::Arc;

use sluice_engine::differ::Since;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::store::new_uuid;

use super::error::role;
use super::listing::{Listing, list};
use super::query::{Place, literal, quoted};
use super::session::Session;

/// Numbers handed over at once; an IN list takes 16,384.
const NUMBERS: usize = 10_000;

/// A sync's snapshot, in a session.
pub(super) struct Snapshot {
    session: Arc<Session>,
    /// The schema as SQL.
    schema: String,
    name: String,
    /// This comparison.
    turn: String,
}

impl Snapshot {
    pub(super) fn of(session: &Arc<Session>, schema: &str, name: &str) -> Self {
        let name = format!("{}{}", super::SNAPSHOT_TABLE, name.replace('-', "_").to_uppercase());
        let turn = new_uuid().replace('-', "").to_uppercase();
        Self { session: session.clone(), schema: schema_sql(session, schema), name, turn }
    }

    fn named(&self, suffix: &str) -> String {
        format!("{}.{}", self.schema, quoted(&format!("{}{suffix}", self.name)))
    }

    /// The table of keys and fingerprints, as SQL.
    pub(super) fn table(&self) -> String {
        self.named("")
    }

    fn marks(&self) -> String {
        self.named("_MARKS")
    }

    /// A table of this comparison alone; one that only looks has others, which a comparison that counts leaves alone.
    pub(super) fn work(&self, what: &str, looks: bool) -> String {
        let kind = if looks { "LOOK" } else { "WORK" };
        self.named(&format!("_{kind}_{}_{what}", self.turn))
    }

    /// Takes the turn. The snapshot's marks are there afterwards, and what an earlier comparison left behind is not.
    pub(super) async fn begin(&self) -> Result<()> {
        let (marks, turn) = (self.marks(), literal(&self.turn));
        let made = format!(
            "CREATE TRANSIENT TABLE IF NOT EXISTS {marks} (\"base\" VARCHAR, \"read\" VARCHAR, \"turn\" VARCHAR)"
        );
        self.run(&made).await?;
        let first =
            format!("INSERT INTO {marks} SELECT NULL, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM {marks})");
        self.run(&first).await?;
        self.run(&format!("UPDATE {marks} SET \"turn\" = {turn}")).await?;
        let pattern = literal(&format!("{}_WORK_%", self.name).replace('_', "\\_"));
        let left = self.run(&format!("SHOW TABLES LIKE {pattern} IN SCHEMA {}", self.schema)).await?;
        for row in left.rows() {
            let name = row.text("name");
            if name.starts_with(&format!("{}_WORK_", self.name)) {
                self.run(&format!("DROP TABLE IF EXISTS {}.{}", self.schema, quoted(name))).await?;
            }
        }
        Ok(())
    }

    /// Takes back what was not delivered; false where the snapshot is not of this comparison.
    pub(super) async fn go_on_from(&self, since: &Since, gone: bool) -> Result<bool> {
        let (table, marks) = (self.table(), self.marks());
        let known = self.run(&format!("SELECT \"base\", \"read\" FROM {marks}")).await;
        let Some(known) = there(known)? else { return Ok(false) };
        if there(self.run(&format!("SELECT \"id\" FROM {table} LIMIT 1")).await)?.is_none() {
            return Ok(false);
        }
        let Some(row) = known.rows().next() else { return Ok(false) };
        let (base, read) = (row.get("base"), row.get("read"));
        if base != Some(&since.mark) && read != Some(&since.mark) {
            return Ok(false);
        }
        let mark = literal(&since.mark);
        let forget = format!("UPDATE {table} SET \"print\" = NULL, \"gone\" = FALSE WHERE \"mark\" =");
        let mut statements: Vec<String> = Vec::new();
        for numbers in since.undelivered.chunks(NUMBERS) {
            let numbers = numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
            statements.push(format!("{forget} {mark} AND \"number\" IN ({numbers})"));
        }
        // A comparison after this one, of a run that came to nothing.
        if let Some(read) = read.filter(|read| **read != since.mark) {
            statements.push(format!("{forget} {}", literal(read)));
        }
        if gone {
            statements.push(format!("DELETE FROM {table} WHERE \"gone\" AND \"mark\" = {mark}"));
        }
        statements.push(format!("UPDATE {marks} SET \"base\" = {mark}"));
        self.transaction(&statements).await?;
        Ok(true)
    }

    /// Takes in what a comparison found: new rows of `rows`, each with its key in `keys` columns, and gone keys.
    pub(super) async fn take(
        &self,
        mark: &str,
        whole: bool,
        rows: &str,
        keys: usize,
        gone: &str,
    ) -> Result<()> {
        let (table, marks) = (self.table(), self.marks());
        let (mark, turn) = (literal(mark), literal(&self.turn));
        let key = (0..keys).map(|index| format!(", \"k{index}\"")).collect::<Vec<_>>().concat();
        let new = format!(
            "SELECT \"id\", \"print\", {mark} AS \"mark\", \"number\", FALSE AS \"gone\"{key} FROM {rows} \
             WHERE \"id\" IS NOT NULL AND \"first\" AND NOT \"same\""
        );
        if whole {
            // The marks go first: a table without them is used by nobody.
            self.own(&format!("UPDATE {marks} SET \"base\" = NULL, \"read\" = NULL WHERE \"turn\" = {turn}"))
                .await?;
            self.run(&format!("CREATE OR REPLACE TRANSIENT TABLE {table} AS {new}")).await?;
            return self.own(&format!("UPDATE {marks} SET \"read\" = {mark} WHERE \"turn\" = {turn}")).await;
        }
        self.run("BEGIN").await?;
        let taken = async {
            self.own(&format!("UPDATE {marks} SET \"read\" = {mark} WHERE \"turn\" = {turn}")).await?;
            let known =
                format!("SELECT \"id\" FROM {rows} WHERE \"id\" IS NOT NULL AND \"first\" AND NOT \"same\"");
            self.run(&format!("DELETE FROM {table} WHERE \"id\" IN ({known})")).await?;
            self.run(&format!("INSERT INTO {table} {new}")).await?;
            self.run(&format!(
                "UPDATE {table} AS t SET \"mark\" = {mark}, \"number\" = g.\"number\", \"gone\" = TRUE FROM {gone} AS g \
                 WHERE t.\"id\" = g.\"id\""
            ))
            .await
        };
        self.end(taken.await.map(drop)).await
    }

    async fn transaction(&self, statements: &[String]) -> Result<()> {
        self.run("BEGIN").await?;
        let mut done = Ok(());
        for statement in statements {
            done = self.run(statement).await.map(drop);
            if done.is_err() {
                break;
            }
        }
        self.end(done).await
    }

    async fn end(&self, done: Result<()>) -> Result<()> {
        let statement = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = self.run(statement).await;
        done?;
        ended.map(drop)
    }

    /// Runs an update that has to find the turn still this comparison's.
    async fn own(&self, sql: &str) -> Result<()> {
        let updated = self.run(sql).await?;
        let row = updated.rows().next();
        let count = row.and_then(|row| row.get("number of rows updated")?.parse::<u64>().ok());
        if count.is_some_and(|count| count > 0) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::TimedOut,
            "Another comparison of this sync began in the warehouse meanwhile.",
        )
        .with_safe("Nothing was sent.")
        .with_hint("Run it again. If it lasts, see whether another computer runs the same sync."))
    }

    /// Runs one of Sluice's own statements.
    pub(super) async fn run(&self, sql: &str) -> Result<Listing> {
        list(&self.session, sql).await.map_err(|error| refused(&self.session, &self.schema, error))
    }
}

/// The result, or `None` where what it is about is not there.
fn there(result: Result<Listing>) -> Result<Option<Listing>> {
    match result {
        Ok(listing) => Ok(Some(listing)),
        Err(error) if error.kind() == ErrorKind::MissingObject => Ok(None),
        Err(error) => Err(error),
    }
}

/// The schema as the user named it, as SQL: what needs no quotes is in capitals.
fn schema_sql(session: &Session, schema: &str) -> String {
    let is_plain = schema.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.'));
    let schema = if is_plain { schema.to_uppercase() } else { schema.to_owned() };
    Place::of(session).schema_sql(&schema)
}

fn refused(session: &Session, schema: &str, error: Error) -> Error {
    let user = &session.login.user;
    let message = if error.kind() == ErrorKind::NotAllowed {
        format!("“{user}” may not keep snapshots in the schema {schema}.")
    } else if error.kind() == ErrorKind::MissingObject {
        format!("There is no schema {schema} to keep snapshots in, or the role may not see it.")
    } else {
        return error;
    };
    let role = role(session);
    Error::new(error.kind(), message)
        .with_safe("Nothing was sent.")
        .with_hint("Have an administrator run the statements below, or leave the schema for snapshots empty: then rows are compared on this computer.")
        .with_fix(format!(
            "CREATE SCHEMA IF NOT EXISTS {schema};\nGRANT USAGE, CREATE TABLE ON SCHEMA {schema} TO ROLE {role};"
        ))
        .with_source(error)
}

/// Whether the role may keep snapshots here; if not, what to ask an administrator for. Only trying tells.
pub(super) async fn check_rights(session: &Arc<Session>, schema: &str) -> Result<()> {
    let snapshot = Snapshot::of(session, schema, "check");
    let table = snapshot.work("TRIED", true);
    snapshot.run(&format!("CREATE TRANSIENT TABLE {table} (\"one\" NUMBER(38, 0))")).await?;
    snapshot.run(&format!("DROP TABLE {table}")).await?;
    Ok(())
}
