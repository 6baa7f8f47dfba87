//! Exceptions: what does not fit and waits for a person, and what a person can do about it. What raises and settles them is `links`, `reconcile`, `deals`
//! and `bills`; what becomes of merged deals and of changes that lines cannot follow is `mergers`, and of very many objects that are gone `missing`.

use std::collections::{BTreeMap, BTreeSet};

use portal_domain::{
    access::{Action, Actor},
    calendar::{Month, Timestamp},
    ids::{DealId, ExceptionId, PartnerId},
    money::{Currency, Exact, Money, add, round_half_even},
    remote::RemoteOwner,
    text::{Email, parse_line, parse_paragraph},
};
use portal_store::{
    Tx,
    audit::{self, AuditRecord},
    deals::{self, DealRecord},
    exceptions::{self, ExceptionRecord},
    invoices::{self, InvoiceRecord},
    owners, partners, people,
    waivers::{self, WaiverRecord},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    books,
    decision::{self, OpenCase},
    documents::{Document, Proposal},
    mergers::{self, Merger},
    messages,
    outbox::{self, Job},
    reconcile::{DealMoney, waived_in},
    renewals::WITHOUT_LEAD,
    two_persons::note_hand_from,
};

/// How many exceptions a page shows.
pub const PAGE: usize = 25;
/// How many invoices are offered at once.
const CHOICES: i64 = 20;
/// How many months together one invoice may be for, when one is looked for by its amount.
const MONTHS_TOGETHER: usize = 12;

/// What people do about exceptions, as the audit log names it.
const ACTS: [&str; 13] = [
    "chase",
    "confirm_gone",
    "decide_merger",
    "dismiss_exception",
    "follow_change",
    "keep_unchanged",
    "link_document",
    "say_no_deal",
    "split_document",
    "take_back_waiver",
    "take_over_deal",
    "unlink_document",
    "waive",
];

/// An exception as finance sees it.
#[derive(Clone, Debug)]
pub struct ExceptionView {
    pub record: ExceptionRecord,
    /// The numbers side by side.
    pub facts: Value,
    /// The deals that the invoice can be linked to; empty where there is nothing to link.
    pub proposals: Vec<Proposal>,
    /// What people did about it since it opened, oldest first.
    pub acts: Vec<AuditRecord>,
}

/// Which exceptions to show.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    pub kind: String,
    /// A part of the name of the partner.
    pub partner: String,
    /// Open, or once opened, for at least so many days.
    pub days: Option<u32>,
    /// Those that are settled instead of those that are open.
    pub resolved: bool,
    /// The last one of the page before.
    pub after: Option<ExceptionId>,
}

/// A page of exceptions.
#[derive(Clone, Debug)]
pub struct CasePage {
    pub cases: Vec<ExceptionView>,
    /// How many there are of each kind, whatever kind is shown.
    pub counts: Vec<(String, i64)>,
    pub next: Option<ExceptionId>,
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
    view_all(&mut tx, records).await
}

/// Exceptions of a kind, a partner, an age: open ones oldest first, settled ones newest first.
pub async fn list_cases(
    ctx: &Ctx,
    actor: &Actor,
    filter: &CaseFilter,
) -> Result<CasePage, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let days = i64::from(filter.days.unwrap_or(0));
    let asked = exceptions::ExceptionFilter {
        kind: Some(filter.kind.clone()).filter(|kind| !kind.is_empty()),
        partner: filter.partner.clone(),
        opened_until: ctx.now().plus_days(-days),
        resolved: filter.resolved,
        after: filter.after,
    };
    let mut tx = ctx.store.read().await?;
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut records = exceptions::list(&mut tx, &asked, limit).await?;
    let has_more = records.len() > PAGE;
    records.truncate(PAGE);
    let next = records.last().filter(|_| has_more).map(|last| last.id);
    Ok(CasePage {
        cases: view_all(&mut tx, records).await?,
        counts: exceptions::count_by_kind(&mut tx, &asked).await?,
        next,
    })
}

/// What an exception is about: the rest of its subject after the kind.
fn about(record: &ExceptionRecord) -> &str {
    record
        .subject
        .split_once(':')
        .map_or("", |(_, about)| about)
}

