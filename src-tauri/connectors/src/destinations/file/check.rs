//! The connection test: nothing is left behind by it.

use sluice_engine::check::{Note, Steps};
use sluice_engine::error::Result;

use super::error::failed;
use super::folder::Folder;

/// Runs the steps.
pub(super) async fn check(folder: &Folder, steps: &mut Steps<'_>) -> Result<()> {
    let path = &folder.path;
    steps
        .run(async {
            let found = std::fs::read_dir(path).map_err(|error| failed(path, path, error))?;
            Ok(((), Note::Found(format!("{} files and folders in it", found.count()))))
        })
        .await?;
    steps
        .run(async {
            // A file without a name, which is gone when it is closed.
            tempfile::tempfile_in(path).map_err(|error| failed(path, path, error))?;
            Ok(((), Note::Nothing))
        })
        .await
}
