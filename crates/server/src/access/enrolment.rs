//! How a device without a keyboard becomes known (RFC 8628): it shows a short code, staff approve it, and it gets its
//! token when it asks the next time. Codes live here, in memory, for minutes; the devices they become, in the store.
//! The caller brings the time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Kind, base32};

/// Codes at once; beyond it the oldest of whoever has most goes.
pub const CODES_MAX: usize = 256;
/// Codes of one address within their life: a hall's screens that start together, behind one router.
pub const CODES_PER_ADDRESS_MAX: usize = 32;
pub const CODE_LIVES: Duration = Duration::from_mins(15);
/// A device asks no more often.
pub const POLL_EVERY: Duration = Duration::from_secs(5);
/// Asked earlier than this, it is told to slow down; the network may bring two questions a little closer.
const POLL_TOO_SOON: Duration = Duration::from_secs(4);
/// Wrong codes that one member of staff may enter within [`GUESSES_WITHIN`].
pub const WRONG_CODES_MAX: u32 = 10;
pub const GUESSES_WITHIN: Duration = Duration::from_mins(1);
/// Members of staff whose wrong codes are remembered.
const GUESSERS_MAX: usize = 1_024;
/// Letters and digits that nobody takes for another on a screen: of B and 8, I and 1, O and 0, S and 5, U and V, Z and 2
/// one at most. Eight of them make 370 thousand million codes.
const ALPHABET: &[u8; 28] = b"ACDEFGHJKLMNPQRTVWXY23456789";
pub const USER_CODE_LENGTH: usize = 8;
/// Longest code that is looked at, as typed.
const TYPED_LENGTH_MAX: usize = 32;
const DEVICE_CODE_BYTES: usize = 25;

#[derive(Debug, Default)]
pub struct Enrolments(Mutex<Codes>);

#[derive(Debug, Default)]
struct Codes {
    /// By the hash of the device's code.
    pending: HashMap<[u8; 32], Pending>,
    guesses: HashMap<Arc<str>, Guesses>,
}

#[derive(Debug)]
struct Pending {
    user_code: String,
    kind: Kind,
    address: Option<IpAddr>,
    made: Instant,
    asked: Option<Instant>,
    state: State,
}

#[derive(Debug)]
enum State {
    Waiting,
    /// Somebody approves it at this moment.
    Claimed,
    Granted(Grant),
}

#[derive(Debug)]
struct Guesses {
    since: Instant,
    wrong: u32,
}

/// What a device shows, and what it asks with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    pub device_code: String,
    /// With its hyphen.
    pub user_code: String,
}

/// What staff's approval has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Of the device.
    pub id: Arc<str>,
    /// Of its token.
    pub secret: String,
}

/// What a device that asks is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Polled {
    Pending,
    SlowDown,
    /// Over, used, or never made.
    Expired,
    Granted(Grant),
}

/// A code in the hands of whoever approves it: to be granted, or released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    code: [u8; 32],
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    #[error("no randomness")]
    Randomness,
    #[error("too many codes from one address; wait {0:?}")]
    TooMany(Duration),
    #[error("no device shows this code, or not any more")]
    Unknown,
    #[error("this code has been approved already")]
    Used,
    #[error("too many wrong codes; wait {0:?}")]
    TooManyGuesses(Duration),
}

impl Enrolments {
    /// A code for a device at `address`; none: this machine itself, which is not counted.
    pub fn begin(&self, kind: Kind, address: Option<IpAddr>, now: Instant) -> Result<Begun, CodeError> {
        let mut codes = self.codes(now);
        let of_address = codes.pending.values().filter(|p| address.is_some() && p.address == address);
        let (count, oldest) = of_address.fold((0, now), |(n, oldest), p| (n + 1, oldest.min(p.made)));
        if count >= CODES_PER_ADDRESS_MAX {
            return Err(CodeError::TooMany(CODE_LIVES.saturating_sub(now - oldest)));
        }
        if codes.pending.len() >= CODES_MAX {
            codes.make_room();
        }
        let device_code = random_code()?;
        let user_code = codes.new_user_code()?;
        let shown = format!("{}-{}", &user_code[..USER_CODE_LENGTH / 2], &user_code[USER_CODE_LENGTH / 2..]);
        let pending = Pending { user_code, kind, address, made: now, asked: None, state: State::Waiting };
        codes.pending.insert(hash(&device_code), pending);
        Ok(Begun { device_code, user_code: shown })
    }

