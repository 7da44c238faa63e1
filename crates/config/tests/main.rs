//! Site files, good and bad.
//! One binary: linking the libraries anew for each file took minutes.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

mod common;
mod difference;
mod files;
mod lines;
mod printers;
mod problems;
mod samples;
mod tickets;
