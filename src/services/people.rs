//! The directory: everybody who can sign in, who may change that, and what happens then. A role that changes and a person who is disabled end all sessions of
//! that person in the same transaction, so that open pages and their streams end too.

use portal_domain::{
    access::{Action, Actor, MemberRole, StaffRole},
    colleague::{ColleagueForm, REASON_LENGTH_MAX},
    ids::{PartnerId, PersonId},
    text::parse_line,
};
use portal_store::{
    Tx,
    directory::{self, EntryRecord, PlaceRecord},
    known_browsers,
    people::{self, PersonRecord},
    sessions,
};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::{hold, require_staff, require_staff_scope},
    audit::record,
    company, messages,
};

/// How many members of partners a search shows.
pub const FOUND_MAX: i64 = 50;

/// A person, with the partners that it belongs to.
#[derive(Clone, Debug)]
pub struct PersonView {
    pub entry: EntryRecord,
    pub places: Vec<PlaceRecord>,
}

/// What the directory shows: all of the vendor's people, and the members of partners that were looked for.
#[derive(Clone, Debug)]
pub struct Directory {
    pub staff: Vec<PersonView>,
    pub members: Vec<PersonView>,
}

/// Members are shown only to whoever looks for some: there are thousands.
pub async fn list(ctx: &Ctx, actor: &Actor, search: &str) -> Result<Directory, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let staff = directory::list_staff(&mut tx).await?;
    let members = if search.trim().is_empty() {
        Vec::new()
    } else {
        directory::search_members(&mut tx, search, FOUND_MAX).await?
    };
    Ok(Directory {
        staff: with_places(&mut tx, staff).await?,
        members: with_places(&mut tx, members).await?,
    })
}

async fn with_places(
    tx: &mut Tx,
    entries: Vec<EntryRecord>,
) -> Result<Vec<PersonView>, ServiceError> {
    let ids: Vec<PersonId> = entries.iter().map(|entry| entry.id).collect();
    let places = directory::list_places(tx, &ids).await?;
    let of = |person| {
        let mine = places.iter().filter(|place| place.person == person);
        mine.cloned().collect()
    };
    let views = entries.into_iter().map(|entry| PersonView {
        places: of(entry.id),
        entry,
    });
    Ok(views.collect())
}

/// One person, and why its role or its access cannot be taken away just now, if it cannot: a key of the catalogues.
pub async fn find(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
) -> Result<(PersonView, Option<&'static str>), ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let entry = find_entry(&mut tx, person).await?;
    let stays = check_removable(&mut tx, &entry).await.err();
    let mut views = with_places(&mut tx, vec![entry]).await?;
    let view = views.pop().ok_or(ServiceError::NotFound)?;
    match stays {
        None => Ok((view, None)),
        Some(ServiceError::Conflict(code)) => Ok((view, Some(code))),
        Some(error) => Err(error),
    }
}

/// Adds somebody at the vendor, who is told by mail where to sign in: the link that does it is mailed to whoever asks for it there.
///
/// # Errors
/// What is wrong with the form; `person-known` for an address that somebody has already.
pub async fn add_colleague(
    ctx: &Ctx,
    actor: &Actor,
    form: &ColleagueForm,
) -> Result<PersonId, ServiceError> {
    require_staff(actor, Action::ManagePeople)?;
    let colleague = form.parse().map_err(ServiceError::Invalid)?;
    let mut tx = ctx.store.write().await?;
    let email = colleague.email.as_str();
    if people::find_by_email(&mut tx, email).await?.is_some() {
        return Err(ServiceError::field("email", "person-known"));
    }
    let inviter = people::find(&mut tx, actor.person())
        .await?
        .ok_or(ServiceError::NotFound)?;
    let person = PersonRecord {
        id: PersonId::new(ctx.new_id()),
        email: email.to_owned(),
        name: colleague.name,
        locale: inviter.locale.clone(),
        staff_role: Some(colleague.role),
        disabled_at: None,
    };
    people::add(&mut tx, &person, ctx.now()).await?;
    messages::welcome(ctx, &mut tx, &person, &inviter.name).await?;
    let facts = json!({ "email": person.email, "role": colleague.role });
    record(ctx, &mut tx, actor, "add_person", person.id, &facts).await?;
    tx.commit().await?;
    Ok(person.id)
}

