//! Xero as a bookkeeper would want it: sales invoices, bills, credits, contacts, and the forms to make and pay them.

use maud::{Markup, html};

use super::layout::{back_to, field, field_of, frame, nothing};
use crate::call::Call;
use crate::clock::day_of;
use crate::server::Shared;
use crate::xero::money::decimal;
use crate::xero::{Credit, Invoice, InvoiceKind, PaymentTarget, Status, Xero};

/// `/xero`.
pub fn render(shared: &Shared, call: &Call) -> Option<Markup> {
    let today = day_of(call.now_ms).to_string();
    let content = {
        let world = shared.world();
        let xero = &world.xero;
        html! {
            p.lead { (xero.organisation.name) ", base currency " (xero.organisation.base_currency) }
            (new_invoice(xero, &today))
            (documents(xero, InvoiceKind::Sale, "Sales invoices", "No invoice yet.", &today))
            (documents(xero, InvoiceKind::Bill, "Bills", "No bill yet. A partner that raises its invoice in the portal makes one.", &today))
            (credits(xero))
            (contacts(xero))
            (settings(xero))
        }
    };
    Some(frame(shared, call, "Xero", &content))
}

fn new_invoice(xero: &Xero, today: &str) -> Markup {
    let due = crate::clock::parse_day(today)
        .map(|day| (day + chrono::Days::new(30)).to_string())
        .unwrap_or_default();
    let input =
        |id: &str, name: &str, value: &str| html! { input id=(id) name=(name) value=(value); };
    let choice = |id: &str, name: &str, choices: &[(&str, &str)]| {
        html! { select id=(id) name=(name) { @for (value, words) in choices { option value=(value) { (words) } } } }
    };
    let currencies: Vec<(&str, &str)> = xero
        .currencies
        .iter()
        .map(|code| (code.as_str(), code.as_str()))
        .collect();
    html! {
        section aria-labelledby="new-invoice" {
            h2 id="new-invoice" { "New invoice" }
            form.item method="post" action="/sandbox/xero/invoices" {
                (back_to("/xero"))
                div.fields {
                    (field("new-type", "Type", &choice("new-type", "type", &[("ACCREC", "Sales invoice"), ("ACCPAY", "Bill")])))
                    div.field.wide {
                        label for="new-contact" { "Contact" }
                        select id="new-contact" name="contact" {
                            option value="" { "choose, or name a new one" }
                            @for contact in xero.contacts.values().filter(|contact| !contact.archived) {
                                option value=(contact.id) { (contact.name) }
                            }
                        }
                    }
                    div.field.wide { label for="new-contact-name" { "New contact" } (input("new-contact-name", "new_contact", "")) }
                    (field("new-number", "Number", &input("new-number", "number", "")))
                    div.field.wide { label for="new-reference" { "Reference" } (input("new-reference", "reference", "")) }
                    (field("new-currency", "Currency", &choice("new-currency", "currency", &currencies_from_base(xero, &currencies))))
                    (field("new-net", "Net amount", &html! { input id="new-net" name="net" inputmode="decimal" required; }))
                    (field("new-rate", "VAT rate", &choice("new-rate", "tax_rate", &[("20", "20 %"), ("19", "19 %"), ("5", "5 %"), ("0", "0 %")])))
                    (field("new-date", "Date", &html! { input id="new-date" name="date" type="date" value=(today); }))
                    (field("new-due", "Due date", &html! { input id="new-due" name="due_date" type="date" value=(due); }))
                    (field("new-status", "Status", &choice("new-status", "status", &[("AUTHORISED", "Authorised"), ("DRAFT", "Draft"), ("SUBMITTED", "Submitted")])))
                    button.main { "Create invoice" }
                }
            }
        }
    }
}

/// The base currency first, so that it is what is chosen.
fn currencies_from_base<'a>(xero: &Xero, all: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut sorted = all.to_vec();
    sorted.sort_by_key(|(code, _)| *code != xero.organisation.base_currency);
    sorted
}

fn documents(xero: &Xero, kind: InvoiceKind, title: &str, none: &str, today: &str) -> Markup {
    let mut list: Vec<&Invoice> = xero
        .invoices
        .values()
        .filter(|invoice| invoice.kind == kind)
        .collect();
    list.sort_by(|a, b| (b.created_ms, &b.number).cmp(&(a.created_ms, &a.number)));
    html! {
        section aria-label=(title) {
            h2 { (title) }
            @if list.is_empty() { (nothing(none)) }
            div.stack { @for invoice in &list { (document(xero, invoice, today)) } }
        }
    }
}

