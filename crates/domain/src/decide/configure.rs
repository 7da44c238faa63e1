//! A new configuration comes into force at once, unless it would leave somebody without a home.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::config::SiteConfig;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::site::Site;
use crate::ticket::TicketState;

impl Site {
    pub(super) fn decide_configure(&self, config: &Arc<SiteConfig>) -> Result<Vec<Event>, Refusal> {
        if config.id != self.id {
            return Err(Refusal::OtherSite { expected: self.id.to_string() });
        }
        if self.config.as_ref().is_some_and(|current| current == config) {
            return Ok(Vec::new());
        }
        let missing = self.orphans(config);
        if !missing.is_empty() {
            return Err(Refusal::OrphansTickets { missing });
        }
        let mut events = vec![Event::SiteConfigured {
            config_version: self.config_version + 1,
            config: Arc::clone(config),
        }];
        events.extend(self.sessions_again(config));
        Ok(events)
    }

    /// What live tickets and open counters need and the new configuration lacks, as `kind id`.
    fn orphans(&self, config: &SiteConfig) -> Vec<String> {
        let queues: BTreeSet<_> = config.queues.iter().map(|q| &q.id).collect();
        let services: BTreeSet<_> = config.services.iter().map(|s| &s.id).collect();
        let counters: BTreeSet<_> = config.counters.iter().map(|c| &c.id).collect();
        let profiles: BTreeSet<_> = config.profiles.iter().map(|p| &p.id).collect();
        let mut missing = BTreeSet::new();
        for ticket in self.tickets.values().filter(|t| t.state.is_live()) {
            if !queues.contains(&ticket.queue) {
                missing.insert(format!("queue {}", ticket.queue));
            }
            let ahead = &ticket.services[usize::from(ticket.current)..];
            missing.extend(ahead.iter().filter(|s| !services.contains(s)).map(|s| format!("service {s}")));
            if let TicketState::Waiting { only: Some(only) } = &ticket.state
                && !counters.contains(only)
            {
                missing.insert(format!("counter {only}"));
            }
        }
        for (id, counter) in &self.counters {
            let Some(session) = &counter.session else { continue };
            if !counters.contains(id) {
                missing.insert(format!("counter {id}"));
            }
            if !profiles.contains(&session.profile) {
                missing.insert(format!("profile {}", session.profile));
            }
        }
        missing.into_iter().collect()
    }

    /// Open counters follow their profile's new queues; a clerk's narrower permission stays narrower.
    fn sessions_again(&self, config: &SiteConfig) -> Vec<Event> {
        let open = self.counters.iter().filter_map(|(id, c)| Some((id, c.session.as_ref()?)));
        open.filter_map(|(id, session)| {
            let profile = config.profiles.iter().find(|p| p.id == session.profile)?;
            let before = self.config.as_ref()?.profiles.iter().find(|p| p.id == session.profile)?;
            let narrowed = |q: &crate::id::QueueId| {
                before.queues.iter().any(|s| s.queue == *q) && !session.queues.iter().any(|s| s.queue == *q)
            };
            let queues: Vec<_> = profile.queues.iter().filter(|s| !narrowed(&s.queue)).cloned().collect();
            (queues != session.queues).then(|| Event::CounterOpened {
                counter: id.clone(),
                clerk: session.clerk.clone(),
                profile: session.profile.clone(),
                queues,
            })
        })
        .collect()
    }
}
