//! The identity providers of companies, who their people are there, and who was sent to one.

use portal_domain::{
    calendar::Timestamp,
    ids::{PartnerId, PersonId, ProviderId},
    sign_on::SignOn,
    text::Host,
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, execute_one, row, rows, sql},
};

/// A provider, as it is kept.
#[derive(Clone, Debug)]
pub struct ProviderRecord {
    pub id: ProviderId,
    /// Whose people sign in there, with the name; none: the vendor's.
    pub partner: Option<(PartnerId, String)>,
    pub sign_on: SignOn,
    pub changed_at: Timestamp,
}

const PROVIDER: &str = "SELECT identity_providers.id, identity_providers.partner_id, partners.name AS partner_name, identity_providers.name,
        identity_providers.domain, identity_providers.issuer, identity_providers.client, identity_providers.strength,
        identity_providers.is_only_way, identity_providers.changed_at
    FROM identity_providers
    LEFT JOIN partners ON partners.id = identity_providers.partner_id";

fn read_provider(row: &AnyRow) -> Result<ProviderRecord, StoreError> {
    let partner = row.optional_parsed("partner_id")?;
    let domain = row.text("domain")?;
    Ok(ProviderRecord {
        id: row.parsed("id")?,
        partner: partner.zip(row.optional_text("partner_name")?),
        sign_on: SignOn {
            name: row.text("name")?,
            domain: Host::parse(&domain).map_err(|_| StoreError::Inconsistent {
                column: "domain",
                value: domain,
            })?,
            issuer: row.text("issuer")?,
            client: row.text("client")?,
            strength: row
                .text("strength")?
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            is_only_way: row.integer("is_only_way")? == 1,
        },
        changed_at: row.instant("changed_at")?,
    })
}

/// Keeps a provider, or what is said of it from now on; whose people it is for does not change.
pub async fn put(
    tx: &mut Tx,
    id: ProviderId,
    partner: Option<PartnerId>,
    sign_on: &SignOn,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO identity_providers (id, partner_id, name, domain, issuer, client, strength, is_only_way, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, domain = excluded.domain, issuer = excluded.issuer, client = excluded.client,
             strength = excluded.strength, is_only_way = excluded.is_only_way, changed_at = excluded.changed_at",
        id,
        partner,
        sign_on.name,
        sign_on.domain.as_str(),
        sign_on.issuer,
        sign_on.client,
        sign_on.strength.join(" "),
        i64::from(sign_on.is_only_way),
        now,
    )?;
    Ok(())
}

/// Forgets a provider, and who people were there.
pub async fn remove(tx: &mut Tx, id: ProviderId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM identity_providers WHERE id = $1", id)?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: ProviderId) -> Result<Option<ProviderRecord>, StoreError> {
    let sql = sql!(PROVIDER, " WHERE identity_providers.id = $1");
    row!(tx, sql, id)?.as_ref().map(read_provider).transpose()
}

/// The one that speaks for a mail domain.
pub async fn find_of_domain(
    tx: &mut Tx,
    domain: &str,
) -> Result<Option<ProviderRecord>, StoreError> {
    let sql = sql!(PROVIDER, " WHERE identity_providers.domain = $1");
    row!(tx, sql, domain)?
        .as_ref()
        .map(read_provider)
        .transpose()
}

/// All of them: the vendor's own first, then by partner and domain.
pub async fn list(tx: &mut Tx) -> Result<Vec<ProviderRecord>, StoreError> {
    let sql = sql!(
        PROVIDER,
        " ORDER BY COALESCE(partners.name, ''), identity_providers.domain"
    );
    all(&rows!(tx, sql)?, read_provider)
}

/// Who a provider's subject is here.
pub async fn find_person(
    tx: &mut Tx,
    provider: ProviderId,
    subject: &str,
) -> Result<Option<PersonId>, StoreError> {
    let found = row!(
        tx,
        "SELECT person_id FROM identities WHERE provider_id = $1 AND subject = $2",
        provider,
        subject,
    )?;
    found.map(|row| row.parsed("person_id")).transpose()
}

/// Keeps who a subject is; refused as a duplicate where the person is another subject there.
pub async fn add_identity(
    tx: &mut Tx,
    provider: ProviderId,
    subject: &str,
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO identities (provider_id, subject, person_id, first_at, used_at) VALUES ($1, $2, $3, $4, $4)",
        provider,
        subject,
        person,
        now,
    )?;
    Ok(())
}

pub async fn touch_identity(
    tx: &mut Tx,
    provider: ProviderId,
    subject: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "identity",
        "UPDATE identities SET used_at = $3 WHERE provider_id = $1 AND subject = $2",
        provider,
        subject,
        now,
    )
}

/// Keeps that a browser is sent to a provider, and forgets those that never came back.
pub async fn ask(
    tx: &mut Tx,
    state_hash: &str,
    provider: ProviderId,
    browser_hash: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM sign_on_questions WHERE expires_at <= $1",
        now
    )?;
    execute!(
        tx,
        "INSERT INTO sign_on_questions (state_hash, provider_id, browser_hash, expires_at) VALUES ($1, $2, $3, $4)",
        state_hash,
        provider,
        browser_hash,
        expires_at,
    )?;
    Ok(())
}

/// Uses up what a browser was sent with; answers to which provider. Nothing where it is unknown, another browser's, used, or too old.
pub async fn take_question(
    tx: &mut Tx,
    state_hash: &str,
    browser_hash: &str,
    now: Timestamp,
) -> Result<Option<ProviderId>, StoreError> {
    let taken = row!(
        tx,
        "DELETE FROM sign_on_questions WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > $3 RETURNING provider_id",
        state_hash,
        browser_hash,
        now,
    )?;
    taken.map(|row| row.parsed("provider_id")).transpose()
}
