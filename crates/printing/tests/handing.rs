//! Jobs between two spools over a line that may break at any word: none is lost, and never do two unmarked prints of
//! one paper come out.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

use std::collections::{BTreeMap, HashMap, VecDeque};

use khiw_printing::{
    Final, Given, Intake, Job, JobFilter, JobKey, JobOutcome, JobState, NewJob, Ordered, Reason, Spool,
    TicketPaper, Told,
};

mod common;
use common::{STREAM, paper};

const AT_AGENT: &str = "oss/kiosk-1";
const PAIR: &str = "oss/kiosk-2";
const AGENT: &str = "a1";
/// The printer's name at the agent.
const OWN: &str = "kiosk-1";

fn spool() -> Spool {
    let now = jiff::Timestamp::UNIX_EPOCH;
    Spool::in_memory(std::sync::Arc::new(move || now)).unwrap()
}

fn take_in(spool: &Spool, seq: u64) {
    let job = NewJob {
        seq,
        index: 0,
        printer: AT_AGENT.into(),
        ticket: format!("t{seq}"),
        paper: paper(&format!("A{seq:03}")),
    };
    spool.accept(STREAM, seq, &[job]).unwrap();
}

fn given(job: &Job) -> Given {
    let (key, handing, ticket) = (job.key(), job.handing, job.ticket.clone());
    Given { key, handing, ticket, waited_ms: 0, paper: job.paper().unwrap() }
}

/// One job, handed over; as it is at the server.
fn handed(server: &Spool) -> Job {
    take_in(server, 1);
    let id = server.next(AT_AGENT).unwrap().unwrap().id;
    server.hand(id, AGENT).unwrap()
}

fn state(spool: &Spool, seq: u64, copy: u32) -> Option<JobState> {
    let jobs = spool.jobs(&JobFilter::default(), 1_000).unwrap();
    jobs.iter().find(|job| job.seq == seq && job.copy == copy).map(|job| job.state)
}

fn told(job: &Job, state: JobState) -> Told {
    Told { key: job.key(), handing: job.handing, state, copy: None }
}

#[test]
fn what_an_agent_has_is_still_the_agents_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("spool.db");
    let server = Spool::open(&file).unwrap();
    let identity = server.identity().unwrap();
    let job = handed(&server);
    drop(server);

    let server = Spool::open(&file).unwrap();
    assert_eq!(server.identity().unwrap(), identity);
    assert_ne!(identity, spool().identity().unwrap());
    assert_eq!(server.handed(AT_AGENT).unwrap(), [job]);
    assert_eq!(server.settle_abandoned(AT_AGENT).unwrap(), 0);
    assert_eq!(server.hand_over(AT_AGENT, PAIR).unwrap(), 0);
    assert!(server.next(AT_AGENT).unwrap().is_none() && server.next(PAIR).unwrap().is_none());
}

#[test]
fn a_job_that_comes_twice_is_printed_once_and_its_outcome_is_kept_until_it_is_acknowledged() {
    let (server, agent) = (spool(), spool());
    let job = handed(&server);
    agent.receive(OWN, &given(&job)).unwrap();
    let waiting = agent.next(OWN).unwrap().unwrap();
    agent.begin(waiting.id).unwrap();
    agent.receive(OWN, &given(&job)).unwrap();
    agent.finish(waiting.id, JobOutcome::Printed).unwrap();
    agent.receive(OWN, &given(&job)).unwrap();
    assert!(agent.next(OWN).unwrap().is_none());

    let untold = agent.untold(OWN, 9).unwrap();
    assert_eq!(untold, [(waiting.id, told(&job, JobState::Printed))]);
    assert!(server.hear(AGENT, &untold[0].1).unwrap());
    assert!(!server.hear(AGENT, &untold[0].1).unwrap(), "said twice");
    assert_eq!(agent.acknowledged(&job.key(), job.handing + 1).unwrap(), None, "of another handing");
    assert_eq!(agent.acknowledged(&job.key(), job.handing).unwrap(), Some(waiting.id));
    assert!(agent.untold(OWN, 9).unwrap().is_empty());
    assert_eq!(state(&server, 1, 0), Some(JobState::Printed));
}

