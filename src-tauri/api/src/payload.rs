//! The live payload of a sample row: the same bytes that would be sent.

use sluice_engine::Error;
use sluice_engine::json_text::Json;
use sluice_engine::mapping::{self, Mapping, Step, parse_path};
use sluice_engine::mask::{Masks, Remembered};
use sluice_engine::sync::{Shape, Sync};
use sluice_engine::value::Cell;

use crate::Api;
use crate::samples::Sample;
use crate::wire::{FieldProblem, PayloadPreview, PayloadPreviewRequest, Problem};

impl Api {
    /// The exact payload of one sample row under a definition that is being edited.
    pub async fn payload_preview(&self, input: PayloadPreviewRequest) -> Result<PayloadPreview, Problem> {
        let sync = Sync::try_from(input.definition)?;
        let sample = self.0.samples.get(self.engine(), &sync.from, &sync.query, false).await?;
        let last = sample.rows().saturating_sub(1);
        let start = input.row.min(last);
        let row = input
            .find
            .as_deref()
            .filter(|text| !text.is_empty())
            .map_or(start, |text| find(&sample, text, start));
        let problems = mapping::field_problems(&sync, &sample.columns);
        let payloads = payloads(&sync, &sample);
        let invalid_rows =
            payloads.as_ref().map_or(sample.rows(), |all| all.iter().filter(|one| one.is_err()).count());
        let this = match payloads {
            Ok(mut all) if row < all.len() => all.swap_remove(row),
            Ok(_) => Ok(Vec::new()),
            Err(error) => Err(error),
        };
        let (payload, invalid) = match this {
            Ok(payload) => (String::from_utf8_lossy(&payload).into_owned(), None),
            Err(error) => (String::new(), Some(error.into())),
        };
        // A sample row is made by this definition alone.
        let masks = Masks::of(&sync, &Remembered::default());
        let (shown, touched) =
            if input.reveal || payload.is_empty() { (payload.clone(), false) } else { masks.json(&payload) };
        let (pretty, line_fields) = pretty(&shown, &sync, &sample);
        Ok(PayloadPreview {
            row,
            rows: sample.rows(),
            exact: shown,
            pretty,
            line_fields,
            bytes: payload.len(),
            masked: touched,
            invalid,
            invalid_rows,
            field_problems: problems
                .into_iter()
                .map(|problem| FieldProblem { field: problem.field, message: problem.message })
                .collect(),
        })
    }
}

/// The payload of every sample row, or why the mapping makes none.
fn payloads(sync: &Sync, sample: &Sample) -> Result<Vec<Result<Vec<u8>, Error>>, Error> {
    let mapping = Mapping::compile(sync, &sample.columns)?;
    let one = |row: usize| {
        let mut payload = Vec::new();
        let mut key = String::new();
        if let Some((batch, place)) = sample.locate(row) {
            mapping.write_key(batch, place, &mut key)?;
            mapping.write_payload(batch, place, &mut payload)?;
        }
        Ok(payload)
    };
    Ok((0..sample.rows()).map(one).collect())
}

/// The first row from `start` on, and around, with a value that contains `text`, any case.
fn find(sample: &Sample, text: &str, start: usize) -> usize {
    let wanted = text.to_lowercase();
    let has = |row: &usize| {
        (0..sample.columns.len()).any(|column| match sample.cell(*row, column) {
            Cell::Json(json) => String::from_utf8_lossy(json).to_lowercase().contains(&wanted),
            Cell::Null | Cell::Unreadable(_) => false,
        })
    };
    (start..sample.rows()).chain(0..start).find(has).unwrap_or(start)
}

/// The payload with line breaks, and for each line the field it comes from.
fn pretty(payload: &str, sync: &Sync, sample: &Sample) -> (String, Vec<Option<usize>>) {
    let Some(document) = Json::parse(payload) else { return (String::new(), Vec::new()) };
    let prefix = match sync.shape {
        Shape::Identify => "traits.",
        Shape::Track(_) => "properties.",
        Shape::Record { .. } => "",
    };
    let fields = mapping::fields(sync, &sample.columns);
    let paths: Vec<String> =
        fields.iter().map(|field| format!("{prefix}{}", shown_path(&field.key))).collect();
    let lines = document.lines();
    let field_of = |path: &str| paths.iter().position(|field| field == path).filter(|_| !path.is_empty());
    let line_fields = lines.iter().map(|(_, path)| field_of(path)).collect();
    let text: Vec<String> = lines.into_iter().map(|(line, _)| line).collect();
    (text.join("\n"), line_fields)
}

/// A key's path as the document's lines name it.
fn shown_path(key: &str) -> String {
    let mut out = String::new();
    for step in parse_path(key).unwrap_or_default() {
        match step {
            Step::Key(name) if out.is_empty() => out.push_str(&name),
            Step::Key(name) => out = format!("{out}.{name}"),
            Step::Index(index) => out = format!("{out}[{index}]"),
        }
    }
    out
}
