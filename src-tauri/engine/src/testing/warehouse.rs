//! A warehouse of one table, whose rows and faults the test sets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::{Notify, watch};

use super::differ::Snapshot;
use crate::check::Steps;
use crate::connection::Opening;
use crate::differ::Differ;
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::Manifest;
use crate::sync::Query;
use crate::value::{Column, ColumnType, Columns, RowBatch};
use crate::warehouse::{After, Cost, KeyCheck, Read, Rows, Table, Warehouse, WarehouseKind};

/// Rows that come at once unless a test says otherwise.
const BATCH: usize = 1_000;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FakeCell {
    /// SQL null.
    Null,
    /// Text.
    Text(String),
    /// A value without an exact JSON form.
    Unreadable,
}

impl From<&str> for FakeCell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// What goes wrong with a read.
#[derive(Debug, Clone, Default)]
pub enum ReadFault {
    /// Nothing.
    #[default]
    None,
    /// The stream ends after so many rows, as if that were all; the server's count is right.
    Truncated(usize),
    /// The server reports another count.
    Reports(u64),
    /// The server reports no count.
    ReportsNothing,
    /// Fails after so many rows.
    Fails(usize),
    /// Stands still after so many rows, for ever.
    Holds(usize),
    /// Kills the process after so many rows.
    Aborts(usize),
}

struct State {
    columns: Columns,
    rows: Arc<Vec<Vec<FakeCell>>>,
    fault: ReadFault,
    page: usize,
    cost: Option<Cost>,
    /// No read begins.
    refuses: bool,
    /// The columns the last read named.
    asked: Vec<String>,
    /// Where it compares by itself.
    snapshot: Option<Snapshot>,
}

/// A warehouse whose rows and faults the test sets.
pub struct FakeWarehouse {
    state: Mutex<State>,
    held: watch::Sender<bool>,
}

static MANIFEST: Manifest = Manifest {
    id: "fake_warehouse",
    label: "Fake warehouse",
    summary: "Rows set by a test.",
    needs: &[],
    setup_script: None,
    pastes: false,
    settings: &[],
    steps: &[],
    destination: None,
    dialect: Some(&crate::sync::dialect::GenericDialect {}),
    icon: "",
};

impl FakeWarehouse {
    /// An empty table with these columns, all text.
    pub fn new(columns: &[&str]) -> Arc<Self> {
        let column = |name: &&str| Column {
            name: (*name).to_owned(),
            logical: ColumnType::Text,
            native: "text".to_owned(),
        };
        let columns = columns.iter().map(column).collect();
        let (rows, fault) = (Arc::default(), ReadFault::None);
        let state = State {
            columns,
            rows,
            fault,
            page: BATCH,
            cost: None,
            refuses: false,
            asked: Vec::new(),
            snapshot: None,
        };
        Arc::new(Self { state: Mutex::new(state), held: watch::Sender::new(false) })
    }

    /// Sets all rows.
    pub fn set(&self, rows: Vec<Vec<FakeCell>>) {
        self.lock().rows = Arc::new(rows);
    }

    /// All rows.
    pub fn rows(&self) -> Vec<Vec<FakeCell>> {
        self.lock().rows.to_vec()
    }

    /// Changes the rows.
    pub fn edit(&self, edit: impl FnOnce(&mut Vec<Vec<FakeCell>>)) {
        edit(Arc::make_mut(&mut self.lock().rows));
    }

    /// Compares rows by itself from now on, with an empty snapshot.
    pub fn compares(&self) {
        self.lock().snapshot = Some(Snapshot::default());
    }

    /// What a read finds now.
    pub(super) fn contents(&self) -> (Columns, Arc<Vec<Vec<FakeCell>>>, ReadFault) {
        let state = self.lock();
        (state.columns.clone(), state.rows.clone(), state.fault.clone())
    }

