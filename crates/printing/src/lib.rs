//! Paper: a ticket's picture, the bytes a thermal printer takes, the durable spool, the worker that
//! carries jobs to a printer and learns what became of them, and a printer simulator.
//!
//! Must not know rules of queueing, nor read or write the journal: callers bring plain values in
//! and carry outcomes back. No printer text modes, ever: code pages break Thai and Vietnamese.

mod canvas;
pub mod escpos;
pub mod job;
mod layout;
pub mod link;
pub mod paper;
pub mod picture;
pub mod probe;
pub mod profile;
mod qr;
pub mod render;
pub mod simulator;
pub mod spool;
mod store;
pub mod test_page;
mod typeset;
mod wording;
pub mod worker;

pub use escpos::{PrinterState, Status};
pub use job::{Job, JobOutcome, JobState, NewJob, Reason};
pub use link::{Dial, Link, LinkTimeouts};
pub use paper::TicketPaper;
pub use picture::Picture;
pub use profile::Profile;
pub use render::{PaperWidth, Rendered, Renderer};
pub use simulator::{Faults, PrinterSimulator, SimulatedPrinter};
pub use spool::{Again, JobFilter, Spool, SpoolError};
pub use worker::{Board, Draw, PrinterSetup, PrinterWorker};
