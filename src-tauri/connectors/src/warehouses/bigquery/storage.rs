//! The Storage Read API (<https://cloud.google.com/bigquery/docs/reference/storage/rpc/google.cloud.bigquery.storage.v1>):
//! a session over a table, whose streams are read side by side. Each stream is read ahead by one message and a
//! few batches, whatever the table's size.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gcloud_googleapis::cloud::bigquery::storage::v1 as api;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::value::{Columns, RowBatch};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

use super::client::Login;
use super::error::project_role;
use super::grpc;
use super::schema::Field;
use super::stream::Stream;

/// For an answer that is not rows.
const ANSWER: Duration = Duration::from_secs(60);
/// Messages were seen with 7 MB; the API's limit is not written down.
const MESSAGE_BYTES: usize = 128 << 20;
/// How often a session is asked for.
const TRIES: u32 = 3;
/// Streams read side by side, where the order of rows does not count.
const STREAMS: i32 = 3;
/// Batches a stream may be ahead.
const AHEAD: usize = 2;

pub(super) type Client = api::big_query_read_client::BigQueryReadClient<Channel>;

/// Rows of a session's streams, taken from each in turn.
pub(super) struct Streams {
    batches: Vec<mpsc::Receiver<Result<RowBatch>>>,
    next: usize,
    /// Ends the reading when dropped, and with it the streams on the server.
    _reading: JoinSet<()>,
}

/// Whether the API can be used here. Where it can not, rows can be had another way; why not, the connection test
/// tells.
pub(super) enum Begun {
    Streams(Streams),
    Refused,
}

/// What to read.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The table, as the API names it.
    pub(super) path: String,
    /// The order of its rows counts.
    pub(super) ordered: bool,
    /// As it was at this moment, in microseconds since 1970; `None` for now.
    pub(super) snapshot: Option<i64>,
}

/// Begins to read a table.
pub(super) async fn start(
    login: &Arc<Login>,
    source: &Source,
    fields: &[Field],
    columns: &Columns,
) -> Result<Begun> {
    let names = fields.iter().map(|field| field.column.name.clone()).collect();
    let (client, session) = match session(login, source, names).await {
        Ok(begun) => begun,
        Err(error) if is_refusal(&error) => return Ok(Begun::Refused),
        Err(error) => return Err(error),
    };
    let Some(api::read_session::Schema::ArrowSchema(schema)) = session.schema else {
        return Err(Error::new(
            ErrorKind::BadAnswer,
            "BigQuery began a read without saying what its rows look like.",
        ));
    };
    let schema = Bytes::from(schema.serialized_schema);
    let forms: Arc<[_]> =
        fields.iter().map(|field| (field.column.name.clone(), field.form.clone())).collect();
    let mut reading = JoinSet::new();
    let mut batches = Vec::new();
    for stream in session.streams {
        let (sender, receiver) = mpsc::channel(AHEAD);
        batches.push(receiver);
        let stream = Stream {
            login: login.clone(),
            client: client.clone(),
            name: stream.name,
            schema: schema.clone(),
            forms: forms.clone(),
            columns: columns.clone(),
        };
        reading.spawn(stream.read(sender));
    }
    Ok(Begun::Streams(Streams { batches, next: 0, _reading: reading }))
}

/// Whether the login may use the API; says why not.
pub(super) async fn try_session(login: &Login, path: String) -> Result<()> {
    session(login, &Source { path, ordered: true, snapshot: None }, Vec::new()).await.map(drop)
}

fn is_refusal(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotAllowed
            | ErrorKind::MissingObject
            | ErrorKind::Unreachable
            | ErrorKind::TimedOut
            | ErrorKind::ServerFailed
            | ErrorKind::NotYet
    )
}

/// `columns` are those to read, in any order; none for all.
async fn session(login: &Login, source: &Source, columns: Vec<String>) -> Result<(Client, api::ReadSession)> {
    let Some(url) = &login.storage else {
        return Err(Error::new(ErrorKind::NotYet, "The connection has no address of the Storage Read API."));
    };
    let channel = grpc::connect(url).await?;
    let mut client = Client::new(channel).max_decoding_message_size(MESSAGE_BYTES);
    let wanted = wanted(login, source, columns);
    let mut tries = 0;
    loop {
        tries += 1;
        let request = request(login, wanted.clone(), &format!("read_session.table={}", source.path)).await?;
        let status = match timeout(ANSWER, client.create_read_session(request)).await {
            Ok(Ok(answer)) => return Ok((client, answer.into_inner())),
            Ok(Err(status)) => status,
            Err(_) => Status::deadline_exceeded("no answer"),
        };
        if status.code() == Code::Unauthenticated && tries == 1 {
            login.tokens.forget().await;
        } else if !is_passing(&status) || tries == TRIES {
            return Err(from_status(login, &status));
        }
        super::client::pause(tries, None).await;
    }
}

