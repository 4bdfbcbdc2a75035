//! Rows that are not near their place in the base, until one pass over it has looked for all of them.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{Base, Looked, Row};
use crate::error::{Error, ErrorKind, Result};

/// Rows put aside at most. Each costs some 80 bytes of memory and its text on disk; the base is passed over
/// once for so many.
const ROWS: usize = 1 << 18;
/// Reasons of rows without a payload kept in memory at most.
const REASONS: usize = 4_096;
/// Bytes written to the file at once.
const WRITE: usize = 256 << 10;
/// Bits of the filter, eight for each row.
const FILTER: usize = ROWS * 8;

/// A row put aside: what is known of it without its text.
struct Kept {
    hash: u64,
    number: u64,
    print: [u64; 2],
    key: u32,
    /// Bytes of the key it may have been delivered under, where that is another.
    known_as: u32,
    /// Bytes of the payload; `None` where there is a reason instead.
    payload: Option<u32>,
}

/// Rows put aside. An unchanged one costs a comparison; its text is written, and never read back.
pub struct Aside {
    folder: PathBuf,
    rows: Vec<Kept>,
    reasons: HashMap<usize, Error>,
    filter: Vec<u64>,
    file: Option<File>,
    unwritten: Vec<u8>,
}

impl Aside {
    /// None yet. Texts go to an unnamed file in `folder`.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            rows: Vec::new(),
            reasons: HashMap::new(),
            filter: Vec::new(),
            file: None,
            unwritten: Vec::new(),
        }
    }

    /// False only where no row with this key is aside. Where there may be one, a later row of the key has to join
    /// it, so that the first one counts.
    pub fn may_hold(&self, hash: u64) -> bool {
        passes(&self.filter, hash)
    }

    /// Puts a row aside; true when it is time to [`resolve`](Self::resolve).
    pub fn put(&mut self, hash: u64, row: Row<'_>) -> Result<bool> {
        if self.rows.is_empty() {
            self.filter.resize(FILTER / 64, 0);
            self.rows.reserve_exact(ROWS);
            if let Some(file) = &mut self.file {
                file.seek(SeekFrom::Start(0))?;
            }
        }
        let bit = hash as usize % FILTER;
        self.filter[bit / 64] |= 1 << (bit % 64);
        let known_as = row.known_as.unwrap_or_default();
        self.unwritten.extend_from_slice(row.key.as_bytes());
        self.unwritten.extend_from_slice(known_as.as_bytes());
        let (payload, print) = match row.content {
            Ok((payload, print)) => {
                self.unwritten.extend_from_slice(payload);
                (Some(payload.len() as u32), print)
            }
            Err(reason) => {
                self.reasons.insert(self.rows.len(), reason);
                (None, 0)
            }
        };
        let print = [print as u64, (print >> 64) as u64];
        let (key, known_as) = (row.key.len() as u32, known_as.len() as u32);
        self.rows.push(Kept { hash, number: row.number, print, key, known_as, payload });
        if self.unwritten.len() >= WRITE {
            self.write()?;
        }
        Ok(self.rows.len() == ROWS || self.reasons.len() == REASONS)
    }

    fn write(&mut self) -> Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.folder)?),
        };
        file.write_all(&self.unwritten)?;
        self.unwritten.clear();
        Ok(())
    }

    /// Looks for all rows put aside in one pass over the base. They are handed on in the order they came; then none
    /// is aside any more.
    pub fn resolve(&mut self, base: &mut Base) -> Result<Resolved> {
        let filter = std::mem::take(&mut self.filter);
        let rows = std::mem::take(&mut self.rows);
        let mut answers = vec![Looked::Absent; rows.len()];
        if !rows.is_empty() {
            let (table, later) = Table::of(&rows);
            // Of what is not aside the filter knows most, and it is small enough to stay near the processor.
            let find = |hash| if passes(&filter, hash) { table.find(&rows, hash) } else { None };
            base.pass(find, |first, looked| answers[first] = looked)?;
            for (row, first) in later {
                answers[row] = if answers[first] == Looked::Absent { Looked::Absent } else { Looked::Again };
            }
            self.write()?;
        }
        let texts = match &mut self.file {
            Some(file) => {
                file.seek(SeekFrom::Start(0))?;
                Some(BufReader::with_capacity(WRITE, file.try_clone()?))
            }
            None => None,
        };
        let reasons = std::mem::take(&mut self.reasons);
        Ok(Resolved {
            rows: rows.into_iter().enumerate(),
            answers,
            reasons,
            texts,
            skip: 0,
            text: Vec::new(),
        })
    }
}

