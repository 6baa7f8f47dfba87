//! Partners and their enrolments.

use chrono::NaiveDate;
use portal_domain::{
    access::Reach,
    address::Address,
    calendar::Timestamp,
    ids::{PartnerId, PersonId, PlanId},
    partner::Company,
    scope::{Own, Scope},
    text::{Email, Host},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, execute_one, row, rows, rows_of, sql},
};

/// A company in the network.
#[derive(Clone, Debug)]
pub struct PartnerRecord {
    pub id: PartnerId,
    pub company: Company,
    pub xero_contact_id: Option<String>,
    pub active: bool,
    /// The first day on which it is in the programme no more.
    pub left_on: Option<NaiveDate>,
    /// Whether its sales people see all of its leads.
    pub sales_reach: Reach,
    /// The partner manager who looks after it.
    pub manager: Option<PersonId>,
    pub created_at: Timestamp,
}

impl PartnerRecord {
    /// Whether it is in the programme no more on a day.
    pub fn has_left(&self, on: NaiveDate) -> bool {
        self.left_on.is_some_and(|left_on| left_on <= on)
    }
}

/// From when to when a partner is in the programme, on which plan.
#[derive(Clone, Debug)]
pub struct EnrolmentRecord {
    pub partner: PartnerId,
    pub plan: PlanId,
    pub plan_name: String,
    pub valid_from: NaiveDate,
    /// The first day on which it no longer holds.
    pub valid_until: Option<NaiveDate>,
}

const PARTNER: &str = "SELECT id, name, legal_name, domain, street, postal_code, city, country, vat_number, billing_email, slack_channel, xero_contact_id,
        state, left_on, sales_reach, manager_id, created_at
    FROM partners";

fn read_partner(row: &AnyRow) -> Result<PartnerRecord, StoreError> {
    let domain = row.text("domain")?;
    let billing_email = row.text("billing_email")?;
    Ok(PartnerRecord {
        id: row.parsed("id")?,
        company: Company {
            name: row.text("name")?,
            legal_name: row.text("legal_name")?,
            domain: Host::parse(&domain).map_err(|_| StoreError::Inconsistent {
                column: "domain",
                value: domain,
            })?,
            address: Address {
                street: row.text("street")?,
                postal_code: row.text("postal_code")?,
                city: row.text("city")?,
            },
            country: row.text("country")?,
            vat_number: row.text("vat_number")?,
            billing_email: Email::parse(&billing_email).map_err(|_| StoreError::Inconsistent {
                column: "billing_email",
                value: billing_email,
            })?,
            slack_channel: row.text("slack_channel")?,
            slack_webhook: None,
        },
        xero_contact_id: row.optional_text("xero_contact_id")?,
        active: row.text("state")? == "active",
        left_on: row.optional_parsed("left_on")?,
        sales_reach: row.word("sales_reach", Reach::parse)?,
        manager: row.optional_parsed("manager_id")?,
        created_at: row.instant("created_at")?,
    })
}

pub async fn add(
    tx: &mut Tx,
    id: PartnerId,
    company: &Company,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO partners (id, name, legal_name, domain, street, postal_code, city, country, vat_number, billing_email, slack_channel,
             state, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'active', $12, $12)",
        id,
        company.name,
        company.legal_name,
        company.domain.as_str(),
        company.address.street,
        company.address.postal_code,
        company.address.city,
        company.country,
        company.vat_number,
        company.billing_email.as_str(),
        company.slack_channel,
        now,
    )?;
    Ok(())
}

pub async fn update_company(
    tx: &mut Tx,
    own: Own,
    company: &Company,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "partner",
        "UPDATE partners SET name = $2, legal_name = $3, domain = $4, street = $5, postal_code = $6, city = $7, country = $8,
             vat_number = $9, billing_email = $10, slack_channel = $11, updated_at = $12
         WHERE id = $1",
        own.partner(),
        company.name,
        company.legal_name,
        company.domain.as_str(),
        company.address.street,
        company.address.postal_code,
        company.address.city,
        company.country,
        company.vat_number,
        company.billing_email.as_str(),
        company.slack_channel,
        now,
    )
}

/// Says which of its leads a partner's sales people see.
pub async fn set_sales_reach(
    tx: &mut Tx,
    own: Own,
    reach: Reach,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "partner",
        "UPDATE partners SET sales_reach = $2, updated_at = $3 WHERE id = $1",
        own.partner(),
        reach,
        now,
    )
}

/// Says who looks after a partner.
pub async fn set_manager(
    tx: &mut Tx,
    own: Own,
    manager: Option<PersonId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "partner",
        "UPDATE partners SET manager_id = $2, updated_at = $3 WHERE id = $1",
        own.partner(),
        manager,
        now,
    )
}

/// A partner that somebody may look after as a whole, with what its functions ask for; any other is not there.
pub async fn enter(
    tx: &mut Tx,
    scope: Scope,
    id: PartnerId,
) -> Result<Option<(Own, PartnerRecord)>, StoreError> {
    let found = find(tx, id).await?;
    Ok(found.and_then(|record| Some((scope.admit(id, record.manager)?, record))))
}

/// A member's own partner.
pub async fn find_own(tx: &mut Tx, own: Own) -> Result<Option<PartnerRecord>, StoreError> {
    find(tx, own.partner()).await
}

pub async fn set_xero_contact(tx: &mut Tx, id: PartnerId, contact: &str) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "partner",
        "UPDATE partners SET xero_contact_id = $2 WHERE id = $1",
        id,
        contact
    )
}

pub async fn find(tx: &mut Tx, id: PartnerId) -> Result<Option<PartnerRecord>, StoreError> {
    row!(tx, sql!(PARTNER, " WHERE id = $1"), id)?
        .as_ref()
        .map(read_partner)
        .transpose()
}

