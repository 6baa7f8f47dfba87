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
}
