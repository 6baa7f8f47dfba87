//! Commission plans, as staff define them. A version is tried on real data before it is published: what would become of which line is gathered in a read
//! transaction and dropped; publishing gathers the same again, and writes it only if it is what the person saw.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use portal_domain::{
    access::{Action, Actor},
    error::FieldErrors,
    ids::{DealId, PartnerId, PlanId, PlanVersionId},
    plan::{PlanForm, PlanTerms},
};
use portal_store::{
    Tx, audit,
    deals::{self, DealRecord},
    partners,
    plans::{self, PlanVersionRecord},
};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    books::{self, Books, LineChange},
    outbox::{self, Job},
    reconcile::{KnownDeal, judge},
    schedules::DEALS_AT_ONCE,
};

/// A version of a plan as staff edit it: the next one of the plan of that name, or the first of a new plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanEdit {
    /// The plan whose next version it is meant to be, which must have that name then; empty: whatever the name says.
    pub plan: String,
    pub form: PlanForm,
    pub valid_from: String,
    /// Also for the deals that were won before it begins.
    pub all_deals: bool,
}

/// A deal that would get the version, with the one that it has.
#[derive(Clone, Debug)]
pub struct MovedDeal {
    pub deal: DealRecord,
    pub old_version: i64,
}

/// What a version would change if it were published now.
#[derive(Clone, Debug)]
pub struct PlanTrial {
    pub name: String,
    pub version: i64,
    pub valid_from: NaiveDate,
    pub terms: PlanTerms,
    pub deals: Vec<MovedDeal>,
    /// Lines that stay worth what they are, and as well earned, are left out.
    pub lines: Vec<LineChange>,
    /// The same for the same change of the same data.
    pub fingerprint: String,
    /// What all partners are called.
    pub partner_names: BTreeMap<PartnerId, String>,
}

/// All versions of all plans: by name, newest first.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<PlanVersionRecord>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    Ok(plans::list_versions(&mut tx).await?)
}

/// What the partners are called that a plan may name, in the order of their names.
pub async fn list_partner_names(
    ctx: &Ctx,
    actor: &Actor,
) -> Result<Vec<(PartnerId, String)>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    Ok(partners::list_names(&mut tx).await?)
}

/// Tries a version on the deals as they are, and writes nothing.
pub async fn try_version(
    ctx: &Ctx,
    actor: &Actor,
    edit: &PlanEdit,
) -> Result<PlanTrial, ServiceError> {
    require_staff(actor, Action::EditPlans)?;
    let mut tx = ctx.store.read().await?;
    let (gathered, _) = gather(ctx, &mut tx, actor, edit).await?;
    Ok(gathered.trial)
}

/// Publishes a version, and does what its trial of that fingerprint said; nothing if by now it would do anything else.
pub async fn publish_version(
    ctx: &Ctx,
    actor: &Actor,
    edit: &PlanEdit,
    fingerprint: &str,
) -> Result<PlanId, ServiceError> {
    require_staff(actor, Action::EditPlans)?;
    let mut tx = ctx.store.write().await?;
    tx.lock("plans").await?;
    if let Ok((name, _)) = edit.form.parse() {
        lock_deals_of(&mut tx, &name).await?;
    }
    let (Gathered { trial, record }, books) = gather(ctx, &mut tx, actor, edit).await?;
    if fingerprint.is_empty() {
        return Err(ServiceError::Conflict("plan-not-tried"));
    }
    if trial.fingerprint != fingerprint {
        return Err(ServiceError::Conflict("plan-trial-changed"));
    }
    if record.version == 1 {
        plans::add(&mut tx, record.plan, &record.name, ctx.now()).await?;
    }
    plans::add_version(&mut tx, &record, Some(actor.person())).await?;
    let moved_ids: Vec<DealId> = trial.deals.iter().map(|moved| moved.deal.id).collect();
    deals::set_plan_version(&mut tx, &moved_ids, record.id).await?;
    books.write(&mut tx).await?;
    // Their lines are as they will be. What filled which month, and what does not fit, is looked at again; and so is which invoices are for them, for the
    // plan's months say until when a deal is open.
    let look = moved_ids.iter().flat_map(|deal| {
        let deal = *deal;
        [Job::JudgeDeal { deal }, Job::ReconcileDeal { deal }]
    });
    outbox::add_all(ctx, &mut tx, look).await?;
    let facts = json!({
        "version": record.version,
        "terms": record.terms,
        "from": record.valid_from,
        "all_deals": edit.all_deals,
        "deals": moved_ids,
        "lines": trial.lines.len(),
    });
    audit::add(
        &mut tx,
        Some(actor.person()),
        "add_plan_version",
        &record.plan.to_string(),
        &facts.to_string(),
        ctx.now(),
    )
    .await?;
    tx.commit().await?;
    Ok(record.plan)
}

/// Every deal whose lines may change, in an order that everybody keeps.
async fn lock_deals_of(tx: &mut Tx, name: &str) -> Result<(), ServiceError> {
    let versions = plans::list_versions(tx).await?;
    let plan = versions.iter().find(|version| version.name == name);
    if let Some(plan) = plan {
        let found = deals::list_of_plan(tx, plan.plan).await?;
        let ids = found.iter().map(|deal| deal.id).collect();
        books::lock_deals(tx, &ids).await?;
    }
    Ok(())
}

