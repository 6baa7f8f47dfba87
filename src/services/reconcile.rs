//! Reconciliation: which months of a deal the client's money reaches, and what does not fit. The client's money decides; how far it reaches is computed
//! in the domain's `coverage`, from what is stored, so that doing it again changes nothing. Which deal an invoice is for is `links`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use itertools::Itertools as _;
use portal_domain::{
    calendar::Month,
    coverage::{
        Collected, Coverage, collected_by_share, collected_net, cover, less_waived, missing,
    },
    deal::DealState,
    ids::{DealId, PartnerId, PlanVersionId},
    line::{FirstState, LineKind, LineState},
    money::{Currency, Exact, Money, MoneyError, Rate, add, multiply, round_half_even, subtract},
    remote::{RemoteCredit, RemoteInvoice},
};
use portal_store::{
    Tx, changes,
    credits::{self, CreditRecord},
    deals::{self, DealRecord},
    invoices::{self, InvoiceLink, InvoiceRecord, NewFill},
    lines::{self, LineRecord},
    plans::{self, PlanVersionRecord},
    waivers::{self, WaiverRecord},
};
use serde_json::{Value, json};

use crate::{
    Ctx, ServiceError,
    books::{self, About, Books, Finding, NewLine, Price},
    documents::Document,
    schedules::{Basis, DEALS_AT_ONCE, adjustments_of, follow_schedule},
};

/// A deal with all that its money says: read together, judged together.
#[derive(Clone)]
pub(crate) struct DealMoney {
    pub deal: DealRecord,
    pub lines: Vec<LineRecord>,
    /// Oldest first.
    pub invoices: Vec<InvoiceRecord>,
    pub credits: Vec<CreditRecord>,
    pub waivers: Vec<WaiverRecord>,
    /// t: which share of a month may be missing.
    pub tolerance: Rate,
}

/// A deal with all that is known of it.
pub(crate) struct KnownDeal {
    /// What its lines rest on; none without a plan or terms, and an error where no amount holds it.
    pub basis: Result<Option<Basis>, MoneyError>,
    pub money: DealMoney,
}

/// A month of a deal that money can reach, with the lines that hang on it: each partner's of a split, and the bonus on the first.
pub(crate) struct DealMonth<'a> {
    pub month: Month,
    pub lines: Vec<&'a LineRecord>,
    /// m by what the deal says now, before anything was waived.
    pub base: Exact,
    /// m by what the lines on a statement say, if that is less than by what the deal says now.
    owed: Exact,
    /// The same by what the last adjustments on a statement say.
    owed_as_stated: Exact,
    /// m by what the deal says now.
    pub owed_now: Exact,
}

/// How far the client's money reaches, counted over [`DealMoney::months`].
pub(crate) struct Reach {
    /// So many months are covered, by what each line on a statement says the client owes.
    pub months: usize,
    /// The same by what the adjustments on a statement say.
    pub stated_months: usize,
    /// The same by what the deal says by now, which is more where a statement was adjusted upwards.
    pub adjusted_months: usize,
    /// Month, invoice and minor units, in order.
    pub fills: Vec<(Month, String, i64)>,
}

impl Reach {
    /// Whether the money reaches a line of a month: what is frozen by what it says, everything else by what the deal says now.
    pub fn reaches(&self, place: usize, line: &LineRecord) -> bool {
        if line.state.is_stated() {
            place < self.months
        } else {
            place < self.adjusted_months
        }
    }
}

impl KnownDeal {
    /// Reads some deals, kind by kind and not deal by deal; they stay in their order.
    pub async fn load_all(tx: &mut Tx, deals: Vec<DealRecord>) -> Result<Vec<Self>, ServiceError> {
        let versions = list_versions(tx).await?;
        Self::load_by(tx, deals, |deal| versions.get(&deal.plan_version?)).await
    }

    /// The same, as if each deal had that version of a plan.
    pub async fn load_as(
        tx: &mut Tx,
        deals: Vec<DealRecord>,
        version: &PlanVersionRecord,
    ) -> Result<Vec<Self>, ServiceError> {
        Self::load_by(tx, deals, |_| Some(version)).await
    }

    async fn load_by<'a>(
        tx: &mut Tx,
        deals: Vec<DealRecord>,
        version_of: impl Fn(&DealRecord) -> Option<&'a PlanVersionRecord>,
    ) -> Result<Vec<Self>, ServiceError> {
        let with_version = deals
            .iter()
            .filter_map(|deal| Some((deal.clone(), version_of(deal)?.clone())));
        let mut bases = Basis::load_all(tx, with_version.collect()).await?;
        let (invoices, credits) = list_documents(tx, &deals).await?;
        let monies = DealMoney::load_by(tx, deals, &invoices, &credits, version_of).await?;
        let known = monies.into_iter().map(|money| Self {
            basis: bases.remove(&money.deal.id).transpose(),
            money,
        });
        Ok(known.collect())
    }
}

