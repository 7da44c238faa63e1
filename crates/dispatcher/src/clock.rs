//! Where time comes from. The only place of the crate that asks the machine for it; everybody else asks a
//! [`Clock`]. What a doubtful clock means is `timeline`'s business.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// A wall clock, which people may set, beside a monotonic one, which nobody can.
pub trait Clock: Send + Sync {
    /// What the machine believes the time to be. May jump either way.
    fn wall(&self) -> Timestamp;

    /// Hall time gone by since some fixed start. Never goes back.
    fn elapsed(&self) -> Duration;

    /// Seconds of hall time in one real second: only tells how long to sleep.
    fn speed(&self) -> f64 {
        1.0
    }

    /// The clock is invented, so it is never in doubt.
    fn simulated(&self) -> bool {
        false
    }

    /// A clock that is moved by hand calls `wake` whenever it was moved; others ignore it.
    fn on_jump(&self, wake: Box<dyn Fn() + Send + Sync>) {
        drop(wake);
    }
}

/// The machine's clocks.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

/// Begins at a chosen moment and runs at a chosen speed.
#[derive(Debug)]
pub struct SimulatedClock {
    start: Timestamp,
    speed: f64,
    real_start: Instant,
}

impl SimulatedClock {
    /// `speed` in hall seconds per real second; anything but a positive number counts as 1.
    pub fn new(start: Timestamp, speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
        Self { start, speed, real_start: Instant::now() }
    }
}

impl Clock for SimulatedClock {
    fn wall(&self) -> Timestamp {
        self.start.checked_add(self.elapsed()).unwrap_or(Timestamp::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.real_start.elapsed().mul_f64(self.speed)
    }

    fn speed(&self) -> f64 {
        self.speed
    }

    fn simulated(&self) -> bool {
        true
    }
}

/// Stands still until a test or a simulation at full speed moves it.
pub struct ManualClock {
    simulated: bool,
    state: Mutex<Hands>,
    wakes: Mutex<Vec<Box<dyn Fn() + Send + Sync>>>,
}

#[derive(Clone, Copy)]
struct Hands {
    wall: Timestamp,
    elapsed: Duration,
}

impl ManualClock {
    pub fn new(wall: Timestamp) -> Self {
        let state = Mutex::new(Hands { wall, elapsed: Duration::ZERO });
        Self { simulated: false, state, wakes: Mutex::new(Vec::new()) }
    }

    /// Never in doubt, whatever the journal's last record says.
    pub fn new_simulated(wall: Timestamp) -> Self {
        Self { simulated: true, ..Self::new(wall) }
    }

    /// Time goes by.
    pub fn advance(&self, by: Duration) {
        {
            let mut hands = self.hands();
            hands.wall = hands.wall.checked_add(by).unwrap_or(Timestamp::MAX);
            hands.elapsed += by;
        }
        self.wake();
    }

    /// Somebody sets the wall clock; no time goes by.
    pub fn set_wall(&self, wall: Timestamp) {
        self.hands().wall = wall;
        self.wake();
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        for wake in self.wakes.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            wake();
        }
    }
}

impl Clock for ManualClock {
    fn wall(&self) -> Timestamp {
        self.hands().wall
    }

    fn elapsed(&self) -> Duration {
        self.hands().elapsed
    }

    fn simulated(&self) -> bool {
        self.simulated
    }

    fn on_jump(&self, wake: Box<dyn Fn() + Send + Sync>) {
        self.wakes.lock().unwrap_or_else(PoisonError::into_inner).push(wake);
    }
}
