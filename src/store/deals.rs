//! The mirror of HubSpot's deals, and their terms.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use portal_domain::{
    calendar::{Month, Timestamp},
    deal::{BillingPeriod, DealState, DealTerms},
    ids::{ClientId, DealId, LeadId, PartnerId, PlanId, PlanVersionId},
    money::Currency,
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{
        Bind, ROWS_AT_ONCE, execute, execute_many, execute_one, pattern, places, row, rows,
        rows_of, sql, values,
    },
};

/// A deal as last read.
#[derive(Clone, Debug)]
pub struct DealRecord {
    pub id: DealId,
    pub lead: LeadId,
    pub partner: PartnerId,
    pub partner_name: String,
    pub client: ClientId,
    pub client_name: String,
    pub hubspot_id: String,
    pub name: String,
    pub pipeline: String,
    pub stage: String,
    pub state: DealState,
    /// In the programme's time zone.
    pub won_on: Option<NaiveDate>,
    /// Since when it is not won any more: lost, opened again, or gone. Always there then, and only then.
    pub lost_at: Option<Timestamp>,
    pub start: Option<NaiveDate>,
    /// The month of position 0, where that is not the month of the start: lines that are on a statement keep their positions when the start moves.
    pub origin: Option<Month>,
    /// The first day on which it no longer runs.
    pub end: Option<NaiveDate>,
    /// The month in which that end was said: the months before it had ended without it, and stay.
    pub end_holds_from: Option<Month>,
    pub currency: Option<Currency>,
    pub plan_version: Option<PlanVersionId>,
    /// When a person decided what becomes of it, if it was merged into another partner's.
    pub merge_decided_at: Option<Timestamp>,
    pub hubspot_modified_at: Timestamp,
    pub confirmed_at: Timestamp,
}

impl DealRecord {
    /// Since when it is not won any more, once that is heard of at an instant. It may be known already, and there is no such thing of one that never was.
    pub fn lost_by(&self, at: Timestamp) -> Option<Timestamp> {
        self.lost_at.or_else(|| self.won_on.map(|_| at))
    }

    /// The position of the first line of its schedule: below zero where the start was moved to before the origin.
    pub fn first_position(&self) -> i64 {
        match (self.start, self.origin) {
            (Some(start), Some(origin)) => i64::from(Month::of(start).0 - origin.0),
            _ => 0,
        }
    }

    /// The last day that the client is charged for: what people agree on, and what HubSpot says.
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.end.and_then(|end| end.pred_opt())
    }

    /// The first day for which nothing is due any more: an end that was said late takes nothing from the months that had ended by then.
    pub fn ends_on(&self) -> Option<NaiveDate> {
        let holds_from = self.end_holds_from.map(Month::first_day);
        self.end
            .map(|end| holds_from.map_or(end, |from| end.max(from)))
    }
}

const DEAL: &str = "SELECT deals.id, deals.lead_id, deals.partner_id, partners.name AS partner_name, deals.client_id, clients.name AS client_name,
        deals.hubspot_id, deals.name, deals.pipeline, deals.stage, deals.state, deals.won_on, deals.lost_at, deals.start_on, deals.origin_month,
        deals.end_on, deals.end_holds_from, deals.currency, deals.plan_version_id, deals.merge_decided_at, deals.hubspot_modified_at, deals.confirmed_at
    FROM deals
    JOIN partners ON partners.id = deals.partner_id
    JOIN clients ON clients.id = deals.client_id";

fn read_deal(row: &AnyRow) -> Result<DealRecord, StoreError> {
    Ok(DealRecord {
        id: row.parsed("id")?,
        lead: row.parsed("lead_id")?,
        partner: row.parsed("partner_id")?,
        partner_name: row.text("partner_name")?,
        client: row.parsed("client_id")?,
        client_name: row.text("client_name")?,
        hubspot_id: row.text("hubspot_id")?,
        name: row.text("name")?,
        pipeline: row.text("pipeline")?,
        stage: row.text("stage")?,
        state: row.word("state", DealState::parse)?,
        won_on: row.optional_parsed("won_on")?,
        lost_at: row.optional_instant("lost_at")?,
        start: row.optional_parsed("start_on")?,
        origin: row.optional_month("origin_month")?,
        end: row.optional_parsed("end_on")?,
        end_holds_from: row.optional_month("end_holds_from")?,
        currency: row.optional_parsed("currency")?,
        plan_version: row.optional_parsed("plan_version_id")?,
        merge_decided_at: row.optional_instant("merge_decided_at")?,
        hubspot_modified_at: row.instant("hubspot_modified_at")?,
        confirmed_at: row.instant("confirmed_at")?,
    })
}

