//! Sessions and sign-in links. Only hashes of tokens are kept: who reads this table can sign in as nobody.

use portal_domain::{
    access::{MemberRole, StaffRole},
    calendar::Timestamp,
    ids::{PartnerId, PersonId},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, row, rows_of},
};

/// A session that is still good.
#[derive(Clone, Copy, Debug)]
pub struct SessionRecord {
    pub person: PersonId,
    pub partner: Option<PartnerId>,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
}

pub async fn add(tx: &mut Tx, token_hash: &str, session: &SessionRecord) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO sessions (token_hash, person_id, partner_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        token_hash,
        session.person,
        session.partner,
        session.created_at,
        session.seen_at,
        session.expires_at,
    )?;
    Ok(())
}

/// A session that is neither revoked nor expired, of a person who is not disabled.
pub async fn find(
    tx: &mut Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<SessionRecord>, StoreError> {
    row!(
        tx,
        "SELECT sessions.person_id, sessions.partner_id, sessions.created_at, sessions.seen_at, sessions.expires_at
         FROM sessions JOIN people ON people.id = sessions.person_id
         WHERE sessions.token_hash = $1 AND sessions.revoked_at IS NULL AND sessions.expires_at > $2 AND people.disabled_at IS NULL",
        token_hash,
        now,
    )?
    .as_ref()
    .map(read_session)
    .transpose()
}

/// A session that [`find`] would find, with the role that its person has now; `None` for whoever has none there any more.
#[derive(Clone, Debug)]
pub struct StandingSession {
    pub token_hash: String,
    pub session: SessionRecord,
    pub staff_role: Option<StaffRole>,
    pub member_role: Option<MemberRole>,
}

/// Those of some sessions that still stand, looked up together: for the streams of open pages.
pub async fn list_standing(
    tx: &mut Tx,
    token_hashes: &[String],
    now: Timestamp,
) -> Result<Vec<StandingSession>, StoreError> {
    let found = rows_of(tx, token_hashes, |hashes| {
        format!(
            "SELECT sessions.token_hash, sessions.person_id, sessions.partner_id, sessions.created_at, sessions.seen_at, sessions.expires_at,
                people.staff_role, members.role AS member_role
             FROM sessions JOIN people ON people.id = sessions.person_id
             LEFT JOIN members ON members.person_id = sessions.person_id AND members.partner_id = sessions.partner_id AND members.removed_at IS NULL
             WHERE sessions.token_hash IN {hashes} AND sessions.revoked_at IS NULL AND people.disabled_at IS NULL"
        )
    });
    let mut standing = all(&found.await?, |row| {
        Ok(StandingSession {
            token_hash: row.text("token_hash")?,
            session: read_session(row)?,
            staff_role: row.optional_word("staff_role", StaffRole::parse)?,
            member_role: row.optional_word("member_role", MemberRole::parse)?,
        })
    })?;
    standing.retain(|standing| standing.session.expires_at > now);
    Ok(standing)
}

fn read_session(row: &AnyRow) -> Result<SessionRecord, StoreError> {
    Ok(SessionRecord {
        person: row.parsed("person_id")?,
        partner: row.optional_parsed("partner_id")?,
        created_at: row.instant("created_at")?,
        seen_at: row.instant("seen_at")?,
        expires_at: row.instant("expires_at")?,
    })
}

pub async fn touch(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE sessions SET seen_at = $2 WHERE token_hash = $1",
        token_hash,
        now
    )?;
    Ok(())
}

pub async fn revoke(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE sessions SET revoked_at = $2 WHERE token_hash = $1 AND revoked_at IS NULL",
        token_hash,
        now,
    )?;
    Ok(())
}

/// Ends a person's sessions in one partner, as when it is removed there.
pub async fn revoke_of_member(
    tx: &mut Tx,
    partner: PartnerId,
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE sessions SET revoked_at = $3 WHERE partner_id = $1 AND person_id = $2 AND revoked_at IS NULL",
        partner,
        person,
        now,
    )?;
    Ok(())
}

pub async fn add_link(
    tx: &mut Tx,
    token_hash: &str,
    person: PersonId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO sign_in_links (token_hash, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        token_hash,
        person,
        now,
        expires_at,
    )?;
    Ok(())
}

/// Uses a link up: whose it was, or nothing if it is unknown, used or too old.
pub async fn use_link(
    tx: &mut Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<PersonId>, StoreError> {
    row!(
        tx,
        "UPDATE sign_in_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING person_id",
        token_hash,
        now,
    )?
    .map(|row| row.parsed("person_id"))
    .transpose()
}

/// Drops the sessions and sign-in links that ended before an instant: nobody can use them any more.
pub async fn remove_ended(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    let links = execute!(
        tx,
        "DELETE FROM sign_in_links WHERE expires_at < $1",
        before
    )?;
    let sessions = execute!(
        tx,
        "DELETE FROM sessions WHERE expires_at < $1 OR revoked_at < $1",
        before
    )?;
    Ok(links + sessions)
}
