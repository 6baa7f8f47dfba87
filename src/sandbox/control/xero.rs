//! What a bookkeeper does inside Xero, below `/sandbox/xero/`. Each act moves `UpdatedDateUTC` of all that it changes
//! and sends the webhooks that Xero would send.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::{Done, amount, day, text};
use crate::clock::day_of;
use crate::world::World;
use crate::xero::contacts::Mode;
use crate::xero::invoices::UnitDecimals;
use crate::xero::money::{decimal, share};
use crate::xero::{Credit, CreditKind, Invoice, InvoiceKind, PaymentTarget, Status, TaxRate, Xero};

type Fields = Map<String, Value>;

/// Does what the address says.
pub fn act(
    world: &mut World,
    parts: &[&str],
    fields: &Fields,
    now_ms: i64,
) -> Result<Done, String> {
    match parts {
        ["contacts"] => create_contact(world, fields, now_ms),
        ["contacts", "merge"] => merge_contacts(world, fields, now_ms),
        ["connections"] => connect(world, fields),
        ["consent", "take-back"] => Ok(take_consent_back(world)),
        ["organisation"] => set_organisation(world, fields),
        ["accounts", code] => archive_account(world, code, fields),
        ["tax-rates", tax_type] => archive_tax_rate(world, tax_type, fields),
        ["invoices"] => create_invoice(world, fields, now_ms),
        ["invoices", key] => edit_invoice(world, key, fields, now_ms),
        ["invoices", key, "payments"] => pay_invoice(world, key, fields, now_ms),
        ["invoices", key, "credit"] => credit_invoice(world, key, fields, now_ms),
        ["invoices", key, act] => change_invoice(world, key, act, now_ms),
        ["credits"] => create_credit(world, fields, now_ms),
        ["credits", key, "allocations"] => allocate(world, key, fields, now_ms),
        ["credits", key, "refund"] => refund(world, key, fields, now_ms),
        ["credits", key, act] => change_credit(world, key, act, now_ms),
        ["allocations", id, "delete"] => {
            let removed = match fields.get("undated") {
                Some(Value::Bool(true)) => world.xero.remove_allocation_undated(id, now_ms)?,
                _ => world.xero.remove_allocation(id, now_ms)?,
            };
            let value = credit_value(world, &removed.credit_id);
            Ok(Done::new(value, "The credit is free again."))
        }
        ["payments", id, "delete"] => {
            world.xero.delete_payment(id, now_ms)?;
            Ok(Done::new(
                json!({"deleted": id}),
                "The payment was removed.",
            ))
        }
        _ => Err("There is nothing at this address.".to_owned()),
    }
}

fn create_contact(world: &mut World, fields: &Fields, now_ms: i64) -> Result<Done, String> {
    let mut wire = json!({"Name": text(fields, "name"), "EmailAddress": text(fields, "email").unwrap_or_default()});
    if let Some(number) = text(fields, "number") {
        wire["ContactNumber"] = json!(number);
    }
    let saved = world
        .xero
        .save_contact(&mut world.dice, &wire, Mode::Create, now_ms);
    let id = saved.map_err(|problems| problems.join(" "))?;
    let contact = world.xero.contacts.get(&id);
    let sentence = format!(
        "{} is a contact now.",
        contact.map_or("", |contact| contact.name.as_str())
    );
    Ok(Done::new(json!(contact), sentence))
}

fn set_organisation(world: &mut World, fields: &Fields) -> Result<Done, String> {
    let locks = (
        day(fields, "period_lock_date")?,
        day(fields, "end_of_year_lock_date")?,
    );
    let organisation = &mut world.xero.organisation;
    (
        organisation.period_lock_date,
        organisation.end_of_year_lock_date,
    ) = locks;
    if let Some(codes) = text(fields, "currencies") {
        world.xero.currencies = codes.split_whitespace().map(str::to_owned).collect();
    }
    Ok(Done::new(json!(world.xero.organisation), "Saved."))
}

fn archived(fields: &Fields) -> Result<bool, String> {
    match fields.get("archived") {
        Some(Value::Bool(archived)) => Ok(*archived),
        Some(Value::String(archived)) => Ok(archived == "true"),
        _ => Err("archived must be true or false.".to_owned()),
    }
}

