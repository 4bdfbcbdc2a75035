//! A server, or a line to it, from which nothing comes any more, though it stays open.
//!
//! The clock is moved on while a read waits; what asks the server then does so in real time.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sluice_engine::error::ErrorKind;
use sluice_engine::warehouse::Rows;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::*;

const MOMENT: Duration = Duration::from_millis(1);

/// A line to the server that carries so many bytes of its first connection's answers, and then nothing.
struct Line {
    port: u16,
    dead: Arc<Notify>,
    connections: Arc<AtomicUsize>,
}

impl Line {
    /// `all`: connections made later carry nothing at all.
    async fn dead_after(port: u16, bytes: usize, all: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let (dead, connections) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
        let (notify, counted) = (dead.clone(), connections.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
                let bytes = match (first, all) {
                    (true, _) => bytes,
                    (false, true) => 0,
                    (false, false) => usize::MAX,
                };
                let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                let ((from_client, to_client), (from_server, to_server)) =
                    (client.into_split(), server.into_split());
                let dead = if first { notify.clone() } else { Arc::default() };
                tokio::spawn(async move {
                    // Where the client goes, the line ends on both sides.
                    tokio::select! {
                        () = carry(from_client, to_server, usize::MAX, &dead) => {}
                        () = carry(from_server, to_client, bytes, &dead) => {}
                    }
                });
            }
        });
        Self { port: own, dead, connections }
    }

    fn to(&self, access: Access) -> Access {
        access.with("port", &self.port.to_string()).with("tls", "disable")
    }
}

async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut left: usize,
    dead: &Notify,
) {
    let mut buffer = vec![0; 16 * 1024];
    while left > 0 {
        let Ok(count @ 1..) = from.read(&mut buffer).await else { return };
        let count = count.min(left);
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
        left = left.saturating_sub(count);
    }
    dead.notify_one();
    std::future::pending::<()>().await;
}

/// What comes after `minutes` in which nothing came.
async fn after_silence<T>(minutes: u64, waited_for: impl Future<Output = T>) -> T {
    let mut waited_for = pin!(waited_for);
    assert!(timeout(MOMENT, &mut waited_for).await.is_err(), "it does not wait");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(60 * minutes)).await;
    tokio::time::resume();
    waited_for.await
}

/// Takes what has arrived.
async fn drain(rows: &mut Box<dyn Rows>) {
    let mut quiet = 0;
    while quiet < 50 {
        match timeout(MOMENT, rows.next()).await {
            Ok(batch) => assert!(batch.unwrap().is_some(), "it looks complete"),
            Err(_) => quiet += 1,
        }
    }
}

/// How many sessions are at a query with this in it.
async fn running(server: &'static PostgresServer, mark: &str) -> String {
    let running = format!(
        "select count(*) from pg_stat_activity where query like '%{mark}%' and state = 'active' and pid <> pg_backend_pid()"
    );
    tokio::task::spawn_blocking(move || server.sql("postgres", &running)).await.unwrap()
}

async fn until_running(server: &'static PostgresServer, mark: &str, sessions: &str) {
    while running(server, mark).await != sessions {}
}

