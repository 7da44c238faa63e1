//! Screens that come, report, fall silent, fall behind, go, and are set to something else.

use jiff::Timestamp;
use khiw_domain::id::SiteId;

use super::*;
use crate::access::Kind;

fn device(id: &str, change: impl FnOnce(&mut ScreenSettings)) -> Arc<Device> {
    let mut settings = ScreenSettings::default();
    change(&mut settings);
    Arc::new(Device {
        id: id.into(),
        kind: Kind::Display,
        site: SiteId::parse("sample").expect("an id"),
        name: format!("screen {id}"),
        zone: None,
        place: String::new(),
        counter: None,
        created: Timestamp::UNIX_EPOCH,
        bearer: false,
        renew: false,
        screen: Some(Arc::new(settings)),
    })
}

fn in_group(id: &str) -> Arc<Device> {
    device(id, |settings| settings.sound.group = Some("hall".to_owned()))
}

fn report(sound: SoundState) -> ScreenReport {
    ScreenReport {
        position: None,
        sound,
        spoken: Vec::new(),
        version: "0.1.0".to_owned(),
        width: 1_920,
        height: 1_080,
        letter_mm: None,
        overflowed: 0,
        media_failed: Vec::new(),
        clips_failed: Vec::new(),
    }
}

fn unlocked() -> ScreenReport {
    report(SoundState::Unlocked)
}

fn after(start: Instant, seconds: u64) -> Instant {
    start + Duration::from_secs(seconds)
}

/// Connection and whether it speaks, of each telling.
fn speaks(tellings: &[Telling]) -> Vec<(u64, bool)> {
    tellings.iter().map(|telling| (telling.connection, telling.screen.speaks)).collect()
}

fn state(lobby: &Lobby, device: &str, now: Instant) -> Option<DeviceState> {
    lobby.seen(device, now).map(|seen| seen.state)
}

#[test]
fn a_screen_without_a_group_speaks_when_it_is_set_to() {
    let (mut lobby, now) = (Lobby::default(), Instant::now());
    lobby.came(&device("a", |_| {}), 1, now);
    assert_eq!(lobby.now_of(1).map(|screen| screen.speaks), Some(true));
    lobby.came(&device("b", |settings| settings.sound.mode = SoundMode::Chime), 2, now);
    assert_eq!(lobby.now_of(2).map(|screen| screen.speaks), Some(false));
    assert_eq!(lobby.now_of(3), None);
}

#[test]
fn in_a_group_the_first_that_may_sound_speaks_and_when_it_goes_the_next_knows_what_was_spoken() {
    // Given two screens of a group that may sound
    let (mut lobby, now) = (Lobby::default(), Instant::now());
    lobby.came(&in_group("a"), 1, now);
    lobby.came(&in_group("b"), 2, now);
    assert_eq!(lobby.now_of(1).map(|screen| screen.speaks), Some(false), "it has not said that it can");
    assert_eq!(speaks(&lobby.reported(2, unlocked(), now)), [(2, true)]);
    assert_eq!(speaks(&lobby.reported(1, unlocked(), now)), []);
    // When the one that speaks has spoken a call, and goes
    let spoken = ScreenReport { spoken: vec!["17/1/1/0".to_owned()], ..unlocked() };
    assert_eq!(speaks(&lobby.reported(2, spoken, now)), []);
    let tellings = lobby.left(2, now);
    // Then the other one is told at once, and what to leave out
    assert_eq!(speaks(&tellings), [(1, true)]);
    assert_eq!(tellings[0].screen.spoken, ["17/1/1/0"]);
    // And when the first one is back it listens.
    assert_eq!(lobby.came(&in_group("b"), 3, now), []);
    assert_eq!(speaks(&lobby.reported(3, unlocked(), now)), []);
    assert_eq!(lobby.now_of(3).map(|screen| screen.speaks), Some(false));
}

