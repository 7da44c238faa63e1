//! The last frames of a site, so that a screen that was away gets exactly what it missed. Bounded: who was away
//! for longer than it reaches starts from a snapshot.

use std::collections::VecDeque;

use super::frame::SharedFrame;

/// Frames kept for resume. A busy hall of 30 counters makes about 8 a minute: half an hour.
pub const RESUME_FRAMES_MAX: usize = 256;

#[derive(Debug)]
pub struct Ring {
    frames: VecDeque<SharedFrame>,
    /// Every frame of a later record is in the ring.
    complete_after: u64,
    /// The last record that was published, whether or not it made a frame.
    head: u64,
}

impl Ring {
    /// Empty, of a stream that ends at `head`.
    pub fn new(head: u64) -> Self {
        Self { frames: VecDeque::new(), complete_after: head, head }
    }

    pub fn head(&self) -> u64 {
        self.head
    }

    /// The stream now ends at `seq`; frames of this record follow by [`Ring::push`].
    pub fn advance(&mut self, seq: u64) {
        debug_assert!(seq >= self.head, "records are published in order");
        self.head = seq;
    }

    pub fn push(&mut self, frame: SharedFrame) {
        debug_assert!(frame.seq().is_some(), "only what happened is kept");
        if self.frames.len() == RESUME_FRAMES_MAX {
            self.drop_oldest_record();
        }
        self.frames.push_back(frame);
    }

    /// The frames after `since`; `None` when the ring does not reach back so far, or `since` lies beyond the head.
    pub fn missed(&self, since: u64) -> Option<Vec<SharedFrame>> {
        if since < self.complete_after || since > self.head {
            return None;
        }
        let later = |frame: &&SharedFrame| frame.seq() > Some(since);
        Some(self.frames.iter().filter(later).cloned().collect())
    }

    /// Nothing before now can be resumed from: what was told has to be told anew.
    pub fn forget(&mut self) {
        self.frames.clear();
        self.complete_after = self.head;
    }

    /// A record is forgotten as a whole: half of one is no answer.
    fn drop_oldest_record(&mut self) {
        let Some(oldest) = self.frames.front().and_then(SharedFrame::seq) else { return };
        while self.frames.front().and_then(SharedFrame::seq) == Some(oldest) {
            self.frames.pop_front();
        }
        self.complete_after = oldest;
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::FrameKind;
    use super::*;

    fn frame(seq: u64, text: &'static str) -> SharedFrame {
        SharedFrame { kind: FrameKind::Record { seq }, text: text.into() }
    }

    fn texts(frames: Option<Vec<SharedFrame>>) -> Option<Vec<String>> {
        frames.map(|frames| frames.iter().map(|frame| frame.text.to_string()).collect())
    }

    fn ring(records: &[(u64, &'static str)]) -> Ring {
        let mut ring = Ring::new(10);
        for (seq, text) in records {
            ring.advance(*seq);
            ring.push(frame(*seq, text));
        }
        ring
    }

    #[test]
    fn who_was_away_gets_exactly_what_came_after() {
        let ring = ring(&[(11, "a"), (13, "b"), (13, "c"), (20, "d")]);
        assert_eq!(texts(ring.missed(11)), Some(vec!["b".into(), "c".into(), "d".into()]));
        assert_eq!(texts(ring.missed(15)), Some(vec!["d".into()]));
        assert_eq!(texts(ring.missed(20)), Some(vec![]));
    }

    #[test]
    fn before_the_start_and_beyond_the_head_there_is_no_resume() {
        let ring = ring(&[(11, "a")]);
        assert_eq!(texts(ring.missed(10)), Some(vec!["a".into()]));
        assert_eq!(texts(ring.missed(9)), None);
        assert_eq!(texts(ring.missed(12)), None);
    }

    #[test]
    fn a_full_ring_forgets_whole_records() {
        let mut ring = Ring::new(0);
        ring.advance(1);
        ring.push(frame(1, "first"));
        ring.push(frame(1, "first too"));
        for seq in 2..=RESUME_FRAMES_MAX as u64 {
            ring.advance(seq);
            ring.push(frame(seq, "later"));
        }
        assert_eq!(texts(ring.missed(0)), None, "half of record 1 would be told as all of it");
        assert_eq!(ring.missed(1).map(|frames| frames.len()), Some(RESUME_FRAMES_MAX - 1));
    }
}
