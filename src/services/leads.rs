//! Leads: submitting, deciding, withdrawing, and handing over to HubSpot. A lead and its delivery are stored in one transaction: from then on it cannot be lost.

use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    claim::{LeadFacts, RejectReason, ReviewReason, Verdict, judge},
    error::FieldErrors,
    ids::{ClientId, LeadId, PartnerId},
    lead::{Basis, LeadDraft, LeadForm, LeadState},
    money::Money,
    remote::RemoteStage,
    scope::{Own, Scope},
    text::{is_free_mail, parse_paragraph},
};
use portal_store::{
    Across, Tx, audit, changes as partner_changes, clients,
    clients::ClientRecord,
    deals, exceptions,
    leads::{self, LeadEventRecord, LeadFilter, LeadRecord},
    partners, stages as store_stages,
};
use portal_words::{Locale, Words};
use serde_json::{Value, json};

use crate::{
    Ctx, ServiceError,
    access::{require_member_scope, require_partner, require_staff_scope},
    account,
    audit::changes,
    books::{self, About},
    messages,
    outbox::{self, Job},
    relay, stages,
};

/// How many leads a page lists.
pub const PAGE: i64 = 25;

/// What became of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    Accepted(LeadId),
    InReview(LeadId),
    /// Nothing was made: the partner has this one already.
    Duplicate(LeadId),
}

impl Submitted {
    pub const fn lead(self) -> LeadId {
        match self {
            Self::Accepted(id) | Self::InReview(id) | Self::Duplicate(id) => id,
        }
    }
}

/// A lead with everything its page shows.
#[derive(Clone, Debug)]
pub struct LeadView {
    pub lead: LeadRecord,
    pub events: Vec<LeadEventRecord>,
    pub claim_expires_at: Option<Timestamp>,
    /// The stages of its pipeline, in order; empty before it has a deal.
    pub stages: Vec<RemoteStage>,
    pub stage: Option<String>,
}

/// Takes a lead in. The same submission key twice is the same lead.
pub async fn submit(ctx: &Ctx, actor: &Actor, form: &LeadForm) -> Result<Submitted, ServiceError> {
    let own = require_partner(actor, Action::SubmitLeads)?;
    let (draft, basis) = parse(ctx, form)?;
    let mut tx = ctx.store.write().await?;
    let domain = registrable_domain(draft.client_host.as_str());
    tx.lock(&format!("domain:{}", domain.as_deref().unwrap_or_default()))
        .await?;
    if !form.submission_key.is_empty()
        && let Some(earlier) = leads::find_by_submission(&mut tx, own, &form.submission_key).await?
    {
        return Ok(outcome(&earlier));
    }
    let of_a_day = leads::count_since(&mut tx, own, ctx.now().plus_days(-1)).await?;
    if of_a_day >= i64::from(ctx.programme.leads_per_day) {
        return Err(ServiceError::Conflict("leads-of-a-day"));
    }
    let facts = gather_facts(ctx, &mut tx, own, domain.clone()).await?;
    let state = match judge(&facts) {
        Verdict::Reject(reason) => return Err(refusal(reason)),
        Verdict::Duplicate(lead) => return duplicate(&mut tx, actor, lead).await,
        Verdict::Review(reason) => (LeadState::InReview, Some(reason)),
        Verdict::Accept => (LeadState::Accepted, None),
    };
    let domain = domain.ok_or_else(|| refusal(RejectReason::DomainNotRegistrable))?;
    let lead = store(
        ctx,
        &mut tx,
        actor,
        own.partner(),
        (&draft, basis),
        &form.submission_key,
        &domain,
        state,
    )
    .await?;
    tx.commit().await?;
    Ok(outcome(&lead))
}

/// All faults at once, those of the contact's basis last.
fn parse(ctx: &Ctx, form: &LeadForm) -> Result<(LeadDraft, Basis), ServiceError> {
    match (form.parse(), form.parse_basis(ctx.today())) {
        (Ok(draft), Ok(basis)) => Ok((draft, basis)),
        (draft, basis) => {
            let faults = draft.err().into_iter().chain(basis.err());
            let faults = faults.flat_map(|errors| errors.0).collect();
            Err(ServiceError::Invalid(FieldErrors(faults)))
        }
    }
}

