//! Makes a partner's bill in Xero. Bill numbers are not unique there and its memory for repeated requests is short, so we look first, and adopt what we find.

use chrono::Days;
use portal_domain::{ids::BillId, remote::RemoteInvoice};
use portal_integrations::xero::NewBill;
use portal_services::{
    ServiceError,
    bills::{self, BillToCreate},
};

use crate::{Desk, JobError, error::Remedy};

pub(crate) async fn run(desk: &Desk, id: BillId) -> Result<(), JobError> {
    let to_create = match bills::for_creation(&desk.ctx, id).await {
        // Taken back before it was made.
        Err(ServiceError::NotFound) => return Ok(()),
        found => found?,
    };
    if to_create.bill.xero_invoice_id.is_some() {
        return Ok(());
    }
    let bill = match make(desk, &to_create).await {
        Err(error) if error.remedy == Remedy::Fail => {
            bills::cannot_be_made(&desk.ctx, id, &error.message).await?;
            return Err(error);
        }
        made => made?,
    };
    match bills::created(&desk.ctx, id, &bill).await {
        // Withdrawn meanwhile; it names its statement, so that the next reading takes it for what it is.
        Err(ServiceError::NotFound) => Ok(bills::apply_bill(&desk.ctx, &bill).await?),
        created => Ok(created?),
    }
}

async fn make(desk: &Desk, to_create: &BillToCreate) -> Result<RemoteInvoice, JobError> {
    let contact_id = find_or_make_contact(desk, to_create).await?;
    find_or_make_bill(desk, to_create, contact_id).await
}

async fn find_or_make_contact(desk: &Desk, to_create: &BillToCreate) -> Result<String, JobError> {
    let xero = &desk.vendors.xero;
    let partner = &to_create.partner;
    if let Some(known) = &partner.xero_contact_id {
        return Ok(known.clone());
    }
    let number = format!("partner-{}", partner.id);
    let company = &partner.company;
    let contact = match xero.find_contact(&number).await? {
        Some(contact) => contact,
        None => match xero
            .find_contacts_by_name(&company.legal_name)
            .await?
            .into_iter()
            .next()
        {
            Some(contact) => contact,
            None => {
                xero.create_contact(&number, &company.legal_name, company.billing_email.as_str())
                    .await?
            }
        },
    };
    bills::partner_contact_found(&desk.ctx, partner.id, &contact.id).await?;
    Ok(contact.id)
}

async fn find_or_make_bill(
    desk: &Desk,
    to_create: &BillToCreate,
    contact_id: String,
) -> Result<RemoteInvoice, JobError> {
    let xero = &desk.vendors.xero;
    let bill = &to_create.bill;
    let mut found = xero.find_bill(&contact_id, &bill.number).await?;
    match found.len() {
        0 => {}
        1 if bills::is_for(&desk.ctx, bill, &to_create.statement, &found[0]) => {
            return Ok(found.remove(0));
        }
        _ => {
            return Err(JobError::fail(format!(
                "Xero has {} bills with number {} that are not for this statement: void them, or withdraw the invoice and raise it under another number",
                found.len(),
                bill.number
            )));
        }
    }
    let settings = &desk.vendors.bills;
    let date = desk.ctx.today();
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
        account_code: settings.account_code.clone(),
        status: settings.status,
    };
    Ok(xero.create_bill(&new, &bill.idempotency_key).await?)
}
