//! Two spools between which jobs change hands.

use khiw_printing::{Given, Job, NewJob, Spool};

use super::{STREAM, paper};

pub const AT_AGENT: &str = "oss/kiosk-1";
pub const PAIR: &str = "oss/kiosk-2";
pub const AGENT: &str = "a1";
/// The printer's name at the agent.
pub const OWN: &str = "kiosk-1";

pub fn spool() -> Spool {
    let now = jiff::Timestamp::UNIX_EPOCH;
    Spool::in_memory(std::sync::Arc::new(move || now)).unwrap()
}

pub fn take_in(spool: &Spool, seq: u64) {
    let job = NewJob {
        seq,
        index: 0,
        printer: AT_AGENT.into(),
        ticket: format!("t{seq}"),
        paper: paper(&format!("A{seq:03}")),
    };
    spool.accept(STREAM, seq, &[job]).unwrap();
}

pub fn given(job: &Job) -> Given {
    let (key, handing, ticket) = (job.key(), job.handing, job.ticket.clone());
    Given { key, handing, ticket, waited_ms: 0, paper: job.paper().unwrap() }
}
