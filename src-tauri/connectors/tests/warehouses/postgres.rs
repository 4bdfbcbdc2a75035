//! PostgreSQL, the server itself.

use async_trait::async_trait;
use sluice_engine::sync::Query;
use sluice_engine::warehouse::Warehouse;

use super::contract::contract;
use super::cut::cut_after;
use super::postgres_server::PostgresServer;
use super::stage::{Endless, Stage};

contract!(Postgres);

/// A database of its own, and its superuser.
pub(crate) struct Postgres {
    server: &'static PostgresServer,
    database: String,
}

#[async_trait]
impl Stage for Postgres {
    const KIND: &'static str = "postgres";

    async fn set(name: &str) -> Option<Self> {
        let server = PostgresServer::shared()?;
        server.sql("postgres", &format!("create database {name}"));
        Some(Self { server, database: name.to_owned() })
    }

    async fn sql(&self, statements: &[String]) {
        let (server, database, sql) = (self.server, self.database.clone(), statements.join(";\n"));
        // A session that was read from ends on this thread, and lets go of its tables.
        tokio::task::spawn_blocking(move || server.sql(&database, &sql)).await.unwrap();
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("host", "127.0.0.1".into()),
            ("port", self.server.port.to_string()),
            ("database", self.database.clone()),
            ("user", "postgres".into()),
            ("tls", "disable".into()),
        ]
    }

    fn secrets(&self) -> Vec<(&'static str, String)> {
        vec![("password", self.server.password.clone())]
    }

    fn settings_cut_after(&self, bytes: usize) -> Vec<(&'static str, String)> {
        let mut settings = self.settings();
        settings[1].1 = cut_after(self.server.port, bytes).to_string();
        settings
    }

    fn schema(&self) -> String {
        "public".into()
    }

    fn quoted(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    fn takes(&self, _: &str) -> bool {
        true
    }

    fn one_row(&self, table: &str) -> Vec<String> {
        vec![format!(
            "create table {} as select 42::int as id, 9007199254740993::int8 as big, 19.90::numeric(12, 2) as price, \
             1234567890123456.78::numeric(38, 2) as exact, 0.1::float8 as score, true as active, date '2026-11-22' as day, \
             timestamp '2026-11-22 08:30:00.12' as at, timestamptz '2026-11-22 08:30:00+02' as seen, \
             E'Zoë \"said\" 🚀\\n{{\\\\}}' as note, null::text as nothing, \
             '{{\"a\": [1, null], \"b\": {{\"c\": \"é\"}}}}'::jsonb as props",
            self.place(table)
        )]
    }

    fn many_rows(&self, table: &str, rows: u64) -> Vec<String> {
        vec![format!(
            "create table {} as select id, 'row ' || id as name from generate_series(1, {rows}::int8) as id",
            self.place(table)
        )]
    }

    async fn endless(&self) -> Endless {
        self.sql(&self.many_rows("numbers", 10_000)).await;
        let query =
            "select count(*) as n from numbers as a, numbers as b, numbers as c where a.id + b.id + c.id < 0";
        let active = "select * from pg_stat_activity where state = 'active' \
                      and datname = current_database() and pid <> pg_backend_pid()";
        let (server, database) = (self.server, self.database.clone());
        Endless {
            warehouse: self.open(),
            query: Query::Sql(query.into()),
            working: Box::new(move || server.sql(&database, active)),
        }
    }

    async fn forbidden(&self) -> (Box<dyn Warehouse>, Query) {
        self.sql(&self.many_rows("secret", 1)).await;
        self.sql(&["create role stranger login password 'stranger-pass'".into()]).await;
        let mut settings = self.settings();
        settings[3].1 = "stranger".into();
        let stranger = self.open_as(settings, vec![("password", "stranger-pass".into())]);
        (stranger, self.query("secret"))
    }
}
