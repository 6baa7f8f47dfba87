//! The audit log: who did what to what, written in the transaction of the act. Only ever added to; the database refuses anything else.

use portal_domain::{calendar::Timestamp, ids::PersonId};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    settings::next_number,
    sql::{execute, rows},
};

/// One act.
#[derive(Clone, Debug)]
pub struct AuditRecord {
    pub position: i64,
    /// `None`: the portal itself.
    pub person: Option<PersonId>,
    pub person_name: Option<String>,
    pub act: String,
    pub subject: String,
    /// What changed, as JSON.
    pub facts: String,
    pub happened_at: Timestamp,
}

pub async fn add(
    tx: &mut Tx,
    person: Option<PersonId>,
    act: &str,
    subject: &str,
    facts: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let position = next_number(tx, "audit").await?;
    execute!(
        tx,
        "INSERT INTO audit (position, person_id, act, subject, facts, happened_at) VALUES ($1, $2, $3, $4, $5, $6)",
        position,
        person,
        act,
        subject,
        facts,
        now,
    )?;
    Ok(())
}

/// The newest records before a position, newest first.
pub async fn list_before(
    tx: &mut Tx,
    before: i64,
    limit: i64,
) -> Result<Vec<AuditRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT audit.position, audit.person_id, people.name AS person_name, audit.act, audit.subject, audit.facts, audit.happened_at
         FROM audit LEFT JOIN people ON people.id = audit.person_id
         WHERE audit.position < $1
         ORDER BY audit.position DESC
         LIMIT $2",
        before,
        limit,
    )?;
    all(&rows, |row| {
        Ok(AuditRecord {
            position: row.integer("position")?,
            person: row.optional_parsed("person_id")?,
            person_name: row.optional_text("person_name")?,
            act: row.text("act")?,
            subject: row.text("subject")?,
            facts: row.text("facts")?,
            happened_at: row.instant("happened_at")?,
        })
    })
}
