//! Telling people of what goes wrong in the machinery, who would not look at a page of their own accord: once when it begins, and once when it is over.

use std::collections::BTreeSet;

use portal_domain::{
    calendar::Timestamp,
    connection::{ConnectionState, Origin},
    relay::RelayChoice,
    version,
};
use portal_store::{
    Tx, alerts, connections, deliveries, jobs, mirrored_accounts,
    vendors::{self, VendorRecord},
};

use crate::{Ctx, ServiceError, accounts, connections as use_cases, messages, relay};

/// What may be over by itself within so many minutes is told to nobody.
const HELD_MINUTES: i64 = 2;
const DOWN_MINUTES: i64 = 5;
/// A webhook may be repeated for so long before it is given up.
const SILENT_MINUTES: i64 = 60;
/// What was given up after it was told that something was is told again, no more often than this.
const AGAIN_MINUTES: i64 = 60;
/// Most limits last for seconds; from here on it is one of the day's.
const LIMITED_MINUTES: i64 = 30;
/// So long after a limit's end somebody has asked whether it has ended, if anybody wants to know.
const LIMIT_OVER_MINUTES: i64 = 5;
/// A vendor repeats within this time what was refused, and signs it anew.
const REFUSED_MINUTES: i64 = 10;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A connection that a person made is one no longer: it must be made again.
    Broken,
    /// Nobody has connected a system, and something waits for it.
    Missing,
    /// A system lets us into another account than the one whose objects are mirrored.
    Foreign,
    /// A system does not accept our credentials.
    Held,
    /// A system does not answer.
    Down,
    /// Work of a lane was given up.
    Dead,
    /// Something changed in a system, and no webhook told of it or of anything since.
    Silent,
    /// The iPaaS took leads and does not call back.
    Late,
    /// What bills are to be booked under is not there, or takes none.
    Unfit,
    /// A system wants no calls for now, and something waits for it.
    Limited,
    /// What comes under a system's name is not signed as we know it.
    Refused,
    /// The version of a system's API that we speak ends soon.
    Ending,
}

impl Kind {
    const ALL: [Self; 12] = [
        Self::Broken,
        Self::Missing,
        Self::Foreign,
        Self::Held,
        Self::Down,
        Self::Dead,
        Self::Silent,
        Self::Late,
        Self::Unfit,
        Self::Limited,
        Self::Refused,
        Self::Ending,
    ];

    /// The word in the table, and in the catalogues.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Missing => "missing",
            Self::Foreign => "foreign",
            Self::Held => "held",
            Self::Down => "down",
            Self::Dead => "dead",
            Self::Silent => "silent",
            Self::Late => "late",
            Self::Unfit => "unfit",
            Self::Limited => "limited",
            Self::Refused => "refused",
            Self::Ending => "ending",
        }
    }
}

/// What is told of a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    Begun,
    /// It has not ended, and more of it came.
    More,
    Over,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cause {
    pub kind: Kind,
    /// A system, or a lane of our own work.
    pub place: String,
}

impl Cause {
    fn key(&self) -> String {
        format!("{} {}", self.kind.as_str(), self.place)
    }

    fn parse(key: &str) -> Option<Self> {
        let (word, place) = key.split_once(' ')?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == word)?;
        Some(Self {
            kind,
            place: place.to_owned(),
        })
    }
}

