//! Who is called, and what the clerk may do with the ticket at hand.

use crate::support::{Hall, code_of, to_counter, to_queue};
use khiw_domain::command::{CounterAction as Do, Expect, TicketAction};
use khiw_domain::config::{PromiseRule, StartRule};
use khiw_domain::event::{CallReason, Event, Outcome};
use khiw_domain::sample::{code, counter_id};
use khiw_domain::ticket::{CancelledBy, Lane, StepKind, TicketState};

#[test]
fn within_a_queue_who_came_first_is_called_first() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.issue("birth");
    hall.wait_s(1);
    hall.issue("move");
    assert_eq!(hall.call_next("1").as_deref(), Some("A001"));
    assert_eq!(hall.call_next("1").as_deref(), Some("A002"));
    assert_eq!(hall.call_next("1"), None);
}

#[test]
fn priority_is_a_shorter_target_and_not_a_jump() {
    let mut hall = Hall::new();
    hall.open("1");
    let early = hall.issue("birth");
    hall.wait_s(16 * 60);
    let priority = hall.issue_priority("birth");
    // Promised 09:20 and 09:21: sixteen minutes of waiting outweigh the shorter target.
    assert_eq!(hall.call_next("1"), Some(hall.number(early)));
    assert_eq!(hall.call_next("1"), Some(hall.number(priority)));
}

#[test]
fn priority_overtakes_those_whose_promise_is_later_and_says_how_many() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.issue("birth");
    hall.issue("birth");
    hall.wait_s(60);
    hall.issue_priority("birth");
    let events = hall.at("1", Do::CallNext).unwrap();
    let Event::TicketCalled(call) = &events[0] else { panic!("{events:?}") };
    assert_eq!((call.ticket.0, call.passed_over), (3, 2));
    assert_eq!(call.reason, CallReason::EarliestPromise);
}

#[test]
fn a_handicap_makes_a_counter_prefer_its_own_queue() {
    let mut hall = Hall::with(|config| config.profiles[0].queues[0].handicap_s = 600);
    hall.open("1");
    hall.issue("birth");
    hall.wait_s(300);
    hall.issue("tax");
    assert_eq!(hall.call_next("1").as_deref(), Some("B001"));
}

#[test]
fn two_counters_never_get_the_same_ticket() {
    let mut hall = Hall::new();
    for counter in ["1", "2", "3"] {
        hall.open(counter);
        hall.issue("birth");
    }
    let called: Vec<_> = ["1", "2", "3"].map(|counter| hall.call_next(counter)).to_vec();
    assert_eq!(called, ["A001", "A002", "A003"].map(|n| Some(n.to_owned())));
}

#[test]
fn in_an_implicit_hall_calling_the_next_completes_the_one_at_hand() {
    let mut hall = Hall::new();
    hall.open("1");
    let first = hall.issue("birth");
    hall.issue("birth");
    hall.call_next("1");
    hall.wait_s(120);
    hall.call_next("1");
    assert_eq!(hall.state(first), "done");
    assert!(hall.ticket(first).served);
}

#[test]
fn in_an_explicit_hall_a_merely_called_ticket_is_not_passed_over() {
    let mut hall = Hall::with(|config| config.rules.start = StartRule::Explicit);
    hall.open("1");
    hall.issue("birth");
    hall.call_next("1");
    assert_eq!(code_of(hall.at("1", Do::CallNext)), "not_started");
    hall.at("1", Do::Start).unwrap();
    assert!(hall.at("1", Do::CallNext).is_ok());
}

#[test]
fn a_recall_is_a_new_attempt_at_the_same_counter() {
    let mut hall = Hall::new();
    hall.open("1");
    let ticket = hall.issue("birth");
    hall.call_next("1");
    hall.at("1", Do::Recall).unwrap();
    let TicketState::Called { attempt, .. } = &hall.ticket(ticket).state else { panic!() };
    assert_eq!(*attempt, 2);
    assert_eq!(hall.ticket(ticket).steps.len(), 2, "the first wait and the first call stay as they were");
}

