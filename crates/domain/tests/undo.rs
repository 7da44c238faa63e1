//! Undo: the counter's whole last command, by new steps, unless somebody else has gone on from there.

use crate::support::{Hall, code_of, to_queue};
use khiw_domain::command::{Command, CounterAction as Do, TicketAction};
use khiw_domain::event::EvacuationOutcome;
use khiw_domain::sample::counter_id;
use khiw_domain::ticket::{CancelledBy, StepKind};

/// What the clerk and the hall see, without the steps that undo adds on purpose.
fn visible(hall: &Hall) -> String {
    let tickets: Vec<_> = hall.site.tickets().map(khiw_domain::ticket::Ticket::image).collect();
    let order: Vec<_> = hall.site.order(&counter_id("1")).map(|next| next.ticket).collect();
    let counter = hall.site.counter(&counter_id("1")).unwrap();
    let hand = counter.session.as_ref().and_then(|s| s.at_hand);
    format!("{tickets:?} {order:?} {hand:?} {} {}", counter.called, counter.served)
}

fn undone_restores(prepare: impl Fn(&mut Hall), action: &Do) {
    let mut hall = Hall::new();
    hall.open("1");
    hall.issue("birth");
    hall.issue("birth");
    prepare(&mut hall);
    let before = visible(&hall);
    hall.at("1", action.clone()).unwrap();
    assert_ne!(visible(&hall), before, "{action:?} changed something");
    hall.wait_s(3);
    hall.at("1", Do::Undo).unwrap();
    assert_eq!(visible(&hall), before, "undo of {action:?}");
    assert_eq!(code_of(hall.at("1", Do::Undo)), "nothing_to_undo");
}

#[test]
fn undo_restores_what_was_seen_before_each_command() {
    let called = |hall: &mut Hall| {
        hall.call_next("1");
    };
    undone_restores(|_| {}, &Do::CallNext);
    undone_restores(called, &Do::CallNext);
    undone_restores(called, &Do::Recall);
    undone_restores(called, &Do::Start);
    undone_restores(called, &Do::Complete { outcomes: vec![] });
    undone_restores(called, &Do::NoShow);
    undone_restores(called, &Do::Absent);
    undone_restores(called, &Do::Park { until: None });
    undone_restores(called, &Do::Return);
    undone_restores(called, &Do::Transfer { to: to_queue("b") });
    undone_restores(called, &Do::AddService { service: "help".parse().unwrap() });
}

#[test]
fn undo_adds_steps_and_deletes_none() {
    let mut hall = Hall::new();
    hall.open("1");
    let ticket = hall.issue("birth");
    hall.wait_s(10);
    hall.call_next("1");
    hall.wait_s(10);
    hall.at("1", Do::Undo).unwrap();
    let kinds: Vec<_> = hall.ticket(ticket).steps.iter().map(|s| s.kind).collect();
    assert_eq!(kinds, [StepKind::Waiting, StepKind::Called]);
}

#[test]
fn undo_is_refused_when_another_counter_has_gone_on() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.open("2");
    hall.issue("birth");
    hall.call_next("1");
    hall.at("1", Do::Transfer { to: to_queue("b") }).unwrap();
    hall.call_next("2");
    assert_eq!(code_of(hall.at("1", Do::Undo)), "undo_overtaken");
}

#[test]
fn undo_in_auto_mode_stops_auto_so_that_the_ticket_does_not_come_straight_back() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.at("1", Do::AutoCall { on: true }).unwrap();
    let ticket = hall.issue("birth");
    hall.catch_up();
    hall.at("1", Do::Undo).unwrap();
    hall.catch_up();
    assert_eq!(hall.state(ticket), "waiting");
}

#[test]
fn undo_does_not_take_back_what_somebody_else_did() {
    let mut hall = Hall::new();
    hall.open("1");
    let ticket = hall.issue("birth");
    hall.call_next("1");
    hall.by_id(ticket, TicketAction::Cancel { by: CancelledBy::Staff }).unwrap();
    assert_eq!(code_of(hall.at("1", Do::Undo)), "undo_overtaken");
    assert_eq!(hall.state(ticket), "cancelled");
}

#[test]
fn undo_does_not_call_back_whom_an_evacuation_sent_out() {
    let mut hall = Hall::new();
    hall.open("1");
    let ticket = hall.issue("birth");
    hall.call_next("1");
    hall.send(&Command::Evacuate { outcome: EvacuationOutcome::Park }).unwrap();
    hall.at("1", Do::Resume).unwrap();
    assert_eq!(code_of(hall.at("1", Do::Undo)), "undo_overtaken");
    assert_eq!(hall.state(ticket), "parked");
}

#[test]
fn undo_into_a_call_gives_the_visitor_the_whole_answer_time() {
    let mut hall = Hall::with(|config| config.rules.absent_after_s = Some(90));
    hall.open("1");
    let ticket = hall.issue("birth");
    hall.call_next("1");
    hall.at("1", Do::Start).unwrap();
    hall.wait_s(600);
    hall.at("1", Do::Undo).unwrap();
    hall.wait_s(89);
    assert_eq!(hall.state(ticket), "called");
    hall.wait_s(1);
    assert_eq!(hall.state(ticket), "waiting");
}
