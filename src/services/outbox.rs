//! What must be done outside, as jobs written in the transaction that caused them. What a job does is in the jobs' room; here is only its name and its order.

use portal_domain::{
    calendar::Timestamp,
    ids::{
        BillId, ClientId, DealId, InboxId, JobId, LeadId, MailId, PartnerId, PersonId,
        SlackMessageId, StatementId,
    },
};
use portal_store::{
    Tx,
    jobs::{self, NewJob, Priority},
};
use serde::{Deserialize, Serialize};

use crate::{Ctx, ServiceError, relay};

/// A unit of background work. Each names things by id and reads them afresh, so that doing it twice or late does no harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    RegisterLead { lead: LeadId },
    RelayLead { lead: LeadId },
    TestRelay,
    FollowRelay { inbox: InboxId },
    CheckCompany { client: ClientId },
    TakeOverDeal { lead: LeadId },
    ReadDeal { hubspot_id: String },
    SweepDeals,
    CheckDeals,
    SetUpHubSpot,
    ReadStages,
    ReadOwners,
    WorkNotes,
    WorkInbox { inbox: InboxId },
    WorkEvent { inbox: InboxId, position: u32 },
    ReadInvoice { invoice: String },
    ReadCredit { credit: String },
    SweepInvoices,
    SweepMoney,
    CheckInvoices,
    ReadContact { contact: String },
    CheckContacts,
    ReadAccounts,
    ReconcileDeal { deal: DealId },
    AccrueLines,
    CreateBill { bill: BillId },
    AttachFiles { bill: BillId },
    AnnounceStatement { statement: StatementId },
    AnnounceCarried { quarter: String, partner: PartnerId },
    MailLink(LinkRequest),
    SendMail { mail: MailId },
    PostSlack { message: SlackMessageId },
    CheckSlack,
    CheckMail,
    CheckScanner,
    TellExceptions,
    BeginDigests,
    SendDigest { person: PersonId },
    RecomputeLines,
    RenewTokens,
    WatchOver,
    CleanUp,
    EnforceRetention,
}

/// That a link to sign in with was asked for. Whoever asks, it says the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRequest {
    pub email: String,
    /// The hash of what the browser holds since it asked: the link is good there alone.
    pub browser: String,
    /// The hash of what it says that it is known by.
    pub known: Option<String>,
}

/// Who does the work: one slow vendor must not hold up another, nor our own books.
pub const LANES: [&str; 8] = [
    "inbox", "books", "hubspot", "relay", "xero", "slack", "mail", "scanner",
];

