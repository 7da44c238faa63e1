//! `khiw apply`: a site's files become its configuration. Beside a running server through its control socket,
//! otherwise with the folder's lock in hand.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use khiw_config::difference;
use khiw_dispatcher::{Hall, Request};
use khiw_domain::Command;
use khiw_domain::config::SiteConfig;
use khiw_printing::{Renderer, check};
use khiw_server::control::{self, Applied, ControlError};
use khiw_server::paper::FONTS_FOLDER;

use crate::say::say;
use crate::{cli, folder};

/// Characters that no font has, listed one by one.
const MISSING_LISTED_MAX: usize = 20;
/// Who applies without a server, as the journal keeps it.
const ACTOR: &str = "owner";

pub fn run(options: &cli::Apply) -> anyhow::Result<()> {
    let configs = read(&options.files)?;
    look_at_papers(options, &configs)?;
    for config in configs {
        match beside_server(options, &config) {
            Err(error) if is_no_server(&error) => without_server(options, &config)?,
            outcome => outcome?,
        }
    }
    Ok(())
}

/// All files first: a mistake in the last one must not leave the first applied.
fn read(files: &[std::path::PathBuf]) -> anyhow::Result<Vec<Arc<SiteConfig>>> {
    let mut configs = Vec::new();
    let mut mistakes = Vec::new();
    for file in files {
        match khiw_config::load(file) {
            Ok(config) => configs.push(Arc::new(config)),
            Err(errors) => mistakes.push(errors.to_string()),
        }
    }
    if mistakes.is_empty() { Ok(configs) } else { bail!("nothing was applied:\n{}", mistakes.join("\n")) }
}

/// Mistakes in templates stop everything; characters that no font has are told.
fn look_at_papers(options: &cli::Apply, configs: &[Arc<SiteConfig>]) -> anyhow::Result<()> {
    let (fonts, errors) = khiw_printing::fonts::of_folder(&options.data.join(FONTS_FOLDER));
    for error in errors {
        say(format_args!("! font not used: {error}"));
    }
    let mut renderer = Renderer::with_fonts(fonts);
    let mut mistakes = Vec::new();
    for config in configs {
        let check = check::site(config, &mut renderer);
        mistakes.extend(check.problems.iter().map(|problem| format!("site {}: {problem}", config.id)));
        for lack in check.missing.iter().take(MISSING_LISTED_MAX) {
            say(format_args!(
                "! no font has `{}` ({}): a box is printed for it; put a font with it into {}",
                lack.character,
                lack.place,
                options.data.join(FONTS_FOLDER).display()
            ));
        }
        if let Some(more) = check.missing.len().checked_sub(MISSING_LISTED_MAX).filter(|more| *more > 0) {
            say(format_args!("! and {more} more characters"));
        }
    }
    if mistakes.is_empty() { Ok(()) } else { bail!("nothing was applied:\n{}", mistakes.join("\n")) }
}

fn is_no_server(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(ControlError::NoServer(_)))
}

fn beside_server(options: &cli::Apply, config: &Arc<SiteConfig>) -> anyhow::Result<()> {
    let in_force = control::Request::Config { site: config.id.clone() };
    let in_force: Option<SiteConfig> = control::ask(&options.data, &in_force)?;
    let config = &with_edits(options, config, in_force.as_ref());
    show(in_force.as_ref(), config);
    if options.check {
        return Ok(());
    }
    let request = control::Request::Apply { config: Arc::clone(config) };
    let applied: Applied = control::ask(&options.data, &request)?;
    tell(config, applied.changed, applied.seq);
    Ok(())
}

fn without_server(options: &cli::Apply, config: &Arc<SiteConfig>) -> anyhow::Result<()> {
    let open = folder::open_as_it_is(&options.data)?;
    let hall: Option<Hall> = open.dispatcher.hall(&config.id);
    let in_force = hall.as_ref().and_then(|hall| hall.read(|site| site.config().cloned()));
    let config = &with_edits(options, config, in_force.as_deref());
    show(in_force.as_deref(), config);
    if options.check {
        return Ok(());
    }
    let hall = open.dispatcher.found(config.id.clone())?;
    let command = Command::Configure { config: Arc::clone(config) };
    let done = hall
        .blocking_send(Request::once(ACTOR, command))
        .with_context(|| format!("site `{}` was not applied", config.id))?;
    tell(config, !done.events.is_empty(), done.seq);
    open.dispatcher.stop();
    Ok(())
}

/// Papers that an administrator changed in the running hall stay, unless the files' are asked for.
fn with_edits(
    options: &cli::Apply,
    config: &Arc<SiteConfig>,
    in_force: Option<&SiteConfig>,
) -> Arc<SiteConfig> {
    let mut merged = SiteConfig::clone(config);
    let kept = match in_force {
        Some(in_force) if !options.replace_papers => merged.tickets.keep_edits(&in_force.tickets),
        _ => Vec::new(),
    };
    for kind in kept {
        say(format_args!(
            "= tickets.{kind}: kept as it was changed on the page; --replace-papers takes the file's"
        ));
    }
    Arc::new(merged)
}

fn show(in_force: Option<&SiteConfig>, config: &SiteConfig) {
    let Some(in_force) = in_force else {
        say(format_args!(
            "+ site {}: {} services in {} queues, {} counters",
            config.id,
            config.services.len(),
            config.queues.len(),
            config.counters.len()
        ));
        return;
    };
    for change in difference(in_force, config) {
        say(format_args!("{change}"));
    }
}

fn tell(config: &SiteConfig, changed: bool, seq: u64) {
    if changed {
        say(format_args!("applied: site {} (record {seq})", config.id));
    } else {
        say(format_args!("site {} is configured so already", config.id));
    }
}
