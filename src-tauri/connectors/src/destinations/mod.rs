//! The destinations. To add one: a folder, a `mod` line and a line in the list.

mod event;
mod file;
mod file_name;
#[cfg(test)]
pub(crate) mod fixture;
mod hubspot;
mod line;
mod practice;
mod rudderstack;
pub mod salesforce;
mod segment;
mod tracking;
mod webhook;

use sluice_engine::destination::DestinationKind;

/// Every kind of destination, in the order the wizard shows them.
pub static CATALOGUE: &[&dyn DestinationKind] = &[
    &rudderstack::RudderStack,
    &segment::Segment,
    &hubspot::Crm,
    &salesforce::Salesforce,
    &webhook::Webhook,
    &file::File,
    &practice::Practice,
];
