//! How a server that speaks the PostgreSQL wire protocol is reached: its addresses, the socket, encryption.

use std::net::{Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use sluice_engine::connection::Opening;
use sluice_engine::error::{Error, ErrorKind, Result, Retry};
use sluice_engine::secrets::Secret;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls::{self, Encryption};

/// How long one address may take to answer.
const REACH_WITHIN: Duration = Duration::from_secs(10);
/// How long the handshake, and signing in, may take.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// How long telling a server to stop may take.
pub(crate) const STOP_WITHIN: Duration = Duration::from_secs(4);
/// It is told as often, because one that is between two statements does not hear it, and then takes up the next.
pub(crate) const STOP_TRIES: u32 = 3;
/// How long after the time before.
pub(crate) const AGAIN_AFTER: Duration = Duration::from_millis(500);
/// The message that asks for encryption (<https://www.postgresql.org/docs/current/protocol-message-formats.html>).
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// What to do where a connection that worked does no longer.
const LOOK_IN_BETWEEN: &str = "Run it again. If it lasts, have somebody look at the server, and at what stands between it and this computer: a proxy, a pooler, a VPN.";
/// What is safe where a warehouse could not be read, or looked at, to the end.
pub(crate) const NOTHING_SENT: &str = "Nothing was sent, and nothing counts as removed.";

/// A failure as it is where rows are read: nothing reads on by itself before the next run does.
pub(crate) fn unread(error: Error) -> Error {
    if error.kind().retry() == Retry::Backoff { error.with_safe(NOTHING_SENT) } else { error }
}

pub(crate) type TlsStream = <MakeRustlsConnect as MakeTlsConnect<TcpStream>>::Stream;

/// What a kind of warehouse says of itself in errors.
pub(crate) struct Words {
    /// Its name.
    pub(crate) product: &'static str,
    /// What to do where its host does not exist, where that is something special.
    pub(crate) no_host: Option<&'static str>,
    /// What to do where nobody answers, where that is something special.
    pub(crate) unreachable: Option<&'static str>,
    /// What to do where this computer does not trust who signed the certificate, where that is something special.
    pub(crate) unknown_issuer: Option<&'static str>,
}

/// Where and as whom to sign in.
#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) database: String,
    pub(crate) user: String,
    pub(crate) password: Secret,
    pub(crate) encryption: Encryption,
    words: &'static Words,
}

/// A connection that is as secure as it was asked to be.
pub(crate) enum Wire {
    Plain(TcpStream),
    Secured(Box<TlsStream>),
}

impl Login {
    pub(crate) fn new(opening: &Opening, words: &'static Words) -> Result<Self> {
        let port = opening.required("port")?;
        let missing =
            || Error::new(ErrorKind::SecretMissing, format!("“{}” has no password.", opening.name()));
        Ok(Self {
            host: name_alone(opening.required("host")?)?.to_owned(),
            port: port.parse().map_err(|_| {
                Error::new(ErrorKind::BadSettings, format!("The port has to be a number, not “{port}”."))
            })?,
            database: opening.required("database")?.to_owned(),
            user: opening.required("user")?.to_owned(),
            password: opening.secret("password").ok_or_else(missing)?.clone(),
            encryption: Encryption::new(opening.required("tls")?, opening.get("ca_file").map(Path::new))?,
            words,
        })
    }

    /// The addresses of the host.
    pub(crate) async fn find_host(&self) -> Result<Vec<SocketAddr>> {
        let not_found = || {
            let error = Error::new(ErrorKind::HostNotFound, format!("There is no host “{}”.", self.host));
            hinted(error, self.words.no_host)
        };
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
    pub(crate) async fn reach(&self, addresses: &[SocketAddr]) -> Result<TcpStream> {
        let refused =
            Error::new(ErrorKind::Unreachable, format!("Nobody answers at {}:{}.", self.host, self.port));
        let mut refused = hinted(unread(refused), self.words.unreachable);
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
    pub(crate) async fn secure(&self, stream: TcpStream) -> Result<Wire> {
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
        asked.await.map_err(|error| self.not_the_product().with_source(error))?;
        match answer[0] {
            b'S' => {}
            b'N' => return Err(tls::not_offered(&self.host)),
            _ => return Err(self.not_the_product()),
        }
        let Ok(connect) = MakeTlsConnect::<TcpStream>::make_tls_connect(
            &mut MakeRustlsConnect::new((*config).clone()),
            &self.host,
        );
        let secured = connect.connect(stream).await.map_err(|error| self.handshake_failed(error))?;
        Ok(Wire::Secured(Box::new(secured)))
    }

    fn handshake_failed(&self, error: std::io::Error) -> Error {
        let hint = self.words.unknown_issuer.filter(|_| tls::is_by_unknown_issuer(&error));
        hinted(tls::handshake_error(&self.host, error), hint)
    }

    /// Reaches the server, as secure as it was asked to be.
    pub(crate) async fn wire(&self) -> Result<Wire> {
        let addresses = self.find_host().await?;
        let stream = self.reach(&addresses).await?;
        self.secure(stream).await
    }

    /// The server took too long over `what`.
    pub(crate) fn slow(&self, what: &str) -> Error {
        let seconds = ANSWER_WITHIN.as_secs();
        let message = format!("{} did not finish {what} within {seconds} seconds.", self.host);
        unread(Error::new(ErrorKind::TimedOut, message))
    }

    /// No answer to a statement in time.
    pub(crate) fn no_answer(&self, seconds: u64) -> Error {
        let message = format!("{} gave no answer within {seconds} seconds.", self.host);
        unread(Error::new(ErrorKind::TimedOut, message))
            .with_hint("Try again when the server has less to do.")
    }

    /// Nothing comes any more, and the server does not say that it works.
    pub(crate) fn silent(&self) -> Error {
        let message = format!(
            "{}:{} stopped answering in the middle, and Sluice gave up the connection.",
            self.host, self.port
        );
        unread(Error::new(ErrorKind::Unreachable, message)).with_hint(LOOK_IN_BETWEEN)
    }

    /// The connection broke while it was used.
    pub(crate) fn cut(&self) -> Error {
        let message = format!("The connection to {}:{} was cut.", self.host, self.port);
        unread(Error::new(ErrorKind::Unreachable, message)).with_hint(LOOK_IN_BETWEEN)
    }

    /// What answers does not speak the protocol.
    pub(crate) fn not_the_product(&self) -> Error {
        let message = format!("What answers at {}:{} is not {}.", self.host, self.port, self.words.product);
        unread(Error::new(ErrorKind::BadAnswer, message)).with_hint("Check host and port.")
    }
}

/// The host's name. What else stands there is not shown: it can be an address with a password in it.
fn name_alone(host: &str) -> Result<&str> {
    let host = host.trim();
    if !host.contains([':', '/', '@', ' ']) || host.parse::<Ipv6Addr>().is_ok() {
        return Ok(host);
    }
    let message = "The host has to be a name alone, without a port, a database or what stands before “://”.";
    Err(Error::new(ErrorKind::BadSettings, message)
        .with_hint("Enter the name alone, and port and database in their own fields; or paste all of it where it says “Paste a URL or a connection string”, which fills them."))
}

fn hinted(error: Error, hint: Option<&'static str>) -> Error {
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}
