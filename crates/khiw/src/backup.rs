//! `khiw backup` and `khiw restore`: a whole copy of the journal, and a new start from it.

use anyhow::Context as _;
use khiw_journal::{DataFolder, SqliteJournal};
use khiw_server::control::{self, BackedUp, ControlError};

use crate::cli;
use crate::say::say;

/// Followers' databases can be made again from the journal; the journal is what must not be lost.
pub fn backup(options: &cli::Backup) -> anyhow::Result<()> {
    let to = std::path::absolute(&options.to)?;
    let request = control::Request::Backup { to: to.clone() };
    let bytes = match control::ask::<BackedUp>(&options.data, &request) {
        Ok(done) => done.bytes,
        Err(ControlError::NoServer(_)) => {
            let journal = SqliteJournal::open_existing(&options.data)?;
            journal.backup(&to)?.bytes
        }
        Err(error) => return Err(error.into()),
    };
    say(format_args!("{bytes} bytes in {}", to.display()));
    Ok(())
}

/// The epoch rises, so that screens and followers of the old line know that it was left.
pub fn restore(options: &cli::Restore) -> anyhow::Result<()> {
    let folder = DataFolder::open(&options.data)?;
    let minutes = jiff::Timestamp::now().as_second() / 60;
    let epoch = u32::try_from(minutes).context("the clock is before 1970")?;
    for (stream, head) in khiw_journal::restore(&options.from, &folder, epoch)? {
        say(format_args!("{stream}: {} records, epoch {}", head.tail.seq, head.tail.epoch));
    }
    Ok(())
}
