//! Deals that somebody made in HubSpot for a client of ours: renewals, mostly. They came from no lead, so that no partner earns by them before a person says
//! which one brought the client, or that none did.

use portal_domain::{
    access::{Action, Actor},
    deal::DealState,
    ids::{ClientId, ExceptionId, LeadId, PartnerId},
    lead::LeadState,
    remote::RemoteDeal,
};
use portal_store::{
    Tx, audit, changes,
    clients::{self, ClientRecord},
    exceptions::{self, ExceptionRecord},
    leads::{self, LeadRecord},
    partners,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    books::{self, About, Finding},
    decision,
    leads::claim_until,
    messages,
    outbox::{self, Job},
    relay,
};

/// A deal with a client of ours that came from no lead.
pub const WITHOUT_LEAD: &str = "deal_without_lead";

/// What a case says of such a deal: only what does not change from one reading to the next, so that one that was let stand is not raised again.
#[derive(Debug, Serialize, Deserialize)]
struct Facts {
    id: String,
    into: String,
    client: String,
    client_id: ClientId,
}

/// A deal that is none of ours, and the companies that HubSpot has it for.
#[derive(Clone, Debug)]
pub struct Stranger {
    pub deal: RemoteDeal,
    pub companies: Vec<String>,
}

/// Raises a case for each deal with a client of ours, and closes those of deals that were lost or are with somebody else now.
pub async fn strangers_seen(ctx: &Ctx, seen: &[Stranger]) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let mut findings = Vec::with_capacity(seen.len());
    for Stranger { deal, companies } in seen {
        let client = match deal.state {
            DealState::Open | DealState::Won => {
                clients::find_by_companies(&mut tx, companies).await?
            }
            DealState::Lost | DealState::Removed => None,
        };
        let facts = client.map(|client| {
            json!(Facts {
                id: deal.id.clone(),
                into: deal.name.clone(),
                client: client.name,
                client_id: client.id,
            })
        });
        let about = About::Reading(&deal.id, None);
        findings.push(Finding::new(WITHOUT_LEAD, about, facts));
    }
    books::settle_findings(ctx, &mut tx, &findings).await?;
    Ok(tx.commit().await?)
}

/// A person says which partner a deal is from: a lead of that partner is made, the partner is told, and the deal is followed like any other from then on.
///
/// # Errors
/// `exception-resolved` if somebody decided already, or the deal has a lead by now; `NotFound` for a partner that is none;
/// `hubspot-not-used` while nobody asks HubSpot, where the deal is.
pub async fn take_over(
    ctx: &Ctx,
    actor: &Actor,
    id: ExceptionId,
    partner: PartnerId,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    relay::require_hubspot(&mut tx).await?;
    let open = decision::find_open(&mut tx, id).await?;
    let facts = read_facts(&open)?;
    let client = clients::find(&mut tx, facts.client_id).await?;
    let client = client.ok_or(ServiceError::NotFound)?;
    partners::find(&mut tx, partner)
        .await?
        .ok_or(ServiceError::NotFound)?;
    tx.lock(&format!("domain:{}", client.domain)).await?;
    if leads::is_deal_taken(&mut tx, &facts.id).await? {
        return Err(ServiceError::Conflict("exception-resolved"));
    }
    let last = leads::find_last_of_client(&mut tx, partner, client.id).await?;
    let brought_by = last.as_ref().map(|last| last.submitted_by);
    let lead = new_lead(ctx, actor, (partner, &client), last, &facts);
    put_lead(ctx, &mut tx, actor, &lead, &facts.id).await?;
    messages::lead_taken_over(ctx, &mut tx, &lead, brought_by).await?;
    exceptions::settle(&mut tx, &open.subject, "taken_over", ctx.now()).await?;
    outbox::add(ctx, &mut tx, &Job::TakeOverDeal { lead: lead.id }).await?;
    changes::add(&mut tx, partner, ctx.now()).await?;
    let (person, subject) = (Some(actor.person()), open.id.to_string());
    let told = json!({ "lead": lead.id, "deal": facts.id, "partner": partner }).to_string();
    audit::add(
        &mut tx,
        person,
        "take_over_deal",
        &subject,
        &told,
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

fn read_facts(open: &ExceptionRecord) -> Result<Facts, ServiceError> {
    if open.kind != WITHOUT_LEAD {
        return Err(ServiceError::NotFound);
    }
    serde_json::from_str(&open.facts).map_err(|_| ServiceError::NotFound)
}

/// The lead that the partner would have sent. Whom to talk to is taken from its own last lead for the client, and from no other partner's.
fn new_lead(
    ctx: &Ctx,
    actor: &Actor,
    (partner, client): (PartnerId, &ClientRecord),
    last: Option<LeadRecord>,
    facts: &Facts,
) -> LeadRecord {
    let contact = |take: fn(&LeadRecord) -> &String| last.as_ref().map(take).cloned();
    let now = ctx.now();
    LeadRecord {
        id: LeadId::new(ctx.new_id()),
        partner,
        partner_name: String::new(),
        client: client.id,
        submitted_by: actor.person(),
        submission_key: format!("hubspot-{}", facts.id),
        client_name: client.name.clone(),
        client_domain: client.domain.clone(),
        contact_name: contact(|lead| &lead.contact_name).unwrap_or_default(),
        contact_email: contact(|lead| &lead.contact_email).unwrap_or_default(),
        contact_phone: contact(|lead| &lead.contact_phone).unwrap_or_default(),
        need: facts.into.clone(),
        value: None,
        basis: last.as_ref().and_then(|lead| lead.basis.clone()),
        state: LeadState::Registered,
        reason: None,
        review_due_at: None,
        actioned_at: None,
        hubspot_contact_id: last.and_then(|lead| lead.hubspot_contact_id),
        hubspot_deal_id: None,
        created_at: now,
        phase: None,
        confirmed_at: None,
    }
}

/// Stores the lead as one that is registered already, and protects its client unless somebody else does.
async fn put_lead(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    lead: &LeadRecord,
    deal: &str,
) -> Result<(), ServiceError> {
    let now = ctx.now();
    leads::add(tx, lead).await?;
    if let Some(contact) = &lead.hubspot_contact_id {
        leads::set_hubspot_contact(tx, lead.id, contact).await?;
    }
    leads::set_accepted(tx, lead.id, now).await?;
    leads::set_registered(tx, lead.id, deal, now).await?;
    let person = Some(actor.person());
    leads::add_event(tx, lead.id, "taken_over", "{}", person, now).await?;
    let facts = json!({ "deal": deal }).to_string();
    leads::add_event(tx, lead.id, "registered", &facts, None, now).await?;
    let (partner, domain) = (lead.partner, lead.client_domain.as_str());
    if !leads::is_claimed_by_another(tx, partner, domain, now).await? {
        let until = claim_until(ctx);
        leads::add_claim(tx, lead.id, partner, domain, now, until).await?;
    }
    Ok(())
}
