//! What a screen may be set to, and what it may report. Everything has a bound; settings name the field that is wrong.

use khiw_domain::config::SiteConfig;

use crate::api::types::{QuietHours, ScreenLayout, ScreenReport, ScreenSettings};

/// From the farthest reader's eyes to the screen.
pub const DISTANCE_CM: (u16, u16) = (50, 3_000);
/// Of the lit picture.
pub const HEIGHT_MM: (u16, u16) = (50, 3_000);
/// Name of a sound group, in characters.
pub const GROUP_LENGTH: (u16, u16) = (1, 40);
pub const TIMES: (u16, u16) = (1, 3);
pub const VOLUME_PERCENT: (u16, u16) = (0, 100);
pub const QUIET_HOURS_MAX: usize = 8;

/// Calls, and pictures, told of in one report.
pub const REPORTED_MAX: usize = 8;
/// Longest name of a call, and of a picture, in bytes.
pub const REPORTED_LENGTH_MAX: usize = 80;
/// Longest version, in bytes.
pub const VERSION_LENGTH_MAX: usize = 40;
/// Longest position, in bytes.
const POSITION_LENGTH_MAX: usize = 64;

/// Why settings are not taken. `field` is its path in the settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    #[error("there is no zone `{zone}` here")]
    UnknownZone { zone: String },
    #[error("zone `{zone}` is named twice")]
    ZoneTwice { zone: String },
    #[error("there is no counter `{counter}` here")]
    UnknownCounter { counter: String },
    #[error("the layout `counter` needs the counter it stands over")]
    CounterNeeded,
    #[error("`{field}` is from {min} to {max}")]
    OutOfRange { field: &'static str, min: u16, max: u16 },
    #[error("a sound group's name is one line of {} to {} characters", GROUP_LENGTH.0, GROUP_LENGTH.1)]
    GroupName,
    #[error("at most {QUIET_HOURS_MAX} quiet hours")]
    TooManyQuietHours,
    #[error("quiet hours that begin when they end are none")]
    QuietHoursEmpty,
}

impl Mistake {
    /// Stable; pages word it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownZone { .. } => "unknown_zone",
            Self::ZoneTwice { .. } => "zone_twice",
            Self::UnknownCounter { .. } => "unknown_counter",
            Self::CounterNeeded => "counter_needed",
            Self::OutOfRange { .. } => "out_of_range",
            Self::GroupName => "sound_group_invalid",
            Self::TooManyQuietHours => "too_many_quiet_hours",
            Self::QuietHoursEmpty => "quiet_hours_empty",
        }
    }

    pub fn field(&self) -> &'static str {
        match self {
            Self::UnknownZone { .. } | Self::ZoneTwice { .. } => "zones",
            Self::UnknownCounter { .. } | Self::CounterNeeded => "counter",
            Self::OutOfRange { field, .. } => field,
            Self::GroupName => "sound.group",
            Self::TooManyQuietHours | Self::QuietHoursEmpty => "sound.quiet",
        }
    }
}

/// Settings that this site's screens can have.
pub fn settings(settings: &ScreenSettings, site: &SiteConfig) -> Result<(), Mistake> {
    for (n, zone) in settings.zones.iter().enumerate() {
        if !site.zones.iter().any(|known| known.id == *zone) {
            return Err(Mistake::UnknownZone { zone: zone.to_string() });
        }
        if settings.zones[..n].contains(zone) {
            return Err(Mistake::ZoneTwice { zone: zone.to_string() });
        }
    }
    match &settings.counter {
        Some(counter) if !site.counters.iter().any(|known| known.id == *counter) => {
            return Err(Mistake::UnknownCounter { counter: counter.to_string() });
        }
        None if settings.layout == ScreenLayout::Counter => return Err(Mistake::CounterNeeded),
        _ => {}
    }
    within("distance_cm", settings.distance_cm, DISTANCE_CM)?;
    if let Some(height) = settings.height_mm {
        within("height_mm", height, HEIGHT_MM)?;
    }
    let sound = &settings.sound;
    within("sound.volume_percent", sound.volume_percent.into(), VOLUME_PERCENT)?;
    within("sound.times", sound.times.into(), TIMES)?;
    if sound.group.as_deref().is_some_and(|group| !is_group(group)) {
        return Err(Mistake::GroupName);
    }
    quiet(&sound.quiet)
}

fn within(field: &'static str, value: u16, (min, max): (u16, u16)) -> Result<(), Mistake> {
    if (min..=max).contains(&value) { Ok(()) } else { Err(Mistake::OutOfRange { field, min, max }) }
}

fn is_group(name: &str) -> bool {
    let length = u16::try_from(name.chars().count()).unwrap_or(u16::MAX);
    let bounded = (GROUP_LENGTH.0..=GROUP_LENGTH.1).contains(&length);
    bounded && !name.trim().is_empty() && !name.chars().any(char::is_control)
}

fn quiet(hours: &[QuietHours]) -> Result<(), Mistake> {
    if hours.len() > QUIET_HOURS_MAX {
        return Err(Mistake::TooManyQuietHours);
    }
    if hours.iter().any(|hours| hours.from == hours.to) { Err(Mistake::QuietHoursEmpty) } else { Ok(()) }
}

