//! The enrolled screens of one site as they are now: connected or not, what they reported last, which of them speaks.
//! Pure; the caller brings the time, and carries to the screens what they are to be told.
//!
//! A screen is known by its device. Of two connections of one device the newer counts: the older is a tab that was
//! forgotten, or a line that is dead and does not know yet.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::group::{Group, Member};
use crate::access::Device;
use crate::api::types::{DeviceState, ScreenNow, ScreenReport, ScreenSettings, SoundMode, SoundState};

/// What a screen draws may be this old.
pub const LATE_MAX: Duration = Duration::from_secs(10);
/// A connected screen that says nothing for so long (three reports) may show anything.
pub const UNHEARD_MAX: Duration = Duration::from_secs(15);
/// Gone or behind for so long, it is an alarm.
pub const LOST_ALARM_AFTER: Duration = Duration::from_secs(30);
/// Silent for so long, it is an alarm.
pub const SILENT_ALARM_AFTER: Duration = Duration::from_mins(1);
/// Calls that were not said for so long, and none since: the alarm goes.
pub const OVERFLOW_ALARM_FOR: Duration = Duration::from_mins(5);

/// What one screen is to be told over its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    pub connection: u64,
    pub screen: ScreenNow,
}

/// How a screen does, for those who ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub state: DeviceState,
    pub speaks: bool,
    pub report: Option<(ScreenReport, Duration)>,
}

/// What staff should know of a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Gone or behind.
    Lost(DeviceState),
    Silent,
    /// Announcements that became a mere chime since its start.
    Overflowed(u32),
    MediaFailed(Vec<String>),
    /// Words that it cannot play.
    ClipsFailed(Vec<String>),
}

struct Screen {
    device: Arc<Device>,
    connection: Option<u64>,
    /// It came, or it went.
    since: Instant,
    report: Option<(ScreenReport, Instant)>,
    /// Any word of it over its present connection, and the last report.
    heard: Option<Instant>,
    reported: Option<Instant>,
    /// A record it had not drawn when it was heard, and since when that is known.
    owes: Option<(u64, Instant)>,
    told_speaks: bool,
    lost: Option<Instant>,
    silent: Option<Instant>,
    overflowed: Option<Instant>,
}

/// Who is within earshot of each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Earshot {
    Group(String),
    Alone(Arc<str>),
}

#[derive(Default)]
pub struct Lobby {
    screens: BTreeMap<Arc<str>, Screen>,
    connections: HashMap<u64, Arc<str>>,
    groups: BTreeMap<Earshot, Group>,
}

impl Lobby {
    /// A screen is there, over this connection.
    pub fn came(&mut self, device: &Arc<Device>, connection: u64, now: Instant) -> Vec<Telling> {
        let screen = self.screens.entry(Arc::clone(&device.id)).or_insert_with(|| Screen::new(device, now));
        screen.device = Arc::clone(device);
        let displaced = screen.connection.replace(connection);
        screen.since = now;
        (screen.heard, screen.reported, screen.owes) = (None, None, None);
        self.connections.insert(connection, Arc::clone(&device.id));
        let mut tellings: Vec<Telling> = displaced
            .filter(|displaced| *displaced != connection && self.connections.contains_key(displaced))
            .and_then(|displaced| {
                self.now_of(displaced).map(|screen| Telling { connection: displaced, screen })
            })
            .into_iter()
            .collect();
        tellings.extend(self.elect(&device.id, now));
        // What it is now it is told in its greeting.
        tellings.retain(|telling| telling.connection != connection);
        tellings
    }

    /// A connection ended.
    pub fn left(&mut self, connection: u64, now: Instant) -> Vec<Telling> {
        let Some(device) = self.connections.remove(&connection) else { return Vec::new() };
        let Some(screen) = self.screens.get_mut(&device) else { return Vec::new() };
        if screen.connection != Some(connection) {
            return Vec::new();
        }
        (screen.connection, screen.since) = (None, now);
        (screen.heard, screen.reported, screen.owes) = (None, None, None);
        self.elect(&device, now)
    }

    /// It has drawn this record; `last_told` is the last there was to draw.
    pub fn drew(&mut self, connection: u64, drawn: u64, last_told: u64, now: Instant) {
        if let Some(screen) = self.of(connection) {
            screen.drew(drawn, last_told, now);
        }
    }

    /// It reports.
    pub fn reported(&mut self, connection: u64, mut report: ScreenReport, now: Instant) -> Vec<Telling> {
        let Some(screen) = self.of(connection) else { return Vec::new() };
        let spoken = std::mem::take(&mut report.spoken);
        (screen.heard, screen.reported) = (Some(now), Some(now));
        let before = screen.report.as_ref().map_or(0, |(before, _)| before.overflowed);
        // A page that starts anew counts from nothing.
        if report.overflowed > before || (report.overflowed > 0 && report.overflowed < before) {
            screen.overflowed = Some(now);
        }
        screen.report = Some((report, now));
        let device = Arc::clone(&screen.device);
        let group = self.groups.entry(earshot(&device)).or_default();
        for call in spoken {
            group.spoke(call);
        }
        self.elect(&device.id, now)
    }

