//! Consents that people were sent to a vendor for. Each is answered once, in time, and in the session that asked.

use portal_domain::{calendar::Timestamp, connection::System};

use crate::{StoreError, Tx, sql::execute};

/// Keeps that a session asks for a consent, and forgets those that were never answered.
pub async fn add(
    tx: &mut Tx,
    state_hash: &str,
    system: System,
    session_hash: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM consents WHERE expires_at <= $1", now)?;
    execute!(
        tx,
        "INSERT INTO consents (state_hash, system, session_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        state_hash,
        system,
        session_hash,
        now,
        expires_at,
    )?;
    Ok(())
}

/// Uses a consent up; `false` if it is unknown, another system's or session's, used, or too old.
pub async fn take(
    tx: &mut Tx,
    state_hash: &str,
    system: System,
    session_hash: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE consents SET used_at = $4
         WHERE state_hash = $1 AND system = $2 AND session_hash = $3 AND used_at IS NULL AND expires_at > $4",
        state_hash,
        system,
        session_hash,
        now,
    )?;
    Ok(met == 1)
}
