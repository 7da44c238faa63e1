//! How a machine gets its token (RFC 8628, from the device's side): it asks for a code, has it shown, asks again until
//! staff have approved it, and writes the token down. The server's side stands in `crates/server/src/access/enrolment.rs`.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use thiserror::Error;
use tokio::time::{Instant, sleep};

use crate::address::ServerAddress;
use crate::ask::Answer;
use crate::connect::{Door, NO_SERVER, Trouble, as_problem};
use crate::token::{self, TokenError, TokenFile};
use crate::trust::TrustError;

const CODES: &str = "/api/v1/device-codes";
const TOKENS: &str = "/api/v1/device-tokens";
/// What RFC 8628, 3.5 adds when the server says `slow_down`.
const SLOWER_BY: Duration = Duration::from_secs(5);
/// Whatever the server says.
const INTERVAL_MIN: Duration = Duration::from_secs(1);
const INTERVAL_MAX: Duration = Duration::from_mins(1);
const LIFE_MAX: Duration = Duration::from_hours(24);

/// What may come in by a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceKind {
    Agent,
    Kiosk,
    Display,
}

impl DeviceKind {
    /// As on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Kiosk => "kiosk",
            Self::Display => "display",
        }
    }
}

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Enrolment {
    pub server: ServerAddress,
    /// Whom to believe (PEM); without: the system's authorities.
    pub ca: Option<PathBuf>,
    pub kind: DeviceKind,
    pub token_file: PathBuf,
    /// Whether a file that is there is written over.
    pub replace: bool,
}

/// What people need to approve it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCode {
    pub code: String,
    /// Of the page where staff enter it.
    pub page: String,
    pub lives: Duration,
}

/// What is told on the way.
#[derive(Debug)]
pub enum Told<'a> {
    Code(&'a ShownCode),
    /// The server does not answer, and is asked again; told once until it is back.
    Away(&'a Trouble),
    Back,
}

/// As what it was approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// By which staff see and revoke it.
    pub id: String,
    pub site: String,
    pub name: String,
}

/// Why there is no token.
#[derive(Debug, Error)]
pub enum EnrolError {
    #[error(transparent)]
    File(TokenError),
    #[error(transparent)]
    Trust(TrustError),
    /// Before there was a code.
    #[error("asked {0} for a code, in vain: {1}")]
    NoCode(ServerAddress, Trouble),
    #[error("the server gives no token any more: {0}")]
    NoToken(Trouble),
    #[error("refused: staff took the approval back")]
    Refused,
    #[error(
        "the code holds no more: nobody approved it in time, the server was started anew, or the token was lost on the \
         way. Run this again for a new one"
    )]
    Expired,
    #[error("the code ran out while the server was away ({0}): run this again for a new one")]
    ExpiredAway(Trouble),
    #[error(
        "approved for site {} as “{}”, but {error}. The token is lost: revoke device {} and run this again",
        .device.site, .device.name, .device.id
    )]
    NotWritten { device: Enrolled, error: TokenError },
}

