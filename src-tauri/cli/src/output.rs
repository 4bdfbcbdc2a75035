//! What the command prints: answers on standard output, everything else on standard error.

use std::io::{self, Write};

use serde::Serialize;
use sluice_api::wire::Problem;

/// Where answers go, and in which form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// Answers are JSON.
    pub(crate) json: bool,
}

#[derive(Serialize)]
struct Failed<'a> {
    problem: &'a Problem,
}

impl Output {
    /// Prints the answer: `document` as JSON, or else the lines for people.
    pub(crate) fn answer<T: Serialize>(self, document: &T, lines: impl FnOnce() -> Vec<String>) {
        if self.json {
            document_line(document);
        } else {
            print(&lines());
        }
    }

    /// Prints why there is no answer: on standard error, and in JSON as the one document too.
    pub(crate) fn failed(self, why: &Problem) {
        if self.json {
            document_line(&Failed { problem: why });
        }
        problem(why);
    }

    /// Prints lines for people, and nothing in JSON.
    pub(crate) fn people(self, lines: &[String]) {
        if !self.json {
            print(lines);
        }
    }

    /// Prints a line for people, and nothing in JSON.
    pub(crate) fn line(self, line: impl Into<String>) {
        self.people(&[line.into()]);
    }
}

/// Prints one JSON document on its own line.
pub(crate) fn document_line<T: Serialize>(document: &T) {
    match serde_json::to_string(document) {
        Ok(text) => print(&[text]),
        Err(error) => note(&format!("The answer could not be written as JSON: {error}.")),
    }
}

/// Prints lines on standard output.
pub(crate) fn print(lines: &[String]) {
    let mut stdout = io::stdout().lock();
    let written = lines.iter().try_for_each(|line| writeln!(stdout, "{line}")).and_then(|()| stdout.flush());
    if let Err(error) = written {
        // Nobody reads any more (`sluice events | head`): that is the reader's decision, not a failure.
        std::process::exit(i32::from(error.kind() != io::ErrorKind::BrokenPipe));
    }
}

/// Prints a line on standard error. With nobody there to read it, there is nobody to tell.
pub(crate) fn note(line: &str) {
    drop(writeln!(io::stderr().lock(), "{line}"));
}

/// Prints a problem on standard error.
pub(crate) fn problem(problem: &Problem) {
    note(&problem_text(problem));
}

/// *What happened · what is safe · what to do*, then what helps: something to copy, the causes.
pub(crate) fn problem_text(problem: &Problem) -> String {
    let mut text = format!("{} · {} · {} ({})", problem.message, problem.safe, problem.hint, problem.code);
    for line in problem.fix.iter().flat_map(|fix| fix.lines()) {
        text.push_str("\n    ");
        text.push_str(line);
    }
    for detail in &problem.details {
        text.push_str("\n  cause: ");
        text.push_str(detail);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_what_happened_what_is_safe_and_what_to_do() {
        let problem = Problem {
            code: "SLU-2004".into(),
            kind: "sign_in_failed".into(),
            message: "The password was refused.".into(),
            safe: "Nothing was sent.".into(),
            hint: "Enter it again.".into(),
            fix: Some("alter role x;".into()),
            retries: false,
            details: vec!["28P01".into()],
        };
        assert_eq!(
            problem_text(&problem),
            "The password was refused. · Nothing was sent. · Enter it again. (SLU-2004)\n    alter role x;\n  cause: 28P01"
        );
    }
}