pub async fn add(tx: &mut Tx, deal: &DealRecord, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO deals (id, lead_id, partner_id, client_id, hubspot_id, name, pipeline, stage, state, won_on, start_on, end_on,
             end_holds_from, currency, plan_version_id, hubspot_modified_at, confirmed_at, created_at, origin_month, lost_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        deal.id,
        deal.lead,
        deal.partner,
        deal.client,
        deal.hubspot_id,
        deal.name,
        deal.pipeline,
        deal.stage,
        deal.state,
        deal.won_on,
        deal.start,
        deal.end,
        deal.end_holds_from,
        deal.currency,
        deal.plan_version,
        deal.hubspot_modified_at,
        deal.confirmed_at,
        now,
        deal.origin,
        deal.lost_at,
    )?;
    Ok(())
}

/// Writes what a fresh reading says, of a deal that was read under its lock; whose deal it is never changes here.
pub async fn update(tx: &mut Tx, deal: &DealRecord) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "deal",
        "UPDATE deals SET hubspot_id = $2, name = $3, pipeline = $4, stage = $5, state = $6, won_on = $7, start_on = $8, end_on = $9,
             currency = $10, plan_version_id = $11, hubspot_modified_at = $12, confirmed_at = $13, merge_decided_at = $14,
             end_holds_from = $15, origin_month = $16, lost_at = $17
         WHERE id = $1",
        deal.id,
        deal.hubspot_id,
        deal.name,
        deal.pipeline,
        deal.stage,
        deal.state,
        deal.won_on,
        deal.start,
        deal.end,
        deal.currency,
        deal.plan_version,
        deal.hubspot_modified_at,
        deal.confirmed_at,
        deal.merge_decided_at,
        deal.end_holds_from,
        deal.origin,
        deal.lost_at,
    )
}

/// Gives deals another version of their plan.
pub async fn set_plan_version(
    tx: &mut Tx,
    ids: &[DealId],
    version: PlanVersionId,
) -> Result<(), StoreError> {
    for some in ids.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::from(values![version]);
        bound.extend(some.iter().map(Bind::value));
        let text = format!(
            "UPDATE deals SET plan_version_id = $1 WHERE id IN {}",
            places(1, some.len(), 2)
        );
        let actual = execute_many(tx, text, bound).await?;
        if actual != some.len() as u64 {
            return Err(StoreError::RowsAffected {
                what: "deals of a plan",
                actual,
            });
        }
    }
    Ok(())
}

pub async fn find(tx: &mut Tx, id: DealId) -> Result<Option<DealRecord>, StoreError> {
    row!(tx, sql!(DEAL, " WHERE deals.id = $1"), id)?
        .as_ref()
        .map(read_deal)
        .transpose()
}

/// Deals by their ids, oldest first; those that are not there are left out.
pub async fn list_by_ids(tx: &mut Tx, ids: &[DealId]) -> Result<Vec<DealRecord>, StoreError> {
    let rows = rows_of(tx, ids, |list| {
        format!("{DEAL} WHERE deals.id IN {list} ORDER BY deals.id")
    })
    .await?;
    all(&rows, read_deal)
}

pub async fn find_of_lead(tx: &mut Tx, lead: LeadId) -> Result<Option<DealRecord>, StoreError> {
    row!(tx, sql!(DEAL, " WHERE deals.lead_id = $1"), lead)?
        .as_ref()
        .map(read_deal)
        .transpose()
}

/// The deals of several leads.
pub async fn list_of_leads(tx: &mut Tx, leads: &[LeadId]) -> Result<Vec<DealRecord>, StoreError> {
    let rows = rows_of(tx, leads, |list| {
        format!("{DEAL} WHERE deals.lead_id IN {list} ORDER BY deals.id")
    })
    .await?;
    all(&rows, read_deal)
}

/// The deal of an id in the account that is mirrored now: another account may give the same number to something else.
pub async fn find_by_hubspot(
    tx: &mut Tx,
    hubspot_id: &str,
) -> Result<Option<DealRecord>, StoreError> {
    row!(
        tx,
        sql!(
            DEAL,
            " WHERE deals.hubspot_id = $1 AND deals.left_with IS NULL"
        ),
        hubspot_id
    )?
    .as_ref()
    .map(read_deal)
    .transpose()
}

