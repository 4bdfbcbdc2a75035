//! Comparing rows with a snapshot, on the server:
//!
//! 1. What the last comparison answered with and was not delivered leaves the snapshot.
//! 2. The query runs once, into a table of this comparison: of every row its key and fingerprint, of a changed row its
//!    values too.
//! 3. Changed rows and gone keys go into the snapshot, under the new mark.
//! 4. They are streamed from those tables, which are dropped at the end.
//!
//! The tables are transient ones: a temporary one would need its schema to be the session's, and then the user's SQL would
//! mean other tables.

use std::sync::Arc;

use sluice_engine::differ::{Comparison, Counted, Differences};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::value::Column;

use super::differences::{Found, Work};
use super::listing::list;
use super::login::Login;
use super::query::{Place, fields, query_error, quoted, source};
use super::session::Session;
use super::snapshot::Snapshot;
use crate::warehouses::select::chosen;

/// Compares; returns when the server has found out what changed.
pub(super) async fn compare(
    login: &Login,
    schema: &str,
    comparison: &Comparison<'_>,
) -> Result<Box<dyn Differences>> {
    let session = Session::open(login).await?;
    let columns = chosen(&fields(&session, comparison.query).await?, comparison.columns)?;
    let key = comparison.key.iter().filter_map(|name| columns.iter().position(|column| column.name == *name));
    let key: Vec<usize> = key.collect();
    // A key whose text does not tell equal from different is compared by nobody but the engine.
    let has_snapshot = key.iter().all(|index| columns.get(*index).is_some_and(has_one_text));
    let snapshot = Snapshot::of(&session, schema, comparison.snapshot);
    let mark = comparison.mark.filter(|_| has_snapshot);
    if mark.is_some() {
        snapshot.begin().await?;
    }
    let whole = match comparison.since.filter(|_| has_snapshot) {
        Some(since) => !snapshot.go_on_from(since, comparison.gone).await?,
        None => true,
    };
    let looks = comparison.mark.is_none();
    let work = Work::new(&session, snapshot.work("ROWS", looks), snapshot.work("GONE", looks));
    let comparing = Comparing { session: &session, snapshot: &snapshot, columns: &columns, key: &key, whole };
    comparing.fill(comparison, &work).await?;
    let counted = comparing.set_apart(comparison.gone, &work).await?;
    if let Some(mark) = mark {
        snapshot.take(mark, whole, &work.rows, key.len(), &work.gone).await?;
    }
    Found::start(work, columns.into(), key, whole, counted).await
}

struct Comparing<'a> {
    session: &'a Arc<Session>,
    snapshot: &'a Snapshot,
    columns: &'a [Column],
    key: &'a [usize],
    whole: bool,
}

