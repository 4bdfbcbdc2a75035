//! Streams, names, keys and the connection test.

use sluice_engine::error::ErrorKind;
use sluice_engine::sync::TableName;
use sluice_engine::warehouse::{After, KeyCheck};

use super::*;

#[tokio::test]
async fn a_large_read_arrives_whole_and_in_batches_either_way() {
    let Some(server) = BigQueryServer::shared() else { return };
    server.dataset("large");
    server.sql("create table large.t as select i, concat('row ', cast(i as string)) as name from unnest(generate_array(1, 25000)) as i");
    for access in [Access::to(server), Access::over_rest(server)] {
        let read = all(table("large.t"));
        let warehouse = access.open();
        let mut rows = warehouse.read(&read).await.unwrap();
        assert_eq!(rows.server_rows(), None);
        let (mut sum, mut largest) = (0, 0);
        while let Some(batch) = rows.next().await.unwrap() {
            largest = largest.max(batch.rows());
            sum += (0..batch.rows()).map(|row| shown(&batch, row, 0).parse::<u64>().unwrap()).sum::<u64>();
        }
        assert_eq!((sum, rows.server_rows()), (25_000 * 25_001 / 2, Some(25_000)));
        assert!(largest <= 2_000, "{largest}");
        assert!(rows.next().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn an_order_the_query_asks_for_is_kept() {
    let Some(server) = BigQueryServer::shared() else { return };
    let query = "select i from unnest(generate_array(1, 20000)) as i\nOrder  By i desc;";
    let read = rows(&*Access::to(server).open(), &all(sql(query))).await;
    let expect: Vec<_> = (1..=20_000).rev().map(|i| vec![i.to_string()]).collect();
    assert_eq!(read, expect);
}

#[tokio::test]
async fn an_empty_result_is_the_server_s_own_zero() {
    let Some(server) = BigQueryServer::shared() else { return };
    let warehouse = Access::to(server).open();
    let (rows, counted) =
        read_all(&*warehouse, &all(sql("select 1 as x from unnest([1]) where false"))).await.unwrap();
    assert_eq!((rows.len(), counted), (0, Some(0)));
}

#[tokio::test]
async fn a_vanished_table_is_an_error_and_never_no_rows() {
    let Some(server) = BigQueryServer::shared() else { return };
    server.dataset("vanished");
    let warehouse = Access::to(server).open();
    for query in [table("vanished.gone"), sql("select * from vanished.gone")] {
        for read in [all(query.clone()), Read { limit: Some(10), ..all(query.clone()) }] {
            let error = warehouse.read(&read).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::MissingObject, "{error:?}");
        }
        assert_eq!(warehouse.columns(&query).await.unwrap_err().kind(), ErrorKind::MissingObject);
        assert_eq!(warehouse.cost(&all(query.clone())).await.unwrap_err().kind(), ErrorKind::MissingObject);
    }
    let error = warehouse.read(&all(table("gone"))).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::BadQuery, "{error:?}");
}

#[tokio::test]
async fn only_one_select_is_let_through() {
    let Some(server) = BigQueryServer::shared() else { return };
    server.dataset("guarded");
    server.sql("create table guarded.victims (id int64)");
    let warehouse = Access::to(server).open();
    for text in [
        "insert into guarded.victims values (1)",
        "select 1 as x; drop table guarded.victims",
        "drop table guarded.victims; select 1 as x order by x",
        "selec 1",
    ] {
        let error = warehouse.read(&all(sql(text))).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::BadQuery, "{text}: {error:?}");
    }
    assert_eq!(rows(&*warehouse, &all(table("guarded.victims"))).await.len(), 0);
}

#[tokio::test]
async fn hostile_names_are_only_names() {
    let Some(server) = BigQueryServer::shared() else { return };
    server.dataset("names");
    server.sql("create table names.victims (id int64)");
    server.sql("create table names.`select` (`order` int64, `group` string)");
    server.sql("insert into names.`select` values (1, 'x')");
    let warehouse = Access::to(server).open();
    let read = Read { columns: vec!["group".into(), "order".into()], ..all(table("names.select")) };
    assert_eq!(rows(&*warehouse, &read).await, [["\"x\"", "1"]]);
    let read = Read { limit: Some(5), ..read };
    assert_eq!(rows(&*warehouse, &read).await, [["\"x\"", "1"]]);
    for name in
        ["victims` where false; drop table names.victims; --", "a\\`b", "x/../victims", "v%69ctims", "?a=b"]
    {
        for limit in [None, Some(1)] {
            let read = Read { limit, ..all(Query::Table(TableName::new("names", name))) };
            let error = warehouse.read(&read).await.err().unwrap();
            // A path with slashes the stand-in takes for another one.
            let kinds = [ErrorKind::MissingObject, ErrorKind::BadQuery, ErrorKind::BadAnswer];
            assert!(kinds.contains(&error.kind()), "{name}: {error:?}");
        }
    }
    assert_eq!(rows(&*warehouse, &all(table("names.victims"))).await.len(), 0);
}