/// False only where no row with this hash set its bit.
fn passes(filter: &[u64], hash: u64) -> bool {
    let bit = hash as usize % FILTER;
    filter.get(bit / 64).is_some_and(|bits| bits >> (bit % 64) & 1 == 1)
}

/// Where the first row of each hash stands, by the hash's low bits.
struct Table(Vec<u32>);

const FREE: u32 = u32::MAX;

impl Table {
    /// The table, and rows whose hash an earlier row has, each with the first such.
    fn of(rows: &[Kept]) -> (Self, Vec<(usize, usize)>) {
        // Two places for each row, so that one is always free.
        let places = (rows.len() * 2).next_power_of_two();
        let mut table = vec![FREE; places];
        let mut later = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let mut place = row.hash as usize % places;
            loop {
                match table[place] {
                    FREE => {
                        table[place] = index as u32;
                        break;
                    }
                    first if rows[first as usize].hash == row.hash => {
                        later.push((index, first as usize));
                        break;
                    }
                    _ => place = (place + 1) % places,
                }
            }
        }
        (Self(table), later)
    }

    fn find(&self, rows: &[Kept], hash: u64) -> Option<usize> {
        let mut place = hash as usize % self.0.len();
        while self.0[place] != FREE {
            let first = self.0[place] as usize;
            if rows[first].hash == hash {
                return Some(first);
            }
            place = (place + 1) % self.0.len();
        }
        None
    }
}

/// Rows that were aside, in the order they came, each with what the base knows of it.
pub struct Resolved {
    rows: std::iter::Enumerate<std::vec::IntoIter<Kept>>,
    answers: Vec<Looked>,
    reasons: HashMap<usize, Error>,
    texts: Option<BufReader<File>>,
    /// Bytes before the text of the next row that nobody wanted.
    skip: i64,
    text: Vec<u8>,
}

/// A row that was aside, without its text.
pub struct ResolvedRow {
    /// Its key's hash.
    pub hash: u64,
    /// Its payload's fingerprint; `None` where it could not become a record.
    pub print: Option<u128>,
    /// What the base knows of it.
    pub looked: Looked,
    index: usize,
    kept: Kept,
}

impl Resolved {
    /// The next row.
    pub fn next_row(&mut self) -> Option<ResolvedRow> {
        let (index, kept) = self.rows.next()?;
        let print = kept.payload.map(|_| u128::from(kept.print[0]) | u128::from(kept.print[1]) << 64);
        Some(ResolvedRow { hash: kept.hash, print, looked: self.answers[index], index, kept })
    }

    /// Passes over the text of a row nothing more is to be known of.
    pub fn skip(&mut self, row: &ResolvedRow) {
        self.skip += row.text_bytes() as i64;
    }

    /// The whole of a row.
    pub fn read(&mut self, row: &ResolvedRow) -> Result<Row<'_>> {
        self.text.resize(row.text_bytes(), 0);
        if let Some(texts) = &mut self.texts {
            texts.seek_relative(std::mem::take(&mut self.skip))?;
            texts.read_exact(&mut self.text)?;
        }
        let (key, rest) = self.text.split_at(row.kept.key as usize);
        let (known_as, payload) = rest.split_at(row.kept.known_as as usize);
        let text = |bytes| std::str::from_utf8(bytes).map_err(|_| lost());
        let (key, known_as) = (text(key)?, Some(text(known_as)?).filter(|known_as| !known_as.is_empty()));
        let content = match (row.print, self.reasons.remove(&row.index)) {
            (Some(print), _) => Ok((payload, print)),
            (None, reason) => Err(reason.unwrap_or_else(lost)),
        };
        Ok(Row { number: row.kept.number, key, known_as, content })
    }
}

impl ResolvedRow {
    fn text_bytes(&self) -> usize {
        (self.kept.key + self.kept.known_as + self.kept.payload.unwrap_or(0)) as usize
    }
}

fn lost() -> Error {
    Error::new(ErrorKind::Storage, "A row that was put aside on disk can not be read back.")
}
