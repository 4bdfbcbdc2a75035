//! Names of columns that break what does not quote.

/// What ends a quote, a statement or a comment somewhere, and what is read in a special way.
const PARTS: [&str; 40] = [
    "\"",
    "\"\"",
    "'",
    "''",
    "`",
    "``",
    "\\",
    "\\\"",
    "\\'",
    "\\`",
    "]",
    "[a]",
    ";",
    "; drop table kept",
    "--",
    "-- x",
    "/*",
    "*/",
    "#",
    "$1",
    "$$",
    "?",
    ":name",
    "@x",
    "%s",
    "%",
    "{0}",
    "{",
    "}",
    "(",
    ")",
    ",",
    ".",
    "a.b",
    "..",
    "*",
    "\t",
    "é",
    "名前",
    "🚀",
];

/// Words that mean something.
const WORDS: [&str; 20] = [
    "select",
    "FROM",
    "null",
    "true",
    "order",
    "group",
    "table",
    "user",
    "default",
    "limit",
    "union",
    "case",
    "end",
    "date",
    "timestamp",
    "interval",
    "array",
    "struct",
    "qualify",
    "rowid",
];

/// More than 200 names; no two are one when case is forgotten, and none is longer than 63 bytes.
pub(crate) fn hostile() -> Vec<String> {
    let within = PARTS.iter().flat_map(|part| {
        [
            format!("{part}x"),
            format!("x{part}"),
            format!("a {part} b"),
            format!("c{part}d{part}"),
            format!("n {part}"),
        ]
    });
    let words = WORDS.iter().map(|word| (*word).to_owned());
    let others = [
        " leading",
        "trailing ",
        "two  spaces",
        "0",
        "1st",
        "_",
        "__x__",
        "UPPER",
        "Mixed Case",
        "ß",
        "ı",
        "İ",
    ];
    let mut names: Vec<String> = within.chain(words).chain(others.map(str::to_owned)).collect();
    // What a name looks like to somebody who reads on.
    names.extend((0..90).map(|index| format!("column {index} – “{index}”")));
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| name.len() <= 63 && seen.insert(name.to_lowercase()));
    names
}
