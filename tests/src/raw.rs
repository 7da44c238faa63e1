//! Bytes on a socket, for what no HTTP client would send. One request, one answer, over any stream.

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::within;

/// An answer as it came off the wire.
#[derive(Debug)]
pub struct RawAnswer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl RawAnswer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Null when the body is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// Sends these bytes to `host` and reads one answer; `None` when the connection ends without one.
pub async fn exchange(host: &str, bytes: &[u8]) -> Option<RawAnswer> {
    let mut stream = TcpStream::connect(host).await.unwrap();
    // The server may answer, and close, before it has taken everything.
    let _ = stream.write_all(bytes).await;
    answer(&mut stream).await
}

/// A request with a JSON body over a stream that is connected already; the connection stays open.
pub async fn request<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> RawAnswer {
    let named: String = headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
    let head = format!("{method} {path} HTTP/1.1\r\ncontent-length: {}\r\n{named}", body.len());
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).await.unwrap();
    answer(stream).await.expect("an answer")
}

/// Reads one answer with a `content-length`, or to the end of the connection.
pub async fn answer<S: AsyncRead + Unpin>(stream: &mut S) -> Option<RawAnswer> {
    within("an answer on a raw socket", async {
        let mut read = Vec::new();
        let head = loop {
            if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            more(stream, &mut read).await?;
        };
        let text = String::from_utf8(read[..head].to_vec()).unwrap();
        let mut lines = text.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().unwrap();
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut body = read.split_off(head);
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length = length.map_or(usize::MAX, |(_, value)| value.parse().unwrap());
        while body.len() < length {
            if more(stream, &mut body).await.is_none() {
                break;
            }
        }
        Some(RawAnswer { status, headers, body })
    })
    .await
}

/// `None` at the end of the connection, however it ended.
async fn more<S: AsyncRead + Unpin>(stream: &mut S, into: &mut Vec<u8>) -> Option<()> {
    let read = stream.read_buf(into).await.unwrap_or(0);
    (read > 0).then_some(())
}
