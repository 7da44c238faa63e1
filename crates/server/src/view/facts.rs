//! Look-ups that follow from a site's configuration, made once per version of it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use khiw_domain::Site;
use khiw_domain::config::{Names, SiteConfig};
use khiw_domain::id::{AgencyId, HoursId, Language, QueueId, ServiceId};

use super::search::SearchIndex;

pub struct SiteFacts {
    /// Of the configuration; 0: not configured.
    pub version: u32,
    pub config: Option<Arc<SiteConfig>>,
    /// Per queue, one service for each set of hours: enough to know whether the queue gives numbers.
    pub speakers: BTreeMap<QueueId, Vec<ServiceId>>,
    pub services_of: BTreeMap<AgencyId, usize>,
    /// Built when somebody searches first.
    search: OnceLock<SearchIndex>,
}

impl SiteFacts {
    pub fn of(site: &Site) -> Self {
        let config = site.config().cloned();
        let mut speakers: BTreeMap<QueueId, Vec<ServiceId>> = BTreeMap::new();
        let mut services_of: BTreeMap<AgencyId, usize> = BTreeMap::new();
        let mut heard: std::collections::BTreeSet<(&QueueId, &HoursId)> = std::collections::BTreeSet::new();
        for service in config.iter().flat_map(|config| &config.services) {
            *services_of.entry(service.agency.clone()).or_default() += 1;
            if heard.insert((&service.queue, &service.hours)) {
                speakers.entry(service.queue.clone()).or_default().push(service.id.clone());
            }
        }
        drop(heard);
        Self { version: site.config_version(), config, speakers, services_of, search: OnceLock::new() }
    }

    pub fn search(&self) -> &SearchIndex {
        self.search.get_or_init(|| {
            let config = self.config.as_deref();
            let texts = config.iter().flat_map(|config| &config.services).map(|service| {
                let agency = config.and_then(|c| c.agencies.iter().find(|a| a.id == service.agency));
                (&service.name, agency.map(|agency| &agency.name))
            });
            SearchIndex::of(texts)
        })
    }

    /// Where a ticket's public page is; none while the site has no public address.
    pub fn ticket_link(&self, token: &str) -> Option<String> {
        let address = self.config.as_ref()?.public_address.as_deref()?;
        Some(format!("{}/ticket/{token}", address.trim_end_matches('/')))
    }

    pub fn languages(&self) -> &[Language] {
        self.config.as_ref().map_or(&[], |config| &config.languages)
    }

    pub fn site_name(&self) -> Names {
        self.config.as_ref().map(|config| config.name.clone()).unwrap_or_default()
    }
}
