//! The dispatcher: one writer per hall. It takes whatever commands are queued as one batch, asks the domain,
//! appends the records in one durable commit, and only then answers and publishes.
//!
//! It must not know rules of queueing (the domain's), how records lie on disk (the journal's), or HTTP.
//!
//! | you want | look at |
//! |---|---|
//! | start, stop, find a hall | [`Dispatcher`] |
//! | send a command, read the committed state | [`Hall`] |
//! | what one batch does, step by step | `writer`, `batch`, `commit` |
//! | why a repeated command gets the same answer | `command_ids` |
//! | what time it is, and when the clock is doubted | [`Clock`], `timeline` |
//! | the state from the journal alone | [`replay()`] |
//! | follow the journal from a position | [`Follower`], [`Publisher`] |

mod batch;
mod clock;
mod command_ids;
mod commit;
mod dispatcher;
mod follower;
mod hall;
mod position;
mod recent;
mod replay;
mod timeline;
mod upkeep;
mod writer;

pub use clock::{Clock, ManualClock, SimulatedClock, SystemClock};
pub use dispatcher::{Dispatcher, Options, StartError};
pub use follower::{FollowError, Follower};
pub use hall::{Committed, Done, Failure, Hall, Publisher, Request, Standing};
pub use position::{Position, PositionError};
pub use replay::{ReplayError, ReplayFrom, Replayed, replay, state_hash};
pub use timeline::{CLOCK_TOLERANCE, ClockAlarm};
