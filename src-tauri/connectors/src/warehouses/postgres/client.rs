//! One signed-in session, reached in the steps of the connection test.

use std::future::{Ready, ready};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sluice_engine::error::{Error, Result};
use tokio::io::{Empty, empty};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::config::{SslMode, SslNegotiation};
use tokio_postgres::tls::{NoTls, TlsConnect};
use tokio_postgres::{CancelToken, Client, Config};

use super::error::{self, Failure};
use crate::goodbye;
use crate::warehouses::pgwire::login::{
    AGAIN_AFTER, ANSWER_WITHIN, STOP_TRIES, STOP_WITHIN, TlsStream, Words,
};
pub(super) use crate::warehouses::pgwire::login::{Login, Wire};
use crate::warehouses::pgwire::silence::{GRACE, Work, unless_silent};

/// How long statements that only look may take.
pub(super) const LOOK_WITHIN: Duration = Duration::from_secs(60);
/// How long nothing may come of a server that does not say whether it works.
const UNTOLD_FOR: Duration = Duration::from_secs(3_600);

/// What every session begins with: text forms that do not depend on the server's settings.
const SET_UP: &str = "\
    SET default_transaction_read_only = on; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601'; \
    SET TimeZone = 'UTC'; SET extra_float_digits = 1; SET bytea_output = 'hex'; SET statement_timeout = '";

/// What PostgreSQL is called in errors of reach.
pub(super) static WORDS: Words =
    Words { product: "PostgreSQL", no_host: None, unreachable: None, unknown_issuer: None };

/// Hands a stream that is already secure to the PostgreSQL client, together with its channel binding.
struct Secured(Box<TlsStream>);

impl TlsConnect<Empty> for Secured {
    type Stream = TlsStream;
    type Error = std::convert::Infallible;
    type Future = Ready<std::result::Result<TlsStream, Self::Error>>;

    fn connect(self, _: Empty) -> Self::Future {
        ready(Ok(*self.0))
    }
}

/// The server's process that works for the session.
const BACKEND: &str = "SELECT pg_backend_pid()";
/// What a session of the user's own is at
/// (<https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW>).
const STATE: &str = "SELECT coalesce(wait_event_type, ''), coalesce(state, '') FROM pg_catalog.pg_stat_activity WHERE pid = $1";

/// A signed-in session. Where it is dropped before [`Session::close`], because nobody waits any longer, the
/// server is told to stop what it does.
pub(super) struct Session {
    pub(super) client: Client,
    connection: Option<JoinHandle<()>>,
    pub(super) login: Login,
    backend: OnceLock<i32>,
    /// An answer was given up, so that the server may still be at it.
    gave_up: AtomicBool,
}

