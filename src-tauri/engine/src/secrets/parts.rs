//! One secret in as many keychain entries as it needs.
//!
//! Windows takes 2,560 bytes an entry, so no entry is longer than [`ENTRY_BYTES`]. The entry under the
//! secret's own name begins with one line that describes the whole, then holds the first bytes; a short
//! secret is that one entry, and is replaced at one stroke. The rest of a long secret stands in numbered
//! parts, in one of two sets, of which a new value takes the other: until the first entry is written, last,
//! the old value is whole. Cuts never fall inside a UTF-8 character, because KDE's wallet keeps only text.

use xxhash_rust::xxh3::xxh3_128;
use zeroize::Zeroizing;

use super::Secret;
use crate::error::{Error, ErrorKind, Result};

/// The longest entry.
pub(super) const ENTRY_BYTES: usize = 2_400;
/// Kept free in the first entry for its line, which is never longer.
const LINE_BYTES: usize = 96;
/// How often a read begins again because another writer came between.
const ATTEMPTS: usize = 3;
/// More parts than this is no secret of ours.
const MOST_PARTS: usize = 10_000;

/// Entries by name: what a keychain is.
pub(super) trait Entries {
    /// The entry's bytes, if it is there.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>>;
    /// Writes the entry, in place of an earlier one.
    fn set(&self, name: &str, bytes: &[u8]) -> Result<()>;
    /// Removes the entry; one that is not there is no error.
    fn delete(&self, name: &str) -> Result<()>;
}

/// The first line of the first entry.
struct Whole {
    generation: u64,
    parts: usize,
    bytes: usize,
    hash: u128,
}

impl Whole {
    /// Reads the line; what follows it are the first bytes.
    fn read(entry: &[u8]) -> Option<(Self, &[u8])> {
        let end = entry.iter().take(LINE_BYTES).position(|byte| *byte == b'\n')?;
        let (line, rest) = entry.split_at_checked(end)?;
        let mut words = std::str::from_utf8(line).ok()?.split(' ');
        if words.next()? != "sluice-secret" {
            return None;
        }
        let generation = words.next()?.parse().ok()?;
        let parts = words.next()?.parse().ok().filter(|parts| *parts <= MOST_PARTS)?;
        let bytes = words.next()?.parse().ok()?;
        let hash = u128::from_str_radix(words.next()?, 16).ok()?;
        Some((Self { generation, parts, bytes, hash }, rest.get(1..)?))
    }

    fn line(&self) -> String {
        format!("sluice-secret {} {} {} {:032x}\n", self.generation, self.parts, self.bytes, self.hash)
    }
}

/// The secret under `name`, if it is there; a damaged one is [`ErrorKind::SecretMissing`].
pub(super) fn get(entries: &impl Entries, name: &str) -> Result<Option<Secret>> {
    for _ in 0..ATTEMPTS {
        let Some(first) = entries.get(name)? else { return Ok(None) };
        let Some((whole, start)) = Whole::read(&first) else { return Err(damaged()) };
        let mut bytes = Zeroizing::new(Vec::with_capacity(start.len() + whole.parts * ENTRY_BYTES));
        bytes.extend_from_slice(start);
        for number in 0..whole.parts {
            if let Some(part) = entries.get(&part_name(name, whole.generation, number))? {
                bytes.extend_from_slice(&part);
            }
        }
        if bytes.len() == whole.bytes && xxh3_128(&bytes) == whole.hash {
            return Ok(Some(Secret::new(std::mem::take(&mut *bytes))));
        }
    }
    Err(damaged())
}

/// Keeps `secret` under `name`.
pub(super) fn set<E: Entries>(entries: &E, name: &str, secret: &Secret) -> Result<()> {
    let before = entries.get(name)?;
    let before = before.as_deref().and_then(|entry| Whole::read(entry)).map(|(whole, _)| whole);
    let generation = before.as_ref().map_or(0, |whole| whole.generation.wrapping_add(1));
    let secret = secret.expose();
    let (start, mut rest) = cut(secret, ENTRY_BYTES - LINE_BYTES);
    let mut parts = 0;
    while !rest.is_empty() {
        let (part, after) = cut(rest, ENTRY_BYTES);
        entries.set(&part_name(name, generation, parts), part)?;
        (parts, rest) = (parts + 1, after);
    }
    let whole = Whole { generation, parts, bytes: secret.len(), hash: xxh3_128(secret) };
    let mut first = Zeroizing::new(Vec::with_capacity(ENTRY_BYTES));
    first.extend_from_slice(whole.line().as_bytes());
    first.extend_from_slice(start);
    entries.set(name, &first)?;
    delete_parts(entries, name, generation, parts)?;
    delete_parts(entries, name, generation.wrapping_add(1), 0)
}

/// Forgets the secret under `name`. After an error it can be asked again.
pub(super) fn delete(entries: &impl Entries, name: &str) -> Result<()> {
    entries.delete(name)?;
    delete_parts(entries, name, 0, 0)?;
    delete_parts(entries, name, 1, 0)
}

/// Removes the parts of one set from number `from` on, the last first: an interruption leaves no hole.
fn delete_parts(entries: &impl Entries, name: &str, generation: u64, from: usize) -> Result<()> {
    let mut end = from;
    while end < MOST_PARTS && entries.get(&part_name(name, generation, end))?.is_some() {
        end += 1;
    }
    (from..end).rev().try_for_each(|number| entries.delete(&part_name(name, generation, number)))
}