/// Whether a report keeps its bounds: what does not comes from no screen of ours.
pub fn is_report(report: &ScreenReport) -> bool {
    let names = |names: &[String]| {
        names.len() <= REPORTED_MAX
            && names.iter().all(|name| (1..=REPORTED_LENGTH_MAX).contains(&name.len()))
    };
    names(&report.spoken)
        && names(&report.media_failed)
        && names(&report.clips_failed)
        && report.version.len() <= VERSION_LENGTH_MAX
        && report.position.as_ref().is_none_or(|position| position.len() <= POSITION_LENGTH_MAX)
}

#[cfg(test)]
mod tests {
    use khiw_domain::config::Zone;
    use khiw_domain::id::{CounterId, ZoneId};
    use khiw_domain::sample;

    use super::*;
    use crate::api::types::SoundState;

    fn zone(id: &str) -> ZoneId {
        ZoneId::parse(id).expect("an id")
    }

    /// What is wrong with the usual settings after `change`, at a site with the zone `hall`.
    fn mistake(change: impl FnOnce(&mut ScreenSettings)) -> Option<(&'static str, &'static str)> {
        let site = sample::site_with(|config| {
            config.zones = vec![Zone { id: zone("hall"), name: config.name.clone() }];
        });
        let mut changed = ScreenSettings::default();
        change(&mut changed);
        settings(&changed, &site).err().map(|mistake| (mistake.code(), mistake.field()))
    }

    #[test]
    fn the_usual_settings_hold_everywhere() {
        assert_eq!(mistake(|_| {}), None);
        assert_eq!(settings(&ScreenSettings::default(), &sample::site_with(|_| {})), Ok(()));
    }

    #[test]
    fn places_are_of_this_site() {
        assert_eq!(mistake(|s| s.zones = vec![zone("hall")]), None);
        assert_eq!(mistake(|s| s.zones = vec![zone("attic")]), Some(("unknown_zone", "zones")));
        assert_eq!(mistake(|s| s.zones = vec![zone("hall"), zone("hall")]), Some(("zone_twice", "zones")));
        assert_eq!(mistake(|s| s.layout = ScreenLayout::Counter), Some(("counter_needed", "counter")));
        let over = |s: &mut ScreenSettings, id| {
            s.layout = ScreenLayout::Counter;
            s.counter = CounterId::parse(id).ok();
        };
        assert_eq!(mistake(|s| over(s, "1")), None);
        assert_eq!(mistake(|s| over(s, "99")), Some(("unknown_counter", "counter")));
    }

    #[test]
    fn numbers_have_bounds() {
        assert_eq!(mistake(|s| s.distance_cm = 49), Some(("out_of_range", "distance_cm")));
        assert_eq!(mistake(|s| s.distance_cm = 3_000), None);
        assert_eq!(mistake(|s| s.height_mm = Some(3_001)), Some(("out_of_range", "height_mm")));
        assert_eq!(mistake(|s| s.sound.times = 0), Some(("out_of_range", "sound.times")));
        assert_eq!(mistake(|s| s.sound.times = 4), Some(("out_of_range", "sound.times")));
        assert_eq!(mistake(|s| s.sound.volume_percent = 101), Some(("out_of_range", "sound.volume_percent")));
    }

    #[test]
    fn a_sound_group_has_a_name_that_can_be_read() {
        let group = |name: &str| mistake(|s| s.sound.group = Some(name.to_owned()));
        let refused = Some(("sound_group_invalid", "sound.group"));
        assert_eq!(group("ชั้น 2"), None);
        assert_eq!(group(&"ก".repeat(40)), None);
        for name in ["", "   ", "two\nlines", &"ก".repeat(41)] {
            assert_eq!(group(name), refused, "{name}");
        }
    }

    #[test]
    fn quiet_hours_are_few_and_last() {
        let hours = |from, to| QuietHours {
            from: jiff::civil::time(from, 0, 0, 0),
            to: jiff::civil::time(to, 0, 0, 0),
        };
        assert_eq!(mistake(|s| s.sound.quiet = vec![hours(22, 6); 8]), None);
        let many = mistake(|s| s.sound.quiet = vec![hours(22, 6); 9]);
        assert_eq!(many, Some(("too_many_quiet_hours", "sound.quiet")));
        assert_eq!(
            mistake(|s| s.sound.quiet = vec![hours(12, 12)]),
            Some(("quiet_hours_empty", "sound.quiet"))
        );
    }

    #[test]
    fn a_report_keeps_its_bounds() {
        let fine = ScreenReport {
            position: Some("0123456789abcdef.1.1".to_owned()),
            sound: SoundState::Unlocked,
            spoken: vec!["17/1/1/1764032400000".to_owned(); REPORTED_MAX],
            version: "0.1.0".to_owned(),
            width: 1_920,
            height: 1_080,
            letter_mm: None,
            overflowed: 0,
            media_failed: Vec::new(),
            clips_failed: Vec::new(),
        };
        assert!(is_report(&fine));
        let long = |n| "x".repeat(n);
        for broken in [
            ScreenReport { spoken: vec!["a".to_owned(); REPORTED_MAX + 1], ..fine.clone() },
            ScreenReport { spoken: vec![String::new()], ..fine.clone() },
            ScreenReport { media_failed: vec![long(REPORTED_LENGTH_MAX + 1)], ..fine.clone() },
            ScreenReport { clips_failed: vec![long(3); REPORTED_MAX + 1], ..fine.clone() },
            ScreenReport { version: long(VERSION_LENGTH_MAX + 1), ..fine.clone() },
            ScreenReport { position: Some(long(POSITION_LENGTH_MAX + 1)), ..fine.clone() },
        ] {
            assert!(!is_report(&broken), "{broken:?}");
        }
    }
}
