//! Sealed secrets, and the keys that seal them. Nothing here can open one.

use portal_domain::{calendar::Timestamp, secret::SecretName};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, row, rows},
};

/// A key that seals secrets, sealed itself.
#[derive(Clone, Debug)]
pub struct DataKeyRecord {
    pub id: String,
    /// Which master key opens it.
    pub sealed_by: String,
    /// What it is sealed with, and seals with.
    pub cipher: String,
    pub sealed: Vec<u8>,
}

/// A sealed secret, with the key that opens it.
#[derive(Clone, Debug)]
pub struct SecretRecord {
    pub name: String,
    pub sealed: Vec<u8>,
    pub key: DataKeyRecord,
}

fn read_key(row: &AnyRow) -> Result<DataKeyRecord, StoreError> {
    Ok(DataKeyRecord {
        id: row.text("data_key_id")?,
        sealed_by: row.text("sealed_by")?,
        cipher: row.text("cipher")?,
        sealed: row.optional_bytes("sealed_key")?.unwrap_or_default(),
    })
}

fn read_secret(row: &AnyRow) -> Result<SecretRecord, StoreError> {
    Ok(SecretRecord {
        name: row.text("name")?,
        sealed: row.optional_bytes("sealed")?.unwrap_or_default(),
        key: read_key(row)?,
    })
}

/// The key that seals what is kept from now on; none in a new database.
pub async fn find_newest_key(tx: &mut Tx) -> Result<Option<DataKeyRecord>, StoreError> {
    row!(
        tx,
        "SELECT id AS data_key_id, sealed_by, cipher, sealed AS sealed_key FROM data_keys ORDER BY id DESC LIMIT 1"
    )?
    .map(|row| read_key(&row))
    .transpose()
}

pub async fn add_key(tx: &mut Tx, key: &DataKeyRecord, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO data_keys (id, sealed_by, cipher, sealed, made_at) VALUES ($1, $2, $3, $4, $5)",
        key.id,
        key.sealed_by,
        key.cipher,
        key.sealed.as_slice(),
        now,
    )?;
    Ok(())
}

/// Removes every key but one. Where a secret still needs another one, the database refuses.
pub async fn remove_keys_but(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM data_keys WHERE id <> $1", id)?;
    Ok(())
}

pub async fn find(tx: &mut Tx, name: &SecretName) -> Result<Option<SecretRecord>, StoreError> {
    row!(
        tx,
        "SELECT secrets.name, secrets.sealed, secrets.data_key_id, data_keys.sealed_by, data_keys.cipher, data_keys.sealed AS sealed_key
         FROM secrets JOIN data_keys ON data_keys.id = secrets.data_key_id WHERE secrets.name = $1",
        name
    )?
    .map(|row| read_secret(&row))
    .transpose()
}

/// All of them, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<SecretRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT secrets.name, secrets.sealed, secrets.data_key_id, data_keys.sealed_by, data_keys.cipher, data_keys.sealed AS sealed_key
         FROM secrets JOIN data_keys ON data_keys.id = secrets.data_key_id ORDER BY secrets.name"
    )?;
    all(&rows, read_secret)
}

/// Keeps a sealed secret in the place of the one before it.
pub async fn put(
    tx: &mut Tx,
    name: &str,
    data_key_id: &str,
    sealed: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO secrets (name, data_key_id, sealed, changed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET data_key_id = excluded.data_key_id, sealed = excluded.sealed, changed_at = excluded.changed_at",
        name,
        data_key_id,
        sealed,
        now,
    )?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, name: &SecretName) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM secrets WHERE name = $1", name)?;
    Ok(())
}
