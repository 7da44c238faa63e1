//! A new configuration comes into force at once, unless it would leave somebody without a home.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::SiteConfig;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::site::{Rulebook, Site};
use crate::ticket::TicketState;

impl Site {
    pub(super) fn decide_configure(
        &self,
        config: &Arc<SiteConfig>,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
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
        events.extend(self.auto_calls_again(config));
        events.extend(self.day_again(config, now));
        Ok(events)
    }

    /// Hours come into force at once, for the closings still to come as well: a queue that closes later today
    /// must not be closed, and emptied, at the old time.
    fn day_again(&self, config: &SiteConfig, now: Timestamp) -> Option<Event> {
        let day = self.day.as_ref()?;
        let book = Rulebook::of(config);
        let ends_at = super::day::end_of(&book, day.day);
        let mut closings = super::day::closings(config, &book, day.day);
        // A closing that has passed is carried out once: what is still pending is due at once.
        closings.retain(|closing| closing.at > now || day.closings.contains_key(&closing.queue));
        let planned: BTreeMap<_, _> = closings.iter().map(|c| (c.queue.clone(), c.at)).collect();
        let changed = ends_at != day.ends_at || planned != day.closings;
        changed.then_some(Event::DayReplanned { ends_at, closings })
    }

    /// Where the declared automatic calling changed, the counter follows; what a clerk chose otherwise stays.
    fn auto_calls_again(&self, config: &SiteConfig) -> Vec<Event> {
        let changed = config.counters.iter().filter(|counter| {
            let before = self.counter_config(&counter.id).map(|before| before.auto_call);
            let now_on = self.counters.get(&counter.id).map(|counter| counter.auto_call);
            before.is_some_and(|before| before != counter.auto_call) && now_on != Some(counter.auto_call)
        });
        changed.map(|c| Event::AutoCallSet { counter: c.id.clone(), on: c.auto_call }).collect()
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
