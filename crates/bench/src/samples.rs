//! Many measurements of one thing, and what is said about them.

use std::time::Duration;

/// Durations of repeated events, in order of size.
#[derive(Debug)]
pub struct Samples(Vec<Duration>);

impl Samples {
    pub fn new(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        Self(all)
    }

    /// The duration that `percent` of the events stayed within.
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let at = (self.0.len() * percent).div_ceil(100).saturating_sub(1).min(last);
        self.0.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    }

    pub fn p50_ms(&self) -> f64 {
        self.percentile_ms(50)
    }

    pub fn p99_ms(&self) -> f64 {
        self.percentile_ms(99)
    }
}

/// The middle one of a few rates: one disturbed run does not decide.
pub fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let samples = Samples::new((1..=100).rev().map(Duration::from_millis).collect());
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(close(samples.p50_ms(), 50.0) && close(samples.p99_ms(), 99.0));
        assert!(close(Samples::new(vec![Duration::from_millis(7)]).p99_ms(), 7.0));
    }

    #[test]
    fn the_median_ignores_one_bad_run() {
        assert!((median(vec![10.0, 1.0, 11.0]) - 10.0).abs() < 1e-9);
    }
}
