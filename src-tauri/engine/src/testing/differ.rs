//! The fake warehouse's own comparing, as small as the contract lets it be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;

use super::warehouse::{FakeCell, FakeRows, Handle};
use crate::differ::{Comparison, Counted, Differ, Differences, NumberedRows, Part, Since};
use crate::error::Result;
use crate::value::{Column, Columns, RowBatch};
use crate::warehouse::Rows;

type Cells = Vec<FakeCell>;

/// What is kept of a key.
#[derive(Debug, Clone)]
struct Kept {
    key: Cells,
    /// The row as last read; `None` where it may not have been delivered.
    row: Option<Cells>,
    mark: String,
    number: u64,
    gone: bool,
}

/// A snapshot: by key what is kept of it, and the marks it is of.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    kept: BTreeMap<String, Kept>,
    base: Option<String>,
    read: Option<String>,
}

impl Snapshot {
    /// Forgets what was not delivered; false where it is not of this comparison.
    fn go_on_from(&mut self, since: &Since) -> bool {
        let mark = Some(&since.mark);
        if self.base.as_ref() != mark && self.read.as_ref() != mark {
            return false;
        }
        let read = self.read.clone();
        self.kept.retain(|_, kept| {
            let lost = if kept.mark == since.mark {
                since.undelivered.contains(&kept.number)
            } else {
                Some(&kept.mark) == read.as_ref()
            };
            if lost {
                (kept.row, kept.gone) = (None, false);
            }
            !(kept.gone && kept.mark == since.mark)
        });
        self.base = Some(since.mark.clone());
        true
    }

    fn compare(&mut self, comparison: &Comparison<'_>, rows: Vec<Cells>, key: &[usize]) -> Found {
        let whole = !comparison.since.is_some_and(|since| self.go_on_from(since));
        let mut found = Found { whole, total: rows.len() as u64, ..Found::default() };
        let (mut seen, mut next) = (BTreeSet::new(), BTreeMap::new());
        for (row, number) in rows.into_iter().zip(1..) {
            let cells: Cells = key.iter().map(|index| row[*index].clone()).collect();
            if cells.contains(&FakeCell::Null) {
                found.changed.push((number, row));
                continue;
            }
            let name = format!("{cells:?}");
            if !seen.insert(name.clone()) {
                found.repeated.push((number, row));
                continue;
            }
            let known = self.kept.get(&name).filter(|_| !whole).and_then(|kept| kept.row.as_ref());
            if known == Some(&row) {
                found.unchanged += 1;
                continue;
            }
            let mark = comparison.mark.unwrap_or_default().to_owned();
            next.insert(name, Kept { key: cells, row: Some(row.clone()), mark, number, gone: false });
            found.changed.push((number, row));
        }
        let missing = self.kept.iter().filter(|(name, _)| !whole && !seen.contains(*name));
        for ((name, kept), number) in missing.zip(found.total + 1..).filter(|_| comparison.gone) {
            found.gone.push((number, kept.key.clone()));
            let mark = comparison.mark.unwrap_or_default().to_owned();
            next.insert(name.clone(), Kept { mark, number, gone: true, ..kept.clone() });
        }
        if let Some(mark) = comparison.mark {
            if whole {
                *self = Self::default();
            }
            self.kept.extend(next);
            self.read = Some(mark.to_owned());
        }
        found
    }
}

/// What a comparison found, with numbers.
#[derive(Debug, Default)]
struct Found {
    whole: bool,
    total: u64,
    unchanged: u64,
    changed: Vec<(u64, Cells)>,
    repeated: Vec<(u64, Cells)>,
    gone: Vec<(u64, Cells)>,
}

#[async_trait]
impl Differ for Handle {
    async fn compare(&self, comparison: &Comparison<'_>) -> Result<Box<dyn Differences>> {
        let (columns, rows, fault) = self.0.contents();
        let place = |names: &[String], name: &String| names.iter().position(|known| known == name);
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let wanted: Vec<usize> = comparison.columns.iter().filter_map(|name| place(&names, name)).collect();
        let key: Vec<usize> =
            comparison.key.iter().filter_map(|name| place(comparison.columns, name)).collect();
        let columns: Columns =
            wanted.iter().map(|index| columns[*index].clone()).collect::<Vec<Column>>().into();
        let rows = rows.iter().map(|row| wanted.iter().map(|index| row[*index].clone()).collect()).collect();
        let found = self.0.snapshot(|snapshot| snapshot.compare(comparison, rows, &key));
        let (numbers, changed) = found.changed.iter().cloned().unzip::<_, _, Vec<u64>, Vec<Cells>>();
        let stream = FakeRows::new(columns, Arc::new(changed), fault, self.0.clone());
        Ok(Box::new(FakeDifferences { found, key, numbers, stream, taken: 0, stage: 0 }))
    }
}

struct FakeDifferences {
    found: Found,
    key: Vec<usize>,
    numbers: Vec<u64>,
    stream: FakeRows,
    taken: usize,
    stage: usize,
}

impl FakeDifferences {
    /// Only the key's columns have values.
    fn keys(&self, rows: &[(u64, Cells)], cell: impl Fn(&Cells, usize) -> FakeCell) -> NumberedRows {
        let mut batch = RowBatch::new(self.stream.columns().clone());
        for (_, row) in rows {
            for column in 0..batch.columns().len() {
                match self.key.iter().position(|key| *key == column).map(|place| cell(row, place)) {
                    Some(FakeCell::Text(text)) => batch.text(&text),
                    Some(FakeCell::Unreadable) => batch.unreadable("is not a number (NaN)"),
                    Some(FakeCell::Null) | None => batch.null(),
                }
            }
        }
        NumberedRows { rows: batch, numbers: rows.iter().map(|(number, _)| *number).collect() }
    }
}

#[async_trait]
impl Differences for FakeDifferences {
    fn columns(&self) -> &Columns {
        self.stream.columns()
    }

    fn is_whole(&self) -> bool {
        self.found.whole
    }

    async fn next(&mut self) -> Result<Option<Part>> {
        if self.stage == 0
            && let Some(rows) = self.stream.next().await?
        {
            let from = self.taken;
            self.taken += rows.rows();
            let numbers = self.numbers[from..self.taken].to_vec();
            return Ok(Some(Part::Changed(NumberedRows { rows, numbers })));
        }
        self.stage += 1;
        Ok(match self.stage {
            1 => Some(Part::Repeated(
                self.keys(&self.found.repeated, |row, place| row[self.key[place]].clone()),
            )),
            2 => Some(Part::Gone(self.keys(&self.found.gone, |key, place| key[place].clone()))),
            _ => None,
        })
    }

    fn counted(&self) -> Option<Counted> {
        // The count a fault reports is of what is streamed; the rest comes on top.
        let streamed = self.stream.server_rows()?;
        let rest = self.found.unchanged + self.found.repeated.len() as u64;
        Some(Counted { rows: streamed + rest, unchanged: self.found.unchanged })
    }
}
