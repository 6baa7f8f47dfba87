//! Commission plans, as staff define them. A version is tried on real data before it is published: what would become of which line is gathered in a
//! transaction that is dropped; publishing gathers the same again, and writes it only if it is what the person saw.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use itertools::Itertools as _;
use portal_domain::{
    access::{Action, Actor},
    error::FieldErrors,
    ids::{ClientId, DealId, PartnerId, PlanId, PlanVersionId},
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
    access::{require_staff, require_staff_scope},
    books::{self, Books, LineChange},
    outbox::{self, Job},
    reconcile::{KnownDeal, judge},
    schedules::DEALS_AT_ONCE,
    verdicts::{self, Again},
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
    require_staff_scope(actor, Action::ReadBooks)?;
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
    let version = Version::read(ctx, &mut tx, edit).await?;
    if version.clients.is_empty() {
        let (trial, _) = gather(ctx, &mut tx, actor, version, &BTreeSet::new()).await?;
        return Ok(trial);
    }
    drop(tx);
    // Which invoices are for which deal is found out by doing it, and taken back.
    let mut tx = ctx.store.write().await?;
    lock_deals_of(&mut tx, edit).await?;
    let version = Version::read(ctx, &mut tx, edit).await?;
    let touched = begin(ctx, &mut tx, actor, &version).await?;
    let (trial, _) = gather(ctx, &mut tx, actor, version, &touched).await?;
    Ok(trial)
}

