//! Statements: closing a quarter, and what came of it. Closing can be repeated, resumed after a kill, and
//! done by two at once: each partner's statement
//! is one transaction, and is made once. What becomes of a statement's bill is `bills`.

use std::collections::BTreeMap;

use portal_domain::{
    access::{Action, Actor},
    calendar::{Month, Quarter},
    ids::{DealId, PartnerId, PersonId, StatementId},
    line::{AnyLine, LineState},
    money::{Currency, Money, MoneyError},
    statement::{Party, SettlementState, StatementBody, StatementLine, statement_number},
};
use portal_store::{
    Tx, audit,
    bills::{self, BillRecord},
    deals,
    lines::{self, LineRecord},
    partners, settings,
    statements::{self, StatementRecord},
};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    Ctx, ServiceError,
    access::{require_partner, require_staff},
    bills::Settlement,
    books::{self, Books},
    mergers::list_undecided,
    outbox::{self, Job},
};

/// How many quarters staff can look back to.
const QUARTERS: usize = 8;
/// How many statements a list shows at once.
const PAGE: i64 = 50;

/// A quarter, and how far its closing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuarterView {
    pub quarter: Quarter,
    /// Its last month has ended.
    pub ended: bool,
    pub closed: bool,
}

/// The last quarter that has ended, if it is not closed. It takes along what earlier ones left over.
pub async fn closable_quarter(ctx: &Ctx) -> Result<Option<Quarter>, ServiceError> {
    let quarter = ctx.this_quarter().previous(ctx.programme.fiscal_start);
    let mut tx = ctx.store.read().await?;
    Ok((!is_closed(&mut tx, quarter).await?).then_some(quarter))
}

async fn is_closed(tx: &mut Tx, quarter: Quarter) -> Result<bool, ServiceError> {
    let close = statements::find_close(tx, &quarter.to_string()).await?;
    Ok(close.is_some_and(|finished_at| finished_at.is_some()))
}

fn has_ended(ctx: &Ctx, quarter: Quarter) -> bool {
    quarter.last() < ctx.this_month()
}

/// The running quarter and those before it, newest first.
pub async fn list_quarters(ctx: &Ctx, actor: &Actor) -> Result<Vec<QuarterView>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let mut views = Vec::with_capacity(QUARTERS);
    let mut quarter = ctx.this_quarter();
    for _ in 0..QUARTERS {
        let closed = is_closed(&mut tx, quarter).await?;
        views.push(QuarterView {
            quarter,
            ended: has_ended(ctx, quarter),
            closed,
        });
        quarter = quarter.previous(ctx.programme.fiscal_start);
    }
    Ok(views)
}

/// A statement that closing would make.
#[derive(Clone, Debug)]
pub struct StatementPreview {
    pub partner: PartnerId,
    pub name: String,
    pub money: Money,
    pub lines: usize,
    /// The partner has left, and nothing of a later quarter is to come.
    pub is_last: bool,
}

/// What closing would leave for the next quarter.
#[derive(Clone, Debug)]
pub struct CarriedPreview {
    pub partner: PartnerId,
    pub name: String,
    pub money: Money,
    /// `below_minimum` or `negative`.
    pub code: &'static str,
}

/// What closing a quarter would do now.
#[derive(Clone, Debug)]
pub struct ClosePreview {
    pub quarter: Quarter,
    pub ended: bool,
    pub already_closed: bool,
    pub statements: Vec<StatementPreview>,
    pub carried: Vec<CarriedPreview>,
    /// Lines up to the quarter's end that are covered, but that nobody has approved.
    pub covered_not_approved: i64,
    /// Lines up to the quarter's end that somebody holds.
    pub held: i64,
}

/// What closing a quarter would do now; writes nothing.
pub async fn preview(
    ctx: &Ctx,
    actor: &Actor,
    quarter: Quarter,
) -> Result<ClosePreview, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let mut preview = ClosePreview {
        quarter,
        ended: has_ended(ctx, quarter),
        already_closed: is_closed(&mut tx, quarter).await?,
        statements: Vec::new(),
        carried: Vec::new(),
        covered_not_approved: 0,
        held: 0,
    };
    for (state, stopped, count) in lines::count_by_state(&mut tx, quarter.last()).await? {
        if stopped && !state.is_stated() && state != LineState::Cancelled {
            preview.held += count;
        } else if state == LineState::Covered {
            preview.covered_not_approved += count;
        }
    }
    for (partner, currency) in lines::list_statable_partners(&mut tx, quarter.last()).await? {
        let found = list_statable(&mut tx, partner, currency, quarter.last()).await?;
        if found.is_empty() {
            continue;
        }
        let name = found
            .first()
            .map(|line| line.partner_name.clone())
            .unwrap_or_default();
        let money = sum(&found, currency)?;
        let is_last = is_last(ctx, &mut tx, partner, currency, quarter).await?;
        match carried_code(ctx, money, is_last) {
            Some(code) => preview.carried.push(CarriedPreview {
                partner,
                name,
                money,
                code,
            }),
            None => preview.statements.push(StatementPreview {
                partner,
                name,
                money,
                lines: found.len(),
                is_last,
            }),
        }
    }
    Ok(preview)
}

