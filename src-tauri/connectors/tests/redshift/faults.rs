//! What can go wrong, each with its kind, words and fix.

use sluice_engine::check::StepResult;
use sluice_engine::error::ErrorKind;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

fn outcome(steps: &[Step]) -> String {
    let mark = |step: &Step| match step.result {
        StepResult::Passed(_) => '+',
        StepResult::Noted(..) => '!',
        StepResult::Failed(_) => '-',
        StepResult::NotReached => '.',
    };
    steps.iter().map(mark).collect()
}

/// Nothing reads again by itself, so nothing says so, nor that something is sent when the warehouse is back.
fn promises_nothing(error: &Error) {
    let told = format!("{} {}", error.safe(), error.hint());
    assert!(
        !told.contains("tried again") && !told.contains("sent when") && !told.contains("sent again"),
        "{told}"
    );
}

async fn fails(access: &Access, expect: &str) -> Error {
    let (steps, error) = access.check().await;
    assert_eq!(outcome(&steps), expect, "{steps:?}");
    let error = error.unwrap();
    promises_nothing(&error);
    // The test and a run say the same.
    assert_eq!(access.open().tables().await.err().map(|error| error.kind()), Some(error.kind()));
    error
}

#[tokio::test]
async fn a_wrong_host() {
    let Some(server) = RedshiftServer::shared() else { return };
    let error =
        fails(&Access::superuser(server, "postgres").with("host", "no-such-host.invalid"), "-......").await;
    assert_eq!(error.kind(), ErrorKind::HostNotFound);
    assert!(error.message().contains("no-such-host.invalid"));
}

#[tokio::test]
async fn an_address_where_the_host_belongs() {
    let Some(server) = RedshiftServer::shared() else { return };
    let access = Access::superuser(server, "postgres");
    for host in
        ["shop.example.com:5439/dev", "postgres://ana:hunter2@shop.example.com", "shop.example.com/dev"]
    {
        let error = access.clone().with("host", host).try_open().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::BadSettings, "{host}");
        // Of an address with a password in it nobody says more than that.
        let says_where = error.hint().contains("port and database in their own fields");
        assert!(says_where || host.contains("hunter2"), "{}", error.hint());
        assert!(!format!("{error:?} {}", error.hint()).contains("hunter2"));
    }
    for host in ["::1", " 127.0.0.1 "] {
        assert!(access.clone().with("host", host).try_open().is_ok(), "{host}");
    }
}

#[tokio::test]
async fn a_wrong_port() {
    let Some(server) = RedshiftServer::shared() else { return };
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error =
        fails(&Access::superuser(server, "postgres").with("port", &free.to_string()), "+-.....").await;
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert!(error.message().contains(&free.to_string()));
}

#[tokio::test]
async fn a_server_that_is_not_redshift() {
    let Some(server) = RedshiftServer::shared() else { return };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 8];
            stream.read_exact(&mut asked).await.unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        }
    });
    let access = Access::superuser(server, "postgres").with("port", &port);
    let error = fails(&access, "+++-...").await;
    assert_eq!(error.kind(), ErrorKind::BadAnswer);
    assert!(error.message().ends_with("is not Amazon Redshift."), "{}", error.message());
    let error = fails(&access.with("tls", "require"), "++-....").await;
    assert_eq!(error.kind(), ErrorKind::BadAnswer);
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_nowhere_shown() {
    let Some(server) = RedshiftServer::shared() else { return };
    let mut access = Access::superuser(server, "postgres");
    access.password = "hunter2-wrong".into();
    let error = fails(&access, "+++-...").await;
    assert_eq!(error.kind(), ErrorKind::SignInFailed);
    assert!(!format!("{error:?}").contains("hunter2"));
    let error = fails(&Access::superuser(server, "postgres").with("user", "nobody"), "+++-...").await;
    assert_eq!(error.kind(), ErrorKind::SignInFailed);
}

#[tokio::test]
async fn a_wrong_database() {
    let Some(server) = RedshiftServer::shared() else { return };
    let error = fails(&Access::superuser(server, "no such shop"), "+++-...").await;
    assert_eq!(error.kind(), ErrorKind::MissingObject);
    assert!(error.message().contains("no such shop"));
}

