//! The mapping of a sync in the file.

use sluice_engine::Result;
use sluice_engine::mapping::{literal, parse_path};
use sluice_engine::sync::{Field, FieldValue, NullRule};

use super::entries::Entries;
use super::faults::Faults;
use super::node::{Data, Node};

/// The words of `null`.
pub(super) const NULL_RULES: &[(&str, NullRule)] =
    &[("send", NullRule::Send), ("leave_out", NullRule::LeaveOut), ("clear", NullRule::Clear)];

/// Reads `fields`; `None` for `all`.
pub(super) fn parse(node: &Node) -> Result<Option<Vec<Field>>> {
    match &node.data {
        Data::Scalar { text, .. } if text == "all" => Ok(None),
        Data::List(nodes) => {
            let (mut faults, mut fields) = (Faults::default(), Vec::<Field>::new());
            for node in nodes {
                let Some(field) = faults.keep(field(node)) else { continue };
                if fields.iter().any(|earlier| earlier.key == field.key) {
                    let message = format!("two fields have the key “{}” in the payload.", field.key);
                    faults.push(node.place.wrong(message));
                }
                fields.push(field);
            }
            faults.end(Some(Some(fields)))
        }
        Data::Scalar { .. } | Data::Map(_) => {
            Err(node.place.wrong("“fields” is “all”, or a list such as “- { column: email }”."))
        }
    }
}

fn field(node: &Node) -> Result<Field> {
    if let Data::Scalar { text, plain: true } = &node.data {
        return Err(node.place.wrong(format!("a field is written “{{ column: {text} }}”.")));
    }
    let mut faults = Faults::default();
    let entries = Entries::of(node, "a field", &["column", "constant", "as", "null"], &mut faults)?;
    let field = faults.keep(field_of(&entries));
    faults.end(field)
}

fn field_of(entries: &Entries<'_>) -> Result<Field> {
    let key = entries.text("as")?;
    if let (Some(key), Some(place)) = (key, entries.place_of("as")) {
        parse_path(key).map_err(|why| place.wrong(format!("“as: {key}” {why}.")))?;
    }
    let null = entries.word("null", NULL_RULES)?;
    match (entries.get("column"), entries.get("constant")) {
        (Some(_), None) => {
            let column = entries.required_text("column")?;
            Ok(Field {
                value: FieldValue::Column(column.to_owned()),
                key: key.map_or_else(|| literal(column), str::to_owned),
                null: null.unwrap_or_default(),
            })
        }
        (None, Some(_)) if null.is_some() => {
            Err(entries.place().wrong("“null” goes with “column”; a constant is what it is."))
        }
        (None, Some(constant)) => Ok(Field {
            value: FieldValue::Constant(constant.json()?),
            key: key.ok_or_else(|| entries.place().wrong("“as” is missing beside “constant”."))?.to_owned(),
            null: NullRule::default(),
        }),
        _ => Err(entries.place().wrong("a field has “column” or “constant”, one of the two.")),
    }
}