#[test]
fn what_was_given_back_may_come_again_and_an_old_word_is_not_taken_for_a_new_one() {
    let (server, agent) = (spool(), spool());
    let first = handed(&server);
    agent.receive(OWN, &given(&first)).unwrap();
    assert!(agent.give_back(&first.key(), first.handing).unwrap());
    let back = told(&first, JobState::Expired);
    assert_eq!(agent.untold(OWN, 9).unwrap()[0].1, back);
    server.hear(AGENT, &back).unwrap();
    assert_eq!(state(&server, 1, 0), Some(JobState::Queued));

    let id = server.next(AT_AGENT).unwrap().unwrap().id;
    let second = server.hand(id, AGENT).unwrap();
    agent.receive(OWN, &given(&second)).unwrap();
    assert!(!server.hear(AGENT, &back).unwrap(), "that was about the first handing");
    assert!(!server.hear("another", &told(&second, JobState::Printed)).unwrap(), "it is not that agent's");
    assert_eq!(state(&server, 1, 0), Some(JobState::Sending));
    assert_eq!(state(&agent, 1, 0), Some(JobState::Queued));
    assert!(!agent.give_back(&first.key(), first.handing).unwrap(), "asked for before it came again");
}

#[test]
fn a_final_ticket_is_not_printed_if_it_was_not_begun() {
    let (server, agent) = (spool(), spool());
    let job = handed(&server);
    agent.receive(OWN, &given(&job)).unwrap();
    server.expire(STREAM, "t1").unwrap();
    assert!(server.handed(AT_AGENT).unwrap()[0].closed);
    assert!(agent.withdraw(&job.key(), job.handing).unwrap());
    for (_, told) in agent.untold(OWN, 9).unwrap() {
        server.hear(AGENT, &told).unwrap();
    }
    assert_eq!(state(&server, 1, 0), Some(JobState::Expired));
}

#[test]
fn the_agents_own_marked_copy_is_known() {
    let (server, agent) = (spool(), spool());
    let job = handed(&server);
    agent.receive(OWN, &given(&job)).unwrap();
    let own = agent.next(OWN).unwrap().unwrap();
    agent.begin(own.id).unwrap();
    agent.finish(own.id, JobOutcome::Uncertain(Reason::Torn)).unwrap();
    let word = agent.untold(OWN, 9).unwrap()[0].1.clone();
    assert_eq!((word.state, word.copy), (JobState::Uncertain(Reason::Torn), Some(1)));
    server.hear(AGENT, &word).unwrap();
    assert_eq!(state(&server, 1, 1), Some(JobState::Sending), "the agent has it");

    let copy = agent.next(OWN).unwrap().unwrap();
    assert!(copy.paper().unwrap().reprint);
    agent.begin(copy.id).unwrap();
    agent.finish(copy.id, JobOutcome::Printed).unwrap();
    for (_, word) in agent.untold(OWN, 9).unwrap() {
        server.hear(AGENT, &word).unwrap();
    }
    assert_eq!(state(&server, 1, 1), Some(JobState::Printed));
}

#[test]
fn what_is_given_up_is_uncertain_and_a_better_word_may_come_late() {
    let server = spool();
    let job = handed(&server);
    assert_eq!(server.give_up(AT_AGENT, Some(AGENT), None).unwrap(), 0, "that agent is here");
    assert_eq!(server.give_up(AT_AGENT, None, Some(PAIR)).unwrap(), 1);
    assert_eq!(state(&server, 1, 0), Some(JobState::Uncertain(Reason::Offline)));
    let copy = server.next(PAIR).unwrap().unwrap();
    assert_eq!(copy.copy, 2, "the first number is the agent's own");
    assert!(copy.paper().unwrap().reprint);
    server.begin(copy.id).unwrap();
    for known in server.unreported(9).unwrap() {
        server.reported(known.id).unwrap();
    }

    // The agent had printed it, and a marked copy after it, before the server heard of either.
    let own = Told { key: JobKey { copy: 1, ..job.key() }, ..told(&job, JobState::Sent) };
    assert!(server.hear(AGENT, &own).unwrap());
    assert!(server.hear(AGENT, &told(&job, JobState::Printed)).unwrap());
    assert_eq!((state(&server, 1, 0), state(&server, 1, 1)), (Some(JobState::Printed), Some(JobState::Sent)));
    assert_eq!(server.unreported(9).unwrap().len(), 2, "both are carried back");
    assert!(!server.hear(AGENT, &told(&job, JobState::Failed(Reason::Offline))).unwrap(), "no better word");
}

