//! The disk alone: how long one small durable write takes where the journals are.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use crate::samples::Samples;

/// A page of SQLite's write-ahead log with its header: what one commit adds at least.
const WRITE_BYTES: usize = 4096 + 24;

/// Appends and `fdatasync`s, one after the other.
pub fn fdatasync(folder: &Path, writes: usize) -> Result<Samples> {
    let path = folder.join("fdatasync");
    let mut file = File::create(&path)?;
    let page = vec![0x5a_u8; WRITE_BYTES];
    let mut all = Vec::with_capacity(writes);
    for _ in 0..writes {
        let started = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        all.push(started.elapsed());
    }
    std::fs::remove_file(path)?;
    Ok(Samples::new(all))
}
