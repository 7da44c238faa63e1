//! What a ticket's paper says, from the event that issued it. Pure.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use khiw_domain::config::{SiteConfig, text_in};
use khiw_domain::event::TicketIssued;
use khiw_domain::ticket::{Estimate, Lane};
use khiw_printing::TicketPaper;

pub fn paper_of(
    config: &SiteConfig,
    zone: &TimeZone,
    at: Timestamp,
    issued: &TicketIssued,
    link: Option<String>,
) -> TicketPaper {
    let first = issued.services.first();
    let service = config.services.iter().find(|service| Some(&service.id) == first);
    TicketPaper {
        office: text_in(&config.name, issued.language).to_owned(),
        service: service
            .map(|service| text_in(&service.name, issued.language).to_owned())
            .unwrap_or_default(),
        number: issued.number.text.to_string(),
        people_ahead: Some(issued.ahead),
        wait_min: issued.estimate.map(minutes),
        issued_at: at.to_zoned(zone.clone()),
        language: issued.language.code().to_owned(),
        link,
        priority: issued.lane == Lane::Priority,
        ..TicketPaper::default()
    }
}

/// Whole minutes, rounded up: nobody minds to be called earlier.
fn minutes(estimate: Estimate) -> (u32, u32) {
    (estimate.p50_s.div_ceil(60), estimate.p90_s.div_ceil(60))
}
