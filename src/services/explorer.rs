//! The explorer: for each client and month what is expected, invoiced, credited, collected and not allocated, with the documents behind every amount. The
//! same arithmetic as reconciliation, over everything that Xero has of the client, so that the sums are those of its account there. It changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use itertools::Itertools as _;
use portal_domain::{
    access::{Action, Actor},
    buckets::{Amounts, BucketInvoice, BucketMonth, BucketRefund, Buckets, Column, fill_buckets},
    calendar::{Month, Timestamp},
    coverage::collected_net,
    deal::DealTerms,
    ids::{ClientId, DealId},
    money::{Currency, MoneyError},
};
use portal_store::{
    Tx,
    clients::{self, ClientFilter, ClientRecord},
    credits::{self, CreditRecord},
    deals::{self, DealRecord},
    invoices::{self, InvoiceRecord},
    waivers::WaiverRecord,
};

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    documents::{Document, DocumentKind},
    reconcile::{DealMoney, part_of, part_of_credit},
};

/// How many clients a page shows.
pub const PAGE: usize = 20;
/// How many clients are read at once.
const BATCH: usize = 50;
/// How many batches are looked through for a page of what does not fit; the next page goes on where this one stopped.
const BATCHES_MAX: usize = 20;

/// Which clients and months to show.
#[derive(Clone, Debug, Default)]
pub struct ExplorerFilter {
    pub client: Option<ClientId>,
    /// A part of the name of a partner that has a deal with the client.
    pub partner: String,
    pub search: String,
    /// Only clients with money that no month needs, or an ended month that is not covered.
    pub misfits_only: bool,
    pub from: Option<Month>,
    pub until: Option<Month>,
    /// The last client of the page before.
    pub after: Option<ClientId>,
}

/// Which months a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKey {
    /// All before the first month that is shown.
    Earlier,
    Month(Month),
    /// All after the last month that is shown.
    Later,
    /// No month: what none of them needs.
    Rest,
    /// The sum of all others; no row of the table itself.
    Sum,
}

impl RowKey {
    /// As an address has it.
    pub fn word(self) -> String {
        match self {
            Self::Earlier => "earlier".to_owned(),
            Self::Month(month) => month.to_string(),
            Self::Later => "later".to_owned(),
            Self::Rest => "rest".to_owned(),
            Self::Sum => "sum".to_owned(),
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "earlier" => Some(Self::Earlier),
            "later" => Some(Self::Later),
            "rest" => Some(Self::Rest),
            "sum" => Some(Self::Sum),
            month => Month::parse(month).ok().map(Self::Month),
        }
    }
}

/// What of which document, for which deal, is in an amount.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub column: Column,
    pub deal: Option<DealId>,
    /// A key of [`ClientMoney::documents`].
    pub document: String,
    pub amount_minor: i64,
}

/// A line of the table.
#[derive(Clone, Debug)]
pub struct ExplorerRow {
    pub key: RowKey,
    pub amounts: Amounts,
    pub evidence: Vec<Evidence>,
    /// What each deal's months in it expect.
    pub expected: Vec<(DealId, Month, i64)>,
}

impl ExplorerRow {
    /// Which of a deal's terms, oldest first, held in the months of this row; the newest where it has none of its months.
    pub fn held<'a>(
        &self,
        deal: DealId,
        terms: &'a [(DealTerms, Timestamp)],
    ) -> Vec<&'a (DealTerms, Timestamp)> {
        let months = self.expected.iter().filter(|part| part.0 == deal);
        let holding = months.map(|(_, month, _)| {
            let last = terms.iter().rposition(|(terms, _)| terms.from <= *month);
            last.unwrap_or(0)
        });
        let mut places: BTreeSet<usize> = holding.collect();
        if places.is_empty() {
            places.extend(terms.len().checked_sub(1));
        }
        places
            .into_iter()
            .filter_map(|place| terms.get(place))
            .collect()
    }
}

/// All of a client's money in one currency.
#[derive(Clone, Debug)]
pub struct ClientMoney {
    pub client: ClientRecord,
    pub currency: Currency,
    /// In order; only those that hold something.
    pub rows: Vec<ExplorerRow>,
    pub total: Amounts,
    pub refunded_minor: i64,
    /// Asked for, and neither credited nor collected.
    pub open_minor: i64,
    /// Money that no month needs, or an ended month that is not covered.
    pub is_misfit: bool,
    pub deals: Vec<DealRecord>,
    /// Deals of amounts that no sum holds: they are in no row.
    pub beyond: BTreeSet<DealId>,
    /// By Xero's id.
    pub documents: HashMap<String, Document>,
    pub waivers: Vec<(DealId, WaiverRecord)>,
}