/// Gives a colleague another role, whose sessions end. The one that it has is no change.
///
/// # Errors
/// `last-administrator`; `NotFound` for whoever has no role at the vendor.
pub async fn change_role(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    role: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::ManagePeople)?;
    let role = StaffRole::parse(role).ok_or_else(|| ServiceError::field("role", "choose-one"))?;
    let mut tx = ctx.store.write().await?;
    lock(&mut tx).await?;
    let entry = find_entry(&mut tx, person).await?;
    let before = entry.staff_role.ok_or(ServiceError::NotFound)?;
    if before == role {
        return Ok(());
    }
    check_removable(&mut tx, &entry).await?;
    directory::set_staff_role(&mut tx, person, role).await?;
    sessions::revoke_of(&mut tx, person, None, ctx.now()).await?;
    let facts = json!({ "email": entry.email, "before": before, "after": role });
    record(ctx, &mut tx, actor, "change_role", person, &facts).await?;
    Ok(tx.commit().await?)
}

/// Gives a member of a partner another role there, for its owners.
///
/// # Errors
/// `last-owner`.
pub async fn change_member_role(
    ctx: &Ctx,
    actor: &Actor,
    partner: PartnerId,
    person: PersonId,
    role: &str,
) -> Result<(), ServiceError> {
    let scope = require_staff_scope(actor, Action::ManagePeople)?;
    let own = scope.admit(partner, None).ok_or(ServiceError::NotFound)?;
    company::set_role(ctx, actor, own, person, parse_member_role(role)?).await
}

/// A role of partners, as a form sends it.
pub(crate) fn parse_member_role(role: &str) -> Result<MemberRole, ServiceError> {
    MemberRole::parse(role).ok_or_else(|| ServiceError::field("role", "choose-one"))
}

/// Somebody cannot sign in any more, and is signed out everywhere at once. Whoever is disabled stays so for the first reason.
///
/// # Errors
/// `not-yourself`; `last-administrator`; what is wrong with the reason.
pub async fn disable(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    reason: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::ManagePeople)?;
    let reason = parse_line(reason, REASON_LENGTH_MAX)
        .map_err(|fault| ServiceError::field("reason", fault.code))?;
    if person == actor.person() {
        return Err(ServiceError::Conflict("not-yourself"));
    }
    let mut tx = ctx.store.write().await?;
    lock(&mut tx).await?;
    let entry = find_entry(&mut tx, person).await?;
    if entry.disabled_at.is_some() {
        return Ok(());
    }
    check_removable(&mut tx, &entry).await?;
    hold(&mut tx, person).await?;
    let now = ctx.now();
    directory::disable(&mut tx, person, actor.person(), &reason, now).await?;
    sessions::revoke_of(&mut tx, person, None, now).await?;
    known_browsers::remove_of(&mut tx, person, None).await?;
    let facts =
        json!({ "email": entry.email, "reason": reason, "before": "enabled", "after": "disabled" });
    record(ctx, &mut tx, actor, "disable_person", person, &facts).await?;
    Ok(tx.commit().await?)
}

/// Somebody who was disabled can sign in again, with the role and the proofs from before.
pub async fn enable(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), ServiceError> {
    require_staff(actor, Action::ManagePeople)?;
    let mut tx = ctx.store.write().await?;
    lock(&mut tx).await?;
    let entry = find_entry(&mut tx, person).await?;
    if entry.disabled_at.is_none() {
        return Ok(());
    }
    directory::enable(&mut tx, person).await?;
    let facts = json!({
        "email": entry.email,
        "disabled_for": entry.disabled_reason,
        "before": "disabled",
        "after": "enabled",
    });
    record(ctx, &mut tx, actor, "enable_person", person, &facts).await?;
    Ok(tx.commit().await?)
}

/// First in every transaction that changes who may sign in as what: two administrators cannot take each other's role away.
pub(crate) async fn lock(tx: &mut Tx) -> Result<(), ServiceError> {
    Ok(tx.lock("staff").await?)
}

async fn find_entry(tx: &mut Tx, person: PersonId) -> Result<EntryRecord, ServiceError> {
    let entry = directory::find(tx, person).await?;
    entry.ok_or(ServiceError::NotFound)
}

/// The last administrator stays one: nobody else could let anybody in.
async fn check_removable(tx: &mut Tx, entry: &EntryRecord) -> Result<(), ServiceError> {
    if entry.staff_role != Some(StaffRole::Administrator) || entry.disabled_at.is_some() {
        return Ok(());
    }
    let others = people::list_staff(tx).await?;
    let is_other = |other: &PersonRecord| {
        other.id != entry.id && other.staff_role == Some(StaffRole::Administrator)
    };
    if others.iter().any(is_other) {
        Ok(())
    } else {
        Err(ServiceError::Conflict("last-administrator"))
    }
}
