//! Printers that hang on other machines, where `khiw print-agent` serves them.
//!
//! | you want | look at |
//! |---|---|
//! | which jobs an agent is given, taken back, given up | `desk` |
//! | which printers agents may come for | `door` |
//! | one connection: greeting, heartbeat, silence | `line` |
//!
//! What both ends say stands in `khiw_printing::wire`; how a job changes hands durably, in `khiw_printing::spool`.

mod desk;
mod door;
mod line;
mod present;

#[cfg(test)]
mod tests;

pub use desk::{DeskSetup, Patience, start};
pub use door::{ARRIVALS_MAX, Agents, Door, Line, Saying};
pub use line::{Caught, attend};
