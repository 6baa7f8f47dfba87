//! Verdicts: which deals an invoice is for, and which a credit note takes money from. By a person's word, else by the Reference, else by the contact; a refund
//! first by the invoices that its credit note was set against. All documents of a client are judged together, as one says what is left for the next, so that
//! only what is known decides and not in which order it came. What people say is `links`, and how far the money reaches `reconcile`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use portal_domain::{
    ids::{ClientId, DealId},
    money::{Currency, Exact, Money, MoneyError, add, multiply, round_half_even},
    remote::{RemoteCredit, RemoteInvoice},
};
use portal_store::{
    Tx, changes,
    clients::{self, ClientRecord},
    credits::{self, CreditRecord},
    deals::{self, DealRecord},
    invoices::{self, InvoiceLink, InvoiceRecord},
};
use serde_json::{Value, json};

use crate::{
    Ctx, ServiceError,
    books::{self, About, Finding},
    candidates::{Candidates, Choice},
    outbox::{self, Job},
};

/// What documents are for is decided by one at a time: an invoice to one client may be for the deal of another.
pub(crate) async fn lock(tx: &mut Tx) -> Result<(), ServiceError> {
    Ok(tx.lock("links").await?)
}

/// What an invoice or credit note is for, or why nobody knows.
enum Verdict {
    For(Vec<InvoiceLink>),
    /// One of these, for a person to say.
    Several(Vec<DealId>),
    /// A client with deals of ours, and none that it can be for.
    None,
    /// Nothing of ours: the vendor has other customers too, and sells them other things.
    Foreign,
}

impl Verdict {
    fn of(found: Vec<DealId>, how: &str) -> Self {
        match found.as_slice() {
            [deal] => Self::For(vec![InvoiceLink {
                deal: *deal,
                how: how.to_owned(),
                share_minor: None,
            }]),
            _ => Self::Several(found),
        }
    }

    fn links(&self) -> &[InvoiceLink] {
        match self {
            Self::For(links) => links,
            _ => &[],
        }
    }
}

/// The day by which a document is judged; one without a date is a draft.
fn day_of(date: Option<NaiveDate>) -> NaiveDate {
    date.unwrap_or(NaiveDate::MAX)
}

/// What is to be judged again.
#[derive(Default)]
pub(crate) struct Again {
    pub clients: BTreeSet<ClientId>,
    /// Those of contacts that are no client's are judged each on its own, by the Reference alone.
    pub strangers: Vec<InvoiceRecord>,
    /// Whose money is counted again in any case.
    pub deals: BTreeSet<DealId>,
    /// Credit notes too, even if no invoice is for another deal than before.
    pub with_credits: bool,
}

impl Again {
    /// An invoice that was read or that a person said something of, and all of its client's.
    pub async fn invoice(
        &mut self,
        tx: &mut Tx,
        invoice: &InvoiceRecord,
    ) -> Result<(), ServiceError> {
        let remote = &invoice.remote;
        let client = find_client(tx, &remote.contact_id, &remote.contact_name).await?;
        match client {
            Some(client) => {
                self.clients.insert(client.id);
            }
            None => self.strangers.push(invoice.clone()),
        }
        self.deals
            .extend(invoice.links.iter().map(|link| link.deal));
        self.with_credits |= invoice.links.iter().any(|link| link.share_minor.is_some());
        Ok(())
    }

    /// An invoice as it was before: its client and its deals may be others now.
    pub async fn left(&mut self, tx: &mut Tx, before: &InvoiceRecord) -> Result<(), ServiceError> {
        let remote = &before.remote;
        let client = find_client(tx, &remote.contact_id, &remote.contact_name).await?;
        self.clients.extend(client.map(|client| client.id));
        self.deals.extend(before.links.iter().map(|link| link.deal));
        Ok(())
    }

    /// Every invoice that names a deal, whatever the portal took it for, or that is for it by a person's word, whoever's client it is to.
    async fn deal(&mut self, tx: &mut Tx, deal: &DealRecord) -> Result<(), ServiceError> {
        let naming = invoices::list_naming(tx, &deal.hubspot_id).await?;
        let linked = invoices::list_for(tx, &[deal.id], &[]).await?;
        let both = naming.into_iter().chain(linked);
        let both: BTreeMap<String, InvoiceRecord> = both
            .map(|invoice| (invoice.remote.id.clone(), invoice))
            .collect();
        for invoice in both.values() {
            self.invoice(tx, invoice).await?;
        }
        Ok(())
    }
}

