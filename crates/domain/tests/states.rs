//! `docs/states.md` is the table state × command, checked against the code.
//! After a change of the rules: `KHIW_BLESS=1 cargo nextest run -p khiw-domain --test states`.

use std::fmt::Write as _;
use std::path::Path;

use crate::support::{Hall, to_counter, to_queue};
use khiw_domain::command::{Command, CounterAction as Do, TicketAction as By};
use khiw_domain::config::{Printer, StartRule};
use khiw_domain::id::TicketId;
use khiw_domain::sample::{code, counter_id};
use khiw_domain::ticket::{CancelledBy, Lane};

const STATES: [&str; 7] = ["waiting", "called", "serving", "parked", "done", "no_show", "cancelled"];

/// Where a ticket is printed again.
const PRINTER: &str = "desk";

const HEAD: &str = "# States of a ticket

What each command does to a ticket in each state: the events it leaves in the journal, or the code of its
refusal. This page is written from the code by `crates/domain/tests/states.rs`, which also fails when it is
no longer true. Counter commands act on the ticket at hand; a ticket that is not at a counter is met by
`nothing_at_counter`. Where a site counts service from the call (`start = \"implicit\"`, the default), ending a
called ticket first starts it; where the clerk says so (`\"explicit\"`), it is refused `not_started`.

```
            call                 start               complete
 waiting ──────────► called ──────────────► serving ──────────► done
    ▲ ▲                │ │                     │ │
    │ └────────────────┘ └─► no_show           │ └─ next service, transfer, return ─► waiting
    │  absent, return           │              │
    └── resume ── parked ◄──────┼──────────────┘            any live ─► cancelled
    └────────── reinstate ──────┘
```
";

/// A hall with counters 1 and 2 open and one ticket in the state wanted.
fn hall_with(state: &str, start: StartRule) -> (Hall, TicketId) {
    let mut hall = Hall::with(|config| {
        config.rules.start = start;
        config.printers = vec![Printer::new(PRINTER.parse().unwrap(), "tcp://127.0.0.1:9100", 576)];
    });
    hall.open("1");
    hall.open("2");
    let ticket = hall.issue("birth");
    let called = |hall: &mut Hall| drop(hall.call_next("1"));
    match state {
        "waiting" => {}
        "called" => called(&mut hall),
        "parked" => drop(hall.by_id(ticket, By::Park { until: None }).unwrap()),
        "cancelled" => drop(hall.by_id(ticket, By::Cancel { by: CancelledBy::Staff }).unwrap()),
        "no_show" => {
            called(&mut hall);
            hall.at("1", Do::NoShow).unwrap();
        }
        _ => {
            called(&mut hall);
            hall.at("1", Do::Start).unwrap();
            if state == "done" {
                hall.at("1", Do::Complete { outcomes: vec![] }).unwrap();
            }
        }
    }
    assert_eq!(hall.state(ticket), state);
    (hall, ticket)
}

fn counter_commands() -> Vec<(&'static str, Do)> {
    vec![
        ("call-next", Do::CallNext),
        ("recall", Do::Recall),
        ("start", Do::Start),
        ("complete", Do::Complete { outcomes: vec![] }),
        ("absent", Do::Absent),
        ("no-show", Do::NoShow),
        ("park", Do::Park { until: None }),
        ("return", Do::Return),
        ("transfer to a queue", Do::Transfer { to: to_queue("b") }),
        ("transfer to a counter", Do::Transfer { to: to_counter("2") }),
        ("add a service", Do::AddService { service: "help".parse().unwrap() }),
        ("undo", Do::Undo),
        ("pause", Do::Pause { reason: None }),
        ("close", Do::Close),
    ]
}

fn ticket_commands(ticket: TicketId) -> Vec<(&'static str, Command)> {
    let by = |action| Command::Ticket { ticket, action };
    vec![
        ("cancel", by(By::Cancel { by: CancelledBy::Visitor })),
        ("park", by(By::Park { until: None })),
        ("resume", by(By::Resume)),
        ("reinstate", by(By::Reinstate)),
        ("transfer to a queue", by(By::Transfer { to: to_queue("b") })),
        ("add a service", by(By::AddService { service: "help".parse().unwrap() })),
        ("print again", Command::PrintAgain { ticket, printer: PRINTER.parse().ok() }),
        ("reprioritise", by(By::Reprioritise { lane: Lane::Priority, reason: code("elderly") })),
        (
            "call (out of order)",
            Command::Counter {
                counter: counter_id("2"),
                action: Do::Call { ticket, reason: code("urgent") },
                expect: None,
            },
        ),
    ]
}

fn outcome(hall: &mut Hall, command: &Command) -> String {
    match hall.send(command) {
        Err(refusal) => format!("*{}*", refusal.code()),
        Ok(events) if events.is_empty() => "nothing".to_owned(),
        Ok(events) => events.iter().map(event_name).collect::<Vec<_>>().join(", "),
    }
}

fn event_name(event: &khiw_domain::Event) -> String {
    let value = serde_json::to_value(event).unwrap();
    format!("`{}`", value["event"].as_str().unwrap())
}

fn counter_table(start: StartRule) -> String {
    let states = ["called", "serving"];
    let mut table = String::from("| command | called | serving |\n|---|---|---|\n");
    for (name, action) in counter_commands() {
        write!(table, "| {name} |").unwrap();
        for state in states {
            let (mut hall, _) = hall_with(state, start);
            let command = Command::Counter { counter: counter_id("1"), action: action.clone(), expect: None };
            write!(table, " {} |", outcome(&mut hall, &command)).unwrap();
        }
        table.push('\n');
    }
    table
}

fn ticket_table() -> String {
    let mut table = format!("| command | {} |\n|---|{}\n", STATES.join(" | "), "---|".repeat(STATES.len()));
    let count = ticket_commands(TicketId(1)).len();
    for row in 0..count {
        let name = ticket_commands(TicketId(1))[row].0;
        write!(table, "| {name} |").unwrap();
        for state in STATES {
            let (mut hall, ticket) = hall_with(state, StartRule::Implicit);
            write!(table, " {} |", outcome(&mut hall, &ticket_commands(ticket)[row].1)).unwrap();
        }
        table.push('\n');
    }
    table
}

fn page() -> String {
    format!(
        "{HEAD}\n## At the counter, `start = \"implicit\"`\n\n{}\n## At the counter, `start = \"explicit\"`\n\n{}\n## By the ticket's id\n\n{}",
        counter_table(StartRule::Implicit),
        counter_table(StartRule::Explicit),
        ticket_table()
    )
}

#[test]
fn the_page_about_states_tells_what_the_code_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/states.md");
    let page = page();
    if std::env::var_os("KHIW_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/states.md is not what the code does; bless it and read the difference");
}
