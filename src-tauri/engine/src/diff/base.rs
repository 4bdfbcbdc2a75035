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
    seen: Vec<u64>,
    length: usize,
}

impl Base {
    /// The base of `sync`, with chunks up to `until`; later chunks override it.
    pub fn open(sqlite: Connection, sync: i64, until: i64) -> Result<Self> {
        let mut overrides = ByHash::default();
        let mut after = until;
        loop {
            let chunks = fingerprints::chunks(&sqlite, sync, after, i64::MAX, CHUNKS)?;
            let Some((last, _)) = chunks.last() else { break };
            after = *last;
            for (hash, print) in chunks.into_iter().flat_map(|(_, prints)| prints) {
                overrides.insert(hash, Override { print, seen: false });
            }
        }
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
            seen: vec![0; length.div_ceil(64)],
            length,
        })
    }

    /// Looks for the next row of the read.
    pub fn look(&mut self, hash: u64) -> Result<Looked> {
        if self.length == 0 && self.overrides.is_empty() {
            return Ok(Looked::Absent);
        }
        self.fill()?;
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

    /// Walks over the whole base once, overridden entries aside. `visit` gets each entry's hash, fingerprint
    /// and whether its row was seen, and may set that.
    pub fn pass(&mut self, mut visit: impl FnMut(u64, u128, &mut bool)) -> Result<()> {
        let mut after = 0;
        let mut index = 0;
        loop {
            let chunks = fingerprints::chunks(&self.sqlite, self.sync, after, self.until, CHUNKS)?;
            let Some((last, _)) = chunks.last() else { return Ok(()) };
            after = *last;
            for (hash, print) in chunks.into_iter().flat_map(|(_, prints)| prints) {
                if !self.overrides.contains_key(&hash) {
                    let mut seen = self.is_seen(index);
                    visit(hash, print, &mut seen);
                    if seen {
                        self.see(index);
                    }
                }
                index += 1;
            }
        }
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
                    counts && !self.is_seen(index - 1)
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

    /// Keeps at least [`AHEAD`] entries in the window while there are more.
    fn fill(&mut self) -> Result<()> {
        while self.window.len() < AHEAD && !self.walked {
            let chunks = fingerprints::chunks(&self.sqlite, self.sync, self.after, self.until, CHUNKS)?;
            match chunks.last() {
                Some((last, _)) => self.after = *last,
                None => self.walked = true,
            }
            self.window.extend(chunks.into_iter().flat_map(|(_, prints)| prints));
        }
        Ok(())
    }

    /// Takes the entry `steps` ahead; those before it are passed.
    fn step_to(&mut self, steps: usize) -> Looked {
        for _ in 0..steps {
            if let Some((hash, print)) = self.window.pop_front() {
                if !self.is_seen(self.front) && self.passed.len() < PASSED {
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
        let again = self.is_seen(index);
        self.see(index);
        if again { Looked::Again } else { Looked::Found(print) }
    }

    fn is_seen(&self, index: usize) -> bool {
        self.seen.get(index / 64).is_some_and(|bits| bits >> (index % 64) & 1 == 1)
    }

    fn see(&mut self, index: usize) {
        if let Some(bits) = self.seen.get_mut(index / 64) {
            *bits |= 1 << (index % 64);
        }
    }
}