/// Partners by their ids; those that are not there are left out.
pub async fn list_by_ids(tx: &mut Tx, ids: &[PartnerId]) -> Result<Vec<PartnerRecord>, StoreError> {
    let rows = rows_of(tx, ids, |list| {
        format!("{PARTNER} WHERE id IN {list} ORDER BY id")
    })
    .await?;
    all(&rows, read_partner)
}

/// The partner that is this contact in Xero.
pub async fn find_by_xero_contact(
    tx: &mut Tx,
    contact: &str,
) -> Result<Option<PartnerRecord>, StoreError> {
    row!(tx, sql!(PARTNER, " WHERE xero_contact_id = $1"), contact)?
        .as_ref()
        .map(read_partner)
        .transpose()
}

/// Partners of somebody's scope after a name, in the order of their names.
pub async fn list_after(
    tx: &mut Tx,
    scope: Scope,
    name: &str,
    limit: i64,
) -> Result<Vec<PartnerRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                PARTNER,
                " WHERE name > $1 AND ($3 IS NULL OR id = $3) AND ($4 IS NULL OR manager_id = $4)
                  ORDER BY name, id LIMIT $2"
            ),
            name,
            limit,
            scope.partner(),
            scope.manager(),
        )?,
        read_partner,
    )
}

/// What all partners are called, in the order of their names.
pub async fn list_names(tx: &mut Tx) -> Result<Vec<(PartnerId, String)>, StoreError> {
    let rows = rows!(tx, "SELECT id, name FROM partners ORDER BY name, id")?;
    all(&rows, |row| Ok((row.parsed("id")?, row.text("name")?)))
}

/// Starts an enrolment; one that is open ends on that day, and one that only the partner's leaving ended goes on.
pub async fn enrol(
    tx: &mut Tx,
    partner: PartnerId,
    plan: PlanId,
    valid_from: NaiveDate,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE enrolments SET valid_until = $2 WHERE partner_id = $1 AND valid_until IS NULL AND valid_from < $2",
        partner,
        valid_from,
    )?;
    execute!(
        tx,
        "INSERT INTO enrolments (partner_id, plan_id, valid_from, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (partner_id, valid_from) DO UPDATE
         SET plan_id = excluded.plan_id,
             valid_until = CASE
                 WHEN enrolments.valid_until = (SELECT left_on FROM partners WHERE id = $1) THEN NULL
                 ELSE enrolments.valid_until
             END",
        partner,
        plan,
        valid_from,
        now,
    )?;
    Ok(())
}

/// Ends a partner's time in the programme: no enrolment holds on that day or later. The date alone says so, so that it can lie ahead; told again, it can
/// be moved either way.
pub async fn leave(
    tx: &mut Tx,
    partner: PartnerId,
    left_on: NaiveDate,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE enrolments SET valid_until = $2
         WHERE partner_id = $1 AND (valid_until IS NULL OR valid_until > $2 OR valid_until = (SELECT left_on FROM partners WHERE id = $1))",
        partner,
        left_on,
    )?;
    set_left_on(tx, partner, Some(left_on), now).await
}

/// The partner is in the programme again, or does not leave after all.
pub async fn come_back(tx: &mut Tx, partner: PartnerId, now: Timestamp) -> Result<(), StoreError> {
    set_left_on(tx, partner, None, now).await
}

async fn set_left_on(
    tx: &mut Tx,
    partner: PartnerId,
    left_on: Option<NaiveDate>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "partner",
        "UPDATE partners SET left_on = $2, updated_at = $3 WHERE id = $1",
        partner,
        left_on,
        now,
    )
}

const ENROLMENT: &str = "SELECT enrolments.partner_id, enrolments.plan_id, plans.name AS plan_name, enrolments.valid_from, enrolments.valid_until
    FROM enrolments JOIN plans ON plans.id = enrolments.plan_id";

fn read_enrolment(row: &AnyRow) -> Result<EnrolmentRecord, StoreError> {
    Ok(EnrolmentRecord {
        partner: row.parsed("partner_id")?,
        plan: row.parsed("plan_id")?,
        plan_name: row.text("plan_name")?,
        valid_from: row.parsed("valid_from")?,
        valid_until: row.optional_parsed("valid_until")?,
    })
}

/// The enrolment that holds on a day.
pub async fn find_enrolment(
    tx: &mut Tx,
    partner: PartnerId,
    on: NaiveDate,
) -> Result<Option<EnrolmentRecord>, StoreError> {
    row!(
        tx,
        sql!(
            ENROLMENT,
            " WHERE enrolments.partner_id = $1 AND enrolments.valid_from <= $2
                AND (enrolments.valid_until IS NULL OR enrolments.valid_until > $2)
              ORDER BY enrolments.valid_from DESC LIMIT 1"
        ),
        partner,
        on,
    )?
    .as_ref()
    .map(read_enrolment)
    .transpose()
}

/// The enrolments that hold on a day, of all partners.
pub async fn list_enrolments(
    tx: &mut Tx,
    on: NaiveDate,
) -> Result<Vec<EnrolmentRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            ENROLMENT,
            " WHERE enrolments.valid_from <= $1 AND (enrolments.valid_until IS NULL OR enrolments.valid_until > $1)
              ORDER BY enrolments.valid_from"
        ),
        on,
    )?;
    all(&rows, read_enrolment)
}

/// Whether a partner that has not left has its mail about money sent to an address.
pub async fn is_billing_address(tx: &mut Tx, email: &str) -> Result<bool, StoreError> {
    let found = row!(
        tx,
        "SELECT id FROM partners WHERE LOWER(billing_email) = $1 AND state = 'active' LIMIT 1",
        email
    )?;
    Ok(found.is_some())
}
