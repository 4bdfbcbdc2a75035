//! A table's name, as people write it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// Schema and name of a table or view, as the warehouse spells them.
///
/// Written `schema.name`; a part with a dot or a quote in it stands in double quotes, with quotes doubled.
/// A name without a schema means the connection's default one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TableName {
    /// The schema; empty for the connection's default one.
    pub schema: String,
    /// The table.
    pub name: String,
}

impl TableName {
    /// The table `name` of `schema`.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.schema.is_empty() {
            write!(f, "{}.", quoted(&self.schema))?;
        }
        f.write_str(&quoted(&self.name))
    }
}

fn quoted(part: &str) -> String {
    if part.contains(['.', '"']) { format!("\"{}\"", part.replace('"', "\"\"")) } else { part.to_owned() }
}

impl FromStr for TableName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = vec![String::new()];
        let mut chars = text.trim().chars().peekable();
        let mut in_quotes = false;
        while let Some(c) = chars.next() {
            let Some(part) = parts.last_mut() else { break };
            match c {
                '"' if in_quotes && chars.peek() == Some(&'"') => {
                    chars.next();
                    part.push('"');
                }
                '"' => in_quotes = !in_quotes,
                '.' if !in_quotes => parts.push(String::new()),
                _ => part.push(c),
            }
        }
        let bad = || {
            Error::new(ErrorKind::BadQuery, format!("“{text}” is not a table's name."))
                .with_hint("Write it as schema.table.")
        };
        match parts.as_slice() {
            _ if in_quotes || parts.iter().any(String::is_empty) => Err(bad()),
            [name] => Ok(Self::new("", name)),
            [schema, name] => Ok(Self::new(schema, name)),
            _ => Err(bad()),
        }
    }
}

impl From<TableName> for String {
    fn from(name: TableName) -> Self {
        name.to_string()
    }
}

impl TryFrom<String> for TableName {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_name_reads_back(schema in ".{0,8}", name in ".{1,8}") {
            prop_assume!(schema.trim() == schema && name.trim() == name);
            let table = TableName::new(schema, name);
            prop_assert_eq!(table.to_string().parse::<TableName>().unwrap(), table);
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", ".", "a.", ".b", "a.b.c", "\"a"] {
            assert!(text.parse::<TableName>().is_err(), "{text:?}");
        }
    }
}
