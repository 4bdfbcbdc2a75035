//! Comparing rows with a snapshot, on the server, in one session and one transaction:
//!
//! 1. What the last comparison answered with and was not delivered leaves the snapshot.
//! 2. The query runs once, into a temporary table: of every row its key and fingerprint, of a changed row its values
//!    too.
//! 3. Changed rows and gone keys go into the snapshot, under the new mark.
//!
//! Then they are streamed from the temporary tables. Redshift has no order of rows of its own, so they are numbered by
//! key and fingerprint: of rows with one key the same one is the first each time.
//!
//! The query is one SELECT by the server's own word (`fields`). On Redshift a SELECT can not write: functions of users are
//! of SQL, Python or Lambda (<https://docs.aws.amazon.com/redshift/latest/dg/user-defined-functions.html>), and only CALL runs a
//! procedure. So it may stand in a transaction that writes.

use sluice_engine::differ::{Comparison, Counted, Differences};
use sluice_engine::error::Result;

use super::client::{Login, Session};
use super::differences::Found;
use super::form::Form;
use super::query::{Field, fields, query_error, source};
use super::snapshot::{Snapshot, WORK_WITHIN};
use crate::warehouses::select::chosen;

/// Compares; returns when the server has found out what changed.
pub(super) async fn compare(
    login: &Login,
    schema: &str,
    comparison: &Comparison<'_>,
) -> Result<Box<dyn Differences>> {
    let mut session = Session::open(login).await?;
    let fields = chosen(&fields(&mut session, comparison.query).await?, comparison.columns)?;
    let key = comparison.key.iter().filter_map(|name| fields.iter().position(|f| f.column.name == *name));
    let key: Vec<usize> = key.collect();
    // What has no text that tells equal from different is compared by nobody but the engine.
    let has_snapshot = key.iter().all(|index| fields[*index].form.has_one_text())
        && fields.iter().all(|field| field.text().is_some());
    let snapshot = Snapshot::of(schema, comparison.snapshot);
    snapshot.check_rights(&mut session).await?;
    let mark = comparison.mark.filter(|_| has_snapshot);
    session.run_before_long("RESET statement_timeout").await?;
    snapshot.begin(&mut session, mark.is_some()).await?;
    let whole = match comparison.since.filter(|_| has_snapshot) {
        Some(since) => !snapshot.go_on_from(&mut session, since, comparison.gone).await?,
        None => true,
    };
    let mut comparing =
        Comparing { session, snapshot: &snapshot, fields: &fields, key: &key, whole, has_snapshot };
    let rows = comparing.fill(comparison).await?;
    let unchanged = comparing.set_apart(rows, comparison.gone, mark).await?;
    let statements = comparing.statements();
    let mut session = comparing.session;
    snapshot.write(&mut session, "COMMIT").await?;
    Found::start(session, fields, key, whole, statements, Counted { rows, unchanged }).await
}

struct Comparing<'a> {
    session: Session,
    snapshot: &'a Snapshot,
    fields: &'a [Field],
    key: &'a [usize],
    whole: bool,
    has_snapshot: bool,
}

