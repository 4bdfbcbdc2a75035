//! Which kinds of warehouses and destinations there are.

use crate::connection::Role;
use crate::destination::DestinationKind;
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::Manifest;
use crate::warehouse::WarehouseKind;

/// Every connector there is.
#[derive(Clone, Copy)]
pub struct Catalogue {
    /// Kinds of warehouses.
    pub warehouses: &'static [&'static dyn WarehouseKind],
    /// Kinds of destinations.
    pub destinations: &'static [&'static dyn DestinationKind],
}

impl Catalogue {
    /// The warehouse kind with this id.
    pub fn warehouse(&self, id: &str) -> Option<&'static dyn WarehouseKind> {
        self.warehouses.iter().find(|kind| kind.manifest().id == id).copied()
    }

    /// The destination kind with this id.
    pub fn destination(&self, id: &str) -> Option<&'static dyn DestinationKind> {
        self.destinations.iter().find(|kind| kind.manifest().id == id).copied()
    }

    /// What the kind with this id says of itself, and which side it is on.
    pub fn manifest(&self, id: &str) -> Result<(&'static Manifest, Role)> {
        let warehouse = self.warehouse(id).map(|kind| (kind.manifest(), Role::Warehouse));
        let destination = || self.destination(id).map(|kind| (kind.manifest(), Role::Destination));
        warehouse.or_else(destination).ok_or_else(|| {
            Error::new(
                ErrorKind::BadSettings,
                format!("There is no kind of warehouse or destination “{id}”."),
            )
        })
    }
}
