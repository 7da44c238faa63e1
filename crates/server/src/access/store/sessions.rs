//! Sessions: what a page holds instead of a token, and how one is followed by the next without anybody noticing.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::{
    AccountError, Accounts, InForce, SECRET_BYTES, SECRET_LENGTH_MAX, SESSIONS_PER_TOKEN_MAX, Snapshot, hash,
    random,
};
use crate::access::{Kind, Principal};

/// A renewed session holds for so long after the new one was first used: requests on their way arrive.
pub const RENEWED_GRACE_S: i64 = 60;
/// And for so long when the new one is never used: its answer was lost, and nobody is to visit the screen for that.
pub const RENEWED_UNUSED_MAX_S: i64 = 24 * 3600;

pub struct SessionInForce {
    token: Arc<InForce>,
    /// The token's, with the session's identity.
    principal: Arc<Principal>,
    created_s: i64,
    expires_s: i64,
    /// The session that followed it by a renewal.
    successor: Option<[u8; 32]>,
    used: AtomicBool,
}

impl Accounts {
    /// Who a session cookie belongs to.
    pub fn verify_session(&self, secret: &str) -> Option<Arc<Principal>> {
        self.verify_session_at(secret, Timestamp::now().as_second())
    }

    pub(super) fn verify_session_at(&self, secret: &str, now_s: i64) -> Option<Arc<Principal>> {
        if secret.len() > SECRET_LENGTH_MAX {
            return None;
        }
        let snapshot = self.in_force.load();
        let session = snapshot.sessions.get(&hash(secret))?;
        (session.expires_s > now_s).then(|| {
            session.token.mark_used();
            session.used.store(true, Ordering::Relaxed);
            Arc::clone(&session.principal)
        })
    }

    /// Exchanges a token for a session that lasts `lasts`; returns whose, and the cookie's secret.
    pub fn open_session(
        &self,
        token: &str,
        lasts: impl FnOnce(Kind) -> SignedDuration,
    ) -> Result<Option<(Arc<Principal>, String)>, AccountError> {
        let Some(principal) = self.verify(token) else { return Ok(None) };
        let secret = random(SECRET_BYTES)?;
        let now_s = Timestamp::now().as_second();
        let hash = hash(&secret);
        let lasts_s = lasts(principal.kind).as_secs();
        self.change(|connection| insert(connection, &principal, &hash, now_s, lasts_s))?;
        Ok(Some((Arc::new(of_session(&principal, hash)), secret)))
    }

    /// A new session in the place of the one that this principal came with; its cookie's secret. None without a
    /// session that holds.
    ///
    /// A device that was enrolled is one machine: all its other sessions end with it.
    pub fn renew_session(
        &self,
        principal: &Principal,
        lasts: SignedDuration,
    ) -> Result<Option<String>, AccountError> {
        self.renew_session_at(principal, lasts, Timestamp::now().as_second())
    }

    pub(super) fn renew_session_at(
        &self,
        principal: &Principal,
        lasts: SignedDuration,
        now_s: i64,
    ) -> Result<Option<String>, AccountError> {
        let Some(old) = principal.session else { return Ok(None) };
        if self.in_force.load().sessions.get(&old).is_none_or(|session| session.expires_s <= now_s) {
            return Ok(None);
        }
        let secret = random(SECRET_BYTES)?;
        let new = hash(&secret);
        self.change(|connection| {
            insert(connection, principal, &new, now_s, lasts.as_secs())?;
            connection.execute(
                "UPDATE session SET successor = ?2, expires = min(expires, ?4) WHERE token = ?1 AND hash <> ?2
                AND (hash = ?3 OR EXISTS (SELECT 1 FROM device WHERE id = ?1))",
                params![&*principal.id, new, old, now_s + RENEWED_UNUSED_MAX_S],
            )?;
            connection.execute("UPDATE device SET renew = 0 WHERE id = ?1", [&*principal.id])?;
            Ok(())
        })?;
        Ok(Some(secret))
    }

    /// Whether a device should renew the session it came with: it was told to, half of its life is gone, or it was
    /// renewed and the answer did not arrive.
    pub fn should_renew(&self, principal: &Principal) -> bool {
        self.should_renew_at(principal, Timestamp::now().as_second())
    }

