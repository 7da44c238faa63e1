//! Site files: what an administrator writes in TOML, parsed once into [`SiteConfig`] and checked as a whole.
//!
//! All problems are found at once, each with file, line, key and what to write instead. Nothing here decides how a
//! hall works, keeps state or touches the journal; the only input is files, by their names.

mod codes;
mod counters;
mod declared;
pub mod difference;
pub mod embedded;
mod error;
mod fields;
mod hours;
mod nearest;
mod printers;
mod queues;
mod services;
mod site;
mod source;
mod tickets;
mod tree;

use std::path::Path;

use khiw_domain::config::SiteConfig;

pub use difference::{Change, ChangeKind, difference};
pub use error::{ConfigError, ConfigErrors, PROBLEMS_LISTED_MAX};
pub use printers::PRINTER_PROFILES;

/// Reads the site file at `path` and everything it includes.
///
/// The errors are every problem of all files, never only the first.
pub fn load(path: &Path) -> Result<SiteConfig, ConfigErrors> {
    let name = path.to_string_lossy().replace('\\', "/");
    load_with(&name, &source::Disk)
}

/// Like [`load`] with the files given by `read`: a file's text by its name, `None` when there is none.
/// Names of included files are those of their including file's folder joined with what `include` says.
pub fn load_from(name: &str, read: &dyn Fn(&str) -> Option<String>) -> Result<SiteConfig, ConfigErrors> {
    load_with(name, &source::Given(read))
}

fn load_with(name: &str, files: &dyn source::Files) -> Result<SiteConfig, ConfigErrors> {
    let problems = error::Problems::default();
    let site = source::gather(name, files, &problems)
        .and_then(|entries| site::read(name, entries, files, &problems));
    problems.into_result(site)
}