    /// The device asks what has become of its code. Granted once.
    pub fn poll(&self, device_code: &str, now: Instant) -> Polled {
        let mut codes = self.codes(now);
        let code = hash(device_code);
        let Some(pending) = codes.pending.get_mut(&code) else { return Polled::Expired };
        let before = pending.asked.replace(now);
        match &pending.state {
            State::Granted(grant) => {
                let grant = grant.clone();
                codes.pending.remove(&code);
                Polled::Granted(grant)
            }
            _ if before.is_some_and(|before| now - before < POLL_TOO_SOON) => Polled::SlowDown,
            State::Waiting | State::Claimed => Polled::Pending,
        }
    }

    /// The code that `by` typed, in any case, with or without its hyphen.
    pub fn claim(&self, typed: &str, by: &Arc<str>, now: Instant) -> Result<Claim, CodeError> {
        let mut codes = self.codes(now);
        let guesses = codes.guesses.get(by).filter(|guesses| guesses.wrong >= WRONG_CODES_MAX);
        if let Some(guesses) = guesses {
            return Err(CodeError::TooManyGuesses(GUESSES_WITHIN.saturating_sub(now - guesses.since)));
        }
        let wanted = normal(typed);
        let mut pending = codes.pending.iter_mut();
        let Some((code, found)) = pending.find(|(_, pending)| pending.user_code == wanted) else {
            codes.count_wrong(by, now);
            return Err(CodeError::Unknown);
        };
        if !matches!(found.state, State::Waiting) {
            return Err(CodeError::Used);
        }
        found.state = State::Claimed;
        Ok(Claim { code: *code, kind: found.kind })
    }

    /// Approved: the device is given this when it asks next. False when the code ran out meanwhile.
    pub fn grant(&self, claim: Claim, grant: Grant, now: Instant) -> bool {
        let mut codes = self.codes(now);
        let pending = codes.pending.get_mut(&claim.code);
        pending.map(|pending| pending.state = State::Granted(grant)).is_some()
    }

    /// Not approved after all: somebody may try again.
    pub fn release(&self, claim: Claim, now: Instant) {
        if let Some(pending) = self.codes(now).pending.get_mut(&claim.code) {
            pending.state = State::Waiting;
        }
    }

    /// What is over is forgotten before anybody looks.
    fn codes(&self, now: Instant) -> MutexGuard<'_, Codes> {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.pending.retain(|_, pending| now.saturating_duration_since(pending.made) < CODE_LIVES);
        codes.guesses.retain(|_, guesses| now.saturating_duration_since(guesses.since) < GUESSES_WITHIN);
        codes
    }
}

impl Codes {
    /// Forgets the oldest code of the address that has most: a flood from one place displaces only itself.
    fn make_room(&mut self) {
        let mut counts: HashMap<Option<IpAddr>, usize> = HashMap::new();
        for pending in self.pending.values() {
            *counts.entry(pending.address).or_default() += 1;
        }
        let fullest = counts.into_iter().max_by_key(|(_, count)| *count).map(|(address, _)| address);
        let of_it = self.pending.iter().filter(|(_, pending)| Some(pending.address) == fullest);
        let oldest = of_it.min_by_key(|(_, pending)| pending.made).map(|(code, _)| *code);
        if let Some(oldest) = oldest {
            self.pending.remove(&oldest);
        }
    }

