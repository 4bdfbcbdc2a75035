//! Hashes of values in one form, for destinations that match people without knowing them.

use sha2::{Digest, Sha256};

use crate::sync::Hash;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Puts the hash, as a JSON string, in the place of the text that ends `out` and begins at `start` with a quote; the
/// text is as in JSON, without its closing quote. Where nothing of it is left to hash, answers false with `out` cut
/// off at `start`.
pub(super) fn replace(hash: Hash, start: usize, out: &mut Vec<u8>) -> bool {
    let first = start + 1;
    unescape(start, out);
    let digest = match hash {
        Hash::Text => digest(trimmed(out, first)),
        Hash::Email => email(out, first),
        Hash::Phone => phone(out, first, b""),
        Hash::PhonePlus => phone(out, first, b"+"),
    };
    out.truncate(start);
    let Some(digest) = digest else { return false };
    let mut text = [b'"'; 66];
    for (place, byte) in digest.into_iter().enumerate() {
        text[1 + 2 * place] = DIGITS[usize::from(byte >> 4)];
        text[2 + 2 * place] = DIGITS[usize::from(byte & 15)];
    }
    out.extend_from_slice(&text);
    true
}

/// Takes back the escapes of the JSON text behind the quote at `start`.
pub(super) fn unescape(start: usize, out: &mut Vec<u8>) {
    if !out[start..].contains(&b'\\') {
        return;
    }
    out.push(b'"');
    // It was written as JSON, so it reads back.
    let text = serde_json::from_slice::<String>(&out[start..]).unwrap_or_default();
    out.truncate(start + 1);
    out.extend_from_slice(text.as_bytes());
}

fn trimmed(out: &[u8], first: usize) -> &str {
    std::str::from_utf8(&out[first..]).unwrap_or_default().trim()
}

fn digest(text: &str) -> Option<[u8; 32]> {
    (!text.is_empty()).then(|| Sha256::digest(text.as_bytes()).into())
}

fn email(out: &mut [u8], first: usize) -> Option<[u8; 32]> {
    out[first..].make_ascii_lowercase();
    let text = trimmed(out, first);
    if text.is_ascii() { digest(text) } else { digest(&text.to_lowercase()) }
}

fn phone(out: &mut Vec<u8>, first: usize, sign: &[u8]) -> Option<[u8; 32]> {
    let end = out.len();
    out.extend_from_slice(sign);
    let digits = out.len();
    let mut at = first;
    while at < end {
        if out[at..end].starts_with(b"(0)") {
            at += 3;
            continue;
        }
        let byte = out[at];
        // No country code begins with a zero, so those in front are a dialling prefix.
        if byte.is_ascii_digit() && (byte != b'0' || out.len() > digits) {
            out.push(byte);
        }
        at += 1;
    }
    (out.len() > digits).then(|| Sha256::digest(&out[end..]).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashed(hash: Hash, text: &str) -> Option<String> {
        let mut out = b"before".to_vec();
        let mut json = serde_json::to_vec(text).unwrap();
        json.pop();
        out.extend_from_slice(&json);
        let some = replace(hash, 6, &mut out);
        let rest = String::from_utf8(out.split_off(6)).unwrap();
        assert_eq!(out, b"before");
        assert_eq!(some, !rest.is_empty());
        some.then(|| rest.trim_matches('"').to_owned())
    }

    /// What `printf %s TEXT | sha256sum` says.
    const VECTORS: &[(Hash, &str, &str, &str)] = &[
        (Hash::Text, " abc\n", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            Hash::Email,
            " Test@Example.COM ",
            "test@example.com",
            "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b",
        ),
    ];

    #[test]
    fn hashes_are_those_of_the_one_form() {
        for (hash, text, same, expected) in VECTORS {
            assert_eq!(hashed(*hash, text).as_deref(), Some(*expected), "{text}");
            assert_eq!(hashed(*hash, same).as_deref(), Some(*expected), "{same}");
        }
    }

    #[test]
    fn a_phone_number_is_its_digits_from_the_country_code_on() {
        let digits = hashed(Hash::Text, "4915112345678");
        for text in [
            "+49 151 12345678",
            "0049 (151) 123-456.78",
            "+49 (0)151/12345678",
            "4915112345678",
            " 49 15112345678\t",
        ] {
            assert_eq!(hashed(Hash::Phone, text), digits, "{text}");
            assert_eq!(hashed(Hash::PhonePlus, text), hashed(Hash::Text, "+4915112345678"), "{text}");
        }
    }

    #[test]
    fn letters_and_escapes_beyond_ascii_are_kept() {
        assert_eq!(hashed(Hash::Email, "MÜLLER@Köln.de"), hashed(Hash::Text, "müller@köln.de"));
        assert_eq!(hashed(Hash::Text, "\u{a0}a\"\\b\u{2003}"), hashed(Hash::Text, "a\"\\b"));
        assert_ne!(hashed(Hash::Text, "A"), hashed(Hash::Text, "a"));
    }

    #[test]
    fn of_nothing_there_is_no_hash() {
        for hash in [Hash::Text, Hash::Email, Hash::Phone, Hash::PhonePlus] {
            assert_eq!(hashed(hash, ""), None);
            assert_eq!(hashed(hash, " \t\u{a0}"), None);
        }
        assert_eq!(hashed(Hash::Phone, "n/a"), None);
        assert_eq!(hashed(Hash::PhonePlus, "+000"), None);
    }
}
