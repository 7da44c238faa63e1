//! What one event means to those who watch: which notices it makes, and whom it concerns. Pure.

use khiw_domain::Event;
use khiw_domain::id::{CounterId, TicketId};

use crate::api::types::{FrameBody, NoticeCode};

/// What everybody in the hall should know of an event, besides calls.
pub fn notice(event: &Event) -> Option<FrameBody> {
    let (code, queue) = match event {
        Event::QueueClosed { queue } => (NoticeCode::QueueClosed, Some(queue.clone())),
        Event::IssuingSuspended { queue, .. } => (NoticeCode::IssuingSuspended, queue.clone()),
        Event::IssuingResumed { queue } => (NoticeCode::IssuingResumed, queue.clone()),
        Event::HallEvacuated { .. } => (NoticeCode::Evacuation, None),
        Event::DayClosed { .. } => (NoticeCode::DayClosed, None),
        Event::DayOpened(_) => (NoticeCode::DayOpened, None),
        _ => return None,
    };
    Some(FrameBody::Notice { code, queue })
}

/// After such an event what was told before no longer holds: everybody starts from a snapshot.
pub fn begins_anew(event: &Event) -> bool {
    matches!(event, Event::DayOpened(_) | Event::SiteConfigured { .. })
}

/// The counter named by the event.
pub fn counter_of(event: &Event) -> Option<&CounterId> {
    match event {
        Event::TicketCalled(call) => Some(&call.counter),
        Event::TicketParked { by, .. } => by.as_ref(),
        Event::CallRepeated { counter, .. }
        | Event::ServiceStarted { counter, .. }
        | Event::ServiceCompleted { counter, .. }
        | Event::TicketNoShow { counter, .. }
        | Event::CounterOpened { counter, .. }
        | Event::CounterPaused { counter, .. }
        | Event::CounterResumed { counter }
        | Event::CounterClosed { counter }
        | Event::AutoCallSet { counter, .. }
        | Event::CommandUndone { counter, .. } => Some(counter),
        _ => None,
    }
}

/// The tickets the event is about.
pub fn tickets_of(event: &Event) -> Vec<TicketId> {
    match event {
        Event::TicketIssued(issued) => vec![issued.ticket],
        Event::TicketCalled(call) => vec![call.ticket],
        Event::TicketQueued(queued) => vec![queued.ticket],
        Event::CallRepeated { ticket, .. }
        | Event::ServiceStarted { ticket, .. }
        | Event::ServiceCompleted { ticket, .. }
        | Event::TicketDone { ticket }
        | Event::TicketNoShow { ticket, .. }
        | Event::TicketParked { ticket, .. }
        | Event::TicketCancelled { ticket, .. }
        | Event::ServiceAdded { ticket, .. }
        | Event::TicketReprioritised { ticket, .. }
        | Event::PaperReported { ticket, .. }
        | Event::PaperOrdered { ticket, .. } => vec![*ticket],
        Event::CommandUndone { restored, .. } => restored.iter().map(|image| image.ticket).collect(),
        _ => Vec::new(),
    }
}
