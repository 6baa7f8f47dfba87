//! Signing in and being somebody: sessions, links by mail, and who acts. Tokens are random, and only their hashes are kept.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use portal_domain::{
    access::{Action, Actor, can},
    ids::{PartnerId, PersonId},
    text::Email,
};
use portal_store::{
    Tx, connections,
    people::{self, MemberRecord, PersonRecord},
    sessions::{self, SessionRecord},
};
use portal_words::Locale;
use sha2::{Digest, Sha256};

use crate::{
    Ctx, ServiceError,
    context::random,
    messages,
    outbox::{self, Job},
};

const SESSION_DAYS: i64 = 14;
/// The sandbox's clock is moved on by months: nobody should have to sign in again for that.
const SANDBOX_SESSION_DAYS: i64 = 3_650;
/// How long a mailed link can be used.
pub const LINK_MINUTES: i64 = 10;
/// A session's last use is written at most this often.
const TOUCH_MS: i64 = 60_000;

/// A secret that is handed to a browser or a mail once, and the hash that is kept.
pub struct Token {
    pub secret: String,
    pub hash: String,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    pub actor: Actor,
    pub name: String,
    pub email: String,
    pub locale: Locale,
    /// The partner whose portal is open.
    pub partner_name: Option<String>,
}

/// Somebody whom the demo offers to be.
#[derive(Clone, Debug)]
pub struct Choice {
    pub person: PersonId,
    pub partner: Option<PartnerId>,
    pub name: String,
    /// The role's word.
    pub role: &'static str,
    pub company: String,
}

/// 256 random bits, and their hash.
pub fn new_token() -> Token {
    let secret = URL_SAFE_NO_PAD.encode(random::<32>());
    let hash = hash_token(&secret);
    Token { secret, hash }
}

pub fn hash_token(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// Refuses whoever may not do that.
pub fn require(actor: &Actor, action: Action) -> Result<(), ServiceError> {
    if can(actor, action) {
        Ok(())
    } else {
        Err(ServiceError::Forbidden)
    }
}

/// The partner that a member acts for; staff act for none.
pub fn require_partner(actor: &Actor, action: Action) -> Result<PartnerId, ServiceError> {
    require(actor, action)?;
    match actor {
        Actor::Member { partner, .. } => Ok(*partner),
        Actor::Staff { .. } => Err(ServiceError::Forbidden),
    }
}

/// For what only staff may do.
pub fn require_staff(actor: &Actor, action: Action) -> Result<(), ServiceError> {
    require(actor, action)?;
    match actor {
        Actor::Staff { .. } => Ok(()),
        Actor::Member { .. } => Err(ServiceError::Forbidden),
    }
}

/// The session that a browser's token belongs to. Roles are read afresh each time, so what was taken away is gone at once.
pub async fn find_session(ctx: &Ctx, secret: &str) -> Result<Option<Session>, ServiceError> {
    let hash = hash_token(secret);
    let now = ctx.now();
    let mut tx = ctx.store.read().await?;
    let Some(record) = sessions::find(&mut tx, &hash, now).await? else {
        return Ok(None);
    };
    if !is_of_now(ctx, &mut tx, &record).await? {
        return Ok(None);
    }
    let Some(person) = people::find(&mut tx, record.person).await? else {
        return Ok(None);
    };
    let session = resolve(&mut tx, &person, record.partner).await?;
    drop(tx);
    if session.is_some() && now.0 - record.seen_at.0 > TOUCH_MS {
        let mut tx = ctx.store.write().await?;
        sessions::touch(&mut tx, &hash, now).await?;
        tx.commit().await?;
    }
    Ok(session)
}

/// In the demo anybody signs in as anybody, for years: that ends with the demo, and with the first real system that is connected.
async fn is_of_now(ctx: &Ctx, tx: &mut Tx, session: &SessionRecord) -> Result<bool, ServiceError> {
    if ctx.programme.sandbox {
        return Ok(!connections::is_any_real(tx).await?);
    }
    Ok(session.expires_at <= session.created_at.plus_days(SESSION_DAYS))
}

/// Who acts in each of some sessions by now, by the hash of its token: those that [`find_session`] would still find, looked up together.
pub async fn list_standing(
    ctx: &Ctx,
    token_hashes: &[String],
) -> Result<HashMap<String, Actor>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let mut standing = HashMap::new();
    for found in sessions::list_standing(&mut tx, token_hashes, ctx.now()).await? {
        let person = found.session.person;
        let actor = match found.session.partner {
            Some(partner) => found.member_role.map(|role| Actor::Member {
                person,
                partner,
                role,
            }),
            None => found.staff_role.map(|role| Actor::Staff { person, role }),
        };
        if let Some(actor) = actor
            && is_of_now(ctx, &mut tx, &found.session).await?
        {
            standing.insert(found.token_hash, actor);
        }
    }
    Ok(standing)
}

async fn resolve(
    tx: &mut Tx,
    person: &PersonRecord,
    partner: Option<PartnerId>,
) -> Result<Option<Session>, ServiceError> {
    let (actor, partner_name) = match partner {
        Some(partner) => match people::find_member(tx, partner, person.id).await? {
            Some(member) => (
                Actor::Member {
                    person: person.id,
                    partner,
                    role: member.role,
                },
                Some(member.partner_name),
            ),
            None => return Ok(None),
        },
        None => match person.staff_role {
            Some(role) => (
                Actor::Staff {
                    person: person.id,
                    role,
                },
                None,
            ),
            None => return Ok(None),
        },
    };
    Ok(Some(Session {
        actor,
        name: person.name.clone(),
        email: person.email.clone(),
        locale: Locale::parse(&person.locale).unwrap_or(Locale::En),
        partner_name,
    }))
}

