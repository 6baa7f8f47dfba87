//! What the vendors' objects mean to us: plain values that the clients convert to and the services decide on. Not their wire format.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    calendar::Timestamp,
    deal::DealState,
    line_item::LineItem,
    money::{Currency, Money, MoneyError},
};

/// A stage of a HubSpot pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteStage {
    pub pipeline: String,
    /// What people call the pipeline; empty if nobody said.
    pub pipeline_label: String,
    pub id: String,
    pub label: String,
    pub display_order: i64,
    pub closed: bool,
    pub won: bool,
}

/// A HubSpot deal, read just now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteDeal {
    /// May differ from the id that was asked for, if the deal was merged.
    pub id: String,
    pub name: String,
    pub pipeline: String,
    pub stage: String,
    /// `Removed` when archived.
    pub state: DealState,
    /// As HubSpot has it: decimal text, or nothing.
    pub amount: Option<String>,
    pub currency: Option<Currency>,
    /// `portal_billing_period`, as it stands there.
    pub billing_period: Option<String>,
    pub start: Option<NaiveDate>,
    /// The first day on which it no longer runs.
    pub end: Option<NaiveDate>,
    /// When it was closed, by HubSpot; of one that is removed, when that was done.
    pub closed_at: Option<Timestamp>,
    pub modified_at: Timestamp,
    /// `portal_lead_id`.
    pub lead_key: Option<String>,
    /// Ids of deals that were merged into it.
    pub merged_ids: Vec<String>,
    /// HubSpot's id of its owner.
    #[serde(default)]
    pub owner: Option<String>,
    /// Read only of a won deal that names no billing period.
    #[serde(default)]
    pub line_items: Vec<LineItem>,
}

/// The currencies that a HubSpot account has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountCurrencies {
    /// What deals are in that name none.
    pub home: Currency,
    /// What deals may be in beside it.
    pub others: Vec<Currency>,
}

impl AccountCurrencies {
    /// Whether HubSpot takes a deal in a currency.
    pub fn has(&self, currency: Currency) -> bool {
        self.home == currency || self.others.contains(&currency)
    }
}

impl RemoteDeal {
    /// Every id that it is or was known by, its own first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.id)
            .chain(&self.merged_ids)
            .map(String::as_str)
    }
}

/// A HubSpot deal that is there and cannot be read for what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableDeal {
    pub id: String,
    /// `portal_lead_id`.
    pub lead_key: Option<String>,
    /// Which property cannot be read, and what it says.
    pub why: String,
}

/// Whom a HubSpot deal belongs to there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteOwner {
    pub id: String,
    pub name: String,
    /// Empty where HubSpot has none.
    pub email: String,
}

/// Whether an invoice is a sale to a client or a bill from a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvoiceType {
    /// ACCREC.
    Sale,
    /// ACCPAY.
    Bill,
}

/// A Xero invoice or bill, read just now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteInvoice {
    pub id: String,
    pub kind: InvoiceType,
    pub number: String,
    pub reference: String,
    pub contact_id: String,
    pub contact_name: String,
    /// Xero's word: DRAFT, SUBMITTED, AUTHORISED, PAID, VOIDED, DELETED.
    pub status: String,
    pub date: Option<NaiveDate>,
    pub due: Option<NaiveDate>,
    pub sub_total: Money,
    pub total: Money,
    /// AmountPaid: cash by payments.
    pub paid_minor: i64,
    /// Applied pre- and overpayments: cash too, though Xero counts them as credited.
    pub prepaid_minor: i64,
    /// Applied credit notes: not cash.
    pub credited_minor: i64,
    pub due_minor: i64,
    pub updated_at: Timestamp,
    /// The lines' descriptions, one below the other: a bill names its statement in any of them.
    pub description: String,
}

impl RemoteInvoice {
    /// Issued and not taken back: only such an invoice's money counts.
    pub fn counts(&self) -> bool {
        is_issued(&self.status)
    }

    /// Taken back: nothing is asked for by it any more.
    pub fn is_gone(&self) -> bool {
        matches!(self.status.as_str(), "VOIDED" | "DELETED")
    }

    /// Payments, prepayments and overpayments; never credit notes.
    ///
    /// # Errors
    /// `TooLarge` where no amount holds both.
    pub fn cash_minor(&self) -> Result<i64, MoneyError> {
        self.paid_minor
            .checked_add(self.prepaid_minor)
            .ok_or(MoneyError::TooLarge)
    }
}

/// A Xero credit note to a client (ACCRECCREDIT), read just now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteCredit {
    pub id: String,
    pub number: String,
    pub reference: String,
    pub contact_id: String,
    pub contact_name: String,
    /// Xero's word: DRAFT, SUBMITTED, AUTHORISED, PAID, VOIDED, DELETED.
    pub status: String,
    pub date: Option<NaiveDate>,
    pub sub_total: Money,
    pub total: Money,
    /// Cash that went back to the client for it.
    pub refunded_minor: i64,
    /// What of it was set against which invoice, with tax.
    pub allocations: Vec<CreditAllocation>,
    pub updated_at: Timestamp,
}