#[test]
fn a_word_about_what_was_never_handed_over_changes_nothing() {
    let server = spool();
    take_in(&server, 1);
    let job = server.next(AT_AGENT).unwrap().unwrap();
    for (seq, copy) in [(1, 0), (1, 3), (9, 0)] {
        let key = JobKey { seq, copy, ..job.key() };
        let word = Told { key, handing: 0, state: JobState::Printed, copy: None };
        assert!(!server.hear(AGENT, &word).unwrap(), "{seq} {copy}");
    }
    assert_eq!(server.jobs(&JobFilter::default(), 9).unwrap(), [job]);
}

#[test]
fn what_was_given_up_and_not_begun_is_withdrawn_and_its_end_set_right() {
    let (server, agent) = (spool(), spool());
    let job = handed(&server);
    agent.receive(OWN, &given(&job)).unwrap();
    server.give_up(AT_AGENT, None, Some(PAIR)).unwrap();
    for known in server.unreported(9).unwrap() {
        server.reported(known.id).unwrap();
    }
    assert!(server.given_up(AT_AGENT, "another", 9).unwrap().is_empty());
    let known = &server.given_up(AT_AGENT, AGENT, 9).unwrap()[0];
    assert!(agent.withdraw(&known.key(), known.handing).unwrap());
    assert!(agent.next(OWN).unwrap().is_none(), "the pair has a marked copy of it");
    for (_, word) in agent.untold(OWN, 9).unwrap() {
        assert!(server.hear(AGENT, &word).unwrap());
    }
    assert_eq!(state(&server, 1, 0), Some(JobState::Expired));
    assert_eq!(state(&server, 1, 2), Some(JobState::Queued));
    assert!(server.unreported(9).unwrap().is_empty(), "the ticket's paper is now the copy's business");
    assert!(server.given_up(AT_AGENT, AGENT, 9).unwrap().is_empty());
}

#[test]
fn what_was_given_up_without_a_pair_waits_again_when_it_comes_back_unbegun() {
    let (server, agent) = (spool(), spool());
    let job = handed(&server);
    agent.receive(OWN, &given(&job)).unwrap();
    server.give_up(AT_AGENT, None, None).unwrap();
    assert!(agent.withdraw(&job.key(), job.handing).unwrap());
    server.hear(AGENT, &agent.untold(OWN, 9).unwrap()[0].1).unwrap();
    let again = server.next(AT_AGENT).unwrap().unwrap();
    assert_eq!((again.copy, again.given_up, again.reported), (0, false, false));
}

#[test]
fn what_was_begun_comes_out_after_all_and_no_second_copy_follows_it() {
    let (server, agent) = (spool(), spool());
    let job = handed(&server);
    agent.receive(OWN, &given(&job)).unwrap();
    let own = agent.next(OWN).unwrap().unwrap();
    agent.begin(own.id).unwrap();
    server.give_up(AT_AGENT, None, Some(PAIR)).unwrap();
    assert!(agent.withdraw(&job.key(), job.handing).unwrap());
    agent.finish(own.id, JobOutcome::Uncertain(Reason::Torn)).unwrap();
    assert!(agent.next(OWN).unwrap().is_none(), "the pair has the copy");
    server.hear(AGENT, &agent.untold(OWN, 9).unwrap()[0].1).unwrap();
    assert_eq!(state(&server, 1, 0), Some(JobState::Uncertain(Reason::Torn)));
    assert!(!agent.withdraw(&JobKey { seq: 9, ..job.key() }, 1).unwrap(), "it is not here");
}

