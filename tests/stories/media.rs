//! Pictures and messages reach the screens; what is no picture does not. The real server.

use khiw_tests::{Answer, Api, Folder, Live, Server, sites};
use reqwest::Method;
use serde_json::{Value, json};

const SITE: &str = "hall";
/// A picture of one dot.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\
    \0\0\0\x0aIDATx\x9cc`\0\0\0\x02\0\x01\x48\xaf\xa4\x71\0\0\0\0IEND\xaeB`\x82";

async fn hall(folder: &Folder) -> Server {
    folder.apply(&sites::hall()).ok();
    Server::start(folder).await
}

async fn bring(api: &Api, name: &str, bytes: Vec<u8>) -> Answer {
    let name = name.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let request = api.request(Method::POST, &format!("/sites/{SITE}/media?name={name}"));
    api.send(request.body(bytes)).await.unwrap()
}

async fn show(api: &Api, body: &Value) -> Answer {
    api.send(api.request(Method::PUT, &format!("/sites/{SITE}/shown")).json(body)).await.unwrap()
}

fn kept(folder: &Folder) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder.path().join("media").join(SITE)) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_picture_and_a_message_are_shown_to_everybody_and_survive_a_kill() {
    let folder = Folder::empty();
    let server = hall(&folder).await;
    let staff = server.api(folder.token("supervisor", SITE));
    let mut screen = Live::display(&server, SITE).await;

    let brought = bring(&staff, "แผนผัง.png", PNG.to_vec()).await.created();
    assert_eq!((&brought["type"], &brought["name"]), (&json!("image/png"), &json!("แผนผัง.png")));
    let body = json!({
        "playlist": [{ "media": brought["id"], "shows_s": 10 }],
        "notices": [{ "style": "ticker", "text": { "th": "พักเที่ยง", "en": "Lunch" } }],
    });
    show(&staff, &body).await.ok();

    assert_eq!(screen.next("order").await["order"], "media");
    server.kill().await;
    let server = Server::start(&folder).await;
    let stranger = server.stranger();
    let shown = stranger.get(&format!("/sites/{SITE}/shown")).await.ok();
    assert_eq!(shown["notices"][0]["text"]["th"], "พักเที่ยง");
    let url = shown["items"][0]["url"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
    let picture = stranger.get(url).await;
    assert_eq!((picture.status, picture.content_type.as_str()), (200, "image/png"));
    let part = stranger.request(Method::GET, url).header("range", "bytes=1-3");
    let part = stranger.send(part).await.unwrap();
    assert_eq!((part.status, part.text.as_str()), (206, "PNG"));
}

#[tokio::test]
async fn a_file_taken_away_leaves_the_playlist_too() {
    let folder = Folder::empty();
    let server = hall(&folder).await;
    let staff = server.api(folder.token("administrator", SITE));
    let id = bring(&staff, "map.png", PNG.to_vec()).await.created()["id"].as_str().unwrap().to_owned();
    show(&staff, &json!({ "playlist": [{ "media": id, "shows_s": 10 }], "notices": [] })).await.ok();

    let path = format!("/sites/{SITE}/media/{id}");
    let left = staff.send(staff.request(Method::DELETE, &path)).await.unwrap().ok();

    assert_eq!((&left["media"], &left["playlist"], &left["bytes_used"]), (&json!([]), &json!([]), &json!(0)));
    staff.get(&path).await.problem(404, "unknown_media");
    assert_eq!(kept(&folder), ["shown.json"]);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_in_words_and_leaves_nothing() {
    let folder = Folder::empty();
    let server = hall(&folder).await;
    let staff = server.api(folder.token("supervisor", SITE));

    let executable = [b"MZ\x90\0".to_vec(), vec![0; 50_000]].concat();
    let told = bring(&staff, "film.mp4", executable).await.problem(415, "media_type");
    assert_eq!(told["found"], "application/vnd.microsoft.portable-executable");
    bring(&staff, "page.png", b"<script>alert(1)</script>".to_vec()).await.problem(415, "media_type");
    bring(&staff, "nothing.png", Vec::new()).await.problem(415, "media_type");
    bring(&staff, "", PNG.to_vec()).await.problem(422, "invalid_value");
    let clerk = server.api(folder.token("clerk", SITE));
    bring(&clerk, "map.png", PNG.to_vec()).await.problem(403, "forbidden");
    assert_eq!(kept(&folder), [""; 0]);

    for (body, field) in [
        (json!({ "playlist": [{ "media": "none", "shows_s": 10 }], "notices": [] }), "playlist[0].media"),
        (json!({ "playlist": [], "notices": [{ "style": "ticker", "text": {} }] }), "notices[0].text"),
        (
            json!({ "playlist": [], "notices": [{ "style": "message", "text": { "en": "x" }, "zones": ["moon"] }] }),
            "notices[0].zones",
        ),
        (
            json!({ "playlist": [], "notices": [{ "style": "message", "text": { "en": "x" },
                "from": "2026-12-02T10:00:00Z", "to": "2026-12-02T09:00:00Z" }] }),
            "notices[0].to",
        ),
    ] {
        let told = show(&staff, &body).await.problem(422, "invalid_value");
        assert_eq!(told["field"], field);
    }
}
