//! What Khiw is compared with: the same machine, disk and load, and as little
//! program as can do the job. Nothing of Khiw is used here.

pub mod broadcast;
pub mod issue;
pub mod redis;
mod store;
