//! Printers and papers, as staff see them. What nobody knows is shown as unknown.

use jiff::Timestamp;
use khiw_domain::config::Printer;
use khiw_domain::id::{PrinterId, TicketId};
use khiw_domain::ticket::Paper;
use khiw_printing::{Job, JobState, PaperKind, Profile, Waiting, profile};

use crate::api::types::{
    PrintJobState, PrintJobView, PrinterCanTell, PrinterStateName, PrinterView, TicketRef,
};
use crate::paper::{Known, job_name, stream_name};
use crate::state::{AppState, ServedHall};

/// How long a slip that did not come is something to be dealt with, in seconds.
const SLIP_OPEN_S: u32 = 15 * 60;

/// Every printer of the site's configuration, in its order.
pub fn printers(
    app: &AppState,
    served: &ServedHall,
    waiting: &[Waiting],
    now: Timestamp,
) -> Vec<PrinterView> {
    let facts = served.facts();
    let printers = facts.config.iter().flat_map(|config| &config.printers);
    printers
        .map(|printer| {
            let site = served.hall.site_id();
            let known = app.paper_desk().known.of(site, &printer.id);
            let name = job_name(site, &printer.id);
            view(printer, known, waiting.iter().find(|waiting| waiting.printer == name), now)
        })
        .collect()
}

/// What is counted of each printer.
pub fn printer_states(
    app: &AppState,
    served: &ServedHall,
    waiting: &[Waiting],
) -> Vec<(PrinterId, PrinterStateName, u32)> {
    let all = printers(app, served, waiting, Timestamp::UNIX_EPOCH);
    all.into_iter().map(|printer| (printer.id, printer.state, printer.waiting)).collect()
}

fn view(printer: &Printer, known: Option<Known>, waiting: Option<&Waiting>, now: Timestamp) -> PrinterView {
    let profile = printer.profile.as_deref().and_then(profile::find);
    let model = profile.as_ref().map(|profile| format!("{} {}", profile.brand, profile.model));
    let profile = profile.unwrap_or_else(|| Profile::generic(printer.width_dots.into()));
    let link = printer.link.split(':').next().unwrap_or_default().to_owned();
    PrinterView {
        id: printer.id.clone(),
        model,
        width_dots: printer.width_dots,
        devices: printer.devices.clone(),
        pair: printer.pair.clone(),
        state: state(known),
        since: known.map(|known| known.since),
        told: known.map(|known| known.told.into()).unwrap_or_default(),
        can_tell: can_tell(&profile, &link),
        waiting: waiting.map_or(0, |waiting| waiting.jobs),
        waiting_s: waiting.map(|waiting| seconds(waiting.since, now)),
        may_test: false,
        link,
    }
}

fn state(known: Option<Known>) -> PrinterStateName {
    match known {
        None => PrinterStateName::Unknown,
        Some(Known { state: None, .. }) => PrinterStateName::Unusable,
        Some(Known { state: Some(state), .. }) => state.into(),
    }
}

/// Over a plain file nothing comes back, whatever the model could tell.
fn can_tell(profile: &Profile, link: &str) -> PrinterCanTell {
    let tells = profile.tells;
    let heard = link != "file";
    PrinterCanTell {
        state: heard && (tells.automatic || tells.real_time.contains(&true)),
        changes: heard && tells.automatic,
        printed: heard && tells.confirms_cut,
        near_end: heard && tells.near_end_sensor,
    }
}

/// A job of this site; none when it is another's.
pub fn print_job(served: &ServedHall, job: &Job, now: Timestamp) -> Option<PrintJobView> {
    let printer = job.printer.strip_prefix(served.hall.site_id().as_str())?.strip_prefix('/')?;
    let paper = job.paper().ok();
    let ticket = ticket_of(served, job);
    let kind = paper.as_ref().map_or(PaperKind::Ticket, khiw_printing::TicketPaper::kind_drawn);
    let (may_print_again, open) = match ticket {
        Some(id) => of_ticket(served, id, job.state),
        None => of_slip(kind, job, now),
    };
    let number = paper.as_ref().map(|paper| paper.number.clone()).unwrap_or_default();
    Some(PrintJobView {
        id: job.id,
        kind: kind.code().to_owned(),
        printer: PrinterId::parse(printer).ok()?,
        ticket: ticket.map(|id| TicketRef { id, number }),
        service: paper.map(|paper| paper.service).unwrap_or_default(),
        state: state_of(job.state),
        reason: job.state.reason().map(|reason| reason.code().to_owned()),
        copy: job.copy,
        attempts: job.attempts,
        queued_at: job.queued_at,
        age_s: seconds(job.changed_at, now),
        ordered_by: job.ordered_by.clone(),
        may_print_again,
        open,
    })
}

