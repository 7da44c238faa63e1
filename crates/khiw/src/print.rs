//! `khiw print`: the test page and the questions to a printer, straight from this machine, without a server.

use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use khiw_domain::config::Printer;
use khiw_printing::link::{LinkTimeouts, Session};
use khiw_printing::probe::{self, Probe};
use khiw_printing::{
    JobOutcome, Link, PaperKind, PaperWidth, Profile, Renderer, Status, TicketPaper, job_bytes, profile,
};

use crate::cli::print::{Print, PrintProbe, PrintTest, Which};
use crate::say::say;

/// A running server lets go of a printer that takes one connection at a time within so long.
const FIRST_WORD_MS: u64 = 17_000;
/// A whole page, on a slow printer.
const CONFIRM_MS: u64 = 30_000;

pub async fn run(command: &Print) -> anyhow::Result<()> {
    match command {
        Print::Test(options) => test(options).await,
        Print::Probe(options) => probe(options).await,
    }
}

/// The printer that is meant.
struct Meant {
    link: Link,
    profile: Arc<Profile>,
    width: PaperWidth,
}

async fn test(options: &PrintTest) -> anyhow::Result<()> {
    let Meant { link, profile, width } = meant(&options.which)?;
    say(format_args!("{link} as {} {} with {} dots", profile.brand, profile.model, width.dots()));
    let timeouts = LinkTimeouts { confirm_ms: CONFIRM_MS, ..LinkTimeouts::default() };
    let mut session = Session::open(&link, timeouts, Arc::clone(&profile)).await.context(link.to_string())?;
    session.first_word(FIRST_WORD_MS).await.context(link.to_string())?;
    let before = session.status().await.context(link.to_string())?;
    say(format_args!("before: {}", told(before)));
    if !before.state().may_print() {
        bail!("the printer may not print now: {}", before.state().code());
    }
    let paper = TicketPaper {
        office: "Khiw".to_owned(),
        issued_at: jiff::Zoned::now(),
        language: "en".to_owned(),
        kind: PaperKind::Test,
        printer: Some(format!("{link} · {} {}", profile.brand, profile.model)),
        ..TicketPaper::default()
    };
    let page = tokio::task::spawn_blocking(move || Renderer::new().render(&paper, width).picture);
    let bytes = job_bytes(&[page.await.context("the page could not be drawn")?], &profile);
    let delivery = session.deliver(&bytes, before.state(), timeouts.confirm_ms, 0).await;
    if let Some(after) = delivery.status {
        say(format_args!("after:  {}", told(after)));
    }
    match delivery.outcome {
        JobOutcome::Printed => say("printed: the printer confirmed the page after its cut"),
        JobOutcome::Sent => say("sent: the printer took the page; whether it printed it cannot tell"),
        JobOutcome::NotSent => bail!("not sent: the connection ended before the first byte"),
        JobOutcome::Failed(reason) | JobOutcome::Uncertain(reason) => {
            bail!("uncertain: look at the paper ({})", reason.code());
        }
    }
    Ok(())
}

async fn probe(options: &PrintProbe) -> anyhow::Result<()> {
    let Meant { link, width, .. } = meant(&options.which)?;
    let found = probe::ask(&link, LinkTimeouts::default(), FIRST_WORD_MS).await.context(link.to_string())?;
    if options.json {
        say(serde_json::to_string_pretty(&found)?);
        return Ok(());
    }
    tell(&found, width);
    Ok(())
}

