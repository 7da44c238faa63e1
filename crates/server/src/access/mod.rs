//! Who is asking, and what they may do. Knows tokens, cookies and kinds; nothing of queues.

mod base32;
mod caller;
pub mod enrolment;
mod key;
mod origin;
pub mod permissions;
pub mod session;
pub mod store;

pub use caller::{Arrival, Caller, DEMO_ACTOR, Principal, bearer, is_secure};
pub use enrolment::Enrolments;
pub use key::{InstallationKey, KeyError};
pub use origin::same_origin;
pub use permissions::{Capability, Kind};
pub use store::{AccountError, Accounts, Device, DeviceChange, NewDevice, NewToken, TokenEntry};
