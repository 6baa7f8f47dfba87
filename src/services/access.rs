//! Signing in and being somebody: sessions, and who acts. Tokens are random, and only their hashes are kept.
//!
//! A mailed link proves a mailbox, and opens nothing but the way to a second proof: a passkey, a code of an authenticator app, or a recovery code. Whoever has none
//! yet sets one up there.

pub mod authenticator;
pub mod known;
pub mod links;
pub mod passkeys;
pub mod proofs;
pub mod recovery;
pub mod reset;
pub mod sessions;
pub mod sign_on;

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use portal_domain::{
    access::{Action, Actor, MemberRole, Proof, Reach, StaffRole, can},
    calendar::Timestamp,
    ids::{PartnerId, PersonId, SessionId},
    scope::{Own, Scope, sees_all},
};
use portal_store::{
    Across, Tx, connections,
    people::{self, MemberRecord, PersonRecord},
    sessions::{self as stored, SessionRecord},
};
use portal_words::Locale;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{Ctx, ServiceError, audit, context::random, reach};

const SESSION_DAYS: i64 = 14;
/// The sandbox's clock is moved on by months: nobody should have to sign in again for that.
const SANDBOX_SESSION_DAYS: i64 = 3_650;
/// For how long a second proof may be given after the link was used.
const PENDING_MINUTES: i64 = 15;
/// A session that nobody uses ends after so long: the vendor's people see everybody's money.
const STAFF_IDLE_MS: i64 = 12 * 3_600_000;
const MEMBER_IDLE_MS: i64 = 3 * 24 * 3_600_000;
/// What another company said of somebody holds for so long.
const SIGN_ON_HOURS: i64 = 12;
/// A session's last use is written at most this often.
const TOUCH_MS: i64 = 60_000;

/// The browser that somebody signs in with.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// What it is, in a few words.
    pub device: String,
    /// The session that it has, which the new one takes the place of.
    pub secret: Option<String>,
    /// What it holds since somebody has signed in there (`known`).
    pub known: Option<String>,
}

impl Browser {
    fn known_hash(&self) -> Option<String> {
        self.known.as_deref().map(hash_token)
    }
}

/// What a browser is handed in which somebody has signed in to the end.
pub struct Opened {
    /// Of the new session.
    pub secret: String,
    /// What it is known by from now on.
    pub known: String,
}

