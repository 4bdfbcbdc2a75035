//! A run's progress on standard error: one line that is rewritten on a terminal, now and then a line elsewhere.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use sluice_api::wire::{Phase, Run};

use crate::words::{bytes, count, counted, duration};

/// Pause between lines where there is no terminal.
const PAUSE: Duration = Duration::from_secs(5);

/// Shows one run's progress.
pub(crate) struct Progress {
    on_terminal: bool,
    said: Option<(Phase, Instant)>,
}

impl Progress {
    /// Nothing shown yet.
    pub(crate) fn new() -> Self {
        Self { on_terminal: std::io::stderr().is_terminal(), said: None }
    }

    /// Shows where `run` is.
    pub(crate) fn show(&mut self, run: &Run) {
        let Some((phase, text)) = text(run) else { return };
        let mut stderr = std::io::stderr().lock();
        if self.on_terminal {
            drop(write!(stderr, "\r\x1b[2K{text}").and_then(|()| stderr.flush()));
        } else if self.said.is_none_or(|(said, at)| said != phase || at.elapsed() >= PAUSE) {
            drop(writeln!(stderr, "{text}"));
            self.said = Some((phase, Instant::now()));
        }
    }

    /// Clears the line, so that what follows begins on its own.
    pub(crate) fn end(&self) {
        if self.on_terminal {
            let mut stderr = std::io::stderr().lock();
            drop(write!(stderr, "\r\x1b[2K").and_then(|()| stderr.flush()));
        }
    }
}

fn text(run: &Run) -> Option<(Phase, String)> {
    let progress = run.progress.as_ref()?;
    let counts = &run.counts;
    let mut parts = match progress.phase {
        Phase::Reading => {
            let of = progress.expected_rows.filter(|rows| *rows >= counts.read);
            let of = of.map(|rows| format!(" of about {}", count(rows))).unwrap_or_default();
            let takes =
                run.cost.as_ref().map(|cost| format!("{} processed, {}", bytes(cost.bytes), cost.price));
            std::iter::once(format!("reading: {}{of}", counted(counts.read, "row"))).chain(takes).collect()
        }
        Phase::Sealing => vec![format!("comparing {}", counted(counts.read, "row"))],
        Phase::Sending => {
            let done = counts.delivered + counts.rejected;
            let of = progress.to_send.map(|all| format!(" of {}", count(all))).unwrap_or_default();
            vec![format!("sending: {}{of}", count(done))]
        }
    };
    if progress.per_second >= 1.0 {
        parts.push(format!("{} a second", count(progress.per_second as u64)));
    }
    parts.extend(progress.seconds_left.map(|seconds| format!("{} left", duration(seconds))));
    if counts.rejected > 0 {
        parts.push(format!("{} rejected", count(counts.rejected)));
    }
    parts.extend(progress.waiting_for.clone());
    Some((progress.phase, format!("{}: {}", run.sync, parts.join(" · "))))
}

#[cfg(test)]
mod tests {
    use sluice_api::wire::{Cost, RunProgress, RunStatus};

    use super::*;
    use crate::summary::tests::a_run;

    #[test]
    fn the_line_says_how_far_how_fast_and_what_it_waits_for() {
        let mut run = a_run(RunStatus::Running);
        run.progress = Some(RunProgress {
            phase: Phase::Sending,
            to_send: Some(9000),
            expected_rows: None,
            per_second: 850.4,
            seconds_left: Some(6.0),
            rates: vec![],
            waiting_for: Some("RudderStack asked for 3 s".into()),
        });
        let line = text(&run).map(|(_, line)| line);
        assert_eq!(
            line.as_deref(),
            Some(
                "lead-scores: sending: 4,008 of 9,000 · 850 a second · 6.0 s left · 8 rejected · RudderStack asked for 3 s"
            )
        );
    }

    #[test]
    fn what_a_read_takes_is_told_while_it_goes_on() {
        let mut run = a_run(RunStatus::Running);
        run.cost = Some(Cost { bytes: 1_200_000_000, price: "about $0.01".into() });
        run.progress = Some(RunProgress {
            phase: Phase::Reading,
            to_send: None,
            expected_rows: None,
            per_second: 0.0,
            seconds_left: None,
            rates: vec![],
            waiting_for: None,
        });
        let line = text(&run).map(|(_, line)| line).unwrap_or_default();
        assert!(line.contains("1.2 GB processed, about $0.01"), "{line}");
    }

    #[test]
    fn a_run_that_has_ended_has_no_line() {
        assert!(text(&a_run(RunStatus::Completed)).is_none());
    }
}
