//! Disputes: a partner's question about one of its lines, and the thread until it is settled. Only that line waits; everything else goes on. A line that is
//! on a statement can be disputed too: its bill is not stopped, and what comes of it is a line of its own.

use portal_domain::{
    access::{Action, Actor},
    error::{Fault, FieldErrors},
    ids::LineId,
    line::DisputeStep,
    scope::Scope,
    text::{parse_message, parse_paragraph},
};
use portal_store::{
    Tx, audit, changes,
    disputes::{self, DisputeMessageRecord},
    lines::{self, LineRecord},
};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::{require_either_scope, require_member_scope, require_staff},
    lines::lock_line,
    messages,
};

/// A question of fewer characters says too little to be answered.
pub const QUESTION_LENGTH_MIN: usize = 10;
/// How long a message of a thread may be.
pub const MESSAGE_LENGTH_MAX: usize = 2_000;

/// A member says that something is wrong with a line of its partner: the line waits until that is settled.
///
/// # Errors
/// `dispute-already-open`.
pub async fn open(ctx: &Ctx, actor: &Actor, line: LineId, text: &str) -> Result<(), ServiceError> {
    require_member_scope(actor, Action::DisputeLines)?;
    let text = read(
        "dispute",
        parse_message(text, QUESTION_LENGTH_MIN, MESSAGE_LENGTH_MAX),
    )?;
    let mut case = Case::load(ctx, actor, line).await?;
    if case.line.disputed_at.is_some() {
        return case.repeated(DisputeStep::Opened, &text, "dispute-already-open");
    }
    let now = Some(ctx.now());
    lines::set_disputed(&mut case.tx, line, now, ctx.now()).await?;
    case.write(DisputeStep::Opened, &text).await?;
    case.tell_staff(DisputeStep::Opened, &text).await?;
    Ok(case.tx.commit().await?)
}

/// Either side writes into an open thread.
///
/// # Errors
/// `dispute-not-open`.
pub async fn answer(
    ctx: &Ctx,
    actor: &Actor,
    line: LineId,
    text: &str,
) -> Result<(), ServiceError> {
    require_either_scope(actor, Action::DisputeLines, Action::ApproveLines)?;
    let text = read("answer", parse_paragraph(text, MESSAGE_LENGTH_MAX))?;
    let mut case = Case::load(ctx, actor, line).await?;
    if case.line.disputed_at.is_none() || case.is_last(DisputeStep::Answered, &text) {
        return case.repeated(DisputeStep::Answered, &text, "dispute-not-open");
    }
    case.write(DisputeStep::Answered, &text).await?;
    match actor {
        Actor::Staff { .. } => case.tell_partner(DisputeStep::Answered, &text).await?,
        Actor::Member { .. } => case.tell_staff(DisputeStep::Answered, &text).await?,
    }
    Ok(case.tx.commit().await?)
}

/// Staff settle it, and say how: the line goes on.
///
/// # Errors
/// `dispute-not-open`.
pub async fn resolve(
    ctx: &Ctx,
    actor: &Actor,
    line: LineId,
    text: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::ApproveLines)?;
    let text = read("answer", parse_paragraph(text, MESSAGE_LENGTH_MAX))?;
    let mut case = Case::load(ctx, actor, line).await?;
    if case.line.disputed_at.is_none() {
        return case.repeated(DisputeStep::Resolved, &text, "dispute-not-open");
    }
    lines::set_disputed(&mut case.tx, line, None, ctx.now()).await?;
    case.write(DisputeStep::Resolved, &text).await?;
    case.tell_partner(DisputeStep::Resolved, &text).await?;
    Ok(case.tx.commit().await?)
}

/// The partner has no question any more: the line goes on.
///
/// # Errors
/// `dispute-not-open`.
pub async fn withdraw(ctx: &Ctx, actor: &Actor, line: LineId) -> Result<(), ServiceError> {
    require_member_scope(actor, Action::DisputeLines)?;
    let mut case = Case::load(ctx, actor, line).await?;
    if case.line.disputed_at.is_none() {
        return case.repeated(DisputeStep::Withdrawn, "", "dispute-not-open");
    }
    lines::set_disputed(&mut case.tx, line, None, ctx.now()).await?;
    case.write(DisputeStep::Withdrawn, "").await?;
    Ok(case.tx.commit().await?)
}

fn read(field: &str, parsed: Result<String, Fault>) -> Result<String, ServiceError> {
    let mut errors = FieldErrors::default();
    errors
        .take(field, parsed)
        .ok_or(ServiceError::Invalid(errors))
}

/// A line with its thread, locked, and who writes into it.
struct Case<'a> {
    ctx: &'a Ctx,
    actor: &'a Actor,
    tx: Tx,
    line: LineRecord,
    thread: Vec<DisputeMessageRecord>,
}

impl<'a> Case<'a> {
    /// To a member, another partner's line is not there.
    async fn load(ctx: &'a Ctx, actor: &'a Actor, id: LineId) -> Result<Self, ServiceError> {
        let mut tx = ctx.store.write().await?;
        let line = lock_line(&mut tx, Scope::of(actor), id).await?;
        Ok(Self {
            ctx,
            actor,
            line,
            thread: disputes::list_of_line(&mut tx, id).await?,
            tx,
        })
    }

    /// Whether the same person said just that last: a form that was sent twice.
    fn is_last(&self, step: DisputeStep, text: &str) -> bool {
        self.thread.last().is_some_and(|last| {
            (last.step, last.person, last.text.as_str()) == (step, self.actor.person(), text)
        })
    }

    /// What is done already is done; anything else came too late.
    fn repeated(
        self,
        step: DisputeStep,
        text: &str,
        code: &'static str,
    ) -> Result<(), ServiceError> {
        if self.is_last(step, text) {
            Ok(())
        } else {
            Err(ServiceError::Conflict(code))
        }
    }

    async fn write(&mut self, step: DisputeStep, text: &str) -> Result<(), ServiceError> {
        let (id, person, now) = (self.line.id, self.actor.person(), self.ctx.now());
        disputes::add(&mut self.tx, id, step, person, text, now).await?;
        changes::add(&mut self.tx, self.line.partner, now).await?;
        let act = match step {
            DisputeStep::Opened => "open_dispute",
            DisputeStep::Answered => "answer_dispute",
            DisputeStep::Resolved => "resolve_dispute",
            DisputeStep::Withdrawn => "withdraw_dispute",
        };
        let facts = json!({ "text": text }).to_string();
        let subject = id.to_string();
        Ok(audit::add(&mut self.tx, Some(person), act, &subject, &facts, now).await?)
    }

    async fn tell_staff(&mut self, step: DisputeStep, text: &str) -> Result<(), ServiceError> {
        messages::dispute_raised(self.ctx, &mut self.tx, &self.line, step, text).await
    }

    async fn tell_partner(&mut self, step: DisputeStep, text: &str) -> Result<(), ServiceError> {
        messages::dispute_moved(self.ctx, &mut self.tx, &self.line, step, text).await
    }
}
