//! Every store under one contract; files as they may be found.
//! One binary: linking the libraries anew for each file took minutes.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

mod backup;
mod common;
mod contract;
mod faulty;
mod format;
mod store;
mod verify;
