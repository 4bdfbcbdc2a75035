//! Columns that are not what the last run saw.

use crate::error::{Error, ErrorKind};
use crate::value::Column;

/// Why a read has to be held in which a column the last run sent is gone or of another type, if so. A column that is
/// new holds up nothing.
pub(super) fn changed(before: Option<&[Column]>, now: &[Column]) -> Option<Error> {
    let message = before.unwrap_or_default().iter().find_map(|old| {
        let Some(new) = now.iter().find(|column| column.name == old.name) else {
            return Some(format!("The column “{}”, which the last run sent, is gone.", old.name));
        };
        // Without rows some warehouses can not name a computed column's type; that is not another type.
        let is_known = !new.native.is_empty() && !old.native.is_empty();
        (is_known && new.native != old.native).then(|| {
            let (was, is) = in_words(old, new);
            format!("The column “{}” was {was} and is now {is}.", old.name)
        })
    })?;
    Some(Error::new(ErrorKind::SchemaChanged, message))
}

/// Both types as people read them, or in the warehouse's words where people would read the same twice.
fn in_words<'a>(old: &'a Column, new: &'a Column) -> (&'a str, &'a str) {
    if old.logical == new.logical {
        (&old.native, &new.native)
    } else {
        (old.logical.words(), new.logical.words())
    }
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;
    use crate::value::ColumnType;

    #[test]
    fn types_are_told_in_words_people_know() {
        let column = |logical, native: &str| Column { name: "n".into(), logical, native: native.into() };
        let (old, wider) = (column(ColumnType::Integer, "int4"), column(ColumnType::Integer, "int8"));
        let told = |new: &Column| changed(Some(from_ref(&old)), from_ref(new)).unwrap().message().to_owned();
        assert_eq!(told(&column(ColumnType::Text, "text")), "The column “n” was Integer and is now Text.");
        assert_eq!(told(&wider), "The column “n” was int4 and is now int8.");
        assert_eq!(
            changed(Some(from_ref(&old)), &[old.clone(), column(ColumnType::Text, "text")]).map(drop),
            None
        );
    }
}
