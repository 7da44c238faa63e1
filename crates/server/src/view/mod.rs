//! How a committed site becomes what goes over the wire; shared by HTTP and the live frames, so that both always
//! say the same. Reads only, asks no clock, changes nothing.

mod counter;
mod facts;
mod order;
mod printer;
mod queue;
pub mod search;
mod service;
mod site;
mod ticket;
mod undo;

pub use facts::SiteFacts;
pub use printer::{print_job, printer_states, printers, ticket_of};
pub use site::{ClockNote, paper_offered};
pub use ticket::issued;

use jiff::Timestamp;
use khiw_domain::{Context, Forecast, Site};

use crate::state::ServedHall;

/// A site at a moment, with what is needed to tell of it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub site: &'a Site,
    pub forecast: &'a Forecast,
    pub facts: &'a SiteFacts,
    pub now: Timestamp,
}

impl<'a> View<'a> {
    /// What the domain's own questions ("may a number be taken?") want to know.
    fn context(&self) -> Context<'a> {
        Context { now: self.now, forecast: self.forecast, hold_rollover: false }
    }
}

/// Looks at the committed site of a hall. Keep `look` short: it holds the site.
pub fn read<R>(served: &ServedHall, look: impl FnOnce(View<'_>) -> R) -> R {
    let facts = served.facts();
    let forecast = served.hall.forecast();
    let now = served.hall.now();
    served.hall.read(|site| look(View { site, forecast: &forecast, facts: &facts, now }))
}
