//! What every use case has at hand: the store, the clock, new ids, and the programme's settings.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use portal_domain::{
    calendar::{Month, Quarter, Timestamp},
    connection::System,
    origin::Origin,
    outward::OutwardHosts,
    payout::{MinimumPayout, PayoutRule},
    scope::Own,
    statement::Party,
};
use portal_store::{Across, Store};
use ulid::Ulid;

use crate::vault::Vault;

/// What time it is; the sandbox's can be moved on.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// The settings of the programme.
#[derive(Clone, Debug)]
pub struct Programme {
    /// The vendor, as partners know it.
    pub name: String,
    /// The public address, without a slash at the end.
    pub portal_url: String,
    pub time_zone: Tz,
    /// The first month of the fiscal year, 1 to 12.
    pub fiscal_start: u32,
    /// For how long an accepted lead protects its client.
    pub claim: Duration,
    /// How many leads of one partner are taken within a day: each keeps its client from all other partners.
    pub leads_per_day: u32,
    /// How soon a review is decided.
    pub review: Duration,
    /// The least that a statement is made for; less is carried over.
    pub minimum_payout: MinimumPayout,
    /// So many days after its end a quarter closes.
    pub payout_close_days: u32,
    /// Within so many days of a partner's invoice it is paid.
    pub payout_days: u32,
    /// The account that bills are booked under in Xero as long as nobody chose another.
    pub bill_account: String,
    /// The vendor, as it stands on statements.
    pub vendor: Party,
    /// Where the vendor's own people read Slack.
    pub staff_channel: String,
    /// Everything outside is the sandbox: people may be chosen to sign in as.
    pub sandbox: bool,
    /// The sandbox stands in for whatever nobody has connected.
    pub stand_in: bool,
    /// The systems whose credentials stand in the environment.
    pub environment: Vec<System>,
    /// Whom the portal may speak to where somebody types an address.
    pub outward: OutwardHosts,
    /// Hosts that may be spoken to though others could read along.
    pub plain_hosts: Vec<String>,
}

impl Programme {
    /// When quarters close, and when their money comes.
    pub const fn payout_rule(&self) -> PayoutRule {
        PayoutRule {
            fiscal_start: self.fiscal_start,
            close_days: self.payout_close_days,
            payment_days: self.payout_days,
        }
    }
}

/// Handed to every use case. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub programme: Arc<Programme>,
    pub vault: Arc<Vault>,
}

impl Ctx {
    /// The same for what a member does.
    #[must_use]
    pub fn within(&self, own: Own) -> Self {
        Self {
            store: self.store.within(own),
            ..self.clone()
        }
    }

    /// The same for what of it looks past the member's partner.
    #[must_use]
    pub fn across(&self, why: Across) -> Self {
        Self {
            store: self.store.across(why),
            ..self.clone()
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Today in the programme's time zone.
    pub fn today(&self) -> NaiveDate {
        self.date_of(self.now())
    }

    /// The calendar date of an instant in the programme's time zone.
    pub fn date_of(&self, instant: Timestamp) -> NaiveDate {
        date_in(self.programme.time_zone, instant)
    }

    /// The first instant of a day in the programme's time zone.
    pub fn start_of(&self, date: NaiveDate) -> Timestamp {
        start_in(self.programme.time_zone, date)
    }

    pub fn this_month(&self) -> Month {
        Month::of(self.today())
    }

    pub fn this_quarter(&self) -> Quarter {
        Quarter::of(self.this_month(), self.programme.fiscal_start)
    }

    /// 80 random bits under the current time: ids sort by age and cannot be guessed.
    pub fn new_id(&self) -> Ulid {
        self.new_id_of(self.now())
    }

    /// The same under an older time, for what sorts by the age of something else, whenever it was heard of.
    pub fn new_id_of(&self, at: Timestamp) -> Ulid {
        let millis = u64::try_from(at.0).unwrap_or(0);
        Ulid::from_parts(millis, u128::from_be_bytes(random()))
    }

    /// The same for somebody who comes from somewhere.
    #[must_use]
    pub fn from_origin(&self, origin: Origin) -> Self {
        Self {
            store: self.store.with_origin(origin),
            ..self.clone()
        }
    }

    /// An address of the portal.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.programme.portal_url)
    }
}

/// Bytes that nobody can guess.
pub(crate) fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0_u8; LENGTH];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// The day of an instant in a time zone.
fn date_in(zone: Tz, instant: Timestamp) -> NaiveDate {
    let utc = DateTime::from_timestamp_millis(instant.0).unwrap_or_default();
    zone.from_utc_datetime(&utc.naive_utc()).date_naive()
}

/// The first instant of a day: where the clocks skip midnight, that to which they are put forward, which is no more than some hours away.
fn start_in(zone: Tz, date: NaiveDate) -> Timestamp {
    let midnight = date.and_time(NaiveTime::MIN);
    let mut quarters = (0..24 * 4).map(|quarter| midnight + TimeDelta::minutes(15 * quarter));
    let first = quarters.find_map(|time| zone.from_local_datetime(&time).earliest());
    let instant = first.map_or_else(|| midnight.and_utc(), |local| local.to_utc());
    Timestamp(instant.timestamp_millis())
}

/// When the next day of a time zone begins; `None` at the end of all calendars.
pub(crate) fn next_midnight(now: Timestamp, zone: Tz) -> Option<Timestamp> {
    let tomorrow = date_in(zone, now).succ_opt()?;
    Some(start_in(zone, tomorrow))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        let instant: DateTime<chrono::Utc> = text.parse().expect(text);
        Timestamp(instant.timestamp_millis())
    }

    #[test]
    fn the_next_day_begins_at_midnight_or_where_the_clocks_go_to_instead() {
        for (now, zone, next) in [
            (
                "2026-07-06T22:59:00Z",
                Tz::Europe__London,
                "2026-07-06T23:00:00Z",
            ),
            (
                "2026-07-06T23:00:00Z",
                Tz::Europe__London,
                "2026-07-07T23:00:00Z",
            ),
            // The night in which Santiago goes from 24:00 to 1:00.
            (
                "2026-09-06T01:00:00Z",
                Tz::America__Santiago,
                "2026-09-06T04:00:00Z",
            ),
            (
                "2026-03-08T03:00:00Z",
                Tz::America__Havana,
                "2026-03-08T05:00:00Z",
            ),
        ] {
            assert_eq!(next_midnight(at(now), zone), Some(at(next)), "{now} {zone}");
        }
    }
}
