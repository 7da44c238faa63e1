//! Who is next: earliest promise first. The rule stands alone here, so that another can take its place.

use crate::event::CallReason;
use crate::id::{CounterId, QueueId, TicketId};
use crate::line::Place;
use crate::moment::later;
use crate::site::{Next, Site};
use crate::ticket::Ticket;

/// A ticket that the same command puts in line before the choice is made.
pub(super) struct Joining<'a> {
    pub queue: &'a QueueId,
    pub place: Place,
}

impl Site {
    /// The ticket this counter is given: smallest promise + handicap, ties by issue order.
    pub(super) fn choose(&self, counter: &CounterId, joining: Option<&Joining<'_>>) -> Option<Next> {
        let waiting = self.order(counter).next();
        let joining = joining.and_then(|joining| self.as_candidate(counter, joining));
        [waiting, joining].into_iter().flatten().min_by_key(|next| (next.key, next.ticket))
    }

    fn as_candidate(&self, counter: &CounterId, joining: &Joining<'_>) -> Option<Next> {
        let served = self.session(counter)?.queues.iter().find(|served| served.queue == *joining.queue)?;
        Some(Next {
            ticket: joining.place.ticket,
            promise: joining.place.promise,
            key: later(joining.place.promise, served.handicap_s),
            reason: CallReason::EarliestPromise,
        })
    }

    /// Tickets issued before `called` that still wait in the counter's queues.
    ///
    /// The walk ends where promises are later than anybody who joined before could have been promised
    /// (kept promises); a promise renewed by a rule may be missed, which makes the figure a lower bound.
    pub(super) fn passed_over(&self, counter: &CounterId, called: TicketId) -> u32 {
        let Some(ticket) = self.tickets.get(&called) else { return 0 };
        let queues = self.session(counter).map_or(&[][..], |session| &session.queues);
        let earlier: usize = queues.iter().map(|served| self.earlier_in(&served.queue, ticket)).sum();
        u32::try_from(earlier).unwrap_or(u32::MAX)
    }

    fn earlier_in(&self, queue: &QueueId, called: &Ticket) -> usize {
        let horizon = later(called.joined, self.target_s(queue, crate::ticket::Lane::Normal));
        self.lines.get(queue).map_or(0, |line| {
            line.iter()
                .take_while(|place| place.promise <= horizon)
                .filter(|place| place.ticket < called.id)
                .count()
        })
    }
}
