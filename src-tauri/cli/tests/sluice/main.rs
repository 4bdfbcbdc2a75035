//! The command line's contract, on the real program: sample warehouse and PostgreSQL, practice CRM, files,
//! a server that answers as it is told.

#![allow(clippy::unwrap_used, clippy::panic)]

mod command;
#[path = "../../../connectors/tests/postgres_server/mod.rs"]
mod postgres_server;
#[allow(dead_code)]
#[path = "../../../connectors/src/destinations/fixture/server.rs"]
mod server;

mod destination_faults;
mod documentation;
mod earlier;
mod faults;
mod held;
mod main_job;
mod mapping;
mod pairs;
mod stopping;
mod undo;
mod warehouse_faults;
mod workspace_file;
