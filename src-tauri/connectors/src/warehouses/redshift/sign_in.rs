//! Signing in. The requests for a password and the answers are those of the vendor's driver
//! (<https://github.com/aws/amazon-redshift-jdbc-driver/blob/master/src/main/java/com/amazon/redshift/core/v3/ConnectionFactoryImpl.java>).

use std::io;

use bytes::{Buf, Bytes};
use postgres_protocol::authentication::md5_hash;
use sha2::{Digest, Sha256};
use sluice_engine::error::{Error, ErrorKind};

use super::error::{self, Said};
use super::wire::{CancelKey, Channel, malformed, message, startup};
use crate::warehouses::pgwire::login::Login;

/// Why a sign-in did not work.
enum Failed {
    Cut(io::Error),
    Said(Said),
    Refused(Error),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Cut(error)
    }
}

/// Signs in; `nonce` is what the server has not seen before, and `secured` says that nobody can listen.
pub(super) async fn sign_in(
    login: &Login,
    channel: &mut Channel,
    nonce: &str,
    secured: bool,
) -> Result<CancelKey, Error> {
    greet(login, channel, nonce, secured).await.map_err(|failed| match failed {
        Failed::Cut(error) if error.kind() == io::ErrorKind::InvalidData => {
            login.not_the_product().with_source(error)
        }
        Failed::Cut(error) => error::cut(login, error),
        Failed::Said(said) => error::from_sign_in(login, said),
        Failed::Refused(error) => error,
    })
}

async fn greet(
    login: &Login,
    channel: &mut Channel,
    nonce: &str,
    secured: bool,
) -> Result<CancelKey, Failed> {
    let parameters = [
        ("user", login.user.as_str()),
        ("database", login.database.as_str()),
        ("client_encoding", "UTF8"),
        ("application_name", "Sluice"),
    ];
    if parameters.iter().any(|(_, value)| value.contains('\0')) {
        return Err(Failed::Refused(Error::new(ErrorKind::BadSettings, "A name has a zero byte in it.")));
    }
    channel.send(&startup(&parameters)).await?;
    let mut key = CancelKey { process: 0, secret: 0 };
    loop {
        let mut message = channel.receive().await?;
        match message.tag {
            b'R' => {
                if let Some(answer) = answer(login, message.body, nonce, secured)? {
                    channel.send(&answer).await?;
                }
            }
            b'K' if message.body.len() >= 8 => {
                key = CancelKey { process: message.body.get_u32(), secret: message.body.get_u32() };
            }
            b'E' => return Err(Failed::Said(Said::of(message.body)?)),
            b'Z' => return Ok(key),
            // What the server tells of its settings, and notices.
            b'S' | b'N' => {}
            _ => return Err(malformed().into()),
        }
    }
}

/// The answer to a request for a password; `None` where the server is content.
fn answer(login: &Login, mut body: Bytes, nonce: &str, secured: bool) -> Result<Option<Vec<u8>>, Failed> {
    let password = login.password.expose();
    Ok(Some(match body.try_get_u32().map_err(|_| malformed())? {
        0 => return Ok(None),
        3 if secured => message(b'p', &[password, b"\0"]),
        3 => {
            return Err(refused(
                login,
                "The server asks for the password in the clear, and the connection is not encrypted.",
                "Choose an encrypted connection.",
            ));
        }
        5 => {
            let salt = body.first_chunk().ok_or_else(malformed)?;
            message(b'p', &[md5_hash(login.user.as_bytes(), password, *salt).as_bytes(), b"\0"])
        }
        13 => digest(login, body, nonce)?,
        14 => {
            return Err(refused(
                login,
                "This user signs in through an identity provider, which a program that runs unattended can not do.",
                "Have an administrator make a user with a password for Sluice.",
            ));
        }
        10 => {
            return Err(refused(
                login,
                "What answers signs in as PostgreSQL does, not as Redshift.",
                "If it is a PostgreSQL server, make a PostgreSQL connection.",
            ));
        }
        other => {
            return Err(refused(
                login,
                &format!("The server asks to sign in in a way Sluice does not know (number {other})."),
                "Have an administrator give this user a password, with the statement below.",
            ));
        }
    }))
}

/// The answer for a password the server keeps as a SHA-256 hash: the hash of it with its salt, hashed again
/// with the random texts of both sides
/// (<https://github.com/aws/amazon-redshift-jdbc-driver/blob/master/src/main/java/com/amazon/redshift/util/ExtensibleDigest.java>).
fn digest(login: &Login, mut body: Bytes, nonce: &str) -> Result<Vec<u8>, Failed> {
    let algorithm = body.try_get_u32().map_err(|_| malformed())?;
    if algorithm != 0 {
        return Err(refused(
            login,
            &format!(
                "The server keeps the password of “{}” in a form Sluice does not know (number {algorithm}).",
                login.user
            ),
            "Have an administrator set it anew with the statement below, which keeps it as SHA-256.",
        ));
    }
    let salt = sized(&mut body)?;
    let server_nonce = sized(&mut body)?;
    let kept = Sha256::new().chain_update(login.password.expose()).chain_update(&salt).finalize();
    let digest = Sha256::new().chain_update(kept).chain_update(&server_nonce).chain_update(nonce).finalize();
    let length = |bytes: &[u8]| (bytes.len() as u32).to_be_bytes();
    Ok(message(b'd', &[&length(&digest), &digest, &length(nonce.as_bytes()), nonce.as_bytes()]))
}

fn sized(body: &mut Bytes) -> Result<Bytes, Failed> {
    let length = body.try_get_u32().map_err(|_| malformed())? as usize;
    if body.len() < length { Err(malformed().into()) } else { Ok(body.split_to(length)) }
}

fn refused(login: &Login, message: &str, hint: &'static str) -> Failed {
    let error = Error::new(ErrorKind::SignInFailed, message).with_hint(hint);
    Failed::Refused(if hint.contains("statement below") {
        error.with_fix(error::set_password(login))
    } else {
        error
    })
}