fn sum(lines: &[LineRecord], currency: Currency) -> Result<Money, MoneyError> {
    lines
        .iter()
        .try_fold(Money::zero(currency), |total, line| total.plus(line.money))
}

/// Whether the statement of a quarter would be a partner's last: it has left, and nothing of a later month is to come. What this quarter still waits for may
/// never come, so nobody waits for it.
pub(crate) async fn is_last(
    ctx: &Ctx,
    tx: &mut Tx,
    partner: PartnerId,
    currency: Currency,
    quarter: Quarter,
) -> Result<bool, ServiceError> {
    let found = partners::find(tx, partner).await?;
    let has_left = found.is_some_and(|found| found.has_left(ctx.today()));
    Ok(has_left && !lines::has_later(tx, partner, currency, quarter.last()).await?)
}

/// Why an amount is not stated but carried over; nothing to invoice is below any minimum, and a last statement knows none.
fn carried_code(ctx: &Ctx, total: Money, is_last: bool) -> Option<&'static str> {
    let least = if is_last {
        1
    } else {
        ctx.programme.minimum_payout_minor.max(1)
    };
    match total.minor {
        minor if minor < 0 => Some("negative"),
        minor if minor < least => Some("below_minimum"),
        _ => None,
    }
}

/// What a closing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Closed {
    /// Statements made by this call.
    pub created: usize,
    /// Partners and currencies that are carried over.
    pub carried: usize,
    /// The quarter was closed before: nothing was done.
    pub already: bool,
}

/// Closes a quarter: one statement for each partner and currency that has enough to invoice. A closing that
/// was interrupted goes on where it stopped;
/// one that was finished does nothing, and tells nobody again.
///
/// # Errors
/// `quarter-not-ended`.
pub async fn close_quarter(
    ctx: &Ctx,
    actor: &Actor,
    quarter: Quarter,
) -> Result<Closed, ServiceError> {
    require_staff(actor, Action::CloseQuarter)?;
    if !has_ended(ctx, quarter) {
        return Err(ServiceError::Conflict("quarter-not-ended"));
    }
    if !begin(ctx, actor.person(), quarter).await? {
        return Ok(Closed {
            already: true,
            ..Closed::default()
        });
    }
    let mut tx = ctx.store.read().await?;
    let partners = lines::list_statable_partners(&mut tx, quarter.last()).await?;
    drop(tx);
    let mut closed = Closed::default();
    for (partner, currency) in partners {
        match close_partner(ctx, actor.person(), quarter, partner, currency).await? {
            Outcome::Created => closed.created += 1,
            Outcome::Carried => closed.carried += 1,
            Outcome::Nothing => {}
        }
    }
    finish(ctx, actor.person(), quarter, closed).await?;
    Ok(closed)
}

async fn lock_close(tx: &mut Tx, quarter: &str) -> Result<(), ServiceError> {
    Ok(tx.lock(&format!("close:{quarter}")).await?)
}

/// `false` if the quarter is closed.
async fn begin(ctx: &Ctx, person: PersonId, quarter: Quarter) -> Result<bool, ServiceError> {
    let mut tx = ctx.store.write().await?;
    lock_close(&mut tx, &quarter.to_string()).await?;
    if is_closed(&mut tx, quarter).await? {
        return Ok(false);
    }
    statements::begin_close(&mut tx, &quarter.to_string(), person, ctx.now()).await?;
    tx.commit().await?;
    Ok(true)
}

