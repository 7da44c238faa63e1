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

fn field(path: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
