//! The vendors, as far as they matter to money: what Xero says of all its documents once somebody entered something of one. A credit note that is set against
//! an invoice is a change of both, and what an invoice has been credited is the sum of what was set against it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use portal_domain::{
    calendar::{Month, Timestamp},
    money::{Currency, Money},
    remote::{CreditAllocation, RemoteCredit, RemoteInvoice},
};

use super::script::{CreditSaid, DealSaid, InvoiceSaid, Said, Script};
use crate::world::{instant, sale};

/// What is read of one object, whole.
#[derive(Clone, Debug)]
pub enum Reading {
    Deal(DealSaid),
    Invoice(RemoteInvoice),
    Credit(RemoteCredit),
}

/// A reading, and how it reaches the portal.
#[derive(Clone, Debug)]
pub struct Sent {
    pub reading: Reading,
    pub at: Timestamp,
    /// The month in which it became true.
    pub month: usize,
    pub order: u8,
    /// The months in which it arrives, once or twice.
    pub arrives: Vec<usize>,
}

/// Everything that the vendors say in a programme, oldest first.
pub fn all_said(script: &Script) -> Vec<Sent> {
    let mut xero = Xero::default();
    let mut sent: Vec<Sent> = Vec::new();
    let last = script.months.len() - 1;
    for (month, moment) in script.months.iter().enumerate() {
        for event in &moment.said {
            let at = Timestamp(instant(&first_of(month).to_string()) + sent.len() as i64);
            let readings = match &event.said {
                Said::Deal(said) => vec![Reading::Deal(*said)],
                Said::Invoice(said) => vec![xero.enter_invoice(said, at)],
                Said::Credit(said) => xero.enter_credit(said, at),
            };
            for (place, reading) in readings.into_iter().enumerate() {
                // Each of several objects has an order and a delay of its own.
                let order = event
                    .order
                    .rotate_left(3 * u32::try_from(place).expect("few"));
                let mut late = event.late;
                late.rotate_left(place % 2);
                let times = if order.is_multiple_of(3) { 2 } else { 1 };
                sent.push(Sent {
                    reading,
                    at,
                    month,
                    order,
                    arrives: late[..times]
                        .iter()
                        .map(|late| (month + late).min(last))
                        .collect(),
                });
            }
        }
    }
    sent
}

/// The second day of each month of a programme, on which everything happens.
pub fn first_of(place: usize) -> NaiveDate {
    let month = Month::new(2026, 2).plus(i32::try_from(place).expect("few"));
    month.first_day() + Days::new(1)
}

/// A month of a programme, counted as the oracle does.
pub fn month_of(place: usize) -> i32 {
    2026 * 12 + 1 + i32::try_from(place).expect("few")
}

pub fn hubspot_id(deal: usize) -> String {
    format!("900{deal}")
}

pub fn contact_id(client: usize) -> String {
    format!("contact-{client}")
}

pub fn invoice_id(client: usize, number: usize) -> String {
    format!("id-INV-{client}{number}")
}

pub fn credit_id(client: usize, number: usize) -> String {
    format!("id-CN-{client}{number}")
}

fn reference(names: Option<usize>) -> String {
    names.map_or_else(String::new, |deal| format!("Deal {}", hubspot_id(deal)))
}

fn issued_on(days: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2026, 1, 15).map(|day| day + Days::new(u64::from(days)))
}

#[derive(Default)]
struct Xero {
    invoices: BTreeMap<String, RemoteInvoice>,
    credits: BTreeMap<String, RemoteCredit>,
}

