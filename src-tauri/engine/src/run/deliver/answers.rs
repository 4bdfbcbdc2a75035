//! What an answer asks for: the next records, a pause, halves, or the user.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::backoff::{FAILURES, is_offline};
use super::super::outcome::{Attempt, Settled};
use super::super::send::{Made, Sent};
use super::Sender;
use super::work::Work;
use crate::destination::{Answer, Delivery};
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::store::exchanges::{self, Left};
use crate::store::fingerprints::Chunk;
use crate::store::runs;

impl Sender {
    /// Acts on what came of some work.
    pub(super) async fn answered(&mut self, sent: Sent) -> Result<()> {
        let Sent { mut work, made, request, took } = sent;
        let Made { delivery, delivered, left } = match made {
            Ok(made) => made,
            Err(error) => {
                self.put_back(work, &error, request);
                return Ok(());
            }
        };
        let Delivery { answer, exchange, made } = delivery;
        failpoint!(Answered);
        let left = left.map(|(left, written)| {
            self.unwritten.push_back(written);
            left
        });
        if !exchange.never_left {
            self.backoff.answered(took);
        }
        match &answer {
            Answer::Again(error) if work.job.is_some() => {
                // Only the look failed.
                self.put_back(work, error, request);
                return Ok(());
            }
            Answer::Again(error) | Answer::Stop(error)
                if work.job.is_none() && (exchange.never_left || is_offline(error)) =>
            {
                self.take_back(&work, left);
                self.put_back(work, error, request);
                return Ok(());
            }
            // The job goes on meanwhile.
            Answer::Stop(error) if work.job.is_some() => {
                self.stopped = Some(error.clone());
                return Ok(());
            }
            Answer::Unknown(_) => work.lost = true,
            Answer::Records(_) | Answer::Refused(_) | Answer::Again(_) | Answer::Stop(_) | Answer::Job(_) => {
            }
        }
        work.attempts += 1;
        work.first = false;
        let attempt = Attempt {
            batch: work.batch.id,
            whole: work.places.len() == work.batch.body.len(),
            places: work.places.clone(),
            left,
            exchange,
            job: work.job.take().map(|job| job.id),
        };
        self.act(answer, (delivered?, made), attempt, work, request).await
    }

    async fn act(
        &mut self,
        answer: Answer,
        (delivered, made): (Option<Chunk>, BTreeMap<usize, String>),
        attempt: Attempt,
        work: Work,
        request: u64,
    ) -> Result<()> {
        let count = work.places.len();
        match answer {
            Answer::Records(outcomes) if outcomes.len() == count => {
                let settled = Settled::from_outcomes(&attempt.places, outcomes, delivered, made, |place| {
                    work.may_be_there(place)
                });
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
                if let [place] = *attempt.places {
                    let settled = Settled::rejected(place, &error, work.may_be_there(place));
                    return self.write(attempt, settled, &work.batch).await;
                }
                let settled = Settled::waiting(&attempt.places, &error);
                self.write(attempt, settled, &work.batch).await?;
                self.split(&work);
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
            Answer::Job(token) if self.context.destination.jobs().is_some() => {
                self.follow(token, attempt, work, request).await
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

    /// Records that were not sent now go first once the pause is over.
    fn put_back(&mut self, work: Work, error: &Error, request: u64) {
        self.queue.push_front(work);
        match error.turn_after() {
            Some(wait) => {
                self.backoff.too_early(wait);
                self.tell_pause(error, wait);
            }
            None => self.pause_or_stop(error, request),
        }
    }

    /// The request never left this computer: it counts as none.
    fn take_back(&mut self, work: &Work, left: Option<Left>) {
        let sent = if work.first { work.places.len() as u64 } else { 0 };
        self.context.progress.take_back(sent);
        let (run, batch) = (self.context.run.id, work.batch.id);
        self.unwritten.push_back(self.context.store.write_soon(move |sqlite| {
            runs::take_back(sqlite, run, sent)?;
            left.map_or(Ok(()), |left| exchanges::take_back(sqlite, &left, batch))
        }));
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
        let wait = self.backoff.failed(error, request);
        self.tell_pause(error, wait);
    }

    fn tell_pause(&self, error: &Error, wait: Duration) {
        let seconds = wait.as_secs().max(1);
        self.context.progress.wait_for(Some(format!("{} Next try in {seconds} s.", error.message())));
    }
}
