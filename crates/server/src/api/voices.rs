//! The voices of a hall, for its screens; and a voice that is being recorded, word by word. What a word's sound is, is
//! decided where it comes in: what is kept can be played.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use khiw_announcing::{CLIP_BYTES_MAX, Clip, Manifest, PackProblem, Token, Word, read_clip, vocabulary};
use khiw_domain::id::{Language, SiteId};

use super::extract::{Body, Json, Segments, ok, upload};
use super::problems::Problems;
use super::types::{
    ClipView, PromptView, PromptsView, PublishVoice, SoundView, UnusableVoice, VoiceView, VoicesView,
};
use crate::access::{Caller, Capability};
use crate::api::types::ScreenOrder;
use crate::blocking::blocking;
use crate::problem::{Problem, echo};
use crate::state::{AppState, ServedHall};
use crate::voices::{KeptClip, SiteVoices, Voice, own_words};

const TEXT_LENGTH_MAX: usize = 80;
const OGG: HeaderValue = HeaderValue::from_static("audio/ogg");
/// The mark in its address is of its content.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// What the hall can speak with.
#[utoipa::path(get, path = "/api/v1/sites/{site}/voices", tag = "voices", params(("site" = String, Path)),
    responses((status = 200, body = VoicesView), Problems::<404>))]
pub(super) async fn voices(
    State(app): State<AppState>,
    Segments(site): Segments<SiteId>,
) -> Result<Json<VoicesView>, Problem> {
    let served = app.hall(&site)?;
    let voices = of(&app, &served).await?;
    Ok(ok(listed(&site, &voices)))
}

/// A word as sound.
#[utoipa::path(get, path = "/api/v1/sites/{site}/voices/{language}/clips/{token}/{mark}", tag = "voices",
    params(("site" = String, Path), ("language" = String, Path), ("token" = String, Path), ("mark" = String, Path)),
    responses((status = 200, content_type = "audio/ogg"), Problems::<404>))]
pub(super) async fn clip(
    State(app): State<AppState>,
    Segments((site, language, token, mark)): Segments<(SiteId, Language, String, String)>,
) -> Result<Response, Problem> {
    let served = app.hall(&site)?;
    let voices = of(&app, &served).await?;
    let word = || token.parse::<Token>().ok();
    let clip = voices.by_language.get(&language).and_then(|voice| voice.clips.get(&word()?));
    let clip = clip.filter(|clip| clip.mark == mark).ok_or_else(|| unknown_word(&token))?;
    Ok(sound(clip.bytes.clone()))
}

/// What a speaker reads, with what is recorded and what is in use.
#[utoipa::path(get, path = "/api/v1/sites/{site}/voices/{language}/prompts", tag = "voices",
    params(("site" = String, Path), ("language" = String, Path)),
    responses((status = 200, body = PromptsView), Problems::<403, 404>))]
pub(super) async fn prompts(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, language)): Segments<(SiteId, Language)>,
) -> Result<Json<PromptsView>, Problem> {
    // Not only for who records: staff read here which words a screen cannot play.
    caller.allowed(&site, Capability::SeeDevices)?;
    let served = app.hall(&site)?;
    let asked = app.clone();
    let view = blocking(move || asked_prompts(&asked, &served, language)).await;
    Ok(ok(view.map_err(|_| Problem::internal())?))
}

/// A recorded word as sound.
#[utoipa::path(get, path = "/api/v1/sites/{site}/voices/{language}/recordings/{token}", tag = "voices",
    params(("site" = String, Path), ("language" = String, Path), ("token" = String, Path)),
    responses((status = 200, content_type = "audio/ogg"), Problems::<403, 404>))]
pub(super) async fn recording(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, language, token)): Segments<(SiteId, Language, String)>,
) -> Result<Response, Problem> {
    caller.allowed(&site, Capability::EditVoices)?;
    let served = app.hall(&site)?;
    let word = known_word(&served, language, &token)?;
    let read = blocking(move || app.voices().shelf().recorded(&site, language, &word)).await;
    let clip = read.map_err(|_| Problem::internal())?.ok_or_else(|| unknown_word(&token))?;
    let mut response = sound(clip.bytes.into());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Keeps a word: an Ogg Opus clip of at most five seconds.
#[utoipa::path(put, path = "/api/v1/sites/{site}/voices/{language}/recordings/{token}", tag = "voices",
    params(("site" = String, Path), ("language" = String, Path), ("token" = String, Path)),
    request_body(content = Vec<u8>, content_type = "audio/ogg"),
    extensions(("x-body-bytes-max" = json!(CLIP_BYTES_MAX))),
    responses((status = 200, body = SoundView), Problems::<403, 404, 413, 422>))]