    /// One that no other device shows.
    fn new_user_code(&self) -> Result<String, CodeError> {
        loop {
            let code = random_user_code()?;
            if self.pending.values().all(|pending| pending.user_code != code) {
                return Ok(code);
            }
        }
    }

    fn count_wrong(&mut self, by: &Arc<str>, now: Instant) {
        if self.guesses.len() >= GUESSERS_MAX && !self.guesses.contains_key(by) {
            self.guesses.clear();
        }
        let guesses = self.guesses.entry(Arc::clone(by)).or_insert(Guesses { since: now, wrong: 0 });
        guesses.wrong += 1;
    }
}

/// As it is kept: capitals and digits alone.
fn normal(typed: &str) -> String {
    let short = typed.chars().take(TYPED_LENGTH_MAX);
    short.filter(|c| !matches!(c, '-' | ' ')).map(|c| c.to_ascii_uppercase()).collect()
}

fn random_code() -> Result<String, CodeError> {
    let mut bytes = [0_u8; DEVICE_CODE_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| CodeError::Randomness)?;
    Ok(base32::encode(&bytes))
}

/// Each letter is as likely as another: what would favour the first ones is thrown again.
fn random_user_code() -> Result<String, CodeError> {
    let mut code = String::with_capacity(USER_CODE_LENGTH);
    let mut bytes = [0_u8; 32];
    while code.len() < USER_CODE_LENGTH {
        getrandom::fill(&mut bytes).map_err(|_| CodeError::Randomness)?;
        let letters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31)));
        code.extend(letters.map(|letter| char::from(*letter)).take(USER_CODE_LENGTH - code.len()));
    }
    Ok(code)
}

