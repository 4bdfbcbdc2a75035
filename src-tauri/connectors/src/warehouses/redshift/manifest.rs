//! What Redshift asks for.

use sluice_engine::manifest::{Input, Manifest, Setting};
use sluice_engine::sync::dialect::RedshiftSqlDialect;

pub(super) static MANIFEST: Manifest = Manifest {
    id: "redshift",
    label: "Amazon Redshift",
    summary: "A Redshift cluster or a Redshift Serverless workgroup.",
    needs: &[
        "The endpoint, from the cluster’s or workgroup’s page in the AWS console",
        "A login that may read the tables; a read-only one is best",
        "A way to it: publicly accessible or through your VPN, and a security group that lets this computer in",
    ],
    setup_script: Some(SETUP_SCRIPT),
    pastes: true,
    settings: &[
        Setting::text("host", "Host", "The endpoint’s host name.", "shop.abc123.eu-west-1.redshift.amazonaws.com"),
        Setting::text("port", "Port", "Nearly always 5439.", "5439").or("5439").entered_as(Input::PORT),
        Setting::text("database", "Database", "The database that has the tables.", "dev"),
        Setting::text("user", "User", "The login; a read-only one is best.", "sluice_reader"),
        Setting::secret("password", "Password", "Kept in this computer’s keychain."),
        Setting::text(
            "tls",
            "Encryption",
            "Redshift’s certificates are Amazon’s, which this computer knows and checks.",
            "verify-full",
        )
        .or("verify-full")
        .entered_as(Input::Choice(&[
            ("verify-full", "Encrypt and check server"),
            ("require", "Encrypt only"),
            ("disable", "No encryption"),
        ])),
        Setting::text(
            "ca_file",
            "CA file",
            "Certificate authorities to trust, as a PEM file; empty for this computer’s own list, which has Amazon’s.",
            "/home/ana/amazon-trust-ca-bundle.crt",
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
    dialect: Some(&RedshiftSqlDialect {}),
    icon: include_str!("icon.svg"),
};

const SETUP_SCRIPT: &str = "\
-- A user for Sluice that can only read. Change the password and the schema.
CREATE USER sluice_reader PASSWORD 'choose a long password';
GRANT USAGE ON SCHEMA analytics TO sluice_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO sluice_reader;
-- Tables that come later, made by the user that runs this:
ALTER DEFAULT PRIVILEGES IN SCHEMA analytics GRANT SELECT ON TABLES TO sluice_reader;
-- For external tables (Spectrum) the schema is enough:
-- GRANT USAGE ON SCHEMA spectrum TO sluice_reader;

-- Only to compare rows inside the warehouse (Schema for snapshots), which very large tables gain from:
-- CREATE SCHEMA sluice;
-- GRANT USAGE, CREATE ON SCHEMA sluice TO sluice_reader;
-- GRANT TEMPORARY ON DATABASE dev TO sluice_reader;
";
