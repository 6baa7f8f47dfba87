//! Reconciliation: which deal an invoice is for, which months the client's money reaches, and what does not
//! fit. The client's money decides; how far it
//! reaches is computed in the domain's `coverage`, from what is stored, so that doing it again changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use portal_domain::{
    access::{Action, Actor},
    calendar::Month,
    coverage::{Collected, Coverage, collected_net, cover},
    deal::DealState,
    ids::{DealId, ExceptionId},
    line::{LineKind, LineState},
    money::{Currency, Exact, Money, MoneyError, Rate, round_half_even},
    remote::{InvoiceType, RemoteCredit, RemoteInvoice},
    text::parse_line,
};
use portal_store::{
    Tx, audit, changes, clients,
    deals::{self, DealRecord},
    exceptions::{self, ExceptionRecord},
    invoices::{self, InvoiceRecord},
    lines::{self, LineRecord},
    plans,
};
use serde_json::{Value, json};

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    bills,
    books::{self, About, Books, NewLine, Price},
    deals::{adjustments_of, sync_lines},
    outbox::{self, Job},
};

/// A deal with all that its money says: read together, judged together.
pub(crate) struct DealMoney {
    pub deal: DealRecord,
    pub lines: Vec<LineRecord>,
    /// Oldest first.
    pub invoices: Vec<InvoiceRecord>,
    /// t: which share of a month may be missing.
    pub tolerance: Rate,
}

/// How far the client's money reaches, counted over [`DealMoney::scheduled`].
pub(crate) struct Reach {
    /// So many months are covered, by what each line says the client owes.
    pub months: usize,
    /// The same by what the deal says by now, which is more where a statement was adjusted upwards.
    pub adjusted_months: usize,
    /// Month, invoice and minor units, in order.
    pub fills: Vec<(Month, String, i64)>,
}

impl DealMoney {
    pub async fn load(tx: &mut Tx, deal: DealRecord) -> Result<Self, ServiceError> {
        let tolerance = match deal.plan_version {
            Some(version) => plans::find_version(tx, version)
                .await?
                .map(|version| version.terms.tolerance),
            None => None,
        };
        Ok(Self {
            lines: lines::list_of_deal(tx, deal.id).await?,
            invoices: invoices::list_of_deal(tx, deal.id).await?,
            tolerance: tolerance.unwrap_or(Rate::ZERO),
            deal,
        })
    }

    /// The months that money can reach, in order.
    pub fn scheduled(&self) -> Vec<&LineRecord> {
        let mut scheduled: Vec<&LineRecord> = self
            .lines
            .iter()
            .filter(|line| line.kind == LineKind::Scheduled && line.state != LineState::Cancelled)
            .collect();
        scheduled.sort_by_key(|line| line.position);
        scheduled
    }

    /// The invoices that count: issued, and in the deal's currency.
    pub fn counting(&self) -> impl Iterator<Item = &RemoteInvoice> {
        let currency = self.deal.currency;
        self.invoices
            .iter()
            .map(|invoice| &invoice.remote)
            .filter(move |invoice| invoice.counts() && Some(invoice.total.currency) == currency)
    }

    pub fn reach(&self) -> Result<Reach, MoneyError> {
        let scheduled = self.scheduled();
        let collected: Vec<Collected> = self
            .counting()
            .map(|invoice| {
                let amount_minor = collected_net(
                    invoice.sub_total.minor,
                    invoice.cash_minor(),
                    invoice.total.minor,
                )?;
                Ok(Collected {
                    invoice: invoice.id.clone(),
                    amount_minor,
                })
            })
            .collect::<Result<_, MoneyError>>()?;
        let owed_now: Vec<Exact> = scheduled
            .iter()
            .map(|line| {
                adjustments_of(&self.lines, line)
                    .last()
                    .map_or(line.base, |adjustment| adjustment.base)
            })
            .collect();
        // A line that was adjusted downwards needs no more than what is owed now.
        let owed: Vec<Exact> = scheduled
            .iter()
            .zip(&owed_now)
            .map(|(line, now)| line.base.min(*now))
            .collect();
        let adjusted = cover(&owed_now, &collected, self.tolerance)?;
        let months = if owed == owed_now {
            adjusted.months_covered
        } else {
            cover(&owed, &collected, self.tolerance)?.months_covered
        };
        Ok(Reach {
            months,
            adjusted_months: adjusted.months_covered,
            fills: fills_by_month(&scheduled, &adjusted),
        })
    }

