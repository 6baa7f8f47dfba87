//! From where something is done: what the audit log says beside who did what.

use crate::{access::words, ids::SessionId};

words! {
    /// How something reaches the portal. `Api`: a program calls a server function; `Page`: a browser does, or a form.
    Means { Page = "page", Api = "api", Command = "command", Job = "job" }
}

/// From where something is done, and by whom where that is somebody else than the person in whose name it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub means: Means,
    /// Which page or server function, as the list of routes has it; which command, or which job.
    pub task: String,
    /// The address of whoever asks, where it is known.
    pub address: Option<String>,
    pub session: Option<SessionId>,
    /// Who is logged in where the command was typed.
    pub login: Option<String>,
}

impl Origin {
    /// What the portal does by itself.
    pub fn job(kind: &str) -> Self {
        Self {
            means: Means::Job,
            task: kind.to_owned(),
            address: None,
            session: None,
            login: None,
        }
    }

    pub fn command(name: &str, login: String) -> Self {
        Self {
            means: Means::Command,
            login: Some(login),
            ..Self::job(name)
        }
    }
}
