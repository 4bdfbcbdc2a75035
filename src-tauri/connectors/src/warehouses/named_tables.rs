//! The tables a SELECT names, so that an administrator can be asked for just these.

use std::collections::HashSet;

use sluice_engine::sync::dialect::Dialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, Tokenizer, Word};

/// A name's parts, such as schema and table, as the warehouse has them.
pub(super) type Parts = Vec<String>;

/// The tables `sql` names after FROM and JOIN, at any depth, in their order and each once. `folded` makes of an unquoted
/// name what the warehouse does. What the query itself makes (WITH) and functions are none.
///
/// Without a server nobody knows what a name means; so this may name a table too many, which nobody can grant.
pub(super) fn named_tables(sql: &str, dialect: &dyn Dialect, folded: fn(&str) -> String) -> Vec<Parts> {
    let Ok(tokens) = Tokenizer::new(dialect, sql).tokenize() else { return Vec::new() };
    let tokens = tokens.into_iter().filter(|token| !matches!(token, Token::Whitespace(_))).collect();
    let mut looking = Looking { tokens, folded, made: HashSet::new(), aliases: HashSet::new() };
    looking.note_what_with_makes();
    let mut seen = HashSet::new();
    let all = looking.tables();
    all.into_iter()
        .filter(|parts| match parts.as_slice() {
            [name] => !looking.made.contains(name),
            // A column of a table before it, which is unnested.
            [first, ..] => !looking.aliases.contains(first),
            [] => false,
        })
        .filter(|parts| seen.insert(parts.clone()))
        .collect()
}

/// What is no longer in the list of tables that FROM begins.
const ENDS_TABLES: &[&str] = &[
    "where",
    "group",
    "having",
    "order",
    "limit",
    "union",
    "intersect",
    "except",
    "minus",
    "qualify",
    "window",
    "connect",
    "select",
];

struct Looking {
    tokens: Vec<Token>,
    folded: fn(&str) -> String,
    /// What WITH gives a name.
    made: HashSet<String>,
    /// What tables are called in the query.
    aliases: HashSet<String>,
}

/// What is between two brackets.
struct Level {
    /// It is a query, or all of the text; otherwise a function's arguments, in which FROM is something else.
    is_query: bool,
    /// A comma is followed by another table.
    lists_tables: bool,
}

impl Looking {
    /// `name [(…)] AS [[NOT] MATERIALIZED] (` is a query that gets a name.
    fn note_what_with_makes(&mut self) {
        for at in 0..self.tokens.len() {
            let mut next = at + 1;
            if self.tokens.get(next) == Some(&Token::LParen) {
                let Some(end) = self.tokens[next..].iter().position(|token| *token == Token::RParen) else {
                    continue;
                };
                next += end + 1;
            }
            if !self.is_word(next, &["as"]) {
                continue;
            }
            next += 1;
            while self.is_word(next, &["not", "materialized"]) {
                next += 1;
            }
            if let (Some(Token::Word(word)), Some(Token::LParen)) =
                (self.tokens.get(at), self.tokens.get(next))
            {
                let name = self.name(word);
                self.made.insert(name);
            }
        }
    }

    fn tables(&mut self) -> Vec<Parts> {
        let mut found = Vec::new();
        let mut levels = vec![Level { is_query: true, lists_tables: false }];
        let mut at = 0;
        while at < self.tokens.len() {
            if self.is_table_next(at, &mut levels) {
                let (table, next) = self.table_at(at + 1);
                found.extend(table);
                at = next;
            } else {
                at += 1;
            }
        }
        found
    }

    /// Whether what follows the token at `at` stands where a table would.
    fn is_table_next(&self, at: usize, levels: &mut Vec<Level>) -> bool {
        let (token, next) = (&self.tokens[at], at + 1);
        let Some(level) = levels.last_mut() else { return false };
        if *token == Token::LParen {
            let nested = level.is_query && self.tokens.get(next) == Some(&Token::LParen);
            let is_query = nested || self.is_word(next, &["select", "with", "values"]);
            // Brackets around joined tables.
            let joined = !is_query && level.lists_tables && self.begins_tables(at);
            levels.push(Level { is_query: is_query || joined, lists_tables: joined });
            return joined;
        }
        if *token == Token::RParen {
            levels.pop();
            return false;
        }
        if *token == Token::Comma {
            return level.lists_tables;
        }
        // `IS DISTINCT FROM` compares.
        let compares = at > 0 && self.is_word(at - 1, &["distinct"]);
        if level.is_query && self.is_word(at, &["from"]) && !compares {
            level.lists_tables = true;
        } else if self.is_word(at, ENDS_TABLES) {
            level.lists_tables = false;
        }
        level.lists_tables && self.is_word(at, &["from", "join"]) && !compares
    }

