//! Values put together from a row's columns: text from a template, hashes, and what is masked.

use super::template::{TemplatePart, template};
use super::{find, hash};
use crate::mask;
use crate::sync::{Field, Hash};
use crate::value::{Cell, Column, RowBatch, write_string};

/// A value that is made, not copied: always text, or null.
pub(super) struct Made {
    parts: Vec<Part>,
    disguise: Option<Disguise>,
}

/// What stands in the place of a value that is not to be read.
#[derive(Clone, Copy)]
pub(super) enum Disguise {
    Hash(Hash),
    Mask,
}

impl Disguise {
    /// What the field says. The error ends a sentence that begins with the field.
    pub(super) fn of(field: &Field) -> Result<Option<Self>, String> {
        match (field.hash, field.mask) {
            (Some(_), true) => Err("a value is hashed or masked, not both".into()),
            (Some(hash), false) => Ok(Some(Self::Hash(hash))),
            (None, true) => Ok(Some(Self::Mask)),
            (None, false) => Ok(None),
        }
    }
}

enum Part {
    /// As it stands inside a JSON string.
    Text(Vec<u8>),
    Column(usize),
}

impl Made {
    /// What stands in the place of a column's value as text.
    pub(super) fn of_column(column: usize, disguise: Disguise) -> Self {
        Self { parts: vec![Part::Column(column)], disguise: Some(disguise) }
    }

    /// The text of a template, or what stands in its place. The error ends a sentence that begins with the field.
    pub(super) fn of_template(
        text: &str,
        disguise: Option<Disguise>,
        columns: &[Column],
    ) -> Result<Self, String> {
        let part = |part| match part {
            TemplatePart::Text(text) => Ok(Part::Text(inside(&text))),
            TemplatePart::Column(name) => find(columns, &name)
                .map(Part::Column)
                .map_err(|_| format!("the column “{name}” is not in the rows")),
        };
        let parts = template(text).map_err(|why| format!("the template {why}"))?;
        Ok(Self { parts: parts.into_iter().map(part).collect::<Result<_, _>>()?, disguise })
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
        match self.disguise {
            Some(Disguise::Hash(hash)) => hash::replace(hash, start, out),
            Some(Disguise::Mask) => replace_masked(start, out),
            None => {
                out.push(b'"');
                true
            }
        }
    }
}

/// Puts what is left of a masked text in its place, as [`hash::replace`] does with a hash.
fn replace_masked(start: usize, out: &mut Vec<u8>) -> bool {
    hash::unescape(start, out);
    let masked = mask::outline(std::str::from_utf8(&out[start + 1..]).unwrap_or_default());
    out.truncate(start);
    let Some(masked) = masked else { return false };
    write_string(out, &masked);
    true
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
