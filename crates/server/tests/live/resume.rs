//! Snapshot, calls, and coming back after a loss of the line.

use khiw_domain::event::EvacuationOutcome;
use khiw_domain::id::TicketId;
use khiw_domain::{Command, CounterAction};
use khiw_server::live::RESUME_FRAMES_MAX;
use serde_json::{Value, json};

use super::office::{Office, Wishes};
use super::screen::Screen;

fn numbers(calls: &Value) -> Vec<&str> {
    calls.as_array().unwrap().iter().map(|call| call["number"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_screen_begins_with_a_snapshot_and_then_hears_calls() {
    let office = Office::open().await;
    office.open_counter("sample", "1").await;
    office.issue_and_call("sample").await;
    office.issue_and_call("sample").await;

    let mut screen = office.display("sample").await;
    let snapshot = screen.next().await;
    office.issue_and_call("sample").await;
    let call = screen.next_of("call").await;

    assert_eq!(snapshot["type"], "snapshot");
    assert_eq!(numbers(&snapshot["calls"]), ["A002", "A001"], "newest first");
    assert_eq!(snapshot["queues"].as_array().unwrap().len(), 3);
    assert_eq!(snapshot["announce_below_s"], 30);
    assert_eq!(snapshot["simulated"], false);
    assert_eq!(call["number"], "A003");
    assert_eq!(call["counter"], "1");
    assert_eq!(call["attempt"], 1);
    assert!(call["seq"].as_u64().unwrap() > snapshot["seq"].as_u64().unwrap());
    assert!(call["position"].as_str().unwrap().ends_with(&format!(".{}", call["seq"])));
}

#[tokio::test]
async fn a_screen_knows_who_is_at_which_counter_and_which_counter_rests() {
    let office = Office::open().await;
    office.open_counter("sample", "1").await;
    let mut screen = office.display("sample").await;
    let desk =
        |state: &str, ticket: Option<TicketId>| json!([{ "id": "1", "state": state, "ticket": ticket }]);
    assert_eq!(screen.next().await["desks"], desk("open", None));

    let ticket = office.issue_and_call("sample").await;
    assert_eq!(screen.next_of("counts").await["desks"], desk("open", Some(ticket)));
    assert_eq!(office.display("sample").await.next().await["desks"], desk("open", Some(ticket)));
    office.at_counter("sample", "1", CounterAction::NoShow).await;
    office.at_counter("sample", "1", CounterAction::Pause { reason: None }).await;
    while screen.next_of("counts").await["desks"] != desk("paused", None) {}
    office.at_counter("sample", "1", CounterAction::Close).await;
    while screen.next_of("counts").await["desks"] != json!([]) {}
}

#[tokio::test]
async fn whoever_comes_later_is_told_of_an_evacuation_until_somebody_works_again() {
    let office = Office::open().await;
    office.open_counter("sample", "1").await;
    assert!(office.display("sample").await.next().await.get("notice").is_none());
    office.command("sample", Command::Evacuate { outcome: EvacuationOutcome::Park }).await;
    assert_eq!(office.display("sample").await.next().await["notice"], json!({ "code": "evacuation" }));
    office.at_counter("sample", "1", CounterAction::Resume).await;
    assert!(office.display("sample").await.next().await.get("notice").is_none());
}

#[tokio::test]
async fn counts_follow_what_happens() {
    let office = Office::open().await;
    let mut screen = office.display("sample").await;
    screen.next().await;
    office.issue("sample", false).await;
    office.issue("sample", false).await;
    loop {
        let counts = screen.next_of("counts").await;
        if counts["queues"][0]["waiting"] == 2 {
            break;
        }
    }
}

#[tokio::test]
async fn after_a_lost_line_exactly_the_missed_calls_come() {
    let office = Office::open().await;
    office.open_counter("sample", "1").await;
    let mut screen = office.display("sample").await;
    office.issue_and_call("sample").await;
    let seen = screen.next_of("call").await;
    drop(screen);
    for _ in 0..3 {
        office.issue_and_call("sample").await;
    }

    let mut back = office.display_since(seen["position"].as_str().unwrap()).await;
    let mut heard = Vec::new();
    for _ in 0..4 {
        heard.push(back.next().await);
    }
    office.issue_and_call("sample").await;
    let next = back.next_of("call").await;

    let told: Vec<&Value> = heard.iter().map(|frame| &frame["type"]).collect();
    assert_eq!(told, ["call", "call", "call", "counts"]);
    let calls: Vec<&Value> = heard[..3].iter().map(|frame| &frame["number"]).collect();
    assert_eq!(calls, ["A002", "A003", "A004"]);
    assert_eq!(next["number"], "A005", "nothing between resume and live is lost or told twice");
}

#[tokio::test]
async fn who_missed_nothing_is_told_nothing_again() {
    let office = Office::open().await;
    office.open_counter("sample", "1").await;
    let mut screen = office.display("sample").await;
    office.issue_and_call("sample").await;
    let seen = screen.next_of("call").await;

    let mut back = office.display_since(seen["position"].as_str().unwrap()).await;

    assert_eq!(back.next().await["type"], "counts");
}

#[tokio::test]
async fn a_position_that_cannot_be_continued_gets_a_snapshot() {
    let office = Office::open().await;
    let mut screen = office.display("sample").await;
    let position = screen.next().await["position"].as_str().unwrap().to_owned();
    let (stream, seq) = position.rsplit_once('.').unwrap();
    let (journal, epoch) = stream.split_once('.').unwrap();
    let beyond = format!("{stream}.{}", seq.parse::<u64>().unwrap() + 1_000);
    let foreign = format!("{:016x}.{epoch}.{seq}", u64::from_str_radix(journal, 16).unwrap() ^ 1);
    let other_epoch = format!("{journal}.99.{seq}");
    for since in [beyond.as_str(), &foreign, &other_epoch, "garbage", ""] {
        let first = office.display_since(since).await.next().await;
        assert_eq!(first["type"], "snapshot", "since={since}");
    }

    for n in 0..RESUME_FRAMES_MAX + 2 {
        office.notice(n % 2 == 0).await;
    }
    let first = office.display_since(&position).await.next().await;
    assert_eq!(first["type"], "snapshot", "too long ago");
}

#[tokio::test]
async fn a_screen_that_never_reads_slows_nobody_and_starts_from_a_snapshot() {
    const ROUNDS: usize = 12;
    const NOTICES_PER_ROUND: usize = 32;
    let wishes = Wishes { send_buffer: Some(4_096), ..Wishes::default() };
    let office = Office::with(&["sample"], |_| {}, wishes).await;
    let path = "/api/v1/sites/sample/live?topic=display";
    let mut stuck = Screen::connect_with(office.address, path, None, &[], Some(4_096)).await.unwrap();
    assert_eq!(stuck.next().await["type"], "snapshot");
    let mut quick = office.display("sample").await;
    let mut last = quick.next().await["seq"].as_u64().unwrap();

    for _ in 0..ROUNDS {
        for n in 0..NOTICES_PER_ROUND {
            office.notice(n % 2 == 0).await;
        }
        for _ in 0..NOTICES_PER_ROUND {
            let notice = quick.next_of("notice").await;
            assert_eq!(notice["seq"].as_u64().unwrap(), last + 1, "each in order, none left out");
            last += 1;
        }
    }

    let again = stuck.next_of("snapshot").await;
    assert!(again["seq"].as_u64().unwrap() > NOTICES_PER_ROUND as u64);
    office.notice(true).await;
    // By the notice itself, or by a snapshot when it was still behind.
    while stuck.next().await["seq"].as_u64().unwrap_or(0) <= last {}
}

#[tokio::test]
async fn a_call_that_no_longer_holds_is_withdrawn() {
    let office = Office::open().await;
    office.open_counter("sample", "1").await;
    let mut screen = office.display("sample").await;
    screen.next().await;
    let park = CounterAction::Park { until: None };
    for (action, number) in [
        (CounterAction::Undo, "A001"),
        (CounterAction::Return, "A001"),
        (park, "A001"),
        (CounterAction::NoShow, "A002"),
    ] {
        let ticket = office.issue_and_call("sample").await;
        let call = screen.next_of("call").await;
        office.at_counter("sample", "1", action.clone()).await;
        let withdrawn = screen.next_of("withdrawn").await;
        assert_eq!(call["number"], number, "{action:?}");
        assert_eq!(withdrawn["ticket"], call["ticket"], "{action:?}, {ticket} waits behind");
        assert_eq!(withdrawn["number"], number);
        assert_eq!(withdrawn["counter"], "1");
    }

    let snapshot = office.display("sample").await.next().await;
    assert_eq!(snapshot["calls"], json!([]), "withdrawn calls are listed nowhere");
}

#[tokio::test]
async fn an_undone_no_show_is_listed_again_with_the_time_it_was_called_at() {
    let office = Office::open().await;
    office.open_counter("sample", "1").await;
    let mut screen = office.display("sample").await;
    office.issue_and_call("sample").await;
    let call = screen.next_of("call").await;
    office.at_counter("sample", "1", CounterAction::NoShow).await;
    screen.next_of("withdrawn").await;
    office.at_counter("sample", "1", CounterAction::Undo).await;

    let again = screen.next_of("call").await;

    assert_eq!(again["number"], call["number"]);
    assert_eq!(again["at"], call["at"]);
}

#[tokio::test]
async fn a_served_ticket_is_not_withdrawn() {
    let office = Office::open().await;
    office.open_counter("sample", "1").await;
    let mut screen = office.display("sample").await;
    screen.next().await;
    office.issue_and_call("sample").await;
    office.issue_and_call("sample").await;
    office.notice(true).await;

    let mut told = Vec::new();
    while told.last().is_none_or(|kind| kind != "notice") {
        told.push(screen.next().await["type"].as_str().unwrap().to_owned());
    }
    told.retain(|kind| kind != "counts");

    assert_eq!(told, ["call", "call", "notice"]);
    let snapshot = office.display("sample").await.next().await;
    assert_eq!(numbers(&snapshot["calls"]), ["A002", "A001"], "it just ages");
}
