//! The audit log: who did what to what, written in the transaction of the act. Only ever added to; the database refuses anything else.

use portal_domain::{calendar::Timestamp, ids::PersonId};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    settings::take_numbers,
    sql::{Bind, ROWS_AT_ONCE, execute_many, places, rows, rows_many, sql, values},
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

const AUDIT: &str = "SELECT audit.position, audit.person_id, people.name AS person_name, audit.act, audit.subject, audit.facts, audit.happened_at
    FROM audit LEFT JOIN people ON people.id = audit.person_id";

fn read_record(row: &AnyRow) -> Result<AuditRecord, StoreError> {
    Ok(AuditRecord {
        position: row.integer("position")?,
        person: row.optional_parsed("person_id")?,
        person_name: row.optional_text("person_name")?,
        act: row.text("act")?,
        subject: row.text("subject")?,
        facts: row.text("facts")?,
        happened_at: row.instant("happened_at")?,
    })
}

/// An act that is to be written down.
pub(crate) struct NewAct {
    person: Option<PersonId>,
    act: String,
    subject: String,
    facts: String,
    happened_at: Timestamp,
}

/// Writes an act down when its transaction commits, after all that it did: whoever counts in the log makes everybody else who counts wait.
pub async fn add(
    tx: &mut Tx,
    person: Option<PersonId>,
    act: &str,
    subject: &str,
    facts: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.acts().push(NewAct {
        person,
        act: act.to_owned(),
        subject: subject.to_owned(),
        facts: facts.to_owned(),
        happened_at: now,
    });
    Ok(())
}

pub(crate) async fn write(tx: &mut Tx, acts: Vec<NewAct>) -> Result<(), StoreError> {
    if acts.is_empty() {
        return Ok(());
    }
    let mut position = take_numbers(tx, "audit", acts.len()).await?;
    for some in acts.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 6);
        for new in some {
            bound.extend(values![
                position,
                new.person,
                new.act,
                new.subject,
                new.facts,
                new.happened_at,
            ]);
            position += 1;
        }
        let text = format!(
            "INSERT INTO audit (position, person_id, act, subject, facts, happened_at) VALUES {}",
            places(some.len(), 6, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// What was done to any of these subjects, oldest first.
pub async fn list_of_subjects(
    tx: &mut Tx,
    subjects: &[String],
) -> Result<Vec<AuditRecord>, StoreError> {
    let mut found = Vec::new();
    for some in subjects.chunks(ROWS_AT_ONCE) {
        let text = format!(
            "{AUDIT} WHERE audit.subject IN {} ORDER BY audit.position",
            places(1, some.len(), 1)
        );
        let rows = rows_many(tx, text, some.iter().map(Bind::value).collect()).await?;
        found.extend(all(&rows, read_record)?);
    }
    found.sort_by_key(|record| record.position);
    Ok(found)
}

/// The newest records before a position, newest first.
pub async fn list_before(
    tx: &mut Tx,
    before: i64,
    limit: i64,
) -> Result<Vec<AuditRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            AUDIT,
            " WHERE audit.position < $1 ORDER BY audit.position DESC LIMIT $2"
        ),
        before,
        limit,
    )?;
    all(&rows, read_record)
}
