//! The mapping of a sync in the file.

use sluice_engine::Result;
use sluice_engine::mapping::{literal, parse_path, template};
use sluice_engine::sync::{Field, FieldValue, Hash, NullRule};

use super::entries::Entries;
use super::faults::Faults;
use super::node::{Data, Node};

const KEYS: &[&str] = &["column", "template", "constant", "as", "null", "hash", "mask", "only_if_empty"];

/// The words of `null`.
pub(super) const NULL_RULES: &[(&str, NullRule)] =
    &[("send", NullRule::Send), ("leave_out", NullRule::LeaveOut), ("clear", NullRule::Clear)];

const YES_NO: &[(&str, bool)] = &[("true", true), ("false", false)];

/// The words of `hash`.
pub(super) const HASHES: &[(&str, Hash)] =
    &[("text", Hash::Text), ("email", Hash::Email), ("phone", Hash::Phone), ("phone_plus", Hash::PhonePlus)];

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
    let entries = Entries::of(node, "a field", KEYS, &mut faults)?;
    let field = faults.keep(field_of(&entries));
    faults.end(field)
}

fn field_of(entries: &Entries<'_>) -> Result<Field> {
    let key = entries.text("as")?;
    if let (Some(key), Some(place)) = (key, entries.place_of("as")) {
        parse_path(key).map_err(|why| place.wrong(format!("“as: {key}” {why}.")))?;
    }
    let named = |what: &str| {
        let missing = || entries.place().wrong(format!("“as” is missing beside “{what}”."));
        key.map(str::to_owned).ok_or_else(missing)
    };
    let field = match sources(entries)[..] {
        ["column"] => {
            let column = entries.required_text("column")?;
            Field::column(column, key.map_or_else(|| literal(column), str::to_owned))
        }
        ["template"] => {
            let (text, place) = (entries.required_text("template")?, entries.required("template")?.place);
            template(text).map_err(|why| place.wrong(format!("“template: {text}” {why}.")))?;
            Field::new(FieldValue::Template(text.to_owned()), named("template")?)
        }
        ["constant"] => {
            Field::new(FieldValue::Constant(entries.required("constant")?.json()?), named("constant")?)
        }
        _ => return Err(entries.place().wrong("a field has one of “column”, “template” and “constant”.")),
    };
    let field = Field {
        null: entries.word("null", NULL_RULES)?.unwrap_or_default(),
        hash: entries.word("hash", HASHES)?,
        mask: entries.word("mask", YES_NO)?.unwrap_or_default(),
        only_if_empty: entries.word("only_if_empty", YES_NO)?.unwrap_or_default(),
        ..field
    };
    if field.hash.is_some() && field.mask {
        return Err(entries.place().wrong("a field is hashed or masked: leave out “hash” or “mask”."));
    }
    let besides = ["null", "hash", "mask"].into_iter().find(|key| entries.get(key).is_some());
    match (&field.value, besides) {
        (FieldValue::Constant(_), Some(key)) => Err(entries
            .place()
            .wrong(format!("“{key}” goes with “column” and “template”; a constant is what it is."))),
        (FieldValue::Column(_) | FieldValue::Template(_) | FieldValue::Constant(_), _) => Ok(field),
    }
}

/// Which of the keys a value can come from are there.
fn sources(entries: &Entries<'_>) -> Vec<&'static str> {
    ["column", "template", "constant"].into_iter().filter(|key| entries.get(key).is_some()).collect()
}
