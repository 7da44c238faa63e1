//! May a number be taken, and which: opening hours, suspension, quotas, capacity, the series and its rounds.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, ToSpan, Unit, ZonedRound};

use crate::command::{Context, Issue};
use crate::config::{Hours, Queue, Service, SiteConfig};
use crate::event::{Event, TicketIssued};
use crate::hours;
use crate::id::{Language, ServiceId};
use crate::line::Place;
use crate::refusal::{QuotaPeriod, Refusal};
use crate::site::{LIVE_TICKETS_MAX, Site};
use crate::ticket::{Channel, Number};

/// A paperless kiosk is one whatever it asks for; staff at a desk may have paper all the same.
fn gives_paper(config: &SiteConfig, issue: &Issue) -> bool {
    match issue.channel {
        Channel::Kiosk => config.kiosk_gives_paper(issue.device.as_ref()),
        _ => !config.printers.is_empty(),
    }
}

impl Site {
    /// Whether a number for `service` would be given now. The catalogue asks it; so does `issue`.
    pub fn may_issue(&self, service: &ServiceId, context: &Context<'_>) -> Result<(), Refusal> {
        let (service, queue) = self.offered(service)?;
        if self.day.is_none() {
            return Err(Refusal::DayNotOpen);
        }
        if let Some(suspension) = self.suspension(&queue.id) {
            let (queue, reason) = (suspension.queue.clone(), suspension.reason.clone());
            return Err(Refusal::IssuingSuspended { queue, reason });
        }
        let config = self.configuration()?;
        let hours = &config.hours[self.book.hours_of[self.book.services[&service.id]]];
        hours::issuing(config, hours, self.zone(), context.now)
            .map_err(|shut| Refusal::Closed { why: shut.why, opens_at: shut.opens_at })?;
        self.check_quota(queue, hours, context.now)?;
        self.check_capacity(queue, hours, context)
    }

    pub(super) fn decide_issue(&self, issue: &Issue, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        let config = self.configuration()?;
        let first = self.check_services(&issue.services)?;
        if self.live >= LIVE_TICKETS_MAX {
            return Err(Refusal::TooManyTickets);
        }
        for service in &issue.services {
            self.may_issue(service, context)?;
        }
        let (_, queue) = self.offered(first)?;
        let number = self.next_number(queue)?;
        let promise = self.first_promise(&queue.id, issue.lane, context.now);
        let place = Place { promise, ticket: self.next_ticket };
        let ahead = self.lines.get(&queue.id).map_or(0, |line| line.rank(place));
        let hour = self.zone().to_datetime(context.now).hour();
        Ok(vec![Event::TicketIssued(Box::new(TicketIssued {
            ticket: self.next_ticket,
            number,
            queue: queue.id.clone(),
            // The configuration's own ids: a day's tickets share them.
            services: issue
                .services
                .iter()
                .map(|id| self.service(id).map_or(id, |known| &known.id).clone())
                .collect(),
            lane: issue.lane,
            language: issue.language.or(config.languages.first().copied()).unwrap_or(Language::En),
            channel: issue.channel,
            device: issue.device.clone(),
            paper: issue.paper && gives_paper(config, issue),
            promise,
            config_version: self.config_version,
            posted_wait_s: queue.posted_wait_s,
            ahead: u32::try_from(ahead).unwrap_or(u32::MAX),
            estimate: context.forecast.at(&queue.id, ahead),
            hour: hour.unsigned_abs(),
        }))])
    }

