//! Finds out what a printer is and what it can tell, by asking everything once, and proposes a model
//! of `config/printers` for it. Prints nothing.

use std::sync::Arc;

use serde::Serialize;

use crate::escpos::{PrinterState, Status};
use crate::link::{Dial, LinkError, LinkTimeouts, Session};
use crate::profile::{self, Profile, Tells};

/// What `GS I` asks for.
const FIRMWARE: u8 = 65;
const MAKER: u8 = 66;
const MODEL: u8 = 67;
const SERIAL_NUMBER: u8 = 68;

/// What a printer answered; `None` is what it did not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Probe {
    /// Whether the link has a way back at all.
    pub answers: bool,
    pub maker: Option<String>,
    pub model: Option<String>,
    pub firmware: Option<String>,
    pub serial_number: Option<String>,
    /// The bytes that answered `DLE EOT` 1 to 4.
    pub real_time: [Option<u8>; 4],
    /// The byte that answered `GS r 1`.
    pub confirmation: Option<u8>,
    /// What `GS a` gave at once.
    pub automatic: Option<Status>,
}

/// A model for a printer, and why that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub profile: Arc<Profile>,
    /// It said its own name, and the model is known by it.
    pub by_name: bool,
    /// What the model tells according to `config/printers`, but did not answer now.
    pub silent: Vec<&'static str>,
    /// What it answered although the model is not said to.
    pub surprising: Vec<&'static str>,
}

/// Asks the printer everything. Must not be used while it prints.
/// The first answer is waited for up to `patience_ms`.
pub async fn ask(dial: &dyn Dial, timeouts: LinkTimeouts, patience_ms: u64) -> Result<Probe, LinkError> {
    // Whatever it turns out to be: everything is asked.
    let curious = Profile::generic(u32::MAX);
    let mut session = Session::open(dial, timeouts, curious).await?;
    let mut probe = Probe { answers: session.answers(), ..Probe::default() };
    if !probe.answers || !session.first_word(patience_ms).await? {
        return Ok(probe);
    }
    for n in 1..=4 {
        probe.real_time[usize::from(n - 1)] = session.ask_status(n).await?;
    }
    probe.confirmation = session.ask_confirmation().await?;
    probe.maker = session.ask_identity(MAKER).await?;
    probe.model = session.ask_identity(MODEL).await?;
    probe.firmware = session.ask_identity(FIRMWARE).await?;
    probe.serial_number = session.ask_identity(SERIAL_NUMBER).await?;
    probe.automatic = session.report_by_itself().await?;
    session.stop_reporting().await?;
    Ok(probe)
}

impl Probe {
    /// The state its real-time answers come to.
    pub fn state(&self) -> PrinterState {
        let mut status = Status::default();
        for (n, answer) in (1..).zip(self.real_time) {
            if let Some(answer) = answer {
                status.note(n, answer);
            }
        }
        status.state()
    }

    /// The model it most likely is, for paper of `width_dots` where it did not say its name.
    pub fn proposal(&self, width_dots: u32) -> Proposal {
        let named = self.model.as_deref().and_then(by_name);
        let by_name = named.is_some();
        let profile = named.unwrap_or_else(|| Profile::generic(width_dots));
        let (silent, surprising) = self.differences(profile.tells);
        Proposal { profile, by_name, silent, surprising }
    }

    fn differences(&self, tells: Tells) -> (Vec<&'static str>, Vec<&'static str>) {
        const QUESTIONS: [&str; 4] = ["DLE EOT 1", "DLE EOT 2", "DLE EOT 3", "DLE EOT 4"];
        let mut compared: Vec<(&'static str, bool, bool)> = QUESTIONS
            .into_iter()
            .enumerate()
            .map(|(at, name)| (name, tells.real_time[at], self.real_time[at].is_some()))
            .collect();
        compared.push(("GS r 1 (confirms the cut)", tells.confirms_cut, self.confirmation.is_some()));
        compared.push(("GS a (automatic status)", tells.automatic, self.automatic.is_some()));
        let which = |wanted: (bool, bool)| {
            let is = |(_, said, answered): &&(&'static str, bool, bool)| (*said, *answered) == wanted;
            compared.iter().filter(is).map(|(name, _, _)| *name).collect()
        };
        (which((true, false)), which((false, true)))
    }
}

/// The longest name that the printer's own begins with: `TM-T82III` before `TM-T82`.
fn by_name(model: &str) -> Option<Arc<Profile>> {
    let matches = |profile: &Arc<Profile>| {
        let fits = |identity: &&String| model.trim().to_uppercase().starts_with(&identity.to_uppercase());
        profile.identities.iter().filter(fits).map(String::len).max()
    };
    let best = profile::all().iter().filter_map(|profile| Some((matches(profile)?, profile)));
    best.max_by_key(|(length, _)| *length).map(|(_, profile)| Arc::clone(profile))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;
    use crate::simulator::{Faults, SimulatedPrinter};

    async fn probed(printer: &SimulatedPrinter) -> Probe {
        ask(printer, LinkTimeouts::default(), 1_000).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn every_model_is_recognised_by_what_it_says() {
        for profile in profile::all().iter().filter(|profile| !profile.identities.is_empty()) {
            let probe = probed(&SimulatedPrinter::in_memory(Arc::clone(profile))).await;
            let proposal = probe.proposal(576);
            assert_eq!(proposal.profile.name, profile.name);
            assert!(proposal.by_name && proposal.silent.is_empty() && proposal.surprising.is_empty());
            assert_eq!(probe.state(), PrinterState::Ok);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_stranger_is_taken_cautiously_and_what_it_answers_is_said() {
        let mut stranger = Profile::clone(&profile::find("generic").unwrap());
        stranger.identities.clear();
        stranger.tells.automatic = true;
        stranger.tells.real_time[2] = false;
        let proposal = probed(&SimulatedPrinter::in_memory(Arc::new(stranger))).await.proposal(384);
        assert_eq!((proposal.profile.name.as_str(), proposal.by_name), ("generic-58", false));
        assert_eq!(proposal.silent, ["DLE EOT 3"]);
        assert_eq!(proposal.surprising, ["GS a (automatic status)"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_mute_one_told_nothing() {
        let printer = SimulatedPrinter::in_memory(profile::find("generic").unwrap());
        printer.set_faults(Faults { mute: true, ..Faults::default() });
        let probe = probed(&printer).await;
        assert_eq!(probe, Probe { answers: true, ..Probe::default() });
        assert_eq!(probe.state(), PrinterState::Unknown);
    }
}
