//! One module a command.

pub(crate) mod apply;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod follow;
pub(crate) mod plan;
pub(crate) mod plan_all;
mod plan_export;
pub(crate) mod retry;
pub(crate) mod runs;
pub(crate) mod secret;
#[cfg(feature = "development")]
pub(crate) mod serve;
pub(crate) mod support;
pub(crate) mod sync;
pub(crate) mod undo;
