//! Seeded draws in the shapes that people's times have.

use fastrand::Rng;

/// A service time around `mean_s`: right-skewed (log-normal, σ 0.5), between a fifth and four times the mean.
pub fn service_s(rng: &mut Rng, mean_s: f64) -> i64 {
    const SIGMA: f64 = 0.5;
    let drawn = mean_s * (normal(rng) * SIGMA - SIGMA * SIGMA / 2.0).exp();
    drawn.clamp(mean_s / 5.0, mean_s * 4.0) as i64
}

/// Approximately standard normal: the sum of twelve uniform draws, less six.
fn normal(rng: &mut Rng) -> f64 {
    (0..12).map(|_| rng.f64()).sum::<f64>() - 6.0
}

pub fn chance(rng: &mut Rng, share: f64) -> bool {
    rng.f64() < share
}
