//! Random courses against a small model of what a table said when, and what the destination may have heard of it:
//! whatever happens, nothing is lost, and nothing arrives out of order.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use sluice_engine::destination::Outcome;
use sluice_engine::engine::Start;
use sluice_engine::record::Operation;
use sluice_engine::run::Discard;
use sluice_engine::store::runs::{RunRow, RunState, Trigger};
use sluice_engine::sync::Removal;
use sluice_engine::testing::{Arrived, ReadFault, Reply, soak};
use sluice_engine::{Error, ErrorKind};

use crate::bench::{Bench, PLAIN, SYNC, payload, row};

#[derive(Debug, Clone)]
enum Step {
    /// A row gets a value it never had, or comes.
    New(u8),
    /// A row goes back to the value it had before.
    Back(u8),
    /// A row goes.
    Gone(u8),
    /// The rows stand in another order.
    Turn(u8),
    /// A run whose requests are answered so, over and over.
    Run(Vec<Answer>, bool),
    /// A run whose read is cut off.
    CutOff(u8),
    /// A run whose process dies after so many requests, the last of them taken or not.
    Crash(Vec<Answer>, u8, bool),
    /// Goes on with the last run, if it waits.
    Resume(Vec<Answer>),
    /// Sends what was refused again.
    Retry(Vec<Answer>),
    /// Discards what the last run left.
    Discard,
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
    Offline,
    Stop,
    Refuse,
    RejectSome,
    PutOffSome,
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    use Answer::{Again, LostAfter, LostBefore, Offline, PutOffSome, Refuse, RejectSome, Stop, Take};
    let one = prop::sample::select(vec![
        Take, Take, Take, LostBefore, LostAfter, LostAfter, Again, Offline, Stop, Refuse, RejectSome,
        PutOffSome,
    ]);
    prop::collection::vec(one, 1..6)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = || 0..12_u8;
    let step = prop_oneof![
        6 => key().prop_map(Step::New),
        2 => key().prop_map(Step::Back),
        2 => key().prop_map(Step::Gone),
        1 => any::<u8>().prop_map(Step::Turn),
        4 => (answers(), prop::bool::weighted(0.1)).prop_map(|(answers, full)| Step::Run(answers, full)),
        1 => (0..12_u8).prop_map(Step::CutOff),
        3 => (answers(), 0..5_u8, any::<bool>()).prop_map(|(answers, after, taken)| Step::Crash(answers, after, taken)),
        2 => answers().prop_map(Step::Resume),
        1 => answers().prop_map(Step::Retry),
        1 => Just(Step::Discard),
        1 => Just(Step::Reopen),
        1 => Just(Step::Rewrite),
    ];
    prop::collection::vec(step, 1..20)
}

/// What the table says, and said whenever it was read: by key the contents in the order they were seen.
#[derive(Default)]
struct Model {
    rows: Vec<(u8, u32)>,
    newest: u32,
    before: BTreeMap<u8, u32>,
    seen: BTreeMap<String, Vec<Option<u32>>>,
    discarded: bool,
    /// Keys whose removal may have been discarded: what the destination has of them may stay.
    left: BTreeSet<String>,
}

impl Model {
    fn edit(&mut self, key: u8, value: Option<u32>) {
        let place = self.rows.iter().position(|(known, _)| *known == key);
        if let Some(place) = place {
            self.before.insert(key, self.rows[place].1);
        }
        match (place, value) {
            (Some(place), Some(value)) => self.rows[place].1 = value,
            (Some(place), None) => drop(self.rows.remove(place)),
            (None, Some(value)) => self.rows.push((key, value)),
            (None, None) => {}
        }
    }

    /// A read looks at the table.
    fn read(&mut self) {
        for key in 0..12_u8 {
            let now = self.rows.iter().find(|(known, _)| *known == key).map(|(_, value)| *value);
            if now.is_some() {
                self.left.remove(&key.to_string());
            }
            let seen = self.seen.entry(key.to_string()).or_default();
            if seen.last().copied().flatten() != now {
                seen.push(now);
            }
        }
    }

