//! What HubSpot's connector says about itself.

use sluice_engine::manifest::{Accepts, Capabilities, Input, Manifest, Setting};
use sluice_engine::sync::{Mode, Removal};

use super::client::API_VERSION;

pub(super) static MANIFEST: Manifest = Manifest {
    id: "hubspot",
    label: "HubSpot",
    summary: "Writes contacts, companies, deals and custom objects into HubSpot's CRM, with an answer for every record.",
    needs: &[
        "A service key (in HubSpot: Development, Keys, Service keys); the token of an older private app works too",
        "Its scopes: read and write of the object, such as crm.objects.contacts.read and crm.objects.contacts.write",
        "To match by something other than the e-mail address: a property that requires unique values",
    ],
    setup_script: None,
    pastes: true,
    settings: &[
        Setting::secret("token", "Service key", "Or the access token of a private app; begins with pat-."),
        Setting::text(
            "url",
            "API address",
            "Only for a stand-in or a proxy; else HubSpot's own.",
            "https://api.hubapi.com",
        )
        .or("https://api.hubapi.com")
        .entered_as(Input::Url),
        Setting::text(
            "api_version",
            "API version",
            "Only where HubSpot asks for another one than Sluice was made for.",
            API_VERSION,
        )
        .or(API_VERSION),
    ],
    steps: &[
        ("reach", "Reach HubSpot"),
        ("sign_in", "Sign in with the key"),
        ("permissions", "See what the key may do"),
        ("objects", "Read a record"),
        ("quota", "See today's quota"),
    ],
    destination: Some(Capabilities {
        accepts: Accepts::Records,
        modes: &[Mode::Upsert, Mode::Update, Mode::Create, Mode::Mirror, Mode::Append, Mode::Full],
        removals: &[Removal::Nothing, Removal::Clear, Removal::Delete],
        confirms: true,
        reads: true,
    }),
    dialect: None,
    icon: include_str!("icon.svg"),
};
