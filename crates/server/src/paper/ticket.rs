//! What a ticket's paper says, from the event that issued it. Pure.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use khiw_domain::config::{Service, SiteConfig, Year, text_in};
use khiw_domain::event::TicketIssued;
use khiw_domain::hours;
use khiw_domain::id::Language;
use khiw_domain::ticket::{Estimate, Lane};
use khiw_printing::{Era, TicketPaper};

pub fn paper_of(
    config: &SiteConfig,
    zone: &TimeZone,
    at: Timestamp,
    issued: &TicketIssued,
    link: Option<String>,
) -> TicketPaper {
    let language = issued.language;
    let asked: Vec<&Service> = issued
        .services
        .iter()
        .filter_map(|asked| config.services.iter().find(|service| service.id == *asked))
        .collect();
    let first = asked.first().copied();
    let agency = first.and_then(|service| config.agencies.iter().find(|agency| agency.id == service.agency));
    let issued_at = at.to_zoned(zone.clone());
    TicketPaper {
        office: text_in(&config.name, language).to_owned(),
        service: first.map(|service| text_in(&service.name, language).to_owned()).unwrap_or_default(),
        number: issued.number.text.to_string(),
        people_ahead: Some(issued.ahead),
        wait_min: issued.estimate.map(minutes),
        begins_at: first.and_then(|service| begins_at(config, service, &issued_at)),
        issued_at,
        language: language.code().to_owned(),
        link,
        priority: issued.lane == Lane::Priority,
        site: config.id.to_string(),
        agency: agency.map(|agency| text_in(&agency.name, language).to_owned()),
        documents: documents(&asked, language),
        message: Some(text_in(&config.tickets.message, language).to_owned()).filter(|text| !text.is_empty()),
        thai_digits: config.tickets.thai_digits,
        era: match config.tickets.year {
            Year::ByLanguage => Era::ByLanguage,
            Year::Be => Era::Buddhist,
            Year::Ce => Era::Common,
        },
        ..TicketPaper::default()
    }
}

/// What to have ready for all services of the visit, each named once.
fn documents(services: &[&Service], language: Language) -> Vec<String> {
    let mut documents: Vec<String> = Vec::new();
    for document in services.iter().flat_map(|service| &service.documents) {
        let name = text_in(document, language);
        if documents.len() < khiw_printing::paper::DOCUMENTS_MAX
            && !documents.iter().any(|known| known == name)
        {
            documents.push(name.to_owned());
        }
    }
    documents
}

/// When the service begins today, for a number taken before it or in its break.
fn begins_at(config: &SiteConfig, service: &Service, at: &Zoned) -> Option<Zoned> {
    let hours = config.hours.iter().find(|hours| hours.id == service.hours)?;
    let spans = hours::spans_on(config, hours, at.date());
    let time = at.time();
    if spans.iter().any(|span| (span.from..span.to).contains(&time)) {
        return None;
    }
    let next = spans.iter().find(|span| span.from > time)?;
    Some(hours::instant(at.time_zone(), at.date().to_datetime(next.from)).to_zoned(at.time_zone().clone()))
}

/// Whole minutes, rounded up: nobody minds to be called earlier.
fn minutes(estimate: Estimate) -> (u32, u32) {
    (estimate.p50_s.div_ceil(60), estimate.p90_s.div_ceil(60))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use std::collections::BTreeMap;

    use khiw_domain::config::{Day, Span};
    use khiw_domain::sample;

    use super::*;

    fn site() -> SiteConfig {
        let mut config = sample::site();
        let name = |text: &str| BTreeMap::from([(Language::En, text.to_owned())]);
        config.services[0].documents = vec![name("ID card"), name("House book")];
        config.services[1].documents = vec![name("House book"), name("Photograph")];
        let span = |from: &str, to: &str| Span { from: from.parse().unwrap(), to: to.parse().unwrap() };
        config.hours[0].week =
            BTreeMap::from([(Day::Fri, vec![span("08:30", "12:00"), span("13:00", "16:30")])]);
        config
    }

    fn at(time: &str) -> Zoned {
        format!("2026-11-20T{time}:00+07:00[Asia/Bangkok]").parse().unwrap()
    }

    #[test]
    fn documents_of_all_services_stand_once_each() {
        let config = site();
        let services: Vec<&Service> = config.services.iter().take(2).collect();
        assert_eq!(documents(&services, Language::Th), ["ID card", "House book", "Photograph"]);
    }

    #[test]
    fn a_number_taken_too_early_says_when_service_begins() {
        let config = site();
        let begins =
            |time: &str| begins_at(&config, &config.services[0], &at(time)).map(|at| at.time().to_string());
        assert_eq!(begins("07:50").as_deref(), Some("08:30:00"));
        assert_eq!(begins("12:20").as_deref(), Some("13:00:00"));
        assert_eq!(begins("09:00"), None);
        assert_eq!(begins("17:00"), None);
    }
}
