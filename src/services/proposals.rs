//! The deals that an invoice or credit note can be for, as people choose among them: those that it is for now, those of the client that pays, and what
//! was searched for.

use std::collections::BTreeSet;

use portal_domain::{
    access::{Action, Actor},
    ids::DealId,
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

/// An invoice or a credit note that can be for a deal.
pub(crate) enum Document {
    Invoice(InvoiceRecord),
    Credit(CreditRecord),
}

impl Document {
    pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Self>, ServiceError> {
        if let Some(invoice) = invoices::find(tx, id).await? {
            return Ok(Some(Self::Invoice(invoice)));
        }
        Ok(credits::find(tx, id).await?.map(Self::Credit))
    }

    fn links(&self) -> &[InvoiceLink] {
        match self {
            Self::Invoice(invoice) => &invoice.links,
            Self::Credit(credit) => &credit.links,
        }
    }

    /// The id and the name of who pays.
    fn contact(&self) -> (&str, &str) {
        match self {
            Self::Invoice(InvoiceRecord { remote, .. }) => {
                (&remote.contact_id, &remote.contact_name)
            }
            Self::Credit(CreditRecord { remote, .. }) => (&remote.contact_id, &remote.contact_name),
        }
    }

    /// The deals of the client that pays.
    pub async fn list_deals_of_contact(
        &self,
        tx: &mut Tx,
    ) -> Result<Vec<DealRecord>, ServiceError> {
        let (id, name) = self.contact();
        match clients::find_by_contact(tx, id, name).await? {
            Some(client) => Ok(deals::list_of_client(tx, client.id).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Everything that can be chosen, each deal once; `first` stands at the top.
    pub async fn list_choices(
        &self,
        tx: &mut Tx,
        first: &[Proposal],
        search: &str,
    ) -> Result<Vec<Proposal>, ServiceError> {
        let linked: Vec<DealId> = self.links().iter().map(|link| link.deal).collect();
        let mut found = deals::list_by_ids(tx, &linked).await?;
        found.extend(self.list_deals_of_contact(tx).await?);
        found.extend(deals::search(tx, search, CHOICES).await?);
        let mut choices = first.to_vec();
        choices.extend(found.into_iter().map(Proposal::from));
        let mut seen = BTreeSet::new();
        choices.retain(|choice| seen.insert(choice.deal));
        Ok(choices)
    }
}

/// An invoice with the deals that it can be for.
#[derive(Clone, Debug)]
pub struct InvoiceView {
    pub invoice: InvoiceRecord,
    pub deals: Vec<Proposal>,
}

/// One sales invoice by its id in Xero; `search` looks for further deals.
pub async fn find_invoice(
    ctx: &Ctx,
    actor: &Actor,
    id: &str,
    search: &str,
) -> Result<InvoiceView, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let found = invoices::find(&mut tx, id).await?;
    let sale = found.filter(|invoice| invoice.remote.kind == InvoiceType::Sale);
    let invoice = sale.ok_or(ServiceError::NotFound)?;
    let document = Document::Invoice(invoice.clone());
    Ok(InvoiceView {
        deals: document.list_choices(&mut tx, &[], search).await?,
        invoice,
    })
}
