//! The contract, a function for each of its lines.

use sluice_engine::error::{Error, ErrorKind};
use sluice_engine::sync::Query;
use sluice_engine::value::Cell;
use sluice_engine::warehouse::{After, KeyCheck, Read, Warehouse};

use super::names;
use super::stage::{Endless, Stage, rows};

/// One row that every warehouse can have, and the JSON each of its values has from any of them.
pub(crate) const ROW: [(&str, &str); 12] = [
    ("id", "42"),
    ("big", r#""9007199254740993""#),
    ("price", "19.9"),
    ("exact", r#""1234567890123456.78""#),
    ("score", "0.1"),
    ("active", "true"),
    ("day", r#""2026-11-22""#),
    ("at", r#""2026-11-22T08:30:00.120""#),
    ("seen", r#""2026-11-22T06:30:00Z""#),
    ("note", r#""Zoë \"said\" 🚀\n{\\}""#),
    ("nothing", "∅"),
    ("props", r#"{"a":[1,null],"b":{"c":"é"}}"#),
];

/// Every line of the contract as a test of the stage.
macro_rules! contract {
    ($stage:ty) => {
        $crate::contract::contract!($stage: catalogue, same_bytes, nulls, million, dropped, stopped, cut, empty, vanished, forbidden,
            parts, beyond, keys, only_selects, hostile_names);
    };
    ($stage:ty: $($line:ident),*) => { $(
        #[tokio::test]
        async fn $line() {
            let Some(stage) = <$stage as $crate::stage::Stage>::set(stringify!($line)).await else { return };
            $crate::contract::$line(&stage).await;
        }
    )* };
}
pub(crate) use contract;

pub(crate) async fn catalogue(stage: &impl Stage) {
    stage.sql(&stage.many_rows("Leads", 3)).await;
    let view = format!("create view {} as select * from {}", stage.place("open leads"), stage.place("Leads"));
    stage.sql(&[view]).await;
    let tables = stage.open().tables().await.unwrap();
    let of_place = tables.iter().filter(|table| table.name.schema == stage.schema());
    let names: Vec<_> = of_place.map(|table| table.name.name.as_str()).collect();
    assert_eq!(names, ["Leads", "open leads"]);
}

pub(crate) async fn same_bytes(stage: &impl Stage) {
    stage.sql(&stage.one_row("one")).await;
    let warehouse = stage.open();
    let columns = warehouse.columns(&stage.query("one")).await.unwrap();
    let names: Vec<_> = columns.iter().map(|column| column.name.to_lowercase()).collect();
    assert_eq!(names, ROW.map(|(name, _)| name));
    let expected = ROW.map(|(_, json)| json);
    assert_eq!(rows(&*warehouse, &Read::all(stage.query("one"))).await, [expected]);
    let select = Query::Sql(format!("select * from {} -- all of it\n;", stage.place("one")));
    assert_eq!(rows(&*warehouse, &Read::all(select)).await, [expected]);
}

/// A value of any type can be missing.
pub(crate) async fn nulls(stage: &impl Stage) {
    stage.sql(&stage.one_row("some")).await;
    let only_id = format!("insert into {} ({}) values (43)", stage.place("some"), stage.quoted("id"));
    stage.sql(&[only_id]).await;
    let mut all = rows(&*stage.open(), &Read::all(stage.query("some"))).await;
    all.sort();
    let mut expected = vec!["∅"; ROW.len()];
    expected[0] = "43";
    assert_eq!(all, [ROW.map(|(_, json)| json).to_vec(), expected]);
}

pub(crate) async fn million(stage: &impl Stage) {
    stage.sql(&stage.many_rows("million", 1_000_000)).await;
    let mut rows = stage.open().read(&Read::all(stage.query("million"))).await.unwrap();
    let (mut count, mut sum, mut largest) = (0, 0, 0);
    while let Some(batch) = rows.next().await.unwrap() {
        largest = largest.max(batch.rows());
        count += batch.rows() as u64;
        for row in 0..batch.rows() {
            let Cell::Json(id) = batch.cell(row, 0) else { panic!("row {row} has no id") };
            sum += std::str::from_utf8(id).unwrap().parse::<u64>().unwrap();
        }
    }
    assert_eq!((count, sum), (1_000_000, 1_000_000 * 1_000_001 / 2));
    assert_eq!(rows.server_rows(), Some(count));
    assert!(largest <= 2_000, "{largest} rows in a batch");
    assert!(rows.next().await.unwrap().is_none(), "after the end is the end");
}

/// A read nobody waits for any longer leaves the warehouse free for the next one.
pub(crate) async fn dropped(stage: &impl Stage) {
    stage.sql(&stage.many_rows("long", 100_000)).await;
    let warehouse = stage.open();
    for _ in 0..20 {
        let mut rows = warehouse.read(&Read::all(stage.query("long"))).await.unwrap();
        assert!(rows.next().await.unwrap().is_some());
    }
    let read = Read { limit: Some(1), ..Read::all(stage.query("long")) };
    assert_eq!(rows(&*warehouse, &read).await.len(), 1);
}

/// The server is told to stop what nobody waits for any longer, although the thread of the read, and its runtime,
/// end with it; and a program that ends can wait until that is said.
pub(crate) async fn stopped(stage: &impl Stage) {
    let Endless { warehouse, query, working } = stage.endless().await;
    let (give_up, nobody_waits) = tokio::sync::oneshot::channel::<()>();
    let reading = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let read = Read::all(query);
        runtime.block_on(async {
            tokio::select! {
                error = error_of(&*warehouse, &read) => panic!("it ended: {error:?}"),
                _ = nobody_waits => {}
            }
        });
    });
    while working().is_empty() {
        assert!(!reading.is_finished(), "it was to go on");
        tokio::task::yield_now().await;
    }
    give_up.send(()).unwrap();
    tokio::task::spawn_blocking(move || reading.join().unwrap()).await.unwrap();
    sluice_connectors::goodbye::said().await;
    let stops = async {
        while !working().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    // A server may take a moment to do what it was told.
    let stopped = tokio::time::timeout(std::time::Duration::from_secs(20), stops).await;
    assert!(stopped.is_ok(), "the server goes on with {}", working());
}

pub(crate) async fn cut(stage: &impl Stage) {
    stage.sql(&stage.many_rows("cut", 200_000)).await;
    let warehouse = stage.open_with(stage.settings_cut_after(400_000));
    let error = error_of(&*warehouse, &Read::all(stage.query("cut"))).await;
    assert!(
        matches!(error.kind(), ErrorKind::Unreachable | ErrorKind::ServerFailed | ErrorKind::TimedOut),
        "{error:?}"
    );
}

/// The error a read ends with, in whichever call it comes.
async fn error_of(warehouse: &dyn Warehouse, read: &Read) -> Error {
    let mut rows = match warehouse.read(read).await {
        Ok(rows) => rows,
        Err(error) => return error,
    };
    loop {
        match rows.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it looks complete, with {:?} rows", rows.server_rows()),
            Err(error) => {
                assert_eq!(rows.server_rows(), None);
                return error;
            }
        }
    }
}

pub(crate) async fn empty(stage: &impl Stage) {
    stage.sql(&stage.many_rows("empty", 0)).await;
    let read = Read::all(stage.query("empty"));
    // `rows` asserts that the server itself said so.
    assert!(rows(&*stage.open(), &read).await.is_empty());
    assert_eq!(stage.open().columns(&read.query).await.unwrap().len(), 2);
}

/// Never as if every row had been deleted.
pub(crate) async fn vanished(stage: &impl Stage) {
    stage.sql(&stage.many_rows("here", 10)).await;
    let warehouse = stage.open();
    let read = Read::all(stage.query("here"));
    assert_eq!(rows(&*warehouse, &read).await.len(), 10);
    stage.sql(&[format!("drop table {}", stage.place("here"))]).await;
    let select = Read::all(Query::Sql(format!("select * from {}", stage.place("here"))));
    for read in [read, select] {
        let error = error_of(&*warehouse, &read).await;
        assert_eq!(error.kind(), ErrorKind::MissingObject, "{error:?}");
        assert_eq!(warehouse.columns(&read.query).await.unwrap_err().kind(), ErrorKind::MissingObject);
    }
    let column = Read { columns: vec!["gone".into()], ..Read::all(stage.query("other")) };
    stage.sql(&stage.many_rows("other", 1)).await;
    assert_eq!(error_of(&*warehouse, &column).await.kind(), ErrorKind::MissingObject);
}

pub(crate) async fn forbidden(stage: &impl Stage) {
    let (warehouse, query) = stage.forbidden().await;
    let error = error_of(&*warehouse, &Read::all(query)).await;
    // Some servers do not tell whether something they do not show is there.
    assert!(matches!(error.kind(), ErrorKind::NotAllowed | ErrorKind::MissingObject), "{error:?}");
    assert!(error.fix().is_some(), "there is something to hand to an administrator: {error:?}");
}

/// Chosen columns, in the order asked for, and so many rows at most.
pub(crate) async fn parts(stage: &impl Stage) {
    stage.sql(&stage.many_rows("parts", 5)).await;
    let warehouse = stage.open();
    let names = warehouse.columns(&stage.query("parts")).await.unwrap();
    let columns = vec![names[1].name.clone(), names[0].name.clone()];
    let read = Read { columns, limit: Some(2), ..Read::all(stage.query("parts")) };
    let found = rows(&*warehouse, &read).await;
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|row| row[0] == format!("\"row {}\"", row[1])), "{found:?}");
}

pub(crate) async fn beyond(stage: &impl Stage) {
    stage.sql(&stage.many_rows("beyond", 30)).await;
    let warehouse = stage.open();
    let names = warehouse.columns(&stage.query("beyond")).await.unwrap();
    let (id, name) = (names[0].name.clone(), names[1].name.clone());
    let ids = async |column: &str, value: Option<&str>| {
        let after = After { column: column.to_owned(), value: value.map(str::to_owned) };
        let read = Read { columns: vec![id.clone()], after: Some(after), ..Read::all(stage.query("beyond")) };
        let found = rows(&*warehouse, &read).await;
        found.into_iter().map(|mut row| row.remove(0)).collect::<Vec<_>>()
    };
    assert_eq!(ids(&id, Some("27")).await, ["28", "29", "30"]);
    assert_eq!(ids(&name, Some("\"row 6\"")).await, ["7", "8", "9"]);
    let all: Vec<_> = (1..=30).map(|id: u32| id.to_string()).collect();
    assert_eq!(ids(&id, None).await, all);
}

pub(crate) async fn keys(stage: &impl Stage) {
    stage.sql(&stage.many_rows("keys", 4)).await;
    let id = stage.open().columns(&stage.query("keys")).await.unwrap()[0].name.clone();
    let (id_quoted, keys) = (stage.quoted(&id), stage.place("keys"));
    let again = format!(
        "select {id_quoted} from {keys} union all select {id_quoted} from {keys} where {id_quoted} < 3 union all select null"
    );
    let check = async |query: Query| stage.open().key_check(&query, std::slice::from_ref(&id)).await.unwrap();
    assert_eq!(check(stage.query("keys")).await, KeyCheck { rows: 4, nulls: 0, duplicates: 0 });
    assert_eq!(check(Query::Sql(again)).await, KeyCheck { rows: 7, nulls: 1, duplicates: 2 });
}

/// What is more than one SELECT is not run, should it ever come this far.
pub(crate) async fn only_selects(stage: &impl Stage) {
    stage.sql(&stage.many_rows("kept", 2)).await;
    let kept = stage.place("kept");
    let warehouse = stage.open();
    for text in [
        format!("delete from {kept} where 1 = 1"),
        format!("select 1 as a; drop table {kept}"),
        format!("select 1 as a) as q; drop table {kept}; --"),
    ] {
        let error = error_of(&*warehouse, &Read::all(Query::Sql(text.clone()))).await;
        assert_eq!(error.kind(), ErrorKind::BadQuery, "{text}: {error:?}");
    }
    assert_eq!(rows(&*warehouse, &Read::all(stage.query("kept"))).await.len(), 2);
}

/// Columns of every hostile name there is, read back under it.
pub(crate) async fn hostile_names(stage: &impl Stage) {
    let names: Vec<_> = names::hostile().into_iter().filter(|name| stage.takes(name)).collect();
    assert!(names.len() >= 200, "{} names", names.len());
    for (table, names) in names.chunks(50).enumerate() {
        let table = format!("hostile {table}");
        let columns = names.iter().enumerate();
        let columns: Vec<_> =
            columns.map(|(index, name)| format!("{index} as {}", stage.quoted(name))).collect();
        stage.sql(&[format!("create table {} as select {}", stage.place(&table), columns.join(", "))]).await;
        let warehouse = stage.open();
        let found = warehouse.columns(&stage.query(&table)).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|column| column.name).collect();
        assert_eq!(found, *names);
        let backwards: Vec<String> = names.iter().rev().cloned().collect();
        let read = Read { columns: backwards, ..Read::all(stage.query(&table)) };
        let values: Vec<_> = (0..names.len()).rev().map(|index| index.to_string()).collect();
        assert_eq!(rows(&*warehouse, &read).await, [values]);
        warehouse.key_check(&stage.query(&table), &names[..3]).await.unwrap();
    }
}