/// What is known of a deal changed: its client's invoices and refunds may be for it now, or not any more; and so may those that name it. What is linked to
/// it may be in another currency than it by now.
pub(crate) async fn follow_deal(
    ctx: &Ctx,
    tx: &mut Tx,
    deal: &DealRecord,
) -> Result<(), ServiceError> {
    lock(tx).await?;
    let mut again = Again {
        clients: BTreeSet::from([deal.client]),
        with_credits: true,
        ..Again::default()
    };
    again.deal(tx, deal).await?;
    judge_again(ctx, tx, again).await?;
    let naming = credits::list_contacts_naming(tx, &deal.hubspot_id).await?;
    let linked = credits::list_for(tx, &[deal.id], &[]).await?.into_iter();
    let linked = linked.map(|credit| credit.remote.contact_id);
    let contacts: BTreeSet<String> = naming.into_iter().chain(linked).collect();
    let contacts: Vec<String> = contacts.into_iter().collect();
    let touched = judge_credits_of(ctx, tx, &contacts).await?;
    reconcile_again(ctx, tx, touched).await
}

/// Judges, stores what came of it, and has the deals reconciled whose money it is, or was. Returns these.
pub(crate) async fn judge_again(
    ctx: &Ctx,
    tx: &mut Tx,
    again: Again,
) -> Result<BTreeSet<DealId>, ServiceError> {
    let Again {
        mut clients,
        strangers,
        deals: mut touched,
        with_credits,
    } = again;
    touched.extend(judge_strangers(ctx, tx, strangers, with_credits).await?);
    let (mut judged, mut looked_at) = (BTreeSet::new(), BTreeSet::new());
    loop {
        // What a deal was asked for by one client's invoices says what is left for those of its own.
        let new: Vec<DealId> = touched.difference(&looked_at).copied().collect();
        let owners = deals::list_by_ids(tx, &new).await?;
        clients.extend(owners.iter().map(|deal| deal.client));
        looked_at.extend(new);
        let Some(client) = clients.pop_first() else {
            break;
        };
        if judged.insert(client) {
            touched.extend(judge_client(ctx, tx, client, with_credits).await?);
        }
    }
    reconcile_again(ctx, tx, touched.clone()).await?;
    Ok(touched)
}

pub(crate) async fn reconcile_again(
    ctx: &Ctx,
    tx: &mut Tx,
    touched: BTreeSet<DealId>,
) -> Result<(), ServiceError> {
    let ids: Vec<DealId> = touched.into_iter().collect();
    let look = ids.iter().map(|deal| Job::ReconcileDeal { deal: *deal });
    outbox::add_all(ctx, tx, look).await?;
    let found = deals::list_by_ids(tx, &ids).await?;
    let partners: BTreeSet<_> = found.iter().map(|deal| deal.partner).collect();
    let partners: Vec<_> = partners.into_iter().collect();
    Ok(changes::add_all(tx, &partners, ctx.now()).await?)
}

/// The client of a Xero contact, which is remembered: names change.
async fn find_client(
    tx: &mut Tx,
    contact_id: &str,
    contact_name: &str,
) -> Result<Option<ClientRecord>, ServiceError> {
    let Some(client) = clients::find_by_contact(tx, contact_id, contact_name).await? else {
        return Ok(None);
    };
    if client.xero_contact_id.is_none() && !contact_id.is_empty() {
        clients::set_xero_contact(tx, client.id, contact_id).await?;
    }
    Ok(Some(client))
}

/// The contact of a client, found by its name if it was never seen before.
async fn find_contact(tx: &mut Tx, client: &ClientRecord) -> Result<Option<String>, ServiceError> {
    if client.xero_contact_id.is_some() {
        return Ok(client.xero_contact_id.clone());
    }
    let mut named = invoices::list_contacts_named(tx, &client.name).await?;
    named.extend(credits::list_contacts_named(tx, &client.name).await?);
    for contact in named {
        let found = find_client(tx, &contact, &client.name).await?;
        if found.is_some_and(|found| found.id == client.id) {
            return Ok(Some(contact));
        }
    }
    Ok(None)
}

