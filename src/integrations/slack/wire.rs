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
    pub user: Option<Entity>,
    pub channel: Option<Entity>,
    pub team: Option<String>,
    pub team_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Named {
    pub id: String,
}

/// A channel or a user: a text where a message was posted or a token is looked at, an object where one was opened or looked up.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Entity {
    Text(String),
    Object(Named),
}

impl Entity {
    pub fn id(self) -> String {
        match self {
            Self::Text(id) | Self::Object(Named { id }) => id,
        }
    }
}
