//! Papers from the ticket to the printer's bytes, and back from what breaks on the way.
//! One binary: linking the libraries anew for each file took minutes.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

mod bad_printers;
mod common;
mod golden;
mod handing;
mod independent;
mod links;
mod lives;
mod models;
mod orders;
mod pairs;
mod printing;
mod reach;
mod spool_states;
mod template_problems;
mod templates;
mod ticket_picture;
