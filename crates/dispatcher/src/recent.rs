//! The last durable records as they were decided: followers that keep up read these instead of the journal, so
//! that nothing is read back from the disk and parsed that was in memory a moment ago.

use std::collections::VecDeque;

use crate::hall::Committed;

/// Records kept. A follower that is further behind reads the journal.
const RECENT_MAX: usize = 1_024;

/// The newest records of one hall, without a gap.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    records: VecDeque<Committed>,
}

impl Recent {
    /// The next durable batch.
    pub fn extend(&mut self, batch: &[Committed]) {
        debug_assert!(
            self.records.back().zip(batch.first()).is_none_or(|(last, first)| last.seq + 1 == first.seq),
            "records come one after the other"
        );
        let kept = &batch[batch.len().saturating_sub(RECENT_MAX)..];
        let surplus = (self.records.len() + kept.len()).saturating_sub(RECENT_MAX);
        self.records.drain(..surplus);
        self.records.extend(kept.iter().cloned());
    }

    /// At most `limit` records from `from` on; `None` when `from` is no longer, or not yet, here.
    pub fn page(&self, from: u64, limit: usize) -> Option<Vec<Committed>> {
        let first = self.records.front()?.seq;
        let skipped = usize::try_from(from.checked_sub(first)?).ok()?;
        (skipped < self.records.len())
            .then(|| self.records.iter().skip(skipped).take(limit).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;

    fn records(seqs: impl IntoIterator<Item = u64>) -> Vec<Committed> {
        let of = |seq| Committed {
            seq,
            epoch: 1,
            at: Timestamp::UNIX_EPOCH,
            actor: Arc::from("test"),
            events: Arc::from([]),
        };
        seqs.into_iter().map(of).collect()
    }

    fn seqs(page: Option<Vec<Committed>>) -> Option<Vec<u64>> {
        page.map(|page| page.iter().map(|record| record.seq).collect())
    }

    #[test]
    fn a_page_begins_where_it_is_asked_to_or_is_none() {
        let mut recent = Recent::default();
        assert_eq!(seqs(recent.page(1, 10)), None);
        recent.extend(&records(5..8));
        recent.extend(&records(8..10));
        assert_eq!(seqs(recent.page(4, 10)), None);
        assert_eq!(seqs(recent.page(6, 2)), Some(vec![6, 7]));
        assert_eq!(seqs(recent.page(8, 10)), Some(vec![8, 9]));
        assert_eq!(seqs(recent.page(10, 10)), None);
    }

    #[test]
    fn only_the_newest_are_kept_also_of_one_large_batch() {
        let max = RECENT_MAX as u64;
        let mut recent = Recent::default();
        recent.extend(&records(1..3));
        recent.extend(&records(3..max + 10));
        assert_eq!(seqs(recent.page(9, 1)), None);
        assert_eq!(seqs(recent.page(10, 1)), Some(vec![10]));
        recent.extend(&records([max + 10]));
        assert_eq!(seqs(recent.page(10, 1)), None);
        assert_eq!(seqs(recent.page(max + 10, 9)), Some(vec![max + 10]));
    }
}