fn tell(found: &Probe, width: PaperWidth) {
    if !found.answers {
        say(
            "this link has no way back: the printer can tell nothing; what is sent is `sent`, never `printed`",
        );
        return;
    }
    let text = |answer: &Option<String>| answer.as_deref().unwrap_or("no answer").to_owned();
    say(format_args!("maker          {}", text(&found.maker)));
    say(format_args!("model          {}", text(&found.model)));
    say(format_args!("firmware       {}", text(&found.firmware)));
    say(format_args!("serial number  {}", text(&found.serial_number)));
    for (n, answer) in (1..).zip(found.real_time) {
        let shown = answer.map_or("no answer".to_owned(), |byte| format!("{byte:02x}"));
        say(format_args!("DLE EOT {n}      {shown}"));
    }
    say(format_args!("state          {}", found.state().code()));
    let confirms = if found.confirmation.is_some() { "yes" } else { "no answer" };
    say(format_args!("confirms       {confirms} (GS r 1: tells `printed` from `sent`)"));
    let automatic = if found.automatic.is_some() { "yes" } else { "no answer" };
    say(format_args!("reports itself {automatic} (GS a)"));
    let proposal = found.proposal(width.dots());
    let why =
        if proposal.by_name { "it calls itself so" } else { "no model of config/printers has its name" };
    say(format_args!("\nprofile = \"{}\"   # {why}", proposal.profile.name));
    for silent in proposal.silent {
        say(format_args!("note: that model answers {silent}, this printer did not"));
    }
    for surprising in proposal.surprising {
        say(format_args!("note: this printer answers {surprising}, that model is not said to"));
    }
}

fn told(status: Status) -> String {
    let known = [
        ("online", status.online),
        ("cover open", status.cover_open),
        ("paper out", status.paper_out),
        ("paper near end", status.paper_near_end),
        ("cutter error", status.cutter_error),
        ("overheated", status.overheated),
    ];
    let word = |answer: Option<bool>| answer.map_or("unknown", |yes| if yes { "yes" } else { "no" });
    let parts: Vec<String> = known.iter().map(|(what, answer)| format!("{what} {}", word(*answer))).collect();
    format!("{} ({})", status.state().code(), parts.join(", "))
}

fn meant(which: &Which) -> anyhow::Result<Meant> {
    let configured = configured(which)?;
    let link = configured.as_ref().map_or(&which.printer, |printer| &printer.link);
    if configured.as_ref().is_some_and(Printer::is_at_agent) {
        bail!(
            "`{}` hangs on another machine: type this there, with its place instead of its name",
            which.printer
        );
    }
    let link: Link = link.parse().map_err(|error| match which.site_file {
        None if !which.printer.contains(':') => {
            anyhow!("`{}` is a name: say with --site-file in which file it stands", which.printer)
        }
        _ => anyhow::Error::new(error),
    })?;
    let said =
        which.profile.clone().or_else(|| configured.as_ref().and_then(|printer| printer.profile.clone()));
    let width = which.width_dots.or_else(|| configured.as_ref().map(|printer| printer.width_dots.into()));
    let profile = match said {
        Some(name) => model(&name)?,
        None => Profile::generic(width.unwrap_or(576)),
    };
    let dots = width.unwrap_or(profile.width_dots.into());
    let width = PaperWidth::from_dots(dots)
        .ok_or_else(|| anyhow!("{dots} dots: write 384 (58 mm paper), 512 or 576 (80 mm paper)"))?;
    Ok(Meant { link, profile, width })
}

/// The printer of that name in the site file, when one was given.
fn configured(which: &Which) -> anyhow::Result<Option<Printer>> {
    let Some(file) = &which.site_file else { return Ok(None) };
    let site = khiw_config::load(file)?;
    let named = site.printers.iter().find(|printer| printer.id.as_str() == which.printer);
    let printer = named.cloned().ok_or_else(|| {
        let names: Vec<&str> = site.printers.iter().map(|printer| printer.id.as_str()).collect();
        anyhow!("{} has no printer `{}`: it has {}", file.display(), which.printer, names.join(", "))
    })?;
    Ok(Some(printer))
}

/// A built-in model, or one in a file of one's own.
pub fn model(name: &str) -> anyhow::Result<Arc<Profile>> {
    if let Some(found) = profile::find(name) {
        return Ok(found);
    }
    let is_file = std::path::Path::new(name).extension().is_some_and(|end| end == "toml");
    if !is_file {
        let names: Vec<&str> = profile::all().iter().map(|profile| profile.name.as_str()).collect();
        bail!("`{name}` is no model of config/printers: use {}, or a file", names.join(", "));
    }
    let text = std::fs::read_to_string(name).with_context(|| name.to_owned())?;
    let read = profile::parse(name, &text);
    let told = |problems: Vec<profile::ProfileProblem>| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow!("{}", lines.join("\n"))
    };
    Ok(Arc::new(read.map_err(told)?))
}