/// Archives an account, or takes it out of the archive.
fn archive_account(world: &mut World, code: &str, fields: &Fields) -> Result<Done, String> {
    let mut accounts = world.xero.accounts.iter_mut();
    let account = accounts.find(|account| account.code == code);
    let account = account.ok_or_else(|| format!("There is no account {code}."))?;
    account.archived = archived(fields)?;
    Ok(Done::new(json!(account), "Saved."))
}

/// The same of a tax rate.
fn archive_tax_rate(world: &mut World, tax_type: &str, fields: &Fields) -> Result<Done, String> {
    let mut rates = world.xero.tax_rates.iter_mut();
    let rate = rates.find(|rate| rate.tax_type == tax_type);
    let rate = rate.ok_or_else(|| format!("There is no tax rate {tax_type}."))?;
    rate.archived = archived(fields)?;
    Ok(Done::new(json!(rate), "Saved."))
}

/// Merges the first of two contacts into the second.
fn merge_contacts(world: &mut World, fields: &Fields, now_ms: i64) -> Result<Done, String> {
    let id = |name: &str| {
        let given = text(fields, name).ok_or_else(|| format!("{name} is missing."))?;
        let xero = &world.xero;
        let found = xero.contact(given).or_else(|| xero.contact_by_name(given));
        let contact = found.ok_or_else(|| format!("There is no contact {given}."))?;
        Ok::<_, String>(contact.id.clone())
    };
    let (loser, survivor) = (id("contact")?, id("into")?);
    world.xero.merge_contacts(&loser, &survivor, now_ms)?;
    Ok(Done::new(
        json!(world.xero.contacts.get(&survivor)),
        "Both are one contact now.",
    ))
}

/// Connects the app to a second organisation as well, or to the first alone.
fn connect(world: &mut World, fields: &Fields) -> Result<Done, String> {
    let wants_second = match fields.get("second") {
        Some(Value::Bool(wanted)) => *wanted,
        Some(Value::String(wanted)) => wanted == "true",
        _ => return Err("second must be true or false.".to_owned()),
    };
    match fields.get("first") {
        Some(Value::Bool(false)) => world.xero.disconnect(),
        _ => world.xero.connect(),
    }
    if !wants_second {
        world.second_xero = None;
    } else if world.second_xero.is_none() {
        world.second_xero = Some(Xero::seed_second(&mut world.dice));
    }
    let second = world.second_xero.as_ref().map(|books| &books.organisation);
    let sentence = match second {
        Some(organisation) => format!("The app is connected to {} as well.", organisation.name),
        None => format!(
            "The app is connected to {} alone.",
            world.xero.organisation.name
        ),
    };
    Ok(Done::new(json!(second), sentence))
}

/// Whoever let the web app in takes that back, in all organisations.
fn take_consent_back(world: &mut World) -> Done {
    world.xero.take_consent_back();
    if let Some(second) = &mut world.second_xero {
        second.take_consent_back();
    }
    Done::new(
        json!({"consent": false}),
        "Nobody lets the web app in any more.",
    )
}

fn side(fields: &Fields) -> Result<InvoiceKind, String> {
    match text(fields, "type") {
        None | Some("ACCREC") => Ok(InvoiceKind::Sale),
        Some("ACCPAY") => Ok(InvoiceKind::Bill),
        Some(other) => Err(format!("{other} is neither ACCREC nor ACCPAY.")),
    }
}

fn create_invoice(world: &mut World, fields: &Fields, now_ms: i64) -> Result<Done, String> {
    let kind = side(fields)?;
    let mut wire = document(world, kind, fields)?;
    require_contact(&wire)?;
    if !wire.contains_key("LineItems") {
        return Err("net is missing.".to_owned());
    }
    let date = day(fields, "date")?.unwrap_or_else(|| day_of(now_ms));
    let due = day(fields, "due_date")?.unwrap_or_else(|| date + chrono::Days::new(30));
    wire.insert("Type".to_owned(), json!(kind.wire()));
    wire.insert("Date".to_owned(), json!(date.to_string()));
    wire.insert("DueDate".to_owned(), json!(due.to_string()));
    wire.entry("Status").or_insert_with(|| json!("AUTHORISED"));
    if let Some(number) = text(fields, "number") {
        wire.insert("InvoiceNumber".to_owned(), json!(number));
    }
    let id = save_invoice(world, wire, Mode::Create, now_ms)?;
    let sentence = format!("{} was made.", invoice(world, &id)?.number);
    Ok(Done::new(invoice_value(world, &id), sentence))
}

