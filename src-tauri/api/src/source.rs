//! Tables, columns and sample rows of a warehouse.

use std::collections::{BTreeMap, HashSet};

use sluice_engine::check::in_a_look;
use sluice_engine::engine::Engine;
use sluice_engine::json_text::Json;
use sluice_engine::mask::{self, Masks};
use sluice_engine::sync::Identifier;
use sluice_engine::value::Cell;

use crate::Api;
use crate::samples::Sample;
use crate::wire::{Column, KeyCheck, KeyCheckRequest, Problem, Source, SourceRequest, Table};

/// Values shown in the payload grid for each column.
const SHOWN: usize = 3;

impl Api {
    /// Tables and views of a warehouse connection.
    pub async fn tables(&self, connection: String) -> Result<Vec<Table>, Problem> {
        let warehouse = self.blocking(move |engine| engine.warehouse(&connection).map_err(in_a_look)).await?;
        let on_wire = |table: sluice_engine::warehouse::Table| Table {
            schema: table.name.schema,
            name: table.name.name,
            kind: table.kind.into(),
            rows: table.rows,
        };
        Ok(warehouse.tables().await.map_err(in_a_look)?.into_iter().map(on_wire).collect())
    }

    /// Looks at the rows of a query.
    pub async fn source(&self, input: SourceRequest) -> Result<Source, Problem> {
        let query = input.query.into();
        let sample = self.0.samples.get(self.engine(), &input.connection, &query, input.fresh).await;
        let sample = sample.map_err(in_a_look)?;
        let columns: Vec<Column> = (0..sample.columns.len()).map(|index| column(&sample, index)).collect();
        let rows = (0..sample.rows()).map(|row| masked_row(&sample, &columns, row)).collect();
        Ok(Source {
            identifiers: identifiers(&columns),
            key_candidates: key_candidates(&sample),
            rows,
            total_rows: sample.total_rows,
            cost: sample.cost.as_ref().map(Into::into),
            read_at: sample.read_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            took_ms: sample.took_ms,
            columns,
        })
    }

    /// Counts nulls and duplicates of a row key over all rows.
    pub async fn key_check(&self, input: KeyCheckRequest) -> Result<KeyCheck, Problem> {
        let query: sluice_engine::sync::Query = input.query.into();
        let (connection, asked) = (input.connection, query.clone());
        let open = move |engine: &Engine| engine.warehouse_for(&connection, &asked).map_err(in_a_look);
        let warehouse = self.blocking(open).await?;
        let found = warehouse.key_check(&query, &input.key).await.map_err(in_a_look)?;
        Ok(KeyCheck { rows: found.rows, nulls: found.nulls, duplicates: found.duplicates })
    }
}

/// A cell as people read it; null is `None`.
fn text(cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Null => None,
        Cell::Json(json) => Json::parse(std::str::from_utf8(json).unwrap_or(""))?.text(),
        Cell::Unreadable(reason) => Some(format!("({reason})")),
    }
}

fn column(sample: &Sample, index: usize) -> Column {
    let column = &sample.columns[index];
    let texts: Vec<Option<String>> = (0..sample.rows()).map(|row| text(sample.cell(row, index))).collect();
    let nulls = texts.iter().filter(|text| text.is_none()).count();
    let personal = mask::by_name(&column.name).is_some()
        || texts.iter().flatten().any(|text| mask::looks_like_email(text));
    let (mut samples, masks) = (Vec::<String>::new(), Masks::default());
    for text in texts.iter().flatten() {
        let shown = shorten(&masks.value(&column.name, text).unwrap_or_else(|| text.clone()));
        if samples.len() < SHOWN && !samples.contains(&shown) {
            samples.push(shown);
        }
    }
    Column {
        name: column.name.clone(),
        logical: column.logical.into(),
        native: column.native.clone(),
        samples,
        null_share: if texts.is_empty() { 0.0 } else { nulls as f64 / texts.len() as f64 },
        personal,
    }
}

