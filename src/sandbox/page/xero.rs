//! Xero as a bookkeeper would want it: sales invoices, bills, credits, contacts, and the forms to make and pay them.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::layout::{back_to, field, field_of, frame, nothing};
use super::log;
use crate::call::{Call, Reply};
use crate::clock::day_of;
use crate::server::Shared;
use crate::xero::invoices::Line;
use crate::xero::money::decimal;
use crate::xero::{Allocation, Contact, Credit, Invoice, InvoiceKind, Payment, Status, Xero};

/// `/xero`.
pub fn render(shared: &Shared, call: &Call) -> Option<Markup> {
    let today = day_of(call.now_ms).to_string();
    let exchanges = log::beside(shared, "Xero");
    let content = {
        let world = shared.world();
        let xero = &world.xero;
        html! {
            p.lead { (xero.organisation.name) ", base currency " (xero.organisation.base_currency) }
            (new_invoice(xero, &today))
            (documents(xero, InvoiceKind::Sale, "Sales invoices", "No invoice yet.", &today))
            (documents(xero, InvoiceKind::Bill, "Bills", "No bill yet. A partner that raises its invoice in the portal makes one.", &today))
            (credits(xero, &today))
            (contacts(xero))
            (accounts(xero))
            (settings(xero))
            (connections(xero, world.second_xero.as_ref()))
            (exchanges)
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
                    (contact_choice(xero, "new-contact", "choose, or name a new one"))
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

fn contact_choice(xero: &Xero, id: &str, none: &str) -> Markup {
    html! {
        div.field.wide {
            label for=(id) { "Contact" }
            select id=(id) name="contact" {
                option value="" { (none) }
                @for contact in xero.contacts.values().filter(|contact| !contact.archived) {
                    option value=(contact.id) { (contact.name) }
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
    let has_money = paid != 0 || credited != 0;
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
            (acts(invoice, has_money))
            (details(xero, invoice, has_money))
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

fn details(xero: &Xero, invoice: &Invoice, has_money: bool) -> Markup {
    let place = format!("/xero#invoice-{}", invoice.id);
    html! {
        details {
            summary { "Lines, payments and credits of " (invoice.number) }
            dl {
                dt { "Invoice ID" } dd { (invoice.id) }
                dt { "Date" } dd { (invoice.date) }
                @if let Some(day) = invoice.fully_paid_on { dt { "Fully paid" } dd { (day) } }
                @for line in &invoice.lines { (line_of(line)) }
                @for attachment in &invoice.attachments { dt { "Attachment" } dd { a href={ "/xero/attachments/" (attachment.id) } { (attachment.file_name) } ", " (attachment.length_bytes) " bytes" } }
                @for note in &invoice.notes { dt { "Note" } dd { (note.details) } }
            }
            @for payment in xero.payments_of(&invoice.id) { (payment_row(payment, "Paid", "payment", &place)) }
            @for allocation in xero.allocations.iter().filter(|allocation| allocation.invoice_id == invoice.id) {
                p.small { (xero.credits.get(&allocation.credit_id).map_or("Credit", |credit| name_of(credit))) ": " (decimal(allocation.amount, 2)) " on " (allocation.date) }
            }
            @if matches!(invoice.status, Status::Authorised | Status::Paid) {
                (credit_form(invoice, xero.amount_due(invoice), &place))
                (money_form(invoice, xero.amount_due(invoice), &place))
            }
            @if matches!(invoice.status, Status::Draft | Status::Submitted | Status::Authorised) && !has_money { (contact_form(invoice, &place)) }
        }
    }
}

fn line_of(line: &Line) -> Markup {
    html! {
        dt { "Line" }
        dd { (line.description) ", " (decimal(line.line_amount, 2)) ", account " (line.account_code) ", " (line.tax_type) }
    }
}

/// A payment that can be undone.
fn payment_row(payment: &Payment, done: &str, noun: &str, place: &str) -> Markup {
    html! {
        form.row method="post" action={ "/sandbox/xero/payments/" (payment.id) "/delete" } {
            (back_to(place))
            span { (done) " " (decimal(payment.amount, 2)) " on " (payment.date) }
            button.plain { "Remove " (noun) " of " (decimal(payment.amount, 2)) }
        }
    }
}

fn credit_form(invoice: &Invoice, due: i64, place: &str) -> Markup {
    let id = |name: &str| format!("{name}-{}", invoice.id);
    html! {
        form method="post" action={ "/sandbox/xero/invoices/" (invoice.id) "/credit" } {
            (back_to(place))
            div.fields {
                (field_of(&id("credit"), "Amount with VAT", &format!("to credit on {}", invoice.number), &html! {
                    input id=(id("credit")) name="amount" inputmode="decimal" required value=(decimal(invoice.total(), 2));
                }))
                @if due > 0 {
                    (field_of(&id("allocate"), "Set against", &format!("what is due of {}", invoice.number), &html! {
                        select id=(id("allocate")) name="allocate" {
                            option value="true" { "this invoice" }
                            option value="false" { "nothing yet" }
                        }
                    }))
                }
                button { "Credit note for " (invoice.number) }
            }
        }
    }
}

/// Money that came in before the invoice asked for it, or beyond what it asks for.
fn money_form(invoice: &Invoice, due: i64, place: &str) -> Markup {
    let id = format!("before-{}", invoice.id);
    html! {
        form method="post" action={ "/sandbox/xero/invoices/" (invoice.id) "/credit" } {
            (back_to(place))
            div.fields {
                (field_of(&id, "Money received", &format!("before or beyond {}", invoice.number), &html! {
                    input id=(id) name="amount" inputmode="decimal" required value=(decimal(due.max(0), 2));
                }))
                button name="kind" value="prepayment" { "Prepayment for " (invoice.number) }
                button name="kind" value="overpayment" { "Overpayment for " (invoice.number) }
            }
        }
    }
}

fn contact_form(invoice: &Invoice, place: &str) -> Markup {
    let id = format!("contact-of-{}", invoice.id);
    html! {
        form method="post" action={ "/sandbox/xero/invoices/" (invoice.id) } {
            (back_to(place))
            div.fields {
                (field_of(&id, "Contact", &format!("of {}", invoice.number), &html! {
                    input id=(id) name="contact" list="contact-names" required;
                }))
                button { "Change contact of " (invoice.number) }
            }
        }
    }
}

/// A credit's number, or what it is where it has none.
fn name_of(credit: &Credit) -> &str {
    match credit.number.as_str() {
        "" => credit.kind.words(),
        number => number,
    }
}

fn credits(xero: &Xero, today: &str) -> Markup {
    let mut list: Vec<&Credit> = xero.credits.values().collect();
    list.sort_by(|a, b| (b.date, b.updated_ms, &b.number).cmp(&(a.date, a.updated_ms, &a.number)));
    html! {
        section aria-labelledby="credits" {
            h2 id="credits" { "Credit notes, prepayments, overpayments" }
            @if list.is_empty() { (nothing("No credit yet. Open an invoice's details to credit it, or make one for a contact here.")) }
            div.stack { @for credit in &list { (credit_card(xero, credit, today)) } }
            (new_credit(xero, today))
        }
    }
}

fn new_credit(xero: &Xero, today: &str) -> Markup {
    let currencies: Vec<(&str, &str)> = xero
        .currencies
        .iter()
        .map(|code| (code.as_str(), code.as_str()))
        .collect();
    html! {
        form.item method="post" action="/sandbox/xero/credits" style="margin-top:12px" {
            (back_to("/xero#credits"))
            div.fields {
                (contact_choice(xero, "credit-contact", "choose"))
                (field("credit-amount", "Amount with VAT", &html! { input id="credit-amount" name="amount" inputmode="decimal" required; }))
                (field("credit-currency", "Currency", &html! {
                    select id="credit-currency" name="currency" {
                        @for (code, words) in currencies_from_base(xero, &currencies) { option value=(code) { (words) } }
                    }
                }))
                (field("credit-reference", "Reference", &html! { input id="credit-reference" name="reference"; }))
                (field("credit-date", "Date", &html! { input id="credit-date" name="date" type="date" value=(today); }))
                button name="kind" value="credit_note" { "New credit note" }
                button name="kind" value="prepayment" { "New prepayment" }
                button name="kind" value="overpayment" { "New overpayment" }
            }
        }
    }
}

fn credit_card(xero: &Xero, credit: &Credit, today: &str) -> Markup {
    let (status, remaining) = (xero.credit_status(credit), xero.remaining_credit(credit));
    let place = format!("/xero#credit-{}", credit.id);
    let contact = xero
        .contacts
        .get(&credit.contact_id)
        .map_or("", |contact| contact.name.as_str());
    let is_used = remaining != credit.total();
    html! {
        article.item id={ "credit-" (credit.id) } data-credit-number=(credit.number) data-credit-id=(credit.id) data-status=(status.wire()) {
            div.top { h3 { (name_of(credit)) } span.row { span.pill { (credit.kind.words()) } (pill(status)) } }
            p {
                (contact) " · " span.money { (decimal(credit.total(), 2)) " " (credit.currency) }
                span.soft { " (net " (decimal(credit.sub_total, 2)) ", VAT " (decimal(credit.total_tax, 2)) ")" }
            }
            p.soft {
                "Left " (decimal(remaining, 2)) " · of " (credit.date)
                @if !credit.reference.is_empty() { " · reference " (credit.reference) }
            }
            @for allocation in xero.allocations_of(&credit.id) { (allocation_row(xero, allocation, &place)) }
            @for payment in xero.refunds_of(&credit.id) { (payment_row(payment, "Refunded", "refund", &place)) }
            @if credit.status == Status::Authorised && remaining > 0 {
                (allocation_form(xero, credit, remaining, &place))
                (refund_form(credit, remaining, today, &place))
            }
            @if credit.status == Status::Authorised && !is_used {
                form method="post" action={ "/sandbox/xero/credits/" (credit.id) "/void" } {
                    (back_to(&place))
                    button.plain { "Void " (name_of(credit)) }
                }
            }
        }
    }
}

fn allocation_row(xero: &Xero, allocation: &Allocation, place: &str) -> Markup {
    let number = xero
        .invoices
        .get(&allocation.invoice_id)
        .map_or("", |invoice| invoice.number.as_str());
    html! {
        form.row method="post" action={ "/sandbox/xero/allocations/" (allocation.id) "/delete" } {
            (back_to(place))
            span { (decimal(allocation.amount, 2)) " set against " (number) " on " (allocation.date) }
            button.plain { "Take " (decimal(allocation.amount, 2)) " off " (number) }
        }
    }
}

/// The invoices that a credit can be set against; nothing where there are none.
fn allocation_form(xero: &Xero, credit: &Credit, remaining: i64, place: &str) -> Markup {
    let fits = |invoice: &&Invoice| {
        invoice.status == Status::Authorised
            && invoice.kind == credit.side
            && invoice.contact_id == credit.contact_id
            && invoice.currency == credit.currency
    };
    let open: Vec<&Invoice> = xero.invoices.values().filter(fits).collect();
    let id = |name: &str| format!("{name}-{}", credit.id);
    let name = name_of(credit);
    html! {
        @if !open.is_empty() {
            form method="post" action={ "/sandbox/xero/credits/" (credit.id) "/allocations" } {
                (back_to(place))
                div.fields {
                    div.field.wide {
                        label for=(id("against")) { "Invoice" span.hidden { " to set " (name) " against" } }
                        select id=(id("against")) name="invoice" {
                            @for invoice in &open { option value=(invoice.id) { (invoice.number) ", " (decimal(xero.amount_due(invoice), 2)) " due" } }
                        }
                    }
                    (field_of(&id("part"), "Amount", &format!("of {name} to set against it"), &html! {
                        input id=(id("part")) name="amount" inputmode="decimal" value=(decimal(remaining.min(xero.amount_due(open[0])), 2));
                    }))
                    button { "Set " (name) " against it" }
                }
            }
        }
    }
}

fn refund_form(credit: &Credit, remaining: i64, today: &str, place: &str) -> Markup {
    let id = |field: &str| format!("{field}-{}", credit.id);
    let name = name_of(credit);
    html! {
        form method="post" action={ "/sandbox/xero/credits/" (credit.id) "/refund" } {
            (back_to(place))
            div.fields {
                (field_of(&id("refund"), "Amount", &format!("of {name} to pay out"), &html! {
                    input id=(id("refund")) name="amount" inputmode="decimal" value=(decimal(remaining, 2));
                }))
                (field_of(&id("refunded-on"), "Date", &format!("of the refund of {name}"), &html! {
                    input id=(id("refunded-on")) name="date" type="date" value=(today);
                }))
                button { "Refund " (name) }
            }
        }
    }
}

fn contacts(xero: &Xero) -> Markup {
    html! {
        section aria-labelledby="contacts" {
            h2 id="contacts" { "Contacts" }
            datalist id="contact-names" { @for contact in xero.contacts.values().filter(|contact| !contact.archived) { option value=(contact.name) {} } }
            @if xero.contacts.is_empty() { (nothing("No contact yet.")) } @else {
                div.scroll tabindex="0" role="group" aria-label="Contacts, table" {
                    table {
                        thead { tr { th scope="col" { "Name" } th scope="col" { "E-mail" } th scope="col" { "Number" } th scope="col" { "Contact ID" } th scope="col" { "Status" } } }
                        tbody {
                            @for contact in xero.contacts.values() {
                                tr { td { (contact.name) } td { (contact.email) } td { (contact.number) } td { (contact.id) } td { (standing(xero, contact)) } }
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
            (merge_form(xero))
        }
    }
}

/// Whether a contact is still one, and what became of it.
fn standing(xero: &Xero, contact: &Contact) -> String {
    let survivor = contact
        .merged_to
        .as_ref()
        .and_then(|id| xero.contacts.get(id));
    match (survivor, contact.archived) {
        (Some(survivor), _) => format!("merged into {}", survivor.name),
        (None, true) => "archived".to_owned(),
        (None, false) => "active".to_owned(),
    }
}

fn merge_form(xero: &Xero) -> Markup {
    let active: Vec<&Contact> = xero
        .contacts
        .values()
        .filter(|contact| !contact.archived)
        .collect();
    let options =
        html! { @for contact in &active { option value=(contact.id) { (contact.name) } } };
    html! {
        @if active.len() > 1 {
            form.item method="post" action="/sandbox/xero/contacts/merge" style="margin-top:12px" {
                (back_to("/xero#contacts"))
                div.fields {
                    div.field.wide { label for="merge-loser" { "Merge contact" } select id="merge-loser" name="contact" { (options) } }
                    div.field.wide { label for="merge-survivor" { "Into" } select id="merge-survivor" name="into" { (options) } }
                    button { "Merge contacts" }
                }
            }
        }
    }
}

/// A file of a document, as whoever opens it would see it.
pub fn download(shared: &Shared, id: &str) -> Reply {
    let world = shared.world();
    let mut attachments = world
        .xero
        .invoices
        .values()
        .flat_map(|invoice| &invoice.attachments);
    let found = attachments.find(|attachment| attachment.id == id);
    let bytes = found.and_then(|attachment| STANDARD.decode(&attachment.content).ok());
    match (found, bytes) {
        // Never shown in place: it is whatever somebody sent.
        (Some(attachment), Some(bytes)) => {
            Reply::bytes(StatusCode::OK, "application/octet-stream", bytes)
                .with_header(
                    "content-disposition",
                    format!(
                        "attachment; filename*=UTF-8''{}",
                        utf8_percent_encode(&attachment.file_name, NON_ALPHANUMERIC)
                    ),
                )
                .with_header("x-content-type-options", "nosniff".to_owned())
        }
        _ => Reply::text(StatusCode::NOT_FOUND, "There is no such file."),
    }
}

/// Which organisations the app is connected to.
fn connections(xero: &Xero, second: Option<&Xero>) -> Markup {
    let is_let_in = xero.has_consent() || second.is_some_and(Xero::has_consent);
    let (words, wanted) = match second {
        Some(_) => ("Connect to the first organisation alone", "false"),
        None => ("Connect to a second organisation", "true"),
    };
    html! {
        section aria-labelledby="connections" {
            h2 id="connections" { "Connections" }
            form.item method="post" action="/sandbox/xero/connections" {
                (back_to("/xero#connections"))
                @if let Some(second) = second { p { "Also connected to " (second.organisation.name) ", base currency " (second.organisation.base_currency) "." } }
                button name="second" value=(wanted) { (words) }
            }
            @if is_let_in {
                form.item method="post" action="/sandbox/xero/consent/take-back" {
                    (back_to("/xero#connections"))
                    p { "Somebody let the portal’s web app in." }
                    button.plain { "Take the consent back" }
                }
            }
        }
    }
}

/// What can be archived, with its name, its address and whether it is.
fn archive(code: &str, name: &str, path: &str, archived: bool) -> Markup {
    let label = if archived {
        "Take out of the archive"
    } else {
        "Archive"
    };
    html! {
        form.row method="post" action={ "/sandbox/xero/" (path) } style="margin:0" {
            (back_to("/xero#accounts"))
            input type="hidden" name="archived" value=(!archived);
            span { (code) " " (name) @if archived { " (archived)" } }
            button.plain aria-label={ (label) ": " (code) } { (label) }
        }
    }
}

fn accounts(xero: &Xero) -> Markup {
    html! {
        section aria-labelledby="accounts" {
            h2 id="accounts" { "Accounts and tax rates" }
            div.item {
                @for account in &xero.accounts {
                    (archive(&account.code, &account.name, &format!("accounts/{}", account.code), account.archived))
                }
            }
            div.item {
                @for rate in &xero.tax_rates {
                    (archive(&rate.tax_type, &rate.name, &format!("tax-rates/{}", rate.tax_type), rate.archived))
                }
            }
        }
    }
}

fn settings(xero: &Xero) -> Markup {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let locked = day(xero.organisation.period_lock_date);
    let year_locked = day(xero.organisation.end_of_year_lock_date);
    html! {
        section aria-labelledby="settings" {
            h2 id="settings" { "Organisation" }
            div.item {
                form method="post" action="/sandbox/xero/organisation" style="margin:0" {
                    (back_to("/xero#settings"))
                    div.fields {
                        (field("lock-date", "Period lock date", &html! { input id="lock-date" name="period_lock_date" type="date" value=(locked); }))
                        (field("year-lock-date", "End of year lock date", &html! { input id="year-lock-date" name="end_of_year_lock_date" type="date" value=(year_locked); }))
                        button { "Save lock dates" }
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
