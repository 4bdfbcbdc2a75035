//! What BigQuery asks for.

use sluice_engine::manifest::{Input, Manifest, Setting};
use sluice_engine::sync::dialect::BigQueryDialect;

pub(super) static MANIFEST: Manifest = Manifest {
    id: "bigquery",
    label: "BigQuery",
    summary: "A Google Cloud project with BigQuery.",
    needs: &[
        "The JSON key of a service account, or a Google Cloud sign-in on this computer",
        "The roles BigQuery Job User, BigQuery Read Session User and BigQuery Data Viewer for it",
    ],
    setup_script: Some(SETUP_SCRIPT),
    pastes: true,
    settings: &[
        Setting::secret(
            "service_account",
            "Service account key",
            "The whole JSON file. Kept in this computer’s keychain; empty for the sign-in that gcloud keeps on this computer.",
        )
        .optional()
        .entered_as(Input::Document),
        Setting::text(
            "project",
            "Project",
            "The project that queries run in and are billed to; empty for the service account’s own.",
            "shop-analytics",
        )
        .optional(),
        Setting::text(
            "location",
            "Location",
            "Where the datasets are; empty to have BigQuery find out from the tables of a query.",
            "EU",
        )
        .optional(),
        Setting::text(
            "maximum_bytes",
            "Most bytes a query may read",
            "A sync that would read more is refused before it costs anything. A number with MB, GB or TB, where 1 GB is 1,000,000,000 bytes; empty for no limit.",
            "100 GB",
        )
        .optional(),
        Setting::text(
            "diff_schema",
            "Dataset for snapshots",
            "For very large tables: a dataset Sluice may write to. Rows are then compared inside the warehouse, and only those that changed leave it. Empty: the warehouse is only read.",
            "sluice",
        )
        .optional(),
        Setting::text(
            "url",
            "Address",
            "Only for a private endpoint; empty for Google’s own.",
            "https://bigquery-sluice.p.googleapis.com",
        )
        .optional()
        .entered_as(Input::Url),
        Setting::text(
            "storage_url",
            "Storage address",
            "Only for a private endpoint; empty for Google’s own, or for none where the API has an address of its own.",
            "https://bigquerystorage-sluice.p.googleapis.com",
        )
        .optional()
        .entered_as(Input::Url),
    ],
    steps: &[
        ("host", "Find host"),
        ("reach", "Reach BigQuery"),
        ("tls", "Secure connection"),
        ("sign_in", "Sign in"),
        ("datasets", "See datasets"),
        ("location", "Check location"),
        ("dry_run", "Plan a query"),
        ("row", "Read one row"),
        ("storage", "Read fast"),
        ("compare", "Compare rows"),
    ],
    destination: None,
    dialect: Some(&BigQueryDialect {}),
    icon: include_str!("icon.svg"),
};

const SETUP_SCRIPT: &str = "\
# A service account for Sluice that can only read. Change the project and the dataset; run it in Cloud Shell.
PROJECT=shop-analytics
DATASET=analytics
ACCOUNT=sluice-reader@$PROJECT.iam.gserviceaccount.com
gcloud services enable bigquery.googleapis.com bigquerystorage.googleapis.com --project=$PROJECT
gcloud iam service-accounts create sluice-reader --project=$PROJECT
for role in bigquery.jobUser bigquery.readSessionUser; do
  gcloud projects add-iam-policy-binding $PROJECT --member=serviceAccount:$ACCOUNT --role=roles/$role --condition=None
done
bq query --project_id=$PROJECT --use_legacy_sql=false \\
  \"GRANT \\`roles/bigquery.dataViewer\\` ON SCHEMA \\`$PROJECT\\`.\\`$DATASET\\` TO 'serviceAccount:$ACCOUNT'\"
gcloud iam service-accounts keys create sluice-key.json --iam-account=$ACCOUNT

# Only to compare rows inside the warehouse (Dataset for snapshots), which very large tables gain from:
# bq query --project_id=$PROJECT --use_legacy_sql=false 'CREATE SCHEMA sluice OPTIONS (location = \"EU\")'
# bq query --project_id=$PROJECT --use_legacy_sql=false \\
#   \"GRANT \\`roles/bigquery.dataEditor\\` ON SCHEMA \\`$PROJECT\\`.sluice TO 'serviceAccount:$ACCOUNT'\"
";
