//! Leads, their claims and their timelines.

use portal_domain::{
    calendar::Timestamp,
    ids::{ClientId, LeadId, PartnerId, PersonId},
    lead::{Basis, Consent, LawfulBasis, LeadState},
    money::{Currency, Money},
    scope::{Own, Scope},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, execute_one, number, pattern, row, rows, sql},
};

/// A lead as stored.
#[derive(Clone, Debug)]
pub struct LeadRecord {
    pub id: LeadId,
    pub partner: PartnerId,
    pub partner_name: String,
    pub client: ClientId,
    pub submitted_by: PersonId,
    pub submission_key: String,
    pub client_name: String,
    /// The registrable domain.
    pub client_domain: String,
    pub contact_name: String,
    pub contact_email: String,
    pub contact_phone: String,
    pub need: String,
    pub value: Option<Money>,
    /// `None` for leads that are older than the question.
    pub basis: Option<Basis>,
    pub state: LeadState,
    pub reason: Option<String>,
    pub review_due_at: Option<Timestamp>,
    pub actioned_at: Option<Timestamp>,
    pub hubspot_contact_id: Option<String>,
    pub hubspot_deal_id: Option<String>,
    pub created_at: Timestamp,
    /// From the deal, where there is one: its stage's name, and when HubSpot last confirmed it.
    pub phase: Option<String>,
    pub confirmed_at: Option<Timestamp>,
}

/// One happening on a lead's timeline.
#[derive(Clone, Debug)]
pub struct LeadEventRecord {
    pub position: i64,
    pub kind: String,
    pub facts: String,
    pub person_name: Option<String>,
    pub happened_at: Timestamp,
}

const LEAD: &str = "SELECT leads.id, leads.partner_id, partners.name AS partner_name, leads.client_id, leads.submitted_by, leads.submission_key,
        leads.client_name, leads.client_domain, leads.contact_name, leads.contact_email, leads.contact_phone, leads.need,
        leads.value_minor, leads.currency, leads.lawful_basis, leads.consent_on, leads.consent_source, leads.state, leads.reason, leads.review_due_at, leads.actioned_at,
        leads.hubspot_contact_id, leads.hubspot_deal_id, leads.created_at,
        COALESCE(stages.phase, stages.label) AS phase, deals.confirmed_at
    FROM leads
    JOIN partners ON partners.id = leads.partner_id
    LEFT JOIN deals ON deals.lead_id = leads.id
    LEFT JOIN stages ON stages.pipeline = deals.pipeline AND stages.id = deals.stage";

fn read_lead(row: &AnyRow) -> Result<LeadRecord, StoreError> {
    let currency: Option<Currency> = row.optional_parsed("currency")?;
    let value_minor = row.optional_integer("value_minor")?;
    Ok(LeadRecord {
        id: row.parsed("id")?,
        partner: row.parsed("partner_id")?,
        partner_name: row.text("partner_name")?,
        client: row.parsed("client_id")?,
        submitted_by: row.parsed("submitted_by")?,
        submission_key: row.text("submission_key")?,
        client_name: row.text("client_name")?,
        client_domain: row.text("client_domain")?,
        contact_name: row.text("contact_name")?,
        contact_email: row.text("contact_email")?,
        contact_phone: row.text("contact_phone")?,
        need: row.text("need")?,
        value: value_minor
            .zip(currency)
            .map(|(minor, currency)| Money::new(minor, currency)),
        basis: read_basis(row)?,
        state: row.word("state", LeadState::parse)?,
        reason: row.optional_text("reason")?,
        review_due_at: row.optional_instant("review_due_at")?,
        actioned_at: row.optional_instant("actioned_at")?,
        hubspot_contact_id: row.optional_text("hubspot_contact_id")?,
        hubspot_deal_id: row.optional_text("hubspot_deal_id")?,
        created_at: row.instant("created_at")?,
        phase: row.optional_text("phase")?,
        confirmed_at: row.optional_instant("confirmed_at")?,
    })
}

fn read_basis(row: &AnyRow) -> Result<Option<Basis>, StoreError> {
    let Some(lawful) = row.optional_word("lawful_basis", LawfulBasis::parse)? else {
        return Ok(None);
    };
    let on = row.optional_parsed("consent_on")?;
    let source = row.optional_text("consent_source")?;
    Ok(Some(Basis {
        lawful,
        consent: on.zip(source).map(|(on, source)| Consent { on, source }),
    }))
}

