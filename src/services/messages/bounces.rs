//! Addresses that do not take mail: shown to staff, who can have them tried again.

use portal_domain::access::{Action, Actor};
use portal_store::{
    Tx, audit,
    bounces::{self, BounceRecord},
};

use serde_json::json;

use crate::{Ctx, ServiceError, access::require_staff, company::CompanyView};

/// How many are shown at once.
const SHOWN_MAX: i64 = 200;

pub async fn list_bounces(ctx: &Ctx, actor: &Actor) -> Result<Vec<BounceRecord>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    Ok(bounces::list(&mut tx, SHOWN_MAX).await?)
}

/// Those of a partner's people, of whom it invited, and of its mail for statements.
pub(crate) async fn bounces_of(
    tx: &mut Tx,
    view: &CompanyView,
) -> Result<Vec<BounceRecord>, ServiceError> {
    let members = view.members.iter().map(|member| member.email.clone());
    let invited = view.invitations.iter().map(|open| open.email.clone());
    let shared = view.partner.company.billing_email.to_string();
    let addresses: Vec<String> = members.chain(invited).chain([shared]).collect();
    Ok(bounces::list_of(tx, &addresses).await?)
}

/// A person says that an address takes mail again: what comes next is sent there.
pub async fn try_address_again(
    ctx: &Ctx,
    actor: &Actor,
    address: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::ManagePartners)
        .or_else(|_| require_staff(actor, Action::Operate))?;
    let mut tx = ctx.store.write().await?;
    if !bounces::remove(&mut tx, address).await? {
        return Ok(());
    }
    let person = Some(actor.person());
    let facts = json!({ "address": address }).to_string();
    audit::add(
        &mut tx,
        person,
        "try_address_again",
        "mail",
        &facts,
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}
