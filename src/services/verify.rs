//! The proof: everything that must be true of the books, computed again from what is stored, on any database. It changes nothing, and says how much it
//! looked at. A deal whose reconciliation is still to be done is not judged by its coverage.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use itertools::Itertools as _;
use portal_domain::{
    bill::BillState,
    calendar::{Month, Timestamp},
    deal::DealState,
    ids::{DealId, LeadId, LineId, PartnerId, PlanVersionId, StatementId},
    lead::LeadState,
    ledger::Account,
    line::{LineKind, LineState},
    money::{Currency, MoneyError},
    remote::RemoteInvoice,
    scope::Scope,
    statement::StatementBody,
};
use portal_store::{
    Tx,
    audit::{self, AuditRecord},
    bills::{self, BillRecord},
    deals::{self, DealRecord},
    deliveries, invoices, jobs,
    journal::{self, Whose},
    leads::{self, LeadFilter, LeadRecord},
    lines::{self, LineRecord},
    plans,
    statements::{self as stored_statements, StatementRecord},
};
use serde_json::{Value, json};

use crate::{
    Ctx, ServiceError,
    audit::{Head, check_log},
    books,
    outbox::{self, Job},
    reconcile::{DealMoney, KnownDeal, clawback_due, clawbacks_of, list_known_fills},
    schedules::{Basis, Wanted, adjustments_of},
    settlement, statements,
};

