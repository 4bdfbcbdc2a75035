//! Records of one run that are found by the same value: several rows of it wrote one record of the destination, each over
//! the one before. What stood there before the first of them is put back, once.

use std::collections::{BTreeMap, HashMap};

use super::Look;
use crate::destination::Takes;
use crate::error::Result;
use crate::json_text::Json;
use crate::record::Operation;
use crate::run::undo::judge::{Stood, document};
use crate::store::outbox::{self, BatchRow, key_hash};

/// A record of the run: its batch, and its place in it.
type Place = (i64, usize);

/// What several rows of the run wrote into one record.
pub(super) struct Written {
    /// The last of them that is to be taken back: it stands for all.
    lead: Place,
    /// What they wrote, one over the other.
    pub(super) payload: Vec<u8>,
    /// What stood there before the first.
    pub(super) before: Stood,
    /// The id of the record, where the first created it.
    pub(super) made: Option<String>,
}

/// All of them, by their records.
#[derive(Default)]
pub(super) struct Shared {
    written: Vec<Written>,
    by_place: HashMap<Place, usize>,
}

/// How a record shares with others of the run.
pub(super) enum Share<'s> {
    /// It shares with none.
    Own,
    /// It stands for all that wrote the same record.
    Lead(&'s Written),
    /// Another one does.
    Other,
}

impl Shared {
    /// How the record at `place` shares.
    pub(super) fn of(&self, place: Place) -> Share<'_> {
        let written = self.by_place.get(&place).and_then(|index| self.written.get(*index));
        match written {
            None => Share::Own,
            Some(written) if written.lead == place => Share::Lead(written),
            Some(_) => Share::Other,
        }
    }
}

/// A delivered record, by the hash of what it is found by.
struct Delivered {
    found_by: u64,
    place: Place,
    is_delete: bool,
    is_wanted: bool,
}

impl Look<'_> {
    /// Which of the run's records share, whether or not they are to be taken back.
    pub(super) async fn read_shared(&mut self) -> Result<Shared> {
        let batches: Vec<BatchRow> = self.batches.iter().copied().collect();
        let mut delivered = Vec::new();
        for batch in &batches {
            delivered.extend(self.delivered_in(batch)?);
            // Of a large run others get their turn.
            tokio::task::yield_now().await;
        }
        // The order they were sent in stays within one value.
        delivered.sort_by_key(|record| record.found_by);
        let mut shared = Shared::default();
        let mut leads = Vec::new();
        for group in delivered.chunk_by(|one, other| one.found_by == other.found_by) {
            // Where the run deleted the record in between, what it wrote is no longer in it.
            if group.len() < 2 || group.iter().any(|record| record.is_delete) {
                continue;
            }
            let Some(lead) = group.iter().rev().find(|record| record.is_wanted) else { continue };
            shared.by_place.extend(group.iter().map(|record| (record.place, leads.len())));
            leads.push(lead.place);
        }
        self.read_written(&batches, leads, &mut shared)?;
        Ok(shared)
    }

    fn delivered_in(&self, batch: &BatchRow) -> Result<Vec<Delivered>> {
        let read = self
            .store
            .read(|sqlite| Ok((outbox::own_states(sqlite, batch.id)?, outbox::body(sqlite, batch.id)?)))?;
        let (own, Some(body)) = read else { return Ok(Vec::new()) };
        let is_email = self.known.takes(self.match_field) == Takes::Email;
        let mut found = Vec::with_capacity(body.len());
        for place in 0..body.len() {
            let state = own.get(&place).map_or(batch.state, |own| own.state);
            if !state.has_arrived() {
                continue;
            }
            let matched = document(body.payload(place))?.get(self.match_field).and_then(Json::text);
            let Some(matched) = matched else { continue };
            let matched = if is_email { matched.to_lowercase() } else { matched };
            found.push(Delivered {
                found_by: key_hash(matched.trim()),
                place: (batch.id, place),
                is_delete: body.operation(place)? == Operation::Delete,
                is_wanted: self.is_wanted(&body, place),
            });
        }
        Ok(found)
    }

    /// Reads what they wrote, in the order it was sent.
    fn read_written(&self, batches: &[BatchRow], leads: Vec<Place>, shared: &mut Shared) -> Result<()> {
        let mut wrote: Vec<Option<(Json, Stood, Option<String>)>> = leads.iter().map(|_| None).collect();
        let mut by_batch: BTreeMap<i64, Vec<(usize, usize)>> = BTreeMap::new();
        for ((batch, place), index) in &shared.by_place {
            by_batch.entry(*batch).or_default().push((*place, *index));
        }
        for batch in batches {
            let Some(places) = by_batch.get_mut(&batch.id) else { continue };
            let Some(kept) = self.store.read(|sqlite| self.kept(sqlite, batch))? else { continue };
            places.sort_unstable();
            for (place, index) in places.iter().copied() {
                let Some(one) = wrote.get_mut(index) else { continue };
                let sent = document(kept.sent(place))?;
                if let Some((earlier, ..)) = one {
                    lay_over(earlier, sent);
                } else {
                    let made = kept.made.get(&place).cloned();
                    *one = Some((sent, self.before(&kept, place)?, made));
                }
            }
        }
        for (lead, one) in leads.into_iter().zip(wrote) {
            let (sent, before, made) = one.unwrap_or((Json::Object(Vec::new()), Stood::Unknown, None));
            shared.written.push(Written { lead, payload: sent.compact().into_bytes(), before, made });
        }
        Ok(())
    }
}

/// Writes the fields of a later payload over those of an earlier one.
fn lay_over(earlier: &mut Json, later: Json) {
    let (Json::Object(entries), Json::Object(later)) = (earlier, later) else { return };
    for (name, value) in later {
        match entries.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => entries.push((name, value)),
        }
    }
}