#[tokio::test]
async fn a_line_that_goes_dead_is_given_up_and_the_server_stops() {
    let Some(server) = PostgresServer::shared() else { return };
    let line = Line::dead_after(server.port, 400_000, false).await;
    let warehouse = line.to(Access::superuser(server, "postgres")).open();
    let endless = sql("select generate_series(1, 1000000000) as i, 'dead line' as mark");
    let mut rows = warehouse.read(&all(endless)).await.unwrap();
    let dead = line.dead.clone();
    while timeout(MOMENT, dead.notified()).await.is_err() {
        drop(timeout(MOMENT, rows.next()).await);
    }
    drain(&mut rows).await;
    until_running(server, "dead line", "1").await;
    let error = after_silence(3, rows.next()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert!(error.message().contains("stopped answering"), "{}", error.message());
    assert_eq!(error.safe(), "Nothing was sent, and nothing counts as removed.");
    assert_eq!(rows.server_rows(), None);
    until_running(server, "dead line", "0").await;
}

#[tokio::test]
async fn a_server_that_can_not_be_reached_any_more_is_given_up() {
    let Some(server) = PostgresServer::shared() else { return };
    let line = Line::dead_after(server.port, 400_000, true).await;
    let warehouse = line.to(Access::superuser(server, "postgres")).open();
    let mut rows = warehouse.read(&all(sql("select generate_series(1, 1000000000) as i"))).await.unwrap();
    while timeout(MOMENT, line.dead.notified()).await.is_err() {
        drop(timeout(MOMENT, rows.next()).await);
    }
    drain(&mut rows).await;
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let error = rows.next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert!(begun.elapsed() < Duration::from_secs(240), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_server_that_works_long_is_waited_for() {
    let Some(server) = PostgresServer::shared() else { return };
    let line = Line::dead_after(server.port, usize::MAX, false).await;
    let warehouse = line.to(Access::superuser(server, "postgres")).open();
    let config = format!(
        "host=127.0.0.1 port={} user=postgres password={} dbname=postgres",
        server.port, server.password
    );
    let (holder, connection) = tokio_postgres::connect(&config, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    holder.batch_execute("begin; select pg_advisory_xact_lock(4711)").await.unwrap();
    let slow = all(sql("select 7 as id, pg_advisory_xact_lock(4711)::text as waits"));
    let mut reading = pin!(async {
        let mut rows = warehouse.read(&slow).await.unwrap();
        (rows.next().await, rows.next().await)
    });
    while running(server, "4711").await != "1" {
        assert!(timeout(MOMENT, &mut reading).await.is_err(), "it does not wait");
    }
    let connections = line.connections.clone();
    let reading = after_silence(3, reading);
    let released = async {
        while connections.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
        // Long enough that what was asked is answered.
        until_running(server, "4711", "1").await;
        holder.batch_execute("commit").await.unwrap();
    };
    let ((first, end), ()) = tokio::join!(reading, released);
    assert_eq!(first.unwrap().unwrap().rows(), 1);
    assert!(end.unwrap().is_none());
}

#[tokio::test]
async fn a_look_that_is_not_answered_ends_and_stops_on_the_server() {
    let Some(server) = PostgresServer::shared() else { return };
    server.sql("postgres", "create table locked_for_long (id int)");
    let config = format!(
        "host=127.0.0.1 port={} user=postgres password={} dbname=postgres",
        server.port, server.password
    );
    let (holder, connection) = tokio_postgres::connect(&config, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    holder.batch_execute("begin; lock table locked_for_long").await.unwrap();
    let warehouse = Access::superuser(server, "postgres").open();
    let query = table("locked_for_long");
    let mut looking = pin!(warehouse.columns(&query));
    let waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%FROM \"locked_for_long\"%' and pid <> pg_backend_pid()";
    let count =
        || async { tokio::task::spawn_blocking(move || server.sql("postgres", waits)).await.unwrap() };
    while count().await != "1" {
        assert!(timeout(MOMENT, &mut looking).await.is_err(), "it does not wait");
    }
    let error = after_silence(2, looking).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(error.safe(), "Nothing was sent, and nothing counts as removed.");
    while count().await != "0" {}
}

/// A key check may take ten minutes, and is given up before where nobody is there any more.
#[tokio::test]
async fn a_key_check_on_a_dead_line_is_given_up() {
    let Some(server) = PostgresServer::shared() else { return };
    server.sql("postgres", "create table checked_for_long as select 1 as id");
    let line = Line::dead_after(server.port, usize::MAX, true).await;
    let warehouse = line.to(Access::superuser(server, "postgres")).open();
    let query = sql("select id, pg_sleep(100) from checked_for_long where 'dead check' <> ''");
    let key = ["id".to_owned()];
    let mut checking = pin!(warehouse.key_check(&query, &key));
    while running(server, "dead check").await != "1" {
        assert!(timeout(MOMENT, &mut checking).await.is_err(), "it does not wait");
    }
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let error = checking.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert!(begun.elapsed() < Duration::from_secs(240), "{:?}", begun.elapsed());
    until_running(server, "dead check", "0").await;
}
