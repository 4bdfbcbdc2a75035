//! What a run is doing right now, for whoever watches.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::runs::Counts;

/// A run's phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading rows and comparing them.
    Reading,
    /// Everything is read; what is to be sent is being written down.
    Sealing,
    /// Sending.
    Sending,
}

/// What a run is doing.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The phase.
    pub phase: Phase,
    /// Counts so far.
    pub counts: Counts,
    /// Rows the read is expected to have.
    pub expected_rows: Option<u64>,
    /// Rows read or records answered a second, over the last seconds.
    pub per_second: f64,
    /// Seconds left; known after five seconds of data.
    pub seconds_left: Option<f64>,
    /// The last readings of `per_second`, oldest first.
    pub rates: Vec<f64>,
    /// What it waits for, in words.
    pub waiting_for: Option<String>,
}

/// Something happened in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The run began, moved or ended.
    Run(i64),
    /// Records reached an outcome: how many, and how many of them were refused.
    Outcomes(i64, u64, u64),
    /// A sync, connection or setting changed.
    Changed,
}

/// Told of every notice. Has to return at once.
pub type Listener = Arc<dyn Fn(Notice) + Send + Sync>;

/// Between two notices of one run.
const PAUSE: Duration = Duration::from_millis(100);
/// Readings kept for the curve.
const READINGS: usize = 60;
/// Data needed before time left is said.
const ENOUGH: Duration = Duration::from_secs(5);

struct State {
    phase: Phase,
    counts: Counts,
    expected_rows: Option<u64>,
    waiting_for: Option<String>,
    phase_began: Instant,
    readings: VecDeque<(Instant, u64)>,
    rates: VecDeque<f64>,
    told: Instant,
    untold: (u64, u64),
}

/// The live state of one run.
pub struct Progress {
    run: i64,
    listener: Listener,
    state: Mutex<State>,
}

impl Progress {
    /// A run that begins to read.
    pub fn new(run: i64, listener: Listener) -> Self {
        let now = Instant::now();
        let state = State {
            phase: Phase::Reading,
            counts: Counts::default(),
            expected_rows: None,
            waiting_for: None,
            phase_began: now,
            readings: VecDeque::new(),
            rates: VecDeque::new(),
            told: now,
            untold: (0, 0),
        };
        Self { run, listener, state: Mutex::new(state) }
    }

    /// What the run is doing.
    pub fn snapshot(&self) -> Snapshot {
        let state = self.lock();
        let per_second = state.rates.back().copied().unwrap_or(0.0);
        let (done, of) = state.done();
        let enough = state.phase_began.elapsed() >= ENOUGH && per_second > 0.0;
        let seconds_left = of.filter(|_| enough).map(|of| of.saturating_sub(done) as f64 / per_second);
        Snapshot {
            phase: state.phase,
            counts: state.counts,
            expected_rows: state.expected_rows,
            per_second,
            seconds_left,
            rates: state.rates.iter().copied().collect(),
            waiting_for: state.waiting_for.clone(),
        }
    }

    /// The next phase begins.
    pub fn enter(&self, phase: Phase, counts: Counts) {
        {
            let mut state = self.lock();
            state.phase = phase;
            state.counts = counts;
            state.phase_began = Instant::now();
            state.readings.clear();
            state.waiting_for = None;
        }
        (self.listener)(Notice::Run(self.run));
    }

    /// How many rows the read is expected to have.
    pub fn expect(&self, rows: Option<u64>) {
        self.lock().expected_rows = rows;
    }

    /// What the run waits for; `None` when it goes on.
    pub fn wait_for(&self, what: Option<String>) {
        self.lock().waiting_for = what;
        (self.listener)(Notice::Run(self.run));
    }

    /// Rows were read.
    pub(crate) fn read(&self, counts: &Counts) {
        self.update(|known| *known = *counts, (0, 0));
    }

    /// A request left, or was answered: what that adds to the run's counts.
    pub(crate) fn add(&self, added: &Counts) {
        let outcomes = (added.delivered + added.rejected, added.rejected);
        self.update(|counts| *counts += *added, outcomes);
    }

    /// A request did not leave after all, nor its `sent` records.
    pub(crate) fn take_back(&self, sent: u64) {
        self.update(
            |counts| (counts.sent, counts.requests) = (counts.sent - sent, counts.requests.saturating_sub(1)),
            (0, 0),
        );
    }

    fn update(&self, change: impl FnOnce(&mut Counts), outcomes: (u64, u64)) {
        let now = Instant::now();
        let tell = {
            let mut state = self.lock();
            change(&mut state.counts);
            state.untold.0 += outcomes.0;
            state.untold.1 += outcomes.1;
            if now.duration_since(state.told) < PAUSE {
                return;
            }
            state.told = now;
            state.measure(now);
            std::mem::take(&mut state.untold)
        };
        self.tell(tell);
    }

    /// Tells what was held back to keep the pace.
    pub fn flush(&self) {
        let untold = std::mem::take(&mut self.lock().untold);
        self.tell(untold);
    }

    fn tell(&self, (outcomes, rejected): (u64, u64)) {
        if outcomes > 0 {
            (self.listener)(Notice::Outcomes(self.run, outcomes, rejected));
        }
        (self.listener)(Notice::Run(self.run));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How many rows or records the phase is through with, and of how many.
    fn done(&self) -> (u64, Option<u64>) {
        let counts = &self.counts;
        match self.phase {
            Phase::Reading | Phase::Sealing => (counts.read, self.expected_rows),
            Phase::Sending => (counts.delivered + counts.rejected, Some(counts.to_send)),
        }
    }

    /// Takes a reading; the rate is over the last three seconds.
    fn measure(&mut self, now: Instant) {
        let (done, _) = self.done();
        self.readings.push_back((now, done));
        while self.readings.len() > 2 && now.duration_since(self.readings[0].0) > Duration::from_secs(3) {
            self.readings.pop_front();
        }
        let (then, before) = self.readings[0];
        let seconds = now.duration_since(then).as_secs_f64();
        if seconds > 0.0 {
            self.rates.push_back(done.saturating_sub(before) as f64 / seconds);
        }
        if self.rates.len() > READINGS {
            self.rates.pop_front();
        }
    }
}
