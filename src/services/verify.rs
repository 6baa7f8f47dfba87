//! The proof: everything that must be true of the books, computed again from what is stored, on any
//! database. It changes nothing, and says how much it
//! looked at. A deal whose reconciliation is still to be done is not judged by its coverage.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use portal_domain::{
    calendar::{Month, Timestamp},
    deal::DealState,
    ids::{DealId, LineId, PartnerId, StatementId},
    lead::LeadState,
    ledger::Account,
    line::LineState,
    money::Currency,
    statement::StatementBody,
};
use portal_store::{
    Tx, bills,
    deals::{self, DealRecord},
    jobs, journal,
    leads::{self, LeadFilter, LeadRecord},
    lines::{self, LineFilter, LineRecord},
    statements::{self as stored_statements, StatementRecord},
};

use crate::{
    Ctx, ServiceError, books,
    outbox::{self, Job},
    reconcile::{DealMoney, clawback_due, clawbacks_of, list_known_fills},
    schedules::{Basis, Wanted, adjustments_of},
    statements,
};

/// How many rows are read at once.
const PAGE: i64 = 1_000;
/// There are never more of these; the limit only keeps the statement's shape.
const ALL: i64 = i64::MAX;

/// One thing that must be true.
#[derive(Clone, Debug)]
pub struct Check {
    pub name: &'static str,
    /// How many things were looked at.
    pub checked: u64,
    /// What is wrong, each in a sentence; empty where all holds.
    pub faults: Vec<String>,
}

impl Check {
    const fn new(name: &'static str) -> Self {
        Self {
            name,
            checked: 0,
            faults: Vec::new(),
        }
    }

    fn look(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        self.checked += 1;
        if !holds {
            self.faults.push(fault());
        }
    }
}

/// All checks.
#[derive(Clone, Debug)]
pub struct Proof {
    pub checks: Vec<Check>,
}

impl Proof {
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.faults.is_empty())
    }
}

/// Proves the books, all of it from one moment.
pub async fn verify(ctx: &Ctx) -> Result<Proof, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let lines = load_lines(&mut tx).await?;
    let deals = load_deals(&mut tx).await?;
    let leads = load_leads(&mut tx).await?;
    let statements = load_statements(&mut tx).await?;
    let mut checks = vec![
        check_entries(&mut tx).await?,
        check_journal(&mut tx, &lines).await?,
        check_figures(&mut tx, &lines).await?,
    ];
    checks.extend(check_deals(ctx, &mut tx, &deals).await?);
    checks.push(check_deliveries(&mut tx, &leads, &deals).await?);
    checks.push(check_deals_of_leads(&leads, &deals));
    checks.push(check_statement_lines(&lines, &statements)?);
    checks.push(check_hashes(&statements)?);
    checks.push(check_bills(&mut tx, &lines, &statements).await?);
    Ok(Proof { checks })
}