/// Column names BigQuery lets be nearly anything (<https://cloud.google.com/bigquery/docs/schemas#column_names>), and
/// table names that are none: whatever stands in a name, it stays one.
#[tokio::test]
async fn two_hundred_hostile_names_are_only_names() {
    let Some(server) = BigQueryServer::shared() else { return };
    server.dataset("hostile");
    server.sql("create table hostile.victims (id int64)");
    server.sql("insert into hostile.victims values (1)");
    let warehouse = Access::to(server).open();
    let parts = [
        "`",
        "'",
        "\"",
        "\\",
        "\n",
        ";",
        "--",
        "/*",
        "*/",
        "#",
        "${x}",
        "é",
        "🚀",
        " ",
        "drop table hostile.victims",
        ")",
        "@p",
        "\r",
        "\u{7}",
        "select",
    ];
    for first in parts {
        for second in parts.iter().take(10) {
            let name = format!("x{first}{second}");
            let read = Read { columns: vec![name.clone()], ..all(table("hostile.victims")) };
            let error = warehouse.read(&read).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::MissingObject, "{name:?}: {error:?}");
            let renamed = all(Query::Table(TableName::new("hostile", name.clone())));
            let told = warehouse.cost(&renamed).await.unwrap_err();
            assert!(
                matches!(told.kind(), ErrorKind::MissingObject | ErrorKind::BadQuery),
                "{name:?}: {told:?}"
            );
        }
    }
    assert_eq!(rows(&*warehouse, &all(table("hostile.victims"))).await, [["1"]]);
}

#[tokio::test]
async fn rows_beyond_a_cursor_come_in_its_order() {
    let Some(server) = BigQueryServer::shared() else { return };
    server.dataset("cursors");
    server.sql("create table cursors.t (n int64, seen timestamp, price numeric, name string)");
    server.sql("insert into cursors.t select n, timestamp_add(timestamp '2026-01-01', interval n second), numeric '0.5' + n, \
        concat('n', cast(n as string)) from unnest(generate_array(1, 9)) as n union all select null, null, null, null");
    let warehouse = Access::to(server).open();
    for column in ["n", "seen", "price", "name"] {
        let after = |value| Read {
            after: Some(After { column: column.into(), value }),
            columns: vec![column.into()],
            ..all(table("cursors.t"))
        };
        let read = rows(&*warehouse, &after(None)).await;
        assert_eq!(read.len(), 9, "{column}");
        let rest = rows(&*warehouse, &after(Some(read[3][0].clone()))).await;
        assert_eq!(rest, read[4..], "{column}");
    }
}

#[tokio::test]
async fn keys_are_counted_on_the_server() {
    let Some(server) = BigQueryServer::shared() else { return };
    server.dataset("keyed");
    server.sql("create table keyed.t (a int64, b string)");
    server.sql("insert into keyed.t values (1, 'x'), (1, 'x'), (1, 'y'), (null, 'x'), (2, null)");
    let warehouse = Access::to(server).open();
    let query = sql("select * from keyed.t");
    let check = |key: &[&str]| key.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let found = warehouse.key_check(&query, &check(&["a"])).await.unwrap();
    assert_eq!(found, KeyCheck { rows: 5, nulls: 1, duplicates: 2 });
    let found = warehouse.key_check(&query, &check(&["a", "b"])).await.unwrap();
    assert_eq!(found, KeyCheck { rows: 5, nulls: 2, duplicates: 1 });
    let error = warehouse.key_check(&query, &check(&["c"])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingObject);
}

#[tokio::test]
async fn a_view_is_read_and_sampled() {
    let Some(server) = BigQueryServer::shared() else { return };
    server.dataset("viewed");
    server.sql("create table viewed.people as select n as id from unnest(generate_array(1, 1500)) as n");
    server.sql("create view viewed.grown as select id from viewed.people where id > 100");
    let warehouse = Access::to(server).open();
    assert_eq!(rows(&*warehouse, &all(table("viewed.grown"))).await.len(), 1400);
    assert_eq!(rows(&*warehouse, &Read { limit: Some(20), ..all(table("viewed.grown")) }).await.len(), 20);
    assert_eq!(
        rows(
            &*warehouse,
            &all(table("demo.viewed.people".replace("demo.viewed", "\"demo.viewed\"").as_str()))
        )
        .await
        .len(),
        1500
    );
    assert!(warehouse.cost(&all(table("viewed.people"))).await.unwrap().is_some());
}

#[tokio::test]
async fn the_connection_test_passes_step_by_step() {
    let Some(server) = BigQueryServer::shared() else { return };
    server.dataset("tested");
    server.sql("create table tested.people as select 1 as id");
    let (steps, failed) = Access::to(server).check().await;
    assert!(failed.is_none(), "{failed:?}");
    assert_eq!(steps.len(), kind().manifest().steps.len());
    let (steps, failed) = Access::to(server).with("location", "asia-east1").check().await;
    let failed = failed.unwrap();
    assert_eq!(failed.kind(), ErrorKind::BadSettings);
    assert!(failed.hint().contains("EU"), "{}", failed.hint());
    assert_eq!(steps[5].name, "location");
}