/// How many leads are read at once.
const PAGE: i64 = 1_000;
/// How many deals, with all that hangs on them.
const DEALS_PAGE: i64 = 200;
/// How many statements, with their lines and bills.
const STATEMENTS_PAGE: i64 = 100;

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
    pub(crate) const fn new(name: &'static str) -> Self {
        Self {
            name,
            checked: 0,
            faults: Vec::new(),
        }
    }

    pub(crate) fn look(&mut self, holds: bool, fault: impl FnOnce() -> String) {
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

/// Proves the books, all of it from one moment. Deals, leads and statements are read some at a time, so that the largest books need no more memory than
/// small ones.
pub async fn verify(ctx: &Ctx) -> Result<Proof, ServiceError> {
    verify_since(ctx, None).await
}

/// The same, and that the audit log still is what it was when its head was kept elsewhere.
pub async fn verify_since(ctx: &Ctx, kept: Option<Head>) -> Result<Proof, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let entries = check_entries(&mut tx).await?;
    let books = check_books(ctx, &mut tx).await?;
    let leads = check_leads(&mut tx).await?;
    let statements = check_statements(&mut tx).await?;
    let mut checks = vec![entries];
    checks.extend(books);
    checks.extend(leads);
    checks.extend(statements);
    checks.push(check_log(&mut tx, kept).await?);
    Ok(Proof { checks })
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
    for balance in journal::list_balances(tx, Whose::Everybody, Timestamp(i64::MAX)).await? {
        *sums.entry((balance.partner, balance.currency)).or_default() += balance.minor;
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

/// What is checked deal by deal.
struct DealChecks {
    journal: Check,
    figures: Figures,
    amounts: Check,
    entered: Check,
    claims: Check,
    coverage: Check,
    stated: Check,
    approved: Check,
    /// Payloads of the reconciliations that are still to be done.
    unreconciled: HashSet<String>,
    /// Months that have ended are still to be made due.
    unaccrued: bool,
    this_month: Month,
}

/// Every deal with its lines, their journal and the client's money.
async fn check_books(ctx: &Ctx, tx: &mut Tx) -> Result<Vec<Check>, ServiceError> {
    let accrue = outbox::payload(&Job::AccrueLines)?;
    let mut checks = DealChecks {
        journal: Check::new("lines_agree_with_journal"),
        figures: Figures::default(),
        amounts: Check::new("lines_follow_from_terms"),
        entered: Check::new("entered_lines_are_as_entered"),
        claims: Check::new("every_line_is_computed_once"),
        coverage: Check::new("coverage_follows_from_invoices"),
        stated: Check::new("stated_lines_have_a_statement"),
        approved: Check::new("approved_by_somebody_else"),
        unreconciled: jobs::list_pending_payloads(tx, "reconcile_deal").await?,
        unaccrued: jobs::list_pending_payloads(tx, "accrue_lines")
            .await?
            .contains(&accrue),
        this_month: ctx.this_month(),
    };
    let mut last = None;
    loop {
        let page = deals::list_after(tx, last, DEALS_PAGE).await?;
        let Some(deal) = page.last() else { break };
        last = Some(deal.id);
        checks.look_at(tx, page).await?;
    }
    for (position, line) in journal::list_stray(tx).await? {
        let faults = &mut checks.journal.faults;
        faults.push(format!(
            "entry {position} is of line {line}, which is not there or another partner's"
        ));
    }
    let figures = checks.figures.check(tx).await?;
    Ok(vec![
        checks.journal,
        figures,
        checks.amounts,
        checks.entered,
        checks.claims,
        checks.coverage,
        checks.stated,
        checks.approved,
    ])
}

/// What the deals of a page are compared with.
struct Known {
    /// What lines rest on that name another version of a plan than their deal has.
    by_version: HashMap<(DealId, PlanVersionId), Basis>,
    fills: HashMap<DealId, BTreeSet<(Month, String, i64)>>,
    entered: HashMap<LineId, Vec<AuditRecord>>,
    /// Lines that one person entered and approved, while that was enough.
    alone: BTreeSet<LineId>,
}

impl DealChecks {
    async fn look_at(&mut self, tx: &mut Tx, page: Vec<DealRecord>) -> Result<(), ServiceError> {
        let ids: Vec<DealId> = page.iter().map(|deal| deal.id).collect();
        let none = BTreeSet::new();
        let mut balances: HashMap<LineId, BTreeSet<(Account, Currency, i128)>> = HashMap::new();
        for (line, account, currency, minor) in journal::list_line_balances(tx, &ids).await? {
            let of_line = balances.entry(line).or_default();
            of_line.insert((account, currency, minor));
        }
        let deals = KnownDeal::load_all(tx, page).await?;
        let (entered, alone) = list_entered(tx, &deals).await?;
        let known = Known {
            by_version: load_other_versions(tx, &deals).await?,
            fills: list_known_fills(tx, &ids).await?,
            entered,
            alone,
        };
        for deal in &deals {
            for line in &deal.money.lines {
                let found = balances.get(&line.id).unwrap_or(&none);
                check_journal(&mut self.journal, line, found);
                self.look_at_line(line, &known.alone);
            }
            match self.look_at_deal(deal, &known) {
                // The others are checked all the same.
                Err(ServiceError::Money(error)) => self.fail_to_add(deal.money.deal.id, error),
                looked => looked?,
            }
        }
        Ok(())
    }

    fn fail_to_add(&mut self, deal: DealId, error: MoneyError) {
        self.amounts.look(false, || {
            format!("the amounts of deal {deal} cannot be computed: {error}")
        });
    }

    /// `alone`: what somebody approved while one person was enough.
    fn look_at_line(&mut self, line: &LineRecord, alone: &BTreeSet<LineId>) {
        self.figures.add(line);
        let is_stated = line.state.is_stated();
        let is_on_one = line.statement.is_some();
        let is_billable = is_on_one || line.bill.is_none();
        self.stated.look(is_stated == is_on_one && is_billable, || {
            format!(
                "line {} is {}, on statement {:?} and bill {:?}",
                line.id, line.state, line.statement, line.bill
            )
        });
        if is_stated || line.state == LineState::Approved {
            let is_theirs = line.approved_by.is_some()
                && (line.approved_by != line.entered_by || alone.contains(&line.id));
            self.approved.look(is_theirs, || {
                format!(
                    "line {} is {}, entered by {:?} and approved by {:?}",
                    line.id, line.state, line.entered_by, line.approved_by
                )
            });
        }
    }

    fn look_at_deal(
        &mut self,
        KnownDeal { basis, money }: &KnownDeal,
        known: &Known,
    ) -> Result<(), ServiceError> {
        let deal = money.deal.id;
        check_entered(&mut self.entered, money, &known.entered);
        check_claims(&mut self.claims, money)?;
        let basis = basis.as_ref().map_err(|error| *error)?;
        match basis {
            Some(basis) => check_schedule(&mut self.amounts, money, basis, known)?,
            // What a person entered follows from no terms, and what was cancelled comes to nothing.
            None => self.amounts.look(
                money
                    .lines
                    .iter()
                    .all(|line| line.entered_by.is_some() || line.state == LineState::Cancelled),
                || format!("deal {deal} has lines, and no plan or no terms"),
            ),
        }
        let waiting = outbox::payload(&Job::ReconcileDeal { deal })?;
        if !money.lines.is_empty() && !self.unreconciled.contains(&waiting) {
            let filled = known.fills.get(&deal).cloned().unwrap_or_default();
            self.check_coverage(money, &filled)?;
            if let Some(basis) = basis {
                check_ends(&mut self.coverage, money, basis)?;
                check_kept(&mut self.coverage, money, basis)?;
            }
        }
        Ok(())
    }
}

/// What a line that is on no statement should have by the version that it names, where that is not its deal's.
async fn load_other_versions(
    tx: &mut Tx,
    deals: &[KnownDeal],
) -> Result<HashMap<(DealId, PlanVersionId), Basis>, ServiceError> {
    let mut deals_of: BTreeMap<PlanVersionId, BTreeSet<DealId>> = BTreeMap::new();
    for KnownDeal { basis, money } in deals {
        let Ok(Some(basis)) = basis else { continue };
        let deal = money.deal.id;
        let others = money.lines.iter().filter(|line| {
            line.kind.is_of_schedule() && line.is_open() && line.plan_version != basis.version.id
        });
        for line in others {
            deals_of.entry(line.plan_version).or_default().insert(deal);
        }
    }
    let mut found = HashMap::new();
    for (version, of_version) in deals_of {
        let Some(record) = plans::find_version(tx, version).await? else {
            continue;
        };
        let those = deals.iter().map(|known| &known.money.deal);
        let those = those.filter(|deal| of_version.contains(&deal.id));
        let those = those.map(|deal| (deal.clone(), record.clone())).collect();
        let loaded = Basis::load_all(tx, those).await?.into_iter();
        found.extend(loaded.filter_map(|(deal, basis)| Some(((deal, version), basis.ok()?))));
    }
    Ok(found)
}

/// The records of who entered which line, and those lines that were approved last by whoever entered them, while one person was enough.
async fn list_entered(tx: &mut Tx, deals: &[KnownDeal]) -> Result<Entered, ServiceError> {
    let lines = deals.iter().flat_map(|known| &known.money.lines);
    let entered = lines.filter(|line| line.entered_by.is_some());
    let ids: Vec<LineId> = entered.map(|line| line.id).collect();
    let subjects: Vec<String> = ids.iter().map(LineId::to_string).collect();
    let by_subject: HashMap<&str, LineId> = subjects.iter().map(String::as_str).zip(ids).collect();
    let (mut found, mut alone) = Entered::default();
    for record in audit::list_of_subjects(tx, &subjects).await? {
        let Some(line) = by_subject.get(record.subject.as_str()).copied() else {
            continue;
        };
        match record.act.as_str() {
            "enter_line" => found.entry(line).or_default().push(record),
            "approve_line" if is_approved_alone(&record.facts) => {
                alone.insert(line);
            }
            "approve_line" => {
                alone.remove(&line);
            }
            _ => {}
        }
    }
    Ok((found, alone))
}

/// The records of lines that were entered by hand, and those that one person alone approved.
type Entered = (HashMap<LineId, Vec<AuditRecord>>, BTreeSet<LineId>);

fn is_approved_alone(facts: &str) -> bool {
    let facts: Value = serde_json::from_str(facts).unwrap_or_default();
    facts["alone"] == json!(true)
}

/// What a person entered is what the audit log says that they entered, which nobody can change.
fn check_entered(
    check: &mut Check,
    money: &DealMoney,
    records: &HashMap<LineId, Vec<AuditRecord>>,
) {
    for line in money.lines.iter().filter(|line| line.entered_by.is_some()) {
        let records = records.get(&line.id).map_or(&[][..], Vec::as_slice);
        let agrees = match records {
            [record] => record.person == line.entered_by && is_as_entered(line, &record.facts),
            _ => false,
        };
        let is_kind = match line.kind {
            LineKind::Manual => line.corrects.is_none(),
            LineKind::Adjustment => line
                .corrects
                .is_some_and(|corrected| money.lines.iter().any(|other| other.id == corrected)),
            _ => false,
        };
        check.look(agrees && is_kind, || {
            format!(
                "line {} is not what the audit log says that {:?} entered",
                line.id, line.entered_by
            )
        });
    }
}

/// The reason of a line that was refused is that of the refusal.
fn is_as_entered(line: &LineRecord, facts: &str) -> bool {
    let facts: Value = serde_json::from_str(facts).unwrap_or_default();
    let expected = json!({
        "month": line.month,
        "amount_minor": line.money.minor,
        "currency": line.money.currency,
        "corrects": line.corrects,
    });
    let expected = expected.as_object().into_iter().flatten();
    let is_reason = line.is_refused || facts["reason"] == json!(line.reason);
    is_reason
        && expected
            .into_iter()
            .all(|(name, value)| facts[name] == *value)
}

/// Every line is computed by one rule, and by no other: none escapes the proof because nothing asks for it.
fn check_claims(check: &mut Check, money: &DealMoney) -> Result<(), MoneyError> {
    let mut claims: HashMap<LineId, u32> = HashMap::new();
    let mut claim = |line: &LineRecord| *claims.entry(line.id).or_default() += 1;
    for line in &money.lines {
        // Cancelled it counts for nothing; what somebody entered is compared with the audit log.
        let is_nothing = line.state == LineState::Cancelled && !line.is_refused;
        if is_nothing || line.entered_by.is_some() {
            claim(line);
        }
    }
    for line in money.months()?.into_iter().flat_map(|month| month.lines) {
        claim(line);
        if line.state.is_stated() {
            let others = adjustments_of(&money.lines, line.id);
            let others = others.into_iter().chain(clawbacks_of(&money.lines, line));
            others.for_each(&mut claim);
        }
    }
    for line in &money.lines {
        let count = claims.get(&line.id).copied().unwrap_or_default();
        check.look(count == 1, || {
            format!(
                "line {} ({}, correcting {:?}) is computed by {count} rules instead of one",
                line.id, line.kind, line.corrects
            )
        });
    }
    Ok(())
}

/// What nobody has earned yet ends with its deal, and with the tail of a partner that left; a deal that is not won any more waits for nothing but the money
/// that came.
fn check_ends(check: &mut Check, money: &DealMoney, basis: &Basis) -> Result<(), ServiceError> {
    let months = money.months()?;
    let last = months
        .last()
        .map_or(Month::of(basis.won.start), |month| month.month);
    let (mut due, mut months_reached) = (BTreeSet::new(), 0);
    if money.deal.state == DealState::Won {
        due.extend(basis.wanted(last)?.iter().map(Wanted::key));
    } else {
        months_reached = money.reach()?.adjusted_months;
    }
    for (place, month) in months.iter().enumerate() {
        let waiting = month
            .lines
            .iter()
            .filter(|line| matches!(line.state, LineState::Upcoming | LineState::Awaiting));
        for line in waiting {
            let key = (line.kind, line.position, line.partner);
            let is_due = place < months_reached || due.contains(&key);
            check.look(is_due, || {
                format!(
                    "line {} is {} for {}, when nothing is due any more",
                    line.id, line.state, line.month
                )
            });
        }
    }
    Ok(())
}

/// Of a deal that is not won any more the months that the client's money reaches are kept: counted with what was cancelled, as if it were due still, the
/// money reaches no cancelled line.
fn check_kept(check: &mut Check, money: &DealMoney, basis: &Basis) -> Result<(), ServiceError> {
    if money.deal.state == DealState::Won {
        return Ok(());
    }
    let of_schedule = money.lines.iter().filter(|line| line.kind.is_of_schedule());
    let Some(last) = of_schedule.map(|line| line.month).max() else {
        return Ok(());
    };
    let due: HashMap<_, _> = basis
        .wanted(last)?
        .into_iter()
        .map(|wanted| (wanted.key(), wanted.price))
        .collect();
    let (mut as_due, mut cancelled) = (money.clone(), HashSet::new());
    for line in &mut as_due.lines {
        let price = due.get(&(line.kind, line.position, line.partner));
        if let (LineState::Cancelled, false, Some(price)) = (line.state, line.is_refused, price) {
            cancelled.insert(line.id);
            line.state = LineState::Awaiting;
            (line.month, line.money, line.base) = (price.month, price.money, price.base);
        }
    }
    let reached = as_due.reach()?.adjusted_months;
    for line in as_due
        .months()?
        .iter()
        .take(reached)
        .flat_map(|month| &month.lines)
    {
        check.look(!cancelled.contains(&line.id), || {
            format!(
                "line {} is cancelled, and the client's money reaches {}",
                line.id, line.month
            )
        });
    }
    Ok(())
}

/// The line's amount stands in the account of its state, and came from where its kind comes from.
fn check_journal(
    check: &mut Check,
    line: &LineRecord,
    found: &BTreeSet<(Account, Currency, i128)>,
) {
    let expected = expected_balances(line);
    check.look(*found == expected, || {
        format!(
            "line {} is {}, but the journal has {found:?} instead of {expected:?}",
            line.id, line.state
        )
    });
}

fn expected_balances(line: &LineRecord) -> BTreeSet<(Account, Currency, i128)> {
    if line.state == LineState::Cancelled || line.money.minor == 0 {
        return BTreeSet::new();
    }
    let source = line.kind.source();
    let (currency, minor) = (line.money.currency, i128::from(line.money.minor));
    BTreeSet::from([
        (source, currency, -minor),
        (line.state.account(), currency, minor),
    ])
}

/// What the lines say is earned, owed and paid, by partner and currency.
#[derive(Default)]
struct Figures(BTreeMap<(PartnerId, Currency), [i128; 3]>);

impl Figures {
    fn add(&mut self, line: &LineRecord) {
        let key = (line.partner, line.money.currency);
        let figures = self.0.entry(key).or_default();
        let minor = i128::from(line.money.minor);
        match line.state {
            LineState::Paid => figures[2] += minor,
            state if state.is_earned() => figures[1] += minor,
            _ => return,
        }
        figures[0] += minor;
    }

    /// It is what the ledger says, and earned is owed and paid.
    async fn check(self, tx: &mut Tx) -> Result<Check, ServiceError> {
        let mut check = Check::new("figures_add_up");
        let mut by_account: BTreeMap<(PartnerId, Currency), [i128; 2]> = BTreeMap::new();
        for balance in journal::list_balances(tx, Whose::Everybody, Timestamp(i64::MAX)).await? {
            let figures = by_account
                .entry((balance.partner, balance.currency))
                .or_default();
            match balance.account {
                Account::Earned | Account::Approved | Account::Payable => {
                    figures[0] += balance.minor;
                }
                Account::Paid => figures[1] += balance.minor,
                _ => {}
            }
        }
        for ((partner, currency), [earned, owed, paid]) in self.0 {
            let [account_owed, account_paid] = by_account
                .get(&(partner, currency))
                .copied()
                .unwrap_or_default();
            let agrees = earned == owed + paid && (owed, paid) == (account_owed, account_paid);
            check.look(agrees, || {
                format!("partner {partner} in {currency}: lines say {owed} owed and {paid} paid, the ledger {account_owed} and {account_paid}")
            });
        }
        Ok(check)
    }
}

/// All that a deal's plan grants up to a month.
fn compute(
    basis: &Basis,
    last: Month,
) -> Result<HashMap<(LineKind, i64, PartnerId), Wanted>, MoneyError> {
    let wanted = basis.unending().wanted(last)?.into_iter();
    Ok(wanted.map(|wanted| (wanted.key(), wanted)).collect())
}

fn check_schedule(
    check: &mut Check,
    money: &DealMoney,
    basis: &Basis,
    known: &Known,
) -> Result<(), ServiceError> {
    let deal = &money.deal;
    let months = money.months()?;
    let last = months
        .last()
        .map_or(Month::of(basis.won.start), |month| month.month);
    // A deal that ends earlier than it did keeps what was earned, so amounts are computed as if it went on.
    let computed = compute(basis, last)?;
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
        if line.is_open() {
            check_basis(check, line, &computed, basis, last, known)?;
        }
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

/// A line that is on no statement rests on what its deal says now, and names a version by which it is worth the same.
fn check_basis(
    check: &mut Check,
    line: &LineRecord,
    computed: &HashMap<(LineKind, i64, PartnerId), Wanted>,
    basis: &Basis,
    last: Month,
    known: &Known,
) -> Result<(), ServiceError> {
    let key = (line.kind, line.position, line.partner);
    let Some(wanted) = computed.get(&key) else {
        return Ok(());
    };
    let is_priced = if line.plan_version == basis.version.id {
        true
    } else {
        let own = known.by_version.get(&(basis.deal.id, line.plan_version));
        let own = own.map(|own| compute(own, last)).transpose()?;
        let own = own.and_then(|own| own.get(&key).copied());
        own.is_some_and(|own| own.price.money == line.money)
    };
    let price = wanted.price;
    let agrees = (price.base, price.money.currency) == (line.base, line.money.currency);
    check.look(agrees && is_priced, || {
        format!(
            "line {} rests on {} {} by version {}, but its deal on {} {} by version {}",
            line.id,
            line.base,
            line.money.currency,
            line.plan_version,
            price.base,
            price.money.currency,
            basis.version.id
        )
    });
    Ok(())
}

impl DealChecks {
    fn check_coverage(
        &mut self,
        money: &DealMoney,
        known: &BTreeSet<(Month, String, i64)>,
    ) -> Result<(), ServiceError> {
        let reach = money.reach()?;
        let months = money.months()?;
        let placed = months.iter().enumerate();
        let lines =
            placed.flat_map(|(place, month)| month.lines.iter().map(move |line| (place, *line)));
        for (place, line) in lines.filter(|(_, line)| !line.is_refused) {
            let is_reached = reach.reaches(place, line);
            let agrees = match line.state {
                LineState::Upcoming => line.month >= self.this_month || self.unaccrued,
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
            self.coverage.look(agrees, || {
                format!(
                    "line {} is {}, and the client's money {reached} {}",
                    line.id, line.state, line.month
                )
            });
        }
        let computed: BTreeSet<_> = reach.fills.into_iter().collect();
        self.coverage.look(*known == computed, || {
            format!(
                "deal {} is filled by {known:?}, but computed is {computed:?}",
                money.deal.id
            )
        });
        Ok(())
    }
}

/// No accepted lead is forgotten: it has a deal, or the job that makes one. No lead has two deals, and each deal is its lead's partner's.
async fn check_leads(tx: &mut Tx) -> Result<[Check; 2], ServiceError> {
    let mut delivered = Check::new("accepted_leads_are_delivered");
    let mut single = Check::new("one_deal_per_lead");
    let mut jobs = jobs::list_payloads(tx, "register_lead").await?;
    jobs.extend(jobs::list_payloads(tx, "relay_lead").await?);
    // An iPaaS may have taken a lead longer ago than jobs that are done are kept.
    let relayed = deliveries::list_relayed(tx).await?;
    let mut before = None;
    loop {
        let filter = LeadFilter {
            before,
            ..LeadFilter::default()
        };
        let page = leads::list(tx, Scope::EVERYBODY, &filter, PAGE).await?;
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        let ids: Vec<LeadId> = page.iter().map(|lead| lead.id).collect();
        let deals = deals::list_of_leads(tx, &ids).await?.into_iter();
        let deals_of = deals.into_group_map_by(|deal| deal.lead);
        for lead in &page {
            let deals = deals_of.get(&lead.id).map_or(&[][..], Vec::as_slice);
            let is_under_way = relayed.contains(&lead.id) || has_job(&jobs, lead.id)?;
            check_delivery(&mut delivered, lead, deals, is_under_way);
            for deal in deals {
                let is_theirs = lead.partner == deal.partner && lead.client == deal.client;
                single.look(deals.len() == 1 && is_theirs, || {
                    format!("deal {} is not the one deal of lead {}", deal.id, lead.id)
                });
            }
        }
    }
    Ok([delivered, single])
}

/// Whether a job delivers a lead, either way, or did.
fn has_job(jobs: &HashSet<String>, lead: LeadId) -> Result<bool, ServiceError> {
    for job in [Job::RegisterLead { lead }, Job::RelayLead { lead }] {
        if jobs.contains(&outbox::payload(&job)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn check_delivery(check: &mut Check, lead: &LeadRecord, deals: &[DealRecord], is_under_way: bool) {
    let is_delivered = match lead.state {
        LeadState::Accepted => !deals.is_empty() || is_under_way,
        LeadState::Registered | LeadState::Won | LeadState::Lost | LeadState::Removed => {
            lead.hubspot_deal_id.is_some()
        }
        LeadState::InReview | LeadState::Rejected | LeadState::Withdrawn => return,
    };
    check.look(is_delivered, || {
        format!(
            "lead {} is {} and has neither a deal nor a delivery",
            lead.id, lead.state
        )
    });
}

/// What is checked statement by statement.
async fn check_statements(tx: &mut Tx) -> Result<[Check; 3], ServiceError> {
    let mut as_stated = Check::new("no_line_on_two_statements");
    let mut hashes = Check::new("statement_hashes_hold");
    let mut settled = Check::new("settlement_follows_from_payments");
    // A line can be on two statements only if two name it: all of them are kept, and nothing else is.
    let mut stated: HashSet<LineId> = HashSet::new();
    let mut chains: BTreeMap<PartnerId, Vec<Link>> = BTreeMap::new();
    let mut last = None;
    loop {
        let page = stored_statements::list_after(tx, last, STATEMENTS_PAGE).await?;
        let Some(statement) = page.last() else { break };
        last = Some(statement.id);
        let ids: Vec<StatementId> = page.iter().map(|statement| statement.id).collect();
        let lines = lines::list_of_statements(tx, &ids).await?.into_iter();
        let lines = lines.filter_map(|line| Some((line.statement?, line)));
        let mut lines_of = lines.into_group_map();
        let bills = bills::list_of_statements(tx, &ids).await?;
        let read = list_read(tx, &bills).await?;
        let mut bills_of = bills.into_iter().into_group_map_by(|bill| bill.statement);
        for statement in &page {
            let body = read_body(statement)?;
            let lines = lines_of.remove(&statement.id).unwrap_or_default();
            let bills = bills_of.remove(&statement.id).unwrap_or_default();
            check_lines(&mut as_stated, statement, &body, &lines, &mut stated);
            let chain = chains.entry(statement.partner).or_default();
            chain.push(Link::of(statement, &body));
            check_bills(&mut settled, statement, &lines, &bills, &read)?;
        }
    }
    for chain in chains.into_values() {
        check_chain(&mut hashes, chain);
    }
    Ok([as_stated, hashes, settled])
}

/// No line is on two statements, and what a statement says is what its lines are.
fn check_lines(
    check: &mut Check,
    statement: &StatementRecord,
    body: &StatementBody,
    lines: &[LineRecord],
    stated: &mut HashSet<LineId>,
) {
    let mut by_id: HashMap<LineId, &LineRecord> =
        lines.iter().map(|line| (line.id, line)).collect();
    for line in &body.lines {
        let is_first = stated.insert(line.id);
        let agrees = by_id.remove(&line.id).is_some_and(|known| {
            known.partner == statement.partner
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
    for line in by_id.keys() {
        check.faults.push(format!(
            "line {line} is on statement {}, which does not name it",
            statement.number
        ));
    }
    let amounts = body.lines.iter().map(|line| i128::from(line.amount_minor));
    let total: i128 = amounts.sum();
    let agrees = total == i128::from(statement.total.minor) && body.total == statement.total;
    check.look(agrees, || {
        format!(
            "statement {} says {} and its lines {total}",
            statement.number, statement.total.minor
        )
    });
}

fn read_body(statement: &StatementRecord) -> Result<StatementBody, ServiceError> {
    serde_json::from_str(&statement.body).map_err(|error| {
        ServiceError::Inconsistent(format!("statement {}: {error}", statement.number))
    })
}

/// A statement among its partner's.
struct Link {
    place: Option<i64>,
    created_at: Timestamp,
    number: String,
    currency: Currency,
    hash: String,
    previous_hash: String,
    /// Its hash is over its JSON, which says the same as its row.
    is_sound: bool,
}

impl Link {
    fn of(statement: &StatementRecord, body: &StatementBody) -> Self {
        let is_sound = statement.hash == statements::hash(&statement.body)
            && body.previous_hash == statement.previous_hash
            && body.place == statement.place.unwrap_or(0)
            && (body.id, &body.number) == (statement.id, &statement.number);
        Self {
            place: statement.place,
            created_at: statement.created_at,
            number: statement.number.clone(),
            currency: statement.total.currency,
            hash: statement.hash.clone(),
            previous_hash: statement.previous_hash.clone(),
            is_sound,
        }
    }
}

/// Each of a partner's statements carries the hash of the one before it. Those that have no place come first, and carry that of their currency's last.
fn check_chain(check: &mut Check, mut links: Vec<Link>) {
    let place = |link: &Link| (link.place.unwrap_or(0), link.created_at);
    links.sort_by(|one, other| (place(one), &one.number).cmp(&(place(other), &other.number)));
    let mut of_currencies: HashMap<Currency, String> = HashMap::new();
    let mut last = String::new();
    for (count, link) in (1..).zip(links) {
        let of_currency = of_currencies.entry(link.currency).or_default();
        let follows = match link.place {
            Some(place) => place == count && link.previous_hash == last,
            None => link.previous_hash == *of_currency,
        };
        check.look(link.is_sound && follows, || {
            format!("statement {} was changed, or one before it", link.number)
        });
        of_currency.clone_from(&link.hash);
        last = link.hash;
    }
}

/// What Xero says of some bills, as last read, by its ids.
async fn list_read(
    tx: &mut Tx,
    bills: &[BillRecord],
) -> Result<HashMap<String, RemoteInvoice>, ServiceError> {
    let ids = bills.iter().filter_map(|bill| bill.xero_invoice_id.clone());
    let ids: Vec<String> = ids.collect();
    let read = invoices::list_by_ids(tx, &ids).await?.into_iter();
    Ok(read
        .map(|found| (found.remote.id.clone(), found.remote))
        .collect())
}

/// A statement's bills are together never above it, each is for whole lines and what Xero says of it, and each line is where its own bill and the payments of
/// that are: none paid without them, and none waiting in spite of them.
fn check_bills(
    check: &mut Check,
    statement: &StatementRecord,
    lines: &[LineRecord],
    bills: &[BillRecord],
    read: &HashMap<String, RemoteInvoice>,
) -> Result<(), ServiceError> {
    let total: i128 = bills.iter().map(|bill| i128::from(bill.total.minor)).sum();
    check.look(total <= i128::from(statement.total.minor), || {
        format!(
            "statement {} is over {}, and its bills over {total}",
            statement.number, statement.total.minor
        )
    });
    let mut recomputed = Vec::with_capacity(bills.len());
    for bill in bills {
        let on_it = lines.iter().filter(|line| line.bill == Some(bill.id));
        let of_lines: i128 = on_it.map(|line| i128::from(line.money.minor)).sum();
        let is_theirs =
            (bill.partner, bill.total.currency) == (statement.partner, statement.total.currency);
        check.look(
            of_lines == i128::from(bill.total.minor) && is_theirs,
            || {
                format!(
                    "bill {} is over {}, and its lines over {of_lines}",
                    bill.id, bill.total.minor
                )
            },
        );
        recomputed.push(check_bill(check, bill, read)?);
    }
    let standings = settlement::standings(&recomputed, lines);
    for (line, standing) in lines.iter().zip(standings) {
        let is_on_known = line
            .bill
            .is_none_or(|id| bills.iter().any(|bill| bill.id == id));
        check.look(line.state == standing && is_on_known, || {
            format!(
                "line {} on bill {:?} is {}, and by the bills of statement {} it is {standing}",
                line.id, line.bill, line.state, statement.number
            )
        });
    }
    Ok(())
}

/// A bill is what Xero says of it, computed again; answers it so. One that asks for another amount than it was taken for stays as it was before that.
fn check_bill(
    check: &mut Check,
    bill: &BillRecord,
    read: &HashMap<String, RemoteInvoice>,
) -> Result<BillRecord, ServiceError> {
    let remote = bill.xero_invoice_id.as_ref().map(|id| read.get(id));
    let recomputed = match remote {
        Some(Some(remote)) if remote.sub_total == bill.total => settlement::settled(bill, remote)?,
        Some(Some(_)) => bill.clone(),
        // Nobody can have paid what Xero has not got.
        None | Some(None) => BillRecord {
            tax_minor: 0,
            paid_minor: 0,
            state: if bill.state.is_booked() {
                BillState::Raised
            } else {
                bill.state
            },
            ..bill.clone()
        },
    };
    let shown = |bill: &BillRecord| (bill.state, bill.paid_minor, bill.tax_minor);
    let is_there = remote.is_none_or(|remote| remote.is_some_and(|remote| !remote.is_gone()));
    check.look(is_there && shown(bill) == shown(&recomputed), || {
        format!(
            "bill {} is {:?} with state, paid and tax, and by Xero {:?}",
            bill.id,
            shown(bill),
            shown(&recomputed)
        )
    });
    Ok(recomputed)
}
