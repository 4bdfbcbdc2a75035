//! What PostgreSQL and the warehouses that speak its wire protocol have in common: how they are reached and
//! encrypted, how long a silent one is waited for, what of a pasted address is which setting, and where in a query an
//! error is.

pub(crate) mod login;
pub(crate) mod paste;
pub(crate) mod place;
pub(crate) mod silence;
pub(crate) mod tls;
