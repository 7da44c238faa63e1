//! Redis beside it, when there is one: the number and the ticket in one durable
//! transaction (`appendfsync always`), over as many connections.

use std::cell::Cell;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};

use crate::process::{Process, free_address};

const EVENT: &str = "........................................................................................................................";

/// A running Redis.
pub struct Redis {
    _process: Process,
    address: SocketAddr,
}

/// Whether there is a Redis to compare with.
pub fn is_here() -> bool {
    Command::new("redis-server").arg("--version").output().is_ok_and(|output| output.status.success())
}

impl Redis {
    pub async fn start(folder: &Path, log: &Path) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new("redis-server");
        command
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--appendfsync", "always"])
            .args(["--port", &address.port().to_string(), "--dir"])
            .arg(folder);
        let process = Process::start("redis-server", &mut command, log)?;
        let started = Instant::now();
        while TcpStream::connect(address).await.is_err() {
            ensure!(started.elapsed().as_secs() < 10, "redis-server does not listen");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        Ok(Self { _process: process, address })
    }

    /// Tickets per second.
    pub async fn rate(&self, connections: usize, tickets: u64) -> Result<f64> {
        let local = LocalSet::new();
        let mut tasks = JoinSet::new();
        let next = Rc::new(Cell::new(0_u64));
        let started = Instant::now();
        for _ in 0..connections {
            let mut stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            let next = Rc::clone(&next);
            tasks.spawn_local_on(
                async move {
                    while next.replace(next.get() + 1) < tickets {
                        issue(&mut stream).await?;
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
        Ok(tickets as f64 / started.elapsed().as_secs_f64())
    }
}

async fn issue(stream: &mut TcpStream) -> Result<()> {
    let request = format!(
        "*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nINCR\r\n$8\r\nseries:A\r\n*3\r\n$5\r\nLPUSH\r\n$7\r\ntickets\r\n${}\r\n{EVENT}\r\n*1\r\n$4\r\nEXEC\r\n",
        EVENT.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::with_capacity(128);
    // +OK, +QUEUED, +QUEUED, *2, :number, :length
    const LINES: usize = 6;
    while answer.split(|byte| *byte == b'\n').count() <= LINES {
        ensure!(stream.read_buf(&mut answer).await? > 0, "redis closed the connection");
        ensure!(!answer.contains(&b'-'), "redis refused: {}", String::from_utf8_lossy(&answer));
    }
    Ok(())
}
