//! What a receiver's answers mean. There is no API to promise anything: the statuses are those of HTTP (RFC 9110) and what Standard
//! Webhooks says of them (“Operational considerations”).

use sluice_engine::destination::{Answer, Outcome};
use sluice_engine::error::{Error, ErrorKind};

use crate::http::{Answered, Failure};

/// Sorts what came of a request with `records`.
pub(super) fn classify(sent: &Result<Answered, Failure>, records: usize) -> Answer {
    let answered = match sent {
        Ok(answered) => answered,
        Err(failure) => return failure.answer(),
    };
    let status = answered.status;
    match status {
        200..=299 => taken(answered, records),
        300..=399 => Answer::Stop(moved(answered)),
        401 | 407 => Answer::Stop(say(ErrorKind::SignInFailed, answered, "did not accept the sign-in")),
        403 => Answer::Stop(say(ErrorKind::NotAllowed, answered, "forbids it")),
        404 | 405 | 410 => Answer::Stop(
            say(ErrorKind::MissingObject, answered, "takes no records at this address")
                .with_safe("What waits is kept on this computer.")
                .with_hint("Check the address, and that the receiver is switched on there."),
        ),
        413 => Answer::Refused(say(ErrorKind::TooLarge, answered, "takes no request of this size")),
        429 => Answer::Again(answered.waiting(say(ErrorKind::RateLimited, answered, "asks to slow down"))),
        408 | 425 | 500..=599 => {
            Answer::Again(answered.waiting(say(ErrorKind::ServerFailed, answered, "failed")))
        }
        400..=499 => Answer::Refused(say(ErrorKind::RequestRefused, answered, "refused it")),
        _ => Answer::Again(say(ErrorKind::BadAnswer, answered, "did not answer as HTTP promises")),
    }
}

/// A 2xx takes all records of the request, and names none of them.
fn taken(answered: &Answered, records: usize) -> Answer {
    match &answered.cut {
        Some(error) => Answer::Unknown(error.clone()),
        // Small receivers call any answer text/html, so that its content decides.
        None if answered.is_written_as_web_page() => Answer::Again(
            Error::new(ErrorKind::WebPage, "A web page answered instead of the receiver.")
                .with_hint("Check the address: a receiver answers with nothing, or with a word or JSON."),
        ),
        None => Answer::Records(vec![Outcome::Accepted; records]),
    }
}

fn say(kind: ErrorKind, answered: &Answered, what: &str) -> Error {
    let words =
        if answered.body.trim().is_empty() { String::new() } else { format!(": {}", answered.words()) };
    Error::new(kind, format!("The receiver {what} (HTTP {}){words}.", answered.status))
}

/// Redirects are not followed: nobody said yes to sending records, and what signs in, to another address.
fn moved(answered: &Answered) -> Error {
    let message =
        format!("The receiver points to another address (HTTP {}), which is not followed.", answered.status);
    let error = Error::new(ErrorKind::BadAnswer, message);
    error.with_hint("If you know the new address and trust it, enter it in the connection.")
}
