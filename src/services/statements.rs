//! Statements: closing a quarter, and what came of it. Closing can be repeated, resumed after a kill, and done by two at once: some partners' statements
//! are one transaction, and each is made once. What becomes of a statement's bill is `bills`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use itertools::Itertools as _;
use portal_domain::{
    access::{Action, Actor},
    calendar::Quarter,
    ids::{DealId, PartnerId, PersonId, StatementId},
    line::{AnyLine, LineState},
    money::{Currency, Money, MoneyError},
    partner::Company,
    statement::{Party, SettlementState, StatementBody, StatementLine, statement_number},
};
use portal_store::{
    Tx, audit,
    bills::{self as stored_bills, BillRecord},
    exceptions,
    lines::{self, BlockedSum, LineRecord},
    partners, settings,
    statements::{self, CarryRecord, StatementRecord},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    Ctx, ServiceError,
    access::{require_partner, require_staff},
    bills::{self, Settlement},
    books::{self, Books},
    lines::record_approval,
    mergers::list_undecided,
    mismatch,
    outbox::{self, Job},
};

/// How many quarters staff can look back to.
const QUARTERS: usize = 8;
/// How many partners one transaction of a closing works on.
const PARTNERS_AT_ONCE: usize = 100;
/// How many statements a list shows at once.
const PAGE: i64 = 50;
/// As many currencies as a partner's lines may have.
const CARRIES: i64 = 20;

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
    let mut tx = ctx.store.read().await?;
    find_closable(ctx, &mut tx).await
}

async fn find_closable(ctx: &Ctx, tx: &mut Tx) -> Result<Option<Quarter>, ServiceError> {
    let quarter = ctx.this_quarter().previous(ctx.programme.fiscal_start);
    Ok((!is_closed(tx, quarter).await?).then_some(quarter))
}

/// The quarter whose closing makes a partner's next statement: the last one that has ended, if it is open and something of the partner's may come on its
/// statement; else the running one.
pub(crate) async fn find_next_close(
    ctx: &Ctx,
    tx: &mut Tx,
    partner: PartnerId,
) -> Result<Quarter, ServiceError> {
    if let Some(closable) = find_closable(ctx, tx).await?
        && lines::has_unstated(tx, partner, closable.last()).await?
    {
        return Ok(closable);
    }
    Ok(ctx.this_quarter())
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

/// What closing would leave for the next quarter, or left.
#[derive(Clone, Debug)]
pub struct Carried {
    pub partner: PartnerId,
    pub name: String,
    pub money: Money,
    /// `below_minimum`, `negative`, `nothing_to_invoice`, or `already_stated` by a closing that was interrupted.
    pub code: String,
}

impl From<CarryRecord> for Carried {
    fn from(carry: CarryRecord) -> Self {
        Self {
            partner: carry.partner,
            name: carry.partner_name,
            money: carry.money,
            code: carry.code,
        }
    }
}

/// Why lines up to a quarter's end would not be on its statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blocked {
    NotApproved,
    Held,
    Disputed,
    /// Deals of two partners became one, and a person must decide.
    Merged,
    AwaitingPayment,
}

impl Blocked {
    const fn of(sum: &BlockedSum) -> Self {
        if sum.is_disputed {
            Self::Disputed
        } else if sum.is_held {
            Self::Held
        } else if sum.is_of_deals {
            Self::Merged
        } else if matches!(sum.state, LineState::Awaiting) {
            Self::AwaitingPayment
        } else {
            Self::NotApproved
        }
    }

    /// The end of a key of the catalogues.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotApproved => "not-approved",
            Self::Held => "held",
            Self::Disputed => "disputed",
            Self::Merged => "merged",
            Self::AwaitingPayment => "awaiting-payment",
        }
    }
}

/// What one partner's lines come to that the same thing keeps off its statement.
#[derive(Clone, Debug)]
pub struct BlockedPreview {
    pub partner: PartnerId,
    pub name: String,
    pub reason: Blocked,
    pub money: Money,
    pub lines: i64,
}