    /// What was taken of a key follows what was seen of it: nothing older comes after something newer.
    fn check_order(&self, taken: &[Arrived]) {
        let mut heard: BTreeMap<&str, usize> = BTreeMap::new();
        for record in taken {
            let content = value_of(record);
            let seen = self.seen.get(&record.key).map_or(&[][..], Vec::as_slice);
            let from = heard.get(record.key.as_str()).copied().unwrap_or(0);
            let place = seen.iter().skip(from).position(|seen| *seen == content);
            let place =
                place.unwrap_or_else(|| panic!("{record:?} came after something newer; seen: {seen:?}"));
            heard.insert(&record.key, from + place);
        }
    }

    fn wanted(&self) -> BTreeMap<String, String> {
        let of = |(key, value): &(u8, u32)| (key.to_string(), payload(&key.to_string(), &value.to_string()));
        self.rows.iter().map(of).collect()
    }
}

/// The value a record brings; `None` for a deletion.
fn value_of(record: &Arrived) -> Option<u32> {
    if record.operation == Operation::Delete {
        return None;
    }
    let text = record.payload.rsplit("\"name\":\"").next().unwrap_or_default();
    text.trim_end_matches("\"}").parse().ok()
}

struct Course {
    bench: Bench,
    model: Model,
    last: Option<RunRow>,
    /// How often the table was read, and how often when the last run read it.
    reads: (u32, u32),
    mirror: bool,
}

const APPROVED: Start = Start { approve: true, ..PLAIN };

