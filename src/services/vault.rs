//! The vault: secrets that people type into the portal or that vendors give it, kept in the database so that the database alone opens none of them.
//!
//! A secret is sealed under a data key, with the cipher that stands beside that key, and its name is sealed with it: a row that is copied to another place does not open there. Data keys
//! lie beside the secrets, sealed under the master key, which comes from the environment or a file and is in no backup of the database.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use portal_domain::secret::{Secret, SecretName};
use portal_store::{
    Tx, audit,
    secrets::{self, DataKeyRecord},
};
// The cipher that the TLS library brings along anyway.
use ring::aead::{
    AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey,
};
use sha2::{Digest, Sha256};

use crate::{Ctx, ServiceError, context::random};

/// Bytes of a key, of each cipher.
const KEY_LEN: usize = 32;

/// Those that open what was sealed with them, by their names; the first one seals. Another one is put before it to take its place: what is new is sealed with it,
/// and all the rest by `portal rotate-key`.
static CIPHERS: [(&str, &Algorithm); 2] = [
    ("AES-256-GCM", &AES_256_GCM),
    ("ChaCha20-Poly1305", &CHACHA20_POLY1305),
];

/// Why a secret does not open.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The master key that opens it is not here.
    #[error(
        "the secrets of this database are sealed under the master key {needed}, and this process has {present}: give it the right PORTAL_KEY, or the file that PORTAL_KEY_FILE names"
    )]
    OtherMasterKey { needed: String, present: String },
    /// It was sealed by a version of the portal that knows more ciphers.
    #[error("the secrets of this database are sealed with {0}, which this version does not know")]
    OtherCipher(String),
    /// Not what was sealed under this name.
    #[error("the secret `{0}` is damaged")]
    Damaged(String),
    /// What was given as a master key is none.
    #[error(
        "a master key is 32 random bytes in base64, such as `openssl rand -base64 32` prints; two with a comma between while one takes the other's place"
    )]
    NotAKey,
}

/// Holds the master keys, and the data keys that were opened with them.
pub struct Vault {
    /// The first one seals, all of them open.
    masters: Vec<MasterKey>,
    opened: Mutex<HashMap<String, Arc<LessSafeKey>>>,
}

struct MasterKey {
    bytes: [u8; KEY_LEN],
    fingerprint: String,
}

impl MasterKey {
    fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_STANDARD.decode(text.trim()).ok()?;
        let digest = Sha256::digest([b"portal master key: ".as_slice(), &bytes].concat());
        Some(Self {
            bytes: bytes.try_into().ok()?,
            fingerprint: hex::encode(&digest[..4]),
        })
    }
}

impl Vault {
    /// From master keys in base64 with commas between, the one that seals first.
    pub fn parse(keys: &Secret) -> Result<Self, VaultError> {
        let masters: Option<Vec<_>> = keys.reveal().split(',').map(MasterKey::parse).collect();
        let masters = masters.ok_or(VaultError::NotAKey)?;
        if masters.is_empty() {
            return Err(VaultError::NotAKey);
        }
        Ok(Self {
            masters,
            opened: Mutex::default(),
        })
    }

    fn sealing(&self) -> &MasterKey {
        &self.masters[0]
    }

    /// A new key, sealed under the first master key.
    fn new_data_key(&self, id: String) -> (DataKeyRecord, Arc<LessSafeKey>) {
        let [(cipher, algorithm), ..] = CIPHERS;
        let bytes = random::<KEY_LEN>();
        let master = key_of(algorithm, &self.sealing().bytes);
        let record = DataKeyRecord {
            sealed: seal(&master, &key_place(&id), &bytes),
            sealed_by: self.sealing().fingerprint.clone(),
            cipher: cipher.to_owned(),
            id,
        };
        let key = Arc::new(key_of(algorithm, &bytes));
        self.remember(&record.id, &key);
        (record, key)
    }

    fn open_data_key(&self, record: &DataKeyRecord) -> Result<Arc<LessSafeKey>, VaultError> {
        if let Some(key) = self.opened().get(&record.id) {
            return Ok(Arc::clone(key));
        }
        let master = self
            .masters
            .iter()
            .find(|master| master.fingerprint == record.sealed_by)
            .ok_or_else(|| VaultError::OtherMasterKey {
                needed: record.sealed_by.clone(),
                present: self.fingerprints(),
            })?;
        let (_, algorithm) = CIPHERS
            .iter()
            .find(|(name, _)| *name == record.cipher)
            .ok_or_else(|| VaultError::OtherCipher(record.cipher.clone()))?;
        let master = key_of(algorithm, &master.bytes);
        let key = open(&master, &key_place(&record.id), &record.sealed)
            .and_then(|bytes| bytes.try_into().ok())
            .map(|bytes| Arc::new(key_of(algorithm, &bytes)))
            .ok_or_else(|| VaultError::Damaged(key_place(&record.id)))?;
        self.remember(&record.id, &key);
        Ok(key)
    }

    fn fingerprints(&self) -> String {
        let all: Vec<&str> = self
            .masters
            .iter()
            .map(|master| master.fingerprint.as_str())
            .collect();
        all.join(", ")
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<LessSafeKey>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, id: &str, key: &Arc<LessSafeKey>) {
        self.opened().insert(id.to_owned(), Arc::clone(key));
    }
}

