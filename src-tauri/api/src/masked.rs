//! What is shown beside the values themselves, with what is personal masked; without masks as it is.

use sluice_engine::mask::{Masks, free_text};

use crate::wire::Problem;

/// Shorter values stand in too many words by chance, in characters.
const SHORTEST: usize = 3;

/// The key of a row.
pub(crate) fn shown_key(key: &str, masks: Option<&Masks>) -> String {
    masks.and_then(|masks| masks.key(key)).unwrap_or_else(|| key.to_owned())
}

/// How words about one row are masked: a reason or an address may name its key, and repeat what was sent.
pub(crate) struct AboutRow<'a> {
    masks: Option<&'a Masks>,
    /// Personal values of the row, the longest first, and what is shown in their place.
    values: Vec<(String, String)>,
}

impl<'a> AboutRow<'a> {
    /// A row with this key and payload.
    pub(crate) fn of(masks: Option<&'a Masks>, key: Option<&str>, payload: &str) -> Self {
        let mut values = masks.map(|masks| masks.hidden_in(payload)).unwrap_or_default();
        let hidden_key = key.and_then(|key| Some((key.to_owned(), masks?.key(key)?)));
        values.extend(hidden_key);
        values.retain(|(value, _)| value.chars().count() >= SHORTEST);
        values.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        Self { masks, values }
    }

    /// Words about the row.
    pub(crate) fn words(&self, words: &str) -> String {
        if self.masks.is_none() { words.to_owned() } else { free_text(&self.without_values(words)) }
    }

    /// What a request with the row or its answer carried.
    pub(crate) fn body(&self, text: &str) -> String {
        self.masks.map_or_else(|| text.to_owned(), |masks| self.without_values(&masks.body(text)))
    }

    /// Why something became of the row.
    pub(crate) fn problem(&self, mut problem: Problem) -> Problem {
        problem.message = self.words(&problem.message);
        problem.details.iter_mut().for_each(|detail| *detail = self.words(detail));
        problem
    }

    fn without_values(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (value, masked) in &self.values {
            text = replaced(&text, value, masked);
        }
        text
    }
}

/// `text` with `masked` where `value` stands as words of its own.
fn replaced(text: &str, value: &str, masked: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(value) {
        let is_inside = before.chars().next_back().is_some_and(char::is_alphanumeric)
            || after.chars().next().is_some_and(char::is_alphanumeric);
        out.push_str(before);
        out.push_str(if is_inside { value } else { masked });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_replaced_where_it_stands_as_words_of_its_own() {
        assert_eq!(replaced("“Ana” is no name, Ana!", "Ana", "A••"), "“A••” is no name, A••!");
        assert_eq!(replaced("Anatolia, Diana", "Ana", "A••"), "Anatolia, Diana");
        assert_eq!(replaced("Ana", "Ana", "A••"), "A••");
    }

    #[test]
    fn words_about_a_row_name_neither_its_key_nor_what_was_sent() {
        let masks = Masks::default();
        let payload = r#"{"full_name":"Hannah Fischer","first_name":"Hannah","zip":12345,"plan":"pro"}"#;
        let row = AboutRow::of(Some(&masks), Some("hannah@example.com"), payload);
        assert_eq!(row.words("“Hannah Fischer” (Hannah) has pro, 12345"), "“H•• F••” (H••) has pro, 12345");
        assert_eq!(
            row.words("An earlier row has the key “hannah@example.com” too."),
            "An earlier row has the key “h•••@example.com” too."
        );
        assert_eq!(
            row.body(r#"{"message":"no Hannah Fischer","id":"Hannah Fischer"}"#),
            r#"{"message":"no H•• F••","id":"H•• F••"}"#
        );
        assert_eq!(AboutRow::of(None, None, payload).words("Hannah Fischer"), "Hannah Fischer");
    }
}
