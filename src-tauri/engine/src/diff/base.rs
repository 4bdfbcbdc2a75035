//! The delivered fingerprints, walked beside a read.

use std::collections::{VecDeque, hash_map::Entry};

use rusqlite::Connection;

use super::ByHash;
use crate::error::Result;
use crate::store::fingerprints::{self, Delivered};
use crate::store::outbox::REMOVED;

/// Entries looked ahead for a row.
const AHEAD: usize = 48;
/// Entries the walk has passed without their row, at most; more are found by a pass.
const PASSED: usize = 200_000;
/// Chunks read at once.
const CHUNKS: usize = 16;

/// What the base knows of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// It was delivered with this fingerprint ([`REMOVED`]: its deletion was).
    Found(u128),
    /// It was delivered, and an earlier row of this read has the same key.
    Again,
    /// It is not near; only a pass over the base can tell.
    Unknown,
    /// It was never delivered.
    Absent,
}

struct Override {
    print: u128,
    seen: bool,
}

/// The delivered fingerprints of one sync: a base in delivery order, and overrides of later runs.
pub struct Base {
    sqlite: Connection,
    sync: i64,
    until: i64,
    overrides: ByHash<Override>,
    window: VecDeque<(u64, u128)>,
    /// Index in the base of the window's first entry.
    front: usize,
    after: i64,
    walked: bool,
    passed: ByHash<(usize, u128)>,
    seen: Seen,
    length: usize,
}

impl Base {
    /// The base of `sync`, with chunks up to `until`; later chunks override it.
    pub fn open(sqlite: Connection, sync: i64, until: i64) -> Result<Self> {
        let mut overrides = ByHash::default();
        fingerprints::walk(&sqlite, sync, until, i64::MAX, |hash, print| {
            overrides.insert(hash, Override { print, seen: false });
        })?;
        let (length, _) = fingerprints::sizes(&sqlite, sync, until)?;
        let length = length as usize;
        Ok(Self {
            sqlite,
            sync,
            until,
            overrides,
            window: VecDeque::new(),
            front: 0,
            after: 0,
            walked: false,
            passed: ByHash::default(),
            seen: Seen(vec![0; length.div_ceil(64)]),
            length,
        })
    }

    /// A later run delivered this key: [`look`](Self::look) always knows of it.
    pub fn is_overridden(&self, hash: u64) -> bool {
        self.overrides.contains_key(&hash)
    }

    /// Looks for the next row of the read.
    pub fn look(&mut self, hash: u64) -> Result<Looked> {
        if self.length == 0 && self.overrides.is_empty() {
            return Ok(Looked::Absent);
        }
        if self.window.len() < AHEAD {
            self.fill()?;
        }
        let overridden = match self.overrides.entry(hash) {
            Entry::Occupied(mut entry) => {
                let entry = entry.get_mut();
                let again = std::mem::replace(&mut entry.seen, true);
                Some(if again { Looked::Again } else { Looked::Found(entry.print) })
            }
            Entry::Vacant(_) => None,
        };
        let ahead = self.window.iter().take(AHEAD).position(|(entry, _)| *entry == hash);
        let walked = match ahead {
            Some(steps) => Some(self.step_to(steps)),
            None => self.passed.remove(&hash).map(|(index, print)| self.mark(index, print)),
        };
        if let Some(answer) = overridden.or(walked) {
            return Ok(answer);
        }
        // With no base at all, what is not among the overrides was never delivered.
        Ok(if self.length == 0 { Looked::Absent } else { Looked::Unknown })
    }

    /// Walks over the whole base once. Where `find` knows an entry's hash, `found` gets what it answered, and
    /// what the base knows of its row, which counts as seen from then on.
    pub fn pass<T>(
        &mut self,
        find: impl Fn(u64) -> Option<T>,
        mut found: impl FnMut(T, Looked),
    ) -> Result<()> {
        let Self { sqlite, sync, until, seen, .. } = self;
        let mut index = 0;
        fingerprints::walk(sqlite, *sync, 0, *until, |hash, print| {
            if let Some(wanted) = find(hash) {
                let again = seen.see(index);
                found(wanted, if again { Looked::Again } else { Looked::Found(print) });
            }
            index += 1;
        })
    }

    /// Hands on every delivered record no row was read for. Answers with how many delivered records there are, seen
    /// or not.
    pub fn unseen(&mut self, mut visit: impl FnMut(Delivered) -> Result<()>) -> Result<u64> {
        let mut all = self.overrides.values().filter(|entry| entry.print != REMOVED).count() as u64;
        let ids: Vec<i64> = self
            .sqlite
            .prepare_cached("select id from fingerprint where sync = ?1 order by id")?
            .query_map([self.sync], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut index = 0;
        for id in ids {
            for entry in fingerprints::entries(&self.sqlite, id)? {
                let in_base = id <= self.until;
                let gone = if in_base {
                    index += 1;
                    let counts = entry.fingerprint != REMOVED && !self.overrides.contains_key(&entry.hash);
                    all += u64::from(counts);
                    counts && !self.seen.has(index - 1)
                } else {
                    // Only the newest override of a key counts, and each key once.
                    self.overrides.get_mut(&entry.hash).is_some_and(|newest| {
                        newest.print != REMOVED
                            && newest.print == entry.fingerprint
                            && !std::mem::replace(&mut newest.seen, true)
                    })
                };
                if gone {
                    visit(entry)?;
                }
            }
        }
        Ok(all)
    }

    /// Brings [`AHEAD`] entries into the window, and some more, while there are any.
    fn fill(&mut self) -> Result<()> {
        while self.window.len() < AHEAD && !self.walked {
            let window = &mut self.window;
            let entry = |hash, print| window.push_back((hash, print));
            let last =
                fingerprints::walk_some(&self.sqlite, self.sync, self.after, self.until, CHUNKS, entry)?;
            match last {
                Some(last) => self.after = last,
                None => self.walked = true,
            }
        }
        Ok(())
    }

    /// Takes the entry `steps` ahead; those before it are passed.
    fn step_to(&mut self, steps: usize) -> Looked {
        for _ in 0..steps {
            if let Some((hash, print)) = self.window.pop_front() {
                if !self.seen.has(self.front) && self.passed.len() < PASSED {
                    self.passed.insert(hash, (self.front, print));
                }
                self.front += 1;
            }
        }
        let Some((_, print)) = self.window.pop_front() else { return Looked::Unknown };
        self.front += 1;
        self.mark(self.front - 1, print)
    }

    fn mark(&mut self, index: usize, print: u128) -> Looked {
        if self.seen.see(index) { Looked::Again } else { Looked::Found(print) }
    }
}

/// One bit for each entry of the base: its row was read.
struct Seen(Vec<u64>);

impl Seen {
    fn has(&self, index: usize) -> bool {
        self.0.get(index / 64).is_some_and(|bits| bits >> (index % 64) & 1 == 1)
    }

    /// Notes that a row was read; true where one was before.
    fn see(&mut self, index: usize) -> bool {
        let before = self.has(index);
        if let Some(bits) = self.0.get_mut(index / 64) {
            *bits |= 1 << (index % 64);
        }
        before
    }
}