fn pill(status: Status) -> Markup {
    let tone = match status {
        Status::Paid => "pill good",
        Status::Authorised => "pill warn",
        Status::Voided | Status::Deleted => "pill bad",
        Status::Draft | Status::Submitted => "pill",
    };
    html! { span class=(tone) { (status.wire()) } }
}

fn document(xero: &Xero, invoice: &Invoice, today: &str) -> Markup {
    let contact = xero
        .contacts
        .get(&invoice.contact_id)
        .map_or("", |contact| contact.name.as_str());
    let (due, paid, credited) = (
        xero.amount_due(invoice),
        xero.amount_paid(&invoice.id),
        xero.amount_credited(&invoice.id),
    );
    let amount = |minor: i64| format!("{} {}", decimal(minor, 2), invoice.currency);
    html! {
        article.item id={ "invoice-" (invoice.id) } data-invoice-number=(invoice.number) data-invoice-id=(invoice.id)
            data-status=(invoice.status.wire()) {
            div.top { h3 { (invoice.number) } (pill(invoice.status)) }
            p {
                (contact) " · " span.money { (amount(invoice.total())) }
                span.soft { " (net " (decimal(invoice.sub_total(), 2)) ", VAT " (decimal(invoice.total_tax(), 2)) ")" }
            }
            p.soft {
                "Paid " (decimal(paid, 2)) " · credited " (decimal(credited, 2)) " · due " (decimal(due, 2))
                @if let Some(day) = invoice.due_date { " by " (day) }
                @if !invoice.reference.is_empty() { " · reference " (invoice.reference) }
            }
            @if invoice.status == Status::Authorised { (pay_form(invoice, due, today)) }
            (acts(invoice, paid != 0 || credited != 0))
            (details(xero, invoice))
        }
    }
}

fn pay_form(invoice: &Invoice, due: i64, today: &str) -> Markup {
    let id = |name: &str| format!("{name}-{}", invoice.id);
    html! {
        form method="post" action={ "/sandbox/xero/invoices/" (invoice.id) "/payments" } {
            (back_to(&format!("/xero#invoice-{}", invoice.id)))
            div.fields {
                (field_of(&id("amount"), "Amount", &format!("to pay on {}", invoice.number), &html! {
                    input id=(id("amount")) name="amount" inputmode="decimal" value=(decimal(due, 2));
                }))
                (field_of(&id("paid-on"), "Date", &format!("of the payment on {}", invoice.number), &html! {
                    input id=(id("paid-on")) name="date" type="date" value=(today);
                }))
                button.main { "Pay " (invoice.number) }
            }
        }
    }
}

fn acts(invoice: &Invoice, has_money: bool) -> Markup {
    let act = |name: &str, words: &str| {
        html! {
            form method="post" action={ "/sandbox/xero/invoices/" (invoice.id) "/" (name) } {
                (back_to(&format!("/xero#invoice-{}", invoice.id)))
                button.plain { (words) " " (invoice.number) }
            }
        }
    };
    html! {
        div.row style="margin-top:10px" {
            @match invoice.status {
                Status::Draft | Status::Submitted => { (act("authorise", "Authorise")) (act("delete", "Delete")) }
                Status::Authorised if !has_money => (act("void", "Void")),
                _ => {}
            }
        }
    }
}

fn details(xero: &Xero, invoice: &Invoice) -> Markup {
    let place = format!("/xero#invoice-{}", invoice.id);
    html! {
        details {
            summary { "Lines, payments and credits of " (invoice.number) }
            dl {
                dt { "Invoice ID" } dd { (invoice.id) }
                dt { "Date" } dd { (invoice.date) }
                @if let Some(day) = invoice.fully_paid_on { dt { "Fully paid" } dd { (day) } }
                @for line in &invoice.lines { dt { "Line" } dd { (line.description) ", " (decimal(line.line_amount, 2)) ", account " (line.account_code) ", " (line.tax_type) } }
                @for attachment in &invoice.attachments { dt { "Attachment" } dd { (attachment.file_name) ", " (attachment.length_bytes) " bytes" } }
                @for note in &invoice.notes { dt { "Note" } dd { (note.details) } }
            }
            @for payment in xero.payments_of(&invoice.id) {
                form.row method="post" action={ "/sandbox/xero/payments/" (payment.id) "/delete" } {
                    (back_to(&place))
                    span { "Paid " (decimal(payment.amount, 2)) " on " (payment.date) }
                    button.plain { "Remove payment of " (decimal(payment.amount, 2)) }
                }
            }
            @for allocation in xero.allocations.iter().filter(|allocation| allocation.invoice_id == invoice.id) {
                p.small { (xero.credits.get(&allocation.credit_id).map_or("Credit", |credit| credit.kind.words())) ": " (decimal(allocation.amount, 2)) " on " (allocation.date) }
            }
            @if matches!(invoice.status, Status::Authorised | Status::Paid) { (credit_form(invoice, &place)) }
        }
    }
}