/// Whom the demo offers: nobody, unless everything outside is the sandbox.
pub async fn list_choices(ctx: &Ctx) -> Result<Vec<Choice>, ServiceError> {
    if !ctx.programme.sandbox {
        return Ok(Vec::new());
    }
    let mut tx = ctx.store.read().await?;
    if connections::is_any_real(&mut tx).await? {
        return Ok(Vec::new());
    }
    let staff = people::list_staff(&mut tx).await?;
    let members = people::list_all_members(&mut tx, 30).await?;
    let staff = staff.into_iter().filter_map(|person| {
        Some(Choice {
            person: person.id,
            partner: None,
            name: person.name,
            role: person.staff_role?.as_str(),
            company: ctx.programme.name.clone(),
        })
    });
    let members = members.into_iter().map(|member| Choice {
        person: member.person,
        partner: Some(member.partner),
        name: member.name,
        role: member.role.as_str(),
        company: member.partner_name,
    });
    Ok(members.chain(staff).collect())
}

/// Signs in as somebody of the demo. Refused wherever a real system is connected.
pub async fn sign_in_as(
    ctx: &Ctx,
    person: PersonId,
    partner: Option<PartnerId>,
) -> Result<String, ServiceError> {
    if !ctx.programme.sandbox {
        return Err(ServiceError::Forbidden);
    }
    let mut tx = ctx.store.write().await?;
    // Another instance, started with other settings, may have connected one since.
    if connections::is_any_real(&mut tx).await? {
        return Err(ServiceError::Forbidden);
    }
    let record = people::find(&mut tx, person)
        .await?
        .ok_or(ServiceError::NotFound)?;
    resolve(&mut tx, &record, partner)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let secret = begin_session(ctx, &mut tx, person, partner).await?;
    tx.commit().await?;
    Ok(secret)
}

async fn begin_session(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    partner: Option<PartnerId>,
) -> Result<String, ServiceError> {
    let token = new_token();
    let now = ctx.now();
    let session = SessionRecord {
        person,
        partner,
        created_at: now,
        seen_at: now,
        expires_at: now.plus_days(if ctx.programme.sandbox {
            SANDBOX_SESSION_DAYS
        } else {
            SESSION_DAYS
        }),
    };
    sessions::add(tx, &token.hash, &session).await?;
    Ok(token.secret)
}

/// Has a link mailed that signs in once. Whether the address is known, the answer does not tell, nor how long it takes, nor what others wait for meanwhile: one job
/// is written, whoever asks, and nobody is looked up.
pub async fn request_link(ctx: &Ctx, email: &str) -> Result<(), ServiceError> {
    let email = Email::parse(email).map_err(|fault| ServiceError::field("email", fault.code))?;
    let email = email.as_str().to_owned();
    outbox::add_alone(ctx, &Job::MailLink { email }).await
}

/// Mails the link, if there is somebody of that address.
pub async fn mail_link(ctx: &Ctx, email: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    if let Some(person) = people::find_by_email(&mut tx, email).await?
        && person.disabled_at.is_none()
    {
        let token = new_token();
        let expires_at = ctx.now().plus_ms(LINK_MINUTES * 60_000);
        sessions::add_link(&mut tx, &token.hash, person.id, ctx.now(), expires_at).await?;
        messages::sign_in_link(ctx, &mut tx, &person, &token.secret).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Uses a link up and starts a session: in the person's first partner, or as staff.
pub async fn use_link(ctx: &Ctx, secret: &str) -> Result<String, ServiceError> {
    let mut tx = ctx.store.write().await?;
    let person = sessions::use_link(&mut tx, &hash_token(secret), ctx.now())
        .await?
        .ok_or(ServiceError::Conflict("link-used-or-expired"))?;
    let secret = begin_session_of(ctx, &mut tx, person).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Starts a session of somebody who proved to be that person.
pub(crate) async fn begin_session_of(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
) -> Result<String, ServiceError> {
    let record = people::find(tx, person)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let memberships = people::list_memberships(tx, person).await?;
    let partner = memberships.first().map(|member| member.partner);
    if partner.is_none() && record.staff_role.is_none() {
        return Err(ServiceError::Forbidden);
    }
    begin_session(
        ctx,
        tx,
        person,
        if record.staff_role.is_some() {
            None
        } else {
            partner
        },
    )
    .await
}

/// The partners that a person can switch between.
pub async fn list_memberships(ctx: &Ctx, actor: &Actor) -> Result<Vec<MemberRecord>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    Ok(people::list_memberships(&mut tx, actor.person()).await?)
}

/// Opens another of the person's partners: a new session takes the old one's place.
pub async fn switch_partner(
    ctx: &Ctx,
    actor: &Actor,
    old_secret: &str,
    partner: PartnerId,
) -> Result<String, ServiceError> {
    let mut tx = ctx.store.write().await?;
    people::find_member(&mut tx, partner, actor.person())
        .await?
        .ok_or(ServiceError::NotFound)?;
    sessions::revoke(&mut tx, &hash_token(old_secret), ctx.now()).await?;
    let secret = begin_session(ctx, &mut tx, actor.person(), Some(partner)).await?;
    tx.commit().await?;
    Ok(secret)
}

pub async fn sign_out(ctx: &Ctx, secret: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    sessions::revoke(&mut tx, &hash_token(secret), ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// The language of a person's pages and mails.
pub async fn set_locale(ctx: &Ctx, actor: &Actor, locale: Locale) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    people::set_locale(&mut tx, actor.person(), locale.as_str()).await?;
    Ok(tx.commit().await?)
}
