//! Where the figures come from: the machine in a few words, without its name.

use std::ops::{AddAssign, Sub};
use std::path::Path;

/// Processor, cores, memory, system; unknown parts are left out.
pub fn describe() -> String {
    let mut parts = Vec::new();
    let cpu = field("/proc/cpuinfo", "model name");
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    parts.push(format!("{cores} cores {}", cpu.unwrap_or_default()).trim_end().to_owned());
    if let Some(kib) =
        field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok())
    {
        parts.push(format!("{} GiB memory", kib.div_ceil(1024 * 1024)));
    }
    if let Ok(release) = std::fs::read_to_string(Path::new("/proc/sys/kernel/osrelease")) {
        let version: String = release.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        parts.push(format!("Linux {}", version.trim_end_matches('.')));
    }
    parts.join(", ")
}

/// The processors' time since the system's start, in ticks: all of it, and what a shared machine lent to its neighbours.
/// Whoever waits just then waits for them. Zero where the system does not tell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ticks {
    all: u64,
    lent: u64,
}

impl Ticks {
    pub fn now() -> Self {
        std::fs::read_to_string("/proc/stat").ok().and_then(|stat| Self::of(&stat)).unwrap_or_default()
    }

    /// 0 to 1.
    pub fn lent_share(self) -> f64 {
        self.lent as f64 / self.all.max(1) as f64
    }

    /// Of the first line: user, nice, system, idle, iowait, irq, softirq, steal, and guest times, which are in user.
    pub fn of(stat: &str) -> Option<Self> {
        const STEAL: usize = 7;
        let line = stat.lines().next()?.strip_prefix("cpu ")?;
        let times: Vec<u64> =
            line.split_whitespace().take(STEAL + 1).map(str::parse).collect::<Result<_, _>>().ok()?;
        Some(Self { all: times.iter().sum(), lent: *times.get(STEAL)? })
    }
}

impl Sub for Ticks {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self { all: self.all.saturating_sub(before.all), lent: self.lent.saturating_sub(before.lent) }
    }
}

impl AddAssign for Ticks {
    fn add_assign(&mut self, more: Self) {
        self.all += more.all;
        self.lent += more.lent;
    }
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lent_time_is_the_eighth_of_the_times_and_guests_are_not_counted_twice() {
        let ticks = Ticks::of("cpu  100 2 30 400 5 0 6 7 50 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n").unwrap();
        assert_eq!((ticks.all, ticks.lent), (550, 7));
        assert!(Ticks::of("cpu  1 2 3 4\n").is_none(), "an old system does not tell");
        assert!(Ticks::of("").is_none());
        let later = Ticks { all: 1_550, lent: 17 };
        assert!(((later - ticks).lent_share() - 0.01).abs() < 1e-9);
        assert!(Ticks::default().lent_share().abs() < 1e-9);
    }
}