pub async fn add(tx: &mut Tx, lead: &LeadRecord) -> Result<(), StoreError> {
    let consent = lead.basis.as_ref().and_then(|basis| basis.consent.as_ref());
    execute!(
        tx,
        "INSERT INTO leads (id, partner_id, client_id, submitted_by, submission_key, client_name, client_domain, contact_name,
             contact_email, contact_phone, need, value_minor, currency, state, reason, review_due_at, created_at, updated_at,
             lawful_basis, consent_on, consent_source)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $18, $19, $20)",
        lead.id,
        lead.partner,
        lead.client,
        lead.submitted_by,
        lead.submission_key,
        lead.client_name,
        lead.client_domain,
        lead.contact_name,
        lead.contact_email,
        lead.contact_phone,
        lead.need,
        lead.value.map(|value| value.minor),
        lead.value.map(|value| value.currency),
        lead.state,
        lead.reason,
        lead.review_due_at,
        lead.created_at,
        lead.basis.as_ref().map(|basis| basis.lawful),
        consent.map(|consent| consent.on),
        consent.map(|consent| consent.source.as_str()),
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: LeadId) -> Result<Option<LeadRecord>, StoreError> {
    row!(tx, sql!(LEAD, " WHERE leads.id = $1"), id)?
        .as_ref()
        .map(read_lead)
        .transpose()
}

/// A lead that somebody may see; any other is not there.
pub async fn find_in(
    tx: &mut Tx,
    scope: Scope,
    id: LeadId,
) -> Result<Option<LeadRecord>, StoreError> {
    row!(
        tx,
        sql!(
            LEAD,
            " WHERE leads.id = $1
                AND ($2 IS NULL OR leads.partner_id = $2)
                AND ($3 IS NULL OR leads.submitted_by = $3)
                AND ($4 IS NULL OR partners.manager_id = $4)"
        ),
        id,
        scope.partner(),
        scope.submitter(),
        scope.manager(),
    )?
    .as_ref()
    .map(read_lead)
    .transpose()
}

/// How many leads a partner has submitted after an instant.
pub async fn count_since(tx: &mut Tx, own: Own, since: Timestamp) -> Result<i64, StoreError> {
    number!(
        tx,
        "SELECT COUNT(*) FROM leads WHERE partner_id = $1 AND created_at > $2",
        own.partner(),
        since,
    )
}

pub async fn find_by_submission(
    tx: &mut Tx,
    own: Own,
    submission_key: &str,
) -> Result<Option<LeadRecord>, StoreError> {
    row!(
        tx,
        sql!(
            LEAD,
            " WHERE leads.partner_id = $1 AND leads.submission_key = $2"
        ),
        own.partner(),
        submission_key,
    )?
    .as_ref()
    .map(read_lead)
    .transpose()
}

/// The partner's last lead for a client.
pub async fn find_last_of_client(
    tx: &mut Tx,
    partner: PartnerId,
    client: ClientId,
) -> Result<Option<LeadRecord>, StoreError> {
    row!(
        tx,
        sql!(
            LEAD,
            " WHERE leads.partner_id = $1 AND leads.client_id = $2 ORDER BY leads.id DESC LIMIT 1"
        ),
        partner,
        client,
    )?
    .as_ref()
    .map(read_lead)
    .transpose()
}

/// Whether some lead has a deal of HubSpot's.
pub async fn is_deal_taken(tx: &mut Tx, deal: &str) -> Result<bool, StoreError> {
    let lead = row!(tx, "SELECT id FROM leads WHERE hubspot_deal_id = $1", deal)?;
    Ok(lead.is_some())
}

/// Whose deal one of HubSpot's is.
pub async fn find_by_deal(tx: &mut Tx, deal: &str) -> Result<Option<LeadId>, StoreError> {
    row!(tx, "SELECT id FROM leads WHERE hubspot_deal_id = $1", deal)?
        .map(|row| row.parsed("id"))
        .transpose()
}

