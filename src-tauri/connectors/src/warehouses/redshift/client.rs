//! One signed-in session. It speaks the protocol's simple half, and of the extended one only `Parse` and
//! `Describe`: these tell the types of a query's columns without running it, and that it is one statement.

use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sluice_engine::error::Result;
use sluice_engine::store::new_uuid;
use tokio::time::{sleep, timeout};

use super::error::{self, Failure, Said};
use super::sign_in::sign_in;
use super::wire::{self, CancelKey, Channel, Described, Values, malformed};
use crate::goodbye;
use crate::warehouses::pgwire::login::{AGAIN_AFTER, ANSWER_WITHIN, STOP_TRIES, STOP_WITHIN, Words};
pub(super) use crate::warehouses::pgwire::login::{Login, Wire};
use crate::warehouses::pgwire::silence::{GRACE, Work, unless_silent};

/// What Redshift is called in errors of reach.
pub(super) static WORDS: Words = Words {
    product: "Amazon Redshift",
    no_host: Some(
        "Copy the endpoint from the cluster’s or workgroup’s page in the AWS console; one that was deleted has no address any more.",
    ),
    unreachable: Some(
        "Check host and port. The cluster or workgroup has to be available (not paused), reachable from here (“publicly accessible”, or through your VPN), and its security group has to let this computer in on that port.",
    ),
    // <https://docs.aws.amazon.com/redshift/latest/mgmt/connecting-ssl-support.html>
    unknown_issuer: Some(
        "This computer’s list of certificate authorities lacks Amazon’s. Download https://s3.amazonaws.com/redshift-downloads/amazon-trust-ca-bundle.crt and choose it as CA file. Where a company’s proxy looks into connections, choose that company’s CA file.",
    ),
};

/// How long statements that only look may take.
pub(super) const LOOK_WITHIN: Duration = Duration::from_secs(60);
/// How long nothing may come of a server that does not say whether it works: before the first row of a result, which it
/// makes whole then, and after it.
const UNTOLD_FOR: Duration = Duration::from_secs(3_600);
const UNTOLD_BETWEEN_ROWS: Duration = Duration::from_secs(300);

/// What every session begins with: text forms that do not depend on the server's settings, a double with the 17
/// digits it needs, and a name for the queue's rules. Each parameter is one of
/// <https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html>.
const SET_UP: &str = "\
    SET datestyle TO 'ISO, MDY'; SET timezone TO 'UTC'; SET extra_float_digits TO 2; \
    SET describe_field_name_in_uppercase TO off; SET query_group TO 'Sluice'; SET statement_timeout TO ";

/// Where it is dropped while the server works, because nobody waits any longer, the server is told to stop.
pub(super) struct Session {
    pub(super) login: Login,
    channel: Option<Channel>,
    key: CancelKey,
    /// The server's process that works for the session, where a statement may take long.
    process: Option<u32>,
    /// Rows of a result have come that the server has whole.
    pub(super) has_rows: bool,
    /// The server has not yet said that it is ready for the next query.
    busy: bool,
    /// What the server refused in the query it is at.
    said: Option<Said>,
    /// The schema of the table that is read has a dot in its name, and is not one of another database.
    pub(super) has_dotted_schema: bool,
}

/// What happens while a query runs.
pub(super) enum Event {
    /// A row.
    Row(Bytes),
    /// The end of a statement, in the server's words: the command, and of some how many rows.
    Complete(String),
    /// The end of the query.
    Ready,
}

impl Session {
    /// Signs in and sets the session up; its statements may take a minute.
    pub(super) async fn open(login: &Login) -> Result<Self> {
        let mut session = Self::sign_in(login, login.wire().await?).await?;
        session.set_up(LOOK_WITHIN).await?;
        Ok(session)
    }

