//! The model: what a table says, and what it said whenever it was read. What is to arrive follows from that.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::answers::{Answer, answers};
use crate::bench::payload;

/// Something that happens.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// A row gets a value it never had, or comes.
    New(u8),
    /// A row goes back to the value it had before.
    Back(u8),
    /// A row goes.
    Gone(u8),
    /// The rows stand in another order.
    Turn(u8),
    /// A run whose requests are answered so, over and over.
    Run(Vec<Answer>, How),
    /// The run that is held is approved, its requests answered so, or dropped.
    Decide(Option<Vec<Answer>>),
    /// A test with one record, answered so.
    Test(Answer),
    /// A run whose read is not whole.
    Cut(Cut),
    /// A run whose process dies after so many requests, the last of them taken or not.
    Crash(Vec<Answer>, u8, bool),
    /// What waits by itself goes on.
    Resume(Vec<Answer>),
    /// What was refused in the newest run, or one so many before it, is sent again.
    Retry(Vec<Answer>, usize),
    /// What is left of the newest run, or one so many before it, is discarded.
    Discard(usize),
    /// Sluice is closed and opened.
    Reopen,
    /// The fingerprints are written anew.
    Rewrite,
}

/// How a run is started.
#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    /// It may be held.
    Asking,
    /// It goes past brakes; a run that is held goes on.
    Approved,
    /// It sends every row again, past brakes.
    Full,
}

/// How a read is cut.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cut {
    /// It fails after so many rows.
    Fails(u8),
    /// The server counted another number of rows.
    Miscounts,
    /// The server counted nothing.
    CountsNothing,
}

/// A step for a table with so many keys.
pub(super) fn step(keys: u8) -> impl Strategy<Value = Step> {
    let key = || 0..keys;
    let cut = prop_oneof![key().prop_map(Cut::Fails), Just(Cut::Miscounts), Just(Cut::CountsNothing)];
    let how = prop_oneof![4 => Just(How::Asking), 4 => Just(How::Approved), 1 => Just(How::Full)];
    let back = || prop_oneof![3 => Just(0), 1 => 1..4_usize];
    prop_oneof![
        6 => key().prop_map(Step::New),
        3 => key().prop_map(Step::Back),
        2 => key().prop_map(Step::Gone),
        1 => any::<u8>().prop_map(Step::Turn),
        4 => (answers(), how).prop_map(|(answers, how)| Step::Run(answers, how)),
        1 => prop::option::weighted(0.8, answers()).prop_map(Step::Decide),
        2 => answers().prop_map(|answers| Step::Test(answers[0])),
        1 => cut.prop_map(Step::Cut),
        3 => (answers(), 0..5_u8, any::<bool>()).prop_map(|(answers, after, taken)| Step::Crash(answers, after, taken)),
        2 => answers().prop_map(Step::Resume),
        1 => (answers(), back()).prop_map(|(answers, back)| Step::Retry(answers, back)),
        2 => back().prop_map(Step::Discard),
        1 => Just(Step::Reopen),
        1 => Just(Step::Rewrite),
    ]
}

/// How a table is synced.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// How many keys the table may have. With few, much happens to each.
    pub(super) keys: u8,
    /// The rows there are at first.
    rows: u8,
    /// The warehouse compares rows by itself.
    pub(super) compares: bool,
    /// The first run is held, and each that removes records.
    pub(super) careful: bool,
    /// Records a request may carry.
    pub(super) records: usize,
    /// Requests that may be under way at once.
    pub(super) in_flight: usize,
}

pub(super) fn setting() -> impl Strategy<Value = Setting> {
    let keys = prop_oneof![3 => 1..4_u8, 1 => Just(12)];
    let of = |(keys, share, compares, careful, records, in_flight): (u8, u8, bool, bool, usize, usize)| {
        Setting { keys, rows: keys * share / 3, compares, careful, records, in_flight }
    };
    (keys, 0..4_u8, any::<bool>(), any::<bool>(), 1..4_usize, 1..4_usize).prop_map(of)
}

/// A table, and how it is synced.
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// Rows that go are deleted in the destination.
    pub(super) mirror: bool,
    pub(super) setting: Setting,
    /// Keys with their values, in the order of the table.
    pub(super) rows: Vec<(u8, u32)>,
    newest: u32,
    before: BTreeMap<u8, u32>,
    /// By key the contents a read may have seen, in their order; `None` where there was no row.
    pub(super) seen: BTreeMap<String, Vec<Option<u32>>>,
}

impl Table {
    /// The table at first.
    pub(super) fn new(mirror: bool, setting: Setting) -> Self {
        let rows: Vec<_> = (0..setting.rows).map(|key| (key, u32::from(key))).collect();
        let (newest, before, seen) = (u32::from(setting.rows), BTreeMap::new(), BTreeMap::new());
        Self { mirror, setting, rows, newest, before, seen }
    }

    /// The table after a step.
    pub(super) fn after(mut self, step: &Step) -> Self {
        match step {
            Step::New(key) => {
                self.newest += 1;
                self.edit(*key, Some(self.newest));
            }
            Step::Back(key) => {
                if let Some(before) = self.before.get(key).copied() {
                    self.edit(*key, Some(before));
                }
            }
            Step::Gone(key) => self.edit(*key, None),
            Step::Turn(by) => {
                let length = self.rows.len().max(1);
                self.rows.rotate_left(usize::from(*by) % length);
            }
            Step::Run(..) | Step::Test(_) | Step::Cut(_) | Step::Crash(..) => self.read(),
            Step::Decide(_)
            | Step::Resume(_)
            | Step::Retry(..)
            | Step::Discard(_)
            | Step::Reopen
            | Step::Rewrite => {}
        }
        self
    }

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
    pub(super) fn read(&mut self) {
        let there = self.rows.iter().map(|(key, _)| key.to_string());
        let keys: BTreeSet<String> = there.chain(self.seen.keys().cloned()).collect();
        for key in keys {
            let now = self.value(&key);
            let seen = self.seen.entry(key).or_default();
            if seen.last().copied().flatten() != now {
                seen.push(now);
            }
        }
    }

    /// The value of a key's row, if there is one.
    pub(super) fn value(&self, key: &str) -> Option<u32> {
        self.rows.iter().find(|(known, _)| known.to_string() == key).map(|(_, value)| *value)
    }

    /// What the destination has once everything has arrived.
    pub(super) fn wanted(&self) -> BTreeMap<String, String> {
        let of = |(key, value): &(u8, u32)| (key.to_string(), payload(&key.to_string(), &value.to_string()));
        self.rows.iter().map(of).collect()
    }
}
