//! A websocket client as a page has it.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Longest wait for anything; only a defect reaches it.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Screen {
    pub socket: WebSocketStream<TcpStream>,
}

impl Screen {
    pub async fn connect(address: SocketAddr, path: &str, token: Option<&str>) -> Result<Self, Error> {
        Self::connect_with(address, path, token, &[], None).await
    }

    pub async fn connect_with(
        address: SocketAddr,
        path: &str,
        token: Option<&str>,
        headers: &[(&'static str, &str)],
        receive_buffer: Option<u32>,
    ) -> Result<Self, Error> {
        let mut request = format!("ws://{address}{path}").into_client_request()?;
        if let Some(token) = token {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(bytes) = receive_buffer {
            socket.set_recv_buffer_size(bytes).unwrap();
        }
        let stream = socket.connect(address).await?;
        let (socket, _) = client_async(request, stream).await?;
        Ok(Self { socket })
    }

    /// The next frame that is no heartbeat.
    #[track_caller]
    pub fn next(&mut self) -> impl Future<Output = Value> {
        let asked = std::panic::Location::caller();
        let next = async move {
            loop {
                let frame = match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => serde_json::from_str::<Value>(&text).unwrap(),
                    Some(Ok(Message::Ping(_))) => continue,
                    other => panic!("no frame at {asked}: {other:?}"),
                };
                assert!(frame["now"].is_string(), "every frame tells the time: {frame}");
                if frame["type"] != "heartbeat" {
                    return frame;
                }
            }
        };
        async move { timeout(PATIENCE, next).await.unwrap_or_else(|_| panic!("no frame at {asked}")) }
    }

    /// The next frame of this type; others are passed over.
    pub async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.next().await;
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    pub async fn say(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// How the server ends the connection: its close code.
    pub async fn close_code(&mut self) -> u16 {
        loop {
            match timeout(PATIENCE, self.socket.next()).await {
                Ok(Some(Ok(Message::Close(Some(close))))) => return close.code.into(),
                Ok(Some(Ok(_))) => {}
                other => panic!("no close: {other:?}"),
            }
        }
    }
}

/// The HTTP status a refused connection was answered with.
pub fn status_of(refused: Result<Screen, Error>) -> u16 {
    match refused {
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("no HTTP answer: {other}"),
        Ok(_) => panic!("was let in"),
    }
}
