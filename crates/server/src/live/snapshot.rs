//! How a connection begins, and begins again when it was too slow: the frames it missed, or the state as it is.
//! What it is given and the channel it then listens to join without gap or overlap.

use std::time::Duration;

use tokio::sync::broadcast;
use tokio::time::Instant;

use super::calls::ANNOUNCE_BELOW_S;
use super::feed::{Audience, Feed, KeptSnapshot};
use super::frame::{FrameKind, SharedFrame};
use crate::api::types::{Frame, FrameBody, Snapshot};
use crate::view;

/// A snapshot is handed to everybody who comes within this time of it, if no record came between.
const KEPT_FOR: Duration = Duration::from_millis(250);

/// What a connection is sent first, and where it listens then.
pub struct Welcome {
    pub frames: Vec<SharedFrame>,
    pub receiver: broadcast::Receiver<SharedFrame>,
}

impl Feed {
    /// None when there is no such counter or ticket (any more).
    pub fn welcome(&self, audience: &Audience, since: Option<&str>) -> Option<Welcome> {
        let welcome = match audience {
            Audience::Display => {
                let resumed = since.and_then(|since| self.resumed(since));
                Some(resumed.unwrap_or_else(|| self.hall_snapshot(audience)))
            }
            // Staff see states, not a history: for the rest the state as it is replaces all that was missed.
            Audience::Site => Some(self.hall_snapshot(audience)),
            Audience::Counter(_) | Audience::Ticket(_) => self.state_snapshot(audience),
        };
        self.wake.notify_one();
        welcome
    }

    /// The calls and notices after `since`, then the counts as they are.
    fn resumed(&self, since: &str) -> Option<Welcome> {
        let seq = self.own_seq(since)?;
        let (queues, desks, now) = view::read(&self.served, |view| (view.queues(), view.desks(), view.now));
        let channels = self.channels();
        if channels.urgent.snapshot {
            return None;
        }
        let mut frames = channels.ring.missed(seq)?;
        let receiver = channels.display.subscribe();
        drop(channels);
        let body = FrameBody::Counts { queues, desks };
        let counts = Frame { body, position: None, seq: None, at: None, now };
        frames.extend(SharedFrame::of(FrameKind::State, &counts));
        Some(Welcome { frames, receiver })
    }

    fn hall_snapshot(&self, audience: &Audience) -> Welcome {
        let kept = self.kept(audience);
        kept.unwrap_or_else(|| {
            let (frame, receiver) = self.make_hall_snapshot(audience);
            Welcome { frames: frame.into_iter().collect(), receiver }
        })
    }

    fn kept(&self, audience: &Audience) -> Option<Welcome> {
        let mut channels = self.channels();
        let kept = if *audience == Audience::Site { &channels.kept_site } else { &channels.kept_display };
        let kept = kept.as_ref()?;
        if kept.seq != channels.ring.head() || kept.made.elapsed() > KEPT_FOR {
            return None;
        }
        let frames = vec![kept.frame.clone()];
        Some(Welcome { frames, receiver: Self::listen(&mut channels, audience) })
    }

    /// Makes the snapshot of display or site and keeps it for those who come next.
    pub fn make_hall_snapshot(
        &self,
        audience: &Audience,
    ) -> (Option<SharedFrame>, broadcast::Receiver<SharedFrame>) {
        let staff = *audience == Audience::Site;
        let (lobby, counters, now) = view::read(&self.served, |view| {
            let lobby = (view.queues(), view.desks(), view.notice());
            (lobby, staff.then(|| view.counters(true)), view.now)
        });
        let (queues, desks, notice) = lobby;
        let alarms = staff.then(|| self.alarms.of(self.served.hall.site_id()));
        let mut channels = self.channels();
        let receiver = Self::listen(&mut channels, audience);
        let (calls, seq) = (channels.calls.standing(now), channels.ring.head());
        drop(channels);
        let snapshot = Snapshot {
            calls: Some(calls),
            queues: Some(queues),
            desks: Some(desks),
            notice,
            counters,
            alarms,
            announce_below_s: Some(ANNOUNCE_BELOW_S),
            simulated: Some(self.simulated),
            speed: Some(self.speed),
            ..Snapshot::default()
        };
        let frame = self.snapshot_frame(snapshot, seq, now);
        if let Some(frame) = frame.clone() {
            let kept = Some(KeptSnapshot { seq, made: Instant::now(), frame });
            let mut channels = self.channels();
            *if staff { &mut channels.kept_site } else { &mut channels.kept_display } = kept;
        }
        (frame, receiver)
    }

    fn state_snapshot(&self, audience: &Audience) -> Option<Welcome> {
        let mut channels = self.channels();
        let receiver = Self::listen(&mut channels, audience);
        let seq = channels.ring.head();
        drop(channels);
        let (snapshot, now) = view::read(&self.served, |view| {
            let snapshot = match audience {
                Audience::Counter(id) => {
                    Snapshot { counter: Some(view.counter_detail(id)?), ..Snapshot::default() }
                }
                Audience::Ticket(id) => {
                    Snapshot { ticket: Some(view.public_ticket(*id)?), ..Snapshot::default() }
                }
                Audience::Display | Audience::Site => return None,
            };
            Some((snapshot, view.now))
        })?;
        let frames = self.snapshot_frame(snapshot, seq, now).into_iter().collect();
        Some(Welcome { frames, receiver })
    }

    fn snapshot_frame(&self, snapshot: Snapshot, seq: u64, now: jiff::Timestamp) -> Option<SharedFrame> {
        let body = FrameBody::Snapshot(Box::new(snapshot));
        let frame = Frame { body, position: Some(self.position(seq)), seq: Some(seq), at: None, now };
        SharedFrame::of(FrameKind::Snapshot, &frame)
    }
}
