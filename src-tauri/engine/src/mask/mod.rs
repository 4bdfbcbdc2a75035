//! Personal data, masked before it leaves for a window: the first letter stays, and an e-mail's domain. Fields that are
//! sent masked ([`outline`]) keep no more than that.
//!
//! What is personal is said by names: of the column a value comes from, and of the key it stands under. [`Masks`] knows
//! both for one sync.

mod masks;
mod sources;

use serde::{Deserialize, Serialize};

pub use masks::Masks;
pub use sources::Remembered;

/// What kind of personal data a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Personal {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A person's name.
    Name,
    /// An address, a birthday, a number of a card or document, an IP address.
    Other,
}

/// Whether a column or key of this name holds personal data.
pub fn by_name(name: &str) -> Option<Personal> {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| plain.contains(part));
    if has(&["email", "mailaddress"]) || plain == "mail" {
        return Some(Personal::Email);
    }
    if has(&["phone", "mobile", "telefon"]) || plain == "tel" || plain == "fax" {
        return Some(Personal::Phone);
    }
    if has(&[
        "firstname",
        "lastname",
        "fullname",
        "surname",
        "givenname",
        "familyname",
        "middlename",
        "ownername",
    ]) || ["name", "username", "contactname"].contains(&plain.as_str())
    {
        return Some(Personal::Name);
    }
    let other =
        ["street", "birth", "passport", "iban", "creditcard", "cardnumber", "ssn", "ipaddress", "iplastseen"];
    (has(&other)
        || ["ip", "dob", "address", "address1", "address2", "postcode", "zip"].contains(&plain.as_str()))
    .then_some(Personal::Other)
}

/// Whether a text looks like an e-mail address, whatever it is called.
pub fn looks_like_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace) && text.len() <= 254
}

/// Masks one value that is personal in this way, or in none by its name; `None` where nothing of it is masked.
///
/// A hash says nothing of what it was made from, so it is shown under any name.
fn text(personal: Option<Personal>, text: &str) -> Option<String> {
    if text.is_empty() || is_hash(text) {
        return None;
    }
    match personal {
        Some(personal) => Some(masked(personal, text)),
        None if looks_like_email(text) => Some(email(text)),
        None if text.contains('@') => Some(free_text(text)).filter(|masked| masked != text),
        None => None,
    }
}

/// What is sent in the place of a value that is to be recognised and not read, whatever it is called: an e-mail address
/// keeps its first letter and its domain, a longer number its last digits and its signs, everything else its first
/// letter. `None` where there is nothing but space.
pub fn outline(value: &str) -> Option<String> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    Some(if looks_like_email(value) && value.matches('@').count() == 1 {
        masked(Personal::Email, value)
    } else if is_number(value) {
        digits(value, 0, if value.bytes().filter(u8::is_ascii_digit).count() < 10 { 2 } else { 4 })
    } else {
        masked(Personal::Other, value)
    })
}

/// Whether a text is what [`Hash`](crate::sync::Hash) makes: 64 lower-case hex digits.
fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn masked(personal: Personal, text: &str) -> String {
    match personal {
        Personal::Email => email(text),
        Personal::Name => text.split(' ').map(|word| initial(word, "••")).collect::<Vec<_>>().join(" "),
        Personal::Phone if is_number(text) => digits(text, 3, 2),
        Personal::Phone | Personal::Other => initial(text, "•••"),
    }
}

/// Whether a text is a telephone number with digits to hide: of anything else the digits alone hide nothing.
fn is_number(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() > 6
        && text.chars().all(|c| c.is_ascii_digit() || " +-./()\u{a0}".contains(c))
}

/// A number without its digits, but for those among its `first` and `last` signs.
fn digits(text: &str, first: usize, last: usize) -> String {
    let count = text.chars().count();
    let shown = |index: usize, c: char| index < first || index + last >= count || !c.is_ascii_digit();
    text.chars().enumerate().map(|(index, c)| if shown(index, c) { c } else { '•' }).collect()
}

fn email(text: &str) -> String {
    match text.split_once('@') {
        Some((local, domain)) => format!("{}@{domain}", initial(local, "•••")),
        None => initial(text, "•••"),
    }
}

fn initial(word: &str, dots: &str) -> String {
    word.chars().next().map_or_else(String::new, |first| format!("{first}{dots}"))
}

/// Masks e-mail addresses inside free text, such as a vendor's error.
pub fn free_text(text: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || "@.+-_".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars() {
        if is_part(c) {
            word.push(c);
            continue;
        }
        push_word(&mut out, &mut word);
        out.push(c);
    }
    push_word(&mut out, &mut word);
    out
}

fn push_word(out: &mut String, word: &mut String) {
    if word.contains('@') && word.len() > 1 {
        out.push_str(&email(word));
    } else {
        out.push_str(word);
    }
    word.clear();
}

#[cfg(test)]
mod tests;
