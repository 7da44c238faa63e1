//! Twenty clerks press "call next" at the same moment: everybody gets a visitor of their own.

use std::collections::BTreeSet;
use std::sync::Arc;

use khiw_tests::{Api, Folder, Server, sites, times};
use serde_json::json;
use tokio::sync::Barrier;

const COUNTERS: usize = 20;
const SERVICES: [&str; 6] = ["service-a", "service-b", "service-c", "service-d", "service-e", "service-f"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_counters_at_the_same_moment_call_twenty_different_tickets_every_round() {
    // Given twenty open counters that serve the same queues
    let rounds = times("KHIW_ROUNDS", 100);
    let folder = Folder::with_site(&sites::hall());
    let token = folder.token("integration", "hall");
    let server = Server::start(&folder).await;
    let clerks: Vec<Api> = (0..COUNTERS).map(|_| server.api(&token)).collect();
    for (index, clerk) in clerks.iter().enumerate() {
        clerk.at_counter("hall", &counter(index), "open", json!({})).await;
    }

    let mut ever: BTreeSet<u64> = BTreeSet::new();
    for round in 0..rounds {
        // When twenty people wait and all counters call at once
        let waiting = issue_twenty(&clerks, round).await;
        let called = press_at_once(&clerks).await;

        // Then each of them is called, each once
        let different: BTreeSet<u64> = called.iter().copied().collect();
        assert_eq!(different, waiting, "round {round}: {called:?}");
        ever.extend(different);
    }

    // And nobody was called in two rounds, and nobody waits
    assert_eq!(ever.len(), rounds * COUNTERS);
    let queues = clerks[0].get("/sites/hall/queues").await.ok();
    assert!(queues.as_array().unwrap().iter().all(|queue| queue["waiting"] == 0), "{queues}");
    server.stop().await;
    folder.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_counters_that_call_the_only_visitor_one_gets_them() {
    let folder = Folder::with_site(&sites::hall());
    let token = folder.token("integration", "hall");
    let server = Server::start(&folder).await;
    let clerks: Vec<Api> = (0..COUNTERS).map(|_| server.api(&token)).collect();
    for (index, clerk) in clerks.iter().enumerate() {
        clerk.at_counter("hall", &counter(index), "open", json!({})).await;
    }
    let only = clerks[0].issue("hall", "service-a").await["id"].as_u64().unwrap();

    let called = press_at_once(&clerks).await;

    assert_eq!(called, [only]);
}

fn counter(index: usize) -> String {
    format!("c{}", index + 1)
}

async fn issue_twenty(clerks: &[Api], round: usize) -> BTreeSet<u64> {
    let issues = clerks.iter().enumerate().map(|(index, clerk)| async move {
        let service = SERVICES[(round + index) % SERVICES.len()];
        clerk.issue("hall", service).await["id"].as_u64().unwrap()
    });
    futures_util::future::join_all(issues).await.into_iter().collect()
}

/// The tickets that were called; counters that got nobody are left out.
async fn press_at_once(clerks: &[Api]) -> Vec<u64> {
    let together = Arc::new(Barrier::new(clerks.len()));
    let mut presses = tokio::task::JoinSet::new();
    for (index, clerk) in clerks.iter().enumerate() {
        let (clerk, together) = (clerk.clone(), Arc::clone(&together));
        presses.spawn(async move {
            together.wait().await;
            clerk.call_next("hall", &counter(index)).await["ticket"].as_u64()
        });
    }
    presses.join_all().await.into_iter().flatten().collect()
}
