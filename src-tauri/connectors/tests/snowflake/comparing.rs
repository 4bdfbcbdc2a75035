//! Comparing inside the warehouse, on fakesnow.

use sluice_engine::differ::Counted;
use sluice_engine::error::ErrorKind;

use super::*;

async fn fresh(server: &Fakesnow, database: &str, statements: &[&str]) -> Box<dyn Warehouse> {
    server.sql(database, &["create schema sluice", "use schema public"]).await;
    server.sql(database, statements).await;
    Access::at(&server.url(), database).with("diff_schema", "sluice").open()
}

#[tokio::test]
async fn only_what_changed_leaves_the_warehouse() {
    let Some(server) = Fakesnow::shared() else { return };
    let made = "create table people as select seq8() + 1 as id, 'n' || (seq8() + 1) as name from table(generator(rowcount => 5000))";
    let warehouse = fresh(server, "CHANGING", &[made]).await;
    let mut asking = Asking::new(warehouse, table("PUBLIC.PEOPLE"), &["ID", "NAME"]);
    let first = asking.ask(&[]).await;
    assert!(first.whole);
    assert_eq!((first.changed.len(), first.counted), (5_000, Some(Counted { rows: 5_000, unchanged: 0 })));
    assert!(first.changed.iter().any(|(_, row)| row == "7/\"n7\""));
    let idle = asking.ask(&[]).await;
    assert!(!idle.whole);
    assert_eq!(
        (idle.numbered().as_str(), idle.counted),
        (" |  | ", Some(Counted { rows: 5_000, unchanged: 5_000 }))
    );
    server
        .sql(
            "CHANGING",
            &[
                "update people set name = null where id = 7",
                "delete from people where id = 9",
                "insert into people values (0, 'new')",
            ],
        )
        .await;
    let changed = asking.ask(&[]).await;
    let mut rows: Vec<_> = changed.changed.iter().map(|(_, row)| row.as_str()).collect();
    rows.sort_unstable();
    assert_eq!(rows, ["0/\"new\"", "7/∅"]);
    assert_eq!(changed.gone, [(5_001, "9/∅".to_owned())]);
    assert_eq!(changed.counted, Some(Counted { rows: 5_000, unchanged: 4_998 }));
    assert_eq!(asking.ask(&[]).await.numbered(), " |  | ");
}

#[tokio::test]
async fn what_was_not_delivered_comes_again_whatever_it_holds() {
    let Some(server) = Fakesnow::shared() else { return };
    let warehouse = fresh(
        server,
        "UNDELIVERED",
        &[
            "create table people (id int, name varchar)",
            "insert into people values (1, 'a'), (2, 'a'), (3, 'a')",
        ],
    )
    .await;
    let mut asking = Asking::new(warehouse, table("PUBLIC.PEOPLE"), &["ID", "NAME"]);
    asking.ask(&[]).await;
    server
        .sql("UNDELIVERED", &["update people set name = 'b' where id = 1", "delete from people where id = 2"])
        .await;
    let second = asking.ask(&[]).await;
    let number = second.changed[0].0;
    assert_eq!((second.changed[0].1.as_str(), second.gone[0].1.as_str()), ("1/\"b\"", "2/∅"));
    asking.since.as_mut().unwrap().undelivered = vec![number, 3];
    // Comes back to what was delivered before.
    server.sql("UNDELIVERED", &["update people set name = 'a' where id = 1"]).await;
    let third = asking.ask(&[]).await;
    assert_eq!((third.changed[0].1.as_str(), third.gone[0].1.as_str()), ("1/\"a\"", "2/∅"));
    assert_eq!(asking.ask(&[]).await.numbered(), " |  | ");
    server.sql("UNDELIVERED", &["insert into people values (2, 'a')"]).await;
    assert_eq!(asking.ask(&[]).await.changed[0].1, "2/\"a\"");
}

#[tokio::test]
async fn a_comparison_that_came_to_nothing_leaves_the_last_one_standing() {
    let Some(server) = Fakesnow::shared() else { return };
    let warehouse = fresh(
        server,
        "BROKEN_OFF",
        &[
            "create table people (id int, name varchar)",
            "insert into people values (1, 'a'), (2, 'a'), (3, 'a')",
        ],
    )
    .await;
    let mut asking = Asking::new(warehouse, table("PUBLIC.PEOPLE"), &["ID", "NAME"]);
    asking.ask(&[]).await;
    server
        .sql("BROKEN_OFF", &["update people set name = 'b' where id = 1", "delete from people where id = 2"])
        .await;
    for how in ["dropped", "read to its end"] {
        let mut cut = asking.begin(Some(how)).await.unwrap();
        if how != "dropped" {
            drop(rest(&mut *cut).await.unwrap());
        }
    }
    // What they answered with was not delivered, and is no less changed for having been read.
    let after = asking.ask(&[]).await;
    assert!(!after.whole);
    assert_eq!((after.changed[0].1.as_str(), after.gone[0].1.as_str()), ("1/\"b\"", "2/∅"));
    assert_eq!(asking.ask(&[]).await.numbered(), " |  | ");
}

