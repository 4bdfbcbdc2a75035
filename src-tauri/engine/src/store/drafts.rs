//! Wizards that were not finished. Their state belongs to the window and holds no secrets.

use rusqlite::{Connection as Sqlite, params};

use crate::error::Result;

/// A wizard that was not finished.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its id, chosen by the window.
    pub id: String,
    /// What the overview calls it.
    pub title: String,
    /// When it was last saved, in ms.
    pub saved_at: i64,
    /// The wizard's state, JSON.
    pub state: String,
}

/// All drafts, newest first.
pub fn all(sqlite: &Sqlite) -> Result<Vec<Draft>> {
    let mut statement =
        sqlite.prepare_cached("select id, title, saved_at, state from draft order by saved_at desc, id")?;
    let rows = statement.query_map([], |row| {
        Ok(Draft { id: row.get(0)?, title: row.get(1)?, saved_at: row.get(2)?, state: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Saves a draft, in place of an earlier one of the same id.
pub fn save(sqlite: &Sqlite, draft: &Draft) -> Result<()> {
    sqlite.execute(
        "insert into draft values(?1, ?2, ?3, ?4) on conflict(id) do update set title = ?2, saved_at = ?3, state = ?4",
        params![draft.id, draft.title, draft.saved_at, draft.state],
    )?;
    Ok(())
}

/// Deletes a draft; one that is not there is no error.
pub fn delete(sqlite: &Sqlite, id: &str) -> Result<()> {
    sqlite.execute("delete from draft where id = ?1", [id])?;
    Ok(())
}
