//! Recomputing: every line of the books once more by the rules of today, out of packs that hold a partner's deals and amounts in few bytes. What `verify`
//! proves from the rows in minutes for millions of lines, this says in about a second: that a new version of the portal prices no old line anew.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use itertools::Itertools as _;
use portal_domain::{
    calendar::Month,
    deal::{DealState, DealTerms, held_from},
    ids::{DealId, LineId, PartnerId, PlanVersionId},
    line::LineKind,
    pack::{HeldLine, Pack, PackedDeal, Recomputed, Recomputer},
    plan::PlanTerms,
};
use portal_store::{
    Tx,
    deals::{self, DealRecord},
    exceptions,
    packs::{self, LineToPack},
    plans,
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    Ctx, ServiceError,
    books::{self, About, Finding},
};

/// How many partners are read, and computed by one processor, at once.
const PARTNERS_AT_ONCE: i64 = 1_000;
/// How many are packed by one round of queries.
const PACKED_AT_ONCE: usize = 200;
/// The first byte of a pack: raised when what follows is written in another way.
const FORMAT: u8 = 1;
/// What is wrong with a deal whose lines are not what the rules say.
const KIND: &str = "lines_differ";
/// A position that no schedule knows: where a line stands that its deal's start has moved past, and that is still worth something.
const NOWHERE: u32 = 0xffff;

type Plans = Arc<HashMap<PlanVersionId, PlanTerms>>;
type Bodies = Vec<(PartnerId, Vec<u8>)>;

/// Computes all lines again. Partners whose packs are stale are packed first, and kept for the next time.
pub async fn recompute(ctx: &Ctx) -> Result<Recomputed, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let plans: HashMap<PlanVersionId, PlanTerms> = plans::list_versions(&mut tx)
        .await?
        .into_iter()
        .map(|version| (version.id, version.terms))
        .collect();
    let plans = Arc::new(plans);
    let mut parts = JoinSet::new();
    let mut made = Vec::new();
    let mut last = None;
    loop {
        let page = packs::list_after(&mut tx, last, PARTNERS_AT_ONCE).await?;
        let Some(partner) = page.last() else { break };
        last = Some(partner.partner);
        let mut bodies: Bodies = Vec::with_capacity(page.len());
        let mut stale = BTreeMap::new();
        for record in page {
            match record.body.filter(|body| body.first() == Some(&FORMAT)) {
                Some(body) => bodies.push((record.partner, body)),
                None => {
                    stale.insert(record.partner, record.version);
                }
            }
        }
        for (partner, body) in pack_all(&mut tx, stale.keys().copied().collect()).await? {
            // Read in one moment with what it was made of: if it is stale by now, it is so by its version.
            made.push((partner, stale[&partner], body.clone()));
            bodies.push((partner, body));
        }
        let plans = Arc::clone(&plans);
        parts.spawn_blocking(move || compute(&plans, &bodies));
    }
    drop(tx);
    let mut recomputed = Recomputed::default();
    while let Some(part) = parts.join_next().await {
        let part = part.map_err(|error| ServiceError::Inconsistent(error.to_string()))?;
        recomputed.merge(part?);
    }
    for some in made.chunks(PACKED_AT_ONCE) {
        let mut tx = ctx.store.write().await?;
        packs::put_all(&mut tx, some).await?;
        tx.commit().await?;
    }
    Ok(recomputed)
}

fn compute(plans: &Plans, bodies: &Bodies) -> Result<Recomputed, ServiceError> {
    let mut recomputer = Recomputer::default();
    for (partner, body) in bodies {
        let pack: Pack = postcard::from_bytes(&body[1..])
            .map_err(|error| ServiceError::Inconsistent(format!("pack of {partner}: {error}")))?;
        recomputer.recompute(*partner, &pack, |version| plans.get(&version));
    }
    Ok(recomputer.finish())
}