/// Which of some ids in HubSpot are those of our deals.
pub async fn list_known(
    tx: &mut Tx,
    hubspot_ids: &[String],
) -> Result<BTreeSet<String>, StoreError> {
    let rows = rows_of(tx, hubspot_ids, |list| {
        format!("SELECT hubspot_id FROM deals WHERE left_with IS NULL AND hubspot_id IN {list}")
    })
    .await?;
    rows.iter().map(|row| row.text("hubspot_id")).collect()
}

/// The deals that a Reference can name, by HubSpot's ids: open, won, or with lines, or going on in another.
pub async fn list_named(
    tx: &mut Tx,
    hubspot_ids: &[String],
) -> Result<Vec<DealRecord>, StoreError> {
    let rows = rows_of(tx, hubspot_ids, |list| {
        format!(
            "{DEAL} WHERE deals.hubspot_id IN {list}
                AND (deals.state IN ('open', 'won') OR deals.merged_into IS NOT NULL OR EXISTS (SELECT 1 FROM lines WHERE lines.deal_id = deals.id))
              ORDER BY deals.id"
        )
    })
    .await?;
    all(&rows, read_deal)
}

/// Remembers in which deal one goes on.
pub async fn set_merged_into(tx: &mut Tx, id: DealId, into: DealId) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "deal",
        "UPDATE deals SET merged_into = $2 WHERE id = $1",
        id,
        into
    )
}

/// Of those that go on in another: in which, and since when. One that never had lines never stood for itself.
pub async fn list_survivors(
    tx: &mut Tx,
    ids: &[DealId],
) -> Result<Vec<(DealId, DealId, Timestamp)>, StoreError> {
    let rows = rows_of(tx, ids, |list| {
        format!(
            "SELECT deals.id, deals.merged_into,
                 CASE WHEN EXISTS (SELECT 1 FROM lines WHERE lines.deal_id = deals.id) THEN COALESCE(deals.merge_decided_at, 0) ELSE 0 END AS since
             FROM deals WHERE deals.merged_into IS NOT NULL AND deals.id IN {list}"
        )
    })
    .await?;
    all(&rows, |row| {
        Ok((
            row.parsed("id")?,
            row.parsed("merged_into")?,
            row.instant("since")?,
        ))
    })
}

/// All won deals, oldest first: what accrual and reconciliation work on.
pub async fn list_won(tx: &mut Tx) -> Result<Vec<DealRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(DEAL, " WHERE deals.state = 'won' ORDER BY deals.id")
        )?,
        read_deal,
    )
}

/// Won deals of partners that were not enrolled: they have no plan, and so no lines.
pub async fn list_won_without_plan(tx: &mut Tx) -> Result<Vec<DealRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                DEAL,
                " WHERE deals.state = 'won' AND deals.plan_version_id IS NULL ORDER BY deals.id"
            )
        )?,
        read_deal,
    )
}

/// A won deal as a partner's standing counts it: by the terms that hold at its start.
#[derive(Clone, Debug)]
pub struct WonBefore {
    pub deal: DealId,
    pub name: String,
    pub won_on: NaiveDate,
    pub terms: DealTerms,
}

/// The won deals of some partners: partner by partner, in the order in which they were won, those of one day by their ids.
pub async fn list_won_of_partners(
    tx: &mut Tx,
    partners: &[PartnerId],
) -> Result<Vec<(PartnerId, WonBefore)>, StoreError> {
    let rows = rows_of(tx, partners, |list| {
        format!(
            "SELECT deals.partner_id, deals.id, deals.name, deals.won_on, deals.start_on, deal_terms.from_month, deal_terms.value_minor,
                 deal_terms.currency, deal_terms.period
             FROM deals JOIN deal_terms ON deal_terms.deal_id = deals.id
             WHERE deals.partner_id IN {list} AND deals.state = 'won' AND deals.won_on IS NOT NULL
             ORDER BY deals.partner_id, deals.won_on, deals.id, deal_terms.from_month"
        )
    })
    .await?;
    let mut won: Vec<(PartnerId, WonBefore)> = Vec::with_capacity(rows.len());
    for row in &rows {
        let (deal, terms) = (row.parsed("id")?, read_terms(row)?);
        match won.last_mut() {
            Some((_, known)) if known.deal == deal => {
                let start: Option<NaiveDate> = row.optional_parsed("start_on")?;
                if start.is_some_and(|start| terms.from <= Month::of(start)) {
                    known.terms = terms;
                }
            }
            _ => {
                let one = WonBefore {
                    deal,
                    name: row.text("name")?,
                    won_on: row.parsed("won_on")?,
                    terms,
                };
                won.push((row.parsed("partner_id")?, one));
            }
        }
    }
    Ok(won)
}

