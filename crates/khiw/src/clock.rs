//! Simulated time for the command line: a start, a speed, and for the demo a jump over the night.

use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use khiw_dispatcher::Clock;

/// `START[xSPEED]`: an RFC 3339 moment with offset, and hall seconds per real second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockSpec {
    pub start: Timestamp,
    pub speed: f64,
}

/// Faster than this, the hall cannot be followed.
const SPEED_MAX: f64 = 10_000.0;

impl FromStr for ClockSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (start, speed) = text.rsplit_once('x').unwrap_or((text, "1"));
        let start = start.parse::<Timestamp>().map_err(|error| {
            format!(
                "`{start}` is no moment; write it with its offset, e.g. 2026-11-03T08:25:00+07:00 ({error})"
            )
        })?;
        let speed = parse_speed(speed)?;
        Ok(Self { start, speed })
    }
}

pub fn parse_speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if speed.is_finite() && speed > 0.0 && speed <= SPEED_MAX => Ok(speed),
        _ => Err(format!("`{text}` is no speed; write a number above 0 and at most {SPEED_MAX}")),
    }
}

/// Simulated time that can leap ahead, so that a demo need not sit through the night.
pub struct DemoClock {
    start: Timestamp,
    speed: f64,
    real_start: Instant,
    /// Hall time leapt over, in milliseconds.
    leapt_ms: AtomicU64,
    wake: Mutex<Vec<Box<dyn Fn() + Send + Sync>>>,
}

impl DemoClock {
    pub fn new(spec: ClockSpec) -> Self {
        Self {
            start: spec.start,
            speed: spec.speed,
            real_start: Instant::now(),
            leapt_ms: AtomicU64::new(0),
            wake: Mutex::default(),
        }
    }

    /// Ahead to `moment`; never back.
    pub fn leap_to(&self, moment: Timestamp) {
        // One more than the whole milliseconds: a leap must not fall short.
        let ahead_ms = moment.duration_since(self.wall()).as_millis() + 1;
        self.leapt_ms.fetch_add(u64::try_from(ahead_ms).unwrap_or(0), Ordering::Relaxed);
        let wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner);
        wake.iter().for_each(|wake| wake());
    }
}

impl Clock for DemoClock {
    fn wall(&self) -> Timestamp {
        self.start.checked_add(self.elapsed()).unwrap_or(Timestamp::MAX)
    }

    fn elapsed(&self) -> Duration {
        let leapt = Duration::from_millis(self.leapt_ms.load(Ordering::Relaxed));
        self.real_start.elapsed().mul_f64(self.speed) + leapt
    }

    fn speed(&self) -> f64 {
        self.speed
    }

    fn simulated(&self) -> bool {
        true
    }

    fn on_jump(&self, wake: Box<dyn Fn() + Send + Sync>) {
        self.wake.lock().unwrap_or_else(PoisonError::into_inner).push(wake);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_and_a_speed_are_read() {
        let spec: ClockSpec = "2026-11-03T08:25:00+07:00x20".parse().unwrap();
        let start = "2026-11-03T01:25:00Z".parse().unwrap();
        assert_eq!(spec, ClockSpec { start, speed: 20.0 });
        assert_eq!("2026-11-03T01:25:00Z".parse(), Ok(ClockSpec { start, speed: 1.0 }));
    }

    #[test]
    fn a_wrong_clock_is_told_what_to_write() {
        for wrong in
            ["yesterday", "2026-11-03T08:25:00", "2026-11-03T08:25:00Zx0", "2026-11-03T08:25:00Zxfast"]
        {
            let error = wrong.parse::<ClockSpec>().unwrap_err();
            assert!(error.contains("write"), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_leap_goes_ahead_and_wakes_whoever_waits() {
        let clock = DemoClock::new("2026-11-03T01:25:00Z".parse().unwrap());
        let (sender, woken) = std::sync::mpsc::channel();
        clock.on_jump(Box::new(move || {
            let _ = sender.send(());
        }));
        let morning: Timestamp = "2026-11-04T01:20:00Z".parse().unwrap();
        clock.leap_to(morning);
        assert!(clock.wall() >= morning && woken.try_recv().is_ok());
        clock.leap_to("2026-11-01T00:00:00Z".parse().unwrap());
        assert!(clock.wall() >= morning);
    }
}