impl ClientMoney {
    /// A row of the table, or that of its sums.
    pub fn find_row(&self, key: RowKey) -> Option<ExplorerRow> {
        if key != RowKey::Sum {
            return self.rows.iter().find(|row| row.key == key).cloned();
        }
        let expected = self.rows.iter().flat_map(|row| row.expected.clone());
        Some(ExplorerRow {
            key,
            amounts: self.total,
            evidence: add_up(self.evidence().cloned()),
            expected: expected.collect(),
        })
    }

    /// The credit notes that `refunded_minor` is made of: a refund takes its money from what was collected.
    pub fn list_refunded(&self) -> Vec<Evidence> {
        self.list_by_document(DocumentKind::Credit, |column| match column {
            Column::Collected | Column::Unallocated => -1,
            _ => 0,
        })
    }

    /// The invoices that `open_minor` is made of.
    pub fn list_open(&self) -> Vec<Evidence> {
        self.list_by_document(DocumentKind::Invoice, |column| match column {
            Column::Invoiced => 1,
            Column::Credited | Column::Collected | Column::Unallocated => -1,
            _ => 0,
        })
    }

    fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        self.rows.iter().flat_map(|row| &row.evidence)
    }

    /// What the columns of each document come to, each with its sign; those that come to nothing are left out.
    fn list_by_document(&self, kind: DocumentKind, sign: impl Fn(Column) -> i64) -> Vec<Evidence> {
        let is_of_kind = |part: &&Evidence| {
            let document = self.documents.get(&part.document);
            document.is_some_and(|document| document.kind == kind)
        };
        let signed = self.evidence().filter(is_of_kind).map(|part| Evidence {
            column: Column::Invoiced,
            amount_minor: part.amount_minor * sign(part.column),
            ..part.clone()
        });
        let mut sums = add_up(signed);
        sums.retain(|sum| sum.amount_minor != 0);
        sums
    }
}

/// What of each document is in each column, for each deal. No part of a sum is larger than what stands in the row of sums.
fn add_up(parts: impl Iterator<Item = Evidence>) -> Vec<Evidence> {
    let mut places: HashMap<(Column, Option<DealId>, String), usize> = HashMap::new();
    let mut sums: Vec<Evidence> = Vec::new();
    for part in parts {
        let key = (part.column, part.deal, part.document.clone());
        match places.get(&key) {
            Some(place) => {
                let sum = &mut sums[*place].amount_minor;
                *sum = sum.saturating_add(part.amount_minor);
            }
            None => {
                places.insert(key, sums.len());
                sums.push(part);
            }
        }
    }
    sums
}

/// A page of clients.
#[derive(Clone, Debug, Default)]
pub struct Explored {
    pub clients: Vec<ClientMoney>,
    /// The last client that was looked at, if there may be more.
    pub next: Option<ClientId>,
}

/// The money of clients, by name; each currency of a client on its own.
pub async fn explore(
    ctx: &Ctx,
    actor: &Actor,
    filter: &ExplorerFilter,
) -> Result<Explored, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let mut explored = Explored::default();
    let mut shown = BTreeSet::new();
    let mut after = filter.after;
    for _ in 0..BATCHES_MAX {
        let asked = ClientFilter {
            client: filter.client,
            partner: filter.partner.clone(),
            search: filter.search.clone(),
            after,
        };
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let batch = clients::list_with_deals(&mut tx, &asked, limit).await?;
        let is_last = batch.len() < BATCH;
        let order: Vec<ClientId> = batch.iter().map(|client| client.id).collect();
        let monies = read_clients(ctx, &mut tx, batch, filter).await?;
        let monies = monies.into_iter();
        let mut by_client = monies.into_group_map_by(|money| money.client.id);
        for client in order {
            if shown.len() == PAGE {
                explored.next = after;
                return Ok(explored);
            }
            after = Some(client);
            let mut monies = by_client.remove(&client).unwrap_or_default();
            monies.retain(|money| money.is_misfit || !filter.misfits_only);
            if !monies.is_empty() {
                shown.insert(client);
                explored.clients.extend(monies);
            }
        }
        if is_last {
            return Ok(explored);
        }
    }
    explored.next = after;
    Ok(explored)
}

