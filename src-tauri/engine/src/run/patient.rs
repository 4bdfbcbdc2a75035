//! Asking the destination outside of sending: what is too early or fails for now is asked again.

use super::backoff::Backoff;
use crate::destination::{Destination, Found, ReadByKey};
use crate::error::{Result, Retry};

/// What is waited for where a destination is asked and something depends on the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Its turn, where it is too early to ask: somebody waits for the answer.
    Turns,
    /// That, and a destination that is away, as long as a run waits for it.
    Failures,
}

/// Asks until there is an answer, or `patience` is at its end.
pub(super) async fn patiently<T, Asked>(patience: Patience, mut ask: impl FnMut() -> Asked) -> Result<T>
where
    Asked: Future<Output = Result<T>>,
{
    let mut backoff = Backoff::new(1);
    loop {
        let request = backoff.begin();
        let error = match ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        match error.turn_after() {
            Some(wait) => backoff.too_early(wait),
            None if patience == Patience::Failures && error.kind().retry() == Retry::Backoff => {
                backoff.failed(&error, request);
            }
            None => return Err(error),
        }
        if let Some((error, _)) = backoff.gives_up() {
            return Err(error);
        }
        if let Some(until) = backoff.until() {
            tokio::time::sleep_until(until).await;
        }
    }
}

/// Whether the destination says what is in its records: it is asked for none of them.
pub(super) async fn is_readable(
    destination: &dyn Destination,
    object: &str,
    match_field: &str,
    patience: Patience,
) -> Result<bool> {
    let nothing = ReadByKey { object, match_field, values: &[], fields: &[], needed: true };
    read_by_key(destination, &nothing, patience).await.transpose().map(|found| found.is_some())
}

/// [`Destination::read_by_key`], asked patiently.
pub(super) async fn read_by_key(
    destination: &dyn Destination,
    read: &ReadByKey<'_>,
    patience: Patience,
) -> Option<Result<Vec<Option<Found>>>> {
    patiently(patience, || async move { destination.read_by_key(read).await.transpose() }).await.transpose()
}
