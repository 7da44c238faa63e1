//! A hall speaks: the shipped voices, one recorded word by word, one brought in from a folder. The real server.

use khiw_tests::{Answer, Api, Folder, Live, Server, khiw, sites, within};
use reqwest::Method;
use serde_json::{Value, json};

const SITE: &str = "hall";
const OGG: &str = "audio/ogg";

/// A shipped clip: sound that can be played.
fn clip(token: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../config/voices/en/{token}.opus", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

async fn hall(folder: &Folder) -> Server {
    folder.apply(&sites::hall()).ok();
    Server::start(folder).await
}

fn voice<'a>(listed: &'a Value, language: &str) -> Option<&'a Value> {
    listed["voices"].as_array().unwrap().iter().find(|voice| voice["language"] == language)
}

async fn record(api: &Api, language: &str, token: &str, bytes: Vec<u8>) -> Answer {
    let path = format!("/sites/{SITE}/voices/{language}/recordings/{token}");
    let request = api.request(Method::PUT, &path).header("content-type", OGG).body(bytes);
    api.send(request).await.unwrap()
}

async fn publish(api: &Api, language: &str, body: &Value) -> Answer {
    api.post(&format!("/sites/{SITE}/voices/{language}/publish"), body.clone()).await
}

fn languages(frame: &Value) -> Vec<&str> {
    frame["speech"].as_array().into_iter().flatten().map(|said| said["language"].as_str().unwrap()).collect()
}

/// Calls the next; what the screen is told of it.
async fn called(api: &Api, screen: &mut Live) -> Value {
    api.issue(SITE, "service-a").await;
    api.call_next(SITE, "c1").await;
    screen.next("call").await
}