/// A master key as `PORTAL_KEY` takes it.
pub fn new_master_key() -> Secret {
    BASE64_STANDARD.encode(random::<KEY_LEN>()).into()
}

/// Refuses a process that could not open what is kept here.
pub async fn check(ctx: &Ctx) -> Result<(), ServiceError> {
    let mut tx = ctx.store.read().await?;
    if let Some(key) = secrets::find_newest_key(&mut tx).await? {
        ctx.vault.open_data_key(&key)?;
    }
    Ok(())
}

/// Keeps a secret in the place of the one before it.
pub async fn put(
    ctx: &Ctx,
    tx: &mut Tx,
    name: &SecretName,
    secret: &Secret,
) -> Result<(), ServiceError> {
    let (id, key) = match secrets::find_newest_key(tx).await? {
        Some(record) => (record.id.clone(), ctx.vault.open_data_key(&record)?),
        None => add_data_key(ctx, tx).await?,
    };
    let name = name.to_string();
    let sealed = seal(&key, &name, secret.reveal().as_bytes());
    Ok(secrets::put(tx, &name, &id, &sealed, ctx.now()).await?)
}

pub async fn find(
    ctx: &Ctx,
    tx: &mut Tx,
    name: &SecretName,
) -> Result<Option<Secret>, ServiceError> {
    let Some(record) = secrets::find(tx, name).await? else {
        return Ok(None);
    };
    let key = ctx.vault.open_data_key(&record.key)?;
    let text =
        open(&key, &record.name, &record.sealed).and_then(|text| String::from_utf8(text).ok());
    Ok(Some(text.ok_or(VaultError::Damaged(record.name))?.into()))
}

pub async fn remove(tx: &mut Tx, name: &SecretName) -> Result<(), ServiceError> {
    Ok(secrets::remove(tx, name).await?)
}

/// Seals every secret anew, under a new data key and the first master key; the master keys after it are not needed any more. Answers how many.
/// A secret that another instance keeps at this moment under an old key makes it fail as a whole, and it can be done again.
pub async fn rotate(ctx: &Ctx) -> Result<usize, ServiceError> {
    let mut tx = ctx.store.write().await?;
    let (id, key) = add_data_key(ctx, &mut tx).await?;
    let all = secrets::list(&mut tx).await?;
    for record in &all {
        let old = ctx.vault.open_data_key(&record.key)?;
        let text = open(&old, &record.name, &record.sealed)
            .ok_or_else(|| VaultError::Damaged(record.name.clone()))?;
        let sealed = seal(&key, &record.name, &text);
        secrets::put(&mut tx, &record.name, &id, &sealed, ctx.now()).await?;
    }
    secrets::remove_keys_but(&mut tx, &id).await?;
    audit::add(&mut tx, None, "rotate_vault", "vault", "{}", ctx.now()).await?;
    tx.commit().await?;
    Ok(all.len())
}

async fn add_data_key(ctx: &Ctx, tx: &mut Tx) -> Result<(String, Arc<LessSafeKey>), ServiceError> {
    let (record, key) = ctx.vault.new_data_key(ctx.new_id().to_string());
    secrets::add_key(tx, &record, ctx.now()).await?;
    Ok((record.id, key))
}

fn key_place(id: &str) -> String {
    format!("data_key/{id}")
}

fn key_of(algorithm: &'static Algorithm, bytes: &[u8; KEY_LEN]) -> LessSafeKey {
    let key = UnboundKey::new(algorithm, bytes).expect("every cipher takes keys of this length");
    LessSafeKey::new(key)
}

/// A random nonce before the sealed text. Keys seal far fewer texts than a random nonce of 96 bits would meet again.
fn seal(key: &LessSafeKey, place: &str, text: &[u8]) -> Vec<u8> {
    let nonce = random::<NONCE_LEN>();
    let mut sealed = text.to_vec();
    key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(place.as_bytes()),
        &mut sealed,
    )
    .expect("no secret is that long");
    [nonce.as_slice(), &sealed].concat()
}

fn open(key: &LessSafeKey, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut text = sealed.to_vec();
    let length = key
        .open_in_place(nonce, Aad::from(place.as_bytes()), &mut text)
        .ok()?
        .len();
    text.truncate(length);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_cipher_sealed_opens_as_long_as_its_name_is_known() {
        let vault = Vault::parse(&new_master_key()).unwrap();
        let secret = random::<KEY_LEN>();
        for (cipher, algorithm) in CIPHERS {
            let master = key_of(algorithm, &vault.sealing().bytes);
            let record = DataKeyRecord {
                sealed: seal(&master, &key_place(cipher), &secret),
                sealed_by: vault.sealing().fingerprint.clone(),
                cipher: cipher.to_owned(),
                id: cipher.to_owned(),
            };
            let key = vault.open_data_key(&record).unwrap();
            let sealed = seal(&key_of(algorithm, &secret), "here", b"words");
            assert_eq!(
                open(&key, "here", &sealed).as_deref(),
                Some(b"words".as_slice())
            );
        }
    }
}
