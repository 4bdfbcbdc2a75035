//! Whole syncs: it makes no difference who compares.

use proptest::prelude::*;

use super::*;
use crate::twins::{Answer, Row, Twin, Twins, UNREADABLE, steps};

fn twin(access: &Access) -> Twin {
    let from =
        Connection { name: "shop".into(), kind: "snowflake".into(), settings: access.settings.clone() };
    Twin::new(kind(), from, Some("hunter2"), table("PUBLIC.people"))
}

#[test]
fn it_makes_no_difference_who_compares() {
    let Some(server) = Fakesnow::shared() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(server.sql(
        "TWINS",
        &[
            "create table \"rows\" (\"id\" varchar, \"name\" float, \"broken\" varchar)",
            "create view \"people\" as select \"id\", \"name\" + cast(\"broken\" as float) as \"name\" from \"rows\"",
            "create schema sluice",
        ],
    ));
    let config = ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in steps(&[Answer::Stop]))| {
        runtime.block_on(async {
            let here = Access::at(&server.url(), "TWINS");
            let there = here.clone().with("diff_schema", "sluice");
            let set = async move |rows: &[Row], broken: bool| {
                let key = |row: &Row| row.0.map_or("null".to_owned(), |key| format!("'{key}'"));
                let value = |row: &Row| if row.1 == UNREADABLE { "'NaN'".to_owned() } else { row.1.to_string() };
                let values = rows.iter().map(|row| format!("select {}, {}::float, '0'", key(row), value(row)));
                let mut values: Vec<_> = values.collect();
                values.extend(broken.then(|| "select 'z', 0, 'x'".to_owned()));
                let insert = format!("insert into \"rows\" {}", values.join(" union all "));
                server.sql("TWINS", &["delete from \"rows\""]).await;
                if !values.is_empty() {
                    server.sql("TWINS", &[&insert]).await;
                }
            };
            Twins::new([twin(&here), twin(&there)], set).live(steps).await;
        });
    });
}
