//! Signing in and out, and how the pages look.

use leptos::prelude::*;
use portal_domain::{
    ids::{PartnerId, ProviderId, SessionId},
    sign_on::SignOnForm,
};
use serde::{Deserialize, Serialize};

use super::{Done, UiError};

/// Signs in as one of the demo's people; refused wherever a real system is connected. `person` is a person's id, or that and a partner's with a dot between.
#[server(endpoint = "sign_in_as")]
pub async fn sign_in_as(person: String, #[server(default)] next: String) -> Result<Done, UiError> {
    use crate::web::page;
    let page = page::current().await?;
    let secret = page.said(page::sign_in_as(&page, &person).await)?;
    page::sign_in(&page, &secret);
    Ok(Done::new(page::inside(&next), ""))
}

/// Mails a link; whether the address is known, the answer does not tell. Where its company has an identity provider, that is offered first, unless a link is wanted
/// `anyway`.
#[server(endpoint = "request_link")]
pub async fn request_link(email: String, #[server(default)] anyway: bool) -> Result<Done, UiError> {
    use crate::web::page;
    use portal_services::access::{links, sign_on};
    let page = page::current().await?;
    crate::web::limits::count_link(&page)?;
    if !anyway && let Some(provider) = page.said(sign_on::find_for(&page.ctx, &email).await)? {
        return Ok(Done::new(format!("/sign-in?provider={}", provider.id), ""));
    }
    let asked_with = page::asks_for_link(&page);
    page.said(links::request_link(&page.ctx, &email, &asked_with, &page.browser()).await)?;
    Ok(Done::new("/sign-in?sent=1", ""))
}

/// Sends a person to the identity provider of its company; one that is signed in and comes `again` must prove itself there once more.
#[server(endpoint = "begin_sign_on")]
pub async fn begin_sign_on(
    provider: ProviderId,
    #[server(default)] again: bool,
) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let address = crate::web::sign_on::begin(&page, provider, again).await?;
    Ok(Done::new(address, ""))
}

/// Keeps an identity provider: a new one of the vendor's or of a partner's, or what is there already.
#[server(endpoint = "save_sign_on")]
pub async fn save_sign_on(
    provider: Option<ProviderId>,
    partner: Option<PartnerId>,
    form: SignOnForm,
) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    crate::web::sign_on::save(&page, provider, partner, &form).await?;
    Ok(Done::new("/staff/sign-on", "sign-on-saved"))
}

/// Forgets an identity provider.
#[server(endpoint = "remove_sign_on")]
pub async fn remove_sign_on(provider: ProviderId) -> Result<Done, UiError> {
    use portal_services::access::sign_on;
    let page = crate::web::page::current().await?;
    page.said(sign_on::remove(&page.ctx, page.actor()?, provider).await)?;
    Ok(Done::new("/staff/sign-on", "sign-on-removed"))
}

/// Uses a link up; what comes next stands on the same page as signing in.
#[server(endpoint = "use_link")]
pub async fn use_link(token: String) -> Result<Done, UiError> {
    use crate::web::page;
    use portal_services::access::links;
    let page = page::current().await?;
    let used = links::use_link(&page.ctx, &token, page.asked_with(), &page.browser()).await;
    let secret = page.said(used)?;
    page::sign_in(&page, &secret);
    Ok(Done::new("/sign-in", ""))
}

#[server(endpoint = "accept_invitation")]
pub async fn accept_invitation(
    token: String,
    #[server(default)] name: String,
) -> Result<Done, UiError> {
    use crate::web::page;
    use portal_services::company;
    let page = page::current().await?;
    let (locale, browser) = (page.words.locale(), page.browser());
    let accepted = company::accept_invitation(&page.ctx, &token, &name, locale, &browser).await;
    if let Some(secret) = page.said(accepted)? {
        page::sign_in(&page, &secret);
    }
    Ok(Done::new("/sign-in", "invitation-accepted"))
}

/// Gives a code of the authenticator app, or a recovery code.
#[server(endpoint = "prove")]
pub async fn prove(code: String) -> Result<Done, UiError> {
    use crate::web::page;
    use portal_services::access::proofs;
    let page = page::current().await?;
    let opened = page.said(proofs::prove(&page.ctx, &code, &page.browser()).await)?;
    page::open(&page, &opened);
    Ok(Done::new("/", "signed-in"))
}

/// What a browser is asked for: `options` is what its own function takes, as JSON, and `token` comes back with the answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Question {
    pub token: String,
    pub options: String,
}

/// Asks the browser for a passkey: for a new one of whoever uses it, or for that of whoever sits there.
#[server(endpoint = "ask_for_passkey")]
pub async fn ask_for_passkey(new: bool) -> Result<Question, UiError> {
    use portal_services::access::passkeys;
    let page = crate::web::page::current().await?;
    let asked = if new {
        passkeys::ask_for_new(&page.ctx, &page.browser()).await
    } else {
        passkeys::ask_who(&page.ctx).await
    };
    let asked = page.said(asked)?;
    Ok(Question {
        token: asked.token,
        options: asked.options,
    })
}

