//! One printer and how patient to be with it, and what printers know of each other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::escpos::PrinterState;
use crate::link::{Link, LinkTimeouts};
use crate::profile::Profile;
use crate::render::PaperWidth;

/// Most prints of one paper in one job.
pub const COPIES_OF_JOB_MAX: u8 = 5;

/// One printer and how patient to be with it.
#[derive(Clone, Debug)]
pub struct PrinterSetup {
    /// The name jobs carry.
    pub name: String,
    pub link: Link,
    pub width: PaperWidth,
    pub profile: Arc<Profile>,
    /// How often each paper is printed; all but the first are marked as copies.
    pub copies: u8,
    /// The name of the printer that takes over when this one may not print.
    pub pair: Option<String>,
    /// Shared by printers that are to know of each other.
    pub board: Board,
    pub timeouts: LinkTimeouts,
    /// Pause before the first repeated try; it doubles up to `retry_ms_max`.
    pub retry_ms_min: u64,
    pub retry_ms_max: u64,
    /// A job that waited longer fails: its visitor has the number from the screen by then.
    pub job_age_s_max: u32,
    /// How often an idle printer is asked how it is.
    pub idle_check_ms: u64,
    /// How long this printer may be unable to print before its pair takes over.
    pub take_over_ms: u64,
}

impl PrinterSetup {
    /// A printer of no particular kind, with the usual patience.
    pub fn new(name: impl Into<String>, link: Link, width: PaperWidth) -> Self {
        Self {
            name: name.into(),
            link,
            width,
            profile: Profile::generic(width.dots()),
            copies: 1,
            pair: None,
            board: Board::default(),
            timeouts: LinkTimeouts::default(),
            retry_ms_min: 500,
            retry_ms_max: 5_000,
            job_age_s_max: 120,
            idle_check_ms: 15_000,
            take_over_ms: 2_000,
        }
    }
}

/// What the workers of one house last learnt of their printers. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Board {
    states: Arc<Mutex<BTreeMap<String, PrinterState>>>,
}

impl Board {
    /// Whether a job may be started there; not when nothing is known of it yet.
    pub fn may_print(&self, printer: &str) -> bool {
        self.states().get(printer).is_some_and(|state| state.may_print())
    }

    /// For printers that somebody else serves, an agent for one.
    pub fn note(&self, printer: &str, state: PrinterState) {
        self.states().insert(printer.to_owned(), state);
    }

    /// Nothing is known of it any more.
    pub fn forget(&self, printer: &str) {
        self.states().remove(printer);
    }

    fn states(&self) -> MutexGuard<'_, BTreeMap<String, PrinterState>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
