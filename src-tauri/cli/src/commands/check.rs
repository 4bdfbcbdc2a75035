//! `sluice check`: the stepwise connection test.

use sluice_api::Api;
use sluice_api::wire::{CheckResult, CheckStep, Checks, ConnectionCheck, Problem, Push};

use crate::exit::Exit;
use crate::output::{self, Output};

/// Tests the connection called `name`, and shows each step as it ends.
pub(crate) async fn run(api: &Api, out: Output, name: String) -> Result<Exit, Problem> {
    let checks = test(api, out, name).await?;
    if out.json {
        output::document_line(&checks);
    }
    Ok(if checks.ok { Exit::Done } else { Exit::Failed })
}

/// Tests the connection called `name`; people see each step as it ends.
pub(crate) async fn test(api: &Api, out: Output, name: String) -> Result<Checks, Problem> {
    let ours = name.clone();
    api.subscribe(move |push| match push {
        Push::Check { token, step } if *token == ours => out.people(&step_lines(step)),
        Push::Check { .. } | Push::Run { .. } | Push::Events { .. } | Push::SignIn { .. } | Push::Changed => {
        }
    });
    let request = ConnectionCheck { token: name.clone(), name: Some(name), draft: None };
    let checks = api.connection_check(request).await?;
    for step in &checks.steps {
        if let CheckResult::Failed { problem } = &step.result {
            output::problem(problem);
        }
    }
    Ok(checks)
}

fn step_lines(step: &CheckStep) -> Vec<String> {
    let head = |sign: char, note: Option<&str>| {
        let took = format!("{:.0} ms", step.took_ms);
        format!("{sign} {:<24}{took:>9}  {}", step.label, note.unwrap_or_default()).trim_end().to_owned()
    };
    match &step.result {
        CheckResult::Passed { note } => vec![head('✓', note.as_deref())],
        CheckResult::Noted { note, fix } => {
            let mut lines = vec![head('!', Some(note))];
            lines.extend(fix.iter().flat_map(|fix| fix.lines()).map(|line| format!("    {line}")));
            lines
        }
        CheckResult::Failed { .. } => vec![head('✗', Some("failed"))],
        CheckResult::NotReached => vec![format!("· {:<24}{:>9}  not reached", step.label, "")],
    }
}
