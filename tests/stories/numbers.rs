//! Many kiosks at once: every number of every series is given once, none is left out, and what was answered stands
//! in the journal even when the machine dies right after.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use khiw_tests::{Api, Folder, Server, journal, sites, times};
use serde_json::json;

const KIOSKS: usize = 64;
/// After a crash.
const READY_MAX: Duration = Duration::from_secs(2);
const SERVICES: [&str; 6] = ["service-a", "service-b", "service-c", "service-d", "service-e", "service-f"];

/// A ticket as a kiosk was told.
type Told = (u64, String);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_kiosks_at_once_give_every_number_once_and_leave_none_out() {
    // Given a hall with six series of four digits
    let tickets = times("KHIW_TICKETS", 20_000);
    let folder = Folder::with_site(&sites::hall());
    let token = folder.token("kiosk", "hall");
    let server = Server::start(&folder).await;

    // When 64 kiosks take 20,000 numbers, and the machine dies right after the last answer
    let begun = Instant::now();
    let mut told = take(&server, &token, tickets).await;
    let per_s = tickets as f64 / begun.elapsed().as_secs_f64();
    told.sort_unstable();
    println!("{tickets} tickets from {KIOSKS} kiosks, {per_s:.0} a second");
    server.kill().await;

    // Then every series was given from its first number on, each once, without a gap
    let mut series: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (_, number) in &told {
        let (letter, digits) = number.split_at(1);
        assert_eq!(digits.len(), 4, "{number}");
        series.entry(letter).or_default().push(digits.parse().unwrap());
    }
    assert_eq!(series.keys().copied().collect::<String>(), "ABCDEF");
    for (letter, numbers) in &mut series {
        numbers.sort_unstable();
        let wanted: Vec<u32> = (1..=numbers.len() as u32).collect();
        assert!(*numbers == wanted, "series {letter} has a gap or a number twice");
    }

    // And the journal holds exactly the tickets that were answered
    let mut kept = journal::issued(&journal::records(&folder, "hall"));
    kept.sort_unstable();
    assert_eq!(told.len(), tickets);
    assert!(told == kept, "{} answered, {} in the journal", told.len(), kept.len());
    folder.verify();

    // And with all of them to read again the hall is back in two seconds, and goes on with the next number
    let server = Server::start(&folder).await;
    println!("ready again after {:?}", server.ready_after);
    assert!(server.ready_after <= READY_MAX, "ready after {:?}", server.ready_after);
    let next = server.api(&token).issue("hall", SERVICES[0]).await;
    assert_eq!(next["number"], format!("A{:04}", series["A"].len() + 1));
}

/// Each kiosk keeps one connection and takes the next number as soon as it has one.
async fn take(server: &Server, token: &str, tickets: usize) -> Vec<Told> {
    let taken = Arc::new(AtomicUsize::new(0));
    let mut kiosks = tokio::task::JoinSet::new();
    for _ in 0..KIOSKS {
        kiosks.spawn(kiosk(server.api(token), Arc::clone(&taken), tickets));
    }
    kiosks.join_all().await.concat()
}

async fn kiosk(api: Api, taken: Arc<AtomicUsize>, tickets: usize) -> Vec<Told> {
    let mut told = Vec::new();
    loop {
        let index = taken.fetch_add(1, Ordering::Relaxed);
        if index >= tickets {
            return told;
        }
        let service = SERVICES[index % SERVICES.len()];
        let body = json!({ "services": [service], "priority": index.is_multiple_of(11) });
        let ticket = api.post("/sites/hall/tickets", body).await.created();
        told.push((ticket["id"].as_u64().unwrap(), ticket["number"].as_str().unwrap().to_owned()));
    }
}
