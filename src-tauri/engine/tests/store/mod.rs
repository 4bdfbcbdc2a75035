//! The database file.
