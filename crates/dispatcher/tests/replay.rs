//! Random weeks of a hall: the state that was kept is the state that the journal tells, from its first record and
//! from its last day alike, and after every restart.

use std::time::Duration;

use crate::common::{Office, counter, open_counter, send};
use khiw_dispatcher::{Failure, Hall};
use khiw_domain::event::EvacuationOutcome;
use khiw_domain::id::TicketId;
use khiw_domain::ticket::{CancelledBy, Channel, Lane, Paper};
use khiw_domain::{Command, CounterAction, Destination, Issue, TicketAction, sample};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

#[derive(Clone, Debug)]
enum Act {
    Send(Box<Command>),
    /// About one of the tickets of the day, counted from the newest.
    Ticket(usize, TicketAction),
    CallTicket(usize, &'static str),
    Pass(Duration),
    Restart,
}

fn counters() -> impl Strategy<Value = &'static str> {
    select(vec!["1", "2", "3", "4"])
}

fn destination() -> impl Strategy<Value = Destination> {
    prop_oneof![
        select(vec!["a", "b", "c"]).prop_map(|queue| Destination::Queue(queue.parse().unwrap())),
        counters().prop_map(|counter| Destination::Counter(sample::counter_id(counter))),
    ]
}

fn services() -> impl Strategy<Value = Vec<khiw_domain::id::ServiceId>> {
    vec(select(vec!["birth", "move", "tax", "help"]).prop_map(sample::service_id), 1..3)
}

fn issuing() -> impl Strategy<Value = Act> {
    (services(), any::<bool>(), any::<bool>()).prop_map(|(services, priority, paper)| {
        let lane = if priority { Lane::Priority } else { Lane::Normal };
        let (channel, language, device) = (Channel::Kiosk, None, None);
        Act::Send(Box::new(Command::Issue(Issue { services, lane, language, channel, device, paper })))
    })
}

fn desk_action() -> impl Strategy<Value = CounterAction> {
    use CounterAction as A;
    prop_oneof![
        8 => Just(A::CallNext),
        2 => Just(A::Complete { outcomes: vec![] }),
        1 => select(vec![A::Start, A::Recall, A::NoShow, A::Absent, A::Return, A::Resume, A::Close]),
        1 => Just(A::Park { until: None }),
        1 => Just(A::Pause { reason: None }),
        2 => Just(A::Undo),
        1 => any::<bool>().prop_map(|on| A::AutoCall { on }),
        2 => destination().prop_map(|to| A::Transfer { to }),
        1 => Just(A::AddService { service: sample::service_id("help") }),
    ]
}

fn ticket_action() -> impl Strategy<Value = TicketAction> {
    use TicketAction as A;
    prop_oneof![
        Just(A::Cancel { by: CancelledBy::Visitor }),
        Just(A::Reinstate),
        Just(A::Park { until: None }),
        Just(A::Resume),
        Just(A::Reprioritise { lane: Lane::Priority, reason: sample::code("elderly") }),
        Just(A::AddService { service: sample::service_id("tax") }),
        destination().prop_map(|to| A::Transfer { to }),
    ]
}

/// The sample with other rules.
fn configuration() -> impl Strategy<Value = Act> {
    (any::<bool>(), any::<bool>(), 0_u8..3).prop_map(|(auto, absent, absences)| {
        let config = sample::site_with(|config| {
            config.counters[0].auto_call = auto;
            config.rules.absent_after_s = absent.then_some(120);
            config.rules.absences_max = absences;
        });
        Act::Send(Box::new(Command::Configure { config }))
    })
}

fn house() -> impl Strategy<Value = Act> {
    let reason = || sample::code("system_down");
    prop_oneof![
        Just(Command::SuspendIssuing { queue: None, reason: reason() }),
        Just(Command::SuspendIssuing { queue: Some("a".parse().unwrap()), reason: reason() }),
        Just(Command::ResumeIssuing { queue: None }),
        Just(Command::ResumeIssuing { queue: Some("a".parse().unwrap()) }),
        Just(Command::Evacuate { outcome: EvacuationOutcome::Park }),
        Just(Command::Evacuate { outcome: EvacuationOutcome::Cancel }),
        (1_u64..30).prop_map(|n| Command::ReportPaper {
            ticket: TicketId(n),
            paper: Paper::Printed,
            asked: n + 5
        }),
    ]
    .prop_map(|command| Act::Send(Box::new(command)))
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => issuing(),
        4 => counters().prop_map(|id| Act::Send(Box::new(open_counter(id)))),
        20 => (counters(), desk_action()).prop_map(|(id, action)| Act::Send(Box::new(counter(id, action)))),
        6 => (0_usize..6, ticket_action()).prop_map(|(ticket, action)| Act::Ticket(ticket, action)),
        2 => (0_usize..6, counters()).prop_map(|(ticket, id)| Act::CallTicket(ticket, id)),
        6 => (1_u64..600).prop_map(|s| Act::Pass(Duration::from_secs(s))),
        3 => (1_u64..40).prop_map(|h| Act::Pass(Duration::from_hours(h))),
        1 => house(),
        1 => configuration(),
        1 => Just(Act::Restart),
    ]
}

/// The `nth` ticket, counted from the newest.
fn ticket(hall: &Hall, nth: usize) -> Option<TicketId> {
    hall.read(|site| site.tickets().rev().nth(nth).map(|ticket| ticket.id))
}

fn play(office: Office, hall: Hall, act: Act) -> (Office, Hall) {
    let command = match act {
        Act::Send(command) => Some(*command),
        Act::Ticket(nth, action) => ticket(&hall, nth).map(|ticket| Command::Ticket { ticket, action }),
        Act::CallTicket(nth, id) => ticket(&hall, nth).map(|ticket| {
            let reason = sample::code("urgent");
            counter(id, CounterAction::Call { ticket, reason })
        }),
        Act::Pass(by) => {
            office.clock.advance(by);
            None
        }
        Act::Restart => {
            crate::common::settle(&hall);
            let before = hall.state_hash();
            let (office, hall) = office.restart();
            assert_eq!(hall.state_hash(), before, "time stands still, so nothing happened meanwhile");
            return (office, hall);
        }
    };
    if let Some(command) = command {
        match send(&hall, command) {
            Ok(_) | Err(Failure::Refused(_)) => {}
            Err(other) => panic!("the hall went down: {other}"),
        }
    }
    (office, hall)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_last_day_and_the_whole_journal_tell_the_state_that_was_kept(acts in vec(act(), 1..400)) {
        let (mut office, mut hall) = Office::open();
        for act in acts {
            (office, hall) = play(office, hall, act);
        }
        crate::common::settle(&hall);
        office.assert_replays_alike();
    }
}