#[tokio::test]
async fn a_snapshot_that_is_not_of_the_last_comparison_is_not_used() {
    let Some(server) = Fakesnow::shared() else { return };
    let warehouse = fresh(server, "FOREIGN_MARK", &["create table people as select 1 as id"]).await;
    let mut asking = Asking::new(warehouse, table("PUBLIC.PEOPLE"), &["ID"]);
    asking.ask(&[]).await;
    let restored = asking.since.clone();
    asking.ask(&[]).await;
    asking.ask(&[]).await;
    // As with a data folder from a backup, or a second one.
    asking.since = restored;
    let whole = asking.ask(&[]).await;
    assert!(whole.whole);
    assert_eq!(whole.numbered(), "1:1 |  | ");
    assert!(!asking.ask(&[]).await.whole);
    let name = format!("SLUICE_SNAPSHOT_{}", asking.name.replace('-', "_").to_uppercase());
    server.sql("FOREIGN_MARK", &[&format!("drop table sluice.{name}")]).await;
    assert!(asking.ask(&[]).await.whole, "a snapshot somebody dropped is made anew");
}

#[tokio::test]
async fn a_plan_looks_and_leaves_no_trace() {
    let Some(server) = Fakesnow::shared() else { return };
    let warehouse = fresh(
        server,
        "LOOKING",
        &["create table people (id int, name varchar)", "insert into people values (1, 'a'), (2, 'a')"],
    )
    .await;
    let mut asking = Asking::new(warehouse, table("PUBLIC.PEOPLE"), &["ID", "NAME"]);
    assert!(rest(&mut *asking.begin(None).await.unwrap()).await.unwrap().whole);
    asking.ask(&[]).await;
    server
        .sql("LOOKING", &["update people set name = 'b' where id = 1", "delete from people where id = 2"])
        .await;
    for _ in 0..2 {
        let found = rest(&mut *asking.begin(None).await.unwrap()).await.unwrap();
        assert_eq!(found.numbered(), "1:1/\"b\" |  | 2:2/∅");
    }
    assert_eq!(asking.ask(&[]).await.numbered(), "1:1/\"b\" |  | 2:2/∅");
    // Of what it made only the snapshot stays, and is not shown.
    let names = async || {
        let answer = server.try_sql("LOOKING", &["show tables in schema sluice"]).await;
        answer[0].1["data"]["total"].as_u64().unwrap()
    };
    while names().await != 2 {}
    let tables = asking.warehouse.tables().await.unwrap();
    assert_eq!(tables.iter().map(|table| table.name.to_string()).collect::<Vec<_>>(), ["PUBLIC.PEOPLE"]);
}

#[tokio::test]
async fn null_and_repeated_keys_come_every_time() {
    let Some(server) = Fakesnow::shared() else { return };
    let values = "insert into people values (1, 'a'), (null, 'b'), (1, 'a'), (1, 'c'), (2, 'd')";
    let warehouse = fresh(server, "ODD_KEYS", &["create table people (id int, name varchar)", values]).await;
    let mut asking = Asking::new(warehouse, table("PUBLIC.PEOPLE"), &["ID", "NAME"]);
    // The first row of a key counts; of later ones only the key is told.
    let first = asking.ask(&["∅/\"b\""]).await;
    assert_eq!(first.numbered(), "1:1/\"a\" 2:∅/\"b\" 5:2/\"d\" | 3:1/∅ 4:1/∅ | ");
    let second = asking.ask(&["∅/\"b\""]).await;
    assert_eq!(second.numbered(), "2:∅/\"b\" | 3:1/∅ 4:1/∅ | ");
    assert_eq!(second.counted, Some(Counted { rows: 5, unchanged: 2 }));
}