    /// Which month each invoice is for, whether it is paid or not: what it asks for, poured into the months in order.
    pub fn issued(&self) -> Result<Vec<(Month, String, i64)>, MoneyError> {
        let scheduled = self.scheduled();
        let bases: Vec<Exact> = scheduled.iter().map(|line| line.base).collect();
        let issued: Vec<Collected> = self
            .counting()
            .map(|invoice| Collected {
                invoice: invoice.id.clone(),
                amount_minor: invoice.sub_total.minor,
            })
            .collect();
        Ok(fills_by_month(
            &scheduled,
            &cover(&bases, &issued, self.tolerance)?,
        ))
    }

    pub fn find_invoice(&self, id: &str) -> Option<&RemoteInvoice> {
        self.invoices
            .iter()
            .map(|invoice| &invoice.remote)
            .find(|invoice| invoice.id == id)
    }
}

fn fills_by_month(scheduled: &[&LineRecord], coverage: &Coverage) -> Vec<(Month, String, i64)> {
    coverage
        .fills
        .iter()
        .map(|fill| {
            (
                scheduled[fill.month_index].month,
                fill.invoice.clone(),
                fill.amount_minor,
            )
        })
        .collect()
}

/// What a fresh reading of a Xero invoice or bill means. A reading that is older than the last changes nothing.
pub async fn apply_invoice(ctx: &Ctx, remote: &RemoteInvoice) -> Result<(), ServiceError> {
    if remote.kind == InvoiceType::Bill {
        return bills::apply_bill(ctx, remote).await;
    }
    let mut tx = ctx.store.write().await?;
    tx.lock(&format!("invoice:{}", remote.id)).await?;
    invoices::put(&mut tx, remote, ctx.now()).await?;
    let stored = invoices::find(&mut tx, &remote.id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    link(ctx, &mut tx, &stored).await?;
    Ok(tx.commit().await?)
}

/// What a fresh reading of a Xero credit note to a client means.
pub async fn apply_credit(_ctx: &Ctx, _credit: &RemoteCredit) -> Result<(), ServiceError> {
    Ok(())
}

/// The deal that an invoice is for, or why none is.
enum Verdict {
    Deal { deal: DealId, how: &'static str },
    Several(Vec<DealId>),
    None,
}

/// Finds the deal of a sales invoice, and has the deals reconciled that it belongs to, or did until now.
pub(crate) async fn link(
    ctx: &Ctx,
    tx: &mut Tx,
    invoice: &InvoiceRecord,
) -> Result<(), ServiceError> {
    let verdict = match (invoice.deal, invoice.linked_how.as_deref()) {
        (Some(deal), Some("person")) => Verdict::Deal {
            deal,
            how: "person",
        },
        _ => find_deal(tx, invoice).await?,
    };
    let id = invoice.remote.id.as_str();
    let linked = match &verdict {
        Verdict::Deal { deal, how } => {
            if *how != "person" {
                invoices::put_link(tx, id, *deal, how, None, ctx.now()).await?;
            }
            Some(*deal)
        }
        Verdict::Several(_) | Verdict::None => {
            invoices::remove_guessed_link(tx, id).await?;
            None
        }
    };
    flag_link(ctx, tx, &invoice.remote, &verdict).await?;
    let touched: BTreeSet<DealId> = linked.into_iter().chain(invoice.deal).collect();
    for deal in touched {
        outbox::add(ctx, tx, &Job::ReconcileDeal { deal }).await?;
        if let Some(deal) = deals::find(tx, deal).await? {
            changes::add(tx, deal.partner, ctx.now()).await?;
        }
    }
    Ok(())
}

/// By the Reference, else by the contact. A deal that was found once is kept even if the client has more
/// deals by now: nothing has been said against it.
async fn find_deal(tx: &mut Tx, invoice: &InvoiceRecord) -> Result<Verdict, ServiceError> {
    let remote = &invoice.remote;
    let client = clients::find_by_contact(tx, &remote.contact_id, &remote.contact_name).await?;
    let mut candidates = Vec::new();
    if let Some(client) = &client {
        if client.xero_contact_id.is_none() && !remote.contact_id.is_empty() {
            clients::set_xero_contact(tx, client.id, &remote.contact_id).await?;
        }
        candidates = deals::list_of_client(tx, client.id).await?;
    }
    let named = find_named(tx, &remote.reference, &candidates).await?;
    match named.as_slice() {
        [deal] => {
            return Ok(Verdict::Deal {
                deal: *deal,
                how: "reference",
            });
        }
        [] => {}
        _ => return Ok(Verdict::Several(named)),
    }
    if let (Some(deal), Some("contact")) = (invoice.deal, invoice.linked_how.as_deref())
        && candidates.iter().any(|candidate| candidate.id == deal)
    {
        return Ok(Verdict::Deal {
            deal,
            how: "contact",
        });
    }
    let open: Vec<DealId> = candidates
        .iter()
        .filter(|deal| deal.state == DealState::Won)
        .map(|deal| deal.id)
        .collect();
    Ok(match open.as_slice() {
        [deal] => Verdict::Deal {
            deal: *deal,
            how: "contact",
        },
        [] => Verdict::None,
        _ => Verdict::Several(open),
    })
}

/// The deals whose HubSpot id or name stands in the Reference.
async fn find_named(
    tx: &mut Tx,
    reference: &str,
    candidates: &[DealRecord],
) -> Result<Vec<DealId>, ServiceError> {
    let mut named = BTreeSet::new();
    for word in reference
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() > 2)
    {
        if let Some(deal) = deals::find_by_hubspot(tx, word).await?
            && (deal.state == DealState::Won || !lines::list_of_deal(tx, deal.id).await?.is_empty())
        {
            named.insert(deal.id);
        }
    }
    if named.is_empty() {
        let reference = reference.to_lowercase();
        let by_name = candidates.iter().filter(|deal| {
            !deal.name.trim().is_empty() && reference.contains(&deal.name.trim().to_lowercase())
        });
        named.extend(by_name.map(|deal| deal.id));
    }
    Ok(named.into_iter().collect())
}

/// Raises what keeps an issued invoice from counting, and settles what does not any more.
async fn flag_link(
    ctx: &Ctx,
    tx: &mut Tx,
    invoice: &RemoteInvoice,
    verdict: &Verdict,
) -> Result<(), ServiceError> {
    let about = About::Invoice(&invoice.id);
    let facts = |more: Value| {
        let mut facts = json!({
            "net_minor": invoice.sub_total.minor,
            "currency": invoice.total.currency,
            "contact": invoice.contact_name,
            "reference": invoice.reference,
        });
        if let (Some(facts), Value::Object(more)) = (facts.as_object_mut(), more) {
            facts.extend(more);
        }
        facts
    };
    let is_issued = invoice.counts();
    let several = match verdict {
        Verdict::Several(deals) if is_issued => Some(facts(json!({ "deals": deals }))),
        _ => None,
    };
    books::raise_or_settle(ctx, tx, "several_deals_possible", about, several).await?;
    let without = (is_issued && matches!(verdict, Verdict::None)).then(|| facts(json!({})));
    books::raise_or_settle(ctx, tx, "invoice_without_deal", about, without).await?;
    let currency = match verdict {
        Verdict::Deal { deal, .. } => deals::find(tx, *deal).await?.and_then(|deal| deal.currency),
        _ => None,
    };
    let other = currency.filter(|currency| is_issued && *currency != invoice.total.currency);
    let other = other.map(|currency| facts(json!({ "deal_currency": currency })));
    books::raise_or_settle(ctx, tx, "other_currency", about, other).await
}

/// Makes the lines of a deal follow the client's money, keeps which invoice filled which month, and says
/// what does not fit.
pub async fn reconcile_deal(ctx: &Ctx, id: DealId) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    books::lock_deal(&mut tx, id).await?;
    let Some(deal) = deals::find(&mut tx, id).await? else {
        return Ok(());
    };
    let mut money = DealMoney::load(&mut tx, deal).await?;
    let reach = money.reach()?;
    put_fills(ctx, &mut tx, &money, &reach).await?;
    if follow_money(ctx, &mut tx, &mut money, &reach).await? {
        // A month that lost its money may not be due any more.
        sync_lines(ctx, &mut tx, id).await?;
    }
    money.lines = lines::list_of_deal(&mut tx, id).await?;
    flag_misfits(ctx, &mut tx, &money, &reach).await?;
    Ok(tx.commit().await?)
}

