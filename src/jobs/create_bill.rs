//! Makes a partner's bill in Xero. Bill numbers are not unique there and its memory for repeated requests is short, so we look first, and adopt what we find;
//! and we mark the bill before we ask, so that nobody raises another one while Xero may have it.

use chrono::{Days, NaiveDate};
use portal_domain::{
    failure::Failure,
    ids::BillId,
    remote::{RemoteContact, RemoteInvoice},
};
use portal_integrations::{
    ErrorKind,
    xero::{NewBill, Unreadable, UnreadableBill},
};
use portal_services::{
    ServiceError,
    bills::{self, Asking, BillToCreate},
};
use portal_store::partners::PartnerRecord;

use crate::{Desk, JobError, read_invoices::tell_unreadable};

pub(crate) async fn run(desk: &Desk, id: BillId) -> Result<(), JobError> {
    let to_create = match bills::for_creation(&desk.ctx, id).await {
        // Withdrawn before it was made.
        Err(ServiceError::NotFound) => return Ok(()),
        found => found?,
    };
    if to_create.bill.xero_invoice_id.is_some() {
        return Ok(());
    }
    let Some(bill) = make(desk, &to_create).await? else {
        return Ok(());
    };
    match bills::created(&desk.ctx, id, &bill).await {
        // Somebody found it and voided it meanwhile.
        Err(ServiceError::NotFound) => Ok(bills::apply_bill(&desk.ctx, &bill).await?),
        created => Ok(created?),
    }
}

/// Finds the bill in Xero or makes it there; `None` if nobody wants it any more.
async fn make(desk: &Desk, to_create: &BillToCreate) -> Result<Option<RemoteInvoice>, JobError> {
    let contact_id = find_or_make_contact(desk, to_create).await?;
    if let Some(found) = find_bill(desk, to_create, &contact_id).await? {
        return Ok(Some(found));
    }
    let organisation = desk.vendors.xero.read_organisation().await?;
    let locked_until = organisation.locked_until;
    let date = bills::choose_date(&desk.ctx, to_create.bill.id, locked_until).await?;
    match bills::ask(&desk.ctx, to_create.bill.id).await? {
        Asking::Now => Ok(Some(make_bill(desk, to_create, contact_id, date).await?)),
        Asking::Never => Ok(None),
        Asking::Refused(why) => Err(JobError::fail(why)),
    }
}

async fn find_or_make_contact(desk: &Desk, to_create: &BillToCreate) -> Result<String, JobError> {
    let partner = &to_create.partner;
    if let Some(known) = &partner.xero_contact_id {
        return Ok(known.clone());
    }
    let number = bills::contact_number(partner.id);
    let contact = match desk.vendors.xero.find_contact(&number).await? {
        Some(contact) => contact,
        None => find_or_make_named(desk, partner, &number).await?,
    };
    bills::partner_contact_found(&desk.ctx, partner.id, &contact.id).await?;
    Ok(contact.id)
}

/// The contact of the partner's legal name, or a new one. Partners may have the same legal name, and Xero takes each name once: where that one is another
/// partner's, the domain stands behind it, of which each partner has its own.
async fn find_or_make_named(
    desk: &Desk,
    partner: &PartnerRecord,
    number: &str,
) -> Result<RemoteContact, JobError> {
    let xero = &desk.vendors.xero;
    let company = &partner.company;
    let names = [
        company.legal_name.clone(),
        format!("{} ({})", company.legal_name, company.domain.as_str()),
    ];
    for name in &names {
        let found = xero.find_contacts_by_name(name).await?;
        let Some(contact) = found.into_iter().next() else {
            let email = company.billing_email.as_str();
            return Ok(xero.create_contact(number, name, email).await?);
        };
        if !bills::is_contact_free(&desk.ctx, partner.id, &contact).await? {
            continue;
        }
        // By its number it is found again whatever it is renamed to; one that another system gave it stays.
        if contact.number.is_empty() {
            xero.number_contact(&contact.id, number).await?;
        }
        return Ok(contact);
    }
    Err(JobError::fail(format!(
        "Xero’s contacts “{}” and “{}” are other partners’: give one of them another name there",
        names[0], names[1]
    )))
}