impl Xero {
    fn enter_invoice(&mut self, said: &InvoiceSaid, at: Timestamp) -> Reading {
        let id = invoice_id(said.client, said.number);
        let known = self.invoices.get(&id);
        let credited_minor = known.map_or(0, |known| known.credited_minor);
        let mut net_minor = said.net;
        if let Some(known) = known.filter(|_| credited_minor > 0) {
            // Nor can it be less than what was credited of it.
            net_minor = net_minor.max(known.sub_total.minor);
        }
        // What was credited in part can be neither voided nor a draft again.
        let is_issued = said.status == "AUTHORISED" || credited_minor > 0;
        let total_minor = net_minor + net_minor * 19 / 100;
        let room = if is_issued {
            total_minor - credited_minor
        } else {
            0
        };
        let paid_minor = room.min(total_minor * said.paid / 4);
        let prepaid_minor = (room - paid_minor).min(total_minor * said.prepaid / 4);
        let currency = if said.number == 2 {
            Currency::USD
        } else {
            Currency::EUR
        };
        let number = format!("INV-{}{}", said.client, said.number);
        let mut invoice = RemoteInvoice {
            reference: reference(said.names),
            contact_id: contact_id(said.client),
            contact_name: format!("Client{}", said.client),
            status: said.status.to_owned(),
            date: issued_on(said.issued),
            due: issued_on(said.issued + 14),
            sub_total: Money::new(net_minor, currency),
            total: Money::new(total_minor, currency),
            prepaid_minor,
            credited_minor,
            ..sale(&number, net_minor, paid_minor, at.0)
        };
        if is_issued {
            settle(&mut invoice);
        }
        self.invoices.insert(id, invoice.clone());
        Reading::Invoice(invoice)
    }

    /// Enters a credit note anew: what was set against invoices before is so no more.
    fn enter_credit(&mut self, said: &CreditSaid, at: Timestamp) -> Vec<Reading> {
        let id = credit_id(said.client, said.number);
        let mut touched = BTreeSet::new();
        let before = self.credits.remove(&id);
        for part in before.into_iter().flat_map(|credit| credit.allocations) {
            self.credit_invoice(&part.invoice, -part.amount_minor);
            touched.insert(part.invoice);
        }
        let total_minor = said.net + said.net * 19 / 100;
        let mut left = if said.status == "VOIDED" {
            0
        } else {
            total_minor
        };
        let mut allocations: Vec<CreditAllocation> = Vec::new();
        for (number, quarters) in &said.against {
            let invoice = invoice_id(said.client, *number);
            let open = self
                .invoices
                .get(&invoice)
                .filter(|invoice| invoice.counts() && invoice.total.currency == Currency::EUR);
            let open = open.map_or(0, |invoice| invoice.due_minor);
            let amount_minor = left.min(open).min(total_minor * quarters / 4);
            if amount_minor > 0 {
                self.credit_invoice(&invoice, amount_minor);
                left -= amount_minor;
                touched.insert(invoice.clone());
                allocations.push(CreditAllocation {
                    invoice,
                    amount_minor,
                });
            }
        }
        let credit = RemoteCredit {
            number: format!("CN-{}{}", said.client, said.number),
            reference: reference(said.names),
            contact_id: contact_id(said.client),
            contact_name: format!("Client{}", said.client),
            status: said.status.to_owned(),
            date: issued_on(said.issued),
            sub_total: Money::new(said.net, Currency::EUR),
            total: Money::new(total_minor, Currency::EUR),
            refunded_minor: left * said.refunded / 2,
            allocations,
            updated_at: at,
            id: id.clone(),
        };
        self.credits.insert(id, credit.clone());
        let mut readings = vec![Reading::Credit(credit)];
        for id in touched {
            let invoice = self.invoices.get_mut(&id).expect("it was credited");
            invoice.updated_at = at;
            readings.push(Reading::Invoice(invoice.clone()));
        }
        readings
    }

    fn credit_invoice(&mut self, id: &str, amount_minor: i64) {
        let invoice = self.invoices.get_mut(id).expect("it was entered");
        invoice.credited_minor += amount_minor;
        settle(invoice);
    }
}

/// What an issued invoice still asks for, and what Xero calls it then.
fn settle(invoice: &mut RemoteInvoice) {
    let settled_minor = invoice.cash_minor().expect("small") + invoice.credited_minor;
    invoice.due_minor = invoice.total.minor - settled_minor;
    let status = if invoice.due_minor == 0 {
        "PAID"
    } else {
        "AUTHORISED"
    };
    status.clone_into(&mut invoice.status);
}
