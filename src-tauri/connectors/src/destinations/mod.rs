//! The destinations. To add one: a folder, a `mod` line and a line in the list.

mod event;
#[cfg(test)]
mod fixture;
mod practice;

use sluice_engine::destination::DestinationKind;

/// Every kind of destination, in the order the wizard shows them.
pub static CATALOGUE: &[&dyn DestinationKind] = &[&practice::Practice];