/// The deals that words name, and those that go on in another.
struct Names {
    by_word: HashMap<String, DealId>,
    survivors: HashMap<DealId, (DealId, NaiveDate)>,
}

/// What may be a deal's number in a Reference.
fn words(reference: &str) -> impl Iterator<Item = &str> {
    reference
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() > 2)
}

impl Names {
    async fn load<'a>(
        ctx: &Ctx,
        tx: &mut Tx,
        references: impl Iterator<Item = &'a str>,
        candidates: &[DealId],
    ) -> Result<Self, ServiceError> {
        let asked: BTreeSet<String> = references.flat_map(words).map(str::to_owned).collect();
        let asked: Vec<String> = asked.into_iter().collect();
        let named = deals::list_named(tx, &asked).await?;
        let mut unknown: Vec<DealId> = named.iter().map(|deal| deal.id).collect();
        unknown.extend(candidates);
        let mut survivors = HashMap::new();
        while !unknown.is_empty() {
            let found = deals::list_survivors(tx, &unknown).await?;
            unknown.clear();
            for (deal, into, since) in found {
                let since = ctx.date_of(since);
                if survivors.insert(deal, (into, since)).is_none() {
                    unknown.push(into);
                }
            }
        }
        Ok(Self {
            by_word: named
                .into_iter()
                .map(|deal| (deal.hubspot_id, deal.id))
                .collect(),
            survivors,
        })
    }

    /// The deals whose number stands in a Reference.
    fn find(&self, reference: &str, day: NaiveDate) -> Vec<DealId> {
        let named = words(reference).filter_map(|word| self.by_word.get(word));
        let named: BTreeSet<DealId> = named.map(|deal| self.follow(*deal, day)).collect();
        named.into_iter().collect()
    }

    /// In which deal one goes on, from the day on which a person said so: what it had before stays its own.
    fn follow(&self, deal: DealId, day: NaiveDate) -> DealId {
        let (mut deal, mut seen) = (deal, BTreeSet::new());
        while let Some((into, since)) = self.survivors.get(&deal)
            && day >= *since
            && seen.insert(deal)
        {
            deal = *into;
        }
        deal
    }

    /// By the Reference, else by the contact.
    fn judge(&self, reference: &str, day: NaiveDate, candidates: Option<&Candidates>) -> Verdict {
        let named = self.find(reference, day);
        if !named.is_empty() {
            return Verdict::of(named, "reference");
        }
        match candidates.map(|candidates| candidates.choose(day)) {
            Some(Choice::One(deal)) => Verdict::of(vec![self.follow(deal, day)], "contact"),
            Some(Choice::Several(deals)) => Verdict::Several(deals),
            Some(Choice::AllOver) => Verdict::None,
            Some(Choice::NoneYet) | None => Verdict::Foreign,
        }
    }
}

/// All invoices of a client, oldest first. Returns the deals that an invoice is for, or was, where that changed.
async fn judge_client(
    ctx: &Ctx,
    tx: &mut Tx,
    id: ClientId,
    with_credits: bool,
) -> Result<BTreeSet<DealId>, ServiceError> {
    let client = clients::find(tx, id).await?.ok_or(ServiceError::NotFound)?;
    let Some(contact) = find_contact(tx, &client).await? else {
        return Ok(BTreeSet::new());
    };
    let deals = deals::list_of_client(tx, id).await?;
    let ids: Vec<DealId> = deals.iter().map(|deal| deal.id).collect();
    let contacts = [contact];
    let found = invoices::list_for(tx, &ids, &contacts).await?;
    let references = found
        .iter()
        .map(|invoice| invoice.remote.reference.as_str());
    let names = Names::load(ctx, tx, references, &ids).await?;
    let mut candidates = Candidates::load(ctx, tx, deals).await?;
    let mut judged = Vec::with_capacity(found.len());
    for invoice in found {
        if invoice.remote.contact_id != contacts[0] {
            candidates.ask(&invoice, &invoice.links);
            continue;
        }
        let verdict = judge_invoice(&invoice, &names, Some(&candidates));
        candidates.ask(&invoice, verdict.links());
        judged.push((invoice, verdict));
    }
    let mut touched = put_verdicts(ctx, tx, &judged).await?;
    if with_credits || !touched.is_empty() {
        touched.extend(judge_credits_of(ctx, tx, &contacts).await?);
    }
    Ok(touched)
}