/// All versions of all plans, by their ids.
pub(crate) async fn list_versions(
    tx: &mut Tx,
) -> Result<HashMap<PlanVersionId, PlanVersionRecord>, ServiceError> {
    let versions = plans::list_versions(tx).await?.into_iter();
    Ok(versions.map(|version| (version.id, version)).collect())
}

/// What was waived in the currency that a deal has now.
pub(crate) fn waived_in(
    currency: Option<Currency>,
    mut waivers: Vec<WaiverRecord>,
) -> Vec<WaiverRecord> {
    waivers.retain(|waiver| Some(waiver.money.currency) == currency);
    waivers
}

/// The invoices and credit notes of some deals, oldest first.
async fn list_documents(
    tx: &mut Tx,
    deals: &[DealRecord],
) -> Result<(Vec<InvoiceRecord>, Vec<CreditRecord>), ServiceError> {
    let ids: Vec<DealId> = deals.iter().map(|deal| deal.id).collect();
    let invoices = invoices::list_for(tx, &ids, &[]).await?;
    Ok((invoices, credits::list_for(tx, &ids, &[]).await?))
}

impl DealMoney {
    pub async fn load(tx: &mut Tx, deal: DealRecord) -> Result<Self, ServiceError> {
        let missing = || ServiceError::Inconsistent("a deal was read and is not there".to_owned());
        let found = Self::load_all(tx, vec![deal]).await?;
        found.into_iter().next().ok_or_else(missing)
    }

    /// The same of many deals, in their order: read kind by kind and not deal by deal.
    pub async fn load_all(tx: &mut Tx, deals: Vec<DealRecord>) -> Result<Vec<Self>, ServiceError> {
        let (invoices, credits) = list_documents(tx, &deals).await?;
        Self::load_with(tx, deals, &invoices, &credits).await
    }

    /// The same, out of documents that were read before; those of other deals among them do no harm. Both are oldest first.
    pub async fn load_with(
        tx: &mut Tx,
        deals: Vec<DealRecord>,
        invoices: &[InvoiceRecord],
        credits: &[CreditRecord],
    ) -> Result<Vec<Self>, ServiceError> {
        let versions = list_versions(tx).await?;
        let version_of = |deal: &DealRecord| versions.get(&deal.plan_version?);
        Self::load_by(tx, deals, invoices, credits, version_of).await
    }

