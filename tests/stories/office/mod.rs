//! Clerks for the kill story: each sends commands, repeats with the same key what was not answered, and remembers
//! every answer.

use std::time::Duration;

use khiw_tests::api::key;
use khiw_tests::{Answer, Api, within};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

const SERVICES: [&str; 6] = ["service-a", "service-b", "service-c", "service-d", "service-e", "service-f"];

/// Whether the hall can be entered, and which of its servers is behind the door.
#[derive(Clone, Debug)]
pub struct Door {
    /// Grows with each server.
    pub server: u32,
    pub base: Option<String>,
    /// The clerks finish what they have in hand and go home.
    pub last: bool,
}

impl Door {
    pub fn closed() -> Self {
        Self { server: 0, base: None, last: false }
    }

    pub fn open_at(&mut self, base: &str) {
        self.server += 1;
        self.base = Some(base.to_owned());
    }

    pub fn shut(&mut self) {
        self.base = None;
    }

    pub fn close_for_good(&mut self, base: &str) {
        self.open_at(base);
        self.last = true;
    }
}

/// A server that can be spoken to.
pub struct Open {
    pub base: String,
    pub token: String,
}

impl Open {
    pub fn api(&self) -> Api {
        Api::new(&self.base, Some(self.token.clone()))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Issue,
    CallNext,
    Other,
}

/// A command and what was answered to it.
#[derive(Clone, Debug)]
pub struct Answered {
    pub kind: Kind,
    pub key: String,
    pub path: String,
    pub body: Value,
    pub status: u16,
    pub answer: Value,
    /// How often it had to be asked; more than once when a kill cut the answer off.
    pub asked: usize,
}

impl Answered {
    /// Whether it was carried out, even if nothing came of it: "nobody waits" is an answer to keep, too.
    pub fn accepted(&self) -> bool {
        self.status < 300
    }

    /// What must be the same however often it is asked. A counter's view is of the moment.
    fn lasting(&self, answer: &Value) -> Value {
        match self.kind {
            Kind::Issue => answer.clone(),
            Kind::CallNext => json!([answer["call"], answer["completed"]]),
            Kind::Other => Value::Null,
        }
    }
}

pub struct Clerk {
    counter: String,
    token: String,
    door: watch::Receiver<Door>,
    /// Of the server spoken to last.
    api: Option<(u32, Api)>,
    rng: fastrand::Rng,
    answered: Vec<Answered>,
}

impl Clerk {
    pub fn new(index: usize, token: &str, door: watch::Receiver<Door>) -> Self {
        Self {
            counter: format!("c{}", index + 1),
            token: token.to_owned(),
            door,
            api: None,
            rng: fastrand::Rng::with_seed(index as u64),
            answered: Vec::new(),
        }
    }

    /// Works until the door closes for good; what was answered, in order.
    pub async fn work(mut self, acts_every: Duration) -> Vec<Answered> {
        let mut pace = interval(acts_every);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let opening = format!("/sites/hall/counters/{}/open", self.counter);
        self.carry_out(Kind::Other, opening, json!({})).await;
        while !self.door.borrow().last {
            pace.tick().await;
            let (kind, path, body) = self.next_act();
            self.carry_out(kind, path, body).await;
        }
        self.answered
    }

    fn next_act(&mut self) -> (Kind, String, Value) {
        let at_counter = |action: &str| format!("/sites/hall/counters/{}/{action}", self.counter);
        match self.rng.u32(0..100) {
            0..42 => {
                let service = SERVICES[self.rng.usize(0..SERVICES.len())];
                let body = json!({ "services": [service], "priority": self.rng.u32(0..8) == 0 });
                (Kind::Issue, "/sites/hall/tickets".to_owned(), body)
            }
            42..82 => (Kind::CallNext, at_counter("call-next"), json!({})),
            82..87 => (Kind::Other, at_counter("complete"), json!({ "outcomes": [{ "code": "completed" }] })),
            87..91 => (Kind::Other, at_counter("recall"), json!({})),
            91..95 => (Kind::Other, at_counter("no-show"), json!({})),
            95..98 => (Kind::Other, at_counter("absent"), json!({})),
            _ => (Kind::Other, at_counter("park"), json!({ "minutes": 5 })),
        }
    }

    async fn carry_out(&mut self, kind: Kind, path: String, body: Value) {
        let key = key();
        let (answer, asked) = self.until_answered(&path, &body, &key).await;
        // Only refusals and success: a hall that is up must not be unavailable.
        assert!(matches!(answer.status, 200 | 201 | 409), "{path}: {}", answer.text);
        self.answered.push(Answered {
            kind,
            key,
            path,
            body,
            status: answer.status,
            answer: answer.json,
            asked,
        });
    }

    /// Asks until somebody answers, with the same key each time; what a new server is asked first is something
    /// that was answered before.
    async fn until_answered(&mut self, path: &str, body: &Value, key: &str) -> (Answer, usize) {
        let mut asked = 0;
        loop {
            let (api, is_new) = self.enter().await;
            if is_new && !self.said_again(&api).await {
                continue;
            }
            asked += 1;
            match api.try_post(path, body, key).await {
                Ok(answer) => return (answer, asked),
                Err(_) => self.leave().await,
            }
        }
    }

    /// A client of the server that is there, and whether it is spoken to for the first time.
    async fn enter(&mut self) -> (Api, bool) {
        let door =
            within("the hall opens", self.door.wait_for(|door| door.base.is_some())).await.unwrap().clone();
        let known = self.api.as_ref().is_some_and(|(server, _)| *server == door.server);
        let fresh = || Api::new(&door.base.unwrap(), Some(self.token.clone()));
        let (_, api) = if known { self.api.take().unwrap() } else { (0, fresh()) };
        self.api = Some((door.server, api.clone()));
        (api, !known)
    }

    /// Waits until another server is there than the one that did not answer.
    async fn leave(&mut self) {
        let server = self.api.as_ref().map_or(0, |(server, _)| *server);
        within("the next server", self.door.wait_for(|door| door.server > server && door.base.is_some()))
            .await
            .unwrap();
    }

    /// Repeats an answered command: the answer must be the same. `false` when the server went meanwhile.
    async fn said_again(&mut self, api: &Api) -> bool {
        let accepted: Vec<&Answered> = self.answered.iter().filter(|told| told.accepted()).collect();
        if accepted.is_empty() {
            return true;
        }
        let told = accepted[self.rng.usize(0..accepted.len())].clone();
        let Ok(again) = api.try_post(&told.path, &told.body, &told.key).await else {
            self.leave().await;
            return false;
        };
        assert_eq!(again.status, told.status, "{told:?}\nwas answered anew with {}", again.text);
        assert_eq!(told.lasting(&again.json), told.lasting(&told.answer), "{}", told.path);
        true
    }
}
