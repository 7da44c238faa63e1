//! The agent that is here now, and what it was told on this line. Gone with the line: a new one begins anew.

use std::collections::HashSet;

use khiw_printing::wire::FromServer;
use khiw_printing::{PrinterState, Status};

use super::door::{Line, Saying};

/// The agent that is here.
pub struct Present {
    pub line: Line,
    /// All that we may not know has been said.
    pub ready: bool,
    pub state: Option<(PrinterState, Status)>,
    /// Jobs it was told of on this line, by their number here.
    pub given: HashSet<i64>,
    pub asked_back: HashSet<i64>,
    pub withdrawn: HashSet<i64>,
}

/// The line takes no more.
pub struct Stuck;

impl Present {
    pub fn new(line: Line) -> Self {
        Self {
            line,
            ready: false,
            state: None,
            given: HashSet::new(),
            asked_back: HashSet::new(),
            withdrawn: HashSet::new(),
        }
    }

    pub fn say(&self, frame: FromServer) -> Result<(), Stuck> {
        self.line.to_agent.try_send(Saying::Frame(frame)).map_err(|_| Stuck)
    }

    pub fn forget(&mut self, id: i64) {
        self.given.remove(&id);
        self.asked_back.remove(&id);
        self.withdrawn.remove(&id);
    }
}
