//! A hall under any commands in any order, against a simple model: what must hold always, holds always.

#![allow(clippy::unwrap_used, reason = "a failed step of a story fails the test there")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use khiw_domain::command::{Command, CounterAction as Do, TicketAction};
use khiw_domain::event::{CallReason, Event};
use khiw_domain::id::TicketId;
use khiw_domain::sample::code;
use khiw_domain::ticket::{CancelledBy, Lane, TicketState};
use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use support::{Hall, to_counter, to_queue};

const SERVICES: [&str; 4] = ["birth", "move", "tax", "help"];
const COUNTERS: [&str; 3] = ["1", "2", "3"];
const QUEUES: [&str; 3] = ["a", "b", "c"];

/// What people do. Tickets are named by index, so that most commands meet a ticket that exists.
#[derive(Clone, Debug)]
enum Deed {
    Issue { service: usize, second: Option<usize>, priority: bool },
    At { counter: usize, action: Action },
    ById { ticket: usize, action: Action },
    Wait { seconds: i64 },
}

#[derive(Clone, Debug)]
enum Action {
    Open,
    Close,
    Pause,
    Resume,
    Auto(bool),
    CallNext,
    CallIt(usize),
    Recall,
    Start,
    Complete,
    NoShow,
    Absent,
    Park,
    Return,
    ToQueue(usize),
    ToCounter(usize),
    AddService(usize),
    Undo,
    Cancel,
    Reinstate,
    Priority(bool),
}

fn action() -> impl Strategy<Value = Action> {
    use Action as A;
    prop_oneof![
        3 => Just(A::Open),
        1 => Just(A::Close),
        1 => Just(A::Pause),
        1 => Just(A::Resume),
        1 => any::<bool>().prop_map(A::Auto),
        10 => Just(A::CallNext),
        2 => (0..40usize).prop_map(A::CallIt),
        2 => Just(A::Recall),
        2 => Just(A::Start),
        2 => Just(A::Complete),
        1 => Just(A::NoShow),
        2 => Just(A::Absent),
        2 => Just(A::Park),
        1 => Just(A::Return),
        2 => (0..3usize).prop_map(A::ToQueue),
        1 => (0..3usize).prop_map(A::ToCounter),
        1 => (0..4usize).prop_map(A::AddService),
        3 => Just(A::Undo),
        1 => Just(A::Cancel),
        1 => Just(A::Reinstate),
        1 => any::<bool>().prop_map(A::Priority),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => (0..4usize, proptest::option::weighted(0.2, 0..4usize), any::<bool>())
            .prop_map(|(service, second, priority)| Deed::Issue { service, second, priority }),
        10 => (0..3usize, action()).prop_map(|(counter, action)| Deed::At { counter, action }),
        3 => (0..40usize, action()).prop_map(|(ticket, action)| Deed::ById { ticket, action }),
        3 => prop_oneof![4 => 0..600i64, 1 => 0..40_000i64].prop_map(|seconds| Deed::Wait { seconds }),
    ]
}

/// The model knows only how many numbers were taken; the invariants do the rest.
#[derive(Clone, Debug)]
struct Model;

impl ReferenceStateMachine for Model {
    type State = ();
    type Transition = Deed;

    fn init_state() -> BoxedStrategy<()> {
        Just(()).boxed()
    }

    fn transitions((): &()) -> BoxedStrategy<Deed> {
        deed().boxed()
    }

    fn apply((): (), _: &Deed) {}
}

/// The hall, and what an outsider with pencil and paper wrote down.
struct Watched {
    hall: Hall,
    issued: BTreeMap<TicketId, (String, String)>,
    keys: BTreeSet<(String, String, u32, u32)>,
    /// Each counter's sight before its last command, by pencil.
    read: usize,
}

struct HallTest;

impl StateMachineTest for HallTest {
    type SystemUnderTest = Watched;
    type Reference = Model;

    fn init_test((): &()) -> Watched {
        let hall = Hall::with(|config| {
            config.queues[0].series.last = 9;
            config.queues[0].series.digits = 1;
        });
        Watched { hall, issued: BTreeMap::new(), keys: BTreeSet::new(), read: 0 }
    }

    fn apply(mut watched: Watched, (): &(), deed: Deed) -> Watched {
        let before = watched.hall.fingerprint();
        if let Deed::At { counter, action: Action::Undo } = deed {
            undo_checked(&mut watched.hall, counter);
        } else if let Some(command) = command(&watched.hall, &deed)
            && watched.hall.send(&command).is_err()
        {
            assert_eq!(watched.hall.fingerprint(), before, "a refusal changes nothing");
        }
        if let Deed::Wait { seconds } = deed {
            watched.hall.wait_s(seconds);
        }
        watched.hall.catch_up();
        watched.write_down();
        watched
    }

    fn check_invariants(watched: &Watched, (): &()) {
        each_ticket_is_in_one_place(&watched.hall);
        steps_partition_the_visit(&watched.hall);
        lines_keep_promises(&watched.hall);
        none_is_lost(watched);
    }

