//! Tables and views the login may read: those of this database, external ones (Spectrum, federated, zero-ETL), and
//! those of other databases and data shares.

use std::collections::BTreeSet;

use sluice_engine::error::Result;
use sluice_engine::sync::TableName;
use sluice_engine::warehouse::{Table, TableKind};

use super::client::{LOOK_WITHIN, Session};
use super::error::Failure;
use super::query::schema_elsewhere;

/// Schemas and tables of the server's own: they begin with `pg_`, and those behind materialised views with `mv_tbl__`
/// (<https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html>). `reltuples` is 0.001 where
/// a table was never analysed. Late-binding views are views.
const LOCAL: &str = "\
    SELECT n.nspname, c.relname, c.relkind, c.reltuples::int8 \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname NOT IN ('information_schema', 'catalog_history') \
    AND substring(n.nspname, 1, 3) <> 'pg_' AND substring(c.relname, 1, 8) <> 'mv_tbl__' \
    AND substring(c.relname, 1, 16) <> 'sluice_snapshot_' \
    AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')";
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_EXTERNAL_TABLES.html>: only what the login may see.
const EXTERNAL: &str = "\
    SELECT schemaname, tablename FROM svv_external_tables WHERE redshift_database_name = current_database()";
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_MV_INFO.html>: to a login that is no superuser only its own are
/// told; others' are shown as views, which they are to whoever reads them.
const MATERIALIZED: &str = "\
    SELECT rtrim(schema_name), rtrim(name) FROM svv_mv_info WHERE rtrim(database_name) = current_database()";
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_REDSHIFT_TABLES.html>: only what the login may see.
const ELSEWHERE: &str = "\
    SELECT database_name, schema_name, table_name, table_type FROM svv_redshift_tables \
    WHERE database_name <> current_database() \
    AND substring(schema_name, 1, 3) <> 'pg_' AND schema_name NOT IN ('information_schema', 'catalog_history')";

pub(super) async fn tables(session: &mut Session) -> Result<Vec<Table>> {
    let materialized = where_there(session, MATERIALIZED).await?;
    let materialized: BTreeSet<(String, String)> =
        materialized.into_iter().filter_map(|row| texts(row).map(|[schema, name]| (schema, name))).collect();
    let mut tables = Vec::new();
    for row in session.rows(LOCAL).await? {
        let Some([schema, name, kind, rows]) = texts(row) else { continue };
        let kind = match kind.as_str() {
            "m" => TableKind::MaterializedView,
            "v" if materialized.contains(&(schema.clone(), name.clone())) => TableKind::MaterializedView,
            "v" => TableKind::View,
            _ => TableKind::Table,
        };
        let rows = rows.parse().ok().filter(|rows| *rows > 0 && kind == TableKind::Table);
        tables.push(Table { name: TableName::new(schema, name), kind, rows });
    }
    for row in where_there(session, EXTERNAL).await? {
        let Some([schema, name]) = texts(row) else { continue };
        let name = TableName::new(schema, name);
        tables.push(Table { name, kind: TableKind::ForeignTable, rows: None });
    }
    for row in where_there(session, ELSEWHERE).await? {
        let Some([database, schema, name, kind]) = texts(row) else { continue };
        let kind = if kind == "VIEW" { TableKind::View } else { TableKind::ForeignTable };
        let name = TableName::new(schema_elsewhere(&database, &schema), name);
        tables.push(Table { name, kind, rows: None });
    }
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    tables.dedup_by(|a, b| a.name == b.name);
    Ok(tables)
}

/// The rows of a view that a server of an older version does not have.
async fn where_there(session: &mut Session, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
    match session.collect(sql, LOOK_WITHIN).await {
        Err(Failure::Said(said)) if said.is_about_a_missing_table() => Ok(Vec::new()),
        rows => rows.map_err(|failure| session.error(failure)),
    }
}

/// The row's texts; `None` where one is missing.
fn texts<const N: usize>(row: Vec<Option<String>>) -> Option<[String; N]> {
    row.into_iter().collect::<Option<Vec<_>>>()?.try_into().ok()
}
