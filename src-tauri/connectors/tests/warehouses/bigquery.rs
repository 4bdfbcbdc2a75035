//! BigQuery, as bqemulator has it.

use async_trait::async_trait;
use sluice_engine::sync::{Query, TableName};
use sluice_engine::warehouse::Warehouse;

use super::bqemulator_server::BigQueryServer;
use super::contract::contract;
use super::cut::cut_after;
use super::scripted::{Reply, Scripted, error, job};
use super::stage::{Endless, Stage};

contract!(BigQuery: same_bytes, nulls, million, dropped, stopped, cut, empty, vanished, forbidden, parts, beyond, keys, only_selects,
    hostile_names);

/// The line of the contract, but for the space in a table's name, which the stand-in does not take.
#[tokio::test]
async fn catalogue() {
    let Some(stage) = BigQuery::set("catalogue").await else { return };
    stage.sql(&stage.many_rows("Leads", 3)).await;
    stage
        .sql(&[format!(
            "create view {} as select * from {}",
            stage.place("open_leads"),
            stage.place("Leads")
        )])
        .await;
    let tables = stage.open().tables().await.unwrap();
    let names =
        tables.iter().filter(|table| table.name.schema == "catalogue").map(|table| table.name.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["Leads", "open_leads"]);
}

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

    /// The stand-in knows no escapes in names, and takes a dot for the end of one; BigQuery itself takes none of
    /// these characters in them (<https://cloud.google.com/bigquery/docs/schemas#column_names>).
    fn takes(&self, name: &str) -> bool {
        !name.contains(['`', '\\', '.'])
    }

    fn place(&self, table: &str) -> String {
        format!("{}.{}", self.quoted(&self.dataset), self.quoted(&without_spaces(table)))
    }

    fn query(&self, table: &str) -> Query {
        Query::Table(TableName::new(&*self.dataset, without_spaces(table)))
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

    /// The stand-in answers when a job has ended.
    async fn endless(&self) -> Endless {
        let server = Scripted::start(|asked| match asked.method.as_str() {
            "POST" if asked.is("POST", "/jobs") && !asked.is_dry_run() => {
                Some(Reply::Json(200, job("PENDING")))
            }
            "GET" if asked.path.contains("/jobs/") => Some(Reply::Json(200, job("RUNNING"))),
            _ => None,
        })
        .await;
        let settings = vec![("project", "demo".into()), ("url", server.url.clone())];
        Endless {
            warehouse: self.open_with(settings),
            query: Query::Sql("select id from shop.leads".into()),
            working: Box::new(move || {
                let asked = server.asked();
                let looks = asked.iter().filter(|asked| asked.is("GET", "") && asked.path.contains("/jobs/"));
                let told = asked.iter().any(|asked| asked.path.ends_with("/cancel"));
                looks.filter(|_| !told).map(|asked| asked.path.clone()).collect()
            }),
        }
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

/// The stand-in takes no space in the name of a table.
fn without_spaces(table: &str) -> String {
    table.replace(' ', "_")
}
