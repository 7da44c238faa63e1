//! The desk of an agent's printer, told by frames: what is handed over when, and what happens while the agent is away.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use khiw_printing::wire::{FromAgent, FromServer, PROTOCOL, Settings, close};
use khiw_printing::{
    Board, Given, Intake, JobFilter, JobKey, JobState, NewJob, Ordered, PrinterState, PrinterWorker, Reason,
    Spool, Status, TicketPaper,
};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::time::timeout;

use super::{ARRIVALS_MAX, DeskSetup, Door, Line, Patience, Saying, start};

const STREAM: &str = "hall/oss@1";
const NAME: &str = "oss/left";
const PAIR: &str = "oss/right";
/// In the tests' own time, which does not pass by itself.
const PATIENCE: Duration = Duration::from_mins(1);

struct Hall {
    spool: Spool,
    board: Board,
    door: Door,
    desk: PrinterWorker,
    settings: watch::Sender<Arc<Settings>>,
}

impl Hall {
    fn open() -> Self {
        let spool = Spool::in_memory(Arc::new(|| Timestamp::UNIX_EPOCH)).unwrap();
        let (door, arrivals) = mpsc::channel(ARRIVALS_MAX);
        let (settings, told) = watch::channel(Arc::new(Settings { width_dots: 576, ..Settings::default() }));
        let board = Board::default();
        let desk = start(DeskSetup {
            name: NAME.into(),
            spool: spool.clone(),
            pair: Some(PAIR.into()),
            board: board.clone(),
            settings: told,
            arrivals: Arc::new(Mutex::new(arrivals)),
            patience: Patience::default(),
        });
        Self { spool, board, door, desk, settings }
    }

    fn issue(&self, seq: u64) -> JobKey {
        let paper = TicketPaper { number: format!("A{seq:03}"), ..TicketPaper::default() };
        let job = NewJob { seq, index: 0, printer: NAME.into(), ticket: format!("t{seq}"), paper };
        self.spool.accept(STREAM, seq, &[job]).unwrap();
        JobKey { stream: STREAM.into(), seq, index: 0, copy: 0 }
    }

    /// Waits until the first print of this record is as wanted.
    async fn becomes(&self, key: &JobKey, wanted: JobState) {
        let mut changes = self.spool.changes();
        let state = || self.spool.job_of(key).unwrap().map(|job| job.state);
        let becomes = async {
            while state() != Some(wanted) {
                changes.changed().await.unwrap();
            }
        };
        assert!(timeout(PATIENCE, becomes).await.is_ok(), "{:?} instead of {wanted:?}", state());
    }

    async fn shows(&self, wanted: PrinterState) {
        let mut seen = self.desk.state();
        let shown = timeout(PATIENCE, seen.wait_for(|state| *state == wanted)).await;
        assert!(shown.is_ok_and(|seen| seen.is_ok()), "not {wanted:?}");
    }
}

/// The other end of a line.
struct Agent {
    hears: mpsc::Receiver<Saying>,
    says: mpsc::Sender<FromAgent>,
}

impl Agent {
    async fn come(hall: &Hall, spool: &str) -> Self {
        let (to_agent, hears) = mpsc::channel(16);
        let (says, from_agent) = mpsc::channel(16);
        hall.door.send(Line { spool: spool.into(), to_agent, from_agent }).await.unwrap();
        Self { hears, says }
    }

    /// Welcomed, its printer in this state, and ready.
    async fn ready(hall: &Hall, spool: &str, state: PrinterState) -> Self {
        let mut agent = Self::come(hall, spool).await;
        assert!(matches!(agent.hear().await, FromServer::Welcome { protocol: PROTOCOL, .. }));
        agent.is(state).await;
        agent.say(FromAgent::Ready).await;
        agent
    }

    async fn is(&self, state: PrinterState) {
        self.say(FromAgent::State { state, told: Status::default() }).await;
    }

    async fn say(&self, frame: FromAgent) {
        self.says.send(frame).await.unwrap();
    }

    async fn outcome(&self, job: &Given, outcome: JobState) {
        let (key, handing) = (job.key.clone(), job.handing);
        self.say(FromAgent::Outcome { key, handing, outcome, copy: None }).await;
    }

    async fn hear(&mut self) -> FromServer {
        match timeout(PATIENCE, self.hears.recv()).await {
            Ok(Some(Saying::Frame(frame))) => frame,
            other => panic!("no frame: {other:?}"),
        }
    }

    async fn job(&mut self) -> Given {
        match self.hear().await {
            FromServer::Job { job } => *job,
            other => panic!("no job: {other:?}"),
        }
    }

