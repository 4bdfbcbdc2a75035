//! A stand-in for Redshift: PostgreSQL, kept to what Redshift accepts by a filter in front of it.
//!
//! Redshift itself runs nowhere but in AWS. The filter refuses what it refuses, each with its source in
//! `filter/rules.rs`; gives types the numbers they have there; leaves the row count away from a SELECT's end, as it does; and
//! the database has its catalogue views and functions. So this proves that Sluice keeps to that dialect, and how it
//! takes answers. It does not prove Redshift.
//!
//! Include it beside `#[path = "…/postgres_server/mod.rs"] mod postgres_server;` at the root of the test.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod filter;

use std::sync::OnceLock;

use sluice_engine::testing::skipped;

use crate::postgres_server::{PostgresServer, programs};

/// What Redshift has in every database.
const CATALOGUE: &str = "
    set allow_system_table_mods = on;
    create table pg_catalog.svv_external_tables (redshift_database_name text, schemaname text, tablename text, tabletype text);
    create table pg_catalog.svv_mv_info (database_name char(128), schema_name char(128), user_name char(128), name char(128));
    create table pg_catalog.svv_redshift_tables (database_name varchar(128), schema_name varchar(128), table_name varchar(128), table_type varchar(128), table_acl varchar(128), remarks varchar(256));
    create view pg_catalog.sys_query_history as select pid as session_id,
        case when state <> 'active' then 'success' when wait_event_type = 'Client' then 'returning' else 'running' end::char(10) as status
        from pg_stat_activity;
    grant select on pg_catalog.sys_query_history, pg_catalog.svv_external_tables, pg_catalog.svv_mv_info, pg_catalog.svv_redshift_tables to public;
    create function pg_catalog.json_serialize(jsonb) returns varchar immutable language sql as $$ select coalesce($1::text, 'null') $$;
    create function pg_catalog.to_hex(bytea) returns varchar immutable language sql as $$ select encode($1, 'hex') $$;
    create function pg_catalog.fnv_hash(float8) returns int8 immutable language sql as $$ select hashtextextended(encode(float8send($1), 'hex'), 0) $$;
";

/// A running stand-in.
pub struct RedshiftServer {
    /// Its port on 127.0.0.1, where nothing is encrypted.
    pub port: u16,
    /// What is behind the filter.
    pub postgres: PostgresServer,
}

impl RedshiftServer {
    /// The server all tests of this binary share, or `None` where they are to be skipped.
    pub fn shared() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<RedshiftServer>> = OnceLock::new();
        // One of its own: what is Redshift's stands in the template of every new database.
        let start = || programs().map(|programs| Self::start(PostgresServer::start(&programs)));
        let server = SERVER.get_or_init(start);
        if server.is_none() {
            skipped("Redshift's stand-in needs PostgreSQL, which is not installed (scripts/install tests)");
        }
        server.as_ref()
    }

    fn start(postgres: PostgresServer) -> Self {
        // Redshift knows passwords in the clear, as MD5, and in a way of its own.
        let file = postgres.sql("postgres", "show hba_file");
        let rules = std::fs::read_to_string(&file).unwrap().replace("scram-sha-256", "md5");
        std::fs::write(&file, rules).unwrap();
        postgres.sql("postgres", &format!(
            "alter system set password_encryption = 'md5'; select pg_reload_conf(); set password_encryption = 'md5'; \
            alter role postgres password '{}'", postgres.password
        ));
        for database in ["template1", "postgres"] {
            postgres.sql(database, CATALOGUE);
        }
        Self { port: filter::before(postgres.port), postgres }
    }

    /// Runs SQL of PostgreSQL as superuser, past the filter, and returns what it answered, unaligned.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        self.postgres.sql(database, sql)
    }
}
