//! Xero: sales invoices, credit notes and bills of one organisation, over a custom connection or a person's consent, and the check
//! of its webhooks.

mod client;
mod convert;
mod failure;
pub mod oauth;
pub mod signature;
mod token;
mod wire;

pub use client::{
    BillList, BillStatus, CONTACT_IDS_MAX, CreditPage, CreditQuery, INVOICE_IDS_MAX, InvoicePage,
    InvoiceQuery, MoneyKind, MoneyPage, MoneyQuery, NewBill, Organisation, Unreadable,
    UnreadableBill, Xero, XeroConfig,
};
pub use signature::{EventsError, SignatureError, XeroEvent};
pub use token::CustomConnection;
