//! Random operations against a small model: whatever happens, nothing is lost.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sluice_engine::destination::Outcome;
use sluice_engine::engine::Start;
use sluice_engine::store::runs::{RunState, Trigger};
use sluice_engine::sync::Removal;
use sluice_engine::testing::{ReadFault, Reply};
use sluice_engine::{Error, ErrorKind};

use crate::bench::{Bench, PLAIN, payload, row};

#[derive(Debug, Clone)]
enum Step {
    /// Sets one row, or removes it.
    Edit(u8, Option<u8>),
    /// Puts the rows in another order.
    Turn(u8),
    /// A run whose requests are answered so, over and over.
    Run(Vec<Answer>, bool),
    /// A test with one record, answered so.
    Test(Answer),
    /// A run whose read is cut off.
    CutOff(u8),
    /// Goes on with the last run, if it waits.
    Resume(Vec<Answer>),
    /// Sluice is closed and opened.
    Reopen,
    /// The fingerprints are written anew.
    Rewrite,
}

#[derive(Debug, Clone, Copy)]
enum Answer {
    Take,
    LostBefore,
    LostAfter,
    Again,
    Stop,
    Refuse,
    RejectSome,
    PutOffSome,
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    use Answer::{Again, LostAfter, LostBefore, PutOffSome, Refuse, RejectSome, Stop, Take};
    let one = prop::sample::select(vec![
        Take, Take, Take, LostBefore, LostAfter, LostAfter, Again, Stop, Refuse, RejectSome, PutOffSome,
    ]);
    prop::collection::vec(one, 1..6)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let edit =
        || (0..12_u8, prop::option::weighted(0.8, 0..3_u8)).prop_map(|(key, value)| Step::Edit(key, value));
    let step = prop_oneof![
        4 => edit(),
        4 => edit(),
        1 => any::<u8>().prop_map(Step::Turn),
        5 => (answers(), prop::bool::weighted(0.1)).prop_map(|(answers, full)| Step::Run(answers, full)),
        1 => answers().prop_map(|answers| Step::Test(answers[0])),
        1 => (0..12_u8).prop_map(Step::CutOff),
        2 => answers().prop_map(Step::Resume),
        1 => Just(Step::Reopen),
        1 => Just(Step::Rewrite),
    ];
    prop::collection::vec(step, 1..40)
}

struct Course {
    bench: Bench,
    rows: Vec<(u8, u8)>,
    last: Option<sluice_engine::store::runs::RunRow>,
    mirror: bool,
}

impl Course {
    async fn begin(mirror: bool, compares: bool) -> Self {
        let bench = Bench::with_batches_of(3).await;
        if compares {
            bench.table.compares();
        }
        if mirror {
            bench.mirror(Removal::Delete).await;
        }
        Self { bench, rows: Vec::new(), last: None, mirror }
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Edit(key, value) => self.edit(key, value),
            Step::Turn(by) => {
                let length = self.rows.len().max(1);
                self.rows.rotate_left(usize::from(by) % length);
            }
            Step::Run(answers, full) => {
                self.set_rows();
                self.answer(answers);
                self.last = Some(self.bench.run_with(Start { full, approve: true, ..PLAIN }).await);
            }
            Step::Test(answer) => {
                self.set_rows();
                self.answer(vec![answer]);
                let run = self.bench.run_with(Start { trigger: Trigger::Test, ..PLAIN }).await;
                assert!(run.counts.to_send <= 1 && run.counts.removed == 0, "{run:?}");
            }
            Step::CutOff(rows) => {
                self.set_rows();
                self.bench.table.fail(ReadFault::Fails(usize::from(rows)));
                let run = self.bench.run_with(Start { approve: true, ..PLAIN }).await;
                assert_eq!(run.state, RunState::Failed);
                self.bench.table.fail(ReadFault::None);
            }
            Step::Resume(answers) => {
                if let Some(waiting) = self.last.take_if(|run| run.state == RunState::Waiting) {
                    self.answer(answers);
                    self.last = Some(self.bench.resume(&waiting).await);
                }
            }
            Step::Reopen => self.bench.reopen(),
            Step::Rewrite => self.bench.rewrite_base().await,
        }
    }

    fn edit(&mut self, key: u8, value: Option<u8>) {
        match (self.rows.iter().position(|(known, _)| *known == key), value) {
            (Some(place), Some(value)) => self.rows[place].1 = value,
            (Some(place), None) => drop(self.rows.remove(place)),
            (None, Some(value)) => self.rows.push((key, value)),
            (None, None) => {}
        }
    }

    fn set_rows(&self) {
        self.bench
            .table
            .set(self.rows.iter().map(|(key, value)| row(&key.to_string(), &value.to_string())).collect());
    }

    fn answer(&self, answers: Vec<Answer>) {
        let mut turn = answers.clone().into_iter().cycle();
        self.bench.crm.reply(move |_, _| match turn.next() {
            Some(Answer::LostBefore) => Reply::LostBefore,
            Some(Answer::LostAfter) => Reply::LostAfter,
            Some(Answer::Again) => Reply::Again(None),
            Some(Answer::Stop) => Reply::Stop,
            Some(Answer::Refuse) => Reply::Refuse,
            Some(Answer::Take | Answer::RejectSome | Answer::PutOffSome) | None => Reply::EachRecord,
        });
        let mut turn = answers.into_iter().cycle();
        self.bench.crm.record(move |_| match turn.next() {
            Some(Answer::RejectSome) => {
                Outcome::Rejected(Error::new(ErrorKind::RecordRejected, "Not allowed."))
            }
            Some(Answer::PutOffSome) => Outcome::Again(Error::new(ErrorKind::ServerFailed, "Locked.")),
            _ => Outcome::Delivered,
        });
    }

    /// Once everything works, one run brings the destination to what the table says, and another has nothing
    /// to do.
    async fn end(mut self) {
        self.bench.crm.take_all();
        self.set_rows();
        let approve = Start { approve: true, ..PLAIN };
        let run = self.bench.run_with(approve).await;
        assert_eq!(run.state, RunState::Completed);
        let wanted: BTreeMap<String, String> = self
            .rows
            .iter()
            .map(|(key, value)| (key.to_string(), payload(&key.to_string(), &value.to_string())))
            .collect();
        let mut kept = self.bench.crm.kept();
        if !self.mirror {
            kept.retain(|key, _| wanted.contains_key(key));
        }
        assert_eq!(kept, wanted);
        let idle = self.bench.run_with(approve).await;
        assert_eq!((idle.counts.to_send, idle.counts.removed), (0, 0));
        assert_eq!(idle.counts.unchanged, self.rows.len() as u64);
        self.last = None;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_whatever_happens(steps in steps(), mirror: bool, compares: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut course = Course::begin(mirror, compares).await;
            for step in steps {
                course.take(step).await;
            }
            course.end().await;
        });
    }
}