/// Invoices of contacts that are no client's.
async fn judge_strangers(
    ctx: &Ctx,
    tx: &mut Tx,
    strangers: Vec<InvoiceRecord>,
    with_credits: bool,
) -> Result<BTreeSet<DealId>, ServiceError> {
    let references = strangers
        .iter()
        .map(|invoice| invoice.remote.reference.as_str());
    let names = Names::load(ctx, tx, references, &[]).await?;
    let judge = |invoice: InvoiceRecord| {
        let verdict = judge_invoice(&invoice, &names, None);
        (invoice, verdict)
    };
    let judged: Vec<_> = strangers.into_iter().map(judge).collect();
    let mut touched = put_verdicts(ctx, tx, &judged).await?;
    if with_credits || !touched.is_empty() {
        let contacts: BTreeSet<String> = judged
            .into_iter()
            .map(|(invoice, _)| invoice.remote.contact_id)
            .collect();
        let contacts: Vec<String> = contacts.into_iter().collect();
        touched.extend(judge_credits_of(ctx, tx, &contacts).await?);
    }
    Ok(touched)
}

fn judge_invoice(
    invoice: &InvoiceRecord,
    names: &Names,
    candidates: Option<&Candidates>,
) -> Verdict {
    if invoice.is_said_by_person() {
        return Verdict::For(invoice.links.clone());
    }
    let remote = &invoice.remote;
    names.judge(&remote.reference, day_of(remote.date), candidates)
}

/// Stores what changed, and says what does not fit. Returns the deals for which something changed.
async fn put_verdicts(
    ctx: &Ctx,
    tx: &mut Tx,
    judged: &[(InvoiceRecord, Verdict)],
) -> Result<BTreeSet<DealId>, ServiceError> {
    let mut touched = BTreeSet::new();
    for (invoice, verdict) in judged {
        let links = verdict.links();
        if links != invoice.links {
            let id = &invoice.remote.id;
            invoices::replace_links(tx, id, links, None, ctx.now()).await?;
            let both = invoice.links.iter().chain(links);
            touched.extend(both.map(|link| link.deal));
        }
    }
    let currencies = list_currencies(tx, judged.iter().map(|(_, verdict)| verdict)).await?;
    let findings: Vec<Finding<'_>> = judged
        .iter()
        .flat_map(|(invoice, verdict)| find_faults(&invoice.remote, verdict, &currencies))
        .collect();
    books::settle_findings(ctx, tx, &findings).await?;
    Ok(touched)
}

async fn list_currencies(
    tx: &mut Tx,
    verdicts: impl Iterator<Item = &Verdict>,
) -> Result<BTreeMap<DealId, Option<Currency>>, ServiceError> {
    let linked: BTreeSet<DealId> = verdicts
        .flat_map(Verdict::links)
        .map(|link| link.deal)
        .collect();
    let linked: Vec<DealId> = linked.into_iter().collect();
    let found = deals::list_by_ids(tx, &linked).await?;
    Ok(found
        .into_iter()
        .map(|deal| (deal.id, deal.currency))
        .collect())
}

/// The currency of the first of its deals that has another than the document.
fn other_currency(
    currency: Currency,
    verdict: &Verdict,
    currencies: &BTreeMap<DealId, Option<Currency>>,
) -> Option<Currency> {
    let of_deals = verdict
        .links()
        .iter()
        .filter_map(|link| currencies.get(&link.deal).copied().flatten());
    of_deals.into_iter().find(|other| *other != currency)
}

/// What keeps an issued invoice from counting.
fn find_faults<'a>(
    invoice: &'a RemoteInvoice,
    verdict: &Verdict,
    currencies: &BTreeMap<DealId, Option<Currency>>,
) -> [Finding<'a>; 4] {
    let about = About::Invoice(&invoice.id);
    let is_issued = invoice.counts();
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
    let several = match verdict {
        Verdict::Several(deals) if is_issued => Some(facts(json!({ "deals": deals }))),
        _ => None,
    };
    let without = (is_issued && matches!(verdict, Verdict::None)).then(|| facts(json!({})));
    let other = other_currency(invoice.total.currency, verdict, currencies);
    let other = other.filter(|_| is_issued);
    let other = other.map(|currency| facts(json!({ "deal_currency": currency })));
    let beyond = shared_beyond(verdict, invoice.sub_total).filter(|_| is_issued);
    let beyond = beyond.map(|shared_minor| facts(json!({ "shared_minor": shared_minor })));
    [
        Finding::new("several_deals_possible", about, several),
        Finding::new("invoice_without_deal", about, without),
        Finding::new("other_currency", about, other),
        Finding::new("shares_beyond_document", about, beyond),
    ]
}