    /// Its name or its settings are others now.
    pub fn set(&mut self, device: &Arc<Device>, now: Instant) -> Vec<Telling> {
        let Some(screen) = self.screens.get_mut(&device.id) else { return Vec::new() };
        let before = std::mem::replace(&mut screen.device, Arc::clone(device));
        let connection = screen.connection;
        let mut tellings = Vec::new();
        if earshot(&before) != earshot(device) {
            tellings.extend(self.elect_in(&earshot(&before), now));
        }
        tellings.extend(self.elect(&device.id, now));
        tellings.retain(|telling| Some(telling.connection) != connection);
        let own = connection.and_then(|connection| Some((connection, self.now_of(connection)?)));
        tellings.extend(own.map(|(connection, screen)| Telling { connection, screen }));
        tellings
    }

    /// It is no device any more. Its connection, if it has one.
    pub fn forget(&mut self, device: &str, now: Instant) -> (Option<u64>, Vec<Telling>) {
        let Some(screen) = self.screens.remove(device) else { return (None, Vec::new()) };
        self.connections.retain(|_, own| **own != *device);
        (screen.connection, self.elect_in(&earshot(&screen.device), now))
    }

    /// What time alone changes. To be called every few seconds.
    pub fn look(&mut self, now: Instant) -> Vec<Telling> {
        for screen in self.screens.values_mut() {
            screen.look(now);
        }
        let named: BTreeSet<Earshot> = self.screens.values().map(|screen| earshot(&screen.device)).collect();
        self.groups.retain(|earshot, _| named.contains(earshot));
        named.iter().flat_map(|earshot| self.elect_in(earshot, now)).collect()
    }

    /// What the screen of this connection is. One that another connection displaced does not speak.
    pub fn now_of(&self, connection: u64) -> Option<ScreenNow> {
        let screen = self.screens.get(self.connections.get(&connection)?)?;
        let group = self.groups.get(&earshot(&screen.device));
        Some(ScreenNow {
            id: screen.device.id.to_string(),
            name: screen.device.name.clone(),
            settings: settings(&screen.device).clone(),
            speaks: screen.connection == Some(connection) && self.speaks(screen),
            spoken: group.map(Group::spoken).unwrap_or_default(),
        })
    }

    pub fn connection_of(&self, device: &str) -> Option<u64> {
        self.screens.get(device)?.connection
    }

    pub fn seen(&self, device: &str, now: Instant) -> Option<Seen> {
        let screen = self.screens.get(device)?;
        let ago =
            |(report, at): &(ScreenReport, Instant)| (report.clone(), now.saturating_duration_since(*at));
        Some(Seen {
            state: screen.state(now),
            speaks: screen.connection.is_some() && self.speaks(screen),
            report: screen.report.as_ref().map(ago),
        })
    }

    /// Devices that were here since the start.
    pub fn devices(&self) -> Vec<Arc<Device>> {
        self.screens.values().map(|screen| Arc::clone(&screen.device)).collect()
    }

    /// What staff should know of a screen now.
    pub fn troubles(&self, device: &str, now: Instant) -> Vec<Trouble> {
        self.screens.get(device).map(|screen| screen.troubles(now)).unwrap_or_default()
    }

    /// The screen whose present connection this is.
    fn of(&mut self, connection: u64) -> Option<&mut Screen> {
        let screen = self.screens.get_mut(self.connections.get(&connection)?)?;
        (screen.connection == Some(connection)).then_some(screen)
    }

    fn speaks(&self, screen: &Screen) -> bool {
        let sound = &settings(&screen.device).sound;
        let elected = || {
            let group = self.groups.get(&earshot(&screen.device));
            group.is_some_and(|group| group.is_spoken_for_by(&screen.device.id))
        };
        sound.mode == SoundMode::Voice && (sound.group.is_none() || elected())
    }

    fn elect(&mut self, device: &str, now: Instant) -> Vec<Telling> {
        let Some(screen) = self.screens.get(device) else { return Vec::new() };
        let earshot = earshot(&screen.device);
        self.elect_in(&earshot, now)
    }

    /// Elects, and tells whoever speaks now or does not any more.
    fn elect_in(&mut self, of: &Earshot, now: Instant) -> Vec<Telling> {
        let within = self.within(of);
        if let Earshot::Group(_) = of {
            let members: Vec<Member> = within.iter().map(|screen| screen.member()).collect();
            self.groups.entry(of.clone()).or_default().elect(&members, now);
        }
        let within = self.within(of).into_iter();
        let changed = within.filter(|screen| self.speaks(screen) != screen.told_speaks);
        let changed: Vec<Arc<str>> = changed.map(|screen| Arc::clone(&screen.device.id)).collect();
        let mut tellings = Vec::new();
        for device in changed {
            let Some(screen) = self.screens.get_mut(&device) else { continue };
            screen.told_speaks = !screen.told_speaks;
            let connection = screen.connection;
            let told = connection.and_then(|connection| Some((connection, self.now_of(connection)?)));
            tellings.extend(told.map(|(connection, screen)| Telling { connection, screen }));
        }
        // Who falls silent hears of it first.
        tellings.sort_by_key(|telling| telling.screen.speaks);
        tellings
    }