#[test]
fn an_absent_visitor_is_back_in_line_and_a_no_show_when_absent_too_often() {
    let mut hall = Hall::new();
    hall.open("1");
    let ticket = hall.issue("birth");
    for _ in 0..2 {
        hall.call_next("1");
        hall.at("1", Do::Absent).unwrap();
        assert_eq!(hall.state(ticket), "waiting");
    }
    hall.call_next("1");
    hall.at("1", Do::Absent).unwrap();
    assert_eq!(hall.state(ticket), "no_show");
}

#[test]
fn a_no_show_is_reinstated_within_the_grace_time_only() {
    let mut hall = Hall::new();
    hall.open("1");
    let ticket = hall.issue("birth");
    hall.call_next("1");
    hall.at("1", Do::NoShow).unwrap();
    hall.wait_s(29 * 60);
    hall.by_id(ticket, TicketAction::Reinstate).unwrap();
    assert_eq!(hall.state(ticket), "waiting");
    hall.call_next("1");
    hall.at("1", Do::NoShow).unwrap();
    hall.wait_s(31 * 60);
    assert_eq!(code_of(hall.by_id(ticket, TicketAction::Reinstate)), "reinstate_too_late");
}

#[test]
fn an_unanswered_call_becomes_an_absence_where_the_site_says_so() {
    let mut hall = Hall::with(|config| config.rules.absent_after_s = Some(90));
    hall.open("1");
    let ticket = hall.issue("birth");
    hall.call_next("1");
    hall.wait_s(89);
    assert_eq!(hall.state(ticket), "called");
    hall.wait_s(1);
    assert_eq!(hall.state(ticket), "waiting");
    assert!(hall.hand("1").is_none());
}

#[test]
fn a_recall_gives_the_visitor_the_whole_time_again() {
    let mut hall = Hall::with(|config| config.rules.absent_after_s = Some(90));
    hall.open("1");
    let ticket = hall.issue("birth");
    hall.call_next("1");
    hall.wait_s(80);
    hall.at("1", Do::Recall).unwrap();
    hall.wait_s(80);
    assert_eq!(hall.state(ticket), "called");
    hall.wait_s(10);
    assert_eq!(hall.state(ticket), "waiting");
}

#[test]
fn a_transfer_keeps_number_arrival_and_promise() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.open("2");
    let ticket = hall.issue("birth");
    hall.call_next("1");
    let before = hall.ticket(ticket).clone();
    hall.at("1", Do::Transfer { to: to_queue("b") }).unwrap();
    let after = hall.ticket(ticket);
    assert_eq!((&after.number, after.joined, after.promise), (&before.number, before.joined, before.promise));
    assert_eq!(after.queue.as_str(), "b");
    assert_eq!(hall.call_next("2").as_deref(), Some("A001"));
}

#[test]
fn a_ticket_sent_to_one_counter_waits_for_that_counter_alone() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.open("2");
    let ticket = hall.issue("birth");
    hall.call_next("1");
    hall.at("1", Do::Transfer { to: to_counter("2") }).unwrap();
    assert_eq!(hall.call_next("1"), None);
    let code = code("urgent");
    assert_eq!(code_of(hall.at("1", Do::Call { ticket, reason: code })), "reserved_for_other");
    assert_eq!(hall.call_next("2").as_deref(), Some("A001"));
}

#[test]
fn when_that_counter_closes_the_ticket_waits_for_its_whole_queue_again() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.open("2");
    hall.issue("birth");
    hall.call_next("1");
    hall.at("1", Do::Transfer { to: to_counter("2") }).unwrap();
    hall.at("2", Do::Close).unwrap();
    assert_eq!(hall.call_next("1").as_deref(), Some("A001"));
}

