//! A destination that keeps what arrives, and answers as the test says.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use crate::check::Steps;
use crate::connection::Opening;
use crate::destination::{
    Answer, Batch, Delivery, Destination, DestinationKind, Exchange, Found, JobToken, Jobs, Limits, Object,
    ObjectField, Outcome, ReadByKey, Takes, Together,
};
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::{Accepts, Capabilities, Manifest};
use crate::record::{Operation, Record};
use crate::sync::{Mode, Removal, Shape};

/// A record that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// Its key.
    pub key: String,
    /// Its message id.
    pub id: String,
    /// What was to be done.
    pub operation: Operation,
    /// Its bytes, as text.
    pub payload: String,
    /// When its change was found.
    pub changed_at: DateTime<Utc>,
    /// Which request brought it, from 1.
    pub request: usize,
}

/// How a request is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Record by record.
    EachRecord,
    /// The answer is lost, and so was the request.
    LostBefore,
    /// The answer is lost; the records were taken.
    LostAfter,
    /// 429 or 503, with what `Retry-After` says.
    Again(Option<Duration>),
    /// 401.
    Stop,
    /// The whole request is refused.
    Refuse,
    /// There is no network; nothing leaves the computer.
    Offline,
    /// It is too early by so much; nothing leaves the computer.
    Early(Duration),
    /// The request becomes a job, whose records are taken once it is [finished](FakeDestination::finish_jobs).
    Job,
    /// Nothing is taken, and no answer ever comes.
    SilentBefore,
    /// The records are taken, and no answer ever comes.
    SilentAfter,
    /// The process is killed before anything is taken.
    Abort,
    /// The process is killed after the records were taken.
    AbortAfter,
}

type ReplyRule = Box<dyn FnMut(usize, &[Arrived]) -> Reply + Send>;
type RecordRule = Box<dyn FnMut(&Arrived) -> Outcome + Send>;
type ReadRule = Box<dyn FnMut(usize) -> Result<()> + Send>;
type TogetherRule = Box<dyn Fn(Operation, u64) -> usize + Send>;

struct State {
    limits: Limits,
    reply: ReplyRule,
    record: RecordRule,
    together: Option<TogetherRule>,
    readable: Option<Result<()>>,
    read: ReadRule,
    reads: usize,
    spares: bool,
    requests: Vec<Vec<Arrived>>,
    ids: HashSet<String>,
    kept: BTreeMap<String, String>,
    taken: Vec<Arrived>,
    journal: Option<std::fs::File>,
    jobs: BTreeMap<String, Vec<Arrived>>,
    jobs_finish: bool,
    jobs_lost: bool,
    recognises: bool,
    fields: Option<Vec<String>>,
    /// Fields it does not show.
    hidden: Vec<String>,
    /// What its clock shows when a record is made.
    shows: DateTime<Utc>,
    /// Records somebody changed.
    touched: HashSet<String>,
    /// Keys of records that are part of another now, with that one's.
    part_of: HashMap<String, String>,
    /// Keys that several records have.
    doubled: HashSet<String>,
    /// How many records were made so far, and which of them stands under a key.
    numbered: usize,
    numbers: HashMap<String, usize>,
    tells_ids: bool,
    tells_times: bool,
}

/// A destination that keeps what arrives, and answers as the test says.
pub struct FakeDestination {
    state: Mutex<State>,
    open: watch::Sender<bool>,
    begun: watch::Sender<usize>,
    polls: watch::Sender<usize>,
    silent: watch::Sender<usize>,
    /// How often the process that sends has died.
    lives: AtomicUsize,
}

static MANIFEST: Manifest = Manifest {
    id: "fake_destination",
    label: "Fake destination",
    summary: "Keeps what arrives.",
    needs: &[],
    setup_script: None,
    pastes: false,
    settings: &[],
    steps: &[],
    destination: Some(Capabilities {
        accepts: Accepts::Both,
        modes: &[Mode::Upsert, Mode::Update, Mode::Create, Mode::Mirror, Mode::Append, Mode::Full],
        removals: &[Removal::Nothing, Removal::Clear, Removal::Delete],
        confirms: true,
        reads: true,
    }),
    dialect: None,
    icon: "",
};