/// Gets a token of this kind into its file. May be dropped at any time: nothing is left then.
pub async fn enrol(wanted: Enrolment, tell: impl FnMut(&Told<'_>)) -> Result<Enrolled, EnrolError> {
    // First what needs nobody: a code that staff approve in vain is theirs, too.
    let file = TokenFile::prepare(wanted.token_file, wanted.replace).map_err(EnrolError::File)?;
    let door = Door::new(wanted.server, wanted.ca.as_deref()).map_err(EnrolError::Trust)?;
    let ask = async |path: &'static str, body: Value| door.ask(path, &body).await;
    let (code, shown) = begin(&door.server, wanted.kind, &ask).await?;
    let (device, token) = wait(&code, &shown, tell, &ask).await?;
    match file.write(&token) {
        Ok(()) => Ok(device),
        Err(error) => Err(EnrolError::NotWritten { device, error }),
    }
}

/// What the device keeps to itself, and how often it may ask with it.
struct DeviceCode {
    secret: String,
    interval: Duration,
}

async fn begin(
    server: &ServerAddress,
    kind: DeviceKind,
    ask: &impl AsyncFn(&'static str, Value) -> Result<Answer, Trouble>,
) -> Result<(DeviceCode, ShownCode), EnrolError> {
    let answer = ask(CODES, json!({ "kind": kind.name() })).await;
    let code = answer.and_then(|answer| match answer.status {
        200 | 201 => code_in(&answer.body).ok_or_else(|| Trouble::Garbage("this is no code".to_owned())),
        _ => Err(refusal(&answer)),
    });
    code.map_err(|trouble| EnrolError::NoCode(server.clone(), trouble))
}

/// Asks until there is a token, or never will be.
async fn wait(
    code: &DeviceCode,
    shown: &ShownCode,
    mut tell: impl FnMut(&Told<'_>),
    ask: &impl AsyncFn(&'static str, Value) -> Result<Answer, Trouble>,
) -> Result<(Enrolled, String), EnrolError> {
    let begun = Instant::now();
    let mut interval = code.interval;
    let mut away: Option<Trouble> = None;
    tell(&Told::Code(shown));
    while begun.elapsed() + interval < shown.lives {
        sleep(interval).await;
        let heard =
            ask(TOKENS, json!({ "device_code": code.secret })).await.and_then(|answer| heard(&answer));
        match heard {
            Err(trouble) if trouble.needs_people() => return Err(EnrolError::NoToken(trouble)),
            Err(trouble) => {
                if away.is_none() {
                    tell(&Told::Away(&trouble));
                }
                away = Some(trouble);
                continue;
            }
            Ok(Heard::Token(enrolled, token)) => return Ok((enrolled, token)),
            Ok(Heard::Refused) => return Err(EnrolError::Refused),
            Ok(Heard::Expired) => return Err(EnrolError::Expired),
            Ok(Heard::SlowDown) => interval += SLOWER_BY,
            Ok(Heard::Pending) => {}
        }
        if away.take().is_some() {
            tell(&Told::Back);
        }
    }
    Err(away.map_or(EnrolError::Expired, EnrolError::ExpiredAway))
}

/// What has become of a code.
enum Heard {
    Token(Enrolled, String),
    Pending,
    SlowDown,
    Refused,
    Expired,
}

fn heard(answer: &Answer) -> Result<Heard, Trouble> {
    if answer.status == 200 {
        let token = token_in(&answer.body);
        return token.ok_or_else(|| Trouble::Garbage("this is no token".to_owned()));
    }
    match answer.body["code"].as_str() {
        Some("authorization_pending") => Ok(Heard::Pending),
        Some("slow_down") => Ok(Heard::SlowDown),
        Some("access_denied") => Ok(Heard::Refused),
        Some("expired_token") => Ok(Heard::Expired),
        _ => Err(refusal(answer)),
    }
}

fn refusal(answer: &Answer) -> Trouble {
    as_problem(answer.status, &answer.body, ("no_enrolment", NO_SERVER))
}

fn code_in(body: &Value) -> Option<(DeviceCode, ShownCode)> {
    let seconds = |name: &str| body[name].as_u64().map(Duration::from_secs);
    let interval = seconds("interval_s")?.clamp(INTERVAL_MIN, INTERVAL_MAX);
    let code = DeviceCode { secret: text(body, "device_code")?, interval };
    let page = text(body, "verification_uri")?;
    let shown =
        ShownCode { code: text(body, "user_code")?, page, lives: seconds("expires_in_s")?.min(LIFE_MAX) };
    Some((code, shown))
}

fn token_in(body: &Value) -> Option<Heard> {
    let token = text(body, "token").filter(|token| token::is_sound(token))?;
    let enrolled = Enrolled { id: text(body, "id")?, site: text(body, "site")?, name: text(body, "name")? };
    Some(Heard::Token(enrolled, token))
}

/// As it can be shown at a terminal.
fn text(body: &Value, name: &str) -> Option<String> {
    let text = body[name].as_str()?;
    (!text.is_empty() && !text.contains(char::is_control)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