/// What closing a quarter would do now, or did.
#[derive(Clone, Debug)]
pub struct ClosePreview {
    pub quarter: Quarter,
    pub ended: bool,
    pub already_closed: bool,
    /// A closing began and did not end: closing again goes on with it.
    pub interrupted: bool,
    /// The day on which partners were told that it closes, if that is still to come.
    pub early_until: Option<NaiveDate>,
    pub statements: Vec<StatementPreview>,
    pub carried: Vec<Carried>,
    /// What a closing that was interrupted has stated already.
    pub stated: Vec<StatementRecord>,
    /// By partner.
    pub blocked: Vec<BlockedPreview>,
    /// Clawbacks that nobody approved: the closing does.
    pub clawbacks: Vec<LineRecord>,
    /// Lines up to the quarter's end that are covered, but that nobody has approved.
    pub covered_not_approved: i64,
    /// Lines up to the quarter's end that somebody holds.
    pub held: i64,
}

/// What closing a quarter would do now, or, once it is closed, what it carried over; writes nothing.
pub async fn preview(
    ctx: &Ctx,
    actor: &Actor,
    quarter: Quarter,
) -> Result<ClosePreview, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let name = quarter.to_string();
    let mut tx = ctx.store.read().await?;
    let close = statements::find_close(&mut tx, &name).await?;
    let closes_on = ctx.programme.payout_rule().dates(quarter).closes_on;
    let mut preview = ClosePreview {
        quarter,
        ended: has_ended(ctx, quarter),
        already_closed: close.is_some_and(|finished_at| finished_at.is_some()),
        interrupted: close.is_some_and(|finished_at| finished_at.is_none()),
        early_until: Some(closes_on).filter(|closes_on| *closes_on > ctx.today()),
        statements: Vec::new(),
        carried: Vec::new(),
        stated: Vec::new(),
        blocked: list_blocked(&mut tx, quarter).await?,
        clawbacks: Vec::new(),
        covered_not_approved: 0,
        held: 0,
    };
    if preview.already_closed {
        let carries = statements::list_carries(&mut tx, &name).await?;
        preview.carried = carries.into_iter().map(Carried::from).collect();
        return Ok(preview);
    }
    if preview.interrupted {
        preview.stated = statements::list_of_quarter(&mut tx, &name).await?;
    }
    for blocked in &preview.blocked {
        match blocked.reason {
            Blocked::NotApproved => preview.covered_not_approved += blocked.lines,
            Blocked::Held | Blocked::Disputed => preview.held += blocked.lines,
            Blocked::Merged | Blocked::AwaitingPayment => {}
        }
    }
    foresee(ctx, &mut tx, &mut preview).await?;
    Ok(preview)
}

/// The statements that closing would make, and what it would carry over.
async fn foresee(ctx: &Ctx, tx: &mut Tx, preview: &mut ClosePreview) -> Result<(), ServiceError> {
    let quarter = preview.quarter;
    for some in list_partners(tx, quarter).await? {
        let before = StatedBefore::load(tx, &some, quarter).await?;
        for found in list_statable(ctx, tx, &some, quarter).await? {
            let (partner, name, money) = (found.partner, found.name.clone(), found.total()?);
            let clawbacks = found.lines.iter();
            let clawbacks = clawbacks.filter(|line| line.state == LineState::Covered);
            preview.clawbacks.extend(clawbacks.cloned());
            let code = match before.is_stated(&found) {
                true => Some("already_stated"),
                false => carried_code(ctx, money, found.is_last),
            };
            match code {
                Some(code) => preview.carried.push(Carried {
                    partner,
                    name,
                    money,
                    code: code.to_owned(),
                }),
                None => preview.statements.push(StatementPreview {
                    partner,
                    name,
                    money,
                    lines: found.lines.len(),
                    is_last: found.is_last,
                }),
            }
        }
    }
    Ok(())
}

/// What keeps lines off the statements of a quarter.
async fn list_blocked(tx: &mut Tx, quarter: Quarter) -> Result<Vec<BlockedPreview>, ServiceError> {
    let undecided: Vec<DealId> = list_undecided(tx).await?.into_iter().collect();
    let mut sums: Vec<BlockedPreview> = Vec::new();
    for sum in lines::sum_blocked(tx, quarter.last(), &undecided).await? {
        let reason = Blocked::of(&sum);
        let same = sums
            .iter_mut()
            .rev()
            .take_while(|known| known.partner == sum.partner);
        let mut same = same.filter(|known| known.reason == reason);
        match same.find(|known| known.money.currency == sum.money.currency) {
            Some(known) => {
                known.money = known.money.plus(sum.money)?;
                known.lines += sum.count;
            }
            None => sums.push(BlockedPreview {
                partner: sum.partner,
                name: sum.partner_name,
                reason,
                money: sum.money,
                lines: sum.count,
            }),
        }
    }
    Ok(sums)
}