impl Comparing<'_> {
    /// Runs the query into the temporary table, and answers with how many rows it has.
    async fn fill(&mut self, comparison: &Comparison<'_>) -> Result<u64> {
        let (before, after) = self.filling();
        let sql = format!("{before}{}{after}", source(&self.session, comparison.query));
        let filled = self.session.collect(&sql, WORK_WITHIN).await;
        filled.map_err(|failure| query_error(&self.session.login, failure, comparison.query, &before))?;
        self.snapshot.count(&mut self.session, "SELECT count(*) FROM sluice_rows").await
    }

    /// What stands before and after the query in the statement that fills the temporary table.
    fn filling(&self) -> (String, String) {
        let texts = |fields: &mut dyn Iterator<Item = &Field>, each: &dyn Fn(String) -> String| {
            let text = |field: &Field| field.text().filter(|_| self.has_snapshot).map(each);
            fields.map(text).collect::<Option<Vec<_>>>().map(|texts| texts.join(" || "))
        };
        let hashed = |texts: Option<String>| {
            texts.map_or("CAST(NULL AS char(32))".to_owned(), |texts| format!("md5({texts})"))
        };
        let mut key = self.key.iter().map(|index| &self.fields[*index]);
        let id = hashed(texts(&mut key, &|text| format!("md5({text})")));
        let print = hashed(texts(&mut self.fields.iter(), &|text| format!("coalesce(md5({text}), '-')")));
        let keys = self.key.iter().enumerate().map(|(place, index)| {
            let text = self.fields[*index].text().filter(|_| self.has_snapshot);
            format!(", {} AS k{place}", text.unwrap_or("CAST(NULL AS varchar)".into()))
        });
        let columns = self.fields.iter().enumerate();
        let named = columns.map(|(index, field)| format!(", {} AS c{index}", field.quoted));
        let inner: String = keys.chain(named).collect();
        let (same, join) = if self.whole {
            ("false".to_owned(), String::new())
        } else {
            let join = format!(" LEFT JOIN {} AS s ON s.id = r.id", self.snapshot.table());
            ("coalesce(s.print = r.print, false)".to_owned(), join)
        };
        let wanted = |index: usize| {
            if self.whole {
                return format!(", r.c{index}");
            }
            format!(", CASE WHEN s.print = r.print THEN NULL ELSE r.c{index} END AS c{index}")
        };
        let wanted = (0..self.fields.len()).map(wanted).collect::<Vec<_>>().concat();
        let keys = self.keys(", r.k", "");
        let before = format!(
            "CREATE TEMP TABLE sluice_rows AS SELECT row_number() OVER (ORDER BY r.id, r.print) AS number, \
             r.id, r.print, {same} AS is_same{keys}{wanted} FROM (SELECT {id} AS id, {print} AS print{inner} FROM "
        );
        (before, format!(") AS r{join}"))
    }

    /// The columns of a key's texts, each between these.
    fn keys(&self, before: &str, after: &str) -> String {
        (0..self.key.len()).map(|place| format!("{before}{place}{after}")).collect::<Vec<_>>().concat()
    }

    /// Finds repeated keys, gone keys, and how many rows are unchanged; with a mark what changed goes into the
    /// snapshot.
    async fn set_apart(&mut self, rows: u64, gone: bool, mark: Option<&str>) -> Result<u64> {
        let keys = self.keys(", s.k", "");
        let (session, snapshot) = (&mut self.session, self.snapshot);
        let repeated = "CREATE TEMP TABLE sluice_repeated AS SELECT id, min(number) AS lowest FROM sluice_rows \
                        WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1";
        snapshot.write(session, repeated).await?;
        let missing = if gone && !self.whole {
            let table = snapshot.table();
            format!(
                "s.id, s.print{keys} FROM {table} AS s LEFT JOIN sluice_rows AS r ON r.id = s.id WHERE r.id IS NULL"
            )
        } else {
            format!("s.id, s.print{keys} FROM sluice_rows AS s WHERE false")
        };
        let gone = format!(
            "CREATE TEMP TABLE sluice_gone AS SELECT {rows} + row_number() OVER (ORDER BY s.id) AS number, {missing}"
        );
        snapshot.write(session, &gone).await?;
        if let Some(mark) = mark {
            let from = format!("{FIRST_ROWS} WHERE r.id IS NOT NULL AND {NEW}");
            snapshot.take(session, mark, self.whole, self.key.len(), &from).await?;
        }
        snapshot.count(session, &format!("SELECT count(*) {FIRST_ROWS} WHERE r.is_same AND {FIRST}")).await
    }

    /// What answers with changed rows, repeated ones and gone keys.
    fn statements(&self) -> [String; 3] {
        let columns = self.fields.iter().enumerate();
        let asked = |(index, field): (usize, &Field)| field.form.asked(&format!("r.c{index}")) + ", ";
        let columns = columns.map(asked).collect::<Vec<_>>().concat();
        let keys = self.keys("r.k", ", ");
        [
            format!("SELECT {columns}r.number {FIRST_ROWS} WHERE {NEW} ORDER BY r.number"),
            format!(
                "SELECT {keys}r.number FROM sluice_rows AS r JOIN sluice_repeated AS again ON again.id = r.id \
                 WHERE r.number <> again.lowest ORDER BY r.number"
            ),
            format!("SELECT {keys}r.number FROM sluice_gone AS r ORDER BY r.number"),
        ]
    }
}

/// Rows, with what says which of one key is the first.
const FIRST_ROWS: &str = "FROM sluice_rows AS r LEFT JOIN sluice_repeated AS again ON again.id = r.id";
/// The row is the only one of its key, or the first.
const FIRST: &str = "(again.id IS NULL OR again.lowest = r.number)";
/// The row is not as in the snapshot, and the first of its key.
const NEW: &str = "NOT r.is_same AND (again.id IS NULL OR again.lowest = r.number)";

impl Field {
    /// The value as a text that is another one for every other value; `None` where Redshift has none.
    fn text(&self) -> Option<String> {
        let column = &self.quoted;
        Some(match self.form {
            Form::Boolean => format!("CASE WHEN {column} THEN 't' WHEN NOT {column} THEN 'f' END"),
            Form::Integer
            | Form::Decimal
            | Form::Date
            | Form::Time
            | Form::TimeWithZone
            | Form::Timestamp
            | Form::TimestampWithZone => format!("{column}::varchar"),
            // A cast to text can leave digits away.
            Form::Float4 | Form::Float8 => format!("fnv_hash({column}::float8)::varchar"),
            Form::Text | Form::Padded(None) => column.clone(),
            Form::Padded(Some(length)) => format!("rpad({column}, {length})"),
            Form::Json => format!("CASE WHEN {column} IS NOT NULL THEN json_serialize({column}) END"),
            Form::Bytes => format!("to_hex({column})"),
            Form::Interval | Form::Geometry | Form::Sketch => return None,
        })
    }
}

impl Form {
    /// A key's value can be had back from its text, and two are equal in JSON exactly where their texts are.
    fn has_one_text(self) -> bool {
        match self {
            Self::Boolean
            | Self::Integer
            | Self::Decimal
            | Self::Text
            | Self::Padded(Some(_))
            | Self::Date
            | Self::Time
            | Self::TimeWithZone
            | Self::Timestamp
            | Self::TimestampWithZone
            | Self::Bytes => true,
            Self::Float4
            | Self::Float8
            | Self::Padded(None)
            | Self::Interval
            | Self::Json
            | Self::Geometry
            | Self::Sketch => false,
        }
    }
}