/// What a deal says in HubSpot, and since when: the evidence of what is expected. Oldest first.
pub async fn list_terms(
    ctx: &Ctx,
    actor: &Actor,
    deal: DealId,
) -> Result<Vec<(DealTerms, Timestamp)>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    Ok(deals::list_seen_terms(&mut tx, deal).await?)
}

/// Everything that is stored of some clients, read kind by kind and not client by client.
async fn read_clients(
    ctx: &Ctx,
    tx: &mut Tx,
    batch: Vec<ClientRecord>,
    filter: &ExplorerFilter,
) -> Result<Vec<ClientMoney>, ServiceError> {
    let ids: Vec<ClientId> = batch.iter().map(|client| client.id).collect();
    let contacts: Vec<String> = batch
        .iter()
        .filter_map(|client| client.xero_contact_id.clone())
        .collect();
    let deals = deals::list_of_clients(tx, &ids).await?;
    let deal_ids: Vec<DealId> = deals.iter().map(|deal| deal.id).collect();
    let invoices = invoices::list_for(tx, &deal_ids, &contacts).await?;
    let credits = credits::list_for(tx, &deal_ids, &contacts).await?;
    let monies = DealMoney::load_with(tx, deals, &invoices, &credits).await?;
    let monies = monies.into_iter();
    let mut by_client = monies.into_group_map_by(|money| money.deal.client);
    let mut found = Vec::with_capacity(batch.len());
    for client in batch {
        let monies = by_client.remove(&client.id).unwrap_or_default();
        let account = Account {
            client: &client,
            monies: &monies,
            invoices: &invoices,
            credits: &credits,
        };
        found.extend(account.explore(ctx.this_month(), filter)?);
    }
    Ok(found)
}

/// All that is known of one client.
struct Account<'a> {
    client: &'a ClientRecord,
    monies: &'a [DealMoney],
    /// Of all clients that were read.
    invoices: &'a [InvoiceRecord],
    credits: &'a [CreditRecord],
}

/// The rows of one currency while they are gathered.
#[derive(Clone, Default)]
struct Gathered {
    rows: BTreeMap<RowKey, ExplorerRow>,
    refunded_minor: i64,
    open_minor: i64,
    is_misfit: bool,
    beyond: BTreeSet<DealId>,
}

impl Gathered {
    fn row(&mut self, key: RowKey) -> &mut ExplorerRow {
        self.rows.entry(key).or_insert_with(|| ExplorerRow {
            key,
            amounts: Amounts::default(),
            evidence: Vec::new(),
            expected: Vec::new(),
        })
    }

    /// What is the client's, but no deal's.
    fn add_rest(
        &mut self,
        column: Column,
        document: &str,
        amount_minor: i64,
    ) -> Result<(), MoneyError> {
        if amount_minor == 0 {
            return Ok(());
        }
        let row = self.row(RowKey::Rest);
        row.amounts.add(column, amount_minor)?;
        row.evidence.push(Evidence {
            column,
            deal: None,
            document: document.to_owned(),
            amount_minor,
        });
        Ok(())
    }
}

fn sum(one: i64, other: i64) -> Result<i64, MoneyError> {
    one.checked_add(other).ok_or(MoneyError::TooLarge)
}