    fn teardown(watched: Watched, (): ()) {
        let replayed = serde_json::to_string(&watched.hall.replayed()).unwrap();
        assert_eq!(replayed, watched.hall.fingerprint(), "the journal alone gives the same state");
    }
}

fn command(hall: &Hall, deed: &Deed) -> Option<Command> {
    match deed {
        Deed::Issue { service, second, priority } => {
            let mut services = vec![SERVICES[*service].parse().unwrap()];
            services.extend(second.filter(|s| s != service).map(|s| SERVICES[s].parse().unwrap()));
            Some(Command::Issue(khiw_domain::Issue {
                services,
                lane: if *priority { Lane::Priority } else { Lane::Normal },
                language: None,
                channel: khiw_domain::ticket::Channel::Kiosk,
                device: None,
                paper: false,
            }))
        }
        Deed::At { counter, action } => Some(Command::Counter {
            counter: COUNTERS[*counter].parse().unwrap(),
            action: counter_action(hall, *counter, action)?,
            expect: None,
        }),
        Deed::ById { ticket, action } => {
            let ticket = nth_ticket(hall, *ticket)?;
            Some(Command::Ticket { ticket, action: ticket_action(action)? })
        }
        Deed::Wait { .. } => None,
    }
}

fn nth_ticket(hall: &Hall, n: usize) -> Option<TicketId> {
    let all: Vec<_> = hall.site.tickets().map(|t| t.id).collect();
    all.get(n % all.len().max(1)).copied()
}

fn counter_action(hall: &Hall, counter: usize, action: &Action) -> Option<Do> {
    Some(match action {
        Action::Open => {
            Do::Open { clerk: format!("clerk-{counter}").parse().unwrap(), profile: None, queues: None }
        }
        Action::Close => Do::Close,
        Action::Pause => Do::Pause { reason: None },
        Action::Resume => Do::Resume,
        Action::Auto(on) => Do::AutoCall { on: *on },
        Action::CallNext => Do::CallNext,
        Action::CallIt(n) => Do::Call { ticket: nth_ticket(hall, *n)?, reason: code("urgent") },
        Action::Recall => Do::Recall,
        Action::Start => Do::Start,
        Action::Complete => Do::Complete { outcomes: vec![] },
        Action::NoShow => Do::NoShow,
        Action::Absent => Do::Absent,
        Action::Park => Do::Park { until: None },
        Action::Return => Do::Return,
        Action::ToQueue(n) => Do::Transfer { to: to_queue(QUEUES[*n]) },
        Action::ToCounter(n) => Do::Transfer { to: to_counter(COUNTERS[*n]) },
        Action::AddService(n) => Do::AddService { service: SERVICES[*n].parse().unwrap() },
        _ => return None,
    })
}

fn ticket_action(action: &Action) -> Option<TicketAction> {
    Some(match action {
        Action::Cancel => TicketAction::Cancel { by: CancelledBy::Visitor },
        Action::Reinstate => TicketAction::Reinstate,
        Action::Park => TicketAction::Park { until: None },
        Action::Resume => TicketAction::Resume,
        Action::Priority(on) => TicketAction::Reprioritise {
            lane: if *on { Lane::Priority } else { Lane::Normal },
            reason: code("elderly"),
        },
        Action::ToQueue(n) => TicketAction::Transfer { to: to_queue(QUEUES[*n]) },
        Action::ToCounter(n) => TicketAction::Transfer { to: to_counter(COUNTERS[*n]) },
        Action::AddService(n) => TicketAction::AddService { service: SERVICES[*n].parse().unwrap() },
        _ => return None,
    })
}

/// Undo brings back, for every ticket of the counter's last command, what was seen before it.
fn undo_checked(hall: &mut Hall, counter: usize) {
    let id = COUNTERS[counter].parse().unwrap();
    let remembered = hall.site.counter(&id).and_then(|c| c.undo.clone());
    if hall.at(COUNTERS[counter], Do::Undo).is_err() {
        return;
    }
    for touched in remembered.unwrap().before {
        assert_eq!(hall.ticket(touched.image.ticket).image(), touched.image);
    }
}

impl Watched {
    /// Reads what happened since, as an auditor would: from the journal.
    fn write_down(&mut self) {
        let news = self.hall.journal[self.read..].to_vec();
        self.read = self.hall.journal.len();
        for event in news.iter().flat_map(|(_, events)| events) {
            if let Event::TicketIssued(issued) = event {
                let number = &issued.number;
                let key = (number.day.to_string(), number.series.to_string(), number.round, number.value);
                assert!(self.keys.insert(key), "a number is given once: {number:?}");
                let twin =
                    self.hall.site.tickets().filter(|t| {
                        t.state.is_live() && t.number.text == number.text && t.id != issued.ticket
                    });
                assert_eq!(twin.count(), 0, "nobody else holds {} while it is live", number.text);
                let visible = (number.day.to_string(), number.text.to_string());
                assert!(self.issued.insert(issued.ticket, visible).is_none());
            }
        }
    }
}

