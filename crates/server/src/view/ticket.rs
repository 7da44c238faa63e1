//! Tickets: as issued (from the events alone), for their holder, for staff, and as called.

use jiff::Timestamp;
use khiw_domain::event::TicketIssued;
use khiw_domain::id::{CounterId, TicketId};
use khiw_domain::ticket::{Paper, Ticket, TicketState};

use super::View;
use crate::access::InstallationKey;
use crate::api::types::{
    Call, CounterName, CounterPlace, IssuedTicket, Names, PrintView, PublicTicket, StepView, TicketStateName,
    TicketView,
};

/// The answer to an issue. Made from the event, so that a repeat says the same and the site is not read again.
pub fn issued(
    key: &InstallationKey,
    facts: &super::SiteFacts,
    site: &khiw_domain::id::SiteId,
    at: Timestamp,
    issued: &TicketIssued,
) -> IssuedTicket {
    let token = key.ticket_token(site, issued.ticket);
    IssuedTicket {
        id: issued.ticket,
        number: issued.number.text.to_string(),
        link: facts.ticket_link(&token),
        token,
        services: issued.services.clone(),
        queue: issued.queue.clone(),
        state: TicketStateName::Waiting,
        issued_at: at,
        ahead: issued.ahead,
        estimate: issued.estimate.map(Into::into),
        print: PrintView { state: if issued.paper { Paper::Pending } else { Paper::None } },
    }
}

impl View<'_> {
    /// What the holder may know.
    pub fn public_ticket(&self, id: TicketId) -> Option<PublicTicket> {
        self.site.ticket(id).map(|ticket| self.public_ticket_of(ticket))
    }

    fn public_ticket_of(&self, ticket: &Ticket) -> PublicTicket {
        let ahead = self.site.ahead(ticket.id);
        let attempt = match ticket.state {
            TicketState::Called { attempt, .. } => Some(attempt),
            _ => None,
        };
        PublicTicket {
            site: self.site.id().clone(),
            site_name: Names(self.facts.site_name()),
            number: ticket.number.text.to_string(),
            state: (&ticket.state).into(),
            service_name: self.service_name(ticket.service()),
            ahead,
            estimate: ahead.and_then(|ahead| self.forecast.at(&ticket.queue, ahead)).map(Into::into),
            joined: ticket.joined,
            counter: ticket.state.counter().map(|counter| self.counter_place(counter)),
            attempt,
            print: PrintView { state: ticket.paper },
            now: self.now,
        }
    }

    /// What staff may know.
    pub fn ticket(&self, id: TicketId) -> Option<TicketView> {
        let ticket = self.site.ticket(id)?;
        let steps = ticket.steps.iter().map(|step| StepView {
            kind: step.kind,
            queue: step.queue.clone(),
            counter: step.counter.clone(),
            from: step.from,
            to: step.to,
        });
        Some(TicketView {
            ticket: self.public_ticket_of(ticket),
            id,
            queue: ticket.queue.clone(),
            services: ticket.services.clone(),
            lane: ticket.lane,
            language: ticket.language,
            channel: ticket.channel,
            promise: ticket.promise,
            step: ticket.step,
            steps: steps.collect(),
            absences: ticket.absences,
        })
    }

    /// One announcement. None for a ticket that is not of this day.
    pub fn call(&self, ticket: TicketId, counter: &CounterId, attempt: u8, at: Timestamp) -> Option<Call> {
        let ticket = self.site.ticket(ticket)?;
        let place = self.counter_place(counter);
        Some(Call {
            ticket: ticket.id,
            number: ticket.number.text.to_string(),
            counter: place.id,
            counter_name: CounterName { place: place.place, label: place.label },
            zone: self.site.counter_config(counter).and_then(|known| known.zone.clone()),
            attempt,
            language: ticket.language,
            queue: ticket.queue.clone(),
            at,
            // A clerk's page says nothing aloud.
            speech: Vec::new(),
        })
    }

    /// A counter that a newer configuration dropped is called by its id.
    pub fn counter_place(&self, id: &CounterId) -> CounterPlace {
        match self.site.counter_config(id) {
            Some(counter) => {
                CounterPlace { id: id.clone(), label: counter.label.clone(), place: (&counter.place).into() }
            }
            None => CounterPlace {
                id: id.clone(),
                label: id.to_string(),
                place: Names(khiw_domain::config::Names::new()),
            },
        }
    }
}