#[test]
fn several_services_in_one_visit_are_its_steps_in_order() {
    let mut hall = Hall::new();
    hall.open("1");
    let ticket = hall.try_issue(&["birth", "tax"], Lane::Normal).unwrap();
    hall.call_next("1");
    hall.at("1", Do::Complete { outcomes: vec![] }).unwrap();
    assert_eq!((hall.state(ticket), hall.ticket(ticket).queue.as_str()), ("waiting", "b"));
    assert_eq!(hall.call_next("1").as_deref(), Some("A001"));
    hall.at("1", Do::AddService { service: "help".parse().unwrap() }).unwrap();
    hall.at("1", Do::Complete { outcomes: vec![] }).unwrap();
    assert_eq!(hall.ticket(ticket).queue.as_str(), "c");
    hall.call_next("1");
    hall.at("1", Do::Complete { outcomes: vec![] }).unwrap();
    assert_eq!(hall.state(ticket), "done");
}

#[test]
fn outcomes_are_configured_codes_with_quantities() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.issue("birth");
    hall.call_next("1");
    let wrong = vec![Outcome { code: code("nonsense"), quantity: 1 }];
    assert_eq!(code_of(hall.at("1", Do::Complete { outcomes: wrong })), "unknown_code");
    let right = vec![Outcome { code: code("forwarded"), quantity: 3 }];
    let events = hall.at("1", Do::Complete { outcomes: right.clone() }).unwrap();
    assert!(
        events.iter().any(|e| matches!(e, Event::ServiceCompleted { outcomes, .. } if *outcomes == right))
    );
}

#[test]
fn a_parked_ticket_is_back_in_line_at_its_end_with_its_old_promise() {
    let mut hall = Hall::new();
    hall.open("1");
    let ticket = hall.issue("birth");
    let promise = hall.ticket(ticket).promise;
    hall.call_next("1");
    let until = hall.now.checked_add(jiff::SignedDuration::from_mins(10)).unwrap();
    hall.at("1", Do::Park { until: Some(until) }).unwrap();
    assert_eq!(hall.state(ticket), "parked");
    hall.wait_s(600);
    assert_eq!((hall.state(ticket), hall.ticket(ticket).promise), ("waiting", promise));
}

#[test]
fn a_park_is_bounded_and_resumed_by_hand() {
    let mut hall = Hall::with(|config| config.rules.park_promise = PromiseRule::Now);
    let ticket = hall.issue("birth");
    let long = hall.now.checked_add(jiff::SignedDuration::from_hours(3)).unwrap();
    assert_eq!(code_of(hall.by_id(ticket, TicketAction::Park { until: Some(long) })), "park_too_long");
    hall.by_id(ticket, TicketAction::Park { until: None }).unwrap();
    hall.by_id(ticket, TicketAction::Resume).unwrap();
    assert_eq!(hall.ticket(ticket).promise, hall.now);
}

#[test]
fn calling_out_of_order_needs_a_coded_reason() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.issue("birth");
    let second = hall.issue("birth");
    assert_eq!(code_of(hall.at("1", Do::Call { ticket: second, reason: code("friend") })), "unknown_code");
    let events = hall.at("1", Do::Call { ticket: second, reason: code("urgent") }).unwrap();
    let Event::TicketCalled(call) = &events[0] else { panic!("{events:?}") };
    assert_eq!(call.passed_over, 1);
    assert_eq!(call.reason, CallReason::OutOfOrder { code: code("urgent") });
}

#[test]
fn a_second_window_is_told_and_not_fought() {
    let mut hall = Hall::new();
    hall.open("1");
    let ticket = hall.issue("birth");
    hall.issue("birth");
    hall.call_next("1");
    let idle = Some(Expect { ticket: None, step: None });
    assert_eq!(code_of(hall.expecting("1", Do::CallNext, idle)), "counter_changed");
    assert_eq!(hall.hand("1").map(|t| t.id), Some(ticket));
}

#[test]
fn a_counter_is_worked_by_one_clerk() {
    let mut hall = Hall::new();
    hall.open("1");
    let other = Do::Open { clerk: "somebody".parse().unwrap(), profile: None, queues: None };
    assert_eq!(code_of(hall.at("1", other)), "counter_taken");
}

