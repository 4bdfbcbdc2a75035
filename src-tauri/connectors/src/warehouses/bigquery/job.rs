//! Jobs: a statement handed to the server, looked after until it has ended, and cancelled where nobody waits
//! for it any longer (<https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs>).

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use sluice_engine::error::{Error, ErrorKind, Result};

use super::client::Login;
use super::error::{Doing, Said, from_said, job_location, took_too_long};
use super::schema::Schema;
use super::{catalogue, query};
use crate::goodbye;

/// The longest pause between two looks at a job.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// How long a statement may take, which is as long as the server lets one run
/// (<https://cloud.google.com/bigquery/quotas#query_jobs>).
const LONGEST: Duration = Duration::from_secs(6 * 3_600);
/// How much longer than the server Sluice waits for what the server gives up by itself.
const GRACE: Duration = Duration::from_secs(60);
/// Locations in which a job is looked for at most.
const MOST_LOCATIONS: usize = 16;

/// A statement to run.
#[derive(Clone, Copy)]
pub(super) struct Statement<'a> {
    sql: &'a str,
    /// The server stops it after so long.
    timeout: Duration,
}

impl<'a> Statement<'a> {
    pub(super) fn new(sql: &'a str) -> Self {
        Self { sql, timeout: LONGEST }
    }