    async fn load_by<'a>(
        tx: &mut Tx,
        deals: Vec<DealRecord>,
        invoices: &[InvoiceRecord],
        credits: &[CreditRecord],
        version_of: impl Fn(&DealRecord) -> Option<&'a PlanVersionRecord>,
    ) -> Result<Vec<Self>, ServiceError> {
        let ids: Vec<DealId> = deals.iter().map(|deal| deal.id).collect();
        let lines = lines::list_of_deals(tx, &ids).await?.into_iter();
        let mut lines = lines.into_group_map_by(|line| line.deal);
        let waivers = waivers::list_of_deals(tx, &ids).await?;
        let mut waivers = waivers.into_iter().into_group_map();
        let links = invoices.iter().flat_map(|invoice| {
            let links = invoice.links.iter();
            links.map(|link| (link.deal, invoice.clone()))
        });
        let mut invoices_of = links.into_group_map();
        let links = credits.iter().flat_map(|credit| {
            let links = credit.links.iter();
            links.map(|link| (link.deal, credit.clone()))
        });
        let mut credits_of = links.into_group_map();
        let monies = deals.into_iter().map(|deal| Self {
            lines: lines.remove(&deal.id).unwrap_or_default(),
            invoices: invoices_of.remove(&deal.id).unwrap_or_default(),
            credits: credits_of.remove(&deal.id).unwrap_or_default(),
            waivers: waived_in(deal.currency, waivers.remove(&deal.id).unwrap_or_default()),
            tolerance: version_of(&deal).map_or(Rate::ZERO, |version| version.terms.tolerance),
            deal,
        });
        Ok(monies.collect())
    }

    /// The months that money can reach, in order. A month whose line a person refused still takes the client's money.
    ///
    /// # Errors
    /// `TooLarge` where 128 bits do not hold what is left of a waived month.
    pub fn months(&self) -> Result<Vec<DealMonth<'_>>, MoneyError> {
        let mut by_position: BTreeMap<i64, Vec<&LineRecord>> = BTreeMap::new();
        for line in &self.lines {
            let stands = line.state != LineState::Cancelled || line.is_refused;
            if line.kind.is_of_schedule() && stands {
                by_position.entry(line.position).or_default().push(line);
            }
        }
        let months = by_position.into_values();
        let mut months: Vec<DealMonth<'_>> =
            months.filter_map(|lines| self.month_of(lines)).collect();
        self.waive(&mut months)?;
        Ok(months)
    }

    /// Lowers what months owe by what a person waived, whichever of their values is asked for.
    fn waive(&self, months: &mut [DealMonth<'_>]) -> Result<(), MoneyError> {
        let mut waived: BTreeMap<usize, i128> = BTreeMap::new();
        for waiver in &self.waivers {
            let place = months.iter().position(|month| month.month == waiver.month);
            if let Some(place) = place {
                *waived.entry(place).or_default() += i128::from(waiver.money.minor);
            }
        }
        if waived.is_empty() {
            return Ok(());
        }
        let values: [for<'a, 'b> fn(&'a mut DealMonth<'b>) -> &'a mut Exact; 3] = [
            |month| &mut month.owed,
            |month| &mut month.owed_as_stated,
            |month| &mut month.owed_now,
        ];
        for value in values {
            let bases: Vec<Exact> = months.iter_mut().map(|month| *value(month)).collect();
            for (month, owed) in months.iter_mut().zip(less_waived(&bases, &waived)?) {
                *value(month) = owed;
            }
        }
        Ok(())
    }

    /// Whether the deal has come to start after a month: nothing is owed for that any more, and what was stated of it is taken back.
    pub fn is_before_start(&self, month: Month) -> bool {
        self.deal
            .start
            .is_some_and(|start| month < Month::of(start))
    }

    fn month_of<'a>(&'a self, lines: Vec<&'a LineRecord>) -> Option<DealMonth<'a>> {
        let scheduled = || lines.iter().filter(|line| line.kind == LineKind::Scheduled);
        // A bonus that is on a statement stays where its month's own line is cancelled.
        let first = scheduled().next().or(lines.first())?;
        if self.is_before_start(first.month) {
            let nothing = Exact::from_integer(0);
            return Some(DealMonth {
                month: first.month,
                base: nothing,
                owed: nothing,
                owed_as_stated: nothing,
                owed_now: nothing,
                lines,
            });
        }
        let open = scheduled().find(|line| !line.state.is_stated() && !line.is_refused);
        let now = open.map_or_else(
            || {
                let last = scheduled()
                    .flat_map(|line| adjustments_of(&self.lines, line.id))
                    .max_by_key(|adjustment| adjustment.position);
                let adjusted = last.map_or(first.base, |adjustment| adjustment.base);
                first.charged.unwrap_or(adjusted)
            },
            |open| open.base,
        );
        let then = scheduled().map(|line| line.base).min().unwrap_or(now);
        let as_stated = scheduled()
            .flat_map(|line| adjustments_of(&self.lines, line.id))
            .filter(|adjustment| adjustment.state.is_stated())
            .max_by_key(|adjustment| adjustment.position)
            .map_or(then, |adjustment| adjustment.base);
        Some(DealMonth {
            month: first.month,
            base: now,
            owed: then.min(as_stated).min(now),
            owed_as_stated: as_stated.min(now),
            owed_now: now,
            lines,
        })
    }

    /// The invoices that count: issued, and in the deal's currency.
    pub fn counting(&self) -> impl Iterator<Item = &InvoiceRecord> {
        let currency = self.deal.currency;
        self.invoices.iter().filter(move |invoice| {
            invoice.remote.counts() && Some(invoice.remote.total.currency) == currency
        })
    }

    /// What of some of an invoice's total, paid or not, is this deal's, net.
    fn part_of(&self, invoice: &InvoiceRecord, gross_minor: i64) -> Result<i64, MoneyError> {
        part_of(invoice, self.deal.id, gross_minor)
    }

    /// What this deal's part of an invoice asks for, net.
    pub fn invoiced(&self, invoice: &InvoiceRecord) -> Result<i64, MoneyError> {
        self.part_of(invoice, invoice.remote.total.minor)
    }

    /// What this deal's part of an invoice has collected, net.
    pub fn collected(&self, invoice: &InvoiceRecord) -> Result<i64, MoneyError> {
        self.part_of(invoice, invoice.remote.cash_minor()?)
    }

    /// What was credited of this deal's part of an invoice, net: asked for no more, and not paid.
    pub fn credited(&self, invoice: &InvoiceRecord) -> Result<i64, MoneyError> {
        self.part_of(invoice, invoice.remote.credited_minor)
    }

    /// What this deal's part of a refund in cash takes away again, net.
    pub fn refunded(&self, credit: &CreditRecord) -> Result<i64, MoneyError> {
        let remote = &credit.remote;
        if !remote.counts() || Some(remote.total.currency) != self.deal.currency {
            return Ok(0);
        }
        part_of_credit(credit, self.deal.id)
    }

    /// The refunds as amounts below zero.
    fn refunds(&self) -> Result<Vec<Collected>, MoneyError> {
        let refund = |credit: &CreditRecord| {
            Ok(Collected {
                invoice: credit.remote.id.clone(),
                amount_minor: books::difference(0, self.refunded(credit)?)?,
            })
        };
        self.credits.iter().map(refund).collect()
    }

    /// What each invoice has collected, oldest first, and then what was refunded.
    fn collected_in_all(&self) -> Result<Vec<Collected>, MoneyError> {
        let mut collected = Vec::with_capacity(self.invoices.len() + self.credits.len());
        for invoice in self.counting() {
            collected.push(Collected {
                invoice: invoice.remote.id.clone(),
                amount_minor: self.collected(invoice)?,
            });
        }
        collected.extend(self.refunds()?);
        Ok(collected)
    }

    pub fn reach(&self) -> Result<Reach, MoneyError> {
        let months = self.months()?;
        let collected = self.collected_in_all()?;
        let owed_now: Vec<Exact> = months.iter().map(|month| month.owed_now).collect();
        let adjusted = cover(&owed_now, &collected, self.tolerance)?;
        let covered = |owed: Vec<Exact>| match owed == owed_now {
            true => Ok(adjusted.months_covered),
            false => cover(&owed, &collected, self.tolerance).map(|other| other.months_covered),
        };
        Ok(Reach {
            months: covered(months.iter().map(|month| month.owed).collect())?,
            stated_months: covered(months.iter().map(|month| month.owed_as_stated).collect())?,
            adjusted_months: adjusted.months_covered,
            fills: fills_by_month(&months, &adjusted),
        })
    }

    /// Which month each invoice is for, whether it is paid or not: what it asks for and nobody credited or refunded, poured into the months in order.
    pub fn issued(&self) -> Result<Vec<(Month, String, i64)>, MoneyError> {
        let months = self.months()?;
        let bases: Vec<Exact> = months.iter().map(|month| month.owed_now).collect();
        let mut issued = Vec::with_capacity(self.invoices.len());
        for invoice in self.counting() {
            issued.push(Collected {
                invoice: invoice.remote.id.clone(),
                amount_minor: books::difference(self.invoiced(invoice)?, self.credited(invoice)?)?,
            });
        }
        issued.extend(self.refunds()?);
        Ok(fills_by_month(
            &months,
            &cover(&bases, &issued, self.tolerance)?,
        ))
    }

    /// What months lack of the client's money, in minor units: waived of one, it is covered as soon as those before it are. Those that lack nothing are left out.
    pub fn missing(&self) -> Result<Vec<(Month, i64)>, MoneyError> {
        let (months, collected) = (self.months()?, self.collected_in_all()?);
        let owed: Vec<Exact> = months.iter().map(|month| month.owed_now).collect();
        let mut lacking = Vec::new();
        for (place, month) in months.iter().enumerate() {
            let missing_minor = missing(&owed, &collected, self.tolerance, place)?;
            if missing_minor > 0 {
                lacking.push((month.month, missing_minor));
            }
        }
        Ok(lacking)
    }

    /// Whether more went back to the client than it paid.
    pub fn is_refunded_beyond(&self) -> Result<bool, MoneyError> {
        let collected = self.collected_in_all()?.into_iter();
        let sum: i128 = collected.map(|part| i128::from(part.amount_minor)).sum();
        Ok(sum < 0)
    }

    /// Its invoices, and the credit notes of which cash went back, oldest first each.
    pub fn documents(&self) -> Vec<Document> {
        let invoices = self.invoices.iter().cloned().map(Document::from);
        let refunds = self.refunded_credits().cloned().map(Document::from);
        invoices.chain(refunds).collect()
    }

    /// The credit notes of which cash went back.
    pub fn refunded_credits(&self) -> impl Iterator<Item = &CreditRecord> {
        let takes_money = |remote: &RemoteCredit| remote.counts() && remote.refunded_minor != 0;
        self.credits
            .iter()
            .filter(move |credit| takes_money(&credit.remote))
    }

    pub fn find_invoice(&self, id: &str) -> Option<&InvoiceRecord> {
        self.invoices.iter().find(|invoice| invoice.remote.id == id)
    }
}

