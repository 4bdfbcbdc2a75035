//! Where in the user's SQL an error is.

/// Line and column, counted from 1, of the character at `index`.
pub(crate) fn place(sql: &str, index: usize) -> Option<(usize, usize)> {
    let before: String = sql.chars().take(index).collect();
    (index <= sql.chars().count()).then(|| {
        let line = before.matches('\n').count() + 1;
        (line, before.chars().rev().take_while(|c| *c != '\n').count() + 1)
    })
}
