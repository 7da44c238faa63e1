//! The sample sites, built into the binary so that a demo needs no files. This list is their only home.

use khiw_domain::config::SiteConfig;

use crate::{ConfigErrors, load_from};

const SITES: [&str; 3] = ["nakhon-oss", "nghe-an", "hua-taphan"];

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../config/", $name)))),*]
    };
}

/// Every file of `config/` that a sample site consists of, by its path there.
const FILES: &[(&str, &str)] = files![
    "calendars/th.toml",
    "calendars/vn.toml",
    "sites/nakhon-oss.toml",
    "sites/nakhon-oss/services.toml",
    "sites/nakhon-oss/outside-agencies.toml",
    "sites/hua-taphan.toml",
    "sites/nghe-an.toml",
    "sites/nghe-an/planning.toml",
    "sites/nghe-an/justice.toml",
    "sites/nghe-an/resources.toml",
    "sites/nghe-an/construction.toml",
    "sites/nghe-an/transport.toml",
    "sites/nghe-an/labour.toml",
    "sites/nghe-an/health.toml",
    "sites/nghe-an/education.toml",
    "sites/nghe-an/agriculture.toml",
    "sites/nghe-an/industry.toml",
    "sites/nghe-an/culture.toml",
    "sites/nghe-an/interior.toml",
    "sites/nghe-an/science.toml",
    "sites/nghe-an/information.toml",
    "sites/nghe-an/finance.toml",
    "sites/nghe-an/foreign.toml",
    "sites/nghe-an/ethnic.toml",
    "sites/nghe-an/inspection.toml",
    "sites/nghe-an/police.toml",
    "sites/nghe-an/insurance.toml",
    "sites/nghe-an/power.toml",
];

/// The ids of the sample sites; the first is the demo's.
pub fn sites() -> &'static [&'static str] {
    &SITES
}

/// A sample site. Its files are checked by a test, so an error means that `site` is none of [`sites`].
pub fn load(site: &str) -> Result<SiteConfig, ConfigErrors> {
    load_from(&format!("sites/{site}.toml"), &|name| file(name).map(str::to_owned))
}

/// The text of a built-in file by its path in `config/`, e.g. `sites/hua-taphan.toml`: a start for a site of one's own.
pub fn file(name: &str) -> Option<&'static str> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