/// Packs partners out of the rows.
async fn pack_all(tx: &mut Tx, partners: Vec<PartnerId>) -> Result<Bodies, ServiceError> {
    let mut bodies = Vec::with_capacity(partners.len());
    for some in partners.chunks(PACKED_AT_ONCE) {
        let found = deals::list_of_partners(tx, some).await?;
        let ids: Vec<DealId> = found.iter().map(|deal| deal.id).collect();
        let terms = deals::list_terms_of_deals(tx, &ids).await?;
        let mut terms = terms.into_iter().into_group_map();
        let lines = packs::list_lines(tx, some).await?.into_iter();
        let mut lines = lines.into_group_map_by(|line| line.deal);
        let mut packs: HashMap<PartnerId, Vec<PackedDeal>> = HashMap::new();
        for deal in in_order_of_winning(found) {
            let lines = lines.remove(&deal.id).unwrap_or_default();
            let terms = terms.remove(&deal.id).unwrap_or_default();
            let of_partner = packs.entry(deal.partner).or_default();
            of_partner.extend(pack_deal(&deal, &terms, &lines));
        }
        for partner in some {
            let pack = Pack {
                deals: packs.remove(partner).unwrap_or_default(),
            };
            let body = postcard::to_extend(&pack, vec![FORMAT])
                .map_err(|error| ServiceError::Inconsistent(error.to_string()))?;
            bodies.push((*partner, body));
        }
    }
    Ok(bodies)
}

fn in_order_of_winning(mut found: Vec<DealRecord>) -> Vec<DealRecord> {
    found.sort_by_key(|deal| (deal.won_on, deal.id));
    found
}

/// None for a deal that has no schedule.
fn pack_deal(deal: &DealRecord, terms: &[DealTerms], lines: &[LineToPack]) -> Option<PackedDeal> {
    let (won_on, start, version) = (deal.won_on?, deal.start?, deal.plan_version?);
    if terms.is_empty() {
        return None;
    }
    let mut corrections: HashMap<LineId, i64> = HashMap::new();
    for line in lines {
        if let (LineKind::Adjustment, false, Some(corrects)) =
            (line.kind, line.is_entered, line.corrects)
        {
            *corrections.entry(corrects).or_default() += line.amount_minor;
        }
    }
    let of_schedule = lines.iter().filter(|line| line.kind.is_of_schedule());
    let held = of_schedule.filter_map(|line| {
        let index = u32::try_from(line.position - deal.first_position()).ok();
        // There is a bonus of the first month alone.
        let index = index.filter(|index| line.kind == LineKind::Scheduled || *index == 0);
        let amount_minor = line.amount_minor + corrections.get(&line.id).copied().unwrap_or(0);
        let (kind, position) = match index {
            Some(index) => (line.kind, index),
            None => (LineKind::Scheduled, NOWHERE),
        };
        // What the schedule does not know any more was taken back, down to nothing.
        (index.is_some() || amount_minor != 0).then_some(HeldLine {
            kind,
            partner: line.partner,
            position,
            amount_minor,
        })
    });
    Some(PackedDeal::new(
        deal.id,
        deal.partner,
        version,
        (won_on, deal.state == DealState::Won),
        Month::of(start),
        held_from(terms, Month::of(start)),
        held.collect(),
    ))
}

/// Recomputes, and opens a case for each deal whose lines are not what the rules say; those that are again what they say are closed.
pub async fn check(ctx: &Ctx) -> Result<Recomputed, ServiceError> {
    let recomputed = recompute(ctx).await?;
    let mut differing: BTreeMap<DealId, (usize, i128)> = BTreeMap::new();
    for line in &recomputed.differing {
        let (lines, difference) = differing.entry(line.deal).or_default();
        *lines += 1;
        *difference += i128::from(line.computed_minor.unwrap_or(0));
        *difference -= i128::from(line.held.amount_minor);
    }
    let mut tx = ctx.store.write().await?;
    let known: BTreeSet<DealId> = exceptions::list_open_of_kind(&mut tx, KIND)
        .await?
        .into_iter()
        .filter_map(|open| open.deal)
        .collect();
    let mut findings: Vec<Finding<'_>> = known
        .into_iter()
        .filter(|deal| !differing.contains_key(deal))
        .map(|deal| Finding::new(KIND, About::Deal(deal), None))
        .collect();
    let deals: Vec<DealId> = differing.keys().copied().collect();
    for deal in deals::list_by_ids(&mut tx, &deals).await? {
        let (lines, difference) = differing[&deal.id];
        let facts = json!({
            "lines": lines,
            "difference_minor": i64::try_from(difference).unwrap_or(i64::MAX),
            "currency": deal.currency,
        });
        findings.push(Finding::new(KIND, About::Deal(deal.id), Some(facts)));
    }
    books::settle_findings(ctx, &mut tx, &findings).await?;
    tx.commit().await?;
    Ok(recomputed)
}
