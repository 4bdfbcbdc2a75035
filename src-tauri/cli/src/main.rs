//! The `sluice` command: the product without its window.

mod args;
mod commands;
mod exit;
mod output;
mod progress;
mod signals;
mod summary;
mod words;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use sluice_api::Api;
use sluice_api::wire::{Discarding, Problem};

use args::{Command, CommandLine, SecretCommand};
use commands::{
    apply, check, demo, events, export, follow, plan, plan_all, retry, runs, secret, support, sync, undo,
};
use exit::Exit;
use output::Output;

fn main() -> ExitCode {
    let line = CommandLine::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::note(&format!(
                "Sluice could not start its threads: {error}. · Nothing was changed. · Close other programs and try again."
            ));
            return Exit::Failed.into();
        }
    };
    let out = Output { json: line.json };
    let exit = runtime.block_on(Box::pin(run(line, out))).unwrap_or_else(|problem| {
        out.failed(&problem);
        Exit::from(&problem)
    });
    // Threads that wait for standard input or the keychain do not hold the end up.
    runtime.shutdown_background();
    exit.into()
}

async fn run(line: CommandLine, out: Output) -> Result<Exit, Problem> {
    let home = sluice_api::home(line.home.clone());
    match line.command {
        Command::Demo => demo::run(out, line.home).await,
        Command::Apply { file } => owning(&home, async |api| apply::run(api, out, &file).await).await,
        Command::Export { output } => export::run(&Api::open_reading(&home)?, out, output).await,
        Command::Check { connection } => {
            looking(&home, async |api| check::run(api, out, connection).await).await
        }
        Command::Plan { sync, limit, all: true, full, export } => {
            let look = plan_all::Look { limit, full, export };
            owning(&home, async |api| Box::pin(plan_all::run(api, out, sync, look)).await).await
        }
        Command::Plan { sync, limit, .. } => {
            looking(&home, async |api| plan::run(api, out, sync, limit).await).await
        }
        Command::Sync { sync, drop: true, .. } => {
            owning(&home, async |api| sync::drop_held(api, out, &sync).await).await
        }
        Command::Sync { sync, full, approve, anyway, look, drop: false } => {
            let how = sync::How { full, approve, anyway, look };
            owning(&home, async |api| Box::pin(sync::run(api, out, sync, how)).await).await
        }
        Command::Events(args) => events::run(&Api::open_reading(&home)?, out, args).await,
        Command::Runs { sync, limit } => runs::run(&Api::open_reading(&home)?, out, sync, limit).await,
        Command::Retry { run, key } => owning(&home, async |api| retry::run(api, out, run, key).await).await,
        Command::Discard { run, key, status } => {
            owning(&home, async |api| {
                retry::discard(api, out, run, key, status.map_or(Discarding::All, Into::into)).await
            })
            .await
        }
        Command::Undo { run, key, delete_created, look: true, limit } => {
            looking(&home, async |api| undo::look(api, out, run, key, delete_created, limit).await).await
        }
        Command::Undo { run, key, delete_created, .. } => {
            owning(&home, async |api| undo::run(api, out, run, key, delete_created).await).await
        }
        Command::Replay { event, payload } => {
            owning(&home, async |api| undo::replay(api, out, event, payload).await).await
        }
        Command::Run => owning(&home, async |api| follow::run(api, out).await).await,
        Command::Secret { command: SecretCommand::Set { connection, setting } } => {
            secret::set(&Api::open_reading(&home)?, out, connection, setting).await
        }
        Command::Support { output } => support::run(&Api::open_reading(&home)?, out, output).await,
        #[cfg(feature = "development")]
        Command::Serve { port, ui } => {
            owning(&home, async |api| commands::serve::run(api, port, ui).await).await
        }
    }
}

/// Does `work`, which asks servers and changes nothing: an interrupt ends it, and the servers are told.
async fn looking(
    home: &Path,
    work: impl AsyncFnOnce(&Api) -> Result<Exit, Problem>,
) -> Result<Exit, Problem> {
    let api = Api::open_reading(home)?;
    let done = tokio::select! {
        done = work(&api) => done,
        () = signals::stop() => Ok(Exit::Interrupted),
    };
    api.shutdown().await;
    done
}

/// Does `work` as the owner of the data folder.
async fn owning(home: &Path, work: impl AsyncFnOnce(&Api) -> Result<Exit, Problem>) -> Result<Exit, Problem> {
    let api = Api::open(home)?;
    let done = work(&api).await;
    api.shutdown().await;
    done
}
