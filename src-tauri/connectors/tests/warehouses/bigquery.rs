//! BigQuery, as bqemulator has it.

use async_trait::async_trait;
use sluice_engine::sync::Query;
use sluice_engine::warehouse::Warehouse;

use super::bqemulator_server::BigQueryServer;
use super::contract::contract;
use super::cut::cut_after;
use super::scripted::{Reply, Scripted, error};
use super::stage::Stage;

contract!(BigQuery);

/// A dataset of its own.
pub(crate) struct BigQuery {
    server: &'static BigQueryServer,
    dataset: String,
}

#[async_trait]
impl Stage for BigQuery {
    const KIND: &'static str = "bigquery";

    async fn set(name: &str) -> Option<Self> {
        let server = BigQueryServer::shared()?;
        server.dataset(name);
        Some(Self { server, dataset: name.to_owned() })
    }

    async fn sql(&self, statements: &[String]) {
        let (server, statements) = (self.server, statements.to_vec());
        let run = move || statements.iter().for_each(|statement| drop(server.sql(statement)));
        tokio::task::spawn_blocking(run).await.unwrap();
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("project", "demo".into()),
            ("url", self.server.url.clone()),
            ("storage_url", self.server.storage_url.clone()),
        ]
    }

    fn secrets(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn settings_cut_after(&self, bytes: usize) -> Vec<(&'static str, String)> {
        let mut settings = self.settings();
        let port = self.server.storage_url.rsplit(':').next().unwrap().parse().unwrap();
        settings[2].1 = format!("http://127.0.0.1:{}", cut_after(port, bytes));
        settings
    }

    fn schema(&self) -> String {
        self.dataset.clone()
    }

    fn quoted(&self, name: &str) -> String {
        format!("`{name}`")
    }

    /// The stand-in knows no escapes in names; BigQuery itself takes neither character in them
    /// (<https://cloud.google.com/bigquery/docs/schemas#column_names>).
    fn takes(&self, name: &str) -> bool {
        !name.contains(['`', '\\'])
    }

    fn one_row(&self, table: &str) -> Vec<String> {
        let place = self.place(table);
        vec![
            format!(
                "create table {place} (id int64, big int64, price numeric(12, 2), exact numeric(31, 2), score float64, \
                 active bool, day date, `at` datetime, seen timestamp, note string, nothing string, props json)"
            ),
            format!(
                "insert into {place} values (42, 9007199254740993, numeric '19.90', numeric '1234567890123456.78', 0.1, \
                 true, date '2026-11-22', datetime '2026-11-22 08:30:00.12', timestamp '2026-11-22 08:30:00+02', \
                 'Zoë \"said\" 🚀\\n{{\\\\}}', null, json '{{\"a\": [1, null], \"b\": {{\"c\": \"é\"}}}}')"
            ),
        ]
    }

    fn many_rows(&self, table: &str, rows: u64) -> Vec<String> {
        vec![format!(
            "create table {} as select id, concat('row ', cast(id as string)) as name from unnest(generate_array(1, {rows})) as id",
            self.place(table)
        )]
    }

    /// The stand-in has no permissions; the refusal is worded as in
    /// <https://cloud.google.com/bigquery/docs/error-messages#accessDenied>.
    async fn forbidden(&self) -> (Box<dyn Warehouse>, Query) {
        let denied = "Access Denied: Table demo:shop.secret: Permission bigquery.tables.get denied on table demo:shop.secret (or it may not exist).";
        let server = Scripted::start(|_| Some(Reply::Json(403, error(403, "accessDenied", denied)))).await;
        let warehouse = self.open_with(vec![("project", "demo".into()), ("url", server.url.clone())]);
        (warehouse, self.query("secret"))
    }
}