/// Long values cross to the window only as far as anybody reads them in a cell.
pub(crate) fn shorten(text: &str) -> String {
    cut(text, 200)
}

/// Text of at most `longest` characters; where more was there, it says so.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text.to_owned(),
    }
}

fn masked_row(sample: &Sample, columns: &[Column], row: usize) -> Vec<Option<String>> {
    let masks = Masks::default();
    let masked = |(index, column): (usize, &Column)| {
        let text = text(sample.cell(row, index))?;
        Some(shorten(&masks.value(&column.name, &text).unwrap_or(text)))
    };
    columns.iter().enumerate().map(masked).collect()
}

fn identifiers(columns: &[Column]) -> BTreeMap<String, String> {
    let named = |identifier: Identifier| {
        let column = columns.iter().find(|column| column.name.eq_ignore_ascii_case(identifier.name()))?;
        Some((identifier.name().to_owned(), column.name.clone()))
    };
    Identifier::ALL.into_iter().filter_map(named).collect()
}

/// Columns that may tell rows apart, by their sample values: ids first, then the others in their order. An id is one
/// although a few rows lack it or share it; the check over all rows counts those.
fn key_candidates(sample: &Sample) -> Vec<String> {
    let mut candidates: Vec<(usize, &str)> = Vec::new();
    for (index, column) in sample.columns.iter().enumerate() {
        let distinct = distinct(sample, index);
        let name = column.name.to_ascii_lowercase();
        let is_id = name == "id" || name.ends_with("_id");
        let rank = match name.as_str() {
            _ if distinct < sample.rows() => 4,
            "id" => 0,
            "user_id" => 2,
            "email" => 3,
            _ if is_id => 1,
            _ => 5,
        };
        if distinct == sample.rows() || is_id && distinct * 5 >= sample.rows() * 4 {
            candidates.push((rank, &column.name));
        }
    }
    candidates.sort_by_key(|(rank, _)| *rank);
    candidates.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// Rows with a value that no earlier row has.
fn distinct(sample: &Sample, index: usize) -> usize {
    let mut seen = HashSet::new();
    let is_new = |row: &usize| match sample.cell(*row, index) {
        Cell::Json(json) => seen.insert(json),
        Cell::Null | Cell::Unreadable(_) => false,
    };
    (0..sample.rows()).filter(is_new).count()
}

#[cfg(test)]
mod tests {
    use sluice_engine::value::{Column, ColumnType, RowBatch};

    use super::*;

    fn candidates(columns: &[&str], rows: &[&[Option<&str>]]) -> Vec<String> {
        let column = |name: &&str| Column {
            name: (*name).to_owned(),
            logical: ColumnType::Text,
            native: "text".to_owned(),
        };
        let mut batch = RowBatch::new(columns.iter().map(column).collect());
        for row in rows {
            for cell in *row {
                match cell {
                    Some(text) => batch.text(text),
                    None => batch.null(),
                }
            }
        }
        key_candidates(&Sample::of(vec![batch]))
    }

    #[test]
    fn an_id_with_a_few_gaps_is_a_likelier_key_than_a_company() {
        let messy: [&[Option<&str>]; 5] = [
            &[Some("a@b.example"), Some("Shop 1"), Some("C-1"), Some("x")],
            &[Some("b@b.example"), Some("Shop 2"), Some("C-2"), Some("x")],
            &[Some("c@b.example"), Some("Shop 3"), Some("C-3"), Some("x")],
            &[Some("d@b.example"), Some("Shop 4"), Some("C-4"), Some("x")],
            &[None, Some("Shop 5"), None, Some("x")],
        ];
        let columns = ["email", "company", "customer_id", "country_id"];
        assert_eq!(candidates(&columns, &messy), ["customer_id", "company"]);
        assert_eq!(candidates(&columns, &messy[..4]), ["customer_id", "email", "company"]);
    }
}
