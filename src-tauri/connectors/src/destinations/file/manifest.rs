//! What the file connector says about itself.

use sluice_engine::manifest::{Accepts, Capabilities, Input, Manifest, Setting};
use sluice_engine::sync::{Mode, Removal};

pub(super) static MANIFEST: Manifest = Manifest {
    id: "file",
    label: "Files",
    summary: "Writes a file for each run, or one that grows, into a folder on this computer, as JSON lines or CSV.",
    needs: &["A folder you may write to"],
    setup_script: None,
    pastes: false,
    settings: &[
        Setting::text("folder", "Folder", "Where the files go; the whole path.", "/home/ana/exports")
            .entered_as(Input::Folder),
        Setting::text(
            "format",
            "Format",
            "JSON lines keep types and nesting; CSV opens in a spreadsheet.",
            "jsonl",
        )
        .entered_as(Input::Choice(&[("jsonl", "JSON lines"), ("csv", "CSV")]))
        .or("jsonl"),
        Setting::text("files", "Files", "A file for each run, or one that grows with each.", "per_run")
            .entered_as(Input::Choice(&[("per_run", "One for each run"), ("appended", "One for each sync")]))
            .or("per_run"),
        Setting::text(
            "formulas",
            "Formulas",
            "Text that a spreadsheet would compute, such as =1+1: as it is, or with an apostrophe in front.",
            "keep",
        )
        .entered_as(Input::Choice(&[("keep", "Write them as they are"), ("escape", "Make them text")]))
        .or("keep")
        .only_if("format", &["csv"]),
    ],
    steps: &[("folder", "Find the folder"), ("write", "Write to it")],
    destination: Some(Capabilities {
        accepts: Accepts::Both,
        modes: &[Mode::Upsert, Mode::Mirror, Mode::Append, Mode::Full],
        removals: &[Removal::Nothing, Removal::Clear, Removal::Delete],
        confirms: true,
        reads: false,
    }),
    dialect: None,
    icon: include_str!("icon.svg"),
};
