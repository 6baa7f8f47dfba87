//! What each job does.

use std::{pin::Pin, sync::Arc};

use portal_services::{access, outbox::Job};

use crate::{Desk, JobError};

/// A job being done.
pub(crate) type Doing = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;
/// How jobs are done.
pub(crate) type Work = Arc<dyn Fn(Desk, Job) -> Doing + Send + Sync>;

/// How the portal does them.
pub(crate) fn work() -> Work {
    Arc::new(|desk, job| Box::pin(async move { perform(&desk.doing(&job), &job).await }))
}

async fn perform(desk: &Desk, job: &Job) -> Result<(), JobError> {
    let ctx = &desk.ctx;
    match job {
        Job::RegisterLead { lead } => crate::register_lead::run(desk, *lead).await,
        Job::RelayLead { lead } => crate::relay_lead::run(desk, *lead).await,
        Job::TestRelay => crate::relay_lead::run_trial(desk).await,
        Job::FollowRelay { inbox } => crate::work_inbox::follow_relay(desk, *inbox).await,
        Job::CheckCompany { client } => crate::register_lead::check_company(desk, *client).await,
        Job::TakeOverDeal { lead } => crate::register_lead::take_over(desk, *lead).await,
        Job::ReadDeal { hubspot_id } => crate::read_deals::read_one(desk, hubspot_id).await,
        Job::SweepDeals => crate::read_deals::sweep(desk).await,
        Job::CheckDeals => crate::read_deals::check_all(desk).await,
        Job::SetUpHubSpot => crate::read_deals::set_up(desk).await,
        Job::ReadStages => crate::read_deals::read_stages(desk).await,
        Job::ReadOwners => crate::read_deals::read_owners(desk).await,
        Job::WorkNotes => crate::work_inbox::run_waiting(desk).await,
        Job::WorkInbox { inbox } => crate::work_inbox::run(desk, *inbox).await,
        Job::WorkEvent { inbox, position } => {
            crate::work_inbox::run_one(desk, *inbox, *position).await
        }
        Job::ReadInvoice { invoice } => crate::read_invoices::read_one(desk, invoice).await,
        Job::ReadCredit { credit } => crate::read_invoices::read_one_credit(desk, credit).await,
        Job::ReadContact { contact } => crate::read_contacts::read_one(desk, contact).await,
        Job::CheckContacts => crate::read_contacts::check_all(desk).await,
        Job::ReadAccounts => crate::read_accounts::run(desk).await,
        Job::CheckInvoices => crate::read_invoices::check_all(desk).await,
        Job::SweepInvoices => crate::read_invoices::sweep(desk).await,
        Job::SweepMoney => crate::read_invoices::sweep_money(desk).await,
        Job::ReconcileDeal { deal } => {
            Ok(portal_services::reconcile::reconcile_deal(ctx, *deal).await?)
        }
        Job::AccrueLines => Ok(portal_services::lines::accrue(ctx).await.map(|_| ())?),
        Job::CreateBill { bill } => crate::create_bill::run(desk, *bill).await,
        Job::AttachFiles { bill } => crate::attach_files::run(desk, *bill).await,
        Job::AnnounceStatement { statement } => {
            crate::announce_statement::run(desk, *statement).await
        }
        Job::AnnounceCarried { quarter, partner } => {
            Ok(portal_services::messages::announce_carried(ctx, quarter, *partner).await?)
        }
        Job::MailLink(asked) => Ok(access::links::mail_link(ctx, asked).await?),
        Job::SendMail { mail } => crate::send_messages::send_mail(desk, *mail).await,
        Job::PostSlack { message } => crate::send_messages::post_slack(desk, *message).await,
        Job::CheckSlack => crate::check_messengers::check_slack(desk).await,
        Job::CheckMail => crate::check_messengers::check_mail(desk).await,
        Job::CheckScanner => crate::check_scanner::run(desk).await,
        Job::BeginDigests => Ok(portal_services::messages::begin_digests(ctx).await?),
        Job::SendDigest { person } => {
            Ok(portal_services::messages::send_digest(ctx, *person).await?)
        }
        Job::TellExceptions => Ok(portal_services::messages::tell_exceptions(ctx).await?),
        Job::RenewTokens => desk.connector.renew_idle().await,
        Job::WatchOver => Ok(portal_services::alerts::watch(ctx).await?),
        Job::RecomputeLines => Ok(portal_services::recompute::check(ctx).await.map(|_| ())?),
        Job::EnforceRetention => Ok(portal_services::privacy::retention::enforce(ctx).await?),
        Job::CleanUp => Ok(portal_services::operations::clean_up(ctx)
            .await
            .map(|_| ())?),
    }
}
