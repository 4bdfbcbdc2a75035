//! The stepwise connection test.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use sluice_engine::check::{Note, Steps};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::sync::Query;
use sluice_engine::warehouse::{Read, Table, TableKind};

use super::catalogue::{self, ListedDataset};
use super::client::Login;
use super::cost;
use super::credentials::Credentials;
use super::error::{Doing, grant, project_role};
use super::job::Statement;
use super::snapshot::Snapshot;
use super::{query, read, storage};
use crate::http::Failure;
use crate::http::steps::{secured, through};

/// `dataset` is where snapshots may be kept.
pub(super) async fn check(login: &Arc<Login>, dataset: Option<&str>, steps: &mut Steps<'_>) -> Result<()> {
    // One request shows all three; each failure belongs to its step.
    let answered = login.http.send(login.http.get(login.url(&[])?)).await;
    let failed = match &answered {
        Ok(_) | Err(Failure::Lost(_)) => None,
        Err(Failure::NotSent(error)) => Some(error.clone()),
    };
    let of_kind = |kinds: &[ErrorKind]| match &failed {
        Some(error) if kinds.contains(&error.kind()) => Err(error.clone()),
        _ => Ok(()),
    };
    let host = match login.http.proxy(&login.base) {
        Some(proxy) => through(&proxy),
        None => Note::Found(login.base.host_str().unwrap_or_default().to_owned()),
    };
    steps.run(async { of_kind(&[ErrorKind::HostNotFound]).map(|()| ((), host)) }).await?;
    let reach = [ErrorKind::Unreachable, ErrorKind::Offline, ErrorKind::TimedOut];
    steps.run(async { of_kind(&reach).map(|()| ((), Note::Nothing)) }).await?;
    steps
        .run(async {
            failed.map_or_else(|| Ok(((), secured(&login.base, "The rows and what signs in"))), Err)
        })
        .await?;
    steps.run(sign_in(login)).await?;
    let datasets = steps.run(see_datasets(login)).await?;
    steps.run(check_location(login, &datasets)).await?;
    steps.run(plan_a_query(login)).await?;
    let table = steps.run(read_one_row(login)).await?;
    steps.run(read_fast(login, table.as_ref())).await?;
    steps.run(see_where_to_compare(login, dataset)).await
}

async fn sign_in(login: &Login) -> Result<((), Note)> {
    login.tokens.token().await?;
    let note = match login.tokens.credentials() {
        Credentials::Anonymous => {
            Note::Know("Nobody signs in: the address given asks for no sign-in.".to_owned(), None)
        }
        Credentials::ServiceAccount(_) | Credentials::User(_) => {
            Note::Found(format!("as {}", login.tokens.credentials().name()))
        }
    };
    Ok(((), note))
}

async fn see_datasets(login: &Login) -> Result<(Vec<ListedDataset>, Note)> {
    let datasets = catalogue::datasets(login).await?;
    if datasets.is_empty() {
        let message = format!("The project “{}” has no dataset that this login may see.", login.project);
        return Err(Error::new(ErrorKind::NotAllowed, message)
            .with_hint("Check the project, or have an administrator run this statement in BigQuery, with the dataset that has your tables.")
            .with_fix(grant(login, "bigquery.dataViewer", "analytics")));
    }
    let count = datasets.len();
    let found = format!("{count} {} in {}", if count == 1 { "dataset" } else { "datasets" }, login.project);
    Ok((datasets, Note::Found(found)))
}

async fn check_location(login: &Login, datasets: &[ListedDataset]) -> Result<((), Note)> {
    let mut found: Vec<&str> = datasets.iter().filter_map(|dataset| dataset.location.as_deref()).collect();
    found.sort_unstable();
    found.dedup();
    let listed = found.join(", ");
    match &login.location {
        Some(given) if !found.is_empty() && !found.iter().any(|one| one.eq_ignore_ascii_case(given)) => {
            let message = format!("No dataset is in {given}; they are in {listed}.");
            Err(Error::new(ErrorKind::BadSettings, message)
                .with_hint(format!("Change the connection’s location to {}, or leave it empty.", found[0])))
        }
        Some(given) => Ok(((), Note::Found(given.clone()))),
        None if found.is_empty() => Ok(((), Note::Nothing)),
        None => Ok(((), Note::Found(format!("found by itself: {listed}")))),
    }
}

async fn plan_a_query(login: &Login) -> Result<((), Note)> {
    Statement::new("SELECT 1 AS one").plan(login, Doing::Query).await?;
    let limit = login.maximum_bytes.map(|bytes| format!("a query may read {}", cost::in_words(bytes)));
    Ok(((), limit.map_or(Note::Nothing, Note::Found)))
}