/// A partner's deals that were won from a day on, until another: those whose standing the first may have moved.
pub async fn list_won_between(
    tx: &mut Tx,
    partner: PartnerId,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<DealRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            DEAL,
            " WHERE deals.partner_id = $1 AND deals.won_on >= $2 AND deals.won_on <= $3 ORDER BY deals.won_on, deals.id"
        ),
        partner,
        from,
        until,
    )?;
    all(&rows, read_deal)
}

/// The deals that a plan's versions hold for, with what each was won on, oldest first.
pub async fn list_of_plan(tx: &mut Tx, plan: PlanId) -> Result<Vec<DealRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            DEAL,
            " WHERE deals.plan_version_id IN (SELECT plan_versions.id FROM plan_versions WHERE plan_versions.plan_id = $1)
              ORDER BY deals.id"
        ),
        plan,
    )?;
    all(&rows, read_deal)
}

/// All deals of a partner, oldest first.
pub async fn list_of_partner(
    tx: &mut Tx,
    partner: PartnerId,
) -> Result<Vec<DealRecord>, StoreError> {
    list_of_partners(tx, &[partner]).await
}

/// The deals that a partner has lines of or may come to have: its own, and those whose lines it shares. Oldest first.
pub async fn list_earning(tx: &mut Tx, partner: PartnerId) -> Result<Vec<DealRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            DEAL,
            " WHERE deals.partner_id = $1 OR deals.id IN (SELECT deal_id FROM lines WHERE partner_id = $1) ORDER BY deals.id"
        ),
        partner
    )?;
    all(&rows, read_deal)
}

/// All deals of several partners, oldest first.
pub async fn list_of_partners(
    tx: &mut Tx,
    partners: &[PartnerId],
) -> Result<Vec<DealRecord>, StoreError> {
    let rows = rows_of(tx, partners, |list| {
        format!("{DEAL} WHERE deals.partner_id IN {list} ORDER BY deals.id")
    })
    .await?;
    all(&rows, read_deal)
}

/// The deals that versions of plans hold for.
pub async fn list_ids_of_versions(
    tx: &mut Tx,
    versions: &[PlanVersionId],
) -> Result<Vec<DealId>, StoreError> {
    let rows = rows_of(tx, versions, |list| {
        format!("SELECT id FROM deals WHERE plan_version_id IN {list} ORDER BY id")
    })
    .await?;
    all(&rows, |row| row.parsed("id"))
}

/// What is compared of a deal with HubSpot's.
#[derive(Clone, Debug)]
pub struct MirroredDeal {
    pub hubspot_id: String,
    pub name: String,
    pub pipeline: String,
    pub stage: String,
    pub state: DealState,
    /// HubSpot's id of its owner.
    pub owner: Option<String>,
    pub modified_at: Timestamp,
}

const MIRRORED: &str = "SELECT hubspot_id, name, pipeline, stage, state, hubspot_owner, hubspot_modified_at FROM deals";

fn read_mirrored(row: &AnyRow) -> Result<MirroredDeal, StoreError> {
    Ok(MirroredDeal {
        hubspot_id: row.text("hubspot_id")?,
        name: row.text("name")?,
        pipeline: row.text("pipeline")?,
        stage: row.text("stage")?,
        state: row.word("state", DealState::parse)?,
        owner: row.optional_text("hubspot_owner")?,
        modified_at: row.instant("hubspot_modified_at")?,
    })
}

/// Deals after one, by their ids in HubSpot, as they were last read: the open and won ones, and those of the others that were read since an instant.
pub async fn list_mirrored_after(
    tx: &mut Tx,
    hubspot_id: &str,
    read_since: Timestamp,
    limit: i64,
) -> Result<Vec<MirroredDeal>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            MIRRORED,
            " WHERE (state IN ('open', 'won') OR (confirmed_at >= $2 AND merged_into IS NULL)) AND left_with IS NULL AND hubspot_id > $1
              ORDER BY hubspot_id LIMIT $3"
        ),
        hubspot_id,
        read_since,
        limit,
    )?;
    all(&rows, read_mirrored)
}

