//! The command line, as the contract has it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sluice_api::wire::{Discarding, EventStatus};

/// Sends rows from your data warehouse to the tools marketing and sales work in.
#[derive(Debug, Parser)]
#[command(name = "sluice", version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct CommandLine {
    // Not clap's own `env`: the demo heeds the flag alone, so that it never meets real data.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help = "The data folder [else SLUICE_HOME, else the platform's]"
    )]
    pub(crate) home: Option<PathBuf>,

    /// Answer in JSON: one document on standard output (events: one per line)
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Do the whole job once on sample data, with no account and no network
    Demo,
    /// Create or update the connections and syncs a workspace file names
    Apply {
        /// The workspace file, or - for standard input
        file: PathBuf,
    },
    /// Write connections and syncs as a workspace file
    Export {
        /// Where to, instead of standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Test a connection, step by step
    Check {
        /// The connection's name
        connection: String,
    },
    /// Show what a run would do; nothing is sent
    Plan {
        /// The sync's name
        sync: String,
        /// Show at most so many records
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: usize,
        /// Compare every record with what stands in the destination, and hold the run so that just it can be approved
        #[arg(long)]
        all: bool,
        /// With --all: also records that are as they were last sent
        #[arg(long, requires = "all")]
        full: bool,
        /// With --all: write every compared record to this file, as CSV or, where it ends in .jsonl or .json, as JSON lines
        #[arg(long, value_name = "FILE", requires = "all")]
        export: Option<PathBuf>,
    },
    /// Run a sync now
    Sync {
        /// The sync's name
        sync: String,
        /// Send every row again
        #[arg(long)]
        full: bool,
        /// Go on with what a held run would do
        #[arg(long)]
        approve: bool,
        /// With --approve: also where the warehouse has changed since
        #[arg(long, requires = "approve")]
        anyway: bool,
        /// With --approve: read the warehouse again to see whether it has changed, also where that is billed
        #[arg(long, requires = "approve", conflicts_with = "anyway")]
        look: bool,
        /// Drop the held run; nothing more of it is sent
        #[arg(long, conflicts_with_all = ["full", "approve"])]
        drop: bool,
    },
    /// Show what was sent to whom, and the answer; newest last
    Events(EventsArgs),
    /// Show the history of runs, newest first
    Runs {
        /// Only of this sync
        #[arg(long)]
        sync: Option<String>,
        /// At most so many
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
    },
    /// Send again what the destination rejected in a run
    Retry {
        /// The run's number
        run: i64,
        /// Only the record with this key
        #[arg(long)]
        key: Option<String>,
    },
    /// Decide that rejected or waiting records of a run are not to be sent
    Discard {
        /// The run's number
        run: i64,
        /// Only the record with this key
        #[arg(long)]
        key: Option<String>,
        /// Only what was rejected, or only what is waiting
        #[arg(long)]
        status: Option<Open>,
    },
    /// Restore what a run changed, but for what somebody has changed since
    Undo {
        /// The run's number
        run: i64,
        /// Only the record with this key; may be given more than once
        #[arg(long)]
        key: Vec<String>,
        /// Also delete the records that the run created
        #[arg(long)]
        delete_created: bool,
        /// Only say what would be done, record by record
        #[arg(long)]
        look: bool,
        /// With --look: records of each kind to show
        #[arg(long, default_value_t = 20, requires = "look")]
        limit: usize,
    },
    /// Send the record of one event once more, as it was
    Replay {
        /// The event's id, as `sluice events` shows it
        event: String,
        /// A file with the payload to send in its place, `-` for standard input
        #[arg(long, value_name = "FILE")]
        payload: Option<PathBuf>,
    },
    /// Follow the schedules in the foreground, until a signal
    Run,
    /// Keep secrets in the keychain
    Secret {
        #[command(subcommand)]
        command: SecretCommand,
    },
    /// Tell what a supporter needs to know, without names, addresses, values and secrets
    Support {
        /// Where to, instead of standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Serve the window's commands on loopback, for work on the window
    #[cfg(feature = "development")]
    #[command(hide = true)]
    Serve {
        /// The port; 0 takes a free one
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// A folder with the built window
        #[arg(long, value_name = "DIR")]
        ui: Option<PathBuf>,
    },
}

#[derive(Debug, Default, Args)]
pub(crate) struct EventsArgs {
    /// Only of this sync
    #[arg(long)]
    pub(crate) sync: Option<String>,
    /// Only of this run
    #[arg(long)]
    pub(crate) run: Option<i64>,
    /// Only of the record with this key, or about the person with this e-mail, user id or anonymous id
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// Only in this state; may be given more than once
    #[arg(long)]
    pub(crate) status: Vec<Status>,
    /// Only the newest so many
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SecretCommand {
    /// Read a secret from standard input into the keychain
    Set {
        /// The connection's name
        connection: String,
        /// The setting, such as password
        setting: String,
    },
}

/// A record's state on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Status {
    Delivered,
    Accepted,
    Waiting,
    Sending,
    Rejected,
    Doubtful,
    Superseded,
    Discarded,
    Invalid,
}

/// What can be discarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Open {
    Rejected,
    Waiting,
}

impl From<Open> for Discarding {
    fn from(open: Open) -> Self {
        match open {
            Open::Rejected => Self::Refused,
            Open::Waiting => Self::Waiting,
        }
    }
}

impl From<Status> for EventStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Delivered => Self::Delivered,
            Status::Accepted => Self::Accepted,
            Status::Waiting => Self::Waiting,
            Status::Sending => Self::Sending,
            Status::Rejected => Self::Rejected,
            Status::Doubtful => Self::Doubtful,
            Status::Superseded => Self::Superseded,
            Status::Discarded => Self::Discarded,
            Status::Invalid => Self::Invalid,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_declaration_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn every_line_of_the_contract_is_taken() {
        for line in [
            "demo",
            "demo --json --home d",
            "apply f.yaml",
            "export",
            "export --output f.yaml",
            "check shop",
            "plan s --limit 5",
            "sync s --full",
            "sync s --approve --json",
            "sync s --approve --anyway",
            "sync s --approve --look",
            "plan s --all --full --export f.csv",
            "sync s --drop",
            "events --sync s --run 1 --key k --status rejected --limit 3",
            "runs --sync s",
            "retry 1 --key k",
            "discard 1 --key k",
            "discard 1 --status rejected",
            "undo 1 --key k --key l",
            "undo 1 --delete-created",
            "undo 1 --look --limit 5",
            "replay 1-2-3 --payload -",
            "run",
            "secret set shop password",
            "support",
            "support --output s.md",
            "--home d --json runs",
        ] {
            let words = std::iter::once("sluice").chain(line.split(' '));
            assert!(CommandLine::try_parse_from(words).is_ok(), "{line}");
        }
    }

    #[test]
    fn wrong_use_has_exit_status_2() {
        for line in [
            "",
            "synk",
            "sync",
            "plan s --limit x",
            "sync s --drop --approve",
            "retry abc",
            "events --status lost",
            "runs --all",
        ] {
            let words = std::iter::once("sluice").chain(line.split_whitespace());
            let error = CommandLine::try_parse_from(words).expect_err(line);
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }
}