/// What was carried over of the member's partner at the last closing; nothing once a later one stated it.
pub async fn last_carried(ctx: &Ctx, actor: &Actor) -> Result<Vec<CarryRecord>, ServiceError> {
    let partner = require_partner(actor, Action::ReadMoney)?;
    let mut tx = ctx.store.read().await?;
    let mut found = statements::list_carries_of(&mut tx, partner, CARRIES).await?;
    let newest = found.first().map(|carry| carry.quarter.clone());
    found.retain(|carry| Some(&carry.quarter) == newest.as_ref());
    let stated = statements::list(&mut tx, Some(partner), None, PAGE).await?;
    found.retain(|carry| {
        let mut later = stated
            .iter()
            .filter(|one| one.created_at > carry.created_at);
        !later.any(|one| one.total.currency == carry.money.currency)
    });
    Ok(found)
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
    let minimum = ctx.programme.minimum_payout.of(total.currency);
    let least = if is_last { 1 } else { minimum.minor.max(1) };
    match total.minor {
        0 => Some("nothing_to_invoice"),
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
    let partners = list_partners(&mut tx, quarter).await?;
    drop(tx);
    let mut closed = Closed::default();
    for some in partners {
        let (created, carried) = close_partners(ctx, actor.person(), quarter, &some).await?;
        closed.created += created;
        closed.carried += carried;
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
    let carries = statements::list_carries(&mut tx, &name).await?;
    let carried: BTreeSet<PartnerId> = carries.iter().map(|carry| carry.partner).collect();
    let announce = carried.into_iter().map(|partner| Job::AnnounceCarried {
        quarter: name.clone(),
        partner,
    });
    outbox::add_all(ctx, &mut tx, announce).await?;
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

/// Everybody who has something to state for a quarter, as many together as one transaction closes.
async fn list_partners(
    tx: &mut Tx,
    quarter: Quarter,
) -> Result<Vec<BTreeSet<PartnerId>>, ServiceError> {
    let all: BTreeSet<PartnerId> = lines::list_statable_partners(tx, quarter.last())
        .await?
        .into_iter()
        .collect();
    let all: Vec<PartnerId> = all.into_iter().collect();
    let some = all.chunks(PARTNERS_AT_ONCE);
    Ok(some.map(|some| some.iter().copied().collect()).collect())
}

/// Makes the statements of some partners in one transaction: all that they have for the quarter, or, after a kill, nothing. Returns how many were made, and
/// how many were carried over.
async fn close_partners(
    ctx: &Ctx,
    person: PersonId,
    quarter: Quarter,
    partners: &BTreeSet<PartnerId>,
) -> Result<(usize, usize), ServiceError> {
    let mut tx = ctx.store.write().await?;
    books::lock_statements_of(&mut tx, partners).await?;
    if is_closed(&mut tx, quarter).await? {
        return Ok((0, 0));
    }
    let seen = list_statable(ctx, &mut tx, partners, quarter).await?;
    let locked = books::deals_of(seen.iter().flat_map(|found| &found.lines));
    books::lock_deals(&mut tx, &locked).await?;
    let mut statable = list_statable(ctx, &mut tx, partners, quarter).await?;
    let mut stated = StatedBefore::load(&mut tx, partners, quarter).await?;
    let mut carried: Vec<CarryRecord> = Vec::new();
    let mut due = Vec::with_capacity(statable.len());
    for mut found in statable.drain(..) {
        found.lines.retain(|line| locked.contains(&line.deal));
        if found.lines.is_empty() || stated.is_stated(&found) {
            continue;
        }
        let money = found.total()?;
        match carried_code(ctx, money, found.is_last) {
            Some(code) => carried.push(CarryRecord {
                quarter: quarter.to_string(),
                partner: found.partner,
                partner_name: found.name,
                money,
                code: code.to_owned(),
                created_at: ctx.now(),
            }),
            None => due.push(found),
        }
    }
    let created = due.len();
    let ids: Vec<PartnerId> = partners.iter().copied().collect();
    statements::replace_carries(&mut tx, &quarter.to_string(), &ids, &carried).await?;
    state(ctx, &mut tx, person, quarter, due, &mut stated).await?;
    tx.commit().await?;
    Ok((created, carried.len()))
}

/// A partner's statements, each of which carries the hash of the one before it.
#[derive(Default)]
struct Chain {
    count: i64,
    last_hash: String,
}

impl Chain {
    fn carry_on(&mut self, hash: &str) {
        self.count += 1;
        hash.clone_into(&mut self.last_hash);
    }
}

/// What was stated to some partners before.
struct StatedBefore {
    /// The partners and currencies that have their statement of the quarter.
    of_quarter: BTreeSet<(PartnerId, Currency)>,
    chains: BTreeMap<PartnerId, Chain>,
}

impl StatedBefore {
    async fn load(
        tx: &mut Tx,
        partners: &BTreeSet<PartnerId>,
        quarter: Quarter,
    ) -> Result<Self, ServiceError> {
        let name = quarter.to_string();
        let ids: Vec<PartnerId> = partners.iter().copied().collect();
        let mut before = Self {
            of_quarter: BTreeSet::new(),
            chains: BTreeMap::new(),
        };
        for stated in statements::list_of_partners(tx, &ids).await? {
            let key = (stated.partner, stated.currency);
            if stated.quarter == name {
                before.of_quarter.insert(key);
            }
            let chain = before.chains.entry(stated.partner).or_default();
            chain.carry_on(&stated.hash);
        }
        Ok(before)
    }

    fn is_stated(&self, found: &Statable) -> bool {
        self.of_quarter.contains(&(found.partner, found.currency))
    }
}

/// Freezes statements, puts their lines on them, and has them announced.
async fn state(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    quarter: Quarter,
    mut due: Vec<Statable>,
    before: &mut StatedBefore,
) -> Result<(), ServiceError> {
    if due.is_empty() {
        return Ok(());
    }
    let series = format!("statement:{quarter}");
    let mut sequence = settings::take_numbers(tx, &series, due.len()).await?;
    let ids: BTreeSet<PartnerId> = due.iter().map(|found| found.partner).collect();
    let ids: Vec<PartnerId> = ids.into_iter().collect();
    let companies: HashMap<PartnerId, Company> = partners::list_by_ids(tx, &ids)
        .await?
        .into_iter()
        .map(|partner| (partner.id, partner.company))
        .collect();
    let mut records = Vec::with_capacity(due.len());
    let mut books = Books::new(ctx, Some(person));
    for line in due.iter_mut().flat_map(|found| &mut found.lines) {
        // A clawback waits for nobody: whoever closes the quarter has approved it.
        if let AnyLine::Covered(covered) = line.in_state() {
            let step = covered.approve();
            books.advance(line, step, "approved");
            line.state = step.after();
            record_approval(ctx, tx, person, line).await?;
        }
    }
    for found in due {
        let company = companies
            .get(&found.partner)
            .ok_or(ServiceError::NotFound)?;
        let chain = before.chains.entry(found.partner).or_default();
        let number = statement_number(quarter, sequence);
        sequence += 1;
        let record = freeze(ctx, &found, company, number, quarter, chain)?;
        chain.carry_on(&record.hash);
        for line in found.lines {
            if let AnyLine::Approved(approved) = line.in_state() {
                books.put_on_statement(&line, approved.put_on_statement(), record.id);
            }
        }
        records.push(record);
    }
    statements::add_all(tx, &records, person).await?;
    books.write(tx).await?;
    for record in &records {
        record_statement(ctx, tx, person, record).await?;
    }
    let announce = records.iter().map(|record| Job::AnnounceStatement {
        statement: record.id,
    });
    outbox::add_all(ctx, tx, announce).await
}

async fn record_statement(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    record: &StatementRecord,
) -> Result<(), ServiceError> {
    let facts = json!({
        "number": record.number,
        "partner": record.partner_name,
        "total_minor": record.total.minor,
        "currency": record.total.currency,
    });
    let (subject, facts) = (record.id.to_string(), facts.to_string());
    Ok(audit::add(
        tx,
        Some(person),
        "make_statement",
        &subject,
        &facts,
        ctx.now(),
    )
    .await?)
}

/// What a statement of one partner, in one currency, would hold. Never empty.
pub(crate) struct Statable {
    partner: PartnerId,
    name: String,
    pub currency: Currency,
    pub lines: Vec<LineRecord>,
    /// The partner has left, and nothing of a later quarter is to come.
    is_last: bool,
}

impl Statable {
    pub fn total(&self) -> Result<Money, MoneyError> {
        let none = Money::zero(self.currency);
        let mut lines = self.lines.iter();
        lines.try_fold(none, |total, line| total.plus(line.money))
    }
}

/// What the statements of some partners would hold. Deals of two partners that became one wait until a person has decided whose they are.
pub(crate) async fn list_statable(
    ctx: &Ctx,
    tx: &mut Tx,
    partners: &BTreeSet<PartnerId>,
    quarter: Quarter,
) -> Result<Vec<Statable>, ServiceError> {
    let undecided = list_undecided(tx).await?;
    let ids: Vec<PartnerId> = partners.iter().copied().collect();
    let mut found: BTreeMap<(PartnerId, Currency), Statable> = BTreeMap::new();
    for line in lines::list_statable(tx, &ids, quarter.last()).await? {
        if undecided.contains(&line.deal) {
            continue;
        }
        let (partner, currency) = (line.partner, line.money.currency);
        let statable = found
            .entry((partner, currency))
            .or_insert_with(|| Statable {
                partner,
                name: line.partner_name.clone(),
                currency,
                lines: Vec::new(),
                is_last: false,
            });
        statable.lines.push(line);
    }
    for left in partners::list_by_ids(tx, &ids).await? {
        if !left.has_left(ctx.today()) {
            continue;
        }
        for statable in found.values_mut().filter(|found| found.partner == left.id) {
            let currency = statable.currency;
            statable.is_last = !lines::has_later(tx, left.id, currency, quarter.last()).await?;
        }
    }
    Ok(found.into_values().collect())
}

/// The statement as it will stand for good. The hash is over its JSON, which carries the hash of the partner's last one.
fn freeze(
    ctx: &Ctx,
    found: &Statable,
    company: &Company,
    number: String,
    quarter: Quarter,
    chain: &Chain,
) -> Result<StatementRecord, ServiceError> {
    let id = StatementId::new(ctx.new_id());
    let total = found.total()?;
    let body = StatementBody {
        id,
        number: number.clone(),
        partner_name: found.name.clone(),
        quarter: quarter.to_string(),
        currency: found.currency,
        lines: found.lines.iter().map(freeze_line).collect(),
        total,
        closed_on: ctx.today().to_string(),
        previous_hash: chain.last_hash.clone(),
        place: chain.count + 1,
        vendor: ctx.programme.vendor.clone(),
        partner: freeze_partner(company),
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
        partner: found.partner,
        partner_name: body.partner_name,
        quarter: body.quarter,
        total,
        hash: hash(&text),
        body: text,
        previous_hash: body.previous_hash,
        place: Some(body.place),
        created_at: ctx.now(),
    })
}

fn freeze_line(line: &LineRecord) -> StatementLine {
    StatementLine {
        id: line.id,
        month: line.month,
        client_name: line.client_name.clone(),
        kind: line.kind.to_string(),
        amount_minor: line.money.minor,
        deal_name: line.deal_name.clone(),
        reason: line.reason.clone().unwrap_or_default(),
        corrects: line.corrects,
    }
}

/// The partner as its documents name it.
fn freeze_partner(company: &Company) -> Party {
    Party {
        legal_name: company.legal_name.clone(),
        address: company.address.lines(&company.country),
        country: company.country.clone(),
        vat_number: company.vat_number.clone(),
        email: company.billing_email.as_str().to_owned(),
    }
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
    /// What was paid of its bills, net.
    pub paid: Money,
    pub settlement: SettlementState,
    /// In the order in which payments reach them, with the states they have now.
    pub lines: Vec<LineRecord>,
    /// The facts of bills that are not taken for it, or not any more.
    pub mismatches: Vec<Value>,
    /// The partner's numbers of bills that were voided, and for which it has raised no other yet.
    pub voided: Vec<String>,
    /// The partner's numbers of bills that Xero does not take.
    pub not_made: Vec<String>,
}

impl StatementView {
    /// Somebody else's bill that names the statement is for finance alone.
    fn for_its_partner(mut self) -> Self {
        self.mismatches.retain(mismatch::is_for_partner);
        self
    }

    /// The partner's numbers of its bills, in a row.
    pub fn bill_numbers(&self) -> String {
        let numbers: Vec<&str> = self.bills.iter().map(|bill| bill.number.as_str()).collect();
        numbers.join(", ")
    }
}

async fn view(tx: &mut Tx, record: StatementRecord) -> Result<StatementView, ServiceError> {
    let mut views = view_all(tx, vec![record]).await?;
    views.pop().ok_or(ServiceError::NotFound)
}

async fn view_all(
    tx: &mut Tx,
    records: Vec<StatementRecord>,
) -> Result<Vec<StatementView>, ServiceError> {
    let ids: Vec<StatementId> = records.iter().map(|record| record.id).collect();
    let bills = stored_bills::list_of_statements(tx, &ids)
        .await?
        .into_iter();
    let mut bills_of = bills.into_group_map_by(|bill| bill.statement);
    let lines = lines::list_of_statements(tx, &ids).await?.into_iter();
    let lines = lines.filter_map(|line| Some((line.statement?, line)));
    let mut lines_of = lines.into_group_map();
    let mut mismatches = list_facts(tx, mismatch::DIFFERS, &ids).await?;
    let mut voided = list_facts(tx, bills::VOIDED, &ids).await?;
    let mut not_made = list_facts(tx, bills::NOT_MADE, &ids).await?;
    let mut views = Vec::with_capacity(records.len());
    for record in records {
        let bills = bills_of.remove(&record.id).unwrap_or_default();
        let settlement = Settlement::of(&bills, record.total)?;
        views.push(StatementView {
            body: serde_json::from_str(&record.body)
                .map_err(|error| ServiceError::Inconsistent(error.to_string()))?,
            settlement: settlement.state,
            rest: settlement.rest,
            paid: settlement.paid,
            lines: lines_of.remove(&record.id).unwrap_or_default(),
            mismatches: mismatches.remove(&record.id).unwrap_or_default(),
            voided: numbers_of(voided.remove(&record.id)),
            not_made: numbers_of(not_made.remove(&record.id)),
            bills,
            record,
        });
    }
    Ok(views)
}

/// The facts of the open cases of a kind, by statement.
async fn list_facts(
    tx: &mut Tx,
    kind: &str,
    statements: &[StatementId],
) -> Result<HashMap<StatementId, Vec<Value>>, ServiceError> {
    let mut facts: HashMap<StatementId, Vec<Value>> = HashMap::new();
    for open in exceptions::list_open_of_statements(tx, kind, statements).await? {
        if let Some(statement) = open.statement {
            let known = serde_json::from_str(&open.facts).unwrap_or(Value::Null);
            facts.entry(statement).or_default().push(known);
        }
    }
    Ok(facts)
}

/// The partner's numbers of the bills that cases are about.
fn numbers_of(cases: Option<Vec<Value>>) -> Vec<String> {
    let cases = cases.unwrap_or_default().into_iter();
    let numbers = cases.filter_map(|facts| facts["bill"].as_str().map(str::to_owned));
    numbers.collect()
}

/// The member's own, newest first.
pub async fn list_for_partner(
    ctx: &Ctx,
    actor: &Actor,
) -> Result<Vec<StatementView>, ServiceError> {
    let partner = require_partner(actor, Action::ReadMoney)?;
    let mut tx = ctx.store.read().await?;
    let records = statements::list(&mut tx, Some(partner), None, PAGE).await?;
    let views = view_all(&mut tx, records).await?;
    Ok(views
        .into_iter()
        .map(StatementView::for_its_partner)
        .collect())
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
    Ok(view(&mut tx, record).await?.for_its_partner())
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