async fn view_all(
    tx: &mut Tx,
    records: Vec<ExceptionRecord>,
) -> Result<Vec<ExceptionView>, ServiceError> {
    let subjects = records.iter().flat_map(|record| {
        let deal = record.deal.map(|deal| deal.to_string());
        [record.id.to_string(), about(record).to_owned()]
            .into_iter()
            .chain(deal)
    });
    let subjects: Vec<String> = subjects.collect();
    let mut by_subject: BTreeMap<String, Vec<AuditRecord>> = BTreeMap::new();
    for act in audit::list_of_subjects(tx, &subjects).await? {
        if ACTS.contains(&act.act.as_str()) {
            by_subject.entry(act.subject.clone()).or_default().push(act);
        }
    }
    let mut views = Vec::with_capacity(records.len());
    for record in records {
        let facts: Value = serde_json::from_str(&record.facts).unwrap_or(Value::Null);
        let proposals = match record.resolved_at {
            None => propose(tx, &record, &facts).await?,
            Some(_) => Vec::new(),
        };
        views.push(ExceptionView {
            acts: acts_on(&record, &by_subject),
            record,
            facts,
            proposals,
        });
    }
    Ok(views)
}

/// What was done to an exception, and to what it is about, while it was open.
fn acts_on(
    record: &ExceptionRecord,
    by_subject: &BTreeMap<String, Vec<AuditRecord>>,
) -> Vec<AuditRecord> {
    let deal = record.deal.map(|deal| deal.to_string());
    let mut subjects = vec![record.id.to_string(), about(record).to_owned()];
    subjects.extend(deal);
    subjects.dedup();
    let while_open = |act: &&AuditRecord| {
        let until = record.resolved_at.unwrap_or(Timestamp(i64::MAX));
        (record.opened_at..=until).contains(&act.happened_at)
    };
    let mut acts: Vec<AuditRecord> = subjects
        .iter()
        .filter_map(|subject| by_subject.get(subject))
        .flatten()
        .filter(while_open)
        .cloned()
        .collect();
    acts.sort_by_key(|act| act.position);
    acts.dedup_by_key(|act| act.position);
    acts
}

/// The deals that an invoice or refund may be for: those that are possible, or those of the client that pays.
async fn propose(
    tx: &mut Tx,
    record: &ExceptionRecord,
    facts: &Value,
) -> Result<Vec<Proposal>, ServiceError> {
    let possible: Vec<DealId> = match record.kind.as_str() {
        "several_deals_possible" | "refund_without_deal" => {
            serde_json::from_value(facts["deals"].clone()).unwrap_or_default()
        }
        "invoice_without_deal" => Vec::new(),
        _ => return Ok(Vec::new()),
    };
    if possible.is_empty() {
        let found = match Document::find(tx, about(record)).await? {
            Some(document) => document.list_deals_of_contact(tx).await?,
            None => Vec::new(),
        };
        return Ok(found.into_iter().map(Proposal::from).collect());
    }
    let mut proposals = Vec::with_capacity(possible.len());
    for id in possible {
        proposals.extend(deals::find(tx, id).await?.map(Proposal::from));
    }
    Ok(proposals)
}

/// An invoice that may be meant, and how many months of the deal it would be exactly for.
#[derive(Clone, Debug)]
pub struct InvoiceChoice {
    pub invoice: InvoiceRecord,
    pub months: Option<usize>,
}

/// Everything that a person needs to settle one exception.
#[derive(Clone, Debug)]
pub struct CaseView {
    pub view: ExceptionView,
    pub deal: Option<DealRecord>,
    /// The invoice or credit note that it is about.
    pub document: Option<Document>,
    /// Deals that can be chosen for it.
    pub deals: Vec<Proposal>,
    /// The invoices and refunds that are taken for the deal, where one that is not the deal's may be why nothing fits.
    pub linked: Vec<Document>,
    /// Invoices of no deal that can be chosen for the deal.
    pub invoices: Vec<InvoiceChoice>,
    /// What ended months of the deal lack.
    pub missing: Vec<(Month, Money)>,
    /// What was waived of the deal's months and not taken back.
    pub waived: Vec<(Month, Money)>,
    pub merger: Option<Merger>,
    /// Whether lines of the deal's schedule are on a statement, so that it keeps its currency.
    pub has_stated: bool,
    /// Who owns the deal in HubSpot, and is written to about it.
    pub owner: Option<RemoteOwner>,
    /// The partners that a deal without a lead can be from, those first who brought the client.
    pub partners: Vec<(PartnerId, String)>,
    /// Whoever looks at it: the first recipient of a mail about it where nobody owns the deal.
    pub own_email: String,
}

