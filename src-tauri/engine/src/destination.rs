//! What a destination connector is. Connectors classify answers; the engine acts on them.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::check::Steps;
use crate::clock::SharedClock;
use crate::connection::Opening;
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::Manifest;
use crate::record::{Operation, Record};
use crate::sign_in::SignIn;
use crate::sync::Shape;

/// A kind of destination: what the catalogue lists before anybody has connected.
#[async_trait]
pub trait DestinationKind: Send + Sync {
    /// What it says about itself; `manifest().destination` is there.
    fn manifest(&self) -> &'static Manifest;

    /// Settings found in one pasted thing, as for a warehouse.
    fn paste(&self, text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
        let _ = text;
        None
    }

    /// Opens a connection. Does not reach out yet.
    fn open(&self, opening: &Opening) -> Result<Box<dyn Destination>>;

    /// Begins to sign in in the browser, for a setting entered as [`Input::SignIn`](crate::manifest::Input::SignIn).
    /// `settings` are checked, and have their defaults.
    async fn sign_in(
        &self,
        settings: &BTreeMap<String, String>,
        clock: &SharedClock,
    ) -> Result<Box<dyn SignIn>> {
        let _ = (settings, clock);
        let message = format!("{} signs nobody in in the browser.", self.manifest().label);
        Err(Error::new(ErrorKind::BadSettings, message))
    }

    /// The request that carries `batch` over a connection with these settings, for people who want to try it by
    /// hand; `None` where records do not travel by HTTP, or where something belongs in it that only the other side
    /// knows.
    fn request(&self, settings: &BTreeMap<String, String>, batch: &Batch<'_>) -> Result<Option<Request>> {
        let _ = (settings, batch);
        Ok(None)
    }

    /// The part of a request's answer that speaks of the record at `place` of `of`, as JSON text; `None` where the
    /// answer has no such part.
    fn own_answer(&self, answer: &str, place: usize, of: usize) -> Option<String> {
        let _ = (answer, place, of);
        None
    }
}

/// A request to write by hand. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: &'static str,
    /// The whole address.
    pub url: String,
    /// Basic authentication, with the secret as user and no password.
    pub secret_is_user: bool,
    /// Headers; [`IN_KEYCHAIN`] stands for the secret.
    pub headers: Vec<(String, String)>,
    /// The body, not compressed.
    pub body: Vec<u8>,
}

/// A live target.
#[async_trait]
pub trait Destination: Send + Sync {
    /// Tests the connection in the manifest's steps. Writes nothing.
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()>;

    /// Objects and their fields; empty for a destination that takes only events.
    async fn objects(&self) -> Result<Vec<Object>>;

    /// What one request may carry, and how many may be under way.
    fn limits(&self, shape: &Shape) -> Limits;

    /// How many records with `operation` one request carries in a run that sends `of_run`: asked when records are
    /// sent, and never more than were staged together by [`Self::limits`]. Such a request carries no other
    /// operation. `None`: all that were staged together, whatever they ask for.
    fn together(&self, shape: &Shape, operation: Operation, of_run: u64) -> Option<Together> {
        let _ = (shape, operation, of_run);
        None
    }

