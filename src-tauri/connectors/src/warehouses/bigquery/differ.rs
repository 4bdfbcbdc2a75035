//! Comparing rows with a snapshot, on the server:
//!
//! 1. What the last comparison answered with and was not delivered leaves the snapshot.
//! 2. The query runs once, into a table that expires: of every row its key and fingerprint, of a changed row its
//!    values too.
//! 3. Changed rows and gone keys go into the snapshot, under the new mark.
//! 4. They are read from there.

use std::sync::Arc;

use sluice_engine::differ::{Comparison, Counted, Differences};
use sluice_engine::error::Result;

use super::client::Login;
use super::differences::Found;
use super::error::Doing;
use super::job::{Job, Statement};
use super::name::quoted;
use super::query::{self, explained, source};
use super::schema::{Field, Form};
use super::snapshot::{EXPIRES, NEW, Snapshot};
use crate::warehouses::select::chosen;

/// Compares; returns when the server has found out what changed.
pub(super) async fn compare(
    login: &Arc<Login>,
    dataset: &str,
    comparison: &Comparison<'_>,
) -> Result<Box<dyn Differences>> {
    let from = source(login, comparison.query)?;
    let plan = query::plan(login, comparison.query, &format!("SELECT * FROM {from}")).await?;
    let fields = chosen(&plan.fields, comparison.columns)?;
    let key = comparison.key.iter().filter_map(|name| fields.iter().position(|f| f.column.name == *name));
    let key: Vec<usize> = key.collect();
    // A key whose text does not tell equal from different is compared by nobody but the engine.
    let has_snapshot = key.iter().all(|index| has_one_text(&fields[*index]));
    let snapshot = Snapshot::of(login, dataset, comparison.snapshot);
    snapshot.check_dataset().await?;
    let mark = comparison.mark.filter(|_| has_snapshot);
    if mark.is_some() {
        snapshot.claim().await?;
    }
    let whole = match comparison.since.filter(|_| has_snapshot) {
        Some(since) => !snapshot.go_on_from(since, comparison.gone, mark.is_some()).await?,
        None => true,
    };
    let comparing = Comparing { snapshot: &snapshot, fields: &fields, key: &key, whole };
    comparing.fill(login, comparison, &from).await?;
    let gone = comparison.gone && !whole;
    let counted = comparing.count().await?;
    if gone {
        comparing.set_gone_apart(counted.rows).await?;
    }
    if let Some(mark) = mark {
        snapshot.take(mark, whole, gone).await?;
    }
    let statements = comparing.statements(gone);
    Ok(Box::new(Found::new(login, snapshot.clearing(), fields, key, whole, statements, counted)))
}

struct Comparing<'a> {
    snapshot: &'a Snapshot<'a>,
    fields: &'a [Field],
    key: &'a [usize],
    whole: bool,
}

