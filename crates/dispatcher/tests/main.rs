//! The hall's writer: commands, replay, time, faults.
//! One binary: linking the libraries anew for each file took minutes.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

mod command_ids;
mod common;
mod faults;
mod follow;
mod hall;
mod replay;
mod time;
