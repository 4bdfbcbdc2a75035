//! Finds keys that stand on two new rows, in bounded memory.

use std::collections::HashSet;
use std::fs::File;
use std::hash::BuildHasherDefault;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::SameHash;
use crate::error::Result;

/// Keys gathered before they are put on disk.
const BLOCK: usize = 262_144;
/// Bytes of one entry: hash, ordinal and row.
const ENTRY: usize = 24;
/// Parts of a block, by bits of the hash: equal keys are always in the same part.
const PARTS: usize = 256;

/// A row that was never delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewRow {
    /// Which staged record it became, from 0.
    pub ordinal: u64,
    /// Which row of the read it is, from 1.
    pub row: u64,
}

/// A key's hash, and a row that has it.
type Entry = (u64, NewRow);

/// The key hashes of rows that were never delivered. Of rows with one key, the first has the lowest ordinal.
pub struct NewKeys {
    folder: PathBuf,
    gathered: Vec<Entry>,
    file: Option<File>,
    /// Of each block in the file, where its parts end, in entries.
    blocks: Vec<Vec<usize>>,
}

impl NewKeys {
    /// None yet. Blocks go to an unnamed file in `folder`.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), gathered: Vec::new(), file: None, blocks: Vec::new() }
    }

    /// Adds a new row's key.
    pub fn add(&mut self, hash: u64, row: NewRow) -> Result<()> {
        self.gathered.push((hash, row));
        if self.gathered.len() == BLOCK { self.spill() } else { Ok(()) }
    }

    /// All rows whose key an earlier row has, in the order they were staged.
    pub fn duplicates(mut self) -> Result<Vec<NewRow>> {
        let mut duplicates = Vec::new();
        if self.file.is_none() {
            add_duplicates(&self.gathered, &mut duplicates);
        } else {
            self.spill()?;
            for part in 0..PARTS {
                self.gather(part)?;
                add_duplicates(&self.gathered, &mut duplicates);
            }
        }
        duplicates.sort_unstable();
        Ok(duplicates)
    }

    /// Writes what is gathered as a block, part by part.
    fn spill(&mut self) -> Result<()> {
        let mut ends = vec![0; PARTS];
        self.gathered.iter().for_each(|(hash, _)| ends[part_of(*hash)] += 1);
        let mut end = 0;
        let mut places = Vec::with_capacity(PARTS);
        for part in &mut ends {
            places.push(end);
            end += *part;
            *part = end;
        }
        let mut bytes = vec![0; end * ENTRY];
        let (words, _) = bytes.as_chunks_mut::<8>();
        let (entries, _) = words.as_chunks_mut::<3>();
        for (hash, NewRow { ordinal, row }) in self.gathered.drain(..) {
            let place = &mut places[part_of(hash)];
            entries[*place] = [hash, ordinal, row].map(u64::to_le_bytes);
            *place += 1;
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.folder)?),
        };
        file.write_all(&bytes)?;
        self.blocks.push(ends);
        Ok(())
    }

    /// Gathers one part of every block.
    fn gather(&mut self, part: usize) -> Result<()> {
        self.gathered.clear();
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut bytes = Vec::new();
        for (block, ends) in self.blocks.iter().enumerate() {
            let start = if part == 0 { 0 } else { ends[part - 1] };
            bytes.resize((ends[part] - start) * ENTRY, 0);
            file.seek(SeekFrom::Start(((block * BLOCK + start) * ENTRY) as u64))?;
            file.read_exact(&mut bytes)?;
            let (words, _) = bytes.as_chunks::<8>();
            let (entries, _) = words.as_chunks::<3>();
            let entries = entries.iter().map(|entry| entry.map(u64::from_le_bytes));
            self.gathered.extend(entries.map(|[hash, ordinal, row]| (hash, NewRow { ordinal, row })));
        }
        Ok(())
    }
}

/// Bits in the middle: a set finds a hash by its first and last ones.
fn part_of(hash: u64) -> usize {
    (hash >> 32) as usize % PARTS
}

/// Entries whose hash an earlier one has; they are in the order they were staged.
fn add_duplicates(entries: &[Entry], duplicates: &mut Vec<NewRow>) {
    let mut seen: HashSet<u64, BuildHasherDefault<SameHash>> =
        HashSet::with_capacity_and_hasher(entries.len(), BuildHasherDefault::default());
    duplicates.extend(entries.iter().filter(|(hash, _)| !seen.insert(*hash)).map(|(_, row)| *row));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The row that was staged as `ordinal`, further back in the read.
    fn staged(ordinal: u64) -> NewRow {
        NewRow { ordinal, row: ordinal + 1_000 }
    }

    #[test]
    fn the_first_row_of_a_key_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut keys = NewKeys::new(folder.path());
        for (ordinal, hash) in [7_u64, 9, 7, 1, 9, 7].into_iter().enumerate() {
            keys.add(hash, staged(ordinal as u64)).unwrap();
        }
        assert_eq!(keys.duplicates().unwrap(), [2, 4, 5].map(staged));
    }

    #[test]
    fn duplicates_are_found_across_blocks_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let mut keys = NewKeys::new(folder.path());
        let count = (BLOCK * 2 + 10) as u64;
        for ordinal in 0..count {
            // Every key is its own, but the last ten repeat the first ten.
            let key = if ordinal >= count - 10 { ordinal - (count - 10) } else { ordinal };
            keys.add(key.wrapping_mul(0x9e37_79b9_7f4a_7c15), staged(ordinal)).unwrap();
        }
        assert_eq!(keys.duplicates().unwrap(), (count - 10..count).map(staged).collect::<Vec<_>>());
    }
}
