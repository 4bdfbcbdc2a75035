//! Names of datasets and tables: where they are, and how SQL writes them.

use sluice_engine::sync::TableName;

/// A dataset of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dataset {
    pub(super) project: String,
    pub(super) dataset: String,
}

impl Dataset {
    /// `dataset`, or `project.dataset`; names of datasets have no dots
    /// (<https://cloud.google.com/bigquery/docs/datasets#dataset-naming>), those of projects can.
    pub(super) fn parse(name: &str, project: &str) -> Self {
        let (project, dataset) = name.rsplit_once('.').unwrap_or((project, name));
        Self { project: project.to_owned(), dataset: dataset.to_owned() }
    }

    /// As SQL.
    pub(super) fn quoted(&self) -> String {
        format!("{}.{}", quoted(&self.project), quoted(&self.dataset))
    }

    /// A table in it, as SQL.
    pub(super) fn table(&self, name: &str) -> String {
        format!("{}.{}", self.quoted(), quoted(name))
    }
}

/// A table's dataset.
pub(super) fn dataset(table: &TableName, project: &str) -> Dataset {
    Dataset::parse(&table.schema, project)
}

/// `name` as an SQL identifier, which takes the escapes of a string
/// (<https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#quoted_identifiers>).
pub(in crate::warehouses) fn quoted(name: &str) -> String {
    escaped(name, '`')
}

/// `text` in quotes, with what ends them escaped, and a line on one line.
pub(super) fn escaped(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c if c == '\\' || c == quote => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_only_names() {
        assert_eq!(quoted("we`ird\\x\n'"), r"`we\`ird\\x\n'`");
        assert_eq!(Dataset::parse("analytics", "shop").table("leads"), "`shop`.`analytics`.`leads`");
        assert_eq!(
            Dataset::parse("example.com:old.analytics", "shop").quoted(),
            "`example.com:old`.`analytics`"
        );
    }
}