    /// Works on the snapshot.
    pub(super) fn snapshot<T>(&self, work: impl FnOnce(&mut Snapshot) -> T) -> T {
        work(self.lock().snapshot.get_or_insert_default())
    }

    /// Changes a column's type, in the warehouse's words.
    pub fn retype(&self, name: &str, native: &str) {
        self.alter(name, |column| native.clone_into(&mut column.native));
    }

    /// Changes a column's name.
    pub fn rename(&self, name: &str, to: &str) {
        self.alter(name, |column| to.clone_into(&mut column.name));
    }

    fn alter(&self, name: &str, alter: impl Fn(&mut Column)) {
        let mut state = self.lock();
        let mut columns = state.columns.to_vec();
        columns.iter_mut().filter(|column| column.name == name).for_each(alter);
        state.columns = columns.into();
    }

    /// What goes wrong with reads from now on.
    pub fn fail(&self, fault: ReadFault) {
        self.lock().fault = fault;
    }

    /// How many rows come at once.
    pub fn pages_of(&self, rows: usize) {
        self.lock().page = rows;
    }

    /// What it says a read takes.
    pub fn costs(&self, cost: Cost) {
        self.lock().cost = Some(cost);
    }

    /// Refuses to begin a read from now on.
    pub fn refuses(&self) {
        self.lock().refuses = true;
    }

    /// The columns the last read named; none where it was for all.
    pub fn asked(&self) -> Vec<String> {
        self.lock().asked.clone()
    }

    /// Waits until a read stands still.
    pub async fn until_held(&self) {
        // The sender lives as long as this does, so waiting can not fail.
        drop(self.held.subscribe().wait_for(|held| *held).await);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The catalogue keeps kinds for ever, so a test hands in a leaked handle.
impl WarehouseKind for Arc<FakeWarehouse> {
    fn manifest(&self) -> &'static Manifest {
        &MANIFEST
    }

    fn open(&self, _: &Opening) -> Result<Box<dyn Warehouse>> {
        Ok(Box::new(Handle(self.clone())))
    }
}

pub(super) struct Handle(pub(super) Arc<FakeWarehouse>);

#[async_trait]
impl Warehouse for Handle {
    async fn check(&self, _: &mut Steps<'_>) -> Result<()> {
        Ok(())
    }

    async fn tables(&self) -> Result<Vec<Table>> {
        Ok(Vec::new())
    }

    async fn columns(&self, _: &Query) -> Result<Vec<Column>> {
        Ok(self.0.lock().columns.to_vec())
    }

    async fn estimate(&self, _: &Query) -> Result<Option<u64>> {
        Ok(None)
    }

    async fn cost(&self, _: &Read) -> Result<Option<Cost>> {
        Ok(self.0.lock().cost.clone())
    }

    async fn key_check(&self, _: &Query, _: &[String]) -> Result<KeyCheck> {
        Err(Error::new(ErrorKind::NotYet, "The fake warehouse counts no keys."))
    }

    async fn read(&self, read: &Read) -> Result<Box<dyn Rows>> {
        self.0.lock().asked.clone_from(&read.columns);
        if self.0.lock().refuses {
            return Err(Error::new(ErrorKind::BadQuery, "The query would read too much."));
        }
        let (columns, rows, fault) = self.0.contents();
        let rows = match &read.after {
            Some(after) => Arc::new(beyond(&columns, &rows, after)),
            None => rows,
        };
        let (columns, rows) = chosen(columns, rows, &read.columns)?;
        Ok(Box::new(FakeRows::new(columns, rows, fault, self.0.clone())))
    }