/// What of some of an invoice's total, paid or not, is a deal's, net.
pub(crate) fn part_of(
    invoice: &InvoiceRecord,
    deal: DealId,
    gross_minor: i64,
) -> Result<i64, MoneyError> {
    let remote = &invoice.remote;
    part_by_links(
        (remote.sub_total.minor, remote.total.minor),
        gross_minor,
        &invoice.links,
        deal,
    )
}

/// The same with tax, as the client is asked for it.
pub(crate) fn gross_part_of(
    invoice: &InvoiceRecord,
    deal: DealId,
    gross_minor: i64,
) -> Result<i64, MoneyError> {
    let net_minor = invoice.remote.sub_total.minor;
    part_by_links((net_minor, net_minor), gross_minor, &invoice.links, deal)
}

/// What of a refund in cash is a deal's, net.
pub(crate) fn part_of_credit(credit: &CreditRecord, deal: DealId) -> Result<i64, MoneyError> {
    let remote = &credit.remote;
    part_by_links(
        (remote.sub_total.minor, remote.total.minor),
        remote.refunded_minor,
        &credit.links,
        deal,
    )
}

fn part_by_links(
    (net_minor, total_minor): (i64, i64),
    gross_minor: i64,
    links: &[InvoiceLink],
    deal: DealId,
) -> Result<i64, MoneyError> {
    if let [link] = links
        && link.share_minor.is_none()
        && link.deal == deal
    {
        return collected_net(net_minor, gross_minor, total_minor);
    }
    let shares: Vec<i64> = links
        .iter()
        .map(|link| link.share_minor.unwrap_or(net_minor))
        .collect();
    let parts = collected_by_share(net_minor, gross_minor, total_minor, &shares)?;
    let place = links.iter().position(|link| link.deal == deal);
    Ok(place.map_or(0, |place| parts[place]))
}

