//! Devices that enrolled: what they are called, where they stand, and how the secret of one is exchanged.
//!
//! What a screen is set to stands in the device's own row: it begins and ends with the device, in one commit.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use khiw_domain::id::{CounterId, SiteId, ZoneId};
use rusqlite::{Connection, params};

use super::{
    AccountError, Accounts, Held, InForce, LABEL_LENGTH_MAX, Made, NewToken, Retiring, Snapshot, bad_column,
    hash, insert_token, new_secret, readable,
};
use crate::access::Kind;
use crate::api::types::ScreenSettings;

pub const MIGRATION: &str = "ALTER TABLE session ADD COLUMN successor BLOB;
    CREATE TABLE retiring (
        hash BLOB PRIMARY KEY, token TEXT NOT NULL REFERENCES token(id), expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE device (
        id TEXT PRIMARY KEY REFERENCES token(id), name TEXT NOT NULL, zone TEXT, place TEXT NOT NULL,
        counter TEXT, bearer INTEGER NOT NULL DEFAULT 0, renew INTEGER NOT NULL DEFAULT 0, screen TEXT
    ) STRICT, WITHOUT ROWID;";

/// Longest place, in characters.
pub const PLACE_LENGTH_MAX: usize = 80;
/// Devices of one site.
pub const DEVICES_PER_SITE_MAX: u32 = 2_048;
/// A rotated secret holds for so long when the new one is not used before.
pub const ROTATED_UNUSED_MAX_S: i64 = 24 * 3600;

/// A device in force. Its id is its token's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: Arc<str>,
    pub kind: Kind,
    pub site: SiteId,
    pub name: String,
    pub zone: Option<ZoneId>,
    /// For people: "over the stairs".
    pub place: String,
    pub counter: Option<CounterId>,
    pub created: Timestamp,
    /// It holds its token's secret itself; else it is a page with a session.
    pub bearer: bool,
    /// Staff want its session renewed.
    pub renew: bool,
    /// Of a display.
    pub screen: Option<Arc<ScreenSettings>>,
}

/// What a new device is to be.
#[derive(Clone, Debug)]
pub struct NewDevice {
    pub kind: Kind,
    pub site: SiteId,
    pub name: String,
    pub zone: Option<ZoneId>,
    pub place: String,
    pub counter: Option<CounterId>,
    pub screen: Option<ScreenSettings>,
}

/// What is to be different; none: as it was.
#[derive(Clone, Debug, Default)]
pub struct DeviceChange {
    pub name: Option<String>,
    pub zone: Option<Option<ZoneId>>,
    pub place: Option<String>,
}

