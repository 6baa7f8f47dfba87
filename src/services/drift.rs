//! How far we are from the outside systems: everything that can still change is read again and compared, field by field, with what we have.

use chrono::{DateTime, SecondsFormat};
use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    deal::DealState,
    money::Money,
    remote::{RemoteDeal, RemoteInvoice, UnreadableDeal},
};
use portal_store::{
    audit,
    deals::{self, MirroredDeal},
    drift::{self, ComparisonRecord, Difference, DifferenceRecord},
    invoices, vendors,
};

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    outbox::{self, Job},
    relay,
};

/// The systems whose objects we mirror, each with the work of reading all of it again.
const MIRRORED: [(&str, Job); 2] = [("hubspot", Job::CheckDeals), ("xero", Job::CheckInvoices)];
/// How many differences are shown.
const SHOWN_MAX: i64 = 50;

/// How near our mirror of a system is to it.
#[derive(Clone, Debug)]
pub struct Meter {
    /// `None` before the first comparison.
    pub comparison: Option<ComparisonRecord>,
    /// How many objects differ at this moment, as far as anybody knows.
    pub open: i64,
    pub differences: Vec<DifferenceRecord>,
    /// When the object was read that waits for longest to be read again.
    pub oldest_at: Option<Timestamp>,
}

/// `None` for a system of which we mirror nothing.
pub async fn read_meter(
    ctx: &Ctx,
    actor: &Actor,
    system: &str,
) -> Result<Option<Meter>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let oldest_at = match system {
        "hubspot" => deals::find_oldest_reading(&mut tx).await?,
        "xero" => invoices::find_oldest_reading(&mut tx).await?,
        _ => return Ok(None),
    };
    Ok(Some(Meter {
        comparison: drift::find(&mut tx, system).await?,
        open: drift::count_open(&mut tx, system).await?,
        differences: drift::list(&mut tx, system, SHOWN_MAX).await?,
        oldest_at,
    }))
}