/// A secret that is handed to a browser or a mail once, and the hash that is kept.
pub struct Token {
    pub secret: String,
    pub hash: String,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
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

/// Random letters and digits that a person may have to type.
fn random_letters<const LENGTH: usize>() -> String {
    totp_rs::Secret::from(random::<LENGTH>().to_vec()).to_base32()
}

/// A long text in groups of four, as a person reads it.
fn in_groups(text: &str, between: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups = letters.chunks(4).map(|group| group.iter().collect());
    groups.collect::<Vec<String>>().join(between)
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

/// The partner that a member acts for, as a whole; staff act for none. Sums of a partner's money, and what lists it, say something of everybody's leads: who sees
/// its own alone does not see them.
pub fn require_partner(actor: &Actor, action: Action) -> Result<Own, ServiceError> {
    require(actor, action)?;
    if action == Action::ReadMoney && !sees_all(actor) {
        return Err(ServiceError::Forbidden);
    }
    Own::of(actor).ok_or(ServiceError::Forbidden)
}

/// For what only staff may do, in the whole network: who sees its own partners alone is refused, where nothing is narrowed to them.
pub fn require_staff(actor: &Actor, action: Action) -> Result<(), ServiceError> {
    require_staff_scope(actor, action)?;
    if sees_all(actor) {
        Ok(())
    } else {
        Err(ServiceError::Forbidden)
    }
}

/// What a member may see of its partner's leads and of what came of them.
pub fn require_member_scope(actor: &Actor, action: Action) -> Result<Scope, ServiceError> {
    require(actor, action)?;
    match actor {
        Actor::Member { .. } => Ok(Scope::of(actor)),
        Actor::Staff { .. } => Err(ServiceError::Forbidden),
    }
}

/// What somebody of the staff may see of the network.
pub fn require_staff_scope(actor: &Actor, action: Action) -> Result<Scope, ServiceError> {
    require(actor, action)?;
    match actor {
        Actor::Staff { .. } => Ok(Scope::of(actor)),
        Actor::Member { .. } => Err(ServiceError::Forbidden),
    }
}

/// What both sides see, each as far as it may see it.
pub fn require_either_scope(
    actor: &Actor,
    member: Action,
    staff: Action,
) -> Result<Scope, ServiceError> {
    match actor {
        Actor::Member { .. } => require_member_scope(actor, member),
        Actor::Staff { .. } => require_staff_scope(actor, staff),
    }
}

/// The session that a browser's token belongs to, if enough was proved in it. Roles are read afresh each time, so what was taken away is gone at once.
pub async fn find_session(ctx: &Ctx, secret: &str) -> Result<Option<Session>, ServiceError> {
    let now = ctx.now();
    let mut tx = ctx.store.across(Across::SignIn).read().await?;
    let Some((record, person)) = find_live(ctx, &mut tx, secret).await? else {
        return Ok(None);
    };
    if !record.proof.opens() {
        return Ok(None);
    }
    let session = resolve(&mut tx, &person, &record).await?;
    drop(tx);
    if session.is_some() && now.0 - record.seen_at.0 > TOUCH_MS {
        let mut tx = ctx.store.across(Across::SignIn).write().await?;
        stored::touch(&mut tx, record.id, now).await?;
        tx.commit().await?;
    }
    Ok(session)
}

/// A session that is still good, whatever was proved in it.
async fn find_live(
    ctx: &Ctx,
    tx: &mut Tx,
    secret: &str,
) -> Result<Option<(SessionRecord, PersonRecord)>, ServiceError> {
    let Some(record) = stored::find(tx, &hash_token(secret), ctx.now()).await? else {
        return Ok(None);
    };
    if is_idle(ctx, &record) || !is_of_now(ctx, tx, &record).await? {
        return Ok(None);
    }
    let person = people::find(tx, record.person).await?;
    Ok(person.map(|person| (record, person)))
}

/// The same for whoever goes on to begin another session or to change with what its person gets in, once nobody else does.
async fn find_held(
    ctx: &Ctx,
    tx: &mut Tx,
    secret: &str,
) -> Result<Option<(SessionRecord, PersonRecord)>, ServiceError> {
    let Some((session, _)) = find_live(ctx, tx, secret).await? else {
        return Ok(None);
    };
    hold(tx, session.person).await?;
    find_live(ctx, tx, secret).await
}

/// Makes everybody else who begins a session of a person by what it proves itself with, or changes that, wait until this transaction ends. So what is under way while
/// a person is reset, disabled or signed out has come to its end before, and is ended with the rest; or it comes after, and finds nothing of what it began with.
pub(crate) async fn hold(tx: &mut Tx, person: PersonId) -> Result<(), ServiceError> {
    Ok(tx.lock(&format!("proofs:{person}")).await?)
}

/// Whether nobody has used a session for too long. The sandbox's clock leaps, and nobody's absence is meant by that.
fn is_idle(ctx: &Ctx, session: &SessionRecord) -> bool {
    let idle_ms = match session.partner {
        Some(_) => MEMBER_IDLE_MS,
        None => STAFF_IDLE_MS,
    };
    !ctx.programme.sandbox && ctx.now() >= session.seen_at.plus_ms(idle_ms)
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
    let mut tx = ctx.store.across(Across::SignIn).read().await?;
    let mut standing = HashMap::new();
    let managers = reach::of_managers(&mut tx).await?;
    for found in stored::list_standing(&mut tx, token_hashes, ctx.now()).await? {
        let (person, partner) = (found.session.person, found.session.partner);
        let member = found.member_role.zip(found.sales_reach);
        let staff = found.staff_role.map(|role| (role, managers));
        if let Some(actor) = actor_in(person, partner, member, staff)
            && found.session.proof.opens()
            && !is_idle(ctx, &found.session)
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
    session: &SessionRecord,
) -> Result<Option<Session>, ServiceError> {
    let Some((actor, partner_name)) = find_actor(tx, person, session.partner).await? else {
        return Ok(None);
    };
    Ok(Some(Session {
        id: session.id,
        actor,
        name: person.name.clone(),
        email: person.email.clone(),
        locale: Locale::parse(&person.locale).unwrap_or(Locale::En),
        partner_name,
    }))
}

/// Who somebody is in a partner, with its name, or at the vendor.
async fn find_actor(
    tx: &mut Tx,
    person: &PersonRecord,
    partner: Option<PartnerId>,
) -> Result<Option<(Actor, Option<String>)>, ServiceError> {
    let member = match partner {
        Some(partner) => people::find_member(tx, partner, person.id).await?,
        None => None,
    };
    let role = member
        .as_ref()
        .map(|member| (member.role, member.sales_reach));
    let staff = match person.staff_role {
        Some(role) => Some((role, reach::of_managers(tx).await?)),
        None => None,
    };
    let actor = actor_in(person.id, partner, role, staff);
    Ok(actor.map(|actor| (actor, member.map(|member| member.partner_name))))
}

/// Whoever has no role where its session is acts there no more.
fn actor_in(
    person: PersonId,
    partner: Option<PartnerId>,
    member: Option<(MemberRole, Reach)>,
    staff: Option<(StaffRole, Reach)>,
) -> Option<Actor> {
    match partner {
        Some(partner) => member.map(|(role, reach)| Actor::Member {
            person,
            partner,
            role,
            reach,
        }),
        None => staff.map(|(role, reach)| Actor::Staff {
            person,
            role,
            reach,
        }),
    }
}

/// Whom the demo offers: nobody, unless everything outside is the sandbox.
pub async fn list_choices(ctx: &Ctx) -> Result<Vec<Choice>, ServiceError> {
    if !ctx.programme.sandbox {
        return Ok(Vec::new());
    }
    let mut tx = ctx.store.across(Across::SignIn).read().await?;
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
    browser: &Browser,
) -> Result<String, ServiceError> {
    if !ctx.programme.sandbox {
        return Err(ServiceError::Forbidden);
    }
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    // Another instance, started with other settings, may have connected one since.
    if connections::is_any_real(&mut tx).await? {
        return Err(ServiceError::Forbidden);
    }
    let record = people::find(&mut tx, person)
        .await?
        .ok_or(ServiceError::NotFound)?;
    find_actor(&mut tx, &record, partner)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let secret = begin_session(ctx, &mut tx, person, partner, Proof::Demo, browser).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Signs in whoever gave a proof of its own, in a browser that is known from then on. What a provider says makes none known, as it is believed for one place alone, and
/// the browsers are the person's everywhere; nor does the demo.
async fn complete_sign_in(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    partner: Option<PartnerId>,
    proof: Proof,
    browser: &Browser,
) -> Result<Opened, ServiceError> {
    Ok(Opened {
        secret: begin_session(ctx, tx, person, partner, proof, browser).await?,
        known: known::remember(ctx, tx, person, browser).await?,
    })
}

/// What somebody proved, and when, as far as that is known.
#[derive(Clone, Copy)]
struct Proved {
    proof: Proof,
    at: Option<Timestamp>,
}

/// Begins a session of somebody who has just proved that much, in the place of the one that the browser had, and notes with which proof.
pub(crate) async fn begin_session(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    partner: Option<PartnerId>,
    proof: Proof,
    browser: &Browser,
) -> Result<String, ServiceError> {
    let proved = Proved {
        proof,
        at: Some(ctx.now()),
    };
    begin_session_after(ctx, tx, person, partner, proved, browser).await
}

/// The same of somebody who proved it at another time.
async fn begin_session_after(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    partner: Option<PartnerId>,
    proved: Proved,
    browser: &Browser,
) -> Result<String, ServiceError> {
    let secret = open_session(ctx, tx, person, partner, proved, browser).await?;
    let proof = proved.proof;
    let act = if proof.opens() { "sign_in" } else { "use_link" };
    let facts = json!({ "proof": proof, "partner": partner, "device": browser.device });
    proofs::note(ctx, tx, person, act, &facts).await?;
    Ok(secret)
}

async fn open_session(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    partner: Option<PartnerId>,
    proved: Proved,
    browser: &Browser,
) -> Result<String, ServiceError> {
    let proof = proved.proof;
    sign_on::check_way(tx, person, partner, proof).await?;
    let now = ctx.now();
    if let Some(before) = &browser.secret {
        stored::revoke(tx, &hash_token(before), now).await?;
    }
    let token = new_token();
    let session = SessionRecord {
        id: SessionId::new(ctx.new_id()),
        person,
        partner,
        proof,
        proved_at: proved.at,
        device: browser.device.clone(),
        created_at: now,
        seen_at: now,
        expires_at: if !proof.opens() {
            now.plus_ms(PENDING_MINUTES * 60_000)
        } else if proof == Proof::SignOn {
            now.plus_ms(SIGN_ON_HOURS * 3_600_000)
        } else if ctx.programme.sandbox {
            now.plus_days(SANDBOX_SESSION_DAYS)
        } else {
            now.plus_days(SESSION_DAYS)
        },
    };
    stored::add(tx, &token.hash, &session).await?;
    Ok(token.secret)
}

/// Where somebody begins: at the vendor, or in its first partner.
async fn first_place(
    tx: &mut Tx,
    person: &PersonRecord,
) -> Result<Option<PartnerId>, ServiceError> {
    if person.staff_role.is_some() {
        return Ok(None);
    }
    let memberships = people::list_memberships(tx, person.id).await?;
    let first = memberships.first().ok_or(ServiceError::Forbidden)?;
    Ok(Some(first.partner))
}

/// The partners that a person can switch between.
pub async fn list_memberships(ctx: &Ctx, actor: &Actor) -> Result<Vec<MemberRecord>, ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).read().await?;
    Ok(people::list_memberships(&mut tx, actor.person()).await?)
}

/// Opens another of the person's partners: a new session takes the old one's place.
pub async fn switch_partner(
    ctx: &Ctx,
    partner: PartnerId,
    browser: &Browser,
) -> Result<String, ServiceError> {
    let secret = browser.secret.as_deref().unwrap_or_default();
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let (session, person) = find_held(ctx, &mut tx, secret)
        .await?
        .filter(|(session, _)| session.proof.opens())
        .ok_or(ServiceError::Unauthenticated)?;
    people::find_member(&mut tx, partner, person.id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    // One company's provider opens nothing of another's.
    if session.proof == Proof::SignOn {
        return Err(ServiceError::Conflict("sign-on-elsewhere"));
    }
    // Nothing is proved by it.
    let proved = Proved {
        proof: session.proof,
        at: session.proved_at,
    };
    let (person, before) = (person.id, session.partner);
    let secret = open_session(ctx, &mut tx, person, Some(partner), proved, browser).await?;
    let facts = audit::changes([("partner", json!(before), json!(partner))]);
    proofs::note(ctx, &mut tx, person, "switch_partner", &facts).await?;
    tx.commit().await?;
    Ok(secret)
}

pub async fn sign_out(ctx: &Ctx, secret: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    if let Some((session, person)) = find_live(ctx, &mut tx, secret).await? {
        let facts = json!({ "session": session.id });
        proofs::note(ctx, &mut tx, person.id, "sign_out", &facts).await?;
    }
    stored::revoke(&mut tx, &hash_token(secret), ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// The language of a person's pages and mails.
pub async fn set_locale(ctx: &Ctx, actor: &Actor, locale: Locale) -> Result<(), ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    people::set_locale(&mut tx, actor.person(), locale.as_str()).await?;
    Ok(tx.commit().await?)
}
