//! An administrator looks at a template before it is in force; a mistake changes nothing.

use crate::common::Server;
use khiw_server::access::Kind;
use serde_json::{Value, json};

const OWN: &str = "[[block]]\nhuge = \"{number}\"\n[[block]]\ntext = \"{office}\"\n";
const PAPERS: &str = "/api/v1/sites/sample/papers";

fn template<'a>(papers: &'a Value, kind: &str) -> &'a Value {
    papers["templates"].as_array().unwrap().iter().find(|template| template["kind"] == kind).unwrap()
}

fn body(text: Option<&str>, papers: &Value) -> String {
    json!({ "text": text, "config_version": papers["config_version"] }).to_string()
}

#[tokio::test]
async fn every_paper_has_a_template_and_only_an_administrator_may_look() {
    let server = Server::open().await;
    server.get(PAPERS).send().await.refused(401, "unauthenticated");
    let supervisor = server.token(Kind::Supervisor);
    server.get(PAPERS).bearer(&supervisor).send().await.refused(403, "forbidden");

    let administrator = server.token(Kind::Administrator);
    let papers = server.get(PAPERS).bearer(&administrator).send().await.expect(200);

    let kinds: Vec<&str> =
        papers["templates"].as_array().unwrap().iter().filter_map(|paper| paper["kind"].as_str()).collect();
    assert_eq!(kinds, ["ticket", "reprint", "forward", "closed", "test"]);
    assert_eq!(template(&papers, "ticket")["is_own"], false);
    assert!(template(&papers, "ticket")["text"].as_str().unwrap().contains("{number}"));
}

#[tokio::test]
async fn a_text_is_seen_as_a_picture_or_its_mistakes_are_named() {
    let server = Server::open().await;
    let administrator = server.token(Kind::Administrator);
    let preview = async |text: &str, width: u32| {
        let body = json!({ "text": text, "language": "vi", "width_dots": width }).to_string();
        server.post(&format!("{PAPERS}/ticket/preview"), &body).bearer(&administrator).send().await
    };

    let seen = preview(OWN, 576).await.expect(200);
    assert_eq!((seen["width"].as_u64(), seen["too_long"].as_bool()), (Some(576), Some(false)));
    assert!(seen["picture"].as_str().unwrap().starts_with("data:image/png;base64,iVBOR"), "{seen}");
    assert_eq!(seen["mistakes"], json!([]));

    let wrong = preview("[[block]]\nhuge = \"{nmber}\"\n", 384).await.expect(200);
    assert_eq!(wrong["picture"], Value::Null);
    let mistake = &wrong["mistakes"][0];
    assert_eq!((mistake["line"].as_u64(), mistake["block"].as_u64()), (Some(2), Some(1)));
    assert!(mistake["problem"].as_str().unwrap().contains("did you mean `number`?"), "{mistake}");

    let lacking = preview(&OWN.replace("{office}", "☂"), 384).await.expect(200);
    assert_eq!(lacking["missing"], json!(["☂"]));

    preview(OWN, 400).await.refused(422, "invalid_value");
}

#[tokio::test]
async fn a_template_is_put_in_force_and_taken_back() {
    let server = Server::open().await;
    let administrator = server.token(Kind::Administrator);
    let before = server.get(PAPERS).bearer(&administrator).send().await.expect(200);
    let put = async |text: Option<&str>, seen: &Value| {
        server.put(&format!("{PAPERS}/ticket"), &body(text, seen)).bearer(&administrator).send().await
    };

    let after = put(Some(OWN), &before).await.expect(200);

    assert_eq!(
        (&template(&after, "ticket")["text"], &template(&after, "ticket")["is_own"]),
        (&json!(OWN), &json!(true))
    );
    assert!(after["config_version"].as_u64() > before["config_version"].as_u64());
    put(None, &before).await.refused(409, "configuration_changed");
    let back = put(None, &after).await.expect(200);
    assert_eq!(template(&back, "ticket"), template(&before, "ticket"));
}

#[tokio::test]
async fn a_mistake_keeps_the_old_template_in_force() {
    let server = Server::open().await;
    let administrator = server.token(Kind::Administrator);
    let before = server.get(PAPERS).bearer(&administrator).send().await.expect(200);
    let put = async |kind: &str, text: &str| {
        server
            .put(&format!("{PAPERS}/{kind}"), &body(Some(text), &before))
            .bearer(&administrator)
            .send()
            .await
    };

    let refused =
        put("ticket", "[[block]]\ntext = \"{office}\"\nsize = 0\n").await.refused(422, "template_invalid");
    assert!(refused["detail"].as_str().unwrap().contains("line 3: block 1 (text): size: is 0"), "{refused}");
    assert_eq!(refused["mistakes"][0]["key"], "size", "{refused}");
    put("ticket", "[[block]]\ntext = \"{office}\"\n").await.refused(422, "template_invalid");
    let long = "[[block]]\nhuge = '{number}'\n".to_owned() + &"[[block]]\nspace = 400\n".repeat(20);
    put("ticket", &long).await.refused(422, "template_too_long");
    put("tickte", OWN).await.refused(404, "unknown_paper");

    assert_eq!(server.get(PAPERS).bearer(&administrator).send().await.expect(200), before);
}
