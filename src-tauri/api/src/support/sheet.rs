//! What can stand in the support details.
//!
//! Words of Sluice itself, which are there when it is built, and numbers and times: a [`Said`] is made of nothing else. So
//! nothing that somebody typed, or that another system answered, can come into the text by mistake.

use std::fmt;

use sluice_engine::words::{bytes, count};

use crate::convert::time;

/// One thing that is said.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// A word of Sluice's own.
    Word(&'static str),
    /// How many.
    Count(u64),
    /// A number that names something, such as a run.
    Number(u64),
    /// A size in bytes.
    Bytes(u64),
    /// A share, 0 to 100.
    Percent(u64),
    /// A length of time.
    Seconds(f64),
    /// A time, in ms since 1970.
    At(i64),
    /// The numbers of a version.
    Version(Vec<u32>),
    /// Several things, one after the other.
    All(Vec<Said>),
}

impl Said {
    /// The numbers of a version, and nothing else of it.
    pub(super) fn version(text: &str) -> Self {
        Self::Version(text.split('.').map_while(|number| number.parse().ok()).take(4).collect())
    }

    /// What there is, or else a word.
    pub(super) fn or<T: Into<Self>>(there: Option<T>, otherwise: &'static str) -> Self {
        there.map_or(Self::Word(otherwise), Into::into)
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Count(number) => f.write_str(&count(*number)),
            Self::Number(number) => write!(f, "{number}"),
            Self::Bytes(size) => f.write_str(&bytes(*size)),
            Self::Percent(share) => write!(f, "{share} %"),
            Self::Seconds(seconds) => write!(f, "{seconds:.1} s"),
            Self::At(millis) => f.write_str(&time(*millis)),
            Self::Version(numbers) => {
                let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
                f.write_str(&numbers.join("."))
            }
            Self::All(parts) => {
                let parts: Vec<String> = parts.iter().map(Self::to_string).collect();
                f.write_str(&parts.join(" "))
            }
        }
    }
}

impl From<&'static str> for Said {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

impl From<bool> for Said {
    fn from(is_so: bool) -> Self {
        Self::Word(if is_so { "yes" } else { "no" })
    }
}

impl From<u64> for Said {
    fn from(number: u64) -> Self {
        Self::Count(number)
    }
}

impl From<u32> for Said {
    fn from(number: u32) -> Self {
        Self::Count(u64::from(number))
    }
}

impl From<usize> for Said {
    fn from(number: usize) -> Self {
        Self::Count(number as u64)
    }
}

impl From<Vec<Self>> for Said {
    fn from(parts: Vec<Self>) -> Self {
        Self::All(parts)
    }
}

/// The text, as Markdown that reads well as it is.
#[derive(Debug)]
pub(super) struct Sheet {
    text: String,
}

impl Sheet {
    /// One with this title.
    pub(super) fn new(title: &'static str) -> Self {
        Self { text: format!("# {title}\n\n") }
    }

    /// A sentence under the title.
    pub(super) fn sentence(&mut self, sentence: &'static str) {
        self.line(sentence);
    }

    /// Begins a part.
    pub(super) fn part(&mut self, title: &'static str) {
        self.line("");
        self.line(&format!("## {title}"));
        self.line("");
    }

    /// Begins a part of a part, about one of several.
    pub(super) fn numbered(&mut self, what: &'static str, number: usize) {
        self.line("");
        self.line(&format!("### {what} {number}"));
        self.line("");
    }

    /// Says one thing under its name.
    pub(super) fn fact(&mut self, name: &'static str, said: impl Into<Said>) {
        self.line(&format!("- {name}: {}", said.into()));
    }

    /// Says the same of each row; nothing where there is none.
    pub(super) fn table<const N: usize>(&mut self, heads: [&'static str; N], rows: Vec<[Said; N]>) {
        if rows.is_empty() {
            self.line("None.");
            return;
        }
        self.line(&format!("| {} |", heads.join(" | ")));
        self.line(&format!("|{}", "---|".repeat(N)));
        for row in rows {
            let cells = row.map(|cell| cell.to_string());
            self.line(&format!("| {} |", cells.join(" | ")));
        }
    }

    /// The whole text.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}
