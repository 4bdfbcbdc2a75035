//! Runs that are cut off.
