//! A file that is being written: hidden, and only ever as long as its journal says.
//!
//! Lines go to `.<name>.part`, are flushed to disk, and then the journal `.<name>.ids` gets one line: the new
//! length and the ids that are in it. What a crash left behind the last journal line was never confirmed, and
//! is cut off; what is in the journal is not written twice.

use std::collections::{HashSet, VecDeque};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Batches whose ids are remembered. The engine repeats what it has not yet marked as delivered, which is
/// never more than a few batches.
const REMEMBERED: usize = 64;

/// A line and the id of its record.
pub(super) struct Line {
    pub(super) id: u128,
    pub(super) text: Vec<u8>,
}

/// A file that is being written.
pub(super) struct Part {
    lines: File,
    journal: File,
    length: u64,
    ids: VecDeque<HashSet<u128>>,
}

impl Part {
    /// Begins the part of the file `target`, or goes on with what is there.
    pub(super) fn open(target: &Path) -> io::Result<Self> {
        let open =
            |path: PathBuf| OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut part = Self {
            lines: open(hidden(target, "part"))?,
            journal: open(hidden(target, "ids"))?,
            length: 0,
            ids: VecDeque::new(),
        };
        part.recover()?;
        Ok(part)
    }

    /// Adds the lines whose ids are not there yet, durably, and returns the bytes and how many they were.
    pub(super) fn add(&mut self, lines: &[Line]) -> io::Result<(u64, usize)> {
        let new: Vec<_> =
            lines.iter().filter(|line| !self.ids.iter().any(|ids| ids.contains(&line.id))).collect();
        if new.is_empty() {
            return Ok((0, 0));
        }
        let text: Vec<u8> = new.iter().flat_map(|line| line.text.iter().copied().chain([b'\n'])).collect();
        self.lines.write_all(&text)?;
        self.lines.sync_data()?;
        self.length += text.len() as u64;
        let ids: Vec<_> = new.iter().map(|line| format!("{:x}", line.id)).collect();
        let entry = format!("{} {}\n", self.length, ids.join(" "));
        self.journal.write_all(entry.as_bytes())?;
        self.journal.sync_data()?;
        self.remember(new.iter().map(|line| line.id).collect());
        Ok((text.len() as u64, new.len()))
    }

    fn recover(&mut self) -> io::Result<()> {
        let mut whole = 0;
        let mut reader = BufReader::new(&self.journal);
        let mut entry = String::new();
        let mut known = Vec::new();
        while reader.read_line(&mut entry)? > 0 {
            let mut words = entry.trim_end().split(' ');
            let length = words.next().and_then(|word| word.parse().ok());
            let (Some(length), true) = (length, entry.ends_with('\n')) else { break };
            known.push((length, words.filter_map(|word| u128::from_str_radix(word, 16).ok()).collect()));
            if known.len() > REMEMBERED {
                known.remove(0);
            }
            whole += entry.len() as u64;
            entry.clear();
        }
        for (length, ids) in known {
            self.length = length;
            self.remember(ids);
        }
        self.journal.set_len(whole)?;
        self.lines.set_len(self.length)?;
        self.journal.seek(SeekFrom::End(0))?;
        self.lines.seek(SeekFrom::End(0))?;
        Ok(())
    }

    fn remember(&mut self, ids: HashSet<u128>) {
        self.ids.push_back(ids);
        if self.ids.len() > REMEMBERED {
            self.ids.pop_front();
        }
    }
}

/// The hidden file beside `target` that ends in `ending`.
pub(super) fn hidden(target: &Path, ending: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{ending}"))
}

/// Flushes what happened in `folder` itself: files made, renamed and removed.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
