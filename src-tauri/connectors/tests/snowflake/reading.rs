//! Streams, names, keys and the catalogue, on fakesnow.

use sluice_engine::error::ErrorKind;
use sluice_engine::sync::TableName;
use sluice_engine::warehouse::{After, KeyCheck, TableKind};

use super::*;

#[tokio::test]
async fn a_large_read_arrives_whole_and_in_batches() {
    let Some(server) = Fakesnow::shared() else { return };
    let warehouse = Access::at(&server.url(), "LARGE").open();
    let read = all(sql(
        "select seq8() as i, 'row ' || seq8() as name from table(generator(rowcount => 250000)) order by 1",
    ));
    let mut rows = warehouse.read(&read).await.unwrap();
    assert_eq!(rows.server_rows(), None);
    let (mut sum, mut largest, mut next) = (0, 0, 0);
    while let Some(batch) = rows.next().await.unwrap() {
        largest = largest.max(batch.rows());
        for row in 0..batch.rows() {
            assert_eq!(shown(&batch, row, 0), next.to_string(), "in order");
            next += 1;
            sum += shown(&batch, row, 0).parse::<u64>().unwrap();
        }
    }
    assert_eq!((sum, rows.server_rows()), (250_000 * 249_999 / 2, Some(250_000)));
    assert!(largest <= 2_000, "{largest}");
    assert!(rows.next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_read_of_nothing_has_columns_and_the_server_s_own_zero() {
    let Some(server) = Fakesnow::shared() else { return };
    let warehouse = Access::at(&server.url(), "EMPTY").open();
    let mut rows = warehouse.read(&all(sql("select 1 as a, 'x' as b where false"))).await.unwrap();
    assert_eq!(rows.columns().len(), 2);
    assert!(rows.next().await.unwrap().is_none());
    assert_eq!(rows.server_rows(), Some(0));
}

#[tokio::test]
async fn columns_limit_and_cursor() {
    let Some(server) = Fakesnow::shared() else { return };
    server
        .sql("CURSOR_DB", &["create or replace table leads as select seq8() as id, 'n' || seq8() as name, seq8() * 2 as twice from table(generator(rowcount => 10))"])
        .await;
    let warehouse = Access::at(&server.url(), "CURSOR_DB").open();
    let read = Read {
        columns: vec!["TWICE".into(), "ID".into()],
        limit: Some(2),
        after: Some(After { column: "ID".into(), value: Some("6".into()) }),
        ..all(table("PUBLIC.LEADS"))
    };
    assert_eq!(rows(&*warehouse, &read).await, [["14", "7"], ["16", "8"]]);
    let from_start = Read { after: Some(After { column: "ID".into(), value: None }), limit: Some(1), ..read };
    assert_eq!(rows(&*warehouse, &from_start).await, [["0", "0"]]);
    let gone = Read { columns: vec!["GONE".into()], ..all(table("PUBLIC.LEADS")) };
    let error = warehouse.read(&gone).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::MissingObject);
    assert!(error.message().contains("“GONE”"));
}

#[tokio::test]
async fn names_keep_case_and_quotes() {
    let Some(server) = Fakesnow::shared() else { return };
    server
        .sql(
            "NAMES",
            &[
                "create schema \"we ird\"",
                "create table \"NAMES\".\"we ird\".\"a\"\"b.c; --\" (\"i\"\"d\" varchar, \"select\" int, \"camelCase\" int)",
                "insert into \"NAMES\".\"we ird\".\"a\"\"b.c; --\" values ('x'';\"', 1, 2)",
            ],
        )
        .await;
    let warehouse = Access::at(&server.url(), "NAMES").open();
    let tables = warehouse.tables().await.unwrap();
    let names: Vec<_> = tables.iter().map(|table| &table.name).collect();
    assert_eq!(names, [&TableName::new("we ird", "a\"b.c; --")]);
    let query = Query::Table(names[0].clone());
    let columns: Vec<_> =
        warehouse.columns(&query).await.unwrap().into_iter().map(|column| column.name).collect();
    assert_eq!(columns, ["i\"d", "select", "camelCase"]);
    assert_eq!(rows(&*warehouse, &all(query.clone())).await, [["\"x';\\\"\"", "1", "2"]]);
    // It is spelled so in a file, too.
    let spelled = names[0].to_string().parse().unwrap();
    assert_eq!(query, Query::Table(spelled));
}

#[tokio::test]
async fn the_catalogue_shows_tables_and_views() {
    let Some(server) = Fakesnow::shared() else { return };
    server
        .sql(
            "CATALOGUE",
            &[
                "create table leads (id int)",
                "create view scores as select id from leads",
                "create schema crm",
                "create table crm.accounts (id int)",
            ],
        )
        .await;
    server.sql("CATALOGUE_2", &["create table far (id int)", "insert into far values (7)"]).await;
    let warehouse = Access::at(&server.url(), "CATALOGUE").open();
    let found: Vec<_> =
        warehouse.tables().await.unwrap().iter().map(|table| (table.name.to_string(), table.kind)).collect();
    assert_eq!(
        found,
        [
            ("CRM.ACCOUNTS".to_owned(), TableKind::Table),
            ("PUBLIC.LEADS".to_owned(), TableKind::Table),
            ("PUBLIC.SCORES".to_owned(), TableKind::View),
        ]
    );
    assert_eq!(warehouse.estimate(&table("PUBLIC.LEADS")).await.unwrap(), None);
    // A table of another database.
    let far = Query::Table(TableName::new("CATALOGUE_2.PUBLIC", "FAR"));
    assert_eq!(rows(&*warehouse, &all(far)).await, [["7"]]);
    let mut everywhere = Access::at(&server.url(), "");
    everywhere.settings.remove("database");
    let found = everywhere.open().tables().await.unwrap();
    let far = found.iter().find(|table| table.name.name == "FAR").unwrap();
    assert_eq!(far.name, TableName::new("CATALOGUE_2.PUBLIC", "FAR"));
}

#[tokio::test]
async fn keys_are_checked_on_the_server() {
    let Some(server) = Fakesnow::shared() else { return };
    let warehouse = Access::at(&server.url(), "KEYS").open();
    let query = sql(
        "select column1 as a, column2 as b from values (1, 'a'), (1, 'a'), (1, 'b'), (2, null), (null, 'c'), (null, 'c') -- end",
    );
    let check = async |key: &[&str]| {
        let key: Vec<String> = key.iter().map(|name| (*name).to_owned()).collect();
        warehouse.key_check(&query, &key).await
    };
    assert_eq!(check(&["A"]).await.unwrap(), KeyCheck { rows: 6, nulls: 2, duplicates: 2 });
    assert_eq!(check(&["A", "B"]).await.unwrap(), KeyCheck { rows: 6, nulls: 3, duplicates: 1 });
    assert_eq!(check(&["GONE"]).await.unwrap_err().kind(), ErrorKind::MissingObject);
    let empty = sql("select 1 as a where false");
    assert_eq!(
        warehouse.key_check(&empty, &["A".into()]).await.unwrap(),
        KeyCheck { rows: 0, nulls: 0, duplicates: 0 }
    );
}

#[tokio::test]
async fn what_is_gone_or_wrong_says_so() {
    let Some(server) = Fakesnow::shared() else { return };
    server.sql("GONE", &["create table leads (id int)"]).await;
    let warehouse = Access::at(&server.url(), "GONE").open();
    for gone in ["PUBLIC.GONE", "NOWHERE.LEADS"] {
        let error = warehouse.columns(&table(gone)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingObject);
        let told = format!("There is no table “{gone}” any more, or this role may not see it.");
        assert_eq!(error.message(), told);
        assert!(error.fix().unwrap().contains("GRANT SELECT ON TABLE \"GONE\"."), "{:?}", error.fix());
        let error = warehouse.read(&all(table(gone))).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::MissingObject, "never zero rows");
    }
    let error = warehouse.columns(&sql("select 1 +* 2 as b")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadQuery);
    let error = warehouse.columns(&sql("select * from nowhere")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingObject);
}

