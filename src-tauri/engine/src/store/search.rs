//! Text looked for in events, in any case.

use memchr::memmem::Finder;

use super::events::EventRow;
use super::json::stored_json;

/// A text to look for.
///
/// Batches are looked through as bytes first: the longest part of the text that stands in every spelling of it is
/// looked for in the lowered bytes, and most batches need no closer look.
pub(crate) struct Search {
    lowered: String,
    part: Option<Finder<'static>>,
    /// Other spellings of letters in `part`.
    spellings: Vec<Finder<'static>>,
}

/// The letters outside of ASCII whose lower case begins with one of ASCII: the sign for kelvin, and İ.
const INTO_ASCII: [(char, &str); 2] = [('k', "\u{212a}"), ('i', "\u{130}")];

impl Search {
    pub(crate) fn new(text: &str) -> Self {
        let lowered = text.to_lowercase();
        let part = lowered.split(has_case_beyond_ascii).max_by_key(|part| part.len());
        let part = part.filter(|part| !part.is_empty());
        let in_part = |letter: char| part.is_some_and(|part| part.contains(letter));
        let spellings = INTO_ASCII.iter().filter(|(letter, _)| in_part(*letter));
        let spellings = spellings.map(|(_, spelling)| Finder::new(*spelling)).collect();
        let part = part.map(|part| Finder::new(part).into_owned());
        Self { lowered, part, spellings }
    }

    /// False only where no text among these bytes contains what is looked for. Lowers their ASCII letters.
    pub(super) fn may_be_in(&self, bytes: &mut [u8]) -> bool {
        let Some(part) = &self.part else { return true };
        bytes.make_ascii_lowercase();
        part.find(bytes).is_some() || self.spellings.iter().any(|spelling| spelling.find(bytes).is_some())
    }

    pub(crate) fn is_in_text(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.lowered)
    }

    /// Whether key, payload or reason of `event` contain the text.
    pub(super) fn is_in(&self, event: &EventRow) -> bool {
        let has = |text: &str| self.is_in_text(text);
        event.key.as_deref().is_some_and(has)
            || event.problem.as_deref().is_some_and(|problem| has(stored_json(problem)))
            || has(&String::from_utf8_lossy(&event.payload))
    }
}

/// The letter is spelt in another way in another case, by bytes that are not simply lowered.
fn has_case_beyond_ascii(letter: char) -> bool {
    let stays = |cased: &mut dyn Iterator<Item = char>| cased.eq([letter]);
    let is_plain =
        letter.is_ascii() || (stays(&mut letter.to_lowercase()) && stays(&mut letter.to_uppercase()));
    !is_plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_there_is_not_passed_over(before in "\\PC{0,8}", text in "[a-zA-Zäßéİı\u{212a}ſ日ς]{1,6}", after in "\\PC{0,8}") {
            for spelt in [text.clone(), text.to_uppercase(), text.to_lowercase()] {
                let whole = format!("{before}{spelt}{after}");
                for wanted in [text.clone(), text.to_uppercase(), text.to_lowercase()] {
                    let search = Search::new(&wanted);
                    if search.is_in_text(&whole) {
                        prop_assert!(search.may_be_in(&mut whole.clone().into_bytes()), "{wanted:?} in {whole:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn batches_without_the_text_are_passed_over() {
        let may = |wanted: &str, text: &str| Search::new(wanted).may_be_in(&mut text.as_bytes().to_vec());
        assert!(may("ANA@", "ana@shop.example") && may("müller", "MÜLLER"));
        assert!(!may("bea", "ana@shop.example") && !may("müller", "Ms. MÜHLE"));
    }
}
