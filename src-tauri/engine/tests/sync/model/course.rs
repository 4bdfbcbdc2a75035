//! The engine, as a course of steps drives it, and what has to hold after each and at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sluice_engine::ErrorKind;
use sluice_engine::engine::Start;
use sluice_engine::record::{Change, Operation};
use sluice_engine::run::Discard;
use sluice_engine::store::events::{self, EventRow, Filter};
use sluice_engine::store::fingerprints::Delivered;
use sluice_engine::store::outbox::{RecordState, fingerprint};
use sluice_engine::store::runs::{self, RunRow, RunState, Trigger};
use sluice_engine::sync::{Brakes, Removal};
use sluice_engine::testing::{Arrived, FakeDestination, FakeWarehouse, ReadFault, Reply};

use super::answers::{Answer, MOST, outcomes, replies};
use super::given_up::GivenUp;
use super::table::{Cut, How, Setting, Step, Table};
use crate::bench::{Bench, PLAIN, SYNC, row};

const APPROVED: Start = Start { approve: true, ..PLAIN };
const REFUSED: &[RecordState] = &[RecordState::Rejected, RecordState::Doubtful];
const OPEN: &[RecordState] = &[
    RecordState::Pending,
    RecordState::InFlight,
    RecordState::Retry,
    RecordState::Rejected,
    RecordState::Doubtful,
];

pub(super) struct Course {
    bench: Bench,
    /// Runs that were sealed, oldest first.
    runs: Vec<i64>,
    given_up: GivenUp,
    /// The run that is held, and the table it read.
    held: Option<(i64, Table)>,
    /// Requests that were looked at.
    looked_at: usize,
    /// Requests of this step, also those that never left the computer.
    requests: Arc<AtomicUsize>,
}

impl Course {
    pub(super) async fn begin(table: &Table) -> Self {
        let Setting { compares, careful, records, in_flight, .. } = table.setting;
        let (warehouse, crm) = (FakeWarehouse::new(&["id", "name"]), FakeDestination::new(records));
        let bench = Bench::within(&memory(), warehouse, crm).await;
        bench.crm.limit(|limits| limits.in_flight = in_flight);
        if compares {
            bench.table.compares();
        }
        if table.mirror {
            bench.mirror(Removal::Delete).await;
        }
        if careful {
            let brakes = Brakes { first_run: true, removed_records: Some(0), ..Brakes::default() };
            bench.save(|sync| sync.brakes = brakes).await;
        }
        Self {
            bench,
            runs: Vec::new(),
            given_up: GivenUp::default(),
            held: None,
            looked_at: 0,
            requests: Arc::default(),
        }
    }

    /// Takes a step; `table` is the one after it.
    pub(super) async fn take(&mut self, step: Step, table: &Table) {
        self.show(table);
        match step {
            Step::New(_) | Step::Back(_) | Step::Gone(_) | Step::Turn(_) => {}
            Step::Run(answers, how) => {
                self.answer(&answers);
                drop(self.run(how, table).await);
            }
            Step::Decide(answers) => self.decide(answers).await,
            Step::Test(answer) => self.test(answer, table).await,
            Step::Cut(cut) => self.cut(cut).await,
            Step::Crash(answers, after, taken) => self.crash(&answers, after, taken, table).await,
            Step::Resume(answers) => {
                self.answer(&answers);
                for waiting in self.bench.engine.store().read(runs::waiting).unwrap() {
                    self.bench.resume(&waiting).await;
                }
            }
            Step::Retry(answers, back) => self.retry(&answers, back).await,
            Step::Discard(back) => self.discard(back).await,
            Step::Reopen => self.bench.reopen(),
            Step::Rewrite => self.bench.rewrite_base().await,
        }
        self.hear();
        assert_eq!(self.bench.engine.held_of(SYNC).ok(), self.held.as_ref().map(|(run, _)| *run));
    }

    /// Begins a run, or goes on with the one that is held. Answers with it and with the table it reads or has read.
    async fn begin_run(&mut self, how: How, table: &Table) -> (i64, Table) {
        let start = match how {
            How::Asking => PLAIN,
            How::Approved => APPROVED,
            How::Full => Start { full: true, ..APPROVED },
        };
        let run = self.bench.engine.start(SYNC, start).await.unwrap();
        match self.held.take() {
            Some((held, read)) if matches!(how, How::Approved) => {
                assert_eq!(run, held);
                (run, read)
            }
            Some(_) | None => (run, table.clone()),
        }
    }

    async fn run(&mut self, how: How, table: &Table) -> RunRow {
        let before = self.bench.crm.requests().len();
        let (run, read) = self.begin_run(how, table).await;
        let run = self.bench.ended(run).await;
        self.sealed(&run, &read, matches!(how, How::Full));
        if run.state == RunState::Held {
            assert!(matches!(how, How::Asking));
            assert_eq!(self.bench.crm.requests().len(), before, "a held run sent something");
            self.held = Some((run.id, read));
        }
        run
    }