#[test]
fn a_paused_counter_calls_nobody() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.issue("birth");
    hall.at("1", Do::Pause { reason: Some(code("lunch")) }).unwrap();
    assert_eq!(code_of(hall.at("1", Do::CallNext)), "counter_paused");
    hall.at("1", Do::Resume).unwrap();
    assert_eq!(hall.call_next("1").as_deref(), Some("A001"));
}

#[test]
fn a_clerk_serves_only_what_profile_and_permission_share() {
    let mut hall = Hall::new();
    let queues = Some(vec!["b".parse().unwrap()]);
    hall.at("1", Do::Open { clerk: "mali".parse().unwrap(), profile: None, queues }).unwrap();
    let ticket = hall.issue("birth");
    assert_eq!(hall.call_next("1"), None);
    assert_eq!(code_of(hall.at("1", Do::Call { ticket, reason: code("urgent") })), "not_served_here");
}

#[test]
fn a_parked_ticket_is_called_back_by_who_parked_it_or_serves_its_queue() {
    let mut hall = Hall::new();
    let only_b = || Some(vec!["b".parse().unwrap()]);
    hall.at("1", Do::Open { clerk: "mali".parse().unwrap(), profile: None, queues: only_b() }).unwrap();
    hall.open("2");
    let ticket = hall.issue("birth");
    hall.call_next("2");
    hall.at("2", Do::Park { until: None }).unwrap();
    assert_eq!(code_of(hall.at("1", Do::Call { ticket, reason: code("urgent") })), "not_served_here");
    assert!(hall.at("2", Do::Call { ticket, reason: code("urgent") }).is_ok());
}

#[test]
fn an_idle_counter_in_auto_mode_is_given_the_next_ticket() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.at("1", Do::AutoCall { on: true }).unwrap();
    hall.catch_up();
    let ticket = hall.issue("birth");
    hall.catch_up();
    assert_eq!(hall.hand("1").map(|t| t.id), Some(ticket));
}

#[test]
fn a_cancelled_ticket_leaves_line_or_counter() {
    let mut hall = Hall::new();
    hall.open("1");
    let ticket = hall.issue("birth");
    hall.call_next("1");
    hall.by_id(ticket, TicketAction::Cancel { by: CancelledBy::Visitor }).unwrap();
    assert!(hall.hand("1").is_none());
    assert_eq!(
        code_of(hall.by_id(ticket, TicketAction::Cancel { by: CancelledBy::Staff })),
        "illegal_transition"
    );
}

#[test]
fn reprioritising_moves_the_promise_from_the_arrival() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.issue("birth");
    let second = hall.issue("birth");
    hall.wait_s(120);
    hall.by_id(second, TicketAction::Reprioritise { lane: Lane::Priority, reason: code("elderly") }).unwrap();
    let ticket = hall.ticket(second);
    assert_eq!(ticket.promise.duration_since(ticket.joined).as_secs(), 300);
    assert_eq!(hall.call_next("1").as_deref(), Some("A002"));
}

#[test]
fn steps_say_where_the_visit_went() {
    let mut hall = Hall::new();
    hall.open("1");
    let ticket = hall.issue("birth");
    hall.wait_s(60);
    hall.call_next("1");
    hall.wait_s(5);
    hall.at("1", Do::Start).unwrap();
    hall.wait_s(100);
    hall.at("1", Do::Complete { outcomes: vec![] }).unwrap();
    let steps: Vec<_> =
        hall.ticket(ticket).steps.iter().map(|s| (s.kind, s.to.duration_since(s.from).as_secs())).collect();
    assert_eq!(steps, [(StepKind::Waiting, 60), (StepKind::Called, 5), (StepKind::Serving, 100)]);
    assert_eq!(hall.site.counter(&counter_id("1")).unwrap().served, 1);
}