impl Job {
    pub const fn lane(&self) -> &'static str {
        match self {
            Self::RegisterLead { .. }
            | Self::CheckCompany { .. }
            | Self::TakeOverDeal { .. }
            | Self::ReadDeal { .. }
            | Self::SweepDeals
            | Self::CheckDeals
            | Self::SetUpHubSpot
            | Self::ReadStages
            | Self::ReadOwners => "hubspot",
            Self::ReadInvoice { .. }
            | Self::ReadCredit { .. }
            | Self::SweepInvoices
            | Self::SweepMoney
            | Self::CheckInvoices
            | Self::ReadContact { .. }
            | Self::CheckContacts
            | Self::ReadAccounts
            | Self::CreateBill { .. }
            | Self::AttachFiles { .. } => "xero",
            Self::RelayLead { .. } | Self::TestRelay => "relay",
            Self::WorkNotes | Self::WorkInbox { .. } | Self::WorkEvent { .. } | Self::FollowRelay { .. } => "inbox",
            Self::ReconcileDeal { .. }
            | Self::AccrueLines
            | Self::AnnounceStatement { .. }
            | Self::AnnounceCarried { .. }
            | Self::TellExceptions
            | Self::BeginDigests
            | Self::SendDigest { .. }
            // The mail itself is a job of its lane; whom it is for is found out here.
            | Self::MailLink(_)
            | Self::RecomputeLines
            // A paused lane must not keep its own tokens from being renewed.
            | Self::RenewTokens
            | Self::WatchOver
            | Self::CleanUp
            | Self::EnforceRetention => "books",
            Self::SendMail { .. } | Self::CheckMail => "mail",
            Self::PostSlack { .. } | Self::CheckSlack => "slack",
            Self::CheckScanner => "scanner",
        }
    }

    /// Whether it asks HubSpot, as is done only as long as it tells of deals itself. A lead whose delivery has begun there is ended there, whatever was chosen
    /// since.
    pub fn asks_hubspot(&self) -> bool {
        self.lane() == "hubspot" && !matches!(self, Self::RegisterLead { .. })
    }

    /// The name in the table and for people.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::RegisterLead { .. } => "register_lead",
            Self::RelayLead { .. } => "relay_lead",
            Self::TestRelay => "test_relay",
            Self::FollowRelay { .. } => "follow_relay",
            Self::CheckCompany { .. } => "check_company",
            Self::TakeOverDeal { .. } => "take_over_deal",
            Self::ReadDeal { .. } => "read_deal",
            Self::SweepDeals => "sweep_deals",
            Self::CheckDeals => "check_deals",
            Self::ReadStages => "read_stages",
            Self::SetUpHubSpot => "set_up_hubspot",
            Self::ReadOwners => "read_owners",
            Self::WorkNotes => "work_notes",
            Self::WorkInbox { .. } => "work_inbox",
            Self::WorkEvent { .. } => "work_event",
            Self::ReadInvoice { .. } => "read_invoice",
            Self::ReadCredit { .. } => "read_credit",
            Self::SweepInvoices => "sweep_invoices",
            Self::SweepMoney => "sweep_money",
            Self::CheckInvoices => "check_invoices",
            Self::ReadContact { .. } => "read_contact",
            Self::CheckContacts => "check_contacts",
            Self::ReadAccounts => "read_accounts",
            Self::ReconcileDeal { .. } => "reconcile_deal",
            Self::AccrueLines => "accrue_lines",
            Self::CreateBill { .. } => "create_bill",
            Self::AttachFiles { .. } => "attach_files",
            Self::AnnounceStatement { .. } => "announce_statement",
            Self::AnnounceCarried { .. } => "announce_carried",
            Self::MailLink(_) => "mail_link",
            Self::SendMail { .. } => "send_mail",
            Self::PostSlack { .. } => "post_slack",
            Self::CheckSlack => "check_slack",
            Self::CheckMail => "check_mail",
            Self::CheckScanner => "check_scanner",
            Self::TellExceptions => "tell_exceptions",
            Self::BeginDigests => "begin_digests",
            Self::SendDigest { .. } => "send_digest",
            Self::RecomputeLines => "recompute_lines",
            Self::RenewTokens => "renew_tokens",
            Self::WatchOver => "watch_over",
            Self::CleanUp => "clean_up",
            Self::EnforceRetention => "enforce_retention",
        }
    }

    /// Leads and bills are what people wait for; hints are fresh, and what the rest finds would be found by the next one too.
    const fn priority(&self) -> Priority {
        match self {
            Self::RegisterLead { .. }
            | Self::RelayLead { .. }
            | Self::TestRelay
            | Self::TakeOverDeal { .. }
            | Self::MailLink(_)
            | Self::CreateBill { .. } => Priority::First,
            Self::ReadDeal { .. }
            | Self::CheckCompany { .. }
            | Self::WorkNotes
            | Self::WorkInbox { .. }
            | Self::WorkEvent { .. }
            | Self::FollowRelay { .. }
            | Self::ReadInvoice { .. }
            | Self::ReadCredit { .. }
            | Self::ReadContact { .. }
            | Self::ReconcileDeal { .. }
            | Self::AttachFiles { .. }
            | Self::AnnounceStatement { .. }
            | Self::AnnounceCarried { .. }
            | Self::WatchOver
            | Self::SendMail { .. }
            | Self::PostSlack { .. }
            | Self::SendDigest { .. }
            | Self::BeginDigests
            | Self::TellExceptions => Priority::Usual,
            Self::SweepDeals
            | Self::CheckDeals
            | Self::ReadStages
            | Self::SetUpHubSpot
            | Self::ReadOwners
            | Self::SweepInvoices
            | Self::SweepMoney
            | Self::CheckInvoices
            | Self::CheckContacts
            | Self::ReadAccounts
            | Self::AccrueLines
            | Self::RecomputeLines
            | Self::RenewTokens
            | Self::CheckSlack
            | Self::CheckMail
            | Self::CheckScanner
            | Self::CleanUp
            | Self::EnforceRetention => Priority::Last,
        }
    }
}