impl Session {
    /// Signs in.
    pub(super) async fn sign_in(login: &Login, wire: Wire) -> Result<Self> {
        let mut config = Config::new();
        config
            .user(&login.user)
            .password(login.password.expose())
            .dbname(&login.database)
            .application_name("Sluice");
        let signing_in = async {
            match wire {
                Wire::Plain(stream) => {
                    config.ssl_mode(SslMode::Disable);
                    let (client, connection) = config.connect_raw(stream, NoTls).await?;
                    Ok((client, tokio::spawn(async { drop(connection.await) })))
                }
                Wire::Secured(stream) => {
                    config.ssl_mode(SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
                    let (client, connection) = config.connect_raw(empty(), Secured(stream)).await?;
                    Ok((client, tokio::spawn(async { drop(connection.await) })))
                }
            }
        };
        let signed_in = timeout(ANSWER_WITHIN, signing_in).await.map_err(|_| login.slow("the sign-in"))?;
        let (client, connection) = signed_in.map_err(|error| error::from_sign_in(login, error))?;
        let (connection, login) = (Some(connection), login.clone());
        Ok(Self { client, connection, login, backend: OnceLock::new(), gave_up: AtomicBool::new(false) })
    }

    /// Signs in and sets the session up; its statements may take a minute.
    pub(super) async fn open(login: &Login) -> Result<Self> {
        let session = Self::sign_in(login, login.wire().await?).await?;
        session.set_up(LOOK_WITHIN).await?;
        Ok(session)
    }

    /// Makes text forms independent of the server's settings, and lets a statement take so long.
    pub(super) async fn set_up(&self, statements_within: Duration) -> Result<()> {
        self.run(&format!("{SET_UP}{}'", statements_within.as_millis())).await?;
        // A database without an encoding keeps bytes, which its server would refuse to send as UTF-8.
        let encoding =
            self.soon(self.client.query_one("SELECT current_setting('server_encoding')", &[])).await;
        let encoding: String =
            encoding.and_then(|row| Ok(row.try_get(0)?)).map_err(|failure| self.error(failure))?;
        if encoding == "SQL_ASCII" {
            self.run("SET client_encoding = 'SQL_ASCII'").await?;
        }
        Ok(())
    }

    /// Runs statements that answer nothing.
    pub(super) async fn run(&self, sql: &str) -> Result<()> {
        self.soon(self.client.batch_execute(sql)).await.map_err(|failure| self.error(failure))
    }

    /// The answer to a statement that only looks.
    pub(super) async fn soon<T>(
        &self,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Failure> {
        self.within(LOOK_WITHIN, answer).await
    }

    /// The answer to a statement that the server gives up by itself after so long.
    pub(super) async fn within<T>(
        &self,
        limit: Duration,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Failure> {
        if let Ok(answered) = timeout(limit + GRACE, self.patiently(answer)).await {
            return answered;
        }
        self.gave_up.store(true, Ordering::Relaxed);
        Err(Failure::Slow((limit + GRACE).as_secs()))
    }

    /// An answer that may take as long as the server works on it.
    pub(super) async fn patiently<T>(
        &self,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Failure> {
        if let Some(answered) = unless_silent(UNTOLD_FOR, answer, || self.work()).await {
            return Ok(answered?);
        }
        self.gave_up.store(true, Ordering::Relaxed);
        Err(Failure::Silent)
    }

    /// Runs statements after which answers take as long as they take.
    ///
    /// Where they begin a transaction, it is known only from there on who works for the session behind a pooler.
    pub(super) async fn run_before_long(&self, sql: &str) -> Result<()> {
        self.run(sql).await?;
        let row = self.soon(self.client.query_one(BACKEND, &[])).await;
        let backend = row.and_then(|row| Ok(row.try_get(0)?));
        let backend = backend.map_err(|failure| self.error(failure))?;
        self.backend.get_or_init(|| backend);
        Ok(())
    }

    /// What the server says, on another connection, that it does for this session.
    fn work(&self) -> BoxFuture<'_, Result<Work>> {
        let asking = async move {
            let other = Self::sign_in(&self.login, self.login.wire().await?).await?;
            let state = match self.backend.get() {
                Some(process) => other.within(ANSWER_WITHIN, other.client.query_opt(STATE, &[process])).await,
                None => Ok(None),
            };
            let state = state.and_then(|row| {
                row.map(|row| Ok((row.try_get::<_, String>(0)?, row.try_get::<_, String>(1)?))).transpose()
            });
            let state = state.map_err(|failure| other.error(failure))?;
            other.close();
            Ok(match state.as_ref().map(|(waits_for, state)| (waits_for.as_str(), state.as_str())) {
                // Behind “Client” it waits to send what does not arrive here.
                Some(
                    ("Client", "active")
                    | (_, "idle" | "idle in transaction" | "idle in transaction (aborted)"),
                ) => Work::Over,
                Some((_, "active")) => Work::GoesOn,
                // It keeps no account of that, or another server of that name answers.
                Some(_) | None => Work::Untold,
            })
        };
        asking.boxed()
    }

    /// What a failure means.
    pub(super) fn error(&self, failure: impl Into<Failure>) -> Error {
        error::from_server(&self.login, failure)
    }

    /// Ends a session that has nothing left to do.
    pub(super) fn close(mut self) {
        if self.gave_up.load(Ordering::Relaxed) {
            return;
        }
        // Without its task the connection says goodbye by itself, as soon as the client is gone.
        self.connection = None;
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        let (login, token) = (self.login.clone(), self.client.cancel_token());
        goodbye::say(async move {
            for _ in 0..STOP_TRIES {
                drop(timeout(STOP_WITHIN, stop(&login, token.clone())).await);
                // Where the runtime it was made on has ended, nobody hears of the session's own end.
                if !connection.is_finished()
                    && let Ok(Ok(())) = timeout(AGAIN_AFTER, &mut connection).await
                {
                    return;
                }
                sleep(AGAIN_AFTER).await;
            }
            // Where it could not be told, or does not listen, a cut connection ends its work too.
            connection.abort();
        });
    }
}

/// Tells the server to stop what the session of this token does.
async fn stop(login: &Login, token: CancelToken) -> Result<()> {
    let told = match login.wire().await? {
        Wire::Plain(stream) => token.cancel_query_raw(stream, NoTls).await,
        Wire::Secured(stream) => token.cancel_query_raw(empty(), Secured(stream)).await,
    };
    told.map_err(|error| error::from_server(login, error))
}