fn edit_invoice(
    world: &mut World,
    key: &str,
    fields: &Fields,
    now_ms: i64,
) -> Result<Done, String> {
    let (id, kind) = {
        let invoice = invoice(world, key)?;
        (invoice.id.clone(), invoice.kind)
    };
    let mut wire = document(world, kind, fields)?;
    if let Some(number) = text(fields, "number") {
        wire.insert("InvoiceNumber".to_owned(), json!(number));
    }
    if wire.is_empty() {
        return Err("Nothing is named that is to be changed, such as contact.".to_owned());
    }
    wire.insert("InvoiceID".to_owned(), json!(id));
    save_invoice(world, wire, Mode::CreateOrUpdate, now_ms)?;
    let sentence = format!("{} was changed.", invoice(world, &id)?.number);
    Ok(Done::new(invoice_value(world, &id), sentence))
}

fn save_invoice(
    world: &mut World,
    wire: Fields,
    mode: Mode,
    now_ms: i64,
) -> Result<String, String> {
    let saved = world.xero.save_invoice(
        &mut world.dice,
        &Value::Object(wire),
        mode,
        UnitDecimals::Four,
        now_ms,
    );
    saved.map_err(|problems| problems.join(" "))
}

/// What invoices and credits have in common, as a request to Xero says it; only what the fields name.
fn document(world: &World, kind: InvoiceKind, fields: &Fields) -> Result<Fields, String> {
    let mut wire = Map::new();
    let contact = match (text(fields, "contact"), text(fields, "new_contact")) {
        (_, Some(name)) => Some(json!({"Name": name})),
        (Some(key), None) => Some(world.xero.contact(key).map_or_else(
            || json!({"Name": key}),
            |contact| json!({"ContactID": contact.id}),
        )),
        (None, None) => None,
    };
    if let Some(contact) = contact {
        wire.insert("Contact".to_owned(), contact);
    }
    // A reference can be taken away again, so an empty one counts.
    if let Some(reference) = fields.get("reference").and_then(Value::as_str) {
        wire.insert("Reference".to_owned(), json!(reference.trim()));
    }
    for (name, field) in [("currency", "CurrencyCode"), ("status", "Status")] {
        if let Some(given) = text(fields, name) {
            wire.insert(field.to_owned(), json!(given));
        }
    }
    for (name, field) in [("date", "Date"), ("due_date", "DueDate")] {
        if let Some(day) = day(fields, name)? {
            wire.insert(field.to_owned(), json!(day.to_string()));
        }
    }
    let line_amounts = match text(fields, "line_amounts") {
        None => None,
        Some("exclusive") => Some("Exclusive"),
        Some("inclusive") => Some("Inclusive"),
        Some("no_tax") => Some("NoTax"),
        Some(other) => {
            return Err(format!("{other} is none of exclusive, inclusive, no_tax."));
        }
    };
    if let Some(line_amounts) = line_amounts {
        wire.insert("LineAmountTypes".to_owned(), json!(line_amounts));
    }
    if let Some(lines) = lines(world, kind, fields)? {
        wire.insert("LineItems".to_owned(), Value::Array(lines));
    }
    Ok(wire)
}

fn require_contact(wire: &Fields) -> Result<(), String> {
    if wire.contains_key("Contact") {
        Ok(())
    } else {
        Err("A contact must be chosen or named.".to_owned())
    }
}

/// The lines that are given, or the one that a net amount makes.
fn lines(world: &World, kind: InvoiceKind, fields: &Fields) -> Result<Option<Vec<Value>>, String> {
    let Some(given) = fields.get("lines") else {
        let net = amount(fields, "net")?.map(|net| json!(decimal(net, 2)));
        return net
            .map(|net| line(world, kind, fields, net).map(|line| vec![line]))
            .transpose();
    };
    let given = given.as_array().ok_or("lines must be an array.")?;
    let read = given.iter().enumerate().map(|(place, given)| {
        let fields = given
            .as_object()
            .ok_or_else(|| format!("lines[{place}] must be an object."))?;
        let unit_amount = fields
            .get("unit_amount")
            .ok_or_else(|| format!("lines[{place}].unit_amount is missing."))?;
        line(world, kind, fields, unit_amount.clone())
    });
    read.collect::<Result<_, String>>().map(Some)
}

