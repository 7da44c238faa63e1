//! Lobby screens that enrolled: what each is set to, how it does, and which of those within earshot speaks. Knows no
//! socket: `live` brings what screens say and carries what they are told.
//!
//! | you want | look at |
//! |---|---|
//! | which screen of a sound group speaks | `group` |
//! | all screens of a site, as they are now | `lobby` |
//! | alive, behind, silent, gone; when that is an alarm | `lobby`, `watch` |
//! | which settings and reports are accepted | `check` |

pub mod check;
mod group;
mod lobby;
mod watch;

pub use lobby::{Lobby, Seen, Telling, Trouble};
pub use watch::{count, look, state};
