//! What an answer asks for: the next records, a pause, halves, or the user.

use super::super::backoff::FAILURES;
use super::super::outcome::{Attempt, Settled};
use super::super::send::{Made, Sent};
use super::Sender;
use super::work::Work;
use crate::destination::{Answer, Delivery};
use crate::error::{Error, ErrorKind, Result, Retry};

impl Sender {
    /// Acts on what came of some work.
    pub(super) async fn answered(&mut self, sent: Sent) -> Result<()> {
        let Sent { mut work, made, request } = sent;
        let Made { delivery: Delivery { answer, exchange }, left } = match made {
            Ok(made) => made,
            Err(error) => {
                self.queue.push_front(work);
                self.pause_or_stop(&error, request);
                return Ok(());
            }
        };
        self.unwritten.push_back(left);
        work.attempts += 1;
        work.first = false;
        let attempt = Attempt {
            batch: work.batch.id,
            whole: work.places.len() == work.batch.body.len(),
            places: work.places.clone(),
            exchange,
        };
        self.act(answer, attempt, work, request).await
    }

    async fn act(&mut self, answer: Answer, attempt: Attempt, work: Work, request: u64) -> Result<()> {
        let count = work.places.len();
        match answer {
            Answer::Records(outcomes) if outcomes.len() == count => {
                let settled = Settled::from_outcomes(&attempt.places, outcomes);
                let again = settled.again.clone();
                self.write(attempt, settled, &work.batch).await?;
                self.send_again(work, again, request);
                Ok(())
            }
            Answer::Records(outcomes) => {
                let message = format!("The connector answered for {} records of {count}.", outcomes.len());
                self.retry_later(attempt, work, &Error::new(ErrorKind::Bug, message), request).await
            }
            Answer::Refused(error) => {
                self.backoff.worked(request);
                let places = &attempt.places;
                let split = count > 1;
                let settled =
                    if split { Settled::waiting(places, &error) } else { Settled::rejected(places, &error) };
                self.write(attempt, settled, &work.batch).await?;
                if split {
                    self.split(&work);
                }
                Ok(())
            }
            Answer::Again(error) | Answer::Unknown(error) => {
                self.retry_later(attempt, work, &error, request).await
            }
            Answer::Stop(error) => {
                let settled = Settled::waiting(&attempt.places, &error);
                self.stopped = Some(error);
                self.write(attempt, settled, &work.batch).await
            }
            Answer::Job(token) => {
                let message = format!(
                    "The destination answered with a job ({}) it does not offer to look at.",
                    token.0
                );
                self.retry_later(attempt, work, &Error::new(ErrorKind::Bug, message), request).await
            }
        }
    }

    /// Records the destination could not take for now go out again, for a few times, after all others: they must
    /// not hold them up.
    fn send_again(&mut self, work: Work, again: Vec<(usize, Error)>, request: u64) {
        let Some((_, error)) = again.first() else { return self.backoff.worked(request) };
        if again.len() == work.places.len() || error.retry_after().is_some() {
            self.pause(error, request);
        } else {
            self.backoff.worked(request);
        }
        if work.attempts >= FAILURES {
            self.left = Some(error.clone());
        } else {
            let places = again.into_iter().map(|(place, _)| place).collect();
            self.later.push_back(Work { places, ..work });
        }
    }

    async fn retry_later(&mut self, attempt: Attempt, work: Work, error: &Error, request: u64) -> Result<()> {
        let settled = Settled::waiting(&attempt.places, error);
        self.write(attempt, settled, &work.batch).await?;
        self.queue.push_front(work);
        self.pause_or_stop(error, request);
        Ok(())
    }

    fn pause_or_stop(&mut self, error: &Error, request: u64) {
        match error.kind().retry() {
            Retry::Backoff => self.pause(error, request),
            Retry::AfterUserAction | Retry::Never => self.stopped = Some(error.clone()),
        }
    }

    fn pause(&mut self, error: &Error, request: u64) {
        let seconds = self.backoff.failed(error, request).as_secs().max(1);
        self.context.progress.wait_for(Some(format!("{} Next try in {seconds} s.", error.message())));
    }
}