#[test]
fn a_paper_ordered_while_an_agent_has_the_older_one_is_not_taken_back_with_it() {
    let (server, agent) = (spool(), spool());
    let older = handed(&server);
    agent.receive(OWN, &given(&older)).unwrap();
    let (printer, ticket, by) = (AT_AGENT.into(), "t1".into(), "k3f9".into());
    let ordered = [Ordered { seq: 2, index: 0, printer, ticket, by, paper: paper("A001") }];
    server.take_in(STREAM, 2, &Intake { ordered: &ordered, ..Intake::default() }).unwrap();
    let anew = server.next(AT_AGENT).unwrap().unwrap();
    let anew = server.hand(anew.id, AGENT).unwrap();
    agent.receive(OWN, &given(&anew)).unwrap();
    // The word about the older one may come late.
    assert!(server.handed(AT_AGENT).unwrap()[0].closed);
    assert!(agent.withdraw(&older.key(), older.handing).unwrap());
    for (_, word) in agent.untold(OWN, 9).unwrap() {
        server.hear(AGENT, &word).unwrap();
    }
    assert_eq!(
        (state(&server, 1, 0), state(&server, 2, 0)),
        (Some(JobState::Expired), Some(JobState::Sending))
    );
    assert_eq!(agent.next(OWN).unwrap().unwrap().seq, 2);
}

/// A server, an agent, and a line that loses what is under way when it breaks.
struct Life {
    dice: fastrand::Rng,
    server: Spool,
    agent: Spool,
    connected: bool,
    to_agent: VecDeque<ToAgent>,
    to_server: VecDeque<ToServer>,
    /// Records of the hall so far.
    position: u64,
    /// Where the last paper of each ticket was asked for, and whether somebody still waits for it.
    tickets: BTreeMap<String, (u64, bool)>,
    /// Unmarked prints, by ticket, wherever they came out.
    unmarked: BTreeMap<String, u32>,
    /// All prints.
    prints: HashMap<JobKey, u32>,
}

enum ToAgent {
    Job(Box<Given>),
    GiveBack(JobKey, u32),
    Withdraw(JobKey, u32),
    Acknowledged(JobKey, u32),
}

enum ToServer {
    Outcome(Told),
    Refused(JobKey, u32),
}

impl Life {
    fn new(seed: u64) -> Self {
        Self {
            dice: fastrand::Rng::with_seed(seed),
            server: spool(),
            agent: spool(),
            connected: false,
            to_agent: VecDeque::new(),
            to_server: VecDeque::new(),
            position: 0,
            tickets: BTreeMap::new(),
            unmarked: BTreeMap::new(),
            prints: HashMap::new(),
        }
    }

    fn step(&mut self) {
        // The line holds longer than it takes to change one's mind: only so do old words meet new handings.
        match self.dice.u8(0..26) {
            0 => {
                self.position += 1;
                take_in(&self.server, self.position);
                self.tickets.insert(format!("t{}", self.position), (self.position, true));
            }
            1..=4 => self.hand_over(),
            5..=8 => self.agent_hears(),
            9..=12 => self.server_hears(),
            13 => self.break_line(),
            14 | 15 if !self.connected => self.connect(),
            14..=18 => self.ask_back(),
            19 => self.pair_works(),
            20..=22 => self.agent_prints(),
            23 => self.order_again(),
            24 => self.cancel(),
            _ => self.give_up(),
        }
    }

    fn hand_over(&mut self) {
        if let Some(job) = self.server.next(AT_AGENT).unwrap().filter(|_| self.connected) {
            let job = self.server.hand(job.id, AGENT).unwrap();
            self.to_agent.push_back(ToAgent::Job(Box::new(given(&job))));
        }
    }

