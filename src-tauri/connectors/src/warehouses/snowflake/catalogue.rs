//! Tables and views the role may see. `SHOW` needs no warehouse, and shows what the role has a right to
//! (<https://docs.snowflake.com/en/sql-reference/sql/show-objects>).

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use sluice_engine::error::{ErrorKind, Result};
use sluice_engine::sync::TableName;
use sluice_engine::warehouse::{Table, TableKind};

use super::listing::{Listed, Listing, list};
use super::query::{Place, literal, quoted};
use super::session::Session;

/// Rows SHOW answers with at most.
const PAGE: usize = 10_000;
/// Lists asked for side by side.
const AT_ONCE: usize = 4;
/// Databases that Snowflake brings along.
const OWN_DATABASES: [&str; 2] = ["SNOWFLAKE", "SNOWFLAKE_SAMPLE_DATA"];

/// The tables of the connection's database; without one, of every database.
pub(super) async fn tables(session: &Arc<Session>) -> Result<Vec<Table>> {
    let place = Place::of(session);
    let within = match session.info.database_name.as_deref().filter(|name| !name.is_empty()) {
        Some(database) => format!("DATABASE {}", quoted(database)),
        None => "ACCOUNT".to_owned(),
    };
    let mut found = BTreeMap::new();
    for listing in all(session, "OBJECTS", &within).await? {
        take(&listing, &place, &mut found);
    }
    mark_kinds(session, &within, &place, &mut found).await;
    Ok(found.into_values().collect())
}

type Found = BTreeMap<(String, String), Table>;

fn take(listing: &Listing, place: &Place, found: &mut Found) {
    for row in listing.rows() {
        let (database, schema) = (row.text("database_name"), row.text("schema_name"));
        let name = row.text("name");
        let is_own = schema.eq_ignore_ascii_case("INFORMATION_SCHEMA")
            || OWN_DATABASES.contains(&database)
            || name.starts_with(super::SNAPSHOT_TABLE);
        let Some(kind) = kind(&row).filter(|_| !is_own && !name.is_empty()) else { continue };
        let rows = row.get("rows").and_then(|rows| rows.parse().ok());
        let rows = rows.filter(|rows| *rows > 0 && kind == TableKind::Table);
        let schema = place.shown(database, schema);
        let table = Table { name: TableName::new(schema.clone(), name), kind, rows };
        found.insert((schema, name.to_owned()), table);
    }
}

fn kind(row: &Listed<'_>) -> Option<TableKind> {
    match row.text("kind").to_ascii_uppercase().as_str() {
        "VIEW" => Some(TableKind::View),
        "MATERIALIZED VIEW" | "MATERIALIZED_VIEW" => Some(TableKind::MaterializedView),
        "EXTERNAL TABLE" | "EXTERNAL_TABLE" => Some(TableKind::ForeignTable),
        "STAGE" | "SEQUENCE" | "FILE FORMAT" | "STREAM" => None,
        _ => Some(TableKind::Table),
    }
}

/// Every schema of the connection's database, or of every database, as SQL.
async fn schemas(session: &Arc<Session>) -> Result<Vec<String>> {
    let databases = match session.info.database_name.clone().filter(|name| !name.is_empty()) {
        Some(database) => vec![database],
        None => names(&pages(session.clone(), "SHOW TERSE DATABASES".to_owned()).await?),
    };
    let databases = databases.into_iter().filter(|database| !OWN_DATABASES.contains(&database.as_str()));
    let lists = databases.map(|database| schemas_of(session.clone(), quoted(&database)));
    futures_util::stream::iter(lists).buffered(AT_ONCE).try_concat().await
}

async fn schemas_of(session: Arc<Session>, database: String) -> Result<Vec<String>> {
    let listings = pages(session, format!("SHOW TERSE SCHEMAS IN DATABASE {database}")).await?;
    let schemas =
        names(&listings).into_iter().filter(|name| !name.eq_ignore_ascii_case("INFORMATION_SCHEMA"));
    Ok(schemas.map(|schema| format!("{database}.{}", quoted(&schema))).collect())
}

fn names(listings: &[Listing]) -> Vec<String> {
    listings.iter().flat_map(Listing::rows).map(|row| row.text("name").to_owned()).collect()
}

/// All objects of one sort within a database or the account.
async fn all(session: &Arc<Session>, what: &str, within: &str) -> Result<Vec<Listing>> {
    let first = list(session, &format!("SHOW {what} IN {within} LIMIT {PAGE}")).await?;
    if first.len() < PAGE {
        return Ok(vec![first]);
    }
    // Names go on within a schema alone, so that each is asked by itself.
    let schemas = schemas(session).await?.into_iter();
    let lists =
        schemas.map(|schema| within_schema(session.clone(), format!("SHOW {what} IN SCHEMA {schema}")));
    futures_util::stream::iter(lists).buffer_unordered(AT_ONCE).try_concat().await
}

/// A schema that is gone by now, or closed to the role, has nothing to show, and keeps no other from being shown.
async fn within_schema(session: Arc<Session>, show: String) -> Result<Vec<Listing>> {
    match pages(session, show).await {
        Err(error) if matches!(error.kind(), ErrorKind::MissingObject | ErrorKind::NotAllowed) => {
            Ok(Vec::new())
        }
        listings => listings,
    }
}

/// All that a SHOW has, a page at a time.
async fn pages(session: Arc<Session>, show: String) -> Result<Vec<Listing>> {
    let (mut pages, mut after) = (Vec::new(), String::new());
    loop {
        let page = list(&session, &format!("{show} LIMIT {PAGE}{after}")).await?;
        let last = page.rows().last().map(|row| row.text("name").to_owned());
        let is_full = page.len() >= PAGE;
        pages.push(page);
        let Some(last) = last.filter(|_| is_full) else { return Ok(pages) };
        let next = format!(" FROM {}", literal(&last));
        // A server that does not go on from there would be asked for ever.
        if next == after {
            return Ok(pages);
        }
        after = next;
    }
}

/// SHOW OBJECTS calls a materialised view a view, and an external table a table. Where the lists that tell them apart can
/// not be had, nothing is lost but the word.
async fn mark_kinds(session: &Arc<Session>, within: &str, place: &Place, found: &mut Found) {
    let lists =
        [("MATERIALIZED VIEWS", TableKind::MaterializedView), ("EXTERNAL TABLES", TableKind::ForeignTable)];
    for (what, kind) in lists {
        let Ok(listings) = all(session, what, within).await else { continue };
        for row in listings.iter().flat_map(Listing::rows) {
            // A stand-in may take it for a statement of another meaning.
            if row.get("database_name").is_none() {
                continue;
            }
            let schema = place.shown(row.text("database_name"), row.text("schema_name"));
            if let Some(table) = found.get_mut(&(schema, row.text("name").to_owned())) {
                table.kind = kind;
                table.rows = None;
            }
        }
    }
}
