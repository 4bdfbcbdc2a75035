//! What the sample says about itself.

use sluice_engine::manifest::Manifest;
use sluice_engine::sync::dialect::SQLiteDialect;

pub(super) static MANIFEST: Manifest = Manifest {
    id: "sample",
    label: "Sample data",
    summary: "A small warehouse that comes with Sluice: leads, log-ins and workspaces of an invented company. No account, no network.",
    needs: &[],
    setup_script: None,
    pastes: false,
    settings: &[],
    steps: &[("open", "Open the sample"), ("schemas", "See schemas"), ("row", "Read one row")],
    destination: None,
    dialect: Some(&SQLiteDialect {}),
    icon: include_str!("icon.svg"),
};
