//! The connection test: nothing is left behind by it.

use sluice_engine::check::{Note, Steps};
use sluice_engine::error::Result;
use sluice_engine::words::counted;

use super::error::failed;
use super::folder::Folder;

/// Runs the steps.
pub(super) async fn check(folder: &Folder, steps: &mut Steps<'_>) -> Result<()> {
    let path = &folder.path;
    let parent = path.parent().filter(|parent| !path.exists() && parent.is_dir());
    steps
        .run(async {
            if parent.is_some() {
                return Ok(((), Note::Found("not there yet; the first run makes it".to_owned())));
            }
            let found = std::fs::read_dir(path).map_err(|error| failed(path, path, error))?;
            Ok(((), Note::Found(format!("{} in it", counted(found.count() as u64, "item")))))
        })
        .await?;
    steps
        .run(async {
            // A file without a name, which is gone when it is closed.
            tempfile::tempfile_in(parent.unwrap_or(path)).map_err(|error| failed(path, path, error))?;
            Ok(((), Note::Nothing))
        })
        .await
}
