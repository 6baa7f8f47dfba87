//! The network, as staff look after it: adding partners and enrolling them on plans.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use portal_domain::{
    access::{Action, Actor},
    ids::{DealId, PartnerId, PlanId, PlanVersionId},
    partner::{CompanyForm, InvitationForm},
    scope::{Own, Scope},
};
use portal_store::{
    Tx, audit, changes as partner_changes, deals,
    partners::{self, EnrolmentRecord, PartnerRecord},
    payment_details,
    plans::{self as plan_rows, PlanVersionRecord},
};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::require_staff_scope,
    audit::changes,
    company::{self, CompanyView},
    messages,
    outbox::{self, Job},
};

/// How many partners a page lists.
pub const PAGE: i64 = 50;

/// A partner in the list, with the plan it is on today.
#[derive(Clone, Debug)]
pub struct PartnerView {
    pub partner: PartnerRecord,
    pub enrolment: Option<EnrolmentRecord>,
}

/// Adds a partner; its people are invited afterwards.
pub async fn add(ctx: &Ctx, actor: &Actor, form: &CompanyForm) -> Result<PartnerId, ServiceError> {
    let scope = require_staff_scope(actor, Action::ManagePartners)?;
    let company = form.parse().map_err(ServiceError::Invalid)?;
    let id = PartnerId::new(ctx.new_id());
    let mut tx = ctx.store.write().await?;
    match partners::add(&mut tx, id, &company, ctx.now()).await {
        Err(error) if error.is_duplicate() => {
            return Err(ServiceError::field("domain", "domain-taken"));
        }
        other => other?,
    }
    payment_details::change(&mut tx, id, actor.person(), ctx.now()).await?;
    messages::keep_place(ctx, &mut tx, id, &company, "").await?;
    if let (Some(manager), Some(own)) = (scope.manager(), scope.admit(id, scope.manager())) {
        // Who sees its own partners alone would not see the one that it has just added.
        partners::set_manager(&mut tx, own, Some(manager), ctx.now()).await?;
    }
    let facts = json!({ "company": company }).to_string();
    audit::add(
        &mut tx,
        Some(actor.person()),
        "add_partner",
        &id.to_string(),
        &facts,
        ctx.now(),
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes the details of a partner's company, as its owner can too.
pub async fn update(
    ctx: &Ctx,
    actor: &Actor,
    partner: PartnerId,
    form: &CompanyForm,
) -> Result<(), ServiceError> {
    let scope = require_staff_scope(actor, Action::ManagePartners)?;
    let company = form.parse().map_err(ServiceError::Invalid)?;
    let mut tx = ctx.store.write().await?;
    let (own, _) = enter(&mut tx, scope, partner).await?;
    company::change(ctx, &mut tx, actor, own, &company).await?;
    Ok(tx.commit().await?)
}

/// Puts a partner on a plan from a day on. One that has left, or is about to, is in the programme again: its deals are paid as if it had never left.
pub async fn enrol(
    ctx: &Ctx,
    actor: &Actor,
    partner: PartnerId,
    plan: &str,
    valid_from: &str,
) -> Result<(), ServiceError> {
    let scope = require_staff_scope(actor, Action::ManagePartners)?;
    let plan: PlanId = plan
        .parse()
        .map_err(|_| ServiceError::field("plan", "choose-one"))?;
    let valid_from: NaiveDate = valid_from
        .trim()
        .parse()
        .map_err(|_| ServiceError::field("valid_from", "date-invalid"))?;
    let mut tx = ctx.store.write().await?;
    lock(&mut tx, partner).await?;
    let (_, record) = enter(&mut tx, scope, partner).await?;
    if plan_rows::find_version_on(&mut tx, plan, valid_from)
        .await?
        .is_none()
    {
        return Err(ServiceError::field("valid_from", "plan-not-valid-then"));
    }
    let before = partners::find_enrolment(&mut tx, partner, valid_from).await?;
    let before = before.map(|enrolment| enrolment.plan);
    // The day on which it left says which enrolments end with it: it is forgotten only afterwards.
    partners::enrol(&mut tx, partner, plan, valid_from, ctx.now()).await?;
    if record.left_on.is_some() {
        partners::come_back(&mut tx, partner, ctx.now()).await?;
        reconcile_deals(ctx, &mut tx, partner).await?;
    }
    // Deals that were won while there was no plan get their lines.
    outbox::add(ctx, &mut tx, &Job::AccrueLines).await?;
    let plans = json!({ "before": before, "after": plan });
    let facts = json!({ "plan": plans, "from": valid_from, "left_on": record.left_on }).to_string();
    audit::add(
        &mut tx,
        Some(actor.person()),
        "enrol_partner",
        &partner.to_string(),
        &facts,
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Ends a partner's time in the programme. From that day on it brings no leads, and its deals are paid for as long as their plans' tails say; its people can
/// still sign in, read, dispute and invoice.
///
/// # Errors
/// `not-enrolled-before` for a day before which it was never in the programme.
pub async fn leave(
    ctx: &Ctx,
    actor: &Actor,
    partner: PartnerId,
    left_on: &str,
) -> Result<(), ServiceError> {
    let scope = require_staff_scope(actor, Action::ManagePartners)?;
    let left_on: NaiveDate = left_on
        .trim()
        .parse()
        .map_err(|_| ServiceError::field("left_on", "date-invalid"))?;
    let mut tx = ctx.store.write().await?;
    lock(&mut tx, partner).await?;
    let (_, record) = enter(&mut tx, scope, partner).await?;
    if record.left_on == Some(left_on) {
        return Ok(());
    }
    let day_before = left_on
        .pred_opt()
        .ok_or_else(|| ServiceError::field("left_on", "date-invalid"))?;
    let was_enrolled = partners::find_enrolment(&mut tx, partner, day_before)
        .await?
        .is_some();
    // A leaving that was told already may be moved on.
    if !was_enrolled && record.left_on.is_none_or(|earlier| left_on < earlier) {
        return Err(ServiceError::field("left_on", "not-enrolled-before"));
    }
    partners::leave(&mut tx, partner, left_on, ctx.now()).await?;
    reconcile_deals(ctx, &mut tx, partner).await?;
    let facts = changes([("left_on", json!(record.left_on), json!(left_on))]).to_string();
    audit::add(
        &mut tx,
        Some(actor.person()),
        "partner_leaves",
        &partner.to_string(),
        &facts,
        ctx.now(),
    )
    .await?;
    partner_changes::add(&mut tx, partner, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// A partner that somebody may look after; any other is not there.
pub(crate) async fn enter(
    tx: &mut Tx,
    scope: Scope,
    partner: PartnerId,
) -> Result<(Own, PartnerRecord), ServiceError> {
    let found = partners::enter(tx, scope, partner).await?;
    found.ok_or(ServiceError::NotFound)
}

/// First in every transaction that changes from when to when a partner is in the programme.
async fn lock(tx: &mut Tx, partner: PartnerId) -> Result<(), ServiceError> {
    Ok(tx.lock(&format!("enrolment:{partner}")).await?)
}

/// Has the lines of all deals made again of which it gets a part, its own and those that it shares: how long they run hangs on whether it has left.
async fn reconcile_deals(ctx: &Ctx, tx: &mut Tx, partner: PartnerId) -> Result<(), ServiceError> {
    let own = deals::list_of_partner(tx, partner).await?;
    let versions = plan_rows::list_versions(tx).await?;
    let names_it = |version: &&PlanVersionRecord| {
        let mut split = version.terms.split.iter();
        split.any(|share| share.partner == Some(partner))
    };
    let sharing: Vec<PlanVersionId> = versions
        .iter()
        .filter(names_it)
        .map(|version| version.id)
        .collect();
    let shared = deals::list_ids_of_versions(tx, &sharing).await?;
    let all: BTreeSet<DealId> = own.iter().map(|deal| deal.id).chain(shared).collect();
    let look = all.into_iter().map(|deal| Job::ReconcileDeal { deal });
    outbox::add_all(ctx, tx, look).await
}

/// Invites a partner's first people, on its behalf.
pub async fn invite(
    ctx: &Ctx,
    actor: &Actor,
    partner: PartnerId,
    form: &InvitationForm,
) -> Result<(), ServiceError> {
    let scope = require_staff_scope(actor, Action::ManagePartners)?;
    let (email, role) = form.parse().map_err(ServiceError::Invalid)?;
    let mut tx = ctx.store.write().await?;
    let (own, _) = enter(&mut tx, scope, partner).await?;
    company::add_invitation(ctx, &mut tx, actor, own, &email, role).await?;
    Ok(tx.commit().await?)
}

/// Partners that somebody may look after, in the order of their names, those after `after`.
pub async fn list(ctx: &Ctx, actor: &Actor, after: &str) -> Result<Vec<PartnerView>, ServiceError> {
    let scope = require_staff_scope(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let partners = partners::list_after(&mut tx, scope, after, PAGE).await?;
    let enrolments = partners::list_enrolments(&mut tx, ctx.today()).await?;
    Ok(partners
        .into_iter()
        .map(|partner| PartnerView {
            enrolment: enrolments
                .iter()
                .rfind(|enrolment| enrolment.partner == partner.id)
                .cloned(),
            partner,
        })
        .collect())
}

/// One partner with its team and its enrolment of today.
pub async fn find(
    ctx: &Ctx,
    actor: &Actor,
    id: PartnerId,
) -> Result<(CompanyView, Option<EnrolmentRecord>), ServiceError> {
    let scope = require_staff_scope(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let (own, _) = enter(&mut tx, scope, id).await?;
    let view = company::view(&mut tx, own).await?;
    let enrolment = partners::find_enrolment(&mut tx, id, ctx.today()).await?;
    Ok((view, enrolment))
}
