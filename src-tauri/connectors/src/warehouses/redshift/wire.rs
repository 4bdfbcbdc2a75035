//! Messages of the PostgreSQL protocol, version 3, as far as Redshift needs them
//! (<https://www.postgresql.org/docs/8.0/protocol-message-formats.html>).

use std::io;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::warehouses::pgwire::login::Wire;

/// Protocol 3.0.
const VERSION: u32 = 196_608;
/// The code that asks to stop what another connection does.
const CANCEL: u32 = 80_877_102;
/// Bytes read at once, at least.
const READ: usize = 256 << 10;
/// Bytes of the longest message taken: a row of 1,600 columns, of which some have the 16 MB a value can have at most
/// (<https://docs.aws.amazon.com/redshift/latest/dg/limitations-super.html>).
const LONGEST: usize = 256 << 20;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection as messages.
pub(super) struct Channel {
    stream: Box<dyn Stream>,
    read: BytesMut,
}

/// A message of the server.
pub(super) struct Message {
    pub(super) tag: u8,
    pub(super) body: Bytes,
}

/// Which session to stop, and the server's proof that it is ours.
#[derive(Clone, Copy)]
pub(super) struct CancelKey {
    pub(super) process: u32,
    pub(super) secret: u32,
}

/// A column as the server describes it.
#[derive(Debug, Clone)]
pub(super) struct Described {
    pub(super) name: String,
    /// Number of its type.
    pub(super) oid: u32,
    /// Of `char(n)`: n + 4; −1 where the type has no such thing.
    pub(super) modifier: i32,
}

impl Channel {
    pub(super) fn new(wire: Wire) -> Self {
        let stream: Box<dyn Stream> = match wire {
            Wire::Plain(stream) => Box::new(stream),
            Wire::Secured(stream) => stream,
        };
        Self { stream, read: BytesMut::with_capacity(READ) }
    }

    /// Sends what [`message`] and its like made.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// The next message. Where it is not awaited to its end, nothing is lost.
    pub(super) async fn receive(&mut self) -> io::Result<Message> {
        loop {
            if let Some(message) = self.received()? {
                return Ok(message);
            }
            self.read.reserve(READ);
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// The next message, where all of it is there.
    pub(super) fn received(&mut self) -> io::Result<Option<Message>> {
        let Some((tag, body)) = whole(&self.read)? else { return Ok(None) };
        let mut body = self.read.split_to(HEAD + body.len()).freeze();
        body.advance(HEAD);
        Ok(Some(Message { tag, body }))
    }

    /// Gives `take` each row that is there, where it is, until it wants no more or something else comes. Answers with how
    /// many it took.
    pub(super) fn take_rows(&mut self, mut take: impl FnMut(&[u8]) -> io::Result<bool>) -> io::Result<u64> {
        let (mut count, mut end, mut wants_more) = (0, 0, true);
        while wants_more && let Some((b'D', body)) = whole(self.read.get(end..).unwrap_or_default())? {
            wants_more = take(body)?;
            count += 1;
            end += HEAD + body.len();
        }
        self.read.advance(end);
        Ok(count)
    }
}

/// Bytes before a message's body: its tag, and its length without the tag.
const HEAD: usize = 5;

/// Tag and body of the message that `bytes` begin with, where all of it is there.
fn whole(bytes: &[u8]) -> io::Result<Option<(u8, &[u8])>> {
    let Some((&[tag, ref length @ ..], rest)) = bytes.split_first_chunk::<HEAD>() else { return Ok(None) };
    let length = u32::from_be_bytes(*length) as usize;
    if !(4..=LONGEST).contains(&length) {
        return Err(malformed());
    }
    Ok(rest.get(..length - 4).map(|body| (tag, body)))
}

/// What is not a message of the protocol.
pub(super) fn malformed() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// A message of the client, with its tag.
pub(super) fn message(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length = 4 + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut bytes = Vec::with_capacity(length + 1);
    bytes.push(tag);
    bytes.extend_from_slice(&(length as u32).to_be_bytes());
    bytes.extend(parts.concat());
    bytes
}

/// Asks for a session, with parameters by name.
pub(super) fn startup(parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = vec![0; 4];
    bytes.extend_from_slice(&VERSION.to_be_bytes());
    for (name, value) in parameters {
        for text in [name, value] {
            bytes.extend_from_slice(text.as_bytes());
            bytes.push(0);
        }
    }
    bytes.push(0);
    let length = (bytes.len() as u32).to_be_bytes();
    bytes.splice(..4, length);
    bytes
}

/// Runs statements.
pub(super) fn query(sql: &str) -> Vec<u8> {
    message(b'Q', &[sql.as_bytes(), b"\0"])
}

/// Asks what one statement answers with, without running it. The server refuses more than one.
pub(super) fn describe(sql: &str) -> Vec<u8> {
    let mut bytes = message(b'P', &[b"\0", sql.as_bytes(), b"\0\0\0"]);
    bytes.extend(message(b'D', &[b"S\0"]));
    bytes.extend(message(b'S', &[]));
    bytes
}

/// Says goodbye.
pub(super) fn terminate() -> Vec<u8> {
    message(b'X', &[])
}

/// Stops what a session does; sent on a connection of its own.
pub(super) fn cancel(key: CancelKey) -> Vec<u8> {
    [16, CANCEL, key.process, key.secret].iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// A text that ends with a zero.
pub(super) fn text(body: &mut Bytes) -> io::Result<String> {
    let end = memchr(body).ok_or_else(malformed)?;
    let text = String::from_utf8_lossy(&body.split_to(end)).into_owned();
    body.advance(1);
    Ok(text)
}

fn memchr(body: &[u8]) -> Option<usize> {
    body.iter().position(|byte| *byte == 0)
}

/// The columns of a `RowDescription`.
pub(super) fn described(mut body: Bytes) -> io::Result<Vec<Described>> {
    let count = body.try_get_u16().map_err(|_| malformed())?;
    let mut columns = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let name = text(&mut body)?;
        // Table and column it is of, type, length, modifier, format.
        if body.len() < 18 {
            return Err(malformed());
        }
        body.advance(6);
        let oid = body.get_u32();
        body.advance(2);
        let modifier = body.get_i32();
        body.advance(2);
        columns.push(Described { name, oid, modifier });
    }
    Ok(columns)
}

/// The values of a `DataRow`; `None` for null.
pub(super) struct Values<'a> {
    rest: &'a [u8],
    left: u16,
}

impl<'a> Values<'a> {
    pub(super) fn of(body: &'a [u8]) -> io::Result<Self> {
        let (count, rest) = body.split_first_chunk().ok_or_else(malformed)?;
        Ok(Self { rest, left: u16::from_be_bytes(*count) })
    }

    /// How many are left.
    pub(super) fn left(&self) -> usize {
        usize::from(self.left)
    }

    pub(super) fn next(&mut self) -> io::Result<Option<&'a [u8]>> {
        self.left = self.left.checked_sub(1).ok_or_else(malformed)?;
        let (length, rest) = self.rest.split_first_chunk().ok_or_else(malformed)?;
        self.rest = rest;
        let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else { return Ok(None) };
        let (value, rest) = self.rest.split_at_checked(length).ok_or_else(malformed)?;
        self.rest = rest;
        Ok(Some(value))
    }
}
