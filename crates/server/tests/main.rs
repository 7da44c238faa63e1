//! The server as its clients see it.
//! One binary: linking the libraries anew for each file took minutes.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

mod access;
mod accounts;
mod alarms;
mod bad_input;
mod common;
mod devices;
mod live;
mod papers;
mod store;
mod walk;
