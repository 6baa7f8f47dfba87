//! Commission plans, as staff define them.

use chrono::NaiveDate;
use portal_domain::{
    access::{Action, Actor},
    ids::{PlanId, PlanVersionId},
    plan::PlanForm,
};
use portal_store::{
    audit,
    plans::{self, PlanVersionRecord},
};

use crate::{Ctx, ServiceError, access::require_staff};

/// All versions of all plans: by name, newest first.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<PlanVersionRecord>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    Ok(plans::list_versions(&mut tx).await?)
}

/// Adds a plan, or the next version of the plan of that name. Deals that are won keep the version they have.
pub async fn add_version(
    ctx: &Ctx,
    actor: &Actor,
    form: &PlanForm,
    valid_from: &str,
) -> Result<PlanId, ServiceError> {
    require_staff(actor, Action::EditPlans)?;
    let valid_from: NaiveDate = valid_from
        .trim()
        .parse()
        .map_err(|_| ServiceError::field("valid_from", "date-invalid"))?;
    let (name, terms) = form.parse().map_err(ServiceError::Invalid)?;
    let mut tx = ctx.store.write().await?;
    tx.lock("plans").await?;
    let last = plans::list_versions(&mut tx)
        .await?
        .into_iter()
        .find(|version| version.name == name);
    let plan = match &last {
        Some(last) if last.valid_from > valid_from => {
            return Err(ServiceError::field(
                "valid_from",
                "earlier-than-last-version",
            ));
        }
        Some(last) => last.plan,
        None => {
            let plan = PlanId::new(ctx.new_id());
            plans::add(&mut tx, plan, &name, ctx.now()).await?;
            plan
        }
    };
    let version = PlanVersionRecord {
        id: PlanVersionId::new(ctx.new_id()),
        plan,
        name,
        version: last.map_or(1, |last| last.version + 1),
        valid_from,
        terms,
    };
    plans::add_version(&mut tx, &version, Some(actor.person()), ctx.now()).await?;
    let facts = serde_json::json!({ "version": version.version, "terms": version.terms, "from": valid_from }).to_string();
    audit::add(
        &mut tx,
        Some(actor.person()),
        "add_plan_version",
        &plan.to_string(),
        &facts,
        ctx.now(),
    )
    .await?;
    tx.commit().await?;
    Ok(plan)
}
