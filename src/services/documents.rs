//! Xero's documents to clients, sales invoices and credit notes, as far as both are alike: what stands on one, which deals it is for, and the deals that people
//! choose among when they say so: those that it is for now, those of the client that pays, and what was searched for.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    ids::{DealId, PersonId},
    money::Money,
    remote::InvoiceType,
};
use portal_store::{
    Tx, clients,
    credits::{self, CreditRecord},
    deals::{self, DealRecord},
    invoices::{self, InvoiceLink, InvoiceRecord},
};

use crate::{Ctx, ServiceError, access::require_staff};

/// How many deals a search offers.
const CHOICES: i64 = 20;

/// A deal that a document may be for.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub deal: DealId,
    pub deal_name: String,
    pub client_name: String,
    pub partner_name: String,
    pub hubspot_id: String,
}

impl From<DealRecord> for Proposal {
    fn from(deal: DealRecord) -> Self {
        Self {
            deal: deal.id,
            deal_name: deal.name,
            client_name: deal.client_name,
            partner_name: deal.partner_name,
            hubspot_id: deal.hubspot_id,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// Its money is the deals'.
    Invoice,
    /// It takes money from the deals, as far as it is refunded in cash.
    Credit,
}

/// A sales invoice or a credit note, as last read.
#[derive(Clone, Debug)]
pub struct Document {
    pub kind: DocumentKind,
    /// Xero's, which no two of them share.
    pub id: String,
    pub number: String,
    pub reference: String,
    pub contact_id: String,
    pub contact_name: String,
    pub status: String,
    pub date: Option<NaiveDate>,
    pub net: Money,
    /// What of a credit note went back to the client in cash, with tax.
    pub refunded: Option<Money>,
    /// In the order of the deals' ids.
    pub links: Vec<InvoiceLink>,
    /// A person said that it is for no deal; it has no links then.
    pub is_of_no_deal: bool,
    pub is_said_by_person: bool,
    pub seen_at: Timestamp,
}

impl From<InvoiceRecord> for Document {
    fn from(invoice: InvoiceRecord) -> Self {
        Self {
            kind: DocumentKind::Invoice,
            is_said_by_person: invoice.is_said_by_person(),
            id: invoice.remote.id,
            number: invoice.remote.number,
            reference: invoice.remote.reference,
            contact_id: invoice.remote.contact_id,
            contact_name: invoice.remote.contact_name,
            status: invoice.remote.status,
            date: invoice.remote.date,
            net: invoice.remote.sub_total,
            refunded: None,
            links: invoice.links,
            is_of_no_deal: invoice.is_of_no_deal,
            seen_at: invoice.seen_at,
        }
    }
}

impl From<CreditRecord> for Document {
    fn from(credit: CreditRecord) -> Self {
        let currency = credit.remote.total.currency;
        Self {
            kind: DocumentKind::Credit,
            is_said_by_person: credit.is_said_by_person(),
            id: credit.remote.id,
            number: credit.remote.number,
            reference: credit.remote.reference,
            contact_id: credit.remote.contact_id,
            contact_name: credit.remote.contact_name,
            status: credit.remote.status,
            date: credit.remote.date,
            net: credit.remote.sub_total,
            refunded: Some(Money::new(credit.remote.refunded_minor, currency)),
            links: credit.links,
            is_of_no_deal: credit.is_of_no_deal,
            seen_at: credit.seen_at,
        }
    }
}

impl Document {
    pub(crate) async fn find(tx: &mut Tx, id: &str) -> Result<Option<Self>, ServiceError> {
        let invoice = invoices::find(tx, id).await?;
        if let Some(sale) = invoice.filter(|known| known.remote.kind == InvoiceType::Sale) {
            return Ok(Some(sale.into()));
        }
        Ok(credits::find(tx, id).await?.map(Self::from))
    }

    /// The deals that it is for.
    pub fn deals(&self) -> BTreeSet<DealId> {
        self.links.iter().map(|link| link.deal).collect()
    }

    /// Stores what a person said of it: which deals it is for, that it is for none, or nothing any more.
    pub(crate) async fn put_said(
        &self,
        tx: &mut Tx,
        links: &[InvoiceLink],
        no_deal_said_by: Option<PersonId>,
        person: PersonId,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        match self.kind {
            DocumentKind::Invoice => {
                invoices::set_no_deal(tx, &self.id, no_deal_said_by).await?;
                invoices::replace_links(tx, &self.id, links, Some(person), now).await?;
            }
            DocumentKind::Credit => {
                credits::set_no_deal(tx, &self.id, no_deal_said_by).await?;
                credits::replace_links(tx, &self.id, links, Some(person), now).await?;
            }
        }
        Ok(())
    }

    /// The deals of the client that pays.
    pub(crate) async fn list_deals_of_contact(
        &self,
        tx: &mut Tx,
    ) -> Result<Vec<DealRecord>, ServiceError> {
        match clients::find_by_contact(tx, &self.contact_id, &self.contact_name).await? {
            Some(client) => Ok(deals::list_of_client(tx, client.id).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Everything that can be chosen, each deal once; `first` stands at the top, then what the document is for and what was `chosen` already.
    pub(crate) async fn list_choices(
        &self,
        tx: &mut Tx,
        first: &[Proposal],
        chosen: &[DealId],
        search: &str,
    ) -> Result<Vec<Proposal>, ServiceError> {
        let mut kept = self.deals();
        kept.extend(chosen);
        let kept: Vec<DealId> = kept.into_iter().collect();
        let mut found = deals::list_by_ids(tx, &kept).await?;
        found.extend(self.list_deals_of_contact(tx).await?);
        found.extend(deals::search(tx, search, CHOICES).await?);
        let mut choices = first.to_vec();
        choices.extend(found.into_iter().map(Proposal::from));
        let mut seen = BTreeSet::new();
        choices.retain(|choice| seen.insert(choice.deal));
        Ok(choices)
    }
}

/// A document with the deals that it can be for.
#[derive(Clone, Debug)]
pub struct DocumentView {
    pub document: Document,
    pub deals: Vec<Proposal>,
}

/// One sales invoice or credit note by its id in Xero, with the deals that it can be for: those of a form that is filled in already too, and what `search`
/// finds.
pub async fn find_document(
    ctx: &Ctx,
    actor: &Actor,
    id: &str,
    search: &str,
    chosen: &[DealId],
) -> Result<DocumentView, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let document = Document::find(&mut tx, id).await?;
    let document = document.ok_or(ServiceError::NotFound)?;
    Ok(DocumentView {
        deals: document.list_choices(&mut tx, &[], chosen, search).await?,
        document,
    })
}
