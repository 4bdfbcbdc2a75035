mod accessibility;
mod desk;
mod journal;
mod keyboard;
mod page;
mod postgres;
#[path = "../../src-tauri/connectors/tests/postgres_server/mod.rs"]
mod postgres_server;
mod process;
mod recorder;
mod sample;
mod start;