/// Encrypted, the stand-in's server is reached without the filter in between: a sign-in can be seen, and no more.
#[tokio::test]
async fn the_certificate_is_checked() {
    let Some(server) = RedshiftServer::shared() else { return };
    let behind = &server.postgres;
    let access = Access::superuser(server, "postgres").with("port", &behind.port.to_string());
    let checked = |host: &str, ca: &Path| {
        let access = access.clone().with("tls", "verify-full").with("host", host);
        access.with("ca_file", ca.to_str().unwrap())
    };
    let (steps, error) = checked("localhost", &behind.ca_file).check().await;
    assert_eq!(outcome(&steps), "+++-...", "{steps:?}");
    let error = error.unwrap();
    assert_eq!(error.kind(), ErrorKind::BadSettings);
    assert!(error.message().contains("is a PostgreSQL server"), "{}", error.message());
    let error = fails(&checked("127.0.0.1", &behind.ca_file), "++-....").await;
    assert_eq!(error.kind(), ErrorKind::TlsFailed);
    assert!(error.message().contains("not made out to “127.0.0.1”"), "{}", error.message());
    let error = fails(&checked("localhost", &behind.other_ca_file), "++-....").await;
    assert_eq!(error.kind(), ErrorKind::TlsFailed);
    // Unless something else is chosen the server is checked, by this computer's own list, which does not have the test's.
    let mut own = access.clone().with("host", "localhost");
    own.settings.remove("tls");
    let error = fails(&own, "++-....").await;
    assert_eq!(error.kind(), ErrorKind::TlsFailed);
    assert!(error.hint().contains("amazon-trust-ca-bundle.crt"), "{}", error.hint());
    let gone = checked("localhost", Path::new("/no/such/ca.pem")).try_open().err().unwrap();
    assert_eq!(gone.kind(), ErrorKind::BadSettings);
    // One that has none says so.
    let error = fails(&Access::superuser(server, "postgres").with("tls", "require"), "++-....").await;
    assert_eq!(error.kind(), ErrorKind::TlsFailed);
}

#[tokio::test]
async fn without_encryption_there_is_no_warning_where_nobody_is_in_between() {
    let Some(server) = RedshiftServer::shared() else { return };
    for host in ["127.0.0.1", "localhost"] {
        let access = Access::superuser(server, "postgres").with("tls", "disable").with("host", host);
        let (steps, _) = access.check().await;
        let StepResult::Passed(Some(found)) = &steps[2].result else { panic!("{steps:?}") };
        assert!(found.contains("stays on this computer"), "{found}");
    }
}

#[tokio::test]
async fn what_is_gone_or_not_granted() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create database grants; create role clerk login password 'clerk-pass'");
    server.sql(
        "grants",
        "create schema shop; create table shop.leads (id int); create table shop.locked (id int); \
        grant usage on schema shop to clerk",
    );
    let mut access = Access::superuser(server, "grants").with("user", "clerk");
    access.password = "clerk-pass".to_owned();
    let nothing = access.check().await;
    assert_eq!(outcome(&nothing.0), "++++-..");
    assert_eq!(nothing.1.unwrap().kind(), ErrorKind::NotAllowed);
    server.sql("grants", "grant select on shop.leads to clerk");
    let warehouse = access.open();
    let error = warehouse.columns(&table("shop.locked")).await;
    // Columns may be known without a right to the rows; reading them is refused.
    let error = match error {
        Err(error) => error,
        Ok(_) => match warehouse.read(&all(table("shop.locked"))).await {
            Err(error) => error,
            Ok(mut rows) => rows.next().await.unwrap_err(),
        },
    };
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    let fix = error.fix().unwrap().to_owned();
    server.sql("grants", &fix);
    assert!(rows(&*warehouse, &all(table("shop.locked"))).await.is_empty(), "the fix helps");
    for gone in ["shop.gone", "gone.leads"] {
        let error = warehouse.columns(&table(gone)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingObject);
        let told = format!("There is no table “{gone}” any more, or this login may not see it.");
        assert_eq!(error.message(), told);
    }
    let column = Read { columns: vec!["gone".into()], ..all(table("shop.leads")) };
    let error = warehouse.read(&column).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::MissingObject);
    assert!(error.message().contains("“gone”"));
    let error = warehouse.columns(&sql("select gone from shop.leads")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingObject);
}

#[tokio::test]
async fn bad_sql_says_what_and_where() {
    let Some(server) = RedshiftServer::shared() else { return };
    let warehouse = Access::superuser(server, "postgres").open();
    let error = warehouse.columns(&sql("select 'é' as a,\n  1 +* 2 as b")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadQuery);
    assert!(error.message().ends_with("(line 2, column 5)."), "{}", error.message());
    let error = warehouse.columns(&sql("select 1 as a, 2 as a")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadQuery);
    assert!(error.message().contains("called “a”"));
    // An error on the way through the rows; its words would hold the value.
    server.sql("postgres", "create table words as select 'secret'::text as w");
    let mut rows = warehouse.read(&all(sql("select w::int as a from words"))).await.unwrap();
    let error = rows.next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ValueInQuery);
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}

