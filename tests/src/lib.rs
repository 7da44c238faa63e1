//! What whole-system stories are told with: the real `khiw` binary as a child process, an HTTP client, a screen,
//! raw sockets, and the journal read back. Holds no story and nothing of the product.
//!
//! | you want | look at |
//! |---|---|
//! | run a command of `khiw`, make a data folder | [`Folder`], [`khiw`] |
//! | start, kill and restart the server | [`Server`] |
//! | a hall to serve | [`sites`] |
//! | press buttons over HTTP | [`Api`], [`Answer`] |
//! | watch as a screen | [`Live`] |
//! | printers that fail on command | [`Printers`] |
//! | send what no client would | [`raw`] |
//! | come in over TLS | [`Secure`] |
//! | what the journal says happened | [`journal`] |
#![allow(clippy::unwrap_used, reason = "a story stops where something is not as it must be")]

pub mod api;
pub mod binary;
pub mod folder;
pub mod journal;
pub mod live;
pub mod printers;
pub mod raw;
pub mod secure;
pub mod server;
pub mod sites;

pub use api::{Answer, Api};
pub use binary::{Ran, khiw};
pub use folder::Folder;
pub use live::Live;
pub use printers::Printers;
pub use secure::Secure;
pub use server::Server;

/// No single step of a story may take longer: a hall that hangs must fail, not wait.
pub const STEP_MAX: std::time::Duration = std::time::Duration::from_secs(30);

/// Waits for `step`, at most [`STEP_MAX`].
#[track_caller]
pub fn within<T>(what: &str, step: impl Future<Output = T>) -> impl Future<Output = T> {
    let place = std::panic::Location::caller();
    async move {
        let Ok(done) = tokio::time::timeout(STEP_MAX, step).await else {
            panic!("{place}: waited {STEP_MAX:?} in vain: {what}");
        };
        done
    }
}

/// A number from the environment, for longer runs of the same story.
pub fn times(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().map_or(usual, |text| text.parse().expect("a whole number"))
}