fn hash(code: &str) -> [u8; 32] {
    *blake3::hash(code.as_bytes()).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staff() -> Arc<str> {
        "supervisor-1".into()
    }

    fn grant() -> Grant {
        Grant { id: "display-1".into(), secret: "s".into() }
    }

    fn address(n: u32) -> IpAddr {
        IpAddr::from(n.to_be_bytes())
    }

    #[test]
    fn a_device_gets_its_token_once_after_staff_typed_what_it_shows() {
        let (codes, start) = (Enrolments::default(), Instant::now());
        let begun = codes.begin(Kind::Display, Some(address(1)), start).expect("a code");
        assert_eq!(codes.poll(&begun.device_code, start), Polled::Pending);
        let typed = begun.user_code.to_lowercase().replace('-', "");
        let claim = codes.claim(&typed, &staff(), start).expect("it is shown");
        assert_eq!(claim.kind, Kind::Display);
        assert_eq!(codes.claim(&begun.user_code, &staff(), start), Err(CodeError::Used));
        let later = start + POLL_EVERY;
        assert_eq!(codes.poll(&begun.device_code, later), Polled::Pending);
        assert!(codes.grant(claim, grant(), later));
        assert_eq!(codes.claim(&begun.user_code, &staff(), later), Err(CodeError::Used));
        let later = later + POLL_EVERY;
        assert_eq!(codes.poll(&begun.device_code, later), Polled::Granted(grant()));
        assert_eq!(codes.poll(&begun.device_code, later + POLL_EVERY), Polled::Expired);
        assert_eq!(codes.claim(&begun.user_code, &staff(), later), Err(CodeError::Unknown));
    }

    #[test]
    fn who_asks_too_often_is_told_to_slow_down_and_loses_nothing() {
        let (codes, start) = (Enrolments::default(), Instant::now());
        let begun = codes.begin(Kind::Kiosk, Some(address(1)), start).expect("a code");
        assert_eq!(codes.poll(&begun.device_code, start), Polled::Pending);
        assert_eq!(codes.poll(&begun.device_code, start + Duration::from_secs(1)), Polled::SlowDown);
        assert_eq!(codes.poll(&begun.device_code, start + Duration::from_secs(6)), Polled::Pending);
    }

    #[test]
    fn a_code_runs_out_also_while_it_is_approved() {
        let (codes, start) = (Enrolments::default(), Instant::now());
        let begun = codes.begin(Kind::Display, Some(address(1)), start).expect("a code");
        let last = start + CODE_LIVES.saturating_sub(Duration::from_millis(1));
        let claim = codes.claim(&begun.user_code, &staff(), last).expect("it is shown");
        let over = start + CODE_LIVES;
        assert!(!codes.grant(claim, grant(), over));
        assert_eq!(codes.poll(&begun.device_code, over), Polled::Expired);
        assert_eq!(codes.claim(&begun.user_code, &staff(), over), Err(CodeError::Unknown));
    }

    #[test]
    fn a_released_code_can_be_approved_again() {
        let (codes, start) = (Enrolments::default(), Instant::now());
        let begun = codes.begin(Kind::Display, Some(address(1)), start).expect("a code");
        let claim = codes.claim(&begun.user_code, &staff(), start).expect("it is shown");
        codes.release(claim, start);
        assert_eq!(codes.claim(&begun.user_code, &staff(), start), Ok(claim));
    }

    #[test]
    fn nobody_guesses_codes_by_the_dozen() {
        let (codes, start) = (Enrolments::default(), Instant::now());
        let begun = codes.begin(Kind::Display, Some(address(1)), start).expect("a code");
        for _ in 0..WRONG_CODES_MAX {
            assert_eq!(codes.claim("AAAA-AAAA", &staff(), start), Err(CodeError::Unknown));
        }
        let refused = codes.claim(&begun.user_code, &staff(), start);
        assert_eq!(refused, Err(CodeError::TooManyGuesses(GUESSES_WITHIN)));
        assert!(codes.claim(&begun.user_code, &"another".into(), start).is_ok());
        let later = start + GUESSES_WITHIN;
        assert_eq!(codes.claim(&begun.user_code, &staff(), later), Err(CodeError::Used), "heard again");
    }

    #[test]
    fn one_address_has_its_bound_until_its_codes_run_out() {
        let (codes, start) = (Enrolments::default(), Instant::now());
        for _ in 0..CODES_PER_ADDRESS_MAX {
            codes.begin(Kind::Display, Some(address(2)), start).expect("within the bound");
        }
        let minute = Duration::from_mins(1);
        let refused = codes.begin(Kind::Display, Some(address(2)), start + minute);
        assert_eq!(refused, Err(CodeError::TooMany(CODE_LIVES.saturating_sub(minute))));
        assert!(codes.begin(Kind::Display, Some(address(3)), start + minute).is_ok());
        assert!(codes.begin(Kind::Display, Some(address(2)), start + CODE_LIVES).is_ok());
    }

    #[test]
    fn a_flood_displaces_only_its_own_codes() {
        let (codes, start) = (Enrolments::default(), Instant::now());
        let quiet = codes.begin(Kind::Display, Some(address(1)), start).expect("a code");
        for n in 0..u32::try_from(CODES_MAX).expect("small") {
            // Whether one of a full address is refused or makes room: nobody else's goes.
            let _ = codes.begin(Kind::Display, Some(address(2 + n % 20)), start);
            let _ = codes.begin(Kind::Display, Some(address(2 + n % 20)), start);
        }
        assert!(codes.codes(start).pending.len() <= CODES_MAX);
        assert_eq!(codes.poll(&quiet.device_code, start), Polled::Pending);
    }

    #[test]
    fn codes_are_of_letters_nobody_confuses() {
        let (codes, start) = (Enrolments::default(), Instant::now());
        for _ in 0..CODES_MAX {
            let shown = codes.begin(Kind::Display, None, start).expect("a code").user_code;
            assert_eq!(shown.len(), USER_CODE_LENGTH + 1);
            assert!(shown.bytes().filter(|b| *b != b'-').all(|b| ALPHABET.contains(&b)), "{shown}");
        }
    }
}
