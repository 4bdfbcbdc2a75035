//! The commands every front of Sluice speaks: the window, the command line, the development server.

pub mod wire;
pub mod workspace;
