//! Tables and views the login may see.

use futures_util::stream::{self, StreamExt as _};
use serde::Deserialize;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::sync::TableName;
use sluice_engine::warehouse::{Table, TableKind};

use super::client::Login;
use super::error::Doing;

/// Datasets whose tables are listed at once.
const AT_ONCE: usize = 8;
/// Asked for a page; the server sends as many as it likes, and says where the next page begins.
const PAGE: &str = "10000";
/// No project has so many pages; a server that never ends its list is told apart by it.
const MOST_PAGES: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DatasetList {
    #[serde(default)]
    datasets: Vec<ListedDataset>,
    next_page_token: Option<String>,
}

/// A dataset of the list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListedDataset {
    dataset_reference: DatasetReference,
    pub(super) location: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DatasetReference {
    dataset_id: String,
}

impl ListedDataset {
    pub(super) fn name(&self) -> &str {
        &self.dataset_reference.dataset_id
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TableList {
    #[serde(default)]
    tables: Vec<ListedTable>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedTable {
    table_reference: TableReference,
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TableReference {
    table_id: String,
}

/// The project's datasets.
pub(super) async fn datasets(login: &Login) -> Result<Vec<ListedDataset>> {
    let mut all = Vec::new();
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let list: DatasetList =
            login.get(&[&login.project, "datasets"], &page(token), Doing::Project).await?;
        all.extend(list.datasets);
        token = list.next_page_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(all);
        }
    }
    Err(endless())
}

/// All tables of all datasets, in the order of their names.
pub(super) async fn tables(login: &Login) -> Result<Vec<Table>> {
    let names: Vec<String> = datasets(login).await?.iter().map(|dataset| dataset.name().to_owned()).collect();
    let listing = names.into_iter().map(|name| tables_of(login, name));
    let lists: Vec<_> = stream::iter(listing).buffered(AT_ONCE).collect().await;
    let mut all = Vec::new();
    for list in lists {
        match list {
            Ok(tables) => all.extend(tables),
            // What the login may not look into is hidden; so is what was deleted just now.
            Err(error) if matches!(error.kind(), ErrorKind::NotAllowed | ErrorKind::MissingObject) => {}
            Err(error) => return Err(error),
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

async fn tables_of(login: &Login, dataset: String) -> Result<Vec<Table>> {
    let mut all = Vec::new();
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let parts = [login.project.as_str(), "datasets", &dataset, "tables"];
        let list: TableList = login.get(&parts, &page(token), Doing::Dataset(&dataset)).await?;
        for table in list.tables {
            let name = table.table_reference.table_id;
            if name.starts_with(super::SNAPSHOT_TABLE) {
                continue;
            }
            let kind = match table.kind.as_str() {
                "VIEW" => TableKind::View,
                "MATERIALIZED_VIEW" => TableKind::MaterializedView,
                "EXTERNAL" => TableKind::ForeignTable,
                _ => TableKind::Table,
            };
            all.push(Table { name: TableName::new(&*dataset, name), kind, rows: None });
        }
        token = list.next_page_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(all);
        }
    }
    Err(endless())
}

fn page(token: Option<String>) -> Vec<(&'static str, String)> {
    let mut query = vec![("maxResults", PAGE.to_owned())];
    query.extend(token.map(|token| ("pageToken", token)));
    query
}

fn endless() -> Error {
    Error::new(ErrorKind::BadAnswer, "BigQuery’s list of tables does not end.")
}
