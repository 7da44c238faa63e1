//! The ceiling's writer: one thread that commits whatever is queued. Per ticket
//! one counter update, one indexed row, one event row of 120 bytes.

use std::path::Path;

use anyhow::Result;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

/// Tickets waiting for the writer; 64 connections never reach it.
const QUEUED_MAX: usize = 1024;

const EVENT_BYTES: usize = 120;

const SCHEMA: &str = "
    CREATE TABLE series (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE ticket (id INTEGER PRIMARY KEY, series TEXT NOT NULL, number INTEGER NOT NULL, state INTEGER NOT NULL);
    CREATE INDEX ticket_by_number ON ticket (series, number);
    CREATE TABLE event (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
    INSERT INTO series VALUES ('A', 0), ('B', 0), ('C', 0), ('D', 0), ('E', 0), ('F', 0);
";

/// A ticket wanted: its series, and where its number goes.
pub struct Wanted {
    pub series: &'static str,
    pub number: oneshot::Sender<i64>,
}

/// Opens the file and starts the writer.
pub fn start(folder: &Path) -> Result<mpsc::Sender<Wanted>> {
    let mut connection = Connection::open(folder.join("ceiling.db"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // As Khiw: a log of 8 MiB, written over again and again.
    connection.pragma_update(None, "wal_autocheckpoint", 2 * 1024)?;
    connection.execute_batch(SCHEMA)?;
    let (send, mut receive) = mpsc::channel(QUEUED_MAX);
    std::thread::spawn(move || {
        while let Some(first) = receive.blocking_recv() {
            let mut batch = vec![first];
            while let Ok(next) = receive.try_recv() {
                batch.push(next);
            }
            if let Err(error) = commit(&mut connection, batch) {
                eprintln!("the ceiling's writer failed: {error:#}");
                return;
            }
        }
    });
    Ok(send)
}

fn commit(connection: &mut Connection, batch: Vec<Wanted>) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut answers = Vec::with_capacity(batch.len());
    {
        let mut count =
            transaction.prepare_cached("UPDATE series SET last = last + 1 WHERE name = ?1 RETURNING last")?;
        let mut ticket =
            transaction.prepare_cached("INSERT INTO ticket (series, number, state) VALUES (?1, ?2, 0)")?;
        let mut event = transaction.prepare_cached("INSERT INTO event (body) VALUES (?1)")?;
        let body = [0x2e_u8; EVENT_BYTES];
        for Wanted { series, number } in batch {
            let last: i64 = count.query_row([series], |row| row.get(0))?;
            ticket.execute((series, last))?;
            event.execute([&body])?;
            answers.push((number, last));
        }
    }
    transaction.commit()?;
    for (number, last) in answers {
        // A client that has gone needs no answer.
        let _ = number.send(last);
    }
    Ok(())
}