impl Account<'_> {
    fn explore(
        &self,
        this_month: Month,
        filter: &ExplorerFilter,
    ) -> Result<Vec<ClientMoney>, ServiceError> {
        let mut by_currency: BTreeMap<Currency, Gathered> = BTreeMap::new();
        for money in self.monies {
            if let Some(currency) = money.deal.currency {
                let gathered = by_currency.entry(currency).or_default();
                gather_deal(gathered, money, this_month, filter);
            }
        }
        for invoice in self.invoices.iter().filter(|known| known.remote.counts()) {
            self.gather_rest(&mut by_currency, invoice)?;
        }
        for credit in self.credits.iter().filter(|known| known.remote.counts()) {
            let rest_minor = self.rest_of_refund(credit)?;
            if rest_minor != 0 {
                let gathered = by_currency.entry(credit.remote.total.currency).or_default();
                gathered.is_misfit |= !credit.is_of_no_deal;
                gathered.refunded_minor = sum(gathered.refunded_minor, rest_minor)?;
                gathered.add_rest(Column::Unallocated, &credit.remote.id, -rest_minor)?;
            }
        }
        by_currency
            .into_iter()
            .filter(|(_, gathered)| !gathered.rows.is_empty() || !gathered.beyond.is_empty())
            .map(|(currency, gathered)| self.finish(currency, gathered))
            .collect()
    }

    fn deal(&self, id: DealId) -> Option<&DealRecord> {
        let mut known = self.monies.iter().map(|money| &money.deal);
        known.find(|deal| deal.id == id)
    }

    fn is_contact(&self, contact: &str) -> bool {
        self.client.xero_contact_id.as_deref() == Some(contact)
    }

    /// What of a refund is the client's and no deal's: all of it, what its deals do not bear, or what is in another currency than its deal.
    fn rest_of_refund(&self, credit: &CreditRecord) -> Result<i64, MoneyError> {
        let remote = &credit.remote;
        let mut rest_minor = 0;
        if self.is_contact(&remote.contact_id) {
            rest_minor = refunded(credit)?;
            for link in &credit.links {
                rest_minor = sum(rest_minor, -part_of_credit(credit, link.deal)?)?;
            }
        }
        for link in &credit.links {
            let deal = self.deal(link.deal);
            if deal.is_some_and(|deal| deal.currency != Some(remote.total.currency)) {
                rest_minor = sum(rest_minor, part_of_credit(credit, link.deal)?)?;
            }
        }
        Ok(rest_minor)
    }

    /// What of an invoice is the client's and no deal's: all of it, what a split left over, or what is in another currency than its deal.
    fn gather_rest(
        &self,
        by_currency: &mut BTreeMap<Currency, Gathered>,
        invoice: &InvoiceRecord,
    ) -> Result<(), ServiceError> {
        let remote = &invoice.remote;
        let currency = remote.total.currency;
        let rest = |gross_minor: i64| -> Result<i64, MoneyError> {
            let mut rest_minor = 0;
            if self.is_contact(&remote.contact_id) {
                rest_minor =
                    collected_net(remote.sub_total.minor, gross_minor, remote.total.minor)?;
                for link in &invoice.links {
                    rest_minor = sum(rest_minor, -part_of(invoice, link.deal, gross_minor)?)?;
                }
            }
            for link in &invoice.links {
                let deal = self.deal(link.deal);
                if deal.is_some_and(|deal| deal.currency != Some(currency)) {
                    rest_minor = sum(rest_minor, part_of(invoice, link.deal, gross_minor)?)?;
                }
            }
            Ok(rest_minor)
        };
        let invoiced_minor = rest(remote.total.minor)?;
        let credited_minor = rest(remote.credited_minor)?;
        let collected_minor = rest(remote.cash_minor()?)?;
        if (invoiced_minor, credited_minor, collected_minor) == (0, 0, 0) {
            return Ok(());
        }
        let gathered = by_currency.entry(currency).or_default();
        // What a person said to be for no deal has its place.
        gathered.is_misfit |= !invoice.is_of_no_deal;
        let open_minor = invoiced_minor - credited_minor - collected_minor;
        gathered.open_minor = sum(gathered.open_minor, open_minor)?;
        for (column, amount_minor) in [
            (Column::Invoiced, invoiced_minor),
            (Column::Credited, credited_minor),
            (Column::Unallocated, collected_minor),
        ] {
            gathered.add_rest(column, &remote.id, amount_minor)?;
        }
        Ok(())
    }

    fn find_documents(&self, named: &BTreeSet<&str>) -> HashMap<String, Document> {
        let invoices = self.invoices.iter();
        let invoices = invoices.filter(|invoice| named.contains(invoice.remote.id.as_str()));
        let credits = self.credits.iter();
        let credits = credits.filter(|credit| named.contains(credit.remote.id.as_str()));
        let found = invoices
            .cloned()
            .map(Document::from)
            .chain(credits.cloned().map(Document::from));
        found
            .map(|document| (document.id.clone(), document))
            .collect()
    }

    fn finish(&self, currency: Currency, gathered: Gathered) -> Result<ClientMoney, ServiceError> {
        let mut total = Amounts::default();
        for row in gathered.rows.values() {
            total.add_all(&row.amounts)?;
        }
        let rows: Vec<ExplorerRow> = gathered
            .rows
            .into_values()
            .filter(|row| !row.amounts.is_nothing() || !row.evidence.is_empty())
            .collect();
        let named: BTreeSet<&str> = rows
            .iter()
            .flat_map(|row| &row.evidence)
            .map(|evidence| evidence.document.as_str())
            .collect();
        let of_currency = |money: &&DealMoney| money.deal.currency == Some(currency);
        let monies: Vec<&DealMoney> = self.monies.iter().filter(of_currency).collect();
        Ok(ClientMoney {
            client: self.client.clone(),
            currency,
            total,
            refunded_minor: gathered.refunded_minor,
            open_minor: gathered.open_minor,
            is_misfit: gathered.is_misfit,
            deals: monies.iter().map(|money| money.deal.clone()).collect(),
            beyond: gathered.beyond,
            documents: self.find_documents(&named),
            waivers: monies
                .iter()
                .flat_map(|money| {
                    let waivers = money.waivers.iter().cloned();
                    waivers.map(|waiver| (money.deal.id, waiver))
                })
                .collect(),
            rows,
        })
    }
}