impl FakeDestination {
    /// Takes everything, `records` to a request, one request at a time.
    pub fn new(records: usize) -> Arc<Self> {
        let limits =
            Limits { records, bytes: 1 << 20, record_bytes: 10_000, envelope_bytes: 0, in_flight: 1 };
        let state = State {
            limits,
            reply: Box::new(|_, _| Reply::EachRecord),
            record: Box::new(|_| Outcome::Delivered),
            together: None,
            readable: None,
            read: Box::new(|_| Ok(())),
            reads: 0,
            spares: false,
            requests: Vec::new(),
            ids: HashSet::new(),
            kept: BTreeMap::new(),
            taken: Vec::new(),
            journal: None,
            jobs: BTreeMap::new(),
            jobs_finish: false,
            jobs_lost: false,
            recognises: true,
            fields: None,
            hidden: Vec::new(),
            shows: DateTime::UNIX_EPOCH + TimeDelta::days(40_000),
            touched: HashSet::new(),
            part_of: HashMap::new(),
            doubled: HashSet::new(),
            numbered: 0,
            numbers: HashMap::new(),
            tells_ids: false,
            tells_times: true,
        };
        let counter = || watch::Sender::new(0);
        Arc::new(Self {
            state: Mutex::new(state),
            open: watch::Sender::new(true),
            begun: counter(),
            polls: counter(),
            silent: counter(),
            lives: AtomicUsize::new(0),
        })
    }

    /// Changes what a request may carry.
    pub fn limit(&self, change: impl FnOnce(&mut Limits)) {
        change(&mut self.lock().limits);
    }

    /// How requests are answered from now on; gets the request's number, from 1, and its records.
    pub fn reply(&self, rule: impl FnMut(usize, &[Arrived]) -> Reply + Send + 'static) {
        self.lock().reply = Box::new(rule);
    }

    /// How records are answered from now on.
    pub fn record(&self, rule: impl FnMut(&Arrived) -> Outcome + Send + 'static) {
        self.lock().record = Box::new(rule);
    }

    /// How many records of an operation one request carries, in a run that sends so many.
    pub fn together(&self, rule: impl Fn(Operation, u64) -> usize + Send + 'static) {
        self.lock().together = Some(Box::new(rule));
    }

    /// Refuses records whose payload holds `text`, from now on.
    pub fn reject(&self, text: &'static str) {
        self.record(move |arrived| {
            if arrived.payload.contains(text) {
                Outcome::Rejected(Error::new(ErrorKind::RecordRejected, "The value is not allowed."))
            } else {
                Outcome::Delivered
            }
        });
    }

    /// Takes everything from now on.
    pub fn take_all(&self) {
        self.reply(|_, _| Reply::EachRecord);
        self.record(|_| Outcome::Delivered);
    }

    /// Lets itself be read from now on, or answers reads with an error.
    pub fn readable(&self, answer: Result<()>) {
        self.lock().readable = Some(answer);
    }

    /// Whether it lets records be read from now on; gets the read's number, from 1.
    pub fn read(&self, rule: impl FnMut(usize) -> Result<()> + Send + 'static) {
        let mut state = self.lock();
        state.read = Box::new(rule);
        state.reads = 0;
    }

    /// How often records were read since the rule for that was set.
    pub fn reads(&self) -> usize {
        self.lock().reads
    }

    /// From now on this field is not shown any more; it can still be written.
    pub fn hide(&self, field: &str) {
        self.lock().hidden.push(field.to_owned());
    }

    /// Somebody removes a field from the object, and with it all its values.
    pub fn somebody_removes_field(&self, field: &str) {
        let mut state = self.lock();
        state.hidden.push(field.to_owned());
        if let Some(fields) = &mut state.fields {
            fields.retain(|known| known != field);
        }
        let keys: Vec<String> = state.kept.keys().cloned().collect();
        for key in keys {
            let mut record = state.record_of(&key).unwrap_or_default();
            record.remove(field);
            state.kept.insert(key, serde_json::Value::Object(record).to_string());
        }
    }

    /// What its clock shows, whatever records are made.
    pub fn shows(&self, at: DateTime<Utc>) {
        self.lock().shows = at;
    }

