//! Xero's calls, one verb each. Made once, but for one thing: a token that has run out is renewed and the call made again, as it did nothing.

use std::{fmt, sync::Arc};

use chrono::{DateTime, NaiveDate};
use portal_domain::{
    calendar::Timestamp,
    money::{Currency, Money},
    remote::{
        InvoiceType, RemoteAccount, RemoteContact, RemoteCredit, RemoteInvoice, RemoteMoney,
        RemoteTaxType,
    },
};
use reqwest::{Method, Url};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::{
    convert,
    failure::{failure_of, joined, lacks_scope, missing_scope, no_result, refused},
    token::CustomConnection,
    wire,
};
use crate::{
    Secret,
    error::{CallError, ErrorKind, Vendor},
    http::{self, Answer, Call, Effect, Http, Login, Payload},
    token::{Access, TokenSource},
};

/// Invoices on one page: a page with fewer is the last.
const INVOICES_PER_PAGE: usize = 100;

/// Credit notes on one page, the suppliers' among them.
const CREDITS_PER_PAGE: usize = 100;

/// Payments, prepayments or overpayments on one page.
const MONEY_PER_PAGE: usize = 100;

/// Ids that one address has room for.
pub const INVOICE_IDS_MAX: usize = 40;
/// The same of contacts.
pub const CONTACT_IDS_MAX: usize = 40;

/// Where Xero is and which custom connection we are.
#[derive(Clone, Debug)]
pub struct XeroConfig {
    /// `https://api.xero.com`, or a stand-in.
    pub base_url: String,
    /// `https://identity.xero.com`, or a stand-in.
    pub identity_url: String,
    pub client_id: String,
    pub client_secret: Secret,
    /// The organisation that is meant, where one is known: of several that the app is connected to, that one.
    pub meant: Option<String>,
}

/// Which invoices and bills to list. With neither ids nor an instant: all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceQuery {
    /// At most [`INVOICE_IDS_MAX`]; empty for all.
    pub ids: Vec<String>,
    /// Changed at or after this instant, to the second. Not every change moves Xero's date: reach back, and look at the open ones by id.
    pub modified_since: Option<Timestamp>,
    /// From 1.
    pub page: u32,
}

/// Which credit notes to list; without an instant, all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditQuery {
    /// Changed at or after this instant, to the second. Reach back, as with invoices.
    pub modified_since: Option<Timestamp>,
    /// From 1.
    pub page: u32,
}

/// The lists of what is neither an invoice nor a credit note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyKind {
    Payments,
    Prepayments,
    Overpayments,
}

impl MoneyKind {
    pub const ALL: [Self; 3] = [Self::Payments, Self::Prepayments, Self::Overpayments];

    /// The list's name in the address, and of the call.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Payments => ("Payments", "list_payments"),
            Self::Prepayments => ("Prepayments", "list_prepayments"),
            Self::Overpayments => ("Overpayments", "list_overpayments"),
        }
    }
}

/// Which payments, prepayments or overpayments to list; without an instant, all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoneyQuery {
    pub kind: MoneyKind,
    /// Changed at or after this instant, to the second. Reach back, as with invoices.
    pub modified_since: Option<Timestamp>,
    /// From 1.
    pub page: u32,
}

/// One page of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoneyPage {
    pub money: Vec<RemoteMoney>,
    /// As of invoices.
    pub next: Option<MoneyQuery>,
}

/// A document that cannot be read for what it is; the others of its page can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub id: String,
    /// Which document, and what of it cannot be read.
    pub message: String,
}

/// One page of invoices and bills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoicePage {
    pub invoices: Vec<RemoteInvoice>,
    pub unreadable: Vec<Unreadable>,
    /// What to ask for the page after it; `None` after the last. Documents that changed in its last second come a second time.
    pub next: Option<InvoiceQuery>,
}

/// One page of credit notes to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditPage {
    pub credits: Vec<RemoteCredit>,
    pub unreadable: Vec<Unreadable>,
    /// As of invoices. Xero counts the suppliers' credit notes too, so a page may hold few or none and not be the last.
    pub next: Option<CreditQuery>,
}

