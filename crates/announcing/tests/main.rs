//! What is said, and the clips it is said with.
//! One binary: linking the libraries anew for each file took minutes.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

mod packs;
mod phrases;
mod shipped;