    /// From now on it says of a record which id of its own it has, and which ones are new.
    pub fn tell_ids(&self) {
        self.lock().tells_ids = true;
    }

    /// From now on it does not say when a record was made or changed.
    pub fn tell_no_times(&self) {
        self.lock().tells_times = false;
    }

    /// Somebody merges a record into another, which is found by both keys from now on.
    pub fn somebody_merges(&self, key: &str, into: &str) {
        let mut state = self.lock();
        state.kept.remove(key);
        state.part_of.insert(key.to_owned(), into.to_owned());
    }

    /// Somebody makes another record with the same key.
    pub fn somebody_doubles(&self, key: &str) {
        self.lock().doubled.insert(key.to_owned());
    }

    /// Lets itself be read from now on only where nothing can be decided otherwise: its quota is nearly spent.
    pub fn spare(&self) {
        let mut state = self.lock();
        state.readable = Some(Ok(()));
        state.spares = true;
    }

    /// From now on a record keeps the fields that a payload does not name, an update needs a record that is there, and
    /// the destination can be read and says that its records have these fields.
    pub fn merge(&self, fields: &[&str]) {
        let mut state = self.lock();
        state.fields = Some(fields.iter().map(|&field| field.to_owned()).collect());
        state.readable = Some(Ok(()));
    }

    /// Somebody changes a field there; a record that is not there is made.
    pub fn somebody_sets(&self, key: &str, field: &str, value: &str) {
        let change = serde_json::Map::from_iter([(field.to_owned(), value.into())]);
        let mut state = self.lock();
        state.touched.insert(key.to_owned());
        state.merged(key, change);
    }

    /// Somebody deletes a record there.
    pub fn somebody_deletes(&self, key: &str) {
        let mut state = self.lock();
        state.touched.remove(key);
        state.kept.remove(key);
    }

    /// Takes back what the journal at `path` says was taken, and appends every record it takes from now on: so
    /// what was taken survives the process.
    pub fn journal(&self, path: &Path) -> Result<()> {
        let mut state = self.lock();
        let text = if path.exists() { std::fs::read_to_string(path)? } else { String::new() };
        for line in text.lines() {
            let mut parts = line.splitn(4, '\t').map(str::to_owned);
            let (Some(id), Some(operation), Some(key), Some(payload)) =
                (parts.next(), parts.next(), parts.next(), parts.next())
            else {
                continue;
            };
            let operation = Operation::from_code(operation.parse().unwrap_or_default())?;
            let changed_at = DateTime::UNIX_EPOCH;
            state.keep(&Arrived { key, id, operation, payload, changed_at, request: 0 });
        }
        state.journal = Some(std::fs::OpenOptions::new().create(true).append(true).open(path)?);
        Ok(())
    }

    /// Jobs have ended when they are looked at from now on; before they are at work.
    pub fn finish_jobs(&self) {
        self.lock().jobs_finish = true;
    }

    /// Jobs are not known when they are looked at.
    pub fn lose_jobs(&self) {
        self.lock().jobs_lost = true;
    }

    /// Does not recognise a repeat by its id.
    pub fn forget_ids(&self) {
        self.lock().recognises = false;
    }

    /// Waits until jobs were looked at so often.
    pub async fn until_polls(&self, count: usize) {
        // The sender lives as long as this does, so waiting can not fail.
        drop(self.polls.subscribe().wait_for(|polls| *polls >= count).await);
    }

    /// Requests that got no answer, and never will.
    pub fn silent(&self) -> usize {
        *self.silent.borrow()
    }

    /// Waits until there are so many of those.
    pub async fn until_silent(&self, count: usize) {
        // The sender lives as long as this does, so waiting can not fail.
        drop(self.silent.subscribe().wait_for(|silent| *silent >= count).await);
    }

    /// What it took, in the order it took it; a repeat is taken once.
    pub fn taken(&self) -> Vec<Arrived> {
        self.lock().taken.clone()
    }

    /// The process that sends dies: nothing more comes over the connections it had, and it gets no answer.
    pub fn cut(&self) {
        self.lives.fetch_add(1, Ordering::SeqCst);
        self.release();
    }

