//! Looks at a site's screens every few seconds: who speaks now that time has passed, and which of them staff must know
//! of. Raises and clears the alarms `screen:…`, and no others.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::lobby::{LOST_ALARM_AFTER, Trouble};
use crate::access::{Device, Kind};
use crate::alarms::Reason;
use crate::api::types::{AlarmSource, DeviceState, Severity};
use crate::live::Feed;
use crate::state::{AppState, ServedHall};

/// Beginning of the ids of alarms that stand here.
const PREFIX: &str = "screen:";

/// One look at one hall.
pub fn look(app: &AppState, served: &ServedHall) {
    let site = served.hall.site_id();
    let Some(feed) = app.hub().feed(site) else { return };
    feed.look_at_screens(app.accounts(), Instant::now());
    let reasons = reasons(app, &feed, Instant::now());
    app.alarms().keep(site, PREFIX, reasons, served.hall.now());
}

fn reasons(app: &AppState, feed: &Feed, now: Instant) -> Vec<Reason> {
    let displays = app.accounts().devices(feed.served.hall.site_id());
    let displays = displays.iter().filter(|device| device.kind == Kind::Display);
    let restarted_long_ago = feed.begun.elapsed() >= LOST_ALARM_AFTER;
    displays
        .flat_map(|device| {
            let known = feed.lobby().seen(&device.id, now).is_some();
            let troubles = match known {
                true => feed.lobby().troubles(&device.id, now),
                // It was here before the server started anew, and has not come back.
                false if restarted_long_ago && app.accounts().device_used(&device.id).is_some() => {
                    vec![Trouble::Lost(DeviceState::Gone)]
                }
                false => Vec::new(),
            };
            troubles.into_iter().map(|trouble| reason(device, trouble))
        })
        .collect()
}

fn reason(device: &Device, trouble: Trouble) -> Reason {
    let (suffix, severity, fact): (_, _, (&str, Value)) = match trouble {
        Trouble::Lost(state) => ("", Severity::Warn, ("state", state.code().into())),
        Trouble::Silent => ("", Severity::Warn, ("state", DeviceState::Silent.code().into())),
        Trouble::Overflowed(count) => (":overflowed", Severity::Warn, ("overflowed", count.into())),
        Trouble::MediaFailed(ids) => (":media", Severity::Info, ("media_failed", ids.into())),
        Trouble::ClipsFailed(words) => (":clips", Severity::Warn, ("clips_failed", words.into())),
    };
    let facts = [("device", (*device.id).into()), ("name", device.name.as_str().into()), fact];
    Reason::new(format!("{PREFIX}{}{suffix}", device.id), (AlarmSource::Screen, severity), &facts)
}

/// How many displays of the site are in each state. A device of another kind has no connection of its own: it is alive
/// when it was heard of lately.
pub fn count(app: &AppState, feed: &Feed) -> [(DeviceState, usize); 5] {
    let displays = app.accounts().devices(feed.served.hall.site_id());
    let mut counts = DeviceState::ALL.map(|state| (state, 0));
    for device in displays.iter().filter(|device| device.kind == Kind::Display) {
        let state = state(app, feed, device);
        for (counted, count) in &mut counts {
            *count += usize::from(*counted == state);
        }
    }
    counts
}

/// A kiosk or an agent that was heard of within this time is alive.
const HEARD_WITHIN: Duration = Duration::from_mins(5);

/// How a device does, of whatever kind.
pub fn state(app: &AppState, feed: &Feed, device: &Device) -> DeviceState {
    let Some(used) = app.accounts().device_used(&device.id) else { return DeviceState::Never };
    if device.kind == Kind::Display {
        return feed.lobby().seen(&device.id, Instant::now()).map_or(DeviceState::Gone, |seen| seen.state);
    }
    let ago = jiff::Timestamp::now().duration_since(used).unsigned_abs();
    if ago < HEARD_WITHIN { DeviceState::Alive } else { DeviceState::Gone }
}
