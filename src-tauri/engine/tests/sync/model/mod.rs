//! Random courses against a small model of what a table said when, and what the destination may have heard of it:
//! whatever happens, nothing is lost, and nothing arrives out of order.
//!
//! The reference is the table over time ([`table`]); what becomes of requests the engine alone decides, so the model
//! foretells no counts. It says what may arrive ([`Course::check`]), what must not (what was given up, what a held or
//! cut run read), and what has to be there in the end.

mod answers;
mod course;
mod given_up;
mod table;

use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use sluice_engine::testing::soak;

use course::Course;
use table::{Step, Table};

/// Courses of a mirror, or of an upsert.
struct Courses<const MIRROR: bool>;

impl<const MIRROR: bool> ReferenceStateMachine for Courses<MIRROR> {
    type State = Table;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Table> {
        table::setting().prop_map(|setting| Table::new(MIRROR, setting)).boxed()
    }

    fn transitions(table: &Table) -> BoxedStrategy<Step> {
        table::step(table.setting.keys).boxed()
    }

    fn apply(table: Table, step: &Step) -> Table {
        table.after(step)
    }
}

impl<const MIRROR: bool> StateMachineTest for Courses<MIRROR> {
    type SystemUnderTest = (tokio::runtime::Runtime, Course);
    type Reference = Self;

    fn init_test(table: &Table) -> Self::SystemUnderTest {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build().unwrap();
        let course = runtime.block_on(Course::begin(table));
        (runtime, course)
    }

    fn apply(
        (runtime, mut course): Self::SystemUnderTest,
        table: &Table,
        step: Step,
    ) -> Self::SystemUnderTest {
        runtime.block_on(course.take(step, table));
        (runtime, course)
    }

    fn check_invariants((_, course): &Self::SystemUnderTest, table: &Table) {
        course.check(table);
    }

    fn teardown((runtime, course): Self::SystemUnderTest, table: Table) {
        runtime.block_on(course.end(table));
    }
}

/// Both together 2,000, and 200,000 in `make soak`.
fn cases() -> ProptestConfig {
    let cases = soak(1_000, 100_000) as u32;
    // A course takes some 30 ms: a failure is told within half a minute.
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 500, ..ProptestConfig::default() }
}

prop_state_machine! {
    #![proptest_config(cases())]

    #[test]
    fn nothing_is_lost_whatever_happens(sequential 1..20 => Courses<false>);

    #[test]
    fn nothing_is_lost_whatever_happens_to_a_mirror(sequential 1..20 => Courses<true>);
}
