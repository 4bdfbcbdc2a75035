//! Values as JSON cells.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::types::ValueRef;
use sluice_engine::value::{Column, ColumnType, RowBatch, write_compact_json};

/// Pushes one value. SQLite's types belong to values, not columns: a value that is not of its column's
/// type keeps the form of what it is.
pub(super) fn push(batch: &mut RowBatch, column: &Column, value: ValueRef<'_>) {
    match (value, column.logical) {
        (ValueRef::Null, _) => batch.null(),
        (ValueRef::Integer(truth @ (0 | 1)), ColumnType::Boolean) => batch.boolean(truth == 1),
        (ValueRef::Integer(number), _) => batch.integer(number),
        (ValueRef::Real(number), _) => batch.float(number),
        (ValueRef::Text(bytes), ColumnType::Number) => match std::str::from_utf8(bytes) {
            Ok(digits) => batch.decimal(digits),
            Err(_) => batch.text_bytes(bytes),
        },
        (ValueRef::Text(bytes), ColumnType::Json) => batch.json_or(|out| {
            let text = std::str::from_utf8(bytes).map_err(|_| "is not valid UTF-8 text")?;
            serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|_| "is not valid JSON")?;
            write_compact_json(out, text);
            Ok::<_, &str>(())
        }),
        (ValueRef::Text(bytes), _) => batch.text_bytes(bytes),
        (ValueRef::Blob(bytes), _) => batch.base64(&STANDARD.encode(bytes)),
    }
}
