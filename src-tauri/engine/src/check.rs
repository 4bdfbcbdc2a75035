//! The stepwise connection test.

use std::time::Instant;

use crate::error::{Error, ErrorKind, Result};

/// How a step ended.
#[derive(Debug, Clone)]
pub enum StepResult {
    /// It worked; says what was found, such as an address or a version.
    Passed(Option<String>),
    /// It worked, and there is something to know, with something to copy that would change it.
    Noted(String, Option<String>),
    /// It failed.
    Failed(Error),
    /// An earlier step failed.
    NotReached,
}

/// One named step of a connection test.
#[derive(Debug, Clone)]
pub struct Step {
    /// Stable name.
    pub name: &'static str,
    /// What people read.
    pub label: &'static str,
    /// How it ended.
    pub result: StepResult,
    /// How long it took.
    pub took: std::time::Duration,
}

/// What a step that worked has to say.
#[derive(Debug, Clone, Default)]
pub enum Note {
    /// Nothing.
    #[default]
    Nothing,
    /// What was found.
    Found(String),
    /// Something to know, with something to copy that would change it.
    Know(String, Option<String>),
}

/// Runs the steps of a connection test in the manifest's order, and tells a listener as each ends.
pub struct Steps<'a> {
    planned: &'static [(&'static str, &'static str)],
    done: Vec<Step>,
    listener: &'a (dyn Fn(&Step) + Send + Sync),
}

impl<'a> Steps<'a> {
    /// A test of these planned steps.
    pub fn new(
        planned: &'static [(&'static str, &'static str)],
        listener: &'a (dyn Fn(&Step) + Send + Sync),
    ) -> Self {
        Self { planned, done: Vec::new(), listener }
    }

    /// Runs the next planned step. The error is returned too, so that `?` ends the test.
    pub async fn run<T>(&mut self, work: impl Future<Output = Result<(T, Note)>>) -> Result<T> {
        let started = Instant::now();
        let (result, answer) = match work.await {
            Ok((value, Note::Nothing)) => (StepResult::Passed(None), Ok(value)),
            Ok((value, Note::Found(found))) => (StepResult::Passed(Some(found)), Ok(value)),
            Ok((value, Note::Know(note, fix))) => (StepResult::Noted(note, fix), Ok(value)),
            Err(error) => {
                let error = in_a_test(error);
                (StepResult::Failed(error.clone()), Err(error))
            }
        };
        self.end(result, started.elapsed());
        answer
    }

    /// Ends the test: every planned step that was not run is listed as not reached.
    pub fn finish(mut self) -> Vec<Step> {
        while self.done.len() < self.planned.len() {
            self.end(StepResult::NotReached, std::time::Duration::ZERO);
        }
        self.done
    }

    fn end(&mut self, result: StepResult, took: std::time::Duration) {
        let (name, label) = self.planned.get(self.done.len()).copied().unwrap_or(("other", "Other"));
        let step = Step { name, label, result, took };
        (self.listener)(&step);
        self.done.push(step);
    }
}

/// The error as a connection test tells it: what its kind says of a run's records fits no test, which has none.
pub fn in_a_test(error: Error) -> Error {
    // This one speaks of credentials, which is what counts here.
    if error.kind() == ErrorKind::TlsFailed {
        return error;
    }
    error.with_safe("This was a test: nothing was sent and nothing was changed.")
}

/// The error as it is told to who only looks at tables and rows: nothing waits there to be sent.
pub fn in_a_look(error: Error) -> Error {
    if error.kind() == ErrorKind::TlsFailed {
        return error;
    }
    error.or_safe("This only looked: nothing was sent and nothing was changed.")
}