/// One line; what it does not say is as most lines have it.
fn line(
    world: &World,
    kind: InvoiceKind,
    fields: &Fields,
    unit_amount: Value,
) -> Result<Value, String> {
    let (account, description) = match kind {
        InvoiceKind::Sale => ("200", "Subscription"),
        InvoiceKind::Bill => ("404", "Partner commission"),
    };
    Ok(json!({
        "Description": text(fields, "description").unwrap_or(description), "UnitAmount": unit_amount,
        "Quantity": fields.get("quantity").cloned().unwrap_or_else(|| json!("1")),
        "AccountCode": text(fields, "account").unwrap_or(account), "TaxType": tax_type(world, kind, fields)?,
    }))
}

/// The tax type for a rate in percent; 20 when none is given.
fn tax_type(world: &World, kind: InvoiceKind, fields: &Fields) -> Result<String, String> {
    let points = amount(fields, "tax_rate")?.unwrap_or(2_000);
    let fits = |rate: &&TaxRate| {
        rate.basis_points == points
            && match kind {
                InvoiceKind::Sale => rate.on_sales,
                InvoiceKind::Bill => rate.on_purchases,
            }
    };
    let found = world.xero.tax_rates.iter().find(fits);
    found.map(|rate| rate.tax_type.clone()).ok_or_else(|| {
        format!(
            "There is no VAT rate of {} %: 0, 5, 19 and 20 exist.",
            decimal(points, 2)
        )
    })
}

fn invoice<'a>(world: &'a World, key: &str) -> Result<&'a Invoice, String> {
    world
        .xero
        .invoice(key)
        .ok_or_else(|| format!("There is no invoice {key}."))
}

fn invoice_value(world: &World, id: &str) -> Value {
    let Some(invoice) = world.xero.invoices.get(id) else {
        return Value::Null;
    };
    let mut value = json!(invoice);
    value["sub_total"] = json!(invoice.sub_total());
    value["total"] = json!(invoice.total());
    value["amount_due"] = json!(world.xero.amount_due(invoice));
    value["amount_paid"] = json!(world.xero.amount_paid(id));
    value["amount_credited"] = json!(world.xero.amount_credited(id));
    value
}

fn bank_account(world: &World) -> String {
    let bank = world.xero.bank_account();
    bank.map(|account| account.code.clone()).unwrap_or_default()
}

fn pay_invoice(world: &mut World, key: &str, fields: &Fields, now_ms: i64) -> Result<Done, String> {
    let invoice = invoice(world, key)?;
    let (id, number, currency) = (
        invoice.id.clone(),
        invoice.number.clone(),
        invoice.currency.clone(),
    );
    let paid = amount(fields, "amount")?.unwrap_or_else(|| world.xero.amount_due(invoice));
    let payment = pay(
        world,
        PaymentTarget::Invoice(id.clone()),
        paid,
        fields,
        now_ms,
    )?;
    let mut value = invoice_value(world, &id);
    value["payment_id"] = json!(payment);
    Ok(Done::new(
        value,
        format!("{} {currency} was paid on {number}.", decimal(paid, 2)),
    ))
}

/// A payment through the bank account; gives its id.
fn pay(
    world: &mut World,
    target: PaymentTarget,
    paid: i64,
    fields: &Fields,
    now_ms: i64,
) -> Result<String, String> {
    let date = day(fields, "date")?.unwrap_or_else(|| day_of(now_ms));
    let reference = text(fields, "reference").unwrap_or_default();
    let bank = bank_account(world);
    world.xero.pay(
        &mut world.dice,
        target,
        paid,
        date,
        reference,
        &bank,
        now_ms,
    )
}

fn change_invoice(world: &mut World, key: &str, act: &str, now_ms: i64) -> Result<Done, String> {
    let status = status_after(act)?;
    let invoice = invoice(world, key)?;
    let (id, number) = (invoice.id.clone(), invoice.number.clone());
    let mut wire = Map::new();
    wire.insert("InvoiceID".to_owned(), json!(id));
    wire.insert("Status".to_owned(), json!(status));
    if status == "AUTHORISED" && invoice.due_date.is_none() {
        let due = invoice.date + chrono::Days::new(30);
        wire.insert("DueDate".to_owned(), json!(due.to_string()));
    }
    save_invoice(world, wire, Mode::CreateOrUpdate, now_ms)?;
    Ok(Done::new(
        invoice_value(world, &id),
        format!("{number} is {} now.", status.to_lowercase()),
    ))
}

