//! A line to a server that breaks.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

/// The port of a line to `port` on this computer; each connection breaks after `bytes` from the server.
pub(crate) fn cut_after(port: u16, bytes: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else { continue };
            let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || carry(from, to, usize::MAX));
            thread::spawn(move || carry(server, client, bytes));
        }
    });
    own
}

fn carry(mut from: TcpStream, mut to: TcpStream, mut left: usize) {
    let mut buffer = [0; 16 * 1024];
    while left > 0
        && let Ok(count @ 1..) = from.read(&mut buffer)
        && to.write_all(&buffer[..count.min(left)]).is_ok()
    {
        left = left.saturating_sub(count);
    }
    // Either side may have gone already.
    from.shutdown(Shutdown::Both).ok();
    to.shutdown(Shutdown::Both).ok();
}
