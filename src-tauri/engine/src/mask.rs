//! Personal data, masked before it leaves for a window: the first letter stays, and an e-mail's domain.

use crate::json_text::Json;

/// What kind of personal data a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Masks one value under its name; `None` where it is not personal.
pub fn value(name: &str, text: &str) -> Option<String> {
    let personal = by_name(name).or_else(|| looks_like_email(text).then_some(Personal::Email))?;
    Some(masked(personal, text))
}

fn masked(personal: Personal, text: &str) -> String {
    match personal {
        Personal::Email => email(text),
        Personal::Name => text.split(' ').map(|word| initial(word, "••")).collect::<Vec<_>>().join(" "),
        Personal::Phone => {
            let count = text.chars().count();
            let shown =
                |index: usize, c: char| index < 3 && count > 6 || index + 2 >= count || !c.is_ascii_digit();
            text.chars().enumerate().map(|(index, c)| if shown(index, c) { c } else { '•' }).collect()
        }
        Personal::Other => initial(text, "•••"),
    }
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

/// Masks every personal value of a JSON document; true where something was masked. A text that is no JSON is
/// masked whole.
pub fn json(text: &str) -> (String, bool) {
    let Some(mut document) = Json::parse(text) else { return (free_text(text), true) };
    let touched = mask_json("", &mut document);
    (document.compact(), touched)
}

/// Masks a parsed document in place; true where something was masked.
pub fn mask_json(name: &str, document: &mut Json) -> bool {
    match document {
        Json::Object(entries) => {
            entries.iter_mut().fold(false, |touched, (key, value)| mask_json(key, value) | touched)
        }
        Json::List(items) => items.iter_mut().fold(false, |touched, item| mask_json(name, item) | touched),
        Json::Scalar(scalar) => {
            let Some(text) = Json::Scalar(scalar.clone()).text() else { return false };
            let is_personal_id = matches!(name, "userId" | "anonymousId") && looks_like_email(&text);
            let Some(masked) = value(if is_personal_id { "email" } else { name }, &text) else {
                return false;
            };
            let mut out = Vec::new();
            crate::value::write_string(&mut out, &masked);
            *scalar = String::from_utf8(out).unwrap_or_default();
            true
        }
    }
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
mod tests {
    use super::*;

    #[test]
    fn the_first_letter_and_the_domain_stay() {
        assert_eq!(value("EMAIL", "ana.ruiz@example.com").as_deref(), Some("a•••@example.com"));
        assert_eq!(value("full_name", "Ana Ruiz").as_deref(), Some("A•• R••"));
        assert_eq!(value("phone", "+49 30 123 4512").as_deref(), Some("+49 •• ••• ••12"));
        assert_eq!(value("note", "ana@example.com").as_deref(), Some("a•••@example.com"));
        assert_eq!(value("company", "Kestrel"), None);
        assert_eq!(value("lead_score", "86.5"), None);
    }

    #[test]
    fn a_payload_is_masked_at_every_depth() {
        let (masked, touched) = json(
            r#"{"type":"identify","userId":"ana@example.com","traits":{"score":0.10,"email":"ana@example.com"}}"#,
        );
        assert!(touched);
        assert_eq!(
            masked,
            r#"{"type":"identify","userId":"a•••@example.com","traits":{"score":0.10,"email":"a•••@example.com"}}"#
        );
    }

    #[test]
    fn addresses_in_an_answer_are_masked() {
        assert_eq!(free_text("no such user: ana@example.com!"), "no such user: a•••@example.com!");
    }
}
