//! Comparing rows with a snapshot, on the server, in one session:
//!
//! 1. What the last comparison answered with and was not delivered leaves the snapshot.
//! 2. The query runs once, in a read-only transaction, into a temporary table: of every row its key and
//!    fingerprint, of a changed row its values too.
//! 3. Changed rows and gone keys go into the snapshot, under the new mark.
//! 4. They are streamed from the temporary tables.

use sluice_engine::differ::{Comparison, Counted, Differences};
use sluice_engine::error::Result;

use super::client::{Login, Session};
use super::differences::Found;
use super::form::Form;
use super::query::{Field, fields, query_error, source};
use super::snapshot::Snapshot;
use crate::warehouses::select::chosen;

/// The rows of the query.
const ROWS: &str = "pg_temp.sluice_rows";
/// Keys that stand on several rows, with the first of them.
const REPEATED: &str = "pg_temp.sluice_repeated";
/// Keys without a row.
const GONE: &str = "pg_temp.sluice_gone";

/// Compares; returns when the server has found out what changed.
pub(super) async fn compare(
    login: &Login,
    schema: &str,
    comparison: &Comparison<'_>,
) -> Result<Box<dyn Differences>> {
    let session = Session::open(login).await?;
    let fields = chosen(&fields(&session, comparison.query).await?, comparison.columns)?;
    let key = comparison.key.iter().filter_map(|name| fields.iter().position(|f| f.column.name == *name));
    let key: Vec<usize> = key.collect();
    // A key whose text does not tell equal from different is compared by nobody but the engine.
    let has_snapshot = key.iter().all(|index| fields[*index].form.has_one_text());
    let snapshot = Snapshot::of(&session, schema, comparison.snapshot);
    snapshot.check_rights().await?;
    // Floating point numbers with all their digits, before version 12 too; rows in the table's own order; and
    // as long as it takes.
    session
        .run_before_long(
            "SET extra_float_digits = 3; SET synchronize_seqscans = off; RESET statement_timeout",
        )
        .await?;
    let mark = comparison.mark.filter(|_| has_snapshot);
    snapshot.lock(mark.is_some()).await?;
    let since = comparison.since.filter(|_| has_snapshot);
    let whole = match since {
        Some(since) => !snapshot.go_on_from(since, comparison.gone).await?,
        None => true,
    };
    let comparing = Comparing { session: &session, snapshot: &snapshot, fields: &fields, key: &key, whole };
    let rows = comparing.fill(comparison).await?;
    let unchanged = comparing.set_apart(rows, comparison.gone, mark).await?;
    let statements = comparing.statements();
    drop(snapshot);
    Found::start(session, fields, key, whole, statements, Counted { rows, unchanged }).await
}

struct Comparing<'a> {
    session: &'a Session,
    snapshot: &'a Snapshot<'a>,
    fields: &'a [Field],
    key: &'a [usize],
    whole: bool,
}

