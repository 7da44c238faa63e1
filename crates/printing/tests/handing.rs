//! Jobs between two spools over a line that may break at any word, case by case; `lives.rs` throws the dice.

use khiw_printing::{Intake, Job, JobFilter, JobKey, JobOutcome, JobState, Ordered, Reason, Spool, Told};

use crate::common::handing::{AGENT, AT_AGENT, OWN, PAIR, given, spool, take_in};
use crate::common::{STREAM, paper};

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
