//! What "undo" would take back at a counter, by name.

use khiw_domain::counter::Touched;
use khiw_domain::id::CounterId;
use khiw_domain::ticket::{Ticket, TicketState};
use khiw_domain::{Command, CounterAction};

use super::View;
use crate::api::types::UndoView;

impl View<'_> {
    /// None when nothing can be taken back: the domain itself is asked.
    pub(super) fn undo(&self, counter: &CounterId) -> Option<UndoView> {
        let undo = self.site.counter(counter)?.undo.as_ref()?;
        let command =
            Command::Counter { counter: counter.clone(), action: CounterAction::Undo, expect: None };
        self.site.decide(&command, &self.context()).ok()?;
        let moves = undo.before.iter().filter_map(|touched| {
            let ticket = self.site.ticket(touched.image.ticket)?;
            Some((touched, ticket))
        });
        let command =
            moves.map(|(before, after)| move_name(before, after)).max_by_key(|name| weight(name))?;
        Some(UndoView { command: command.to_owned() })
    }
}

/// The command that moves a ticket so.
fn move_name(before: &Touched, after: &Ticket) -> &'static str {
    match (&before.image.state, &after.state) {
        (TicketState::Waiting { .. } | TicketState::Parked { .. }, TicketState::Called { .. }) => "call_next",
        (TicketState::Called { .. }, TicketState::Called { .. }) => "recall",
        (TicketState::Called { .. }, TicketState::Serving { .. }) => "start",
        (_, TicketState::NoShow { .. }) => "no_show",
        (_, TicketState::Parked { .. }) => "park",
        (_, TicketState::Cancelled { .. }) => "cancel",
        (_, TicketState::Waiting { only: None }) if after.absences > before.image.absences => "absent",
        (_, TicketState::Waiting { .. }) if after.current > before.image.current => "complete",
        (_, TicketState::Waiting { only }) if only.is_some() || after.queue != before.image.queue => {
            "transfer"
        }
        (_, TicketState::Waiting { .. }) => "return",
        _ => "complete",
    }
}

/// Of a command that moved several tickets, the move that names it: a call outweighs the completion before it.
fn weight(name: &str) -> u8 {
    match name {
        "call_next" => 2,
        "complete" => 1,
        _ => 0,
    }
}
