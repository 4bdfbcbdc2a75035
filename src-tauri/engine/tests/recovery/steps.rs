//! Every step of a run fails in every way (20 times each with `SLUICE_SOAK=1`): nothing is lost, and nothing comes out
//! of order.

use sluice_engine::sync::Removal;
use sluice_engine::testing::failpoint::{Failure, Step, VARIABLE};
use sluice_engine::testing::soak;

use super::{HOME, POINT, RECORDS, process, reaches_the_end};
use crate::bench::Bench;

async fn survives(step: Step, failure: Failure, count: usize) {
    // A run claims batches by the hundred: it has to have more than that.
    let records = if step == Step::Claiming { "2" } else { "10" };
    let mut bench = Bench::with_batches_of(10).await;
    bench.mirror(Removal::Delete).await;
    let (home, _folder) = (bench.home.clone(), bench.folder.take());
    drop(bench);
    for round in [1, 2] {
        let fails = format!("{} {} {count}", step.name(), failure.name());
        let mut child = process("recovery::child");
        child
            .env(HOME, &home)
            .env(POINT, format!("{round} none 0"))
            .env(VARIABLE, fails)
            .env(RECORDS, records);
        let ended = child.status().unwrap();
        let died = ended.code().is_none();
        assert!(!died || failure == Failure::Abort, "{step:?} {failure:?} killed the process");
        // The second round may reach a step less often than `count`.
        assert!(died || failure != Failure::Abort || round == 2, "{step:?} was never reached");
    }
    reaches_the_end(&home, &format!("{failure:?} at {step:?}, time {count}")).await;
}

/// A step that a run reaches often fails at the first time, the second, and so on.
const TIMES: usize = 15;

fn all_steps(parts: usize, part: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for step in Step::ALL.iter().skip(part).step_by(parts) {
        for failure in Failure::ALL {
            for repeat in 0..soak(1, 20) {
                let count = if step.is_repeated() { 1 + repeat % TIMES } else { 1 };
                runtime.block_on(survives(*step, *failure, count));
            }
        }
    }
}

#[test]
fn a_run_that_fails_at_any_step_loses_nothing() {
    all_steps(2, 0);
}

#[test]
fn a_run_that_fails_at_any_other_step_loses_nothing() {
    all_steps(2, 1);
}
