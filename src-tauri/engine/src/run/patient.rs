//! Reading what stands in the destination, outside of sending: what is too early or fails for now is asked again.

use tokio::time::sleep;

use super::backoff::{FAILURES, LONGEST_WAIT, jittered};
use crate::destination::{Destination, Found, ReadByKey};
use crate::error::{Result, Retry};

/// [`Destination::read_by_key`], asked again a few times where it fails for now, and as often as need be where it was
/// only too early.
pub(super) async fn read_by_key(
    destination: &dyn Destination,
    read: &ReadByKey<'_>,
) -> Option<Result<Vec<Option<Found>>>> {
    let mut failures = 0;
    loop {
        let error = match destination.read_by_key(read).await? {
            Ok(found) => return Some(Ok(found)),
            Err(error) => error,
        };
        if let Some(wait) = error.turn_after() {
            sleep(wait).await;
            continue;
        }
        failures += 1;
        let wait = error.retry_after().unwrap_or_else(|| jittered(failures));
        if error.kind().retry() != Retry::Backoff || failures >= FAILURES || wait > LONGEST_WAIT {
            return Some(Err(error));
        }
        sleep(wait).await;
    }
}
