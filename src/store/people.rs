//! People, their membership of partners, and invitations.

use portal_domain::{
    access::{MemberRole, Reach, StaffRole},
    calendar::Timestamp,
    ids::{InvitationId, PartnerId, PersonId},
    scope::Own,
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, execute_one, number, row, rows, sql},
};

/// A human being who can sign in.
#[derive(Clone, Debug)]
pub struct PersonRecord {
    pub id: PersonId,
    pub email: String,
    pub name: String,
    pub locale: String,
    pub staff_role: Option<StaffRole>,
    pub disabled_at: Option<Timestamp>,
}

/// A person's place in a partner.
#[derive(Clone, Debug)]
pub struct MemberRecord {
    pub partner: PartnerId,
    pub partner_name: String,
    pub person: PersonId,
    pub name: String,
    pub email: String,
    pub locale: String,
    pub role: MemberRole,
    /// Which leads the partner's sales people see.
    pub sales_reach: Reach,
    pub joined_at: Timestamp,
}

/// An invitation that was sent.
#[derive(Clone, Debug)]
pub struct InvitationRecord {
    pub id: InvitationId,
    pub partner: PartnerId,
    pub email: String,
    pub role: MemberRole,
    pub expires_at: Timestamp,
    pub accepted_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

const PERSON: &str = "SELECT id, email, name, locale, staff_role, disabled_at FROM people";

fn read_person(row: &AnyRow) -> Result<PersonRecord, StoreError> {
    Ok(PersonRecord {
        id: row.parsed("id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        locale: row.text("locale")?,
        staff_role: row.optional_word("staff_role", StaffRole::parse)?,
        disabled_at: row.optional_instant("disabled_at")?,
    })
}

pub async fn add(tx: &mut Tx, person: &PersonRecord, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO people (id, email, name, locale, staff_role, disabled_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        person.id,
        person.email,
        person.name,
        person.locale,
        person.staff_role,
        person.disabled_at,
        now,
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: PersonId) -> Result<Option<PersonRecord>, StoreError> {
    let sql = sql!(PERSON, " WHERE id = $1");
    row!(tx, sql, id)?.as_ref().map(read_person).transpose()
}

pub async fn find_by_email(tx: &mut Tx, email: &str) -> Result<Option<PersonRecord>, StoreError> {
    let sql = sql!(PERSON, " WHERE email = $1");
    row!(tx, sql, email)?.as_ref().map(read_person).transpose()
}

/// Everybody with a staff role, by name.
pub async fn list_staff(tx: &mut Tx) -> Result<Vec<PersonRecord>, StoreError> {
    let sql = sql!(
        PERSON,
        " WHERE staff_role IS NOT NULL AND disabled_at IS NULL ORDER BY name"
    );
    all(&rows!(tx, sql)?, read_person)
}

pub async fn set_locale(tx: &mut Tx, id: PersonId, locale: &str) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "person",
        "UPDATE people SET locale = $2 WHERE id = $1",
        id,
        locale
    )
}

const MEMBER: &str = "SELECT members.partner_id, partners.name AS partner_name, members.person_id, people.name, people.email, people.locale,
        members.role, partners.sales_reach, members.joined_at
    FROM members
    JOIN people ON people.id = members.person_id
    JOIN partners ON partners.id = members.partner_id
    WHERE members.removed_at IS NULL AND people.disabled_at IS NULL";

fn read_member(row: &AnyRow) -> Result<MemberRecord, StoreError> {
    Ok(MemberRecord {
        partner: row.parsed("partner_id")?,
        partner_name: row.text("partner_name")?,
        person: row.parsed("person_id")?,
        name: row.text("name")?,
        email: row.text("email")?,
        locale: row.text("locale")?,
        role: row.word("role", MemberRole::parse)?,
        sales_reach: row.word("sales_reach", Reach::parse)?,
        joined_at: row.instant("joined_at")?,
    })
}

/// Adds a member, or takes back one who had been removed.
pub async fn add_member(
    tx: &mut Tx,
    partner: PartnerId,
    person: PersonId,
    role: MemberRole,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO members (partner_id, person_id, role, joined_at, removed_at) VALUES ($1, $2, $3, $4, NULL)
         ON CONFLICT (partner_id, person_id) DO UPDATE SET role = excluded.role, joined_at = excluded.joined_at, removed_at = NULL",
        partner,
        person,
        role,
        now,
    )?;
    Ok(())
}

pub async fn find_member(
    tx: &mut Tx,
    partner: PartnerId,
    person: PersonId,
) -> Result<Option<MemberRecord>, StoreError> {
    let sql = sql!(
        MEMBER,
        " AND members.partner_id = $1 AND members.person_id = $2"
    );
    row!(tx, sql, partner, person)?
        .as_ref()
        .map(read_member)
        .transpose()
}

