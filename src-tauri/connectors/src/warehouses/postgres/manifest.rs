//! What PostgreSQL asks for.

use sluice_engine::manifest::{Input, Manifest, Setting};
use sluice_engine::sync::dialect::PostgreSqlDialect;

pub(super) static MANIFEST: Manifest = Manifest {
    id: "postgres",
    label: "PostgreSQL",
    summary: "A PostgreSQL database, version 10 or newer, in the cloud or on your own servers.",
    needs: &[
        "Host name, port and database",
        "A login that may read the tables; a read-only one is best",
        "Your computer on the server’s allow-list, where it has one",
    ],
    setup_script: Some(SETUP_SCRIPT),
    pastes: true,
    settings: &[
        Setting::text("host", "Host", "The server’s name or address.", "db.example.com"),
        Setting::text("port", "Port", "Nearly always 5432.", "5432").or("5432").entered_as(Input::PORT),
        Setting::text("database", "Database", "The database that has the tables.", "shop"),
        Setting::text("user", "User", "The login; a read-only one is best.", "sluice_reader"),
        Setting::secret("password", "Password", "Kept in this computer’s keychain."),
        Setting::text(
            "tls",
            "Encryption",
            "“Encrypt only” works with every server. Checking it too is safer, where its certificate can be trusted.",
            "verify-full",
        )
        .or("require")
        .entered_as(Input::Choice(&[
            ("verify-full", "Encrypt and check server"),
            ("require", "Encrypt only"),
            ("disable", "No encryption"),
        ])),
        Setting::text(
            "ca_file",
            "CA file",
            "The certificate authority to trust, as a PEM file; empty for this computer’s own list.",
            "/home/ana/company-ca.pem",
        )
        .optional()
        .entered_as(Input::File)
        .only_if("tls", &["verify-full"]),
        Setting::text(
            "diff_schema",
            "Schema for snapshots",
            "For very large tables: a schema Sluice may write to. Rows are then compared inside the warehouse, and only those that changed leave it. Empty: the warehouse is only read.",
            "sluice",
        )
        .optional(),
    ],
    steps: &[
        ("host", "Find host"),
        ("port", "Reach port"),
        ("tls", "Secure connection"),
        ("sign_in", "Sign in"),
        ("schemas", "See schemas"),
        ("row", "Read one row"),
        ("compare", "Compare rows"),
    ],
    destination: None,
    dialect: Some(&PostgreSqlDialect {}),
    icon: include_str!("icon.svg"),
};

const SETUP_SCRIPT: &str = "\
-- A login for Sluice that can only read. Change the password, the database and the schema.
CREATE ROLE sluice_reader LOGIN PASSWORD 'choose a long password';
GRANT CONNECT ON DATABASE shop TO sluice_reader;
GRANT USAGE ON SCHEMA analytics TO sluice_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO sluice_reader;
-- Tables that come later, made by the role that runs this:
ALTER DEFAULT PRIVILEGES IN SCHEMA analytics GRANT SELECT ON TABLES TO sluice_reader;
ALTER ROLE sluice_reader SET default_transaction_read_only = on;

-- Only to compare rows inside the warehouse (Schema for snapshots), which very large tables gain from:
-- CREATE SCHEMA sluice;
-- GRANT USAGE, CREATE ON SCHEMA sluice TO sluice_reader;
-- GRANT TEMPORARY ON DATABASE shop TO sluice_reader;
";
