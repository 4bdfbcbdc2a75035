//! A destination that takes everything: answers 200 to every POST, and never looks at the body. Standard library
//! alone; `rustc -O sink.rs`. `sink PORT`, 0 for a free one; says the port, then serves until it is ended.
//!
//! `GET /stats` answers with the requests and bytes so far. After `GET /hold` requests are read and never
//! answered, until `GET /release`.
#![forbid(unsafe_code)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

static REQUESTS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);
static HOLD: AtomicBool = AtomicBool::new(false);

fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(0);
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    println!("{}", listener.local_addr()?.port());
    for stream in listener.incoming() {
        let stream = stream?;
        // A connection that breaks is the client's affair.
        thread::spawn(move || drop(serve(stream)));
    }
    Ok(())
}

fn serve(mut out: TcpStream) -> std::io::Result<()> {
    out.set_nodelay(true)?;
    let mut input = BufReader::with_capacity(256 << 10, out.try_clone()?);
    let (mut line, mut rest) = (String::new(), vec![0; 256 << 10]);
    loop {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let first = line.clone();
        let mut length = 0_u64;
        loop {
            line.clear();
            input.read_line(&mut line)?;
            let header = line.trim_end();
            if header.is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut left = length;
        while left > 0 {
            let wanted = left.min(rest.len() as u64) as usize;
            let count = input.read(&mut rest[..wanted])?;
            if count == 0 {
                return Ok(());
            }
            left -= count as u64;
        }
        let answer = if first.starts_with("POST") {
            REQUESTS.fetch_add(1, Relaxed);
            BYTES.fetch_add(length, Relaxed);
            while HOLD.load(Relaxed) {
                thread::sleep(Duration::from_millis(20));
            }
            "OK".to_owned()
        } else {
            match first.split(' ').nth(1) {
                Some("/hold") => HOLD.store(true, Relaxed),
                Some("/release") => HOLD.store(false, Relaxed),
                _ => {}
            }
            format!("{} {}", REQUESTS.load(Relaxed), BYTES.load(Relaxed))
        };
        write!(
            out,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{answer}",
            answer.len()
        )?;
    }
}
