//! Events into a file the user chose.

use std::io::Write;

use sluice_engine::engine::Engine;
use sluice_engine::store::events;
use sluice_engine::{Error, ErrorKind, Result};

use super::line::Lines;
use super::{filter, label};
use crate::csv;
use crate::wire::{Event, EventsExport};

/// Events read at once.
const PAGE: usize = 1_000;

pub(super) fn export(engine: &Engine, input: &EventsExport) -> Result<u64> {
    let filter = filter(engine, &input.filter)?;
    let mut lines = Lines::new(engine);
    let mut out = csv::create(&input.path)?;
    let csv = input.format == "csv";
    if csv {
        writeln!(out, "at,sync,run,status,change,what,who,key,answer,payload")?;
    }
    let (mut count, mut cursor) = (0, None);
    loop {
        let rows = engine.store().read(|sqlite| events::page(sqlite, &filter, cursor, PAGE))?;
        for row in &rows {
            let event = lines.shown(row, input.reveal)?;
            let payload = row.sent().into_owned();
            let payload = match lines.masks_unless(input.reveal, row.sync)? {
                Some(masks) if !payload.is_empty() => masks.json(&payload).0,
                Some(_) | None => payload,
            };
            write_event(&mut out, csv, &event, &payload)?;
            count += 1;
        }
        cursor = rows.last().map(|row| row.id);
        if rows.len() < PAGE {
            out.flush()?;
            return Ok(count);
        }
    }
}

fn write_event(out: &mut impl Write, csv: bool, event: &Event, payload: &str) -> Result<()> {
    if csv {
        let change = format!("{:?}", event.change).to_lowercase();
        let run = event.run.to_string();
        let status = label(event.status);
        let cells: [&str; 10] = [
            &event.at,
            &event.sync,
            &run,
            status,
            &change,
            &event.what,
            &event.who,
            &event.key,
            &event.answer,
            payload,
        ];
        return csv::write(out, &cells);
    }
    let line = serde_json::to_value(event)
        .map_err(|error| Error::new(ErrorKind::Bug, "An event could not be written.").with_source(error))?;
    let text = line.to_string();
    let payload = if payload.is_empty() { "null" } else { payload };
    writeln!(out, "{},\"payload\":{payload}}}", text.trim_end_matches('}'))?;
    Ok(())
}
