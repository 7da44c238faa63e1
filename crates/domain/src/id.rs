//! Coded names of the things a site is made of. Parsed once at the edge; cheap to clone everywhere else.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Longest accepted id, in bytes.
pub const ID_LENGTH_MAX: usize = 64;

/// An id that is not `[a-z0-9][a-z0-9_.-]*` of at most [`ID_LENGTH_MAX`] bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId(pub String);

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no id: use a-z, 0-9, `-`, `_`, `.`, at most {ID_LENGTH_MAX} characters", self.0)
    }
}

impl std::error::Error for InvalidId {}

fn is_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    (1..=ID_LENGTH_MAX).contains(&bytes.len())
        && plain(bytes[0])
        && bytes.iter().all(|&b| plain(b) || matches!(b, b'-' | b'_' | b'.'))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Parses an id; see [`InvalidId`] for the grammar.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                if is_id(text) { Ok(Self(Arc::from(text))) } else { Err(InvalidId(text.chars().take(80).collect())) }
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// One office.
    SiteId;
    /// Owner of services: a department or an outside agency.
    AgencyId;
    /// What the citizen comes for.
    ServiceId;
    /// A line people wait in.
    QueueId;
    /// One desk.
    CounterId;
    /// A part of a hall.
    ZoneId;
    /// Which queues a counter serves, in which preference.
    ProfileId;
    /// A set of opening hours.
    HoursId;
    /// Who works a counter or sent a command: a staff member or a token's id.
    ClerkId;
    /// A kiosk, screen or other machine.
    DeviceId;
    /// A printer of the site.
    PrinterId;
    /// A configured code: an outcome, a reason for a pause, a call out of order, a change of lane.
    Code;
}

/// A ticket of a site, counted from 1 over the site's whole life; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TicketId(pub u64);

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A language people read or hear: the seven Khiw has wording for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Th,
    Vi,
    En,
    Ms,
    Lo,
    My,
    Zh,
}

impl Language {
    pub const ALL: [Self; 7] = [Self::Th, Self::Vi, Self::En, Self::Ms, Self::Lo, Self::My, Self::Zh];

    /// The BCP 47 primary subtag.
    pub fn code(self) -> &'static str {
        match self {
            Self::Th => "th",
            Self::Vi => "vi",
            Self::En => "en",
            Self::Ms => "ms",
            Self::Lo => "lo",
            Self::My => "my",
            Self::Zh => "zh",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}