/// A test is free of charge: a row of a table is listed. What only a query gets at, such as a view, is planned.
async fn read_one_row(login: &Arc<Login>) -> Result<(Option<Table>, Note)> {
    let tables = catalogue::tables(login).await?;
    let stored = tables.iter().find(|table| table.kind == TableKind::Table);
    let Some(table) = stored.or(tables.first()) else {
        return Ok((None, Note::Know("The datasets have no tables yet.".to_owned(), None)));
    };
    let is_read = match stored {
        Some(table) => read::first_row(login, &table.name).await?,
        None => false,
    };
    let tested = if is_read { None } else { Some(planned(login, table).await?) };
    let note = match (could_write(login, table).await, tested) {
        (true, tested) => {
            let tested = tested.unwrap_or_else(|| format!("Read {}.", table.name));
            let told = "This login could also write. Sluice only reads, but a read-only login is safer.";
            Note::Know(format!("{tested} {told}"), Some(read_only(login, table)))
        }
        (false, Some(tested)) => Note::Know(tested, None),
        (false, None) => Note::Found(table.name.to_string()),
    };
    Ok((Some(table.clone()), note))
}

/// Plans a read of what is read by a query alone, and says what it would take: even one row is billed as all of them.
async fn planned(login: &Login, table: &Table) -> Result<String> {
    let all = Read::all(Query::Table(table.name.clone()));
    let told = read::cost(login, &all).await?;
    let takes = told.as_ref().map_or_else(String::new, |cost| {
        format!(": that takes {}, {}", cost::in_words(cost.bytes), cost.price)
    });
    let is_too_much = told.is_some_and(|cost| cost::within(cost.bytes, login.maximum_bytes).is_err());
    let limited = if is_too_much { " That is more than this connection allows a query." } else { "" };
    Ok(format!(
        "{} was planned and not read, because even one of its rows costs a query of them all{takes}.{limited}",
        table.name
    ))
}

/// Whether the login may change the table (<https://cloud.google.com/bigquery/docs/reference/rest/v2/tables/testIamPermissions>);
/// no, where the server does not say.
async fn could_write(login: &Login, table: &Table) -> bool {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Allowed {
        permissions: Vec<String>,
    }
    let Ok(dataset) = query::dataset(login, &table.name) else { return false };
    let name = format!("{}:testIamPermissions", table.name.name);
    let parts = [dataset.project.as_str(), "datasets", &dataset.dataset, "tables", &name];
    let asked = json!({ "permissions": ["bigquery.tables.updateData", "bigquery.tables.delete"] });
    let allowed: Result<Allowed> = login.post(&parts, &[], &asked, Doing::Dataset(&table.name.schema)).await;
    allowed.is_ok_and(|allowed| !allowed.permissions.is_empty())
}

/// Commands that make a login which can only read the table's dataset.
fn read_only(login: &Login, table: &Table) -> String {
    let project = &login.project;
    let account = format!("sluice-reader@{project}.iam.gserviceaccount.com");
    let made = format!("gcloud iam service-accounts create sluice-reader --project={project}\n");
    let roles = ["bigquery.jobUser", "bigquery.readSessionUser"].map(|role| {
        format!(
            "gcloud projects add-iam-policy-binding {project} --member=serviceAccount:{account} --role=roles/{role} --condition=None\n"
        )
    });
    let granted = format!(
        "bq query --project_id={project} --use_legacy_sql=false \\\n  \"GRANT \\`roles/bigquery.dataViewer\\` ON SCHEMA \\`{project}\\`.\\`{}\\` TO 'serviceAccount:{account}'\"\n",
        table.name.schema
    );
    let key = format!("gcloud iam service-accounts keys create sluice-key.json --iam-account={account}\n");
    made + &roles.concat() + &granted + &key
}

/// Storage Read is faster, and may be refused: then rows come over the REST API.
async fn read_fast(login: &Login, table: Option<&Table>) -> Result<((), Note)> {
    let table = table.filter(|table| table.kind == TableKind::Table);
    let Some(table) = table else { return Ok(((), Note::Nothing)) };
    let dataset = query::dataset(login, &table.name)?;
    let path =
        format!("projects/{}/datasets/{}/tables/{}", dataset.project, dataset.dataset, table.name.name);
    let note = match storage::try_session(login, path).await {
        Ok(()) => Note::Found("with the Storage Read API".to_owned()),
        Err(error) => {
            let fix = (error.kind() == ErrorKind::NotAllowed)
                .then(|| project_role(login, "bigquery.readSessionUser"));
            Note::Know(format!("{} Rows are read over the REST API, which is slower.", error.message()), fix)
        }
    };
    Ok(((), note))
}

async fn see_where_to_compare(login: &Arc<Login>, dataset: Option<&str>) -> Result<((), Note)> {
    let Some(dataset) = dataset else {
        return Ok(((), Note::Found("on this computer".to_owned())));
    };
    Snapshot::of(login, dataset, "test").check_rights().await?;
    Ok(((), Note::Found(format!("in the warehouse, with snapshots in {dataset}"))))
}
