//! Columns that are not what the last run saw.

use crate::error::{Error, ErrorKind};
use crate::value::Column;

/// Why a read has to be held whose mapped columns are of other types than in the last run, if so. A column that
/// is gone is none of this: without it there is no mapping.
pub(super) fn retyped(before: Option<&[Column]>, now: &[Column]) -> Option<Error> {
    before.unwrap_or_default().iter().find_map(|old| {
        let new = now.iter().find(|column| column.name == old.name)?;
        // Without rows some warehouses can not name a computed column's type; that is not another type.
        let is_known = !new.native.is_empty() && !old.native.is_empty();
        let message = format!("The column “{}” was {} and is now {}.", old.name, old.native, new.native);
        (is_known && new.native != old.native).then(|| Error::new(ErrorKind::SchemaChanged, message))
    })
}
