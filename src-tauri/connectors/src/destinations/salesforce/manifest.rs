//! What Salesforce's connector says about itself.

use sluice_engine::manifest::{Accepts, Capabilities, Input, Manifest, Setting};
use sluice_engine::sync::{Mode, Removal};

/// The values of the setting `auth`.
pub(super) const CLIENT_CREDENTIALS: &str = "client_credentials";
pub(super) const BROWSER: &str = "browser";

/// Where people sign in, unless their company has an address of its own.
pub(super) const LOGIN: &str = "https://login.salesforce.com";

pub(super) static MANIFEST: Manifest = Manifest {
    id: "salesforce",
    label: "Salesforce",
    summary: "Creates, updates and deletes records of any Salesforce object, custom ones too.",
    needs: &[
        "An External Client App in Salesforce, made by an administrator (Setup, External Client App Manager)",
        "Its consumer key, and for client credentials its consumer secret and a run-as user",
        "A field that records are matched by: an external ID, marked as unique",
    ],
    setup_script: None,
    pastes: true,
    settings: &[
        Setting::text("auth", "Sign-in", "How Sluice signs in.", CLIENT_CREDENTIALS)
            .entered_as(Input::Choice(&[
                (CLIENT_CREDENTIALS, "Client credentials, as the app's run-as user"),
                (BROWSER, "In the browser, as a person"),
            ]))
            .or(CLIENT_CREDENTIALS),
        Setting::text(
            "instance_url",
            "My Domain",
            "Your company's own Salesforce address (in Salesforce: Setup, My Domain); a sandbox has its own.",
            "https://acme.my.salesforce.com",
        )
        .entered_as(Input::Url)
        .only_if("auth", &[CLIENT_CREDENTIALS]),
        Setting::text(
            "login_url",
            "Login address",
            "Where people sign in: My Domain, or test.salesforce.com for a sandbox.",
            "https://test.salesforce.com",
        )
        .entered_as(Input::Url)
        .only_if("auth", &[BROWSER])
        .or(LOGIN),
        Setting::text(
            "client_id",
            "Consumer key",
            "Of the External Client App.",
            "3MVG9AOp4kbriZOLfSVjG2Pxa3c",
        ),
        Setting::secret("client_secret", "Consumer secret", "Of the External Client App.")
            .only_if("auth", &[CLIENT_CREDENTIALS]),
        Setting::secret(
            "refresh_token",
            "Browser sign-in",
            "Opens Salesforce in your browser, and keeps what comes back in this computer’s keychain.",
        )
        .entered_as(Input::SignIn)
        .only_if("auth", &[BROWSER]),
    ],
    steps: &[
        ("reach", "Reach Salesforce"),
        ("sign_in", "Sign in"),
        ("permissions", "See what the user may write"),
        ("object", "Read an object's fields"),
        ("quota", "See what is left of today's requests"),
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
