//! What a screen may rely on: a websocket per screen, told of every call at once and of counts four times a
//! second, resumed from where it was. Follows the committed hall and never holds it up.
//!
//! | you want | look at |
//! |---|---|
//! | who is told what, per site | [`Hub`], `feed` |
//! | which frames a record makes | `telling`, `calls` |
//! | a screen that was away | `ring`, `snapshot` |
//! | counts, heartbeats | `beat`, `pace` |
//! | one connection: limits, pings, what it may say | `socket`, `inbound` |
//! | frames for one enrolled screen | `enrolled` |
//! | the address and who may listen | `endpoint` |

mod beat;
mod calls;
mod endpoint;
mod enrolled;
mod feed;
mod frame;
mod hub;
mod inbound;
mod pace;
mod ring;
mod screens;
mod snapshot;
mod socket;
mod speech;
mod telling;

pub use beat::HEARTBEAT_EVERY;
pub use calls::{ANNOUNCE_BELOW_S, CALLS_KEPT_MAX};
pub use endpoint::routes;
pub use feed::{CHANNEL_FRAMES, CONNECTIONS_PER_SITE_MAX, Feed};
pub use hub::Hub;
pub use inbound::{MESSAGE_BYTES_MAX, MESSAGES_BURST};
pub use pace::COUNTS_EVERY;
pub use ring::RESUME_FRAMES_MAX;
pub use screens::ScreensReport;
