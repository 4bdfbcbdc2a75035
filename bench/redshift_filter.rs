//! Redshift's stand-in in front of a PostgreSQL, until its standard input ends: `redshift_filter PORT` says its own port.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../src-tauri/connectors/tests/redshift_server/filter/mod.rs"]
mod filter;

fn main() {
    let behind = std::env::args().nth(1).unwrap().parse().unwrap();
    println!("{}", filter::before(behind));
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
}
