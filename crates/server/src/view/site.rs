//! The hall as a whole: everything a page needs to draw itself.

use khiw_domain::config::{AlsoPrinted, CodeName, SiteConfig};
use khiw_domain::id::DeviceId;

use super::View;
use crate::api::types::{
    AgencyView, CodeView, CodesView, NoticeCode, NoticeView, PaperOffered, SiteEntry, SiteView,
    SuspendedView, ZoneView,
};

/// What the hall itself does not know of its clock.
#[derive(Clone, Copy, Debug)]
pub struct ClockNote {
    pub simulated: bool,
    pub speed: f64,
}

impl View<'_> {
    pub fn entry(&self) -> SiteEntry {
        SiteEntry { id: self.site.id().clone(), name: crate::api::types::Names(self.facts.site_name()) }
    }

    /// None while the site is not configured. `staff`: with who works the counters. `device`: who asks.
    pub fn hall(&self, clock: ClockNote, staff: bool, device: Option<&DeviceId>) -> Option<SiteView> {
        let config = self.facts.config.as_deref()?;
        let suspended = self.site.suspended().iter().find(|suspension| suspension.queue.is_none());
        let agencies = config.agencies.iter().map(|agency| AgencyView {
            id: agency.id.clone(),
            name: (&agency.name).into(),
            services: self.facts.services_of.get(&agency.id).copied().unwrap_or(0),
        });
        Some(SiteView {
            id: config.id.clone(),
            name: (&config.name).into(),
            languages: config.languages.clone(),
            time_zone: config.time_zone.clone(),
            day: self.site.day().map(|day| day.day),
            now: self.now,
            simulated: clock.simulated,
            speed: clock.speed,
            start: config.rules.start,
            public_address: config.public_address.clone(),
            issuing_suspended: suspended.map(|s| SuspendedView { reason: s.reason.clone() }),
            paper: paper_offered(config, device),
            elderly_age: config.rules.elderly_age,
            park_max_s: config.rules.park_max_s,
            codes: CodesView {
                outcomes: codes(&config.codes.outcomes),
                pause: codes(&config.codes.pause),
                out_of_order: codes(&config.codes.out_of_order),
                reprioritise: codes(&config.codes.reprioritise),
                suspend: codes(&config.codes.suspend),
            },
            agencies: agencies.collect(),
            queues: self.queues(),
            counters: self.counters(staff),
            zones: config.zones.iter().map(ZoneView::from).collect(),
        })
    }

    /// What stands for the whole hall, as whoever comes now must know it.
    pub fn notice(&self) -> Option<NoticeView> {
        let code = if self.site.day().is_none() {
            NoticeCode::DayClosed
        } else if self.site.is_evacuated() {
            NoticeCode::Evacuation
        } else {
            return None;
        };
        Some(NoticeView { code })
    }
}

/// What a kiosk of this name may promise.
pub fn paper_offered(config: &SiteConfig, device: Option<&DeviceId>) -> PaperOffered {
    let tickets = config.kiosk_gives_paper(device);
    let notices = tickets && config.tickets.also.contains(&AlsoPrinted::Closed);
    PaperOffered { tickets, notices, printers: config.printers.len() }
}

fn codes(names: &[CodeName]) -> Vec<CodeView> {
    names.iter().map(|known| CodeView { code: known.code.clone(), name: (&known.name).into() }).collect()
}