    /// Signs in.
    pub(super) async fn sign_in(login: &Login, wire: Wire) -> Result<Self> {
        let secured = matches!(wire, Wire::Secured(_));
        let mut channel = Channel::new(wire);
        let nonce = new_uuid();
        let signed_in = timeout(ANSWER_WITHIN, sign_in(login, &mut channel, &nonce, secured)).await;
        let key = signed_in.map_err(|_| login.slow("the sign-in"))??;
        Ok(Self {
            login: login.clone(),
            channel: Some(channel),
            key,
            process: None,
            has_rows: false,
            busy: false,
            said: None,
            has_dotted_schema: false,
        })
    }

    /// Makes text forms independent of the server's settings, and lets a statement take so long.
    pub(super) async fn set_up(&mut self, statements_within: Duration) -> Result<()> {
        self.run(&format!("{SET_UP}{}", statements_within.as_millis())).await
    }

    /// Runs statements that answer nothing.
    pub(super) async fn run(&mut self, sql: &str) -> Result<()> {
        self.collect(sql, LOOK_WITHIN).await.map(drop).map_err(|failure| self.error(failure))
    }

    /// Runs statements after which answers take as long as they take.
    pub(super) async fn run_before_long(&mut self, sql: &str) -> Result<()> {
        let rows = self.rows(&format!("{sql}; SELECT pg_backend_pid()")).await?;
        self.process = rows.concat().pop().flatten().and_then(|process| process.parse().ok());
        Ok(())
    }

    /// The rows of Sluice's own query.
    pub(super) async fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
        self.collect(sql, LOOK_WITHIN).await.map_err(|failure| self.error(failure))
    }

    /// Runs a query whose server lets a statement take so long, and takes all its rows.
    pub(super) async fn collect(
        &mut self,
        sql: &str,
        within: Duration,
    ) -> Result<Vec<Vec<Option<String>>>, Failure> {
        let collecting = async {
            self.ask(sql).await?;
            let mut rows = Vec::new();
            loop {
                match self.event().await? {
                    Event::Row(body) => rows.push(texts(&body)?),
                    Event::Complete(_) => {}
                    Event::Ready => return Ok(rows),
                }
            }
        };
        let slow = Failure::Slow((within + GRACE).as_secs());
        timeout(within + GRACE, collecting).await.unwrap_or(Err(slow))
    }

    /// The columns of the rows that one statement answers with, which is not run.
    pub(super) async fn describe(&mut self, sql: &str) -> Result<Vec<Described>, Failure> {
        let describing = async {
            self.send(sql, wire::describe).await?;
            let mut columns = Vec::new();
            loop {
                let message = self.channel()?.receive().await?;
                match message.tag {
                    b'T' => columns = wire::described(message.body)?,
                    _ => {
                        if let Some(Event::Ready) = self.took(message)? {
                            return Ok(columns);
                        }
                    }
                }
            }
        };
        let slow = Failure::Slow((LOOK_WITHIN + GRACE).as_secs());
        timeout(LOOK_WITHIN + GRACE, describing).await.unwrap_or(Err(slow))
    }

    /// Sends a query; [`Session::event`] tells what comes of it.
    pub(super) async fn ask(&mut self, sql: &str) -> Result<(), Failure> {
        self.send(sql, wire::query).await
    }

    async fn send(&mut self, sql: &str, message: fn(&str) -> Vec<u8>) -> Result<(), Failure> {
        if sql.contains('\0') {
            return Err(Failure::Said(Said::zero_byte()));
        }
        (self.busy, self.said) = (true, None);
        Ok(self.channel()?.send(&message(sql)).await?)
    }

    /// What happens next, which may take as long as the server works on it. An error of the server comes when it is
    /// ready for the next query.
    pub(super) async fn event(&mut self) -> Result<Event, Failure> {
        loop {
            let message = match self.channel()?.received()? {
                Some(message) => message,
                None => self.patiently().await?,
            };
            if let Some(event) = self.took(message)? {
                return Ok(event);
            }
        }
    }

    /// Gives `take` the rows that have arrived, until it wants no more; answers with how many it took.
    pub(super) fn take_rows(
        &mut self,
        take: impl FnMut(&[u8]) -> std::io::Result<bool>,
    ) -> Result<u64, Failure> {
        Ok(self.channel()?.take_rows(take)?)
    }

    async fn patiently(&mut self) -> Result<wire::Message, Failure> {
        let (login, process) = (self.login.clone(), self.process);
        let untold_for = if self.has_rows { UNTOLD_BETWEEN_ROWS } else { UNTOLD_FOR };
        let message = self.channel()?.receive();
        Ok(unless_silent(untold_for, message, || work(&login, process)).await.ok_or(Failure::Silent)??)
    }

    fn took(&mut self, message: wire::Message) -> Result<Option<Event>, Failure> {
        let wire::Message { tag, mut body } = message;
        Ok(match tag {
            b'D' => Some(Event::Row(body)),
            b'C' => Some(Event::Complete(wire::text(&mut body)?)),
            b'E' => {
                self.said = Some(Said::of(body)?);
                None
            }
            b'Z' => {
                self.busy = false;
                match self.said.take() {
                    Some(said) => return Err(Failure::Said(said)),
                    None => Some(Event::Ready),
                }
            }
            // Column descriptions, notices, settings, an empty query, and the answers to `Parse` and `Describe`.
            b'T' | b'N' | b'S' | b'A' | b'I' | b'1' | b't' | b'n' => None,
            _ => return Err(malformed().into()),
        })
    }

    fn channel(&mut self) -> Result<&mut Channel, Failure> {
        self.channel.as_mut().ok_or(Failure::Cut(std::io::ErrorKind::NotConnected.into()))
    }

    /// What a failure means.
    pub(super) fn error(&self, failure: Failure) -> sluice_engine::error::Error {
        error::from(&self.login, failure)
    }

    /// Ends a session that has nothing left to do.
    pub(super) fn close(mut self) {
        // An answer nobody waits for any longer.
        if self.busy {
            return;
        }
        let Some(mut channel) = self.channel.take() else { return };
        // Where goodbye can not be said, the closed connection says it.
        goodbye::say(async move { drop(channel.send(&wire::terminate()).await) });
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(channel) = self.channel.take().filter(|_| self.busy) else { return };
        let (login, key) = (self.login.clone(), self.key);
        goodbye::say(async move {
            for _ in 0..STOP_TRIES {
                drop(timeout(STOP_WITHIN, stop(&login, key)).await);
                sleep(AGAIN_AFTER).await;
            }
            // Where it could not be told, the cut connection ends its work.
            drop(channel);
        });
    }
}

