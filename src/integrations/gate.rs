//! Whoever works may hear of every call that is made on the way: how it ended. What is made of that is not decided here.

use std::sync::Arc;

use crate::error::Vendor;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallEnding {
    /// With an answer of this status; 250 stands for whatever a mail server said about the mail.
    Answered { status: u16 },
    /// With none.
    Unanswered,
}

/// Hears of calls.
pub trait Gate: Send + Sync {
    fn ended(&self, vendor: Vendor, ending: CallEnding);
}

tokio::task_local! {
    static GATE: Arc<dyn Gate>;
}

/// Does some work; the gate hears of each of its calls.
pub async fn through<F: Future>(gate: Arc<dyn Gate>, work: F) -> F::Output {
    GATE.scope(gate, work).await
}

/// Calls outside of any work, such as those of a command, are nobody's to hear of.
pub(crate) fn tell(vendor: Vendor, ending: CallEnding) {
    let _ = GATE.try_with(|gate| gate.ended(vendor, ending));
}
