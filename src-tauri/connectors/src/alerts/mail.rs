//! Alerts by e-mail, over SMTP (RFC 5321).

use std::net::SocketAddr;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use sluice_engine::alert::Notice;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;
use tokio::net::TcpStream;

use super::{PATIENCE, Settings, allows_private, only};
use crate::http::{Range, out_of_range};

/// How the way to the server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    /// From the first byte on.
    Tls,
    /// After a greeting in plain text; a server that does not offer it gets nothing.
    StartTls,
    /// Not at all; within this network only.
    Plain,
}

/// Where e-mails go, and how.
struct Post {
    host: String,
    port: u16,
    security: Security,
    range: Range,
    credentials: Option<Credentials>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

/// What is kept of the settings.
pub(super) fn checked(settings: &Settings, secret: Option<&Secret>) -> Result<Settings> {
    post(settings, secret)?;
    Ok(only(settings, &["host", "port", "security", "user", "from", "to", "allow_private"]))
}

/// Sends one e-mail to all.
pub(super) async fn send(settings: &Settings, secret: Option<&Secret>, notice: &Notice) -> Result<()> {
    let post = post(settings, secret)?;
    let message = message(&post, notice)?;
    let sent = tokio::time::timeout(PATIENCE.answer, deliver(post, message)).await;
    sent.unwrap_or_else(|_| Err(Error::new(ErrorKind::TimedOut, "The mail server did not answer in time.")))
}

fn post(settings: &Settings, secret: Option<&Secret>) -> Result<Post> {
    let get = |key: &str| settings.get(key).map(|value| value.trim()).filter(|value| !value.is_empty());
    let security = match get("security").unwrap_or("tls") {
        "tls" => Security::Tls,
        "starttls" => Security::StartTls,
        "none" => Security::Plain,
        _ => return Err(bad("How the connection is encrypted is not known.", "Choose one of the list.")),
    };
    let range = match (security, allows_private(settings)) {
        (Security::Plain, true) => Range::Private,
        (Security::Plain, false) => {
            return Err(bad(
                "Without encryption the mail server has to be in this network.",
                "Choose an encryption, or allow private addresses.",
            ));
        }
        (Security::Tls | Security::StartTls, true) => Range::All,
        (Security::Tls | Security::StartTls, false) => Range::Public,
    };
    let host =
        get("host").ok_or_else(|| bad("The mail server is missing.", "It looks like smtp.example.com."))?;
    let port: u16 = get("port").unwrap_or("465").parse().map_err(|_| {
        bad("The port is no number.", "It is 465 with TLS from the start, and 587 with STARTTLS.")
    })?;
    let credentials = match (get("user"), secret) {
        (Some(user), Some(secret)) => {
            Some(Credentials::new(user.to_owned(), secret.expose_text()?.to_owned()))
        }
        (Some(_), None) => {
            return Err(Error::new(ErrorKind::SecretMissing, "The password of the mail server is missing.")
                .with_hint("Enter it under Settings, Alerts, or leave the user out."));
        }
        (None, _) => None,
    };
    let from = mailbox(get("from").unwrap_or_default(), "sender")?;
    let to = get("to").unwrap_or_default().split(',').map(|one| mailbox(one, "receiver"));
    let to = to.collect::<Result<Vec<_>>>()?;
    Ok(Post { host: host.to_owned(), port, security, range, credentials, from, to })
}

fn bad(message: &str, hint: &'static str) -> Error {
    Error::new(ErrorKind::BadSettings, message).with_hint(hint)
}

fn mailbox(text: &str, which: &str) -> Result<Mailbox> {
    text.trim().parse().map_err(|_| {
        let message = format!("The {which} is no e-mail address.");
        bad(&message, "It looks like ops@example.com; several are separated by commas.")
    })
}

fn message(post: &Post, notice: &Notice) -> Result<Message> {
    let mut message = Message::builder()
        .from(post.from.clone())
        .message_id(Some(format!("<{}@sluice>", notice.id)))
        .subject(format!("Sluice: {}", notice.title))
        .header(ContentType::TEXT_PLAIN);
    for to in &post.to {
        message = message.to(to.clone());
    }
    message
        .body(format!("{}\n\n{}\n", notice.title, notice.text))
        .map_err(|error| Error::new(ErrorKind::Bug, "The e-mail could not be written.").with_source(error))
}

async fn deliver(post: Post, message: Message) -> Result<()> {
    let server = reached(&post).await?;
    let tls = |post: &Post| TlsParameters::new_rustls(post.host.clone()).map_err(failed);
    let tls = match post.security {
        Security::Tls => Tls::Wrapper(tls(&post)?),
        Security::StartTls => Tls::Required(tls(&post)?),
        Security::Plain => Tls::None,
    };
    // By its address: the name is not looked up a second time, when it could lead elsewhere.
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.ip().to_string())
        .port(server.port())
        .tls(tls)
        .timeout(Some(PATIENCE.connect));
    if let Some(credentials) = post.credentials {
        transport = transport.credentials(credentials);
    }
    let transport: AsyncSmtpTransport<Tokio1Executor> = transport.build();
    transport.send(message).await.map(drop).map_err(failed)
}

/// The first of the server's addresses that answers. All of them have to be where alerts may go.
async fn reached(post: &Post) -> Result<SocketAddr> {
    let found = tokio::net::lookup_host((post.host.as_str(), post.port)).await.map_err(|error| {
        let message = format!("There is no host named “{}”.", post.host);
        Error::new(ErrorKind::HostNotFound, message).with_source(error)
    })?;
    let found: Vec<SocketAddr> = found.collect();
    if !found.iter().all(|address| post.range.has(address.ip())) {
        return Err(out_of_range(post.range));
    }
    let away = || Error::new(ErrorKind::Unreachable, "Nobody answers at the mail server's host and port.");
    let limit: Duration = PATIENCE.connect;
    let stream = tokio::time::timeout(limit, TcpStream::connect(&found[..])).await.map_err(|_| away())?;
    let peer = stream.and_then(|stream| stream.peer_addr());
    peer.map_err(|error| away().with_source(error))
}

fn failed(error: lettre::transport::smtp::Error) -> Error {
    let code = error.status().map(|code| code.to_string());
    let (kind, message) = match &code {
        // RFC 4954, section 6.
        Some(code) if matches!(code.as_str(), "530" | "534" | "535" | "538") => {
            (ErrorKind::SignInFailed, format!("The mail server refused the sign-in (SMTP {code})."))
        }
        Some(code) if error.is_permanent() => {
            (ErrorKind::RequestRefused, format!("The mail server refused the e-mail (SMTP {code})."))
        }
        Some(code) => (ErrorKind::ServerFailed, format!("The mail server put the e-mail off (SMTP {code}).")),
        None if error.is_tls() => {
            (ErrorKind::TlsFailed, "The secure connection could not be made.".to_owned())
        }
        None if error.is_timeout() => {
            (ErrorKind::TimedOut, "The mail server did not answer in time.".to_owned())
        }
        None if error.is_client() => {
            let message =
                "The mail server does not offer this encryption, or no way to sign in that Sluice knows.";
            (ErrorKind::BadSettings, message.to_owned())
        }
        None => (ErrorKind::Unreachable, "The connection to the mail server was cut.".to_owned()),
    };
    Error::new(kind, message)
        .with_safe("Syncs go on as before; only the alert was not told.")
        .with_hint("Check the mail server under Settings, Alerts, and send a test.")
        .with_source(error)
}