fn wanted(login: &Login, source: &Source, columns: Vec<String>) -> api::CreateReadSessionRequest {
    use api::arrow_serialization_options::CompressionCodec;
    use api::read_session::table_read_options::OutputFormatSerializationOptions as Options;
    use api::read_session::{TableModifiers, TableReadOptions};
    // Rows travel over the Internet.
    let compressed = api::ArrowSerializationOptions { buffer_compression: CompressionCodec::Lz4Frame as i32 };
    let at = |micros: i64| prost_types::Timestamp {
        seconds: micros.div_euclid(1_000_000),
        nanos: (micros.rem_euclid(1_000_000) * 1_000) as i32,
    };
    api::CreateReadSessionRequest {
        parent: format!("projects/{}", login.project),
        read_session: Some(api::ReadSession {
            table: source.path.clone(),
            data_format: api::DataFormat::Arrow as i32,
            table_modifiers: source.snapshot.map(|micros| TableModifiers { snapshot_time: Some(at(micros)) }),
            read_options: Some(TableReadOptions {
                selected_fields: columns,
                output_format_serialization_options: Some(Options::ArrowSerializationOptions(compressed)),
                ..TableReadOptions::default()
            }),
            ..api::ReadSession::default()
        }),
        max_stream_count: if source.ordered { 1 } else { STREAMS },
        ..api::CreateReadSessionRequest::default()
    }
}

/// The request with the sign-in, and with what routes it.
pub(super) async fn request<T>(login: &Login, message: T, routing: &str) -> Result<Request<T>> {
    let bug = || Error::new(ErrorKind::Bug, "The request to the Storage Read API could not be made.");
    let mut request = Request::new(message);
    if let Some(token) = login.tokens.token().await? {
        let bearer = format!("Bearer {}", token.expose_text()?);
        let mut value = MetadataValue::<Ascii>::try_from(bearer).map_err(|_| bug())?;
        value.set_sensitive(true);
        request.metadata_mut().insert("authorization", value);
    }
    let routing = routing.replace('/', "%2F");
    request
        .metadata_mut()
        .insert("x-goog-request-params", MetadataValue::try_from(routing).map_err(|_| bug())?);
    Ok(request)
}

/// Whether asking again, from where it broke off, may help.
pub(super) fn is_passing(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable
            | Code::Internal
            | Code::Unknown
            | Code::Aborted
            | Code::Cancelled
            | Code::DeadlineExceeded
            | Code::ResourceExhausted
    )
}

/// What a status means (<https://cloud.google.com/apis/design/errors#handling_errors>).
#[expect(clippy::wildcard_enum_match_arm, reason = "the other codes say no more than that it failed")]
pub(super) fn from_status(login: &Login, status: &Status) -> Error {
    let who = login.tokens.credentials().name();
    let error = match status.code() {
        Code::PermissionDenied => {
            Error::new(ErrorKind::NotAllowed, format!("{who} may not use the Storage Read API."))
                .with_hint("Have an administrator run this command.")
                .with_fix(project_role(login, "bigquery.readSessionUser"))
        }
        Code::Unauthenticated => {
            Error::new(ErrorKind::SignInFailed, format!("BigQuery does not take the sign-in of {who}."))
                .with_hint("Make a new key for the service account, and paste it into the connection.")
        }
        Code::NotFound => Error::new(ErrorKind::MissingObject, "The rows are not there any more."),
        Code::ResourceExhausted => Error::new(ErrorKind::RateLimited, "BigQuery asked to slow down."),
        Code::DeadlineExceeded => Error::new(ErrorKind::TimedOut, "BigQuery did not send rows in time."),
        Code::Unavailable => {
            Error::new(ErrorKind::Unreachable, "The connection to the Storage Read API broke off.")
        }
        Code::Unimplemented => Error::new(ErrorKind::NotYet, "There is no Storage Read API at this address."),
        _ => Error::new(ErrorKind::ServerFailed, "BigQuery failed while rows were read."),
    };
    error.with_source(status.clone())
}

impl Streams {
    /// The next batch, of the stream whose turn it is.
    pub(super) async fn next(&mut self) -> Result<Option<RowBatch>> {
        while !self.batches.is_empty() {
            let place = self.next % self.batches.len();
            if let Some(batch) = self.batches[place].recv().await {
                self.next = place + 1;
                return batch.map(Some);
            }
            self.batches.remove(place);
            self.next = place;
        }
        Ok(None)
    }
}