async fn finish(
    ctx: &Ctx,
    person: PersonId,
    quarter: Quarter,
    closed: Closed,
) -> Result<(), ServiceError> {
    let name = quarter.to_string();
    let mut tx = ctx.store.write().await?;
    lock_close(&mut tx, &name).await?;
    if is_closed(&mut tx, quarter).await? {
        // Somebody who closed it at the same time was faster.
        return Ok(());
    }
    statements::finish_close(&mut tx, &name, ctx.now()).await?;
    let facts = json!({ "created": closed.created, "carried": closed.carried }).to_string();
    audit::add(
        &mut tx,
        Some(person),
        "close_quarter",
        &name,
        &facts,
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

enum Outcome {
    Created,
    Carried,
    Nothing,
}

/// One partner and currency, in one transaction.
async fn close_partner(
    ctx: &Ctx,
    person: PersonId,
    quarter: Quarter,
    partner: PartnerId,
    currency: Currency,
) -> Result<Outcome, ServiceError> {
    let name = quarter.to_string();
    let mut tx = ctx.store.write().await?;
    books::lock_statements(&mut tx, partner).await?;
    let is_stated = statements::find_of_quarter(&mut tx, partner, currency, &name)
        .await?
        .is_some();
    if is_stated || is_closed(&mut tx, quarter).await? {
        return Ok(Outcome::Nothing);
    }
    let seen = list_statable(&mut tx, partner, currency, quarter.last()).await?;
    let locked = books::lock_deals(&mut tx, &seen).await?;
    let mut found = list_statable(&mut tx, partner, currency, quarter.last()).await?;
    found.retain(|line| locked.contains(&line.deal));
    let total = sum(&found, currency)?;
    let is_last = is_last(ctx, &mut tx, partner, currency, quarter).await?;
    if carried_code(ctx, total, is_last).is_some() {
        return Ok(if found.is_empty() {
            Outcome::Nothing
        } else {
            Outcome::Carried
        });
    }
    let sequence = settings::next_number(&mut tx, &format!("statement:{name}")).await?;
    let number = statement_number(quarter, sequence);
    let record = freeze(ctx, &mut tx, &found, number, quarter, total).await?;
    statements::add(&mut tx, &record, person).await?;
    let mut books = Books::new(ctx, Some(person));
    for mut line in found {
        if let AnyLine::Approved(approved) = line.in_state() {
            books.put_on_statement(&mut line, approved.put_on_statement(), record.id);
        }
    }
    books.write(&mut tx).await?;
    outbox::add(
        ctx,
        &mut tx,
        &Job::AnnounceStatement {
            statement: record.id,
        },
    )
    .await?;
    tx.commit().await?;
    Ok(Outcome::Created)
}

/// What a statement would hold. Deals of two partners that became one wait until a person has decided whose they are.
async fn list_statable(
    tx: &mut Tx,
    partner: PartnerId,
    currency: Currency,
    until: Month,
) -> Result<Vec<LineRecord>, ServiceError> {
    let undecided = list_undecided(tx).await?;
    let mut found = lines::list_statable(tx, partner, currency, until).await?;
    found.retain(|line| !undecided.contains(&line.deal));
    Ok(found)
}

/// The statement as it will stand for good. The hash is over its JSON, which carries the hash of the
/// partner's last one in that currency.
async fn freeze(
    ctx: &Ctx,
    tx: &mut Tx,
    lines: &[LineRecord],
    number: String,
    quarter: Quarter,
    total: Money,
) -> Result<StatementRecord, ServiceError> {
    let first = lines
        .first()
        .ok_or_else(|| ServiceError::Inconsistent("a statement without lines".to_owned()))?;
    let previous_hash = statements::find_last_hash(tx, first.partner, total.currency).await?;
    let id = StatementId::new(ctx.new_id());
    let body = StatementBody {
        id,
        number: number.clone(),
        partner_name: first.partner_name.clone(),
        quarter: quarter.to_string(),
        currency: total.currency,
        lines: freeze_lines(tx, lines).await?,
        total,
        closed_on: ctx.today().to_string(),
        previous_hash: previous_hash.clone(),
        vendor: ctx.programme.vendor.clone(),
        partner: freeze_partner(tx, first.partner).await?,
        from: Some(quarter.first.first_day()),
        to: Some(quarter.last().last_day()),
        payment_days: ctx.programme.payout_days,
        url: ctx.url(&format!("/statements/{id}")),
    };
    let text = serde_json::to_string(&body)
        .map_err(|error| ServiceError::Inconsistent(error.to_string()))?;
    Ok(StatementRecord {
        id,
        number,
        partner: first.partner,
        partner_name: first.partner_name.clone(),
        quarter: body.quarter,
        total,
        hash: hash(&text),
        body: text,
        previous_hash,
        created_at: ctx.now(),
    })
}

async fn freeze_lines(
    tx: &mut Tx,
    lines: &[LineRecord],
) -> Result<Vec<StatementLine>, ServiceError> {
    let mut deal_names: BTreeMap<DealId, String> = BTreeMap::new();
    let mut frozen = Vec::with_capacity(lines.len());
    for line in lines {
        let deal_name = match deal_names.get(&line.deal) {
            Some(name) => name.clone(),
            None => {
                let deal = deals::find(tx, line.deal)
                    .await?
                    .ok_or(ServiceError::NotFound)?;
                deal_names.insert(line.deal, deal.name.clone());
                deal.name
            }
        };
        frozen.push(StatementLine {
            id: line.id,
            month: line.month,
            client_name: line.client_name.clone(),
            kind: line.kind.to_string(),
            amount_minor: line.money.minor,
            deal_name,
            reason: line.reason.clone().unwrap_or_default(),
            corrects: line.corrects,
        });
    }
    Ok(frozen)
}

/// The partner as its documents name it; it has no postal address here.
async fn freeze_partner(tx: &mut Tx, id: PartnerId) -> Result<Party, ServiceError> {
    let company = partners::find(tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?
        .company;
    Ok(Party {
        legal_name: company.legal_name,
        address: Vec::new(),
        country: company.country,
        vat_number: company.vat_number,
        email: company.billing_email.as_str().to_owned(),
    })
}

/// SHA-256 over a statement's JSON, in hex.
pub fn hash(body: &str) -> String {
    hex::encode(Sha256::digest(body.as_bytes()))
}

/// A statement with what became of it.
#[derive(Clone, Debug)]
pub struct StatementView {
    pub record: StatementRecord,
    pub body: StatementBody,
    /// Oldest first.
    pub bills: Vec<BillRecord>,
    /// What the partner has not invoiced yet.
    pub rest: Money,
    pub settlement: SettlementState,
    /// In the order in which payments reach them, with the states they have now.
    pub lines: Vec<LineRecord>,
}

impl StatementView {
    /// What was paid of its bills, net.
    pub fn paid(&self) -> Money {
        let paid_minor: i64 = self.bills.iter().map(|bill| bill.paid_minor).sum();
        Money::new(paid_minor, self.record.total.currency)
    }

    /// The partner's numbers of its bills, in a row.
    pub fn bill_numbers(&self) -> String {
        let numbers: Vec<&str> = self.bills.iter().map(|bill| bill.number.as_str()).collect();
        numbers.join(", ")
    }
}

async fn view(tx: &mut Tx, record: StatementRecord) -> Result<StatementView, ServiceError> {
    let bills = bills::list_of_statement(tx, record.id).await?;
    let settlement = Settlement::of(&bills, record.total)?;
    Ok(StatementView {
        body: serde_json::from_str(&record.body)
            .map_err(|error| ServiceError::Inconsistent(error.to_string()))?,
        settlement: settlement.state,
        rest: settlement.rest,
        lines: lines::list_of_statement(tx, record.id).await?,
        bills,
        record,
    })
}

async fn view_all(
    tx: &mut Tx,
    records: Vec<StatementRecord>,
) -> Result<Vec<StatementView>, ServiceError> {
    let mut views = Vec::with_capacity(records.len());
    for record in records {
        views.push(view(tx, record).await?);
    }
    Ok(views)
}

/// The member's own, newest first.
pub async fn list_for_partner(
    ctx: &Ctx,
    actor: &Actor,
) -> Result<Vec<StatementView>, ServiceError> {
    let partner = require_partner(actor, Action::ReadMoney)?;
    let mut tx = ctx.store.read().await?;
    let records = statements::list(&mut tx, Some(partner), None, PAGE).await?;
    view_all(&mut tx, records).await
}

/// The member's own; somebody else's is not there.
pub async fn find_for_partner(
    ctx: &Ctx,
    actor: &Actor,
    id: StatementId,
) -> Result<StatementView, ServiceError> {
    let partner = require_partner(actor, Action::ReadMoney)?;
    let mut tx = ctx.store.read().await?;
    let record = statements::find_of_partner(&mut tx, partner, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    view(&mut tx, record).await
}

/// Everybody's, newest first, before an id.
pub async fn list_for_staff(
    ctx: &Ctx,
    actor: &Actor,
    before: Option<StatementId>,
) -> Result<Vec<StatementView>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let records = statements::list(&mut tx, None, before, PAGE).await?;
    view_all(&mut tx, records).await
}

pub async fn find_for_staff(
    ctx: &Ctx,
    actor: &Actor,
    id: StatementId,
) -> Result<StatementView, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let record = statements::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    view(&mut tx, record).await
}

/// What every statement's hash must follow from: the hashes by partner and currency, oldest first.
pub(crate) fn chain(
    records: &[StatementRecord],
) -> BTreeMap<(PartnerId, Currency), Vec<&StatementRecord>> {
    let mut chains: BTreeMap<(PartnerId, Currency), Vec<&StatementRecord>> = BTreeMap::new();
    for record in records {
        chains
            .entry((record.partner, record.total.currency))
            .or_default()
            .push(record);
    }
    for chain in chains.values_mut() {
        chain.sort_by_key(|record| record.id);
    }
    chains
}
