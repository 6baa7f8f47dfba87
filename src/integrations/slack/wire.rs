//! Slack's JSON, as far as we read it: a failure is a 200 as well.

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answered {
    pub ok: bool,
    pub ts: Option<String>,
    pub error: Option<String>,
    /// The scope that a call lacks.
    pub needed: Option<String>,
    pub user: Option<Named>,
    pub channel: Option<Channel>,
    pub team: Option<String>,
    pub team_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Named {
    pub id: String,
}

/// Where a message was posted it is an id; where a conversation was opened it is an object.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Channel {
    Id(String),
    Opened(Named),
}

impl Channel {
    pub fn named(self) -> Option<String> {
        match self {
            Self::Id(id) | Self::Opened(Named { id }) => Some(id),
        }
    }
}
