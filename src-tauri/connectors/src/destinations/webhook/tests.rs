#![allow(clippy::unwrap_used)]

mod addresses;
mod sending;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sluice_engine::error::Result;
use sluice_engine::sync::Shape;

use super::Webhook;
use super::client::Receiver;
use crate::destinations::fixture::{Row, Standing, opening, row};
use crate::http::Patience;

const TOKEN: &str = "t0ken-nobody-may-see";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn clock() -> Arc<Standing> {
    Standing::at("2026-11-22T12:00:00Z")
}

fn open(settings: &[(&str, &str)]) -> Result<Receiver> {
    open_at(clock(), settings)
}

fn open_at(clock: Arc<Standing>, settings: &[(&str, &str)]) -> Result<Receiver> {
    let secrets = [("token", TOKEN), ("password", TOKEN), ("signing_secret", SECRET)];
    let opening = opening(&Webhook, Path::new("/"), clock, settings, &secrets)?;
    let patience = Patience { connect: Duration::from_secs(5), answer: Duration::from_millis(400) };
    Receiver::new(&opening, patience)
}

/// A receiver on this computer, with more settings.
fn receiver(url: &str, more: &[(&str, &str)]) -> Receiver {
    let base = [("url", url), ("allow_private", "yes")];
    open(&[&base, more].concat()).unwrap()
}

fn leads() -> Shape {
    Shape::Record { object: "leads".to_owned(), match_field: "id".to_owned() }
}

fn records() -> Vec<Row> {
    vec![row(1, r#"{"id":1,"mrr":12.50}"#), row(2, r#"{"id":2,"n":"9007199254740993"}"#)]
}
