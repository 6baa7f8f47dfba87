//! How far somebody sees: the settings that keep a partner's sales people to their own leads, and partner managers to their own partners.

use portal_domain::{
    access::{Action, Actor, Reach, StaffRole},
    ids::{PartnerId, PersonId},
    scope::Scope,
};
use portal_store::{Tx, partners, people, people::PersonRecord, settings};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::{require_partner, require_staff},
    audit::record,
    partners::enter,
};

const MANAGERS: &str = "manager_reach";

/// Whether partner managers see all partners, or each its own.
pub(crate) async fn of_managers(tx: &mut Tx) -> Result<Reach, ServiceError> {
    let chosen = settings::find(tx, MANAGERS).await?;
    Ok(chosen
        .and_then(|chosen| Reach::parse(&chosen))
        .unwrap_or(Reach::All))
}

/// What stands beside a partner for whoever decides who looks after it.
#[derive(Clone, Debug)]
pub struct Managers {
    pub reach: Reach,
    /// Who can be chosen, by name.
    pub people: Vec<PersonRecord>,
}

/// Who looks after partners, and how far they see.
pub async fn list_managers(ctx: &Ctx, actor: &Actor) -> Result<Managers, ServiceError> {
    require_staff(actor, Action::AssignPartners)?;
    let mut tx = ctx.store.read().await?;
    let mut people = people::list_staff(&mut tx).await?;
    people.retain(|person| person.staff_role == Some(StaffRole::PartnerManager));
    Ok(Managers {
        reach: of_managers(&mut tx).await?,
        people,
    })
}

/// An owner says which leads the sales people of its partner see.
pub async fn set_of_sales(ctx: &Ctx, actor: &Actor, reach: &str) -> Result<(), ServiceError> {
    let own = require_partner(actor, Action::EditCompany)?;
    let reach = parse(reach)?;
    let mut tx = ctx.store.write().await?;
    partners::set_sales_reach(&mut tx, own, reach, ctx.now()).await?;
    let facts = json!({ "reach": reach });
    record(
        ctx,
        &mut tx,
        actor,
        "set_sales_reach",
        own.partner(),
        &facts,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// An administrator says who looks after a partner; an empty text: nobody.
pub async fn set_manager(
    ctx: &Ctx,
    actor: &Actor,
    partner: PartnerId,
    manager: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::AssignPartners)?;
    let mut tx = ctx.store.write().await?;
    let (own, before) = enter(&mut tx, Scope::of(actor), partner).await?;
    let manager = match manager {
        "" => None,
        chosen => Some(find_manager(&mut tx, chosen).await?),
    };
    partners::set_manager(&mut tx, own, manager, ctx.now()).await?;
    let facts = json!({ "manager": manager, "before": before.manager });
    record(ctx, &mut tx, actor, "set_partner_manager", partner, &facts).await?;
    Ok(tx.commit().await?)
}

async fn find_manager(tx: &mut Tx, chosen: &str) -> Result<PersonId, ServiceError> {
    let unknown = || ServiceError::field("manager", "choose-one");
    let id: PersonId = chosen.parse().map_err(|_| unknown())?;
    let person = people::find(tx, id).await?.ok_or_else(unknown)?;
    let is_manager = person.staff_role == Some(StaffRole::PartnerManager);
    if is_manager && person.disabled_at.is_none() {
        Ok(id)
    } else {
        Err(unknown())
    }
}

/// An administrator says whether partner managers see all partners, or each its own.
pub async fn set_of_managers(ctx: &Ctx, actor: &Actor, reach: &str) -> Result<(), ServiceError> {
    require_staff(actor, Action::AssignPartners)?;
    let reach = parse(reach)?;
    let mut tx = ctx.store.write().await?;
    settings::set(&mut tx, MANAGERS, reach.as_str(), ctx.now()).await?;
    let facts = json!({ "reach": reach });
    record(ctx, &mut tx, actor, "set_manager_reach", "partners", &facts).await?;
    Ok(tx.commit().await?)
}

fn parse(reach: &str) -> Result<Reach, ServiceError> {
    Reach::parse(reach).ok_or_else(|| ServiceError::field("reach", "choose-one"))
}
