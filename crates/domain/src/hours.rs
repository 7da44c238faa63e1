//! Opening hours, dated holidays, and the "last ticket": may a number be taken now, and if not, when?
//! Only `decide` asks this module; what it answers is written into events.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::config::{Day, HolidayKind, Hours, SiteConfig, Span};
use crate::refusal::ClosedWhy;

/// How far ahead an opening is looked for.
const SEARCH_DAYS: i32 = 60;

/// Numbers are not given now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shut {
    pub why: ClosedWhy,
    /// When numbers are given next.
    pub opens_at: Option<Timestamp>,
}

/// The open spans of `hours` on `date`, holidays considered; empty: closed.
pub fn spans_on<'a>(config: &'a SiteConfig, hours: &'a Hours, date: Date) -> &'a [Span] {
    let week = |day: Day| hours.week.get(&day).map_or(&[][..], Vec::as_slice);
    match config.holidays.iter().find(|holiday| holiday.date == date) {
        Some(holiday) if holiday.kind == HolidayKind::Holiday => &hours.holiday,
        Some(_) => week(Day::Mon),
        None => week(Day::from(date.weekday())),
    }
}

/// When the day's last span ends, if there is one.
pub fn closing_on(config: &SiteConfig, hours: &Hours, date: Date) -> Option<DateTime> {
    spans_on(config, hours, date).last().map(|span| date.to_datetime(span.to))
}

/// The moment a local date and time names; in a gap of the zone, the moment after it.
pub fn instant(zone: &TimeZone, local: DateTime) -> Timestamp {
    zone.to_ambiguous_timestamp(local).compatible().unwrap_or(Timestamp::MAX)
}

/// Whether numbers are given at `now`.
pub fn issuing(config: &SiteConfig, hours: &Hours, zone: &TimeZone, now: Timestamp) -> Result<(), Shut> {
    let local = zone.to_datetime(now);
    let Some(why) = refuse_at(config, hours, local) else { return Ok(()) };
    let opens_at = next_window(config, hours, local).map(|at| instant(zone, at));
    Err(Shut { why, opens_at })
}

fn refuse_at(config: &SiteConfig, hours: &Hours, local: DateTime) -> Option<ClosedWhy> {
    let windows = windows_on(config, hours, local.date());
    let (Some(first), Some(last)) = (windows.first(), windows.last()) else {
        let dated = config
            .holidays
            .iter()
            .any(|holiday| holiday.date == local.date() && holiday.kind == HolidayKind::Holiday);
        return Some(if dated { ClosedWhy::Holiday } else { ClosedWhy::NotThisDay });
    };
    let time = local.time();
    if time < first.from {
        Some(ClosedWhy::BeforeOpening)
    } else if time >= last.to {
        Some(ClosedWhy::AfterLastTicket)
    } else if windows.iter().any(|window| (window.from..window.to).contains(&time)) {
        None
    } else {
        Some(ClosedWhy::Gap)
    }
}

/// The intervals of a day in which numbers are given.
fn windows_on(config: &SiteConfig, hours: &Hours, date: Date) -> Vec<Span> {
    let spans = spans_on(config, hours, date);
    let count = spans.len();
    let mut windows: Vec<Span> = Vec::with_capacity(count);
    for (index, span) in spans.iter().enumerate() {
        let from = earlier(span.from, hours.issue_before_min);
        let to = if index + 1 == count { earlier(span.to, hours.last_ticket_min) } else { span.to };
        match windows.last_mut() {
            Some(open) if hours.issue_through_gaps || from <= open.to => open.to = to.max(open.to),
            _ => windows.push(Span { from, to: to.max(from) }),
        }
    }
    windows
}

/// `time` less some minutes, but not before the day begins.
fn earlier(time: Time, minutes: u16) -> Time {
    let midnight = Time::midnight();
    let since = i64::from(time.hour()) * 60 + i64::from(time.minute());
    if since < i64::from(minutes) { midnight } else { time.wrapping_sub(i64::from(minutes).minutes()) }
}

fn next_window(config: &SiteConfig, hours: &Hours, after: DateTime) -> Option<DateTime> {
    (0..=SEARCH_DAYS).find_map(|days| {
        let date = after.date().checked_add(days.days()).ok()?;
        windows_on(config, hours, date)
            .into_iter()
            .filter(|window| window.from < window.to)
            .map(|window| date.to_datetime(window.from))
            .find(|from| *from > after)
    })
}
