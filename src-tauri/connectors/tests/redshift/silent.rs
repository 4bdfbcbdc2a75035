//! Servers from which nothing comes any more, though the line to them stays open. Time passes as fast as they are waited for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sluice_engine::error::ErrorKind;

use super::scripted::{Client, fetched, reading, row, scripted};
use super::*;

/// A connection that asks what a session does, answered with how many of its queries run; `None` for no answer at all.
async fn asked(mut client: Client, running: Option<&str>) {
    let Some(running) = running else { return std::future::pending().await };
    client.welcome().await;
    while let Some((tag, _)) = client.message().await {
        if tag == b'Q' {
            row(&mut client, running).await;
            client.send(b'C', &[b"SELECT\0"]).await;
            client.ready().await;
        }
    }
}

/// A server whose first connection sends `rows` rows and then nothing, though it is open. The others are answered with
/// how many queries run. Cancellations are heard.
async fn silent(
    rows: usize,
    running: Option<&'static str>,
) -> (Access, tokio::sync::mpsc::UnboundedReceiver<()>) {
    let (heard, told) = tokio::sync::mpsc::unbounded_channel();
    let first = Arc::new(AtomicBool::new(true));
    let access = scripted(move |client: Client, startup: Vec<u8>| {
        let (heard, first) = (heard.clone(), first.clone());
        async move {
            if startup.starts_with(&80_877_102_u32.to_be_bytes()) {
                heard.send(()).ok();
            } else if first.swap(false, Ordering::SeqCst) {
                reading(client, async |mut client: Client, _| {
                    for id in 0..rows {
                        row(&mut client, &id.to_string()).await;
                    }
                    std::future::pending::<()>().await;
                    client
                })
                .await;
            } else {
                asked(client, running).await;
            }
        }
    })
    .await;
    (access, told)
}

/// Whether nothing answers at all, or a server that does not work on the result: before the first row it may only be that
/// it does not tell, and after it the result is there.
#[tokio::test]
async fn a_line_that_goes_dead_is_given_up_and_the_server_told_to_stop() {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    for (rows, running, least, most) in
        [(0, None, 1, 4), (5, None, 1, 4), (5, Some("0"), 5, 8), (0, Some("0"), 60, 64)]
    {
        let (access, mut told) = silent(rows, running).await;
        let mut read = access.open().read(&all(sql("select id from t"))).await.unwrap();
        tokio::time::pause();
        let begun = tokio::time::Instant::now();
        let error = read.next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreachable);
        assert!(error.message().contains("stopped answering"), "{}", error.message());
        assert_eq!(error.safe(), "Nothing was sent, and nothing counts as removed.");
        let took = begun.elapsed();
        assert!(took > minutes(least) && took < minutes(most), "{rows} rows, {running:?}: {took:?}");
        assert_eq!(read.server_rows(), None);
        told.recv().await.unwrap();
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_server_that_works_long_is_waited_for() {
    let first = Arc::new(AtomicBool::new(true));
    let access = scripted(move |client: Client, _| {
        let first = first.clone();
        async move {
            if !first.swap(false, Ordering::SeqCst) {
                return asked(client, Some("1")).await;
            }
            reading(client, async |mut client: Client, _| {
                tokio::time::sleep(Duration::from_secs(3 * 3_600)).await;
                row(&mut client, "7").await;
                fetched(&mut client, 1).await;
                fetched(&mut client, 0).await;
                client.ready().await;
                client
            })
            .await;
        }
    })
    .await;
    let mut rows = access.open().read(&all(sql("select id from t"))).await.unwrap();
    tokio::time::pause();
    assert_eq!(rows.next().await.unwrap().unwrap().rows(), 1);
    assert!(rows.next().await.unwrap().is_none());
    assert_eq!(rows.server_rows(), Some(1));
}

#[tokio::test]
async fn a_look_that_is_not_answered_ends_and_is_stopped_on_the_server() {
    let (heard, mut told) = tokio::sync::mpsc::unbounded_channel();
    let access = scripted(move |mut client: Client, startup: Vec<u8>| {
        let heard = heard.clone();
        async move {
            if startup.starts_with(&80_877_102_u32.to_be_bytes()) {
                heard.send(()).ok();
                return;
            }
            client.welcome().await;
            client.message().await;
            client.send(b'C', &[b"SET\0"]).await;
            client.ready().await;
            std::future::pending::<()>().await;
        }
    })
    .await;
    tokio::time::pause();
    let error = access.open().tables().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(error.safe(), "Nothing was sent, and nothing counts as removed.");
    told.recv().await.unwrap();
}