/// The lead that the partner has already; a colleague's is not shown to who sees its own alone.
async fn duplicate(tx: &mut Tx, actor: &Actor, lead: LeadId) -> Result<Submitted, ServiceError> {
    match leads::find_in(tx, Scope::of(actor), lead).await? {
        Some(_) => Ok(Submitted::Duplicate(lead)),
        None => Err(ServiceError::Conflict("lead-of-colleague")),
    }
}

/// What of a host name somebody can register, by the public-suffix list; `bücher.de` and `xn--bcher-kva.de` are one.
fn registrable_domain(host: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii(host).ok()?;
    psl::domain_str(&ascii).map(str::to_owned)
}

fn outcome(lead: &LeadRecord) -> Submitted {
    match lead.state {
        LeadState::InReview => Submitted::InReview(lead.id),
        _ => Submitted::Accepted(lead.id),
    }
}

async fn gather_facts(
    ctx: &Ctx,
    tx: &mut Tx,
    own: Own,
    domain: Option<String>,
) -> Result<LeadFacts, ServiceError> {
    let partner = own.partner();
    let record = partners::find_own(tx, own)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let enrolled = partners::find_enrolment(tx, partner, ctx.today())
        .await?
        .is_some();
    let mut facts = LeadFacts {
        partner_active: record.active,
        enrolled,
        ..LeadFacts::default()
    };
    if let Some(domain) = domain {
        facts.free_mail = is_free_mail(&domain);
        facts.own_domain =
            registrable_domain(record.company.domain.as_str()).as_ref() == Some(&domain);
        facts.own_open_lead = leads::find_open_of_domain(tx, own, &domain)
            .await?
            .map(|lead| lead.id);
        tx.across(Across::Claims).await?;
        facts.claimed_by_another =
            leads::is_claimed_by_another(tx, partner, &domain, ctx.now()).await?;
        facts.existing_customer = leads::is_customer(tx, &domain).await?;
        tx.within().await?;
        facts.registrable_domain = Some(domain);
    }
    Ok(facts)
}

/// A refusal names the field that can be mended, or says why no lead can be taken now.
fn refusal(reason: RejectReason) -> ServiceError {
    match reason {
        RejectReason::PartnerInactive => ServiceError::Conflict("partner-inactive"),
        RejectReason::NotEnrolled => ServiceError::Conflict("not-enrolled"),
        RejectReason::NotQualified => ServiceError::Conflict("not-qualified"),
        RejectReason::DomainNotRegistrable => {
            ServiceError::field("client_domain", "domain-not-registrable")
        }
        RejectReason::FreeMailDomain => ServiceError::field("client_domain", "domain-free-mail"),
        RejectReason::OwnDomain => ServiceError::field("client_domain", "domain-own"),
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one caller; a struct for it would only rename them"
)]
async fn store(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    partner: PartnerId,
    (draft, basis): (&LeadDraft, Basis),
    submission_key: &str,
    domain: &str,
    (state, review): (LeadState, Option<ReviewReason>),
) -> Result<LeadRecord, ServiceError> {
    let now = ctx.now();
    let client = clients::add_or_find(
        tx,
        ClientId::new(ctx.new_id()),
        domain,
        &draft.client_name,
        now,
    )
    .await?;
    let id = LeadId::new(ctx.new_id());
    let review_ms = i64::try_from(ctx.programme.review.as_millis()).unwrap_or(i64::MAX);
    let lead = LeadRecord {
        id,
        partner,
        partner_name: String::new(),
        client: client.id,
        submitted_by: actor.person(),
        submission_key: if submission_key.is_empty() {
            id.to_string()
        } else {
            submission_key.to_owned()
        },
        client_name: draft.client_name.clone(),
        client_domain: domain.to_owned(),
        contact_name: draft.contact_name.clone(),
        contact_email: draft.contact_email.as_str().to_owned(),
        contact_phone: draft
            .contact_phone
            .as_ref()
            .map_or(String::new(), |phone| phone.as_str().to_owned()),
        need: draft.need.clone(),
        value: draft.value,
        basis: Some(basis),
        state,
        reason: review.map(|reason| reason.as_str().to_owned()),
        review_due_at: review.map(|_| now.plus_ms(review_ms)),
        actioned_at: None,
        hubspot_contact_id: None,
        hubspot_deal_id: None,
        created_at: now,
        phase: None,
        confirmed_at: None,
    };
    leads::add(tx, &lead).await?;
    leads::add_event(tx, id, "submitted", "{}", Some(actor.person()), now).await?;
    if state == LeadState::Accepted {
        accept(ctx, tx, &lead).await?;
    } else {
        leads::add_event(tx, id, "in_review", "{}", None, now).await?;
    }
    messages::lead_received(ctx, tx, &lead).await?;
    partner_changes::add(tx, partner, now).await?;
    Ok(lead)
}

