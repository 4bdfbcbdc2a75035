//! A warehouse to test, and somebody who may write to it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use sluice_connectors::warehouses;
use sluice_engine::clock::SystemClock;
use sluice_engine::connection::{Connection, Opening};
use sluice_engine::secrets::Secret;
use sluice_engine::sync::{Query, TableName};
use sluice_engine::value::Cell;
use sluice_engine::warehouse::{Read, Warehouse};

/// A warehouse to test, and somebody who may write to it.
#[async_trait]
pub(crate) trait Stage: Sized + Sync {
    /// The kind's id.
    const KIND: &'static str;

    /// A place of its own for the test `name`, which is a plain word; `None` where there is no server.
    async fn set(name: &str) -> Option<Self>;

    /// Runs statements as somebody who may write.
    async fn sql(&self, statements: &[String]);

    /// How the login that reads is connected.
    fn settings(&self) -> Vec<(&'static str, String)>;

    /// Its secrets.
    fn secrets(&self) -> Vec<(&'static str, String)>;

    /// The same through a line that breaks after so many bytes from the server.
    fn settings_cut_after(&self, bytes: usize) -> Vec<(&'static str, String)>;

    /// The place's name, as the catalogue spells it.
    fn schema(&self) -> String;

    /// A name as the dialect quotes it.
    fn quoted(&self, name: &str) -> String;

    /// The server takes this name for a column.
    fn takes(&self, name: &str) -> bool;

    /// Statements that make the table `table` with the one row of [`super::contract::ROW`].
    fn one_row(&self, table: &str) -> Vec<String>;

    /// Statements that make `table` with rows whose `id` is 1 to `rows`, and whose `name` is `row ` and the id.
    fn many_rows(&self, table: &str, rows: u64) -> Vec<String>;

    /// A read that does not end by itself.
    async fn endless(&self) -> Endless;

    /// Something the server does not let the login read: the connection and the query.
    async fn forbidden(&self) -> (Box<dyn Warehouse>, Query);

    /// A table of the place, as statements write it.
    fn place(&self, table: &str) -> String {
        format!("{}.{}", self.quoted(&self.schema()), self.quoted(table))
    }

    /// A table of the place, as a sync names it.
    fn query(&self, table: &str) -> Query {
        Query::Table(TableName::new(self.schema(), table))
    }

    fn open(&self) -> Box<dyn Warehouse> {
        self.open_with(self.settings())
    }

    fn open_with(&self, settings: Vec<(&'static str, String)>) -> Box<dyn Warehouse> {
        self.open_as(settings, self.secrets())
    }

    fn open_as(
        &self,
        settings: Vec<(&'static str, String)>,
        secrets: Vec<(&'static str, String)>,
    ) -> Box<dyn Warehouse> {
        let kind = warehouses::CATALOGUE.iter().find(|kind| kind.manifest().id == Self::KIND).unwrap();
        let settings = settings.into_iter().map(|(key, value)| (key.to_owned(), value));
        let connection =
            Connection { name: "shop".into(), kind: Self::KIND.into(), settings: settings.collect() };
        let secrets = secrets.into_iter();
        let secrets: BTreeMap<_, _> =
            secrets.map(|(key, value)| (key.to_owned(), Secret::new(value.as_bytes()))).collect();
        let nowhere = Path::new("/nowhere");
        let opening = Opening::new(kind.manifest(), &connection, secrets, nowhere, Arc::new(SystemClock));
        kind.open(&opening.unwrap()).unwrap()
    }
}

/// A read that does not end by itself.
pub(crate) struct Endless {
    pub(crate) warehouse: Box<dyn Warehouse>,
    pub(crate) query: Query,
    /// What the server works on, in its words; nothing, where it does not work.
    pub(crate) working: Box<dyn Fn() -> String + Send>,
}

/// Reads to the end; asserts that the server counted as many rows. Each value as text: JSON, `∅`, or `!` and why not.
pub(crate) async fn rows(warehouse: &dyn Warehouse, read: &Read) -> Vec<Vec<String>> {
    let mut rows = warehouse.read(read).await.unwrap();
    let mut all = Vec::new();
    while let Some(batch) = rows.next().await.unwrap() {
        let columns = batch.columns().len();
        let shown = |row: usize, column: usize| match batch.cell(row, column) {
            Cell::Null => "∅".to_owned(),
            Cell::Json(json) => String::from_utf8(json.to_vec()).unwrap(),
            Cell::Unreadable(reason) => format!("! {reason}"),
        };
        all.extend((0..batch.rows()).map(|row| (0..columns).map(|column| shown(row, column)).collect()));
    }
    assert_eq!(rows.server_rows(), Some(all.len() as u64));
    all
}
