//! What RudderStack's connector says about itself.

use sluice_engine::manifest::{Accepts, Capabilities, Input, Manifest, Setting};
use sluice_engine::sync::{Mode, Removal};

pub(super) static MANIFEST: Manifest = Manifest {
    id: "rudderstack",
    label: "RudderStack",
    summary: "Sends identify and track events to a RudderStack data plane, which passes them on to your tools.",
    needs: &[
        "The data plane URL (in RudderStack: Connections, at the top of the page)",
        "The write key of a source of type HTTP (in RudderStack: the source's Setup tab)",
    ],
    setup_script: None,
    pastes: false,
    settings: &[
        Setting::text(
            "data_plane_url",
            "Data plane URL",
            "Where RudderStack takes events, without a path.",
            "https://hosted.dataplane.rudderstack.com",
        )
        .entered_as(Input::Url),
        Setting::secret("write_key", "Write key", "Of the source that the events shall come from."),
    ],
    steps: &[
        ("host", "Find the host"),
        ("reach", "Reach it"),
        ("secure", "Secure the connection"),
        ("health", "Ask the data plane how it is"),
        ("write_key", "Try the write key"),
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
