//! A partner's own house: its details and its team.

use portal_domain::{
    access::{Action, Actor, MemberRole, Proof},
    ids::{InvitationId, PersonId},
    partner::{Company, CompanyForm, InvitationForm},
    plan::PlanTerms,
    scope::Own,
    text::{Email, parse_line},
};
use portal_store::{
    Across, Tx, audit,
    bounces::BounceRecord,
    directory, known_browsers,
    partners::{self, EnrolmentRecord, PartnerRecord},
    payment_details,
    people::{self, InvitationRecord, MemberRecord, PersonRecord},
    plans, sessions,
};
use portal_words::Locale;
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::{Browser, begin_session, hash_token, new_token, require_partner, sign_on},
    audit::{differences, record},
    messages::{self, Trial},
    people::parse_member_role,
};

const INVITATION_DAYS: i64 = 7;

/// What the company page shows.
#[derive(Clone, Debug)]
pub struct CompanyView {
    pub partner: PartnerRecord,
    /// What became of the last test of where its Slack messages go.
    pub trial: Option<Trial>,
    /// Which of its addresses do not take mail.
    pub bounces: Vec<BounceRecord>,
    pub members: Vec<MemberRecord>,
    pub invitations: Vec<InvitationRecord>,
}

pub async fn read(ctx: &Ctx, actor: &Actor) -> Result<CompanyView, ServiceError> {
    let own = require_partner(actor, Action::ReadLeads)?;
    let mut tx = ctx.store.read().await?;
    view(&mut tx, own).await
}

/// The plan that the member's partner is on today, and what it says of deals won today.
pub async fn find_enrolment(
    ctx: &Ctx,
    actor: &Actor,
) -> Result<Option<(EnrolmentRecord, Option<PlanTerms>)>, ServiceError> {
    let partner = require_partner(actor, Action::ReadLeads)?.partner();
    let mut tx = ctx.store.read().await?;
    let Some(enrolment) = partners::find_enrolment(&mut tx, partner, ctx.today()).await? else {
        return Ok(None);
    };
    let version = plans::find_version_on(&mut tx, enrolment.plan, ctx.today()).await?;
    Ok(Some((enrolment, version.map(|version| version.terms))))
}

pub(crate) async fn view(tx: &mut Tx, own: Own) -> Result<CompanyView, ServiceError> {
    let partner = own.partner();
    let mut view = CompanyView {
        members: people::list_members(tx, partner).await?,
        invitations: people::list_open_invitations(tx, own).await?,
        trial: messages::find_trial_of(tx, partner).await?,
        partner: partners::find_own(tx, own)
            .await?
            .ok_or(ServiceError::NotFound)?,
        bounces: Vec::new(),
    };
    view.bounces = messages::bounces_of(tx, &view).await?;
    Ok(view)
}

/// Changes the company's details, but for its domain: that is what claims are checked against. An owner who could take another one would submit its own company as
/// a client, and would be told which domains are partners'; it asks the vendor, whose staff change it.
///
/// # Errors
/// `domain-by-staff` for another domain than the company has; what is wrong with the form.
pub async fn update(ctx: &Ctx, actor: &Actor, form: &CompanyForm) -> Result<(), ServiceError> {
    let own = require_partner(actor, Action::EditCompany)?;
    let mut tx = ctx.store.write().await?;
    let known = partners::find_own(&mut tx, own)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let domain = known.company.domain.to_string();
    if !form.domain.is_empty() && form.domain != domain {
        return Err(ServiceError::field("domain", "domain-by-staff"));
    }
    let form = CompanyForm {
        domain,
        ..form.clone()
    };
    let company = form.parse().map_err(ServiceError::Invalid)?;
    change(ctx, &mut tx, actor, own, &company).await?;
    Ok(tx.commit().await?)
}

/// The same for a partner's owner and for staff. Statements that were made before stay as they are.
pub(crate) async fn change(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    own: Own,
    company: &Company,
) -> Result<(), ServiceError> {
    let partner = own.partner();
    let before = partners::find_own(tx, own)
        .await?
        .ok_or(ServiceError::NotFound)?;
    match partners::update_company(tx, own, company, ctx.now()).await {
        Err(error) if error.is_duplicate() => {
            return Err(ServiceError::field("domain", "domain-taken"));
        }
        other => other?,
    }
    if !before.company.is_paid_like(company) {
        payment_details::change(tx, partner, actor.person(), ctx.now()).await?;
    }
    let shown = &before.company.slack_channel;
    messages::keep_place(ctx, tx, partner, company, shown).await?;
    let facts = differences(&json!(before.company), &json!(company)).to_string();
    audit::add(
        tx,
        Some(actor.person()),
        "update_company",
        &partner.to_string(),
        &facts,
        ctx.now(),
    )
    .await?;
    Ok(())
}

/// So many invitations are mailed for one partner within a day: each goes to whatever address somebody typed.
const INVITATIONS_A_DAY: i64 = 50;

