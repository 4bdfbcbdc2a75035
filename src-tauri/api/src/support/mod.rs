//! The support details: what somebody who helps needs to know of this Sluice, as text to hand on.
//!
//! Connections and syncs are told by numbers. What they are called, where they are and what goes through them can not come
//! into the text: it is made of what a [`Said`] can be.

mod sheet;
mod syncs;
#[cfg(test)]
mod tests;

use std::io::{ErrorKind as IoKind, Write};
use std::path::Path;

use sluice_connectors::alerts::{EMAIL, SLACK, WEBHOOK};
use sluice_engine::clock::millis;
use sluice_engine::connection::Role;
use sluice_engine::engine::Engine;
use sluice_engine::schedule::time_zones;
use sluice_engine::store::causes;
use sluice_engine::store::connections::{self, SavedConnection};
use sluice_engine::store::events::{self, Filter};
use sluice_engine::store::{alerts, drafts, sqlite_version};
use sluice_engine::{ErrorKind, Result};

use crate::events::{STATUSES, label, states};
use crate::wire::{AppInfo, Problem, Settings, SupportRequest, Theme};
use crate::{Api, CATALOGUE, csv};
use sheet::{Said, Sheet};

/// Where there is nothing to say.
const NOTHING: &str = "–";

/// Writes one part of the text.
type Part = fn(&Engine, &mut Sheet) -> Result<()>;

/// The parts that are read from the data folder.
const PARTS: [(&str, Part); 5] = [
    ("Data folder", data_folder),
    ("Connections", connections),
    ("Alerts", alerts),
    ("Events", events),
    ("Syncs", syncs::syncs),
];

impl Api {
    /// Notes which version of the system's webview shows this program, for the support details.
    pub fn shown_in(&self, webview: String) {
        // Noted once: it does not change while the program runs.
        self.0.webview.get_or_init(|| webview);
    }

    /// The support details as text; written to the request's file too, if it names one.
    pub async fn support(&self, input: SupportRequest) -> Result<String, Problem> {
        let info = self.app_info(()).await?;
        let webview = self.0.webview.get().cloned();
        self.blocking(move |engine| {
            let mut sheet = Sheet::new("Sluice support details");
            program(engine, &mut sheet, &info, webview.as_deref());
            sheet.part("Settings");
            settings(&mut sheet, &info.settings);
            for (title, part) in PARTS {
                sheet.part(title);
                // What can not be read is what a supporter has to know.
                if let Err(error) = part(engine, &mut sheet) {
                    sheet.fact("Could not be read to the end", error.kind().code());
                }
            }
            let text = sheet.into_text();
            if let Some(path) = &input.path {
                let mut file = csv::create(path)?;
                file.write_all(text.as_bytes())?;
                file.flush()?;
            }
            Ok(text)
        })
        .await
    }
}

fn program(engine: &Engine, sheet: &mut Sheet, info: &AppInfo, webview: Option<&str>) {
    sheet.sentence("Connections and syncs have numbers here, in the order of their names.");
    sheet.sentence(
        "Not in this text: names, addresses, accounts, columns, values, secrets, the words of errors.",
    );
    sheet.part("Program");
    sheet.fact("Made at", Said::At(millis(engine.clock().now())));
    sheet.fact("Sluice", env!("CARGO_PKG_VERSION"));
    sheet.fact("System", vec![Said::Word(std::env::consts::OS), Said::Word(std::env::consts::ARCH)]);
    sheet.fact("Webview", webview.map_or(Said::Word("none"), Said::version));
    sheet.fact("SQLite", sqlite_version());
    sheet.fact("Time zone", zone(&info.time_zone));
    sheet.fact("Keychain", Said::or(info.keychain.as_ref().map(|problem| code(&problem.kind)), "answers"));
    sheet.fact("Storage", Said::or(info.storage.as_ref().map(|problem| code(&problem.kind)), "in order"));
}