fn each_ticket_is_in_one_place(hall: &Hall) {
    let mut places: BTreeMap<TicketId, usize> = BTreeMap::new();
    for queue in QUEUES {
        let line = hall.site.line(&queue.parse().unwrap()).unwrap();
        line.iter().for_each(|place| *places.entry(place.ticket).or_default() += 1);
    }
    for counter in COUNTERS {
        let id = counter.parse().unwrap();
        let reserved = hall.site.reserved_line(&id).into_iter().flat_map(khiw_domain::line::Line::iter);
        reserved.for_each(|place| *places.entry(place.ticket).or_default() += 1);
        if let Some(ticket) = hall.site.session(&id).and_then(|s| s.at_hand) {
            *places.entry(ticket).or_default() += 1;
            assert_eq!(hall.ticket(ticket).state.counter(), Some(&id), "the hand holds what says it is held");
        }
    }
    for ticket in hall.site.tickets() {
        let somewhere = match ticket.state {
            TicketState::Waiting { .. } | TicketState::Called { .. } | TicketState::Serving { .. } => 1,
            _ => 0,
        };
        assert_eq!(places.get(&ticket.id).copied().unwrap_or(0), somewhere, "{ticket:?}");
    }
    let apart =
        |t: &&khiw_domain::Ticket| matches!(t.state, TicketState::Parked { .. } | TicketState::NoShow { .. });
    let by_search: Vec<_> = hall.site.tickets().filter(apart).map(|t| t.id).collect();
    assert_eq!(hall.site.out_of_line().map(|t| t.id).collect::<Vec<_>>(), by_search);
    let live = hall.site.tickets().filter(|t| t.state.is_live()).count();
    assert_eq!(hall.site.live_tickets(), live);
}

fn steps_partition_the_visit(hall: &Hall) {
    for ticket in hall.site.tickets() {
        let mut at = ticket.joined;
        for step in &ticket.steps {
            assert_eq!(step.from, at, "no gap and no overlap in {ticket:?}");
            assert!(step.to >= step.from);
            at = step.to;
        }
        assert_eq!(ticket.since, at);
        assert_eq!(ticket.step as usize, ticket.steps.len() + 1);
    }
}

/// Within queue and lane, whoever never left the line stands in order of arrival; and nobody stands before
/// somebody who came earlier by more than the difference of the two lanes' targets.
fn lines_keep_promises(hall: &Hall) {
    for queue in QUEUES {
        let id = queue.parse().unwrap();
        let waiting: Vec<_> = hall
            .site
            .line(&id)
            .unwrap()
            .iter()
            .map(|place| hall.ticket(place.ticket))
            .filter(|t| t.steps.is_empty())
            .collect();
        let target = |lane| i64::from(hall.site.target_s(&id, lane));
        for (index, ahead) in waiting.iter().enumerate() {
            for behind in &waiting[index + 1..] {
                let overtaken_s = ahead.joined.duration_since(behind.joined).as_secs();
                assert!(
                    overtaken_s <= (target(behind.lane) - target(ahead.lane)).max(0),
                    "{ahead:?} {behind:?}"
                );
            }
        }
    }
}

fn none_is_lost(watched: &Watched) {
    let today = watched.hall.site.day().unwrap().day.to_string();
    for (id, (day, number)) in &watched.issued {
        let known = watched.hall.site.ticket(*id).is_some();
        let ended = || {
            watched.hall.journal.iter().flat_map(|(_, events)| events).any(|event| match event {
                Event::TicketDone { ticket }
                | Event::TicketCancelled { ticket, .. }
                | Event::TicketNoShow { ticket, .. } => ticket == id,
                _ => false,
            })
        };
        assert!(known || (*day != today && ended()), "ticket {number} of {day} is neither here nor ended");
    }
}

prop_state_machine! {
    #![proptest_config(Config { cases: 200, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() })]

    #[test]
    fn a_hall_stays_right_under_any_commands(sequential 1..120 => HallTest);
}

proptest! {
    #![proptest_config(Config { cases: 100, failure_persistence: None, ..Config::default() })]

    /// Whoever is called by rule has the earliest promise + handicap of all that the counter may call.
    #[test]
    fn the_earliest_promise_is_called(arrivals in proptest::collection::vec((0..4usize, any::<bool>(), 0..400i64), 1..30),
                                      handicap_s in 0..1200u32) {
        let mut hall = Hall::with(|config| config.profiles[0].queues[1].handicap_s = handicap_s);
        hall.open("1");
        for (service, priority, gap_s) in arrivals {
            let lane = if priority { Lane::Priority } else { Lane::Normal };
            hall.try_issue(&[SERVICES[service]], lane).unwrap();
            hall.wait_s(gap_s);
        }
        let mut last = None;
        while hall.call_next("1").is_some() {
            let ticket = hall.hand("1").unwrap();
            let handicap = if ticket.queue.as_str() == "b" { i64::from(handicap_s) } else { 0 };
            let key = (ticket.promise.as_second() + handicap, ticket.id);
            prop_assert!(last < Some(key), "{last:?} then {key:?}");
            last = Some(key);
        }
        let by_rule = |event: &Event| !matches!(event, Event::TicketCalled(call) if call.reason != CallReason::EarliestPromise);
        prop_assert!(hall.journal.iter().flat_map(|(_, events)| events).all(by_rule));
    }
}
