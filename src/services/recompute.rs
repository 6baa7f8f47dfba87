//! Recomputing: every line of the books once more by the rules of today, out of packs that hold partners' deals and amounts in few bytes. What `verify`
//! proves from the rows in minutes for millions of lines, this says in a fraction of a second: that a new version of the portal prices no old line anew.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use chrono::NaiveDate;
use itertools::Itertools as _;
use portal_domain::{
    calendar::Month,
    deal::{DealState, DealTerms, held_from},
    ids::{DealId, LineId, PartnerId, PlanVersionId},
    line::LineKind,
    pack::{
        BadPack, Bundle, Bundled, DealPlace, DealToPack, Differing, HeldLine, OpenBundle,
        Recomputed, Recomputer,
    },
    plan::PlanTerms,
};
use portal_store::{
    Tx,
    deals::{self, DealRecord},
    exceptions,
    packs::{self, BundleRecord, LineToPack},
    plans,
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    Ctx, ServiceError,
    books::{self, About, Finding},
};

/// How many bundles are read, and computed by one processor, at once.
const BUNDLES_AT_ONCE: i64 = 8;
/// How many such parts wait to be computed at most, so that memory does not hold all.
const PARTS_MAX: usize = 16;
/// How many renewed bundles are written at once.
const WRITTEN_AT_ONCE: usize = 64;
/// How many partners are packed by one round of queries.
const PACKED_AT_ONCE: usize = 200;
/// What is wrong with a deal whose lines are not what the rules say.
const KIND: &str = "lines_differ";

/// A few comparisons find one of a few sooner than a hash does.
type Plans = Arc<BTreeMap<PlanVersionId, PlanTerms>>;

/// Computes all lines again. Partners whose packs are stale are packed first, and kept for the next time.
pub async fn recompute(ctx: &Ctx) -> Result<Recomputed<DealId>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let plans: BTreeMap<PlanVersionId, PlanTerms> = plans::list_versions(&mut tx)
        .await?
        .into_iter()
        .map(|version| (version.id, version.terms))
        .collect();
    let plans = Arc::new(plans);
    let mut recomputed = Recomputed::default();
    let mut parts = JoinSet::new();
    let mut renewed = Vec::new();
    let mut last = String::new();
    loop {
        let mut page = packs::list_after(&mut tx, &last, BUNDLES_AT_ONCE).await?;
        let Some(bundle) = page.last() else { break };
        last.clone_from(&bundle.bucket);
        // Read in one moment with what they are made of: if one is stale by now, it is so by its versions.
        renewed.extend(renew(&mut tx, &mut page).await?);
        if renewed.len() >= WRITTEN_AT_ONCE {
            keep(ctx, &mut renewed).await?;
        }
        let plans = Arc::clone(&plans);
        parts.spawn_blocking(move || compute(&plans, &page));
        if parts.len() >= PARTS_MAX
            && let Some(part) = parts.join_next().await
        {
            recomputed.merge(part.map_err(broken)?.map_err(broken)?);
        }
    }
    while let Some(part) = parts.join_next().await {
        recomputed.merge(part.map_err(broken)?.map_err(broken)?);
    }
    let recomputed = name_deals(&mut tx, recomputed).await?;
    drop(tx);
    keep(ctx, &mut renewed).await?;
    Ok(recomputed)
}

