//! Sessions and sign-in links. Only hashes of tokens are kept: who reads this table can sign in as nobody.

use portal_domain::{
    access::{MemberRole, Proof, Reach, StaffRole},
    calendar::Timestamp,
    ids::{PartnerId, PersonId, SessionId},
    scope::Own,
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, number, row, rows, rows_of, sql},
};

/// A session that is still good.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    pub id: SessionId,
    pub person: PersonId,
    pub partner: Option<PartnerId>,
    /// What it rests on, and when that was proved: `None` where nobody knows.
    pub proof: Proof,
    pub proved_at: Option<Timestamp>,
    /// The browser and its system, in a few words.
    pub device: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
}

pub async fn add(tx: &mut Tx, token_hash: &str, session: &SessionRecord) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO sessions (token_hash, id, person_id, partner_id, proof, proved_at, device, created_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        token_hash,
        session.id,
        session.person,
        session.partner,
        session.proof,
        session.proved_at,
        session.device,
        session.created_at,
        session.seen_at,
        session.expires_at,
    )?;
    Ok(())
}

/// What is neither revoked nor expired, of people who are not disabled.
const SESSION: &str = "SELECT sessions.id, sessions.person_id, sessions.partner_id, sessions.proof, sessions.proved_at, sessions.device,
        sessions.created_at, sessions.seen_at, sessions.expires_at
    FROM sessions JOIN people ON people.id = sessions.person_id
    WHERE sessions.id IS NOT NULL AND sessions.revoked_at IS NULL AND people.disabled_at IS NULL";

fn read_session(row: &AnyRow) -> Result<SessionRecord, StoreError> {
    Ok(SessionRecord {
        id: row.parsed("id")?,
        person: row.parsed("person_id")?,
        partner: row.optional_parsed("partner_id")?,
        proof: row.word("proof", Proof::parse)?,
        proved_at: row.optional_instant("proved_at")?,
        device: row.text("device")?,
        created_at: row.instant("created_at")?,
        seen_at: row.instant("seen_at")?,
        expires_at: row.instant("expires_at")?,
    })
}

pub async fn find(
    tx: &mut Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<SessionRecord>, StoreError> {
    row!(
        tx,
        sql!(
            SESSION,
            " AND sessions.token_hash = $1 AND sessions.expires_at > $2"
        ),
        token_hash,
        now,
    )?
    .as_ref()
    .map(read_session)
    .transpose()
}

/// A person's sessions, the one that was used last first.
pub async fn list_of(
    tx: &mut Tx,
    person: PersonId,
    now: Timestamp,
) -> Result<Vec<SessionRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            SESSION,
            " AND sessions.person_id = $1 AND sessions.expires_at > $2 ORDER BY sessions.seen_at DESC, sessions.id DESC"
        ),
        person,
        now,
    )?;
    all(&rows, read_session)
}

/// A session that [`find`] would find, with the role that its person has now; `None` for whoever has none there any more.
#[derive(Clone, Debug)]
pub struct StandingSession {
    pub token_hash: String,
    pub session: SessionRecord,
    pub staff_role: Option<StaffRole>,
    pub member_role: Option<MemberRole>,
    /// Which leads the partner's sales people see.
    pub sales_reach: Option<Reach>,
}

/// Those of some sessions that still stand, looked up together: for the streams of open pages.
pub async fn list_standing(
    tx: &mut Tx,
    token_hashes: &[String],
    now: Timestamp,
) -> Result<Vec<StandingSession>, StoreError> {
    let found = rows_of(tx, token_hashes, |hashes| {
        format!(
            "SELECT sessions.token_hash, sessions.id, sessions.person_id, sessions.partner_id, sessions.proof, sessions.proved_at, sessions.device,
                sessions.created_at, sessions.seen_at, sessions.expires_at,
                people.staff_role, members.role AS member_role, partners.sales_reach
             FROM sessions JOIN people ON people.id = sessions.person_id
             LEFT JOIN members ON members.person_id = sessions.person_id AND members.partner_id = sessions.partner_id AND members.removed_at IS NULL
             LEFT JOIN partners ON partners.id = members.partner_id
             WHERE sessions.token_hash IN {hashes} AND sessions.id IS NOT NULL AND sessions.revoked_at IS NULL AND people.disabled_at IS NULL"
        )
    });
    let mut standing = all(&found.await?, |row| {
        Ok(StandingSession {
            token_hash: row.text("token_hash")?,
            session: read_session(row)?,
            staff_role: row.optional_word("staff_role", StaffRole::parse)?,
            member_role: row.optional_word("member_role", MemberRole::parse)?,
            sales_reach: row.optional_word("sales_reach", Reach::parse)?,
        })
    })?;
    standing.retain(|standing| standing.session.expires_at > now);
    Ok(standing)
}

pub async fn touch(tx: &mut Tx, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE sessions SET seen_at = $2 WHERE id = $1",
        id,
        now
    )?;
    Ok(())
}