/// An open lead of the partner for that client.
pub async fn find_open_of_domain(
    tx: &mut Tx,
    own: Own,
    domain: &str,
) -> Result<Option<LeadRecord>, StoreError> {
    row!(
        tx,
        sql!(
            LEAD,
            " WHERE leads.partner_id = $1 AND leads.client_domain = $2 AND leads.state IN ('in_review', 'accepted', 'registered')
              ORDER BY leads.id LIMIT 1"
        ),
        own.partner(),
        domain,
    )?
    .as_ref()
    .map(read_lead)
    .transpose()
}

/// Whether some lead for that client was won: it is a customer.
pub async fn is_customer(tx: &mut Tx, domain: &str) -> Result<bool, StoreError> {
    Ok(row!(
        tx,
        "SELECT id FROM leads WHERE client_domain = $1 AND state = 'won' LIMIT 1",
        domain
    )?
    .is_some())
}

/// What a list shows: `state` and `search` narrow it, `before` is the last id of the page before.
#[derive(Clone, Debug, Default)]
pub struct LeadFilter {
    pub state: Option<LeadState>,
    pub search: String,
    pub before: Option<LeadId>,
}

/// Those of somebody's scope, newest first.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    filter: &LeadFilter,
    limit: i64,
) -> Result<Vec<LeadRecord>, StoreError> {
    let pattern = pattern(&filter.search);
    let rows = rows!(
        tx,
        sql!(
            LEAD,
            " WHERE ($1 IS NULL OR leads.partner_id = $1)
                AND ($2 IS NULL OR leads.state = $2)
                AND ($3 IS NULL OR LOWER(leads.client_name) LIKE $3 ESCAPE '!' OR leads.client_domain LIKE $3 ESCAPE '!')
                AND ($4 IS NULL OR leads.id < $4)
                AND ($6 IS NULL OR leads.submitted_by = $6)
                AND ($7 IS NULL OR partners.manager_id = $7)
              ORDER BY leads.id DESC
              LIMIT $5"
        ),
        scope.partner(),
        filter.state,
        pattern,
        filter.before,
        limit,
        scope.submitter(),
        scope.manager(),
    )?;
    all(&rows, read_lead)
}

/// How many leads of somebody's scope are in each state.
pub async fn count_by_state(
    tx: &mut Tx,
    scope: Scope,
) -> Result<Vec<(LeadState, i64)>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT state, COUNT(*) AS how_many FROM leads
         WHERE ($1 IS NULL OR partner_id = $1)
            AND ($2 IS NULL OR submitted_by = $2)
            AND ($3 IS NULL OR partner_id IN (SELECT id FROM partners WHERE manager_id = $3))
         GROUP BY state ORDER BY state",
        scope.partner(),
        scope.submitter(),
        scope.manager(),
    )?;
    all(&rows, |row| {
        Ok((
            row.word("state", LeadState::parse)?,
            row.integer("how_many")?,
        ))
    })
}

pub async fn set_state(
    tx: &mut Tx,
    id: LeadId,
    before: LeadState,
    after: LeadState,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "lead in its state",
        "UPDATE leads SET state = $3, reason = $4, updated_at = $5 WHERE id = $1 AND state = $2",
        id,
        before,
        after,
        reason,
        now,
    )
}

pub async fn set_accepted(tx: &mut Tx, id: LeadId, now: Timestamp) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "lead",
        "UPDATE leads SET accepted_at = $2 WHERE id = $1",
        id,
        now
    )
}

pub async fn set_hubspot_contact(tx: &mut Tx, id: LeadId, contact: &str) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "lead",
        "UPDATE leads SET hubspot_contact_id = $2 WHERE id = $1",
        id,
        contact
    )
}

/// Keeps the deal of a lead that knows none yet.
pub async fn set_hubspot_deal(tx: &mut Tx, id: LeadId, deal: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE leads SET hubspot_deal_id = $2 WHERE id = $1 AND hubspot_deal_id IS NULL",
        id,
        deal
    )?;
    Ok(())
}

pub async fn set_registered(
    tx: &mut Tx,
    id: LeadId,
    deal: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "lead",
        "UPDATE leads SET hubspot_deal_id = $2, registered_at = $3 WHERE id = $1",
        id,
        deal,
        now,
    )
}

pub async fn set_actioned(tx: &mut Tx, id: LeadId, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE leads SET actioned_at = $2 WHERE id = $1 AND actioned_at IS NULL",
        id,
        now
    )?;
    Ok(())
}