fn fills_by_month(months: &[DealMonth<'_>], coverage: &Coverage) -> Vec<(Month, String, i64)> {
    coverage
        .fills
        .iter()
        .map(|fill| {
            let month = months[fill.month_index].month;
            (month, fill.invoice.clone(), fill.amount_minor)
        })
        .collect()
}

/// Makes the lines of a deal follow its schedule and the client's money, keeps which invoice filled which month, and says what does not fit.
pub async fn reconcile_deal(ctx: &Ctx, id: DealId) -> Result<(), ServiceError> {
    reconcile_deals(ctx, [id]).await
}

/// The same for any number of deals, some in one transaction.
pub async fn reconcile_deals(
    ctx: &Ctx,
    ids: impl IntoIterator<Item = DealId>,
) -> Result<(), ServiceError> {
    let ids: Vec<DealId> = ids.into_iter().collect();
    for some in ids.chunks(DEALS_AT_ONCE) {
        let mut tx = ctx.store.write().await?;
        reconcile_all(ctx, &mut tx, &some.iter().copied().collect()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The same in the caller's transaction: so many queries for all of them as for one.
pub(crate) async fn reconcile_all(
    ctx: &Ctx,
    tx: &mut Tx,
    ids: &BTreeSet<DealId>,
) -> Result<(), ServiceError> {
    books::lock_deals(tx, ids).await?;
    let ids: Vec<DealId> = ids.iter().copied().collect();
    let found = deals::list_by_ids(tx, &ids).await?;
    let mut books = Books::new(ctx, None);
    let mut judged = Vec::with_capacity(found.len());
    let mut beyond = Vec::new();
    for mut known in KnownDeal::load_all(tx, found).await? {
        match judge(ctx, &mut books, &mut known)? {
            Some(reach) => judged.push((known, reach)),
            None => beyond.push(known.money.deal.id),
        }
    }
    books.write(tx).await?;
    put_fills(ctx, tx, &judged).await?;
    flag_misfits(ctx, tx, &judged, &beyond).await
}

/// Gathers what makes a deal's lines follow its schedule and the client's money. They are then as they will be once it is written, and so is how far the
/// money reaches. None, with nothing gathered, for a deal of amounts that nothing holds: it must not stop the others.
pub(crate) fn judge(
    ctx: &Ctx,
    books: &mut Books<'_>,
    known: &mut KnownDeal,
) -> Result<Option<Reach>, ServiceError> {
    let mark = books.mark();
    match follow(ctx, books, known) {
        Err(ServiceError::Money(_)) => {
            books.forget(mark);
            Ok(None)
        }
        followed => followed.map(Some),
    }
}

fn follow(
    ctx: &Ctx,
    books: &mut Books<'_>,
    KnownDeal { basis, money }: &mut KnownDeal,
) -> Result<Reach, ServiceError> {
    let basis = basis.as_ref().map_err(|error| *error)?;
    if let Some(basis) = basis {
        follow_schedule(ctx, books, basis, money)?;
    }
    let reach = money.reach()?;
    let mark = books.mark();
    let fell = follow_money(books, money, &reach)?;
    books.apply(mark, &mut money.lines);
    match basis {
        // A month that lost its money may not be due any more.
        Some(basis) if fell => {
            follow_schedule(ctx, books, basis, money)?;
            Ok(money.reach()?)
        }
        _ => Ok(reach),
    }
}

async fn put_fills(
    ctx: &Ctx,
    tx: &mut Tx,
    judged: &[(KnownDeal, Reach)],
) -> Result<(), ServiceError> {
    let judged = || judged.iter().map(|(known, reach)| (&known.money, reach));
    let ids: Vec<DealId> = judged().map(|(money, _)| money.deal.id).collect();
    let known = list_known_fills(tx, &ids).await?;
    let (mut deals, mut fills, mut partners) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (money, reach) in judged() {
        let deal = money.deal.id;
        let is_known = known.get(&deal).map_or(reach.fills.is_empty(), |known| {
            reach.fills.len() == known.len() && reach.fills.iter().all(|fill| known.contains(fill))
        });
        if is_known {
            continue;
        }
        deals.push(deal);
        partners.insert(money.deal.partner);
        fills.extend(
            reach
                .fills
                .iter()
                .map(|(month, invoice, amount_minor)| NewFill {
                    deal,
                    month: *month,
                    invoice: invoice.clone(),
                    amount_minor: *amount_minor,
                }),
        );
    }
    invoices::replace_fills(tx, &deals, &fills).await?;
    let partners: Vec<PartnerId> = partners.into_iter().collect();
    Ok(changes::add_all(tx, &partners, ctx.now()).await?)
}

/// The fills of some deals as they are stored; a deal without any is left out.
pub(crate) async fn list_known_fills(
    tx: &mut Tx,
    deals: &[DealId],
) -> Result<HashMap<DealId, BTreeSet<(Month, String, i64)>>, ServiceError> {
    let mut known: HashMap<DealId, BTreeSet<(Month, String, i64)>> = HashMap::new();
    for fill in invoices::list_fills_of_deals(tx, deals).await? {
        let of_deal = known.entry(fill.deal).or_default();
        of_deal.insert((fill.month, fill.invoice, fill.money.minor));
    }
    Ok(known)
}

/// Moves every line to where the money is. Returns whether one fell back to waiting.
fn follow_money(
    books: &mut Books<'_>,
    money: &DealMoney,
    reach: &Reach,
) -> Result<bool, ServiceError> {
    let mut fell = false;
    let mut next = NextPositions {
        clawback: books::next_position(&money.lines, LineKind::Clawback),
        adjustment: books::next_position(&money.lines, LineKind::Adjustment),
    };
    for (place, month) in money.months()?.into_iter().enumerate() {
        for line in month.lines.into_iter().filter(|line| !line.is_refused) {
            fell |= follow_reach(books, line, reach.reaches(place, line));
            for other in adjustments_of(&money.lines, line.id) {
                fell |= follow_reach(books, other, place < reach.adjusted_months);
            }
            if line.state.is_stated() {
                let due = clawback_due(&money.lines, line, reach, place)?;
                claw_back(books, money, line, due, &mut next)?;
            }
        }
    }
    Ok(fell)
}

/// The numbers of the next lines of a deal.
struct NextPositions {
    clawback: i64,
    adjustment: i64,
}

impl NextPositions {
    fn take(&mut self, kind: LineKind) -> i64 {
        let next = match kind {
            LineKind::Clawback => &mut self.clawback,
            _ => &mut self.adjustment,
        };
        *next += 1;
        *next - 1
    }
}

/// One line, as far as it can follow. Returns whether it fell back to waiting.
fn follow_reach(books: &mut Books<'_>, line: &LineRecord, is_reached: bool) -> bool {
    let Some(step) = line.in_state().follow(is_reached) else {
        return false;
    };
    let cause = if is_reached {
        "client_paid"
    } else {
        "payment_gone"
    };
    books.advance(line, step, cause);
    !is_reached
}

/// What was taken back of a stated month, and given back again, line by line.
pub(crate) fn clawbacks_of<'a>(lines: &'a [LineRecord], line: &LineRecord) -> Vec<&'a LineRecord> {
    let taken: Vec<&LineRecord> = lines
        .iter()
        .filter(|other| other.kind == LineKind::Clawback && other.corrects == Some(line.id))
        .collect();
    lines
        .iter()
        .filter(|other| other.state != LineState::Cancelled && other.entered_by.is_none())
        .filter(|other| {
            taken
                .iter()
                .any(|clawback| clawback.id == other.id || other.corrects == Some(clawback.id))
        })
        .collect()
}

/// What must be taken back of a stated month in all: everything that is stated of it while the money is away, and what it was adjusted upwards by while
/// the money reaches only what was stated first.
///
/// # Errors
/// `TooLarge` where no amount holds it.
pub(crate) fn clawback_due(
    lines: &[LineRecord],
    line: &LineRecord,
    reach: &Reach,
    place: usize,
) -> Result<i64, MoneyError> {
    let stated = adjustments_of(lines, line.id)
        .into_iter()
        .filter(|other| other.state.is_stated());
    if !reach.reaches(place, line) {
        return books::difference(0, books::sum_minor(stated.chain([line]))?);
    }
    if place < reach.stated_months {
        return Ok(0);
    }
    books::difference(0, books::sum_minor(stated)?.max(0))
}

/// The money of a stated month went away, or came back. What nobody was told of yet is undone; the rest becomes a line of its own, which a person
/// approves.
fn claw_back(
    books: &mut Books<'_>,
    money: &DealMoney,
    line: &LineRecord,
    due: i64,
    next: &mut NextPositions,
) -> Result<(), ServiceError> {
    let chain = clawbacks_of(&money.lines, line);
    if books::sum_minor(chain.iter().copied())? == due {
        return Ok(());
    }
    let (stated, open): (Vec<_>, Vec<_>) =
        chain.into_iter().partition(|other| other.state.is_stated());
    for other in open {
        if let Some(step) = other.in_state().cancel() {
            books.advance(other, step, "payment_changed");
        }
    }
    let difference = books::difference(due, books::sum_minor(stated.iter().copied())?)?;
    if difference == 0 {
        return Ok(());
    }
    let last_taken = stated
        .iter()
        .rfind(|other| other.kind == LineKind::Clawback);
    let (kind, corrects) = match last_taken {
        Some(taken) if difference > 0 => (LineKind::Adjustment, taken.id),
        _ => (LineKind::Clawback, line.id),
    };
    let new = NewLine {
        partner: line.partner,
        kind,
        position: next.take(kind),
        price: Price {
            month: line.month,
            money: Money::new(difference, line.money.currency),
            base: line.base,
        },
        plan_version: line.plan_version,
        state: FirstState::Covered,
        corrects: Some(corrects),
        reason: None,
        entered_by: None,
    };
    let cause = if difference < 0 {
        "payment_gone"
    } else {
        "client_paid"
    };
    books.add(&money.deal, new, cause);
    Ok(())
}

/// What can be wrong with a deal's money.
const MISFITS: [&str; 4] = [
    "no_invoice_yet",
    "underpaid",
    "invoice_overdue",
    "differs_from_deal",
];

/// Why the deals' lines wait, for finance; each closes by itself once it fits. `beyond` are deals of amounts that nothing holds: their lines stay as they
/// were.
async fn flag_misfits(
    ctx: &Ctx,
    tx: &mut Tx,
    judged: &[(KnownDeal, Reach)],
    beyond: &[DealId],
) -> Result<(), ServiceError> {
    let mut findings = Vec::with_capacity(judged.len() * (MISFITS.len() + 1) + beyond.len());
    for (KnownDeal { basis, money }, reach) in judged {
        let about = About::Deal(money.deal.id);
        let basis = basis.as_ref().ok().and_then(Option::as_ref);
        let is_one_off = basis.is_none_or(Basis::is_one_off);
        let too_large = match find_misfits(ctx, money, reach, is_one_off) {
            Ok(found) => {
                findings.extend(found);
                None
            }
            Err(MoneyError::TooLarge | MoneyError::CurrenciesDiffer) => Some(json!({})),
        };
        findings.push(Finding::new("amount_too_large", about, too_large));
    }
    for deal in beyond {
        findings.push(Finding::new(
            "amount_too_large",
            About::Deal(*deal),
            Some(json!({})),
        ));
    }
    books::settle_findings(ctx, tx, &findings).await
}

/// A deal that is not won any more waits for nothing.
fn find_misfits(
    ctx: &Ctx,
    money: &DealMoney,
    reach: &Reach,
    is_one_off: bool,
) -> Result<[Finding<'static>; MISFITS.len()], MoneyError> {
    let about = About::Deal(money.deal.id);
    let (Some(currency), true) = (money.deal.currency, money.deal.state == DealState::Won) else {
        return Ok(MISFITS.map(|kind| Finding {
            resolution: "not_won",
            ..Finding::new(kind, about, None)
        }));
    };
    let mut facts = [
        not_invoiced(money, currency)?,
        underpaid(money, reach, currency)?,
        overdue(money, ctx.today()),
        differing(money, currency, is_one_off)?,
    ]
    .into_iter();
    Ok(MISFITS.map(|kind| Finding::new(kind, about, facts.next().flatten())))
}

/// The months that have a line which waits for the client's money, or an adjustment of one.
fn awaiting(money: &DealMoney) -> Result<Vec<DealMonth<'_>>, MoneyError> {
    let waits = |line: &&LineRecord| {
        let mut own = adjustments_of(&money.lines, line.id).into_iter();
        line.state == LineState::Awaiting || own.any(|other| other.state == LineState::Awaiting)
    };
    let months = money.months()?.into_iter();
    Ok(months
        .filter(|month| month.lines.iter().any(waits))
        .collect())
}

/// An ended month for which nothing was invoiced, and that is not waived as a whole.
fn not_invoiced(money: &DealMoney, currency: Currency) -> Result<Option<Value>, MoneyError> {
    let invoiced: BTreeSet<Month> = money
        .issued()?
        .into_iter()
        .map(|(month, _, _)| month)
        .collect();
    let nothing = Exact::from_integer(0);
    let missing: Vec<DealMonth<'_>> = awaiting(money)?
        .into_iter()
        .filter(|month| month.owed_now > nothing && !invoiced.contains(&month.month))
        .collect();
    let Some(first) = missing.first() else {
        return Ok(None);
    };
    Ok(Some(json!({
        "won_on": money.deal.won_on,
        "month": first.month,
        "months": missing.len(),
        "expected_minor": round_half_even(first.owed_now)?,
        "currency": currency,
    })))
}

/// An ended month that the client paid in part.
fn underpaid(
    money: &DealMoney,
    reach: &Reach,
    currency: Currency,
) -> Result<Option<Value>, MoneyError> {
    let mut collected: BTreeMap<Month, i64> = BTreeMap::new();
    for (month, _, amount_minor) in &reach.fills {
        let sum = collected.entry(*month).or_default();
        *sum = sum.checked_add(*amount_minor).ok_or(MoneyError::TooLarge)?;
    }
    let Some((waiting, collected_minor)) = awaiting(money)?.into_iter().find_map(|month| {
        Some((*collected.get(&month.month)?, month)).map(|(sum, month)| (month, sum))
    }) else {
        return Ok(None);
    };
    let last_fill = reach
        .fills
        .iter()
        .rfind(|(month, _, _)| *month == waiting.month);
    let invoice = last_fill.and_then(|(_, invoice, _)| money.find_invoice(invoice));
    Ok(Some(json!({
        "month": waiting.month,
        "expected_minor": round_half_even(waiting.owed_now)?,
        "collected_minor": collected_minor,
        "currency": currency,
        "invoice": invoice.map(|invoice| &invoice.remote.number),
    })))
}

/// An invoice whose day has passed, and that is not paid in full.
fn overdue(money: &DealMoney, today: NaiveDate) -> Option<Value> {
    let late: Vec<(&RemoteInvoice, NaiveDate)> = money
        .counting()
        .map(|invoice| &invoice.remote)
        .filter(|invoice| invoice.due_minor > 0)
        .filter_map(|invoice| Some((invoice, invoice.due.filter(|due| *due < today)?)))
        .collect();
    let (first, due) = late.first()?;
    Some(json!({
        "invoice": first.number,
        "invoices": late.len(),
        "due": due,
        "days_late": (today - *due).num_days(),
        "open_minor": first.due_minor,
        "currency": first.total.currency,
    }))
}

/// What was invoiced fits no whole number of the deal's months. What goes beyond the last month that the
/// plan pays is the vendor's own affair, unless the deal itself ends there, and what was waived may have been invoiced or not.
fn differing(
    money: &DealMoney,
    currency: Currency,
    is_one_off: bool,
) -> Result<Option<Value>, MoneyError> {
    let mut invoiced = 0_i128;
    for invoice in money.counting() {
        invoiced += i128::from(money.invoiced(invoice)?) - i128::from(money.credited(invoice)?);
    }
    for refund in money.refunds()? {
        invoiced += i128::from(refund.amount_minor);
    }
    let Some(last) = money.counting().last().filter(|_| invoiced != 0) else {
        return Ok(None);
    };
    let invoiced_exact = Exact::from_integer(invoiced);
    let mut expected = Exact::from_integer(0);
    // What was waived may have been invoiced, or not.
    let mut least = expected;
    let mut nearest = (0, expected);
    let mut months = money.months()?;
    months.retain(|month| !money.is_before_start(month.month));
    let last_day = money.deal.end.and_then(|end| end.pred_opt());
    let ends_itself = is_one_off
        || last_day.is_some_and(|day| {
            months
                .last()
                .is_some_and(|last| last.month >= Month::of(day))
        });
    for (place, month) in months.iter().enumerate() {
        expected = add(expected, month.base)?;
        least = add(least, month.owed_now)?;
        let slack = multiply(money.tolerance.exact(), expected)?;
        if invoiced_exact >= subtract(least, slack)? && invoiced_exact <= add(expected, slack)? {
            return Ok(None);
        }
        let is_nearer = distance(invoiced_exact, expected)? < distance(invoiced_exact, nearest.1)?;
        if place == 0 || is_nearer {
            nearest = (place + 1, expected);
        }
    }
    if nearest.0 == 0 || (invoiced_exact > expected && !ends_itself) {
        return Ok(None);
    }
    Ok(Some(json!({
        "invoice": last.remote.number,
        "months": nearest.0,
        "expected_minor": round_half_even(nearest.1)?,
        "invoiced_minor": round_half_even(invoiced_exact)?,
        "currency": currency,
    })))
}

fn distance(left: Exact, right: Exact) -> Result<Exact, MoneyError> {
    subtract(left.max(right), left.min(right))
}
