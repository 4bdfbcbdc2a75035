//! What the practice CRM says about itself.

use sluice_engine::manifest::{Accepts, Capabilities, Input, Manifest, Setting};
use sluice_engine::sync::{Mode, Removal};

use super::plays;

pub(super) static MANIFEST: Manifest = Manifest {
    id: "practice",
    label: "Practice CRM",
    summary: "A CRM inside Sluice to try things on: contacts, leads and accounts with real rules and refusals, and no network.",
    needs: &[],
    setup_script: None,
    pastes: false,
    settings: &[Setting::text(
        plays::SETTING,
        "Plays",
        "Whose fields, limits and refusals it has. Each keeps its own records.",
        "own",
    )
    .entered_as(Input::Choice(&plays::CHOICES))
    .or("own")],
    steps: &[
        ("open", "Open the practice CRM"),
        ("objects", "See its objects and fields"),
        ("quota", "See today's quota"),
    ],
    destination: Some(Capabilities {
        accepts: Accepts::Both,
        modes: &[Mode::Upsert, Mode::Update, Mode::Create, Mode::Mirror, Mode::Append, Mode::Full],
        removals: &[Removal::Nothing, Removal::Clear, Removal::Delete],
        confirms: true,
        reads: true,
    }),
    dialect: None,
    icon: include_str!("icon.svg"),
};
