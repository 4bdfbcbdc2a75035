//! Values put together from a row's columns: text from a template, and hashes.

use super::template::{TemplatePart, template};
use super::{find, hash};
use crate::sync::Hash;
use crate::value::{Cell, Column, RowBatch, write_string};

/// A value that is made, not copied: always text, or null.
pub(super) struct Made {
    parts: Vec<Part>,
    hash: Option<Hash>,
}

enum Part {
    /// As it stands inside a JSON string.
    Text(Vec<u8>),
    Column(usize),
}

impl Made {
    /// The hash of a column's value as text.
    pub(super) fn of_column(column: usize, hash: Hash) -> Self {
        Self { parts: vec![Part::Column(column)], hash: Some(hash) }
    }

    /// The text of a template, or its hash. The error ends a sentence that begins with the field.
    pub(super) fn of_template(text: &str, hash: Option<Hash>, columns: &[Column]) -> Result<Self, String> {
        let part = |part| match part {
            TemplatePart::Text(text) => Ok(Part::Text(inside(&text))),
            TemplatePart::Column(name) => find(columns, &name)
                .map(Part::Column)
                .map_err(|_| format!("the column “{name}” is not in the rows")),
        };
        let parts = template(text).map_err(|why| format!("the template {why}"))?;
        Ok(Self { parts: parts.into_iter().map(part).collect::<Result<_, _>>()?, hash })
    }

    /// The columns it is made from.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Column(column) => Some(*column),
        })
    }

    /// Writes the value of one row; false, and nothing written, where it is null.
    ///
    /// It is null where no column has a value. A column without one, or with an empty text, takes a space beside it
    /// along, so that a missing middle name leaves no gap.
    pub(super) fn write(&self, batch: &RowBatch, row: usize, out: &mut Vec<u8>) -> bool {
        let start = out.len();
        out.push(b'"');
        let (mut has_value, mut gap) = (false, false);
        for part in &self.parts {
            match part {
                Part::Text(text) => {
                    let rest = if gap { text.strip_prefix(b" ").unwrap_or(text) } else { text };
                    out.extend_from_slice(rest);
                    gap = gap && rest.is_empty();
                }
                Part::Column(column) if push_value(batch.cell(row, *column), out) => {
                    (has_value, gap) = (true, false);
                }
                Part::Column(_) => gap = matches!(&out[start..], [b'"'] | [.., b' ']),
            }
        }
        if !has_value {
            out.truncate(start);
            return false;
        }
        if gap && out.ends_with(b" ") {
            out.pop();
        }
        if let Some(hash) = self.hash {
            return hash::replace(hash, start, out);
        }
        out.push(b'"');
        true
    }
}

/// Appends a value as it stands inside a JSON string; false where there is nothing to append.
fn push_value(cell: Cell<'_>, out: &mut Vec<u8>) -> bool {
    match cell {
        Cell::Null | Cell::Unreadable(_) | Cell::Json(b"\"\"") => return false,
        Cell::Json([b'"', text @ .., b'"']) => out.extend_from_slice(text),
        Cell::Json(json @ [b'{' | b'[', ..]) => {
            out.extend_from_slice(&inside(std::str::from_utf8(json).unwrap_or_default()));
        }
        Cell::Json(scalar) => out.extend_from_slice(scalar),
    }
    true
}

/// `text` as it stands inside a JSON string.
fn inside(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    write_string(&mut out, text);
    out.pop();
    out.remove(0);
    out
}
