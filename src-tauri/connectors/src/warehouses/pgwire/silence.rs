//! A server that sends nothing: it may still work, or the line to it is dead without a word, as behind a proxy that has
//! lost its other side.

use std::pin::pin;
use std::time::Duration;

use sluice_engine::error::{ErrorKind, Result};
use tokio::time::{Instant, timeout};

/// How long nothing may come before the server is asked on another connection. Both ways to a server that is there
/// take less than that.
pub(crate) const ASKED_AFTER: Duration = Duration::from_secs(120);
/// How much longer than the server Sluice waits for what the server gives up by itself.
pub(crate) const GRACE: Duration = Duration::from_secs(15);
/// How long an answer may be on its way when the server says that it has none.
const UNDER_WAY: Duration = Duration::from_secs(5);

/// What a server says of a session that has sent nothing for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// It still works on the answer.
    GoesOn,
    /// It does not: what it sent has not arrived.
    Over,
    /// It does not say.
    Untold,
}

/// Waits for an answer as long as the server works on it, which `ask` asks it. `None` where it does not, or can not be
/// reached, or does not say so for longer than `untold_for`.
pub(crate) async fn unless_silent<T, Asked: Future<Output = Result<Work>>>(
    untold_for: Duration,
    answer: impl Future<Output = T>,
    ask: impl Fn() -> Asked,
) -> Option<T> {
    let mut answer = pin!(answer);
    let begun = Instant::now();
    loop {
        if let Ok(answered) = timeout(ASKED_AFTER, answer.as_mut()).await {
            return Some(answered);
        }
        let work = tokio::select! {
            biased;
            answered = answer.as_mut() => return Some(answered),
            work = ask() => work,
        };
        let goes_on = match work {
            Ok(Work::GoesOn) => true,
            Ok(Work::Over) => false,
            Ok(Work::Untold) => begun.elapsed() < untold_for,
            // Whoever refuses is there.
            Err(error) => {
                !matches!(
                    error.kind(),
                    ErrorKind::HostNotFound | ErrorKind::Unreachable | ErrorKind::TimedOut
                ) && begun.elapsed() < untold_for
            }
        };
        if !goes_on {
            return timeout(UNDER_WAY, answer).await.ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::pending;

    use sluice_engine::error::Error;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    #[tokio::test(start_paused = true)]
    async fn a_server_that_works_is_waited_for() {
        let asked = Cell::new(0);
        let answer = async {
            tokio::time::sleep(10 * HOUR).await;
            7
        };
        let answered = unless_silent(HOUR, answer, async || {
            asked.set(asked.get() + 1);
            Ok(Work::GoesOn)
        })
        .await;
        assert_eq!((answered, asked.get()), (Some(7), 299));
    }

    #[tokio::test(start_paused = true)]
    async fn a_dead_line_is_given_up() {
        let begun = Instant::now();
        let within = async |work: fn() -> Result<Work>, longest: Duration| {
            let begun = Instant::now();
            assert!(unless_silent(HOUR, pending::<()>(), async || work()).await.is_none());
            assert!(begun.elapsed() < longest, "{:?}", begun.elapsed());
        };
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        within(|| Ok(Work::Over), minutes(3)).await;
        within(|| Err(Error::new(ErrorKind::Unreachable, "nobody")), minutes(3)).await;
        let before = begun.elapsed();
        within(|| Err(Error::new(ErrorKind::ServerFailed, "no connection left")), HOUR + minutes(3)).await;
        assert!(begun.elapsed() > before + HOUR, "a server that refuses another connection may still work");
        within(|| Ok(Work::Untold), HOUR + minutes(3)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_comes_while_the_server_is_asked_counts() {
        let answer = async {
            tokio::time::sleep(ASKED_AFTER + Duration::from_secs(1)).await;
            7
        };
        let answered = unless_silent(HOUR, answer, async || {
            tokio::time::sleep(Duration::from_secs(30)).await;
            Ok(Work::Over)
        })
        .await;
        assert_eq!(answered, Some(7));
        let late = async {
            tokio::time::sleep(ASKED_AFTER + Duration::from_secs(1)).await;
            8
        };
        assert_eq!(unless_silent(HOUR, late, async || Ok(Work::Over)).await, Some(8));
    }
}