impl Accounts {
    /// Makes a device and its token. The secret is returned once and kept only as a hash.
    pub fn enrol(&self, new: &NewDevice) -> Result<(Arc<Device>, String), AccountError> {
        check_name(&new.name)?;
        check_place(&new.place)?;
        let made = Made::of(new.kind)?;
        // The device's counter is where it stands; it does not bind its token.
        let token =
            NewToken { kind: new.kind, site: new.site.clone(), counter: None, label: new.name.clone() };
        let screen = new.screen.as_ref().map(written);
        self.change(|connection| {
            let of_site =
                "SELECT count(*) FROM device JOIN token USING (id) WHERE site = ?1 AND revoked IS NULL";
            let known: u32 = connection.query_row(of_site, [new.site.as_str()], |row| row.get(0))?;
            if known >= DEVICES_PER_SITE_MAX {
                return Err(AccountError::TooManyDevices(DEVICES_PER_SITE_MAX));
            }
            insert_token(connection, &token, &made)?;
            connection.execute(
                "INSERT INTO device (id, name, zone, place, counter, bearer, screen)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    made.id,
                    new.name,
                    new.zone.as_ref().map(ZoneId::as_str),
                    new.place,
                    new.counter.as_ref().map(CounterId::as_str),
                    new.kind == Kind::Agent,
                    screen
                ],
            )?;
            Ok(())
        })?;
        Ok((self.own_device(&made.id)?, made.secret))
    }

    /// A device in force. No disk.
    pub fn device(&self, id: &str) -> Option<Arc<Device>> {
        self.in_force.load().devices.get(id).map(|held| Arc::clone(&held.device))
    }

    /// When a device was last heard of; none: never.
    pub fn device_used(&self, id: &str) -> Option<Timestamp> {
        let snapshot = self.in_force.load();
        let used_s = snapshot.devices.get(id)?.token.last_used.load(Ordering::Relaxed);
        (used_s > 0).then(|| Timestamp::from_second(used_s).ok()).flatten()
    }

    /// The devices of a site, by name. No disk.
    pub fn devices(&self, site: &SiteId) -> Vec<Arc<Device>> {
        let snapshot = self.in_force.load();
        let of_site = snapshot.devices.values().filter(|held| held.device.site == *site);
        let mut devices: Vec<_> = of_site.map(|held| Arc::clone(&held.device)).collect();
        devices.sort_unstable_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        devices
    }

    pub fn change_device(&self, id: &str, change: &DeviceChange) -> Result<Arc<Device>, AccountError> {
        if let Some(name) = &change.name {
            check_name(name)?;
        }
        if let Some(place) = &change.place {
            check_place(place)?;
        }
        let zone = change.zone.as_ref().map(|zone| zone.as_ref().map(ZoneId::as_str));
        self.change(|connection| {
            connection.execute(
                "UPDATE device SET name = coalesce(?2, name), place = coalesce(?3, place),
                zone = iif(?4, ?5, zone) WHERE id = ?1",
                params![id, change.name, change.place, zone.is_some(), zone.flatten()],
            )?;
            connection.execute(
                "UPDATE token SET label = coalesce(?2, label)
                WHERE id = ?1 AND EXISTS (SELECT 1 FROM device WHERE id = ?1)",
                params![id, change.name],
            )?;
            Ok(())
        })?;
        self.own_device(id)
    }

    pub fn set_screen(&self, id: &str, settings: &ScreenSettings) -> Result<Arc<Device>, AccountError> {
        let screen = written(settings);
        self.change(|connection| {
            connection.execute("UPDATE device SET screen = ?2 WHERE id = ?1", params![id, screen])?;
            Ok(())
        })?;
        self.own_device(id)
    }

    /// The device holds its secret itself from now on.
    pub fn hand_over(&self, id: &str) -> Result<(), AccountError> {
        self.change(|connection| {
            connection.execute("UPDATE device SET bearer = 1 WHERE id = ?1", [id])?;
            Ok(())
        })
    }

    /// Has a page renew its session, now or when it comes next.
    pub fn want_renewal(&self, id: &str) -> Result<(), AccountError> {
        self.change(|connection| {
            connection.execute("UPDATE device SET renew = 1 WHERE id = ?1", [id])?;
            Ok(())
        })
    }

    /// A new secret for a device that holds its own. The old one holds until the new one is used, a day at most.
    pub fn rotate_secret(&self, id: &str) -> Result<String, AccountError> {
        let device = self.own_device(id)?;
        let secret = new_secret(device.kind)?;
        let until_s = Timestamp::now().as_second() + ROTATED_UNUSED_MAX_S;
        self.change(|connection| {
            // Of two rotations in a row the device may still hold the first secret: each holds its day.
            connection.execute(
                "INSERT INTO retiring (hash, token, expires)
                SELECT hash, id, ?2 FROM token WHERE id = ?1 AND revoked IS NULL",
                params![id, until_s],
            )?;
            connection.execute("UPDATE token SET hash = ?2 WHERE id = ?1", params![id, hash(&secret)])?;
            Ok(())
        })?;
        Ok(secret)
    }

    fn own_device(&self, id: &str) -> Result<Arc<Device>, AccountError> {
        self.device(id).ok_or_else(|| AccountError::UnknownDevice(id.chars().take(80).collect()))
    }
}

fn check_name(name: &str) -> Result<(), AccountError> {
    let length = name.chars().count();
    let fine = (1..=LABEL_LENGTH_MAX).contains(&length) && !name.trim().is_empty() && is_line(name);
    if fine { Ok(()) } else { Err(AccountError::DeviceName) }
}