/// One exception, open or settled; `search` looks for further deals and invoices.
pub async fn find_case(
    ctx: &Ctx,
    actor: &Actor,
    id: ExceptionId,
    search: &str,
) -> Result<CaseView, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let record = exceptions::find(&mut tx, id).await?;
    let record = record.ok_or(ServiceError::NotFound)?;
    let own = people::find(&mut tx, actor.person()).await?;
    let deal = match record.deal {
        Some(deal) => deals::find(&mut tx, deal).await?,
        None => None,
    };
    let owner = match record.deal {
        Some(deal) => owners::find_of_deal(&mut tx, deal).await?,
        None => None,
    };
    let mut case = CaseView {
        owner: owner.filter(|owner| !owner.email.is_empty()),
        document: Document::find(&mut tx, about(&record)).await?,
        deals: Vec::new(),
        linked: Vec::new(),
        invoices: Vec::new(),
        missing: Vec::new(),
        waived: Vec::new(),
        has_stated: false,
        partners: list_partners(&mut tx, &record).await?,
        merger: match record.kind.as_str() {
            "deals_merged" => mergers::find_merger(&mut tx, &record).await?,
            _ => None,
        },
        own_email: own.map(|person| person.email).unwrap_or_default(),
        view: view_all(&mut tx, vec![record]).await?.remove(0),
        deal: deal.clone(),
    };
    if let Some(document) = &case.document {
        let first = &case.view.proposals;
        case.deals = document.list_choices(&mut tx, first, &[], search).await?;
    }
    if let Some((deal, currency)) = deal.and_then(|deal| Some((deal.clone(), deal.currency?))) {
        let money = DealMoney::load(&mut tx, deal).await?;
        match add_money(ctx, &mut tx, &mut case, &money, currency, search).await {
            // Of amounts that nothing holds there is nothing to waive or to look for; the case can be read all the same.
            Err(ServiceError::Money(_)) => {}
            added => added?,
        }
    }
    Ok(case)
}

async fn list_partners(
    tx: &mut Tx,
    record: &ExceptionRecord,
) -> Result<Vec<(PartnerId, String)>, ServiceError> {
    if record.kind != WITHOUT_LEAD {
        return Ok(Vec::new());
    }
    let facts: Value = serde_json::from_str(&record.facts).unwrap_or_default();
    let client = facts["client_id"].as_str().and_then(|id| id.parse().ok());
    let brought: BTreeSet<PartnerId> = match client {
        Some(client) => deals::list_of_clients(tx, &[client])
            .await?
            .into_iter()
            .map(|deal| deal.partner)
            .collect(),
        None => BTreeSet::new(),
    };
    let mut all = partners::list_names(tx).await?;
    all.sort_by_key(|(id, _)| !brought.contains(id));
    Ok(all)
}

/// What a case shows of its deal's money.
async fn add_money(
    ctx: &Ctx,
    tx: &mut Tx,
    case: &mut CaseView,
    money: &DealMoney,
    currency: Currency,
    search: &str,
) -> Result<(), ServiceError> {
    case.has_stated = mergers::has_stated(&money.lines);
    if is_of_deals_invoices(&case.view.record.kind) {
        case.linked = money.documents();
    }
    case.waived = list_waived(&money.waivers, currency)?;
    case.missing = list_missing(ctx, money, currency)?;
    if case.view.record.kind == "no_invoice_yet" {
        case.invoices = list_invoice_choices(tx, money, currency, search).await?;
    }
    Ok(())
}