/// Invites a colleague by mail.
pub async fn invite(ctx: &Ctx, actor: &Actor, form: &InvitationForm) -> Result<(), ServiceError> {
    let own = require_partner(actor, Action::ManageTeam)?;
    let (email, role) = form.parse().map_err(ServiceError::Invalid)?;
    let mut tx = ctx.store.write().await?;
    add_invitation(ctx, &mut tx, actor, own, &email, role).await?;
    Ok(tx.commit().await?)
}

/// Stores the invitation and its mail; for a partner's owner and for staff alike.
pub(crate) async fn add_invitation(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    own: Own,
    email: &Email,
    role: MemberRole,
) -> Result<(), ServiceError> {
    let partner = own.partner();
    let record = partners::find_own(tx, own)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let members = people::list_members(tx, partner).await?;
    if members.iter().any(|member| member.email == email.as_str()) {
        return Err(ServiceError::field("email", "already-member"));
    }
    let now = ctx.now();
    if people::count_invitations(tx, own, now.plus_days(-1)).await? >= INVITATIONS_A_DAY {
        return Err(ServiceError::Conflict("invitations-of-a-day"));
    }
    for earlier in people::list_open_invitations(tx, own).await? {
        if earlier.email == email.as_str() {
            people::revoke_invitation(tx, own, earlier.id, now).await?;
        }
    }
    let token = new_token();
    let invitation = InvitationRecord {
        id: InvitationId::new(ctx.new_id()),
        partner,
        email: email.as_str().to_owned(),
        role,
        expires_at: now.plus_days(INVITATION_DAYS),
        accepted_at: None,
        revoked_at: None,
    };
    people::add_invitation(tx, &invitation, &token.hash, actor.person(), now).await?;
    messages::invitation(ctx, tx, &record, actor, &invitation, &token.secret).await?;
    let facts =
        json!({ "invitation": invitation.id, "role": role, "expires_at": invitation.expires_at })
            .to_string();
    audit::add(
        tx,
        Some(actor.person()),
        "invite_member",
        &partner.to_string(),
        &facts,
        now,
    )
    .await?;
    Ok(())
}

pub async fn revoke_invitation(
    ctx: &Ctx,
    actor: &Actor,
    id: InvitationId,
) -> Result<(), ServiceError> {
    let own = require_partner(actor, Action::ManageTeam)?;
    let mut tx = ctx.store.write().await?;
    let open = people::list_open_invitations(&mut tx, own).await?;
    let open = open.iter().find(|invitation| invitation.id == id);
    let invitation = open.ok_or(ServiceError::NotFound)?;
    let facts =
        json!({ "invitation": id, "role": invitation.role, "expires_at": invitation.expires_at })
            .to_string();
    people::revoke_invitation(&mut tx, own, id, ctx.now()).await?;
    audit::add(
        &mut tx,
        Some(actor.person()),
        "revoke_invitation",
        &own.partner().to_string(),
        &facts,
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// What an invitation's page says before it is accepted.
#[derive(Clone, Debug)]
pub struct Invitation {
    pub partner_name: String,
    pub email: String,
    pub role: MemberRole,
    /// Whether the portal knows the person already, and so needs no name.
    pub known: bool,
}

pub async fn find_invitation(ctx: &Ctx, secret: &str) -> Result<Invitation, ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).read().await?;
    let record = usable_invitation(ctx, &mut tx, secret).await?;
    let partner = partners::find(&mut tx, record.partner)
        .await?
        .ok_or(ServiceError::NotFound)?;
    Ok(Invitation {
        partner_name: partner.company.name,
        known: people::find_by_email(&mut tx, &record.email)
            .await?
            .is_some(),
        email: record.email,
        role: record.role,
    })
}

async fn usable_invitation(
    ctx: &Ctx,
    tx: &mut Tx,
    secret: &str,
) -> Result<InvitationRecord, ServiceError> {
    people::find_invitation(tx, &hash_token(secret))
        .await?
        .filter(|record| {
            record.accepted_at.is_none()
                && record.revoked_at.is_none()
                && record.expires_at > ctx.now()
        })
        .ok_or(ServiceError::Conflict("invitation-used-or-expired"))
}

