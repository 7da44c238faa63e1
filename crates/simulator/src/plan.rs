//! How many people come, and how they behave.

use jiff::civil::Date;
use khiw_domain::config::SiteConfig;
use khiw_domain::id::CounterId;

/// Shares are of 1.
#[derive(Clone, Debug)]
pub struct Plan {
    pub day: Date,
    pub seed: u64,
    pub visitors: u32,
    pub priority_share: f64,
    pub second_service_share: f64,
    /// Of calls that nobody answers.
    pub absent_share: f64,
    pub transfer_share: f64,
    pub park_share: f64,
    pub paper: bool,
    /// Counters left to people.
    pub free_counters: Vec<CounterId>,
}

/// Of the counters' time that visitors take up on a busy but bearable day.
const UTILISATION: f64 = 0.9;

impl Plan {
    /// As many visitors as the site's counters can bear on that day.
    pub fn busy(config: &SiteConfig, day: Date, seed: u64) -> Self {
        Self { visitors: bearable(config, day), ..Self::of(day, seed, 0) }
    }

    pub fn of(day: Date, seed: u64, visitors: u32) -> Self {
        Self {
            day,
            seed,
            visitors,
            priority_share: 0.12,
            second_service_share: 0.05,
            absent_share: 0.06,
            transfer_share: 0.04,
            park_share: 0.02,
            paper: true,
            free_counters: Vec::new(),
        }
    }
}

fn bearable(config: &SiteConfig, day: Date) -> u32 {
    let open_s = crate::visitor::spans(config, day)
        .iter()
        .map(|span| {
            (span.to - span.from).get_hours() * 3600 + (span.to - span.from).get_minutes() as i32 * 60
        })
        .sum::<i32>();
    let queues = config.queues.len().max(1) as f64;
    let mean_s = config.queues.iter().map(|q| f64::from(q.service_time_s)).sum::<f64>() / queues + 40.0;
    (config.counters.len() as f64 * f64::from(open_s.max(0)) * UTILISATION / mean_s) as u32
}
