//! `khiw verify`: every record of every stream, and that the state follows from them.

use anyhow::{Context as _, bail};
use khiw_dispatcher::{ReplayFrom, replay, state_hash};
use khiw_domain::id::SiteId;
use khiw_journal::{Journal as _, SqliteJournal, verify};

use crate::cli;

pub fn run(options: &cli::Verify) -> anyhow::Result<()> {
    let file = options.data.join("journal.db");
    let journal = SqliteJournal::open_existing(&file)
        .with_context(|| format!("cannot read the journal {}", file.display()))?;
    let mut wrong = 0_u32;
    for stream in journal.streams()? {
        match check(&journal, &stream) {
            Ok(line) => println!("{stream}: {line}"),
            Err(error) => {
                wrong += 1;
                eprintln!("{stream}: {error:#}");
            }
        }
    }
    if wrong > 0 {
        bail!("{wrong} stream(s) are not what was written");
    }
    println!("the journal is whole");
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
