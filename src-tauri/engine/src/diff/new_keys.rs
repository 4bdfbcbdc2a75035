//! Finds keys that stand on two new rows, in bounded memory.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::Result;

/// Keys gathered before they are put on disk.
const BLOCK: usize = 262_144;
/// Bytes of one entry: hash and ordinal.
const ENTRY: usize = 16;
/// Parts of a block, by the hash's first bits: equal keys are always in the same part.
const PARTS: usize = 256;

/// The hashes of rows that were never delivered, each with an ordinal of the caller's, ascending.
pub struct NewKeys {
    folder: PathBuf,
    gathered: Vec<(u64, u64)>,
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
    pub fn add(&mut self, hash: u64, ordinal: u64) -> Result<()> {
        self.gathered.push((hash, ordinal));
        if self.gathered.len() == BLOCK { self.spill() } else { Ok(()) }
    }

    /// The ordinals of all rows whose key an earlier row has, ascending.
    pub fn duplicates(mut self) -> Result<Vec<u64>> {
        let mut duplicates = Vec::new();
        if self.file.is_none() {
            add_duplicates(&mut self.gathered, &mut duplicates);
        } else {
            self.spill()?;
            for part in 0..PARTS {
                self.gather(part)?;
                add_duplicates(&mut self.gathered, &mut duplicates);
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
        let (entries, _) = bytes.as_chunks_mut::<ENTRY>();
        for (hash, ordinal) in self.gathered.drain(..) {
            let place = &mut places[part_of(hash)];
            entries[*place] = (u128::from(hash) | u128::from(ordinal) << 64).to_le_bytes();
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
            let (entries, _) = bytes.as_chunks::<ENTRY>();
            let entries = entries.iter().map(|entry| u128::from_le_bytes(*entry));
            self.gathered.extend(entries.map(|entry| (entry as u64, (entry >> 64) as u64)));
        }
        Ok(())
    }
}

fn part_of(hash: u64) -> usize {
    (hash >> 56) as usize
}

fn add_duplicates(entries: &mut [(u64, u64)], duplicates: &mut Vec<u64>) {
    entries.sort_unstable();
    let repeats = entries.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    duplicates.extend(repeats.map(|pair| pair[1].1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_of_a_key_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut keys = NewKeys::new(folder.path());
        for (ordinal, hash) in [7_u64, 9, 7, 1, 9, 7].into_iter().enumerate() {
            keys.add(hash, ordinal as u64).unwrap();
        }
        assert_eq!(keys.duplicates().unwrap(), [2, 4, 5]);
    }

    #[test]
    fn duplicates_are_found_across_blocks_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let mut keys = NewKeys::new(folder.path());
        let count = (BLOCK * 2 + 10) as u64;
        for ordinal in 0..count {
            // Every key is its own, but the last ten repeat the first ten.
            let key = if ordinal >= count - 10 { ordinal - (count - 10) } else { ordinal };
            keys.add(key.wrapping_mul(0x9e37_79b9_7f4a_7c15), ordinal).unwrap();
        }
        assert_eq!(keys.duplicates().unwrap(), (count - 10..count).collect::<Vec<_>>());
    }
}