async fn put_fills(
    ctx: &Ctx,
    tx: &mut Tx,
    money: &DealMoney,
    reach: &Reach,
) -> Result<(), ServiceError> {
    let known = list_known_fills(tx, money.deal.id).await?;
    let fills: BTreeSet<_> = reach.fills.iter().cloned().collect();
    if known != fills {
        invoices::replace_fills(tx, money.deal.id, &reach.fills).await?;
        changes::add(tx, money.deal.partner, ctx.now()).await?;
    }
    Ok(())
}

/// The fills as they are stored.
pub(crate) async fn list_known_fills(
    tx: &mut Tx,
    deal: DealId,
) -> Result<BTreeSet<(Month, String, i64)>, ServiceError> {
    let fills = invoices::list_fills(tx, deal).await?;
    Ok(fills
        .into_iter()
        .map(|fill| (fill.month, fill.invoice, fill.money.minor))
        .collect())
}

/// Moves every line to where the money is. Returns whether one fell back to waiting.
async fn follow_money(
    ctx: &Ctx,
    tx: &mut Tx,
    money: &mut DealMoney,
    reach: &Reach,
) -> Result<bool, ServiceError> {
    let months: Vec<LineRecord> = money.scheduled().into_iter().cloned().collect();
    let mut books = Books::new(ctx, tx, None);
    let mut fell = false;
    for (place, mut line) in months.into_iter().enumerate() {
        let is_reached = place < reach.months;
        fell |= follow(&mut books, &mut line, is_reached).await?;
        let is_adjusted_reached = place < reach.adjusted_months;
        for other in money.lines.iter_mut().filter(|other| {
            other.kind == LineKind::Adjustment
                && other.corrects == Some(line.id)
                && other.state != LineState::Cancelled
        }) {
            fell |= follow(&mut books, other, is_adjusted_reached).await?;
        }
        if line.state.is_stated() {
            claw_back(&mut books, money, &line, is_reached).await?;
        }
    }
    Ok(fell)
}

