//! The stepwise connection test.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use sluice_engine::check::{Note, Steps};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::sync::Query;
use sluice_engine::warehouse::{Table, TableKind};
use tokio::time::timeout;

use super::catalogue;
use super::error::{self, named};
use super::listing::{Listed, list};
use super::login::Login;
use super::query::{Place, query_error, quoted, source};
use super::session::Session;
use super::transport::shown;
use crate::http::steps;

/// How long the first answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Rights with which a role could change tables.
const WRITES: [&str; 5] = ["OWNERSHIP", "INSERT", "UPDATE", "DELETE", "TRUNCATE"];
/// Roles whose grants are looked at, at most.
const MOST_ROLES: usize = 32;
/// Roles that may do nearly everything.
const ADMINISTRATORS: [&str; 4] = ["ACCOUNTADMIN", "SYSADMIN", "SECURITYADMIN", "ORGADMIN"];

pub(super) async fn check(login: &Login, schema: Option<&str>, steps: &mut Steps<'_>) -> Result<()> {
    let addresses = steps.run(find_host(login)).await?;
    steps.run(reach(&addresses)).await?;
    steps.run(secure(login)).await?;
    let session = steps.run(sign_in(login)).await?;
    steps.run(use_warehouse(&session)).await?;
    let tables = steps.run(see_schemas(&session)).await?;
    steps.run(read_one_row(&session, &tables)).await?;
    steps.run(see_where_to_compare(&session, schema)).await
}

async fn find_host(login: &Login) -> Result<(Vec<SocketAddr>, Note)> {
    let http = &login.transport.http;
    steps::find(http, &login.base).await.map_err(|error| match http.proxy(&login.base) {
        Some(_) => error,
        None => error.with_hint("Check the account: paste its address from the browser. A private link’s host is known in its own network alone."),
    })
}

async fn reach(addresses: &[SocketAddr]) -> Result<((), Note)> {
    let reached = steps::reach(addresses).await;
    reached.map_err(|error| {
        error.with_hint(
            "Check your network, and whether a firewall or proxy lets this computer out to Snowflake.",
        )
    })
}

/// A request that needs no sign-in; what it answers does not matter, only who does.
async fn secure(login: &Login) -> Result<((), Note)> {
    let request = login.transport.http.get(Login::address(&login.base, "/", &[]));
    let host = shown(&login.base);
    let sent = timeout(ANSWER_WITHIN, login.transport.http.open(request)).await;
    let sent =
        sent.map_err(|_| Error::new(ErrorKind::TimedOut, format!("{host} gave no answer in time.")))?;
    sent.map_err(|failure| {
        let error = failure.error().clone();
        let message = if error.kind() == ErrorKind::TlsFailed {
            format!("The secure connection to {host} could not be made.")
        } else {
            format!("{host} took the connection, and then gave no answer.")
        };
        Error::new(error.kind(), message).with_source(error)
    })?;
    Ok(((), steps::secured(&login.base, "The rows and what signs in")))
}

async fn sign_in(login: &Login) -> Result<(Arc<Session>, Note)> {
    let session = Session::open(login).await?;
    let version =
        if session.version.is_empty() { String::new() } else { format!(", Snowflake {}", session.version) };
    let note = Note::Found(format!("as {}{version}", login.user));
    Ok((session, note))
}