    /// The same, stopped by the server after so long.
    pub(super) fn within(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// What the server says of it without running it. No maximum counts here: what a statement would read is told also
    /// where that is too much.
    pub(super) async fn plan(&self, login: &Login, doing: Doing<'_>) -> Result<Planned> {
        let mut body = self.body(login, &uuid::Uuid::new_v4().to_string());
        body["configuration"]["dryRun"] = true.into();
        let planned: Planning = login.post(&[&login.project, "jobs"], &[], &body, doing).await?;
        if let Some(said) = &planned.status.error_result {
            return Err(from_said(login, said, 200, doing));
        }
        let statistics = planned.statistics.query;
        let bytes = statistics.total_bytes_processed.and_then(|bytes| bytes.parse().ok()).unwrap_or(0);
        Ok(Planned { schema: statistics.schema, bytes, statement_type: statistics.statement_type })
    }

    fn body(&self, login: &Login, id: &str) -> Value {
        let mut reference = json!({ "projectId": login.project, "jobId": id });
        if let Some(location) = &login.location {
            reference["location"] = location.as_str().into();
        }
        let configuration = json!({
            "query": { "query": self.sql, "useLegacySql": false },
            "labels": { "application": "sluice" },
            "jobTimeoutMs": self.timeout.as_millis().to_string(),
        });
        json!({ "jobReference": reference, "configuration": configuration })
    }
}

/// What a dry run said.
pub(super) struct Planned {
    pub(super) schema: Schema,
    pub(super) bytes: u64,
    pub(super) statement_type: Option<String>,
}

#[derive(Deserialize)]
struct Planning {
    #[serde(default)]
    status: Status,
    #[serde(default)]
    statistics: Statistics,
}

#[derive(Default, Deserialize)]
struct Statistics {
    #[serde(default)]
    query: QueryStatistics,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct QueryStatistics {
    schema: Schema,
    statement_type: Option<String>,
    total_bytes_processed: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ran {
    job_reference: Reference,
    #[serde(default)]
    status: Status,
    #[serde(default)]
    configuration: Configuration,
}

#[derive(Deserialize)]
struct Reference {
    location: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    state: String,
    error_result: Option<Said>,
}

#[derive(Default, Deserialize)]
struct Configuration {
    #[serde(default)]
    query: QueryConfiguration,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct QueryConfiguration {
    destination_table: Option<Destination>,
}

/// Where a job put its rows.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Destination {
    #[serde(rename = "projectId")]
    project: String,
    #[serde(rename = "datasetId")]
    dataset: String,
    #[serde(rename = "tableId")]
    table: String,
}

impl Destination {
    /// As the Storage Read API names it.
    pub(super) fn path(&self) -> String {
        format!("projects/{}/datasets/{}/tables/{}", self.project, self.dataset, self.table)
    }
}

/// A job that has ended well.
#[derive(Debug, Clone)]
pub(super) struct Done {
    pub(super) id: String,
    pub(super) location: Option<String>,
    pub(super) destination: Option<Destination>,
}

/// A job that may still work; dropping it cancels it.
pub(super) struct Job {
    login: Arc<Login>,
    id: String,
    location: Option<String>,
    /// Of the tables its statement names; it runs where they are.
    datasets: Vec<String>,
    works: bool,
}

impl Job {
    /// Runs the statement to its end.
    pub(super) async fn run(login: &Arc<Login>, statement: &Statement<'_>, doing: Doing<'_>) -> Result<Done> {
        let id = format!("sluice_{}", uuid::Uuid::new_v4().simple());
        let mut datasets = query::named_datasets(statement.sql);
        if let Doing::Snapshot(dataset) = doing {
            datasets.push(dataset.to_owned());
        }
        let mut job =
            Self { login: login.clone(), id, location: login.location.clone(), datasets, works: true };
        // A job that waits for its turn is not timed by the server.
        let ran = tokio::time::timeout(statement.timeout + GRACE, job.ended(statement, doing)).await;
        let ran = ran.map_err(|_| took_too_long())??;
        job.works = false;
        if let Some(said) = &ran.status.error_result {
            return Err(from_said(login, said, 200, doing));
        }
        let destination = ran.configuration.query.destination_table;
        Ok(Done { id: job.id.clone(), location: job.location.clone(), destination })
    }

    /// Has it run, and looks at it until it has ended.
    async fn ended(&mut self, statement: &Statement<'_>, doing: Doing<'_>) -> Result<Ran> {
        let mut ran = self.insert(statement, doing).await?;
        let mut pause = Duration::from_millis(100);
        while ran.status.state != "DONE" {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            ran = self.look(doing).await?;
        }
        Ok(ran)
    }

    /// The id is chosen here, so that a second request, after an answer that got lost, finds the first one's job.
    async fn insert(&mut self, statement: &Statement<'_>, doing: Doing<'_>) -> Result<Ran> {
        let mut body = statement.body(&self.login, &self.id);
        if let Some(bytes) = self.login.maximum_bytes {
            body["configuration"]["query"]["maximumBytesBilled"] = bytes.to_string().into();
        }
        let login = self.login.clone();
        match login.post::<Ran>(&[&login.project, "jobs"], &[], &body, doing).await {
            Ok(ran) => Ok(self.noted(ran)),
            Err(error) if error.kind() == ErrorKind::Conflict => {
                self.location = self.location.take().or_else(|| job_location(&error, &self.id));
                self.find(doing).await
            }
            Err(error) => {
                // What was refused does not work; what got lost may.
                self.works = super::client::is_passing(&error);
                Err(error)
            }
        }
    }

    async fn look(&mut self, doing: Doing<'_>) -> Result<Ran> {
        let ran = at(&self.login, &self.id, self.location.as_deref(), doing).await?.ok_or_else(lost)?;
        Ok(self.noted(ran))
    }

    /// Looks for a job that the server has, wherever that is.
    async fn find(&mut self, doing: Doing<'_>) -> Result<Ran> {
        if let Some(ran) = at(&self.login, &self.id, self.location.as_deref(), doing).await? {
            return Ok(self.noted(ran));
        }
        for location in locations(&self.login, &self.datasets).await {
            if let Some(ran) = at(&self.login, &self.id, Some(&location), doing).await? {
                self.location = Some(location);
                return Ok(self.noted(ran));
            }
        }
        Err(lost())
    }

    fn noted(&mut self, ran: Ran) -> Ran {
        self.location = ran.job_reference.location.clone().or(self.location.take());
        ran
    }
}

/// A job as it is now; `None` where the server has none of this id there.
async fn at(login: &Login, id: &str, location: Option<&str>, doing: Doing<'_>) -> Result<Option<Ran>> {
    match login.get(&[&login.project, "jobs", id], &located(location), doing).await {
        Ok(ran) => Ok(Some(ran)),
        Err(error) if error.kind() == ErrorKind::MissingObject => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where a job may be: where the datasets of its tables are, and then where the project has any.
async fn locations(login: &Login, datasets: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for name in datasets {
        if let Ok(Some(location)) = query::dataset_location(login, &login.dataset(name)).await {
            found.push(location);
        }
    }
    let listed = catalogue::datasets(login).await.unwrap_or_default();
    found.extend(listed.into_iter().filter_map(|dataset| dataset.location));
    let mut seen = HashSet::new();
    found.retain(|location| seen.insert(location.clone()));
    found.truncate(MOST_LOCATIONS);
    found
}

async fn cancel(login: &Login, id: &str, location: Option<&str>) -> Result<()> {
    let parts = [login.project.as_str(), "jobs", id, "cancel"];
    login.post::<Value>(&parts, &located(location), &Value::Null, Doing::Project).await.map(drop)
}

/// The server has the job, and none that it can be asked about.
fn lost() -> Error {
    Error::new(ErrorKind::ServerFailed, "BigQuery took the query, and does not say what became of it.")
        .with_safe("Nothing was sent. BigQuery was told to stop the query, which may go on and be billed.")
        .with_hint("Run it again. If it happens again, give the connection its location, which is where the datasets are.")
}

/// A job's location as a parameter; jobs outside of the US and the EU are not found without it.
pub(super) fn located(location: Option<&str>) -> Vec<(&'static str, String)> {
    location.map(|location| ("location", location.to_owned())).into_iter().collect()
}

impl Drop for Job {
    fn drop(&mut self) {
        if !self.works {
            return;
        }
        let (login, id, location) = (self.login.clone(), std::mem::take(&mut self.id), self.location.take());
        let datasets = std::mem::take(&mut self.datasets);
        goodbye::say(async move {
            // Nobody waits for the answer; a job that has ended by itself can not be cancelled either.
            let told = cancel(&login, &id, location.as_deref()).await;
            if location.is_some() || !told.is_err_and(|error| error.kind() == ErrorKind::MissingObject) {
                return;
            }
            for location in locations(&login, &datasets).await {
                if cancel(&login, &id, Some(&location)).await.is_ok() {
                    return;
                }
            }
        });
    }
}

/// The server did not say something that an answer always has.
pub(super) fn unsaid(what: &str) -> Error {
    Error::new(ErrorKind::BadAnswer, format!("BigQuery did not say {what}."))
}
