//! What is refused, and how it is told: RFC 9457 problems with a stable code. Wording for people is the pages'
//! business, by `code`; `detail` is for whoever reads logs.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use khiw_dispatcher::Failure;
use khiw_domain::{Refusal, RefusalKind};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::access::{Capability, Kind};

/// Longest piece of a request that is repeated in an answer, in characters.
const ECHO_LENGTH_MAX: usize = 120;

/// `application/problem+json`. Facts of the refusal stand beside these members.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:khiw:problem:{code}`.
    #[serde(rename = "type")]
    pub type_uri: Box<str>,
    pub title: Box<str>,
    #[serde(serialize_with = "as_number")]
    #[schema(value_type = u16)]
    pub status: StatusCode,
    /// Stable; what programs and pages decide by.
    pub code: Cow<'static, str>,
    pub detail: Box<str>,
    #[serde(flatten)]
    #[schema(value_type = Object, additional_properties)]
    pub facts: Map<String, Value>,
    #[serde(skip)]
    #[schema(ignore)]
    pub retry_after_s: Option<u32>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn as_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        let code = code.into();
        Self {
            type_uri: format!("urn:khiw:problem:{code}").into(),
            title: code.replace('_', " ").into(),
            status,
            code,
            detail: detail.into().into(),
            facts: Map::new(),
            retry_after_s: None,
        }
    }

    /// Adds a fact beside the standard members.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// 401: nobody is signed in, or the token does not hold.
    pub fn unauthenticated() -> Self {
        let detail = "send `Authorization: Bearer TOKEN` with a token in force, or sign in at /enter";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// 403: known, but not for this.
    pub fn forbidden(kind: Kind, needs: Capability) -> Self {
        let needs = serde_json::to_value(needs).unwrap_or_default();
        Self::new(StatusCode::FORBIDDEN, "forbidden", "this token may not do that here")
            .with("kind", kind.name())
            .with("needs", needs)
    }

    /// 403: a browser sent it on behalf of another page.
    pub fn foreign_origin() -> Self {
        Self::new(StatusCode::FORBIDDEN, "foreign_origin", "the request came from a page of another origin")
    }

    /// 404 for an address that is none.
    pub fn no_such_path(path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is nothing at {}", echo(path)))
    }

    pub fn unknown_site(site: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown_site", format!("there is no site `{}` here", echo(site)))
            .with("site", echo(site))
    }

    pub fn unknown_ticket(ticket: &str) -> Self {
        let detail = format!("there is no ticket {} today", echo(ticket));
        Self::new(StatusCode::NOT_FOUND, "unknown_ticket", detail)
    }

    /// 503 while the store does not answer.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "journal_unavailable", detail).retry_after(5)
    }

    /// 500: a defect; what happened is in the log, not in the answer.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "the server's log says more")
    }

    /// 400: not JSON, 422: not this JSON.
    pub fn from_json(error: &serde_json::Error) -> Self {
        use serde_json::error::Category;
        let told = echo(&error.to_string());
        match error.classify() {
            Category::Io | Category::Syntax | Category::Eof => {
                Self::new(StatusCode::BAD_REQUEST, "malformed_json", told)
            }
            Category::Data => {
                // serde_json has no finer category than these fixed beginnings; a test holds them.
                let code = match () {
                    () if told.starts_with("unknown field") => "unknown_field",
                    () if told.starts_with("missing field") => "missing_field",
                    () if told.starts_with("invalid type") => "wrong_type",
                    () => "invalid_value",
                };
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, told)
                    .with("line", error.line())
                    .with("column", error.column())
            }
        }
    }
}

/// A piece of the request, short enough to repeat.
pub fn echo(text: &str) -> String {
    match text.char_indices().nth(ECHO_LENGTH_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.kind() {
            RefusalKind::Unknown => StatusCode::NOT_FOUND,
            RefusalKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            RefusalKind::Conflict => StatusCode::CONFLICT,
        };
        let mut problem = Self::new(status, refusal.code(), refusal.to_string());
        if let Ok(Value::Object(facts)) = serde_json::to_value(&refusal) {
            problem.facts = facts;
            problem.facts.remove("code");
        }
        problem
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal.into(),
            Failure::CommandIdReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "this Idempotency-Key was used for another request",
            ),
            Failure::Overloaded => {
                let detail = "more requests wait than can be decided in time";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail).retry_after(1)
            }
            Failure::Unavailable(why) => Self::unavailable(why),
            Failure::Fenced => {
                let detail = "another server writes this hall now";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "fenced", detail).retry_after(5)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[allow(dead_code, reason = "only its parsing is looked at")]
        n: u32,
    }

    fn code_of(json: &str) -> String {
        let error = serde_json::from_str::<Body>(json).expect_err("not a body");
        Problem::from_json(&error).code.into_owned()
    }

    #[test]
    fn each_way_of_being_wrong_has_its_code() {
        assert_eq!(code_of("{"), "malformed_json");
        assert_eq!(code_of("{}"), "missing_field");
        assert_eq!(code_of(r#"{"n":1,"m":2}"#), "unknown_field");
        assert_eq!(code_of(r#"{"n":"one"}"#), "wrong_type");
        assert_eq!(code_of(r#"{"n":-1}"#), "invalid_value");
    }

    #[test]
    fn a_refusal_keeps_its_facts() {
        let problem = Problem::from(Refusal::UnknownService { service: "x".into() });
        assert_eq!(problem.status, StatusCode::NOT_FOUND);
        let json = serde_json::to_value(&problem).expect("json");
        assert_eq!(json["code"], "unknown_service");
        assert_eq!(json["service"], "x");
        assert_eq!(json["status"], 404);
    }
}
