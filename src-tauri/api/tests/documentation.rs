//! The examples in docs/workspace-file.md are files Sluice takes.

use sluice_api::CATALOGUE;
use sluice_api::workspace::{Surroundings, parse, write};

const PAGE: &str = include_str!("../../../docs/workspace-file.md");

fn examples() -> Vec<&'static str> {
    PAGE.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn every_example_is_taken_and_reads_back_from_what_is_written() {
    let warehouses = CATALOGUE.warehouses.iter().map(|kind| kind.manifest());
    let kinds: Vec<_> = warehouses.chain(CATALOGUE.destinations.iter().map(|kind| kind.manifest())).collect();
    let around = Surroundings { kinds: &kinds, saved: &[], time_zone: "Europe/Berlin" };
    assert!(examples().len() >= 5);
    for example in examples() {
        let workspace =
            parse(example, &around).unwrap_or_else(|error| panic!("{}\n{example}", error.message()));
        let written = write(&workspace, &kinds).unwrap();
        let mut again = parse(&written, &around).unwrap();
        let mut before = workspace;
        before.syncs.sort_by(|a, b| a.name.cmp(&b.name));
        before.connections.sort_by(|a, b| a.name.cmp(&b.name));
        again.syncs.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(again, before, "{written}");
    }
}