    fn agent_hears(&mut self) {
        let (here, key, handing) = match self.to_agent.pop_front() {
            None => return self.tell(),
            Some(ToAgent::Job(given)) => {
                self.agent.receive(OWN, &given).unwrap();
                return self.tell();
            }
            Some(ToAgent::Acknowledged(key, handing)) => {
                self.agent.acknowledged(&key, handing).unwrap();
                return self.tell();
            }
            Some(ToAgent::GiveBack(key, handing)) => {
                (self.agent.give_back(&key, handing).unwrap(), key, handing)
            }
            Some(ToAgent::Withdraw(key, handing)) => {
                (self.agent.withdraw(&key, handing).unwrap(), key, handing)
            }
        };
        if !here {
            self.to_server.push_back(ToServer::Refused(key, handing));
        }
        self.tell();
    }

    fn server_hears(&mut self) {
        match self.to_server.pop_front() {
            None => {}
            Some(ToServer::Outcome(told)) => {
                self.server.hear(AGENT, &told).unwrap();
                self.to_agent.push_back(ToAgent::Acknowledged(told.key, told.handing));
            }
            Some(ToServer::Refused(key, handing)) => {
                self.server.returned(AGENT, &key, handing).unwrap();
            }
        }
    }

    /// As often as it likes: what is not acknowledged is said again.
    fn tell(&mut self) {
        if self.connected {
            let untold = self.agent.untold(OWN, 99).unwrap();
            self.to_server.extend(untold.into_iter().map(|(_, told)| ToServer::Outcome(told)));
        }
    }

    fn break_line(&mut self) {
        self.connected = false;
        self.to_agent.clear();
        self.to_server.clear();
    }

    /// The agent tells first; what it has is handed to it again, and what nobody waits for any more is withdrawn.
    fn connect(&mut self) {
        self.break_line();
        self.connected = true;
        self.tell();
        while !self.to_server.is_empty() {
            self.server_hears();
        }
        for job in self.server.handed(AT_AGENT).unwrap() {
            self.to_agent.push_back(ToAgent::Job(Box::new(given(&job))));
        }
        for job in self.server.given_up(AT_AGENT, AGENT, 99).unwrap() {
            self.to_agent.push_back(ToAgent::Withdraw(job.key(), job.handing));
        }
        self.withdraw();
    }

    fn withdraw(&mut self) {
        let closed = self.server.handed(AT_AGENT).unwrap().into_iter().filter(|job| job.closed);
        if self.connected {
            self.to_agent.extend(closed.map(|job| ToAgent::Withdraw(job.key(), job.handing)));
        }
    }

    fn ask_back(&mut self) {
        let handed = self.server.handed(AT_AGENT).unwrap();
        if let Some(job) = handed.first().filter(|_| self.connected) {
            self.to_agent.push_back(ToAgent::GiveBack(job.key(), job.handing));
        }
    }

    fn pair_works(&mut self) {
        self.server.hand_over(AT_AGENT, PAIR).unwrap();
        if let Some(job) = self.server.next(PAIR).unwrap() {
            self.server.begin(job.id).unwrap();
            self.comes_out(&job);
            let torn = self.dice.u8(0..4) == 0;
            let outcome = if torn { JobOutcome::Uncertain(Reason::Torn) } else { JobOutcome::Printed };
            self.server.finish(job.id, outcome).unwrap();
        }
    }

    fn agent_prints(&mut self) {
        if let Some(job) = self.agent.next(OWN).unwrap() {
            self.agent.begin(job.id).unwrap();
            match self.dice.u8(0..4) {
                0 => self.agent.finish(job.id, JobOutcome::NotSent).unwrap(),
                1 => {
                    // Killed with the paper half out.
                    self.comes_out(&job);
                    self.agent.settle_abandoned(OWN).unwrap();
                    self.break_line();
                }
                _ => {
                    self.comes_out(&job);
                    self.agent.finish(job.id, JobOutcome::Printed).unwrap();
                }
            }
        }
        self.tell();
    }