fn refunded(credit: &CreditRecord) -> Result<i64, MoneyError> {
    let remote = &credit.remote;
    collected_net(
        remote.sub_total.minor,
        remote.refunded_minor,
        remote.total.minor,
    )
}

fn key_of(month: Month, filter: &ExplorerFilter) -> RowKey {
    if filter.from.is_some_and(|from| month < from) {
        RowKey::Earlier
    } else if filter.until.is_some_and(|until| month > until) {
        RowKey::Later
    } else {
        RowKey::Month(month)
    }
}

/// Adds a deal's money; of one whose amounts no sum holds only that it is so, and the others are shown without it.
fn gather_deal(
    gathered: &mut Gathered,
    money: &DealMoney,
    this_month: Month,
    filter: &ExplorerFilter,
) {
    let before = gathered.clone();
    if add_deal(gathered, money, this_month, filter).is_err() {
        *gathered = before;
        gathered.is_misfit = true;
        gathered.beyond.insert(money.deal.id);
    }
}

fn add_deal(
    gathered: &mut Gathered,
    money: &DealMoney,
    this_month: Month,
    filter: &ExplorerFilter,
) -> Result<(), MoneyError> {
    let buckets = bucket(money)?;
    let reach = money.reach()?;
    for (place, month) in money.months()?.iter().enumerate() {
        gathered.is_misfit |= month.month < this_month && place >= reach.adjusted_months;
    }
    gathered.is_misfit |= !buckets.rest.amounts.is_nothing();
    gathered.refunded_minor = sum(gathered.refunded_minor, buckets.refunded_minor)?;
    gathered.open_minor = sum(gathered.open_minor, buckets.open_minor)?;
    for bucket in buckets.months.into_iter().chain([buckets.rest]) {
        let key = bucket
            .month
            .map_or(RowKey::Rest, |month| key_of(month, filter));
        let row = gathered.row(key);
        row.amounts.add_all(&bucket.amounts)?;
        if let Some(month) = bucket.month {
            let expected_minor = bucket.amounts.expected_minor;
            row.expected.push((money.deal.id, month, expected_minor));
        }
        row.evidence
            .extend(bucket.parts.into_iter().map(|part| Evidence {
                column: part.column,
                deal: Some(money.deal.id),
                document: part.document,
                amount_minor: part.amount_minor,
            }));
    }
    Ok(())
}

/// A deal's money in its months.
fn bucket(money: &DealMoney) -> Result<Buckets, MoneyError> {
    let months: Vec<BucketMonth> = money
        .months()?
        .iter()
        .map(|month| BucketMonth {
            month: month.month,
            base: month.base,
            owed: month.owed_now,
        })
        .collect();
    let mut invoices = Vec::with_capacity(money.invoices.len());
    for invoice in money.counting() {
        invoices.push(BucketInvoice {
            id: invoice.remote.id.clone(),
            issued: invoice.remote.date.map(Month::of),
            invoiced_minor: money.invoiced(invoice)?,
            credited_minor: money.credited(invoice)?,
            collected_minor: money.collected(invoice)?,
        });
    }
    let mut refunds = Vec::with_capacity(money.credits.len());
    for credit in &money.credits {
        refunds.push(BucketRefund {
            id: credit.remote.id.clone(),
            refunded_minor: money.refunded(credit)?,
        });
    }
    fill_buckets(&months, &invoices, &refunds)
}