/// A ticket that is over needs no paper. One that waits may be had elsewhere; the waiting one gives way.
fn of_ticket(served: &ServedHall, id: TicketId, state: JobState) -> (bool, bool) {
    let known = served.hall.read(|site| site.ticket(id).map(|ticket| (ticket.state.is_live(), ticket.paper)));
    let Some((true, paper)) = known else { return (false, false) };
    let came_to_nothing = matches!(state, JobState::Failed(_) | JobState::Uncertain(_));
    // Another paper of it may have come since.
    let without = matches!(paper, Paper::Failed | Paper::Uncertain | Paper::Expired);
    (state != JobState::Sending, came_to_nothing && without)
}

/// A slip has no ticket that says whether somebody still waits for it: for a while it is taken that somebody does.
fn of_slip(kind: PaperKind, job: &Job, now: Timestamp) -> (bool, bool) {
    let is_slip = kind == PaperKind::Forward && job.state.is_final();
    let came_to_nothing = matches!(job.state, JobState::Failed(_) | JobState::Uncertain(_));
    (is_slip, is_slip && came_to_nothing && seconds(job.changed_at, now) < SLIP_OPEN_S)
}

/// The ticket whose paper it is; none when it is of another epoch, or no ticket's.
pub fn ticket_of(served: &ServedHall, job: &Job) -> Option<TicketId> {
    let hall = &served.hall;
    let current = stream_name(hall.stream().as_str(), hall.position().epoch);
    (job.stream == current).then(|| job.ticket.parse().ok().map(TicketId)).flatten()
}

fn state_of(state: JobState) -> PrintJobState {
    match state {
        JobState::Queued => PrintJobState::Queued,
        JobState::Sending => PrintJobState::Sending,
        JobState::Printed => PrintJobState::Printed,
        JobState::Sent => PrintJobState::Sent,
        JobState::Failed(_) => PrintJobState::Failed,
        JobState::Uncertain(_) => PrintJobState::Uncertain,
        JobState::Expired => PrintJobState::Expired,
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from(to.duration_since(from).as_secs().max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use khiw_printing::{PrinterState, Status};

    use super::*;
    use crate::api::types::PrinterTold;

    fn seen(link: &str, profile: Option<&str>, known: Option<Known>) -> PrinterView {
        let printer = Printer {
            profile: profile.map(str::to_owned),
            ..Printer::new("door".parse().unwrap(), link, 576)
        };
        view(&printer, known, None, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn what_nobody_told_is_unknown_never_fine() {
        let stranger = seen("tcp://127.0.0.1:9100", None, None);
        assert_eq!((stranger.state, stranger.since), (PrinterStateName::Unknown, None));
        assert_eq!(stranger.told, PrinterTold::default());

        let told = Status { online: Some(true), ..Status::default() };
        let since = Timestamp::UNIX_EPOCH;
        let fine = seen(
            "tcp://127.0.0.1:9100",
            Some("epson-tm-t82iii"),
            Some(Known { state: Some(PrinterState::Ok), since, told }),
        );
        assert_eq!(
            (fine.state, fine.told.online, fine.told.paper_out),
            (PrinterStateName::Ok, Some(true), None)
        );
        assert_eq!(fine.model.as_deref(), Some("Epson TM-T82III"));
        let unusable = seen("tcp://127.0.0.1:9100", None, Some(Known { state: None, since, told }));
        assert_eq!(unusable.state, PrinterStateName::Unusable);
    }

    #[test]
    fn a_file_tells_nothing_whatever_the_model_could() {
        let file = seen("file:/dev/null", Some("epson-tm-t82iii"), None);
        assert_eq!((file.link.as_str(), file.can_tell.state, file.can_tell.printed), ("file", false, false));
        let network = seen("tcp://127.0.0.1:9100", Some("epson-tm-t82iii"), None);
        assert!(network.can_tell.state && network.can_tell.printed && network.can_tell.changes);
    }

    #[test]
    fn states_are_called_as_in_json() {
        for state in PrinterStateName::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.code());
        }
        assert_eq!(serde_json::to_value(PrintJobState::Sending).unwrap(), PrintJobState::Sending.code());
    }
}
