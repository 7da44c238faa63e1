//! What people may do to a hall, drawn at random, and the command that each deed becomes.

use khiw_domain::command::{Command, CounterAction as Do, TicketAction};
use khiw_domain::config::Printer;
use khiw_domain::event::EvacuationOutcome;
use khiw_domain::id::TicketId;
use khiw_domain::sample::{self, code};
use khiw_domain::ticket::{CancelledBy, Lane, Paper};
use proptest::prelude::*;

use crate::support::{Hall, to_counter, to_queue};

pub const SERVICES: [&str; 4] = ["birth", "move", "tax", "help"];
pub const COUNTERS: [&str; 3] = ["1", "2", "3"];
pub const QUEUES: [&str; 3] = ["a", "b", "c"];

/// What people do. Tickets are named by index, so that most commands meet a ticket that exists.
#[derive(Clone, Debug)]
pub enum Deed {
    Issue {
        service: usize,
        second: Option<usize>,
        priority: bool,
    },
    At {
        counter: usize,
        action: Action,
    },
    ById {
        ticket: usize,
        action: Action,
    },
    /// Time goes by; what it alone causes may come before or after the next deed.
    Wait {
        seconds: i64,
        ticks_wait: bool,
    },
    Suspend {
        queue: Option<usize>,
    },
    ResumeIssuing {
        queue: Option<usize>,
    },
    Evacuate {
        park: bool,
    },
    /// The same hall with another priority target and longer or shorter hours.
    Configure {
        variant: u8,
    },
    Paper {
        ticket: usize,
        printed: bool,
    },
    PrintAgain {
        ticket: usize,
    },
    DoubtClock(bool),
}

#[derive(Clone, Debug)]
pub enum Action {
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

pub fn action() -> impl Strategy<Value = Action> {
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

pub fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => (0..4usize, proptest::option::weighted(0.2, 0..4usize), any::<bool>())
            .prop_map(|(service, second, priority)| Deed::Issue { service, second, priority }),
        10 => (0..3usize, action()).prop_map(|(counter, action)| Deed::At { counter, action }),
        3 => (0..40usize, action()).prop_map(|(ticket, action)| Deed::ById { ticket, action }),
        3 => (prop_oneof![4 => 0..600i64, 1 => 0..40_000i64], any::<bool>())
            .prop_map(|(seconds, ticks_wait)| Deed::Wait { seconds, ticks_wait }),
        1 => proptest::option::of(0..3usize).prop_map(|queue| Deed::Suspend { queue }),
        2 => proptest::option::of(0..3usize).prop_map(|queue| Deed::ResumeIssuing { queue }),
        1 => proptest::bool::weighted(0.7).prop_map(|park| Deed::Evacuate { park }),
        1 => (0..3u8).prop_map(|variant| Deed::Configure { variant }),
        1 => (0..40usize, any::<bool>()).prop_map(|(ticket, printed)| Deed::Paper { ticket, printed }),
        1 => (0..40usize).prop_map(|ticket| Deed::PrintAgain { ticket }),
        1 => any::<bool>().prop_map(Deed::DoubtClock),
    ]
}

pub fn command(hall: &Hall, deed: &Deed) -> Option<Command> {
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
        Deed::Suspend { queue } => {
            Some(Command::SuspendIssuing { queue: queue.map(queue_id), reason: code("system_down") })
        }
        Deed::ResumeIssuing { queue } => Some(Command::ResumeIssuing { queue: queue.map(queue_id) }),
        Deed::Evacuate { park } => Some(Command::Evacuate {
            outcome: if *park { EvacuationOutcome::Park } else { EvacuationOutcome::Cancel },
        }),
        Deed::Configure { variant } => Some(Command::Configure { config: variant_of_hall(*variant) }),
        Deed::Paper { ticket, printed } => {
            let paper = if *printed { Paper::Printed } else { Paper::Failed };
            Some(Command::ReportPaper { ticket: nth_ticket(hall, *ticket)?, paper, asked: u64::MAX })
        }
        Deed::PrintAgain { ticket } => {
            Some(Command::PrintAgain { ticket: nth_ticket(hall, *ticket)?, printer: None })
        }
        Deed::Wait { .. } | Deed::DoubtClock(_) => None,
    }
}

pub fn queue_id(n: usize) -> khiw_domain::id::QueueId {
    QUEUES[n].parse().unwrap()
}

/// Series of nine numbers, so that rounds begin; targets never change, because promises are compared by them.
pub fn variant_of_hall(variant: u8) -> std::sync::Arc<khiw_domain::config::SiteConfig> {
    sample::site_with(|config| {
        config.queues[0].series.last = 9;
        config.queues[0].series.digits = 1;
        config.printers = vec![Printer::new("desk".parse().unwrap(), "tcp://127.0.0.1:9100", 576)];
        config.rules.absent_after_s = (variant == 1).then_some(120);
        if variant == 2 {
            config.hours = vec![sample::hours("always", "00:00", "18:00")];
        }
    })
}

pub fn nth_ticket(hall: &Hall, n: usize) -> Option<TicketId> {
    let all: Vec<_> = hall.site.tickets().map(|t| t.id).collect();
    all.get(n % all.len().max(1)).copied()
}

pub fn counter_action(hall: &Hall, counter: usize, action: &Action) -> Option<Do> {
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

pub fn ticket_action(action: &Action) -> Option<TicketAction> {
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