/// Finds the deals that differ by their places, of the rows that their packs were made of.
async fn name_deals(
    tx: &mut Tx,
    recomputed: Recomputed<DealPlace>,
) -> Result<Recomputed<DealId>, ServiceError> {
    let owners: BTreeSet<PartnerId> = recomputed
        .differing
        .iter()
        .map(|line| line.deal.owner)
        .collect();
    let owners: Vec<PartnerId> = owners.into_iter().collect();
    let mut ids: HashMap<PartnerId, Vec<DealId>> = HashMap::new();
    for some in owners.chunks(PACKED_AT_ONCE) {
        for (deal, _) in list_packable(tx, some).await? {
            ids.entry(deal.partner).or_default().push(deal.id);
        }
    }
    let name = |line: Differing<DealPlace>| {
        let DealPlace { owner, place } = line.deal;
        let of_owner = ids.get(&owner);
        let deal = of_owner.and_then(|ids| ids.get(place as usize));
        Ok(Differing {
            deal: *deal.ok_or(BadPack).map_err(broken)?,
            held: line.held,
            computed_minor: line.computed_minor,
        })
    };
    let differing = recomputed.differing.into_iter().map(name);
    Ok(Recomputed {
        deals: recomputed.deals,
        lines: recomputed.lines,
        sum_minor: recomputed.sum_minor,
        differing: differing.collect::<Result<_, ServiceError>>()?,
    })
}

fn broken(error: impl std::error::Error) -> ServiceError {
    ServiceError::Inconsistent(error.to_string())
}

async fn keep(ctx: &Ctx, renewed: &mut Vec<BundleRecord>) -> Result<(), ServiceError> {
    if renewed.is_empty() {
        return Ok(());
    }
    let mut tx = ctx.store.write().await?;
    for bundle in renewed.drain(..) {
        packs::put(&mut tx, &bundle).await?;
    }
    Ok(tx.commit().await?)
}

fn compute(plans: &Plans, bundles: &[BundleRecord]) -> Result<Recomputed<DealPlace>, BadPack> {
    let mut recomputer = Recomputer::default();
    for bundle in bundles {
        let open = OpenBundle::open(&bundle.body).ok_or(BadPack)?;
        let plans: Vec<Option<&PlanTerms>> = open.plans.iter().map(|id| plans.get(id)).collect();
        let plan_of = |place: u32| plans.get(place as usize).copied().flatten();
        for bundled in open.packs() {
            let bundled = bundled?;
            recomputer.recompute(bundled.partner()?, bundled.pack, plan_of)?;
        }
    }
    Ok(recomputer.finish())
}

/// Makes the stale ones among some bundles anew, of the packs that are still good and of the rows of the other partners. Returns those that it made.
async fn renew(
    tx: &mut Tx,
    bundles: &mut [BundleRecord],
) -> Result<Vec<BundleRecord>, ServiceError> {
    let is_good =
        |bundle: &BundleRecord| bundle.is_fresh && OpenBundle::open(&bundle.body).is_some();
    let stale = bundles.iter_mut().filter(|bundle| !is_good(bundle));
    let stale: Vec<&mut BundleRecord> = stale.collect();
    let buckets: Vec<&str> = stale.iter().map(|bundle| bundle.bucket.as_str()).collect();
    let of_buckets = packs::list_versions(tx, &buckets).await?;
    let mut of_buckets = of_buckets
        .into_iter()
        .into_group_map_by(|partner| partner.bucket.clone());
    let mut renewed = Vec::with_capacity(stale.len());
    for bundle in stale {
        let partners = of_buckets.remove(&bundle.bucket).unwrap_or_default();
        let before = OpenBundle::open(&bundle.body);
        let known: HashMap<PartnerId, Bundled<'_>> = before
            .iter()
            .flat_map(OpenBundle::packs)
            .map_while(Result::ok)
            .filter_map(|bundled| Some((bundled.partner().ok()?, bundled)))
            .collect();
        let good = |partner: PartnerId, version: i64| {
            let bundled = known.get(&partner);
            bundled.filter(|bundled| bundled.version == version)
        };
        let changed = partners
            .iter()
            .filter(|one| good(one.partner, one.version).is_none())
            .map(|one| one.partner)
            .collect();
        let mut to_pack = list_to_pack(tx, changed).await?;
        let mut body = before
            .as_ref()
            .map_or_else(Bundle::default, OpenBundle::like);
        for one in &partners {
            let added = match good(one.partner, one.version) {
                Some(bundled) => body.keep(bundled),
                None => {
                    let deals = to_pack.remove(&one.partner).unwrap_or_default();
                    body.add(one.partner, one.version, deals)
                }
            };
            added.map_err(broken)?;
        }
        bundle.body = body.into_bytes().map_err(broken)?;
        renewed.push(bundle.clone());
    }
    Ok(renewed)
}

