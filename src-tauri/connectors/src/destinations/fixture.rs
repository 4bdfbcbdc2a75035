//! What every destination's tests need: an opened connection, records, a steered clock.

#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use sluice_engine::clock::Clock;
use sluice_engine::connection::{Connection, Opening};
use sluice_engine::destination::{Answer, Batch, Delivery, Destination, DestinationKind, Outcome};
use sluice_engine::error::Result;
use sluice_engine::record::{Change, MessageId, Operation, Record};
use sluice_engine::secrets::Secret;
use sluice_engine::sync::Shape;

/// A clock that stands until it is set.
pub(crate) struct Standing(Mutex<DateTime<Utc>>);

impl Standing {
    pub(crate) fn at(time: &str) -> Arc<Self> {
        Arc::new(Self(Mutex::new(time.parse().unwrap())))
    }

    pub(crate) fn set(&self, time: &str) {
        *self.0.lock().unwrap() = time.parse().unwrap();
    }
}

impl Clock for Standing {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// When the fixtures' reads were sealed.
pub(crate) const SEALED: &str = "2026-11-22T11:59:58.250Z";

pub(crate) fn try_open(
    kind: &dyn DestinationKind,
    home: &Path,
    clock: Arc<Standing>,
    settings: &[(&str, &str)],
    secrets: &[(&str, &str)],
) -> Result<Box<dyn Destination>> {
    let settings = settings.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
    let secrets: BTreeMap<_, _> =
        secrets.iter().map(|&(key, value)| (key.to_owned(), Secret::new(value))).collect();
    let connection = Connection { name: "Crm 1".to_owned(), kind: kind.manifest().id.to_owned(), settings };
    kind.open(&Opening::new(kind.manifest(), &connection, secrets, home, clock)?)
}

/// A record of a test.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) operation: Operation,
    pub(crate) payload: String,
    pub(crate) id: u128,
}

/// An upsert of `payload`.
pub(crate) fn row(id: u128, payload: &str) -> Row {
    Row { operation: Operation::Upsert, payload: payload.to_owned(), id }
}

impl Row {
    pub(crate) fn to(self, operation: Operation) -> Self {
        Self { operation, ..self }
    }
}

pub(crate) async fn send(destination: &dyn Destination, shape: &Shape, rows: &[Row]) -> Delivery {
    let keys: Vec<_> = (0..rows.len()).map(|index| index.to_string()).collect();
    let records: Vec<_> = rows
        .iter()
        .zip(&keys)
        .map(|(row, key)| Record {
            key,
            change: if matches!(row.operation, Operation::Delete | Operation::Clear) {
                Change::Removed
            } else {
                Change::Added
            },
            operation: row.operation,
            payload: row.payload.as_bytes(),
            message_id: MessageId(row.id),
        })
        .collect();
    let batch =
        Batch { shape, records: &records, sealed_at: SEALED.parse().unwrap(), run: 7, sync: "lead-scores" };
    destination.deliver(&batch).await
}

/// What each record came to: `delivered`, `accepted`, or the reason.
pub(crate) fn said(delivery: &Delivery) -> Vec<String> {
    match &delivery.answer {
        Answer::Records(outcomes) => outcomes
            .iter()
            .map(|outcome| match outcome {
                Outcome::Delivered => "delivered".to_owned(),
                Outcome::Accepted => "accepted".to_owned(),
                Outcome::Rejected(reason) => reason.message().to_owned(),
                Outcome::Again(reason) => format!("again: {reason}"),
            })
            .collect(),
        other => vec![format!("{other:?}")],
    }
}
