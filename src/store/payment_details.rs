//! Who changed last what a partner's money is paid by (its name in the register, its address, its VAT number, where its statements go), and who else has seen it.

use portal_domain::{
    calendar::{Month, Timestamp},
    ids::{PartnerId, PersonId},
};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{Bind, ROWS_AT_ONCE, execute_many, execute_one, places, row, rows, values},
};

/// The last change of a partner's details.
#[derive(Clone, Debug)]
pub struct DetailsRecord {
    pub changed_by: PersonId,
    pub changed_by_name: String,
    pub changed_at: Timestamp,
    /// Who saw it since, and when.
    pub seen: Option<(String, Timestamp)>,
}

pub async fn find(tx: &mut Tx, partner: PartnerId) -> Result<Option<DetailsRecord>, StoreError> {
    row!(
        tx,
        "SELECT partners.details_by, changing.name AS changed_by_name, partners.details_at, seeing.name AS seen_by_name, partners.details_seen_at
         FROM partners
         JOIN people AS changing ON changing.id = partners.details_by
         LEFT JOIN people AS seeing ON seeing.id = partners.details_seen_by
         WHERE partners.id = $1",
        partner,
    )?
    .map(|row| {
        let seen_by = row.optional_text("seen_by_name")?;
        let seen_at = row.optional_instant("details_seen_at")?;
        Ok(DetailsRecord {
            changed_by: row.parsed("details_by")?,
            changed_by_name: row.text("changed_by_name")?,
            changed_at: row.instant("details_at")?,
            seen: seen_by.zip(seen_at),
        })
    })
    .transpose()
}

/// Somebody changed them, and nobody else has seen that yet.
pub async fn change(
    tx: &mut Tx,
    partner: PartnerId,
    by: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "partner",
        "UPDATE partners SET details_by = $2, details_at = $3, details_seen_by = NULL, details_seen_at = NULL WHERE id = $1",
        partner,
        by,
        now,
    )
}

/// Somebody sees what somebody else changed; what was seen before, or is the own work, stays as it is. Answers how many partners it met.
pub async fn see(
    tx: &mut Tx,
    partners: &[PartnerId],
    by: PersonId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut met = 0;
    for some in partners.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::from(values![by, now]);
        bound.extend(some.iter().map(Bind::value));
        let text = format!(
            "UPDATE partners SET details_seen_by = $1, details_seen_at = $2
             WHERE details_by <> $1 AND details_seen_at IS NULL AND id IN {}",
            places(1, some.len(), 3)
        );
        met += execute_many(tx, text, bound).await?;
    }
    Ok(met)
}

/// The partners with lines up to a month to be stated whose details this person changed last, and nobody else has seen.
pub async fn list_unseen_of(
    tx: &mut Tx,
    person: PersonId,
    until: Month,
) -> Result<Vec<String>, StoreError> {
    let found = rows!(
        tx,
        "SELECT partners.name FROM partners
         WHERE partners.details_by = $1 AND partners.details_seen_at IS NULL AND EXISTS (
             SELECT 1 FROM lines
             WHERE lines.partner_id = partners.id AND lines.state = 'approved' AND lines.statement_id IS NULL AND lines.month <= $2
               AND lines.held_reason IS NULL AND lines.disputed_at IS NULL)
         ORDER BY partners.name",
        person,
        until,
    )?;
    all(&found, |row| row.text("name"))
}