/// The bill, if Xero has it already. The partner's other bills that name the statement are read on the way, whether or not the sweep has come by: finance may
/// have entered what the partner raised. Xero compares numbers letter by letter; one that is the bill's in other letters is the bill.
async fn find_bill(
    desk: &Desk,
    to_create: &BillToCreate,
    contact_id: &str,
) -> Result<Option<RemoteInvoice>, JobError> {
    let listed = desk.vendors.xero.list_bills(contact_id).await?;
    refuse_beside_unreadable(desk, to_create, &listed.unreadable).await?;
    let mut of_number = Vec::new();
    for other in listed.bills {
        if bills::is_number(&other.number, &to_create.bill.number) {
            of_number.push(other);
        } else if bills::is_named(&other, &to_create.statement) {
            bills::apply_bill(&desk.ctx, &other).await?;
        }
    }
    choose_own(desk, to_create, of_number).await
}

/// A bill that cannot be read stops no other of the partner's, unless it says the number or the statement of the one that is to be made: then it may be that one.
async fn refuse_beside_unreadable(
    desk: &Desk,
    BillToCreate {
        bill, statement, ..
    }: &BillToCreate,
    unreadable: &[UnreadableBill],
) -> Result<(), JobError> {
    let documents: Vec<Unreadable> = unreadable.iter().map(|one| one.document.clone()).collect();
    tell_unreadable(desk, &[], &documents).await?;
    let may_be_it =
        |one: &&UnreadableBill| one.mentions(&bill.number) || one.mentions(&statement.number);
    match unreadable.iter().find(may_be_it) {
        Some(found) => Err(JobError::fail(format!(
            "Xero has a bill that may be this one, and the portal cannot read it: {}",
            found.document.message
        ))
        .of(Failure::Unreadable)),
        None => Ok(()),
    }
}

/// The bill itself, of those that have its number.
async fn choose_own(
    desk: &Desk,
    BillToCreate {
        bill, statement, ..
    }: &BillToCreate,
    found: Vec<RemoteInvoice>,
) -> Result<Option<RemoteInvoice>, JobError> {
    let count = found.len();
    let mut own = found
        .into_iter()
        .filter(|found| bills::is_for(&desk.ctx, bill, statement, found));
    match (own.next(), count) {
        // Whichever was taken, finance might pay the other as well.
        (Some(_), _) if own.next().is_some() => Err(JobError::fail(format!(
            "Xero has more than one bill with number {} for this statement: void all but one",
            bill.number
        ))),
        (Some(own), _) => Ok(Some(own)),
        (None, 0) => Ok(None),
        (None, _) => {
            bills::not_in_xero(&desk.ctx, bill.id).await?;
            Err(JobError::fail(format!(
                "Xero has {count} bills with number {} that are not for this statement: void them, or withdraw the invoice and raise it under another number",
                bill.number
            )))
        }
    }
}

async fn make_bill(
    desk: &Desk,
    to_create: &BillToCreate,
    contact_id: String,
    date: NaiveDate,
) -> Result<RemoteInvoice, JobError> {
    let bill = &to_create.bill;
    let settings = &desk.vendors.bills;
    let new = NewBill {
        contact_id,
        number: bill.number.clone(),
        date,
        due: date
            .checked_add_days(Days::new(settings.due_days))
            .unwrap_or(date),
        description: format!(
            "Partner commission, statement {}",
            to_create.statement.number
        ),
        amount: bill.total,
        account_code: to_create.booking.account.clone(),
        tax_type: to_create.booking.tax_type.clone(),
        status: settings.status,
    };
    let made = desk.vendors.xero.create_bill(&new, &bill.idempotency_key);
    match made.await {
        Err(error) if error.kind == ErrorKind::UnknownOutcome => Err(error.into()),
        Err(error) => {
            match error.kind {
                // Xero would answer the same to the same key for minutes, whatever was put right by then.
                ErrorKind::Refused => bills::refused(&desk.ctx, bill.id).await?,
                _ => bills::not_in_xero(&desk.ctx, bill.id).await?,
            }
            Err(error.into())
        }
        made => Ok(made?),
    }
}
