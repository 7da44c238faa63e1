//! Simulated printers as a child process, told over their control what is to go wrong and asked what came out.

use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::Value;

use crate::folder::Folder;
use crate::server::Running;
use crate::within;

/// A simulated printer tells how it is when it is asked.
const ASK_EVERY: Duration = Duration::from_millis(5);

/// One `khiw printer-sim`; its printers are called `1`, `2`, …
pub struct Printers {
    pub process: Running,
    /// Address of the control.
    pub control: String,
    pub http: Client,
}

impl Printers {
    /// One of each of these models.
    pub async fn start(folder: &Folder, models: &[&str]) -> Self {
        let tray = folder.beside("tray");
        let any = "127.0.0.1:0";
        let mut typed = vec!["printer-sim", "--out", tray.to_str().unwrap(), "--control", any];
        for model in models {
            typed.extend(["--listen", any, "--profile", model]);
        }
        let mut process = Running::spawn(typed);
        process.until_said("control on ").await;
        let said = process.said();
        let control = said.lines().find_map(|line| line.strip_prefix("control on ")).unwrap().to_owned();
        Self { process, control, http: Client::new() }
    }

    async fn answer(&self, path: &str) -> Response {
        let answer = self.http.get(format!("{}{path}", self.control)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer
    }

    pub async fn get(&self, path: &str) -> Value {
        self.answer(path).await.json().await.unwrap()
    }

    pub async fn link(&self, name: &str) -> String {
        self.get(&format!("/{name}")).await["link"].as_str().unwrap().to_owned()
    }

    /// What is to go wrong from now on; `{}`: nothing.
    pub async fn break_down(&self, name: &str, faults: Value) {
        let put = self.http.put(format!("{}/{name}/faults", self.control)).json(&faults);
        let answer = put.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    }

    /// How many pictures it put out.
    pub async fn papers(&self, name: &str) -> usize {
        self.get(&format!("/{name}/pictures")).await.as_array().unwrap().len()
    }

    /// Their heights, in rows.
    pub async fn heights(&self, name: &str) -> Vec<u32> {
        let mut heights = Vec::new();
        for file in self.get(&format!("/{name}/pictures")).await.as_array().unwrap() {
            let path = format!("/{name}/pictures/{}", file.as_str().unwrap());
            let png = self.answer(&path).await.bytes().await.unwrap();
            // The header of a PNG: width and height stand at bytes 16 to 24.
            heights.push(u32::from_be_bytes(png[20..24].try_into().unwrap()));
        }
        heights
    }

    /// Waits until it tells this of itself.
    pub async fn until(&self, name: &str, what: &str, told: impl Fn(&Value) -> bool) {
        let becomes = async {
            while !told(&self.get(&format!("/{name}")).await) {
                tokio::time::sleep(ASK_EVERY).await;
            }
        };
        within(what, becomes).await;
    }
}
