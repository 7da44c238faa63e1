//! How long will it take: a forward simulation of the hall, from the counters that are open, what they serve,
//! and the service times learnt. Made outside `decide`, about once a second, and handed in.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::config::Served;
use crate::id::QueueId;
use crate::site::Site;
use crate::ticket::Estimate;

/// Independent futures that are simulated; their quantiles are the range.
const FUTURES: usize = 24;
/// Positions of each queue that are simulated; further ones are extended in a straight line.
const POSITIONS_MAX: usize = 120;
/// People who may still join before the next forecast: they must not all be promised the first place.
const JOINING: usize = 12;
/// Ranges are told in half minutes: more would pretend.
const GRAIN_S: u32 = 30;

/// Range by position, per queue. Position 0 waits next. A queue that no open counter serves has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    queues: BTreeMap<QueueId, Vec<Estimate>>,
}

impl Forecast {
    /// The range for somebody with `position` tickets before them.
    pub fn at(&self, queue: &QueueId, position: usize) -> Option<Estimate> {
        let ranges = self.queues.get(queue)?;
        if let Some(range) = ranges.get(position) {
            return Some(*range);
        }
        let last = *ranges.last()?;
        let scale = |s: u32| {
            let scaled = u64::from(s) * (position as u64 + 1) / ranges.len() as u64;
            u32::try_from(scaled).unwrap_or(u32::MAX)
        };
        Some(Estimate { p50_s: scale(last.p50_s), p90_s: scale(last.p90_s) })
    }

    /// Simulates the hall from its state at `now`, in one go; see [`Outlook`]. Deterministic: the same state gives the same table.
    pub fn of(site: &Site, now: Timestamp) -> Self {
        Outlook::of(site, now).forecast()
    }
}

/// What a forecast starts from: a small copy, so that the hall can be let go before it is simulated.
pub struct Outlook(Start);

impl Outlook {
    pub fn of(site: &Site, now: Timestamp) -> Self {
        Self(Start::of(site, now))
    }

    /// Simulates the hall from there.
    pub fn forecast(&self) -> Forecast {
        let start = &self.0;
        let mut waits: BTreeMap<usize, Vec<Vec<u32>>> = BTreeMap::new();
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        for _ in 0..FUTURES {
            for (queue, line) in start.run(&mut dice).into_iter().enumerate() {
                waits.entry(queue).or_default().push(line);
            }
        }
        let queues = start
            .queues
            .iter()
            .enumerate()
            .filter(|(index, _)| start.served(*index))
            .map(|(index, queue)| (queue.id.clone(), ranges(&waits[&index])))
            .collect();
        Forecast { queues }
    }
}

/// Quantiles over the futures, position by position.
fn ranges(futures: &[Vec<u32>]) -> Vec<Estimate> {
    let positions = futures.iter().map(Vec::len).min().unwrap_or(0);
    (0..positions)
        .map(|position| {
            let mut waits: Vec<u32> = futures.iter().map(|line| line[position]).collect();
            waits.sort_unstable();
            let quantile = |q: usize| grain(waits[(waits.len() - 1) * q / 100]);
            Estimate { p50_s: quantile(50), p90_s: quantile(90) }
        })
        .collect()
}

fn grain(seconds: u32) -> u32 {
    seconds.div_ceil(GRAIN_S) * GRAIN_S
}

struct QueueStart {
    id: QueueId,
    /// Promises in order, relative to now, in seconds; ends with those who may join now.
    promises: Vec<i64>,
    mean_s: f64,
    spread_s: f64,
}

struct CounterStart {
    /// Index of a queue and its handicap.
    serves: Vec<(usize, i64)>,
    /// How long the ticket at hand has been there; none: idle.
    busy: Option<(usize, f64)>,
}

struct Start {
    queues: Vec<QueueStart>,
    counters: Vec<CounterStart>,
}

