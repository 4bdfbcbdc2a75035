//! Settings from one pasted thing: a URL, a JDBC address or a libpq connection string.

use crate::warehouses::pgwire::paste::{Pasted, from_pairs, from_url};

/// Settings by key, and what was there and is not used; `None` where the text is none of the three.
pub(super) fn settings(text: &str) -> Option<Pasted> {
    let text = text.strip_prefix("jdbc:").unwrap_or(text);
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        from_url(text)
    } else {
        from_pairs(text)
    }
}
