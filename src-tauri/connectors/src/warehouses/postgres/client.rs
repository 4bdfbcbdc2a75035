//! One signed-in session, reached in the steps of the connection test.

use std::future::{Ready, ready};
use std::time::Duration;

use sluice_engine::error::{Error, Result};
use tokio::io::{Empty, empty};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::config::{SslMode, SslNegotiation};
use tokio_postgres::tls::{NoTls, TlsConnect};
use tokio_postgres::{CancelToken, Client, Config};

use super::error;
use crate::goodbye;
use crate::warehouses::pgwire::login::{
    AGAIN_AFTER, ANSWER_WITHIN, STOP_TRIES, STOP_WITHIN, TlsStream, Words,
};
pub(super) use crate::warehouses::pgwire::login::{Login, Wire};

/// What every session begins with: text forms that do not depend on the server's settings.
const SET_UP: &str = "\
    SET default_transaction_read_only = on; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601'; \
    SET TimeZone = 'UTC'; SET extra_float_digits = 1; SET bytea_output = 'hex'; SET statement_timeout = '";

/// What PostgreSQL is called in errors of reach.
pub(super) static WORDS: Words = Words { product: "PostgreSQL", no_host: None, unreachable: None };

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

/// A signed-in session. Where it is dropped before [`Session::close`], because nobody waits any longer, the
/// server is told to stop what it does.
pub(super) struct Session {
    pub(super) client: Client,
    connection: Option<JoinHandle<()>>,
    pub(super) login: Login,
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
        Ok(Self { client, connection: Some(connection), login: login.clone() })
    }

    /// Signs in and sets the session up; its statements may take a minute.
    pub(super) async fn open(login: &Login) -> Result<Self> {
        let session = Self::sign_in(login, login.wire().await?).await?;
        session.set_up(Duration::from_secs(60)).await?;
        Ok(session)
    }

    /// Makes text forms independent of the server's settings, and lets a statement take so long.
    pub(super) async fn set_up(&self, statements_within: Duration) -> Result<()> {
        self.run(&format!("{SET_UP}{}'", statements_within.as_millis())).await?;
        // A database without an encoding keeps bytes, which its server would refuse to send as UTF-8.
        let encoding = self.client.query_one("SELECT current_setting('server_encoding')", &[]).await;
        let encoding: String = encoding.and_then(|row| row.try_get(0)).map_err(|error| self.error(error))?;
        if encoding == "SQL_ASCII" {
            self.run("SET client_encoding = 'SQL_ASCII'").await?;
        }
        Ok(())
    }

    /// Runs statements that answer nothing.
    pub(super) async fn run(&self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).await.map_err(|error| self.error(error))
    }

    /// What an error of the server means.
    pub(super) fn error(&self, error: tokio_postgres::Error) -> Error {
        error::from_server(&self.login, error)
    }

    /// Ends a session that has nothing left to do.
    pub(super) fn close(mut self) {
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