/// One line that is on no statement.
async fn follow(
    books: &mut Books<'_>,
    line: &mut LineRecord,
    is_reached: bool,
) -> Result<bool, ServiceError> {
    match (line.state, is_reached) {
        (LineState::Awaiting, true) => {
            books
                .advance(line, LineState::Covered, "client_paid")
                .await?;
            Ok(false)
        }
        (LineState::Covered | LineState::Approved, false) => {
            books
                .advance(line, LineState::Awaiting, "payment_gone")
                .await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// What was taken back of a stated month, and given back again, line by line.
pub(crate) fn clawbacks_of<'a>(lines: &'a [LineRecord], line: &LineRecord) -> Vec<&'a LineRecord> {
    let taken: Vec<&LineRecord> = lines
        .iter()
        .filter(|other| other.kind == LineKind::Clawback && other.corrects == Some(line.id))
        .collect();
    lines
        .iter()
        .filter(|other| other.state != LineState::Cancelled)
        .filter(|other| {
            taken
                .iter()
                .any(|clawback| clawback.id == other.id || other.corrects == Some(clawback.id))
        })
        .collect()
}

/// What must be taken back of a stated month in all: everything that is stated of it while the money is
/// away, and nothing else.
///
/// # Errors
/// `TooLarge` where no amount holds it.
pub(crate) fn clawback_due(
    lines: &[LineRecord],
    line: &LineRecord,
    is_reached: bool,
) -> Result<i64, MoneyError> {
    if is_reached {
        return Ok(0);
    }
    let stated = adjustments_of(lines, line)
        .into_iter()
        .filter(|other| other.state.is_stated());
    books::difference(0, books::sum_minor(stated.chain([line]))?)
}

/// The money of a stated month went away, or came back. What nobody was told of yet is undone; the rest
/// becomes a line of its own, which a person approves.
async fn claw_back(
    books: &mut Books<'_>,
    money: &DealMoney,
    line: &LineRecord,
    is_reached: bool,
) -> Result<(), ServiceError> {
    let due = clawback_due(&money.lines, line, is_reached)?;
    let chain = clawbacks_of(&money.lines, line);
    if books::sum_minor(chain.iter().copied())? == due {
        return Ok(());
    }
    let (stated, open): (Vec<LineRecord>, Vec<LineRecord>) = chain
        .into_iter()
        .cloned()
        .partition(|other| other.state.is_stated());
    for mut other in open {
        books
            .advance(&mut other, LineState::Cancelled, "payment_changed")
            .await?;
    }
    let difference = books::difference(due, books::sum_minor(&stated)?)?;
    let last_taken = stated
        .iter()
        .rfind(|other| other.kind == LineKind::Clawback);
    let (kind, corrects) = match last_taken {
        Some(taken) if difference > 0 => (LineKind::Adjustment, taken.id),
        _ => (LineKind::Clawback, line.id),
    };
    if difference == 0 {
        return Ok(());
    }
    let new = NewLine {
        kind,
        position: lines::next_position(books.tx, line.deal, kind).await?,
        price: Price {
            month: line.month,
            money: Money::new(difference, line.money.currency),
            base: line.base,
        },
        plan_version: line.plan_version,
        state: LineState::Covered,
        corrects: Some(corrects),
        reason: None,
    };
    let cause = if difference < 0 {
        "payment_gone"
    } else {
        "client_paid"
    };
    books.add(&money.deal, new, cause).await?;
    Ok(())
}

/// Why the deal's lines wait, for finance; each closes by itself once it fits. A deal that is not won any
/// more waits for nothing.
async fn flag_misfits(
    ctx: &Ctx,
    tx: &mut Tx,
    money: &DealMoney,
    reach: &Reach,
) -> Result<(), ServiceError> {
    let (Some(currency), true) = (money.deal.currency, money.deal.state == DealState::Won) else {
        for kind in [
            "no_invoice_yet",
            "underpaid",
            "invoice_overdue",
            "differs_from_deal",
        ] {
            books::settle(ctx, tx, kind, About::Deal(money.deal.id), "not_won").await?;
        }
        return Ok(());
    };
    let misfits = [
        ("no_invoice_yet", not_invoiced(money, currency)?),
        ("underpaid", underpaid(money, reach, currency)?),
        ("invoice_overdue", overdue(money, ctx.today())),
        ("differs_from_deal", differing(money, currency)?),
    ];
    for (kind, facts) in misfits {
        books::raise_or_settle(ctx, tx, kind, About::Deal(money.deal.id), facts).await?;
    }
    Ok(())
}

fn awaiting(money: &DealMoney) -> Vec<&LineRecord> {
    money
        .scheduled()
        .into_iter()
        .filter(|line| line.state == LineState::Awaiting)
        .collect()
}

/// An ended month for which nothing was invoiced.
fn not_invoiced(money: &DealMoney, currency: Currency) -> Result<Option<Value>, MoneyError> {
    let invoiced: BTreeSet<Month> = money
        .issued()?
        .into_iter()
        .map(|(month, _, _)| month)
        .collect();
    let missing: Vec<&LineRecord> = awaiting(money)
        .into_iter()
        .filter(|line| !invoiced.contains(&line.month))
        .collect();
    let Some(first) = missing.first() else {
        return Ok(None);
    };
    Ok(Some(json!({
        "won_on": money.deal.won_on,
        "month": first.month,
        "months": missing.len(),
        "expected_minor": round_half_even(first.base)?,
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
    let Some((line, collected_minor)) = awaiting(money)
        .into_iter()
        .find_map(|line| Some((line, *collected.get(&line.month)?)))
    else {
        return Ok(None);
    };
    let last_fill = reach
        .fills
        .iter()
        .rfind(|(month, _, _)| *month == line.month);
    let invoice = last_fill.and_then(|(_, invoice, _)| money.find_invoice(invoice));
    Ok(Some(json!({
        "month": line.month,
        "expected_minor": round_half_even(line.base)?,
        "collected_minor": collected_minor,
        "currency": currency,
        "invoice": invoice.map(|invoice| &invoice.number),
    })))
}

/// An invoice whose day has passed, and that is not paid in full.
fn overdue(money: &DealMoney, today: NaiveDate) -> Option<Value> {
    let late: Vec<(&RemoteInvoice, NaiveDate)> = money
        .counting()
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
/// plan pays is the vendor's own affair.
fn differing(money: &DealMoney, currency: Currency) -> Result<Option<Value>, MoneyError> {
    let invoiced: i128 = money
        .counting()
        .map(|invoice| i128::from(invoice.sub_total.minor))
        .sum();
    let Some(last) = money.counting().last().filter(|_| invoiced != 0) else {
        return Ok(None);
    };
    let invoiced_exact = Exact::from_integer(invoiced);
    let mut expected = Exact::from_integer(0);
    let mut nearest = (0, expected);
    for (place, line) in money.scheduled().iter().enumerate() {
        expected += line.base;
        let slack = money.tolerance.exact() * expected;
        if invoiced_exact >= expected - slack && invoiced_exact <= expected + slack {
            return Ok(None);
        }
        if place == 0 || distance(invoiced_exact, expected) < distance(invoiced_exact, nearest.1) {
            nearest = (place + 1, expected);
        }
    }
    if nearest.0 == 0 || invoiced_exact > expected {
        return Ok(None);
    }
    Ok(Some(json!({
        "invoice": last.number,
        "months": nearest.0,
        "expected_minor": round_half_even(nearest.1)?,
        "invoiced_minor": round_half_even(invoiced_exact)?,
        "currency": currency,
    })))
}

fn distance(left: Exact, right: Exact) -> Exact {
    if left > right {
        left - right
    } else {
        right - left
    }
}

/// A person says which deal an invoice is for; nothing overrules that.
pub async fn link_invoice(
    ctx: &Ctx,
    actor: &Actor,
    invoice_id: &str,
    deal: DealId,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    tx.lock(&format!("invoice:{invoice_id}")).await?;
    let before = invoices::find(&mut tx, invoice_id).await?;
    let before = before
        .filter(|invoice| invoice.remote.kind == InvoiceType::Sale)
        .ok_or(ServiceError::NotFound)?;
    deals::find(&mut tx, deal)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let now = ctx.now();
    invoices::put_link(
        &mut tx,
        invoice_id,
        deal,
        "person",
        Some(actor.person()),
        now,
    )
    .await?;
    let linked = InvoiceRecord {
        deal: Some(deal),
        linked_how: Some("person".to_owned()),
        ..before.clone()
    };
    link(ctx, &mut tx, &linked).await?;
    if let Some(old) = before.deal.filter(|old| *old != deal) {
        outbox::add(ctx, &mut tx, &Job::ReconcileDeal { deal: old }).await?;
    }
    let facts = json!({ "deal": deal, "deal_before": before.deal, "number": before.remote.number })
        .to_string();
    audit::add(
        &mut tx,
        Some(actor.person()),
        "link_invoice",
        invoice_id,
        &facts,
        now,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// A deal that an invoice may be for.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub deal: DealId,
    pub deal_name: String,
    pub client_name: String,
    pub partner_name: String,
    pub hubspot_id: String,
}

/// An exception as finance sees it.
#[derive(Clone, Debug)]
pub struct ExceptionView {
    pub record: ExceptionRecord,
    /// The numbers side by side.
    pub facts: Value,
    /// The deals that the invoice can be linked to; empty where there is nothing to link.
    pub proposals: Vec<Proposal>,
}

/// The open exceptions, oldest first.
pub async fn list_exceptions(
    ctx: &Ctx,
    actor: &Actor,
    limit: i64,
) -> Result<Vec<ExceptionView>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let records = exceptions::list_open(&mut tx, limit).await?;
    let without_invoice: Vec<DealId> = records
        .iter()
        .filter(|record| record.kind == "no_invoice_yet")
        .filter_map(|record| record.deal)
        .collect();
    let mut views = Vec::with_capacity(records.len());
    for record in records {
        let facts: Value = serde_json::from_str(&record.facts).unwrap_or(Value::Null);
        let candidates = match record.kind.as_str() {
            "several_deals_possible" => {
                serde_json::from_value(facts["deals"].clone()).unwrap_or_default()
            }
            // The deals that miss one, in its currency.
            "invoice_without_deal" => without_invoice.clone(),
            _ => Vec::new(),
        };
        let mut proposals = Vec::with_capacity(candidates.len());
        for id in candidates {
            let deal = deals::find(&mut tx, id).await?;
            let fits = |deal: &DealRecord| {
                deal.currency
                    .is_some_and(|currency| facts["currency"].as_str() == Some(currency.as_str()))
                    || record.kind == "several_deals_possible"
            };
            proposals.extend(deal.filter(fits).map(|deal| Proposal {
                deal: deal.id,
                deal_name: deal.name,
                client_name: deal.client_name,
                partner_name: deal.partner_name,
                hubspot_id: deal.hubspot_id,
            }));
        }
        views.push(ExceptionView {
            record,
            facts,
            proposals,
        });
    }
    Ok(views)
}

/// A person has seen to an exception that no reading settles. It opens again if the same is seen again.
///
/// # Errors
/// `exception-resolved` if it is not open any more.
pub async fn dismiss_exception(
    ctx: &Ctx,
    actor: &Actor,
    id: ExceptionId,
    reason: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let reason =
        parse_line(reason, 200).map_err(|fault| ServiceError::field("reason", fault.code))?;
    let mut tx = ctx.store.write().await?;
    let open = exceptions::find_open(&mut tx, id).await?;
    let open = open.ok_or(ServiceError::Conflict("exception-resolved"))?;
    exceptions::settle(&mut tx, &open.subject, &reason, ctx.now()).await?;
    let facts = json!({ "subject": open.subject, "reason": reason }).to_string();
    audit::add(
        &mut tx,
        Some(actor.person()),
        "dismiss_exception",
        &id.to_string(),
        &facts,
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}