/// Accepts an invitation, once. The mail's link is the proof of the address, and of no more: whoever has been here before signs in as always, and somebody new begins
/// a session in which a second proof is set up; answers its secret then.
pub async fn accept_invitation(
    ctx: &Ctx,
    secret: &str,
    name: &str,
    locale: Locale,
    browser: &Browser,
) -> Result<Option<String>, ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let record = usable_invitation(ctx, &mut tx, secret).await?;
    if people::accept_invitation(&mut tx, record.id, ctx.now()).await? == 0 {
        return Err(ServiceError::Conflict("invitation-used-or-expired"));
    }
    let known = people::find_by_email(&mut tx, &record.email).await?;
    let (person, is_new) = match known {
        Some(person) if person.disabled_at.is_some() => {
            return Err(ServiceError::Conflict("invitation-used-or-expired"));
        }
        Some(person) => (person.id, false),
        None => (
            add_person(ctx, &mut tx, &record.email, name, locale).await?,
            true,
        ),
    };
    people::add_member(&mut tx, record.partner, person, record.role, ctx.now()).await?;
    let facts =
        json!({ "invitation": record.id, "role": record.role, "is_new": is_new }).to_string();
    audit::add(
        &mut tx,
        Some(person),
        "join_partner",
        &record.partner.to_string(),
        &facts,
        ctx.now(),
    )
    .await?;
    let place = Some(record.partner);
    let by_provider = sign_on::is_only_way(&mut tx, &record.email, place).await?;
    let session = if is_new && !by_provider {
        Some(begin_session(ctx, &mut tx, person, place, Proof::Link, browser).await?)
    } else {
        None
    };
    tx.commit().await?;
    Ok(session)
}

async fn add_person(
    ctx: &Ctx,
    tx: &mut Tx,
    email: &str,
    name: &str,
    locale: Locale,
) -> Result<PersonId, ServiceError> {
    let name = parse_line(name, 120).map_err(|fault| ServiceError::field("name", fault.code))?;
    let person = PersonRecord {
        id: PersonId::new(ctx.new_id()),
        email: email.to_owned(),
        name,
        locale: locale.as_str().to_owned(),
        staff_role: None,
        disabled_at: None,
    };
    people::add(tx, &person, ctx.now()).await?;
    Ok(person.id)
}

/// Removes a colleague, whose sessions there end at once. In which browsers it is known is its own elsewhere, and is forgotten only with its last place: an owner must
/// not take that from whoever works for others too. The last owner stays: somebody must hold the key.
pub async fn remove_member(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), ServiceError> {
    let own = require_partner(actor, Action::ManageTeam)?;
    let partner = own.partner();
    let mut tx = ctx.store.write().await?;
    let member = lock_member(&mut tx, own, person).await?;
    check_owner_stays(&mut tx, &member).await?;
    people::remove_member(&mut tx, own, person, ctx.now()).await?;
    sessions::revoke_of_member(&mut tx, own, person, ctx.now()).await?;
    tx.across(Across::SignIn).await?;
    known_browsers::remove_of_nobody(&mut tx, person).await?;
    tx.within().await?;
    let facts =
        json!({ "person": person, "role": { "before": member.role, "after": null } }).to_string();
    audit::add(
        &mut tx,
        Some(actor.person()),
        "remove_member",
        &partner.to_string(),
        &facts,
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Gives a colleague another role.
///
/// # Errors
/// `last-owner`.
pub async fn change_role(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    role: &str,
) -> Result<(), ServiceError> {
    let own = require_partner(actor, Action::ManageTeam)?;
    set_role(ctx, actor, own, person, parse_member_role(role)?).await
}

/// The same for a partner's owner and for staff: the member's sessions there end. The role that it has is no change.
pub(crate) async fn set_role(
    ctx: &Ctx,
    actor: &Actor,
    own: Own,
    person: PersonId,
    role: MemberRole,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let member = lock_member(&mut tx, own, person).await?;
    if member.role == role {
        return Ok(());
    }
    check_owner_stays(&mut tx, &member).await?;
    directory::set_member_role(&mut tx, own, person, role).await?;
    sessions::revoke_of_member(&mut tx, own, person, ctx.now()).await?;
    let facts = json!({ "person": person, "before": member.role, "after": role });
    let subject = own.partner();
    record(ctx, &mut tx, actor, "change_member_role", subject, &facts).await?;
    Ok(tx.commit().await?)
}

/// A member, once nobody else can change the team: two owners cannot take each other's role away.
pub(crate) async fn lock_member(
    tx: &mut Tx,
    own: Own,
    person: PersonId,
) -> Result<MemberRecord, ServiceError> {
    lock_team(tx, own).await?;
    let member = people::find_member(tx, own.partner(), person).await?;
    member.ok_or(ServiceError::NotFound)
}

pub(crate) async fn lock_team(tx: &mut Tx, own: Own) -> Result<(), ServiceError> {
    Ok(tx.lock(&format!("team:{}", own.partner())).await?)
}

/// Nobody is the last owner who is none any more.
async fn check_owner_stays(tx: &mut Tx, member: &MemberRecord) -> Result<(), ServiceError> {
    if member.role != MemberRole::Owner {
        return Ok(());
    }
    let members = people::list_members(tx, member.partner).await?;
    let is_other =
        |other: &MemberRecord| other.person != member.person && other.role == MemberRole::Owner;
    if members.iter().any(is_other) {
        Ok(())
    } else {
        Err(ServiceError::Conflict("last-owner"))
    }
}