pub(super) async fn record(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, language, token)): Segments<(SiteId, Language, String)>,
    request: Request,
) -> Result<Json<SoundView>, Problem> {
    caller.allowed(&site, Capability::EditVoices)?;
    let served = app.hall(&site)?;
    let word = known_word(&served, language, &token)?;
    let bytes = upload(request, CLIP_BYTES_MAX as usize).await?;
    let clip = read_clip(word.as_str(), bytes.to_vec()).map_err(|problem| refused(&problem))?;
    let view = recorded_view(&site, language, &word, &clip);
    let kept = blocking(move || app.voices().shelf().record(&site, language, &word, &clip.bytes)).await;
    kept.map_err(|_| Problem::internal())?.map_err(|error| out_of_order(&error))?;
    Ok(ok(view))
}

/// Forgets a recorded word.
#[utoipa::path(delete, path = "/api/v1/sites/{site}/voices/{language}/recordings/{token}", tag = "voices",
    params(("site" = String, Path), ("language" = String, Path), ("token" = String, Path)),
    responses((status = 204), Problems::<403, 404>))]
pub(super) async fn discard(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, language, token)): Segments<(SiteId, Language, String)>,
) -> Result<StatusCode, Problem> {
    caller.allowed(&site, Capability::EditVoices)?;
    let served = app.hall(&site)?;
    let word = known_word(&served, language, &token)?;
    let gone = blocking(move || app.voices().shelf().discard(&site, language, &word)).await;
    gone.map_err(|_| Problem::internal())?.map_err(|error| out_of_order(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a voice in use: what is recorded, and for the rest the office's own clips that were in use.
#[utoipa::path(post, path = "/api/v1/sites/{site}/voices/{language}/publish", tag = "voices",
    params(("site" = String, Path), ("language" = String, Path)), request_body = PublishVoice,
    responses((status = 200, body = VoicesView), Problems::<403, 404, 409, 422>))]
pub(super) async fn publish(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, language)): Segments<(SiteId, Language)>,
    Body(body): Body<PublishVoice>,
) -> Result<Json<VoicesView>, Problem> {
    caller.allowed(&site, Capability::EditVoices)?;
    for (field, text) in [("name", &body.name), ("speaker", &body.speaker), ("licence", &body.licence)] {
        let length = text.trim().chars().count();
        if !(1..=TEXT_LENGTH_MAX).contains(&length) || text.chars().any(char::is_control) {
            let detail = format!("`{field}` has 1 to {TEXT_LENGTH_MAX} characters");
            return Err(
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_value", detail).with("field", field)
            );
        }
    }
    let served = app.hall(&site)?;
    // Two who publish at once: one after the other.
    let _alone = app.configuring().lock().await;
    let (making, hall) = (app.clone(), Arc::clone(&served));
    let made = blocking(move || make(&making, &hall, language, &body)).await;
    made.map_err(|_| Problem::internal())??;
    changed(&app, &served).await
}

/// Takes the office's own voice out of use; the shipped one, if there is one, speaks again.
#[utoipa::path(delete, path = "/api/v1/sites/{site}/voices/{language}", tag = "voices",
    params(("site" = String, Path), ("language" = String, Path)),
    responses((status = 200, body = VoicesView), Problems::<403, 404>))]
pub(super) async fn withdraw(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, language)): Segments<(SiteId, Language)>,
) -> Result<Json<VoicesView>, Problem> {
    caller.allowed(&site, Capability::EditVoices)?;
    let served = app.hall(&site)?;
    let _alone = app.configuring().lock().await;
    let shelf = app.voices().shelf().clone();
    let gone = blocking(move || shelf.withdraw(&site, language)).await;
    gone.map_err(|_| Problem::internal())?.map_err(|error| out_of_order(&error))?;
    changed(&app, &served).await
}

/// The hall speaks otherwise from now on: its screens are told.
async fn changed(app: &AppState, served: &Arc<ServedHall>) -> Result<Json<VoicesView>, Problem> {
    let site = served.hall.site_id();
    let voices = of(app, served).await?;
    app.hub().speak(site, voices.languages());
    app.hub().order(site, ScreenOrder::Voices);
    Ok(ok(listed(site, &voices)))
}

async fn of(app: &AppState, served: &Arc<ServedHall>) -> Result<Arc<SiteVoices>, Problem> {
    let (app, served) = (app.clone(), Arc::clone(served));
    blocking(move || app.voices().of(&served)).await.map_err(|_| Problem::internal())
}

fn listed(site: &SiteId, voices: &SiteVoices) -> VoicesView {
    let unusable = voices.unusable.iter();
    VoicesView {
        voices: voices.by_language.iter().map(|(language, voice)| view(site, *language, voice)).collect(),
        unusable: unusable
            .map(|(language, problem)| UnusableVoice { language: *language, problem: problem.clone() })
            .collect(),
    }
}

fn view(site: &SiteId, language: Language, voice: &Voice) -> VoiceView {
    let clips = voice.clips.iter().map(|(token, clip)| ClipView {
        token: token.to_string(),
        url: clip_url(site, language, token, clip),
        length_ms: clip.length_ms,
    });
    VoiceView {
        language,
        name: voice.manifest.name.clone(),
        speaker: voice.manifest.speaker.clone(),
        licence: voice.manifest.licence.clone(),
        draft: voice.manifest.draft,
        own: voice.own,
        complete: voice.missing.is_empty(),
        clips: clips.collect(),
        missing: voice.missing.iter().map(ToString::to_string).collect(),
        problems: voice.problems.iter().map(ToString::to_string).collect(),
    }
}

