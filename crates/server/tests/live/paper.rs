//! From an issued ticket to the simulated printer's tray and back into the hall.

use std::sync::Arc;

use khiw_domain::config::{Printer, SiteConfig, Tickets};
use khiw_domain::id::{PrinterId, SiteId, TicketId};
use khiw_domain::ticket::Paper;
use khiw_domain::{Command, TicketAction};
use khiw_journal::MemoryJournal;
use khiw_journal::testing::FaultyJournal;
use khiw_printing::{Faults, Picture, PrinterSimulator};
use khiw_server::access::Kind;
use khiw_server::paper;
use tokio::time::timeout;

use super::office::{Office, Wishes};
use super::screen::{PATIENCE, Screen};

async fn printer(folder: &tempfile::TempDir) -> PrinterSimulator {
    PrinterSimulator::start("127.0.0.1:0", folder.path()).await.unwrap()
}

async fn office_with(link: String) -> Office {
    office_with_tickets(link, Tickets::default()).await
}

async fn office_with_tickets(link: String, tickets: Tickets) -> Office {
    Office::with(&["sample"], printing(link, tickets), Wishes::default()).await
}

fn printing(link: String, tickets: Tickets) -> impl Fn(&mut SiteConfig) {
    move |config| {
        config.tickets = tickets.clone();
        let id = PrinterId::parse("kiosk-1").unwrap();
        config.printers = vec![Printer::new(id, link.clone(), 576)];
    }
}

/// What the ticket knows of its paper, once that is `wanted`.
async fn paper_becomes(office: &Office, ticket: TicketId, wanted: Paper) {
    let hall = office.app.dispatcher().hall(&SiteId::parse("sample").unwrap()).unwrap();
    let mut tail = hall.tail();
    let known = || hall.read(|site| site.ticket(ticket).unwrap().paper);
    let becomes = async {
        while known() != wanted {
            tail.changed().await.unwrap();
        }
    };
    assert!(timeout(PATIENCE, becomes).await.is_ok(), "{:?} instead of {wanted:?}", known());
}

#[tokio::test]
async fn a_ticket_comes_out_of_the_printer_and_knows_it() {
    let tray = tempfile::tempdir().unwrap();
    let printer = printer(&tray).await;
    let office = office_with(format!("tcp://{}", printer.address())).await;
    let room = paper::start(&office.app).unwrap();

    let ticket = office.issue("sample", true).await;
    let unprinted = office.issue("sample", false).await;
    paper_becomes(&office, ticket, Paper::Printed).await;

    assert_eq!(printer.files().len(), 1);
    paper_becomes(&office, unprinted, Paper::None).await;
    room.stop().await;
}

#[tokio::test]
async fn a_site_declared_while_its_paper_looks_for_where_to_begin_has_printers() {
    let tray = tempfile::tempdir().unwrap();
    let printer = printer(&tray).await;
    let journal = Arc::new(FaultyJournal::new(MemoryJournal::new()));
    let office = Office::on(Arc::<FaultyJournal<_>>::clone(&journal), &[], |_| {}, Wishes::default()).await;
    let room = paper::start(&office.app).unwrap();

    office.app.dispatcher().found(SiteId::parse("sample").unwrap()).unwrap();
    // On this one thread the site's paper has not begun yet.
    let held = journal.hold_days();
    let asked = Arc::clone(&journal);
    tokio::task::spawn_blocking(move || asked.wait_until_days_are_asked()).await.unwrap();
    // Its first configuration and its first day are stored before paper hears of any day.
    let link = format!("tcp://{}", printer.address());
    office.declare("sample", &printing(link, Tickets::default())).await;
    drop(held);

    let ticket = office.issue("sample", true).await;
    paper_becomes(&office, ticket, Paper::Printed).await;
    room.stop().await;
}

#[tokio::test]
async fn a_site_prints_by_its_own_template_and_a_broken_one_prints_as_built_in() {
    let heights = |text: &'static str| async move {
        let tray = tempfile::tempdir().unwrap();
        let printer = printer(&tray).await;
        let templates = [("ticket".to_owned(), text.to_owned())].into();
        let tickets = Tickets { templates, ..Tickets::default() };
        let office = office_with_tickets(format!("tcp://{}", printer.address()), tickets).await;
        let room = paper::start(&office.app).unwrap();
        let ticket = office.issue("sample", true).await;
        paper_becomes(&office, ticket, Paper::Printed).await;
        room.stop().await;
        Picture::from_png(&std::fs::read(&printer.files()[0]).unwrap()).unwrap().height()
    };
    let own = heights("[[block]]\nhuge = \"{number}\"\n").await;
    let broken = heights("[[block]]\nhuge = \"{nmber}\"\n").await;
    assert!(own < 300 && broken > 500, "{own} and {broken} rows");
}

