//! What screens, the certificate, the control socket and paper may rely on: a whole server on loopback, followed
//! by real clients. Every wait is for an event, with a limit that only a defect reaches.

mod abuse;
mod again;
mod agent;
mod control;
mod encryption;
mod enrolled;
mod office;
mod paper;
mod resume;
mod screen;
mod topics;