async fn load_lines(tx: &mut Tx) -> Result<Vec<LineRecord>, ServiceError> {
    let mut found: Vec<LineRecord> = Vec::new();
    loop {
        let after = found.last().map(|line| (line.month, line.id));
        let page = lines::list(
            tx,
            &LineFilter {
                after,
                ..LineFilter::default()
            },
            PAGE,
        )
        .await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}

async fn load_deals(tx: &mut Tx) -> Result<Vec<DealRecord>, ServiceError> {
    let mut found: Vec<DealRecord> = Vec::new();
    loop {
        let page = deals::list_after(tx, found.last().map(|deal| deal.id), PAGE).await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}

async fn load_leads(tx: &mut Tx) -> Result<Vec<LeadRecord>, ServiceError> {
    let mut found: Vec<LeadRecord> = Vec::new();
    loop {
        let before = found.last().map(|lead| lead.id);
        let page = leads::list(
            tx,
            &LeadFilter {
                before,
                ..LeadFilter::default()
            },
            PAGE,
        )
        .await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}

async fn load_statements(tx: &mut Tx) -> Result<Vec<StatementRecord>, ServiceError> {
    let mut found: Vec<StatementRecord> = Vec::new();
    loop {
        let page =
            stored_statements::list(tx, None, found.last().map(|statement| statement.id), PAGE)
                .await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}

/// Every entry moves its amount between two accounts, so that all accounts of a partner and currency add up to nothing.
async fn check_entries(tx: &mut Tx) -> Result<Check, ServiceError> {
    let mut check = Check::new("entries_balance");
    let (entries, idle) = journal::count(tx).await?;
    check.checked = entries.unsigned_abs();
    if idle > 0 {
        check
            .faults
            .push(format!("{idle} entries leave and reach the same account"));
    }
    let mut sums: BTreeMap<(PartnerId, Currency), i128> = BTreeMap::new();
    for balance in journal::list_balances(tx, None, Timestamp(i64::MAX)).await? {
        *sums
            .entry((balance.partner, balance.money.currency))
            .or_default() += i128::from(balance.money.minor);
    }
    for ((partner, currency), sum) in sums {
        if sum != 0 {
            check.faults.push(format!(
                "the accounts of partner {partner} in {currency} add up to {sum}"
            ));
        }
    }
    Ok(check)
}

/// Each line's amount stands in the account of its state, and came from where its kind comes from.
async fn check_journal(tx: &mut Tx, lines: &[LineRecord]) -> Result<Check, ServiceError> {
    let mut check = Check::new("lines_agree_with_journal");
    let mut balances: HashMap<LineId, BTreeSet<(Account, Currency, i64)>> = HashMap::new();
    for (line, account, currency, minor) in journal::list_line_balances(tx).await? {
        balances
            .entry(line)
            .or_default()
            .insert((account, currency, minor));
    }
    for line in lines {
        let found = balances.remove(&line.id).unwrap_or_default();
        let expected = expected_balances(line);
        check.look(found == expected, || {
            format!(
                "line {} is {}, but the journal has {found:?} instead of {expected:?}",
                line.id, line.state
            )
        });
    }
    check.faults.extend(
        balances
            .keys()
            .map(|line| format!("the journal has money of line {line}, which is not there")),
    );
    Ok(check)
}

fn expected_balances(line: &LineRecord) -> BTreeSet<(Account, Currency, i64)> {
    if line.state == LineState::Cancelled || line.money.minor == 0 {
        return BTreeSet::new();
    }
    let source = line.kind.source();
    let (currency, minor) = (line.money.currency, line.money.minor);
    BTreeSet::from([
        (source, currency, -minor),
        (line.state.account(), currency, minor),
    ])
}

/// What the lines say is earned, owed and paid is what the ledger says, and earned is owed and paid.
async fn check_figures(tx: &mut Tx, lines: &[LineRecord]) -> Result<Check, ServiceError> {
    let mut check = Check::new("figures_add_up");
    let mut by_line: BTreeMap<(PartnerId, Currency), [i128; 3]> = BTreeMap::new();
    for line in lines {
        let figures = by_line
            .entry((line.partner, line.money.currency))
            .or_default();
        let minor = i128::from(line.money.minor);
        match line.state {
            LineState::Paid => figures[2] += minor,
            state if state.is_earned() => figures[1] += minor,
            _ => continue,
        }
        figures[0] += minor;
    }
    let mut by_account: BTreeMap<(PartnerId, Currency), [i128; 2]> = BTreeMap::new();
    for balance in journal::list_balances(tx, None, Timestamp(i64::MAX)).await? {
        let figures = by_account
            .entry((balance.partner, balance.money.currency))
            .or_default();
        match balance.account {
            Account::Earned | Account::Approved | Account::Payable => {
                figures[0] += i128::from(balance.money.minor)
            }
            Account::Paid => figures[1] += i128::from(balance.money.minor),
            _ => {}
        }
    }
    for ((partner, currency), [earned, owed, paid]) in by_line {
        let [account_owed, account_paid] = by_account
            .get(&(partner, currency))
            .copied()
            .unwrap_or_default();
        check.look(earned == owed + paid && (owed, paid) == (account_owed, account_paid), || {
            format!("partner {partner} in {currency}: lines say {owed} owed and {paid} paid, the ledger {account_owed} and {account_paid}")
        });
    }
    Ok(check)
}

/// Every scheduled line computed again from the deal's terms and the plan's version, and every covered one
/// from its invoices.
async fn check_deals(
    ctx: &Ctx,
    tx: &mut Tx,
    all: &[DealRecord],
) -> Result<[Check; 2], ServiceError> {
    let mut amounts = Check::new("lines_follow_from_terms");
    let mut coverage = Check::new("coverage_follows_from_invoices");
    for deal in all {
        let money = DealMoney::load(tx, deal.clone()).await?;
        match Basis::load(tx, deal).await? {
            Some(basis) => check_schedule(&mut amounts, &money, &basis)?,
            // What a person entered follows from no terms.
            None => amounts.look(
                money.lines.iter().all(|line| line.entered_by.is_some()),
                || format!("deal {} has lines, and no plan or no terms", deal.id),
            ),
        }
        let waiting = outbox::payload(&Job::ReconcileDeal { deal: deal.id })?;
        if !money.lines.is_empty() && !jobs::is_pending(tx, "reconcile_deal", &waiting).await? {
            check_coverage(ctx, tx, &mut coverage, &money).await?;
        }
    }
    Ok([amounts, coverage])
}

fn check_schedule(check: &mut Check, money: &DealMoney, basis: &Basis) -> Result<(), ServiceError> {
    let deal = &money.deal;
    let months = money.months();
    let last = months
        .last()
        .map_or(Month::of(basis.won.start), |month| month.month);
    // A deal that ends earlier than it did keeps what was earned, so amounts are computed as if it went on.
    let computed: HashMap<_, Wanted> = basis
        .unending()
        .wanted(last)?
        .into_iter()
        .map(|wanted| (wanted.key(), wanted))
        .collect();
    let mut made = BTreeSet::new();
    for line in months.iter().flat_map(|month| &month.lines) {
        made.insert((line.kind, line.position, line.partner));
        if line.is_refused {
            check.look(line.state == LineState::Cancelled, || {
                format!("line {} is refused, and {}", line.id, line.state)
            });
            continue;
        }
        let adjustments = adjustments_of(&money.lines, line.id);
        let held = books::sum_minor(adjustments.into_iter().chain([*line]))?;
        let price = computed
            .get(&(line.kind, line.position, line.partner))
            .map(|wanted| (wanted.price.month, wanted.price.money.minor));
        // What the plan does not grant any more was taken back, down to nothing.
        let agrees = price.map_or(held == 0, |price| price == (line.month, held));
        check.look(agrees, || {
            format!(
                "line {} is {held} for {}, but computed is {price:?}",
                line.id, line.month
            )
        });
    }
    if deal.state == DealState::Won {
        for due in basis.wanted(last)? {
            check.look(made.contains(&due.key()), || {
                format!("deal {} has no line for {}", deal.id, due.price.month)
            });
        }
    }
    Ok(())
}

async fn check_coverage(
    ctx: &Ctx,
    tx: &mut Tx,
    check: &mut Check,
    money: &DealMoney,
) -> Result<(), ServiceError> {
    let reach = money.reach()?;
    let months = money.months();
    let placed = months.iter().enumerate();
    let lines =
        placed.flat_map(|(place, month)| month.lines.iter().map(move |line| (place, *line)));
    for (place, line) in lines.filter(|(_, line)| !line.is_refused) {
        let is_reached = reach.reaches(place, line);
        let agrees = match line.state {
            LineState::Upcoming => {
                line.month >= ctx.this_month()
                    || jobs::is_pending(tx, "accrue_lines", &outbox::payload(&Job::AccrueLines)?)
                        .await?
            }
            LineState::Awaiting => !is_reached,
            LineState::Covered | LineState::Approved => is_reached,
            // What is stated stays; the clawbacks must make up for it.
            _ => {
                let taken = books::sum_minor(clawbacks_of(&money.lines, line))?;
                taken == clawback_due(&money.lines, line, &reach, place)?
            }
        };
        let reached = if is_reached {
            "reaches"
        } else {
            "does not reach"
        };
        check.look(agrees, || {
            format!(
                "line {} is {}, and the client's money {reached} {}",
                line.id, line.state, line.month
            )
        });
    }
    let known = list_known_fills(tx, money.deal.id).await?;
    let computed: BTreeSet<_> = reach.fills.into_iter().collect();
    check.look(known == computed, || {
        format!(
            "deal {} is filled by {known:?}, but computed is {computed:?}",
            money.deal.id
        )
    });
    Ok(())
}

/// No accepted lead is forgotten: it has a deal, or the job that makes one.
async fn check_deliveries(
    tx: &mut Tx,
    all: &[LeadRecord],
    deals: &[DealRecord],
) -> Result<Check, ServiceError> {
    let mut check = Check::new("accepted_leads_are_delivered");
    let with_deal: BTreeSet<_> = deals.iter().map(|deal| deal.lead).collect();
    for lead in all {
        let is_delivered = match lead.state {
            LeadState::Accepted => {
                let job = outbox::payload(&Job::RegisterLead { lead: lead.id })?;
                with_deal.contains(&lead.id) || jobs::exists(tx, "register_lead", &job).await?
            }
            LeadState::Registered | LeadState::Won | LeadState::Lost => {
                lead.hubspot_deal_id.is_some()
            }
            LeadState::InReview | LeadState::Rejected | LeadState::Withdrawn => continue,
        };
        check.look(is_delivered, || {
            format!(
                "lead {} is {} and has neither a deal nor a delivery",
                lead.id, lead.state
            )
        });
    }
    Ok(check)
}

/// No lead has two deals, and each deal is its lead's partner's.
fn check_deals_of_leads(all: &[LeadRecord], deals: &[DealRecord]) -> Check {
    let mut check = Check::new("one_deal_per_lead");
    let leads: HashMap<_, &LeadRecord> = all.iter().map(|lead| (lead.id, lead)).collect();
    let mut seen: HashMap<_, DealId> = HashMap::new();
    for deal in deals {
        let other = seen.insert(deal.lead, deal.id);
        let is_theirs = leads
            .get(&deal.lead)
            .is_some_and(|lead| lead.partner == deal.partner && lead.client == deal.client);
        check.look(other.is_none() && is_theirs, || {
            format!("deal {} is not the one deal of lead {}", deal.id, deal.lead)
        });
    }
    check
}

/// No line is on two statements, and what a statement says is what its lines are.
fn check_statement_lines(
    lines: &[LineRecord],
    all: &[StatementRecord],
) -> Result<Check, ServiceError> {
    let mut check = Check::new("no_line_on_two_statements");
    let mut stated: HashMap<LineId, StatementId> = HashMap::new();
    let by_id: HashMap<LineId, &LineRecord> = lines.iter().map(|line| (line.id, line)).collect();
    for statement in all {
        let body = read_body(statement)?;
        for line in &body.lines {
            let is_first = stated.insert(line.id, statement.id).is_none();
            let agrees = by_id.get(&line.id).is_some_and(|known| {
                known.statement == Some(statement.id)
                    && known.partner == statement.partner
                    && known.money.minor == line.amount_minor
                    && known.money.currency == body.currency
                    && known.state.is_stated()
            });
            check.look(is_first && agrees, || {
                format!(
                    "line {} of statement {} is not as stated",
                    line.id, statement.number
                )
            });
        }
        let total: i128 = body
            .lines
            .iter()
            .map(|line| i128::from(line.amount_minor))
            .sum();
        check.look(
            total == i128::from(statement.total.minor) && body.total == statement.total,
            || {
                format!(
                    "statement {} says {} and its lines {total}",
                    statement.number, statement.total.minor
                )
            },
        );
    }
    for line in lines
        .iter()
        .filter(|line| line.statement.is_some() || line.state.is_stated())
    {
        check.look(line.statement == stated.get(&line.id).copied(), || {
            format!("line {} is {} on no statement", line.id, line.state)
        });
    }
    Ok(check)
}

fn read_body(statement: &StatementRecord) -> Result<StatementBody, ServiceError> {
    serde_json::from_str(&statement.body).map_err(|error| {
        ServiceError::Inconsistent(format!("statement {}: {error}", statement.number))
    })
}

/// Each statement's hash is over its JSON, which names the one before.
fn check_hashes(all: &[StatementRecord]) -> Result<Check, ServiceError> {
    let mut check = Check::new("statement_hashes_hold");
    for chain in statements::chain(all).into_values() {
        let mut previous = "";
        for statement in chain {
            let body = read_body(statement)?;
            let holds = statement.hash == statements::hash(&statement.body)
                && statement.previous_hash == previous
                && body.previous_hash == previous
                && (body.id, &body.number) == (statement.id, &statement.number);
            check.look(holds, || {
                format!(
                    "statement {} was changed, or one before it",
                    statement.number
                )
            });
            previous = &statement.hash;
        }
    }
    Ok(check)
}

/// Nothing is paid beyond the money that reached its bill, and nothing without a bill.
async fn check_bills(
    tx: &mut Tx,
    lines: &[LineRecord],
    all: &[StatementRecord],
) -> Result<Check, ServiceError> {
    let mut check = Check::new("paid_within_bill");
    let mut paid: BTreeMap<StatementId, i128> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.state == LineState::Paid) {
        match line.statement {
            Some(statement) => *paid.entry(statement).or_default() += i128::from(line.money.minor),
            None => check
                .faults
                .push(format!("line {} is paid and on no statement", line.id)),
        }
    }
    let mut billed: BTreeMap<StatementId, (i128, i128)> = BTreeMap::new();
    for bill in bills::list(tx, None, ALL).await? {
        let of_statement = billed.entry(bill.statement).or_default();
        of_statement.0 += i128::from(bill.total.minor);
        of_statement.1 += i128::from(bill.paid_minor);
    }
    for statement in all {
        let (total, got) = billed.remove(&statement.id).unwrap_or_default();
        let of_lines = paid.remove(&statement.id).unwrap_or_default();
        check.look(of_lines <= got && total <= i128::from(statement.total.minor), || {
            format!(
                "statement {} has bills of {total}, which got {got}, and lines of {of_lines} that are paid",
                statement.number
            )
        });
    }
    check.faults.extend(
        paid.keys()
            .map(|statement| format!("lines of statement {statement} are paid without a bill")),
    );
    Ok(check)
}