/// Has everything of a system compared now.
///
/// # Errors
/// `NotFound` for a system of which we mirror nothing; `hubspot-not-used`.
pub async fn compare_now(ctx: &Ctx, actor: &Actor, system: &str) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let found = MIRRORED.iter().find(|(known, _)| *known == system);
    let (system, job) = found.ok_or(ServiceError::NotFound)?;
    let mut tx = ctx.store.write().await?;
    if job.asks_hubspot() {
        relay::require_hubspot(&mut tx).await?;
    }
    outbox::add_first(ctx, &mut tx, job).await?;
    let person = Some(actor.person());
    audit::add(&mut tx, person, "compare_now", system, "{}", ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// A comparison begins, or begins again.
pub async fn begin(ctx: &Ctx, system: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    drift::begin(&mut tx, system, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// Everything was compared.
pub async fn end(ctx: &Ctx, system: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    drift::end(&mut tx, system, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// Compares some deals with what HubSpot has under their ids. Those that it has as we do are confirmed; answers the ids of the others.
pub async fn deals_compared(
    ctx: &Ctx,
    known: &[MirroredDeal],
    there: &[Result<RemoteDeal, UnreadableDeal>],
) -> Result<Vec<String>, ServiceError> {
    let mut found = Vec::new();
    let (mut confirmed, mut stale) = (Vec::new(), Vec::new());
    for deal in known {
        let found_there = there.iter().find(|found| match found {
            Ok(remote) => remote.id == deal.hubspot_id,
            Err(unreadable) => unreadable.id == deal.hubspot_id,
        });
        let differences = match found_there.map(Result::as_ref) {
            Some(Ok(remote)) => deal_differences(deal, remote),
            Some(Err(unreadable)) => {
                Found::one(&deal.hubspot_id, "unreadable", "", &unreadable.why)
            }
            None if deal.state == DealState::Removed => Vec::new(),
            None => Found::one(
                &deal.hubspot_id,
                "state",
                deal.state.as_str(),
                DealState::Removed.as_str(),
            ),
        };
        if !differences.is_empty() {
            stale.push(deal.hubspot_id.clone());
        } else if matches!(deal.state, DealState::Open | DealState::Won) {
            confirmed.push(deal.hubspot_id.as_str());
        }
        found.extend(differences);
    }
    let mut tx = ctx.store.write().await?;
    drift::add(&mut tx, "hubspot", known.len(), &found, ctx.now()).await?;
    deals::confirm(&mut tx, &confirmed, ctx.now()).await?;
    tx.commit().await?;
    Ok(stale)
}

/// A deal that was read once more while it was compared differs in nothing.
fn deal_differences(known: &MirroredDeal, remote: &RemoteDeal) -> Vec<Difference> {
    let mut found = Found::of(&known.hubspot_id);
    if remote.modified_at < known.modified_at {
        return found.differences;
    }
    found.compare("state", known.state.as_str(), remote.state.as_str());
    // Of a deal that is gone here nothing else is followed.
    if known.state != DealState::Removed {
        found.compare("name", &known.name, &remote.name);
        found.compare("pipeline", &known.pipeline, &remote.pipeline);
        found.compare("stage", &known.stage, &remote.stage);
        found.compare(
            "owner",
            &text(known.owner.as_ref()),
            &text(remote.owner.as_ref()),
        );
        let [ours, theirs] = [known.modified_at, remote.modified_at].map(instant);
        found.compare("modified_at", &ours, &theirs);
    }
    found.differences
}

/// Compares some invoices and bills with what Xero has under their ids; answers the ids of those that differ.
pub async fn invoices_compared(
    ctx: &Ctx,
    known: &[RemoteInvoice],
    there: &[RemoteInvoice],
) -> Result<Vec<String>, ServiceError> {
    let mut found = Vec::new();
    let mut stale = Vec::new();
    for ours in known {
        let theirs = there.iter().find(|theirs| theirs.id == ours.id);
        let differences = invoice_differences(ours, theirs);
        if !differences.is_empty() {
            stale.push(ours.id.clone());
        }
        found.extend(differences);
    }
    let mut tx = ctx.store.write().await?;
    drift::add(&mut tx, "xero", known.len(), &found, ctx.now()).await?;
    tx.commit().await?;
    Ok(stale)
}

fn invoice_differences(ours: &RemoteInvoice, theirs: Option<&RemoteInvoice>) -> Vec<Difference> {
    let Some(theirs) = theirs else {
        return match ours.status.as_str() {
            "DELETED" => Vec::new(),
            status => Found::one(&ours.id, "status", status, ""),
        };
    };
    let mut found = Found::of(&ours.id);
    if theirs.updated_at < ours.updated_at {
        return found.differences;
    }
    found.compare("status", &ours.status, &theirs.status);
    found.compare("number", &ours.number, &theirs.number);
    found.compare("reference", &ours.reference, &theirs.reference);
    found.compare("contact", &ours.contact_id, &theirs.contact_id);
    found.compare("date", &text(ours.date), &text(theirs.date));
    found.compare("due", &text(ours.due), &text(theirs.due));
    let amounts = |of: &RemoteInvoice| {
        let currency = of.total.currency;
        [
            ("sub_total", of.sub_total.minor),
            ("total", of.total.minor),
            ("paid", of.paid_minor),
            ("prepaid", of.prepaid_minor),
            ("credited", of.credited_minor),
            ("due_amount", of.due_minor),
        ]
        .map(|(field, minor)| {
            let decimal = Money::new(minor, currency).to_decimal();
            (field, format!("{decimal} {currency}"))
        })
    };
    for ((field, ours), (_, theirs)) in amounts(ours).iter().zip(amounts(theirs).iter()) {
        found.compare(field, ours, theirs);
    }
    found.differences
}

/// What differs of one object.
struct Found<'a> {
    id: &'a str,
    differences: Vec<Difference>,
}

impl<'a> Found<'a> {
    const fn of(id: &'a str) -> Self {
        Self {
            id,
            differences: Vec::new(),
        }
    }

    fn one(id: &'a str, field: &'static str, ours: &str, theirs: &str) -> Vec<Difference> {
        let mut found = Self::of(id);
        found.differ(field, ours, theirs);
        found.differences
    }

    fn compare(&mut self, field: &'static str, ours: &str, theirs: &str) {
        if ours != theirs {
            self.differ(field, ours, theirs);
        }
    }

    fn differ(&mut self, field: &'static str, ours: &str, theirs: &str) {
        self.differences.push(Difference {
            remote_id: self.id.to_owned(),
            field,
            ours: ours.to_owned(),
            theirs: theirs.to_owned(),
        });
    }
}

fn instant(at: Timestamp) -> String {
    let utc = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    utc.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// Deals after one, by their ids in HubSpot, as far as we know: the open and won ones, and for a while those that were lost or removed.
pub async fn list_deals_after(
    ctx: &Ctx,
    hubspot_id: &str,
    limit: usize,
) -> Result<Vec<MirroredDeal>, ServiceError> {
    let since = ctx.now().plus_days(-RESTORABLE_DAYS);
    let mut tx = ctx.store.read().await?;
    Ok(deals::list_mirrored_after(&mut tx, hubspot_id, since, most(limit)).await?)
}

/// For how long HubSpot can bring a deal back from its bin.
const RESTORABLE_DAYS: i64 = 90;
/// For how long Xero may take back what was closed there.
const CLOSED_DAYS: i64 = 90;

/// Invoices and bills after one, by their ids in Xero: those that can still change, and for a while those that were closed.
pub async fn list_invoices_after(
    ctx: &Ctx,
    id: &str,
    limit: usize,
) -> Result<Vec<RemoteInvoice>, ServiceError> {
    let since = ctx.now().plus_days(-CLOSED_DAYS);
    let mut tx = ctx.store.read().await?;
    let found = invoices::list_changeable_after(&mut tx, id, since, most(limit)).await?;
    Ok(found.into_iter().map(|invoice| invoice.remote).collect())
}

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A sweep has read some deals that changed: a stage that is new to us should have been told by a webhook before.
pub async fn deals_swept(ctx: &Ctx, read: &[RemoteDeal]) -> Result<(), ServiceError> {
    let ids: Vec<String> = read.iter().map(|deal| deal.id.clone()).collect();
    let mut tx = ctx.store.read().await?;
    let known = deals::list_mirrored(&mut tx, &ids).await?;
    drop(tx);
    let moved = read.iter().filter(|deal| {
        known.iter().any(|known| {
            known.hubspot_id == deal.id
                && known.modified_at < deal.modified_at
                && (known.state, &known.pipeline, &known.stage)
                    != (deal.state, &deal.pipeline, &deal.stage)
        })
    });
    unheard_of(ctx, "hubspot", moved.map(|deal| deal.modified_at).min()).await
}

/// The same of invoices: one that is new to us should have been told of.
pub async fn invoices_swept(ctx: &Ctx, read: &[&RemoteInvoice]) -> Result<(), ServiceError> {
    let ids: Vec<String> = read.iter().map(|invoice| invoice.id.clone()).collect();
    let mut tx = ctx.store.read().await?;
    let known = invoices::list_known_ids(&mut tx, &ids).await?;
    drop(tx);
    let new = read.iter().filter(|invoice| !known.contains(&invoice.id));
    unheard_of(ctx, "xero", new.map(|invoice| invoice.updated_at).min()).await
}

/// Keeps the first change after the last webhook that only a sweep has told of. What lies before all sweeps nobody could be told of.
async fn unheard_of(
    ctx: &Ctx,
    system: &str,
    changed_at: Option<Timestamp>,
) -> Result<(), ServiceError> {
    let Some(changed_at) = changed_at else {
        return Ok(());
    };
    let mut tx = ctx.store.write().await?;
    vendors::add_unheard(&mut tx, system, changed_at).await?;
    Ok(tx.commit().await?)
}
