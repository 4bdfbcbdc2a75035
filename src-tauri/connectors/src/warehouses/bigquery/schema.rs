//! The schema of a table or a result, and which JSON form each type has.

use serde::Deserialize;
use sluice_engine::error::Result;
use sluice_engine::value::{Column, ColumnType};

use crate::warehouses::select::{Named, check_names};

/// A schema, as the API has it (<https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableSchema>).
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Schema {
    #[serde(default)]
    pub(super) fields: Vec<SchemaField>,
}

/// A field of a schema or a record.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SchemaField {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    mode: String,
    #[serde(default)]
    fields: Vec<SchemaField>,
    range_element_type: Option<ElementType>,
}

#[derive(Debug, Clone, Deserialize)]
struct ElementType {
    #[serde(rename = "type")]
    kind: String,
}

/// The JSON form values of a type have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Bytes,
    Integer,
    Float,
    Decimal,
    Boolean,
    Date,
    Time,
    /// Without a zone.
    DateTime,
    /// In UTC.
    Timestamp,
    Json,
    Interval,
    Range(Box<Form>),
    List(Box<Form>),
    Record(Vec<(String, Form)>),
}

/// A column, and how its values come over.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) column: Column,
    pub(super) form: Form,
}

impl Named for Field {
    fn name(&self) -> &str {
        &self.column.name
    }
}

impl SchemaField {
    fn single(&self) -> Form {
        match self.kind.as_str() {
            "BYTES" => Form::Bytes,
            "INTEGER" | "INT64" => Form::Integer,
            "FLOAT" | "FLOAT64" => Form::Float,
            "NUMERIC" | "BIGNUMERIC" => Form::Decimal,
            "BOOLEAN" | "BOOL" => Form::Boolean,
            "DATE" => Form::Date,
            "TIME" => Form::Time,
            "DATETIME" => Form::DateTime,
            "TIMESTAMP" => Form::Timestamp,
            "JSON" => Form::Json,
            "INTERVAL" => Form::Interval,
            "RANGE" => {
                Form::Range(Box::new(match self.range_element_type.as_ref().map(|of| of.kind.as_str()) {
                    Some("DATE") => Form::Date,
                    Some("DATETIME") => Form::DateTime,
                    _ => Form::Timestamp,
                }))
            }
            "RECORD" | "STRUCT" => {
                Form::Record(self.fields.iter().map(|field| (field.name.clone(), field.form())).collect())
            }
            // STRING, GEOGRAPHY as well-known text, and what is new.
            _ => Form::Text,
        }
    }

    fn form(&self) -> Form {
        if self.mode == "REPEATED" { Form::List(Box::new(self.single())) } else { self.single() }
    }

    /// The type's name in SQL.
    fn native(&self) -> String {
        let name = match self.kind.as_str() {
            "INTEGER" => "INT64",
            "FLOAT" => "FLOAT64",
            "BOOLEAN" => "BOOL",
            "RECORD" => "STRUCT",
            other => other,
        };
        if self.mode == "REPEATED" { format!("ARRAY<{name}>") } else { name.to_owned() }
    }
}

/// The type in the product's words.
fn logical(form: &Form, kind: &str) -> ColumnType {
    match form {
        Form::Text if kind == "STRING" => ColumnType::Text,
        Form::Text | Form::Interval | Form::Range(_) => ColumnType::Other,
        Form::Bytes => ColumnType::Bytes,
        Form::Integer => ColumnType::Integer,
        Form::Float | Form::Decimal => ColumnType::Number,
        Form::Boolean => ColumnType::Boolean,
        Form::Date => ColumnType::Date,
        Form::Time => ColumnType::Time,
        Form::DateTime | Form::Timestamp => ColumnType::Timestamp,
        Form::Json | Form::Record(_) => ColumnType::Json,
        Form::List(_) => ColumnType::List,
    }
}

/// The columns of a schema.
pub(super) fn fields(schema: &Schema) -> Result<Vec<Field>> {
    check_names(schema.fields.iter().map(|field| field.name.as_str()))?;
    let mut fields = Vec::with_capacity(schema.fields.len());
    for field in &schema.fields {
        let form = field.form();
        let column =
            Column { name: field.name.clone(), logical: logical(&form, &field.kind), native: field.native() };
        fields.push(Field { column, form });
    }
    Ok(fields)
}