/// Publishes a version, and does what its trial of that fingerprint said; nothing if by now it would do anything else.
pub async fn publish_version(
    ctx: &Ctx,
    actor: &Actor,
    edit: &PlanEdit,
    fingerprint: &str,
) -> Result<PlanId, ServiceError> {
    require_staff(actor, Action::EditPlans)?;
    if fingerprint.is_empty() {
        return Err(ServiceError::Conflict("plan-not-tried"));
    }
    let mut tx = ctx.store.write().await?;
    lock_deals_of(&mut tx, edit).await?;
    let version = Version::read(ctx, &mut tx, edit).await?;
    let record = version.record.clone();
    let touched = begin(ctx, &mut tx, actor, &version).await?;
    let (trial, books) = gather(ctx, &mut tx, actor, version, &touched).await?;
    if trial.fingerprint != fingerprint {
        return Err(ServiceError::Conflict("plan-trial-changed"));
    }
    let moved_ids: Vec<DealId> = trial.deals.iter().map(|moved| moved.deal.id).collect();
    books.write(&mut tx).await?;
    // Their lines are as they will be. What filled which month, and what does not fit, is looked at again.
    let look = moved_ids
        .iter()
        .map(|deal| Job::ReconcileDeal { deal: *deal });
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

/// Locks the plans, and the deals whose lines change, in an order that everybody keeps: those of the plan, and those that their clients' invoices may be for
/// instead.
async fn lock_deals_of(tx: &mut Tx, edit: &PlanEdit) -> Result<(), ServiceError> {
    tx.lock("plans").await?;
    let Ok((name, _)) = edit.form.parse() else {
        return Ok(());
    };
    let versions = plans::list_versions(tx).await?;
    let plan = versions.iter().find(|version| version.name == name);
    if let Some(plan) = plan {
        let found = deals::list_of_plan(tx, plan.plan).await?;
        let clients: BTreeSet<ClientId> = found.iter().map(|deal| deal.client).collect();
        let clients: Vec<ClientId> = clients.into_iter().collect();
        let of_clients = deals::list_of_clients(tx, &clients).await?;
        let ids = of_clients.iter().map(|deal| deal.id).collect();
        books::lock_deals(tx, &ids).await?;
    }
    Ok(())
}

/// A version that is to be, and what it is about.
struct Version {
    record: PlanVersionRecord,
    /// The older ones, newest first.
    versions: Vec<PlanVersionRecord>,
    /// The deals that get it, as they are.
    moved: Vec<DealRecord>,
    /// Whose invoices may be for other deals by it: a plan's months say until when a deal is open, which matters where a client has several, or one that ends.
    clients: BTreeSet<ClientId>,
    partner_names: BTreeMap<PartnerId, String>,
}

impl Version {
    async fn read(ctx: &Ctx, tx: &mut Tx, edit: &PlanEdit) -> Result<Self, ServiceError> {
        let partner_names: BTreeMap<_, _> = partners::list_names(tx).await?.into_iter().collect();
        let (name, terms, valid_from) = parse(edit, &partner_names)?;
        let versions = list_versions_of(tx, &edit.plan, &name).await?;
        let record = next_version(ctx, name, terms, valid_from, versions.first())?;
        // One that is not won at the moment may be won again, and then the version of its day holds for it.
        let is_moved = |deal: &DealRecord| {
            let is_won_since = deal.won_on.is_some_and(|won_on| won_on >= valid_from);
            is_won_since || edit.all_deals
        };
        let mut moved = deals::list_of_plan(tx, record.plan).await?;
        moved.retain(is_moved);
        let clients: BTreeSet<ClientId> = moved.iter().map(|deal| deal.client).collect();
        let clients: Vec<ClientId> = clients.into_iter().collect();
        let of_clients = deals::list_of_clients(tx, &clients).await?;
        let of_clients = of_clients.into_iter().into_group_map_by(|deal| deal.client);
        let is_ended = |deal: &DealRecord| deal.end.is_some();
        let clients = of_clients
            .into_iter()
            .filter(|(_, deals)| deals.len() > 1 || deals.iter().any(is_ended))
            .map(|(client, _)| client);
        Ok(Self {
            record,
            versions,
            moved,
            clients: clients.collect(),
            partner_names,
        })
    }
}

/// Stores a version, gives the deals to it, and says anew which deals their clients' invoices are for. Returns the deals whose money that moves.
async fn begin(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    version: &Version,
) -> Result<BTreeSet<DealId>, ServiceError> {
    let record = &version.record;
    if record.version == 1 {
        plans::add(tx, record.plan, &record.name, ctx.now()).await?;
    }
    plans::add_version(tx, record, Some(actor.person())).await?;
    let moved: Vec<DealId> = version.moved.iter().map(|deal| deal.id).collect();
    deals::set_plan_version(tx, &moved, record.id).await?;
    verdicts::lock(tx).await?;
    let again = Again {
        clients: version.clients.clone(),
        with_credits: true,
        ..Again::default()
    };
    verdicts::judge_again(ctx, tx, again).await
}

/// What publishing does to lines: to those of the deals that get the version, and of those whose money it moves.
async fn gather<'a>(
    ctx: &'a Ctx,
    tx: &mut Tx,
    actor: &Actor,
    version: Version,
    touched: &BTreeSet<DealId>,
) -> Result<(PlanTrial, Books<'a>), ServiceError> {
    let record = &version.record;
    let mut books = Books::to_look_at(ctx, actor.person());
    for some in version.moved.chunks(DEALS_AT_ONCE) {
        for mut known in KnownDeal::load_as(tx, some.to_vec(), record).await? {
            judge(ctx, &mut books, &mut known)?;
        }
    }
    let moved: BTreeSet<DealId> = version.moved.iter().map(|deal| deal.id).collect();
    let others: Vec<DealId> = touched.difference(&moved).copied().collect();
    let others = deals::list_by_ids(tx, &others).await?;
    for mut known in KnownDeal::load_all(tx, others).await? {
        judge(ctx, &mut books, &mut known)?;
    }
    let old_version = |deal: &DealRecord| {
        let mut older = version.versions.iter();
        let old = older.find(|version| Some(version.id) == deal.plan_version);
        old.map_or(0, |old| old.version)
    };
    let moved: Vec<MovedDeal> = version
        .moved
        .iter()
        .map(|deal| MovedDeal {
            old_version: old_version(deal),
            deal: deal.clone(),
        })
        .collect();
    let lines = books.preview();
    let trial = PlanTrial {
        name: record.name.clone(),
        version: record.version,
        valid_from: record.valid_from,
        terms: record.terms.clone(),
        fingerprint: fingerprint(record, &moved, &lines)?,
        deals: moved,
        lines,
        partner_names: version.partner_names,
    };
    Ok((trial, books))
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

/// Over the version, the deals that get it, and what becomes of each line; not over ids, which are new each time.
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