/// What the parts of a document are together, where that is more than it has become.
fn shared_beyond(verdict: &Verdict, net: Money) -> Option<i64> {
    let shares = verdict.links().iter().filter_map(|link| link.share_minor);
    let shared: i128 = shares.map(i128::from).sum();
    (shared > i128::from(net.minor)).then(|| i64::try_from(shared).unwrap_or(i64::MAX))
}

/// The refunds to some contacts: those of the invoices that they were set against, else the one that the Reference or the contact names.
pub(crate) async fn judge_credits_of(
    ctx: &Ctx,
    tx: &mut Tx,
    contacts: &[String],
) -> Result<BTreeSet<DealId>, ServiceError> {
    let mut by_contact: BTreeMap<String, Vec<CreditRecord>> = BTreeMap::new();
    for credit in credits::list_refunded_of_contacts(tx, contacts).await? {
        let of_contact = by_contact.entry(credit.remote.contact_id.clone());
        of_contact.or_default().push(credit);
    }
    let mut touched = BTreeSet::new();
    for found in by_contact.into_values() {
        touched.extend(judge_credits(ctx, tx, found).await?);
    }
    Ok(touched)
}

/// Credit notes to one contact.
pub(crate) async fn judge_credits(
    ctx: &Ctx,
    tx: &mut Tx,
    found: Vec<CreditRecord>,
) -> Result<BTreeSet<DealId>, ServiceError> {
    let Some(first) = found.first() else {
        return Ok(BTreeSet::new());
    };
    let client = find_client(tx, &first.remote.contact_id, &first.remote.contact_name).await?;
    let deals = match client {
        Some(client) => deals::list_of_client(tx, client.id).await?,
        None => Vec::new(),
    };
    let ids: Vec<DealId> = deals.iter().map(|deal| deal.id).collect();
    let references = found.iter().map(|credit| credit.remote.reference.as_str());
    let names = Names::load(ctx, tx, references, &ids).await?;
    // What was asked for does not matter: money goes back for what was paid long ago.
    let candidates = Candidates::load(ctx, tx, deals).await?;
    let allocated = found.iter().flat_map(|credit| &credit.remote.allocations);
    let allocated: BTreeSet<String> = allocated.map(|part| part.invoice.clone()).collect();
    let allocated: Vec<String> = allocated.into_iter().collect();
    let allocated: HashMap<String, InvoiceRecord> = invoices::list_by_ids(tx, &allocated)
        .await?
        .into_iter()
        .map(|invoice| (invoice.remote.id.clone(), invoice))
        .collect();
    let mut judged = Vec::with_capacity(found.len());
    for credit in found {
        let verdict = judge_credit(&credit, &allocated, &names, &candidates);
        judged.push((credit, verdict));
    }
    put_credit_verdicts(ctx, tx, &judged).await
}

/// One of whose parts no fraction holds is for a person to divide.
fn judge_credit(
    credit: &CreditRecord,
    allocated: &HashMap<String, InvoiceRecord>,
    names: &Names,
    candidates: &Candidates,
) -> Verdict {
    if credit.is_said_by_person() {
        return Verdict::For(credit.links.clone());
    }
    let remote = &credit.remote;
    match inherit_shares(remote, allocated) {
        Ok(Some(inherited)) => Verdict::For(inherited),
        Ok(None) => names.judge(&remote.reference, day_of(remote.date), Some(candidates)),
        Err(MoneyError::TooLarge | MoneyError::CurrenciesDiffer) => Verdict::None,
    }
}