/// A trial, and the version that it is of.
struct Gathered {
    trial: PlanTrial,
    record: PlanVersionRecord,
}

/// What publishing would do, from what is stored; nothing is written here.
async fn gather<'a>(
    ctx: &'a Ctx,
    tx: &mut Tx,
    actor: &Actor,
    edit: &PlanEdit,
) -> Result<(Gathered, Books<'a>), ServiceError> {
    let partner_names: BTreeMap<_, _> = partners::list_names(tx).await?.into_iter().collect();
    let (name, terms, valid_from) = parse(edit, &partner_names)?;
    let versions = list_versions_of(tx, &edit.plan, &name).await?;
    let record = next_version(ctx, name, terms, valid_from, versions.first())?;
    let mut books = Books::to_look_at(ctx, actor.person());
    // One that is not won at the moment may be won again, and then the version of its day holds for it.
    let is_moved = |deal: &DealRecord| {
        let is_won_since = deal.won_on.is_some_and(|won_on| won_on >= valid_from);
        is_won_since || edit.all_deals
    };
    let mut found = deals::list_of_plan(tx, record.plan).await?;
    found.retain(is_moved);
    for some in found.chunks(DEALS_AT_ONCE) {
        for mut known in KnownDeal::load_as(tx, some.to_vec(), &record).await? {
            judge(ctx, &mut books, &mut known)?;
        }
    }
    let moved: Vec<MovedDeal> = found
        .into_iter()
        .map(|deal| {
            let mut older = versions.iter();
            let old = older.find(|version| Some(version.id) == deal.plan_version);
            MovedDeal {
                old_version: old.map_or(0, |old| old.version),
                deal,
            }
        })
        .collect();
    let lines = books.preview();
    let trial = PlanTrial {
        name: record.name.clone(),
        version: record.version,
        valid_from,
        terms: record.terms.clone(),
        fingerprint: fingerprint(&record, &moved, &lines)?,
        deals: moved,
        lines,
        partner_names,
    };
    Ok((Gathered { trial, record }, books))
}

/// What there is of the plan, newest first; nothing of a new one.
///
/// # Errors
/// `plan-renamed` where the next version of one plan has another name: it would be a new plan, on which nobody is.
async fn list_versions_of(
    tx: &mut Tx,
    plan: &str,
    name: &str,
) -> Result<Vec<PlanVersionRecord>, ServiceError> {
    let versions = plans::list_versions(tx).await?;
    let meant = versions
        .iter()
        .find(|version| version.plan.to_string() == plan);
    if let Some(meant) = meant.filter(|meant| meant.name != name) {
        let mut errors = FieldErrors::default();
        errors.add_with("name", "plan-renamed", &meant.name);
        return Err(ServiceError::Invalid(errors));
    }
    let mut versions = versions;
    versions.retain(|version| version.name == name);
    Ok(versions)
}

fn parse(
    edit: &PlanEdit,
    partner_names: &BTreeMap<PartnerId, String>,
) -> Result<(String, PlanTerms, NaiveDate), ServiceError> {
    let mut errors = FieldErrors::default();
    let valid_from = edit.valid_from.trim().parse::<NaiveDate>().ok();
    let parsed = edit.form.parse();
    if let Err(found) = &parsed {
        errors.0.extend(found.0.iter().cloned());
    }
    for (place, row) in edit.form.shares.iter().enumerate() {
        let partner = row.partner.trim().parse::<PartnerId>();
        if partner.is_ok_and(|partner| !partner_names.contains_key(&partner)) {
            errors.add(&format!("shares.{place}.partner"), "choose-one");
        }
    }
    if valid_from.is_none() {
        errors.add("valid_from", "date-invalid");
    }
    match (parsed, valid_from) {
        (Ok((name, terms)), Some(valid_from)) if errors.is_empty() => Ok((name, terms, valid_from)),
        _ => Err(ServiceError::Invalid(errors)),
    }
}

/// The version after the last, which begins on that day or later: between two others none could be put without the deals won since then losing theirs.
fn next_version(
    ctx: &Ctx,
    name: String,
    terms: PlanTerms,
    valid_from: NaiveDate,
    last: Option<&PlanVersionRecord>,
) -> Result<PlanVersionRecord, ServiceError> {
    if last.is_some_and(|last| last.valid_from > valid_from) {
        return Err(ServiceError::field(
            "valid_from",
            "earlier-than-last-version",
        ));
    }
    Ok(PlanVersionRecord {
        id: PlanVersionId::new(ctx.new_id()),
        plan: last.map_or_else(|| PlanId::new(ctx.new_id()), |last| last.plan),
        name,
        version: last.map_or(1, |last| last.version + 1),
        valid_from,
        terms,
        // Only what is read again has its name.
        created_by_name: None,
        created_at: ctx.now(),
    })
}

/// Over everything that publishing writes, but for ids that are new each time.
fn fingerprint(
    record: &PlanVersionRecord,
    moved: &[MovedDeal],
    lines: &[LineChange],
) -> Result<String, ServiceError> {
    let moved: Vec<_> = moved
        .iter()
        .map(|moved| (moved.deal.id, moved.deal.plan_version))
        .collect();
    let content = serde_json::to_vec(&(
        &record.name,
        record.version,
        record.valid_from,
        &record.terms,
        moved,
        lines,
    ))
    .map_err(|error| ServiceError::Inconsistent(error.to_string()))?;
    Ok(hex::encode(Sha256::digest(content)))
}