/// Looks at everything, and tells what is new and what is over.
pub async fn watch(ctx: &Ctx) -> Result<(), ServiceError> {
    let now = ctx.now();
    let mut tx = ctx.store.write().await?;
    tx.lock("alerts").await?;
    let wrong = find_causes(ctx, &mut tx, now).await?;
    for cause in &wrong {
        if alerts::open(&mut tx, &cause.key(), now).await? {
            messages::alert(ctx, &mut tx, cause, News::Begun).await?;
        } else if is_more(&mut tx, cause, now).await? {
            alerts::tell_again(&mut tx, &cause.key(), now).await?;
            messages::alert(ctx, &mut tx, cause, News::More).await?;
        }
    }
    let open = alerts::list_open(&mut tx).await?;
    let causes = open.iter().filter_map(|key| Cause::parse(key));
    let over: Vec<Cause> = causes.filter(|cause| !wrong.contains(cause)).collect();
    if over.is_empty() {
        return Ok(tx.commit().await?);
    }
    let reached = list_reached(ctx, &mut tx).await?;
    for cause in over {
        if alerts::close(&mut tx, &cause.key(), now).await? && is_mended(&cause, &reached) {
            messages::alert(ctx, &mut tx, &cause, News::Over).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Whether more of the same came since it was told, and that was long enough ago. Only of what is given up each piece counts.
async fn is_more(tx: &mut Tx, cause: &Cause, now: Timestamp) -> Result<bool, ServiceError> {
    if cause.kind != Kind::Dead {
        return Ok(false);
    }
    let told_at = alerts::find_told(tx, &cause.key()).await?;
    let told_at = told_at.filter(|at| *at <= now.plus_ms(-AGAIN_MINUTES * 60_000));
    match told_at {
        Some(told_at) => Ok(jobs::has_new_dead(tx, &cause.place, told_at).await?),
        None => Ok(false),
    }
}

/// What was disconnected is wrong no longer, and works as little as before: of that nobody is told that it does.
fn is_mended(cause: &Cause, reached: &BTreeSet<String>) -> bool {
    let of_access = [Kind::Broken, Kind::Missing, Kind::Foreign, Kind::Held];
    !of_access.contains(&cause.kind) || reached.contains(&cause.place)
}

/// The systems that take what is sent there, as far as is known.
async fn list_reached(ctx: &Ctx, tx: &mut Tx) -> Result<BTreeSet<String>, ServiceError> {
    let all = connections::list(tx).await?;
    let is_reached = |vendor: &VendorRecord| {
        let of_vendor = all.iter().find(|one| one.system.as_str() == vendor.name);
        let is_connected =
            of_vendor.is_none_or(|one| match use_cases::origin(&ctx.programme, one) {
                Origin::Environment | Origin::Sandbox => true,
                Origin::Connection => one.parts.state == ConnectionState::Connected,
                Origin::Nothing => false,
            });
        is_connected && vendor.standing.held_at.is_none()
    };
    let vendors = vendors::list(tx).await?;
    let reached = vendors.into_iter().filter(is_reached);
    Ok(reached.map(|vendor| vendor.name).collect())
}

async fn find_causes(
    ctx: &Ctx,
    tx: &mut Tx,
    now: Timestamp,
) -> Result<BTreeSet<Cause>, ServiceError> {
    let choice = relay::find_choice(tx).await?;
    let mut causes = find_causes_of_relay(tx, &choice, now).await?;
    if !accounts::find_unfit(ctx, tx).await?.is_empty() {
        causes.insert(Cause {
            kind: Kind::Unfit,
            place: "xero".to_owned(),
        });
    }
    let all = connections::list(tx).await?;
    let mirrored = mirrored_accounts::list(tx).await?;
    let backlogs = jobs::list_backlogs(tx).await?;
    for vendor in vendors::list(tx).await? {
        let mut lanes = backlogs.iter().filter(|lane| lane.lane == vendor.name);
        let is_awaited = lanes.any(|lane| lane.waiting > 0);
        let of_vendor = all.iter().find(|one| one.system.as_str() == vendor.name);
        let over = of_vendor.map(|one| use_cases::origin(&ctx.programme, one));
        let is_missing = over == Some(Origin::Nothing);
        let is_broken = over == Some(Origin::Connection)
            && of_vendor.is_some_and(|one| one.parts.state == ConnectionState::Broken);
        let mut of_vendor = mirrored
            .iter()
            .filter(|of| of.system.as_str() == vendor.name);
        let is_foreign = !is_missing && of_vendor.any(|of| of.other.is_some());
        let kinds = Kind::ALL.into_iter().filter(|kind| match kind {
            Kind::Broken => is_broken,
            Kind::Foreign => is_foreign,
            // Of these that hold a lane they are the causes, and say what to do.
            Kind::Missing => is_missing && is_awaited && is_wrong(Kind::Held, &vendor, now),
            Kind::Limited => is_awaited && is_wrong(Kind::Limited, &vendor, now),
            Kind::Held if is_broken || is_missing || is_foreign => false,
            kind => is_wrong(*kind, &vendor, now) && is_expected(*kind, &vendor, &choice),
        });
        causes.extend(kinds.map(|kind| Cause {
            kind,
            place: vendor.name.clone(),
        }));
    }
    if choice.uses_hubspot() && version::hubspot_ends_soon(ctx.date_of(now)) {
        causes.insert(Cause {
            kind: Kind::Ending,
            place: "hubspot".to_owned(),
        });
    }
    for backlog in backlogs {
        if backlog.dead > 0 {
            causes.insert(Cause {
                kind: Kind::Dead,
                place: backlog.lane,
            });
        }
    }
    Ok(causes)
}

/// Leads that the iPaaS has had for too long, or said that it cannot register.
async fn find_causes_of_relay(
    tx: &mut Tx,
    choice: &RelayChoice,
    now: Timestamp,
) -> Result<BTreeSet<Cause>, ServiceError> {
    let since = now.plus_ms(-i64::from(choice.wait_minutes) * 60_000);
    let late = deliveries::count_late(tx, since).await?;
    let failed = deliveries::count_failed(tx).await?;
    let found = [(Kind::Late, late), (Kind::Dead, failed)];
    let found = found.into_iter().filter(|(_, count)| *count > 0);
    Ok(found
        .map(|(kind, _)| Cause {
            kind,
            place: "relay".to_owned(),
        })
        .collect())
}

/// What HubSpot does not tell matters only while it is asked at all.
fn is_expected(kind: Kind, vendor: &VendorRecord, choice: &RelayChoice) -> bool {
    let is_told = matches!(kind, Kind::Silent | Kind::Refused);
    choice.uses_hubspot() || !is_told || vendor.name != "hubspot"
}

fn is_wrong(kind: Kind, vendor: &VendorRecord, now: Timestamp) -> bool {
    let is_older = |at: Option<Timestamp>, minutes: i64| {
        at.is_some_and(|at| at <= now.plus_ms(-minutes * 60_000))
    };
    match kind {
        Kind::Held => is_older(vendor.standing.held_at, HELD_MINUTES),
        Kind::Down => is_older(vendor.standing.down_at, DOWN_MINUTES),
        Kind::Silent => {
            vendor.unheard_at > vendor.last_webhook_at
                && is_older(vendor.unheard_at, SILENT_MINUTES)
        }
        Kind::Limited => {
            let standing = &vendor.standing;
            let is_over = is_older(standing.wait_until, LIMIT_OVER_MINUTES);
            is_older(standing.limited_at, LIMITED_MINUTES) && !is_over
        }
        Kind::Refused => {
            let accepted_at = vendor.last_webhook_at;
            let trial_until = accepted_at.map(|at| at.plus_ms(vendors::TRIAL_MS));
            vendor.refused_at >= trial_until && is_older(vendor.refused_at, REFUSED_MINUTES)
        }
        // Counted by lane, as the portal's own work has none of these; said by the connection itself; counted by lead; seen by what was chosen; and written in
        // the calendar.
        Kind::Dead
        | Kind::Broken
        | Kind::Missing
        | Kind::Foreign
        | Kind::Late
        | Kind::Unfit
        | Kind::Ending => false,
    }
}