#[tokio::test]
async fn tickets_issued_while_paper_was_away_are_printed_once_when_it_is_back() {
    let tray = tempfile::tempdir().unwrap();
    let printer = printer(&tray).await;
    let office = office_with(format!("tcp://{}", printer.address())).await;
    let room = paper::start(&office.app).unwrap();
    let first = office.issue("sample", true).await;
    paper_becomes(&office, first, Paper::Printed).await;
    room.stop().await;
    let second = office.issue("sample", true).await;

    let room = paper::start(&office.app).unwrap();
    paper_becomes(&office, second, Paper::Printed).await;

    assert_eq!(printer.files().len(), 2);
    room.stop().await;
}

#[tokio::test]
async fn an_office_without_a_printer_promises_no_paper() {
    let office = Office::open().await;
    let room = paper::start(&office.app).unwrap();
    let ticket = office.issue("sample", true).await;
    paper_becomes(&office, ticket, Paper::None).await;
    room.stop().await;
}

#[tokio::test]
async fn the_paper_of_a_ticket_that_is_final_expires_and_the_printer_is_an_alarm() {
    let tray = tempfile::tempdir().unwrap();
    let printer = printer(&tray).await;
    printer.set_faults(Faults { paper_out: true, ..Faults::default() });
    let office = office_with(format!("tcp://{}", printer.address())).await;
    let token = office.token(Kind::Supervisor, "sample");
    let path = "/api/v1/sites/sample/live?topic=site";
    let mut staff = Screen::connect(office.address, path, Some(&token)).await.unwrap();
    staff.next().await;
    let room = paper::start(&office.app).unwrap();
    let alarm = staff.next_of("alarm").await["alarm"].clone();

    let ticket = office.issue("sample", true).await;
    let by = khiw_domain::ticket::CancelledBy::Visitor;
    office.command("sample", Command::Ticket { ticket, action: TicketAction::Cancel { by } }).await;
    paper_becomes(&office, ticket, Paper::Expired).await;
    printer.set_faults(Faults::default());

    assert_eq!(alarm["source"], "printer");
    assert_eq!(alarm["facts"]["state"], "paper_out");
    while staff.next_of("alarm").await["alarm"]["cleared"].is_null() {}
    assert_eq!(printer.files().len(), 0);
    room.stop().await;
}

#[tokio::test]
async fn papers_of_a_printer_that_leaves_the_site_come_to_an_end_that_people_see() {
    let tray = tempfile::tempdir().unwrap();
    let printer = printer(&tray).await;
    printer.set_faults(Faults { paper_out: true, ..Faults::default() });
    let office = office_with(format!("tcp://{}", printer.address())).await;
    let room = paper::start(&office.app).unwrap();
    let waiting = office.issue("sample", true).await;
    paper_becomes(&office, waiting, Paper::Pending).await;

    let hall = office.app.dispatcher().hall(&SiteId::parse("sample").unwrap()).unwrap();
    let mut config =
        hall.read(|site| site.config().cloned()).map(|config| SiteConfig::clone(&config)).unwrap();
    config.printers.clear();
    office.command("sample", Command::Configure { config: config.into() }).await;

    paper_becomes(&office, waiting, Paper::Failed).await;
    assert!(!room.spool.is_busy());
    room.stop().await;
}

#[tokio::test]
async fn after_a_damaged_spool_nobody_knows_of_the_papers_before_and_the_next_ones_come_out() {
    let tray = tempfile::tempdir().unwrap();
    let printer = printer(&tray).await;
    let office = office_with(format!("tcp://{}", printer.address())).await;
    let before = office.issue("sample", true).await;
    std::fs::write(office.folder.path().join(paper::SPOOL_FILE), "damaged".repeat(1_000)).unwrap();

    let room = paper::start(&office.app).unwrap();
    paper_becomes(&office, before, Paper::Uncertain).await;
    let after = office.issue("sample", true).await;
    paper_becomes(&office, after, Paper::Printed).await;

    assert_eq!(printer.files().len(), 1);
    room.stop().await;
}