/// Those of some deals, by their ids in HubSpot, that are known.
pub async fn list_mirrored(
    tx: &mut Tx,
    hubspot_ids: &[String],
) -> Result<Vec<MirroredDeal>, StoreError> {
    let rows = rows_of(tx, hubspot_ids, |list| {
        format!("{MIRRORED} WHERE hubspot_id IN {list}")
    })
    .await?;
    all(&rows, read_mirrored)
}

/// All deals after an id, oldest first.
pub async fn list_after(
    tx: &mut Tx,
    after: Option<DealId>,
    limit: i64,
) -> Result<Vec<DealRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                DEAL,
                " WHERE ($1 IS NULL OR deals.id > $1) ORDER BY deals.id LIMIT $2"
            ),
            after,
            limit,
        )?,
        read_deal,
    )
}

/// The deals that a client's money can be for: won now, or once won so that there are lines.
pub async fn list_of_client(tx: &mut Tx, client: ClientId) -> Result<Vec<DealRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            DEAL,
            " WHERE deals.client_id = $1
                AND (deals.state = 'won' OR EXISTS (SELECT 1 FROM lines WHERE lines.deal_id = deals.id))
              ORDER BY deals.id"
        ),
        client,
    )?;
    all(&rows, read_deal)
}

/// All deals of several clients: a document may be for one that is not won.
pub async fn list_of_clients(
    tx: &mut Tx,
    clients: &[ClientId],
) -> Result<Vec<DealRecord>, StoreError> {
    let rows = rows_of(tx, clients, |list| {
        format!("{DEAL} WHERE deals.client_id IN {list} ORDER BY deals.id")
    })
    .await?;
    all(&rows, read_deal)
}

/// Deals that were won, by a part of the client's or the deal's name, or by the id in HubSpot.
pub async fn search(tx: &mut Tx, text: &str, limit: i64) -> Result<Vec<DealRecord>, StoreError> {
    let Some(pattern) = pattern(text) else {
        return Ok(Vec::new());
    };
    let rows = rows!(
        tx,
        sql!(
            DEAL,
            " WHERE (deals.state = 'won' OR EXISTS (SELECT 1 FROM lines WHERE lines.deal_id = deals.id))
                AND (clients.name_key LIKE $1 ESCAPE '!' OR LOWER(deals.name) LIKE $1 ESCAPE '!' OR deals.hubspot_id = $2)
              ORDER BY clients.name_key, deals.id LIMIT $3"
        ),
        pattern,
        text.trim(),
        limit,
    )?;
    all(&rows, read_deal)
}

/// Gives two deals each other's id in HubSpot, and their leads too: what was merged into one lives on in the other.
pub async fn swap_hubspot_ids(
    tx: &mut Tx,
    one: &DealRecord,
    other: &DealRecord,
) -> Result<(), StoreError> {
    // No two may have the same id, even for a moment.
    let aside = format!("moving-{}", one.id);
    for (deal, hubspot_id) in [
        (one, aside.as_str()),
        (other, one.hubspot_id.as_str()),
        (one, other.hubspot_id.as_str()),
    ] {
        execute_one!(
            tx,
            "deal",
            "UPDATE deals SET hubspot_id = $2 WHERE id = $1",
            deal.id,
            hubspot_id,
        )?;
        execute_one!(
            tx,
            "lead",
            "UPDATE leads SET hubspot_deal_id = $2 WHERE id = $1",
            deal.lead,
            hubspot_id,
        )?;
    }
    Ok(())
}

/// Replaces the terms that hold from a month on.
pub async fn put_terms(
    tx: &mut Tx,
    deal: DealId,
    terms: &DealTerms,
    seen_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO deal_terms (deal_id, from_month, value_minor, currency, period, seen_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (deal_id, from_month) DO UPDATE
         SET value_minor = excluded.value_minor, currency = excluded.currency, period = excluded.period, seen_at = excluded.seen_at",
        deal,
        terms.from,
        terms.value.minor,
        terms.value.currency,
        terms.period,
        seen_at,
    )?;
    add_reading(tx, deal, terms, seen_at).await
}