/// A suspended warehouse starts by itself with the first query, unless it is told not to.
async fn use_warehouse(session: &Arc<Session>) -> Result<((), Note)> {
    let role = session.info.role_name.as_deref().filter(|role| !role.is_empty());
    let mut found: Vec<String> = role.map(|role| format!("role {role}")).into_iter().collect();
    let Some(name) = session.info.warehouse_name.as_deref().filter(|name| !name.is_empty()) else {
        // A stand-in has none; the real service says so with the first query that needs one.
        list(session, "SELECT 1 AS \"one\"").await?;
        return Ok(((), Note::Found(found.join(", "))));
    };
    let listing = list(session, "SHOW WAREHOUSES").await?;
    let warehouse = listing.rows().find(|row| row.get("name").is_some_and(|own| own == name));
    let Some(warehouse) = warehouse else { return Err(error::no_warehouse(&session.login)) };
    let state = warehouse.text("state").to_lowercase();
    if state == "suspended" && warehouse.text("auto_resume").eq_ignore_ascii_case("false") {
        let message = format!("The warehouse {name} is suspended, and does not start by itself.");
        return Err(Error::new(ErrorKind::ComputeStopped, message)
            .with_hint("Have an administrator run the statements below.")
            .with_fix(format!(
                "ALTER WAREHOUSE {0} SET AUTO_RESUME = TRUE;\nALTER WAREHOUSE {0} RESUME;",
                quoted(name)
            )));
    }
    found.push(format!("warehouse {name} ({}, {state})", warehouse.text("size")));
    list(session, "SELECT 1 AS \"one\"").await?;
    Ok(((), Note::Found(found.join(", "))))
}

