//! What an operator does with the machinery: trying again, setting aside, pausing and resuming a system, working a webhook off again.

use leptos::prelude::*;
use portal_domain::ids::{InboxId, JobId};

use super::{Done, UiError};

const PATH: &str = "/staff/integrations";

/// Tries a delivery again that was given up.
#[server(endpoint = "retry_job")]
pub async fn retry_job(job: JobId) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::operations::retry_job(&page.ctx, page.actor()?, job).await)?;
    Ok(Done::new(PATH, "job-retried"))
}

/// Tries everything again that was given up of a system, or of the portal's own work.
#[server(endpoint = "retry_all_jobs")]
pub async fn retry_all_jobs(system: String) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::operations::retry_all(&page.ctx, page.actor()?, &system).await)?;
    Ok(Done::new(PATH, "jobs-retried"))
}

/// Expects nothing more of a delivery that was given up.
#[server(endpoint = "set_aside_job")]
pub async fn set_aside_job(job: JobId, #[server(default)] reason: String) -> Result<Done, UiError> {
    use portal_services::dead_letters::set_aside;
    let page = crate::web::page::current().await?;
    page.said(set_aside(&page.ctx, page.actor()?, job, &reason).await)?;
    Ok(Done::new(format!("{PATH}/jobs/{job}"), "job-set-aside"))
}

/// The same of everything of a system, or of the portal's own work, that was given up by the time that somebody saw it.
#[server(endpoint = "set_aside_jobs")]
pub async fn set_aside_jobs(
    system: String,
    seen_at: i64,
    #[server(default)] reason: String,
) -> Result<Done, UiError> {
    use portal_domain::calendar::Timestamp;
    use portal_services::dead_letters::set_all_aside;
    let page = crate::web::page::current().await?;
    let (ctx, seen_at) = (&page.ctx, Timestamp(seen_at));
    page.said(set_all_aside(ctx, page.actor()?, &system, seen_at, &reason).await)?;
    Ok(Done::new(format!("{PATH}/{system}"), "jobs-set-aside"))
}

/// Reads everything anew, and says so where HubSpot is left out.
#[server(endpoint = "sweep_now")]
pub async fn sweep_now() -> Result<Done, UiError> {
    use portal_services::operations::{Swept, sweep_now};
    let page = crate::web::page::current().await?;
    let notice = match page.said(sweep_now(&page.ctx, page.actor()?).await)? {
        Swept::Both => "sweep-started",
        Swept::XeroAlone => "sweep-started-xero",
    };
    Ok(Done::new(PATH, notice))
}

/// Compares everything of a system with what is known of it.
#[server(endpoint = "compare_now")]
pub async fn compare_now(system: String) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::drift::compare_now(&page.ctx, page.actor()?, &system).await)?;
    Ok(Done::new(format!("{PATH}/{system}"), "comparison-started"))
}

/// Sends nothing to a system until somebody resumes.
#[server(endpoint = "pause_system")]
pub async fn pause_system(
    system: String,
    #[server(default)] reason: String,
) -> Result<Done, UiError> {
    use portal_services::operations::pause;
    let page = crate::web::page::current().await?;
    page.said(pause(&page.ctx, page.actor()?, &system, &reason).await)?;
    Ok(Done::new(format!("{PATH}/{system}"), "system-paused"))
}

/// Sends to a system again, now.
#[server(endpoint = "resume_system")]
pub async fn resume_system(system: String) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::operations::resume(&page.ctx, page.actor()?, &system).await)?;
    Ok(Done::new(format!("{PATH}/{system}"), "system-resumed"))
}

/// Works a webhook off again.
#[server(endpoint = "replay_webhook")]
pub async fn replay_webhook(note: InboxId, system: String) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::inbox::replay(&page.ctx, page.actor()?, note).await)?;
    Ok(Done::new(format!("{PATH}/{system}"), "webhook-replayed"))
}
