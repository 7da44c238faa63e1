//! An HTTP client that speaks the wire contract: JSON in and out, a fresh Idempotency-Key for each press of a
//! button, connections kept alive.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::STEP_MAX;

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    /// Null when the body is no JSON.
    pub json: Value,
    pub text: String,
}

#[derive(Clone)]
pub struct Api {
    http: Client,
    base: String,
    token: Option<String>,
}

impl Api {
    pub fn new(base: &str, token: Option<String>) -> Self {
        let http = Client::builder().timeout(STEP_MAX).pool_idle_timeout(Duration::from_secs(10));
        Self { http: http.build().unwrap(), base: base.to_owned(), token }
    }

    /// The same client, its connections included, of another holder.
    #[must_use]
    pub fn holding(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same holder with connections of its own.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::new(&self.base, self.token.clone())
    }

    /// `GET /api/v1{path}`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await.unwrap()
    }

    /// `POST /api/v1{path}` with a fresh key.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.try_post(path, &body, &key()).await.unwrap()
    }

    /// `POST` with this key; an error when no whole answer came.
    pub async fn try_post(&self, path: &str, body: &Value, key: &str) -> reqwest::Result<Answer> {
        let request = self.request(Method::POST, path).header("idempotency-key", key).json(body);
        self.send(request).await
    }

    /// `POST` of any text as JSON, with a fresh key.
    pub async fn post_text(&self, path: &str, body: impl Into<String>) -> Answer {
        let request = self.request(Method::POST, path).header("idempotency-key", key());
        self.send(request.header("content-type", "application/json").body(body.into())).await.unwrap()
    }

    /// A request to build further; with the token, if there is one.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends it and reads the whole answer.
    pub async fn send(&self, request: RequestBuilder) -> reqwest::Result<Answer> {
        let response = request.send().await?;
        let status = response.status().as_u16();
        let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let text = response.text().await?;
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status, content_type, json, text })
    }

    /// Takes a number; it must be given.
    pub async fn issue(&self, site: &str, service: &str) -> Value {
        self.post(&format!("/sites/{site}/tickets"), json!({ "services": [service] })).await.created()
    }

    /// Does something at a counter; it must be possible.
    pub async fn at_counter(&self, site: &str, counter: &str, action: &str, body: Value) -> Value {
        self.post(&format!("/sites/{site}/counters/{counter}/{action}"), body).await.ok()
    }

    /// Calls the next at a counter: the call, or null.
    pub async fn call_next(&self, site: &str, counter: &str) -> Value {
        self.at_counter(site, counter, "call-next", json!({})).await["call"].clone()
    }
}

impl Answer {
    /// The body of a 200.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json
    }

    /// The body of a 201.
    #[track_caller]
    pub fn created(self) -> Value {
        assert_eq!(self.status, 201, "{}", self.text);
        self.json
    }

    /// Must be a problem of this status and code, said as RFC 9457 wants it.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text);
        assert_eq!(self.content_type, "application/problem+json", "{}", self.text);
        assert_eq!(self.json["status"], status, "{}", self.text);
        assert!(["type", "title", "detail"].iter().all(|name| self.json[name].is_string()), "{}", self.text);
        self.json
    }

    /// The problem's code; empty when it is none.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
}

/// An Idempotency-Key that was not used before.
pub fn key() -> String {
    format!("{:032x}", fastrand::u128(..))
}
