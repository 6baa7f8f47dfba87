//! Time as the sandbox sees it, and the forms in which the vendors write it down.
//! The clock itself belongs to the portal; nothing here reads the system's.

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeZone, Utc};

/// The portal's clock, shared with the sandbox so that tokens, signatures and due dates agree.
pub trait SandboxClock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> i64;

    /// Moves the portal's clock on.
    ///
    /// # Errors
    /// A sentence for the page, when the clock cannot be moved there.
    fn advance_to_ms(&self, to_ms: i64) -> Result<(), String>;
}

/// One day in milliseconds.
pub const DAY_MS: i64 = 86_400_000;

/// The instant of `ms`; the epoch for what lies beyond the calendar.
pub fn instant(ms: i64) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(ms)
        .single()
        .unwrap_or(DateTime::UNIX_EPOCH)
}

/// `2026-10-01T08:00:00.000Z`, as HubSpot writes instants.
pub fn iso_ms(ms: i64) -> String {
    instant(ms).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `2026-10-01T08:00:00`, as Xero's `…String` twins have it.
pub fn iso_without_zone(ms: i64) -> String {
    instant(ms).format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// `1 Oct 2026, 08:00:00`, for people.
pub fn readable(ms: i64) -> String {
    instant(ms).format("%-d %b %Y, %H:%M:%S").to_string()
}

/// The calendar day of `ms` in UTC.
pub fn day_of(ms: i64) -> NaiveDate {
    instant(ms).date_naive()
}

/// Midnight UTC of a day, in milliseconds.
pub fn midnight_ms(day: NaiveDate) -> i64 {
    day.and_hms_opt(0, 0, 0)
        .map_or(0, |midnight| midnight.and_utc().timestamp_millis())
}

/// Reads epoch milliseconds, RFC 3339, a date and time without zone (taken as UTC) or a plain date.
pub fn parse_instant(text: &str) -> Option<i64> {
    let text = text.trim();
    if !text.is_empty()
        && text
            .trim_start_matches('-')
            .bytes()
            .all(|byte| byte.is_ascii_digit())
    {
        return text.parse().ok();
    }
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.timestamp_millis());
    }
    if let Ok(instant) = DateTime::parse_from_rfc2822(text) {
        return Some(instant.timestamp_millis());
    }
    for form in [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
    ] {
        if let Ok(naive) = chrono::NaiveDateTime::parse_from_str(text, form) {
            return Some(naive.and_utc().timestamp_millis());
        }
    }
    parse_day(text).map(midnight_ms)
}

/// Reads `2026-10-01`.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}
