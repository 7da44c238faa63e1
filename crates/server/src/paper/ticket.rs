//! What each paper says, from the site's configuration and the ticket it is about. Pure.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use khiw_domain::Ticket;
use khiw_domain::config::{Names, Service, SiteConfig, Year, text_in};
use khiw_domain::event::TicketIssued;
use khiw_domain::hours;
use khiw_domain::id::{CounterId, Language, ServiceId};
use khiw_domain::ticket::{Estimate, Lane};
use khiw_printing::{Era, PaperKind, TicketPaper};

pub fn paper_of(
    config: &SiteConfig,
    zone: &TimeZone,
    at: Timestamp,
    issued: &TicketIssued,
    link: Option<String>,
) -> TicketPaper {
    let asked = asked(config, &issued.services);
    let paper = about(config, &at.to_zoned(zone.clone()), issued.language, &asked);
    TicketPaper {
        number: issued.number.text.to_string(),
        people_ahead: Some(issued.ahead),
        wait_min: issued.estimate.map(minutes),
        begins_at: asked.first().and_then(|service| begins_at(config, service, &paper.issued_at)),
        link,
        priority: issued.lane == Lane::Priority,
        ..paper
    }
}

/// A ticket's paper when its first is not kept. Says nothing of a line that has moved on since the number was taken.
pub fn paper_again(
    config: &SiteConfig,
    zone: &TimeZone,
    ticket: &Ticket,
    link: Option<String>,
    reprint: bool,
) -> TicketPaper {
    let asked = asked(config, &ticket.services);
    TicketPaper {
        number: ticket.number.text.to_string(),
        link,
        priority: ticket.lane == Lane::Priority,
        reprint,
        ..about(config, &ticket.joined.to_zoned(zone.clone()), ticket.language, &asked)
    }
}

/// What a visitor keeps whose request goes on to somebody else.
pub fn slip_of(
    config: &SiteConfig,
    at: &Zoned,
    ticket: &Ticket,
    service: &ServiceId,
    (from, to): (Option<&CounterId>, &Names),
) -> TicketPaper {
    let asked = asked(config, std::slice::from_ref(service));
    let counter = config.counters.iter().find(|counter| Some(&counter.id) == from);
    let said = counter.map(|counter| {
        format!("{} {}", text_in(&counter.place, ticket.language), counter.label).trim().to_owned()
    });
    TicketPaper {
        kind: PaperKind::Forward,
        number: ticket.number.text.to_string(),
        counter: said,
        forwarded_to: Some(text_in(to, ticket.language).to_owned()),
        ..about(config, at, ticket.language, &asked)
    }
}

/// Why a service gives no number now.
pub fn notice_of(
    config: &SiteConfig,
    now: &Zoned,
    language: Language,
    service: &Service,
    (because, opens_at): (&str, Option<Timestamp>),
) -> TicketPaper {
    TicketPaper {
        kind: PaperKind::Closed,
        closed_because: Some(because.to_owned()),
        opens_at: opens_at.map(|at| at.to_zoned(now.time_zone().clone())),
        documents: Vec::new(),
        ..about(config, now, language, &[service])
    }
}

/// What a printer can do.
pub fn test_page_of(config: &SiteConfig, now: &Zoned, language: Language, printer: &str) -> TicketPaper {
    TicketPaper {
        kind: PaperKind::Test,
        printer: Some(printer.to_owned()),
        ..about(config, now, language, &[])
    }
}

/// What every paper of a site says, for these services.
fn about(config: &SiteConfig, at: &Zoned, language: Language, asked: &[&Service]) -> TicketPaper {
    let first = asked.first().copied();
    let agency = first.and_then(|service| config.agencies.iter().find(|agency| agency.id == service.agency));
    TicketPaper {
        office: text_in(&config.name, language).to_owned(),
        service: first.map(|service| text_in(&service.name, language).to_owned()).unwrap_or_default(),
        issued_at: at.clone(),
        language: language.code().to_owned(),
        site: config.id.to_string(),
        agency: agency.map(|agency| text_in(&agency.name, language).to_owned()),
        documents: documents(asked, language),
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

fn asked<'a>(config: &'a SiteConfig, services: &[ServiceId]) -> Vec<&'a Service> {
    let known = |asked: &ServiceId| config.services.iter().find(|service| service.id == *asked);
    services.iter().filter_map(known).collect()
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
