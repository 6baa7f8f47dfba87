//! What the portal says to people by mail and Slack: composed in the reader's language and stored in the transaction of what it tells, sent later by a job.

mod access;
mod alerts;
mod bills;
mod compose;
mod disputes;
mod leads;
mod slack;
mod statements;

pub(crate) use access::{invitation, sign_in_link};
pub(crate) use alerts::alert;
pub(crate) use bills::{BillNews, about_bill, bill_differs};
pub(crate) use compose::typed_mail;
pub use compose::{find_unsent_mail, mail_sent};
pub(crate) use disputes::dispute_moved;
pub(crate) use leads::{deal_without_lead, lead_decided, lead_received};
pub(crate) use slack::tell_staff;
pub use statements::{announce_carried, announce_statement, carried};