    fn check_services<'a>(&self, services: &'a [ServiceId]) -> Result<&'a ServiceId, Refusal> {
        let max = self.configuration()?.rules.services_max;
        let first = services.first().ok_or(Refusal::NoServices)?;
        if services.len() > usize::from(max) {
            return Err(Refusal::TooManyServices { max });
        }
        for (index, service) in services.iter().enumerate() {
            if services[..index].contains(service) {
                return Err(Refusal::DuplicateService { service: service.to_string() });
            }
        }
        Ok(first)
    }

    /// A service and the queue its visitors wait in.
    pub(super) fn offered(&self, id: &ServiceId) -> Result<(&Service, &Queue), Refusal> {
        let service = self.service(id).ok_or_else(|| Refusal::UnknownService { service: id.to_string() })?;
        let queue = self
            .queue(&service.queue)
            .ok_or_else(|| Refusal::UnknownQueue { queue: service.queue.to_string() })?;
        Ok((service, queue))
    }

    fn check_quota(&self, queue: &Queue, hours: &Hours, now: Timestamp) -> Result<(), Refusal> {
        let Some(issued) = self.issued.get(&queue.id) else { return Ok(()) };
        if queue.quota_day.is_some_and(|quota| issued.day >= quota) {
            let next_at = self.next_day(hours);
            return Err(Refusal::QuotaReached { queue: queue.id.clone(), period: QuotaPeriod::Day, next_at });
        }
        let Some(quota) = queue.quota_hour else { return Ok(()) };
        let local = now.to_zoned(self.zone().clone());
        if i16::from(local.hour()) == i16::from(issued.hour) && issued.in_hour >= quota {
            let next_at = local
                .round(ZonedRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Trunc))
                .and_then(|hour| hour.checked_add(1.hour()))
                .ok()
                .map(|next| next.timestamp());
            return Err(Refusal::QuotaReached {
                queue: queue.id.clone(),
                period: QuotaPeriod::Hour,
                next_at,
            });
        }
        Ok(())
    }

    /// A ticket that cannot be called before its queue closes would be a false promise.
    fn check_capacity(&self, queue: &Queue, hours: &Hours, context: &Context<'_>) -> Result<(), Refusal> {
        if !self.configuration()?.rules.check_capacity {
            return Ok(());
        }
        let closes_at = self.day.as_ref().and_then(|day| day.closings.get(&queue.id));
        let wait = context.forecast.at(&queue.id, self.waiting(&queue.id));
        let (Some(&closes_at), Some(wait)) = (closes_at, wait) else { return Ok(()) };
        let called_at = context.now.checked_add(SignedDuration::from_secs(i64::from(wait.p50_s)));
        if called_at.is_ok_and(|at| at < closes_at) {
            return Ok(());
        }
        Err(Refusal::NoCapacity { queue: queue.id.clone(), closes_at, next_at: self.next_day(hours) })
    }

    /// When numbers are given again after the service day.
    fn next_day(&self, hours: &Hours) -> Option<Timestamp> {
        let ends_at = self.day.as_ref()?.ends_at;
        match hours::issuing(self.configuration().ok()?, hours, self.zone(), ends_at) {
            Ok(()) => Some(ends_at),
            Err(shut) => shut.opens_at,
        }
    }

    /// The next value of the queue's series. After the last value a new round begins; live numbers are skipped.
    fn next_number(&self, queue: &Queue) -> Result<Number, Refusal> {
        let series = &queue.series;
        let exhausted = || Refusal::SeriesExhausted { series: series.prefix.clone() };
        let day = self.day.as_ref().ok_or(Refusal::DayNotOpen)?.day;
        let state = self.series.get(series.prefix.as_str());
        let (mut round, last) = state.map_or((1, 0), |state| (state.round, state.last));
        let mut value = last.saturating_add(1).max(series.first);
        let is_live = |value: u32| state.is_some_and(|state| state.live.contains(&value));
        for _ in series.first..=series.last.saturating_add(1) {
            if value > series.last {
                value = series.first;
                round += 1;
            }
            if !is_live(value) {
                let width = usize::from(series.digits);
                let text: Arc<str> = format!("{}{value:0width$}", series.prefix).into();
                let known = self.series.get_key_value(series.prefix.as_str());
                let series =
                    known.map_or_else(|| series.prefix.as_str().into(), |(known, _)| Arc::clone(known));
                return Ok(Number { day, series, round, value, text });
            }
            value += 1;
        }
        Err(exhausted())
    }
}