pub async fn add_event(
    tx: &mut Tx,
    id: LeadId,
    kind: &str,
    facts: &str,
    person: Option<PersonId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO lead_events (lead_id, position, kind, facts, person_id, happened_at)
         SELECT $1, COALESCE(MAX(position), 0) + 1, $2, $3, $4, $5 FROM lead_events WHERE lead_id = $1",
        id,
        kind,
        facts,
        person,
        now,
    )?;
    Ok(())
}

/// Oldest first.
pub async fn list_events(tx: &mut Tx, id: LeadId) -> Result<Vec<LeadEventRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT lead_events.position, lead_events.kind, lead_events.facts, people.name AS person_name, lead_events.happened_at
         FROM lead_events LEFT JOIN people ON people.id = lead_events.person_id
         WHERE lead_events.lead_id = $1
         ORDER BY lead_events.position",
        id,
    )?;
    all(&rows, |row| {
        Ok(LeadEventRecord {
            position: row.integer("position")?,
            kind: row.text("kind")?,
            facts: row.text("facts")?,
            person_name: row.optional_text("person_name")?,
            happened_at: row.instant("happened_at")?,
        })
    })
}

pub async fn add_claim(
    tx: &mut Tx,
    lead: LeadId,
    partner: PartnerId,
    domain: &str,
    starts_at: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO claims (lead_id, partner_id, client_domain, starts_at, expires_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (lead_id) DO NOTHING",
        lead,
        partner,
        domain,
        starts_at,
        expires_at,
    )?;
    Ok(())
}

/// Whether another partner protects that client at an instant.
pub async fn is_claimed_by_another(
    tx: &mut Tx,
    partner: PartnerId,
    domain: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(row!(
        tx,
        "SELECT lead_id FROM claims
         WHERE client_domain = $1 AND partner_id <> $2 AND expires_at > $3 AND released_at IS NULL LIMIT 1",
        domain,
        partner,
        now,
    )?
    .is_some())
}

/// When a lead's claim expires, if it is still one.
pub async fn find_claim_expiry(tx: &mut Tx, lead: LeadId) -> Result<Option<Timestamp>, StoreError> {
    row!(
        tx,
        "SELECT expires_at FROM claims WHERE lead_id = $1 AND released_at IS NULL",
        lead
    )?
    .map(|row| row.instant("expires_at"))
    .transpose()
}

/// A claim that was released holds again, until it expires.
pub async fn take_claim_back(tx: &mut Tx, lead: LeadId) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE claims SET released_at = NULL WHERE lead_id = $1 AND released_at IS NOT NULL",
        lead,
    )?;
    Ok(())
}

pub async fn release_claim(tx: &mut Tx, lead: LeadId, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE claims SET released_at = $2 WHERE lead_id = $1 AND released_at IS NULL",
        lead,
        now,
    )?;
    Ok(())
}

/// The leads with a contact.
pub async fn list_of_contact(tx: &mut Tx, email: &str) -> Result<Vec<LeadRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(LEAD, " WHERE leads.contact_email = $1 ORDER BY leads.id"),
        email
    )?;
    all(&rows, read_lead)
}

/// Leads that came to nothing before an instant and whose contact is still there.
const OVER: &str = " WHERE leads.state IN ('lost', 'rejected', 'withdrawn', 'removed')
    AND leads.updated_at < $1 AND leads.pseudonymised_at IS NULL";

/// Oldest first.
pub async fn list_over(
    tx: &mut Tx,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<LeadRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(LEAD, OVER, " ORDER BY leads.id LIMIT $2"),
        before,
        limit
    )?;
    all(&rows, read_lead)
}

pub async fn count_over(tx: &mut Tx, before: Timestamp) -> Result<i64, StoreError> {
    let sql = sql!("SELECT COUNT(*) FROM leads", OVER);
    number!(tx, sql, before)
}

/// Puts a name and an address that mean nobody in the place of a lead's contact, and texts without it in the place of those that were typed about it.
pub async fn pseudonymise(
    tx: &mut Tx,
    id: LeadId,
    (name, email): (&str, &str),
    need: &str,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "lead",
        "UPDATE leads SET contact_name = $2, contact_email = $3, contact_phone = '', need = $4, reason = $5, consent_source = NULL,
             pseudonymised_at = $6
         WHERE id = $1",
        id,
        name,
        email,
        need,
        reason,
        now,
    )
}
