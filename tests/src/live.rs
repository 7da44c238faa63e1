//! A screen: a websocket on one topic, read frame by frame.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::{Server, within};

/// What a socket is opened with.
#[derive(Clone, Debug, Default)]
pub struct Asking<'a> {
    pub site: &'a str,
    /// `topic=display&since=…`.
    pub query: &'a str,
    pub bearer: Option<&'a str>,
    pub cookie: Option<&'a str>,
}

pub struct Live<S = TcpStream> {
    socket: WebSocketStream<S>,
}

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// With a close frame of this code.
    Closed(u16),
    /// Without one.
    Broken,
}

impl Live {
    /// The lobby's screen of a site.
    pub async fn display(server: &Server, site: &str) -> Self {
        Self::open(server, &Asking { site, query: "topic=display", ..Asking::default() }).await
    }

    /// A lobby screen that was here before, up to this position.
    pub async fn display_since(server: &Server, site: &str, position: &str) -> Self {
        let query = &format!("topic=display&since={position}");
        Self::open(server, &Asking { site, query, ..Asking::default() }).await
    }

    pub async fn open(server: &Server, asking: &Asking<'_>) -> Self {
        Self::try_open(server, asking).await.unwrap()
    }

    /// An error when it is refused.
    pub async fn try_open(server: &Server, asking: &Asking<'_>) -> Result<Self, tungstenite::Error> {
        let stream = TcpStream::connect(server.host()).await.unwrap();
        Live::over(stream, &format!("ws://{}", server.host()), asking).await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Live<S> {
    /// Over a stream that is connected already; `base` is `ws://HOST:PORT`.
    pub async fn over(stream: S, base: &str, asking: &Asking<'_>) -> Result<Self, tungstenite::Error> {
        let address = format!("{base}/api/v1/sites/{}/live?{}", asking.site, asking.query);
        let mut request = address.into_client_request()?;
        let headers = request.headers_mut();
        if let Some(token) = asking.bearer {
            headers.insert("authorization", HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
        }
        if let Some(cookie) = asking.cookie {
            headers.insert("cookie", HeaderValue::from_str(cookie).unwrap());
        }
        let (socket, _) = within("the websocket opens", client_async(request, stream)).await?;
        Ok(Self { socket })
    }

    /// The next frame of whatever type.
    pub async fn frame(&mut self) -> Value {
        self.frame_or_end().await.unwrap_or_else(|end| panic!("a frame was expected, not {end}"))
    }

    /// The next frame, or how the connection ended.
    pub async fn frame_or_end(&mut self) -> Result<Value, String> {
        let next = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    end => return Err(format!("{end:?}")),
                }
            }
        };
        within("a frame", next).await
    }

    /// The next frame of this type; others before it are passed over.
    pub async fn next(&mut self, kind: &str) -> Value {
        let next = async {
            loop {
                let frame = self.frame().await;
                if frame["type"] == kind {
                    return frame;
                }
            }
        };
        within(kind, next).await
    }

    /// Sends any text.
    pub async fn say(&mut self, text: &str) -> Result<(), tungstenite::Error> {
        self.socket.send(Message::text(text)).await
    }

    /// Sends any message.
    pub async fn send(&mut self, message: Message) -> Result<(), tungstenite::Error> {
        self.socket.send(message).await
    }

    /// Reads until the server ends it.
    pub async fn ended(mut self) -> Ended {
        let end = async {
            while let Some(said) = self.socket.next().await {
                match said {
                    Ok(Message::Close(Some(close))) => return Ended::Closed(close.code.into()),
                    Ok(Message::Close(None)) | Err(_) => return Ended::Broken,
                    Ok(_) => {}
                }
            }
            Ended::Broken
        };
        within("the server closes the websocket", end).await
    }
}
