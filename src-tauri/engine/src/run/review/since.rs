//! Whether the warehouse has changed since a held run read it.

use std::collections::HashMap;

use crate::error::Result;
use crate::run::plan::Reading;
use crate::run::read::{Sink, Staged};
use crate::store::fingerprints::Delivered;
use crate::store::outbox::{self, fingerprint, key_hash};
use crate::store::runs::{Counts, InvalidRow, RunRow};
use crate::warehouse::Cost;

/// Keys that are named.
const NAMED: usize = 20;

/// What would be sent now, beside what a held run has ready to send.
#[derive(Debug, Clone, Default)]
pub struct Since {
    /// The warehouse was read again; else reading costs, and nobody looked.
    pub looked: bool,
    /// What reading again takes, where the warehouse says.
    pub cost: Option<Cost>,
    /// Records that would be sent now and are not in the held run.
    pub added: u64,
    /// Records that would be sent otherwise now.
    pub changed: u64,
    /// Records of the held run that would not be sent any more.
    pub gone: u64,
    /// The first keys of those.
    pub keys: Vec<String>,
}

/// What would be sent now: by the hash of the key what identifies the record, and of the first also the key.
#[derive(Default)]
struct Now {
    prints: HashMap<u64, u128>,
    keys: HashMap<u64, String>,
}

/// Keys of rows that would be sent now which are kept, to name some of them.
const KEPT_KEYS: usize = 10_000;

impl Sink for Now {
    fn stage(&mut self, staged: &Staged<'_>) -> Result<()> {
        let hash = key_hash(staged.key);
        // A later row with the same key is never sent.
        self.prints.entry(hash).or_insert_with(|| fingerprint(staged.change, staged.payload));
        if self.keys.len() < KEPT_KEYS {
            self.keys.entry(hash).or_insert_with(|| staged.key.to_owned());
        }
        Ok(())
    }

    fn invalid(&mut self, _: InvalidRow) -> Result<()> {
        Ok(())
    }

    fn progress(&mut self, _: &Counts) {}

    fn rekeyed(&mut self, _: Vec<Delivered>) -> Result<()> {
        Ok(())
    }
}

/// Reads as the run did, and compares with what it has staged. `pays` says that it may cost something.
pub(crate) async fn since(reading: &Reading<'_>, run: &RunRow, resend: bool, pays: bool) -> Result<Since> {
    let (read, cost) = reading.price(resend).await?;
    let mut since = Since { cost, ..Since::default() };
    if since.cost.is_some() && !pays {
        return Ok(since);
    }
    let mut now = Now::default();
    reading.read(&read, resend, &mut now).await?;
    since.looked = true;
    for batch in reading.store.read(|sqlite| outbox::batches_of(sqlite, run.id))? {
        let Some((body, places)) = reading.store.read(|sqlite| outbox::to_send(sqlite, &batch))? else {
            continue;
        };
        for place in places {
            let key = body.key(place);
            let print = fingerprint(body.change(place)?, body.payload(place));
            match now.prints.remove(&key_hash(key)) {
                Some(known) if known == print => continue,
                Some(_) => since.changed += 1,
                None => since.gone += 1,
            }
            if since.keys.len() < NAMED {
                since.keys.push(key.to_owned());
            }
        }
    }
    since.added = now.prints.len() as u64;
    let new = now.prints.keys().filter_map(|hash| now.keys.remove(hash));
    let mut new: Vec<String> = new.collect();
    new.sort_unstable();
    since.keys.extend(new.into_iter().take(NAMED - since.keys.len()));
    Ok(since)
}
