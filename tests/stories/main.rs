//! Stories of the whole system, each with servers of its own.
//! One binary: linking the libraries anew for each file took minutes.
#![allow(clippy::unwrap_used, reason = "a story stops where something is not as it must be")]

mod agent;
mod bad_connections;
mod bad_input;
mod bad_sites;
mod command_line;
mod counters;
mod day;
mod devices;
mod enrol;
mod kill;
mod live;
mod media;
mod numbers;
mod office;
mod paper_again;
mod printers;
mod storm;
mod tls;
mod voices;
mod walk;
