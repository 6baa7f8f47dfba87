//! Whoever works may be asked before every call that is made on the way, and hears how it ended and what the vendor said about its limits. What is made of that is
//! not decided here.

use std::{pin::Pin, sync::Arc};

use reqwest::header::HeaderMap;

use crate::error::{CallError, Vendor};

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallEnding {
    /// With an answer of this status; 250 stands for whatever a mail server said about the mail, and 200 for what a scanner said about a file.
    Answered { status: u16, allowance: Allowance },
    /// With none.
    Unanswered,
}

/// What an answer says about the calls that the account may make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowance {
    /// So many calls …
    pub calls: Option<i64>,
    /// … in so many milliseconds.
    pub window_ms: Option<i64>,
    /// So many are left for the day …
    pub day_left: Option<i64>,
    /// … of so many.
    pub day_most: Option<i64>,
}

impl Allowance {
    /// HubSpot's and Xero's headers. Searches of HubSpot say nothing, and the others no more than they know.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse().ok();
        Self {
            calls: number("x-hubspot-ratelimit-max"),
            window_ms: number("x-hubspot-ratelimit-interval-milliseconds"),
            day_left: number("x-hubspot-ratelimit-daily-remaining")
                .or_else(|| number("x-daylimit-remaining")),
            day_most: number("x-hubspot-ratelimit-daily"),
        }
    }
}

/// The turn of a call, once it has come.
pub type Turn<'a> = Pin<Box<dyn Future<Output = Result<(), CallError>> + Send + 'a>>;

/// Is asked before calls, and hears of them.
pub trait Gate: Send + Sync {
    /// Waits for the turn of a call to a path.
    fn admit<'a>(&'a self, vendor: Vendor, path: &'a str) -> Turn<'a>;
    fn ended(&self, vendor: Vendor, ending: CallEnding);
    /// Whether calls are held back so that a vendor has no more of them than it allows.
    fn holds_back(&self) -> bool;
}

tokio::task_local! {
    static GATE: Arc<dyn Gate>;
}

/// Does some work; the gate is asked for each of its calls, and hears of it.
pub async fn through<F: Future>(gate: Arc<dyn Gate>, work: F) -> F::Output {
    GATE.scope(gate, work).await
}

/// Calls outside of any work, such as those of a command, wait for nobody.
pub(crate) async fn admit(vendor: Vendor, path: &str) -> Result<(), CallError> {
    match GATE.try_with(Arc::clone) {
        Ok(gate) => gate.admit(vendor, path).await,
        Err(_) => Ok(()),
    }
}

/// Whether the calls of the work that is being done are held back.
pub fn holds_back() -> bool {
    GATE.try_with(|gate| gate.holds_back()).unwrap_or(false)
}

/// Calls outside of any work are nobody's to hear of.
pub(crate) fn tell(vendor: Vendor, ending: CallEnding) {
    let _ = GATE.try_with(|gate| gate.ended(vendor, ending));
}
