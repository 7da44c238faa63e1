//! How long a service takes, learnt from those that ended: a moving mean and mean deviation in whole
//! milliseconds, so that every machine learns the same.

use crate::event::Learnt;
use crate::id::QueueId;

/// A learnt mean follows the last services with at least this weight (1 in n).
const LEARNING_WINDOW: u32 = 20;
/// The prior counts as this many services.
const PRIOR_WEIGHT: u32 = 4;

/// Before anything is learnt: the configured time, give or take half of it.
pub(crate) fn prior(queue: &QueueId, service_time_s: u32) -> Learnt {
    let mean_ms = u64::from(service_time_s) * 1000;
    Learnt { queue: queue.clone(), mean_ms, deviation_ms: mean_ms / 2, n: 0 }
}

/// One more service took `took_ms`.
pub(crate) fn learn(learnt: &mut Learnt, took_ms: u64) {
    let weight = u64::from((learnt.n + PRIOR_WEIGHT).min(LEARNING_WINDOW));
    let deviation_ms = took_ms.abs_diff(learnt.mean_ms);
    learnt.mean_ms = (learnt.mean_ms * (weight - 1) + took_ms) / weight;
    learnt.deviation_ms = (learnt.deviation_ms * (weight - 1) + deviation_ms) / weight;
    learnt.n = learnt.n.saturating_add(1);
}
