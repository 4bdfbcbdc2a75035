//! The stepwise connection test.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use sluice_engine::check::{Note, Steps};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::sync::Query;
use sluice_engine::warehouse::{Table, TableKind};
use sluice_engine::words;

use super::catalogue;
use super::client::{Login, Session, Wire};
use super::error::{ASK_FOR_A_SCHEMA, grant};
use super::query::{query_error, quoted, source};
use super::snapshot::Snapshot;
use crate::warehouses::pgwire::tls::Encryption;

/// Tables other than the system's and Sluice's own that the login could change, and whether it is a superuser.
const COULD_WRITE: &str = "\
    SELECT count(*), (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') \
    AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp\\_%' \
    AND c.relname NOT LIKE 'sluice\\_snapshot\\_%' \
    AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')";

/// `schema` is where snapshots may be kept.
pub(super) async fn check(login: &Login, schema: Option<&str>, steps: &mut Steps<'_>) -> Result<()> {
    let addresses = steps
        .run(async {
            let found = login.find_host().await?;
            let shown: BTreeSet<String> = found.iter().map(|address| address.ip().to_string()).collect();
            let shown = shown.into_iter().collect::<Vec<_>>().join(", ");
            Ok((found, Note::Found(shown)))
        })
        .await?;
    let (stream, server) = steps
        .run(async {
            let stream = login.reach(&addresses).await?;
            let answered = stream.peer_addr()?;
            Ok(((stream, answered.ip()), Note::Found(answered.to_string())))
        })
        .await?;
    let wire =
        steps.run(async { login.secure(stream).await.map(|wire| (wire, how_secure(login, server))) }).await?;
    let session = steps.run(sign_in(login, wire)).await?;
    let looked = look_around(&session, schema, steps).await;
    session.close();
    looked
}

async fn look_around(session: &Session, schema: Option<&str>, steps: &mut Steps<'_>) -> Result<()> {
    let tables = steps.run(see_schemas(session)).await?;
    steps.run(read_one_row(session, &tables)).await?;
    steps.run(see_where_to_compare(session, schema)).await
}

fn how_secure(login: &Login, server: IpAddr) -> Note {
    match &login.encryption {
        Encryption::Verified(_) => Note::Found(format!("encrypted, and the certificate is for {}", login.host)),
        Encryption::Unverified(_) => Note::Know(
            "Encrypted, but nobody checked that the right server answers. Choose “Encrypt and check server” to be sure.".into(),
            None,
        ),
        Encryption::Off if server.is_loopback() => Note::Found("not needed: it stays on this computer".into()),
        Encryption::Off => Note::Know(
            "Not encrypted: whoever is on the network in between can read the rows. Choose an encrypted connection.".into(),
            None,
        ),
    }
}

async fn sign_in(login: &Login, wire: Wire) -> Result<(Session, Note)> {
    let session = Session::sign_in(login, wire).await?;
    session.set_up(Duration::from_secs(20)).await?;
    let row = session.soon(session.client.query_one("SELECT current_setting('server_version')", &[])).await;
    let version: String = row.and_then(|row| Ok(row.try_get(0)?)).map_err(|error| session.error(error))?;
    Ok((session, Note::Found(format!("as {}, PostgreSQL {version}", login.user))))
}

async fn see_schemas(session: &Session) -> Result<(Vec<Table>, Note)> {
    let tables = catalogue::tables(session).await?;
    let Login { user, database, .. } = &session.login;
    if tables.is_empty() {
        let message = format!("“{user}” may not read any table of “{database}”.");
        return Err(Error::new(ErrorKind::NotAllowed, message)
            .with_hint(ASK_FOR_A_SCHEMA)
            .with_fix(grant(user, None)));
    }
    let schemas: BTreeSet<&str> = tables.iter().map(|table| table.name.schema.as_str()).collect();
    let found = format!(
        "{} in {}",
        counted(tables.len(), "table or view", "tables and views"),
        counted(schemas.len(), "schema", "schemas")
    );
    Ok((tables, Note::Found(found)))
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", words::count(count as u64), if count == 1 { one } else { many })
}

async fn read_one_row(session: &Session, tables: &[Table]) -> Result<((), Note)> {
    let table = tables.iter().find(|table| table.kind == TableKind::Table).or(tables.first());
    let Some(table) = table else { return Ok(((), Note::Nothing)) };
    let query = Query::Table(table.name.clone());
    let before = "SELECT * FROM ";
    session.run("BEGIN READ ONLY").await?;
    let statement = format!("{before}{} LIMIT 1", source(&query));
    let read = session.soon(session.client.execute(&statement, &[])).await;
    read.map_err(|failure| query_error(&session.login, failure, &query, before))?;
    let row = session.soon(session.client.query_one(COULD_WRITE, &[])).await;
    let row = row.map_err(|failure| session.error(failure))?;
    let read = || -> Result<(i64, bool), tokio_postgres::Error> { Ok((row.try_get(0)?, row.try_get(1)?)) };
    let (writable, superuser) = read().map_err(|error| session.error(error))?;
    if writable == 0 && !superuser {
        return Ok(((), Note::Found(table.name.to_string())));
    }
    let note = format!(
        "Read {}. This login could also write{}. Sluice only reads, but a read-only login is safer.",
        table.name,
        if superuser { ": it is a superuser" } else { "" },
    );
    Ok(((), Note::Know(note, Some(read_only_login(&session.login, tables)))))
}

async fn see_where_to_compare(session: &Session, schema: Option<&str>) -> Result<((), Note)> {
    let Some(schema) = schema else {
        return Ok(((), Note::Found("on this computer".into())));
    };
    Snapshot::of(session, schema, "").check_rights().await?;
    Ok(((), Note::Found(format!("in the warehouse, with snapshots in {schema}"))))
}

/// A script that makes a login which can only read what this one can.
fn read_only_login(login: &Login, tables: &[Table]) -> String {
    let schemas: BTreeSet<&str> = tables.iter().map(|table| table.name.schema.as_str()).collect();
    let mut script = format!(
        "CREATE ROLE sluice_reader LOGIN PASSWORD 'choose a long password';\nGRANT CONNECT ON DATABASE {} TO sluice_reader;\n",
        quoted(&login.database)
    );
    for schema in schemas {
        script += &grant("sluice_reader", Some(schema));
        script.push('\n');
    }
    script + "ALTER ROLE sluice_reader SET default_transaction_read_only = on;\n"
}
