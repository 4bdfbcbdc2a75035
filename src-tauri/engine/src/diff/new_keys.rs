//! Finds keys that stand on two new rows, in bounded memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::error::Result;

/// Keys gathered before they are sorted and put on disk.
const BLOCK: usize = 262_144;
/// Bytes of one entry: hash, ordinal and row.
const ENTRY: usize = 24;
/// Entries read at once of each block while merging.
const PAGE: usize = 1_024;

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
    folder: std::path::PathBuf,
    gathered: Vec<Entry>,
    file: Option<File>,
    /// Entries of each block in the file.
    blocks: Vec<usize>,
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
        self.gathered.sort_unstable();
        let mut duplicates = Vec::new();
        let mut last = None;
        let mut visit = |(hash, row): Entry| {
            if last == Some(hash) {
                duplicates.push(row);
            }
            last = Some(hash);
        };
        match self.file.take() {
            None => self.gathered.iter().copied().for_each(&mut visit),
            Some(file) => merge(file, &self.blocks, self.gathered, visit)?,
        }
        duplicates.sort_unstable();
        Ok(duplicates)
    }

    fn spill(&mut self) -> Result<()> {
        self.gathered.sort_unstable();
        let mut bytes = Vec::with_capacity(self.gathered.len() * ENTRY);
        for (hash, NewRow { ordinal, row }) in &self.gathered {
            for part in [hash, ordinal, row] {
                bytes.extend_from_slice(&part.to_le_bytes());
            }
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.folder)?),
        };
        file.write_all(&bytes)?;
        self.blocks.push(self.gathered.len());
        self.gathered.clear();
        Ok(())
    }
}

/// One sorted block of the file, read page by page.
struct Block {
    at: u64,
    left: usize,
    page: std::vec::IntoIter<Entry>,
}

impl Block {
    fn next(&mut self, file: &mut File) -> Result<Option<Entry>> {
        if let Some(entry) = self.page.next() {
            return Ok(Some(entry));
        }
        let count = self.left.min(PAGE);
        let mut bytes = vec![0; count * ENTRY];
        file.seek(SeekFrom::Start(self.at))?;
        file.read_exact(&mut bytes)?;
        self.at += bytes.len() as u64;
        self.left -= count;
        let (words, _) = bytes.as_chunks::<8>();
        let words: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
        let (entries, _) = words.as_chunks::<3>();
        let entry = |[hash, ordinal, row]: &[u64; 3]| (*hash, NewRow { ordinal: *ordinal, row: *row });
        self.page = entries.iter().map(entry).collect::<Vec<_>>().into_iter();
        Ok(self.page.next())
    }
}

fn merge(mut file: File, sizes: &[usize], rest: Vec<Entry>, mut visit: impl FnMut(Entry)) -> Result<()> {
    let mut at = 0;
    let mut blocks: Vec<Block> = Vec::new();
    for size in sizes {
        blocks.push(Block { at, left: *size, page: Vec::new().into_iter() });
        at += (size * ENTRY) as u64;
    }
    blocks.push(Block { at: 0, left: 0, page: rest.into_iter() });
    let mut heads = BinaryHeap::new();
    for (index, block) in blocks.iter_mut().enumerate() {
        heads.extend(block.next(&mut file)?.map(|entry| Reverse((entry, index))));
    }
    while let Some(Reverse((entry, index))) = heads.pop() {
        visit(entry);
        heads.extend(blocks[index].next(&mut file)?.map(|entry| Reverse((entry, index))));
    }
    Ok(())
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
