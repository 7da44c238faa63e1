//! The pulse of one site: tells its screens what changed, at most four times a second, and that the line is
//! alive. Sleeps while nobody listens. Runs beside the hall's thread and never on it.

use std::sync::Arc;
use std::time::Duration;

use khiw_domain::id::{CounterId, SiteId, TicketId};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::feed::{Audience, Feed, Urgent};
use super::frame::{FrameKind, SharedFrame};
use super::pace::Pace;
use crate::api::types::{Alarm, Frame, FrameBody};
use crate::view;

/// Two of these without any frame, and a screen says that it is stale.
pub const HEARTBEAT_EVERY: Duration = Duration::from_secs(5);

/// Runs until it is aborted.
pub async fn beat(feed: Arc<Feed>) {
    let mut pace = Pace::default();
    let mut records = false;
    let mut forecasts = feed.served.hall.forecasts();
    let mut alarms = feed.alarms.follow();
    let mut pulse = interval(HEARTBEAT_EVERY);
    pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        if !feed.is_listened_to() {
            feed.wake.notified().await;
            feed.tell_urgent();
            alarms = alarms.resubscribe();
            pulse.reset();
            pace.change(Instant::now());
            continue;
        }
        let due = pace.due();
        tokio::select! {
            () = feed.wake.notified() => {
                feed.tell_urgent();
                records = true;
                pace.change(Instant::now());
            }
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                feed.tell_state(std::mem::take(&mut records));
                pace.tell(Instant::now());
            }
            changed = forecasts.changed() => match changed {
                Ok(()) => pace.change(Instant::now()),
                // The hall is gone.
                Err(_) => return,
            },
            changed = alarms.recv() => feed.tell_alarm(changed),
            _ = pulse.tick() => feed.heartbeat(),
        }
    }
}

impl Feed {
    /// What its listeners wait for: the counter they have just acted at, the ticket just called.
    fn tell_urgent(&self) {
        let Urgent { counters, tickets, snapshot } = std::mem::take(&mut self.channels().urgent);
        if snapshot {
            self.tell_anew();
        }
        for counter in &counters {
            self.tell_counter(counter);
        }
        for ticket in tickets {
            self.tell_ticket(ticket);
        }
    }

    /// A new day or a new configuration: whoever listens starts from the state as it is.
    fn tell_anew(&self) {
        for audience in [Audience::Display, Audience::Site] {
            let (Some(frame), _) = self.make_hall_snapshot(&audience) else { continue };
            let channels = self.channels();
            let sender = if audience == Audience::Site { &channels.site } else { &channels.display };
            let _ = sender.send(frame);
        }
    }

    /// Tells what differs from what was told last. `records`: not only the forecast is new.
    fn tell_state(&self, records: bool) {
        let (counters, tickets, staff, lobby) = {
            let channels = self.channels();
            let counters: Vec<CounterId> = channels.counters.keys().cloned().collect();
            let tickets: Vec<TicketId> = channels.tickets.keys().copied().collect();
            let heard = |sender: &broadcast::Sender<SharedFrame>| sender.receiver_count() > 0;
            (counters, tickets, heard(&channels.site), heard(&channels.display))
        };
        if staff || lobby {
            self.tell_queues();
        }
        // A clerk's view holds waits that change with every second; only what happened is worth a frame.
        if records {
            for counter in &counters {
                self.tell_counter(counter);
            }
        }
        for ticket in tickets {
            self.tell_ticket(ticket);
        }
    }

