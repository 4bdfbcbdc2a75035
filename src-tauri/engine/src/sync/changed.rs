//! What of a sync was changed.

use super::Sync;

impl Sync {
    /// What is other in `after`, in words, as far as its records, or where they go, depend on it.
    pub(crate) fn changed(&self, after: &Self) -> Vec<&'static str> {
        let Self {
            name: _,
            from,
            query,
            key,
            to,
            shape,
            mode,
            removed,
            identifiers,
            fields,
            schedule: _,
            brakes: _,
            cursor,
        } = self;
        let parts = [
            (*from != after.from, "its warehouse"),
            (*query != after.query, "its table or query"),
            (*key != after.key, "its key"),
            (*to != after.to, "its destination"),
            (*shape != after.shape, "what its rows become"),
            (*mode != after.mode, "its mode"),
            (*removed != after.removed, "what becomes of removed rows"),
            (*identifiers != after.identifiers, "its identifiers"),
            (*fields != after.fields, "its fields"),
            (*cursor != after.cursor, "its cursor"),
        ];
        parts.into_iter().filter(|(differs, _)| *differs).map(|(_, part)| part).collect()
    }
}