/// The bills of one contact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BillList {
    pub bills: Vec<RemoteInvoice>,
    pub unreadable: Vec<UnreadableBill>,
}

/// A bill of which only the words can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableBill {
    pub document: Unreadable,
    /// All that it says, in small letters.
    words: String,
}

impl UnreadableBill {
    fn of(document: Unreadable, answered: &RawValue) -> Self {
        // Read and written again, so that no escape hides a letter.
        let said: serde_json::Value = serde_json::from_str(answered.get()).unwrap_or_default();
        Self {
            document,
            words: said.to_string().to_lowercase(),
        }
    }

    /// Whether it says a word anywhere, in capitals or not: it may be the bill that is looked for.
    pub fn mentions(&self, word: &str) -> bool {
        self.words.contains(&word.to_lowercase())
    }
}

/// How far a new bill goes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillStatus {
    /// A person finishes it in Xero.
    Draft,
    /// A person approves it in Xero.
    Submitted,
    /// It can be paid.
    Authorised,
}

impl BillStatus {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Submitted => "SUBMITTED",
            Self::Authorised => "AUTHORISED",
        }
    }
}

/// A partner's bill with one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBill {
    pub contact_id: String,
    /// The partner's own invoice number. Xero takes the same one twice: look with [`Xero::list_bills`] first.
    pub number: String,
    pub date: NaiveDate,
    pub due: NaiveDate,
    /// What the line says; it names the statement.
    pub description: String,
    /// Net of tax.
    pub amount: Money,
    pub account_code: String,
    /// `None`: the one that Xero keeps for the account.
    pub tax_type: Option<String>,
    pub status: BillStatus,
}

impl NewBill {
    /// What tells its content from another's, but for its days: one that is asked for again after midnight, while Xero may still be at the first, must be
    /// refused and not made twice.
    fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        let amount = self.amount.to_decimal();
        for part in [
            self.contact_id.as_str(),
            &self.number,
            &self.description,
            &amount,
            self.amount.currency.as_str(),
            &self.account_code,
            self.tax_type.as_deref().unwrap_or_default(),
            self.status.as_str(),
        ] {
            hash.update(part);
            hash.update([0]);
        }
        hex::encode(&hash.finalize()[..16])
    }
}

/// The organisation that the app is connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub name: String,
    pub base_currency: Currency,
    /// Xero's word, such as `GMTSTANDARDTIME`.
    pub time_zone: String,
    /// Part of links into Xero, such as `!23eYt`.
    pub short_code: String,
    /// The last day that nothing can be dated any more, by the period's lock date or the year's.
    pub locked_until: Option<NaiveDate>,
}

/// The client. A clone shares its connections and its token.
#[derive(Clone)]
pub struct Xero {
    http: Http,
    shared: Arc<Shared>,
}

struct Shared {
    base_url: String,
    tokens: Arc<dyn TokenSource>,
}

impl fmt::Debug for Xero {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Xero")
            .field("base_url", &self.shared.base_url)
            .finish_non_exhaustive()
    }
}

impl Xero {
    /// Over a custom connection.
    pub fn new(http: Http, config: XeroConfig) -> Self {
        let base_url = config.base_url.clone();
        let tokens = CustomConnection::new(http.clone(), config);
        Self::with_tokens(http, base_url, Arc::new(tokens))
    }

    /// With tokens from anywhere.
    pub fn with_tokens(http: Http, base_url: String, tokens: Arc<dyn TokenSource>) -> Self {
        let shared = Shared { base_url, tokens };
        Self {
            http,
            shared: Arc::new(shared),
        }
    }

