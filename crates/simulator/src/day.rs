//! A whole day at full speed against the bare domain: what-if questions, and the test that every ticket ends.

use jiff::Timestamp;
use khiw_domain::command::{Command, Context};
use khiw_domain::event::Event;
use khiw_domain::{Forecast, Refusal, Site, Stamp};

use crate::crowd::Crowd;

/// What one record would hold.
pub type Written = (Stamp, Vec<Event>);

/// The forecast is refreshed this often, in simulated seconds.
const FORECAST_EVERY_S: i64 = 60;

/// Plays the crowd's day on `site` from `start` until everybody has gone and the next day has opened.
/// `record` sees every record in order; `refused` every refusal (people do try what cannot be).
pub fn run(
    site: &mut Site,
    crowd: &mut Crowd,
    start: Timestamp,
    mut record: impl FnMut(&Written),
    mut refused: impl FnMut(&Refusal),
) {
    let mut hall = Playing { site, now: start, seq: 0, forecast: Forecast::default(), forecast_at: None };
    let mut first_day = None;
    loop {
        let due = hall.site.next_due();
        let moves = crowd.next_at();
        let Some(next) = [due, moves].into_iter().flatten().min() else { return };
        hall.now = hall.now.max(next);
        hall.refresh_forecast();
        let command = if due.is_some_and(|due| due <= hall.now) {
            Some(Command::Tick)
        } else {
            crowd.act(hall.site, hall.now)
        };
        match command.map(|command| hall.send(&command)) {
            Some(Ok(Some(written))) => record(&written),
            Some(Err(refusal)) => refused(&refusal),
            _ => {}
        }
        let day = hall.site.day().map(|day| day.day);
        first_day = first_day.or(day);
        if crowd.next_at().is_none() && day.is_some() && day != first_day {
            return;
        }
    }
}

struct Playing<'a> {
    site: &'a mut Site,
    now: Timestamp,
    seq: u64,
    forecast: Forecast,
    forecast_at: Option<Timestamp>,
}

impl Playing<'_> {
    fn send(&mut self, command: &Command) -> Result<Option<Written>, Refusal> {
        let context = Context { now: self.now, forecast: &self.forecast, hold_rollover: false };
        let events = self.site.decide(command, &context)?;
        if events.is_empty() {
            return Ok(None);
        }
        self.seq += 1;
        let stamp = Stamp { seq: self.seq, at: self.now };
        for event in &events {
            self.site.apply(stamp, event);
        }
        Ok(Some((stamp, events)))
    }

    fn refresh_forecast(&mut self) {
        let old = self.forecast_at.is_none_or(|at| self.now.duration_since(at).as_secs() >= FORECAST_EVERY_S);
        if old {
            self.forecast = Forecast::of(self.site, self.now);
            self.forecast_at = Some(self.now);
        }
    }
}
