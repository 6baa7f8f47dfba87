//! What stands between a job and the vendors: its calls wait for their turns, none goes out once the job may be somebody else's, and what they came to is kept as
//! far as it matters for the vendor's health. A job that called nobody says nothing about it.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use portal_integrations::{
    CallError, ErrorKind, Vendor,
    gate::{Allowance, CallEnding, Gate, Turn},
};
use portal_services::Ctx;
use portal_store::budgets::Told;

use crate::{budget::Buckets, lease::Lease};

/// The gate of one job.
pub(crate) struct JobGate {
    ctx: Ctx,
    buckets: Option<Arc<Buckets>>,
    lease: Arc<Lease>,
    answered: AtomicBool,
    told: Mutex<Option<Told>>,
}

impl JobGate {
    pub(crate) const fn new(ctx: Ctx, buckets: Option<Arc<Buckets>>, lease: Arc<Lease>) -> Self {
        Self {
            ctx,
            buckets,
            lease,
            answered: AtomicBool::new(false),
            told: Mutex::new(None),
        }
    }

    /// Whether a call got an answer that has nothing to do with the vendor's own troubles.
    pub(crate) fn is_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    /// What the vendor said last about its limits.
    pub(crate) fn told(&self) -> Option<Told> {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gate for JobGate {
    fn admit<'a>(&'a self, vendor: Vendor, path: &'a str) -> Turn<'a> {
        Box::pin(async move {
            if let Some(buckets) = &self.buckets {
                let turn = buckets.wait(&self.ctx, vendor, path).await;
                turn.map_err(|error| {
                    tracing::error!(%error, "Could not ask for a call's turn");
                    not_made(vendor, "our own budget could not be asked")
                })?;
            }
            if self.lease.is_over(&self.ctx) {
                return Err(not_made(vendor, "the job was held up for too long"));
            }
            Ok(())
        })
    }

    fn holds_back(&self) -> bool {
        self.buckets.is_some()
    }

    fn ended(&self, _: Vendor, ending: CallEnding) {
        let CallEnding::Answered { status, allowance } = ending else {
            return;
        };
        if status < 500 && !matches!(status, 401 | 403 | 429) {
            self.answered.store(true, Ordering::Relaxed);
        }
        if allowance != Allowance::default() {
            let told = Told {
                calls: allowance.calls,
                window_ms: allowance.window_ms,
                day_left: allowance.day_left,
                day_most: allowance.day_most,
            };
            *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
        }
    }
}

fn not_made(vendor: Vendor, why: &str) -> CallError {
    CallError::new(vendor, ErrorKind::Retry, why)
}