/// What the server says, on another connection, that it does for the session of this process. Whether there is an answer
/// under way it does not tell: a cursor's query may count as finished while its rows are fetched
/// (<https://docs.aws.amazon.com/redshift/latest/dg/SYS_QUERY_HISTORY.html>: of others' queries nothing is shown).
fn work(login: &Login, process: Option<u32>) -> BoxFuture<'_, Result<Work>> {
    let asking = async move {
        let mut other = Session::sign_in(login, login.wire().await?).await?;
        let Some(process) = process else { return Ok(Work::Untold) };
        let sql = format!(
            "SELECT count(*) FROM sys_query_history WHERE session_id = {process} AND status IN ('planning', 'queued', 'running')"
        );
        let running = other.rows(&sql).await?.concat().into_iter().flatten().any(|count| count != "0");
        other.close();
        Ok(if running { Work::GoesOn } else { Work::Untold })
    };
    asking.boxed()
}

/// Tells the server to stop what the session of this key does. It answers by closing the connection.
async fn stop(login: &Login, key: CancelKey) -> Result<()> {
    let mut channel = Channel::new(login.wire().await?);
    channel.send(&wire::cancel(key)).await.map_err(|error| error::cut(login, error))?;
    drop(channel.receive().await);
    Ok(())
}

fn texts(body: &[u8]) -> Result<Vec<Option<String>>, Failure> {
    let mut values = Values::of(body)?;
    let mut texts = Vec::with_capacity(values.left());
    while values.left() > 0 {
        texts.push(values.next()?.map(|value| String::from_utf8_lossy(value).into_owned()));
    }
    Ok(texts)
}
