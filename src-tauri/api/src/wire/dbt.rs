use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `dbt_project`: reads what dbt wrote down about a project.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DbtRequest {
    /// The project's `manifest.json`, as the user chose it.
    pub path: String,
    /// The warehouse connection the models are to be read with.
    pub connection: String,
}

/// A dbt project, as far as its models are tables or views of a warehouse.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DbtProject {
    /// Its name, where dbt says it.
    pub name: Option<String>,
    /// When dbt wrote the manifest.
    pub generated_at: Option<String>,
    /// The database whose schemas the connection lists, where that is known.
    pub database: Option<String>,
    /// Its models, by name.
    pub models: Vec<DbtModel>,
}

/// A model, and the table or view dbt makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DbtModel {
    /// Its id in the project.
    pub id: String,
    /// Its name, with its version where it has one.
    pub name: String,
    /// What the project says of it; may be empty.
    pub description: String,
    /// How dbt makes it, such as `table`, `view` or `incremental`.
    pub materialized: String,
    /// The database it is in.
    pub database: Option<String>,
    /// The schema it is in, as dbt writes it.
    pub schema: String,
    /// The table's name, as dbt writes it.
    pub table: String,
    /// It is in another database than the one whose schemas the connection lists.
    pub elsewhere: bool,
    /// The columns the project describes, in its order.
    pub columns: Vec<DbtColumn>,
    /// Tests of the model as a whole.
    pub tests: Vec<DbtTest>,
    /// The columns that name a row, as its tests say; empty where they do not say.
    pub key: Vec<String>,
}

/// A column of a model, as the project describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DbtColumn {
    /// Its name, as dbt writes it.
    pub name: String,
    /// What the project says of it; may be empty.
    pub description: String,
    /// Its tests.
    pub tests: Vec<DbtTest>,
}

/// What dbt tests of a column or a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DbtTest {
    /// No value stands on two rows.
    Unique,
    /// Every row has a value.
    NotNull,
    /// No other values than these.
    AcceptedValues {
        /// The values.
        values: Vec<String>,
    },
    /// No two rows have the same values in all of these columns.
    UniqueTogether {
        /// The columns.
        columns: Vec<String>,
    },
    /// Another test.
    Other {
        /// What the project calls it.
        name: String,
    },
}
