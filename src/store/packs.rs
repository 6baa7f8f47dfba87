//! Packs: what partners' lines are computed from and what they are, in few bytes, many partners in a bundle. Never the truth: made of the rows, and stale
//! once the changes of any of its partners have moved on.

use portal_domain::{
    ids::{DealId, LineId, PartnerId},
    line::LineKind,
};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, rows, rows_of},
};

/// Which bundle a partner's pack lies in: the end of its id, which is random.
pub(crate) fn bucket_of(partner: PartnerId) -> String {
    const BEFORE: usize = 24;
    partner.to_string().split_off(BEFORE)
}

/// The packs of the partners whose ids end alike.
#[derive(Clone, Debug)]
pub struct BundleRecord {
    pub bucket: String,
    /// Another number as soon as one of its partners changes.
    pub version: i64,
    /// As it was made last; none was yet, where it is empty.
    pub body: Vec<u8>,
    /// It was made at this very version.
    pub is_fresh: bool,
}

/// Bundles after one, in the order of their buckets; all that have a partner that anything ever changed of.
pub async fn list_after(
    tx: &mut Tx,
    bucket: &str,
    limit: i64,
) -> Result<Vec<BundleRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT now.bucket, now.version, bundles.body, CASE WHEN bundles.version = now.version THEN 1 ELSE 0 END AS is_fresh
         FROM bucket_changes AS now LEFT JOIN bundles ON bundles.bucket = now.bucket
         WHERE now.bucket > $1 ORDER BY now.bucket LIMIT $2",
        bucket,
        limit,
    )?;
    all(&rows, |row| {
        Ok(BundleRecord {
            bucket: row.text("bucket")?,
            version: row.integer("version")?,
            body: row.optional_bytes("body")?.unwrap_or_default(),
            is_fresh: row.integer("is_fresh")? == 1,
        })
    })
}

/// A partner of a bucket, with the version of its changes.
#[derive(Clone, Debug)]
pub struct PackVersion {
    pub bucket: String,
    pub partner: PartnerId,
    pub version: i64,
}

/// The partners of some buckets, in no order.
pub async fn list_versions(tx: &mut Tx, buckets: &[&str]) -> Result<Vec<PackVersion>, StoreError> {
    let rows = rows_of(tx, buckets, |list| {
        format!("SELECT bucket, partner_id, version FROM partner_changes WHERE bucket IN {list}")
    })
    .await?;
    all(&rows, |row| {
        Ok(PackVersion {
            bucket: row.text("bucket")?,
            partner: row.parsed("partner_id")?,
            version: row.integer("version")?,
        })
    })
}

/// Writes a bundle, with the version that it was made at.
pub async fn put(tx: &mut Tx, bundle: &BundleRecord) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO bundles (bucket, version, body) VALUES ($1, $2, $3)
         ON CONFLICT (bucket) DO UPDATE SET version = excluded.version, body = excluded.body",
        bundle.bucket,
        bundle.version,
        bundle.body.as_slice(),
    )?;
    Ok(())
}

/// A line as a pack needs it.
#[derive(Clone, Copy, Debug)]
pub struct LineToPack {
    pub id: LineId,
    pub deal: DealId,
    pub partner: PartnerId,
    pub kind: LineKind,
    pub position: i64,
    pub amount_minor: i64,
    pub corrects: Option<LineId>,
    /// A person entered it.
    pub is_entered: bool,
}

/// The lines of the schedule and their adjustments, of the deals that some partners brought, deal by deal.
pub async fn list_lines(
    tx: &mut Tx,
    partners: &[PartnerId],
) -> Result<Vec<LineToPack>, StoreError> {
    let rows = rows_of(tx, partners, |list| {
        format!(
            "SELECT lines.id, lines.deal_id, lines.partner_id, lines.kind, lines.position, lines.amount_minor,
                 lines.corrects_line_id, lines.entered_by
             FROM deals JOIN lines ON lines.deal_id = deals.id
             WHERE deals.partner_id IN {list} AND lines.state <> 'cancelled' AND lines.kind IN ('scheduled', 'bonus', 'adjustment')
             ORDER BY lines.deal_id"
        )
    })
    .await?;
    all(&rows, |row| {
        Ok(LineToPack {
            id: row.parsed("id")?,
            deal: row.parsed("deal_id")?,
            partner: row.parsed("partner_id")?,
            kind: row.word("kind", LineKind::parse)?,
            position: row.integer("position")?,
            amount_minor: row.integer("amount_minor")?,
            corrects: row.optional_parsed("corrects_line_id")?,
            is_entered: row.optional_text("entered_by")?.is_some(),
        })
    })
}
