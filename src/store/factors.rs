//! What people prove with that they are themselves: passkeys, authenticator apps, recovery codes. Seeds and codes themselves are not here.

use portal_domain::{calendar::Timestamp, ids::PersonId};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, number, row, rows, sql},
};

/// A passkey.
#[derive(Clone, Debug)]
pub struct PasskeyRecord {
    /// The credential's own id, base64url.
    pub id: String,
    pub person: PersonId,
    /// What the person calls it.
    pub name: String,
    /// Its public key and counter, JSON.
    pub credential: String,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

const PASSKEY: &str = "SELECT id, person_id, name, credential, created_at, used_at FROM passkeys";

fn read_passkey(row: &AnyRow) -> Result<PasskeyRecord, StoreError> {
    Ok(PasskeyRecord {
        id: row.text("id")?,
        person: row.parsed("person_id")?,
        name: row.text("name")?,
        credential: row.text("credential")?,
        created_at: row.instant("created_at")?,
        used_at: row.optional_instant("used_at")?,
    })
}

/// Adds a passkey; `false` if somebody has it already.
pub async fn add_passkey(tx: &mut Tx, passkey: &PasskeyRecord) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "INSERT INTO passkeys (id, person_id, name, credential, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
        passkey.id,
        passkey.person,
        passkey.name,
        passkey.credential,
        passkey.created_at,
    )?;
    Ok(met == 1)
}

pub async fn find_passkey(tx: &mut Tx, id: &str) -> Result<Option<PasskeyRecord>, StoreError> {
    row!(tx, sql!(PASSKEY, " WHERE id = $1"), id)?
        .as_ref()
        .map(read_passkey)
        .transpose()
}

/// A person's passkeys, the oldest first.
pub async fn list_passkeys(
    tx: &mut Tx,
    person: PersonId,
) -> Result<Vec<PasskeyRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(PASSKEY, " WHERE person_id = $1 ORDER BY created_at, id"),
        person
    )?;
    all(&rows, read_passkey)
}

/// A passkey was used; its counter has moved on. `false` if it was removed meanwhile.
pub async fn use_passkey(
    tx: &mut Tx,
    id: &str,
    credential: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE passkeys SET credential = $2, used_at = $3 WHERE id = $1",
        id,
        credential,
        now,
    )?;
    Ok(met == 1)
}

/// Removes a passkey of a person's; `false` if it is none of that person's.
pub async fn remove_passkey(tx: &mut Tx, person: PersonId, id: &str) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "DELETE FROM passkeys WHERE person_id = $1 AND id = $2",
        person,
        id,
    )?;
    Ok(met == 1)
}

/// Keeps what a browser was asked for, until it answers.
pub async fn add_question(
    tx: &mut Tx,
    token_hash: &str,
    person: Option<PersonId>,
    state: &str,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO passkey_questions (token_hash, person_id, state, expires_at) VALUES ($1, $2, $3, $4)",
        token_hash,
        person,
        state,
        expires_at,
    )?;
    Ok(())
}

/// Takes a question away for its one answer: its state, if it is there, in time, and about that person.
pub async fn take_question(
    tx: &mut Tx,
    token_hash: &str,
    person: Option<PersonId>,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    row!(
        tx,
        "DELETE FROM passkey_questions
         WHERE token_hash = $1 AND COALESCE(person_id, '') = COALESCE($2, '') AND expires_at > $3
         RETURNING state",
        token_hash,
        person,
        now,
    )?
    .map(|row| row.text("state"))
    .transpose()
}

/// Drops questions that nobody answered in time.
pub async fn remove_old_questions(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    execute!(
        tx,
        "DELETE FROM passkey_questions WHERE expires_at <= $1",
        now
    )
}

/// An authenticator app.
#[derive(Clone, Copy, Debug)]
pub struct AuthenticatorRecord {
    /// None until the first code was typed.
    pub confirmed_at: Option<Timestamp>,
    pub used_at: Option<Timestamp>,
}

pub async fn find_authenticator(
    tx: &mut Tx,
    person: PersonId,
) -> Result<Option<AuthenticatorRecord>, StoreError> {
    row!(
        tx,
        "SELECT confirmed_at, used_at FROM authenticators WHERE person_id = $1",
        person
    )?
    .map(|row| {
        Ok(AuthenticatorRecord {
            confirmed_at: row.optional_instant("confirmed_at")?,
            used_at: row.optional_instant("used_at")?,
        })
    })
    .transpose()
}

/// A new seed was made for an app; one that was not confirmed is forgotten.
pub async fn begin_authenticator(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO authenticators (person_id) VALUES ($1)
         ON CONFLICT (person_id) DO UPDATE SET confirmed_at = NULL, last_step = 0, used_at = NULL",
        person,
    )?;
    Ok(())
}

/// A right code of a step was typed; `false` if one of that step or a later one was typed before.
pub async fn use_authenticator(
    tx: &mut Tx,
    person: PersonId,
    step: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE authenticators SET last_step = $2, used_at = $3, confirmed_at = COALESCE(confirmed_at, $3)
         WHERE person_id = $1 AND last_step < $2",
        person,
        step,
        now,
    )?;
    Ok(met == 1)
}

pub async fn remove_authenticator(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM authenticators WHERE person_id = $1",
        person
    )?;
    Ok(())
}

/// Gives a person new recovery codes, by their hashes, in the place of all before.
pub async fn replace_codes(
    tx: &mut Tx,
    person: PersonId,
    hashes: &[String],
) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM recovery_codes WHERE person_id = $1",
        person
    )?;
    for hash in hashes {
        execute!(
            tx,
            "INSERT INTO recovery_codes (code_hash, person_id) VALUES ($1, $2)",
            hash,
            person,
        )?;
    }
    Ok(())
}

/// Uses a recovery code up; `false` if it is none of the person's, or used.
pub async fn use_code(
    tx: &mut Tx,
    person: PersonId,
    hash: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE recovery_codes SET used_at = $3 WHERE person_id = $1 AND code_hash = $2 AND used_at IS NULL",
        person,
        hash,
        now,
    )?;
    Ok(met == 1)
}

/// How many recovery codes a person has left.
pub async fn count_codes(tx: &mut Tx, person: PersonId) -> Result<i64, StoreError> {
    number!(
        tx,
        "SELECT COUNT(*) FROM recovery_codes WHERE person_id = $1 AND used_at IS NULL",
        person
    )
}

/// Drops everything with which a person could prove itself.
pub async fn remove_of(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM passkey_questions WHERE person_id = $1",
        person
    )?;
    execute!(tx, "DELETE FROM passkeys WHERE person_id = $1", person)?;
    execute!(
        tx,
        "DELETE FROM recovery_codes WHERE person_id = $1",
        person
    )?;
    remove_authenticator(tx, person).await
}
