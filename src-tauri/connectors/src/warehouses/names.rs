//! Names, quoted as each warehouse wants them, and read back by a parser nobody here wrote.

use sluice_engine::sync::dialect::{
    Dialect, PostgreSqlDialect, RedshiftSqlDialect, SQLiteDialect, SnowflakeDialect,
};
use sluice_engine::testing::{Dice, soak};
use sqlparser::tokenizer::{Token, Tokenizer};

use super::{bigquery, postgres, redshift, sample, snowflake};

/// Names in one statement.
const TOGETHER: usize = 100;
/// What breaks what does not quote, more often than chance would have it.
const HOSTILE: [char; 24] = [
    '"', '\'', '`', '\\', ';', '-', '/', '*', '#', '$', '.', ',', '(', ')', '[', ']', '{', '}', ' ', '\n',
    '\t', '?', '@', 'é',
];

/// A dialect, and what quotes a name in it.
type Spoken = (&'static dyn Dialect, fn(&str) -> String);

/// 20,000 names, and a million in `make soak`.
fn names() -> impl Iterator<Item = Vec<String>> {
    let mut dice = Dice::new(4);
    let statements = soak(20_000, 1_000_000) / TOGETHER;
    (0..statements).map(move |_| (0..TOGETHER).map(|_| name(&mut dice)).collect())
}

/// One to 24 characters, half of them hostile, some beyond the plane people write in.
fn name(dice: &mut Dice) -> String {
    let length = 1 + dice.below(24);
    (0..length).map(|_| character(dice)).collect()
}

fn character(dice: &mut Dice) -> char {
    match dice.below(8) {
        0..4 => HOSTILE[dice.below(HOSTILE.len() as u64) as usize],
        4..7 => char::from(b'!' + dice.below(94) as u8),
        _ => char::from_u32(dice.below(0x1_f000) as u32).filter(|c| *c != '\0').unwrap_or('ß'),
    }
}

#[test]
fn names_in_double_quotes_read_back() {
    let dialects: [Spoken; 4] = [
        (&PostgreSqlDialect {}, postgres::quoted),
        (&RedshiftSqlDialect {}, redshift::quoted),
        (&SnowflakeDialect {}, snowflake::quoted),
        (&SQLiteDialect {}, sample::quoted),
    ];
    for (dialect, quoted) in dialects {
        for names in names() {
            let statement = names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(",");
            let tokens = Tokenizer::new(dialect, &statement).tokenize().expect("names and commas");
            let read: Vec<String> = tokens
                .into_iter()
                .filter(|token| *token != Token::Comma)
                .map(|token| {
                    let Token::Word(word) = token else {
                        panic!("{dialect:?} reads {token:?} in {statement}")
                    };
                    assert_eq!(word.quote_style, Some('"'), "{dialect:?}: {statement}");
                    word.value
                })
                .collect();
            assert_eq!(read, names, "{dialect:?}");
        }
    }
}

/// No parser at hand reads BigQuery's escapes in names, so this one does, as its lexical rules have them
/// (<https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#quoted_identifiers>).
#[test]
fn names_in_backticks_read_back() {
    for names in names() {
        for name in names {
            let quoted = bigquery::quoted(&name);
            assert_eq!(backticks(&quoted).as_deref(), Some(name.as_str()), "{quoted}");
        }
    }
}

/// The name, where nothing but one quoted name stands there.
fn backticks(text: &str) -> Option<String> {
    let mut chars = text.strip_prefix('`')?.chars();
    let mut name = String::new();
    loop {
        match chars.next()? {
            '`' => return chars.next().is_none().then_some(name),
            '\n' | '\r' => return None,
            '\\' => name.push(match chars.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => hexadecimal(&mut chars, 4)?,
                'U' => hexadecimal(&mut chars, 8)?,
                'x' => hexadecimal(&mut chars, 2)?,
                escaped @ ('\\' | '`' | '\'' | '"' | '?') => escaped,
                _ => return None,
            }),
            other => name.push(other),
        }
    }
}

fn hexadecimal(chars: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let text: String = chars.take(digits).collect();
    char::from_u32(u32::from_str_radix(&text, 16).ok()?)
}
