//! Screens that enrolled, on their topic: brings what they say to the site's lobby, and what the lobby tells each of
//! them to its connection. Decides nothing: that is `screens`.
//!
//! A frame for one screen goes over the channel of all, marked with its connection: another channel per screen would
//! cost each more than a look at a number.

use std::sync::{Arc, MutexGuard, PoisonError};

use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::feed::Feed;
use super::frame::{FrameKind, SharedFrame};
use crate::access::{Accounts, Device, Principal};
use crate::api::types::{Frame, FrameBody, ScreenNow, ScreenOrder, ScreenReport};
use crate::screens::{Lobby, Telling};

impl Feed {
    /// Never held by who holds the channels; the other way round it may be.
    pub fn lobby(&self) -> MutexGuard<'_, Lobby> {
        // Each step leaves the lobby whole.
        self.lobby.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An enrolled screen is greeted: what it is, and what it is to do at once.
    pub fn greet(&self, accounts: &Accounts, principal: &Principal, connection: u64) -> Vec<SharedFrame> {
        let Some(device) = accounts.device(&principal.id) else { return Vec::new() };
        self.tell_lobby(|lobby| lobby.came(&device, connection, Instant::now()));
        let renewal =
            accounts.should_renew(principal).then_some(FrameBody::Order { order: ScreenOrder::Renew });
        let renewal = renewal.and_then(|body| self.personal(connection, body));
        self.remind(connection).into_iter().chain(renewal).collect()
    }

    /// What an enrolled screen is now: behind each snapshot.
    pub fn remind(&self, connection: u64) -> Option<SharedFrame> {
        let screen = self.lobby().now_of(connection)?;
        self.personal(connection, screen_frame(screen))
    }

    /// An enrolled screen has drawn this record.
    pub fn screen_drew(&self, connection: u64, seq: u64) {
        let last_told = self.channels().last_told;
        self.lobby().drew(connection, seq, last_told, Instant::now());
    }

    pub fn screen_reported(&self, connection: u64, report: ScreenReport) {
        self.tell_lobby(|lobby| lobby.reported(connection, report, Instant::now()));
    }

    pub fn screen_left(&self, connection: u64) {
        self.tell_lobby(|lobby| lobby.left(connection, Instant::now()));
    }

    /// Its name or settings are others now.
    pub fn screen_set(&self, device: &Arc<Device>) {
        self.tell_lobby(|lobby| lobby.set(device, Instant::now()));
    }

    /// It is revoked: its connection ends now.
    pub fn screen_revoked(&self, device: &str) {
        let connection = self.lobby().connection_of(device);
        self.tell_lobby(|lobby| lobby.forget(device, Instant::now()).1);
        if let Some(connection) = connection {
            self.send_display(SharedFrame {
                kind: FrameKind::Dismissal { connection },
                text: Utf8Bytes::default(),
            });
        }
    }

    /// What time alone changes, and what another process did to devices.
    pub fn look_at_screens(&self, accounts: &Accounts, now: Instant) {
        let devices = self.lobby().devices();
        for device in devices {
            match accounts.device(&device.id) {
                None => self.screen_revoked(&device.id),
                Some(present) if present != device => self.screen_set(&present),
                Some(_) => {}
            }
        }
        self.tell_lobby(|lobby| lobby.look(now));
    }

    /// Has every screen of the site do this.
    pub fn order(&self, order: ScreenOrder) {
        let body = FrameBody::Order { order };
        let frame = Frame { body, position: None, seq: None, at: None, now: self.served.hall.now() };
        if let Some(frame) = SharedFrame::of(FrameKind::State, &frame) {
            self.send_display(frame);
        }
    }

    /// Has one screen do this; false when it is not connected.
    pub fn order_one(&self, device: &str, order: ScreenOrder) -> bool {
        let Some(connection) = self.lobby().connection_of(device) else { return false };
        if let Some(frame) = self.personal(connection, FrameBody::Order { order }) {
            self.send_display(frame);
        }
        true
    }

    /// The lobby is held until its tellings are on their way: a later one must not overtake them.
    fn tell_lobby(&self, change: impl FnOnce(&mut Lobby) -> Vec<Telling>) {
        let mut lobby = self.lobby();
        for Telling { connection, screen } in change(&mut lobby) {
            if let Some(frame) = self.personal(connection, screen_frame(screen)) {
                self.send_display(frame);
            }
        }
    }

    fn personal(&self, connection: u64, body: FrameBody) -> Option<SharedFrame> {
        let frame = Frame { body, position: None, seq: None, at: None, now: self.served.hall.now() };
        SharedFrame::of(FrameKind::Personal { connection }, &frame)
    }

    fn send_display(&self, frame: SharedFrame) {
        // Nobody listens: nobody needs it.
        let _ = self.channels().display.send(frame);
    }
}

fn screen_frame(screen: ScreenNow) -> FrameBody {
    FrameBody::Screen { screen: Box::new(screen) }
}