    /// The run that is held goes on with what it read, or is dropped.
    async fn decide(&mut self, answers: Option<Vec<Answer>>) {
        let Some((held, read)) = self.held.take() else { return };
        match answers {
            Some(answers) => {
                self.answer(&answers);
                self.bench.engine.approve(held).await.unwrap();
                let run = self.bench.ended(held).await;
                self.sealed(&run, &read, false);
            }
            None => self.bench.engine.drop_held(held).await.unwrap(),
        }
    }

    /// A run read the whole table, if it was sealed.
    fn sealed(&mut self, run: &RunRow, table: &Table, full: bool) {
        if run.sealed.is_some() {
            self.runs.push(run.id);
            self.given_up.read(table, full);
        }
    }

    /// A test sends one record at most, of which it may be the first to know that its row has changed.
    async fn test(&mut self, answer: Answer, table: &Table) {
        self.answer(&[answer]);
        let begun = self.bench.engine.start(SYNC, Start { trigger: Trigger::Test, ..PLAIN }).await;
        if self.held.is_some() {
            assert_eq!(begun.unwrap_err().kind(), ErrorKind::Conflict);
            return;
        }
        let run = self.bench.ended(begun.unwrap()).await;
        assert!(run.counts.to_send <= 1 && run.counts.removed == 0, "{run:?}");
        for record in self.records(run.id, &[]) {
            self.given_up.read_one(&key(&record), table, false);
            self.runs.push(run.id);
        }
    }

    /// A read that is not whole sends nothing.
    async fn cut(&mut self, cut: Cut) {
        self.answer(&[Answer::Take]);
        self.bench.table.fail(match cut {
            Cut::Fails(rows) => ReadFault::Fails(usize::from(rows)),
            Cut::Miscounts => ReadFault::Reports(1_000),
            Cut::CountsNothing => ReadFault::ReportsNothing,
        });
        let before = self.bench.crm.requests().len();
        self.held = None;
        assert_eq!(self.bench.run().await.state, RunState::Failed);
        assert_eq!(self.bench.crm.requests().len(), before, "a read that was not whole sent something");
        self.bench.table.fail(ReadFault::None);
    }

    /// The process dies while a request has no answer, unless the run ends before.
    async fn crash(&mut self, answers: &[Answer], after: u8, taken: bool, table: &Table) {
        self.answer(answers);
        let (mut turn, mut left) = (replies(answers, &self.requests), after);
        self.bench.crm.reply(move |_, _| {
            if left == 0 {
                return if taken { Reply::SilentAfter } else { Reply::SilentBefore };
            }
            left -= 1;
            turn()
        });
        let crm = self.bench.crm.clone();
        let silent = crm.until_silent(crm.silent() + 1);
        let (run, read) = self.begin_run(How::Approved, table).await;
        tokio::select! {
            biased;
            () = silent => self.bench.crash(),
            ended = self.bench.engine.wait(run) => self.bench.check(&ended.unwrap()),
        }
        let run = self.bench.engine.store().read(|sqlite| runs::get(sqlite, run)).unwrap();
        self.sealed(&run, &read, false);
    }

    /// Each refused record that no later run has taken over is taken once.
    async fn retry(&mut self, answers: &[Answer], back: usize) {
        let Some(from) = self.sealed_run(back) else { return };
        self.answer(answers);
        let refused = self.keys(from, REFUSED);
        match self.bench.engine.retry(from, Vec::new()).await {
            Err(error) => {
                let is_in_the_way = refused.is_empty() || self.held.is_some();
                assert!(is_in_the_way && error.kind() == ErrorKind::Conflict, "{error:?}");
            }
            Ok(run) => {
                self.bench.ended(run).await;
                assert_eq!(self.keys(run, &[]), refused);
                let again = self.bench.engine.retry(from, Vec::new()).await.unwrap_err();
                assert_eq!(again.kind(), ErrorKind::Conflict, "a refused record was taken twice");
                self.runs.push(run);
            }
        }
    }