/// Counts a wrong proof; answers how many there were in the session.
pub async fn add_failure(tx: &mut Tx, id: SessionId) -> Result<i64, StoreError> {
    number!(
        tx,
        "UPDATE sessions SET failures = failures + 1 WHERE id = $1 RETURNING failures",
        id,
    )
}

/// How many wrong proofs were given as a person in sessions that began after an instant.
pub async fn count_failures(
    tx: &mut Tx,
    person: PersonId,
    since: Timestamp,
) -> Result<i64, StoreError> {
    number!(
        tx,
        "SELECT CAST(COALESCE(SUM(failures), 0) AS BIGINT) FROM sessions WHERE person_id = $1 AND created_at > $2",
        person,
        since,
    )
}

/// No wrong proof of a person's counts any more.
pub async fn forget_failures(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE sessions SET failures = 0 WHERE person_id = $1 AND failures > 0",
        person,
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

/// Ends one of a person's own sessions; `false` if it is none of that person's, or over.
pub async fn revoke_own(
    tx: &mut Tx,
    person: PersonId,
    id: SessionId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE sessions SET revoked_at = $3 WHERE person_id = $1 AND id = $2 AND revoked_at IS NULL",
        person,
        id,
        now,
    )?;
    Ok(met == 1)
}

/// Ends all of a person's sessions, but for one that may stay.
pub async fn revoke_of(
    tx: &mut Tx,
    person: PersonId,
    but: Option<SessionId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE sessions SET revoked_at = $3
         WHERE person_id = $1 AND revoked_at IS NULL AND (id IS NULL OR id <> COALESCE($2, ''))",
        person,
        but,
        now,
    )?;
    Ok(())
}

/// Ends a person's sessions in one partner, as when it is removed there.
pub async fn revoke_of_member(
    tx: &mut Tx,
    own: Own,
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE sessions SET revoked_at = $3 WHERE partner_id = $1 AND person_id = $2 AND revoked_at IS NULL",
        own.partner(),
        person,
        now,
    )?;
    Ok(())
}

/// The browser that asks for a link, by the hashes of what it holds.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// Of what it holds since it asked: the link is good there alone.
    pub browser: &'a str,
    /// Of what it is known by to the person; none for a stranger's.
    pub known: Option<&'a str>,
}

/// How many links were mailed to a person since an instant: because that known browser asked, or because strangers did.
pub async fn count_mailed_links(
    tx: &mut Tx,
    person: PersonId,
    known: Option<&str>,
    since: Timestamp,
) -> Result<i64, StoreError> {
    number!(
        tx,
        "SELECT COUNT(*) FROM sign_in_links
         WHERE person_id = $1 AND browser_hash IS NOT NULL AND COALESCE(known_hash, '') = COALESCE($2, '') AND created_at > $3",
        person,
        known,
        since,
    )
}

/// Keeps a link, in the place of those that the same browser asked for before: what others ask for takes nobody's link away. Nobody asked: it was given to somebody.
pub async fn add_link(
    tx: &mut Tx,
    token_hash: &str,
    person: PersonId,
    asker: Option<Asker<'_>>,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let browser_hash = asker.map(|asker| asker.browser);
    let known_hash = asker.and_then(|asker| asker.known);
    execute!(
        tx,
        "UPDATE sign_in_links SET used_at = $3 WHERE person_id = $1 AND browser_hash = $2 AND used_at IS NULL",
        person,
        browser_hash,
        now,
    )?;
    execute!(
        tx,
        "INSERT INTO sign_in_links (token_hash, person_id, browser_hash, known_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        token_hash,
        person,
        browser_hash,
        known_hash,
        now,
        expires_at,
    )?;
    Ok(())
}

/// Uses a link up: whose it was, or nothing if it is unknown, used, too old, or asked for by another browser, where it stays good.
pub async fn use_link(
    tx: &mut Tx,
    token_hash: &str,
    browser_hash: &str,
    now: Timestamp,
) -> Result<Option<PersonId>, StoreError> {
    row!(
        tx,
        "UPDATE sign_in_links SET used_at = $3
         WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $3 AND (browser_hash IS NULL OR browser_hash = $2)
         RETURNING person_id",
        token_hash,
        browser_hash,
        now,
    )?
    .map(|row| row.parsed("person_id"))
    .transpose()
}

/// Nobody uses any of a person's links any more.
pub async fn spend_links(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE sign_in_links SET used_at = $2 WHERE person_id = $1 AND used_at IS NULL",
        person,
        now,
    )?;
    Ok(())
}

/// Whether a link is good, in whatever browser.
pub async fn is_link_good(
    tx: &mut Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(row!(
        tx,
        "SELECT person_id FROM sign_in_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
        token_hash,
        now,
    )?
    .is_some())
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

/// Drops a person's sessions and links, whether they ended or not.
pub async fn remove_of(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM sign_in_links WHERE person_id = $1", person)?;
    execute!(tx, "DELETE FROM sessions WHERE person_id = $1", person)?;
    Ok(())
}