impl Comparing<'_> {
    /// Runs the query into the table of rows.
    async fn fill(&self, comparison: &Comparison<'_>, work: &Work) -> Result<()> {
        let (before, after) = self.filling();
        let from = source(comparison.query, &Place::of(self.session));
        let sql = format!("CREATE TRANSIENT TABLE {} AS {before}{from}{after}", work.rows);
        // What it can not find or read is the query's; where snapshots go was tried before.
        let done = list(self.session, &sql).await;
        done.map(drop).map_err(|error| query_error(self.session, error, comparison.query))
    }

    /// What stands before and after the query in the statement that fills the table.
    fn filling(&self) -> (String, String) {
        let listed = |each: &dyn Fn(usize) -> String| (0..self.columns.len()).map(each).collect::<String>();
        let key: Vec<&Column> = self.key.iter().filter_map(|index| self.columns.get(*index)).collect();
        let present: Vec<String> =
            key.iter().map(|column| format!("{} IS NOT NULL", quoted(&column.name))).collect();
        let keys = key
            .iter()
            .enumerate()
            .map(|(at, column)| format!(", {} AS \"k{at}\"", quoted(&column.name)))
            .collect::<Vec<_>>()
            .concat();
        let named = listed(&|index| {
            self.columns
                .get(index)
                .map_or_else(String::new, |column| format!(", {} AS \"c{index}\"", quoted(&column.name)))
        });
        let outer_keys = (0..key.len()).map(|at| format!(", r.\"k{at}\"")).collect::<Vec<_>>().concat();
        let (same, join) = if self.whole {
            ("FALSE".to_owned(), String::new())
        } else {
            let join = format!(" LEFT JOIN {} AS s ON s.\"id\" = r.\"id\"", self.snapshot.table());
            ("COALESCE(s.\"print\" = r.\"print\", FALSE)".to_owned(), join)
        };
        let values =
            listed(&|index| format!(", CASE WHEN {same} THEN NULL ELSE r.\"c{index}\" END AS \"c{index}\""));
        let before = format!(
            "SELECT r.\"number\", r.\"id\", r.\"print\", {same} AS \"same\", CASE WHEN r.\"id\" IS NULL THEN TRUE \
             ELSE ROW_NUMBER() OVER (PARTITION BY r.\"id\" ORDER BY r.\"number\") = 1 END AS \"first\"{outer_keys}{values} \
             FROM (SELECT ROW_NUMBER() OVER (ORDER BY NULL) AS \"number\", \
             CASE WHEN {} THEN MD5({}) END AS \"id\", MD5({}) AS \"print\"{keys}{named} FROM ",
            present.join(" AND "),
            texts(&mut key.iter().copied()),
            texts(&mut self.columns.iter()),
        );
        (before, format!(") AS r{join}"))
    }

    /// Finds gone keys, and how many rows are unchanged.
    async fn set_apart(&self, gone: bool, work: &Work) -> Result<Counted> {
        let counting = format!(
            "SELECT COUNT(*) AS \"rows\", COUNT(CASE WHEN \"same\" AND \"first\" THEN 1 END) AS \"unchanged\" FROM {}",
            work.rows
        );
        let counts = self.snapshot.run(&counting).await?;
        let row = counts.rows().next();
        let count = |name: &str| {
            let count = row.as_ref().and_then(|row| row.get(name)?.parse().ok());
            count.ok_or_else(|| Error::new(ErrorKind::BadAnswer, "Snowflake did not count the rows."))
        };
        let counted = Counted { rows: count("rows")?, unchanged: count("unchanged")? };
        let keys =
            |of: &str| (0..self.key.len()).map(|at| format!(", {of}.\"k{at}\"")).collect::<Vec<_>>().concat();
        let missing = if gone && !self.whole {
            format!(
                "SELECT {} + ROW_NUMBER() OVER (ORDER BY s.\"number\", s.\"id\") AS \"number\", s.\"id\"{} FROM {} AS s \
                 LEFT JOIN {} AS r ON r.\"id\" = s.\"id\" WHERE r.\"id\" IS NULL",
                counted.rows,
                keys("s"),
                self.snapshot.table(),
                work.rows,
            )
        } else {
            format!("SELECT r.\"number\", r.\"id\"{} FROM {} AS r WHERE FALSE", keys("r"), work.rows)
        };
        self.snapshot.run(&format!("CREATE TRANSIENT TABLE {} AS {missing}", work.gone)).await?;
        Ok(counted)
    }
}

/// An SQL expression whose text differs wherever a value of the columns does: each value's text behind its length.
fn texts(columns: &mut dyn Iterator<Item = &Column>) -> String {
    let each = columns.map(|column| {
        let text = text(column);
        format!("COALESCE(TO_VARCHAR(LENGTH({text})) || ':' || {text}, 'n')")
    });
    each.collect::<Vec<_>>().join(" || ',' || ")
}

/// A value's text. The session's formats say every digit of times; of a floating point number the text may leave some out,
/// so what it leaves out stands behind it.
fn text(column: &Column) -> String {
    let name = quoted(&column.name);
    match column.native.as_str() {
        "FLOAT" => {
            format!("(TO_VARCHAR({name}) || '+' || TO_VARCHAR({name} - TO_DOUBLE(TO_VARCHAR({name}))))")
        }
        "BINARY" => format!("HEX_ENCODE({name})"),
        "VARIANT" | "OBJECT" | "ARRAY" | "MAP" => format!("TO_VARCHAR(TO_JSON({name}))"),
        "GEOGRAPHY" | "GEOMETRY" => format!("TO_VARCHAR(TO_JSON(ST_ASGEOJSON({name})))"),
        "VECTOR" => format!("TO_JSON(TO_ARRAY({name}))"),
        _ => format!("TO_VARCHAR({name})"),
    }
}

/// Two values are equal in JSON exactly where their texts are.
fn has_one_text(column: &Column) -> bool {
    matches!(
        column.native.as_str(),
        "NUMBER"
            | "VARCHAR"
            | "BOOLEAN"
            | "BINARY"
            | "DATE"
            | "TIME"
            | "TIMESTAMP_NTZ"
            | "TIMESTAMP_LTZ"
            | "FLOAT"
    )
}