/// Money of a client or to a partner that moved in Xero: a payment, or a prepayment or overpayment. All ids are Xero's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteMoney {
    pub id: String,
    /// A prepayment or an overpayment: what it is set against may change.
    pub is_on_account: bool,
    /// The invoice, bill or credit note that a payment is on.
    pub documents: Vec<String>,
    /// The invoices that it is set against.
    pub set_against: Vec<String>,
    pub updated_at: Timestamp,
}

/// A part of a credit note that was set against an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditAllocation {
    /// Xero's id of the invoice.
    pub invoice: String,
    /// With tax, in the credit note's currency.
    pub amount_minor: i64,
}

impl RemoteCredit {
    /// Issued and not taken back.
    pub fn counts(&self) -> bool {
        is_issued(&self.status)
    }
}

/// Whether a document of Xero's stands: neither a draft nor taken back.
fn is_issued(status: &str) -> bool {
    matches!(status, "AUTHORISED" | "PAID")
}

/// A Xero contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteContact {
    pub id: String,
    pub name: String,
    pub email: String,
    /// Our own key there, such as `partner-01J…`.
    pub number: String,
    /// The contact that it became one with; it is archived then.
    pub merged_into: Option<String>,
}

/// An account of Xero's chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteAccount {
    /// Finance's own, such as `404`.
    pub code: String,
    pub name: String,
    /// Xero's word, such as `BANK` or `DIRECTCOSTS`.
    pub kind: String,
    /// The class of that, such as `EXPENSE`.
    pub class: String,
    pub is_archived: bool,
}

impl RemoteAccount {
    /// Whether Xero takes a bill with a line on it.
    pub fn takes_bills(&self) -> bool {
        !self.is_archived && self.kind != "BANK"
    }

    /// Whether it is offered for commission, which is an expense.
    pub fn is_choice(&self) -> bool {
        self.takes_bills() && self.class == "EXPENSE"
    }
}

/// A tax type of Xero's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteTaxType {
    /// Xero's, such as `INPUT2`.
    pub code: String,
    pub name: String,
    pub is_on_expenses: bool,
    pub is_archived: bool,
}

impl RemoteTaxType {
    /// Whether it can be on a bill for an expense.
    pub const fn is_choice(&self) -> bool {
        self.is_on_expenses && !self.is_archived
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::euro;

    #[test]
    fn a_bill_is_booked_under_any_account_but_a_bank_and_an_expense_is_offered() {
        for (kind, class, is_archived, takes_bills, is_choice) in [
            ("EXPENSE", "EXPENSE", false, true, true),
            ("DIRECTCOSTS", "EXPENSE", false, true, true),
            ("EXPENSE", "EXPENSE", true, false, false),
            ("CURRLIAB", "LIABILITY", false, true, false),
            ("BANK", "ASSET", false, false, false),
        ] {
            let account = RemoteAccount {
                code: "404".to_owned(),
                name: "Commission".to_owned(),
                kind: kind.to_owned(),
                class: class.to_owned(),
                is_archived,
            };
            let found = (account.takes_bills(), account.is_choice());
            assert_eq!(found, (takes_bills, is_choice), "{kind} {is_archived}");
        }
    }

    const STATUSES: [(&str, bool); 7] = [
        ("AUTHORISED", true),
        ("PAID", true),
        ("DRAFT", false),
        ("SUBMITTED", false),
        ("VOIDED", false),
        ("DELETED", false),
        ("paid", false),
    ];

    #[test]
    fn only_issued_credit_notes_count() {
        let mut credit = RemoteCredit {
            id: "1".to_owned(),
            number: "CN-1".to_owned(),
            reference: String::new(),
            contact_id: String::new(),
            contact_name: String::new(),
            status: String::new(),
            date: None,
            sub_total: euro(100),
            total: euro(119),
            refunded_minor: 0,
            allocations: Vec::new(),
            updated_at: Timestamp(0),
        };
        for (status, counts) in STATUSES {
            credit.status = status.to_owned();
            assert_eq!(credit.counts(), counts, "{status}");
        }
    }

    #[test]
    fn only_issued_invoices_count_and_only_cash_is_cash() {
        let mut invoice = RemoteInvoice {
            id: "1".to_owned(),
            kind: InvoiceType::Sale,
            number: "INV-1".to_owned(),
            reference: String::new(),
            contact_id: String::new(),
            contact_name: String::new(),
            status: String::new(),
            date: None,
            due: None,
            sub_total: euro(100),
            total: euro(119),
            paid_minor: 50,
            prepaid_minor: 30,
            credited_minor: 20,
            due_minor: 19,
            updated_at: Timestamp(0),
            description: String::new(),
        };
        assert_eq!(invoice.cash_minor(), Ok(80));
        for (status, counts) in STATUSES {
            invoice.status = status.to_owned();
            assert_eq!(invoice.counts(), counts, "{status}");
            let is_gone = ["VOIDED", "DELETED"].contains(&status);
            assert_eq!(invoice.is_gone(), is_gone, "{status}");
        }
    }
}
