//! Browsers in which people have signed in with a proof of their own, by hashes of what they hold. One may be known for several people.

use portal_domain::{calendar::Timestamp, ids::PersonId};

use crate::{
    StoreError, Tx,
    sql::{execute, row},
};

/// Whether a person has signed in in a browser since an instant.
pub async fn is_known(
    tx: &mut Tx,
    person: PersonId,
    browser_hash: &str,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let found = row!(
        tx,
        "SELECT person_id FROM known_browsers WHERE person_id = $1 AND browser_hash = $2 AND used_at > $3",
        person,
        browser_hash,
        since,
    )?;
    Ok(found.is_some())
}

/// A browser is given something else to hold: whoever it is known for, it stays so by that alone, with the links that it asked for.
pub async fn renew(tx: &mut Tx, before: &str, browser_hash: &str) -> Result<(), StoreError> {
    for statement in [
        "UPDATE known_browsers SET browser_hash = $2 WHERE browser_hash = $1",
        "UPDATE sign_in_links SET known_hash = $2 WHERE known_hash = $1",
    ] {
        execute!(tx, statement, before, browser_hash)?;
    }
    Ok(())
}

/// A person has signed in in a browser.
pub async fn set(
    tx: &mut Tx,
    person: PersonId,
    browser_hash: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO known_browsers (person_id, browser_hash, made_at, used_at) VALUES ($1, $2, $3, $3)
         ON CONFLICT (person_id, browser_hash) DO UPDATE SET used_at = excluded.used_at",
        person,
        browser_hash,
        now,
    )?;
    Ok(())
}

/// Forgets all of a person's browsers but so many, in which it signed in last.
pub async fn keep_last(tx: &mut Tx, person: PersonId, count: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM known_browsers WHERE person_id = $1 AND browser_hash NOT IN (
            SELECT browser_hash FROM known_browsers WHERE person_id = $1 ORDER BY used_at DESC, made_at DESC, browser_hash LIMIT $2)",
        person,
        count,
    )?;
    Ok(())
}

/// Forgets a person's browsers, but for one that may stay.
pub async fn remove_of(tx: &mut Tx, person: PersonId, but: Option<&str>) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM known_browsers WHERE person_id = $1 AND browser_hash <> COALESCE($2, '')",
        person,
        but,
    )?;
    Ok(())
}

/// Forgets the browsers of a person who belongs nowhere any more.
pub async fn remove_of_nobody(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM known_browsers WHERE person_id = $1
         AND NOT EXISTS (SELECT 1 FROM members WHERE members.person_id = $1 AND members.removed_at IS NULL)
         AND NOT EXISTS (SELECT 1 FROM people WHERE people.id = $1 AND people.staff_role IS NOT NULL)",
        person,
    )?;
    Ok(())
}

/// Forgets the browsers in which nobody has signed in since an instant.
pub async fn remove_unused(tx: &mut Tx, since: Timestamp) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM known_browsers WHERE used_at <= $1", since)
}