fn settings(sheet: &mut Sheet, settings: &Settings) {
    let theme = match settings.theme {
        Theme::System => "as the system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    sheet.fact("Theme", theme);
    sheet.fact("Keeps running when the window is closed", Said::or(settings.keep_in_tray, "not asked yet"));
    sheet.fact("Starts with the computer", settings.autostart);
    sheet.fact("Notifications", settings.notify);
    sheet.fact("All schedules paused", settings.schedules_paused);
    sheet.fact("Days of history", settings.history_days);
    sheet.fact("Megabytes of history", settings.history_megabytes);
}

fn data_folder(engine: &Engine, sheet: &mut Sheet) -> Result<()> {
    let figures = engine.store().figures()?;
    sheet.fact("Version of the tables", figures.version);
    sheet.fact("Database", Said::Bytes(figures.bytes));
    sheet.fact("Whole folder", Said::Bytes(size(engine.home())?));
    sheet.fact("Drafts", engine.store().read(drafts::all)?.len());
    Ok(())
}

/// How much a folder takes.
fn size(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        sum += match entry.metadata() {
            Ok(found) if found.is_dir() => size(&entry.path())?,
            Ok(found) => found.len(),
            // A file that has gone meanwhile takes nothing.
            Err(error) if error.kind() == IoKind::NotFound => 0,
            Err(error) => return Err(error.into()),
        };
    }
    Ok(sum)
}

fn connections(engine: &Engine, sheet: &mut Sheet) -> Result<()> {
    let saved = engine.store().read(connections::all)?;
    let row = |(index, saved): (usize, &SavedConnection)| {
        let side = match CATALOGUE.manifest(&saved.connection.kind) {
            Ok((_, Role::Warehouse)) => "warehouse",
            Ok((_, Role::Destination)) => "destination",
            Err(_) => NOTHING,
        };
        let test = match saved.checked_ok {
            Some(true) => "passed",
            Some(false) => "failed",
            None => "never",
        };
        let at = saved.checked_at.map(Said::At);
        [number(index), side.into(), kind(&saved.connection.kind).into(), test.into(), Said::or(at, NOTHING)]
    };
    let rows = saved.iter().enumerate().map(row).collect();
    sheet.table(["Connection", "Side", "Kind", "Last test", "Tested at"], rows);
    Ok(())
}

fn alerts(engine: &Engine, sheet: &mut Sheet) -> Result<()> {
    let mut rows: Vec<[Said; 9]> = Vec::new();
    for saved in engine.store().read(alerts::all)? {
        let ways = [WEBHOOK, SLACK, EMAIL];
        let way = ways.into_iter().find(|way| *way == saved.receiver.kind).unwrap_or("unknown");
        let rules = saved.receiver.rules;
        rows.push([
            way.into(),
            saved.receiver.syncs.is_none().into(),
            rules.failed.into(),
            rules.held.into(),
            Said::or(rules.rejected, NOTHING),
            Said::or(rules.rejected_percent, NOTHING),
            Said::or(rules.silent_hours, NOTHING),
            engine.store().read(|sqlite| alerts::waiting(sqlite, &saved.id))?.into(),
            Said::or(saved.problem.as_ref().map(|problem| code(&problem.kind)), NOTHING),
        ]);
    }
    let heads =
        ["Way", "All syncs", "Failed", "Held", "Rejected", "Percent", "Silent hours", "Waiting", "Problem"];
    sheet.table(heads, rows);
    Ok(())
}

fn events(engine: &Engine, sheet: &mut Sheet) -> Result<()> {
    let counts = engine.store().read(|sqlite| events::by_state(sqlite, &Filter::default()))?;
    let mut rows: Vec<[Said; 3]> = Vec::new();
    for status in STATUSES {
        let all: u64 = states(status).iter().filter_map(|state| counts.get(state)).sum();
        if all == 0 {
            continue;
        }
        rows.push([label(status).into(), "all".into(), all.into()]);
        let filter = Filter { states: states(status).to_vec(), ..Filter::default() };
        for group in engine.store().read(|sqlite| causes::groups(sqlite, &filter))? {
            rows.push([label(status).into(), code(&group.kind).into(), group.count.into()]);
        }
    }
    sheet.table(["State", "Cause", "Events"], rows);
    Ok(())
}

/// The code of the error of this name.
fn code(kind: &str) -> &'static str {
    ErrorKind::from_name(kind).map_or("unknown", ErrorKind::code)
}

/// The kind of a connection, where it is one of Sluice's.
fn kind(id: &str) -> &'static str {
    CATALOGUE.manifest(id).map_or("unknown", |(manifest, _)| manifest.id)
}

/// A time zone, where it is one there is.
fn zone(name: &str) -> &'static str {
    time_zones().into_iter().find(|zone| *zone == name).unwrap_or("unknown")
}

/// The number of the one at `index`.
fn number(index: usize) -> Said {
    Said::Number(index as u64 + 1)
}
