//! People in a hall: visitors who arrive in peaks and clerks who serve, pause and go to lunch, as a seeded,
//! deterministic stream of commands. Looks at the site, never changes it; asks no clock; sends nothing itself.
//!
//! [`Crowd`] says what people do and when; [`day::run`] plays a whole day against the bare domain. The demo
//! drives the same crowd against a running server.

mod clerk;
mod crowd;
pub mod day;
mod dice;
mod plan;
mod visitor;

pub use crowd::Crowd;
pub use plan::Plan;