    pub(super) fn should_renew_at(&self, principal: &Principal, now_s: i64) -> bool {
        let snapshot = self.in_force.load();
        let session = principal.session.and_then(|session| snapshot.sessions.get(&session));
        let Some(session) = session.filter(|_| principal.kind.is_device()) else { return false };
        let told = snapshot.devices.get(&principal.id).is_some_and(|held| held.device.renew);
        let half_gone = now_s - session.created_s >= session.expires_s - now_s;
        told || half_gone || session.successor.is_some()
    }

    /// Ends one session; an unknown one is as good as ended.
    pub fn close_session(&self, secret: &str) -> Result<(), AccountError> {
        self.change(|connection| {
            connection.execute("DELETE FROM session WHERE hash = ?1", [hash(secret)])?;
            Ok(())
        })
    }
}

impl Snapshot {
    /// A socket stays when its session was renewed meanwhile: it stands as long as the last one that followed.
    pub(super) fn session_stands(&self, session: &[u8; 32], now_s: i64) -> bool {
        let mut next = Some(*session);
        for _ in 0..=SESSIONS_PER_TOKEN_MAX {
            let Some(session) = next.and_then(|hash| self.sessions.get(&hash)) else { return false };
            if session.expires_s > now_s {
                session.token.mark_used();
                return true;
            }
            next = session.successor;
        }
        false
    }
}

fn insert(
    connection: &Connection,
    principal: &Principal,
    hash: &[u8; 32],
    now_s: i64,
    lasts_s: i64,
) -> Result<(), AccountError> {
    connection.execute(
        "DELETE FROM session WHERE expires <= ?1
        AND (successor IS NULL OR successor NOT IN (SELECT hash FROM session))",
        [now_s],
    )?;
    connection.execute(
        "INSERT INTO session (hash, token, created, expires) VALUES (?1, ?2, ?3, ?4)",
        params![hash, &*principal.id, now_s, now_s + lasts_s],
    )?;
    // The new one is kept whatever the clock said when the others were made.
    connection.execute(
        "DELETE FROM session WHERE token = ?1 AND hash NOT IN (SELECT hash FROM session
        WHERE token = ?1 ORDER BY hash = ?2 DESC, created DESC LIMIT ?3)",
        params![&*principal.id, hash, SESSIONS_PER_TOKEN_MAX],
    )?;
    Ok(())
}

/// Sessions whose successor has been used go after their grace; whether there are any.
pub fn end_renewed(connection: &Connection, in_force: &Snapshot, now_s: i64) -> Result<bool, AccountError> {
    let mut any = false;
    for (hash, session) in &in_force.sessions {
        let successor = session.successor.and_then(|hash| in_force.sessions.get(&hash));
        let arrived = successor.is_some_and(|successor| successor.used.load(Ordering::Relaxed));
        if arrived && session.expires_s > now_s + RENEWED_GRACE_S {
            connection.execute(
                "UPDATE session SET expires = ?2 WHERE hash = ?1",
                params![hash, now_s + RENEWED_GRACE_S],
            )?;
            any = true;
        }
    }
    Ok(any)
}

/// Sessions of tokens in force.
pub fn read(
    connection: &Connection,
    before: &Snapshot,
    tokens: &HashMap<String, Arc<InForce>>,
    snapshot: &mut Snapshot,
) -> Result<(), AccountError> {
    let mut sessions =
        connection.prepare_cached("SELECT hash, token, created, expires, successor FROM session")?;
    let mut rows = sessions.query([])?;
    while let Some(row) = rows.next()? {
        let (hash, token): ([u8; 32], String) = (row.get(0)?, row.get(1)?);
        let Some(token) = tokens.get(&token) else { continue };
        let before = before.sessions.get(&hash);
        let principal = match before {
            Some(held) => Arc::clone(&held.principal),
            None => Arc::new(of_session(&token.principal, hash)),
        };
        let session = SessionInForce {
            token: Arc::clone(token),
            principal,
            created_s: row.get(2)?,
            expires_s: row.get(3)?,
            successor: row.get(4)?,
            used: AtomicBool::new(before.is_some_and(|held| held.used.load(Ordering::Relaxed))),
        };
        snapshot.sessions.insert(hash, session);
    }
    Ok(())
}

fn of_session(principal: &Principal, hash: [u8; 32]) -> Principal {
    Principal { session: Some(hash), ..principal.clone() }
}

#[cfg(test)]
mod tests {
    use khiw_domain::id::SiteId;

    use super::*;
    use crate::access::store::{Device, NewDevice};

    const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