fn status_after(act: &str) -> Result<&'static str, String> {
    match act {
        "void" => Ok("VOIDED"),
        "delete" => Ok("DELETED"),
        "authorise" => Ok("AUTHORISED"),
        _ => Err("There is nothing at this address.".to_owned()),
    }
}

fn credit_kind(fields: &Fields) -> Result<CreditKind, String> {
    match text(fields, "kind") {
        None | Some("credit_note") => Ok(CreditKind::CreditNote),
        Some("prepayment") => Ok(CreditKind::Prepayment),
        Some("overpayment") => Ok(CreditKind::Overpayment),
        Some(other) => Err(format!(
            "{other} is none of credit_note, prepayment, overpayment."
        )),
    }
}

/// What of a new credit goes on the invoice that it is for.
enum Share {
    AsMuchAsIsDue,
    Nothing,
    Exactly(i64),
}

fn share_to_allocate(fields: &Fields) -> Result<Share, String> {
    match fields.get("allocate") {
        None | Some(Value::Null | Value::Bool(true)) => Ok(Share::AsMuchAsIsDue),
        Some(Value::Bool(false)) => Ok(Share::Nothing),
        Some(Value::String(text)) if text.is_empty() || text == "true" => Ok(Share::AsMuchAsIsDue),
        Some(Value::String(text)) if text == "false" => Ok(Share::Nothing),
        Some(_) => Ok(amount(fields, "allocate")?.map_or(Share::AsMuchAsIsDue, Share::Exactly)),
    }
}

/// Credits an invoice, or takes money for it before or beyond what it asks for, and puts that on it.
fn credit_invoice(
    world: &mut World,
    key: &str,
    fields: &Fields,
    now_ms: i64,
) -> Result<Done, String> {
    let kind = credit_kind(fields)?;
    let wanted = share_to_allocate(fields)?;
    let invoice = invoice(world, key)?.clone();
    if !matches!(invoice.status, Status::Authorised | Status::Paid) {
        return Err("Only authorised and paid invoices can be credited.".to_owned());
    }
    let mut wire = document(world, invoice.kind, &without_lines(fields))?;
    wire.insert(
        "Contact".to_owned(),
        json!({"ContactID": invoice.contact_id}),
    );
    wire.insert("CurrencyCode".to_owned(), json!(invoice.currency));
    wire.entry("Reference")
        .or_insert_with(|| match invoice.reference.as_str() {
            "" => json!(invoice.number),
            reference => json!(reference),
        });
    let (line, total) = match kind {
        CreditKind::CreditNote => line_of_credited(&invoice, fields)?,
        CreditKind::Prepayment | CreditKind::Overpayment => {
            wire.insert("LineAmountTypes".to_owned(), json!("NoTax"));
            let taken = positive(fields, "amount")?.ok_or("amount is missing.")?;
            let (unit_amount, described) = (json!(decimal(taken, 2)), described(fields, kind));
            (line(world, invoice.kind, &described, unit_amount)?, taken)
        }
    };
    wire.insert("LineItems".to_owned(), json!([line]));
    let most = total.min(world.xero.amount_due(&invoice));
    let part = match wanted {
        Share::Exactly(_) if most <= 0 => {
            return Err("Nothing is due on the invoice that it could be set against.".to_owned());
        }
        Share::Exactly(part) if part <= 0 || part > most => {
            return Err(format!(
                "allocate must be between 0.01 and {}.",
                decimal(most, 2)
            ));
        }
        Share::Exactly(part) => part,
        Share::AsMuchAsIsDue
            if text(fields, "status").is_none_or(|status| status == "AUTHORISED") =>
        {
            most
        }
        Share::AsMuchAsIsDue | Share::Nothing => 0,
    };
    let credit_id = save_credit(world, kind, invoice.kind, wire, fields, now_ms)?;
    let mut allocation = None;
    if part > 0 {
        let date = day(fields, "date")?.unwrap_or_else(|| day_of(now_ms));
        allocation = Some(put_on(world, &credit_id, &invoice.id, part, date, now_ms)?);
    }
    let mut value = invoice_value(world, &invoice.id);
    value["credit_id"] = json!(credit_id);
    value["allocation_id"] = json!(allocation);
    value["credit"] = credit_value(world, &credit_id);
    Ok(Done::new(
        value,
        format!("{} over {} was made.", kind.words(), decimal(total, 2)),
    ))
}

