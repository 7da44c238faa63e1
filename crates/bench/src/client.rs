//! A lean HTTP/1.1 client: one kept-alive connection, one request at a time,
//! bodies with a length. Knows just what the servers measured here answer.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// More than any answer measured here.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A kept-alive connection.
pub struct Client {
    stream: TcpStream,
    received: Vec<u8>,
}

/// One request, as bytes ready to send.
pub struct Request(Vec<u8>);

impl Request {
    pub fn get(path: &str, token: Option<&str>) -> Self {
        let access = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        Self(format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{access}\r\n").into_bytes())
    }

    /// `command_id` must differ from every other of the same token.
    pub fn post(path: &str, token: Option<&str>, command_id: &str, body: &str) -> Self {
        let access = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        let length = body.len();
        Self(
            format!(
                "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{access}idempotency-key: {command_id}\r\n\
                 content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
            )
            .into_bytes(),
        )
    }
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(4096) })
    }

    /// Sends and waits for the whole answer; hands back status and body.
    pub async fn send(&mut self, request: &Request) -> Result<(u16, &[u8])> {
        self.stream.write_all(&request.0).await?;
        self.received.clear();
        loop {
            let read = self.stream.read_buf(&mut self.received).await?;
            ensure!(read > 0, "the server closed the connection in mid-answer");
            if let Some(Answer { status, body, end }) = parse(&self.received)? {
                return Ok((status, &self.received[body..end]));
            }
            ensure!(self.received.len() <= ANSWER_BYTES_MAX, "the answer is over {ANSWER_BYTES_MAX} bytes");
        }
    }

    /// Sends and insists on a success.
    pub async fn succeed(&mut self, request: &Request) -> Result<&[u8]> {
        let shown = String::from_utf8_lossy(&request.0);
        let first_line = shown.lines().next().unwrap_or_default().to_owned();
        match self.send(request).await? {
            (200..=299, body) => Ok(body),
            (status, body) => bail!("{first_line}: {status} {}", String::from_utf8_lossy(body)),
        }
    }

    /// Sends, insists on a success, reads the JSON.
    pub async fn json(&mut self, request: &Request) -> Result<Value> {
        Ok(serde_json::from_slice(self.succeed(request).await?)?)
    }
}

struct Answer {
    status: u16,
    body: usize,
    end: usize,
}

/// The answer when it is whole.
fn parse(received: &[u8]) -> Result<Option<Answer>> {
    let Some(head) = received.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&received[..head])?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status line")?.parse()?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(Ok(0), |(_, length)| length.trim().parse::<usize>())?;
    let body = head + 4;
    Ok((received.len() >= body + length).then_some(Answer { status, body, end: body + length }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_body_is() {
        let whole = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}";
        let answer = parse(whole).unwrap().expect("it is whole");
        assert_eq!((answer.status, &whole[answer.body..answer.end]), (201, b"{}".as_slice()));
        assert!(parse(&whole[..whole.len() - 1]).unwrap().is_none());
        assert!(parse(b"HTTP/1.1 2").unwrap().is_none());
    }
}
