//! The PDFs that belong to a bill: our statement that it is for, and the partner's own invoice as it was handed in. Both are put beside the bill once Xero has it,
//! by a job of its own: whatever becomes of that, the bill stands.

use portal_domain::{
    access::{Action, Actor},
    bill::BillFile,
    error::FieldErrors,
    ids::{BillId, PersonId, StatementId},
    pdf::Pdf,
    scope::Scope,
    statement::StatementBody,
};
use portal_store::{
    Tx, audit, bill_files,
    bills::{self, BillRecord},
    changes, statements,
};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::{require_partner, require_staff_scope},
    outbox::{self, Job},
};

/// A file of a bill that Xero is not known to have.
#[derive(Clone, Debug)]
pub struct FileToAttach {
    pub file: BillFile,
    pub name: String,
    pub content: Content,
}

/// What is in a file.
#[derive(Clone, Debug)]
pub enum Content {
    /// Our statement's: its PDF is made of what is frozen, and of the hash over it.
    Statement {
        body: Box<StatementBody>,
        hash: String,
    },
    /// As it was handed in.
    Given(Vec<u8>),
}

/// What is to be put beside a bill in Xero.
#[derive(Clone, Debug)]
pub struct ToAttach {
    /// The bill in Xero.
    pub invoice: String,
    pub files: Vec<FileToAttach>,
}

/// A file that somebody downloads.
#[derive(Clone, Debug)]
pub struct Download {
    pub name: String,
    pub content: Vec<u8>,
}

/// What came with a form as a PDF, in a field of that name.
pub(crate) fn parse(field: &str, content: &[u8]) -> Result<Pdf, ServiceError> {
    let mut errors = FieldErrors::default();
    let pdf = errors.take(field, Pdf::parse(content));
    pdf.ok_or(ServiceError::Invalid(errors))
}

/// The files of a bill that the partner raises: our statement, and its own invoice if it handed it in.
pub(crate) async fn begin(
    ctx: &Ctx,
    tx: &mut Tx,
    bill: BillId,
    pdf: Option<&Pdf>,
    by: PersonId,
) -> Result<(), ServiceError> {
    let now = ctx.now();
    bill_files::add(tx, bill, BillFile::Statement, &[], by, now).await?;
    if let Some(pdf) = pdf {
        bill_files::add(tx, bill, BillFile::Invoice, pdf.content(), by, now).await?;
    }
    Ok(())
}

/// The partner hands in its invoice for a bill that has none yet; one that Xero has gets it there too. Answers the bill's statement.
///
/// # Errors
/// What is wrong with the file, under `file`; `bill-has-pdf`.
pub async fn add(
    ctx: &Ctx,
    actor: &Actor,
    id: BillId,
    content: Option<&[u8]>,
) -> Result<StatementId, ServiceError> {
    require_partner(actor, Action::RaiseInvoices)?;
    let content = content.ok_or_else(|| ServiceError::field("file", "required"))?;
    let pdf = parse("file", content)?;
    let mut tx = ctx.store.write().await?;
    tx.lock(&format!("bill_files:{id}")).await?;
    let bill = bills::find_in(&mut tx, Scope::of(actor), id).await?;
    let bill = bill.ok_or(ServiceError::NotFound)?;
    let known = bill_files::list_of_bills(&mut tx, &[id]).await?;
    if known.iter().any(|known| known.file == BillFile::Invoice) {
        return Err(ServiceError::Conflict("bill-has-pdf"));
    }
    let (person, now) = (actor.person(), ctx.now());
    let invoice = BillFile::Invoice;
    bill_files::add(&mut tx, id, invoice, pdf.content(), person, now).await?;
    let facts = json!({ "number": bill.number, "bytes": pdf.content().len() }).to_string();
    let subject = id.to_string();
    audit::add(&mut tx, Some(person), "add_bill_pdf", &subject, &facts, now).await?;
    if bill.xero_invoice_id.is_some() {
        attach(ctx, &mut tx, id).await?;
    }
    changes::add(&mut tx, bill.partner, now).await?;
    tx.commit().await?;
    Ok(bill.statement)
}

/// Has what belongs to a bill put beside it, now that Xero has it.
pub(crate) async fn attach(ctx: &Ctx, tx: &mut Tx, bill: BillId) -> Result<(), ServiceError> {
    outbox::add(ctx, tx, &Job::AttachFiles { bill }).await
}

/// What Xero is not known to have of a bill's files.
///
/// # Errors
/// `NotFound` for a bill that was withdrawn or voided, or that Xero has not got.
pub async fn to_attach(ctx: &Ctx, id: BillId) -> Result<ToAttach, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let bill = bills::find(&mut tx, id).await?;
    let bill = bill.ok_or(ServiceError::NotFound)?;
    let invoice = bill.xero_invoice_id.clone();
    let invoice = invoice.ok_or(ServiceError::NotFound)?;
    let mut files = Vec::new();
    for known in bill_files::list_of_bills(&mut tx, &[id]).await? {
        if known.attached_at.is_none() {
            files.push(to_attach_one(&mut tx, &bill, known.file).await?);
        }
    }
    Ok(ToAttach { invoice, files })
}

async fn to_attach_one(
    tx: &mut Tx,
    bill: &BillRecord,
    file: BillFile,
) -> Result<FileToAttach, ServiceError> {
    let (name, content) = match file {
        BillFile::Statement => {
            let statement = statements::find(tx, bill.statement).await?;
            let statement = statement.ok_or(ServiceError::NotFound)?;
            let body = serde_json::from_str(&statement.body)
                .map_err(|error| ServiceError::Inconsistent(error.to_string()))?;
            let hash = statement.hash;
            (
                file.name(&statement.number),
                Content::Statement { body, hash },
            )
        }
        BillFile::Invoice => {
            let content = bill_files::find_content(tx, bill.id, file).await?;
            let content = content.ok_or(ServiceError::NotFound)?;
            (file.name(&bill.number), Content::Given(content))
        }
    };
    Ok(FileToAttach {
        file,
        name,
        content,
    })
}

/// Xero has a file beside the bill.
pub async fn attached(ctx: &Ctx, bill: BillId, file: BillFile) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    bill_files::set_attached(&mut tx, bill, file, ctx.now()).await?;
    if let Some(bill) = bills::find(&mut tx, bill).await? {
        changes::add(&mut tx, bill.partner, ctx.now()).await?;
    }
    Ok(tx.commit().await?)
}

/// The partner's own invoice, for the partner; somebody else's is not there.
pub async fn find_for_partner(
    ctx: &Ctx,
    actor: &Actor,
    id: BillId,
) -> Result<Download, ServiceError> {
    require_partner(actor, Action::ReadMoney)?;
    let mut tx = ctx.store.read().await?;
    let bill = bills::find_in(&mut tx, Scope::of(actor), id).await?;
    download(&mut tx, bill).await
}

/// The same for staff.
pub async fn find_for_staff(
    ctx: &Ctx,
    actor: &Actor,
    id: BillId,
) -> Result<Download, ServiceError> {
    let scope = require_staff_scope(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let bill = bills::find_in(&mut tx, scope, id).await?;
    download(&mut tx, bill).await
}

async fn download(tx: &mut Tx, bill: Option<BillRecord>) -> Result<Download, ServiceError> {
    let bill = bill.ok_or(ServiceError::NotFound)?;
    let file = BillFile::Invoice;
    let content = bill_files::find_content(tx, bill.id, file).await?;
    Ok(Download {
        name: file.name(&bill.number),
        content: content.ok_or(ServiceError::NotFound)?,
    })
}
