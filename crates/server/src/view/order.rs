//! The order people are called in, with the reason for each place.

use jiff::Timestamp;
use khiw_domain::Ticket;
use khiw_domain::config;
use khiw_domain::event::CallReason;
use khiw_domain::id::{CounterId, QueueId, ServiceId};
use khiw_domain::ticket::TicketState;

use super::View;
use crate::api::types::{Names, OrderEntry, OrderReason, OrderView};

impl View<'_> {
    /// The line of a queue, at most `limit` places of it.
    pub fn order(&self, queue: &QueueId, limit: usize) -> Option<OrderView> {
        self.site.queue(queue)?;
        let line = self.site.line(queue);
        let order = line
            .into_iter()
            .flat_map(khiw_domain::line::Line::iter)
            .take(limit)
            .enumerate()
            .filter_map(|(index, place)| {
                let ticket = self.site.ticket(place.ticket)?;
                Some(self.order_entry(index + 1, ticket, OrderReason::EarliestPromise))
            })
            .collect();
        Some(OrderView { queue: queue.clone(), waiting: self.site.waiting(queue), order })
    }

    /// Whom a counter would call, at most `limit` of them.
    pub fn counter_order(&self, counter: &CounterId, limit: usize) -> Vec<OrderEntry> {
        self.site
            .order(counter)
            .take(limit)
            .enumerate()
            .filter_map(|(index, next)| {
                let ticket = self.site.ticket(next.ticket)?;
                let reason = match next.reason {
                    CallReason::Reserved => OrderReason::Reserved,
                    _ => OrderReason::EarliestPromise,
                };
                Some(self.order_entry(index + 1, ticket, reason))
            })
            .collect()
    }

    fn order_entry(&self, position: usize, ticket: &Ticket, reason: OrderReason) -> OrderEntry {
        let counter_only = match &ticket.state {
            TicketState::Waiting { only } => only.clone(),
            _ => None,
        };
        OrderEntry {
            position,
            ticket: ticket.id,
            number: ticket.number.text.to_string(),
            queue: ticket.queue.clone(),
            service: ticket.service().clone(),
            service_name: self.service_name(ticket.service()),
            language: ticket.language,
            lane: ticket.lane,
            joined: ticket.joined,
            waited_s: seconds(ticket.joined, self.now),
            promise: ticket.promise,
            counter_only,
            reason,
            overdue: ticket.promise < self.now,
        }
    }

    /// Empty for a service that a newer configuration dropped.
    pub(super) fn service_name(&self, id: &ServiceId) -> Names {
        self.site.service(id).map_or_else(|| Names(config::Names::new()), |service| (&service.name).into())
    }
}

/// Whole seconds from one moment to a later one; 0 when it is not later.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from(to.duration_since(from).as_secs().max(0)).unwrap_or(u32::MAX)
}
