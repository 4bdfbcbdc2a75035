//! Settings from one pasted thing: a URL, a JDBC address or a libpq connection string.

use crate::warehouses::pgwire::paste::{Pasted, from_pairs, from_url, is_postgres};

/// Settings by key, and what was there and is not used; `None` where the text is none of the three.
pub(super) fn settings(text: &str) -> Option<Pasted> {
    let text = text.strip_prefix("jdbc:").unwrap_or(text);
    match text.split_once("://") {
        Some((kind, rest)) if is_postgres(kind) => from_url(&format!("postgres://{rest}")),
        Some(_) | None => from_pairs(text),
    }
}
