//! When visitors come and what for: two peaks a day, some services wanted more than others.

use fastrand::Rng;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use khiw_domain::command::Issue;
use khiw_domain::config::{SiteConfig, Span};
use khiw_domain::hours;
use khiw_domain::id::{Language, ServiceId};
use khiw_domain::ticket::{Channel, Lane};

use crate::dice::chance;
use crate::plan::Plan;

pub struct Arrival {
    pub at: Timestamp,
    pub issue: Issue,
}

/// The open spans of the site's commonest hours on a day.
pub fn spans(config: &SiteConfig, day: Date) -> Vec<Span> {
    let common =
        config.hours.iter().max_by_key(|h| config.services.iter().filter(|s| s.hours == h.id).count());
    common.map_or_else(Vec::new, |hours| hours::spans_on(config, hours, day).to_vec())
}

/// The day's visitors, in order of arrival.
pub fn arrivals(config: &SiteConfig, zone: &TimeZone, plan: &Plan, rng: &mut Rng) -> Vec<Arrival> {
    let spans = spans(config, plan.day);
    if spans.is_empty() || config.services.is_empty() {
        return Vec::new();
    }
    let wanted = popularity(config, rng);
    let mut all: Vec<Arrival> = (0..plan.visitors)
        .map(|_| {
            let local = plan.day.to_datetime(time_of_arrival(&spans, rng));
            Arrival { at: hours::instant(zone, local), issue: wish(config, &wanted, plan, rng) }
        })
        .collect();
    all.sort_by_key(|arrival| arrival.at);
    all
}

/// The morning's first two hours and the first hour after lunch are the fullest.
fn time_of_arrival(spans: &[Span], rng: &mut Rng) -> Time {
    const SECONDS_BEFORE_CLOSING: i64 = 40 * 60;
    let second = |time: Time| i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60;
    let span = spans[usize::from(spans.len() > 1 && chance(rng, 0.4))];
    let (from, to) = (second(span.from), second(span.to) - SECONDS_BEFORE_CLOSING);
    let length = (to - from).max(60) as f64;
    // The earlier of two draws: twice as many at the start as on average, few at the end.
    let share = if chance(rng, 0.6) { rng.f64().min(rng.f64()) } else { rng.f64() };
    let at = from + (length * share) as i64;
    let part = |n: i64| i8::try_from(n).unwrap_or(0);
    Time::new(part(at / 3600), part(at / 60 % 60), part(at % 60), 0).unwrap_or(span.from)
}

/// Some services are asked for every few minutes, most rarely: weights fall like 1/rank, in shuffled order.
/// Weights are levelled by queue, so that no line gets more than its share of the counters.
fn popularity(config: &SiteConfig, rng: &mut Rng) -> Vec<(f64, ServiceId)> {
    let mut total = 0.0;
    let mut all = Vec::with_capacity(config.services.len());
    for queue in &config.queues {
        let capacity = capacity(config, queue.id.as_str()) / f64::from(queue.service_time_s.max(1));
        let mut services: Vec<_> = config.services.iter().filter(|s| s.queue == queue.id).collect();
        rng.shuffle(&mut services);
        let sum: f64 = (1..=services.len()).map(|rank| 1.0 / rank as f64).sum();
        for (rank, service) in services.iter().enumerate() {
            total += capacity / ((rank + 1) as f64 * sum);
            all.push((total, service.id.clone()));
        }
    }
    all
}

/// Counters' shares that work for a queue: a counter divides itself among the queues of its profile.
fn capacity(config: &SiteConfig, queue: &str) -> f64 {
    config
        .counters
        .iter()
        .filter_map(|counter| config.profiles.iter().find(|p| p.id == counter.profile))
        .filter(|profile| profile.queues.iter().any(|s| s.queue.as_str() == queue))
        .map(|profile| 1.0 / profile.queues.len() as f64)
        .sum()
}

fn pick(wanted: &[(f64, ServiceId)], rng: &mut Rng) -> ServiceId {
    let total = wanted.last().map_or(0.0, |(sum, _)| *sum);
    let draw = rng.f64() * total;
    let index = wanted.partition_point(|(sum, _)| *sum < draw).min(wanted.len() - 1);
    wanted[index].1.clone()
}

fn wish(config: &SiteConfig, wanted: &[(f64, ServiceId)], plan: &Plan, rng: &mut Rng) -> Issue {
    let mut services = vec![pick(wanted, rng)];
    if chance(rng, plan.second_service_share) {
        let second = pick(wanted, rng);
        if second != services[0] {
            services.push(second);
        }
    }
    Issue {
        services,
        lane: if chance(rng, plan.priority_share) { Lane::Priority } else { Lane::Normal },
        language: Some(language(&config.languages, rng)),
        channel: Channel::Kiosk,
        device: None,
        paper: plan.paper,
    }
}

/// Nine of ten read the site's own language.
fn language(offered: &[Language], rng: &mut Rng) -> Language {
    match offered {
        [] => Language::En,
        [first, others @ ..] if others.is_empty() || chance(rng, 0.9) => *first,
        [_, others @ ..] => others[rng.usize(..others.len())],
    }
}
