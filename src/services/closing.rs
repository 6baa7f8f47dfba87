//! Closing a quarter: one statement for each partner and currency that has enough to invoice, frozen for good, each carrying the hash of the partner's last.
//! Closing can be repeated, resumed after a kill, and done by two at once: some partners' statements are one transaction, and each is made once. What it
//! would do is `quarters`, and what became of a statement `statements`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use portal_domain::{
    access::{Action, Actor},
    calendar::Quarter,
    ids::{PartnerId, PersonId, StatementId},
    line::AnyLine,
    money::{Currency, Money, MoneyError},
    partner::Company,
    statement::{Party, StatementBody, StatementLine, statement_number},
};
use portal_store::{
    Tx, audit,
    lines::{self, LineRecord},
    partners, settings,
    statements::{self, CarryRecord, StatementRecord},
};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    books::{self, Books},
    lines::record_approval,
    mergers::list_undecided,
    outbox::{self, Job},
    quarters::{has_ended, is_closed},
    statements::hash,
    two_persons,
};

/// How many partners one transaction of a closing works on.
const PARTNERS_AT_ONCE: usize = 100;

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
pub(crate) fn carried_code(ctx: &Ctx, total: Money, is_last: bool) -> Option<&'static str> {
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

/// Closes a quarter. A closing that was interrupted goes on where it stopped; one that was finished does nothing, and tells nobody again.
///
/// # Errors
/// `quarter-not-ended`; `closer-approved-alone` and `closer-changed-details` where it takes a second person (`two_persons`).
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
    two_persons::check_closer(&mut tx, person, quarter).await?;
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
pub(crate) async fn list_partners(
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
    let stating = statable.iter().flat_map(|found| &found.lines);
    two_persons::check_stated(&mut tx, person, quarter, stating).await?;
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
pub(crate) struct StatedBefore {
    /// The partners and currencies that have their statement of the quarter.
    of_quarter: BTreeSet<(PartnerId, Currency)>,
    chains: BTreeMap<PartnerId, Chain>,
}

impl StatedBefore {
    pub async fn load(
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

    pub fn is_stated(&self, found: &Statable) -> bool {
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
            record_approval(ctx, tx, person, line, false).await?;
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
    two_persons::see_details(ctx, tx, person, &ids).await?;
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
    pub partner: PartnerId,
    pub name: String,
    pub currency: Currency,
    pub lines: Vec<LineRecord>,
    /// The partner has left, and nothing of a later quarter is to come.
    pub is_last: bool,
}

impl Statable {
    /// Leaves what no amount holds together with the lines before it for the next closing, so that nobody else's statement waits for it.
    fn keep_what_fits(&mut self) {
        let mut total = Money::zero(self.currency);
        self.lines.retain(|line| match total.plus(line.money) {
            Ok(with) => {
                total = with;
                true
            }
            Err(_) => false,
        });
    }

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
    found.values_mut().for_each(Statable::keep_what_fits);
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
