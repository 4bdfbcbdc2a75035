//! Only one SELECT: the warehouse is read, never written.

use sqlparser::ast::{Query, SetExpr, Statement};
use sqlparser::dialect::Dialect;
use sqlparser::parser::Parser;

use crate::error::{Error, ErrorKind, Result};

/// Refuses a statement that is not exactly one SELECT, as the warehouse's own dialect reads it, before the
/// warehouse sees it.
pub(super) fn check_select(sql: &str, dialect: &dyn Dialect) -> Result<()> {
    let statements = Parser::parse_sql(dialect, sql).map_err(|error| {
        Error::new(ErrorKind::BadQuery, "The query is not SQL that Sluice understands.").with_source(error)
    })?;
    match statements.as_slice() {
        [Statement::Query(query)] if only_reads(query) => Ok(()),
        [_] => Err(Error::new(ErrorKind::BadQuery, "The query is not a SELECT, and Sluice only reads.")),
        _ => Err(Error::new(ErrorKind::BadQuery, "The query has to be exactly one SELECT.")),
    }
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
