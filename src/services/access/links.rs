//! Links by mail: a way in for whoever has no other yet, or has lost it.

use portal_domain::{access::Proof, ids::PersonId, text::Email};
use portal_store::{
    Across, Tx, people,
    sessions::{self as stored, Asker},
};

use super::{Browser, begin_session, first_place, hash_token, known, new_token};
use crate::{
    Ctx, ServiceError, messages,
    outbox::{self, Job, LinkRequest},
};

/// How long a mailed link can be used.
pub const LINK_MINUTES: i64 = 10;
/// So many links are mailed to one person in that time because strangers ask for them, and so many for each of the person's known browsers: what strangers use up is
/// not the person's own.
const LINKS_MAX: i64 = 3;

/// Has a link mailed that works once, in the browser that asks and holds `asked_with`. Whether the address is known, the answer does not tell, nor how long it takes,
/// nor what others wait for meanwhile: one job is written, whoever asks, and nobody is looked up.
pub async fn request_link(
    ctx: &Ctx,
    email: &str,
    asked_with: &str,
    browser: &Browser,
) -> Result<(), ServiceError> {
    let email = Email::parse(email).map_err(|fault| ServiceError::field("email", fault.code))?;
    let asked = LinkRequest {
        email: email.as_str().to_owned(),
        browser: hash_token(asked_with),
        known: browser.known_hash(),
    };
    outbox::add_alone(ctx, &Job::MailLink(asked)).await
}

/// Mails the link, if there is somebody of that address.
pub async fn mail_link(ctx: &Ctx, asked: &LinkRequest) -> Result<(), ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let found = people::find_by_email(&mut tx, &asked.email).await?;
    let Some(person) = found.filter(|person| person.disabled_at.is_none()) else {
        return Ok(());
    };
    let known = known::find(ctx, &mut tx, person.id, asked.known.as_deref()).await?;
    let since = ctx.now().plus_ms(-LINK_MINUTES * 60_000);
    let mailed = stored::count_mailed_links(&mut tx, person.id, known, since).await?;
    if mailed < LINKS_MAX {
        let asker = Asker {
            browser: &asked.browser,
            known,
        };
        let secret = add_link(ctx, &mut tx, person.id, Some(asker)).await?;
        messages::sign_in_link(ctx, &mut tx, &person, &secret).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// A link for whoever has the command line before anybody can sign in: its path, good in any browser.
pub async fn make_link(ctx: &Ctx, person: PersonId) -> Result<String, ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let secret = add_link(ctx, &mut tx, person, None).await?;
    tx.commit().await?;
    Ok(format!("/sign-in/{secret}"))
}

/// Keeps a new link; answers its secret.
async fn add_link(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    asker: Option<Asker<'_>>,
) -> Result<String, ServiceError> {
    let (token, now) = (new_token(), ctx.now());
    let expires_at = now.plus_ms(LINK_MINUTES * 60_000);
    stored::add_link(tx, &token.hash, person, asker, now, expires_at).await?;
    Ok(token.secret)
}

/// Uses a link up and begins a session in which a second proof is asked for.
pub async fn use_link(
    ctx: &Ctx,
    secret: &str,
    asked_with: &str,
    browser: &Browser,
) -> Result<String, ServiceError> {
    let hash = hash_token(secret);
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let used = stored::use_link(&mut tx, &hash, &hash_token(asked_with), ctx.now()).await?;
    let Some(person) = used else {
        let is_good = stored::is_link_good(&mut tx, &hash, ctx.now()).await?;
        return Err(ServiceError::Conflict(if is_good {
            "link-of-other-browser"
        } else {
            "link-used-or-expired"
        }));
    };
    let record = people::find(&mut tx, person)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let place = first_place(&mut tx, &record).await?;
    let secret = begin_session(ctx, &mut tx, person, place, Proof::Link, browser).await?;
    tx.commit().await?;
    Ok(secret)
}