    /// Sends one batch and answers for every record in it.
    ///
    /// May be called again with the same records: their ids and bytes are the same then. Never waits,
    /// retries or splits by itself. `Answer::Records` has to name exactly one outcome per record, in order.
    async fn deliver(&self, batch: &Batch<'_>) -> Delivery;

    /// Called when a run of `sync` has ended its sending, however it ended: nothing is under way any more. May be
    /// called again for the same run, and more may be delivered for it after that.
    async fn finish(&self, sync: &str, run: i64) -> Result<()> {
        let _ = (sync, run);
        Ok(())
    }

    /// The records of `object` with these match values, as they are now, in the order asked; `None` for
    /// those that do not exist. A wanted field that can not be read is left out of a record's fields; one without a value
    /// is null. The whole call is `None` where the destination can not be read, or spares its quota
    /// because the values are not [needed](ReadByKey::needed).
    async fn read_by_key(&self, read: &ReadByKey<'_>) -> Option<Result<Vec<Option<Found>>>> {
        let _ = read;
        None
    }

    /// Requests that it takes of the daily quota to read so many records by [`Self::read_by_key`]; 0 where they can not
    /// be read, or that takes nothing of it.
    fn reading(&self, records: u64) -> u64 {
        let _ = records;
        0
    }

    /// Present only where the API works by jobs that are polled.
    fn jobs(&self) -> Option<&dyn Jobs> {
        None
    }

    /// What is left of a daily quota, where there is one.
    async fn quota(&self) -> Result<Option<Quota>> {
        Ok(None)
    }
}

/// How records travel together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Together {
    /// Records of one request or job.
    pub records: usize,
    /// Requests that it takes of the quota, where nothing has to be sent again.
    pub requests: u64,
    /// What the other side calls it.
    pub by: &'static str,
}

/// A daily quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// What is left of it.
    pub left: u64,
    /// The whole of it.
    pub of: u64,
    /// What is counted.
    pub counts: Counted,
}

/// What a quota counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Requests, whatever they carry.
    Requests,
    /// Records.
    Records,
}

/// A destination whose API works by jobs.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Looks at a job. `None` while it is still at work. [`Answer::Again`] and [`Answer::Stop`] mean that only
    /// the look failed, and the job goes on; [`Answer::Unknown`] that the job is lost, and its records are sent
    /// again with the same ids.
    async fn poll(&self, job: &JobToken, batch: &Batch<'_>) -> Option<Delivery>;
}

/// Names a job of the destination; written down before it is polled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobToken(pub String);

/// Records sent together. Never two of one key.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// What the records are.
    pub shape: &'a Shape,
    /// The records.
    pub records: &'a [Record<'a>],
    /// The run, for destinations that write something per run.
    pub run: i64,
    /// The sync's name.
    pub sync: &'a str,
}

/// What came of sending a batch.
#[derive(Debug)]
pub struct Delivery {
    /// What the destination said, classified.
    pub answer: Answer,
    /// The request and the answer as they were, for the event log. Without secrets.
    pub exchange: Exchange,
    /// By place in the batch, the destination's own id of each record that this request created, where the answer
    /// tells both.
    pub made: BTreeMap<usize, String>,
}

impl Delivery {
    /// An answer that names no record as new.
    pub fn new(answer: Answer, exchange: Exchange) -> Self {
        Self { answer, exchange, made: BTreeMap::new() }
    }
}

/// What the destination said.
#[derive(Debug)]
pub enum Answer {
    /// One outcome per record, in order.
    Records(Vec<Outcome>),
    /// The whole request was refused because of something in it (400, 413, 422), and nothing of it was
    /// applied. The engine halves the batch down to the bad records.
    Refused(Error),
    /// Nothing was applied; the same request may work later (429, 503, no connection).
    Again(Error),
    /// The answer was lost; it may or may not have been applied. Sent again with the same ids.
    Unknown(Error),
    /// Nothing works until the user mends something (401, 403, a missing object).
    Stop(Error),
    /// The destination works on it.
    Job(JobToken),
}

/// What became of one record.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The destination confirmed it.
    Delivered,
    /// The destination took the request, and gives no answer per record.
    Accepted,
    /// Refused for good: shown with its reason, and sent again on the next run.
    Rejected(Error),
    /// Not now; the engine sends it again.
    Again(Error),
}

/// A request and its answer, for the event log.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Exchange {
    /// Method and address, or a file's path.
    pub target: String,
    /// Headers sent; secrets are replaced by [`IN_KEYCHAIN`].
    pub headers: Vec<(String, String)>,
    /// Bytes of the body as sent, after compression.
    pub bytes: u64,
    /// The body as it was before compression, of a request with few records; see [`Exchange::keep_body`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// HTTP status, where there is one.
    pub status: Option<u16>,
    /// The answer's body, cut at 64 KiB.
    pub answer: String,
    /// How long the answer took.
    pub took: Duration,
    /// Places in the batch of records that it did not carry: what becomes of them was decided before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<usize>,
    /// Nothing of it left this computer, or stayed where it was written: it counts as no request.
    #[serde(skip)]
    pub never_left: bool,
}

