//! The threads of disputed lines. Only ever added to; whether a line is disputed now stands on the line.

use portal_domain::{
    calendar::Timestamp,
    ids::{LineId, PersonId},
    line::DisputeStep,
};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, rows},
};

/// A message in the thread of a line.
#[derive(Clone, Debug)]
pub struct DisputeMessageRecord {
    pub step: DisputeStep,
    pub person: PersonId,
    pub person_name: String,
    /// Written by the vendor's side.
    pub by_staff: bool,
    pub text: String,
    pub written_at: Timestamp,
}

pub async fn add(
    tx: &mut Tx,
    line: LineId,
    step: DisputeStep,
    person: PersonId,
    text: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO dispute_messages (line_id, position, kind, person_id, text, written_at)
         SELECT $1, COALESCE(MAX(position), 0) + 1, $2, $3, $4, $5 FROM dispute_messages WHERE line_id = $1",
        line,
        step,
        person,
        text,
        now,
    )?;
    Ok(())
}

/// Oldest first.
pub async fn list_of_line(
    tx: &mut Tx,
    line: LineId,
) -> Result<Vec<DisputeMessageRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT dispute_messages.kind, dispute_messages.person_id, people.name, people.staff_role, dispute_messages.text, dispute_messages.written_at
         FROM dispute_messages JOIN people ON people.id = dispute_messages.person_id
         WHERE dispute_messages.line_id = $1 ORDER BY dispute_messages.position",
        line,
    )?;
    all(&rows, |row| {
        Ok(DisputeMessageRecord {
            step: row.word("kind", DisputeStep::parse)?,
            person: row.parsed("person_id")?,
            person_name: row.text("name")?,
            by_staff: row.optional_text("staff_role")?.is_some(),
            text: row.text("text")?,
            written_at: row.instant("written_at")?,
        })
    })
}