    /// The bracket at `at` stands where a table would.
    fn begins_tables(&self, at: usize) -> bool {
        at > 0 && (self.is_word(at - 1, &["from", "join"]) || self.tokens[at - 1] == Token::Comma)
    }

    /// The table whose name begins at `at`, where one does, and where to go on.
    fn table_at(&mut self, mut at: usize) -> (Option<Parts>, usize) {
        let begin = at;
        while self.is_word(at, &["only", "lateral"]) {
            at += 1;
        }
        let mut parts = Vec::new();
        while let Some(Token::Word(word)) = self.tokens.get(at) {
            if parts.is_empty() && self.is_word(at, &["select", "unnest", "values", "table"]) {
                return (None, begin);
            }
            let mut name = self.name(word);
            at += 1;
            // Some warehouses take a hyphen in a name: `my-project.dataset.table`.
            while let (Some(Token::Minus), Some(Token::Word(word))) =
                (self.tokens.get(at), self.tokens.get(at + 1))
            {
                name = format!("{name}-{}", word.value);
                at += 2;
            }
            parts.push(name);
            if self.tokens.get(at) != Some(&Token::Period) {
                break;
            }
            at += 1;
        }
        // A function.
        if parts.is_empty() || self.tokens.get(at) == Some(&Token::LParen) {
            return (None, begin.max(at));
        }
        let alias = at + usize::from(self.is_word(at, &["as"]));
        if let Some(Token::Word(word)) = self.tokens.get(alias)
            && word.keyword == Keyword::NoKeyword
        {
            let name = self.name(word);
            self.aliases.insert(name);
        }
        (Some(parts), at)
    }

    fn name(&self, word: &Word) -> String {
        if word.quote_style.is_some() { word.value.clone() } else { (self.folded)(&word.value) }
    }

    fn is_word(&self, at: usize, words: &[&str]) -> bool {
        let Some(Token::Word(word)) = self.tokens.get(at) else { return false };
        word.quote_style.is_none() && words.iter().any(|one| word.value.eq_ignore_ascii_case(one))
    }
}

#[cfg(test)]
mod tests {
    use sluice_engine::sync::dialect::{PostgreSqlDialect, RedshiftSqlDialect};

    use super::*;

    fn named(sql: &str) -> Vec<String> {
        let dialects: [&dyn Dialect; 2] = [&PostgreSqlDialect {}, &RedshiftSqlDialect {}];
        let [one, other] = dialects.map(|dialect| named_tables(sql, dialect, str::to_lowercase));
        assert_eq!(one, other);
        one.into_iter().map(|parts| parts.join("/")).collect()
    }

    #[test]
    fn tables_are_found_at_any_depth() {
        for (sql, expect) in [
            ("select 1", ""),
            ("select * from Shop.Leads", "shop/leads"),
            ("select * from \"Shop\".\"Le\"\"a.ds\" -- from x", "Shop/Le\"a.ds"),
            ("select a from leads l, shop.orders as o where l.id = o.id", "leads shop/orders"),
            ("select * from a left join b on f(a.x, b.y), c order by x, y", "a b c"),
            ("select * from (a join b using (x, y)) cross join c", "a b c"),
            ("select * from (select * from inner_one) q join other.two on true", "inner_one other/two"),
            ("select (select max(x) from one), y from two where z in (select z from three)", "one two three"),
            (
                "with x as (select * from a), y (n, m) as materialized (select * from x) select * from y, b",
                "a b",
            ),
            ("select 1 from a union all (select 2 from b) except select 3 from a", "a b"),
            ("select extract(year from at), trim(both from name) from leads", "leads"),
            ("select a is distinct from b, c is not distinct from d from leads", "leads"),
            (
                "select * from generate_series(1, 9) as i, only shop.leads, lateral (select * from b) q",
                "shop/leads b",
            ),
            ("select o.id from customers c, c.orders o", "customers"),
            ("select * from sales_db.public.orders", "sales_db/public/orders"),
            ("select 'from x', $$ from y $$ from z", "z"),
            ("select * from my-own-project.shop.leads l, b", "my-own-project/shop/leads b"),
        ] {
            assert_eq!(named(sql).join(" "), expect, "{sql}");
        }
    }

    #[test]
    fn what_is_no_sql_names_none_and_is_no_panic() {
        let sql = "with x (a) as (select 1 from (a join b on (1)) , c.d) select from , from . ( ) ) from";
        for end in 0..=sql.len() {
            named(&sql[..end]);
        }
        assert!(named("select 'open from x").is_empty());
    }
}
