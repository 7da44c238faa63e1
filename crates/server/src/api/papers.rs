//! The templates of a site's papers: what is in force, how a text would look, and putting one in force. A text with a
//! mistake changes nothing.

use std::sync::Arc;

use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::StatusCode;
use khiw_domain::Command;
use khiw_domain::config::{SiteConfig, Tickets};
use khiw_domain::id::SiteId;
use khiw_printing::template::TemplateProblem;
use khiw_printing::{PaperKind, PaperWidth, templates};

use super::extract::{Body, Json, OptionalCommandId, Segments, ok};
use super::problems::Problems;
use super::send::send;
use super::types::{PaperPreview, PaperTemplate, PapersView, PreviewPaper, ReplacePaper, TemplateMistake};
use crate::access::{Caller, Capability};
use crate::blocking::blocking;
use crate::paper::Preview;
use crate::problem::{Problem, echo};
use crate::state::{AppState, ServedHall};

/// A template is tried on the narrowest paper, where it is longest.
const TRIED_ON: PaperWidth = PaperWidth::Dots384;
const TRIED_IN: &str = "th";

/// The templates in force, built-in ones included.
#[utoipa::path(get, path = "/api/v1/sites/{site}/papers", tag = "hall", params(("site" = String, Path)),
    responses((status = 200, body = PapersView), Problems::<403, 404>))]
pub(super) async fn papers(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
) -> Result<Json<PapersView>, Problem> {
    caller.allowed(&site, Capability::EditPapers)?;
    let served = app.hall(&site)?;
    in_force(&served).map(|(config, version)| ok(view(&config, version)))
}

/// How a text would look, with made-up facts; or what is wrong with it.
#[utoipa::path(post, path = "/api/v1/sites/{site}/papers/{kind}/preview", tag = "hall",
    params(("site" = String, Path), ("kind" = String, Path)), request_body = PreviewPaper,
    responses((status = 200, body = PaperPreview), Problems::<403, 404, 422>))]
pub(super) async fn preview(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, kind)): Segments<(SiteId, String)>,
    Body(body): Body<PreviewPaper>,
) -> Result<Json<PaperPreview>, Problem> {
    caller.allowed(&site, Capability::EditPapers)?;
    let served = app.hall(&site)?;
    let kind = known(&kind)?;
    let width = PaperWidth::from_dots(body.width_dots).ok_or_else(|| {
        let detail = "`width_dots` is 384 (58 mm), 512 or 576 (80 mm)";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_value", detail)
    })?;
    let (config, _) = in_force(&served)?;
    let language = body.language.map_or(TRIED_IN, khiw_domain::id::Language::code);
    let looked = look(&app, &config.tickets, kind, body.text, language, width).await?;
    Ok(ok(match looked {
        Ok(preview) => seen(&preview)?,
        Err(mistakes) => {
            PaperPreview { mistakes: mistakes.into_iter().map(mistake).collect(), ..Default::default() }
        }
    }))
}

/// Puts a text in force; null brings the built-in one back. 409 when somebody else changed the configuration since.
#[utoipa::path(put, path = "/api/v1/sites/{site}/papers/{kind}", tag = "hall",
    params(("site" = String, Path), ("kind" = String, Path)), request_body = ReplacePaper,
    responses((status = 200, body = PapersView), Problems::<403, 404, 409, 422>))]
pub(super) async fn replace(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, kind)): Segments<(SiteId, String)>,
    OptionalCommandId(command_id): OptionalCommandId,
    Body(body): Body<ReplacePaper>,
) -> Result<Json<PapersView>, Problem> {
    let principal = caller.allowed(&site, Capability::EditPapers)?;
    let served = app.hall(&site)?;
    let kind = known(&kind)?;
    // One configuration is made from another: nobody else may put one in force in between.
    let _alone = app.configuring().lock().await;
    let (config, version) = in_force(&served)?;
    if version != body.config_version {
        let detail = "the site's configuration was changed meanwhile; look at it again";
        return Err(Problem::new(StatusCode::CONFLICT, "configuration_changed", detail)
            .with("config_version", version));
    }
    let mut changed = SiteConfig::clone(&config);
    if let Some(text) = &body.text {
        accept(&app, &config.tickets, kind, text.clone()).await?;
    }
    changed.tickets.edit(kind.code(), body.text);
    send(&served, principal, command_id, Command::Configure { config: Arc::new(changed) }).await?;
    in_force(&served).map(|(config, version)| ok(view(&config, version)))
}

/// 422 with all mistakes, unless the text can be put in force.
async fn accept(app: &AppState, tickets: &Tickets, kind: PaperKind, text: String) -> Result<(), Problem> {
    match look(app, tickets, kind, text, TRIED_IN, TRIED_ON).await? {
        Ok(preview) if preview.cut_short => {
            let detail = "it prints more than half a metre of paper: shorten it";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "template_too_long", detail))
        }
        Ok(_) => Ok(()),
        Err(mistakes) => {
            let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            let listed = serde_json::to_value(&mistakes).unwrap_or_default();
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "template_invalid", told.join("\n"))
                .with("mistakes", listed))
        }
    }
}

async fn look(
    app: &AppState,
    tickets: &Tickets,
    kind: PaperKind,
    text: String,
    language: &'static str,
    width: PaperWidth,
) -> Result<Result<Preview, Vec<TemplateProblem>>, Problem> {
    let (app, tickets) = (app.clone(), tickets.clone());
    let looked = blocking(move || app.studio().preview(&tickets, (kind, &text), language, width));
    looked.await.map_err(|_| Problem::internal())
}

fn known(kind: &str) -> Result<PaperKind, Problem> {
    PaperKind::parse(kind).ok_or_else(|| {
        let known: Vec<&str> = PaperKind::ALL.iter().map(|kind| kind.code()).collect();
        let detail = format!("`{}` is no paper; there are {}", echo(kind), known.join(", "));
        Problem::new(StatusCode::NOT_FOUND, "unknown_paper", detail)
    })
}

fn in_force(served: &ServedHall) -> Result<(Arc<SiteConfig>, u32), Problem> {
    let read = served.hall.read(|site| site.config().cloned().map(|config| (config, site.config_version())));
    read.ok_or_else(|| khiw_domain::Refusal::NotConfigured.into())
}

fn view(config: &SiteConfig, config_version: u32) -> PapersView {
    let template = |kind: PaperKind| {
        let own = config.tickets.templates.get(kind.code());
        PaperTemplate {
            kind: kind.code().to_owned(),
            is_own: own.is_some(),
            text: own.cloned().unwrap_or_else(|| templates::built_in(kind).to_owned()),
        }
    };
    PapersView {
        config_version,
        templates: PaperKind::ALL.into_iter().map(template).collect(),
        pictures: config.tickets.pictures.keys().cloned().collect(),
    }
}

fn seen(preview: &Preview) -> Result<PaperPreview, Problem> {
    let png = preview.picture.to_png().map_err(|error| {
        tracing::error!(%error, "a preview could not be written");
        Problem::internal()
    })?;
    Ok(PaperPreview {
        picture: Some(format!("data:image/png;base64,{}", BASE64.encode(png))),
        width: preview.picture.width(),
        height: preview.picture.height(),
        missing: preview.missing.iter().map(ToString::to_string).collect(),
        too_long: preview.cut_short,
        mistakes: Vec::new(),
    })
}

fn mistake(problem: TemplateProblem) -> TemplateMistake {
    TemplateMistake {
        line: problem.line,
        block: problem.block,
        kind: problem.kind,
        key: problem.key,
        problem: problem.problem,
    }
}
