//! Kind × capability, readable as a table. A kind may do only what stands here, and only at its own site.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a token was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A machine that gives numbers.
    Kiosk,
    /// A lobby screen.
    Display,
    /// Works one counter, or any when the token names none.
    Clerk,
    /// Gives numbers and sets tickets right at the front desk.
    Reception,
    /// Sees and corrects the site.
    Supervisor,
    /// Configures.
    Administrator,
    /// Prints on behalf of the server.
    Agent,
    /// Another system: issues, and works every counter of its site.
    Integration,
    /// The person at the demo's own machine; never made as a token.
    Demo,
}

/// Something a request wants to do beyond the public reads (catalogue, display topic, a ticket by its token).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Take a number for a visitor.
    Issue,
    /// See counters, orders, and tickets by id.
    SeeHall,
    /// Open, pause, close a counter; call, recall, complete … the ticket there.
    WorkCounter,
    /// Call a given ticket past the order, with a coded reason.
    CallOutOfOrder,
    /// Put a parked or absent ticket back in line.
    BackInLine,
    /// Cancel, park, transfer a ticket, add a service.
    EditTicket,
    /// Change a ticket's lane, with a coded reason.
    Reprioritise,
    /// Suspend issuing, evacuate.
    Supervise,
    /// Confirm the machine's clock after an alarm.
    AcceptClock,
    /// See alarms.
    SeeAlarms,
    /// Take an alarm into one's hands.
    AcknowledgeAlarms,
    /// See the simulated printer's pictures.
    SeePaper,
    /// See, try and change the templates of papers.
    EditPapers,
    /// See printers, and what became of papers.
    SeePrinters,
    /// Print a ticket's paper again.
    PrintAgain,
    /// Print a printer's test page.
    TestPrinter,
    /// Print why a service gives no number now.
    PrintNotice,
    /// Print what the server hands over, at a printer of the site.
    PrintForServer,
    /// Record, publish and withdraw what the lobby speaks with.
    EditVoices,
    /// Pictures, video and messages on the screens.
    EditMedia,
    /// See devices, and how they do.
    SeeDevices,
    /// Approve, name, move, reload, rotate and revoke devices.
    EnrolDevices,
    /// Change what lobby screens show and how they sound.
    SetScreens,
}

impl Kind {
    /// All kinds a token can have.
    pub const TOKENS: [Self; 8] = [
        Self::Kiosk,
        Self::Display,
        Self::Clerk,
        Self::Reception,
        Self::Supervisor,
        Self::Administrator,
        Self::Agent,
        Self::Integration,
    ];

    /// The word in tokens, commands and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kiosk => "kiosk",
            Self::Display => "display",
            Self::Clerk => "clerk",
            Self::Reception => "reception",
            Self::Supervisor => "supervisor",
            Self::Administrator => "administrator",
            Self::Agent => "agent",
            Self::Integration => "integration",
            Self::Demo => "demo",
        }
    }

    /// Reads a kind a token can have.
    pub fn parse(name: &str) -> Option<Self> {
        Self::TOKENS.into_iter().find(|kind| kind.name() == name)
    }

    /// A machine that shows a code and is approved by staff. Other tokens are made by whoever runs the server.
    pub fn enrols(self) -> bool {
        matches!(self, Self::Kiosk | Self::Display | Self::Agent)
    }

    /// A machine that stays signed in, not a person at work.
    pub fn is_device(self) -> bool {
        matches!(self, Self::Kiosk | Self::Display | Self::Agent | Self::Integration)
    }

    pub fn may(self, capability: Capability) -> bool {
        let row = TABLE.iter().find(|(listed, _)| *listed == capability);
        self == Self::Demo || row.is_some_and(|(_, kinds)| kinds.contains(&self))
    }
}

use Kind::{Administrator as Admin, Agent, Clerk, Integration, Kiosk, Reception, Supervisor};

/// The table. `Demo` may do everything of the demo's site and is not listed.
#[rustfmt::skip]
const TABLE: &[(Capability, &[Kind])] = &[
    (Capability::Issue,          &[Kiosk,        Reception, Supervisor, Admin, Integration]),
    (Capability::SeeHall,        &[       Clerk, Reception, Supervisor, Admin, Integration]),
    (Capability::WorkCounter,    &[       Clerk,            Supervisor, Admin, Integration]),
    (Capability::CallOutOfOrder, &[                         Supervisor, Admin, Integration]),
    (Capability::BackInLine,     &[       Clerk, Reception, Supervisor, Admin, Integration]),
    (Capability::EditTicket,     &[              Reception, Supervisor, Admin, Integration]),
    (Capability::Reprioritise,   &[              Reception, Supervisor, Admin             ]),
    (Capability::Supervise,      &[                         Supervisor, Admin             ]),
    (Capability::AcceptClock,    &[                         Supervisor, Admin             ]),
    (Capability::SeeAlarms,      &[       Clerk, Reception, Supervisor, Admin, Integration]),
    (Capability::AcknowledgeAlarms, &[    Clerk, Reception, Supervisor, Admin             ]),
    (Capability::SeePaper,       &[              Reception, Supervisor, Admin             ]),
    (Capability::EditPapers,     &[                                     Admin             ]),
    (Capability::SeePrinters,    &[       Clerk, Reception, Supervisor, Admin, Integration]),
    (Capability::PrintAgain,     &[       Clerk, Reception, Supervisor, Admin             ]),
    (Capability::TestPrinter,    &[                         Supervisor, Admin             ]),
    (Capability::PrintNotice,    &[Kiosk,        Reception, Supervisor, Admin             ]),
    (Capability::EditVoices,     &[                                     Admin             ]),
    (Capability::EditMedia,      &[                         Supervisor, Admin             ]),
    (Capability::PrintForServer, &[Agent                                                  ]),
    (Capability::SeeDevices,     &[              Reception, Supervisor, Admin, Integration]),
    (Capability::EnrolDevices,   &[                         Supervisor, Admin             ]),
    (Capability::SetScreens,     &[                         Supervisor, Admin             ]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_cannot_do_the_work_of_people() {
        for capability in
            [Capability::WorkCounter, Capability::EditTicket, Capability::Supervise, Capability::PrintAgain]
        {
            for kind in [Kind::Kiosk, Kind::Display, Kind::Agent] {
                assert!(!kind.may(capability), "{kind:?} {capability:?}");
            }
        }
    }

    #[test]
    fn an_agent_prints_and_nothing_else() {
        let may = TABLE.iter().filter(|(capability, _)| Kind::Agent.may(*capability));
        assert_eq!(may.map(|(capability, _)| *capability).collect::<Vec<_>>(), [Capability::PrintForServer]);
        assert!(
            Kind::TOKENS.iter().all(|kind| *kind == Kind::Agent || !kind.may(Capability::PrintForServer))
        );
    }

    #[test]
    fn no_token_is_of_the_demo_kind() {
        assert_eq!(Kind::parse("demo"), None);
        assert_eq!(Kind::parse("kiosk"), Some(Kind::Kiosk));
    }
}
