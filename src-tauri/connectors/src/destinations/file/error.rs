//! What a failing folder means.

use std::io;
use std::path::Path;

use sluice_engine::error::{Error, ErrorKind};

/// What happened to `path`, which is the folder or a file right in it.
pub(super) fn failed(folder: &Path, path: &Path, error: io::Error) -> Error {
    let (folder, name) = (folder.display(), path.display());
    let error_kind = error.kind();
    let (kind, message) = if error_kind == io::ErrorKind::NotFound {
        (ErrorKind::MissingObject, format!("The folder “{folder}” does not exist."))
    } else if error_kind == io::ErrorKind::NotADirectory {
        (ErrorKind::MissingObject, format!("“{folder}” is not a folder."))
    } else if matches!(error_kind, io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) {
        (ErrorKind::NotAllowed, format!("“{name}” may not be written."))
    } else if matches!(error_kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        (ErrorKind::DiskFull, format!("The disk is full; “{name}” could not be written."))
    } else {
        (ErrorKind::Storage, format!("“{name}” could not be written."))
    };
    let error = Error::new(kind, message).with_source(error);
    if kind == ErrorKind::MissingObject {
        error.with_hint("Make the folder, or choose another one in the connection.")
    } else if kind == ErrorKind::NotAllowed {
        error.with_hint("Allow this user to write to the folder, or choose another one in the connection.")
    } else if kind == ErrorKind::Storage {
        error.with_hint("Check the folder and its disk, then run again.")
    } else {
        error
    }
}
