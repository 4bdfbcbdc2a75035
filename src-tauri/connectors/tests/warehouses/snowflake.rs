//! Snowflake, as fakesnow plays it.

use async_trait::async_trait;
use axum::extract::Request;
use axum::response::Response;
use serde_json::{Value, json};
use sluice_engine::sync::{Query, TableName};
use sluice_engine::warehouse::Warehouse;

use super::contract::contract;
use super::cut::cut_after;
use super::fakesnow_server::Fakesnow;
use super::snowflake_script::{Reply, Scripted};
use super::stage::{Endless, Stage};

contract!(Snowflake);

/// A database of its own.
pub(crate) struct Snowflake {
    server: &'static Fakesnow,
    database: String,
}

fn settings(port: u16, database: &str) -> Vec<(&'static str, String)> {
    vec![
        ("account", "myorg-account1".into()),
        ("user", "reader".into()),
        ("auth", "password".into()),
        ("database", database.into()),
        ("url", format!("http://127.0.0.1:{port}")),
    ]
}

#[async_trait]
impl Stage for Snowflake {
    const KIND: &'static str = "snowflake";

    async fn set(name: &str) -> Option<Self> {
        let server = Fakesnow::shared()?;
        let database = format!("STAGE_{}", name.to_uppercase());
        server.sql(&database, &["select 1 as one"]).await;
        Some(Self { server, database })
    }

    async fn sql(&self, statements: &[String]) {
        let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
        self.server.sql(&self.database, &statements).await;
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        settings(self.server.port, &self.database)
    }

    fn secrets(&self) -> Vec<(&'static str, String)> {
        vec![("password", "password".into())]
    }

    fn settings_cut_after(&self, bytes: usize) -> Vec<(&'static str, String)> {
        settings(cut_after(self.server.port, bytes), &self.database)
    }

    fn schema(&self) -> String {
        "PUBLIC".into()
    }

    fn quoted(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    fn takes(&self, _: &str) -> bool {
        true
    }

    fn one_row(&self, table: &str) -> Vec<String> {
        vec![format!(
            "create table {} as select 42::int as \"id\", 9007199254740993::bigint as \"big\", 19.90::number(12, 2) as \"price\", \
             1234567890123456.78::number(38, 2) as \"exact\", 0.1::float as \"score\", true as \"active\", \
             '2026-11-22'::date as \"day\", '2026-11-22 08:30:00.12'::timestamp_ntz as \"at\", \
             '2026-11-22 08:30:00+02:00'::timestamp_tz as \"seen\", 'Zoë \"said\" 🚀\\n{{\\\\}}' as \"note\", \
             null::varchar as \"nothing\", parse_json('{{\"a\": [1, null], \"b\": {{\"c\": \"é\"}}}}') as \"props\"",
            self.place(table)
        )]
    }

    fn many_rows(&self, table: &str, rows: u64) -> Vec<String> {
        vec![format!(
            "create table {} as select seq8() + 1 as \"id\", 'row ' || (seq8() + 1) as \"name\" \
             from table(generator(rowcount => {rows}))",
            self.place(table)
        )]
    }

    /// fakesnow answers when a statement has ended.
    async fn endless(&self) -> Endless {
        let running = json!({
            "code": "333333", "success": true, "message": null,
            "data": { "getResultUrl": "/queries/q-1/result", "queryId": "q-1" },
        });
        let server = Scripted::start(move |got| {
            matches!(got.path.as_str(), "/queries/v1/query-request" | "/queries/q-1/result")
                .then(|| Reply::json(&running))
        })
        .await;
        let mut settings = self.settings();
        settings.last_mut().unwrap().1.clone_from(&server.url);
        Endless {
            warehouse: self.open_with(settings),
            query: Query::Sql("select i from numbers".into()),
            working: Box::new(move || {
                let told = !server.of("/queries/v1/abort-request").is_empty();
                let looks = server.of("/queries/q-1/result").into_iter();
                looks.filter(|_| !told).map(|got| got.path).collect()
            }),
        }
    }

    /// fakesnow has no roles; so what the real service says is said by a small server, as in
    /// <https://github.com/sqitchers/sqitch/issues/586>.
    async fn forbidden(&self) -> (Box<dyn Warehouse>, Query) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = axum::Router::new().fallback(refuse);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let stranger = self.open_with(settings(port, "SHOP"));
        (stranger, Query::Table(TableName::new("PRIVATE", "SECRET")))
    }
}

async fn refuse(request: Request) -> Response {
    let answer = if request.uri().path() == "/queries/v1/query-request" {
        json!({
            "data": { "errorCode": "003001", "sqlState": "42501" }, "code": "003001", "success": false,
            "message": "SQL access control error:\nInsufficient privileges to operate on schema 'PRIVATE'",
        })
    } else {
        json!({
            "data": { "token": "session", "masterToken": "master", "sessionInfo": { "databaseName": "SHOP", "roleName": "READER" } },
            "code": Value::Null, "message": Value::Null, "success": true,
        })
    };
    Response::builder().header("content-type", "application/json").body(answer.to_string().into()).unwrap()
}
