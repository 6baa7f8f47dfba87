//! The vendors' documented rate limits, counted in real time, since it is real clients that they hold back.
//! They are enforced only when the faults say so, which also say how much is allowed.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How much each limit allows. The defaults are what the vendors document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitSizes {
    /// HubSpot's requests in ten seconds, searches apart.
    pub hubspot_ten_seconds: usize,
    /// HubSpot's searches in a second.
    pub hubspot_search: usize,
    /// How long the second of HubSpot's searches lasts.
    pub hubspot_search_window_ms: u64,
    /// How long HubSpot's ten seconds last, so that a test need not wait for them.
    pub hubspot_window_ms: u64,
    /// Xero's requests in a minute.
    pub xero_minute: usize,
    /// How long Xero's minute lasts.
    pub xero_window_ms: u64,
    /// Xero's requests in a day.
    pub xero_day: usize,
    /// Xero's requests at once.
    pub xero_in_flight: usize,
    /// Slack's messages to one channel in a second.
    pub slack_second: usize,
}

impl Default for LimitSizes {
    fn default() -> Self {
        Self {
            hubspot_ten_seconds: 190,
            hubspot_search: 5,
            hubspot_search_window_ms: 1_000,
            hubspot_window_ms: 10_000,
            xero_minute: 60,
            xero_window_ms: 60_000,
            xero_day: 5_000,
            xero_in_flight: 5,
            slack_second: 1,
        }
    }
}

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);

/// Requests of one window of time.
#[derive(Debug, Default)]
pub struct Window {
    seen: VecDeque<Instant>,
}

impl Window {
    /// Counts one request and says how many are left of those allowed in a length of time; `Err` is how long to wait when the window is full.
    fn take(
        &mut self,
        (allowed, length): (usize, Duration),
        now: Instant,
    ) -> Result<usize, Duration> {
        while self
            .seen
            .front()
            .is_some_and(|first| now.duration_since(*first) >= length)
        {
            self.seen.pop_front();
        }
        if self.seen.len() >= allowed {
            let first = self.seen.front().copied().unwrap_or(now);
            return Err(length.saturating_sub(now.duration_since(first)));
        }
        self.seen.push_back(now);
        Ok(allowed - self.seen.len())
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
#[derive(Debug, Default)]
pub struct Limits {
    hubspot_ten_seconds: Window,
    hubspot_search: Window,
    xero_minute: Window,
    xero_day: Window,
    xero_in_flight: usize,
    /// Channel → its messages.
    slack_channels: BTreeMap<String, Window>,
}

impl Limits {
    /// Forgets what was counted. Those in flight are still in flight.
    pub fn reset(&mut self) {
        *self = Self {
            xero_in_flight: self.xero_in_flight,
            ..Self::default()
        };
    }

    /// Counts a HubSpot request and says how many are left. Searches have a window of their own.
    pub fn take_hubspot(
        &mut self,
        path: &str,
        sizes: &LimitSizes,
        now: Instant,
    ) -> Result<usize, Exceeded> {
        let (window, allowed, kind) = match path.trim_end_matches('/').ends_with("/search") {
            true => {
                let length = Duration::from_millis(sizes.hubspot_search_window_ms);
                let allowed = (sizes.hubspot_search, length);
                (&mut self.hubspot_search, allowed, "secondly")
            }
            false => {
                let length = Duration::from_millis(sizes.hubspot_window_ms);
                let allowed = (sizes.hubspot_ten_seconds, length);
                (&mut self.hubspot_ten_seconds, allowed, "ten_secondly")
            }
        };
        window
            .take(allowed, now)
            .map_err(|wait| Exceeded { kind, wait })
    }

    /// Counts a Xero request that has begun; [`Limits::end_xero`] must follow when this gives `Ok`.
    pub fn begin_xero(
        &mut self,
        sizes: &LimitSizes,
        now: Instant,
    ) -> Result<XeroAllowance, Exceeded> {
        if self.xero_in_flight >= sizes.xero_in_flight {
            return Err(Exceeded {
                kind: "concurrent",
                wait: Duration::from_secs(1),
            });
        }
        let minute = self
            .xero_minute
            .take(
                (
                    sizes.xero_minute,
                    Duration::from_millis(sizes.xero_window_ms),
                ),
                now,
            )
            .map_err(|wait| Exceeded {
                kind: "minute",
                wait,
            })?;
        let day = self
            .xero_day
            .take((sizes.xero_day, DAY), now)
            .map_err(|wait| Exceeded { kind: "day", wait })?;
        self.xero_in_flight += 1;
        Ok(XeroAllowance { minute, day })
    }

    /// A Xero request has ended.
    pub fn end_xero(&mut self) {
        self.xero_in_flight = self.xero_in_flight.saturating_sub(1);
    }

    /// Counts a message to a Slack channel.
    pub fn take_slack(
        &mut self,
        channel: &str,
        sizes: &LimitSizes,
        now: Instant,
    ) -> Result<usize, Exceeded> {
        let window = self.slack_channels.entry(channel.to_owned()).or_default();
        window
            .take((sizes.slack_second, SECOND), now)
            .map_err(|wait| Exceeded {
                kind: "second",
                wait,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_search_within_a_second_waits() {
        let (mut limits, sizes, now) = (Limits::default(), LimitSizes::default(), Instant::now());
        let mut search = |now| limits.take_hubspot("/crm/v3/objects/deals/search", &sizes, now);
        for _ in 0..5 {
            assert!(search(now).is_ok());
        }
        assert_eq!(
            search(now),
            Err(Exceeded {
                kind: "secondly",
                wait: Duration::from_secs(1)
            })
        );
        assert!(search(now + Duration::from_secs(1)).is_ok());
    }

    #[test]
    fn xero_takes_five_at_a_time() {
        let (mut limits, sizes, now) = (Limits::default(), LimitSizes::default(), Instant::now());
        for _ in 0..5 {
            assert!(limits.begin_xero(&sizes, now).is_ok());
        }
        assert_eq!(
            limits
                .begin_xero(&sizes, now)
                .map_err(|exceeded| exceeded.kind),
            Err("concurrent")
        );
        limits.end_xero();
        assert!(limits.begin_xero(&sizes, now).is_ok());
    }
}