#[tokio::test]
async fn a_call_says_how_it_is_spoken_and_every_clip_it_names_is_there() {
    let folder = Folder::empty();
    let server = hall(&folder).await;
    let api = server.api(folder.token("integration", SITE));
    let mut screen = Live::display(&server, SITE).await;
    api.at_counter(SITE, "c1", "open", json!({})).await;

    let call = called(&api, &mut screen).await;

    // The hall speaks Thai and English; for Thai there is no voice, and nothing pretends to be one.
    assert_eq!(languages(&call), ["en"]);
    let stranger = server.stranger();
    let listed = stranger.get(&format!("/sites/{SITE}/voices")).await.ok();
    assert!(voice(&listed, "th").is_none());
    let english = voice(&listed, "en").unwrap();
    assert_eq!(
        (&english["draft"], &english["own"], &english["complete"]),
        (&json!(true), &json!(false), &json!(true))
    );
    for token in call["speech"][0]["tokens"].as_array().unwrap() {
        let clips = english["clips"].as_array().unwrap();
        let known = clips.iter().find(|clip| clip["token"] == *token).unwrap();
        let url = known["url"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
        let answer = stranger.get(url).await;
        assert_eq!((answer.status, answer.content_type.as_str()), (200, OGG), "{token}");
    }
}

#[tokio::test]
async fn a_voice_is_recorded_word_by_word_and_spoken_from_the_next_call_on() {
    let folder = Folder::empty();
    let server = hall(&folder).await;
    let api = server.api(folder.token("integration", SITE));
    let administrator = server.api(folder.token("administrator", SITE));
    let mut screen = Live::display(&server, SITE).await;
    api.at_counter(SITE, "c1", "open", json!({})).await;
    assert_eq!(languages(&called(&api, &mut screen).await), ["en"]);

    // Given one word
    record(&administrator, "th", "5", clip("5")).await.ok();
    let prompts = format!("/sites/{SITE}/voices/th/prompts");
    let asked = administrator.get(&prompts).await.ok();
    let recorded = |asked: &Value| {
        let prompts = asked["prompts"].as_array().unwrap().clone();
        prompts.iter().filter(|prompt| !prompt["recorded"].is_null()).count()
    };
    assert_eq!(recorded(&asked), 1);

    // When it is published, then what is missing is told, and nothing changes
    let naming = json!({ "name": "เสียงเรา", "speaker": "เจ้าหน้าที่", "licence": "ours" });
    let told = publish(&administrator, "th", &naming).await.problem(409, "voice_incomplete");
    let words = asked["prompts"].as_array().unwrap().len();
    assert_eq!(told["missing"].as_array().unwrap().len(), words - 1);

    // When all words are there, then it is the hall's voice, and screens are told
    for prompt in asked["prompts"].as_array().unwrap() {
        record(&administrator, "th", prompt["token"].as_str().unwrap(), clip("7")).await.ok();
    }
    let listed = publish(&administrator, "th", &naming).await.ok();
    assert_eq!(voice(&listed, "th").unwrap()["complete"], true);
    assert_eq!(screen.next("order").await["order"], "voices");
    assert_eq!(languages(&called(&api, &mut screen).await), ["th", "en"]);

    // When the server starts anew, then it still is; and it can be taken back
    server.kill().await;
    let server = Server::start(&folder).await;
    let administrator = server.api(folder.token("administrator", SITE));
    let listed = administrator.get(&format!("/sites/{SITE}/voices")).await.ok();
    assert_eq!(voice(&listed, "th").unwrap()["own"], true);
    let withdraw = administrator.request(Method::DELETE, &format!("/sites/{SITE}/voices/th"));
    let listed = administrator.send(withdraw).await.unwrap().ok();
    assert!(voice(&listed, "th").is_none());
    assert_eq!(recorded(&administrator.get(&prompts).await.ok()), words, "what was recorded is not lost");
}

#[tokio::test]
async fn sound_that_is_none_is_refused_and_only_an_administrator_records() {
    let folder = Folder::empty();
    let server = hall(&folder).await;
    let administrator = server.api(folder.token("administrator", SITE));

    let torn = {
        let mut bytes = clip("5");
        bytes.truncate(bytes.len() - 9);
        bytes
    };
    record(&administrator, "th", "5", torn).await.problem(422, "clip_broken");
    record(&administrator, "th", "5", b"MZ an executable".to_vec()).await.problem(422, "clip_broken");
    record(&administrator, "th", "5", vec![0; 300 * 1024]).await.problem(413, "body_too_large");
    record(&administrator, "th", "elvis", clip("5")).await.problem(404, "unknown_word");
    record(&administrator, "th", "..%2F..%2Fkey", clip("5")).await.problem(404, "unknown_word");
    record(&administrator, "klingon", "5", clip("5")).await.problem(404, "not_found");
    let supervisor = server.api(folder.token("supervisor", SITE));
    record(&supervisor, "th", "5", clip("5")).await.problem(403, "forbidden");
    record(&server.stranger(), "th", "5", clip("5")).await.problem(401, "unauthenticated");
    let nameless = json!({ "name": " ", "speaker": "s", "licence": "l", "allow_incomplete": true });
    record(&administrator, "th", "5", clip("5")).await.ok();
    publish(&administrator, "th", &nameless).await.problem(422, "invalid_value");
}

#[tokio::test]
async fn a_folder_of_clips_is_brought_in_beside_a_running_hall_and_out_again() {
    let folder = Folder::empty();
    let server = hall(&folder).await;
    let mut screen = Live::display(&server, SITE).await;
    let shipped = format!("{}/../config/voices/vi", env!("CARGO_MANIFEST_DIR"));
    let data = folder.path().to_str().unwrap().to_owned();

    let into = ["import", &shipped, "--language", "vi", "--data", &data, "--hall", SITE];
    khiw(["voice"].into_iter().chain(into)).ok();

    assert_eq!(screen.next("order").await["order"], "voices");
    let listed = server.stranger().get(&format!("/sites/{SITE}/voices")).await.ok();
    assert_eq!(voice(&listed, "vi").unwrap()["own"], true);
    let out = folder.beside("carried").to_str().unwrap().to_owned();
    khiw(["voice", "export", "--data", &data, "--hall", SITE, "--language", "vi", "--to", &out]).ok();
    khiw(["voice", "check", &out]).ok();

    // A word taken away: told, and the rest is used.
    let published = folder.path().join("voices").join(SITE).join("vi/1");
    std::fs::remove_file(published.join("5.opus")).unwrap();
    drop(screen);
    server.stop().await;
    let server = Server::start(&folder).await;
    let staff = server.api(folder.token("supervisor", SITE));
    let told = async {
        loop {
            let alarms = staff.get(&format!("/sites/{SITE}/alarms")).await.ok();
            if let Some(alarm) = alarms.as_array().unwrap().iter().find(|alarm| alarm["id"] == "voice-vi") {
                return alarm.clone();
            }
        }
    };
    assert_eq!(within("the alarm", told).await["facts"]["missing"], 1);
}