/// What each ended month of a deal lacks.
fn list_missing(
    ctx: &Ctx,
    money: &DealMoney,
    currency: Currency,
) -> Result<Vec<(Month, Money)>, ServiceError> {
    let ended = money.missing()?.into_iter();
    let ended = ended.filter(|(month, _)| *month < ctx.this_month());
    Ok(ended
        .map(|(month, missing_minor)| (month, Money::new(missing_minor, currency)))
        .collect())
}

/// What was waived of each month, and not taken back.
fn list_waived(
    waivers: &[WaiverRecord],
    currency: Currency,
) -> Result<Vec<(Month, Money)>, ServiceError> {
    let mut sums: BTreeMap<Month, Money> = BTreeMap::new();
    for waiver in waivers {
        let sum = sums
            .entry(waiver.month)
            .or_insert_with(|| Money::zero(currency));
        *sum = sum.plus(waiver.money)?;
    }
    sums.retain(|_, sum| sum.minor > 0);
    Ok(sums.into_iter().collect())
}

/// Invoices of no deal whose net is that of the next months that lack money, one or several, and those that were searched for.
async fn list_invoice_choices(
    tx: &mut Tx,
    money: &DealMoney,
    currency: Currency,
    search: &str,
) -> Result<Vec<InvoiceChoice>, ServiceError> {
    let covered = money.reach()?.adjusted_months;
    let mut sum = Exact::from_integer(0);
    let mut nets_minor = Vec::with_capacity(MONTHS_TOGETHER);
    for month in money.months()?.iter().skip(covered).take(MONTHS_TOGETHER) {
        sum = add(sum, month.owed_now)?;
        nets_minor.push(round_half_even(sum)?);
    }
    let found = invoices::search_unlinked(tx, search, &nets_minor, currency, CHOICES).await?;
    let mut choices: Vec<InvoiceChoice> = found
        .into_iter()
        .map(|invoice| {
            let net_minor = invoice.remote.sub_total.minor;
            let place = nets_minor.iter().position(|net| *net == net_minor);
            InvoiceChoice {
                months: place.map(|place| place + 1),
                invoice,
            }
        })
        .collect();
    choices.sort_by_key(|choice| choice.months.unwrap_or(usize::MAX));
    Ok(choices)
}

/// What waits for the client's money: it is waived or chased, and settled once it is there.
pub const WAITS_FOR_MONEY: [&str; 3] = ["no_invoice_yet", "underpaid", "invoice_overdue"];
/// Whether the deal's invoices decide: one that was taken for the wrong deal is the usual cause.
fn is_of_deals_invoices(kind: &str) -> bool {
    WAITS_FOR_MONEY.contains(&kind) || kind == "differs_from_deal"
}

/// What a decision of its own settles.
const DECIDED_OTHERWISE: [&str; 3] = ["deals_merged", "start_changed", "currency_changed"];

/// Whether a person may put an exception of a kind away without anything having changed.
pub fn is_dismissible(kind: &str) -> bool {
    !WAITS_FOR_MONEY.contains(&kind) && !DECIDED_OTHERWISE.contains(&kind)
}

/// A person has seen to an exception that no reading settles. It opens again if something else is seen.
///
/// # Errors
/// `exception-resolved` if it is not open any more; `exception-not-dismissible` for what something else settles.
pub async fn dismiss_exception(
    ctx: &Ctx,
    actor: &Actor,
    id: ExceptionId,
    reason: &str,
) -> Result<(), ServiceError> {
    let case = OpenCase::begin(ctx, actor, id, ("reason", reason)).await?;
    if !is_dismissible(&case.record.kind) {
        return Err(ServiceError::Conflict("exception-not-dismissible"));
    }
    let facts = json!({ "subject": case.record.subject });
    let deed = ("dismiss_exception", "dismissed");
    case.end(ctx, actor, deed, facts).await
}

