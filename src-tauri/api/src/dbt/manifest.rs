//! What is taken out of a manifest, while it is read; most of it is passed over.
//!
//! The whole is described at <https://schemas.getdbt.com/dbt/manifest/v12.json>. Versions 9 and newer have all of this
//! alike; what an older one has instead is left out here, so that its version can be told.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Manifest {
    pub(super) metadata: Option<Metadata>,
    pub(super) nodes: Nodes,
}

/// What wrote it, and for which warehouse.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub(super) dbt_schema_version: Option<String>,
    pub(super) dbt_version: Option<String>,
    pub(super) generated_at: Option<String>,
    pub(super) project_name: Option<String>,
    pub(super) adapter_type: Option<String>,
}

/// The nodes that matter, in the file's order.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    /// Models by their ids.
    pub(super) models: Vec<(String, Node)>,
    pub(super) tests: Vec<Node>,
}

/// A model or a test.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Node {
    resource_type: Option<String>,
    pub(super) name: String,
    /// A word or a number.
    pub(super) version: Option<Value>,
    pub(super) description: Option<String>,
    pub(super) database: Option<String>,
    pub(super) schema: Option<String>,
    pub(super) alias: Option<String>,
    pub(super) config: Option<Config>,
    pub(super) columns: Option<Columns>,
    pub(super) column_name: Option<String>,
    /// The model that is tested.
    #[serde(rename = "attached_node")]
    pub(super) tested: Option<String>,
    pub(super) depends_on: Option<DependsOn>,
    /// There for tests that have a name and arguments, not for those that are a query of their own.
    pub(super) test_metadata: Option<TestMetadata>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Config {
    pub(super) materialized: Option<String>,
    /// Only rows like these are tested.
    #[serde(rename = "where")]
    pub(super) condition: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DependsOn {
    pub(super) nodes: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TestMetadata {
    pub(super) name: String,
    /// The package it comes from, where that is not dbt itself.
    pub(super) namespace: Option<String>,
    /// Its arguments, which are as many shapes as there are tests.
    pub(super) kwargs: Value,
}

/// The columns of a model, in the file's order.
#[derive(Debug, Default)]
pub(super) struct Columns(pub(super) Vec<Column>);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Column {
    #[serde(skip)]
    pub(super) name: String,
    pub(super) description: Option<String>,
}

impl<'de> Deserialize<'de> for Nodes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EachNode)
    }
}

struct EachNode;

impl<'de> Visitor<'de> for EachNode {
    type Value = Nodes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nodes by their ids")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Nodes, A::Error> {
        let mut nodes = Nodes::default();
        while let Some((id, node)) = map.next_entry::<String, Node>()? {
            match node.resource_type.as_deref() {
                Some("model") => nodes.models.push((id, node)),
                Some("test") => nodes.tests.push(node),
                _ => {}
            }
        }
        Ok(nodes)
    }
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EachColumn)
    }
}

struct EachColumn;

impl<'de> Visitor<'de> for EachColumn {
    type Value = Columns;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("columns by their names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Columns, A::Error> {
        let mut columns = Vec::new();
        while let Some((name, column)) = map.next_entry::<String, Column>()? {
            columns.push(Column { name, ..column });
        }
        Ok(Columns(columns))
    }
}
