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
use super::client::{LOOK_WITHIN, Login, Session, Wire};
use super::error::{ASK_FOR_A_SCHEMA, grant};
use super::query::{fields, query_error, quoted, schema_parts, source};
use super::snapshot::Snapshot;
use crate::warehouses::pgwire::tls::Encryption;

/// Tables other than the system's and Sluice's own that the login could change.
const COULD_WRITE: &str = "\
    SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('information_schema', 'catalog_history') \
    AND substring(n.nspname, 1, 3) <> 'pg_' AND substring(c.relname, 1, 16) <> 'sluice_snapshot_' \
    AND (has_table_privilege(c.oid, 'INSERT') OR has_table_privilege(c.oid, 'UPDATE') \
    OR has_table_privilege(c.oid, 'DELETE'))";
const IS_SUPERUSER: &str = "SELECT 1 FROM pg_catalog.pg_user WHERE usename = current_user AND usesuper";

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
    let mut session = steps.run(sign_in(login, wire)).await?;
    let looked = look_around(&mut session, schema, steps).await;
    session.close();
    looked
}

async fn look_around(session: &mut Session, schema: Option<&str>, steps: &mut Steps<'_>) -> Result<()> {
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
    let mut session = Session::sign_in(login, wire).await?;
    // Redshift calls itself PostgreSQL 8.0.2, and adds its own version at the end.
    let rows = session.rows("SELECT version()").await?;
    let version = rows.concat().into_iter().flatten().next().unwrap_or_default();
    let Some((_, version)) = version.split_once("Redshift ") else {
        let message = format!(
            "What answers at {}:{} is a PostgreSQL server, not Amazon Redshift.",
            login.host, login.port
        );
        return Err(
            Error::new(ErrorKind::BadSettings, message).with_hint("Make a PostgreSQL connection instead.")
        );
    };
    let note = Note::Found(format!("as {}, Redshift {version}", login.user));
    session.set_up(Duration::from_secs(20)).await?;
    Ok((session, note))
}

async fn see_schemas(session: &mut Session) -> Result<(Vec<Table>, Note)> {
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

async fn read_one_row(session: &mut Session, tables: &[Table]) -> Result<((), Note)> {
    let table = tables.iter().find(|table| table.kind == TableKind::Table).or(tables.first());
    let Some(table) = table else { return Ok(((), Note::Nothing)) };
    let query = Query::Table(table.name.clone());
    fields(session, &query).await?;
    let before = "SELECT * FROM ";
    session.run("BEGIN READ ONLY").await?;
    let statement = format!("{before}{} LIMIT 1", source(session, &query));
    let read = session.collect(&statement, LOOK_WITHIN).await;
    read.map_err(|failure| query_error(&session.login, failure, &query, before))?;
    let writable = session.rows(COULD_WRITE).await?.concat().into_iter().flatten().any(|count| count != "0");
    let superuser = !session.rows(IS_SUPERUSER).await?.is_empty();
    session.run("COMMIT").await?;
    if !writable && !superuser {
        return Ok(((), Note::Found(table.name.to_string())));
    }
    let note = format!(
        "Read {}. This login could also write{}. Sluice only reads, but a read-only login is safer.",
        table.name,
        if superuser { ": it is a superuser" } else { "" },
    );
    Ok(((), Note::Know(note, Some(read_only_login(tables)))))
}

async fn see_where_to_compare(session: &mut Session, schema: Option<&str>) -> Result<((), Note)> {
    let Some(schema) = schema else {
        return Ok(((), Note::Found("on this computer".into())));
    };
    Snapshot::of(schema, "").check_rights(session).await?;
    Ok(((), Note::Found(format!("in the warehouse, with snapshots in {schema}"))))
}

/// A script that makes a login which can only read what this one can.
fn read_only_login(tables: &[Table]) -> String {
    const READER: &str = "sluice_reader";
    let schemas: BTreeSet<&str> = tables.iter().map(|table| table.name.schema.as_str()).collect();
    let mut lines = vec![format!("CREATE USER {READER} PASSWORD 'choose a long password';")];
    for schema in schemas {
        let of_schema = || tables.iter().filter(|table| table.name.schema == schema);
        // A name with a dot can be that of a schema here, which has tables; those of elsewhere are foreign.
        let has_own = of_schema().any(|table| table.kind == TableKind::Table);
        if let ([database, _], false) = (schema_parts(schema).as_slice(), has_own) {
            lines.push(format!("GRANT USAGE ON DATABASE {} TO {READER};", quoted(database)));
        } else if of_schema().all(|table| table.kind == TableKind::ForeignTable) {
            // An external schema, of which nothing else can be granted.
            lines.push(format!("GRANT USAGE ON SCHEMA {} TO {READER};", quoted(schema)));
        } else {
            lines.push(grant(READER, Some(schema)));
        }
        // Whether these are among “all tables” the documentation does not say.
        for view in of_schema().filter(|table| table.kind == TableKind::MaterializedView) {
            let (schema, name) = (quoted(schema), quoted(&view.name.name));
            lines.push(format!("GRANT SELECT ON {schema}.{name} TO {READER};"));
        }
    }
    lines.dedup();
    lines.join("\n") + "\n"
}
