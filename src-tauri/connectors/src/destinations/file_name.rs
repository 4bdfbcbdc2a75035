//! Names of connections and syncs as parts of file names.

/// `name` as part of a file name, another one for every name also where capitals do not count.
pub(crate) fn file_safe(name: &str) -> String {
    let safe = |byte| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("~{byte:02x}"),
    };
    name.bytes().map(safe).collect()
}