/// What the browser answered. With a new one comes what it is called; without a name it signs in.
#[server(endpoint = "answer_with_passkey")]
pub async fn answer_with_passkey(
    token: String,
    answer: String,
    name: Option<String>,
    #[server(default)] next: String,
) -> Result<Done, UiError> {
    use crate::web::page;
    use portal_services::access::passkeys;
    let page = page::current().await?;
    let (ctx, browser) = (&page.ctx, page.browser());
    let Some(name) = name else {
        let opened = page.said(passkeys::sign_in(ctx, &token, &answer, &browser).await)?;
        page::open(&page, &opened);
        return Ok(Done::new(page::inside(&next), "signed-in"));
    };
    let added = passkeys::add(ctx, &token, &name, &answer, &browser).await;
    if let Some(opened) = page.said(added)? {
        page::open(&page, &opened);
    }
    Ok(Done::new("/security", "passkey-added"))
}

#[server(endpoint = "remove_passkey")]
pub async fn remove_passkey(passkey: String) -> Result<Done, UiError> {
    use portal_services::access::passkeys;
    let page = crate::web::page::current().await?;
    page.said(passkeys::remove(&page.ctx, &passkey, &page.browser()).await)?;
    Ok(Done::new("/security", "passkey-removed"))
}

/// Makes a seed for an authenticator app; `back` is the page that shows it.
#[server(endpoint = "begin_authenticator")]
pub async fn begin_authenticator(#[server(default)] back: String) -> Result<Done, UiError> {
    use crate::web::page;
    use portal_services::access::authenticator;
    let page = page::current().await?;
    page.said(authenticator::begin(&page.ctx, &page.browser()).await)?;
    Ok(Done::new(page::inside(&back), ""))
}

/// The first code of a new authenticator app.
#[server(endpoint = "confirm_authenticator")]
pub async fn confirm_authenticator(code: String) -> Result<Done, UiError> {
    use crate::web::page;
    use portal_services::access::authenticator;
    let page = page::current().await?;
    let confirmed = authenticator::confirm(&page.ctx, &code, &page.browser()).await;
    if let Some(opened) = page.said(confirmed)? {
        page::open(&page, &opened);
    }
    Ok(Done::new("/security", "authenticator-added"))
}

#[server(endpoint = "remove_authenticator")]
pub async fn remove_authenticator() -> Result<Done, UiError> {
    use portal_services::access::authenticator;
    let page = crate::web::page::current().await?;
    page.said(authenticator::remove(&page.ctx, &page.browser()).await)?;
    Ok(Done::new("/security", "authenticator-removed"))
}

#[server(endpoint = "renew_recovery_codes")]
pub async fn renew_recovery_codes() -> Result<Done, UiError> {
    use portal_services::access::recovery;
    let page = crate::web::page::current().await?;
    page.said(recovery::renew(&page.ctx, &page.browser()).await)?;
    Ok(Done::new("/security", ""))
}

/// The codes are kept elsewhere: nobody can read them here any more.
#[server(endpoint = "keep_recovery_codes")]
pub async fn keep_recovery_codes() -> Result<Done, UiError> {
    use portal_services::access::recovery;
    let page = crate::web::page::current().await?;
    page.said(recovery::keep(&page.ctx, &page.browser()).await)?;
    Ok(Done::new("/security", "recovery-codes-kept"))
}

/// Signs the person out in another browser.
#[server(endpoint = "end_session")]
pub async fn end_session(session: SessionId) -> Result<Done, UiError> {
    use portal_services::access::sessions;
    let page = crate::web::page::current().await?;
    page.said(sessions::end(&page.ctx, page.signed_in()?, session).await)?;
    Ok(Done::new("/security", "session-ended"))
}

/// Signs the person out everywhere else.
#[server(endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<Done, UiError> {
    use portal_services::access::sessions;
    let page = crate::web::page::current().await?;
    let (session, browser) = (page.signed_in()?, page.browser());
    page.said(sessions::end_others(&page.ctx, session, &browser).await)?;
    Ok(Done::new("/security", "sessions-ended"))
}

/// Opens another of the person's partners.
#[server(endpoint = "switch_partner")]
pub async fn switch_partner(partner: PartnerId) -> Result<Done, UiError> {
    use crate::web::page;
    let page = page::current().await?;
    let switched =
        portal_services::access::switch_partner(&page.ctx, partner, &page.browser()).await;
    let secret = page.said(switched)?;
    page::sign_in(&page, &secret);
    Ok(Done::new("/", ""))
}

#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<Done, UiError> {
    use crate::web::page;
    let page = page::current().await?;
    page.said(
        portal_services::access::sign_out(&page.ctx, page.secret().unwrap_or_default()).await,
    )?;
    page::sign_out(&page);
    Ok(Done::new("/sign-in", "signed-out"))
}

#[server(endpoint = "set_language")]
pub async fn set_language(
    language: String,
    #[server(default)] back: String,
) -> Result<Done, UiError> {
    use crate::web::page;
    let page = page::current().await?;
    page.said(page::set_language(&page, &language).await)?;
    Ok(Done::new(page::inside(&back), ""))
}

#[server(endpoint = "set_theme")]
pub async fn set_theme(theme: String, #[server(default)] back: String) -> Result<Done, UiError> {
    use crate::web::page;
    let page = page::current().await?;
    page::set_theme(&page, &theme);
    Ok(Done::new(page::inside(&back), ""))
}
