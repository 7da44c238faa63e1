//! From a parsed request to a decided command: who sent it, its digest, and the dispatcher's answer.

use std::sync::Arc;
use std::time::Instant;

use khiw_dispatcher::{Done, Request};
use khiw_domain::Command;

use crate::access::Principal;
use crate::metrics;
use crate::problem::Problem;
use crate::state::ServedHall;

/// Room for most commands as JSON.
const COMMAND_BYTES: usize = 256;

/// Sends a command and waits until it is durable or refused.
pub async fn send(
    served: &ServedHall,
    principal: &Principal,
    command_id: Option<String>,
    command: Command,
) -> Result<Done, Problem> {
    let digest = digest(&command, &[])?;
    submit(served, principal, command_id, command, digest).await
}

/// As [`send`], for a command that holds something derived from the time of asking: `asked` stands for it in the
/// digest, so that the same request a second later is still the same request.
pub async fn send_asked(
    served: &ServedHall,
    principal: &Principal,
    command_id: Option<String>,
    (command, timeless): (Command, &Command),
    asked: &[u8],
) -> Result<Done, Problem> {
    let digest = digest(timeless, asked)?;
    submit(served, principal, command_id, command, digest).await
}

async fn submit(
    served: &ServedHall,
    principal: &Principal,
    command_id: Option<String>,
    command: Command,
    digest: [u8; 16],
) -> Result<Done, Problem> {
    let request = Request { command, actor: Arc::clone(&principal.id), command_id, digest };
    let begun = Instant::now();
    let answered = served.hall.send(request).await.map_err(Problem::from);
    let outcome = match &answered {
        Ok(done) if done.repeated => "repeated",
        Ok(_) => "done",
        Err(problem) => &problem.code,
    };
    metrics::command_answered(outcome, begun.elapsed());
    answered
}

/// The same request has the same digest, however its JSON was written.
fn digest(command: &Command, asked: &[u8]) -> Result<[u8; 16], Problem> {
    let mut bytes = Vec::with_capacity(COMMAND_BYTES);
    serde_json::to_writer(&mut bytes, command).map_err(|error| {
        tracing::error!(%error, "a command could not be written as JSON");
        Problem::internal()
    })?;
    bytes.extend_from_slice(asked);
    let mut digest = [0_u8; 16];
    digest.copy_from_slice(&blake3::hash(&bytes).as_bytes()[..16]);
    Ok(digest)
}