/// Records of a request whose body is kept as it was: of larger ones each record's payload says what it carried.
const WITH_BODY: usize = 10;
/// Bytes of a body that is kept.
const KEPT_BODY: usize = 64 << 10;

impl Exchange {
    /// Keeps the body of a request with so many records, where it is short and has no secret in it: so the log has the
    /// exact request of a test with one record.
    pub fn keep_body(&mut self, records: usize, body: &[u8]) {
        if records <= WITH_BODY && body.len() <= KEPT_BODY {
            self.body = String::from_utf8_lossy(body).into_owned();
        }
    }
}

/// Stands in an [`Exchange`] where a secret was sent.
pub const IN_KEYCHAIN: &str = "in keychain";

/// What one request may carry.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Records in a request.
    pub records: usize,
    /// Bytes of a request's body before compression.
    pub bytes: usize,
    /// Bytes of one record's payload; a longer one is refused before it is sent.
    pub record_bytes: usize,
    /// Bytes the request adds to each payload (ids, separators).
    pub envelope_bytes: usize,
    /// Requests under way at once.
    pub in_flight: usize,
}

/// An object of a record destination.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its name in the API.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Its fields.
    pub fields: Vec<ObjectField>,
}

/// A field of an object.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about the field")]
pub struct ObjectField {
    /// Its name in the API.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Its type in the destination's words.
    pub field_type: String,
    /// What it takes, as far as that is known before anything is sent.
    pub takes: Takes,
    /// A new record needs it.
    pub required: bool,
    /// It can be written.
    pub writable: bool,
    /// Records can be matched by it.
    pub matchable: bool,
    /// The pick list's values, if it has one.
    pub options: Vec<String>,
    /// It was added by the customer.
    pub custom: bool,
}

/// What a field takes. It only warns: whether a value is refused, the destination alone decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Anything, or nobody knows.
    Anything,
    /// Text, and whatever has a text form.
    Text {
        /// Characters at most.
        longest: Option<usize>,
    },
    /// An e-mail address.
    Email,
    /// A number.
    Number {
        /// Decimals kept at most; 0 for whole numbers alone.
        decimals: Option<u32>,
    },
    /// True or false, also as text.
    Boolean,
    /// A day: `2026-01-31`.
    Date {
        /// A moment is made into its day.
        converts: bool,
    },
    /// A day with a time.
    Moment {
        /// A day is made into its midnight.
        converts: bool,
    },
    /// One of the field's options, letter by letter.
    OneOf,
    /// Any of the field's options, with semicolons between.
    SomeOf,
}

/// Which records to read back.
#[derive(Debug, Clone, Copy)]
pub struct ReadByKey<'a> {
    /// The object.
    pub object: &'a str,
    /// The field to match by.
    pub match_field: &'a str,
    /// Its values, as text.
    pub values: &'a [String],
    /// The fields wanted.
    pub fields: &'a [String],
    /// Nothing can be decided without the values. Where this is false, a destination whose daily quota is nearly
    /// spent keeps it for sending, and answers that it can not be read now.
    pub needed: bool,
}

/// A record as it is in the destination.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The wanted fields, as far as they can be read: the text of one JSON object.
    pub fields: String,
    /// The destination's own id of it, where it says; in the form that [`Delivery::made`] has it in.
    pub id: Option<String>,
    /// When it was made, by the destination's clock, where it says.
    pub made_at: Option<DateTime<Utc>>,
    /// When it was last changed, by the same clock, where it says.
    pub changed_at: Option<DateTime<Utc>>,
    /// It is one of several records with the match value; nobody can say which is meant, and nothing else is told.
    pub is_one_of_several: bool,
}

impl Found {
    /// Several records have the match value.
    pub fn several() -> Self {
        Self { fields: "{}".to_owned(), is_one_of_several: true, ..Self::default() }
    }
}