    async fn sent_away(&mut self) -> u16 {
        match timeout(PATIENCE, self.hears.recv()).await {
            Ok(Some(Saying::Close(code, _))) => code,
            other => panic!("not sent away: {other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_is_handed_over_and_its_outcome_acknowledged() {
    let hall = Hall::open();
    let mut agent = Agent::ready(&hall, "a1", PrinterState::Ok).await;
    let key = hall.issue(1);
    let job = agent.job().await;
    assert_eq!((&job.key, job.handing, job.ticket.as_str()), (&key, 1, "t1"));
    hall.becomes(&key, JobState::Sending).await;
    agent.say(FromAgent::Accepted { key: key.clone(), handing: 1 }).await;
    agent.outcome(&job, JobState::Printed).await;
    assert_eq!(agent.hear().await, FromServer::Acknowledged { key: key.clone(), handing: 1 });
    hall.becomes(&key, JobState::Printed).await;
    // Said again after a lost acknowledgement: acknowledged again.
    agent.outcome(&job, JobState::Printed).await;
    assert_eq!(agent.hear().await, FromServer::Acknowledged { key, handing: 1 });
}

#[tokio::test(start_paused = true)]
async fn an_absent_agent_is_offline_after_a_while_and_its_printers_faults_are_the_printers() {
    let hall = Hall::open();
    hall.shows(PrinterState::Offline).await;
    let agent = Agent::ready(&hall, "a1", PrinterState::PaperOut).await;
    hall.shows(PrinterState::PaperOut).await;
    agent.is(PrinterState::PaperNearEnd).await;
    hall.shows(PrinterState::PaperNearEnd).await;
    drop(agent);
    // A short absence is not told.
    let again = Agent::ready(&hall, "a1", PrinterState::Ok).await;
    hall.shows(PrinterState::Ok).await;
    drop(again);
    hall.shows(PrinterState::Offline).await;
}

#[tokio::test(start_paused = true)]
async fn a_second_agent_is_sent_away_and_a_newer_connection_of_the_first_takes_over() {
    let hall = Hall::open();
    let mut first = Agent::ready(&hall, "a1", PrinterState::Ok).await;
    let key = hall.issue(1);
    assert_eq!(first.job().await.key, key);
    let mut other = Agent::come(&hall, "b2").await;
    assert_eq!(other.sent_away().await, close::SERVED);
    let mut newer = Agent::ready(&hall, "a1", PrinterState::Ok).await;
    assert_eq!(first.sent_away().await, close::REPLACED);
    // What it has it is told of again, as the same handing.
    let job = newer.job().await;
    assert_eq!((job.key, job.handing), (key, 1));
}

#[tokio::test(start_paused = true)]
async fn with_another_spool_what_the_first_had_is_printed_as_a_marked_copy() {
    let hall = Hall::open();
    let mut first = Agent::ready(&hall, "a1", PrinterState::Ok).await;
    let key = hall.issue(1);
    first.job().await;
    drop(first);
    let mut other = Agent::ready(&hall, "b2", PrinterState::Ok).await;
    let copy = other.job().await;
    assert!(copy.key.copy > 0 && copy.paper.reprint);
    hall.becomes(&key, JobState::Uncertain(Reason::Offline)).await;
}

#[tokio::test(start_paused = true)]
async fn the_pair_takes_over_what_was_not_begun() {
    let hall = Hall::open();
    hall.board.note(PAIR, PrinterState::Ok);
    let mut agent = Agent::ready(&hall, "a1", PrinterState::Ok).await;
    let key = hall.issue(1);
    let job = agent.job().await;
    agent.is(PrinterState::PaperOut).await;
    assert_eq!(agent.hear().await, FromServer::GiveBack { key: key.clone(), handing: 1 });
    assert!(hall.spool.next(PAIR).unwrap().is_none(), "the agent has it still");
    agent.outcome(&job, JobState::Expired).await;
    assert!(matches!(agent.hear().await, FromServer::Acknowledged { .. }));
    let mut changes = hall.spool.changes();
    let taken = async {
        while hall.spool.next(PAIR).unwrap().is_none() {
            changes.changed().await.unwrap();
        }
    };
    timeout(PATIENCE, taken).await.unwrap();
    assert_eq!(hall.spool.next(PAIR).unwrap().unwrap().copy, 0, "unmarked: it is the first");
}

#[tokio::test(start_paused = true)]
async fn what_an_absent_agent_has_is_printed_elsewhere_only_as_a_marked_copy() {
    let hall = Hall::open();
    hall.board.note(PAIR, PrinterState::Ok);
    let mut agent = Agent::ready(&hall, "a1", PrinterState::Ok).await;
    let key = hall.issue(1);
    let job = agent.job().await;
    drop(agent);
    let waiting = hall.issue(2);
    hall.becomes(&key, JobState::Uncertain(Reason::Offline)).await;
    let pairs =
        hall.spool.jobs(&JobFilter { printer: Some(PAIR.into()), ..JobFilter::default() }, 9).unwrap();
    let keys: Vec<(u64, bool)> = pairs.iter().rev().map(|job| (job.seq, job.copy > 0)).collect();
    assert_eq!(keys, [(2, false), (1, true)], "the one that never left goes unmarked");
    assert_eq!(waiting.seq, 2);

    // It comes back, and had printed it.
    let mut agent = Agent::come(&hall, "a1").await;
    agent.hear().await;
    agent.outcome(&job, JobState::Printed).await;
    assert!(matches!(agent.hear().await, FromServer::Acknowledged { .. }));
    hall.becomes(&key, JobState::Printed).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_given_up_is_withdrawn_when_the_agent_is_back_and_its_end_set_right() {
    let hall = Hall::open();
    hall.board.note(PAIR, PrinterState::Ok);
    let mut agent = Agent::ready(&hall, "a1", PrinterState::Ok).await;
    let keys = [hall.issue(1), hall.issue(2), hall.issue(3)];
    let jobs = [agent.job().await, agent.job().await, agent.job().await];
    drop(agent);
    for key in &keys {
        hall.becomes(key, JobState::Uncertain(Reason::Offline)).await;
    }

    // Back with the first unbegun, the second in its printer, and the third not there at all.
    let mut agent = Agent::ready(&hall, "a1", PrinterState::Ok).await;
    for key in &keys {
        assert_eq!(agent.hear().await, FromServer::Withdraw { key: key.clone(), handing: 1 });
    }
    let (missing, handing) = (keys[2].clone(), jobs[2].handing);
    agent.say(FromAgent::Refused { key: missing, handing, reason: "it is not here".into() }).await;
    agent.outcome(&jobs[0], JobState::Expired).await;
    agent.outcome(&jobs[1], JobState::Printed).await;
    for (key, end) in keys.iter().zip([JobState::Expired, JobState::Printed, JobState::Expired]) {
        hall.becomes(key, end).await;
    }
    assert!(hall.spool.next(NAME).unwrap().is_none(), "nothing comes beside the pair's marked copies");
    hall.shows(PrinterState::Ok).await;
}

#[tokio::test(start_paused = true)]
async fn a_paper_ordered_anew_stays_when_the_older_one_is_withdrawn() {
    let hall = Hall::open();
    let mut agent = Agent::ready(&hall, "a1", PrinterState::Ok).await;
    let key = hall.issue(1);
    let older = agent.job().await;
    let paper = TicketPaper { number: "A001".into(), reprint: true, ..TicketPaper::default() };
    let (printer, ticket, by) = (NAME.into(), "t1".into(), "k3f9".into());
    let ordered = [Ordered { seq: 2, index: 0, printer, ticket, by, paper }];
    hall.spool.take_in(STREAM, 2, &Intake { ordered: &ordered, ..Intake::default() }).unwrap();
    // In whichever order: the word about the older one names it.
    let said = [agent.hear().await, agent.hear().await];
    assert!(said.contains(&FromServer::Withdraw { key: key.clone(), handing: 1 }), "{said:?}");
    let given = said.into_iter().find_map(|frame| match frame {
        FromServer::Job { job } => Some(*job),
        _ => None,
    });
    let anew = given.unwrap();
    assert_eq!((anew.key.seq, anew.paper.reprint), (2, true));
    agent.outcome(&older, JobState::Expired).await;
    agent.outcome(&anew, JobState::Printed).await;
    hall.becomes(&key, JobState::Expired).await;
    hall.becomes(&anew.key, JobState::Printed).await;
}

#[tokio::test(start_paused = true)]
async fn a_final_ticket_is_told_to_the_agent() {
    let hall = Hall::open();
    let mut agent = Agent::ready(&hall, "a1", PrinterState::Ok).await;
    let key = hall.issue(1);
    let job = agent.job().await;
    hall.spool.expire(STREAM, "t1").unwrap();
    assert_eq!(agent.hear().await, FromServer::Withdraw { key: key.clone(), handing: 1 });
    agent.outcome(&job, JobState::Expired).await;
    hall.becomes(&key, JobState::Expired).await;
}

#[tokio::test(start_paused = true)]
async fn a_job_that_the_agent_cannot_keep_waits_and_is_tried_again() {
    let hall = Hall::open();
    let mut agent = Agent::ready(&hall, "a1", PrinterState::Ok).await;
    let key = hall.issue(1);
    let job = agent.job().await;
    let (refused, handing) = (job.key, job.handing);
    agent.say(FromAgent::Refused { key: refused, handing, reason: "the disk is full".into() }).await;
    hall.shows(PrinterState::Offline).await;
    hall.becomes(&key, JobState::Queued).await;
    let again = agent.job().await;
    assert_eq!((again.key, again.handing), (key, 2));
    hall.shows(PrinterState::Ok).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_handed_over_to_a_printer_that_cannot_print_nor_before_the_agent_is_ready() {
    let hall = Hall::open();
    let key = hall.issue(1);
    let mut agent = Agent::come(&hall, "a1").await;
    agent.hear().await;
    agent.is(PrinterState::CoverOpen).await;
    agent.say(FromAgent::Ready).await;
    hall.shows(PrinterState::CoverOpen).await;
    hall.settings.send_replace(Arc::new(Settings { width_dots: 384, ..Settings::default() }));
    assert!(matches!(agent.hear().await, FromServer::Settings { settings } if settings.width_dots == 384));
    agent.is(PrinterState::Ok).await;
    assert_eq!(agent.job().await.key, key);
    hall.desk.stop().await;
    assert_eq!(agent.sent_away().await, close::AWAY);
}
