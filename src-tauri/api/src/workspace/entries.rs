//! A mapping read key by key, and what to say about keys that do not belong in it.

use sluice_engine::Result;

use super::faults::Faults;
use super::node::{Data, Key, Node, Place};

/// The entries of one mapping of the file.
pub(super) struct Entries<'n> {
    /// What the mapping is, with its article: "a sync".
    what: &'static str,
    place: Place,
    pairs: &'n [(Key, Node)],
    /// Keys that are known, and which entry was probably meant to have each.
    meant: Vec<(&'static str, usize)>,
}

impl<'n> Entries<'n> {
    /// The entries of `node`, which is `what` and has no keys but these: every other one is a fault. One that is
    /// nearly a known key counts as that key from then on, so that it is not missed as well.
    pub(super) fn of(
        node: &'n Node,
        what: &'static str,
        known: &[&'static str],
        faults: &mut Faults,
    ) -> Result<Self> {
        let mut entries = Self::open(node, what)?;
        for (index, (key, _)) in entries.pairs.iter().enumerate() {
            if !known.contains(&key.text.as_str()) {
                let statement = format!("“{}” is not known in {what}", key.text);
                faults.push(key.place.wrong(unknown(&statement, &key.text, known)));
                entries.meant.extend(nearest(&key.text, known).map(|known| (known, index)));
            }
        }
        Ok(entries)
    }

    /// The entries of `node`, whose keys are names the user chose.
    pub(super) fn open(node: &'n Node, what: &'static str) -> Result<Self> {
        match &node.data {
            Data::Map(pairs) => Ok(Self { what, place: node.place, pairs, meant: Vec::new() }),
            Data::Scalar { .. } | Data::List(_) => {
                Err(node.place.wrong(format!("{what} is a set of keys, not {}.", node.describe())))
            }
        }
    }

    /// Every entry, in the file's order.
    pub(super) fn pairs(&self) -> &'n [(Key, Node)] {
        self.pairs
    }

    fn entry(&self, key: &str) -> Option<&'n (Key, Node)> {
        let meant = || self.pairs.get(self.meant.iter().find(|(known, _)| *known == key)?.1);
        self.pairs.iter().find(|(entry, _)| entry.text == key).or_else(meant)
    }

    /// Where the mapping begins.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The value of `key`, if the key is there.
    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|(_, node)| node)
    }

    /// Where `key` stands, if it is there.
    pub(super) fn place_of(&self, key: &str) -> Option<Place> {
        self.entry(key).map(|(entry, _)| entry.place)
    }

    /// The value of `key`, which has to be there.
    pub(super) fn required(&self, key: &str) -> Result<&'n Node> {
        self.get(key).ok_or_else(|| self.place.wrong(format!("“{key}” is missing in {}.", self.what)))
    }

    /// The one value of `key`, if the key is there.
    pub(super) fn text(&self, key: &str) -> Result<Option<&'n str>> {
        self.get(key).map(|node| text(node, key)).transpose()
    }

    /// The one value of `key`, which has to be there.
    pub(super) fn required_text(&self, key: &str) -> Result<&'n str> {
        text(self.required(key)?, key)
    }

    /// The value of `key` out of a few words.
    pub(super) fn word<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Result<Option<T>> {
        let Some(node) = self.get(key) else { return Ok(None) };
        word(node, key, words).map(Some)
    }
}

/// The one value of `node`, which stands under `key`.
pub(super) fn text<'n>(node: &'n Node, key: &str) -> Result<&'n str> {
    match &node.data {
        _ if node.is_null() => Err(node.place.wrong(format!("“{key}” has no value."))),
        Data::Scalar { text, .. } if text.trim().is_empty() => {
            Err(node.place.wrong(format!("“{key}” is empty.")))
        }
        Data::Scalar { text, .. } => Ok(text),
        Data::List(_) | Data::Map(_) => {
            Err(node.place.wrong(format!("“{key}” is a single value, not {}.", node.describe())))
        }
    }
}

/// The value of `node` out of a few words.
pub(super) fn word<T: Copy>(node: &Node, key: &str, words: &[(&str, T)]) -> Result<T> {
    let text = text(node, key)?;
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        node.place.wrong(unknown(&format!("“{text}” is not a value of “{key}”"), text, &known))
    })
}

/// The values of `node`: a list of single values, or one.
pub(super) fn texts<'n>(node: &'n Node, key: &str) -> Result<Vec<(&'n str, Place)>> {
    let nodes = match &node.data {
        Data::List(nodes) => nodes.as_slice(),
        Data::Scalar { .. } | Data::Map(_) => std::slice::from_ref(node),
    };
    if nodes.is_empty() {
        return Err(node.place.wrong(format!("“{key}” is an empty list.")));
    }
    let mut texts: Vec<(&str, Place)> = Vec::new();
    for node in nodes {
        let text = text(node, key)?;
        if texts.iter().any(|(earlier, _)| *earlier == text) {
            return Err(node.place.wrong(format!("“{text}” is twice in “{key}”.")));
        }
        texts.push((text, node.place));
    }
    Ok(texts)
}

/// `statement`, with the nearest known word, or all of them where none is near.
pub(super) fn unknown(statement: &str, word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(known) => format!("{statement}. Did you mean “{known}”?"),
        None if known.is_empty() => format!("{statement}."),
        None => format!("{statement}. Known are: {}.", known.join(", ")),
    }
}

/// The known word that `word` is nearly.
fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let (distance, known) = known.iter().map(|known| (distance(word, known), *known)).min()?;
    (distance <= 1 + word.chars().count() / 4).then_some(known)
}

/// Letters to change, add, drop or swap with their neighbour, to get from one word to the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let shifted = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(replaced);
                if swapped { shifted.min(rows[i - 2][j - 2] + 1) } else { shifted }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_offered_and_a_far_one_is_not() {
        let known = ["table", "sql", "key"];
        assert!(unknown("x", "tabel", &known).ends_with("Did you mean “table”?"));
        assert!(unknown("x", "destination", &known).ends_with("Known are: table, sql, key."));
    }
}
