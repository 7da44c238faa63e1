//! Sees when another voice lies on the shelf than a moment ago, whoever laid it there: the command line does so beside
//! a running hall. Screens and staff are told.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use khiw_domain::id::{Language, SiteId};
use serde_json::Value;
use tokio::time::MissedTickBehavior;

use super::SiteVoices;
use crate::alarms::Reason;
use crate::api::types::{AlarmSource, ScreenOrder, Severity};
use crate::blocking::blocking;
use crate::state::{AppState, ServedHall};

const LOOK_EVERY: Duration = Duration::from_secs(3);
const PREFIX: &str = "voice-";

/// Watches every hall until it is aborted.
pub async fn watch(app: AppState) {
    let mut every = tokio::time::interval(LOOK_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut known: HashMap<SiteId, Arc<SiteVoices>> = HashMap::new();
    loop {
        every.tick().await;
        for served in app.halls() {
            let (looking, hall) = (app.clone(), Arc::clone(&served));
            let Ok(voices) = blocking(move || looking.voices().of(&hall)).await else { return };
            let site = served.hall.site_id();
            let before = known.insert(site.clone(), Arc::clone(&voices));
            if before.as_ref().is_some_and(|before| !Arc::ptr_eq(before, &voices)) {
                app.hub().speak(site, voices.languages());
                app.hub().order(site, ScreenOrder::Voices);
            }
            if before.is_none_or(|before| !Arc::ptr_eq(&before, &voices)) {
                tell(&app, &served, &voices);
            }
        }
    }
}

/// What is wrong with the office's own voices; a shipped draft is whole, and a language without a voice is no fault.
fn tell(app: &AppState, served: &ServedHall, voices: &SiteVoices) {
    let (site, now) = (served.hall.site_id(), served.hall.now());
    let lacking = voices.by_language.iter().filter(|(_, voice)| voice.own && !voice.missing.is_empty());
    let mut faults: BTreeMap<Language, Value> =
        lacking.map(|(language, voice)| (*language, voice.missing.len().into())).collect();
    faults.extend(voices.unusable.keys().map(|language| (*language, Value::Null)));
    let reason = |(language, missing): (Language, Value)| {
        let facts = [("language", language.code().into()), ("missing", missing)];
        Reason::new(format!("{PREFIX}{}", language.code()), (AlarmSource::Voice, Severity::Info), &facts)
    };
    app.alarms().keep(site, PREFIX, faults.into_iter().map(reason).collect(), now);
}