fn check_place(place: &str) -> Result<(), AccountError> {
    let fine = place.chars().count() <= PLACE_LENGTH_MAX && is_line(place);
    if fine { Ok(()) } else { Err(AccountError::DevicePlace) }
}

fn is_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

fn written(settings: &ScreenSettings) -> String {
    serde_json::to_string(settings).expect("settings are numbers, ids and text")
}

/// Secrets that the newer one has made needless, or whose time is over; whether there were any.
pub fn end_retired(connection: &Connection, in_force: &Snapshot, now_s: i64) -> Result<bool, AccountError> {
    let mut any = false;
    for (hash, retiring) in &in_force.retiring {
        if retiring.expires_s <= now_s || retiring.token.present_used.load(Ordering::Relaxed) {
            any |= connection.execute("DELETE FROM retiring WHERE hash = ?1", [hash])? > 0;
        }
    }
    Ok(any)
}

/// Devices, and retiring secrets, of tokens in force.
pub fn read(
    connection: &Connection,
    tokens: &HashMap<String, Arc<InForce>>,
    snapshot: &mut Snapshot,
) -> Result<(), AccountError> {
    let mut retiring = connection.prepare_cached("SELECT hash, token, expires FROM retiring")?;
    let mut rows = retiring.query([])?;
    while let Some(row) = rows.next()? {
        let token: String = row.get(1)?;
        if let Some(token) = tokens.get(&token) {
            let retiring = Retiring { token: Arc::clone(token), expires_s: row.get(2)? };
            snapshot.retiring.insert(row.get(0)?, retiring);
        }
    }
    let mut devices = connection.prepare_cached(
        "SELECT device.id, name, zone, place, device.counter, created, bearer, renew, screen
        FROM device JOIN token USING (id) WHERE revoked IS NULL",
    )?;
    let mut rows = devices.query([])?;
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        let Some(token) = tokens.get(&id) else { continue };
        if let Some(device) = readable(row, device(row, token)) {
            let held = Held { device: Arc::new(device), token: Arc::clone(token) };
            snapshot.devices.insert(Arc::clone(&held.device.id), held);
        }
    }
    Ok(())
}

fn device(row: &rusqlite::Row<'_>, token: &InForce) -> rusqlite::Result<Device> {
    let zone: Option<String> = row.get(2)?;
    let counter: Option<String> = row.get(4)?;
    let created: i64 = row.get(5)?;
    let screen: Option<String> = row.get(8)?;
    let principal = &token.principal;
    Ok(Device {
        id: Arc::clone(&principal.id),
        kind: principal.kind,
        site: principal.site.clone(),
        name: row.get(1)?,
        zone: zone.map(|zone| ZoneId::parse(&zone).map_err(|_| bad_column(2, &zone))).transpose()?,
        place: row.get(3)?,
        counter: counter
            .map(|counter| CounterId::parse(&counter).map_err(|_| bad_column(4, &counter)))
            .transpose()?,
        created: Timestamp::from_second(created).unwrap_or_default(),
        bearer: row.get(6)?,
        renew: row.get(7)?,
        screen: (principal.kind == Kind::Display).then(|| Arc::new(settings(&principal.id, screen))),
    })
}