#[tokio::test]
async fn the_connection_test_finds_its_way() {
    let Some(server) = Fakesnow::shared() else { return };
    server.sql("CHECKED", &["create table leads as select 1 as id"]).await;
    let (steps, error) = Access::at(&server.url(), "CHECKED").check().await;
    assert_eq!(outcome(&steps), "++++++++", "{error:?}");
    let StepResult::Passed(Some(found)) = &steps[2].result else { panic!("{steps:?}") };
    assert!(found.contains("stays on this computer"), "{found}");
    let StepResult::Passed(Some(found)) = &steps[6].result else { panic!("{steps:?}") };
    assert!(found.starts_with("PUBLIC.LEADS"), "{found}");
    let (steps, error) = Access::at(&server.url(), "NO_TABLES").check().await;
    assert_eq!(outcome(&steps), "+++++-..");
    assert!(
        error.unwrap().fix().unwrap().contains("GRANT SELECT ON FUTURE TABLES IN DATABASE \"NO_TABLES\"")
    );
}

#[tokio::test]
async fn two_reads_at_once_do_not_disturb_each_other() {
    let Some(server) = Fakesnow::shared() else { return };
    let warehouse = Access::at(&server.url(), "TWO").open();
    let one = all(sql("select seq8() as i from table(generator(rowcount => 5000))"));
    let (first, second) = tokio::join!(rows(&*warehouse, &one), rows(&*warehouse, &one));
    assert_eq!((first.len(), second.len()), (5_000, 5_000));
}
