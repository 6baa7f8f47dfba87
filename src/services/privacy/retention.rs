//! For how long what names people is kept: a setting, kept every night, with a look beforehand at what would go.

use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    retention::{Retention, RetentionForm},
};
use portal_store::{Tx, audit as stored, inbox, jobs, leads, leads::LeadRecord, mails, settings};
use serde_json::json;

use super::erasure::pseudonymise;
use crate::{
    Ctx, ServiceError,
    access::require_staff,
    audit::{differences, record},
};

const SETTING: &str = "privacy.retention";
/// How many leads are written in one transaction, and shown beforehand.
const LEADS_AT_ONCE: i64 = 100;

/// What would go in the next night.
#[derive(Clone, Debug)]
pub struct Preview {
    pub retention: Retention,
    pub leads: i64,
    /// The first of them.
    pub shown: Vec<LeadRecord>,
    pub mails: i64,
    pub dead_letters: i64,
    pub notes: i64,
}

pub(crate) async fn find_in(tx: &mut Tx) -> Result<Retention, ServiceError> {
    let text = settings::find(tx, SETTING).await?;
    let read = text.map(|text| serde_json::from_str(&text)).transpose();
    let read = read.map_err(|error| ServiceError::Inconsistent(error.to_string()))?;
    Ok(read.unwrap_or_default())
}

/// The setting, and what it comes to.
pub async fn preview(ctx: &Ctx, actor: &Actor) -> Result<Preview, ServiceError> {
    require_staff(actor, Action::ManagePrivacy)?;
    let mut tx = ctx.store.read().await?;
    let retention = find_in(&mut tx).await?;
    let until = Until::of(ctx, &retention);
    Ok(Preview {
        leads: leads::count_over(&mut tx, until.leads).await?,
        shown: leads::list_over(&mut tx, until.leads, LEADS_AT_ONCE).await?,
        mails: mails::count_before(&mut tx, until.mails).await?,
        dead_letters: jobs::count_set_aside_before(&mut tx, until.dead_letters).await?,
        notes: inbox::count_before(&mut tx, until.notes).await?,
        retention,
    })
}

pub async fn set(ctx: &Ctx, actor: &Actor, form: &RetentionForm) -> Result<(), ServiceError> {
    require_staff(actor, Action::ManagePrivacy)?;
    let wanted = form.parse().map_err(ServiceError::Invalid)?;
    let mut tx = ctx.store.write().await?;
    let before = find_in(&mut tx).await?;
    let text = json!(wanted).to_string();
    settings::set(&mut tx, SETTING, &text, ctx.now()).await?;
    let facts = differences(&json!(before), &json!(wanted));
    record(ctx, &mut tx, actor, "set_retention", "privacy", &facts).await?;
    Ok(tx.commit().await?)
}

/// Until when things go.
struct Until {
    leads: Timestamp,
    mails: Timestamp,
    dead_letters: Timestamp,
    notes: Timestamp,
}

impl Until {
    fn of(ctx: &Ctx, retention: &Retention) -> Self {
        let months = |months: u32| {
            let day = ctx.today().checked_sub_months(chrono::Months::new(months));
            day.map_or(Timestamp(0), |day| ctx.start_of(day))
        };
        Self {
            leads: months(retention.lead_months),
            mails: months(retention.mail_months),
            dead_letters: months(retention.dead_letter_months),
            notes: ctx.now().plus_days(-i64::from(retention.note_days)),
        }
    }
}

/// Takes out what has been kept for long enough; what it came to is in the audit log.
pub async fn enforce(ctx: &Ctx) -> Result<(), ServiceError> {
    let retention = find_in(&mut ctx.store.read().await?).await?;
    let until = Until::of(ctx, &retention);
    loop {
        let mut tx = ctx.store.write().await?;
        let over = leads::list_over(&mut tx, until.leads, LEADS_AT_ONCE).await?;
        if over.is_empty() {
            break;
        }
        for lead in &over {
            pseudonymise(&mut tx, lead, ctx.now()).await?;
            let (act, subject) = ("pseudonymise_lead", lead.id.to_string());
            let facts = json!({ "state": lead.state, "months": retention.lead_months }).to_string();
            stored::add(&mut tx, None, act, &subject, &facts, ctx.now()).await?;
        }
        tx.commit().await?;
    }
    let mut tx = ctx.store.write().await?;
    let mails = mails::blank_before(&mut tx, until.mails).await?;
    let dead_letters = jobs::remove_set_aside(&mut tx, until.dead_letters).await?;
    if mails + dead_letters > 0 {
        let facts = json!({ "mails": mails, "dead_letters": dead_letters });
        let facts = facts.to_string();
        stored::add(
            &mut tx,
            None,
            "enforce_retention",
            "privacy",
            &facts,
            ctx.now(),
        )
        .await?;
    }
    Ok(tx.commit().await?)
}
