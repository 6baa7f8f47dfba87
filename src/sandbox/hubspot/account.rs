//! The account around the records: what it is set to, how much of its daily quota is used, its currencies.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::errors::no_such_path;
use super::schema::{CURRENCIES, HOME_CURRENCY};
use super::{HubSpot, Kind, PORTAL_ID};
use crate::call::Reply;
use crate::clock::{DAY_MS, iso_ms};

/// Calls that the account's apps have a day.
pub const DAILY_LIMIT: u64 = 625_000;

/// What an administrator has set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSettings {
    /// Properties without which no record of a kind is made, by a call neither.
    pub required: BTreeMap<Kind, BTreeSet<String>>,
    /// "Create and associate companies with contacts": a new contact brings its company along.
    pub companies_with_contacts: bool,
}

/// The calls of one day, which ends at midnight of the account's time zone.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DailyUsage {
    day: i64,
    calls: u64,
}

impl DailyUsage {
    /// Counts one call.
    pub fn count(&mut self, now_ms: i64) {
        self.calls = self.of(now_ms) + 1;
        self.day = now_ms.div_euclid(DAY_MS);
    }

    /// How many calls the day of this instant has seen.
    pub fn of(&self, now_ms: i64) -> u64 {
        if now_ms.div_euclid(DAY_MS) == self.day {
            self.calls
        } else {
            0
        }
    }
}

/// `/account-info/…`.
pub fn account_info(hubspot: &HubSpot, rest: &[&str], now_ms: i64) -> Reply {
    match rest {
        ["details"] => Reply::json(
            StatusCode::OK,
            &json!({
                "portalId": PORTAL_ID, "accountType": "STANDARD", "timeZone": "Europe/London", "companyCurrency": HOME_CURRENCY,
                "additionalCurrencies": CURRENCIES, "utcOffset": "+00:00", "utcOffsetMilliseconds": 0,
                "uiDomain": "app.hubspot.com", "dataHostingLocation": "eu1",
            }),
        ),
        ["api-usage", "daily", "private-apps"] | ["api-usage", "daily"] => {
            let resets_ms = (now_ms.div_euclid(DAY_MS) + 1) * DAY_MS;
            let usage = json!({
                "name": "private-apps-api-calls-daily", "usageLimit": DAILY_LIMIT, "currentUsage": hubspot.usage.of(now_ms),
                "collectedAt": iso_ms(now_ms), "fetchStatus": "SUCCESS", "resetsAt": iso_ms(resets_ms),
            });
            Reply::json(StatusCode::OK, &json!({"results": [usage]}))
        }
        _ => no_such_path(),
    }
}

/// `/settings/currencies/…`.
pub fn currencies(rest: &[&str]) -> Reply {
    match rest {
        ["company-currency"] => {
            Reply::json(StatusCode::OK, &json!({"currencyCode": HOME_CURRENCY}))
        }
        ["codes"] => {
            let results: Vec<Value> = CURRENCIES
                .iter()
                .map(|code| json!({"code": code, "name": code}))
                .collect();
            Reply::json(StatusCode::OK, &json!({"results": results}))
        }
        ["exchange-rates", "current"] => {
            let rates = [("EUR", "0.86"), ("USD", "0.76")];
            let results: Vec<Value> = rates
                .iter()
                .map(|(code, rate)| json!({"fromCurrencyCode": code, "toCurrencyCode": HOME_CURRENCY, "conversionRate": rate, "visibleInUI": true}))
                .collect();
            Reply::json(StatusCode::OK, &json!({"results": results}))
        }
        _ => no_such_path(),
    }
}