fn clip_url(site: &SiteId, language: Language, token: &Token, clip: &KeptClip) -> String {
    format!("/api/v1/sites/{site}/voices/{}/clips/{token}/{}", language.code(), clip.mark)
}

fn recorded_view(site: &SiteId, language: Language, token: &Token, clip: &Clip) -> SoundView {
    let url = format!("/api/v1/sites/{site}/voices/{}/recordings/{token}", language.code());
    SoundView { url, length_ms: clip.length_ms }
}

/// All words of the language that this hall needs, as its own voice says them.
fn words(served: &ServedHall, language: Language, own: Option<&Voice>) -> Vec<Word> {
    let own_words = own_words(language, served.facts().config.as_deref());
    match own {
        Some(voice) => voice.manifest.prompts(&own_words),
        None => vocabulary(language).into_iter().chain(own_words).collect(),
    }
}

fn asked_prompts(app: &AppState, served: &ServedHall, language: Language) -> PromptsView {
    let site = served.hall.site_id();
    let voices = app.voices().of(served);
    let own = voices.by_language.get(&language).filter(|voice| voice.own);
    let shelf = app.voices().shelf();
    let prompts = words(served, language, own).into_iter().map(|Word { token, text }| {
        let recorded = shelf.recorded(site, language, &token);
        let published = own.and_then(|voice| voice.clips.get(&token));
        PromptView {
            recorded: recorded.map(|clip| recorded_view(site, language, &token, &clip)),
            published: published.map(|clip| SoundView {
                url: clip_url(site, language, &token, clip),
                length_ms: clip.length_ms,
            }),
            token: token.to_string(),
            text: text.into_owned(),
        }
    });
    let said =
        |of: fn(&Manifest) -> &String| own.map(|voice| of(&voice.manifest).clone()).unwrap_or_default();
    PromptsView {
        language,
        prompts: prompts.collect(),
        name: said(|manifest| &manifest.name),
        speaker: said(|manifest| &manifest.speaker),
        licence: said(|manifest| &manifest.licence),
    }
}

fn make(
    app: &AppState,
    served: &ServedHall,
    language: Language,
    asked: &PublishVoice,
) -> Result<(), Problem> {
    let site = served.hall.site_id();
    let voices = app.voices().of(served);
    let own = voices.by_language.get(&language).filter(|voice| voice.own);
    let shelf = app.voices().shelf();
    let mut clips: Vec<(Token, Bytes)> = Vec::new();
    let mut missing: Vec<String> = Vec::new();
    for Word { token, .. } in words(served, language, own) {
        let recorded = shelf.recorded(site, language, &token).map(|clip| clip.bytes.into());
        let kept = || own.and_then(|voice| voice.clips.get(&token)).map(|clip| clip.bytes.clone());
        match recorded.or_else(kept) {
            Some(bytes) => clips.push((token, bytes)),
            None => missing.push(token.to_string()),
        }
    }
    if clips.is_empty() || (!missing.is_empty() && !asked.allow_incomplete) {
        let detail = "words are missing; calls with one of them would chime and not be spoken";
        return Err(Problem::new(StatusCode::CONFLICT, "voice_incomplete", detail).with("missing", missing));
    }
    let manifest = Manifest {
        language,
        name: asked.name.trim().to_owned(),
        speaker: asked.speaker.trim().to_owned(),
        licence: asked.licence.trim().to_owned(),
        draft: asked.draft,
        made_with: "recorded at the office".to_owned(),
        words: own.map(|voice| voice.manifest.words.clone()).unwrap_or_default(),
    };
    let clips = clips.iter().map(|(token, bytes)| (token, &bytes[..]));
    shelf.publish(site, &manifest, clips).map_err(|error| out_of_order(&error))
}

fn known_word(served: &ServedHall, language: Language, name: &str) -> Result<Token, Problem> {
    let token = name.parse::<Token>().ok();
    let known = words(served, language, None).into_iter().map(|word| word.token);
    token.filter(|token| known.into_iter().any(|known| known == *token)).ok_or_else(|| unknown_word(name))
}

fn unknown_word(name: &str) -> Problem {
    let detail = format!("no clip for a word `{}`", echo(name));
    Problem::new(StatusCode::NOT_FOUND, "unknown_word", detail)
}

fn refused(problem: &PackProblem) -> Problem {
    let code = match problem {
        PackProblem::TooLong(..) => "clip_too_long",
        PackProblem::TooLarge(_) => "too_large",
        _ => "clip_broken",
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, problem.to_string())
}

fn out_of_order(error: &crate::voices::ShelfError) -> Problem {
    tracing::error!(%error, "a voice could not be kept");
    Problem::unavailable("voices cannot be kept; is the disk full?").retry_after(5)
}

fn sound(bytes: Bytes) -> Response {
    ([(header::CONTENT_TYPE, OGG), (header::CACHE_CONTROL, FOREVER)], bytes).into_response()
}
