//! One ticket, stored, told, drawn and described, so that each library is really linked. Never run.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cosmic_text::{Attrs, Buffer, Color, FontSystem, Metrics, Shaping, SwashCache};
use icu_segmenter::LineSegmenter;
use rusqlite::Connection;
use tokio::net::TcpListener;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const WORDS: &str = "กรุณารอเรียกคิว";

#[derive(rust_embed::RustEmbed)]
#[folder = "page"]
struct Pages;

#[derive(serde::Serialize, ToSchema)]
struct Ticket {
    number: i64,
    at: String,
}

#[derive(OpenApi)]
struct Document;

type Store = Arc<Mutex<Connection>>;

#[utoipa::path(post, path = "/tickets", responses((status = 200, body = Ticket)))]
async fn issue(State(store): State<Store>) -> Result<Json<Ticket>, StatusCode> {
    let connection = store.lock().unwrap_or_else(PoisonError::into_inner);
    let number = connection.pragma_query_value(None, "user_version", |row| row.get(0));
    let number = number.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let at = jiff::Zoned::now().in_tz("Asia/Bangkok").map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Json(Ticket { number, at: at.to_string() }))
}

fn drawn() -> u64 {
    let (mut fonts, mut cache) = (FontSystem::new(), SwashCache::new());
    let mut buffer = Buffer::new(&mut fonts, Metrics::new(20.0, 24.0));
    buffer.set_text(WORDS, &Attrs::new(), Shaping::Advanced, None);
    buffer.shape_until_scroll(&mut fonts, false);
    let mut ink = 0;
    buffer.draw(&mut fonts, &mut cache, Color::rgb(0, 0, 0), |_, _, _, _, color| ink += u64::from(color.a()));
    ink
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let breaks = LineSegmenter::new_auto(Default::default()).segment_str(WORDS).count();
    let page = Pages::get("index.html").map_or(0, |page| page.data.len());
    let (router, document) =
        OpenApiRouter::with_openapi(Document::openapi()).routes(routes!(issue)).split_for_parts();
    println!("{} {breaks} {page} {}", drawn(), document.to_json()?);
    let screens = TcpListener::bind("127.0.0.1:0").await?;
    tokio::spawn(async move {
        if let Ok((stream, _)) = screens.accept().await {
            drop(tokio_tungstenite::accept_async(stream).await);
        }
    });
    let store = Arc::new(Mutex::new(Connection::open_in_memory()?));
    axum::serve(TcpListener::bind("127.0.0.1:0").await?, router.with_state(store)).await?;
    Ok(())
}
