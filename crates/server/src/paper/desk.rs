//! Where staff and kiosks ask about paper: the spool while it is open, what is known of the printers, and how often a
//! kiosk may print a notice. Decides nothing about a job.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use khiw_domain::id::SiteId;
use khiw_printing::{Spool, SpoolError};
use tokio::time::Instant;

use super::in_spool;
use super::known::KnownPrinters;

/// A kiosk prints a notice at most so often: paper is not to be played with.
pub const NOTICE_EVERY: Duration = Duration::from_secs(30);
/// Kiosks remembered; beyond it those at rest are forgotten, then all.
const KIOSKS_MAX: usize = 256;

#[derive(Default)]
pub struct PaperDesk {
    pub known: KnownPrinters,
    spool: Mutex<Option<Spool>>,
    /// When each kiosk printed its last notice.
    notices: Mutex<HashMap<(SiteId, Arc<str>), Instant>>,
}

impl PaperDesk {
    pub(super) fn open(&self, spool: &Spool) {
        *self.spool.lock().unwrap_or_else(PoisonError::into_inner) = Some(spool.clone());
    }

    /// The spool's file has one user: nothing may hold it after its room was closed.
    pub(super) fn close(&self) {
        *self.spool.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Asks the spool where blocking is allowed; `Stopped` while there is none.
    pub async fn ask<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Spool) -> Result<T, SpoolError> + Send + 'static,
    ) -> Result<T, SpoolError> {
        let spool = self.spool.lock().unwrap_or_else(PoisonError::into_inner).clone();
        in_spool(&spool.ok_or(SpoolError::Stopped)?, run).await
    }

    /// Counts a notice of this kiosk; how long it has to wait when it is too soon.
    pub fn admit_notice(&self, site: &SiteId, kiosk: &Arc<str>) -> Result<(), Duration> {
        let now = Instant::now();
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (site.clone(), Arc::clone(kiosk));
        if let Some(waits) = notices.get(&key).map(|last| NOTICE_EVERY.saturating_sub(now - *last))
            && !waits.is_zero()
        {
            return Err(waits);
        }
        if notices.len() >= KIOSKS_MAX && !notices.contains_key(&key) {
            notices.retain(|_, last| now - *last < NOTICE_EVERY);
            if notices.len() >= KIOSKS_MAX {
                notices.clear();
            }
        }
        notices.insert(key, now);
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_kiosk_prints_a_notice_now_and_then_whatever_another_does() {
        let desk = PaperDesk::default();
        let site = SiteId::parse("north").unwrap();
        let (one, other) = (Arc::from("k1"), Arc::from("k2"));
        assert_eq!(desk.admit_notice(&site, &one), Ok(()));
        assert!(desk.admit_notice(&site, &one).is_err());
        assert_eq!(desk.admit_notice(&site, &other), Ok(()));
        tokio::time::advance(NOTICE_EVERY).await;
        assert_eq!(desk.admit_notice(&site, &one), Ok(()));
    }

    #[tokio::test]
    async fn without_a_spool_nobody_is_answered_as_if_there_were_one() {
        let desk = PaperDesk::default();
        assert!(matches!(desk.ask(Spool::waiting).await, Err(SpoolError::Stopped)));
    }
}
