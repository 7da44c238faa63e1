//! Load: a bounded number of requests over a fixed number of kept-alive
//! connections, as fast as they are answered or at a given rate.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::MissedTickBehavior;

use crate::client::{Client, Request};

/// Connections of the issuing rows.
pub const CONNECTIONS: usize = 64;

/// Requests numbered from 0, sent as fast as answers come; the rate per second.
/// Fails on the first answer that is no success.
pub async fn rate_of(
    address: SocketAddr,
    connections: usize,
    requests: u64,
    request: impl Fn(u64) -> Request + 'static,
) -> Result<f64> {
    let mut clients = Vec::with_capacity(connections);
    for _ in 0..connections {
        clients.push(Client::connect(address).await?);
    }
    let (request, next) = (Rc::new(request), Rc::new(Cell::new(0)));
    let started = Instant::now();
    let local = LocalSet::new();
    let mut tasks = JoinSet::new();
    for mut client in clients {
        let (request, next) = (Rc::clone(&request), Rc::clone(&next));
        tasks.spawn_local_on(
            async move {
                while let Some(number) = take(&next, requests) {
                    client.succeed(&request(number)).await?;
                }
                anyhow::Ok(())
            },
            &local,
        );
    }
    local
        .run_until(async {
            while let Some(done) = tasks.join_next().await {
                done??;
            }
            anyhow::Ok(())
        })
        .await?;
    Ok(requests as f64 / started.elapsed().as_secs_f64())
}

fn take(next: &Cell<u64>, requests: u64) -> Option<u64> {
    let number = next.get();
    next.set(number + 1);
    (number < requests).then_some(number)
}

/// How long one request took, over and over on one connection.
pub async fn latencies(
    address: SocketAddr,
    requests: u64,
    request: impl Fn(u64) -> Request,
) -> Result<Vec<Duration>> {
    let mut client = Client::connect(address).await?;
    let mut all = Vec::new();
    for number in 0..requests {
        let request = request(number);
        let started = Instant::now();
        client.succeed(&request).await?;
        all.push(started.elapsed());
    }
    Ok(all)
}

/// Sends at `per_second` until dropped or aborted; hands back how many were answered.
pub async fn steadily(
    address: SocketAddr,
    per_second: u32,
    answered: Rc<Cell<u64>>,
    request: impl Fn(u64) -> Request + 'static,
) -> Result<()> {
    const CONNECTIONS: u32 = 16;
    let request = Rc::new(request);
    let next = Rc::new(Cell::new(0_u64));
    let mut tasks = JoinSet::new();
    let local = LocalSet::new();
    for _ in 0..CONNECTIONS {
        let mut client = Client::connect(address).await?;
        let (request, next, answered) = (Rc::clone(&request), Rc::clone(&next), Rc::clone(&answered));
        tasks.spawn_local_on(
            async move {
                let mut due = tokio::time::interval(Duration::from_secs(1) * CONNECTIONS / per_second);
                due.set_missed_tick_behavior(MissedTickBehavior::Burst);
                loop {
                    due.tick().await;
                    let number = next.replace(next.get() + 1);
                    client.succeed(&request(number)).await?;
                    answered.set(answered.get() + 1);
                }
                #[expect(unreachable_code, reason = "names the error type of the block")]
                anyhow::Ok(())
            },
            &local,
        );
    }
    local
        .run_until(async {
            while let Some(done) = tasks.join_next().await {
                done??;
            }
            anyhow::Ok(())
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceiling::issue;
    use crate::process::free_address;

    #[tokio::test]
    async fn the_load_stops_at_its_number_and_the_ceiling_answers_each() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_path_buf();
        let address = free_address().unwrap();
        let server = tokio::spawn(async move { issue::serve(address, &path).await });
        while Client::connect(address).await.is_err() {
            tokio::task::yield_now().await;
        }
        let request = |number: u64| Request::post("/tickets", None, &number.to_string(), "{}");
        let rate = rate_of(address, 8, 600, request).await.unwrap();
        assert!(rate > 0.0);
        let mut client = Client::connect(address).await.unwrap();
        let next = client.json(&request(601)).await.unwrap();
        // 600 tickets over six series: the next one is the 101st of the first.
        assert_eq!(next, serde_json::json!({ "series": "A", "number": 101 }));
        server.abort();
    }

    #[tokio::test]
    async fn an_answer_that_is_no_success_ends_the_load() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_path_buf();
        let address = free_address().unwrap();
        let server = tokio::spawn(async move { issue::serve(address, &path).await });
        while Client::connect(address).await.is_err() {
            tokio::task::yield_now().await;
        }
        let error = rate_of(address, 2, 10, |_| Request::get("/nothing", None)).await.unwrap_err();
        assert!(error.to_string().contains("GET /nothing HTTP/1.1: 404"), "{error}");
        server.abort();
    }
}
