//! All sites' feeds. One per hall, attached once, ended with the server.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use khiw_domain::id::{Language, SiteId};
use tokio::task::AbortHandle;

use super::beat::beat;
use super::feed::{Feed, Herald};
use super::screens::ScreensReport;
use crate::api::types::ScreenOrder;
use crate::state::{AppState, ServedHall};

#[derive(Default)]
pub struct Hub {
    feeds: RwLock<BTreeMap<SiteId, Attached>>,
}

struct Attached {
    feed: Arc<Feed>,
    beat: AbortHandle,
}

impl Hub {
    /// Lets the screens of this hall follow it from now on. Must be called inside the async runtime, once per hall.
    pub fn attach(&self, app: &AppState, served: &Arc<ServedHall>) {
        let site = served.hall.site_id().clone();
        let speed = app.dispatcher().clock().speed();
        let simulated = app.options().simulated;
        let feed = Arc::new(Feed::new(Arc::clone(served), app.alarms().clone(), speed, simulated));
        served.hall.publish_to(Box::new(Herald(Arc::downgrade(&feed))));
        feed.catch_up();
        feed.channels().calls.speak(app.voices().of(served).languages());
        let beat = tokio::spawn(beat(Arc::clone(&feed))).abort_handle();
        self.feeds.write().unwrap_or_else(PoisonError::into_inner).insert(site, Attached { feed, beat });
    }

    /// What the hall of a site has a voice for, from the next call on.
    pub fn speak(&self, site: &SiteId, voiced: Vec<Language>) {
        if let Some(feed) = self.feed(site) {
            feed.channels().calls.speak(voiced);
        }
    }

    /// Ends all connections; the server is stopping.
    pub fn stop(&self) {
        let feeds = std::mem::take(&mut *self.feeds.write().unwrap_or_else(PoisonError::into_inner));
        for attached in feeds.into_values() {
            attached.beat.abort();
            attached.feed.close();
        }
    }

    /// How the screens of each site do.
    pub fn reports(&self) -> Vec<(SiteId, ScreensReport)> {
        let feeds = self.feeds.read().unwrap_or_else(PoisonError::into_inner);
        feeds.iter().map(|(site, attached)| (site.clone(), attached.feed.report())).collect()
    }

    /// Has every screen of a site do this: its voices or its media are others now.
    pub fn order(&self, site: &SiteId, order: ScreenOrder) {
        if let Some(feed) = self.feed(site) {
            feed.order(order);
        }
    }

    pub fn feed(&self, site: &SiteId) -> Option<Arc<Feed>> {
        let feeds = self.feeds.read().unwrap_or_else(PoisonError::into_inner);
        feeds.get(site).map(|attached| Arc::clone(&attached.feed))
    }
}