    /// The invoice or bill with this id; `None` if this organisation has none.
    pub async fn read_invoice(&self, id: &str) -> Result<Option<RemoteInvoice>, CallError> {
        let url = self.url(&["Invoices", id])?;
        let read: Result<wire::Invoices, CallError> =
            self.read("read_invoice", url, Vec::new()).await;
        match read {
            Ok(answered) => {
                let invoice = answered.invoices.first();
                Ok(invoice.map(|one| convert::invoice(one)).transpose()?)
            }
            Err(failure) if failure.kind == ErrorKind::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// One page of invoices and bills, the longest unchanged first.
    pub async fn list_invoices(&self, query: &InvoiceQuery) -> Result<InvoicePage, CallError> {
        if query.ids.len() > INVOICE_IDS_MAX {
            return Err(refused(&format!(
                "{} ids are more than one call has room for",
                query.ids.len()
            )));
        }
        let mut url = self.url(&["Invoices"])?;
        if !query.ids.is_empty() {
            url.query_pairs_mut()
                .append_pair("IDs", &query.ids.join(","));
        }
        page_of(&mut url, query.page, INVOICES_PER_PAGE);
        url.query_pairs_mut()
            .append_pair("order", "UpdatedDateUTC ASC");
        let headers = modified_since(query.modified_since)?;
        let answered: wire::Invoices = self.read("list_invoices", url, headers).await?;
        let next = (answered.invoices.len() >= INVOICES_PER_PAGE).then(|| {
            let last = answered
                .invoices
                .iter()
                .rev()
                .find_map(|one| convert::find_updated_at(one));
            let (modified_since, page) = place_after(query.modified_since, query.page, last);
            InvoiceQuery {
                ids: query.ids.clone(),
                modified_since,
                page,
            }
        });
        let mut unreadable = Vec::new();
        let mut invoices = Vec::with_capacity(answered.invoices.len());
        for listed in &answered.invoices {
            keep(&mut invoices, &mut unreadable, convert::invoice(listed));
        }
        Ok(InvoicePage {
            invoices,
            unreadable,
            next,
        })
    }

    /// The credit note to a client with this id; `None` if this organisation has none, or if it is a supplier's.
    pub async fn read_credit(&self, id: &str) -> Result<Option<RemoteCredit>, CallError> {
        let credit = self.read_credit_note(id).await?;
        let credit = credit.filter(wire::CreditNote::is_to_client);
        Ok(credit.as_ref().map(convert::credit).transpose()?)
    }

    /// One page of credit notes to clients, the longest unchanged first.
    pub async fn list_credits(&self, query: &CreditQuery) -> Result<CreditPage, CallError> {
        let mut url = self.url(&["CreditNotes"])?;
        page_of(&mut url, query.page, CREDITS_PER_PAGE);
        url.query_pairs_mut()
            .append_pair("order", "UpdatedDateUTC ASC");
        let headers = modified_since(query.modified_since)?;
        let answered: wire::CreditNotes = self.read("list_credits", url, headers).await?;
        let next = (answered.credit_notes.len() >= CREDITS_PER_PAGE).then(|| {
            let last = answered
                .credit_notes
                .iter()
                .rev()
                .find_map(|one| convert::find_updated_at(one));
            let (modified_since, page) = place_after(query.modified_since, query.page, last);
            CreditQuery {
                modified_since,
                page,
            }
        });
        let (mut listed, mut unreadable) = (Vec::new(), Vec::new());
        for document in &answered.credit_notes {
            keep(&mut listed, &mut unreadable, convert::credit_note(document));
        }
        let mut credits = Vec::with_capacity(listed.len());
        for listed in listed.into_iter().filter(wire::CreditNote::is_to_client) {
            // A page shows payments and allocations too; where they do not add up to what is used of the credit, the note by itself is asked.
            let whole = if convert::is_whole(&listed) {
                listed
            } else {
                let alone = self.read_credit_note(&listed.id).await?;
                alone.unwrap_or(listed)
            };
            keep(&mut credits, &mut unreadable, convert::credit(&whole));
        }
        Ok(CreditPage {
            credits,
            unreadable,
            next,
        })
    }

    /// One page of payments, prepayments or overpayments, of clients and to suppliers, the longest unchanged first.
    pub async fn list_money(&self, query: &MoneyQuery) -> Result<MoneyPage, CallError> {
        let (list, name) = query.kind.names();
        let mut url = self.url(&[list])?;
        page_of(&mut url, query.page, MONEY_PER_PAGE);
        url.query_pairs_mut()
            .append_pair("order", "UpdatedDateUTC ASC");
        let headers = modified_since(query.modified_since)?;
        let answered: wire::MoneyList = self.read(name, url, headers).await?;
        let listed = match query.kind {
            MoneyKind::Payments => answered.payments,
            MoneyKind::Prepayments => answered.prepayments,
            MoneyKind::Overpayments => answered.overpayments,
        };
        let next = (listed.len() >= MONEY_PER_PAGE).then(|| {
            let mut newest = listed.iter().rev();
            let last = newest.find_map(|one| convert::find_updated_at(one));
            let (modified_since, page) = place_after(query.modified_since, query.page, last);
            MoneyQuery {
                modified_since,
                page,
                ..*query
            }
        });
        let money = listed.iter().filter_map(|one| convert::money(one));
        Ok(MoneyPage {
            money: money.collect(),
            next,
        })
    }

    async fn read_credit_note(&self, id: &str) -> Result<Option<wire::CreditNote>, CallError> {
        let url = self.url(&["CreditNotes", id])?;
        let read: Result<wire::CreditNotes, CallError> =
            self.read("read_credit", url, Vec::new()).await;
        match read {
            Ok(answered) => {
                let credit = answered.credit_notes.first();
                Ok(credit.map(|one| convert::credit_note(one)).transpose()?)
            }
            Err(failure) if failure.kind == ErrorKind::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// All bills of this contact that are neither voided nor deleted: what a bill says in its lines cannot be searched for there.
    pub async fn list_bills(&self, contact_id: &str) -> Result<BillList, CallError> {
        let mut listed = BillList::default();
        for page in 1.. {
            let mut url = self.url(&["Invoices"])?;
            url.query_pairs_mut()
                .append_pair("where", "Type==\"ACCPAY\"")
                .append_pair("ContactIDs", contact_id);
            page_of(&mut url, page, INVOICES_PER_PAGE);
            let answered: wire::Invoices = self.read("list_bills", url, Vec::new()).await?;
            for answered in &answered.invoices {
                match convert::invoice(answered) {
                    Ok(bill) => listed.bills.push(bill),
                    Err(document) => listed
                        .unreadable
                        .push(UnreadableBill::of(document, answered)),
                }
            }
            if answered.invoices.len() < INVOICES_PER_PAGE {
                break;
            }
        }
        // The filter is Xero's; what we act on is checked once more.
        listed.bills.retain(|bill| {
            !bill.is_gone() && bill.kind == InvoiceType::Bill && bill.contact_id == contact_id
        });
        Ok(listed)
    }

    /// Makes a bill. The same key with the same bill gives the same answer for six minutes, an error too; afterwards, and after an unknown outcome,
    /// [`Self::list_bills`] comes first. A bill of which anything but its days changed goes out under a key of its own, as Xero refuses another one under the same. A
    /// refused one needs a new key. The key has at most 64 characters.
    pub async fn create_bill(
        &self,
        bill: &NewBill,
        idempotency_key: &str,
    ) -> Result<RemoteInvoice, CallError> {
        let unit_amount = RawValue::from_string(bill.amount.to_decimal())
            .expect("a decimal text is a JSON number");
        let body = wire::InvoicesBody {
            invoices: [wire::BillBody {
                kind: "ACCPAY",
                contact: wire::ContactReference {
                    id: &bill.contact_id,
                },
                invoice_number: &bill.number,
                date: bill.date.to_string(),
                due_date: bill.due.to_string(),
                currency_code: bill.amount.currency.as_str(),
                line_amount_types: "Exclusive",
                status: bill.status.as_str(),
                line_items: [wire::LineBody {
                    description: &bill.description,
                    quantity: 1,
                    unit_amount,
                    account_code: &bill.account_code,
                    tax_type: bill.tax_type.as_deref(),
                }],
            }],
        };
        let url = self.url(&["Invoices"])?;
        let key = format!("{idempotency_key}-{}", bill.fingerprint());
        let headers = vec![("Idempotency-Key", key)];
        let answered: wire::Invoices = self.write("create_bill", url, headers, &body).await?;
        let made = answered.invoices.first().ok_or_else(no_result)?;
        let errors: wire::InvoiceErrors = serde_json::from_str(made.get()).unwrap_or_default();
        if errors.has_errors || !errors.validation_errors.is_empty() {
            return Err(refused(&joined(&errors.validation_errors)));
        }
        // It was made, whatever we understand of it.
        convert::invoice(made).map_err(|unreadable| CallError {
            kind: ErrorKind::UnknownOutcome,
            ..unreadable.into()
        })
    }

    /// The names of the files beside an invoice or a bill.
    pub async fn list_attachments(&self, invoice_id: &str) -> Result<Vec<String>, CallError> {
        let url = self.url(&["Invoices", invoice_id, "Attachments"])?;
        let answered: wire::Attachments = self.read("list_attachments", url, Vec::new()).await?;
        let files = answered.attachments.into_iter();
        Ok(files.map(|file| file.file_name).collect())
    }

    /// Puts a PDF beside an invoice or a bill, never where its client sees it. Xero knows a file by its name, so [`Self::list_attachments`] says whether it is
    /// there; put there again it takes its own place.
    pub async fn attach_pdf(
        &self,
        invoice_id: &str,
        file_name: &str,
        content: Vec<u8>,
    ) -> Result<(), CallError> {
        let mut url = self.url(&["Invoices", invoice_id, "Attachments", file_name])?;
        url.query_pairs_mut().append_pair("IncludeOnline", "false");
        let prepared = Prepared {
            name: "attach_pdf",
            method: Method::PUT,
            url,
            headers: Vec::new(),
            payload: Payload::Pdf(content),
            effect: Effect::Write,
        };
        let answered: wire::Attachments = self.call(prepared).await?;
        match answered.attachments.is_empty() {
            true => Err(no_result()),
            false => Ok(()),
        }
    }

    /// The active contact that carries our number.
    pub async fn find_contact(&self, number: &str) -> Result<Option<RemoteContact>, CallError> {
        let url = self.url(&["Contacts", number])?;
        let read: Result<wire::Contacts, CallError> =
            self.read("find_contact", url, Vec::new()).await;
        match read {
            // Xero takes its own ids in this place too.
            Ok(answered) => Ok(active(answered).find(|contact| contact.number == number)),
            Err(failure) if failure.kind == ErrorKind::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Contacts by their ids, at most [`CONTACT_IDS_MAX`], archived ones too.
    pub async fn list_contacts(&self, ids: &[String]) -> Result<Vec<RemoteContact>, CallError> {
        let mut url = self.url(&["Contacts"])?;
        // Xero names the contact that one was merged into only where pages are asked for.
        url.query_pairs_mut()
            .append_pair("IDs", &ids.join(","))
            .append_pair("includeArchived", "true")
            .append_pair("page", "1")
            .append_pair("pageSize", "100");
        let answered: wire::Contacts = self.read("list_contacts", url, Vec::new()).await?;
        Ok(answered
            .contacts
            .into_iter()
            .map(convert::contact)
            .collect())
    }

    /// Active contacts of this name, whatever its case; one at most, unless Xero's rule changes.
    pub async fn find_contacts_by_name(&self, name: &str) -> Result<Vec<RemoteContact>, CallError> {
        let mut url = self.url(&["Contacts"])?;
        // A search term needs no quoting, so any name can be looked for.
        url.query_pairs_mut()
            .append_pair("searchTerm", name)
            .append_pair("page", "1")
            .append_pair("pageSize", "100");
        let answered: wire::Contacts = self.read("find_contacts_by_name", url, Vec::new()).await?;
        let wanted = name.trim().to_lowercase();
        Ok(active(answered)
            .filter(|contact| contact.name.trim().to_lowercase() == wanted)
            .collect())
    }

    /// Makes a contact. Names are unique there; look with [`Self::find_contact`] and [`Self::find_contacts_by_name`] first.
    pub async fn create_contact(
        &self,
        number: &str,
        name: &str,
        email: &str,
    ) -> Result<RemoteContact, CallError> {
        let body = wire::ContactsBody {
            contacts: [wire::ContactBody {
                contact_number: number,
                name,
                email_address: email,
            }],
        };
        let url = self.url(&["Contacts"])?;
        let answered: wire::Contacts = self.write("create_contact", url, Vec::new(), &body).await?;
        let made = answered.contacts.into_iter().next().ok_or_else(no_result)?;
        if made.has_validation_errors || !made.validation_errors.is_empty() {
            return Err(refused(&joined(&made.validation_errors)));
        }
        Ok(convert::contact(made))
    }

    /// Gives a contact that was there before us our number, and nothing else.
    pub async fn number_contact(&self, id: &str, number: &str) -> Result<(), CallError> {
        let contacts = [wire::ContactNumberBody { id, number }];
        let prepared = Prepared {
            name: "number_contact",
            method: Method::POST,
            url: self.url(&["Contacts"])?,
            headers: Vec::new(),
            payload: http::json(&wire::ContactNumbersBody { contacts }),
            effect: Effect::Write,
        };
        let answered: wire::Contacts = self.call(prepared).await?;
        let numbered = answered.contacts.into_iter().next().ok_or_else(no_result)?;
        if numbered.has_validation_errors || !numbered.validation_errors.is_empty() {
            return Err(refused(&joined(&numbered.validation_errors)));
        }
        Ok(())
    }

    /// All accounts that have a code, archived ones too.
    pub async fn list_accounts(&self) -> Result<Vec<RemoteAccount>, CallError> {
        let url = self.url(&["Accounts"])?;
        let answered: wire::Accounts = self.read("list_accounts", url, Vec::new()).await?;
        let accounts = answered.accounts.into_iter();
        Ok(accounts.filter_map(convert::account).collect())
    }

    /// All tax types, archived ones too.
    pub async fn list_tax_types(&self) -> Result<Vec<RemoteTaxType>, CallError> {
        let url = self.url(&["TaxRates"])?;
        let answered: wire::TaxRates = self.read("list_tax_types", url, Vec::new()).await?;
        Ok(answered
            .tax_rates
            .into_iter()
            .map(convert::tax_type)
            .collect())
    }

    /// The organisation that the app is connected to.
    pub async fn read_organisation(&self) -> Result<Organisation, CallError> {
        let url = self.url(&["Organisation"])?;
        let answered: wire::Organisations = self.read("read_organisation", url, Vec::new()).await?;
        let first = answered.organisations.into_iter().next();
        convert::organisation(first.ok_or_else(|| refused("the answer holds no organisation"))?)
    }

    /// The id of that organisation, which webhooks name too.
    pub async fn tenant_id(&self) -> Result<String, CallError> {
        let access = self.shared.tokens.access(None).await?;
        Ok(access.tenant)
    }
}

/// The plumbing under the calls.
impl Xero {
    fn url(&self, segments: &[&str]) -> Result<Url, CallError> {
        let whole: Vec<&str> = ["api.xro", "2.0"].iter().chain(segments).copied().collect();
        http::address(Vendor::Xero, &self.shared.base_url, &whole)
    }

    async fn read<T: DeserializeOwned>(
        &self,
        name: &'static str,
        url: Url,
        headers: Vec<(&'static str, String)>,
    ) -> Result<T, CallError> {
        let prepared = Prepared {
            name,
            method: Method::GET,
            url,
            headers,
            payload: Payload::Nothing,
            effect: Effect::Read,
        };
        self.call(prepared).await
    }

    async fn write<T: DeserializeOwned>(
        &self,
        name: &'static str,
        url: Url,
        headers: Vec<(&'static str, String)>,
        body: &impl Serialize,
    ) -> Result<T, CallError> {
        self.call(Prepared {
            name,
            method: Method::PUT,
            url,
            headers,
            payload: http::json(body),
            effect: Effect::Write,
        })
        .await
    }

    async fn call<T: DeserializeOwned>(&self, prepared: Prepared) -> Result<T, CallError> {
        let tokens = &self.shared.tokens;
        let access = tokens.access(None).await?;
        let mut answer = self.send(&prepared, &access).await?;
        // A token that was given back is unknown there, and one that ran out has run out: a new one is as good a question.
        if answer.status == 401 && !lacks_scope(&answer) {
            let renewed = tokens.access(Some(&access.token)).await?;
            if renewed.token != access.token {
                answer = self.send(&prepared, &renewed).await?;
            }
        }
        if answer.is_success() {
            return answer.parse();
        }
        if lacks_scope(&answer) {
            return Err(missing_scope(&answer, prepared.url.path()));
        }
        if answer.status == 403 {
            tokens.shut_out().await;
        }
        Err(failure_of(&answer))
    }

    async fn send(&self, prepared: &Prepared, access: &Access) -> Result<Answer, CallError> {
        let mut headers = prepared.headers.clone();
        headers.push(("xero-tenant-id", access.tenant.clone()));
        let call = Call {
            vendor: Vendor::Xero,
            name: prepared.name,
            method: prepared.method.clone(),
            url: prepared.url.clone(),
            login: Login::Bearer(access.token.reveal()),
            headers,
            payload: prepared.payload.clone(),
            effect: prepared.effect,
        };
        self.http.send(call).await
    }
}

/// A call that can be made a second time with a new token.
struct Prepared {
    name: &'static str,
    method: Method,
    url: Url,
    headers: Vec<(&'static str, String)>,
    payload: Payload,
    effect: Effect,
}

/// Puts a document of a page where it belongs.
fn keep<T>(read: &mut Vec<T>, unreadable: &mut Vec<Unreadable>, document: Result<T, Unreadable>) {
    match document {
        Ok(document) => read.push(document),
        Err(found) => unreadable.push(found),
    }
}

/// Where a list of changes goes on behind a page, as the instant that it begins at and the page from there. A document that changes while the list is read goes to
/// its end, and those behind it move up by one place: so the next page is the first of what changed since the last document seen, and pages are counted only
/// among documents of one second, as Xero's filter knows no less.
fn place_after(
    since: Option<Timestamp>,
    page: u32,
    last: Option<Timestamp>,
) -> (Option<Timestamp>, u32) {
    let again = last.map(|last| Timestamp(last.0.div_euclid(1_000) * 1_000 - 1_000));
    match again {
        Some(again) if since.is_none_or(|since| again > since) => (Some(again), 1),
        _ => (since, page.max(1).saturating_add(1)),
    }
}

fn page_of(url: &mut Url, page: u32, size: usize) {
    url.query_pairs_mut()
        .append_pair("page", &page.max(1).to_string())
        .append_pair("pageSize", &size.to_string());
}

/// The header that leaves out what has not changed since an instant.
fn modified_since(since: Option<Timestamp>) -> Result<Vec<(&'static str, String)>, CallError> {
    let Some(since) = since else {
        return Ok(Vec::new());
    };
    let at = DateTime::from_timestamp_millis(since.0)
        .ok_or_else(|| refused("the instant is beyond the calendar"))?;
    Ok(vec![(
        "If-Modified-Since",
        at.format("%Y-%m-%dT%H:%M:%S").to_string(),
    )])
}

fn active(answered: wire::Contacts) -> impl Iterator<Item = RemoteContact> {
    let is_active = |contact: &wire::Contact| {
        contact
            .status
            .as_deref()
            .is_none_or(|status| status == "ACTIVE")
    };
    answered
        .contacts
        .into_iter()
        .filter(is_active)
        .map(convert::contact)
}
