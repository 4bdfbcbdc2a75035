//! One signed-in session, reached in the steps of the connection test.

use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use sluice_engine::connection::Opening;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt, AsyncWriteExt, Empty, empty};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::config::{SslMode, SslNegotiation};
use tokio_postgres::tls::{MakeTlsConnect, NoTls, TlsConnect};
use tokio_postgres::{CancelToken, Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error;
use super::tls::{self, Encryption};

/// How long one address may take to answer.
const REACH_WITHIN: Duration = Duration::from_secs(10);
/// How long the handshake, and signing in, may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// How long a server that is told to stop may take before the connection is cut.
const STOP_WITHIN: Duration = Duration::from_secs(5);
/// The message that asks for encryption (<https://www.postgresql.org/docs/current/protocol-message-formats.html>).
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// What every session begins with: text forms that do not depend on the server's settings.
const SET_UP: &str = "\
    SET default_transaction_read_only = on; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601'; \
    SET TimeZone = 'UTC'; SET extra_float_digits = 1; SET bytea_output = 'hex'; SET statement_timeout = '";

type TlsStream = <MakeRustlsConnect as MakeTlsConnect<TcpStream>>::Stream;

/// Where and as whom to sign in.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) database: String,
    pub(super) user: String,
    password: Secret,
    pub(super) encryption: Encryption,
}

/// A connection that is as secure as it was asked to be.
pub(super) enum Wire {
    Plain(TcpStream),
    Secured(Box<TlsStream>),
}

impl Login {
    pub(super) fn new(opening: &Opening) -> Result<Self> {
        let port = opening.required("port")?;
        let missing =
            || Error::new(ErrorKind::SecretMissing, format!("“{}” has no password.", opening.name()));
        Ok(Self {
            host: opening.required("host")?.to_owned(),
            port: port.parse().map_err(|_| {
                Error::new(ErrorKind::BadSettings, format!("The port has to be a number, not “{port}”."))
            })?,
            database: opening.required("database")?.to_owned(),
            user: opening.required("user")?.to_owned(),
            password: opening.secret("password").ok_or_else(missing)?.clone(),
            encryption: Encryption::new(opening.required("tls")?, opening.get("ca_file").map(Path::new))?,
        })
    }

    /// The addresses of the host.
    pub(super) async fn find_host(&self) -> Result<Vec<SocketAddr>> {
        let not_found = || Error::new(ErrorKind::HostNotFound, format!("There is no host “{}”.", self.host));
        let found = timeout(REACH_WITHIN, lookup_host((self.host.as_str(), self.port))).await;
        let addresses: Vec<_> = match found {
            Ok(Ok(addresses)) => addresses.collect(),
            Ok(Err(error)) => return Err(not_found().with_source(error)),
            Err(_) => {
                return Err(not_found().with_hint("The name service gave no answer. Check your network."));
            }
        };
        if addresses.is_empty() { Err(not_found()) } else { Ok(addresses) }
    }

    /// Connects to the first address that answers.
    pub(super) async fn reach(&self, addresses: &[SocketAddr]) -> Result<TcpStream> {
        let mut refused =
            Error::new(ErrorKind::Unreachable, format!("Nobody answers at {}:{}.", self.host, self.port));
        for address in addresses {
            match timeout(REACH_WITHIN, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    stream.set_nodelay(true)?;
                    let keepalive = TcpKeepalive::new()
                        .with_time(Duration::from_secs(30))
                        .with_interval(Duration::from_secs(10));
                    SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
                    return Ok(stream);
                }
                Ok(Err(error)) => refused = refused.with_source(error),
                Err(slow) => refused = refused.with_source(slow),
            }
        }
        Err(refused)
    }

    /// Encrypts the connection, where that is wanted.
    pub(super) async fn secure(&self, stream: TcpStream) -> Result<Wire> {
        let config = match &self.encryption {
            Encryption::Off => return Ok(Wire::Plain(stream)),
            Encryption::Unverified(config) | Encryption::Verified(config) => config.clone(),
        };
        let handshake = self.handshake(stream, config);
        timeout(ANSWER_WITHIN, handshake).await.map_err(|_| self.slow("the secure connection"))?
    }

    async fn handshake(&self, mut stream: TcpStream, config: Arc<ClientConfig>) -> Result<Wire> {
        let mut answer = [0];
        let asked = async {
            stream.write_all(&SSL_REQUEST).await?;
            stream.read_exact(&mut answer).await
        };
        asked.await.map_err(|error| self.not_postgres().with_source(error))?;
        match answer[0] {
            b'S' => {}
            b'N' => return Err(tls::not_offered(&self.host)),
            _ => return Err(self.not_postgres()),
        }
        let Ok(connect) = MakeTlsConnect::<TcpStream>::make_tls_connect(
            &mut MakeRustlsConnect::new((*config).clone()),
            &self.host,
        );
        let secured =
            connect.connect(stream).await.map_err(|error| tls::handshake_error(&self.host, error))?;
        Ok(Wire::Secured(Box::new(secured)))
    }

    /// Signs in.
    pub(super) async fn sign_in(&self, wire: Wire) -> Result<Session> {
        let mut config = Config::new();
        config
            .user(&self.user)
            .password(self.password.expose())
            .dbname(&self.database)
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
        let signed_in = timeout(ANSWER_WITHIN, signing_in).await.map_err(|_| self.slow("the sign-in"))?;
        let (client, connection) = signed_in.map_err(|error| error::from_sign_in(self, error))?;
        Ok(Session { client, connection: Some(connection), login: self.clone() })
    }

    async fn wire(&self) -> Result<Wire> {
        let addresses = self.find_host().await?;
        let stream = self.reach(&addresses).await?;
        self.secure(stream).await
    }

    /// Tells the server to stop what the session of this token does.
    async fn stop(&self, token: CancelToken) -> Result<()> {
        let told = match self.wire().await? {
            Wire::Plain(stream) => token.cancel_query_raw(stream, NoTls).await,
            Wire::Secured(stream) => token.cancel_query_raw(empty(), Secured(stream)).await,
        };
        told.map_err(|error| error::from_server(self, error))
    }

    fn slow(&self, what: &str) -> Error {
        let seconds = ANSWER_WITHIN.as_secs();
        Error::new(
            ErrorKind::TimedOut,
            format!("{} did not finish {what} within {seconds} seconds.", self.host),
        )
    }

    pub(super) fn not_postgres(&self) -> Error {
        let message = format!("What answers at {}:{} is not PostgreSQL.", self.host, self.port);
        Error::new(ErrorKind::BadAnswer, message).with_hint("Check host and port.")
    }
}

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
    /// Signs in and sets the session up; its statements may take a minute.
    pub(super) async fn open(login: &Login) -> Result<Self> {
        let session = login.sign_in(login.wire().await?).await?;
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
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return connection.abort() };
        let (login, token) = (self.login.clone(), self.client.cancel_token());
        runtime.spawn(async move {
            let told = timeout(STOP_WITHIN, login.stop(token)).await;
            // Where it could not be told, or does not listen, a cut connection ends its work too.
            let stopped = matches!(told, Ok(Ok(()))) && timeout(STOP_WITHIN, &mut connection).await.is_ok();
            if !stopped {
                connection.abort();
            }
        });
    }
}
