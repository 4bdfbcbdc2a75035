//! Jobs: open, filled once, handed over, done after some looks, with three files of results.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::records::is_field;
use super::{Ask, Said, World, not_found, ok, refused};

#[derive(Default)]
pub(crate) struct Job {
    state: &'static str,
    by: String,
    file: Option<String>,
    uploads: u32,
    looks: u32,
    done_at: Option<Instant>,
    error: Option<String>,
    processed: u64,
    failed: u64,
    successful: String,
    failures: String,
    unprocessed: String,
}

impl Job {
    /// Records of its file.
    pub(crate) fn records(&self) -> usize {
        self.file.as_ref().map_or(0, |file| csv::Reader::from_reader(file.as_bytes()).records().count())
    }

    fn told(&self, id: &str) -> Said {
        ok(
            &json!({ "id": id, "state": self.state, "operation": "upsert", "object": "Lead", "externalIdFieldName": self.by,
            "createdById": "005R0000000GiwjIAC", "createdDate": "2026-11-22T00:00:00.000+0000",
            "systemModstamp": "2026-11-22T00:00:00.000+0000", "concurrencyMode": "Parallel",
            "contentType": "CSV", "apiVersion": 66.0, "jobType": "V2Ingest", "lineEnding": "LF",
            "columnDelimiter": "COMMA", "contentUrl": format!("services/data/v66.0/jobs/ingest/{id}/batches"),
            "numberRecordsProcessed": self.processed, "numberRecordsFailed": self.failed, "retries": 0,
            "errorMessage": self.error, "totalProcessingTime": 1, "apiActiveProcessingTime": 1, "apexProcessingTime": 0 }),
        )
    }
}

impl World {
    pub(super) fn job(&mut self, ask: &Ask, path: &[&str]) -> Said {
        match (ask.method.as_str(), path) {
            ("POST", []) => self.make(ask),
            (method, [id, rest @ ..]) if self.jobs.contains_key(*id) => self.with_job(method, id, rest, ask),
            _ => not_found(),
        }
    }

    fn make(&mut self, ask: &Ask) -> Said {
        let Some(asked) = ask.json() else { return refused(400, "JSON_PARSER_ERROR", "no JSON") };
        if asked["object"] != "Lead" {
            return refused(400, "INVALIDENTITY", &format!("Unable to find object: {}", asked["object"]));
        }
        if asked["operation"] != "upsert" || !asked["externalIdFieldName"].is_string() {
            return refused(400, "INVALIDJOB", "this stand-in takes upserts by a field");
        }
        let by = asked["externalIdFieldName"].as_str().unwrap().to_owned();
        let id = self.new_id("750");
        let job = Job { state: "Open", by, ..Job::default() };
        let told = job.told(&id);
        self.jobs.insert(id, job);
        told
    }

    fn with_job(&mut self, method: &str, id: &str, rest: &[&str], ask: &Ask) -> Said {
        let (looks, in_a_second) = (self.looks, self.in_a_second);
        let job = self.jobs.get_mut(id).unwrap();
        match (method, rest) {
            ("PUT", ["batches"]) if job.state != "Open" => {
                refused(400, "INVALIDJOBSTATE", "the job is not open")
            }
            ("PUT", ["batches"]) => {
                if !ask.content_type.starts_with("text/csv") || ask.body.len() > 100_000_000 {
                    return refused(400, "CLIENT_INPUT_ERROR", "text/csv of at most 100 MB");
                }
                job.uploads += 1;
                job.file = Some(String::from_utf8(ask.body.clone()).expect("UTF-8"));
                (201, "text/plain", String::new())
            }
            ("PATCH", []) => {
                let state = ask.json().unwrap_or_default()["state"].as_str().unwrap_or_default().to_owned();
                match state.as_str() {
                    "UploadComplete" if job.uploads > 1 => {
                        refused(400, "INVALIDJOB", "Found multiple contents for job")
                    }
                    "UploadComplete" if job.state == "Open" => {
                        job.state = "UploadComplete";
                        if let Some(speed) = in_a_second {
                            let takes = Duration::from_secs_f64(job.records() as f64 / speed);
                            self.busy_until = self.busy_until.max(Instant::now()) + takes;
                            job.done_at = Some(self.busy_until);
                        }
                        job.told(id)
                    }
                    "Aborted" if job.state == "Open" => {
                        job.state = "Aborted";
                        job.told(id)
                    }
                    _ => refused(400, "INVALIDJOBSTATE", "the job can not go there"),
                }
            }
            ("GET", []) => {
                if job.state == "UploadComplete" || job.state == "InProgress" {
                    job.state = "InProgress";
                    job.looks += 1;
                    if job.done_at.map_or(job.looks > looks, |done_at| Instant::now() >= done_at) {
                        self.work(id);
                    }
                }
                self.jobs[id].told(id)
            }
            ("GET", ["successfulResults"]) => file(&job.successful),
            ("GET", ["failedResults"]) => file(&job.failures),
            ("GET", ["unprocessedrecords" | "unprocessedRecords"]) => file(&job.unprocessed),
            ("DELETE", []) if matches!(job.state, "JobComplete" | "Failed" | "Aborted") => {
                self.jobs.remove(id);
                (204, "text/plain", String::new())
            }
            _ => not_found(),
        }
    }

    fn work(&mut self, id: &str) {
        let (by, file) = (self.jobs[id].by.clone(), self.jobs[id].file.clone().unwrap_or_default());
        let mut reader = csv::ReaderBuilder::new().from_reader(file.as_bytes());
        let columns = reader.headers().unwrap().clone();
        if let Some(unknown) = columns.iter().find(|name| !is_field(name)) {
            let job = self.jobs.get_mut(id).unwrap();
            job.state = "Failed";
            job.error = Some(format!("InvalidBatch : Field name not found : {unknown}"));
            job.unprocessed = file;
            return;
        }
        let quoted = |cells: &[&str]| {
            let cells: Vec<_> =
                cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            format!("{}\n", cells.join(","))
        };
        let names: Vec<_> = columns.iter().collect();
        let mut successful = vec![quoted(&[&["sf__Id", "sf__Created"], &*names].concat())];
        let mut failures = vec![quoted(&[&["sf__Id", "sf__Error"], &*names].concat())];
        let (mut processed, mut failed) = (0, 0);
        // The order of results is not that of the file.
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        for row in rows.iter().rev() {
            let mut fields = Map::new();
            for (name, cell) in columns.iter().zip(row) {
                match cell {
                    "" => {}
                    "#N/A" => drop(fields.insert(name.to_owned(), Value::Null)),
                    cell => drop(fields.insert(name.to_owned(), json!(cell))),
                }
            }
            let cells: Vec<_> = row.iter().collect();
            let done = self.upsert(&by, &fields);
            processed += 1;
            match done.error {
                None => {
                    let created = done.created.to_string();
                    successful.push(quoted(&[&[done.id.as_deref().unwrap(), &created], &*cells].concat()));
                }
                Some((code, words, at)) => {
                    failed += 1;
                    let said = format!("{code}:{words}:{} --", at.join(","));
                    failures.push(quoted(&[&["", &said], &*cells].concat()));
                }
            }
        }
        let job = self.jobs.get_mut(id).unwrap();
        (job.state, job.processed, job.failed) = ("JobComplete", processed, failed);
        (job.successful, job.failures, job.unprocessed) =
            (successful.concat(), failures.concat(), quoted(&names));
    }
}

fn file(text: &str) -> Said {
    (200, "text/csv", text.to_owned())
}
