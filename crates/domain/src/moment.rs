//! Arithmetic on moments that cannot fail: the ends of time are as far as it goes.

use jiff::{SignedDuration, Timestamp};

/// `at` plus seconds, at most the end of time.
pub(crate) fn later(at: Timestamp, seconds: u32) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(i64::from(seconds))).unwrap_or(Timestamp::MAX)
}