/// What follows from acceptance, whoever or whatever accepted: the claim, and the delivery.
async fn accept(ctx: &Ctx, tx: &mut Tx, lead: &LeadRecord) -> Result<(), ServiceError> {
    let now = ctx.now();
    leads::set_accepted(tx, lead.id, now).await?;
    let (domain, until) = (lead.client_domain.as_str(), claim_until(ctx));
    leads::add_claim(tx, lead.id, lead.partner, domain, now, until).await?;
    leads::add_event(tx, lead.id, "accepted", "{}", None, now).await?;
    relay::deliver(ctx, tx, lead.id).await
}

/// How long a claim that begins now protects its client.
pub(crate) fn claim_until(ctx: &Ctx) -> Timestamp {
    let claim_ms = i64::try_from(ctx.programme.claim.as_millis()).unwrap_or(i64::MAX);
    ctx.now().plus_ms(claim_ms)
}

/// A manager's decision on a lead in review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Accept,
    /// The partner reads the reason.
    Reject {
        reason: String,
    },
}

pub async fn decide(
    ctx: &Ctx,
    actor: &Actor,
    id: LeadId,
    decision: &Decision,
) -> Result<(), ServiceError> {
    let scope = require_staff_scope(actor, Action::DecideLeads)?;
    let now = ctx.now();
    let mut tx = ctx.store.write().await?;
    books::lock_lead(&mut tx, id).await?;
    let lead = leads::find_in(&mut tx, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if lead.state != LeadState::InReview {
        return Err(ServiceError::Conflict("lead-already-decided"));
    }
    let reason = lead.reason.as_deref();
    let (act, facts) = match decision {
        Decision::Accept => {
            leads::set_state(
                &mut tx,
                id,
                LeadState::InReview,
                LeadState::Accepted,
                None,
                now,
            )
            .await?;
            accept(ctx, &mut tx, &lead).await?;
            let after = LeadState::Accepted;
            let facts = changes([
                ("state", json!(lead.state), json!(after)),
                ("reason", json!(reason), Value::Null),
            ]);
            ("accept_lead", facts)
        }
        Decision::Reject {
            reason: refused_for,
        } => {
            let refused_for = parse_paragraph(refused_for, 500)
                .map_err(|fault| ServiceError::field("reason", fault.code))?;
            leads::set_state(
                &mut tx,
                id,
                LeadState::InReview,
                LeadState::Rejected,
                Some(&refused_for),
                now,
            )
            .await?;
            let told = json!({ "reason": refused_for }).to_string();
            leads::add_event(&mut tx, id, "rejected", &told, None, now).await?;
            let after = LeadState::Rejected;
            let facts = changes([
                ("state", json!(lead.state), json!(after)),
                ("reason", json!(reason), json!(refused_for)),
            ]);
            ("reject_lead", facts)
        }
    };
    let decided = leads::find_in(&mut tx, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    messages::lead_decided(ctx, &mut tx, &decided).await?;
    audit::add(
        &mut tx,
        Some(actor.person()),
        act,
        &id.to_string(),
        &facts.to_string(),
        now,
    )
    .await?;
    partner_changes::add(&mut tx, lead.partner, now).await?;
    Ok(tx.commit().await?)
}

/// Takes a lead back, which a partner can do until it is registered. Its client is free again.
pub async fn withdraw(ctx: &Ctx, actor: &Actor, id: LeadId) -> Result<(), ServiceError> {
    let scope = require_member_scope(actor, Action::SubmitLeads)?;
    let now = ctx.now();
    let mut tx = ctx.store.write().await?;
    books::lock_lead(&mut tx, id).await?;
    let lead = leads::find_in(&mut tx, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if !lead.state.may_become(LeadState::Withdrawn) || lead.hubspot_deal_id.is_some() {
        return Err(ServiceError::Conflict("lead-already-registered"));
    }
    leads::set_state(&mut tx, id, lead.state, LeadState::Withdrawn, None, now).await?;
    leads::release_claim(&mut tx, id, now).await?;
    let person = Some(actor.person());
    leads::add_event(&mut tx, id, "withdrawn", "{}", person, now).await?;
    partner_changes::add(&mut tx, lead.partner, now).await?;
    let after = LeadState::Withdrawn;
    let facts = changes([("state", json!(lead.state), json!(after))]).to_string();
    audit::add(
        &mut tx,
        person,
        "withdraw_lead",
        &id.to_string(),
        &facts,
        now,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// The member's partner's leads that it may see, newest first.
pub async fn list_for_partner(
    ctx: &Ctx,
    actor: &Actor,
    filter: LeadFilter,
) -> Result<Vec<LeadRecord>, ServiceError> {
    let scope = require_member_scope(actor, Action::ReadLeads)?;
    let mut tx = ctx.store.read().await?;
    let found = leads::list(&mut tx, scope, &filter, PAGE + 1).await?;
    Ok(found.into_iter().map(for_its_partner).collect())
}

/// How many of them are in each state.
pub async fn count_for_partner(
    ctx: &Ctx,
    actor: &Actor,
) -> Result<Vec<(LeadState, i64)>, ServiceError> {
    let scope = require_member_scope(actor, Action::ReadLeads)?;
    let mut tx = ctx.store.read().await?;
    Ok(leads::count_by_state(&mut tx, scope).await?)
}

pub async fn find_for_partner(
    ctx: &Ctx,
    actor: &Actor,
    id: LeadId,
) -> Result<LeadView, ServiceError> {
    let scope = require_member_scope(actor, Action::ReadLeads)?;
    let mut tx = ctx.store.read().await?;
    let lead = leads::find_in(&mut tx, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    view(&mut tx, for_its_partner(lead)).await
}

/// Why a lead is in review could give another partner away.
fn for_its_partner(mut lead: LeadRecord) -> LeadRecord {
    if lead.state == LeadState::InReview {
        lead.reason = None;
    }
    lead
}

/// All leads that somebody of the staff may see, newest first.
pub async fn list_for_staff(
    ctx: &Ctx,
    actor: &Actor,
    filter: LeadFilter,
) -> Result<Vec<LeadRecord>, ServiceError> {
    let scope = require_staff_scope(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    Ok(leads::list(&mut tx, scope, &filter, PAGE + 1).await?)
}

pub async fn find_for_staff(
    ctx: &Ctx,
    actor: &Actor,
    id: LeadId,
) -> Result<LeadView, ServiceError> {
    let scope = require_staff_scope(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let lead = leads::find_in(&mut tx, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    view(&mut tx, lead).await
}

async fn view(tx: &mut Tx, lead: LeadRecord) -> Result<LeadView, ServiceError> {
    let deal = deals::find_of_lead(tx, lead.id).await?;
    let stages = match &deal {
        Some(deal) => {
            let all = store_stages::list(tx).await?.into_iter();
            // One that is gone is shown to those that are in it.
            let own = all.filter(|known| known.stage.pipeline == deal.pipeline);
            own.filter(|known| !known.is_archived || known.stage.id == deal.stage)
                .map(|known| RemoteStage {
                    label: known.shown().to_owned(),
                    ..known.stage
                })
                .collect()
        }
        None => Vec::new(),
    };
    Ok(LeadView {
        events: leads::list_events(tx, lead.id).await?,
        claim_expires_at: leads::find_claim_expiry(tx, lead.id).await?,
        stages,
        stage: deal.map(|deal| deal.stage),
        lead,
    })
}

/// What the delivery to HubSpot needs to know; `None` if the lead is not to be delivered. One that is registered already may still lack its associations:
/// when the answer to making its deal was lost, a webhook or the sweep tells of the deal before the delivery is tried again.
#[derive(Clone, Debug)]
pub struct LeadToRegister {
    pub lead: LeadRecord,
    pub client: ClientRecord,
    /// Where a new deal starts.
    pub first_stage: Option<RemoteStage>,
    /// What the partner expects, if HubSpot has its currency.
    pub amount: Option<Money>,
    pub description: String,
}

pub async fn for_registration(
    ctx: &Ctx,
    id: LeadId,
) -> Result<Option<LeadToRegister>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let lead = leads::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if matches!(
        lead.state,
        LeadState::InReview | LeadState::Rejected | LeadState::Withdrawn
    ) {
        return Ok(None);
    }
    let client = clients::find(&mut tx, lead.client)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let first_stage = stages::find_first(&mut tx).await?;
    let currencies = account::find(&mut tx).await?;
    let has = |value: &Money| currencies.is_none_or(|account| account.has(value.currency));
    let amount = lead.value.filter(has);
    let mut description = lead.need.clone();
    if let (None, Some(value)) = (amount, lead.value) {
        let words = Words::of(Locale::En);
        let said = [("amount", words.money(value).into())];
        description = format!(
            "{description}\n\n{}",
            words.with("lead-value-elsewhere", &said)
        );
    }
    Ok(Some(LeadToRegister {
        lead,
        client,
        first_stage,
        amount,
        description,
    }))
}

/// How long HubSpot's search may take to show a company.
const INDEX_MS: i64 = 10 * 60_000;
/// A client with several companies in HubSpot.
const TWINS: &str = "company_twins";

/// HubSpot's company of a client is known from now on. Once the search shows all companies, somebody looks whether there are others.
pub async fn company_found(ctx: &Ctx, client: ClientId, company: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    clients::set_hubspot_company(&mut tx, client, company).await?;
    let shown_at = ctx.now().plus_ms(INDEX_MS);
    outbox::add_at(ctx, &mut tx, &Job::CheckCompany { client }, shown_at).await?;
    Ok(tx.commit().await?)
}

pub async fn find_client(ctx: &Ctx, id: ClientId) -> Result<Option<ClientRecord>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    Ok(clients::find(&mut tx, id).await?)
}

/// The companies in HubSpot that have a client's domain: more than one are a case until they are merged there.
pub async fn companies_seen(
    ctx: &Ctx,
    client: &ClientRecord,
    companies: &[String],
) -> Result<(), ServiceError> {
    let several = (companies.len() > 1).then(|| {
        json!({
            "client_id": client.id,
            "client": client.name,
            "ours": client.hubspot_company_id,
            "message": companies.join(", "),
        })
    });
    let mut tx = ctx.store.write().await?;
    books::raise_or_settle(ctx, &mut tx, TWINS, About::Client(client.id), several).await?;
    Ok(tx.commit().await?)
}

/// Has the clients looked at again that had several companies: they may be merged by now.
pub async fn check_twins_again(ctx: &Ctx) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let open = exceptions::list_open_of_kind(&mut tx, TWINS).await?;
    let client_of = |facts: &str| {
        let facts: Value = serde_json::from_str(facts).ok()?;
        facts["client_id"].as_str()?.parse().ok()
    };
    let again = open.iter().filter_map(|open| client_of(&open.facts));
    let again = again.map(|client| Job::CheckCompany { client });
    outbox::add_all(ctx, &mut tx, again).await?;
    Ok(tx.commit().await?)
}

/// HubSpot's deal of a lead is known from now on, whether or not it is tied to anything yet.
pub async fn deal_found(ctx: &Ctx, lead: LeadId, deal: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    leads::set_hubspot_deal(&mut tx, lead, deal).await?;
    Ok(tx.commit().await?)
}

/// HubSpot's contact of a lead is known from now on.
pub async fn contact_found(ctx: &Ctx, lead: LeadId, contact: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    leads::set_hubspot_contact(&mut tx, lead, contact).await?;
    Ok(tx.commit().await?)
}
