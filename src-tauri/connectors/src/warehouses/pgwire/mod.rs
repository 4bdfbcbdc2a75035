//! What PostgreSQL and the warehouses that speak its wire protocol have in common: how they are reached and
//! encrypted, and what of a pasted address is which setting.

pub(crate) mod login;
pub(crate) mod paste;
pub(crate) mod tls;
