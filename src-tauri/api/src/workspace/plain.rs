//! Records for destinations that ask for no object.

use sluice_engine::mapping::literal;
use sluice_engine::sync::{Field, FieldValue, Query, Shape};

/// What a row becomes where the destination asks for no object, such as a line of a file: a record called
/// after its table, or `rows`, found again by the field of its key's first column. Where the key is not
/// mapped, the first column that is stands in for it. What is masked finds nothing again.
pub fn plain_record(query: &Query, key: &[String], fields: Option<&[Field]>) -> Shape {
    let object = match query {
        Query::Table(table) => table.name.clone(),
        Query::Sql(_) => "rows".to_owned(),
    };
    let first = key.first().map(String::as_str).unwrap_or_default();
    let columns = || {
        fields.into_iter().flatten().filter(|field| !field.mask).filter_map(|field| match &field.value {
            FieldValue::Column(column) => Some((column, &field.key)),
            FieldValue::Template(_) | FieldValue::Constant(_) => None,
        })
    };
    let of_key = columns().find(|(column, _)| *column == first).or_else(|| columns().next());
    Shape::Record { object, match_field: of_key.map_or_else(|| literal(first), |(_, key)| key.clone()) }
}