impl Course {
    async fn begin(mirror: bool, in_flight: usize) -> Self {
        let bench = Bench::with_batches_of(3).await;
        bench.crm.limit(|limits| limits.in_flight = in_flight);
        if mirror {
            bench.mirror(Removal::Delete).await;
        }
        Self { bench, model: Model::default(), last: None, reads: (0, 0), mirror }
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::New(key) => {
                self.model.newest += 1;
                self.model.edit(key, Some(self.model.newest));
            }
            Step::Back(key) => {
                if let Some(before) = self.model.before.get(&key).copied() {
                    self.model.edit(key, Some(before));
                }
            }
            Step::Gone(key) => self.model.edit(key, None),
            Step::Turn(by) => {
                let length = self.model.rows.len().max(1);
                self.model.rows.rotate_left(usize::from(by) % length);
            }
            Step::Run(answers, full) => {
                self.set_rows();
                drop(self.answer(&answers));
                self.last = Some(self.bench.run_with(Start { full, ..APPROVED }).await);
                self.reads.1 = self.reads.0;
            }
            Step::CutOff(rows) => {
                self.set_rows();
                self.bench.table.fail(ReadFault::Fails(usize::from(rows)));
                assert_eq!(self.bench.run_with(APPROVED).await.state, RunState::Failed);
                self.bench.table.fail(ReadFault::None);
            }
            Step::Crash(answers, after, taken) => self.crash(answers, after, taken).await,
            Step::Resume(answers) => {
                if let Some(waiting) = self.last.take_if(|run| run.state == RunState::Waiting) {
                    drop(self.answer(&answers));
                    self.last = Some(self.bench.resume(&waiting).await);
                }
            }
            Step::Retry(answers) => {
                if let Some(refused) = self.last.take_if(|run| run.counts.rejected > 0) {
                    drop(self.answer(&answers));
                    let run = self.bench.engine.retry(refused.id, Vec::new()).await.unwrap();
                    self.last = Some(self.bench.ended(run).await);
                }
            }
            Step::Discard => self.discard().await,
            Step::Reopen => self.bench.reopen(),
            Step::Rewrite => self.bench.rewrite_base().await,
        }
        self.model.check_order(&self.bench.crm.taken());
    }

    /// The process dies while a request has no answer, unless the run ends before.
    async fn crash(&mut self, answers: Vec<Answer>, after: u8, taken: bool) {
        self.set_rows();
        let (mut turn, mut left) = (self.answer(&answers), after);
        self.bench.crm.reply(move |request, records| {
            if left == 0 {
                return if taken { Reply::SilentAfter } else { Reply::SilentBefore };
            }
            left -= 1;
            turn(request, records)
        });
        let crm = self.bench.crm.clone();
        let silent = crm.until_silent(crm.silent() + 1);
        self.reads.1 = self.reads.0;
        let run = self.bench.engine.start(SYNC, APPROVED).await.unwrap();
        tokio::select! {
            biased;
            () = silent => {
                self.bench.crash();
                let run = self.bench.engine.store().read(|sqlite| sluice_engine::store::runs::get(sqlite, run));
                self.last = Some(run.unwrap());
            }
            ended = self.bench.engine.wait(run) => {
                let ended = ended.unwrap();
                self.bench.check(&ended);
                self.last = Some(ended);
            }
        }
    }

    /// What the last run left is given up: the next run has nothing to do about it.
    async fn discard(&mut self) {
        let (read, read_then) = self.reads;
        let left = |run: &mut RunRow| run.sealed.is_some() && run.counts.rejected + run.counts.waiting() > 0;
        let Some(last) = self.last.take_if(left) else { return };
        if read != read_then || last.trigger == Trigger::Retry {
            return;
        }
        let ended = self.bench.discard(&last, &[], Discard::All).await;
        assert_eq!((ended.counts.rejected, ended.counts.waiting()), (0, 0));
        self.model.discarded = true;
        let wanted = self.model.wanted();
        self.model.left.extend((0..12_u8).map(|key| key.to_string()).filter(|key| !wanted.contains_key(key)));
        self.bench.crm.take_all();
        let idle = self.bench.run_with(APPROVED).await;
        assert_eq!(idle.counts.to_send, 0, "{ended:?} then {idle:?}");
    }

    fn set_rows(&mut self) {
        self.model.read();
        self.reads.0 += 1;
        let rows = self.model.rows.iter();
        self.bench.table.set(rows.map(|(key, value)| row(&key.to_string(), &value.to_string())).collect());
    }

    /// Answers so, over and over; for requests of a crash the rule is handed back.
    fn answer(&self, answers: &[Answer]) -> impl FnMut(usize, &[Arrived]) -> Reply + Send + use<> {
        let (requests, records) = (answers.to_vec(), answers.to_vec());
        let rule = || {
            let mut turn = requests.clone().into_iter().cycle();
            move |_: usize, _: &[Arrived]| match turn.next() {
                Some(Answer::LostBefore) => Reply::LostBefore,
                Some(Answer::LostAfter) => Reply::LostAfter,
                Some(Answer::Again) => Reply::Again(None),
                Some(Answer::Offline) => Reply::Offline,
                Some(Answer::Stop) => Reply::Stop,
                Some(Answer::Refuse) => Reply::Refuse,
                Some(Answer::Take | Answer::RejectSome | Answer::PutOffSome) | None => Reply::EachRecord,
            }
        };
        self.bench.crm.reply(rule());
        let mut turn = records.into_iter().cycle();
        self.bench.crm.record(move |_| match turn.next() {
            Some(Answer::RejectSome) => {
                Outcome::Rejected(Error::new(ErrorKind::RecordRejected, "Not allowed."))
            }
            Some(Answer::PutOffSome) => Outcome::Again(Error::new(ErrorKind::ServerFailed, "Locked.")),
            _ => Outcome::Delivered,
        });
        rule()
    }

    /// Once everything works, one run brings the destination to what the table says, and another has nothing
    /// to do. What was discarded comes with a full run alone.
    async fn end(mut self) {
        self.bench.crm.take_all();
        self.set_rows();
        let run = self.bench.run_with(Start { full: self.model.discarded, ..APPROVED }).await;
        assert_eq!(run.state, RunState::Completed);
        self.model.check_order(&self.bench.crm.taken());
        let wanted = self.model.wanted();
        let mut kept = self.bench.crm.kept();
        let may_stay = |key: &String| !self.mirror || self.model.left.contains(key);
        kept.retain(|key, _| wanted.contains_key(key) || !may_stay(key));
        assert_eq!(kept, wanted);
        let idle = self.bench.run_with(APPROVED).await;
        assert_eq!((idle.counts.to_send, idle.counts.removed), (0, 0));
        assert_eq!(idle.counts.unchanged, self.model.rows.len() as u64);
    }
}

fn course(steps: Vec<Step>, mirror: bool, in_flight: usize) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let mut course = Course::begin(mirror, in_flight).await;
        for step in steps {
            course.take(step).await;
        }
        course.end().await;
    });
}

fn cases() -> ProptestConfig {
    let cases = soak(50, 50_000) as u32;
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 4_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn nothing_is_lost_whatever_happens(steps in steps(), in_flight in 1..4_usize) {
        course(steps, false, in_flight);
    }

    #[test]
    fn nothing_is_lost_whatever_happens_to_a_mirror(steps in steps(), in_flight in 1..4_usize) {
        course(steps, true, in_flight);
    }
}
