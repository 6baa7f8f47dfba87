//! The portal's clock: the real time, or in the sandbox the real time moved on. The only place that asks the operating system what time it is.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use portal_domain::calendar::Timestamp;
use portal_sandbox::SandboxClock;
use portal_services::Clock;
use tokio::sync::watch;

/// Real time plus an offset that only grows.
pub struct PortalClock {
    offset_ms: AtomicI64,
    moved: watch::Sender<i64>,
}

impl PortalClock {
    /// Real time.
    pub fn real() -> Self {
        Self::moved_on(0)
    }

    /// Real time, moved on by so many milliseconds.
    pub fn moved_on(offset_ms: i64) -> Self {
        Self {
            offset_ms: AtomicI64::new(offset_ms),
            moved: watch::Sender::new(offset_ms),
        }
    }

    /// A clock that starts at an instant.
    pub fn starting_at(start: Timestamp) -> Self {
        Self::moved_on(start.0 - real_now_ms())
    }

    pub fn offset(&self) -> i64 {
        self.offset_ms.load(Ordering::SeqCst)
    }

    pub fn set_offset(&self, offset_ms: i64) {
        self.offset_ms.store(offset_ms, Ordering::SeqCst);
    }

    /// Hears of each new offset, to keep it over a restart.
    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.moved.subscribe()
    }
}

impl Clock for PortalClock {
    fn now(&self) -> Timestamp {
        Timestamp(real_now_ms() + self.offset())
    }
}

impl SandboxClock for PortalClock {
    fn now_ms(&self) -> i64 {
        self.now().0
    }

    fn advance_to_ms(&self, to_ms: i64) -> Result<(), String> {
        if to_ms < self.now().0 {
            return Err("Time cannot run back: what has happened in the portal would not have happened yet.".to_owned());
        }
        let offset_ms = to_ms - real_now_ms();
        self.offset_ms.store(offset_ms, Ordering::SeqCst);
        self.moved.send_replace(offset_ms);
        Ok(())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the clock that everybody else asks"
)]
fn real_now_ms() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
