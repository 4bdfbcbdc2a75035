//! The connection test. The receiver's own address is not called: whatever arrives there it would take for a record.

use std::net::SocketAddr;

use sluice_engine::check::{Note, Steps};
use sluice_engine::error::Result;

use super::client::Receiver;
use crate::http::steps::{find, reach, secured};
use crate::http::{Failure, out_of_range};

/// Runs the steps.
pub(super) async fn check(receiver: &Receiver, steps: &mut Steps<'_>) -> Result<()> {
    let addresses = steps.run(allowed(receiver)).await?;
    steps.run(reach(&addresses)).await?;
    steps.run(secure(receiver)).await?;
    steps.run(async { Ok(((), signed(receiver))) }).await
}

async fn allowed(receiver: &Receiver) -> Result<(Vec<SocketAddr>, Note)> {
    let (addresses, note) = find(&receiver.http, &receiver.url).await?;
    if addresses.iter().all(|address| receiver.range.has(address.ip())) {
        Ok((addresses, note))
    } else {
        Err(out_of_range(receiver.range))
    }
}

/// Any answer will do: it is the connection that is tried.
async fn secure(receiver: &Receiver) -> Result<((), Note)> {
    match receiver.knock().await {
        Err(Failure::NotSent(error)) => Err(error),
        Ok(_) | Err(Failure::Lost(_)) => Ok(((), secured(&receiver.url, "The records and what signs in"))),
    }
}

fn signed(receiver: &Receiver) -> Note {
    let tried = "Whether the receiver takes records shows the test with one record.";
    if receiver.signer.is_some() {
        Note::Found(format!("signed as Standard Webhooks v1. {tried}"))
    } else {
        Note::Know(
            format!("There is no signing secret: the receiver can not tell that a request is yours. {tried}"),
            None,
        )
    }
}