#[tokio::test]
async fn a_cut_connection_is_no_end() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create database cut");
    server.sql("cut", "create view endless as select generate_series(1, 1000000000) as i");
    let warehouse = Access::superuser(server, "cut").open();
    let mut rows = warehouse.read(&all(table("endless"))).await.unwrap();
    assert!(rows.next().await.unwrap().is_some());
    server.sql("postgres", "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'cut'");
    let error = loop {
        match rows.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("a cut read looks complete"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error.kind(), ErrorKind::ServerFailed | ErrorKind::Unreachable), "{error:?}");
    promises_nothing(&error);
    assert_eq!(rows.server_rows(), None);
}

#[tokio::test]
async fn a_login_that_could_write_is_told_and_the_script_makes_one_that_can_not() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create database shop");
    server.sql(
        "shop",
        "create table leads (id int); insert into leads values (1); create schema spectrum; \
        create materialized view \"Daily\" as select 1 as one; \
        insert into svv_external_tables values ('shop', 'spectrum', 'events', 'TABLE'); \
        insert into svv_redshift_tables values ('sales', 'public', 'orders', 'TABLE'), ('sales', 'public', 'refunds', 'TABLE')",
    );
    let (steps, _) = Access::superuser(server, "shop").check().await;
    assert_eq!(outcome(&steps), "+++++!+");
    let StepResult::Noted(note, Some(script)) = &steps[5].result else { panic!("{steps:?}") };
    assert!(note.contains("could also write"), "{note}");
    // What PostgreSQL has not: a data share.
    let shared = "GRANT USAGE ON DATABASE \"sales\" TO sluice_reader;\n";
    assert_eq!(script.matches(shared).count(), 1, "{script}");
    let of_spectrum: Vec<_> = script.lines().filter(|line| line.contains("spectrum")).collect();
    assert_eq!(of_spectrum, ["GRANT USAGE ON SCHEMA \"spectrum\" TO sluice_reader;"]);
    assert!(script.contains("GRANT SELECT ON \"public\".\"Daily\" TO sluice_reader;"), "{script}");
    server.sql("shop", &script.replace("choose a long password", "reader-pass").replace(shared, ""));
    let mut reader = Access::superuser(server, "shop").with("user", "sluice_reader");
    reader.password = "reader-pass".to_owned();
    let (steps, error) = reader.check().await;
    assert_eq!(outcome(&steps), "+++++++", "{error:?}");
}

#[tokio::test]
async fn what_an_own_select_may_not_read_is_asked_for_by_name() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create database own_select; create role analyst login password 'analyst-pass'");
    server.sql(
        "own_select",
        "create schema shop; create table shop.leads as select 1 as id; create table shop.\"Or.ders\" as select 1 as id; \
        create table plain as select 1 as id",
    );
    let mut access = Access::superuser(server, "own_select").with("user", "analyst");
    access.password = "analyst-pass".to_owned();
    let nothing = access.check().await.1.unwrap();
    assert!(nothing.fix().unwrap().contains("YOUR_SCHEMA") && nothing.hint().contains("YOUR_SCHEMA"));
    let query = sql("with recent as (select id from Shop.Leads) select r.id from recent r \
        join shop.\"Or.ders\" o on o.id = r.id where r.id in (select extract(year from now()) - extract(year from now()) + id from plain)");
    let warehouse = access.open();
    let error = match warehouse.read(&all(query.clone())).await {
        Err(error) => error,
        Ok(mut rows) => rows.next().await.unwrap_err(),
    };
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    let fix = error.fix().unwrap().to_owned();
    for line in [
        "GRANT USAGE ON SCHEMA \"shop\" TO \"analyst\";",
        "GRANT SELECT ON \"shop\".\"leads\" TO \"analyst\";",
        "GRANT SELECT ON \"shop\".\"Or.ders\" TO \"analyst\";",
        "GRANT SELECT ON \"plain\" TO \"analyst\";",
    ] {
        assert!(fix.lines().any(|one| one == line), "{line} in {fix}");
    }
    assert!(!fix.contains("recent") && !fix.contains("YOUR_SCHEMA") && !fix.contains("analytics"), "{fix}");
    server.sql("own_select", &fix);
    assert_eq!(rows(&*warehouse, &all(query)).await, [["1"]], "the fix helps");
}
