//! Prints how many records a second the journal makes durable on this machine, by
//! batch size: `cargo run --release -p khiw-journal --example append_rate [FOLDER]`.
//! Figures compare only within one run.

use std::error::Error;
use std::time::{Duration, Instant};

use jiff::civil::date;
use khiw_journal::{Checkpoint, DataFolder, Journal, Kind, NewRecord, NumberKey, SqliteJournal, StreamId};

/// The size of a ticket's record.
const DATA: &str = r#"[{"version":1,"event":"ticket_issued","ticket":1,"number":{"day":"2026-11-22","series":"A","round":1,"value":1,"text":"A001"},"queue":"q","services":["s"],"lane":"normal","language":"th","channel":"kiosk","device":null,"paper":true,"promise":"2026-11-22T03:00:00Z","config_version":1,"posted_wait_s":900,"ahead":3,"estimate":{"p50_s":300,"p90_s":700},"hour":9}]"#;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).map_or_else(std::env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(folder)?;
    let folder = DataFolder::open(folder.path().join("data"))?;
    let journal = SqliteJournal::open(&folder, Kind::Real)?;
    let stream = StreamId::hall("rate");
    let mut number = 0;
    println!("{:>6} {:>12} {:>12}", "batch", "records/s", "commits/s");
    for batch in [1, 8, 64, 256] {
        let (started, mut commits) = (Instant::now(), 0_u32);
        while started.elapsed() < Duration::from_secs(2) {
            let records: Vec<NewRecord> = (0..batch).map(|_| record(&mut number)).collect();
            let tail = journal.head(&stream)?.tail;
            let _ = journal.append(&stream, tail, &records).durable();
            commits += 1;
        }
        let rate = f64::from(commits) / started.elapsed().as_secs_f64();
        println!("{batch:>6} {:>12.0} {rate:>12.0}", rate * f64::from(batch));
        journal.checkpoint(Checkpoint::Whole)?;
    }
    let started = Instant::now();
    let head = journal.head(&stream)?.tail;
    let mut seq = 1;
    while seq <= head.seq {
        seq += journal.read(&stream, seq, 1_000)?.len() as u64;
    }
    println!("read {} records in {:?}", head.seq, started.elapsed());
    Ok(())
}

fn record(number: &mut u32) -> NewRecord {
    *number += 1;
    let key = NumberKey { day: date(2026, 11, 22), series: "A".into(), round: 1, number: *number };
    NewRecord {
        at: jiff::Timestamp::UNIX_EPOCH,
        actor: "device:kiosk-1".into(),
        command_id: Some(format!("0190f3c2-{number:012}")),
        request_digest: [7; 16],
        data: DATA.as_bytes().to_vec(),
        numbers: vec![key],
        opens_day: None,
    }
}
