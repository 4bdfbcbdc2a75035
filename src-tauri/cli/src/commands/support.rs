//! `sluice support`: what a supporter needs to know, without secrets and personal data.

use std::path::PathBuf;

use serde::Serialize;
use sluice_api::Api;
use sluice_api::wire::{Problem, SupportRequest};

use super::export;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Serialize)]
struct Details<'a> {
    text: &'a str,
}

/// Writes the support details to `path`, or to standard output.
pub(crate) async fn run(api: &Api, out: Output, path: Option<PathBuf>) -> Result<Exit, Problem> {
    let text = api.support(SupportRequest::default()).await?;
    match path {
        Some(path) => export::to_file(out, &path, &text)?,
        None => out.answer(&Details { text: &text }, || vec![text.trim_end().to_owned()]),
    }
    Ok(Exit::Done)
}