    fn differ(&self) -> Option<&dyn Differ> {
        self.0.lock().snapshot.is_some().then_some(self)
    }
}

/// Only these columns, in this order; all where none is named.
fn chosen(
    columns: Columns,
    rows: Arc<Vec<Vec<FakeCell>>>,
    names: &[String],
) -> Result<(Columns, Arc<Vec<Vec<FakeCell>>>)> {
    if names.is_empty() {
        return Ok((columns, rows));
    }
    let place = |name: &String| columns.iter().position(|column| column.name == *name);
    let places: Option<Vec<usize>> = names.iter().map(place).collect();
    let places = places.ok_or_else(|| Error::new(ErrorKind::BadQuery, "There is no such column."))?;
    let of_row = |row: &Vec<FakeCell>| places.iter().map(|place| row[*place].clone()).collect();
    Ok((
        places.iter().map(|place| columns[*place].clone()).collect(),
        Arc::new(rows.iter().map(of_row).collect()),
    ))
}

/// Rows beyond a cursor, in its order; compared as text.
fn beyond(columns: &Columns, rows: &[Vec<FakeCell>], after: &After) -> Vec<Vec<FakeCell>> {
    let place = columns.iter().position(|column| column.name == after.column);
    let value = |row: &[FakeCell]| match row.get(place?) {
        Some(FakeCell::Text(text)) => Some(text.clone()),
        Some(FakeCell::Null | FakeCell::Unreadable) | None => None,
    };
    let last = after.text();
    let mut rows: Vec<_> =
        rows.iter().filter(|row| value(row).is_some_and(|value| Some(value) > last)).cloned().collect();
    rows.sort_by_key(|row| value(row));
    rows
}

pub(super) struct FakeRows {
    columns: Columns,
    rows: Arc<Vec<Vec<FakeCell>>>,
    fault: ReadFault,
    page: usize,
    next: usize,
    warehouse: Arc<FakeWarehouse>,
}

impl FakeRows {
    pub(super) fn new(
        columns: Columns,
        rows: Arc<Vec<Vec<FakeCell>>>,
        fault: ReadFault,
        warehouse: Arc<FakeWarehouse>,
    ) -> Self {
        let page = warehouse.lock().page;
        Self { columns, rows, fault, page, next: 0, warehouse }
    }

    /// Where the stream ends or breaks.
    fn until(&self) -> usize {
        match self.fault {
            ReadFault::None | ReadFault::Reports(_) | ReadFault::ReportsNothing => self.rows.len(),
            ReadFault::Truncated(rows)
            | ReadFault::Fails(rows)
            | ReadFault::Holds(rows)
            | ReadFault::Aborts(rows) => rows.min(self.rows.len()),
        }
    }
}

#[async_trait]
impl Rows for FakeRows {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    async fn next(&mut self) -> Result<Option<RowBatch>> {
        let end = (self.next + self.page).min(self.until());
        if self.next == end {
            return match self.fault {
                ReadFault::Fails(_) => Err(Error::new(ErrorKind::Unreachable, "The warehouse went away.")),
                ReadFault::Holds(_) => {
                    self.warehouse.held.send_replace(true);
                    Notify::new().notified().await;
                    Ok(None)
                }
                ReadFault::Aborts(_) => std::process::abort(),
                ReadFault::None
                | ReadFault::Reports(_)
                | ReadFault::ReportsNothing
                | ReadFault::Truncated(_) => Ok(None),
            };
        }
        let mut batch = RowBatch::new(self.columns.clone());
        for cell in self.rows[self.next..end].iter().flatten() {
            match cell {
                FakeCell::Null => batch.null(),
                FakeCell::Text(text) => batch.text(text),
                FakeCell::Unreadable => batch.unreadable("is not a number (NaN)"),
            }
        }
        self.next = end;
        Ok(Some(batch))
    }

    fn server_rows(&self) -> Option<u64> {
        match self.fault {
            ReadFault::Reports(rows) => Some(rows),
            ReadFault::ReportsNothing => None,
            ReadFault::None
            | ReadFault::Truncated(_)
            | ReadFault::Fails(_)
            | ReadFault::Holds(_)
            | ReadFault::Aborts(_) => Some(self.rows.len() as u64),
        }
    }
}
