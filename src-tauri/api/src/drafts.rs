//! Wizards that were not finished.

use sluice_engine::clock::millis;
use sluice_engine::store::drafts;
use sluice_engine::{Error, ErrorKind};

use crate::Api;
use crate::convert::time;
use crate::wire::{Draft, Problem};

impl Api {
    /// Drafts, newest first.
    pub async fn drafts(&self, (): ()) -> Result<Vec<Draft>, Problem> {
        let saved = self.blocking(|engine| engine.store().read(drafts::all)).await?;
        let on_wire = |draft: drafts::Draft| Draft {
            id: draft.id,
            title: draft.title,
            saved_at: Some(time(draft.saved_at)),
            // What the window wrote comes back as it was; a state that is no JSON is an empty one.
            state: serde_json::from_str(&draft.state).unwrap_or_default(),
        };
        Ok(saved.into_iter().map(on_wire).collect())
    }

    /// Saves a draft, and answers with the time.
    pub async fn draft_save(&self, draft: Draft) -> Result<Draft, Problem> {
        let saved_at = millis(self.engine().clock().now());
        let state = serde_json::to_string(&draft.state).map_err(|error| {
            Error::new(ErrorKind::Bug, "The draft could not be written.").with_source(error)
        })?;
        let row = drafts::Draft { id: draft.id.clone(), title: draft.title.clone(), saved_at, state };
        self.engine().store().write(move |sqlite| drafts::save(sqlite, &row)).done().await?;
        self.changed();
        Ok(Draft { saved_at: Some(time(saved_at)), ..draft })
    }

    /// Deletes a draft.
    pub async fn draft_delete(&self, id: String) -> Result<(), Problem> {
        self.engine().store().write(move |sqlite| drafts::delete(sqlite, &id)).done().await?;
        self.changed();
        Ok(())
    }
}