#[test]
fn a_speaker_that_falls_silent_is_followed_within_fifteen_seconds_and_told_first() {
    let (mut lobby, start) = (Lobby::default(), Instant::now());
    lobby.came(&in_group("a"), 1, start);
    lobby.came(&in_group("b"), 2, start);
    lobby.reported(1, unlocked(), start);
    let mut taken_over = None;
    for second in (1..20).filter(|second| second % 2 == 0) {
        let now = after(start, second);
        let mut tellings = lobby.reported(2, unlocked(), now);
        tellings.extend(lobby.look(now));
        if !tellings.is_empty() {
            assert_eq!(speaks(&tellings), [(1, false), (2, true)]);
            taken_over.get_or_insert(second);
        }
    }
    assert_eq!(taken_over, Some(10));
}

#[test]
fn a_page_that_starts_anew_has_to_be_touched_before_it_speaks_again() {
    let (mut lobby, now) = (Lobby::default(), Instant::now());
    lobby.came(&in_group("a"), 1, now);
    lobby.reported(1, unlocked(), now);
    lobby.left(1, now);
    lobby.came(&in_group("a"), 2, now);
    lobby.drew(2, 5, 5, now);
    assert_eq!(lobby.look(now), []);
    assert_eq!(speaks(&lobby.reported(2, report(SoundState::NeedsTouch), now)), []);
    assert_eq!(speaks(&lobby.reported(2, unlocked(), now)), [(2, true)]);
}

#[test]
fn of_two_connections_of_one_screen_the_newer_counts() {
    let (mut lobby, now) = (Lobby::default(), Instant::now());
    let screen = device("a", |_| {});
    lobby.came(&screen, 1, now);
    assert_eq!(speaks(&lobby.came(&screen, 2, now)), [(1, false)]);
    assert_eq!(lobby.now_of(2).map(|screen| screen.speaks), Some(true));
    assert_eq!(lobby.reported(1, report(SoundState::Failing), now), []);
    assert_eq!(lobby.left(1, now), []);
    assert_eq!(state(&lobby, "a", now), Some(DeviceState::Alive));
    lobby.left(2, now);
    assert_eq!(state(&lobby, "a", now), Some(DeviceState::Gone));
}

#[test]
fn settings_reach_the_screen_and_move_it_to_another_group() {
    // Given a group with a speaker and a listener
    let (mut lobby, now) = (Lobby::default(), Instant::now());
    lobby.came(&in_group("a"), 1, now);
    lobby.came(&in_group("b"), 2, now);
    lobby.reported(1, unlocked(), now);
    lobby.reported(2, unlocked(), now);
    // When the speaker is moved to a group of its own
    let moved = device("a", |settings| settings.sound.group = Some("upstairs".to_owned()));
    let tellings = lobby.set(&moved, now);
    // Then the listener speaks in its place, and it speaks where it is now
    assert_eq!(speaks(&tellings), [(2, true), (1, true)]);
    assert_eq!(tellings[1].screen.settings.sound.group.as_deref(), Some("upstairs"));
    // And turned off it is told so, and speaks no more.
    let off = device("b", |settings| settings.sound.mode = SoundMode::Off);
    assert_eq!(speaks(&lobby.set(&off, now)), [(2, false)]);
}

#[test]
fn a_revoked_screen_leaves_its_group_and_is_not_missed() {
    let (mut lobby, now) = (Lobby::default(), Instant::now());
    lobby.came(&in_group("a"), 1, now);
    lobby.came(&in_group("b"), 2, now);
    lobby.reported(1, unlocked(), now);
    lobby.reported(2, unlocked(), now);
    let (connection, tellings) = lobby.forget("a", now);
    assert_eq!((connection, speaks(&tellings)), (Some(1), vec![(2, true)]));
    assert_eq!((lobby.seen("a", now), lobby.now_of(1), lobby.left(1, now)), (None, None, Vec::new()));
    assert_eq!(lobby.troubles("a", after(now, 3_600)), []);
}

#[test]
fn a_screen_that_owes_a_record_for_ten_seconds_is_behind_until_it_has_drawn_it() {
    let (mut lobby, start) = (Lobby::default(), Instant::now());
    lobby.came(&device("a", |_| {}), 1, start);
    lobby.drew(1, 10, 10, start);
    lobby.drew(1, 10, 12, after(start, 2));
    // More calls come meanwhile: what it owes is what it owed first.
    lobby.drew(1, 11, 20, after(start, 8));
    assert_eq!(state(&lobby, "a", after(start, 12)), Some(DeviceState::Alive));
    assert_eq!(state(&lobby, "a", after(start, 13)), Some(DeviceState::Behind));
    lobby.drew(1, 12, 20, after(start, 14));
    assert_eq!(state(&lobby, "a", after(start, 14)), Some(DeviceState::Alive));
}

