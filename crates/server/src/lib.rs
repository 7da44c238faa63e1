//! The edge of Khiw: HTTP, websockets, access, TLS, static pages. Parses and authorises what comes in, hands
//! commands to the dispatcher, and shows the committed site. Decides nothing about queueing itself.
//!
//! | you want | look at |
//! |---|---|
//! | what goes over the wire | [`api::types`] |
//! | the routes | [`api`] |
//! | who may do what | [`access::permissions`] |
//! | how a site becomes JSON | [`view`] |
//! | what is refused, and how it is told | [`problem`] |
//! | screens that follow the hall | [`live`] |
//! | lobby screens: which one speaks, how each does | [`screens`] |
//! | how it is started and stopped | [`mod@serve`] |

pub mod access;
pub mod alarms;
pub mod api;
pub mod assets;
mod blocking;
pub mod control;
pub mod listen;
pub mod live;
pub mod media;
mod metrics;
pub mod paper;
pub mod printer_control;
pub mod problem;
pub mod screens;
pub mod serve;
pub mod state;
pub mod tls;
pub mod view;
pub mod voices;

pub use serve::{ServeError, serve};
pub use state::{AppState, Demo, Options};