fn credit_form(invoice: &Invoice, place: &str) -> Markup {
    let id = |name: &str| format!("{name}-{}", invoice.id);
    html! {
        form method="post" action={ "/sandbox/xero/invoices/" (invoice.id) "/credit" } {
            (back_to(place))
            div.fields {
                (field(&id("credit-kind"), "Credit by", &html! {
                    select id=(id("credit-kind")) name="kind" {
                        option value="credit_note" { "Credit note (net)" }
                        option value="prepayment" { "Prepayment" }
                        option value="overpayment" { "Overpayment" }
                    }
                }))
                (field_of(&id("credit"), "Amount", &format!("to credit on {}", invoice.number), &html! {
                    input id=(id("credit")) name="net" inputmode="decimal" value=(decimal(invoice.sub_total(), 2));
                }))
                button { "Credit " (invoice.number) }
            }
        }
    }
}

fn credits(xero: &Xero) -> Markup {
    let list: Vec<&Credit> = xero.credits.values().collect();
    html! {
        @if !list.is_empty() {
            section aria-labelledby="credits" {
                h2 id="credits" { "Credits" }
                div.stack {
                    @for credit in &list {
                        @let remaining = xero.remaining_credit(credit);
                        @let name = if credit.number.is_empty() { credit.kind.words() } else { credit.number.as_str() };
                        article.item data-credit-number=(credit.number) {
                            div.top { h3 { (name) } span.pill { (credit.kind.words()) } }
                            p { (xero.contacts.get(&credit.contact_id).map_or("", |contact| contact.name.as_str())) " · " span.money { (decimal(credit.total(), 2)) " " (credit.currency) } " · left " (decimal(remaining, 2)) }
                            @if remaining > 0 {
                                form method="post" action={ "/sandbox/xero/credits/" (credit.id) "/refund" } {
                                    (back_to("/xero"))
                                    button.plain { "Refund " (decimal(remaining, 2)) " of " (name) }
                                }
                            }
                            @for payment in xero.payments.values().filter(|payment| !payment.deleted && payment.target == PaymentTarget::Credit(credit.id.clone())) {
                                p.small { "Refunded " (decimal(payment.amount, 2)) " on " (payment.date) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn contacts(xero: &Xero) -> Markup {
    html! {
        section aria-labelledby="contacts" {
            h2 id="contacts" { "Contacts" }
            @if xero.contacts.is_empty() { (nothing("No contact yet.")) } @else {
                div.scroll tabindex="0" role="group" aria-label="Contacts, table" {
                    table {
                        thead { tr { th scope="col" { "Name" } th scope="col" { "E-mail" } th scope="col" { "Number" } th scope="col" { "Contact ID" } } }
                        tbody {
                            @for contact in xero.contacts.values() {
                                tr { td { (contact.name) } td { (contact.email) } td { (contact.number) } td { (contact.id) } }
                            }
                        }
                    }
                }
            }
            form.item method="post" action="/sandbox/xero/contacts" style="margin-top:12px" {
                (back_to("/xero#contacts"))
                div.fields {
                    div.field.wide { label for="contact-name" { "Name" } input id="contact-name" name="name" required; }
                    div.field.wide { label for="contact-email" { "E-mail" } input id="contact-email" name="email" type="email"; }
                    (field("contact-number", "Contact number", &html! { input id="contact-number" name="number"; }))
                    button { "Add contact" }
                }
            }
        }
    }
}

fn settings(xero: &Xero) -> Markup {
    let locked = xero
        .organisation
        .period_lock_date
        .map(|day| day.to_string())
        .unwrap_or_default();
    html! {
        section aria-labelledby="settings" {
            h2 id="settings" { "Organisation" }
            div.item {
                form method="post" action="/sandbox/xero/organisation" style="margin:0" {
                    (back_to("/xero#settings"))
                    div.fields {
                        (field("lock-date", "Period lock date", &html! { input id="lock-date" name="period_lock_date" type="date" value=(locked); }))
                        button { "Save lock date" }
                    }
                }
                form method="post" action="/sandbox/xero/intent-to-receive" {
                    (back_to("/xero#settings"))
                    button { "Send intent to receive" }
                }
            }
        }
    }
}