pub async fn list_members(
    tx: &mut Tx,
    partner: PartnerId,
) -> Result<Vec<MemberRecord>, StoreError> {
    let sql = sql!(
        MEMBER,
        " AND members.partner_id = $1 ORDER BY people.name, people.id"
    );
    all(&rows!(tx, sql, partner)?, read_member)
}

/// All partners that a person belongs to.
pub async fn list_memberships(
    tx: &mut Tx,
    person: PersonId,
) -> Result<Vec<MemberRecord>, StoreError> {
    let sql = sql!(MEMBER, " AND members.person_id = $1 ORDER BY partners.name");
    all(&rows!(tx, sql, person)?, read_member)
}

/// Members of all partners, for the demo's list of people to sign in as.
pub async fn list_all_members(tx: &mut Tx, limit: i64) -> Result<Vec<MemberRecord>, StoreError> {
    let sql = sql!(
        MEMBER,
        " ORDER BY partners.created_at, partners.id, people.name LIMIT $1"
    );
    all(&rows!(tx, sql, limit)?, read_member)
}

pub async fn remove_member(
    tx: &mut Tx,
    own: Own,
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "member",
        "UPDATE members SET removed_at = $3 WHERE partner_id = $1 AND person_id = $2 AND removed_at IS NULL",
        own.partner(),
        person,
        now,
    )
}

const INVITATION: &str =
    "SELECT id, partner_id, email, role, expires_at, accepted_at, revoked_at FROM invitations";

fn read_invitation(row: &AnyRow) -> Result<InvitationRecord, StoreError> {
    Ok(InvitationRecord {
        id: row.parsed("id")?,
        partner: row.parsed("partner_id")?,
        email: row.text("email")?,
        role: row.word("role", MemberRole::parse)?,
        expires_at: row.instant("expires_at")?,
        accepted_at: row.optional_instant("accepted_at")?,
        revoked_at: row.optional_instant("revoked_at")?,
    })
}

pub async fn add_invitation(
    tx: &mut Tx,
    invitation: &InvitationRecord,
    token_hash: &str,
    invited_by: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO invitations (id, partner_id, email, role, token_hash, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        invitation.id,
        invitation.partner,
        invitation.email,
        invitation.role,
        token_hash,
        invited_by,
        now,
        invitation.expires_at,
    )?;
    Ok(())
}

/// How many invitations were mailed for a partner after an instant, those taken back too.
pub async fn count_invitations(tx: &mut Tx, own: Own, since: Timestamp) -> Result<i64, StoreError> {
    number!(
        tx,
        "SELECT COUNT(*) FROM invitations WHERE partner_id = $1 AND created_at > $2",
        own.partner(),
        since,
    )
}

pub async fn find_invitation(
    tx: &mut Tx,
    token_hash: &str,
) -> Result<Option<InvitationRecord>, StoreError> {
    let sql = sql!(INVITATION, " WHERE token_hash = $1");
    row!(tx, sql, token_hash)?
        .as_ref()
        .map(read_invitation)
        .transpose()
}

/// Those that were neither accepted nor taken back, newest first.
pub async fn list_open_invitations(
    tx: &mut Tx,
    own: Own,
) -> Result<Vec<InvitationRecord>, StoreError> {
    let sql = sql!(
        INVITATION,
        " WHERE partner_id = $1 AND accepted_at IS NULL AND revoked_at IS NULL ORDER BY id DESC"
    );
    all(&rows!(tx, sql, own.partner())?, read_invitation)
}

/// Uses an invitation up; 0 rows if somebody was faster.
pub async fn accept_invitation(
    tx: &mut Tx,
    id: InvitationId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    execute!(
        tx,
        "UPDATE invitations SET accepted_at = $2 WHERE id = $1 AND accepted_at IS NULL AND revoked_at IS NULL",
        id,
        now,
    )
}

pub async fn revoke_invitation(
    tx: &mut Tx,
    own: Own,
    id: InvitationId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "invitation",
        "UPDATE invitations SET revoked_at = $3 WHERE partner_id = $1 AND id = $2 AND accepted_at IS NULL AND revoked_at IS NULL",
        own.partner(),
        id,
        now,
    )
}

/// Puts a name and an address that mean nobody in the place of somebody's, who is nobody's staff and signs in no more.
pub async fn erase(
    tx: &mut Tx,
    id: PersonId,
    email: &str,
    name: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "person",
        "UPDATE people SET email = $2, name = $3, staff_role = NULL, disabled_at = COALESCE(disabled_at, $4) WHERE id = $1",
        id,
        email,
        name,
        now,
    )
}
