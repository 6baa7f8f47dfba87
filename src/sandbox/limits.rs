//! The vendors' documented rate limits, counted in real time, since it is real clients that they hold back.
//! They are enforced only when the faults say so.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::faults::{Faults, VendorFaults};

/// Requests of one window of time.
#[derive(Debug)]
pub struct Window {
    length: Duration,
    allowed: usize,
    seen: VecDeque<Instant>,
}

impl Window {
    fn new(length: Duration, allowed: usize) -> Self {
        Self {
            length,
            allowed,
            seen: VecDeque::new(),
        }
    }

    /// Another length and number from now on; what was counted stays.
    fn reshape(&mut self, (allowed, length): (usize, Duration)) {
        (self.allowed, self.length) = (allowed, length);
    }

    /// Counts one request; `Err` is how long to wait when the window is full.
    fn take(&mut self, now: Instant) -> Result<usize, Duration> {
        while self
            .seen
            .front()
            .is_some_and(|first| now.duration_since(*first) >= self.length)
        {
            self.seen.pop_front();
        }
        if self.seen.len() >= self.allowed {
            let first = self.seen.front().copied().unwrap_or(now);
            return Err(self.length.saturating_sub(now.duration_since(first)));
        }
        self.seen.push_back(now);
        Ok(self.allowed - self.seen.len())
    }
}

/// Which limit was hit, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exceeded {
    /// The vendor's name of the limit, as in the `too_many_kind` fault.
    pub kind: &'static str,
    /// When a request would pass again.
    pub wait: Duration,
}

/// What is left of Xero's limits, as its answers' headers tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct XeroAllowance {
    /// Requests left in this minute.
    pub minute: usize,
    /// Requests left today.
    pub day: usize,
}

/// All windows of one sandbox.
#[derive(Debug)]
pub struct Limits {
    hubspot_ten_seconds: Window,
    hubspot_search: Window,
    xero_minute: Window,
    xero_day: Window,
    xero_in_flight: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            hubspot_ten_seconds: Window::new(seconds(10), HUBSPOT_CALLS),
            hubspot_search: Window::new(seconds(1), 5),
            xero_minute: Window::new(seconds(60), XERO_CALLS),
            xero_day: Window::new(seconds(86_400), 5_000),
            xero_in_flight: 0,
        }
    }
}

/// Calls in ten seconds of a professional account.
const HUBSPOT_CALLS: usize = 190;
/// Calls in a minute.
const XERO_CALLS: usize = 60;

/// The window that the faults ask for, or the documented one.
fn shape(faults: &VendorFaults, calls: usize, seconds: u64) -> (usize, Duration) {
    match (faults.limit_calls, faults.limit_window_ms) {
        (0, _) | (_, 0) => (calls, Duration::from_secs(seconds)),
        (calls, window_ms) => (
            usize::try_from(calls).unwrap_or(usize::MAX),
            Duration::from_millis(window_ms),
        ),
    }
}

/// How many requests may be in flight at Xero at once.
const XERO_IN_FLIGHT: usize = 5;

impl Limits {
    /// Takes on the windows that the faults ask for.
    pub fn reshape(&mut self, faults: &Faults) {
        self.hubspot_ten_seconds
            .reshape(shape(&faults.hubspot, HUBSPOT_CALLS, 10));
        self.xero_minute
            .reshape(shape(&faults.xero, XERO_CALLS, 60));
    }

    /// How many calls HubSpot takes in how many milliseconds.
    pub fn hubspot_window(&self) -> (usize, u128) {
        let window = &self.hubspot_ten_seconds;
        (window.allowed, window.length.as_millis())
    }

    /// Counts a HubSpot request and says how many are left. Searches have a window of their own.
    pub fn take_hubspot(&mut self, path: &str, now: Instant) -> Result<usize, Exceeded> {
        let (window, kind) = match path.trim_end_matches('/').ends_with("/search") {
            true => (&mut self.hubspot_search, "secondly"),
            false => (&mut self.hubspot_ten_seconds, "ten_secondly"),
        };
        window.take(now).map_err(|wait| Exceeded { kind, wait })
    }

    /// Counts a Xero request that has begun; [`Limits::end_xero`] must follow when this gives `Ok`.
    pub fn begin_xero(&mut self, now: Instant) -> Result<XeroAllowance, Exceeded> {
        if self.xero_in_flight >= XERO_IN_FLIGHT {
            return Err(Exceeded {
                kind: "concurrent",
                wait: Duration::from_secs(1),
            });
        }
        let minute = self.xero_minute.take(now).map_err(|wait| Exceeded {
            kind: "minute",
            wait,
        })?;
        let day = self
            .xero_day
            .take(now)
            .map_err(|wait| Exceeded { kind: "day", wait })?;
        self.xero_in_flight += 1;
        Ok(XeroAllowance { minute, day })
    }

    /// A Xero request has ended.
    pub fn end_xero(&mut self) {
        self.xero_in_flight = self.xero_in_flight.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_search_within_a_second_waits() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        for _ in 0..5 {
            assert!(
                limits
                    .take_hubspot("/crm/v3/objects/deals/search", now)
                    .is_ok()
            );
        }
        let refused = limits.take_hubspot("/crm/v3/objects/deals/search", now);
        assert_eq!(
            refused,
            Err(Exceeded {
                kind: "secondly",
                wait: Duration::from_secs(1)
            })
        );
        assert!(
            limits
                .take_hubspot("/crm/v3/objects/deals/search", now + Duration::from_secs(1))
                .is_ok()
        );
    }

    #[test]
    fn xero_takes_five_at_a_time() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        for _ in 0..5 {
            assert!(limits.begin_xero(now).is_ok());
        }
        assert_eq!(
            limits.begin_xero(now).map_err(|exceeded| exceeded.kind),
            Err("concurrent")
        );
        limits.end_xero();
        assert!(limits.begin_xero(now).is_ok());
    }
}
