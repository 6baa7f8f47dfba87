//! The chain: each act has a SHA-256 over itself and the hash of the act before, so that nothing in the log can be changed, taken out, put in or put elsewhere without
//! every hash after it being wrong.
//!
//! What is hashed, one after the other: the text `portal audit 1` and a line feed; the position, eight bytes, the largest first; the 32 bytes of the hash before, zeros
//! before the first act; then, in this order, person_id, act, the hash of the subject, the hash of the facts, happened_at, means, task, address, session, login: each a
//! byte 0 where there is nothing, else a byte 1, its length in eight bytes and so many bytes of UTF-8, numbers in decimal digits, hashes in hex. The hash of the subject
//! is SHA-256 over its text, that of the facts is SHA-256 over the salt as it is written, if there is one, and their text. So what an act says of a person can be
//! erased: its hash takes its place, and the chain holds. Whoever has an export of the log can compute it all again.
//!
//! Nobody's secret goes into it: whoever can write to the database behind the portal's back can write a new chain as well. That is what a head kept elsewhere is for
//! (`portal audit head`, `portal verify --audit-head`).

use sha2::{Digest, Sha256};

use super::AuditRecord;
use crate::StoreError;

/// The hash of an act, and so of all before it.
pub type Hash = [u8; 32];

/// What stands in the place of the hash before the first act.
pub const START: Hash = [0; 32];

const FORM: &[u8] = b"portal audit 1\n";

/// The hash of an act that follows another one.
pub fn seal(before: &Hash, record: &AuditRecord) -> Hash {
    let mut sum = Sha256::new();
    sum.update(FORM);
    sum.update(record.position.to_be_bytes());
    sum.update(before);
    let person = record.person.map(|person| person.to_string());
    let (subject, facts) = (subject_hash(record), facts_hash(record));
    let happened_at = record.happened_at.0.to_string();
    let columns = [
        person.as_deref(),
        Some(record.act.as_str()),
        Some(subject.as_str()),
        Some(facts.as_str()),
        Some(happened_at.as_str()),
        record.means.map(|means| means.as_str()),
        record.task.as_deref(),
        record.address.as_deref(),
        record.session.as_deref(),
        record.login.as_deref(),
    ];
    for column in columns {
        add(&mut sum, column);
    }
    sum.finalize().into()
}

/// Its length stands before it, so that no two rows are hashed alike.
fn add(sum: &mut Sha256, column: Option<&str>) {
    let Some(text) = column else {
        return sum.update([0]);
    };
    sum.update([1]);
    sum.update((text.len() as u64).to_be_bytes());
    sum.update(text);
}

/// Of the subject, or of what it was before it was erased.
pub(super) fn subject_hash(record: &AuditRecord) -> String {
    let kept = record.subject_hash.clone();
    kept.unwrap_or_else(|| hex::encode(Sha256::digest(record.subject.as_bytes())))
}

/// Of the facts, or of what they were before they were erased.
pub(super) fn facts_hash(record: &AuditRecord) -> String {
    record.facts_hash.clone().unwrap_or_else(|| {
        let mut sum = Sha256::new();
        sum.update(record.salt.as_deref().unwrap_or_default());
        sum.update(record.facts.as_bytes());
        hex::encode(sum.finalize())
    })
}

/// 128 random bits in hex.
pub(super) fn new_salt() -> String {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    hex::encode(bytes)
}

pub(super) fn parse(hash: &str) -> Result<Hash, StoreError> {
    let mut bytes = START;
    hex::decode_to_slice(hash, &mut bytes).map_err(|_| StoreError::Inconsistent {
        column: "hash",
        value: hash.to_owned(),
    })?;
    Ok(bytes)
}
