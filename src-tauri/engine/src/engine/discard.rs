//! The user gives records up.

use super::Engine;
use crate::clock::millis;
use crate::error::Result;
use crate::run::progress::Notice;
use crate::run::{Discard, discard};
use crate::store::Sqlite;

impl Engine {
    /// Discards rejected or waiting records of a run; `keys` empty for all. Answers with how many. They stay
    /// visible as discarded, and are not sent again before their rows change.
    pub async fn discard(&self, run: i64, keys: Vec<String>, which: Discard) -> Result<u64> {
        let at = millis(self.clock.now());
        let _turn = self.beginning().await?;
        let job = move |sqlite: &Sqlite| discard(sqlite, run, &keys, which, at);
        let count = self.store.write(job).done().await?;
        self.tell(Notice::Run(run));
        Ok(count)
    }
}
