//! Contacts of clients and partners in Xero that became one with another there: what stood under the old one stands under the new one from then on.

use portal_domain::remote::RemoteContact;
use portal_store::{audit, clients, contacts, credits, invoices, partners};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    verdicts::{self, Again},
};

/// Ids of contacts after one: those that are a client's or a partner's.
pub async fn list_known_after(
    ctx: &Ctx,
    contact: &str,
    limit: usize,
) -> Result<Vec<String>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(contacts::list_known_after(&mut tx, contact, limit).await?)
}

/// Whether a contact is a client's or a partner's.
pub async fn is_known(ctx: &Ctx, contact: &str) -> Result<bool, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let client = clients::find_of_contact(&mut tx, contact).await?;
    Ok(client.is_some()
        || partners::find_by_xero_contact(&mut tx, contact)
            .await?
            .is_some())
}

/// Follows contacts to those that they were merged into. A client whose new contact is another client's already keeps its own, as nobody could tell their
/// invoices apart: what names its deal stays with it.
pub async fn apply(ctx: &Ctx, read: &[RemoteContact]) -> Result<(), ServiceError> {
    for contact in read {
        if let Some(into) = &contact.merged_into
            && *into != contact.id
        {
            follow(ctx, &contact.id, into).await?;
        }
    }
    Ok(())
}

async fn follow(ctx: &Ctx, from: &str, into: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    verdicts::lock(&mut tx).await?;
    let mut subjects = Vec::new();
    let mut again = Again::default();
    let client = clients::find_of_contact(&mut tx, from).await?;
    let is_free = clients::find_of_contact(&mut tx, into).await?.is_none();
    if let Some(client) = client.filter(|_| is_free) {
        clients::set_xero_contact(&mut tx, client.id, into).await?;
        again.clients.insert(client.id);
        again.with_credits = true;
        subjects.push(client.id.to_string());
    }
    let partner = partners::find_by_xero_contact(&mut tx, from).await?;
    let is_free = partners::find_by_xero_contact(&mut tx, into)
        .await?
        .is_none();
    if let Some(partner) = partner.filter(|_| is_free) {
        partners::set_xero_contact(&mut tx, partner.id, into).await?;
        subjects.push(partner.id.to_string());
    }
    if subjects.is_empty() {
        return Ok(());
    }
    // Xero dates none of them anew, so no sweep would bring them under their new contact.
    invoices::move_contact(&mut tx, from, into).await?;
    credits::move_contact(&mut tx, from, into).await?;
    verdicts::judge_again(ctx, &mut tx, again).await?;
    let facts = json!({ "from": from, "into": into }).to_string();
    for subject in subjects {
        audit::add(&mut tx, None, "follow_contact", &subject, &facts, ctx.now()).await?;
    }
    Ok(tx.commit().await?)
}