    /// Staff have a ticket printed once more; most often one whose paper an agent has.
    fn order_again(&mut self) {
        let handed = self.server.handed(AT_AGENT).unwrap();
        let held = self.dice.choice(&handed).filter(|_| self.connected).map(|job| job.ticket.clone());
        let waiting: Vec<&String> =
            self.tickets.iter().filter(|(_, (_, waits))| *waits).map(|(ticket, _)| ticket).collect();
        let any = self.dice.choice(waiting).cloned();
        let Some(ticket) = held.or(any).filter(|ticket| self.tickets[ticket].1) else { return };
        self.position += 1;
        let printer = if self.dice.u8(0..4) == 0 { PAIR } else { AT_AGENT }.to_owned();
        let paper = TicketPaper { reprint: true, ..paper(&ticket) };
        let (seq, by) = (self.position, "k3f9".into());
        let ordered = [Ordered { seq, index: 0, printer, ticket: ticket.clone(), by, paper }];
        self.server.take_in(STREAM, seq, &Intake { ordered: &ordered, ..Intake::default() }).unwrap();
        self.tickets.insert(ticket, (seq, true));
        self.withdraw();
    }

    fn cancel(&mut self) {
        let Some(ticket) = self.dice.choice(self.tickets.keys()).cloned() else { return };
        self.position += 1;
        let finals = [Final { seq: self.position, ticket: ticket.clone() }];
        self.server.take_in(STREAM, self.position, &Intake { finals: &finals, ..Intake::default() }).unwrap();
        self.tickets.get_mut(&ticket).unwrap().1 = false;
        self.withdraw();
    }

    /// The agent is away too long; the pair may print, or there is none.
    fn give_up(&mut self) {
        if !self.connected {
            let copy_on = [Some(PAIR), Some(PAIR), None][self.dice.usize(0..3)];
            self.server.give_up(AT_AGENT, None, copy_on).unwrap();
        }
    }

    fn comes_out(&mut self, job: &Job) {
        *self.prints.entry(job.key()).or_default() += 1;
        if !job.paper().unwrap().reprint {
            *self.unmarked.entry(job.ticket.clone()).or_default() += 1;
        }
    }

    /// All is mended, and everybody goes on until there is nothing left to do.
    fn come_to_rest(&mut self) {
        for _ in 0..60 {
            self.connect();
            self.hand_over();
            while !(self.to_agent.is_empty() && self.to_server.is_empty()) {
                self.agent_hears();
                self.server_hears();
            }
            self.agent_prints();
            self.pair_works();
        }
    }

    /// Every end that is told is so.
    fn all_is_true(&self, seed: u64) {
        let jobs = self.server.jobs(&JobFilter::default(), 1_000).unwrap();
        assert_eq!(self.server.given_up(AT_AGENT, AGENT, 99).unwrap(), [], "seed {seed}");
        for job in &jobs {
            let prints = self.prints.get(&job.key()).copied().unwrap_or(0);
            assert!(job.state.is_final(), "seed {seed}: {job:?} is still open");
            match job.state {
                JobState::Printed | JobState::Sent => assert_eq!(prints, 1, "seed {seed}: {job:?}"),
                JobState::Failed(_) | JobState::Expired => assert_eq!(prints, 0, "seed {seed}: {job:?}"),
                _ => assert!(prints <= 1, "seed {seed}: {job:?} came out {prints} times"),
            }
        }
        for (ticket, prints) in &self.unmarked {
            assert!(*prints <= 1, "seed {seed}: {ticket} came out {prints} times unmarked");
        }
        for (ticket, (seq, waits)) in &self.tickets {
            let out = self.prints.keys().any(|key| key.seq == *seq);
            assert!(
                out || !waits,
                "seed {seed}: the last paper of {ticket}, asked for at {seq}, never came out"
            );
        }
    }
}

#[test]
fn whatever_breaks_no_paper_is_lost_and_none_comes_out_twice_unmarked() {
    for seed in 0..200 {
        let mut life = Life::new(seed);
        for _ in 0..200 {
            life.step();
        }
        life.come_to_rest();
        life.all_is_true(seed);
    }
}
