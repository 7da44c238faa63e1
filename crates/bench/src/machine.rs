//! Where the figures come from: the machine in a few words, without its name.

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

/// Since when the processors' time is looked at: a shared machine lends some of it to its neighbours, and whoever waits
/// just then waits for them.
pub struct Lent(Option<Ticks>);

#[derive(Clone, Copy)]
struct Ticks {
    all: u64,
    lent: u64,
}

impl Lent {
    pub fn now() -> Self {
        Self(std::fs::read_to_string("/proc/stat").ok().and_then(|stat| Ticks::of(&stat)))
    }

    /// `; 0.3 % of the processors lent to others`; nothing where the system does not tell.
    pub fn since(&self) -> String {
        let (Some(before), Some(after)) = (self.0, Self::now().0) else { return String::new() };
        let (lent, all) = (after.lent - before.lent, (after.all - before.all).max(1));
        format!("; {:.1} % of the processors lent to others", lent as f64 * 100.0 / all as f64)
    }
}

impl Ticks {
    /// Of the first line: user, nice, system, idle, iowait, irq, softirq, steal, and guest times, which are in user.
    fn of(stat: &str) -> Option<Self> {
        const STEAL: usize = 7;
        let line = stat.lines().next()?.strip_prefix("cpu ")?;
        let times: Vec<u64> =
            line.split_whitespace().take(STEAL + 1).map(str::parse).collect::<Result<_, _>>().ok()?;
        Some(Self { all: times.iter().sum(), lent: *times.get(STEAL)? })
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
    }
}
