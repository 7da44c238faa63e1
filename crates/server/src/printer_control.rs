//! The HTTP control of simulated printers: look at one, set its faults, fetch what it printed. For tests and for
//! trying out; no part of a hall, and never in the same process as one.

use std::net::SocketAddr;
use std::path::{Path as FilePath, PathBuf};

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use http::{StatusCode, header};
use khiw_printing::SimulatedPrinter;
use khiw_printing::simulator::{Faults, SimulatorState};
use serde::Serialize;
use tokio::net::TcpListener;

use crate::blocking::blocking;
use crate::problem::Problem;

/// Faults are a few numbers.
const BODY_BYTES_MAX: usize = 16 * 1_024;

/// A printer: the name in its path, where it prints, itself.
pub type NamedPrinter = (String, SocketAddr, SimulatedPrinter);

#[derive(Clone)]
struct Printers(std::sync::Arc<Vec<NamedPrinter>>);

#[derive(Serialize)]
struct Shown {
    name: String,
    link: String,
    #[serde(flatten)]
    state: SimulatorState,
}

/// Serves until it is dropped.
pub async fn serve(listener: TcpListener, printers: Vec<NamedPrinter>) -> std::io::Result<()> {
    axum::serve(listener, router(printers)).await
}

fn router(printers: Vec<NamedPrinter>) -> Router {
    Router::new()
        .route("/printers", get(list))
        .route("/printers/{name}", get(show))
        .route("/printers/{name}/faults", put(set_faults))
        .route("/printers/{name}/pictures", get(pictures))
        .route("/printers/{name}/pictures/{file}", get(picture))
        .fallback(async || unknown("nothing of that name is here: begin with GET /printers"))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(Printers(std::sync::Arc::new(printers)))
}

impl Printers {
    fn find(&self, name: &str) -> Result<&NamedPrinter, Problem> {
        let found = self.0.iter().find(|(known, _, _)| known == name);
        found.ok_or_else(|| unknown("no printer of that name: see GET /printers"))
    }
}

fn unknown(detail: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", detail)
}

fn shown((name, address, printer): &NamedPrinter) -> Shown {
    Shown { name: name.clone(), link: format!("tcp://{address}"), state: printer.state() }
}

async fn list(State(printers): State<Printers>) -> Json<Vec<Shown>> {
    Json(printers.0.iter().map(shown).collect())
}

async fn show(State(printers): State<Printers>, Path(name): Path<String>) -> Result<Json<Shown>, Problem> {
    Ok(Json(shown(printers.find(&name)?)))
}

async fn set_faults(
    State(printers): State<Printers>,
    Path(name): Path<String>,
    faults: Result<Json<Faults>, JsonRejection>,
) -> Result<Json<Shown>, Problem> {
    let named = printers.find(&name)?;
    let Json(faults) = faults
        .map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_faults", error.body_text()))?;
    let printer = named.2.clone();
    // A printer that is mended writes what it held.
    let set = blocking(move || printer.set_faults(faults)).await;
    set.map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", error.to_string()))?;
    Ok(Json(shown(named)))
}

async fn pictures(
    State(printers): State<Printers>,
    Path(name): Path<String>,
) -> Result<Json<Vec<String>>, Problem> {
    let files = printers.find(&name)?.2.files();
    let name = |file: PathBuf| file.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    Ok(Json(files.into_iter().filter_map(name).collect()))
}

async fn picture(
    State(printers): State<Printers>,
    Path((name, file)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let printer = &printers.find(&name)?.2;
    // Only what it lists: the file's name never becomes a path by itself.
    let listed = |known: &PathBuf| known.file_name() == Some(FilePath::new(&file).as_os_str());
    let found = printer.files().into_iter().find(listed);
    let found = found.ok_or_else(|| unknown("no picture of that name: see GET …/pictures"))?;
    let bytes = tokio::fs::read(found).await.map_err(|_| unknown("the picture is gone"))?;
    Ok(([(header::CONTENT_TYPE, "image/png")], bytes).into_response())
}
