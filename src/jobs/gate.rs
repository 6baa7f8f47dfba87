//! What a job's calls came to, as far as it matters for the vendor's health: a job that called nobody says nothing about it.

use std::sync::atomic::{AtomicBool, Ordering};

use portal_integrations::{
    Vendor,
    gate::{CallEnding, Gate},
};

/// Counts the calls of one job.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    answered: AtomicBool,
}

impl Tally {
    /// Whether a call got an answer that has nothing to do with the vendor's own troubles.
    pub(crate) fn is_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }
}

impl Gate for Tally {
    fn ended(&self, _: Vendor, ending: CallEnding) {
        let CallEnding::Answered { status } = ending else {
            return;
        };
        if status < 500 && !matches!(status, 401 | 403 | 429) {
            self.answered.store(true, Ordering::Relaxed);
        }
    }
}
