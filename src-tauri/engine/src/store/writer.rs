//! The one thread that writes. Jobs that wait are committed together.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::owner::Claim;
use crate::error::{Error, ErrorKind, Result};

/// Jobs committed together at most.
const GROUP: usize = 128;
/// How long jobs nobody waits for wait for others to be committed with.
const PATIENCE: Duration = Duration::from_millis(1);
/// The write-ahead log is written back when it has grown to this many bytes.
const CHECKPOINT_BYTES: u64 = 16 << 20;

type Reply = Box<dyn FnOnce(Result<()>) + Send>;
/// Does the work, or hears why it can not be done; answers with how it went and whom to tell once it is on disk.
type Work = Box<dyn FnOnce(Result<&Connection>) -> (Result<()>, Reply) + Send>;

/// What is to be written.
struct Job {
    work: Work,
    haste: Haste,
}

/// Whether somebody waits for a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Haste {
    /// Somebody does.
    Now,
    /// Nobody does for now: flushing the disk once for many is worth more.
    Soon,
}

/// A handle to the writing thread.
pub(super) struct Writer {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// The answer to a write, there once it is on disk.
pub struct Written<T>(oneshot::Receiver<Result<T>>);

impl<T> Written<T> {
    /// Blocks until it is on disk. On an async thread that stands still everything else there.
    pub fn wait(self) -> Result<T>
    where
        T: Send,
    {
        let receive = || self.0.blocking_recv().unwrap_or_else(|_| Err(stopped()));
        if tokio::runtime::Handle::try_current().is_err() {
            return receive();
        }
        // tokio forbids blocking where it runs tasks; the writer needs none of them to get on.
        std::thread::scope(|scope| scope.spawn(receive).join().unwrap_or_else(|_| Err(stopped())))
    }

    /// Waits until it is on disk.
    pub async fn done(self) -> Result<T> {
        self.0.await.unwrap_or_else(|_| Err(stopped()))
    }
}

impl Writer {
    /// Starts the thread on its own connection. With a `claim` it writes only while that holds.
    pub(super) fn start(
        connection: Connection,
        wal: std::path::PathBuf,
        claim: Option<Claim>,
    ) -> Result<Self> {
        let (jobs, queue) = sync_channel::<Job>(GROUP * 2);
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || write_until_closed(connection, &queue, &wal, claim.as_ref()))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Queues a job. It runs inside a transaction of its own or shared with others; its error undoes only
    /// itself.
    pub(super) fn submit<T, F>(&self, haste: Haste, job: F) -> Written<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let result = connection.and_then(|connection| in_savepoint(connection, job));
            let went = result.as_ref().map(|_| ()).map_err(Clone::clone);
            let tell = move |committed: Result<()>| {
                // Nobody listening any more is no error: the write is done either way.
                drop(reply.send(committed.and(result)));
            };
            (went, Box::new(tell))
        });
        if let Some(jobs) = &self.jobs {
            // A closed queue drops the job, and with it the reply: the caller gets `stopped`.
            drop(jobs.send(Job { work, haste }));
        }
        Written(answer)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn stopped() -> Error {
    Error::new(ErrorKind::Storage, "Sluice's database is no longer being written.")
}

fn in_savepoint<T>(connection: &Connection, job: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    connection.prepare_cached("savepoint job")?.execute([])?;
    // A mistake of ours in one job is that job's error: the thread goes on, and nothing of the job is kept.
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(connection)))
        .unwrap_or_else(|_| Err(Error::new(ErrorKind::Bug, "A write ended unexpectedly.")));
    let ended = if result.is_ok() {
        connection.prepare_cached("release job").and_then(|mut release| release.execute([])).map(drop)
    } else {
        connection.execute_batch("rollback to job; release job")
    };
    // The job's own error says more than that of its end.
    result.and_then(|value| Ok(ended.map(|()| value)?))
}

fn write_until_closed(mut connection: Connection, queue: &Receiver<Job>, wal: &Path, claim: Option<&Claim>) {
    while let Ok(first) = queue.recv() {
        let mut replies = Vec::new();
        let committed = write_group(&mut connection, queue, first, claim, &mut replies);
        for reply in replies {
            reply(committed.clone());
        }
        checkpoint_when_large(&connection, wal);
    }
}

/// One transaction: `first`, and what else waits.
fn write_group(
    connection: &mut Connection,
    queue: &Receiver<Job>,
    first: Job,
    claim: Option<&Claim>,
    replies: &mut Vec<Reply>,
) -> Result<()> {
    let begun =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Error::from).and_then(
            |transaction| claim.map_or(Ok(()), |claim| claim.check(&transaction)).map(|()| transaction),
        );
    let transaction = match begun {
        Ok(transaction) => transaction,
        Err(error) => {
            replies.push((first.work)(Err(error.clone())).1);
            return Err(error);
        }
    };
    let (mut next, mut patience) = (Some(first), PATIENCE);
    while let Some(Job { work, haste }) = next {
        let (went, reply) = work(Ok(&transaction));
        replies.push(reply);
        if transaction.is_autocommit() {
            // A full disk ends the whole transaction (sqlite.org/lang_transaction.html, 3): what is
            // written after that would stand alone.
            return went.and(Err(Error::new(ErrorKind::Storage, "A group of writes was undone.")));
        }
        if haste == Haste::Now {
            patience = Duration::ZERO;
        }
        next = if replies.len() < GROUP { queue.recv_timeout(patience).ok() } else { None };
    }
    Ok(transaction.commit()?)
}

fn checkpoint_when_large(connection: &Connection, wal: &Path) {
    if std::fs::metadata(wal).is_ok_and(|file| file.len() > CHECKPOINT_BYTES) {
        // A reader in the way only delays it to the next time.
        drop(connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())));
    }
}
