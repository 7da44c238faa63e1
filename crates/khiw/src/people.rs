//! Lets the simulated people of `khiw-simulator` work in a running hall. They send commands like anybody else
//! and see only what is committed.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use khiw_dispatcher::{Failure, Hall, Request};
use khiw_domain::config::SiteConfig;
use khiw_domain::hours;
use khiw_domain::id::CounterId;
use khiw_simulator::{Crowd, Plan};

use crate::clock::DemoClock;

/// Who sends the simulated people's commands, as the journal keeps it.
const ACTOR: &str = "simulator";
/// Looking more often than this would be for nothing.
const LOOK_MIN: Duration = Duration::from_millis(10);
const LOOK_MAX: Duration = Duration::from_millis(500);
/// The demo's day begins this long before opening.
pub const EARLY_MIN: i64 = 5;

pub struct People {
    pub hall: Hall,
    pub clock: Arc<DemoClock>,
    pub speed: f64,
    pub seed: u64,
    /// Counters left to whoever tries the demo.
    pub free_counters: Vec<CounterId>,
}

impl People {
    /// Plays day after day until the task is dropped; nights and holidays are leapt over.
    pub async fn live(mut self) {
        loop {
            let Some((config, day)) = self.today() else { return };
            let plan =
                Plan { free_counters: self.free_counters.clone(), ..Plan::busy(&config, day, self.seed) };
            self.play(Crowd::new(&config, plan)).await;
            let Some(morning) = next_morning(&config, day) else { return };
            self.clock.leap_to(morning);
            self.seed = self.seed.wrapping_add(1);
            self.wait_for_day_after(day).await;
        }
    }

    fn today(&self) -> Option<(Arc<SiteConfig>, Date)> {
        self.hall.read(|site| Some((Arc::clone(site.config()?), site.day()?.day)))
    }

    async fn play(&self, mut crowd: Crowd) {
        while let Some(next_at) = crowd.next_at() {
            let now = self.hall.now();
            if next_at > now {
                tokio::time::sleep(self.real(next_at, now)).await;
                continue;
            }
            let Some(command) = self.hall.read(|site| crowd.act(site, now)) else { continue };
            match self.hall.send(Request::once(ACTOR, command)).await {
                Ok(_) => {}
                Err(Failure::Refused(refusal)) => {
                    tracing::debug!(code = refusal.code(), "a simulated person was refused");
                }
                Err(failure) => {
                    tracing::warn!(%failure, "the simulated people wait");
                    tokio::time::sleep(LOOK_MAX).await;
                }
            }
        }
    }

    fn real(&self, next_at: Timestamp, now: Timestamp) -> Duration {
        let hall = Duration::try_from(next_at.duration_since(now)).unwrap_or_default();
        hall.div_f64(self.speed).clamp(LOOK_MIN, LOOK_MAX)
    }

    /// The dispatcher opens the new day by itself; its tail tells when.
    async fn wait_for_day_after(&self, day: Date) {
        let mut tail = self.hall.tail();
        while self.hall.read(|site| site.day().is_none_or(|open| open.day <= day)) {
            if tail.changed().await.is_err() {
                return;
            }
        }
    }
}

/// A little before the first opening after `day`.
fn next_morning(config: &SiteConfig, day: Date) -> Option<Timestamp> {
    morning_from(config, day.checked_add(1.day()).ok()?)
}

/// A little before the first opening on or after `day`.
pub fn morning_from(config: &SiteConfig, day: Date) -> Option<Timestamp> {
    let zone = jiff::tz::TimeZone::get(&config.time_zone).ok()?;
    (0..60).find_map(|days| {
        let date = day.checked_add(days.days()).ok()?;
        let opening = config
            .hours
            .iter()
            .filter_map(|h| hours::spans_on(config, h, date).first())
            .map(|s| s.from)
            .min()?;
        let at = hours::instant(&zone, date.to_datetime(opening));
        at.checked_sub(EARLY_MIN.minutes()).ok()
    })
}
