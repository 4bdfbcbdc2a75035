//! The user's query as a part of Sluice's own SELECT: what is the same for several warehouses.

use std::collections::HashSet;

use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::sync::Query;
use sluice_engine::value::Column;
use sluice_engine::warehouse::After;

/// A column, with whatever a warehouse has to know of it besides.
pub(super) trait Named: Clone {
    fn name(&self) -> &str;
}

impl Named for Column {
    fn name(&self) -> &str {
        &self.name
    }
}

/// Refuses a query without columns, and one that has two of one name.
pub(super) fn check_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let mut known = HashSet::new();
    for name in names {
        if !known.insert(name) {
            let message = format!("Two columns of the query are called “{name}”.");
            return Err(Error::new(ErrorKind::BadQuery, message)
                .with_hint("Give one of them another name with “as”."));
        }
    }
    if known.is_empty() { Err(Error::new(ErrorKind::BadQuery, "The query has no columns.")) } else { Ok(()) }
}

/// The columns of these names, in their order; all where there are no names.
pub(super) fn chosen<T: Named>(all: &[T], names: &[String]) -> Result<Vec<T>> {
    if names.is_empty() {
        return Ok(all.to_vec());
    }
    let find = |name: &String| {
        let missing = || {
            let message = format!("The warehouse has no column “{name}” here any more.");
            Error::new(ErrorKind::MissingObject, message)
        };
        all.iter().find(|column| column.name() == name).cloned().ok_or_else(missing)
    };
    names.iter().map(find).collect()
}

/// Only rows beyond a cursor, in its order.
///
/// The value stands as a literal, which the server takes for the column's own type. The column is named with what it is
/// of: alone it would be the column that is read, which may be cast.
pub(super) fn beyond(
    query: &Query,
    after: &After,
    quoted: fn(&str) -> String,
    literal: fn(&str) -> String,
) -> String {
    let of = match query {
        Query::Table(table) => quoted(&table.name),
        Query::Sql(_) => quoted("query"),
    };
    let column = format!("{of}.{}", quoted(&after.column));
    let condition = match after.text() {
        Some(value) => format!("{column} > {}", literal(&value)),
        None => format!("{column} IS NOT NULL"),
    };
    format!(" WHERE {condition} ORDER BY {column}")
}
