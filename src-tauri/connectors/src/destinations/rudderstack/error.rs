//! What the data plane's answers mean. Words and statuses: rudder-server, gateway/response/response.go.

use sluice_engine::destination::{Answer, Outcome};
use sluice_engine::error::{Error, ErrorKind};

use crate::http::{Answered, Failure};

const ADDRESS_HINT: &str =
    "Check the data plane URL: it is the address RudderStack shows as “Data plane”, not the web app's.";

/// Sorts what came of a batch of `records`.
pub(super) fn classify(sent: &Result<Answered, Failure>, records: usize) -> Answer {
    let answered = match sent {
        Ok(answered) => answered,
        Err(failure) => return failure.answer(),
    };
    let say = |kind, message: String| Error::new(kind, message);
    match answered.status {
        200..=299 if answered.is_web_page() => Answer::Again(web_page()),
        200..=299 => match &answered.cut {
            Some(error) => Answer::Unknown(error.clone()),
            None => Answer::Records(vec![Outcome::Accepted; records]),
        },
        408 | 425 | 500..=599 => {
            let message = format!("RudderStack failed (HTTP {}): {}.", answered.status, answered.words());
            Answer::Again(answered.waiting(say(ErrorKind::ServerFailed, message)))
        }
        429 => {
            let message = "RudderStack asks to slow down: its limit of events is reached.".to_owned();
            Answer::Again(answered.waiting(say(ErrorKind::RateLimited, message)))
        }
        413 => {
            Answer::Refused(say(ErrorKind::TooLarge, "RudderStack takes no request of this size.".to_owned()))
        }
        401 => Answer::Stop(key_refused()),
        400..=499 if answered.is_web_page() => Answer::Stop(web_page()),
        400 | 422 => Answer::Refused(say(ErrorKind::RequestRefused, refusal(answered))),
        403 => {
            Answer::Stop(say(ErrorKind::NotAllowed, format!("RudderStack forbids it: {}.", answered.words())))
        }
        404 if is_disabled(answered) => Answer::Stop(disabled()),
        status => Answer::Stop(not_the_api(status)),
    }
}

/// The write key was refused.
pub(super) fn key_refused() -> Error {
    Error::new(ErrorKind::SignInFailed, "RudderStack does not know this write key.")
        .with_hint("Copy the write key of the source again: in RudderStack, open the source, tab Setup.")
}

/// The source is switched off.
pub(super) fn disabled() -> Error {
    Error::new(ErrorKind::NotAllowed, "The RudderStack source of this write key is disabled.")
        .with_hint("Enable the source in RudderStack, or use the write key of another one.")
}

/// Whether the answer says that the source is off; the status alone is also that of a wrong address.
pub(super) fn is_disabled(answered: &Answered) -> bool {
    answered.status == 404 && answered.body.to_lowercase().contains("source is disabled")
}

/// A web page answered.
pub(super) fn web_page() -> Error {
    Error::new(ErrorKind::WebPage, "A web page answered instead of RudderStack's API.")
        .with_hint(ADDRESS_HINT)
}

/// Something answered that is not the API.
pub(super) fn not_the_api(status: u16) -> Error {
    Error::new(
        ErrorKind::BadAnswer,
        format!("This address does not answer as a RudderStack data plane (HTTP {status})."),
    )
    .with_hint(ADDRESS_HINT)
}

/// The refusals we know in plain words, others as they are.
fn refusal(answered: &Answered) -> String {
    let known = [
        ("neither has anonymousid nor userid", "The event has neither a user id nor an anonymous id."),
        ("invalid json", "RudderStack could not read the event as JSON."),
        ("not a valid rudder event", "RudderStack does not take this as an event."),
    ];
    let body = answered.body.to_lowercase();
    let plain = known.iter().find(|(theirs, _)| body.contains(theirs)).map(|&(_, ours)| ours.to_owned());
    plain.unwrap_or_else(|| format!("RudderStack refused it: {}.", answered.words()))
}
