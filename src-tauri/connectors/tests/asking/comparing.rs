//! A sync that has its rows compared inside the warehouse, and what it is answered.

use sluice_engine::differ::{Comparison, Counted, Differences, Part, Since};
use sluice_engine::error::Result;
use sluice_engine::sync::Query;
use sluice_engine::warehouse::Warehouse;

use super::shown;

/// What a comparison answered with: changed, repeated and gone, each with its number, and the counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) changed: Vec<(u64, String)>,
    pub(crate) repeated: Vec<(u64, String)>,
    pub(crate) gone: Vec<(u64, String)>,
    pub(crate) counted: Option<Counted>,
    pub(crate) whole: bool,
}

impl Answered {
    /// The rows in the order of their text, without numbers: for a warehouse whose rows have no order anybody knows.
    pub(crate) fn shown(&self) -> String {
        let all = |rows: &[(u64, String)]| {
            let mut rows: Vec<_> = rows.iter().map(|(_, row)| row.as_str()).collect();
            rows.sort_unstable();
            rows.join(" ")
        };
        format!("{} | {} | {}", all(&self.changed), all(&self.repeated), all(&self.gone))
    }

    /// The rows in their order, with their numbers.
    pub(crate) fn numbered(&self) -> String {
        let all = |rows: &[(u64, String)]| {
            rows.iter().map(|(number, row)| format!("{number}:{row}")).collect::<Vec<_>>().join(" ")
        };
        format!("{} | {} | {}", all(&self.changed), all(&self.repeated), all(&self.gone))
    }

    /// The number of the row or key that is shown like this.
    fn number(&self, shown: &str) -> u64 {
        let mut rows = self.changed.iter().chain(&self.repeated).chain(&self.gone);
        rows.find(|(_, row)| row == shown).unwrap().0
    }

    /// Every number once, changed and repeated ones those of rows, gone ones after them.
    fn assert_numbers(&self) {
        let rows = self.counted.unwrap().rows;
        let of = |rows: &[(u64, String)]| rows.iter().map(|(number, _)| *number).collect::<Vec<_>>();
        let (changed, repeated, gone) = (of(&self.changed), of(&self.repeated), of(&self.gone));
        for part in [&changed, &repeated, &gone] {
            assert!(part.is_sorted_by(|a, b| a < b), "{part:?}");
        }
        assert!(changed.iter().chain(&repeated).all(|number| (1..=rows).contains(number)));
        assert!(gone.iter().all(|number| *number > rows));
        assert!(!changed.iter().any(|number| repeated.contains(number)));
    }
}

pub(crate) async fn rest(differences: &mut dyn Differences) -> Result<Answered> {
    let mut answered = Answered { whole: differences.is_whole(), ..Answered::default() };
    while let Some(part) = differences.next().await? {
        let (rows, into) = match part {
            Part::Changed(rows) => (rows, &mut answered.changed),
            Part::Repeated(rows) => (rows, &mut answered.repeated),
            Part::Gone(rows) => (rows, &mut answered.gone),
        };
        for (row, number) in rows.numbers.iter().enumerate() {
            let cells = 0..rows.rows.columns().len();
            let text: Vec<_> = cells.map(|column| shown(&rows.rows, row, column)).collect();
            into.push((*number, text.join("/")));
        }
    }
    answered.counted = differences.counted();
    Ok(answered)
}

/// A sync that compares `query` by its first column.
pub(crate) struct Asking {
    pub(crate) warehouse: Box<dyn Warehouse>,
    pub(crate) name: String,
    pub(crate) query: Query,
    pub(crate) columns: Vec<String>,
    pub(crate) key: Vec<String>,
    pub(crate) since: Option<Since>,
    count: usize,
}

impl Asking {
    pub(crate) fn new(warehouse: Box<dyn Warehouse>, query: Query, columns: &[&str]) -> Self {
        let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        let key = columns[..1].to_vec();
        Self { warehouse, name: sluice_engine::store::new_uuid(), query, columns, key, since: None, count: 0 }
    }

    pub(crate) async fn begin(&mut self, mark: Option<&str>) -> Result<Box<dyn Differences>> {
        let comparison = Comparison {
            snapshot: &self.name,
            query: &self.query,
            columns: &self.columns,
            key: &self.key,
            since: self.since.as_ref(),
            mark,
            gone: true,
        };
        self.warehouse.differ().unwrap().compare(&comparison).await
    }

    /// Compares, and lets everything but these rows be delivered.
    pub(crate) async fn ask(&mut self, undelivered: &[&str]) -> Answered {
        self.count += 1;
        let mark = format!("mark '{}'", self.count);
        let answered = rest(&mut *self.begin(Some(&mark)).await.unwrap()).await.unwrap();
        answered.assert_numbers();
        let mut undelivered: Vec<u64> = undelivered.iter().map(|shown| answered.number(shown)).collect();
        undelivered.sort_unstable();
        self.since = Some(Since { mark, undelivered });
        answered
    }
}
