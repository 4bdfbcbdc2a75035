//! Tables and views the login may read.

use sluice_engine::error::Result;
use sluice_engine::sync::TableName;
use sluice_engine::warehouse::{Table, TableKind};

use super::client::Session;

/// Partitions are left out, their table is there; so are Sluice's own tables. `reltuples` is −1 (before version 14: 0) where the
/// table was never analysed (<https://www.postgresql.org/docs/current/catalog-pg-class.html>).
const TABLES: &str = "\
    SELECT n.nspname::text, c.relname::text, c.relkind::text, c.reltuples::float8 \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition \
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' \
    AND n.nspname NOT LIKE 'pg\\_temp\\_%' AND c.relname NOT LIKE 'sluice\\_snapshot\\_%' \
    AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') \
    ORDER BY 1, 2";

pub(super) async fn tables(session: &Session) -> Result<Vec<Table>> {
    let rows = session.soon(session.client.query(TABLES, &[])).await.map_err(|error| session.error(error))?;
    let mut tables = Vec::with_capacity(rows.len());
    for row in rows {
        let read = || -> Result<_, tokio_postgres::Error> {
            Ok((row.try_get(0)?, row.try_get(1)?, row.try_get::<_, &str>(2)?, row.try_get::<_, f64>(3)?))
        };
        let (schema, name, kind, rows): (String, String, _, _) =
            read().map_err(|error| session.error(error))?;
        let kind = match kind {
            "v" => TableKind::View,
            "m" => TableKind::MaterializedView,
            "f" => TableKind::ForeignTable,
            _ => TableKind::Table,
        };
        let rows = (rows > 0.0 && kind != TableKind::View).then_some(rows as u64);
        tables.push(Table { name: TableName::new(schema, name), kind, rows });
    }
    Ok(tables)
}
