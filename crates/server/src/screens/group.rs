//! The rule of a sound group: of the screens within earshot of each other exactly one speaks. Pure; the caller brings
//! the screens and the time.
//!
//! Whoever speaks goes on speaking while it can: a change in mid-call would say it twice or not at all. What the group
//! has spoken lately is kept, so that the next speaker leaves it out.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

/// A speaker that says nothing of itself for so long is taken for mute. With a look every two seconds another one speaks
/// within fifteen.
pub const SILENCE_MAX: Duration = Duration::from_secs(10);
/// Calls remembered as spoken: far more than are spoken in the half minute in which a call may be spoken.
pub const SPOKEN_MAX: usize = 64;

/// A screen as its group sees it.
#[derive(Clone, Debug)]
pub struct Member {
    pub device: Arc<str>,
    /// It is connected, and set to speak.
    pub present: bool,
    /// It reports that it can sound.
    pub unlocked: bool,
    /// When it last did so over its present connection.
    pub reported: Option<Instant>,
}

impl Member {
    fn can_speak(&self, now: Instant) -> bool {
        let reports = self.reported.is_some_and(|at| now.saturating_duration_since(at) < SILENCE_MAX);
        self.present && self.unlocked && reports
    }
}

#[derive(Debug, Default)]
pub struct Group {
    speaker: Option<Arc<str>>,
    /// Oldest first.
    spoken: VecDeque<String>,
}

impl Group {
    /// Who is to speak now. The first that can, in the order given, unless the one that speaks still can.
    pub fn elect(&mut self, members: &[Member], now: Instant) {
        let able = |member: &&Member| member.can_speak(now);
        let stays = members.iter().filter(able).any(|member| Some(&member.device) == self.speaker.as_ref());
        if !stays {
            self.speaker = members.iter().find(able).map(|member| Arc::clone(&member.device));
        }
    }

    pub fn is_spoken_for_by(&self, device: &str) -> bool {
        self.speaker.as_deref() == Some(device)
    }

    /// A screen of the group has spoken this call.
    pub fn spoke(&mut self, call: String) {
        if self.spoken.contains(&call) {
            return;
        }
        if self.spoken.len() == SPOKEN_MAX {
            self.spoken.pop_front();
        }
        self.spoken.push_back(call);
    }

    /// Lately, oldest first.
    pub fn spoken(&self) -> Vec<String> {
        self.spoken.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(device: &str, reported: Instant) -> Member {
        Member { device: device.into(), present: true, unlocked: true, reported: Some(reported) }
    }

    fn speakers(group: &Group, members: &[Member]) -> Vec<String> {
        let speak = members.iter().filter(|member| group.is_spoken_for_by(&member.device));
        speak.map(|member| member.device.to_string()).collect()
    }

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn of_two_that_can_exactly_one_speaks_and_it_stays_the_same() {
        // Given a group in which the second screen speaks alone
        let start = Instant::now();
        let (a, b) = (member("a", start), member("b", start));
        let mut group = Group::default();
        group.elect(std::slice::from_ref(&b), start);
        // When one comes that stands before it
        group.elect(&[a.clone(), b.clone()], start);
        // Then nothing changes
        assert_eq!(speakers(&group, &[a, b]), ["b"]);
    }

    #[test]
    fn when_the_speaker_goes_another_speaks_at_once() {
        let start = Instant::now();
        let (a, b) = (member("a", start), member("b", start));
        let mut group = Group::default();
        group.elect(&[a.clone(), b.clone()], start);
        assert_eq!(speakers(&group, &[a.clone(), b.clone()]), ["a"]);
        group.elect(&[Member { present: false, ..a.clone() }, b.clone()], start);
        assert_eq!(speakers(&group, &[a.clone(), b.clone()]), ["b"]);
        // And it does not take its place back.
        group.elect(&[a.clone(), b.clone()], start);
        assert_eq!(speakers(&group, &[a, b]), ["b"]);
    }

    #[test]
    fn a_speaker_that_says_nothing_of_itself_is_followed_by_another_within_fifteen_seconds() {
        // Given a speaker that was heard last at the start, and another that goes on reporting
        let start = Instant::now();
        let mut group = Group::default();
        let members = |second| [member("a", start), member("b", after(start, second / 5 * 5))];
        // When time passes, looked at every two seconds
        let taken_over = (0..20).step_by(2).find(|second| {
            group.elect(&members(*second), after(start, *second));
            speakers(&group, &members(*second)) == ["b"]
        });
        // Then not before ten seconds of silence, and not after fifteen
        assert_eq!(taken_over, Some(10));
    }

    #[test]
    fn a_screen_that_may_not_sound_or_never_reported_does_not_speak() {
        let start = Instant::now();
        let locked = Member { unlocked: false, ..member("a", start) };
        let unheard = Member { reported: None, ..member("b", start) };
        let mut group = Group::default();
        group.elect(&[locked.clone(), unheard.clone()], start);
        assert_eq!(speakers(&group, &[locked.clone(), unheard.clone()]), Vec::<String>::new());
        // A touch later it does.
        let touched = Member { unlocked: true, ..locked };
        group.elect(&[touched.clone(), unheard.clone()], start);
        assert_eq!(speakers(&group, &[touched, unheard]), ["a"]);
    }

    #[test]
    fn what_was_spoken_is_kept_once_and_only_the_newest() {
        let mut group = Group::default();
        for n in 0..SPOKEN_MAX + 10 {
            group.spoke(n.to_string());
            group.spoke(n.to_string());
        }
        let spoken = group.spoken();
        assert_eq!((spoken.len(), spoken[0].as_str()), (SPOKEN_MAX, "10"));
        assert_eq!(spoken.last().map(String::as_str), Some("73"));
    }
}
