//! A ticket on paper once more, and kiosks that give none on purpose.

use crate::support::{Hall, code_of};
use khiw_domain::config::{Paperless, Printer, SiteConfig};
use khiw_domain::id::{DeviceId, TicketId};
use khiw_domain::sample::service_id;
use khiw_domain::ticket::{Channel, Lane, Paper};
use khiw_domain::{Command, Event, Issue};

fn with_printers(config: &mut SiteConfig) {
    let printer = |id: &str| Printer::new(id.parse().unwrap(), "tcp://127.0.0.1:9100", 576);
    config.printers = vec![printer("door"), printer("desk")];
}

fn take(hall: &mut Hall, channel: Channel, device: Option<&str>) -> TicketId {
    let events = hall.send(&Command::Issue(Issue {
        services: vec![service_id("birth")],
        lane: Lane::Normal,
        language: None,
        channel,
        device: device.map(|id| id.parse().unwrap()),
        paper: true,
    }));
    events.unwrap()[0].ticket().unwrap()
}

fn again(
    hall: &mut Hall,
    ticket: TicketId,
    printer: Option<&str>,
) -> Result<Vec<Event>, khiw_domain::Refusal> {
    hall.send(&Command::PrintAgain { ticket, printer: printer.map(|id| id.parse().unwrap()) })
}

#[test]
fn a_failed_paper_is_printed_again_and_is_a_reprint() {
    let mut hall = Hall::with(with_printers);
    let ticket = take(&mut hall, Channel::Kiosk, None);
    hall.send(&Command::ReportPaper { ticket, paper: Paper::Failed, asked: u64::MAX }).unwrap();

    let events = again(&mut hall, ticket, Some("desk")).unwrap();

    let printer = "desk".parse().ok();
    assert_eq!(events, [Event::PaperOrdered { ticket, printer, again: true }]);
    assert_eq!(hall.ticket(ticket).paper, Paper::Pending);
    hall.send(&Command::ReportPaper { ticket, paper: Paper::Printed, asked: u64::MAX }).unwrap();
    assert_eq!(hall.ticket(ticket).paper, Paper::Printed);
    assert_eq!(hall.replayed().ticket(ticket).unwrap().paper, Paper::Printed);
}

#[test]
fn what_became_of_an_older_paper_says_nothing_about_the_newer_one() {
    let mut hall = Hall::with(with_printers);
    let ticket = take(&mut hall, Channel::Kiosk, None);
    let first = hall.ticket(ticket).paper_asked;
    again(&mut hall, ticket, None).unwrap();
    let second = hall.ticket(ticket).paper_asked;
    assert!(first > 0 && second > first);

    let late = hall.send(&Command::ReportPaper { ticket, paper: Paper::Uncertain, asked: first }).unwrap();

    assert_eq!(late, []);
    assert_eq!(hall.ticket(ticket).paper, Paper::Pending);
    hall.send(&Command::ReportPaper { ticket, paper: Paper::Printed, asked: second }).unwrap();
    hall.send(&Command::ReportPaper { ticket, paper: Paper::Expired, asked: first }).unwrap();
    assert_eq!(hall.ticket(ticket).paper, Paper::Printed);
    assert_eq!(hall.replayed().ticket(ticket).unwrap().paper_asked, second);
}

#[test]
fn the_first_paper_of_a_ticket_taken_without_one_is_no_reprint() {
    let mut hall = Hall::with(with_printers);
    let ticket = hall.issue("birth");
    assert_eq!(
        again(&mut hall, ticket, None).unwrap(),
        [Event::PaperOrdered { ticket, printer: None, again: false }]
    );
}

#[test]
fn what_cannot_be_printed_is_refused_with_its_reason() {
    let mut hall = Hall::with(with_printers);
    let ticket = hall.issue("birth");
    assert_eq!(code_of(again(&mut hall, ticket, Some("attic"))), "unknown_printer");
    assert_eq!(code_of(again(&mut hall, TicketId(99), None)), "unknown_ticket");
    let mut bare = Hall::new();
    let ticket = bare.issue("birth");
    assert_eq!(code_of(again(&mut bare, ticket, None)), "no_printer");
}

#[test]
fn a_paperless_kiosk_gives_none_and_a_desk_may_all_the_same() {
    let paper = |paperless: Paperless, channel: Channel, device: Option<&str>| {
        let mut hall = Hall::with(|config| {
            with_printers(config);
            config.tickets.paperless = paperless;
        });
        let ticket = take(&mut hall, channel, device);
        hall.ticket(ticket).paper
    };
    let at_door = || Paperless::Devices(vec!["door-kiosk".parse::<DeviceId>().unwrap()]);
    assert_eq!(paper(at_door(), Channel::Kiosk, Some("door-kiosk")), Paper::None);
    assert_eq!(paper(at_door(), Channel::Kiosk, Some("hall-kiosk")), Paper::Pending);
    assert_eq!(paper(at_door(), Channel::Kiosk, None), Paper::Pending);
    assert_eq!(paper(Paperless::Everybody, Channel::Kiosk, None), Paper::None);
    assert_eq!(paper(Paperless::Everybody, Channel::Reception, None), Paper::Pending);
}
