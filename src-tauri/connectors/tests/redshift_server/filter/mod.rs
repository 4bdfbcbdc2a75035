//! The filter in front of PostgreSQL that makes of it what Redshift takes and answers.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail by panicking")]

mod rules;

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

/// The port of a filter in front of the PostgreSQL on port `behind` of this computer.
pub(crate) fn before(behind: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            thread::spawn(move || drop(serve(&client, behind)));
        }
    });
    port
}

fn serve(client: &TcpStream, behind: u16) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut from_client = BufReader::with_capacity(1 << 16, client);
    let mut first = sized(&mut from_client)?;
    while first.starts_with(&80_877_103_u32.to_be_bytes()) {
        let mut to_client = client;
        to_client.write_all(b"N")?;
        first = sized(&mut from_client)?;
    }
    let server = TcpStream::connect(("127.0.0.1", behind))?;
    server.set_nodelay(true)?;
    let mut to_server = &server;
    to_server.write_all(&[&(first.len() as u32 + 4).to_be_bytes()[..], &first].concat())?;
    if first.starts_with(&80_877_102_u32.to_be_bytes()) {
        return io::copy(&mut &server, &mut &*client).map(drop);
    }
    thread::scope(|scope| {
        scope.spawn(|| {
            drop(answers(&server, client));
            drop(client.shutdown(Shutdown::Both));
        });
        drop(requests(&mut from_client, &server));
        drop(server.shutdown(Shutdown::Both));
    });
    Ok(())
}

/// What follows a length that counts itself.
fn sized(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
    from.read_exact(&mut body)?;
    Ok(body)
}

fn send(to: &mut impl Write, tag: u8, body: &[u8]) -> io::Result<()> {
    to.write_all(&[tag])?;
    to.write_all(&(body.len() as u32 + 4).to_be_bytes())?;
    to.write_all(body)
}

fn requests(from: &mut impl Read, server: &TcpStream) -> io::Result<()> {
    let mut to = BufWriter::new(server);
    loop {
        let mut tag = [0];
        from.read_exact(&mut tag)?;
        let body = sized(from)?;
        match tag[0] {
            b'Q' => {
                let sql = rules::kept(std::str::from_utf8(&body[..body.len() - 1]).unwrap());
                send(&mut to, b'Q', &[sql.as_bytes(), b"\0"].concat())?;
            }
            b'P' => {
                let mut parts = body.splitn(3, |byte| *byte == 0);
                let (name, sql, rest) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
                let sql = rules::kept(std::str::from_utf8(sql).unwrap());
                send(&mut to, b'P', &[name, b"\0", sql.as_bytes(), b"\0", rest].concat())?;
            }
            // A portal over a cursor, catalogue tables or SVV_EXTERNAL_TABLES can vanish between two fetches
            // (https://github.com/aws/amazon-redshift-jdbc-driver/issues/9 and 80), so none may be opened.
            b'B' | b'E' => return Err(io::ErrorKind::Unsupported.into()),
            tag => send(&mut to, tag, &body)?,
        }
        to.flush()?;
    }
}

fn answers(server: &TcpStream, client: &TcpStream) -> io::Result<()> {
    let mut from = BufReader::with_capacity(1 << 16, server);
    let mut to = BufWriter::with_capacity(1 << 16, client);
    loop {
        if from.buffer().is_empty() {
            to.flush()?;
        }
        let mut tag = [0];
        from.read_exact(&mut tag)?;
        let mut body = sized(&mut from)?;
        match tag[0] {
            b'T' => rules::renumber(&mut body),
            // https://github.com/aws/amazon-redshift-python-driver/blob/master/redshift_connector/core.py,
            // handle_COMMAND_COMPLETE: a SELECT ends without a row count.
            b'C' if body.starts_with(b"SELECT ") => body = b"SELECT\0".to_vec(),
            _ => {}
        }
        send(&mut to, tag[0], &body)?;
    }
}
