//! `[[hours]]` and `[[holidays]]`: when work is open, by weekday and by date.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use khiw_domain::config::{Day, Holiday, HolidayKind, Hours, Span};
use khiw_domain::id::HoursId;

use crate::declared::{Declared, at, items};
use crate::fields::{Fields, Reading};
use crate::tree::{Entry, Node, Place, Value};

pub(crate) const HOURS_MAX: usize = 32;
pub(crate) const HOLIDAYS_MAX: usize = 500;
const SPANS_A_DAY_MAX: usize = 8;
/// Four hours: an earlier issue or an earlier last ticket is a slip.
const LEAD_MIN_MAX: u32 = 240;

const DAYS: [(&str, Day); 7] = [
    ("mon", Day::Mon),
    ("tue", Day::Tue),
    ("wed", Day::Wed),
    ("thu", Day::Thu),
    ("fri", Day::Fri),
    ("sat", Day::Sat),
    ("sun", Day::Sun),
];

pub(crate) fn hours<'a>(root: &Fields<'a>, reading: &'a Reading<'a>) -> (Vec<Hours>, Declared<HoursId>) {
    let mut declared = Declared::new("set of hours");
    let mut all = Vec::new();
    for fields in items(root, reading, "hours", 1..=HOURS_MAX) {
        let id = declared.declare(&fields);
        fields.need("week", "{ mon-fri = [\"08:30-12:00\", \"13:00-16:30\"] }");
        let week = week(&fields, fields.table("week"));
        let holiday = spans(&fields, "holiday", fields.list("holiday", "[\"08:30-12:00\"]"));
        let issue_before_min = fields.number("issue_before_min", 0..=LEAD_MIN_MAX).unwrap_or(0) as u16;
        let last_ticket_min = fields.number("last_ticket_min", 0..=LEAD_MIN_MAX).unwrap_or(0) as u16;
        let issue_through_gaps = fields.flag("issue_through_gaps");
        fields.done();
        all.extend(id.map(|id| Hours {
            id,
            week,
            holiday,
            issue_before_min,
            last_ticket_min,
            issue_through_gaps,
        }));
    }
    (all, declared)
}

/// `mon-fri = [ spans ]`, `sat = [ spans ]`.
fn week(fields: &Fields<'_>, entries: &[Entry]) -> BTreeMap<Day, Vec<Span>> {
    let mut week: BTreeMap<Day, Vec<Span>> = BTreeMap::new();
    for entry in entries {
        let key = format!("week.{}", entry.key);
        let problem = |text: &str| fields.reading.problems.add(&entry.place, &fields.path_of(&key), text);
        let Some(days) = days(&entry.key) else {
            problem("is no day: use mon, tue, wed, thu, fri, sat, sun, or a range such as mon-fri");
            continue;
        };
        let Value::List(nodes) = &entry.node.value else {
            problem("write a list of times, e.g. [\"08:30-12:00\"]");
            continue;
        };
        let spans = spans(fields, &key, nodes);
        for (name, day) in days {
            if week.insert(*day, spans.clone()).is_some() {
                problem(&format!("declares {name} again: a day stands in one line only"));
            }
        }
    }
    week
}

fn days(key: &str) -> Option<&'static [(&'static str, Day)]> {
    let position = |name: &str| DAYS.iter().position(|(day, _)| *day == name);
    let (from, to) = key.split_once('-').unwrap_or((key, key));
    let (from, to) = (position(from)?, position(to)?);
    (from <= to).then(|| &DAYS[from..=to])
}

fn spans(fields: &Fields<'_>, key: &str, nodes: &[Node]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    if nodes.len() > SPANS_A_DAY_MAX {
        fields.problem(key, format!("has {} spans: at most {SPANS_A_DAY_MAX} a day", nodes.len()));
    }
    for node in nodes.iter().take(SPANS_A_DAY_MAX) {
        let problem = |text: String| fields.reading.problems.add(&node.place, &fields.path_of(key), text);
        let Value::Text(text) = &node.value else {
            problem(format!("is {}: write a span such as \"08:30-12:00\"", node.value.kind()));
            continue;
        };
        let Some(span) = span(text) else {
            problem(format!("`{text}` is no span: write from-to with two digits each, e.g. \"08:30-12:00\""));
            continue;
        };
        if span.from >= span.to {
            problem(format!("`{text}` ends before it begins: swap the times, or split it at midnight"));
        } else if spans.last().is_some_and(|earlier| span.from < earlier.to) {
            problem(format!(
                "`{text}` overlaps the span before it: write spans in order, apart from each other"
            ));
        }
        spans.push(span);
    }
    spans
}

fn span(text: &str) -> Option<Span> {
    let (from, to) = text.split_once('-')?;
    Some(Span { from: time(from)?, to: time(to)? })
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    if hour.len() != 2 || minute.len() != 2 {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

pub(crate) fn holidays<'a>(root: &Fields<'a>, reading: &'a Reading<'a>) -> Vec<Holiday> {
    let kinds = [("holiday", HolidayKind::Holiday), ("working", HolidayKind::Working)];
    let mut dated: BTreeMap<Date, (Holiday, Place)> = BTreeMap::new();
    for fields in items(root, reading, "holidays", 0..=HOLIDAYS_MAX) {
        let date = fields.date("date");
        let name = fields.name("name");
        let kind = fields.choice("kind", &kinds).unwrap_or(HolidayKind::Holiday);
        let forecast = fields.flag("forecast");
        fields.done();
        let Some(date) = date else { continue };
        if let Some((_, earlier)) = dated.get(&date) {
            fields.problem("date", format!("{date} stands already at {}: keep one of the two", at(earlier)));
            continue;
        }
        dated.insert(date, (Holiday { date, name, kind, forecast }, fields.place.clone()));
    }
    dated.into_values().map(|(holiday, _)| holiday).collect()
}
