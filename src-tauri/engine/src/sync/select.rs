//! Only one SELECT: the warehouse is read, never written.

use sqlparser::ast::{Query, SetExpr, Statement};
use sqlparser::dialect::Dialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, Tokenizer};

use crate::error::{Error, ErrorKind, Result};

/// Refuses a statement that is not exactly one SELECT, as the warehouse's own dialect reads it, before the
/// warehouse sees it.
pub(super) fn check_select(sql: &str, dialect: &dyn Dialect) -> Result<()> {
    let statements = Parser::parse_sql(dialect, sql).map_err(not_understood)?;
    match statements.as_slice() {
        [Statement::Query(query)] if only_reads(query) => Ok(()),
        [_] => Err(Error::new(ErrorKind::BadQuery, "The query is not a SELECT, and Sluice only reads.")),
        _ => Err(Error::new(ErrorKind::BadQuery, "The query has to be exactly one SELECT.")),
    }
}

/// The parser's own words name what it stopped at, with line and column.
fn not_understood(error: ParserError) -> Error {
    /// Characters of what it says; what it stopped at can be a text of any length.
    const LONGEST: usize = 200;
    let place: String = match &error {
        ParserError::TokenizerError(said) | ParserError::ParserError(said) => {
            let end = if said.chars().nth(LONGEST).is_some() { "…" } else { "." };
            said.trim_end_matches('.').chars().take(LONGEST).chain(end.chars()).collect()
        }
        ParserError::RecursionLimitExceeded => "it is nested too deeply.".to_owned(),
    };
    Error::new(ErrorKind::BadQuery, format!("The query is not SQL that Sluice understands: {place}"))
        .with_source(error)
}

/// A SELECT without the semicolon it may end with, and without what stands behind that: comments. It can stand in brackets,
/// with a line break before the closing one, which ends a comment of the SELECT itself.
pub fn without_end<'a>(sql: &'a str, dialect: &dyn Dialect) -> &'a str {
    // What the parser does not understand is no SELECT; see `check_select`.
    let Ok(tokens) = Tokenizer::new(dialect, sql).tokenize_with_location() else { return sql };
    let mut end = None;
    for token in tokens {
        if token.token == Token::SemiColon {
            end = end.or(Some(token.span.start));
        } else if !matches!(token.token, Token::Whitespace(_) | Token::EOF) {
            end = None;
        }
    }
    end.map_or(sql, |end| before(sql, end)).trim_end()
}

/// The part of `sql` before a semicolon in it.
fn before(sql: &str, end: Location) -> &str {
    let mut at = Location::new(1, 1);
    for (place, letter) in sql.char_indices() {
        if at == end && letter == ';' {
            return sql.get(..place).unwrap_or(sql);
        }
        at = if letter == '\n' {
            Location::new(at.line + 1, 1)
        } else {
            Location::new(at.line, at.column + 1)
        };
    }
    sql
}

/// No INTO, no row locks, and no writing statement inside, at any depth of the query itself.
fn only_reads(query: &Query) -> bool {
    let inner = query.with.iter().flat_map(|with| &with.cte_tables).all(|table| only_reads(&table.query));
    inner && query.locks.is_empty() && set_reads(&query.body)
}

fn set_reads(body: &SetExpr) -> bool {
    match body {
        SetExpr::Select(select) => select.into.is_none(),
        SetExpr::Query(query) => only_reads(query),
        SetExpr::SetOperation { left, right, .. } => set_reads(left) && set_reads(right),
        SetExpr::Values(_) | SetExpr::Table(_) => true,
        SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use sqlparser::dialect::GenericDialect;

    use super::*;

    fn check(sql: &str) -> Result<()> {
        check_select(sql, &GenericDialect {})
    }

    #[test]
    fn a_select_passes() {
        for sql in [
            "select 1",
            "SELECT * FROM a.b WHERE c > 1;",
            "with x as (select 1) select * from x",
            "(select 1) union select 2",
        ] {
            check(sql).unwrap();
        }
    }

    #[test]
    fn what_stands_behind_a_select_is_no_part_of_it() {
        for (sql, select) in [
            ("select 1", "select 1"),
            ("select 1;", "select 1"),
            ("select 1 ;\n", "select 1"),
            ("select 1;;", "select 1"),
            ("select 1; -- all of them", "select 1"),
            ("select 1;/* x */", "select 1"),
            ("select 1; -- one;\n/* and ; */ ;\n", "select 1"),
            ("select 1 -- not yet;", "select 1 -- not yet;"),
            ("select 'é;' -- Zoë;\n, ';' as \"a;b\"\n  ; -- end", "select 'é;' -- Zoë;\n, ';' as \"a;b\""),
        ] {
            check(sql).unwrap();
            assert_eq!(without_end(sql, &GenericDialect {}), select);
        }
    }

    #[test]
    fn what_is_not_understood_is_told_with_its_place() {
        let error = check("select id\nfrom leads wher id > 1").unwrap_err();
        for said in ["Sluice understands: ", "found: id", "Line: 2, Column: 17"] {
            assert!(error.message().contains(said), "{error:?}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let refused = [
            "",
            "delete from a",
            "select 1; select 2",
            "insert into a values (1)",
            "select * into b from a",
            "select * from a for update",
            "with x as (delete from a returning *) select * from x",
            "drop table a",
            "selec 1",
            "call f()",
        ];
        for sql in refused {
            assert_eq!(check(sql).unwrap_err().kind(), ErrorKind::BadQuery, "{sql}");
        }
    }
}