/// Adds a job that is due at once. None is added that asks HubSpot while everything comes by the iPaaS; what was added before is done.
pub async fn add(ctx: &Ctx, tx: &mut Tx, job: &Job) -> Result<(), ServiceError> {
    add_at(ctx, tx, job, ctx.now()).await
}

/// Adds a job that nothing else is written with.
pub async fn add_alone(ctx: &Ctx, job: &Job) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    add(ctx, &mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// Adds a job that a person waits for, before all others of its lane.
pub async fn add_first(ctx: &Ctx, tx: &mut Tx, job: &Job) -> Result<(), ServiceError> {
    let first = NewJob {
        priority: Priority::First,
        ..new_job(ctx, job, ctx.now())?
    };
    let first = wanted(tx, vec![(job.asks_hubspot(), first)]).await?;
    Ok(jobs::add_all(tx, &first, ctx.now()).await?)
}

/// Adds a job that is due at an instant.
pub async fn add_at(
    ctx: &Ctx,
    tx: &mut Tx,
    job: &Job,
    run_at: Timestamp,
) -> Result<(), ServiceError> {
    let new = (job.asks_hubspot(), new_job(ctx, job, run_at)?);
    let new = wanted(tx, vec![new]).await?;
    Ok(jobs::add_all(tx, &new, ctx.now()).await?)
}

/// Adds jobs that are due at once.
pub async fn add_all(
    ctx: &Ctx,
    tx: &mut Tx,
    added: impl IntoIterator<Item = Job>,
) -> Result<(), ServiceError> {
    let new: Result<Vec<(bool, NewJob)>, ServiceError> = added
        .into_iter()
        .map(|job| Ok((job.asks_hubspot(), new_job(ctx, &job, ctx.now())?)))
        .collect();
    let new = wanted(tx, new?).await?;
    Ok(jobs::add_all(tx, &new, ctx.now()).await?)
}

/// Of some jobs, each with whether it asks HubSpot, those that are to be done.
async fn wanted(tx: &mut Tx, mut new: Vec<(bool, NewJob)>) -> Result<Vec<NewJob>, ServiceError> {
    let asks = new.iter().any(|(asks_hubspot, _)| *asks_hubspot);
    if asks && !relay::is_hubspot_used_in(tx).await? {
        new.retain(|(asks_hubspot, _)| !asks_hubspot);
    }
    Ok(new.into_iter().map(|(_, job)| job).collect())
}

fn new_job(ctx: &Ctx, job: &Job, run_at: Timestamp) -> Result<NewJob, ServiceError> {
    let payload = payload(job)?;
    Ok(NewJob {
        id: JobId::new(ctx.new_id()),
        lane: job.lane(),
        kind: job.kind(),
        // One waiting is enough.
        dedupe_key: Some(payload.clone()),
        payload,
        priority: job.priority(),
        run_at,
    })
}

/// A job as its row holds it.
pub fn payload(job: &Job) -> Result<String, ServiceError> {
    serde_json::to_string(job).map_err(|error| ServiceError::Inconsistent(error.to_string()))
}