/// A screen goes on with the usual settings when another version wrote what this one cannot read.
fn settings(device: &str, screen: Option<String>) -> ScreenSettings {
    let Some(screen) = screen else { return ScreenSettings::default() };
    serde_json::from_str(&screen).unwrap_or_else(|error| {
        tracing::warn!(device, %error, "a screen's settings cannot be read; it shows the usual ones");
        ScreenSettings::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(kind: Kind) -> NewDevice {
        NewDevice {
            kind,
            site: SiteId::parse("sample").expect("an id"),
            name: "over the stairs".to_owned(),
            zone: None,
            place: "เหนือบันได".to_owned(),
            counter: None,
            screen: None,
        }
    }

    #[test]
    fn a_device_outlives_a_restart_with_its_settings_and_not_its_revocation() {
        let folder = tempfile::tempdir().expect("a folder");
        let accounts = Accounts::open(folder.path()).expect("opened");
        let (device, secret) = accounts.enrol(&new(Kind::Display)).expect("enrolled");
        let settings = ScreenSettings { distance_cm: 1_200, ..ScreenSettings::default() };
        accounts.set_screen(&device.id, &settings).expect("set");
        let again = Accounts::open(folder.path()).expect("opened");
        let found = again.device(&device.id).expect("in force");
        assert_eq!(found.screen.as_deref(), Some(&settings));
        assert_eq!(again.verify(&secret).expect("in force").id, device.id);
        again.revoke(&device.id).expect("revoked");
        assert_eq!((again.device(&device.id), again.devices(&device.site)), (None, Vec::new()));
        assert!(matches!(again.set_screen(&device.id, &settings), Err(AccountError::UnknownDevice(_))));
    }

    #[test]
    fn a_rotated_secret_holds_until_the_new_one_is_used() {
        let accounts = Accounts::in_memory().expect("opened");
        let (device, first) = accounts.enrol(&new(Kind::Agent)).expect("enrolled");
        let agent = accounts.verify(&first).expect("in force");
        let second = accounts.rotate_secret(&device.id).expect("rotated");
        accounts.refresh().expect("refreshed");
        assert!(accounts.verify(&first).is_some() && accounts.is_in_force(&agent));
        assert_eq!(accounts.verify(&second).expect("in force").id, device.id);
        accounts.refresh().expect("refreshed");
        assert!(accounts.verify(&first).is_none() && accounts.verify(&second).is_some());
        assert!(accounts.is_in_force(&agent), "its socket stays");
    }

    #[test]
    fn a_rotated_secret_that_is_never_followed_holds_a_day_at_most() {
        let accounts = Accounts::in_memory().expect("opened");
        let (device, first) = accounts.enrol(&new(Kind::Agent)).expect("enrolled");
        accounts.rotate_secret(&device.id).expect("rotated");
        let start_s = Timestamp::now().as_second();
        accounts.refresh_at(start_s + ROTATED_UNUSED_MAX_S - 60).expect("refreshed");
        assert!(accounts.verify(&first).is_some());
        accounts.refresh_at(start_s + ROTATED_UNUSED_MAX_S + 60).expect("refreshed");
        assert!(accounts.verify(&first).is_none());
    }

    #[test]
    fn names_and_places_are_one_line_with_a_bound() {
        let accounts = Accounts::in_memory().expect("opened");
        let named = |name: &str| accounts.enrol(&NewDevice { name: name.to_owned(), ..new(Kind::Kiosk) });
        for name in ["", "  ", "two\nlines", &"x".repeat(LABEL_LENGTH_MAX + 1)] {
            assert!(matches!(named(name), Err(AccountError::DeviceName)), "{name}");
        }
        assert!(named(&"ก".repeat(LABEL_LENGTH_MAX)).is_ok());
        let placed = |place: String| accounts.enrol(&NewDevice { place, ..new(Kind::Kiosk) });
        assert!(matches!(placed("x".repeat(PLACE_LENGTH_MAX + 1)), Err(AccountError::DevicePlace)));
        let (device, _) = placed(String::new()).expect("enrolled");
        let renamed = DeviceChange { name: Some("ตู้ 1".to_owned()), ..DeviceChange::default() };
        let changed = accounts.change_device(&device.id, &renamed).expect("changed");
        assert_eq!((changed.name.as_str(), changed.place.as_str()), ("ตู้ 1", ""));
        assert_eq!(accounts.list(None).expect("listed").iter().filter(|t| t.label == "ตู้ 1").count(), 1);
    }

    #[test]
    fn settings_of_another_version_become_the_usual_ones() {
        let accounts = Accounts::in_memory().expect("opened");
        let (device, _) = accounts.enrol(&new(Kind::Display)).expect("enrolled");
        let foreign = r#"{"layout":"hologram"}"#;
        accounts
            .lock()
            .execute("UPDATE device SET screen = ?2 WHERE id = ?1", params![&*device.id, foreign])
            .expect("written");
        accounts.reload(&accounts.lock()).expect("read");
        let found = accounts.device(&device.id).expect("in force");
        assert_eq!(found.screen.as_deref(), Some(&ScreenSettings::default()));
    }
}