impl Comparing<'_> {
    /// Runs the query into the temporary table, and answers with how many rows it has.
    async fn fill(&self, comparison: &Comparison<'_>) -> Result<u64> {
        let (session, snapshot) = (self.session, self.snapshot);
        let columns = self.fields.iter().enumerate();
        let columns: Vec<String> =
            columns.map(|(index, field)| format!(", c{index} {}", field.sql_type)).collect();
        let columns = columns.concat();
        snapshot
            .write(&[(
                &format!(
                    "CREATE TABLE {ROWS} (number int8, id uuid, print uuid, key text[], same bool{columns})"
                ),
                &[],
            )])
            .await?;
        let (before, after) = self.filling();
        let sql = format!("{before}{}{after}", source(comparison.query));
        // The user's query never runs in a transaction that can write more than temporary tables.
        session.run("BEGIN READ ONLY").await?;
        let rows = session.patiently(session.client.execute(&sql, &[])).await;
        let rows = rows.map_err(|error| query_error(&session.login, error, comparison.query, &before))?;
        session.run("COMMIT").await?;
        Ok(rows)
    }

    /// What stands before and after the query in the statement that fills the temporary table.
    fn filling(&self) -> (String, String) {
        let places = 0..self.fields.len();
        let listed = |each: &dyn Fn(usize) -> String| places.clone().map(each).collect::<Vec<_>>().join(", ");
        let expression = |index: usize| self.fields[index].expression.as_str();
        let key = |each: &dyn Fn(&str) -> String, between: &str| {
            self.key.iter().map(|index| each(expression(*index))).collect::<Vec<_>>().join(between)
        };
        // `format` writes a value as the server's text form has it; a cast would strip spaces of `char(n)`.
        let texts = format!("ARRAY[{}]", key(&|column| format!("format('%s', {column})"), ", "));
        let present = key(&|column| format!("({column}) IS NOT NULL"), " AND ");
        let values = listed(&|index| expression(index).to_owned());
        let named = listed(&|index| format!("{} AS c{index}", expression(index)));
        let (same, join, wanted): (_, _, &dyn Fn(usize) -> String) = if self.whole {
            ("false", String::new(), &|index| format!("r.c{index}"))
        } else {
            let join = format!(" LEFT JOIN {} AS s ON s.id = r.id", self.snapshot.table());
            ("coalesce(s.print = r.print, false)", join, &|index| {
                format!("CASE WHEN s.print = r.print THEN NULL ELSE r.c{index} END")
            })
        };
        let before = format!(
            "INSERT INTO {ROWS} SELECT r.number, r.id, r.print, r.key, {same}, {} FROM (SELECT row_number() OVER () AS number, \
             CASE WHEN {present} THEN md5({texts}::text)::uuid END AS id, md5(ROW({values})::text)::uuid AS print, \
             {texts} AS key, {named} FROM ",
            listed(wanted),
        );
        (before, format!(") AS r{join}"))
    }

    /// Finds repeated keys, gone keys, and how many rows are unchanged; with a mark what changed goes into the
    /// snapshot.
    async fn set_apart(&self, rows: u64, gone: bool, mark: Option<&str>) -> Result<u64> {
        let table = self.snapshot.table();
        let repeated = format!(
            "CREATE TABLE {REPEATED} AS SELECT id, min(number) AS first FROM {ROWS} WHERE id IS NOT NULL \
             GROUP BY id HAVING count(*) > 1"
        );
        let analyze = format!("ANALYZE {ROWS} (number, id, same)");
        let missing = if gone && !self.whole {
            format!("FROM {table} AS s WHERE NOT EXISTS (SELECT FROM {ROWS} AS r WHERE r.id = s.id)")
        } else {
            "FROM (SELECT NULL::uuid AS id, NULL::text[] AS key) AS s WHERE false".to_owned()
        };
        let gone = format!(
            "CREATE TABLE {GONE} AS SELECT {rows} + row_number() OVER () AS number, s.id, s.key {missing}"
        );
        self.snapshot.write(&[(&analyze, &[]), (&repeated, &[]), (&gone, &[])]).await?;
        if let Some(mark) = mark {
            self.snapshot
                .take(mark, self.whole, &format!("{} WHERE r.id IS NOT NULL AND {}", first(), NEW), GONE)
                .await?;
        }
        let unchanged = format!("SELECT count(*) {} WHERE r.same AND {FIRST}", first());
        let row = self.session.patiently(self.session.client.query_one(&unchanged, &[])).await;
        let count: i64 =
            row.and_then(|row| Ok(row.try_get(0)?)).map_err(|error| self.session.error(error))?;
        Ok(count.unsigned_abs())
    }

    /// What answers with changed rows, repeated ones and gone keys.
    fn statements(&self) -> [String; 3] {
        let columns: Vec<String> = (0..self.fields.len()).map(|index| format!("r.c{index}, ")).collect();
        let columns = columns.concat();
        let typed = |(place, index): (usize, &usize)| {
            format!("(key)[{}]::{}, ", place + 1, self.fields[*index].sql_type)
        };
        let key = self.key.iter().enumerate().map(typed).collect::<Vec<_>>().concat();
        [
            format!("SELECT {columns}r.number {} WHERE {NEW} ORDER BY r.number", first()),
            format!(
                "SELECT {key}number FROM {ROWS} AS r JOIN {REPEATED} AS again USING (id) \
                 WHERE r.number <> again.first ORDER BY number"
            ),
            format!("SELECT {key}number FROM {GONE} ORDER BY number"),
        ]
    }
}

/// The row is the only one of its key, or the first.
const FIRST: &str = "(again.id IS NULL OR again.first = r.number)";
/// The row is not as in the snapshot, and the first of its key.
const NEW: &str = "NOT r.same AND (again.id IS NULL OR again.first = r.number)";

fn first() -> String {
    format!("FROM {ROWS} AS r LEFT JOIN {REPEATED} AS again ON again.id = r.id")
}

impl Form {
    /// Two values of the form are equal in JSON exactly where their texts are.
    fn has_one_text(&self) -> bool {
        match self {
            Self::Boolean
            | Self::Int2
            | Self::Int4
            | Self::Int8
            | Self::Oid
            | Self::Float4
            | Self::Float8
            | Self::Decimal
            | Self::Text
            | Self::Bytes
            | Self::Date
            | Self::Time
            | Self::TimeWithZone
            | Self::Timestamp
            | Self::TimestampWithZone
            | Self::Interval
            | Self::Uuid
            | Self::Address
            | Self::HardwareAddress
            | Self::Bits
            | Self::LogPosition => true,
            Self::Json | Self::Jsonb | Self::Hstore | Self::List(_) | Self::Record(_) => false,
        }
    }
}
