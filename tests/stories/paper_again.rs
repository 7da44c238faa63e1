//! A hall whose paper ends: staff see it, have a ticket printed again elsewhere, and it is in the journal. The real
//! server, stopped and started, and real simulated printers.

use khiw_domain::Event;
use khiw_domain::id::TicketId;
use khiw_tests::{Api, Folder, Printers, Server, journal, sites, within};
use serde_json::{Value, json};

const SITE: &str = "thai-office";

fn office(links: &[String]) -> String {
    let text = sites::thai(9100);
    let (head, _) = text.split_once("[[printers]]").unwrap();
    let printer = |(id, link): (&str, &String)| {
        format!("[[printers]]\nid = \"{id}\"\nlink = \"{link}\"\nprofile = \"epson-tm-t82iii\"\n")
    };
    let printers: Vec<String> = ["door", "desk"].into_iter().zip(links).map(printer).collect();
    format!("{head}{}", printers.join("\n"))
}

/// The id by which the journal names a clerk, and the clerk's token.
fn clerk_of(folder: &Folder) -> (String, String) {
    let said = folder.khiw("token create", &["--kind", "clerk", "--site", SITE]).ok();
    let words: Vec<&str> = said.split_whitespace().collect();
    (words[1].to_owned(), (*words.last().unwrap()).to_owned())
}

async fn until(api: &Api, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let found = async {
        loop {
            let seen = api.get(path).await.ok();
            if wanted(&seen) {
                return seen;
            }
        }
    };
    within(path, found).await
}

#[tokio::test]
async fn a_roll_that_ends_is_seen_and_the_ticket_is_printed_again_elsewhere() {
    // Given a door where the paper is out
    let folder = Folder::empty();
    let printers = Printers::start(&folder, &["epson-tm-t82iii"; 2]).await;
    let links = [printers.link("1").await, printers.link("2").await];
    printers.break_down("1", json!({ "paper_out": true })).await;
    folder.apply(&office(&links)).ok();
    let server = Server::start(&folder).await;
    let kiosk = server.api(folder.token("kiosk", SITE));
    let (clerk_id, clerk_token) = clerk_of(&folder);
    let clerk = server.api(clerk_token.clone());
    until(&clerk, &format!("/sites/{SITE}/printers"), |all| all[0]["state"] == "paper_out").await;

    // When somebody takes a number, then no paper comes, and the number is good
    let issued = kiosk.issue(SITE, "id-card").await;
    let jobs = format!("/sites/{SITE}/print-jobs?ticket={}", issued["id"]);
    until(&clerk, &jobs, |jobs| jobs[0]["state"] == "queued").await;

    // When a clerk has it printed at the desk, then it comes out there and nowhere else, once
    let again = format!("/sites/{SITE}/tickets/{}/reprint", issued["id"]);
    let desk = json!({ "printer": "desk" });
    clerk.try_post(&again, &desk, "again-1").await.unwrap().ok();
    clerk.try_post(&again, &desk, "again-1").await.unwrap().ok();
    until(&clerk, &jobs, |jobs| jobs[0]["state"] == "printed").await;
    printers.break_down("1", json!({})).await;
    until(&clerk, &format!("/sites/{SITE}/printers"), |all| all[0]["state"] == "ok").await;
    assert_eq!((printers.papers("1").await, printers.papers("2").await), (0, 1));

    // When the server is started anew, then it remembers what was printed, and prints nothing by itself
    server.stop().await;
    folder.verify();
    let server = Server::start(&folder).await;
    let clerk = server.api(clerk_token);
    let kept = until(&clerk, &jobs, |jobs| jobs[0]["state"] == "printed").await;
    assert_eq!(kept.as_array().unwrap().len(), 2, "{kept}");
    assert_eq!((kept[0]["kind"].as_str(), kept[1]["state"].as_str()), (Some("reprint"), Some("expired")));
    let ticket = clerk.get(&format!("/sites/{SITE}/tickets/{}", issued["id"])).await.ok();
    assert_eq!(ticket["print"]["state"], "printed");
    until(&clerk, &format!("/sites/{SITE}/printers"), |all| all[1]["state"] == "ok").await;
    assert_eq!((printers.papers("1").await, printers.papers("2").await), (0, 1));

    // And the order stands in the journal, once, with who gave it
    server.stop().await;
    folder.verify();
    let records = journal::records(&folder, SITE);
    let orders: Vec<(&str, &Event)> = records
        .iter()
        .flat_map(|kept| kept.events.iter().map(|event| (&*kept.record.actor, event)))
        .filter(|(_, event)| matches!(event, Event::PaperOrdered { .. }))
        .collect();
    let ordered = Event::PaperOrdered {
        ticket: TicketId(issued["id"].as_u64().unwrap()),
        printer: "desk".parse().ok(),
        again: true,
    };
    assert_eq!(orders, [(clerk_id.as_str(), &ordered)]);
    printers.process.kill().await;
}
