//! What Snowflake asks for.

use sluice_engine::manifest::{Input, Manifest, Setting};
use sluice_engine::sync::dialect::SnowflakeDialect;

pub(super) static MANIFEST: Manifest = Manifest {
    id: "snowflake",
    label: "Snowflake",
    summary: "A Snowflake account, on any cloud.",
    needs: &[
        "Your account’s address, as in the browser",
        "A user of TYPE = SERVICE with a key pair, or a programmatic access token",
        "A role that may read the tables, and a warehouse to read with",
    ],
    setup_script: Some(SETUP_SCRIPT),
    pastes: true,
    settings: &[
        Setting::text("account", "Account", "Its name or any address of it; a pasted link will do.", "myorg-account1"),
        Setting::text("user", "User", "The login; one made for Sluice is best.", "SLUICE"),
        Setting::text("role", "Role", "A role that may read the tables; empty for the user’s default.", "SLUICE_READER")
            .optional(),
        Setting::text(
            "warehouse",
            "Warehouse",
            "What runs the queries; a small one will do. Empty for the user’s default.",
            "SLUICE_WH",
        )
        .optional(),
        Setting::text(
            "database",
            "Database",
            "The database that has the tables. Empty shows every database the role may see.",
            "ANALYTICS",
        )
        .optional(),
        Setting::text("auth", "Sign in with", "Snowflake takes passwords of people with a second factor only.", "key_pair")
            .or("key_pair")
            .entered_as(Input::Choice(&[
                ("key_pair", "Key pair"),
                ("token", "Access token"),
                ("password", "Password"),
            ])),
        Setting::secret(
            "private_key",
            "Private key",
            "The PEM file (rsa_key.p8), pasted as a whole; kept in this computer’s keychain.",
        )
        .entered_as(Input::Document)
        .only_if("auth", &["key_pair"]),
        Setting::secret("private_key_passphrase", "Passphrase", "Only where the private key is encrypted.")
            .optional()
            .only_if("auth", &["key_pair"]),
        Setting::secret("token", "Access token", "A programmatic access token; kept in this computer’s keychain.")
            .only_if("auth", &["token"]),
        Setting::secret("password", "Password", "Kept in this computer’s keychain.").only_if("auth", &["password"]),
        Setting::text(
            "statement_timeout",
            "Time for a query",
            "Seconds after which Snowflake stops a query by itself: 604,800, which is a week, at most.",
            "3600",
        )
        .or("3600")
        .entered_as(Input::Number(604_800)),
        Setting::text(
            "diff_schema",
            "Schema for snapshots",
            "For very large tables: a schema Sluice may write to. Rows are then compared inside the warehouse, and only those that changed leave it. Empty: the warehouse is only read.",
            "SLUICE",
        )
        .optional(),
        Setting::text(
            "url",
            "Address",
            "Only for a private host: where the account is reached, in place of its usual address.",
            "https://snowflake.example.com",
        )
        .optional()
        .entered_as(Input::Url),
    ],
    steps: &[
        ("host", "Find host"),
        ("port", "Reach port"),
        ("tls", "Secure connection"),
        ("sign_in", "Sign in"),
        ("warehouse", "Use role and warehouse"),
        ("schemas", "See schemas"),
        ("row", "Read one row"),
        ("compare", "Compare rows"),
    ],
    destination: None,
    dialect: Some(&SnowflakeDialect {}),
    icon: include_str!("icon.svg"),
};

const SETUP_SCRIPT: &str = "\
-- A login for Sluice that can only read. Change the database and the public key, and run it as ACCOUNTADMIN.
-- The key pair:  openssl genrsa 2048 | openssl pkcs8 -topk8 -inform PEM -out rsa_key.p8 -nocrypt
--                openssl rsa -in rsa_key.p8 -pubout -out rsa_key.pub
CREATE WAREHOUSE IF NOT EXISTS SLUICE_WH WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = 60 AUTO_RESUME = TRUE INITIALLY_SUSPENDED = TRUE;
CREATE ROLE IF NOT EXISTS SLUICE_READER;
CREATE USER IF NOT EXISTS SLUICE TYPE = SERVICE DEFAULT_ROLE = SLUICE_READER DEFAULT_WAREHOUSE = SLUICE_WH
  RSA_PUBLIC_KEY = 'the lines of rsa_key.pub between BEGIN and END';
GRANT ROLE SLUICE_READER TO USER SLUICE;
GRANT USAGE ON WAREHOUSE SLUICE_WH TO ROLE SLUICE_READER;
GRANT USAGE ON DATABASE ANALYTICS TO ROLE SLUICE_READER;
GRANT USAGE ON ALL SCHEMAS IN DATABASE ANALYTICS TO ROLE SLUICE_READER;
GRANT SELECT ON ALL TABLES IN DATABASE ANALYTICS TO ROLE SLUICE_READER;
GRANT SELECT ON ALL VIEWS IN DATABASE ANALYTICS TO ROLE SLUICE_READER;
GRANT SELECT ON ALL EXTERNAL TABLES IN DATABASE ANALYTICS TO ROLE SLUICE_READER;
GRANT SELECT ON ALL DYNAMIC TABLES IN DATABASE ANALYTICS TO ROLE SLUICE_READER;
GRANT SELECT ON ALL MATERIALIZED VIEWS IN DATABASE ANALYTICS TO ROLE SLUICE_READER;
-- What comes later:
GRANT USAGE ON FUTURE SCHEMAS IN DATABASE ANALYTICS TO ROLE SLUICE_READER;
GRANT SELECT ON FUTURE TABLES IN DATABASE ANALYTICS TO ROLE SLUICE_READER;
GRANT SELECT ON FUTURE VIEWS IN DATABASE ANALYTICS TO ROLE SLUICE_READER;
GRANT SELECT ON FUTURE EXTERNAL TABLES IN DATABASE ANALYTICS TO ROLE SLUICE_READER;
GRANT SELECT ON FUTURE DYNAMIC TABLES IN DATABASE ANALYTICS TO ROLE SLUICE_READER;
GRANT SELECT ON FUTURE MATERIALIZED VIEWS IN DATABASE ANALYTICS TO ROLE SLUICE_READER;

-- Only to compare rows inside the warehouse (Schema for snapshots), which very large tables gain from:
-- CREATE SCHEMA ANALYTICS.SLUICE;
-- GRANT USAGE, CREATE TABLE ON SCHEMA ANALYTICS.SLUICE TO ROLE SLUICE_READER;
";