    /// From now on requests wait before they are taken, until [`release`](Self::release).
    pub fn hold(&self) {
        self.open.send_replace(false);
    }

    /// Requests go on.
    pub fn release(&self) {
        self.open.send_replace(true);
    }

    /// Waits until so many requests have begun.
    pub async fn until_requests(&self, count: usize) {
        // The sender lives as long as this does, so waiting can not fail.
        drop(self.begun.subscribe().wait_for(|begun| *begun >= count).await);
    }

    /// Every request so far, and what it carried.
    pub fn requests(&self) -> Vec<Vec<Arrived>> {
        self.lock().requests.clone()
    }

    /// Every record that arrived, taken or not.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.lock().requests.concat()
    }

    /// What it has now, by key.
    pub fn kept(&self) -> BTreeMap<String, String> {
        self.lock().kept.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Says in `made` which records are new. `None`: no answer ever comes.
    fn answer(&mut self, records: &[Record<'_>], made: &mut BTreeMap<usize, String>) -> Option<Answer> {
        let number = self.requests.len() + 1;
        let arrived: Vec<Arrived> = records.iter().map(|record| arrived(record, number)).collect();
        let reply = (self.reply)(number, &arrived);
        self.requests.push(arrived.clone());
        let lost = || Answer::Unknown(Error::new(ErrorKind::TimedOut, "The answer was lost."));
        Some(match reply {
            Reply::SilentBefore => return None,
            Reply::SilentAfter => {
                for record in &arrived {
                    drop(self.take(record));
                }
                return None;
            }
            Reply::EachRecord => self.take_each(&arrived, made),
            Reply::LostBefore => lost(),
            Reply::LostAfter => {
                for record in &arrived {
                    drop(self.take(record));
                }
                lost()
            }
            Reply::Again(wait) => {
                let error = Error::new(ErrorKind::RateLimited, "Too many requests.");
                Answer::Again(match wait {
                    Some(wait) => error.with_retry_after(wait),
                    None => error,
                })
            }
            Reply::Stop => Answer::Stop(Error::new(ErrorKind::SignInFailed, "The token was refused.")),
            // What it took already it does not refuse.
            Reply::Refuse if arrived.iter().all(|arrived| self.ids.contains(&arrived.id)) => {
                Answer::Records(vec![Outcome::Delivered; arrived.len()])
            }
            Reply::Refuse => {
                Answer::Refused(Error::new(ErrorKind::RequestRefused, "The request was refused."))
            }
            Reply::Offline => {
                self.requests.pop();
                Answer::Again(Error::new(ErrorKind::Offline, "This computer has no network."))
            }
            Reply::Early(wait) => {
                self.requests.pop();
                Answer::Again(Error::new(ErrorKind::RateLimited, "It is too early.").with_turn_after(wait))
            }
            Reply::Job => {
                let token = format!("job-{}", self.jobs.len() + 1);
                self.jobs.insert(token.clone(), arrived);
                Answer::Job(JobToken(token))
            }
            Reply::Abort => std::process::abort(),
            Reply::AbortAfter => {
                for record in &arrived {
                    drop(self.take(record));
                }
                std::process::abort()
            }
        })
    }

    /// What became of a job; a token nobody knows is a job that is lost.
    fn poll(&mut self, token: &JobToken, made: &mut BTreeMap<usize, String>) -> Option<Answer> {
        if self.jobs_lost || !self.jobs.contains_key(&token.0) {
            return Some(Answer::Unknown(Error::new(ErrorKind::BadAnswer, "There is no such job.")));
        }
        if !self.jobs_finish {
            return None;
        }
        let arrived = self.jobs.get(&token.0)?.clone();
        Some(self.take_each(&arrived, made))
    }

    /// Takes records, and says which are new where it tells ids.
    fn take_each(&mut self, arrived: &[Arrived], made: &mut BTreeMap<usize, String>) -> Answer {
        let mut outcomes = Vec::with_capacity(arrived.len());
        for (place, arrived) in arrived.iter().enumerate() {
            let key = self.place(&arrived.key).to_owned();
            let was_there = self.kept.contains_key(&key);
            outcomes.push(self.take(arrived));
            if let Some(id) = self.id(&key).filter(|_| !was_there) {
                made.insert(place, id);
            }
        }
        Answer::Records(outcomes)
    }

    /// The id of the record that stands under `key`.
    fn id(&self, key: &str) -> Option<String> {
        let number = self.numbers.get(key).filter(|_| self.tells_ids && self.kept.contains_key(key))?;
        Some(format!("record-{number}"))
    }

    /// Puts a record under `key`: another one than any before, unless one stands there.
    fn stand(&mut self, key: &str, record: String) {
        if self.kept.insert(key.to_owned(), record).is_none() {
            self.numbered += 1;
            self.numbers.insert(key.to_owned(), self.numbered);
        }
    }

    /// Takes a record once per id, as destinations that recognise a repeat do.
    fn take(&mut self, arrived: &Arrived) -> Outcome {
        if self.recognises && self.ids.contains(&arrived.id) {
            return Outcome::Delivered;
        }
        let refused = |message: &str| Outcome::Rejected(Error::new(ErrorKind::RecordRejected, message));
        if self.doubled.contains(&arrived.key) {
            return refused("Several records have this key.");
        }
        if let Some(known) = &self.fields {
            if arrived.operation == Operation::Update && !self.kept.contains_key(self.place(&arrived.key)) {
                return refused("There is no such record.");
            }
            let payload: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(&arrived.payload).unwrap_or_default();
            let is_gone = |name: &String| self.hidden.contains(name) && !known.contains(name);
            if payload.keys().any(is_gone) {
                return refused("There is no such field.");
            }
        }
        let outcome = (self.record)(arrived);
        if matches!(outcome, Outcome::Delivered | Outcome::Accepted) {
            self.write_down(arrived);
            self.keep(arrived);
        }
        outcome
    }

    fn keep(&mut self, arrived: &Arrived) {
        self.ids.insert(arrived.id.clone());
        self.taken.push(arrived.clone());
        let place = self.place(&arrived.key).to_owned();
        if arrived.operation == Operation::Delete {
            self.touched.remove(&place);
            self.kept.remove(&place);
        } else if self.fields.is_some() {
            let mut fields: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(&arrived.payload).unwrap_or_default();
            // It keeps the key it has.
            fields.retain(|name, _| name != "id" || place == arrived.key);
            self.merged(&place, fields);
        } else {
            self.stand(&arrived.key, arrived.payload.clone());
        }
    }

    fn merged(&mut self, key: &str, fields: serde_json::Map<String, serde_json::Value>) {
        let mut record = self.record_of(key).unwrap_or_default();
        record.extend(fields);
        self.stand(key, serde_json::Value::Object(record).to_string());
    }

    /// The key under which the record stands that is found by `key`.
    fn place<'k>(&'k self, key: &'k str) -> &'k str {
        self.part_of.get(key).map_or(key, String::as_str)
    }

    /// Whether records can be read now.
    fn lets_read(&mut self) -> Result<()> {
        self.reads += 1;
        (self.read)(self.reads)
    }

    fn record_of(&self, key: &str) -> Option<serde_json::Map<String, serde_json::Value>> {
        serde_json::from_str(self.kept.get(key)?).ok()
    }

    /// The wanted fields of a record; null where it has no value, and not there where it is not shown.
    fn found(&self, key: &str, wanted: &[String]) -> Option<Found> {
        if self.doubled.contains(key) {
            return Some(Found::several());
        }
        let key = self.place(key);
        let record = self.record_of(key)?;
        let value = |name: &String| record.get(name).cloned().unwrap_or_default();
        let shown = wanted.iter().filter(|name| !self.hidden.contains(name));
        let fields: serde_json::Map<_, _> = shown.map(|name| (name.clone(), value(name))).collect();
        let changed_at = self.shows + TimeDelta::hours(self.touched.contains(key).into());
        Some(Found {
            fields: serde_json::Value::Object(fields).to_string(),
            id: self.id(key),
            made_at: self.tells_times.then_some(self.shows),
            changed_at: self.tells_times.then_some(changed_at),
            ..Found::default()
        })
    }

    fn write_down(&mut self, arrived: &Arrived) {
        use std::io::Write;
        let Some(file) = &mut self.journal else { return };
        let line =
            format!("{}\t{}\t{}\t{}\n", arrived.id, arrived.operation as u8, arrived.key, arrived.payload);
        // A test whose journal can not be written would prove nothing.
        if file.write_all(line.as_bytes()).is_err() {
            std::process::abort();
        }
    }
}

fn arrived(record: &Record<'_>, request: usize) -> Arrived {
    Arrived {
        key: record.key.to_owned(),
        id: record.message_id.to_string(),
        operation: record.operation,
        payload: String::from_utf8_lossy(record.payload).into_owned(),
        changed_at: record.changed_at,
        request,
    }
}

impl DestinationKind for Arc<FakeDestination> {
    fn manifest(&self) -> &'static Manifest {
        &MANIFEST
    }

    fn open(&self, _: &Opening) -> Result<Box<dyn Destination>> {
        Ok(Box::new(Handle(self.clone(), self.lives.load(Ordering::SeqCst))))
    }
}