/// Each deal's part of a credit note: that which it has of the invoices that the note was set against, by how much of it was. What is nobody's of them is
/// nobody's of the note. None where nobody knows what these are for.
fn inherit_shares(
    credit: &RemoteCredit,
    allocated: &HashMap<String, InvoiceRecord>,
) -> Result<Option<Vec<InvoiceLink>>, MoneyError> {
    let zero = Exact::from_integer(0);
    let mut of_deals: BTreeMap<DealId, Exact> = BTreeMap::new();
    let mut weights = 0_i128;
    for allocation in &credit.allocations {
        let Some(invoice) = allocated.get(&allocation.invoice) else {
            continue;
        };
        let net_minor = i128::from(invoice.remote.sub_total.minor);
        let is_known = invoice.is_of_no_deal || !invoice.links.is_empty();
        if !is_known || net_minor == 0 {
            continue;
        }
        let weight = Exact::from_integer(i128::from(allocation.amount_minor));
        weights += i128::from(allocation.amount_minor);
        for link in &invoice.links {
            let share_minor = link.share_minor.map_or(net_minor, i128::from);
            let share = multiply(Exact::new(share_minor, net_minor), weight)?;
            let sum = of_deals.entry(link.deal).or_insert(zero);
            *sum = add(*sum, share)?;
        }
    }
    if weights == 0 {
        return Ok(None);
    }
    let link = |deal: DealId, share_minor: Option<i64>| InvoiceLink {
        deal,
        how: "invoice".to_owned(),
        share_minor,
    };
    if of_deals.len() == 1
        && let Some((deal, share)) = of_deals.first_key_value()
        && *share >= Exact::from_integer(weights)
    {
        return Ok(Some(vec![link(*deal, None)]));
    }
    let net = Exact::new(i128::from(credit.sub_total.minor), weights);
    let (mut through, mut given) = (zero, 0);
    let mut links = Vec::with_capacity(of_deals.len());
    for (deal, share) in of_deals {
        through = add(through, share)?;
        let border = round_half_even(multiply(net, through)?)?;
        links.push(link(deal, Some(border - given)));
        given = border;
    }
    Ok(Some(links))
}

async fn put_credit_verdicts(
    ctx: &Ctx,
    tx: &mut Tx,
    judged: &[(CreditRecord, Verdict)],
) -> Result<BTreeSet<DealId>, ServiceError> {
    let mut touched = BTreeSet::new();
    for (credit, verdict) in judged {
        let links = verdict.links();
        if links != credit.links {
            let id = &credit.remote.id;
            credits::replace_links(tx, id, links, None, ctx.now()).await?;
            let both = credit.links.iter().chain(links);
            touched.extend(both.map(|link| link.deal));
        }
    }
    let currencies = list_currencies(tx, judged.iter().map(|(_, verdict)| verdict)).await?;
    let findings: Vec<Finding<'_>> = judged
        .iter()
        .flat_map(|(credit, verdict)| find_faults_of_credit(&credit.remote, verdict, &currencies))
        .collect();
    books::settle_findings(ctx, tx, &findings).await?;
    Ok(touched)
}

/// What keeps a refund from taking its money away from a deal.
fn find_faults_of_credit<'a>(
    credit: &'a RemoteCredit,
    verdict: &Verdict,
    currencies: &BTreeMap<DealId, Option<Currency>>,
) -> [Finding<'a>; 3] {
    let takes_money = credit.counts() && credit.refunded_minor != 0;
    let facts = |more: (&str, Value)| {
        let mut facts = json!({
            "credit": credit.number,
            "net_minor": credit.sub_total.minor,
            "refunded_minor": credit.refunded_minor,
            "currency": credit.total.currency,
            "contact": credit.contact_name,
        });
        facts[more.0] = more.1;
        facts
    };
    let possible = match verdict {
        Verdict::Several(deals) => Some(deals.clone()),
        Verdict::None => Some(Vec::new()),
        Verdict::For(_) | Verdict::Foreign => None,
    };
    let possible = possible.filter(|_| takes_money);
    let without = possible.map(|deals| facts(("deals", json!(deals))));
    let other = other_currency(credit.total.currency, verdict, currencies);
    let other = other.filter(|_| takes_money);
    let other = other.map(|currency| facts(("deal_currency", json!(currency))));
    let beyond = shared_beyond(verdict, credit.sub_total).filter(|_| takes_money);
    let beyond = beyond.map(|shared_minor| facts(("shared_minor", json!(shared_minor))));
    let deal = match verdict.links() {
        [link] => Some(link.deal),
        _ => None,
    };
    let about = About::Credit(&credit.id, deal);
    [
        Finding::new("refund_without_deal", about, without),
        Finding::new("other_currency", about, other),
        Finding::new("shares_beyond_document", about, beyond),
    ]
}