/// The fields but for those that would make lines of their own.
fn without_lines(fields: &Fields) -> Fields {
    let mut rest = fields.clone();
    for name in ["lines", "net", "line_amounts", "due_date"] {
        rest.remove(name);
    }
    rest
}

/// The fields with a description: the credit's kind, if they have none.
fn described(fields: &Fields, kind: CreditKind) -> Fields {
    let mut described = fields.clone();
    if text(fields, "description").is_none() {
        described.insert("description".to_owned(), json!(kind.words()));
    }
    described
}

fn positive(fields: &Fields, name: &str) -> Result<Option<i64>, String> {
    match amount(fields, name)? {
        Some(given) if given <= 0 => Err(format!("{name} must be greater than zero.")),
        given => Ok(given),
    }
}

/// The line of a credit note for an invoice and what it comes to with tax: net and tax in the invoice's proportion, all
/// of it if no amount is named.
fn line_of_credited(invoice: &Invoice, fields: &Fields) -> Result<(Value, i64), String> {
    let (sub_total, total_tax) = (invoice.sub_total(), invoice.total_tax());
    let (net, tax) = match (positive(fields, "amount")?, positive(fields, "net")?) {
        (Some(_), Some(_)) => return Err("Name amount or net, not both.".to_owned()),
        (Some(gross), None) => {
            let net = share(gross, sub_total, invoice.total());
            (net, gross - net)
        }
        (None, Some(net)) => (net, share(net, total_tax, sub_total)),
        (None, None) => (sub_total, total_tax),
    };
    if net + tax > invoice.total() {
        return Err("The credit is more than the invoice.".to_owned());
    }
    if net + tax <= 0 {
        return Err("There is nothing to credit.".to_owned());
    }
    let first = invoice.lines.first();
    let line = json!({
        "Description": text(fields, "description").map_or_else(|| format!("Credit for {}", invoice.number), str::to_owned),
        "Quantity": "1", "UnitAmount": decimal(net, 2), "TaxAmount": decimal(tax, 2),
        "AccountCode": first.map(|line| line.account_code.as_str()), "TaxType": first.map(|line| line.tax_type.as_str()),
    });
    Ok((line, net + tax))
}

fn create_credit(world: &mut World, fields: &Fields, now_ms: i64) -> Result<Done, String> {
    let (kind, side) = (credit_kind(fields)?, side(fields)?);
    let described = described(fields, kind);
    let mut wire = document(world, side, &described)?;
    require_contact(&wire)?;
    if let Some(gross) = positive(fields, "amount")? {
        if wire.contains_key("LineItems") {
            return Err("Name one of amount, net and lines.".to_owned());
        }
        // Money that comes in before its invoice has a tax only if one is named.
        let has_tax = match kind {
            CreditKind::CreditNote => true,
            CreditKind::Prepayment => text(fields, "tax_rate").is_some(),
            CreditKind::Overpayment => false,
        };
        let line_amounts = if has_tax { "Inclusive" } else { "NoTax" };
        let line = line(world, side, &described, json!(decimal(gross, 2)))?;
        wire.insert("LineAmountTypes".to_owned(), json!(line_amounts));
        wire.insert("LineItems".to_owned(), json!([line]));
    }
    if !wire.contains_key("LineItems") {
        return Err("amount is missing.".to_owned());
    }
    let id = save_credit(world, kind, side, wire, fields, now_ms)?;
    let total = decimal(credit(world, &id)?.total(), 2);
    Ok(Done::new(
        credit_value(world, &id),
        format!("{} over {total} was made.", kind.words()),
    ))
}

/// Saves a credit as Xero takes one: a credit note by itself, other money by the bank.
fn save_credit(
    world: &mut World,
    kind: CreditKind,
    side: InvoiceKind,
    mut wire: Fields,
    fields: &Fields,
    now_ms: i64,
) -> Result<String, String> {
    wire.entry("Status").or_insert_with(|| json!("AUTHORISED"));
    let way = match side {
        InvoiceKind::Sale => "RECEIVE",
        InvoiceKind::Bill => "SPEND",
    };
    let (dice, decimals) = (&mut world.dice, UnitDecimals::Four);
    let saved = match kind {
        CreditKind::CreditNote => {
            wire.insert("Type".to_owned(), json!(format!("{}CREDIT", side.wire())));
            if let Some(number) = text(fields, "number") {
                wire.insert("CreditNoteNumber".to_owned(), json!(number));
            }
            let wire = Value::Object(wire);
            world
                .xero
                .save_credit_note(dice, &wire, Mode::Create, decimals, now_ms)
        }
        CreditKind::Prepayment | CreditKind::Overpayment => {
            let name = kind.category();
            wire.insert("Type".to_owned(), json!(format!("{way}-{name}")));
            let bank = world.xero.bank_account();
            let bank = json!({"Code": bank.map(|account| account.code.as_str())});
            wire.insert("BankAccount".to_owned(), bank);
            let wire = Value::Object(wire);
            world
                .xero
                .save_bank_transaction(dice, &wire, decimals, now_ms)
        }
    };
    saved.map_err(|problems| problems.join(" "))
}

