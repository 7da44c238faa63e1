//! One question to the server over HTTP, on a connection of its own: JSON there and back, within bounds and in time.

use http_body_util::{BodyExt as _, Limited};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;

use crate::connect::{Door, Trouble};

/// What is asked here is answered in a few hundred bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// What the server answered, also when it refused.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Null when it is no JSON.
    pub body: Value,
}

impl Door {
    /// Posts `body` to `path`.
    pub async fn ask(&self, path: &str, body: &Value) -> Result<Answer, Trouble> {
        let stream = self.stream().await?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(HOST, self.server.authority())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("khiw/", env!("CARGO_PKG_VERSION")))
            .body(body.to_string())
            .map_err(|error| Trouble::Garbage(error.to_string()))?;
        self.in_time(async {
            let cut = |error: hyper::Error| Trouble::Cut(error.into());
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(cut)?;
            // It ends with its sender; what goes wrong on it is told there.
            tokio::spawn(connection);
            let response = sender.send_request(request).await.map_err(cut)?;
            let status = response.status().as_u16();
            let whole = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
            let bytes = whole
                .map_err(|error| match error.downcast::<hyper::Error>() {
                    Ok(error) => cut(*error),
                    Err(too_long) => Trouble::Garbage(too_long.to_string()),
                })?
                .to_bytes();
            Ok(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or_default() })
        })
        .await?
    }
}