impl Comparing<'_> {
    /// Runs the query into the table.
    async fn fill(&self, login: &Arc<Login>, comparison: &Comparison<'_>, from: &str) -> Result<()> {
        let sql = self.filling(from);
        match Job::run(login, &Statement::new(&sql), Doing::Running).await {
            Ok(_) => Ok(()),
            Err(error) => Err(explained(login, comparison.query, error).await),
        }
    }

    fn filling(&self, from: &str) -> String {
        let name = |index: usize| quoted(&self.fields[index].column.name);
        let listed =
            |each: &dyn Fn(usize) -> String| (0..self.fields.len()).map(each).collect::<Vec<_>>().join(", ");
        let key = |each: &dyn Fn(String) -> String, between: &str| {
            self.key.iter().map(|index| each(name(*index))).collect::<Vec<_>>().join(between)
        };
        let texts = format!("[{}]", key(&|column| format!("TO_JSON_STRING({column})"), ", "));
        let present = key(&|column| format!("{column} IS NOT NULL"), " AND ");
        let values = listed(&|index| format!("{} AS c{index}", name(index)));
        let (same, join) = if self.whole {
            ("false", String::new())
        } else {
            (
                "COALESCE(s.print = r.print, false)",
                format!(" LEFT JOIN {} AS s ON s.id = r.id", self.snapshot.table),
            )
        };
        let wanted = listed(&|index| match (self.whole, self.key.contains(&index)) {
            (true, _) | (_, true) => format!("r.c{index}"),
            (false, false) => format!("IF(COALESCE(s.print = r.print, false), NULL, r.c{index}) AS c{index}"),
        });
        format!(
            "CREATE OR REPLACE TABLE {} {EXPIRES} AS SELECT r.number, r.id, r.print, r.key, {same} AS same, \
             IF(r.id IS NULL, 1, ROW_NUMBER() OVER (PARTITION BY r.id ORDER BY r.number)) AS nth, {wanted} \
             FROM (SELECT ROW_NUMBER() OVER () AS number, IF({present}, TO_HEX(MD5(TO_JSON_STRING({texts}))), NULL) AS id, \
             TO_HEX(MD5(TO_JSON_STRING(STRUCT({})))) AS print, {texts} AS key, {values} FROM {from} AS `query`) AS r{join}",
            self.snapshot.rows,
            listed(&|index| format!("{} AS c{index}", name(index))),
        )
    }

    async fn count(&self) -> Result<Counted> {
        let sql = format!(
            "SELECT COUNT(*) AS row_count, COUNTIF(same AND nth = 1) AS unchanged_count FROM {}",
            self.snapshot.rows
        );
        let numbers = self.snapshot.numbers(&sql).await?;
        let number = |index: usize| {
            numbers.get(index).copied().ok_or_else(|| super::job::unsaid("how many rows there are"))
        };
        Ok(Counted { rows: number(0)?, unchanged: number(1)? })
    }

    async fn set_gone_apart(&self, rows: u64) -> Result<()> {
        let Snapshot { table, rows: compared, gone, .. } = self.snapshot;
        let sql = format!(
            "CREATE OR REPLACE TABLE {gone} {EXPIRES} AS SELECT {rows} + ROW_NUMBER() OVER () AS number, s.id, s.key \
             FROM {table} AS s LEFT JOIN (SELECT DISTINCT id FROM {compared}) AS r ON r.id = s.id WHERE r.id IS NULL"
        );
        self.snapshot.run(&sql).await.map(drop)
    }

    /// What answers with changed rows, repeated ones and gone keys.
    fn statements(&self, gone: bool) -> [Option<String>; 3] {
        let rows = &self.snapshot.rows;
        let all = (0..self.fields.len()).map(|index| format!("c{index}")).collect::<Vec<_>>().join(", ");
        let keys = self.key.iter().map(|index| format!("c{index}")).collect::<Vec<_>>().join(", ");
        let typed = |(place, index): (usize, &usize)| {
            let text = format!("JSON_VALUE(key[OFFSET({place})])");
            match self.fields[*index].column.native.as_str() {
                "BYTES" => format!("FROM_BASE64({text}) AS c{index}"),
                native => format!("CAST({text} AS {native}) AS c{index}"),
            }
        };
        let from_text = self.key.iter().enumerate().map(typed).collect::<Vec<_>>().join(", ");
        [
            Some(format!("SELECT {all}, number FROM {rows} WHERE {NEW} ORDER BY number")),
            Some(format!("SELECT {keys}, number FROM {rows} WHERE nth > 1 ORDER BY number")),
            gone.then(|| format!("SELECT {from_text}, number FROM {} ORDER BY number", self.snapshot.gone)),
        ]
    }
}

/// Two values are equal in JSON exactly where their texts are, and the text reads back as the value.
fn has_one_text(field: &Field) -> bool {
    match field.form {
        Form::Text => field.column.native == "STRING",
        Form::Bytes
        | Form::Integer
        | Form::Float
        | Form::Decimal
        | Form::Boolean
        | Form::Date
        | Form::Time
        | Form::DateTime
        | Form::Timestamp => true,
        Form::Json | Form::Interval | Form::Range(_) | Form::List(_) | Form::Record(_) => false,
    }
}
