//! A snapshot: a table of keys and fingerprints in the dataset the user names for it, and one row that says which
//! comparisons it is of, and which one works at it.
//!
//! A row's fingerprint counts only together with the mark of the comparison that wrote it: it is what was read,
//! and the next comparison first takes back what was not delivered of it.
//!
//! BigQuery has no locks to hold. A comparison writes its claim down instead, and whatever it changes later it
//! changes only while the claim is still its own: of two at once the later one goes on, and the earlier one fails.

use std::sync::Arc;

use sluice_engine::differ::Since;
use sluice_engine::error::{Error, ErrorKind, Result};

use super::client::{Login, pause};
use super::error::{Doing, grant, may_be_done_again};
use super::job::{Done, Job, Statement};
use super::pages;
use super::query::{dataset_location, literal};

/// More undelivered rows than this are not named one by one: a statement has at most 1 MB
/// (<https://cloud.google.com/bigquery/quotas#query_jobs>).
const NUMBERS: usize = 50_000;
/// Times a transaction is run that BigQuery undoes.
const TRIES: u32 = 4;

/// A sync's snapshot.
pub(super) struct Snapshot<'a> {
    login: &'a Arc<Login>,
    dataset: &'a str,
    pub(super) table: String,
    marks: String,
    /// The rows of the query, while they are compared.
    pub(super) rows: String,
    /// Keys without a row.
    pub(super) gone: String,
    claim: String,
}

impl<'a> Snapshot<'a> {
    pub(super) fn of(login: &'a Arc<Login>, dataset: &'a str, name: &str) -> Self {
        let place = login.dataset(dataset);
        let name = name.replace('-', "_");
        let claim = uuid::Uuid::new_v4().simple().to_string();
        let named = |suffix: &str| place.table(&format!("{}{name}{suffix}", super::SNAPSHOT_TABLE));
        Self {
            login,
            dataset,
            table: named(""),
            marks: named("_marks"),
            rows: named(&format!("_rows_{claim}")),
            gone: named(&format!("_gone_{claim}")),
            claim,
        }
    }

    /// Whether the dataset is there; if not, what to ask an administrator for.
    pub(super) async fn check_dataset(&self) -> Result<()> {
        let place = self.login.dataset(self.dataset);
        let error = match dataset_location(self.login, &place).await {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::MissingObject => error,
            Err(error) => return Err(error),
        };
        let location = self.login.location.as_deref().unwrap_or("EU");
        let made = format!("CREATE SCHEMA {} OPTIONS (location = {});\n", place.quoted(), literal(location));
        let message = format!("There is no dataset “{}” to keep snapshots in.", self.dataset);
        Err(Error::new(ErrorKind::MissingObject, message)
            .with_safe("Nothing was read or sent.")
            .with_hint("Have an administrator run the statements below (the location has to be that of your tables), or leave the dataset for snapshots empty: then rows are compared on this computer.")
            .with_fix(made + &grant(self.login, "bigquery.dataEditor", self.dataset))
            .with_source(error))
    }

    /// Whether the login may keep snapshots here: makes a table, and drops it.
    pub(super) async fn check_rights(&self) -> Result<()> {
        self.check_dataset().await?;
        self.run(&format!("CREATE TABLE {} (x INT64) {}", self.rows, EXPIRES)).await?;
        self.run(&format!("DROP TABLE {}", self.rows)).await.map(drop)
    }

    /// Runs one of Sluice's own statements.
    pub(super) async fn run(&self, sql: &str) -> Result<Done> {
        Job::run(self.login, &Statement::new(sql), Doing::Snapshot(self.dataset)).await
    }

    /// The snapshot is there afterwards, and this comparison's.
    pub(super) async fn claim(&self) -> Result<()> {
        let (table, marks, claim) = (&self.table, &self.marks, literal(&self.claim));
        let script = format!(
            "CREATE TABLE IF NOT EXISTS {table} (id STRING, key ARRAY<STRING>, print STRING, mark STRING, number INT64, gone BOOL) \
             OPTIONS (description = 'Kept by Sluice: keys and fingerprints of rows it has read');\n\
             CREATE TABLE IF NOT EXISTS {marks} (base STRING, read STRING, claim STRING);\n\
             INSERT INTO {marks} (base, read, claim) SELECT CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING) \
             FROM (SELECT 1) WHERE NOT EXISTS (SELECT 1 FROM {marks});\n\
             UPDATE {marks} SET claim = {claim} WHERE true"
        );
        self.run(&script).await.map(drop)
    }

    /// Only while the snapshot is this comparison's.
    fn mine(&self) -> String {
        format!("EXISTS (SELECT 1 FROM {} WHERE claim = {})", self.marks, literal(&self.claim))
    }

