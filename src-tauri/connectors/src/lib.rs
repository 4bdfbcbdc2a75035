//! Every warehouse and destination Sluice knows, one folder each. Depends on the engine only.

pub mod alerts;
pub mod destinations;
pub mod goodbye;
mod http;
pub mod warehouses;
