//! The answers of Snowflake's drivers' protocol, as the drivers read them
//! (<https://github.com/snowflakedb/gosnowflake/blob/master/query.go>, `auth.go`, `restful.go` there).

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;

/// The session's token has expired; the master token gets another.
pub(super) const SESSION_EXPIRED: &str = "390112";
/// The session is gone, or its master token is unknown, expired or invalid: only signing in again helps (`network.py` of
/// <https://github.com/snowflakedb/snowflake-connector-python>, and of 390104 and 390111 `gs_errors.ts` of
/// <https://github.com/snowflakedb/snowflake-connector-nodejs>).
pub(super) const SESSION_GONE: [&str; 5] = ["390104", "390111", "390113", "390114", "390115"];
/// The statement still runs; its result is at another address.
pub(super) const RUNNING: [&str; 2] = ["333333", "333334"];
/// What is to be stopped does not run.
pub(super) const NOT_RUNNING: &str = "000605";

/// What every answer is in.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub(super) struct Envelope<T> {
    #[serde(default)]
    pub(super) success: bool,
    #[serde(default, deserialize_with = "code")]
    pub(super) code: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) message: String,
    #[serde(default = "Option::default")]
    pub(super) data: Option<T>,
}

/// A sign-in's data.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SignedIn {
    #[serde(deserialize_with = "secret")]
    pub(super) token: Option<Secret>,
    #[serde(deserialize_with = "secret")]
    pub(super) master_token: Option<Secret>,
    pub(super) master_validity_in_seconds: Option<u64>,
    pub(super) server_version: Option<String>,
    pub(super) session_info: SessionInfo,
}

/// What a session begins with.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "the members are called so")]
pub(super) struct SessionInfo {
    pub(super) database_name: Option<String>,
    pub(super) schema_name: Option<String>,
    pub(super) warehouse_name: Option<String>,
    pub(super) role_name: Option<String>,
}

/// A renewed session's data.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Renewed {
    #[serde(deserialize_with = "secret")]
    pub(super) session_token: Option<Secret>,
    #[serde(deserialize_with = "secret")]
    pub(super) master_token: Option<Secret>,
}

/// A statement's data.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Answer {
    #[serde(rename = "rowtype")]
    pub(super) row_type: Vec<RowType>,
    /// Rows of the whole result.
    pub(super) total: Option<u64>,
    /// Rows in JSON form, where the result comes so.
    pub(super) rowset: Option<Vec<JsonRow>>,
    pub(super) query_result_format: Option<String>,
    pub(super) query_id: Option<String>,
    pub(super) sql_state: Option<String>,
    pub(super) get_result_url: Option<String>,
    pub(super) chunks: Option<Vec<Chunk>>,
    #[serde(deserialize_with = "secret")]
    pub(super) qrmk: Option<Secret>,
    pub(super) chunk_headers: Option<BTreeMap<String, String>>,
}

/// A row in JSON form: every value is text.
pub(super) type JsonRow = Vec<Option<String>>;

/// A column of a result.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RowType {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) scale: Option<i64>,
    pub(super) ext_type_name: Option<String>,
    pub(super) fields: Option<Vec<RowType>>,
}

/// A part of a result that is fetched from elsewhere.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Chunk {
    /// Holds a signature that lets anybody read it, so it is shown nowhere.
    pub(super) url: String,
    pub(super) row_count: u64,
    pub(super) uncompressed_size: u64,
    pub(super) compressed_size: u64,
}

impl std::fmt::Debug for Chunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chunk({} rows)", self.row_count)
    }
}

/// Reads an answer.
pub(super) fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<Envelope<T>> {
    serde_json::from_slice(body).map_err(|error| {
        let error = std::io::Error::other(format!("line {}, column {}", error.line(), error.column()));
        Error::new(ErrorKind::BadAnswer, "What answers there does not speak as Snowflake does.")
            .with_hint("Check the account’s address, and whether a proxy answers in its place.")
            .with_source(error)
    })
}

fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// Codes come as text, as a number, or not at all.
fn code<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(from)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => format!("{:0>6}", number.to_string()),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_) => String::new(),
    })
}

fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
    let text: Option<String> = Option::deserialize(from)?;
    Ok(text.filter(|text| !text.is_empty()).map(Secret::new))
}