fn credit<'a>(world: &'a World, key: &str) -> Result<&'a Credit, String> {
    world
        .xero
        .credit(key)
        .ok_or_else(|| format!("There is no credit {key}."))
}

fn credit_value(world: &World, id: &str) -> Value {
    let xero = &world.xero;
    let Some(credit) = xero.credits.get(id) else {
        return Value::Null;
    };
    let refunds = xero.refunds_of(id);
    let mut value = json!(credit);
    value["status"] = json!(xero.credit_status(credit));
    value["total"] = json!(credit.total());
    value["remaining"] = json!(xero.remaining_credit(credit));
    value["refunded"] = json!(refunds.map(|payment| payment.amount).sum::<i64>());
    value["allocations"] = json!(xero.allocations_of(id).collect::<Vec<_>>());
    value
}

fn allocate(world: &mut World, key: &str, fields: &Fields, now_ms: i64) -> Result<Done, String> {
    let credit = credit(world, key)?;
    let invoice = invoice(world, text(fields, "invoice").ok_or("invoice is missing.")?)?;
    let most = world
        .xero
        .remaining_credit(credit)
        .min(world.xero.amount_due(invoice));
    let part = amount(fields, "amount")?.unwrap_or(most);
    let date = day(fields, "date")?.unwrap_or_else(|| day_of(now_ms));
    let (credit_id, invoice_id, number) = (
        credit.id.clone(),
        invoice.id.clone(),
        invoice.number.clone(),
    );
    let allocation = put_on(world, &credit_id, &invoice_id, part, date, now_ms)?;
    let mut value = credit_value(world, &credit_id);
    value["allocation_id"] = json!(allocation);
    Ok(Done::new(
        value,
        format!("{} was set against {number}.", decimal(part, 2)),
    ))
}

fn put_on(
    world: &mut World,
    credit_id: &str,
    invoice_id: &str,
    part: i64,
    date: NaiveDate,
    now_ms: i64,
) -> Result<String, String> {
    world
        .xero
        .allocate(&mut world.dice, credit_id, invoice_id, part, date, now_ms)
}

fn refund(world: &mut World, key: &str, fields: &Fields, now_ms: i64) -> Result<Done, String> {
    let credit = credit(world, key)?;
    let id = credit.id.clone();
    let refunded = amount(fields, "amount")?.unwrap_or_else(|| world.xero.remaining_credit(credit));
    let payment = pay(
        world,
        PaymentTarget::Credit(id.clone()),
        refunded,
        fields,
        now_ms,
    )?;
    let mut value = credit_value(world, &id);
    value["payment_id"] = json!(payment);
    Ok(Done::new(
        value,
        format!("{} was refunded.", decimal(refunded, 2)),
    ))
}

fn change_credit(world: &mut World, key: &str, act: &str, now_ms: i64) -> Result<Done, String> {
    let status = status_after(act)?;
    let credit = credit(world, key)?;
    let (id, kind) = (credit.id.clone(), credit.kind);
    if status == "VOIDED" {
        world.xero.void_credit(&id, now_ms)?;
    } else if kind == CreditKind::CreditNote {
        let wire = json!({"CreditNoteID": id, "Status": status});
        let saved = world.xero.save_credit_note(
            &mut world.dice,
            &wire,
            Mode::CreateOrUpdate,
            UnitDecimals::Four,
            now_ms,
        );
        saved.map_err(|problems| problems.join(" "))?;
    } else {
        return Err(format!(
            "A {} can only be voided.",
            kind.words().to_lowercase()
        ));
    }
    Ok(Done::new(
        credit_value(world, &id),
        format!("{} is {} now.", kind.words(), status.to_lowercase()),
    ))
}
