//! A held run is reviewed: every record it has ready to send is compared with what stands in the destination, before
//! anything is sent.

mod last;
mod page;
mod report;
mod since;
mod walk;

pub use page::{Filter, Place};
pub use report::{FieldReport, Misfits, Report};
pub use since::Since;

pub(crate) use page::page;
pub(crate) use since::since;
pub(crate) use walk::{Walk, is_live, requests};