    fn screen(accounts: &Accounts) -> (Arc<Device>, String) {
        let new = NewDevice {
            kind: Kind::Display,
            site: SiteId::parse("sample").expect("an id"),
            name: "over the stairs".to_owned(),
            zone: None,
            place: String::new(),
            counter: None,
            screen: None,
        };
        accounts.enrol(&new).expect("enrolled")
    }

    fn now_s() -> i64 {
        Timestamp::now().as_second()
    }

    #[test]
    fn a_renewed_session_holds_its_grace_and_its_socket_stays() {
        // Given a screen with a session
        let accounts = Accounts::in_memory().expect("opened");
        let (_, token) = screen(&accounts);
        let (old, cookie) = accounts.open_session(&token, |_| YEAR).expect("kept").expect("in force");
        let start = now_s();
        // When it is renewed and the new one is used
        let fresh = accounts.renew_session_at(&old, YEAR, start).expect("kept").expect("it held");
        accounts.refresh_at(start).expect("refreshed");
        assert!(accounts.verify_session_at(&fresh, start).is_some());
        accounts.refresh_at(start).expect("refreshed");
        // Then the old cookie holds for its grace and no longer
        assert!(accounts.verify_session_at(&cookie, start + RENEWED_GRACE_S - 1).is_some());
        let over = start + RENEWED_GRACE_S;
        assert!(accounts.verify_session_at(&cookie, over).is_none());
        assert!(accounts.renew_session_at(&old, YEAR, over).expect("no error").is_none());
        // And a socket that came with it stays as long as the new session does.
        let stands = |at| accounts.in_force.load().session_stands(&old.session.expect("of a session"), at);
        assert!(stands(over) && stands(start + YEAR.as_secs() - 1));
        assert!(!stands(start + YEAR.as_secs()));
        accounts.close_session(&fresh).expect("closed");
        assert!(!stands(over));
    }

    #[test]
    fn when_the_answer_to_a_renewal_is_lost_the_screen_stays_and_tries_again() {
        let accounts = Accounts::in_memory().expect("opened");
        let (_, token) = screen(&accounts);
        let (old, cookie) = accounts.open_session(&token, |_| YEAR).expect("kept").expect("in force");
        let start = now_s();
        assert!(!accounts.should_renew_at(&old, start));
        accounts.renew_session_at(&old, YEAR, start).expect("kept").expect("a secret that nobody got");
        accounts.refresh_at(start + 3_600).expect("refreshed");
        assert!(accounts.verify_session_at(&cookie, start + 3_600).is_some());
        assert!(accounts.should_renew_at(&old, start + 3_600));
        let again = accounts.renew_session_at(&old, YEAR, start + 3_600).expect("kept").expect("it held");
        assert!(accounts.verify_session_at(&again, start + 3_600).is_some());
        assert!(accounts.verify_session_at(&cookie, start + RENEWED_UNUSED_MAX_S).is_none());
    }

    #[test]
    fn a_session_is_to_be_renewed_when_half_of_it_is_gone_or_staff_want_it() {
        let accounts = Accounts::in_memory().expect("opened");
        let (device, token) = screen(&accounts);
        let start = now_s();
        let (session, _) = accounts.open_session(&token, |_| YEAR).expect("kept").expect("in force");
        assert!(!accounts.should_renew_at(&session, start + YEAR.as_secs() / 2 - 60));
        assert!(accounts.should_renew_at(&session, start + YEAR.as_secs() / 2 + 60));
        accounts.want_renewal(&device.id).expect("noted");
        assert!(accounts.should_renew_at(&session, start));
        let fresh = accounts.renew_session_at(&session, YEAR, start).expect("kept").expect("it held");
        let fresh = accounts.verify_session_at(&fresh, start).expect("it holds");
        assert!(!accounts.should_renew_at(&fresh, start));
    }

    #[test]
    fn renewing_ends_every_other_session_of_an_enrolled_screen() {
        let accounts = Accounts::in_memory().expect("opened");
        let (_, token) = screen(&accounts);
        let sign_in = || accounts.open_session(&token, |_| YEAR).expect("kept").expect("in force");
        let ((_, stolen), (own, _)) = (sign_in(), sign_in());
        let start = now_s();
        let fresh = accounts.renew_session_at(&own, YEAR, start).expect("kept").expect("it held");
        assert!(accounts.verify_session_at(&fresh, start).is_some());
        accounts.refresh_at(start).expect("refreshed");
        assert!(accounts.verify_session_at(&stolen, start + RENEWED_GRACE_S).is_none());
    }
}
