//! Models of a manifest as the window shows them: with their tests, and with the key that these tell.

use std::collections::HashMap;

use serde_json::Value;

use super::manifest::{DependsOn, Node, Nodes};
use crate::source::cut;
use crate::wire::{DbtColumn, DbtModel, DbtTest};

/// What dbt puts into other models, and makes no table of.
const EPHEMERAL: &str = "ephemeral";
/// Characters of a description that are shown.
const DESCRIPTION: usize = 2_000;
/// Accepted values that are shown.
const VALUES: usize = 100;

/// A test, and the column it is of.
struct Tested {
    column: Option<String>,
    test: DbtTest,
}

/// The models that become tables or views, by name. Those outside `database`, where that is known, are marked.
pub(super) fn of(nodes: Nodes, database: Option<&str>) -> Vec<DbtModel> {
    let mut tests: HashMap<String, Vec<Tested>> = HashMap::new();
    for (model, test) in nodes.tests.into_iter().filter_map(tested) {
        tests.entry(model).or_default().push(test);
    }
    let mut models = Vec::new();
    for (id, node) in nodes.models {
        let tests = tests.remove(&id).unwrap_or_default();
        models.extend(model(id, node, tests, database));
    }
    models.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
    models
}

fn model(id: String, node: Node, tests: Vec<Tested>, database: Option<&str>) -> Option<DbtModel> {
    let materialized =
        node.config.and_then(|config| config.materialized).unwrap_or_else(|| "view".to_owned());
    let schema = node.schema.filter(|_| materialized != EPHEMERAL)?;
    let elsewhere = match (database, &node.database) {
        (Some(own), Some(theirs)) => !own.eq_ignore_ascii_case(theirs),
        (None, _) | (_, None) => false,
    };
    let key = key(&tests);
    let described = node.columns.unwrap_or_default().0;
    let mut columns: Vec<DbtColumn> = described
        .into_iter()
        .map(|column| DbtColumn {
            name: column.name,
            description: shown(column.description),
            tests: Vec::new(),
        })
        .collect();
    let mut of_model = Vec::new();
    for Tested { column, test } in tests {
        match columns.iter_mut().find(|known| Some(&known.name) == column.as_ref()) {
            Some(known) => known.tests.push(test),
            None => of_model.push(test),
        }
    }
    Some(DbtModel {
        id,
        name: match &node.version {
            Some(version) => format!("{}.v{}", node.name, text(version)),
            None => node.name.clone(),
        },
        description: shown(node.description),
        materialized,
        database: node.database,
        schema,
        table: node.alias.unwrap_or(node.name),
        elsewhere,
        columns,
        tests: of_model,
        key,
    })
}

/// The model that is tested, and what of it.
fn tested(node: Node) -> Option<(String, Tested)> {
    let metadata = node.test_metadata?;
    let model = node.tested.or_else(|| only(node.depends_on))?;
    let column = node.column_name.or_else(|| metadata.kwargs.get("column_name").map(text));
    let name = match metadata.namespace {
        Some(package) => format!("{package}.{}", metadata.name),
        None => metadata.name,
    };
    let test = match node.config.and_then(|config| config.condition) {
        // It says nothing of the other rows.
        Some(condition) => DbtTest::Other { name: format!("{name} where {condition}") },
        None => test(name, &metadata.kwargs),
    };
    Some((model, Tested { column: column.as_deref().map(unquoted), test }))
}

fn test(name: String, arguments: &Value) -> DbtTest {
    match name.as_str() {
        "unique" => DbtTest::Unique,
        "not_null" => DbtTest::NotNull,
        "accepted_values" => DbtTest::AcceptedValues { values: texts(arguments.get("values")) },
        "dbt_utils.unique_combination_of_columns" => {
            let columns = texts(arguments.get("combination_of_columns"));
            DbtTest::UniqueTogether { columns: columns.iter().map(|name| unquoted(name)).collect() }
        }
        _ => DbtTest::Other { name },
    }
}

/// Columns that name a row: one that is unique and never null, else several that are unique together, else one that is
/// unique.
fn key(tests: &[Tested]) -> Vec<String> {
    let of = |wanted: DbtTest| {
        tests.iter().filter(move |one| one.test == wanted).filter_map(|one| one.column.as_deref())
    };
    let filled = |column: &&str| of(DbtTest::NotNull).any(|other| other == *column);
    let together = tests.iter().find_map(|one| {
        if let DbtTest::UniqueTogether { columns } = &one.test { Some(columns.clone()) } else { None }
    });
    let alone = |column: &str| vec![column.to_owned()];
    of(DbtTest::Unique)
        .find(filled)
        .map(alone)
        .or(together)
        .or_else(|| of(DbtTest::Unique).next().map(alone))
        .unwrap_or_default()
}

/// The one model a test reads, where it reads one.
fn only(depends_on: Option<DependsOn>) -> Option<String> {
    let mut nodes = depends_on?.nodes;
    if nodes.len() == 1 { nodes.pop() } else { None }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn texts(value: Option<&Value>) -> Vec<String> {
    value.and_then(Value::as_array).into_iter().flatten().take(VALUES).map(text).collect()
}

/// A column's name where dbt has quoted it for the warehouse.
fn unquoted(name: &str) -> String {
    name.trim_matches(['"', '`']).to_owned()
}

fn shown(description: Option<String>) -> String {
    cut(description.unwrap_or_default().trim(), DESCRIPTION)
}
