//! What a device hears while it waits, in virtual time; and places that are no server, over real sockets.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

use std::cell::RefCell;
use std::collections::VecDeque;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

/// Answers in their order, and the second at which each question came. The last one is given for ever.
struct Script {
    start: Instant,
    answers: RefCell<VecDeque<(u16, &'static str)>>,
    asked_s: RefCell<Vec<u64>>,
}

/// Where the script has this, nobody answers.
const AWAY: (u16, &str) = (0, "");
const PENDING: (u16, &str) = (400, "authorization_pending");
const LIFE: Duration = Duration::from_mins(15);

impl Script {
    fn new(answers: &[(u16, &'static str)]) -> Self {
        let answers = RefCell::new(answers.iter().copied().collect());
        Self { start: Instant::now(), answers, asked_s: RefCell::default() }
    }

    fn answer(&self, body: &Value) -> Result<Answer, Trouble> {
        assert_eq!(*body, json!({ "device_code": "secret" }));
        self.asked_s.borrow_mut().push(self.start.elapsed().as_secs());
        let mut answers = self.answers.borrow_mut();
        let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().copied() };
        match next.unwrap() {
            AWAY => Err(Trouble::Silent("the hall".to_owned())),
            (200, token) => {
                let body = json!({ "id": "d7", "site": "hall", "name": "door", "token": token });
                Ok(Answer { status: 200, body })
            }
            (status, code) => Ok(Answer { status, body: json!({ "code": code, "detail": "so it is" }) }),
        }
    }
}

/// What comes of waiting, when the code was asked for, and what people were told.
async fn waited(script: &Script) -> (Result<(Enrolled, String), EnrolError>, Vec<String>) {
    let code = DeviceCode { secret: "secret".to_owned(), interval: Duration::from_secs(5) };
    let shown = ShownCode { code: "ACDE-2345".to_owned(), page: "https://hall/".to_owned(), lives: LIFE };
    let mut told = Vec::new();
    let tell = |word: &Told<'_>| {
        told.push(match word {
            Told::Code(shown) => shown.code.clone(),
            Told::Away(trouble) => trouble.to_string(),
            Told::Back => "back".to_owned(),
        });
    };
    let ask = async |path: &'static str, body: Value| {
        assert_eq!(path, TOKENS);
        script.answer(&body)
    };
    let ended = wait(&code, &shown, tell, &ask).await;
    (ended, told)
}

#[tokio::test(start_paused = true)]
async fn it_asks_as_often_as_the_server_says_and_gets_its_token() {
    let script = Script::new(&[PENDING, (400, "slow_down"), PENDING, (200, "khiw_agent_x")]);
    let (ended, told) = waited(&script).await;
    let (device, token) = ended.unwrap();
    assert_eq!(
        (device.site.as_str(), device.name.as_str(), token.as_str()),
        ("hall", "door", "khiw_agent_x")
    );
    assert_eq!(*script.asked_s.borrow(), [5, 10, 20, 30]);
    assert_eq!(told, ["ACDE-2345"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_away_is_told_once_and_waited_for() {
    let away = [AWAY, AWAY, (503, "starting"), (429, "too_many_requests"), PENDING, AWAY];
    let script = Script::new(&[&away[..], &[(200, "khiw_agent_x")]].concat());
    let (ended, told) = waited(&script).await;
    ended.unwrap();
    let silent = "the hall does not answer in time";
    assert_eq!(told, ["ACDE-2345", silent, "back", silent]);
}

#[tokio::test(start_paused = true)]
async fn a_code_that_nobody_approves_ends_with_its_life() {
    let script = Script::new(&[PENDING]);
    let (ended, _) = waited(&script).await;
    assert!(matches!(ended, Err(EnrolError::Expired)), "{ended:?}");
    assert!(script.start.elapsed() < LIFE && script.asked_s.borrow().len() > 170);

    let script = Script::new(&[PENDING, AWAY]);
    let (ended, _) = waited(&script).await;
    let told = ended.unwrap_err().to_string();
    assert!(told.contains("while the server was away (the hall does not answer in time)"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn what_the_server_says_ends_it_at_once() {
    for (answer, said) in [
        ((400, "access_denied"), "staff took the approval back"),
        ((400, "expired_token"), "the code holds no more"),
        ((404, "not_found"), "the server refused: 404 not_found: so it is"),
        ((200, "two words"), "this is no token"),
    ] {
        let script = Script::new(&[PENDING, answer]);
        let (ended, _) = waited(&script).await;
        let told = ended.unwrap_err().to_string();
        assert!(told.contains(said), "{answer:?}: {told}");
        assert_eq!(script.asked_s.borrow().len(), 2, "{answer:?}");
    }
}

/// What is said of a place that answers the first question with these bytes.
async fn refused_by(answer: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let wanted = Enrolment {
        server: format!("http://{}", listener.local_addr().unwrap()).parse().unwrap(),
        ca: None,
        kind: DeviceKind::Agent,
        token_file: folder.path().join("token"),
        replace: false,
    };
    let answering = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4_096];
        let read = stream.read(&mut request).await.unwrap();
        let request = String::from_utf8_lossy(&request[..read]).into_owned();
        // It may have heard enough before all of it is out.
        let _ = stream.write_all(answer.as_bytes()).await;
        request
    };
    let (ended, request) = tokio::join!(enrol(wanted, |_| panic!("there is no code")), answering);
    assert!(request.starts_with("POST /api/v1/device-codes HTTP/1.1\r\n"), "{request}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
    ended.unwrap_err().to_string()
}

#[tokio::test]
async fn a_place_that_is_no_server_is_told_as_what_it_is() {
    let said = refused_by("HTTP/1.1 404 Not Found\r\ncontent-length: 6\r\n\r\n<html>").await;
    assert!(said.contains("404") && said.contains(NO_SERVER), "{said}");
    let said = refused_by("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>").await;
    assert!(said.contains("this is no code"), "{said}");
    let said = refused_by("HTTP/1.1 201 Created\r\ncontent-length: 60\r\n\r\n{").await;
    assert!(said.contains("asked http://127.0.0.1:") && said.contains("the connection: "), "{said}");
    let said = refused_by("SSH-2.0-OpenSSH_9.6\r\n").await;
    assert!(said.contains("the connection: "), "{said}");
    let long = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(100_000));
    let said = refused_by(&long).await;
    assert!(said.contains("cannot be understood: length limit exceeded"), "{said}");
    let busy = r#"{"code":"too_many_codes","detail":"wait 30s"}"#;
    let head = "HTTP/1.1 429 Too Many Requests\r\ncontent-length: ";
    let said = refused_by(&format!("{head}{}\r\n\r\n{busy}", busy.len())).await;
    assert!(said.contains("429 too_many_codes: wait 30s"), "{said}");
}
