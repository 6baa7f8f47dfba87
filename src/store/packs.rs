//! Packs: what a partner's lines are computed from and what they are, in few bytes. Never the truth: made of the rows, and stale once the partner's
//! changes have moved on.

use portal_domain::{
    ids::{DealId, LineId, PartnerId},
    line::LineKind,
};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{ROWS_AT_ONCE, execute_many, places, rows, rows_of, values},
};

/// A partner that anything changed of, with its pack.
#[derive(Clone, Debug)]
pub struct PackRecord {
    pub partner: PartnerId,
    /// The version of its changes.
    pub version: i64,
    /// None where it is missing or stale.
    pub body: Option<Vec<u8>>,
}

/// Partners after one, in the order of their ids.
pub async fn list_after(
    tx: &mut Tx,
    after: Option<PartnerId>,
    limit: i64,
) -> Result<Vec<PackRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT partner_changes.partner_id, partner_changes.version, packs.body
         FROM partner_changes
         LEFT JOIN packs ON packs.partner_id = partner_changes.partner_id AND packs.version = partner_changes.version
         WHERE partner_changes.partner_id > COALESCE($1, '')
         ORDER BY partner_changes.partner_id LIMIT $2",
        after,
        limit,
    )?;
    all(&rows, |row| {
        Ok(PackRecord {
            partner: row.parsed("partner_id")?,
            version: row.integer("version")?,
            body: row.optional_bytes("body")?,
        })
    })
}

/// Writes packs, each with the version of the partner's changes that it was made at.
pub async fn put_all(tx: &mut Tx, packs: &[(PartnerId, i64, Vec<u8>)]) -> Result<(), StoreError> {
    for some in packs.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 3);
        for (partner, version, body) in some {
            bound.extend(values![partner, version, body.as_slice()]);
        }
        let text = format!(
            "INSERT INTO packs (partner_id, version, body) VALUES {}
             ON CONFLICT (partner_id) DO UPDATE SET version = excluded.version, body = excluded.body",
            places(some.len(), 3, 1)
        );
        execute_many(tx, text, bound).await?;
    }
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
