//! What stood in a record's place before the run. Where an earlier request had got there although its answer was lost, what
//! was read before this run's is what that one wrote, and what stood there before that one counts.

use super::{Kept, Look, sent};
use crate::error::Result;
use crate::json_text::Json;
use crate::record::Operation;
use crate::run::undo::judge::{Stood, document, is_there};
use crate::same::may_be_shown_as;
use crate::store::Sqlite;
use crate::store::outbox;
use crate::store::outbox::beside::BEFORE;

/// An earlier record of the same key that may have arrived.
struct Earlier {
    /// What was sent.
    payload: Vec<u8>,
    /// What stood there before that.
    before: Option<String>,
    is_delete: bool,
}

impl Look<'_> {
    pub(super) fn before(&self, kept: &Kept, place: usize) -> Result<Stood> {
        let own = kept.before.as_ref().and_then(|before| before.get(&place).cloned());
        let mut stood = own.map_or(Stood::Unknown, Stood::from);
        if !kept.body.past(place).doubtful {
            return Ok(stood);
        }
        self.store.read(|sqlite| {
            for (batch, place) in
                outbox::find_key(sqlite, Some(self.of.sync), kept.body.key(place), usize::MAX)?
            {
                if batch >= kept.id {
                    continue;
                }
                let state = outbox::state_of(sqlite, batch, place)?;
                // What stands there of an answered request is what this run found.
                if state.has_arrived() {
                    break;
                }
                if state.may_have_arrived()
                    && let Some(earlier) = earlier(sqlite, batch, place)?
                {
                    stood = self.without(stood, earlier)?;
                }
            }
            Ok(stood)
        })
    }

    /// What stood there, without what the earlier record wrote of it.
    fn without(&self, stood: Stood, earlier: Earlier) -> Result<Stood> {
        let found = match (&stood, &earlier.before) {
            (Stood::Fields(found), _) => found,
            (Stood::Nothing, Some(before)) if earlier.is_delete => return Ok(Stood::Fields(before.clone())),
            (Stood::Nothing | Stood::Unknown, _) => return Ok(stood),
        };
        let Some(before) = earlier.before else {
            let is_own = is_there(&self.known, self.match_field, &earlier.payload, found)?;
            return Ok(if is_own { Stood::Nothing } else { stood });
        };
        let (wrote, before) = (document(&earlier.payload)?, document(before.as_bytes())?);
        let Json::Object(mut fields) = document(found.as_bytes())? else { return Ok(stood) };
        for (name, value) in &mut fields {
            let is_own =
                wrote.get(name).is_some_and(|wrote| may_be_shown_as(self.known.takes(name), wrote, value));
            if let Some(then) = before.get(name).filter(|_| is_own) {
                *value = then.clone();
            }
        }
        Ok(Stood::Fields(Json::Object(fields).compact()))
    }
}

/// The record, where what stood there before it was kept.
fn earlier(sqlite: &Sqlite, batch: i64, place: usize) -> Result<Option<Earlier>> {
    let before = BEFORE.of_batch(sqlite, batch)?.and_then(|mut before| before.remove(&place));
    let (Some(before), Some(body)) = (before, outbox::body(sqlite, batch)?) else { return Ok(None) };
    let is_delete = body.operation(place)? == Operation::Delete;
    let payload = sent(sqlite, batch, place, &body)?;
    Ok(Some(Earlier { payload, before, is_delete }))
}
