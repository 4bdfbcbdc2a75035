//! What PostgreSQL and the warehouses that speak its wire protocol have in common: how they are reached and
//! encrypted, what of a pasted address is which setting, and where in a query an error is.

pub(crate) mod login;
pub(crate) mod paste;
pub(crate) mod place;
pub(crate) mod tls;
