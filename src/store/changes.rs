//! Which partners' open pages have something new to show. Counted in the transaction of the change, so a page never hears of what did not happen.

use std::collections::{BTreeMap, BTreeSet};

use portal_domain::{calendar::Timestamp, ids::PartnerId};

use crate::{
    StoreError, Tx,
    packs::bucket_of,
    read::{Read, all},
    sql::{ROWS_AT_ONCE, execute_many, places, rows, values},
};

/// A partner's pages changed; `version` only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartnerChange {
    pub partner: PartnerId,
    pub version: i64,
    pub changed_at: Timestamp,
}

/// Whose pages have something new, since when; in the order of the partners, in which everybody locks their rows, and after them those of their buckets.
pub(crate) type Touched = BTreeMap<PartnerId, Timestamp>;

/// Counted once, however often it is said, when the transaction commits.
pub async fn add(tx: &mut Tx, partner: PartnerId, now: Timestamp) -> Result<(), StoreError> {
    add_all(tx, &[partner], now).await
}

/// The same for several partners.
pub async fn add_all(
    tx: &mut Tx,
    partners: &[PartnerId],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.touched()
        .extend(partners.iter().map(|partner| (*partner, now)));
    Ok(())
}

pub(crate) async fn write(tx: &mut Tx, touched: Touched) -> Result<(), StoreError> {
    let buckets: BTreeSet<String> = touched.keys().copied().map(bucket_of).collect();
    let touched: Vec<(PartnerId, Timestamp)> = touched.into_iter().collect();
    for some in touched.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 4);
        for (partner, now) in some {
            bound.extend(values![partner, bucket_of(*partner), 1_i64, now]);
        }
        let text = format!(
            "INSERT INTO partner_changes (partner_id, bucket, version, changed_at) VALUES {}
             ON CONFLICT (partner_id) DO UPDATE SET
                 bucket = excluded.bucket, version = partner_changes.version + 1, changed_at = excluded.changed_at",
            places(some.len(), 4, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    let buckets: Vec<String> = buckets.into_iter().collect();
    for some in buckets.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 2);
        for bucket in some {
            bound.extend(values![bucket, 1_i64]);
        }
        let text = format!(
            "INSERT INTO bucket_changes (bucket, version) VALUES {}
             ON CONFLICT (bucket) DO UPDATE SET version = bucket_changes.version + 1",
            places(some.len(), 2, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// What changed at or after an instant.
pub async fn list_since(tx: &mut Tx, since: Timestamp) -> Result<Vec<PartnerChange>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT partner_id, version, changed_at FROM partner_changes WHERE changed_at >= $1 ORDER BY changed_at",
        since,
    )?;
    all(&rows, |row| {
        Ok(PartnerChange {
            partner: row.parsed("partner_id")?,
            version: row.integer("version")?,
            changed_at: row.instant("changed_at")?,
        })
    })
}
