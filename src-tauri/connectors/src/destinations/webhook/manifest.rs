//! What the webhook says about itself.

use sluice_engine::manifest::{Accepts, Capabilities, Input, Manifest, Setting};
use sluice_engine::sync::{Mode, Removal};

/// The header that carries a token, unless another is named.
pub(super) const AUTH_HEADER: &str = "X-Api-Key";

pub(super) static MANIFEST: Manifest = Manifest {
    id: "webhook",
    label: "Webhook",
    summary: "Posts JSON to an address of yours, one record a request or many, signed if you want.",
    needs: &[
        "The address that takes the records",
        "What it wants for sign-in, if anything: a token, or a user and password",
        "A signing secret, if the receiver shall be able to tell that a request is yours",
    ],
    setup_script: None,
    pastes: true,
    settings: &[
        Setting::text("url", "Address", "Where records are posted to.", "https://example.com/hooks/leads")
            .entered_as(Input::Url),
        Setting::text(
            "batch_size",
            "Records in a request",
            "With 1 each request is one JSON object, with more it is always a list.",
            "100",
        )
        .entered_as(Input::PORT)
        .or("1"),
        Setting::text(
            "headers",
            "Headers",
            "One a line, without secrets: these are kept in plain text. {{sync}}, {{run}}, {{object}}, {{count}} and {{id}} are filled in.",
            "X-Sync: {{sync}}",
        )
        .entered_as(Input::Document)
        .optional(),
        Setting::text("auth", "Sign-in", "How the receiver knows Sluice.", "none")
            .entered_as(Input::Choice(&[
                ("none", "None"),
                ("bearer", "Bearer token"),
                ("basic", "User and password"),
                ("header", "A header of its own"),
            ]))
            .or("none"),
        Setting::text("auth_header", "Header", "The name of the header that carries the token.", AUTH_HEADER)
            .or(AUTH_HEADER)
            .only_if("auth", &["header"]),
        Setting::secret("token", "Token", "Sent with every request.").only_if("auth", &["bearer", "header"]),
        Setting::text("user", "User", "As the receiver knows it.", "sluice").only_if("auth", &["basic"]),
        Setting::secret("password", "Password", "Of that user.").only_if("auth", &["basic"]),
        Setting::secret(
            "signing_secret",
            "Signing secret",
            "Signs each request as Standard Webhooks describes: whsec_ and base64, or any other text as it is.",
        )
        .optional(),
        Setting::text(
            "allow_private",
            "Private addresses",
            "Whether records may go to this computer and this network, also without encryption.",
            "no",
        )
        .entered_as(Input::Choice(&[("no", "Refuse them"), ("yes", "Allow them")]))
        .or("no"),
    ],
    steps: &[
        ("host", "Find the host"),
        ("reach", "Reach it"),
        ("secure", "Secure the connection"),
        ("sign", "Sign a request"),
    ],
    destination: Some(Capabilities {
        accepts: Accepts::Both,
        modes: &[Mode::Upsert, Mode::Mirror, Mode::Append, Mode::Full],
        removals: &[Removal::Nothing, Removal::Clear, Removal::Delete],
        confirms: false,
        reads: false,
    }),
    dialect: None,
    icon: include_str!("icon.svg"),
};