/// A person says that what a month lacks need not be collected: the line is covered without it.
///
/// # Errors
/// `nothing-to-waive` where the month lacks nothing; `refunded-beyond` where more went back to the client than it paid: no waiver of a month makes up for that.
pub async fn waive(
    ctx: &Ctx,
    actor: &Actor,
    deal: DealId,
    month: Month,
    reason: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let reason =
        parse_line(reason, 200).map_err(|fault| ServiceError::field("waive_reason", fault.code))?;
    let mut tx = ctx.store.write().await?;
    books::lock_deal(&mut tx, deal).await?;
    let found = deals::find(&mut tx, deal)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let currency = found.currency.ok_or(ServiceError::NotFound)?;
    let money = DealMoney::load(&mut tx, found).await?;
    let lacks = money.missing()?.into_iter().find(|lacks| lacks.0 == month);
    let (_, missing_minor) = lacks.ok_or(ServiceError::Conflict("nothing-to-waive"))?;
    if money.is_refunded_beyond()? {
        return Err(ServiceError::Conflict("refunded-beyond"));
    }
    let (person, now) = (actor.person(), ctx.now());
    let missing = Money::new(missing_minor, currency);
    waivers::add(&mut tx, deal, month, missing, &reason, person, now).await?;
    note_hand_from(ctx, &mut tx, person, deal, month).await?;
    outbox::add(ctx, &mut tx, &Job::ReconcileDeal { deal }).await?;
    let facts = json!({ "month": month, "amount_minor": missing_minor, "currency": currency, "reason": reason });
    let facts = facts.to_string();
    audit::add(
        &mut tx,
        Some(person),
        "waive",
        &deal.to_string(),
        &facts,
        now,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// A person takes back what was waived of a month: it is missing again.
///
/// # Errors
/// `nothing-waived` where nothing of the month is waived.
pub async fn take_back_waiver(
    ctx: &Ctx,
    actor: &Actor,
    deal: DealId,
    month: Month,
    reason: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let reason =
        parse_line(reason, 200).map_err(|fault| ServiceError::field("back_reason", fault.code))?;
    let mut tx = ctx.store.write().await?;
    books::lock_deal(&mut tx, deal).await?;
    let found = deals::find(&mut tx, deal).await?;
    let currency = found.and_then(|deal| deal.currency);
    let currency = currency.ok_or(ServiceError::NotFound)?;
    let known = waivers::list_of_deal(&mut tx, deal).await?;
    let known = waived_in(Some(currency), known);
    let waived = list_waived(&known, currency)?
        .into_iter()
        .find(|waived| waived.0 == month);
    let (_, waived) = waived.ok_or(ServiceError::Conflict("nothing-waived"))?;
    let (person, now) = (actor.person(), ctx.now());
    let back = Money::new(-waived.minor, currency);
    waivers::add(&mut tx, deal, month, back, &reason, person, now).await?;
    note_hand_from(ctx, &mut tx, person, deal, month).await?;
    outbox::add(ctx, &mut tx, &Job::ReconcileDeal { deal }).await?;
    let facts = json!({ "month": month, "amount_minor": -waived.minor, "currency": currency, "reason": reason });
    let (subject, facts) = (deal.to_string(), facts.to_string());
    audit::add(
        &mut tx,
        Some(person),
        "take_back_waiver",
        &subject,
        &facts,
        now,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// A mail about an exception, as a person wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChaseForm {
    pub recipient: String,
    pub subject: String,
    pub text: String,
}

/// Sends a mail about an open exception to whoever can do something about it at the client: the account owner, mostly.
///
/// # Errors
/// What is wrong with a field; `exception-resolved` if it is not open any more.
pub async fn chase(
    ctx: &Ctx,
    actor: &Actor,
    id: ExceptionId,
    form: &ChaseForm,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let recipient = Email::parse(&form.recipient)
        .map_err(|fault| ServiceError::field("recipient", fault.code))?;
    let subject = parse_line(&form.subject, 200)
        .map_err(|fault| ServiceError::field("subject", fault.code))?;
    let text = parse_paragraph(&form.text, 4_000)
        .map_err(|fault| ServiceError::field("text", fault.code))?;
    let mut tx = ctx.store.write().await?;
    let open = decision::find_open(&mut tx, id).await?;
    messages::typed_mail(ctx, &mut tx, recipient.as_str(), &subject, &text).await?;
    let facts = json!({ "kind": open.kind, "recipient": recipient.as_str(), "subject": subject })
        .to_string();
    let (person, about, now) = (Some(actor.person()), id.to_string(), ctx.now());
    audit::add(&mut tx, person, "chase", &about, &facts, now).await?;
    Ok(tx.commit().await?)
}