impl Start {
    fn of(site: &Site, now: Timestamp) -> Self {
        let since = |at: Timestamp| at.duration_since(now).as_secs();
        let queues: Vec<QueueStart> = site
            .lines
            .iter()
            .map(|(id, line)| {
                let mut promises: Vec<i64> =
                    line.iter().take(POSITIONS_MAX).map(|p| since(p.promise)).collect();
                let target_s = i64::from(site.target_s(id, crate::ticket::Lane::Normal));
                promises.extend((0..JOINING as i64).map(|later_s| target_s + later_s));
                let learnt = site.learnt.get(id);
                let seconds = |ms: u64| ms as f64 / 1000.0;
                QueueStart {
                    id: id.clone(),
                    promises,
                    mean_s: learnt.map_or(300.0, |l| seconds(l.mean_ms)).max(1.0),
                    spread_s: learnt.map_or(150.0, |l| seconds(l.deviation_ms)),
                }
            })
            .collect();
        let index = |queue: &QueueId| queues.iter().position(|q| q.id == *queue);
        let serves = |served: &[Served]| {
            served.iter().filter_map(|s| Some((index(&s.queue)?, i64::from(s.handicap_s)))).collect()
        };
        let counters = site
            .counters
            .iter()
            .filter_map(|(id, counter)| {
                let session = counter.session.as_ref()?;
                if session.paused.is_some() {
                    return None;
                }
                let busy = site
                    .at_hand(id)
                    .and_then(|ticket| Some((index(&ticket.queue)?, -since(session.since) as f64)));
                Some(CounterStart { serves: serves(&session.queues), busy })
            })
            .collect();
        Self { queues, counters }
    }

    fn served(&self, queue: usize) -> bool {
        self.counters.iter().any(|counter| counter.serves.iter().any(|(q, _)| *q == queue))
    }

    /// One future: the wait of each position of each queue, in seconds.
    fn run(&self, dice: &mut Dice) -> Vec<Vec<u32>> {
        let mut free: Vec<f64> = self
            .counters
            .iter()
            .map(|counter| match counter.busy {
                Some((queue, spent_s)) => (self.service_s(queue, dice) - spent_s).max(5.0),
                None => 0.0,
            })
            .collect();
        let mut waits: Vec<Vec<u32>> =
            self.queues.iter().map(|q| Vec::with_capacity(q.promises.len())).collect();
        while let Some((counter, queue)) = self.next_call(&mut free, &waits) {
            waits[queue].push(free[counter] as u32);
            free[counter] += self.service_s(queue, dice);
        }
        waits
    }

    /// The counter that is free first among those with somebody to call, and whose turn it is there. A counter
    /// with nobody left to call has nobody later either, because lines only grow shorter: it goes home.
    fn next_call(&self, free: &mut [f64], waits: &[Vec<u32>]) -> Option<(usize, usize)> {
        const HOME: f64 = f64::INFINITY;
        loop {
            let (counter, at) = free.iter().enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b))?;
            if *at == HOME {
                return None;
            }
            match self.choice(&self.counters[counter], waits) {
                Some(queue) => return Some((counter, queue)),
                None => free[counter] = HOME,
            }
        }
    }

    /// The queue whose head a counter would call.
    fn choice(&self, counter: &CounterStart, waits: &[Vec<u32>]) -> Option<usize> {
        let heads = counter.serves.iter().filter_map(|(queue, handicap_s)| {
            let promise = self.queues[*queue].promises.get(waits[*queue].len())?;
            Some((promise + handicap_s, *queue))
        });
        heads.min().map(|(_, queue)| queue)
    }

    /// A service time: mean ± spread, skewed to the long side as service times are, never under a tenth.
    fn service_s(&self, queue: usize, dice: &mut Dice) -> f64 {
        let queue = &self.queues[queue];
        let skewed = -dice.unit().ln() - 1.0;
        (queue.mean_s + queue.spread_s * skewed).max(queue.mean_s / 10.0)
    }
}

/// A fixed sequence of draws (splitmix64): the same state must give the same forecast, so no outside randomness.
struct Dice(u64);

impl Dice {
    /// In (0, 1].
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11).wrapping_add(1) as f64 / (1u64 << 53) as f64
    }
}