fn part_name(name: &str, generation: u64, number: usize) -> String {
    format!("{name}#{}.{number}", generation % 2)
}

/// The first bytes, at most `most`, and the rest.
fn cut(bytes: &[u8], most: usize) -> (&[u8], &[u8]) {
    let inside = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
    let whole = bytes.len().min(most);
    // Bytes that are no text may be cut anywhere.
    let at = (whole.saturating_sub(3)..=whole).rev().find(|at| !inside(*at)).unwrap_or(whole);
    bytes.split_at(at)
}

fn damaged() -> Error {
    Error::new(ErrorKind::SecretMissing, "A secret in the keychain is not whole.")
        .with_hint("Enter the secret in the connection again.")
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// A keychain as strict as Windows', that can stop working after some writes.
    #[derive(Default)]
    struct Fake {
        kept: RefCell<BTreeMap<String, Vec<u8>>>,
        writes_left: Cell<Option<usize>>,
    }

    impl Fake {
        fn write(&self) -> Result<()> {
            match self.writes_left.get() {
                Some(0) => Err(Error::new(ErrorKind::KeychainLocked, "locked")),
                left => {
                    self.writes_left.set(left.map(|left| left - 1));
                    Ok(())
                }
            }
        }
    }

    impl Entries for Fake {
        fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
            Ok(self.kept.borrow().get(name).cloned().map(Zeroizing::new))
        }
        fn set(&self, name: &str, bytes: &[u8]) -> Result<()> {
            assert!(bytes.len() <= 2_560, "Windows refuses {} bytes", bytes.len());
            assert!(!bytes.is_empty(), "macOS refuses an empty entry");
            self.write()?;
            self.kept.borrow_mut().insert(name.to_owned(), bytes.to_vec());
            Ok(())
        }
        fn delete(&self, name: &str) -> Result<()> {
            self.write()?;
            self.kept.borrow_mut().remove(name);
            Ok(())
        }
    }

    fn secret(size: usize, seed: u8) -> Secret {
        Secret::new((0..size).map(|at| (at as u8).wrapping_mul(31) ^ seed).collect::<Vec<_>>())
    }

    fn read(fake: &Fake) -> Option<Vec<u8>> {
        get(fake, "name").unwrap().map(|secret| secret.expose().to_vec())
    }

    const SIZES: [usize; 10] = [0, 1, 2_303, 2_304, 2_305, 2_399, 2_400, 2_401, 2_560, 10_000];

    #[test]
    fn every_size_replaces_every_other_and_leaves_nothing() {
        for first in SIZES {
            for second in SIZES {
                let fake = Fake::default();
                for (size, seed) in [(first, 1), (second, 2), (first, 3)] {
                    set(&fake, "name", &secret(size, seed)).unwrap();
                    assert_eq!(read(&fake).unwrap(), secret(size, seed).expose());
                }
                let parts = first.saturating_sub(2_304).div_ceil(2_400);
                assert!((parts + 1..=parts + 2).contains(&fake.kept.borrow().len()), "stale parts were left");
                delete(&fake, "name").unwrap();
                assert_eq!(fake.kept.borrow().len(), 0);
                assert_eq!(read(&fake), None);
            }
        }
    }

    #[test]
    fn a_short_secret_is_one_entry() {
        let fake = Fake::default();
        set(&fake, "name", &secret(2_304, 1)).unwrap();
        assert_eq!(fake.kept.borrow().len(), 1);
    }

    #[test]
    fn text_is_never_cut_inside_a_character() {
        let fake = Fake::default();
        set(&fake, "name", &Secret::new("aü€🙂".repeat(900))).unwrap();
        assert!(fake.kept.borrow().values().all(|entry| std::str::from_utf8(entry).is_ok()));
    }

    #[test]
    fn a_lost_or_changed_part_is_told_and_can_be_entered_again() {
        let fake = Fake::default();
        set(&fake, "name", &secret(10_000, 1)).unwrap();
        fake.kept.borrow_mut().remove("name#0.1");
        assert_eq!(get(&fake, "name").unwrap_err().kind(), ErrorKind::SecretMissing);
        fake.kept.borrow_mut().insert("name".into(), b"something else".to_vec());
        assert_eq!(get(&fake, "name").unwrap_err().kind(), ErrorKind::SecretMissing);
        set(&fake, "name", &secret(10_000, 2)).unwrap();
        assert_eq!(read(&fake).unwrap(), secret(10_000, 2).expose());
    }

    proptest! {
        #[test]
        fn an_interrupted_write_leaves_the_old_value_or_the_new(
            sizes in proptest::collection::vec((0_usize..9_000, 0_usize..9), 1..8)
        ) {
            let fake = Fake::default();
            let mut now = None;
            for (number, (size, writes)) in sizes.into_iter().enumerate() {
                let next = secret(size, number as u8);
                fake.writes_left.set(Some(writes));
                let done = set(&fake, "name", &next);
                fake.writes_left.set(None);
                let found = read(&fake);
                let next = Some(next.expose().to_vec());
                prop_assert!(found == next || (done.is_err() && found == now));
                now = found;
            }
            delete(&fake, "name").unwrap();
            prop_assert_eq!(fake.kept.borrow().len(), 0);
        }
    }
}