async fn see_schemas(session: &Arc<Session>) -> Result<(Vec<Table>, Note)> {
    let tables = catalogue::tables(session).await?;
    if tables.is_empty() {
        let role = error::role(session);
        let database = session.info.database_name.as_deref().map_or_else(|| "<database>".to_owned(), quoted);
        return Err(Error::new(ErrorKind::NotAllowed, format!("The role {role} sees no tables."))
            .with_hint("Have an administrator run the statements below, or choose another role or database.")
            .with_fix(reads(&database, &role)));
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
    format!("{count} {}", if count == 1 { one } else { many })
}

async fn read_one_row(session: &Arc<Session>, tables: &[Table]) -> Result<((), Note)> {
    let table = tables.iter().find(|table| table.kind == TableKind::Table).or(tables.first());
    let Some(table) = table else { return Ok(((), Note::Nothing)) };
    let query = Query::Table(table.name.clone());
    let sql = format!("SELECT * FROM {} LIMIT 1", source(&query, &Place::of(session)));
    list(session, &sql).await.map_err(|error| query_error(session, error, &query))?;
    match could_write(session).await {
        Some(true) => {}
        Some(false) => {
            let found = format!("{}; as far as this login may look, it can only read", table.name);
            return Ok(((), Note::Found(found)));
        }
        None => return Ok(((), Note::Found(table.name.to_string()))),
    }
    let note = format!(
        "Read {}. This login could also write. Sluice only reads, but a role that can only read is safer.",
        table.name
    );
    Ok(((), Note::Know(note, Some(read_only_login(session)))))
}

/// Whether the session's roles could change tables, as far as they may know; `None` where no grants can be shown. A role has
/// what the roles granted to it have, and a session what its secondary roles have
/// (<https://docs.snowflake.com/en/user-guide/security-access-control-overview>).
async fn could_write(session: &Arc<Session>) -> Option<bool> {
    let own = session.info.role_name.clone().filter(|role| !role.is_empty());
    let mut roles: Vec<(&'static str, String)> = own.into_iter().map(|role| ("ROLE", role)).collect();
    roles.extend(secondary_roles(session).await.into_iter().map(|role| ("ROLE", role)));
    let (mut next, mut looked) = (0, false);
    while let Some((kind, role)) = roles.get(next).filter(|_| next < MOST_ROLES).cloned() {
        next += 1;
        if ADMINISTRATORS.contains(&role.as_str()) {
            return Some(true);
        }
        let Ok(grants) = list(session, &format!("SHOW GRANTS TO {kind} {}", role_sql(kind, &role))).await
        else {
            continue;
        };
        looked = true;
        if grants.rows().any(|grant| writes(&grant)) {
            return Some(true);
        }
        let inherited: Vec<_> = grants.rows().filter_map(|grant| granted_role(&grant)).collect();
        for role in inherited {
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
    }
    looked.then_some(false)
}

fn writes(grant: &Listed<'_>) -> bool {
    grant.text("granted_on").to_ascii_uppercase().contains("TABLE")
        && WRITES.contains(&grant.text("privilege").to_ascii_uppercase().as_str())
        && !grant.text("name").contains(super::SNAPSHOT_TABLE)
}

/// The role that a grant hands on, and its kind.
fn granted_role(grant: &Listed<'_>) -> Option<(&'static str, String)> {
    if !grant.text("privilege").eq_ignore_ascii_case("USAGE") {
        return None;
    }
    let name = grant.text("name");
    match grant.text("granted_on").to_ascii_uppercase().as_str() {
        "ROLE" => {
            let quoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
            Some(("ROLE", quoted.map_or_else(|| name.to_owned(), |name| name.replace("\"\"", "\""))))
        }
        // Written with its database, and as SQL already.
        "DATABASE_ROLE" | "DATABASE ROLE" if !name.contains(';') => Some(("DATABASE ROLE", name.to_owned())),
        _ => None,
    }
}

fn role_sql(kind: &str, role: &str) -> String {
    if kind == "ROLE" { quoted(role) } else { role.to_owned() }
}

/// The roles a session has besides its own one; none where the server does not say
/// (<https://docs.snowflake.com/en/sql-reference/functions/current_secondary_roles>).
async fn secondary_roles(session: &Arc<Session>) -> Vec<String> {
    #[derive(Deserialize)]
    struct Secondary {
        roles: String,
    }
    let Ok(told) = list(session, "SELECT CURRENT_SECONDARY_ROLES() AS \"secondary\"").await else {
        return Vec::new();
    };
    let told =
        told.rows().next().and_then(|row| serde_json::from_str::<Secondary>(row.text("secondary")).ok());
    let roles = told.map(|told| told.roles).unwrap_or_default();
    roles.split(',').map(str::trim).filter(|role| !role.is_empty()).map(str::to_owned).collect()
}

async fn see_where_to_compare(session: &Arc<Session>, schema: Option<&str>) -> Result<((), Note)> {
    let Some(schema) = schema else {
        return Ok(((), Note::Found("on this computer".into())));
    };
    super::snapshot::check_rights(session, schema).await?;
    Ok(((), Note::Found(format!("in the warehouse, with snapshots in {schema}"))))
}

/// Statements that let a role read a database; both are SQL already.
fn reads(database: &str, role: &str) -> String {
    let mut lines = vec![format!("GRANT USAGE ON DATABASE {database} TO ROLE {role};")];
    for which in ["ALL", "FUTURE"] {
        lines.push(format!("GRANT USAGE ON {which} SCHEMAS IN DATABASE {database} TO ROLE {role};"));
        // Each kind is granted by its own name (<https://docs.snowflake.com/en/sql-reference/sql/grant-privilege>).
        for what in ["TABLES", "VIEWS", "EXTERNAL TABLES", "DYNAMIC TABLES", "MATERIALIZED VIEWS"] {
            lines.push(format!("GRANT SELECT ON {which} {what} IN DATABASE {database} TO ROLE {role};"));
        }
    }
    lines.join("\n")
}

/// A script that makes a user and a role which can only read.
fn read_only_login(session: &Session) -> String {
    let database = session.info.database_name.as_deref().map_or_else(|| "<database>".to_owned(), quoted);
    let warehouse = session.info.warehouse_name.as_deref().map(quoted);
    let warehouse = warehouse
        .or_else(|| session.login.warehouse.as_deref().map(named))
        .unwrap_or_else(|| "<warehouse>".into());
    format!(
        "CREATE ROLE IF NOT EXISTS SLUICE_READER;\n\
         CREATE USER IF NOT EXISTS SLUICE TYPE = SERVICE DEFAULT_ROLE = SLUICE_READER\n  \
         RSA_PUBLIC_KEY = 'the lines of rsa_key.pub between BEGIN and END';\n\
         GRANT ROLE SLUICE_READER TO USER SLUICE;\n\
         GRANT USAGE ON WAREHOUSE {warehouse} TO ROLE SLUICE_READER;\n{}\n",
        reads(&database, "SLUICE_READER")
    )
}
