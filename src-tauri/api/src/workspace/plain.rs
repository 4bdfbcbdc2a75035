//! Records for destinations that ask for no object.

use sluice_engine::sync::{Query, Shape};

/// What a row becomes where the destination asks for no object, such as a line of a file: a record called
/// after its table, or `rows`, found again by the first column of its key.
pub fn plain_record(query: &Query, key: &[String]) -> Shape {
    let object = match query {
        Query::Table(table) => table.name.clone(),
        Query::Sql(_) => "rows".to_owned(),
    };
    Shape::Record { object, match_field: key.first().cloned().unwrap_or_default() }
}
