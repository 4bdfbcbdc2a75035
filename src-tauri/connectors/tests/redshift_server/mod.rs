//! A stand-in for Redshift: PostgreSQL, kept to what Redshift accepts by a filter in front of it.
//!
//! Redshift itself runs nowhere but in AWS. The filter refuses what it refuses, each with its source in
//! `rules.rs`; gives types the numbers they have there; leaves the row count away from a SELECT's end, as it does; and
//! the database has its catalogue views and functions. So this proves that Sluice keeps to that dialect, and how it
//! takes answers. It does not prove Redshift.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../postgres_server/mod.rs"]
pub mod postgres_server;
mod rules;

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread;

use postgres_server::PostgresServer;

/// What Redshift has in every database.
const CATALOGUE: &str = "
    set allow_system_table_mods = on;
    create table pg_catalog.svv_external_tables (redshift_database_name text, schemaname text, tablename text, tabletype text);
    create table pg_catalog.svv_mv_info (database_name char(128), schema_name char(128), user_name char(128), name char(128));
    create table pg_catalog.svv_redshift_tables (database_name varchar(128), schema_name varchar(128), table_name varchar(128), table_type varchar(128), table_acl varchar(128), remarks varchar(256));
    grant select on pg_catalog.svv_external_tables, pg_catalog.svv_mv_info, pg_catalog.svv_redshift_tables to public;
    create function pg_catalog.json_serialize(jsonb) returns varchar immutable language sql as $$ select coalesce($1::text, 'null') $$;
    create function pg_catalog.to_hex(bytea) returns varchar immutable language sql as $$ select encode($1, 'hex') $$;
    create function pg_catalog.fnv_hash(float8) returns int8 immutable language sql as $$ select hashtextextended(encode(float8send($1), 'hex'), 0) $$;
";

/// A running stand-in.
pub struct RedshiftServer {
    /// Its port on 127.0.0.1, where nothing is encrypted.
    pub port: u16,
    /// What is behind the filter.
    pub postgres: &'static PostgresServer,
}

impl RedshiftServer {
    /// The server all tests of this binary share, or `None` where they are to be skipped.
    pub fn shared() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<RedshiftServer>> = OnceLock::new();
        SERVER.get_or_init(|| PostgresServer::shared().map(Self::start)).as_ref()
    }

    fn start(postgres: &'static PostgresServer) -> Self {
        // Redshift knows passwords in the clear, as MD5, and in a way of its own.
        let file = postgres.sql("postgres", "show hba_file");
        let rules = std::fs::read_to_string(&file).unwrap().replace("scram-sha-256", "md5");
        std::fs::write(&file, rules).unwrap();
        postgres.sql("postgres", &format!(
            "alter system set password_encryption = 'md5'; select pg_reload_conf(); set password_encryption = 'md5'; \
            alter role postgres password '{}'", postgres.password
        ));
        for database in ["template1", "postgres"] {
            postgres.sql(database, CATALOGUE);
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, behind) = (listener.local_addr().unwrap().port(), postgres.port);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                thread::spawn(move || drop(serve(&client, behind)));
            }
        });
        Self { port, postgres }
    }

    /// Runs SQL of PostgreSQL as superuser, past the filter, and returns what it answered, unaligned.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        self.postgres.sql(database, sql)
    }
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
