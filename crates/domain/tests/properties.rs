//! A hall under any commands in any order, against a bystander's own books: what must hold
//! always, holds always.

use std::collections::{BTreeMap, BTreeSet};

use crate::deeds::{Action, COUNTERS, Deed, QUEUES, SERVICES, command, deed, variant_of_hall};
use crate::support::Hall;
use khiw_domain::command::CounterAction as Do;
use khiw_domain::event::{CallReason, Event};
use khiw_domain::id::TicketId;
use khiw_domain::ticket::{Lane, TicketImage, TicketState};
use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

/// Deeds are drawn without looking at the hall: that people try what cannot be is part of the test. What is right
/// is held against [`Watched`], which keeps its own books beside the hall.
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
    /// Records read so far.
    read: usize,
    /// What a bystander saw before each counter's last command, and which tickets it changed.
    sights: BTreeMap<usize, Sight>,
}

/// What is seen of a hall at a counter, noted without asking the code under test what it would restore.
#[derive(Clone)]
struct Sight {
    images: BTreeMap<TicketId, TicketImage>,
    hand: Option<TicketId>,
    tallies: (u32, u32),
    /// Record of the command.
    seq: u64,
}

impl Sight {
    fn of(hall: &Hall, counter: usize) -> Self {
        let id = COUNTERS[counter].parse().unwrap();
        let tallies = hall.site.counter(&id).map_or((0, 0), |c| (c.called, c.served));
        Self {
            images: hall.site.tickets().map(|t| (t.id, t.image())).collect(),
            hand: hall.site.session(&id).and_then(|s| s.at_hand),
            tallies,
            seq: hall.seq + 1,
        }
    }

    /// Only the tickets that the command changed.
    fn narrowed(mut self, hall: &Hall) -> Self {
        self.images.retain(|id, before| hall.site.ticket(*id).is_none_or(|now| now.image() != *before));
        self
    }
}

struct HallTest;

impl StateMachineTest for HallTest {
    type SystemUnderTest = Watched;
    type Reference = Model;

    fn init_test((): &()) -> Watched {
        let hall = Hall::with(|config| *config = (*variant_of_hall(0)).clone());
        Watched { hall, issued: BTreeMap::new(), keys: BTreeSet::new(), read: 0, sights: BTreeMap::new() }
    }

    fn apply(mut watched: Watched, (): &(), deed: Deed) -> Watched {
        let before = watched.hall.fingerprint();
        match deed {
            Deed::At { counter, action: Action::Undo } => watched.undo_checked(counter),
            Deed::Wait { seconds, .. } => {
                let moment = watched.hall.now.checked_add(jiff::SignedDuration::from_secs(seconds));
                watched.hall.now = moment.unwrap();
            }
            Deed::DoubtClock(doubted) => watched.hall.hold_rollover = doubted,
            _ => {
                let Some(command) = command(&watched.hall, &deed) else { return watched };
                let at = if let Deed::At { counter, .. } = deed { Some(counter) } else { None };
                let sight = at.map(|counter| Sight::of(&watched.hall, counter));
                match watched.hall.send(&command) {
                    Err(_) => assert_eq!(watched.hall.fingerprint(), before, "a refusal changes nothing"),
                    Ok(_) => watched.remember(at, sight),
                }
            }
        }
        if !matches!(deed, Deed::Wait { ticks_wait: true, .. }) {
            watched.hall.catch_up();
        }
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

impl Watched {
    fn remember(&mut self, at: Option<usize>, sight: Option<Sight>) {
        if let (Some(counter), Some(sight)) = (at, sight) {
            self.sights.insert(counter, sight.narrowed(&self.hall));
        }
    }

    /// Undo brings back what a bystander saw before the counter's last command: the tickets it changed, the hand
    /// and the tallies.
    fn undo_checked(&mut self, counter: usize) {
        let id = COUNTERS[counter].parse().unwrap();
        let undoes = self.hall.site.counter(&id).and_then(|c| c.undo.as_ref()).map(|undo| undo.seq);
        if self.hall.at(COUNTERS[counter], Do::Undo).is_err() {
            return;
        }
        // An automatic call is the counter's last command as well, but no bystander watched it being made.
        let Some(sight) = self.sights.remove(&counter).filter(|sight| Some(sight.seq) == undoes) else {
            return;
        };
        for (ticket, image) in &sight.images {
            assert_eq!(self.hall.ticket(*ticket).image(), *image);
        }
        assert_eq!(self.hall.hand(COUNTERS[counter]).map(|t| t.id), sight.hand);
        let now = self.hall.site.counter(&id).unwrap();
        assert_eq!((now.called, now.served), sight.tallies);
    }

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
    let today = watched.hall.site.day().map(|day| day.day.to_string()).unwrap_or_default();
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
