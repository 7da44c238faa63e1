//! What the server knows of each printer now, for whoever asks. Kept by whoever speaks to the printer; nothing of it is
//! stored.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use khiw_domain::id::{PrinterId, SiteId};
use khiw_printing::{PrinterState, Status};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// None: it cannot be used as it is configured.
    pub state: Option<PrinterState>,
    /// Hall time.
    pub since: Timestamp,
    pub told: Status,
}

/// Clones are the same one. A printer that is not in it is one nobody knows anything of.
#[derive(Clone, Debug, Default)]
pub struct KnownPrinters(Arc<Mutex<BTreeMap<(SiteId, PrinterId), Known>>>);

impl KnownPrinters {
    pub fn note(
        &self,
        site: &SiteId,
        printer: &PrinterId,
        state: Option<PrinterState>,
        told: Status,
        now: Timestamp,
    ) {
        let mut all = self.all();
        let known = all.entry((site.clone(), printer.clone())).or_insert(Known { state, since: now, told });
        if known.state != state {
            known.since = now;
        }
        (known.state, known.told) = (state, told);
    }

    pub fn forget(&self, site: &SiteId, printer: &PrinterId) {
        self.all().remove(&(site.clone(), printer.clone()));
    }

    pub fn of(&self, site: &SiteId, printer: &PrinterId) -> Option<Known> {
        self.all().get(&(site.clone(), printer.clone())).copied()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<(SiteId, PrinterId), Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn a_state_stands_since_it_began_and_a_stranger_is_not_known() {
        let known = KnownPrinters::default();
        let (site, printer) = (SiteId::parse("north").unwrap(), PrinterId::parse("door").unwrap());
        let at = |second| Timestamp::from_second(second).unwrap();
        let out = Status { paper_out: Some(true), ..Status::default() };
        known.note(&site, &printer, Some(PrinterState::Ok), Status::default(), at(1));
        known.note(&site, &printer, Some(PrinterState::PaperOut), out, at(5));
        known.note(&site, &printer, Some(PrinterState::PaperOut), Status::default(), at(9));

        let now = known.of(&site, &printer).unwrap();
        assert_eq!((now.state, now.since, now.told.paper_out), (Some(PrinterState::PaperOut), at(5), None));
        assert_eq!(known.of(&SiteId::parse("south").unwrap(), &printer), None);
        known.forget(&site, &printer);
        assert_eq!(known.of(&site, &printer), None);
    }
}
