//! The rules, as given / when / then and as properties.
//! One binary: linking the libraries anew for each file took minutes.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

mod calling;
mod deeds;
mod issuing;
mod printing_again;
mod properties;
mod service_day;
mod states;
mod support;
mod undo;
