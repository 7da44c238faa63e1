//! Counters: what each is doing, and everything its clerk needs at one glance.

use khiw_domain::config::{self, Served};
use khiw_domain::counter::Activity;
use khiw_domain::id::{CounterId, QueueId};
use khiw_domain::ticket::{StepKind, Ticket, TicketState};

use super::View;
use super::order::seconds;
use crate::api::types::{
    AtHand, Brief, CounterDay, CounterDetail, CounterView, DeskState, DeskView, NamedService, Names,
    PrintView, TicketRef,
};

/// Entries of the calling order shown to a clerk.
pub const ORDER_SHOWN: usize = 20;
/// Parked tickets and no-shows shown to a clerk, newest first.
pub const BRIEFS_SHOWN: usize = 50;

impl View<'_> {
    /// All counters, in the order of the configuration. `staff`: with who works there.
    pub fn counters(&self, staff: bool) -> Vec<CounterView> {
        let config = self.facts.config.as_deref();
        config
            .iter()
            .flat_map(|config| &config.counters)
            .map(|counter| {
                let view = self.counter_of(counter);
                if staff { view } else { CounterView { clerk: None, pause_reason: None, ..view } }
            })
            .collect()
    }

    /// Where somebody works now, in the order of the configuration.
    pub fn desks(&self) -> Vec<DeskView> {
        let config = self.facts.config.as_deref();
        let desk = |counter: &config::Counter| {
            let state = match self.site.activity(&counter.id) {
                Activity::Closed => return None,
                Activity::Paused => DeskState::Paused,
                Activity::Idle | Activity::Calling | Activity::Serving => DeskState::Open,
            };
            let ticket = self.site.at_hand(&counter.id).map(|ticket| ticket.id);
            Some(DeskView { id: counter.id.clone(), state, ticket })
        };
        config.iter().flat_map(|config| &config.counters).filter_map(desk).collect()
    }

    pub fn counter(&self, id: &CounterId) -> Option<CounterView> {
        self.site.counter_config(id).map(|counter| self.counter_of(counter))
    }

    fn counter_of(&self, counter: &config::Counter) -> CounterView {
        let session = self.site.session(&counter.id);
        let served = session.map_or_else(|| self.profile_queues(counter), |session| &session.queues);
        CounterView {
            id: counter.id.clone(),
            label: counter.label.clone(),
            place: (&counter.place).into(),
            zone: counter.zone.clone(),
            state: self.site.activity(&counter.id),
            clerk: session.map(|session| session.clerk.clone()),
            auto_call: self.site.counter(&counter.id).is_some_and(|counter| counter.auto_call),
            profile: session.map_or(&counter.profile, |session| &session.profile).clone(),
            queues: served.iter().map(|served| served.queue.clone()).collect(),
            pause_reason: session.and_then(|session| session.paused.as_ref()?.reason.clone()),
            ticket: self
                .site
                .at_hand(&counter.id)
                .map(|ticket| TicketRef { id: ticket.id, number: ticket.number.text.to_string() }),
        }
    }

    fn profile_queues(&self, counter: &config::Counter) -> &[Served] {
        let profiles = self.facts.config.as_ref().map_or(&[][..], |config| &config.profiles);
        let profile = profiles.iter().find(|profile| profile.id == counter.profile);
        profile.map_or(&[], |profile| &profile.queues)
    }

    /// None for a counter that the configuration does not name.
    pub fn counter_detail(&self, id: &CounterId) -> Option<CounterDetail> {
        let view = self.counter(id)?;
        let day = self.site.counter(id).map_or((0, 0), |counter| (counter.served, counter.called));
        let reserved = self.site.reserved_line(id).map_or(0, khiw_domain::line::Line::len);
        let waiting = reserved + view.queues.iter().map(|queue| self.site.waiting(queue)).sum::<usize>();
        let (parked, no_shows) = self.out_of_line(&view.queues);
        Some(CounterDetail {
            at_hand: self.site.at_hand(id).map(|ticket| self.at_hand(ticket)),
            undo: self.undo(id),
            waiting,
            order: self.counter_order(id, ORDER_SHOWN),
            parked,
            no_shows,
            day: CounterDay { served: day.0, called: day.1 },
            counter: view,
        })
    }

    /// Parked tickets and reinstatable no-shows of these queues, newest first.
    fn out_of_line(&self, queues: &[QueueId]) -> (Vec<Brief>, Vec<Brief>) {
        let (mut parked, mut no_shows) = (Vec::new(), Vec::new());
        for ticket in self.site.out_of_line().rev().filter(|ticket| queues.contains(&ticket.queue)) {
            match ticket.state {
                TicketState::Parked { until, .. } => parked.push((ticket, until)),
                TicketState::NoShow { until } if until >= self.now => no_shows.push((ticket, Some(until))),
                _ => {}
            }
        }
        let briefs = |found: Vec<(&Ticket, _)>| {
            found
                .into_iter()
                .take(BRIEFS_SHOWN)
                .map(|(ticket, until)| Brief {
                    id: ticket.id,
                    number: ticket.number.text.to_string(),
                    state: (&ticket.state).into(),
                    queue: ticket.queue.clone(),
                    service_name: self.service_name(ticket.service()),
                    until,
                })
                .collect()
        };
        (briefs(parked), briefs(no_shows))
    }

    fn at_hand(&self, ticket: &Ticket) -> AtHand {
        let waits = ticket.steps.iter().filter(|step| step.kind == StepKind::Waiting);
        let documents = self.site.service(ticket.service()).map_or(&[][..], |service| &service.documents);
        AtHand {
            id: ticket.id,
            number: ticket.number.text.to_string(),
            step: ticket.step,
            state: (&ticket.state).into(),
            service: ticket.service().clone(),
            service_name: self.service_name(ticket.service()),
            services: ticket
                .services
                .iter()
                .map(|id| NamedService { id: id.clone(), name: self.service_name(id) })
                .collect(),
            current: ticket.current,
            language: ticket.language,
            lane: ticket.lane,
            joined: ticket.joined,
            waited_s: waits.map(|step| seconds(step.from, step.to)).sum(),
            attempt: match ticket.state {
                TicketState::Called { attempt, .. } => Some(attempt),
                _ => None,
            },
            since: ticket.since,
            queue: ticket.queue.clone(),
            documents: documents.iter().map(Names::from).collect(),
            print: PrintView { state: ticket.paper },
        }
    }
}