    /// Takes back what was not delivered; false where the snapshot is not of this comparison. One that only looks
    /// has no claim.
    pub(super) async fn go_on_from(&self, since: &Since, gone: bool, claimed: bool) -> Result<bool> {
        let (table, marks, mark) = (&self.table, &self.marks, literal(&since.mark));
        let is_of = format!("SELECT COUNTIF({mark} IN (base, read)) AS n FROM {marks}");
        match self.number(&is_of).await {
            Ok(0) => return Ok(false),
            Ok(_) if since.undelivered.len() > NUMBERS => return Ok(false),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::MissingObject => return Ok(false),
            Err(error) => return Err(error),
        }
        let mine = if claimed { self.mine() } else { "true".to_owned() };
        let back = format!("UPDATE {table} SET print = NULL, gone = false WHERE {mine} AND");
        let mut statements = Vec::new();
        if !since.undelivered.is_empty() {
            let numbers: Vec<String> = since.undelivered.iter().map(u64::to_string).collect();
            statements.push(format!("{back} mark = {mark} AND number IN UNNEST([{}])", numbers.join(",")));
        }
        // A comparison after this one, of a run that came to nothing.
        statements.push(format!("{back} mark IN (SELECT read FROM {marks} WHERE read <> {mark})"));
        if gone {
            statements.push(format!("DELETE FROM {table} WHERE {mine} AND gone AND mark = {mark}"));
        }
        statements.push(format!("UPDATE {marks} SET base = {mark} WHERE {mine}"));
        self.together(&statements).await?;
        Ok(true)
    }

    /// Takes in what a comparison found: new rows, and gone keys.
    pub(super) async fn take(&self, mark: &str, whole: bool, gone: bool) -> Result<()> {
        let (table, marks, mine, mark) = (&self.table, &self.marks, self.mine(), literal(mark));
        let mut statements = Vec::new();
        if whole {
            statements.push(format!("DELETE FROM {table} WHERE {mine}"));
            statements.push(format!("UPDATE {marks} SET base = NULL WHERE {mine}"));
        }
        statements.push(format!(
            "MERGE {table} AS s USING (SELECT id, key, print, number FROM {} WHERE {NEW} AND id IS NOT NULL AND {mine}) AS r \
             ON s.id = r.id \
             WHEN MATCHED THEN UPDATE SET key = r.key, print = r.print, mark = {mark}, number = r.number, gone = false \
             WHEN NOT MATCHED THEN INSERT (id, key, print, mark, number, gone) \
             VALUES (r.id, r.key, r.print, {mark}, r.number, false)",
            self.rows
        ));
        if gone {
            statements.push(format!(
                "UPDATE {table} AS s SET mark = {mark}, number = g.number, gone = true FROM {} AS g WHERE s.id = g.id AND {mine}",
                self.gone
            ));
        }
        statements.push(format!("UPDATE {marks} SET read = {mark} WHERE {mine}"));
        self.together(&statements).await?;
        let kept =
            format!("SELECT COUNTIF(read = {mark} AND claim = {}) AS n FROM {marks}", literal(&self.claim));
        if self.number(&kept).await? > 0 {
            return Ok(());
        }
        Err(Error::new(ErrorKind::TimedOut, "Another comparison of this sync has begun in the warehouse.")
            .with_safe("Nothing was sent.")
            .with_hint("Run it again, and have the sync run on one computer at a time."))
    }

    /// The statement that drops what is only there while it is compared.
    pub(super) fn clearing(&self) -> String {
        format!("DROP TABLE IF EXISTS {};\nDROP TABLE IF EXISTS {}", self.rows, self.gone)
    }

    /// Runs them as one. What BigQuery undoes, because another change came in between, is run again: it changes nothing
    /// any more where the snapshot is another comparison's by then.
    async fn together(&self, statements: &[String]) -> Result<()> {
        let script = format!("BEGIN TRANSACTION;\n{};\nCOMMIT TRANSACTION", statements.join(";\n"));
        for tried in 1..TRIES {
            match self.run(&script).await {
                Err(error) if may_be_done_again(&error) => pause(tried, None).await,
                ended => return ended.map(drop),
            }
        }
        self.run(&script).await.map(drop)
    }

    async fn number(&self, sql: &str) -> Result<u64> {
        self.numbers(sql).await.map(|numbers| numbers.first().copied().unwrap_or(0))
    }

    /// The whole numbers in a query's only row.
    pub(super) async fn numbers(&self, sql: &str) -> Result<Vec<u64>> {
        let done = self.run(sql).await?;
        let texts = pages::one_row(self.login, &done).await?;
        let numbers = texts.iter().map(|text| text.parse().ok()).collect::<Option<_>>();
        numbers.ok_or_else(|| super::job::unsaid("the numbers it was asked for"))
    }
}

/// The row is not as in the snapshot, and the first of its key.
pub(super) const NEW: &str = "NOT same AND nth = 1";
/// What a comparison leaves behind where it is cut off does not stay.
pub(super) const EXPIRES: &str =
    "OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 12 HOUR))";
