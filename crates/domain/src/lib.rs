//! The rules of a hall, as pure functions of (site, command, context): who is next, which number, what a
//! command changes. Asks no clock and no dice, does no I/O, knows no async, logs nothing.

pub mod command;
pub mod config;
pub mod counter;
pub mod event;
pub mod forecast;
pub mod hours;
pub mod id;
pub mod line;
pub mod refusal;
pub mod sample;
pub mod site;
pub mod ticket;

mod apply;
mod decide;
mod learning;
mod moment;

pub use command::{Command, Context, CounterAction, Destination, Expect, Issue, TicketAction};
pub use event::Event;
pub use forecast::Forecast;
pub use refusal::{Refusal, RefusalKind};
pub use site::{Site, Stamp};
pub use ticket::{Ticket, TicketState};