#[test]
fn a_connected_screen_that_says_nothing_is_behind() {
    let (mut lobby, start) = (Lobby::default(), Instant::now());
    lobby.came(&device("a", |_| {}), 1, start);
    assert_eq!(state(&lobby, "a", after(start, 15)), Some(DeviceState::Alive));
    assert_eq!(state(&lobby, "a", after(start, 16)), Some(DeviceState::Behind));
    lobby.reported(1, unlocked(), after(start, 17));
    assert_eq!(state(&lobby, "a", after(start, 17)), Some(DeviceState::Alive));
}

#[test]
fn a_screen_is_silent_only_where_sound_is_wanted() {
    let (mut lobby, now) = (Lobby::default(), Instant::now());
    lobby.came(&device("a", |_| {}), 1, now);
    lobby.came(&device("b", |settings| settings.sound.mode = SoundMode::Off), 2, now);
    for (sound, expected) in [
        (SoundState::NeedsTouch, DeviceState::Silent),
        (SoundState::Failing, DeviceState::Silent),
        (SoundState::Muted, DeviceState::Alive),
    ] {
        lobby.reported(1, report(sound), now);
        lobby.reported(2, report(sound), now);
        assert_eq!(state(&lobby, "a", now), Some(expected));
        assert_eq!(state(&lobby, "b", now), Some(DeviceState::Alive));
    }
}

#[test]
fn staff_are_told_of_a_lost_screen_after_half_a_minute_and_of_a_silent_one_after_a_whole() {
    let (mut lobby, start) = (Lobby::default(), Instant::now());
    lobby.came(&device("a", |_| {}), 1, start);
    lobby.left(1, start);
    let troubles = |lobby: &mut Lobby, second| {
        let now = after(start, second);
        lobby.look(now);
        lobby.troubles("a", now)
    };
    assert_eq!(troubles(&mut lobby, 29), []);
    assert_eq!(troubles(&mut lobby, 30), [Trouble::Lost(DeviceState::Gone)]);
    lobby.came(&device("a", |_| {}), 2, after(start, 31));
    assert_eq!(troubles(&mut lobby, 31), []);
    // Silent from 32 on, and reporting so.
    let silent_at = |lobby: &mut Lobby, second| {
        lobby.reported(2, report(SoundState::NeedsTouch), after(start, second));
        troubles(lobby, second)
    };
    assert!((32..92).step_by(5).all(|second| silent_at(&mut lobby, second).is_empty()));
    assert_eq!(silent_at(&mut lobby, 92), [Trouble::Silent]);
    lobby.reported(2, unlocked(), after(start, 93));
    assert_eq!(troubles(&mut lobby, 93), []);
}

#[test]
fn calls_that_became_a_chime_and_files_that_failed_are_told_while_they_are_news() {
    let (mut lobby, start) = (Lobby::default(), Instant::now());
    lobby.came(&device("a", |_| {}), 1, start);
    let overflowed = |count| ScreenReport { overflowed: count, ..unlocked() };
    lobby.reported(1, overflowed(2), start);
    assert_eq!(lobby.troubles("a", start), [Trouble::Overflowed(2)]);
    let later = start + OVERFLOW_ALARM_FOR;
    lobby.reported(1, overflowed(2), later);
    assert_eq!(lobby.troubles("a", later), []);
    // A page that was loaded anew counts from nothing.
    lobby.reported(1, overflowed(1), later);
    assert_eq!(lobby.troubles("a", later), [Trouble::Overflowed(1)]);
    let failed = ScreenReport { media_failed: vec!["film".to_owned()], ..unlocked() };
    lobby.reported(1, failed, later);
    assert!(lobby.troubles("a", later).contains(&Trouble::MediaFailed(vec!["film".to_owned()])));
    let mute = ScreenReport { clips_failed: vec!["th/digit_1".to_owned()], ..unlocked() };
    lobby.reported(1, mute, later);
    assert!(lobby.troubles("a", later).contains(&Trouble::ClipsFailed(vec!["th/digit_1".to_owned()])));
}