/// A connection, of a process with this many deaths before it.
struct Handle(Arc<FakeDestination>, usize);

impl Handle {
    /// A process that died never goes on.
    async fn alive(&self) {
        if self.1 != self.0.lives.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl Destination for Handle {
    async fn check(&self, _: &mut Steps<'_>) -> Result<()> {
        Ok(())
    }

    async fn objects(&self) -> Result<Vec<Object>> {
        let Some(fields) = self.0.lock().fields.clone() else { return Ok(Vec::new()) };
        let field = |name: String| ObjectField {
            label: name.clone(),
            matchable: name == "id",
            name,
            field_type: "text".to_owned(),
            takes: Takes::Anything,
            required: false,
            writable: true,
            options: Vec::new(),
            custom: false,
        };
        let fields = fields.into_iter().map(field).collect();
        Ok(vec![Object { name: "contact".to_owned(), label: "Contact".to_owned(), fields }])
    }

    fn limits(&self, _: &Shape) -> Limits {
        self.0.lock().limits
    }

    fn together(&self, _: &Shape, operation: Operation, of_run: u64) -> Option<Together> {
        let records = self.0.lock().together.as_ref().map(|rule| rule(operation, of_run))?;
        Some(Together { records, requests: 1, by: "fake" })
    }

    async fn deliver(&self, batch: &Batch<'_>) -> Delivery {
        self.0.begun.send_modify(|begun| *begun += 1);
        // The sender lives as long as this does, so waiting can not fail.
        drop(self.0.open.subscribe().wait_for(|open| *open).await);
        self.alive().await;
        let bytes = batch.records.iter().map(|record| record.payload.len() as u64).sum();
        let mut exchange = Exchange { target: "POST /records".to_owned(), bytes, ..Exchange::default() };
        let mut made = BTreeMap::new();
        let answer = self.0.lock().answer(batch.records, &mut made);
        if let Some(answer) = answer {
            exchange.never_left = matches!(&answer, Answer::Again(error) if error.turn_after().is_some());
            return Delivery { answer, exchange, made };
        }
        self.0.silent.send_modify(|silent| *silent += 1);
        std::future::pending().await
    }

    async fn read_by_key(&self, read: &ReadByKey<'_>) -> Option<Result<Vec<Option<Found>>>> {
        let mut state = self.0.lock();
        let answer = state.readable.clone().filter(|_| read.needed || !state.spares)?;
        // Asked for no record it only says whether it can be read.
        let answer = if read.values.is_empty() { answer } else { answer.and_then(|()| state.lets_read()) };
        let found = |value: &String| state.found(value, read.fields);
        Some(answer.map(|()| read.values.iter().map(found).collect()))
    }

    fn jobs(&self) -> Option<&dyn Jobs> {
        Some(self)
    }
}

#[async_trait]
impl Jobs for Handle {
    async fn poll(&self, job: &JobToken, _: &Batch<'_>) -> Option<Delivery> {
        self.alive().await;
        let mut made = BTreeMap::new();
        let answer = self.0.lock().poll(job, &mut made);
        self.0.polls.send_modify(|polls| *polls += 1);
        let answer = answer?;
        let exchange = Exchange { target: "GET /job".to_owned(), ..Exchange::default() };
        Some(Delivery { answer, exchange, made })
    }
}