/// Keeps what was read of a deal's terms for good. [`put_terms`] does; where terms that hold already are read again, so that later ones are gone, nothing else
/// says so.
pub async fn add_reading(
    tx: &mut Tx,
    deal: DealId,
    terms: &DealTerms,
    seen_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO terms_readings (deal_id, position, from_month, value_minor, currency, period, seen_at)
         SELECT $1, COALESCE(MAX(position), 0) + 1, $2, $3, $4, $5, $6 FROM terms_readings WHERE deal_id = $1",
        deal,
        terms.from,
        terms.value.minor,
        terms.value.currency,
        terms.period,
        seen_at,
    )?;
    Ok(())
}

/// All that was ever read of a deal's terms, in its order. Each holds from its month on, and what was said before of that month and later ones no more.
pub async fn list_readings(
    tx: &mut Tx,
    deal: DealId,
) -> Result<Vec<(DealTerms, Timestamp)>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT from_month, value_minor, currency, period, seen_at FROM terms_readings WHERE deal_id = $1 ORDER BY position",
        deal,
    )?;
    all(&rows, read_seen_terms)
}

/// Forgets all terms of a deal, as when nothing of it has been earned and its start moved.
pub async fn clear_terms(tx: &mut Tx, deal: DealId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM deal_terms WHERE deal_id = $1", deal)?;
    Ok(())
}

/// Forgets the terms that were to hold from a month on or later.
pub async fn remove_terms_from(tx: &mut Tx, deal: DealId, from: Month) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM deal_terms WHERE deal_id = $1 AND from_month >= $2",
        deal,
        from
    )?;
    Ok(())
}

/// Oldest first.
pub async fn list_terms(tx: &mut Tx, deal: DealId) -> Result<Vec<DealTerms>, StoreError> {
    let seen = list_seen_terms(tx, deal).await?;
    Ok(seen.into_iter().map(|(terms, _)| terms).collect())
}

/// The terms of several deals: deal by deal, oldest first.
pub async fn list_terms_of_deals(
    tx: &mut Tx,
    deals: &[DealId],
) -> Result<Vec<(DealId, DealTerms)>, StoreError> {
    let rows = rows_of(tx, deals, |list| {
        format!(
            "SELECT deal_id, from_month, value_minor, currency, period FROM deal_terms WHERE deal_id IN {list} ORDER BY deal_id, from_month"
        )
    })
    .await?;
    all(&rows, |row| Ok((row.parsed("deal_id")?, read_terms(row)?)))
}

/// Oldest first, each with when it was read from HubSpot.
pub async fn list_seen_terms(
    tx: &mut Tx,
    deal: DealId,
) -> Result<Vec<(DealTerms, Timestamp)>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT from_month, value_minor, currency, period, seen_at FROM deal_terms WHERE deal_id = $1 ORDER BY from_month",
        deal,
    )?;
    all(&rows, read_seen_terms)
}

fn read_seen_terms(row: &AnyRow) -> Result<(DealTerms, Timestamp), StoreError> {
    Ok((read_terms(row)?, row.instant("seen_at")?))
}

fn read_terms(row: &AnyRow) -> Result<DealTerms, StoreError> {
    let period = row.text("period")?;
    Ok(DealTerms {
        from: row.month("from_month")?,
        value: row.money("value_minor")?,
        period: BillingPeriod::parse(&period).map_err(|_| StoreError::Inconsistent {
            column: "period",
            value: period,
        })?,
    })
}

/// HubSpot has these deals as we do.
pub async fn confirm(tx: &mut Tx, hubspot_ids: &[&str], now: Timestamp) -> Result<(), StoreError> {
    if hubspot_ids.is_empty() {
        return Ok(());
    }
    let mut bound = Vec::from(values![now]);
    bound.extend(hubspot_ids.iter().map(Bind::value));
    let text = format!(
        "UPDATE deals SET confirmed_at = $1 WHERE hubspot_id IN {}",
        places(1, hubspot_ids.len(), 2)
    );
    execute_many(tx, text, bound).await?;
    Ok(())
}

/// Since when the open and won deal is unconfirmed whose reading is the oldest.
pub async fn find_oldest_reading(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    row!(
        tx,
        "SELECT MIN(confirmed_at) AS oldest FROM deals WHERE state IN ('open', 'won') AND left_with IS NULL"
    )?
    .map_or(Ok(None), |row| row.optional_instant("oldest"))
}