/// Values of the types fakesnow has, of which the second of each is ever so little another.
const NEIGHBOURS: &[(&str, &str, &str)] = &[
    ("float", "0.1", "0.10000000000000002"),
    ("number(12,2)", "1.00", "1.01"),
    ("varchar", "''", "' '"),
    ("varchar", "null", "''"),
    ("varchar", "'n'", "null"),
    ("timestamp_ntz", "'2024-01-01 00:00:00.000001'", "'2024-01-01 00:00:00.000002'"),
    ("date", "'2024-01-01'", "'2024-01-02'"),
    ("time", "'08:30:00'", "'08:30:00.000001'"),
    ("boolean", "true", "false"),
    ("binary", "to_binary('00', 'HEX')", "to_binary('0000', 'HEX')"),
];

#[tokio::test]
async fn the_smallest_change_of_any_type_is_seen_and_nothing_else() {
    let Some(server) = Fakesnow::shared() else { return };
    let columns: Vec<_> =
        NEIGHBOURS.iter().enumerate().map(|(index, (kind, ..))| format!("v{index} {kind}")).collect();
    let made = format!("create table things (id int, {})", columns.join(", "));
    let values: Vec<_> = NEIGHBOURS.iter().map(|(_, first, _)| (*first).to_owned()).collect();
    let filled = format!(
        "insert into things select seq8() + 1, {} from table(generator(rowcount => {}))",
        values.join(", "),
        NEIGHBOURS.len()
    );
    let warehouse = fresh(server, "EVERY_TYPE", &[&made, &filled]).await;
    let names: Vec<String> = std::iter::once("ID".to_owned())
        .chain((0..NEIGHBOURS.len()).map(|index| format!("V{index}")))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut asking = Asking::new(warehouse, table("PUBLIC.THINGS"), &names);
    let mut first: Vec<String> = asking.ask(&[]).await.changed.into_iter().map(|(_, row)| row).collect();
    let mut read: Vec<String> = rows(&*asking.warehouse, &all(table("PUBLIC.THINGS")))
        .await
        .iter()
        .map(|row| row.join("/"))
        .collect();
    first.sort_unstable();
    read.sort_unstable();
    assert_eq!(first, read, "the same values as without comparing");
    assert_eq!(asking.ask(&[]).await.numbered(), " |  | ");
    for (index, (_, _, second)) in NEIGHBOURS.iter().enumerate() {
        server
            .sql("EVERY_TYPE", &[&format!("update things set v{index} = {second} where id = {}", index + 1)])
            .await;
    }
    let mut changed: Vec<u64> = asking
        .ask(&[])
        .await
        .changed
        .iter()
        .map(|(_, row)| row.split('/').next().unwrap().parse().unwrap())
        .collect();
    changed.sort_unstable();
    assert_eq!(changed, (1..=NEIGHBOURS.len() as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn of_two_comparisons_at_once_the_later_one_counts() {
    let Some(server) = Fakesnow::shared() else { return };
    let warehouse = fresh(server, "AT_ONCE", &["create table people as select 1 as id"]).await;
    let mut asking = Asking::new(warehouse, table("PUBLIC.PEOPLE"), &["ID"]);
    asking.ask(&[]).await;
    let name = format!("SLUICE_SNAPSHOT_{}_MARKS", asking.name.replace('-', "_").to_uppercase());
    let stolen = format!("update sluice.{name} set \"turn\" = 'another'");
    let mut streamed = asking.begin(Some("mark a")).await.unwrap();
    server.sql("AT_ONCE", &[&stolen]).await;
    // Its mark was written while the turn was its own; so it goes on.
    rest(&mut *streamed).await.unwrap();
    assert!(!asking.ask(&[]).await.whole);
}

#[tokio::test]
async fn a_schema_that_is_not_there_is_told() {
    let Some(server) = Fakesnow::shared() else { return };
    server.sql("NO_SCHEMA", &["create table people as select 1 as id"]).await;
    let access = Access::at(&server.url(), "NO_SCHEMA").with("diff_schema", "nowhere");
    let (steps, error) = access.check().await;
    assert_eq!(outcome(&steps), "+++++++-", "{steps:?}");
    let error = error.unwrap();
    assert_eq!(error.kind(), ErrorKind::MissingObject);
    assert!(
        error.fix().unwrap().contains("GRANT USAGE, CREATE TABLE ON SCHEMA \"NO_SCHEMA\".\"NOWHERE\""),
        "{:?}",
        error.fix()
    );
    server.sql("NO_SCHEMA", &["create schema nowhere"]).await;
    let (steps, error) = access.check().await;
    assert_eq!(outcome(&steps), "++++++++", "{error:?}");
}
