//! `khiw verify`: every record of every stream, and that the state follows from them.

use anyhow::{Context as _, bail};
use khiw_dispatcher::{ReplayFrom, replay, state_hash};
use khiw_domain::id::SiteId;
use khiw_journal::{Journal as _, SqliteJournal, verify};

use crate::cli;
use crate::say::say;

pub fn run(options: &cli::Verify) -> anyhow::Result<()> {
    let journal = SqliteJournal::open_existing(&options.data)
        .with_context(|| format!("cannot read the journal in {}", options.data.display()))?;
    let mut wrong = 0_u32;
    let mut seals = Vec::new();
    for stream in journal.streams()? {
        match check(&journal, &stream) {
            Ok(line) => {
                say(format_args!("{stream}: {line}"));
                seals.extend(sealed(&journal, &stream)?);
            }
            Err(error) => {
                wrong += 1;
                eprintln!("{stream}: {error:#}");
            }
        }
    }
    if wrong > 0 {
        bail!("{wrong} stream(s) are not what was written");
    }
    for wanted in &options.expect {
        if !seals.iter().any(|seal| seal.starts_with(wanted.as_str())) {
            bail!("no service day is sealed by {wanted}: this is not the journal that was written then");
        }
    }
    say(format_args!("the journal is whole"));
    Ok(())
}

fn check(journal: &SqliteJournal, stream: &khiw_journal::StreamId) -> anyhow::Result<String> {
    let report = verify(journal, stream, 1)?;
    let Some(site) = stream.site().and_then(|site| SiteId::parse(site).ok()) else {
        return Ok(line(&report));
    };
    let whole = replay(journal, &site, ReplayFrom::Start)?;
    let quick = replay(journal, &site, ReplayFrom::LastDay)?;
    if whole.head.tail == quick.head.tail && state_hash(&whole.site) != state_hash(&quick.site) {
        bail!("a start from the last day does not give the state of a full replay");
    }
    Ok(format!("{}, state {}", line(&report), hex(&state_hash(&whole.site)[..8])))
}

/// The hash that sealed each of the newest service days, as it was logged when the day ended; newest first.
fn sealed(journal: &SqliteJournal, stream: &khiw_journal::StreamId) -> anyhow::Result<Vec<String>> {
    const DAYS_TOLD: usize = 3;
    let mut seals = Vec::new();
    for (index, mark) in journal.days(stream, usize::MAX)?.into_iter().enumerate() {
        let seal = hex(&mark.sealed_hash);
        if index < DAYS_TOLD {
            say(format_args!("{stream}: before {} sealed by {seal}", mark.day));
        }
        seals.push(seal);
    }
    Ok(seals)
}

fn line(report: &khiw_journal::Report) -> String {
    format!("{} records, {} numbers, {} days", report.records, report.numbers, report.days)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
