//! The command line's contract, on the real program: sample warehouse, practice CRM, files, a server that is
//! slow to answer.

#![allow(clippy::unwrap_used, clippy::panic)]

mod command;

mod earlier;
mod faults;
mod main_job;
mod pairs;
mod stopping;
mod workspace_file;