    fn tell_queues(&self) {
        let (queues, counters, desks, now) =
            view::read(&self.served, |view| (view.queues(), view.counters(true), view.desks(), view.now));
        let mut channels = self.channels();
        let lobby = (channels.queues_told != queues || channels.desks_told != desks)
            .then(|| FrameBody::Counts { queues: queues.clone(), desks: desks.clone() });
        channels.desks_told = desks;
        let queues = (channels.queues_told != queues).then_some(queues);
        let counters = (channels.counters_told != counters).then_some(counters);
        if let Some(queues) = &queues {
            channels.queues_told.clone_from(queues);
        }
        if let Some(counters) = &counters {
            channels.counters_told.clone_from(counters);
        }
        let (display, site) = (channels.display.clone(), channels.site.clone());
        drop(channels);
        if let Some(counts) = lobby {
            send_state(&display, counts, now);
        }
        if queues.is_some() || counters.is_some() {
            send_state(&site, FrameBody::Changed { queues, counters }, now);
        }
    }

    fn tell_counter(&self, id: &CounterId) {
        let Some((detail, now)) =
            view::read(&self.served, |view| view.counter_detail(id).map(|detail| (detail, view.now)))
        else {
            return;
        };
        let mut channels = self.channels();
        let Some(topic) = channels.counters.get_mut(id).filter(|topic| topic.told.as_ref() != Some(&detail))
        else {
            return;
        };
        topic.told = Some(detail.clone());
        let sender = topic.sender.clone();
        drop(channels);
        send_state(&sender, FrameBody::Counter { counter: Box::new(detail) }, now);
    }

    fn tell_ticket(&self, id: TicketId) {
        let ticket = view::read(&self.served, |view| view.public_ticket(id));
        let mut channels = self.channels();
        let Some(ticket) = ticket else {
            // Of a day that is over: its listeners are let go.
            channels.tickets.remove(&id);
            return;
        };
        let now = ticket.now;
        let told = |known: &crate::api::types::PublicTicket| {
            let mut known = known.clone();
            known.now = now;
            known == ticket
        };
        let Some(topic) =
            channels.tickets.get_mut(&id).filter(|topic| !topic.told.as_ref().is_some_and(told))
        else {
            return;
        };
        topic.told = Some(ticket.clone());
        let sender = topic.sender.clone();
        drop(channels);
        send_state(&sender, FrameBody::Ticket { ticket: Box::new(ticket) }, now);
    }

    fn tell_alarm(&self, changed: Result<(SiteId, Alarm), RecvError>) {
        match changed {
            Ok((site, alarm)) if site == *self.served.hall.site_id() => {
                let sender = self.channels().site.clone();
                send_state(&sender, FrameBody::Alarm { alarm }, self.served.hall.now());
            }
            Ok(_) | Err(RecvError::Closed) => {}
            // Too many at once to tell one by one: the board as it is.
            Err(RecvError::Lagged(_)) => self.tell_anew(),
        }
    }

    /// One shared frame for every connection of the site. It moves their place to resume from along, so that a
    /// quiet lobby does not fall out of the ring.
    fn heartbeat(&self) {
        let now = self.served.hall.now();
        let mut channels = self.channels();
        channels.counters.retain(|_, topic| topic.sender.receiver_count() > 0);
        channels.tickets.retain(|_, topic| topic.sender.receiver_count() > 0);
        let seq = channels.ring.head();
        let body = FrameBody::Heartbeat;
        let frame = Frame { body, position: Some(self.position(seq)), seq: Some(seq), at: None, now };
        let Some(frame) = SharedFrame::of(FrameKind::Heartbeat, &frame) else { return };
        let _ = channels.display.send(frame.clone());
        let _ = channels.site.send(frame.clone());
        let states = channels.counters.values().map(|topic| &topic.sender);
        for sender in states.chain(channels.tickets.values().map(|topic| &topic.sender)) {
            let _ = sender.send(frame.clone());
        }
    }
}

fn send_state(sender: &broadcast::Sender<SharedFrame>, body: FrameBody, now: jiff::Timestamp) {
    if sender.receiver_count() == 0 {
        return;
    }
    let frame = Frame { body, position: None, seq: None, at: None, now };
    if let Some(frame) = SharedFrame::of(FrameKind::State, &frame) {
        // Nobody listens any more: nothing is lost.
        let _ = sender.send(frame);
    }
}
