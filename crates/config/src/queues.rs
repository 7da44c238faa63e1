//! `[[queues]]`: number series, targets, quotas, what becomes of those who wait at closing.

use std::collections::BTreeMap;

use khiw_domain::config::{CloseRule, Counter, Profile, Queue, Series};
use khiw_domain::id::QueueId;

use crate::declared::{Declared, at, items};
use crate::fields::{Fields, Reading};
use crate::tree::Place;

pub(crate) const QUEUES_MAX: usize = 64;
/// Eight hours: a longer wait ends with the day.
const WAIT_MIN_MAX: u32 = 480;
const PREFIX_LETTERS_MAX: usize = 3;
const DIGITS_MAX: u32 = 6;

pub(crate) fn queues<'a>(root: &Fields<'a>, reading: &'a Reading<'a>) -> (Vec<Queue>, Declared<QueueId>) {
    let mut declared = Declared::new("queue");
    let mut prefixes: BTreeMap<String, Place> = BTreeMap::new();
    let mut all = Vec::new();
    for fields in items(root, reading, "queues", 1..=QUEUES_MAX) {
        let id = declared.declare(&fields);
        let series = series(&fields);
        if let Some(earlier) = prefixes.get(&series.prefix) {
            let problem = format!(
                "`{}` is the prefix of the queue at {}, too: choose another",
                series.prefix,
                at(earlier)
            );
            fields.problem("prefix", problem);
        } else if !series.prefix.is_empty() {
            prefixes.insert(series.prefix.clone(), fields.place.clone());
        }
        all.extend(queue(&fields, id, series));
        fields.done();
    }
    (all, declared)
}

/// `None` without an id; all else is read nevertheless, for its problems.
fn queue(fields: &Fields<'_>, id: Option<QueueId>, series: Series) -> Option<Queue> {
    let at_close = [
        ("serve_out", CloseRule::ServeOut),
        ("cancel_with_notice", CloseRule::CancelWithNotice),
        ("carry_over", CloseRule::CarryOver),
    ];
    fields.need("target_wait_min", "20");
    fields.need("service_time_min", "8");
    let target = fields.number("target_wait_min", 1..=WAIT_MIN_MAX).map(|n| n * 60);
    let priority = fields.number("priority_target_wait_min", 1..=WAIT_MIN_MAX).map(|n| n * 60);
    if let (Some(target), Some(priority)) = (target, priority)
        && priority > target
    {
        let (priority, target) = (priority / 60, target / 60);
        let problem = format!(
            "is {priority}, more than target_wait_min: write at most {target}, usually a third to a half"
        );
        fields.problem("priority_target_wait_min", problem);
    }
    let target = target.unwrap_or(60);
    Some(Queue {
        name: fields.name("name"),
        series,
        target_wait_s: target,
        priority_target_wait_s: priority.unwrap_or(target / 2),
        posted_wait_s: fields.number("posted_wait_min", 1..=WAIT_MIN_MAX).map(|n| n * 60),
        service_time_s: fields.number("service_time_min", 1..=WAIT_MIN_MAX).unwrap_or(1) * 60,
        quota_day: fields.number("quota_day", 1..=100_000),
        quota_hour: fields.number("quota_hour", 1..=100_000),
        at_close: fields.choice("at_close", &at_close).unwrap_or(CloseRule::ServeOut),
        id: id?,
    })
}

fn series(fields: &Fields<'_>) -> Series {
    fields.need("prefix", "\"A\"");
    let prefix = fields.text("prefix", "\"A\"", 64).unwrap_or_default();
    let letters = prefix.len() <= PREFIX_LETTERS_MAX && prefix.bytes().all(|byte| byte.is_ascii_uppercase());
    if !letters {
        let problem = format!(
            "`{prefix}` is no prefix: write 1 to {PREFIX_LETTERS_MAX} letters A-Z, they are spoken one by one"
        );
        fields.problem("prefix", problem);
    }
    let digits = fields.number("digits", 1..=DIGITS_MAX).unwrap_or(3);
    let highest = 10_u32.pow(digits) - 1;
    let first = fields.number("first", 0..=999_999).unwrap_or(1);
    let last = fields.number("last", 0..=999_999).unwrap_or(highest);
    if last > highest {
        fields.problem(
            "last",
            format!("{last} has more than {digits} digits: write at most {highest}, or raise digits"),
        );
    }
    if first > last {
        fields.problem("first", format!("{first} is more than last ({last}): write a smaller first"));
    }
    Series { prefix, digits: digits as u8, first, last }
}

/// A queue that no counter serves would take visitors and never call them.
pub(crate) fn check_served<'a>(
    root: &Fields<'a>,
    reading: &'a Reading<'a>,
    queues: &[Queue],
    profiles: &[Profile],
    counters: &[Counter],
) {
    let used = profiles.iter().filter(|profile| counters.iter().any(|counter| counter.profile == profile.id));
    let served: Vec<&QueueId> =
        used.flat_map(|profile| profile.queues.iter().map(|served| &served.queue)).collect();
    let unserved = queues.iter().filter(|queue| !served.contains(&&queue.id));
    let tables: Vec<(String, Place)> = items(root, reading, "queues", 0..=QUEUES_MAX)
        .into_iter()
        .map(|fields| (fields.path, fields.place.clone()))
        .collect();
    for queue in unserved {
        let path = format!("queues[{}]", queue.id);
        if let Some((_, place)) = tables.iter().find(|(table, _)| *table == path) {
            reading.problems.add(
                place,
                &path,
                "no counter serves it: add it to a profile that a counter has",
            );
        }
    }
}