/// What partners' packs are made of, out of the rows.
async fn list_to_pack(
    tx: &mut Tx,
    partners: Vec<PartnerId>,
) -> Result<HashMap<PartnerId, Vec<DealToPack>>, ServiceError> {
    let mut to_pack: HashMap<PartnerId, Vec<DealToPack>> = HashMap::with_capacity(partners.len());
    for some in partners.chunks(PACKED_AT_ONCE) {
        let found = list_packable(tx, some).await?;
        let lines = packs::list_lines(tx, some).await?.into_iter();
        let mut lines = lines.into_group_map_by(|line| line.deal);
        for (deal, basis) in found {
            let lines = lines.remove(&deal.id).unwrap_or_default();
            let of_partner = to_pack.entry(deal.partner).or_default();
            of_partner.push(basis.with_lines(&deal, &lines));
        }
    }
    Ok(to_pack)
}

/// What a deal has a schedule by.
struct PackBasis {
    won_on: NaiveDate,
    start: Month,
    version: PlanVersionId,
    /// Not empty.
    terms: Vec<DealTerms>,
}

/// The deals of partners that have a schedule, in the order of winning.
async fn list_packable(
    tx: &mut Tx,
    partners: &[PartnerId],
) -> Result<Vec<(DealRecord, PackBasis)>, ServiceError> {
    let found = deals::list_of_partners(tx, partners).await?;
    let ids: Vec<DealId> = found.iter().map(|deal| deal.id).collect();
    let terms = deals::list_terms_of_deals(tx, &ids).await?;
    let mut terms = terms.into_iter().into_group_map();
    let packable = in_order_of_winning(found).into_iter().filter_map(|deal| {
        let terms = terms.remove(&deal.id).unwrap_or_default();
        let basis = PackBasis::of(&deal, terms)?;
        Some((deal, basis))
    });
    Ok(packable.collect())
}

fn in_order_of_winning(mut found: Vec<DealRecord>) -> Vec<DealRecord> {
    found.sort_by_key(|deal| (deal.won_on, deal.id));
    found
}

impl PackBasis {
    fn of(deal: &DealRecord, terms: Vec<DealTerms>) -> Option<Self> {
        let (won_on, start, version) = (deal.won_on?, Month::of(deal.start?), deal.plan_version?);
        if terms.is_empty() {
            return None;
        }
        Some(Self {
            won_on,
            start,
            version,
            terms: held_from(&terms, start).to_vec(),
        })
    }

    fn with_lines(self, deal: &DealRecord, lines: &[LineToPack]) -> DealToPack {
        let mut corrections: HashMap<LineId, i64> = HashMap::new();
        for line in lines {
            if let (LineKind::Adjustment, false, Some(corrects)) =
                (line.kind, line.is_entered, line.corrects)
            {
                let sum = corrections.entry(corrects).or_default();
                // What no amount holds differs from whatever the rules say, as it should.
                *sum = sum.saturating_add(line.amount_minor);
            }
        }
        let of_schedule = lines.iter().filter(|line| line.kind.is_of_schedule());
        let held = of_schedule.map(|line| HeldLine {
            kind: line.kind,
            partner: line.partner,
            index: i32::try_from(line.position - deal.first_position()).unwrap_or(i32::MAX),
            amount_minor: corrections.get(&line.id).map_or(line.amount_minor, |sum| {
                sum.saturating_add(line.amount_minor)
            }),
        });
        DealToPack {
            owner: deal.partner,
            version: self.version,
            won_on: self.won_on,
            is_won: deal.state == DealState::Won,
            start: self.start,
            terms: self.terms,
            lines: held.collect(),
        }
    }
}

/// Recomputes, and opens a case for each deal whose lines are not what the rules say; those that are again what they say are closed.
pub async fn check(ctx: &Ctx) -> Result<Recomputed<DealId>, ServiceError> {
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
