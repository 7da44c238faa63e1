//! Who waits in one line, in order of promise. Rank and insertion point are found in O(log n).
//!
//! A ring buffer, not a tree: new tickets come near the end and calls leave near the front, so an insertion
//! moves few entries, and a place in line is a binary search instead of a walk.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

use crate::id::TicketId;

/// Order of a line: earliest promise first, ties by issue order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    pub promise: Timestamp,
    pub ticket: TicketId,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Line {
    places: VecDeque<Place>,
}

impl Line {
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub fn first(&self) -> Option<Place> {
        self.places.front().copied()
    }

    pub fn get(&self, position: usize) -> Option<Place> {
        self.places.get(position).copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = Place> + '_ {
        self.places.iter().copied()
    }

    /// How many stand before `place`, whether or not it stands here itself.
    pub fn rank(&self, place: Place) -> usize {
        // Who comes stands behind everybody, mostly: no search, which in a long line is as many misses of the cache.
        if self.places.back().is_none_or(|last| *last < place) {
            return self.places.len();
        }
        self.places.partition_point(|other| *other < place)
    }

    pub(crate) fn join(&mut self, place: Place) {
        let at = self.rank(place);
        debug_assert!(self.places.get(at) != Some(&place), "a ticket waits in one place");
        self.places.insert(at, place);
    }

    /// Returns whether the place was there.
    pub(crate) fn leave(&mut self, place: Place) -> bool {
        let at = self.rank(place);
        let there = self.places.get(at) == Some(&place);
        if there {
            self.places.remove(at);
        }
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(second: i64, ticket: u64) -> Place {
        Place { promise: Timestamp::from_second(second).expect("in range"), ticket: TicketId(ticket) }
    }

    #[test]
    fn a_line_is_ordered_by_promise_then_issue_order() {
        let mut line = Line::default();
        for p in [place(30, 1), place(10, 4), place(10, 2), place(20, 3)] {
            line.join(p);
        }
        let order: Vec<u64> = line.iter().map(|p| p.ticket.0).collect();
        assert_eq!(order, [2, 4, 3, 1]);
        assert_eq!(line.rank(place(20, 3)), 2);
        assert_eq!((line.rank(place(30, 2)), Line::default().rank(place(30, 2))), (4, 0), "behind everybody");
    }

    #[test]
    fn leaving_takes_exactly_that_ticket() {
        let mut line = Line::default();
        line.join(place(10, 1));
        line.join(place(10, 2));
        assert!(line.leave(place(10, 1)));
        assert!(!line.leave(place(10, 1)));
        assert_eq!(line.first(), Some(place(10, 2)));
    }
}
