//! What a screen may say, and how often. A screen only reports the position it rendered and, when it enrolled, how it
//! does; anything else, or too much of it, ends the connection.

use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::api::types::ClientFrame;

/// Messages a screen may send at once: it may render a burst of calls frame by frame.
pub const MESSAGES_BURST: u16 = 64;
/// Messages a second it may go on sending: four counts, the calls, the pongs.
pub const MESSAGES_PER_S: u16 = 16;
/// Longest message: a report takes about 250 bytes, with eight calls and eight broken pictures six times that.
pub const MESSAGE_BYTES_MAX: usize = 2048;

/// A bucket of messages that refills with time.
#[derive(Debug)]
pub struct Allowance {
    left: u16,
    filled: Instant,
}

impl Allowance {
    pub fn new(now: Instant) -> Self {
        Self { left: MESSAGES_BURST, filled: now }
    }

    /// Takes one message off; `false` when the screen floods.
    pub fn take(&mut self, now: Instant) -> bool {
        let seconds = now.saturating_duration_since(self.filled).as_secs_f64();
        let earned = (seconds * f64::from(MESSAGES_PER_S)) as u16;
        if earned > 0 {
            self.left = self.left.saturating_add(earned).min(MESSAGES_BURST);
            self.filled = now;
        }
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        true
    }
}

/// `None` when it is nothing a screen may say.
pub fn parse(text: &Utf8Bytes) -> Option<ClientFrame> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_is_allowed_and_a_flood_is_not() {
        let start = Instant::now();
        let mut allowance = Allowance::new(start);
        assert!((0..MESSAGES_BURST).all(|_| allowance.take(start)));
        assert!(!allowance.take(start));
        let later = start + Duration::from_secs(1);
        assert!((0..MESSAGES_PER_S).all(|_| allowance.take(later)));
        assert!(!allowance.take(later));
    }

    #[test]
    fn steady_reports_are_always_allowed() {
        let start = Instant::now();
        let mut allowance = Allowance::new(start);
        let every_100_ms = |i: u64| start + Duration::from_millis(i * 100);
        assert!((0..1_000).all(|i| allowance.take(every_100_ms(i))));
    }

    #[test]
    fn a_screen_says_what_it_rendered_and_nothing_else() {
        let said = parse(&r#"{"type":"rendered","position":"ab.1.7"}"#.into());
        assert!(matches!(said, Some(ClientFrame::Rendered { position }) if position == "ab.1.7"));
        for garbage in
            ["", "{}", r#"{"type":"call"}"#, r#"{"type":"rendered","position":"x","more":1}"#, "[]"]
        {
            assert!(parse(&garbage.into()).is_none(), "{garbage}");
        }
    }
}