    /// What a run left is given up.
    async fn discard(&mut self, back: usize) {
        let Some(run) = self.sealed_run(back) else { return };
        let open = self.records(run, OPEN);
        if self.held.is_some() {
            let refused = self.bench.engine.discard(run, Vec::new(), Discard::All).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Conflict);
            return;
        }
        match self.bench.engine.discard(run, Vec::new(), Discard::All).await {
            Err(error) => assert!(open.is_empty() && error.kind() == ErrorKind::UnknownName, "{error:?}"),
            Ok(count) => {
                assert_eq!(count, open.len() as u64);
                self.bench.ended(run).await;
                assert!(self.records(run, OPEN).is_empty());
            }
        }
        for record in open {
            let is_gone = record.operation == Some(Operation::Delete);
            let value = value(&String::from_utf8_lossy(&record.payload)).filter(|_| !is_gone);
            self.given_up.add(key(&record), value);
        }
    }

    /// The newest sealed run, or one so many before it.
    fn sealed_run(&self, back: usize) -> Option<i64> {
        self.runs.iter().rev().nth(back).copied()
    }

    fn records(&self, run: i64, states: &[RecordState]) -> Vec<EventRow> {
        let filter = Filter { run: Some(run), states: states.to_vec(), ..Filter::default() };
        self.bench.engine.store().read(|sqlite| events::page(sqlite, &filter, None, usize::MAX)).unwrap()
    }

    fn keys(&self, run: i64, states: &[RecordState]) -> BTreeSet<String> {
        self.records(run, states).iter().map(key).collect()
    }

    /// Nothing arrives that was given up, and no run goes on for ever.
    fn hear(&mut self) {
        assert!(self.requests.swap(0, Ordering::SeqCst) < MOST, "a run went on for ever");
        for record in self.bench.arrived_after(self.looked_at) {
            assert!(!self.given_up.holds(&record.key), "{record:?} was given up");
        }
        self.looked_at = self.bench.crm.requests().len();
    }

    /// The warehouse has what the table says.
    fn show(&self, table: &Table) {
        let rows = table.rows.iter();
        self.bench.table.set(rows.map(|(key, value)| row(&key.to_string(), &value.to_string())).collect());
    }

    /// Answers so, over and over.
    fn answer(&self, answers: &[Answer]) {
        let (mut reply, mut outcome) = (replies(answers, &self.requests), outcomes(answers));
        self.bench.crm.reply(move |_, _| reply());
        self.bench.crm.record(move |_| outcome());
    }

    /// What counts as delivered was taken, and what was taken of a key follows what was seen of it: nothing older
    /// comes after something newer.
    pub(super) fn check(&self, table: &Table) {
        let taken = self.bench.crm.taken();
        let of = |record: &Arrived| (record.key.clone(), print(record));
        let prints: BTreeSet<(String, u128)> = taken.iter().map(of).collect();
        for delivered in self.bench.delivered() {
            let Delivered { key, fingerprint, .. } = delivered;
            assert!(prints.contains(&(key.clone(), fingerprint)), "{key} counts as delivered, and never was");
        }
        let mut heard: BTreeMap<&str, usize> = BTreeMap::new();
        for record in &taken {
            let content = brought(record);
            let seen = table.seen.get(&record.key).map_or(&[][..], Vec::as_slice);
            let from = heard.get(record.key.as_str()).copied().unwrap_or(0);
            let place = seen.iter().skip(from).position(|seen| *seen == content);
            let place =
                place.unwrap_or_else(|| panic!("{record:?} came after something newer; seen: {seen:?}"));
            heard.insert(&record.key, from + place);
        }
    }

    /// Once everything works, one run brings the destination to what the table says, and another has nothing
    /// to do. What was given up comes with a full run alone.
    pub(super) async fn end(mut self, mut table: Table) {
        self.bench.crm.take_all();
        self.show(&table);
        table.read();
        self.decide(None).await;
        self.run_to_the_end(&table, How::Approved).await;
        let idle = self.bench.run_with(APPROVED).await;
        assert_eq!((idle.counts.to_send, idle.counts.removed), (0, 0));
        assert_eq!(idle.counts.unchanged, table.rows.len() as u64);
        if !self.given_up.is_empty() {
            self.run_to_the_end(&table, How::Full).await;
        }
    }

    async fn run_to_the_end(&mut self, table: &Table, how: How) {
        assert_eq!(self.run(how, table).await.state, RunState::Completed);
        self.hear();
        self.check(table);
        let (mut wanted, mut kept) = (table.wanted(), self.bench.crm.kept());
        kept.retain(|key, _| table.mirror || wanted.contains_key(key));
        for kept in [&mut wanted, &mut kept] {
            kept.retain(|key, _| !self.given_up.excuses(key, table));
        }
        assert_eq!(kept, wanted);
    }
}

/// Where the data folders are: in memory where that can be had. The store does all it does on a disk; what is not
/// waited for is the disk, which no process dies of.
fn memory() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

fn print(record: &Arrived) -> u128 {
    let is_gone = record.operation == Operation::Delete;
    fingerprint(if is_gone { Change::Removed } else { Change::Changed }, record.payload.as_bytes())
}

fn key(record: &EventRow) -> String {
    record.key.clone().unwrap_or_default()
}

/// The value a record brings; `None` for a deletion.
fn brought(record: &Arrived) -> Option<u32> {
    if record.operation == Operation::Delete { None } else { value(&record.payload) }
}

fn value(payload: &str) -> Option<u32> {
    payload.rsplit("\"name\":\"").next().unwrap_or_default().trim_end_matches("\"}").parse().ok()
}