    fn within(&self, of: &Earshot) -> Vec<&Screen> {
        match of {
            Earshot::Group(name) => {
                let here = |screen: &&Screen| group_of(&screen.device) == Some(name);
                self.screens.values().filter(here).collect()
            }
            Earshot::Alone(device) => {
                let alone = |screen: &&Screen| group_of(&screen.device).is_none();
                self.screens.get(device).filter(alone).into_iter().collect()
            }
        }
    }
}

impl Screen {
    fn new(device: &Arc<Device>, now: Instant) -> Self {
        Self {
            device: Arc::clone(device),
            connection: None,
            since: now,
            report: None,
            heard: None,
            reported: None,
            owes: None,
            told_speaks: false,
            lost: None,
            silent: None,
            overflowed: None,
        }
    }

    fn drew(&mut self, drawn: u64, last_told: u64, now: Instant) {
        self.heard = Some(now);
        if self.owes.is_some_and(|(owed, _)| drawn >= owed) {
            self.owes = None;
        }
        if drawn < last_told {
            self.owes.get_or_insert((last_told, now));
        }
    }

    fn state(&self, now: Instant) -> DeviceState {
        if self.connection.is_none() {
            return DeviceState::Gone;
        }
        let unheard = now.saturating_duration_since(self.heard.unwrap_or(self.since)) > UNHEARD_MAX;
        let late = self.owes.is_some_and(|(_, since)| now.saturating_duration_since(since) > LATE_MAX);
        let wants_sound = settings(&self.device).sound.mode != SoundMode::Off;
        match self.sound() {
            _ if unheard || late => DeviceState::Behind,
            Some(SoundState::NeedsTouch | SoundState::Failing) if wants_sound => DeviceState::Silent,
            _ => DeviceState::Alive,
        }
    }

    /// As reported over its present connection: a page that starts anew has to be touched again.
    fn sound(&self) -> Option<SoundState> {
        let (report, _) = self.report.as_ref().filter(|_| self.reported.is_some())?;
        Some(report.sound)
    }

    fn member(&self) -> Member {
        Member {
            device: Arc::clone(&self.device.id),
            present: self.connection.is_some() && settings(&self.device).sound.mode == SoundMode::Voice,
            unlocked: self.sound() == Some(SoundState::Unlocked),
            reported: self.reported,
        }
    }

    /// Notes since when it is in trouble.
    fn look(&mut self, now: Instant) {
        let state = self.state(now);
        let lost = matches!(state, DeviceState::Gone | DeviceState::Behind);
        let since = if state == DeviceState::Gone { self.since } else { now };
        self.lost = lost.then(|| self.lost.unwrap_or(since));
        self.silent = (state == DeviceState::Silent).then(|| self.silent.unwrap_or(now));
    }

    fn troubles(&self, now: Instant) -> Vec<Trouble> {
        let for_so_long = |since: Option<Instant>, long| {
            since.is_some_and(|since| now.saturating_duration_since(since) >= long)
        };
        let mut troubles = Vec::new();
        if for_so_long(self.lost, LOST_ALARM_AFTER) {
            troubles.push(Trouble::Lost(self.state(now)));
        } else if for_so_long(self.silent, SILENT_ALARM_AFTER) {
            troubles.push(Trouble::Silent);
        }
        let Some((report, _)) = &self.report else { return troubles };
        if self.overflowed.is_some() && !for_so_long(self.overflowed, OVERFLOW_ALARM_FOR) {
            troubles.push(Trouble::Overflowed(report.overflowed));
        }
        if !report.media_failed.is_empty() && self.connection.is_some() {
            troubles.push(Trouble::MediaFailed(report.media_failed.clone()));
        }
        if !report.clips_failed.is_empty() && self.connection.is_some() {
            troubles.push(Trouble::ClipsFailed(report.clips_failed.clone()));
        }
        troubles
    }
}

/// Every device in the lobby is a display, which has settings.
fn settings(device: &Device) -> &ScreenSettings {
    device.screen.as_deref().expect("only displays come into the lobby")
}

fn group_of(device: &Device) -> Option<&str> {
    settings(device).sound.group.as_deref()
}

fn earshot(device: &Device) -> Earshot {
    match group_of(device) {
        Some(group) => Earshot::Group(group.to_owned()),
        None => Earshot::Alone(Arc::clone(&device.id)),
    }
}

#[cfg(test)]
mod tests;
