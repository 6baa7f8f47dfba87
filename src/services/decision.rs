//! A person's word on a case that is open, and the reason for it: who may give it, how it is found, and how it is written. What follows from it is for the file that
//! knows the case.

use portal_domain::{
    access::{Action, Actor},
    ids::ExceptionId,
    text::parse_line,
};
use portal_store::{
    Tx, audit,
    exceptions::{self, ExceptionRecord},
};
use serde_json::{Value, json};

use crate::{Ctx, ServiceError, access::require_staff};

/// A case that is being decided.
pub(crate) struct OpenCase {
    pub tx: Tx,
    pub record: ExceptionRecord,
    pub reason: String,
}

impl OpenCase {
    /// Begins to decide a case; `field` is where the reason was typed.
    ///
    /// # Errors
    /// `exception-resolved` if it is not open any more; what is wrong with the reason.
    pub async fn begin(
        ctx: &Ctx,
        actor: &Actor,
        id: ExceptionId,
        (field, reason): (&'static str, &str),
    ) -> Result<Self, ServiceError> {
        require_staff(actor, Action::Reconcile)?;
        let reason =
            parse_line(reason, 200).map_err(|fault| ServiceError::field(field, fault.code))?;
        let mut tx = ctx.store.write().await?;
        let record = find_open(&mut tx, id).await?;
        Ok(Self { tx, record, reason })
    }

    /// The case is decided: it is settled, and that is written down with its reason and the other facts.
    pub async fn end(
        mut self,
        ctx: &Ctx,
        actor: &Actor,
        (act, resolution): (&str, &str),
        mut facts: Value,
    ) -> Result<(), ServiceError> {
        let (subject, now) = (self.record.id.to_string(), ctx.now());
        exceptions::settle(&mut self.tx, &self.record.subject, resolution, now).await?;
        facts["reason"] = json!(self.reason);
        let (person, facts) = (Some(actor.person()), facts.to_string());
        audit::add(&mut self.tx, person, act, &subject, &facts, now).await?;
        Ok(self.tx.commit().await?)
    }
}

/// A case that waits for a person.
///
/// # Errors
/// `exception-resolved` if it is not open any more.
pub(crate) async fn find_open(
    tx: &mut Tx,
    id: ExceptionId,
) -> Result<ExceptionRecord, ServiceError> {
    let open = exceptions::find_open(tx, id).await?;
    open.ok_or(ServiceError::Conflict("exception-resolved"))
}
