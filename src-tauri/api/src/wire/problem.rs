use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is to be said of all errors of one code, as docs/errors.md has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ErrorPage {
    /// Stable code, `SLU-` and four digits.
    pub code: String,
    /// Stable name of the kind, such as `sign_in_failed`.
    pub kind: String,
    /// What it is called, in a few words.
    pub title: String,
    /// What happened.
    pub meaning: String,
    /// What mostly leads to it.
    pub cause: String,
    /// What is safe.
    pub safe: String,
    /// What to do, one action.
    pub hint: String,
    /// When it is tried again, as a sentence.
    pub again: String,
}

/// An error as a user reads it: what happened, what is safe, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Problem {
    /// Stable code, `SLU-` and four digits; listed in docs/errors.md.
    pub code: String,
    /// Stable name of the kind, such as `sign_in_failed`.
    pub kind: String,
    /// What happened, one or two sentences.
    pub message: String,
    /// What is safe: what was kept, not sent or not changed.
    pub safe: String,
    /// What to do, one action.
    pub hint: String,
    /// Something to copy that helps, such as a GRANT statement.
    pub fix: Option<String>,
    /// Whether Sluice sends again by itself. A read that failed is made anew by the next run alone.
    pub retries: bool,
    /// The chain of technical causes, outermost first; folded away in the window.
    pub details: Vec<String>,
}
