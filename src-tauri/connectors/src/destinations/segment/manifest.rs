//! What Segment's connector says about itself.

use sluice_engine::manifest::{Accepts, Capabilities, Input, Manifest, Setting};
use sluice_engine::sync::{Mode, Removal};

/// Segment's address outside of the EU.
pub(super) const URL: &str = "https://api.segment.io";

pub(super) static MANIFEST: Manifest = Manifest {
    id: "segment",
    label: "Segment",
    summary: "Sends identify and track events to a Segment source, or to another server that takes events as Segment does.",
    needs: &[
        "The write key of a source of type HTTP API (in Segment: the source's Settings, API Keys)",
        "Whether the workspace is in the EU: its address is another one",
    ],
    setup_script: None,
    pastes: false,
    settings: &[
        Setting::text(
            "url",
            "Address",
            "Leave it for a workspace in the US; for one in the EU enter https://events.eu1.segmentapis.com.",
            URL,
        )
        .entered_as(Input::Url)
        .or(URL),
        Setting::secret("write_key", "Write key", "Of the source that the events shall come from."),
    ],
    steps: &[
        ("host", "Find the host"),
        ("reach", "Reach it"),
        ("secure", "Secure the connection"),
        ("write_key", "Look at the write key"),
    ],
    destination: Some(Capabilities {
        accepts: Accepts::Events,
        modes: &[Mode::Upsert, Mode::Append, Mode::Full],
        removals: &[Removal::Nothing],
        confirms: false,
        reads: false,
    }),
    dialect: None,
    icon: include_str!("icon.svg"),
};
