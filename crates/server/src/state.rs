//! What every request can reach: the dispatcher, the accounts, the options, the live hub. Cheap to clone.
//! Holds no state of a hall: that is the dispatcher's.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use khiw_dispatcher::{Dispatcher, Hall};
use khiw_domain::Site;
use khiw_domain::id::SiteId;

use crate::access::{Accounts, DEMO_ACTOR, Enrolments, InstallationKey, Kind, Principal};
use crate::alarms::AlarmBoard;
use crate::live;
use crate::media::Media;
use crate::paper::agent::Agents;
use crate::paper::{FONTS_FOLDER, PaperDesk, Studio};
use crate::problem::Problem;
use crate::view::SiteFacts;
use crate::voices::Voices;

/// How this server is to behave; given by the command line.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data folder.
    pub folder: PathBuf,
    pub listen: SocketAddr,
    /// A proxy in front ends TLS; we speak plain HTTP to it and demo sign-in is off.
    pub behind_proxy: bool,
    pub demo: Option<Demo>,
    /// Folder of the simulated printer's pictures, one subfolder per site.
    pub paper: Option<PathBuf>,
    /// The hall's clock is simulated.
    pub simulated: bool,
    /// From the first byte of a request to its answer.
    pub request_timeout: Duration,
}

impl Options {
    pub fn new(folder: PathBuf, listen: SocketAddr) -> Self {
        Self {
            folder,
            listen,
            behind_proxy: false,
            demo: None,
            paper: None,
            simulated: false,
            request_timeout: Duration::from_secs(15),
        }
    }
}

/// A hall that anybody at this machine may try.
#[derive(Clone, Debug)]
pub struct Demo {
    pub site: SiteId,
}

/// One site as the server serves it.
pub struct ServedHall {
    pub hall: Hall,
    facts: ArcSwap<SiteFacts>,
}

impl ServedHall {
    /// Look-ups made from the configuration in force. Kept until the configuration changes.
    pub fn facts(&self) -> Arc<SiteFacts> {
        let kept = self.facts.load_full();
        let version = self.hall.read(Site::config_version);
        if kept.version == version {
            return kept;
        }
        let fresh = Arc::new(self.hall.read(SiteFacts::of));
        self.facts.store(Arc::clone(&fresh));
        fresh
    }

    /// The look-ups of this version without asking the hall, if they are at hand.
    pub fn facts_at(&self, version: u32) -> Arc<SiteFacts> {
        let kept = self.facts.load();
        if kept.version == version { Arc::clone(&kept) } else { self.facts() }
    }
}

struct Shared {
    dispatcher: Dispatcher,
    accounts: Arc<Accounts>,
    enrolments: Arc<Enrolments>,
    key: InstallationKey,
    options: Options,
    demo: Option<Arc<Principal>>,
    hub: live::Hub,
    alarms: AlarmBoard,
    halls: ArcSwap<HashMap<SiteId, Arc<ServedHall>>>,
    studio: Studio,
    paper_desk: PaperDesk,
    agents: Agents,
    voices: Voices,
    media: Media,
    /// Held while one configuration is made from another.
    configuring: tokio::sync::Mutex<()>,
    /// One hall is attached at a time, so that live follows each exactly once.
    attaching: Mutex<()>,
}

#[derive(Clone)]
pub struct AppState(Arc<Shared>);

impl AppState {
    /// Attaches every hall the dispatcher has; later ones are attached when first asked for.
    pub fn new(
        dispatcher: Dispatcher,
        accounts: Arc<Accounts>,
        key: InstallationKey,
        options: Options,
        alarms: AlarmBoard,
    ) -> Self {
        let demo = options.demo.as_ref().filter(|_| !options.behind_proxy).map(|demo| {
            Arc::new(Principal {
                id: DEMO_ACTOR.into(),
                kind: Kind::Demo,
                site: demo.site.clone(),
                counter: None,
                session: None,
            })
        });
        let app = Self(Arc::new(Shared {
            studio: Studio::new(options.folder.join(FONTS_FOLDER)),
            paper_desk: PaperDesk::default(),
            agents: Agents::default(),
            voices: Voices::new(&options.folder),
            media: Media::new(&options.folder),
            configuring: tokio::sync::Mutex::new(()),
            dispatcher,
            accounts,
            enrolments: Arc::default(),
            key,
            options,
            demo,
            hub: live::Hub::default(),
            alarms,
            halls: ArcSwap::default(),
            attaching: Mutex::new(()),
        }));
        for site in app.dispatcher().sites() {
            let _ = app.hall(&site);
        }
        app
    }

    pub fn dispatcher(&self) -> &Dispatcher {
        &self.0.dispatcher
    }

    pub fn accounts(&self) -> &Arc<Accounts> {
        &self.0.accounts
    }

    /// Codes of devices that wait for staff.
    pub fn enrolments(&self) -> &Arc<Enrolments> {
        &self.0.enrolments
    }

    pub fn key(&self) -> &InstallationKey {
        &self.0.key
    }

    pub fn options(&self) -> &Options {
        &self.0.options
    }

    pub fn hub(&self) -> &live::Hub {
        &self.0.hub
    }

    pub fn alarms(&self) -> &AlarmBoard {
        &self.0.alarms
    }

    /// Where templates of papers are looked at.
    pub fn studio(&self) -> &Studio {
        &self.0.studio
    }

    /// Where papers and printers are asked about.
    pub fn paper_desk(&self) -> &PaperDesk {
        &self.0.paper_desk
    }

    /// Where print agents come in.
    pub fn agents(&self) -> &Agents {
        &self.0.agents
    }

    /// What the lobbies speak with.
    pub fn voices(&self) -> &Voices {
        &self.0.voices
    }

    /// What screens show beside the calls.
    pub fn media(&self) -> &Media {
        &self.0.media
    }

    /// Held by whoever makes one configuration from another, until it is in force.
    pub fn configuring(&self) -> &tokio::sync::Mutex<()> {
        &self.0.configuring
    }

    /// Who a request at this machine without a token is, in the demo.
    pub fn demo_principal(&self) -> Option<&Arc<Principal>> {
        self.0.demo.as_ref()
    }

    /// The hall of a site, or 404 `unknown_site`.
    pub fn hall(&self, site: &SiteId) -> Result<Arc<ServedHall>, Problem> {
        if let Some(served) = self.0.halls.load().get(site) {
            return Ok(Arc::clone(served));
        }
        let unknown = || Problem::unknown_site(site.as_str());
        let hall = self.0.dispatcher.hall(site).ok_or_else(unknown)?;
        let _one_at_a_time = self.0.attaching.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(served) = self.0.halls.load().get(site) {
            return Ok(Arc::clone(served));
        }
        let facts = ArcSwap::from_pointee(hall.read(SiteFacts::of));
        let served = Arc::new(ServedHall { hall, facts });
        self.0.hub.attach(self, &served);
        let mut halls = HashMap::clone(&self.0.halls.load());
        halls.insert(site.clone(), Arc::clone(&served));
        self.0.halls.store(Arc::new(halls));
        Ok(served)
    }

    /// Every hall, in order of site id.
    pub fn halls(&self) -> Vec<Arc<ServedHall>> {
        let mut sites = self.0.dispatcher.sites();
        sites.sort_unstable();
        sites.iter().filter_map(|site| self.hall(site).ok()).collect()
    }
}
