//! Everybody who can sign in, as those who look after people see them: with their roles, when they were here last, and with what they prove themselves; and
//! what is changed of a person there. Unlike in `people`, whoever is disabled is in all of it.

use portal_domain::{
    access::{MemberRole, StaffRole},
    calendar::Timestamp,
    ids::{PartnerId, PersonId},
    scope::Own,
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute_one, pattern, row, rows, rows_of, sql},
};

/// A person, as it stands in the directory.
#[derive(Clone, Debug)]
pub struct EntryRecord {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub staff_role: Option<StaffRole>,
    /// As far back as sessions are kept.
    pub seen_at: Option<Timestamp>,
    pub passkeys: i64,
    pub has_app: bool,
    pub disabled_at: Option<Timestamp>,
    pub disabled_by_name: Option<String>,
    pub disabled_reason: Option<String>,
}

/// A partner that a person belongs to.
#[derive(Clone, Debug)]
pub struct PlaceRecord {
    pub person: PersonId,
    pub partner: PartnerId,
    pub partner_name: String,
    pub role: MemberRole,
}

const ENTRY: &str = "SELECT people.id, people.name, people.email, people.staff_role, people.disabled_at, people.disabled_reason,
        disabling.name AS disabled_by_name,
        (SELECT MAX(sessions.seen_at) FROM sessions WHERE sessions.person_id = people.id) AS seen_at,
        (SELECT COUNT(*) FROM passkeys WHERE passkeys.person_id = people.id) AS passkeys,
        (SELECT COUNT(*) FROM authenticators WHERE authenticators.person_id = people.id AND authenticators.confirmed_at IS NOT NULL) AS apps
    FROM people LEFT JOIN people AS disabling ON disabling.id = people.disabled_by";

/// Who may sign in comes first, then by name.
const ORDER: &str =
    " ORDER BY CASE WHEN people.disabled_at IS NULL THEN 0 ELSE 1 END, people.name, people.id";

fn read_entry(row: &AnyRow) -> Result<EntryRecord, StoreError> {
    Ok(EntryRecord {
        id: row.parsed("id")?,
        name: row.text("name")?,
        email: row.text("email")?,
        staff_role: row.optional_word("staff_role", StaffRole::parse)?,
        seen_at: row.optional_instant("seen_at")?,
        passkeys: row.integer("passkeys")?,
        has_app: row.integer("apps")? > 0,
        disabled_at: row.optional_instant("disabled_at")?,
        disabled_by_name: row.optional_text("disabled_by_name")?,
        disabled_reason: row.optional_text("disabled_reason")?,
    })
}

pub async fn find(tx: &mut Tx, id: PersonId) -> Result<Option<EntryRecord>, StoreError> {
    let sql = sql!(ENTRY, " WHERE people.id = $1");
    row!(tx, sql, id)?.as_ref().map(read_entry).transpose()
}

/// Everybody with a role at the vendor.
pub async fn list_staff(tx: &mut Tx) -> Result<Vec<EntryRecord>, StoreError> {
    let sql = sql!(ENTRY, " WHERE people.staff_role IS NOT NULL", ORDER);
    all(&rows!(tx, sql)?, read_entry)
}

/// Members of partners whose name, address or partner holds what somebody looks for.
pub async fn search_members(
    tx: &mut Tx,
    search: &str,
    limit: i64,
) -> Result<Vec<EntryRecord>, StoreError> {
    let sql = sql!(
        ENTRY,
        " WHERE EXISTS (
              SELECT 1 FROM members JOIN partners ON partners.id = members.partner_id
              WHERE members.person_id = people.id AND members.removed_at IS NULL
                AND (LOWER(people.name) LIKE $1 ESCAPE '!' OR people.email LIKE $1 ESCAPE '!' OR LOWER(partners.name) LIKE $1 ESCAPE '!'))",
        ORDER,
        " LIMIT $2"
    );
    all(&rows!(tx, sql, pattern(search), limit)?, read_entry)
}

/// To which partners some people belong.
pub async fn list_places(tx: &mut Tx, people: &[PersonId]) -> Result<Vec<PlaceRecord>, StoreError> {
    let found = rows_of(tx, people, |people| {
        format!(
            "SELECT members.person_id, members.partner_id, partners.name AS partner_name, members.role
             FROM members JOIN partners ON partners.id = members.partner_id
             WHERE members.person_id IN {people} AND members.removed_at IS NULL
             ORDER BY partners.name, partners.id"
        )
    });
    all(&found.await?, |row| {
        Ok(PlaceRecord {
            person: row.parsed("person_id")?,
            partner: row.parsed("partner_id")?,
            partner_name: row.text("partner_name")?,
            role: row.word("role", MemberRole::parse)?,
        })
    })
}

pub async fn set_staff_role(
    tx: &mut Tx,
    person: PersonId,
    role: StaffRole,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "person",
        "UPDATE people SET staff_role = $2 WHERE id = $1",
        person,
        role,
    )
}

pub async fn set_member_role(
    tx: &mut Tx,
    own: Own,
    person: PersonId,
    role: MemberRole,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "member",
        "UPDATE members SET role = $3 WHERE partner_id = $1 AND person_id = $2 AND removed_at IS NULL",
        own.partner(),
        person,
        role,
    )
}

pub async fn disable(
    tx: &mut Tx,
    person: PersonId,
    by: PersonId,
    reason: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "person",
        "UPDATE people SET disabled_at = $4, disabled_by = $2, disabled_reason = $3 WHERE id = $1 AND disabled_at IS NULL",
        person,
        by,
        reason,
        now,
    )
}

pub async fn enable(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "person",
        "UPDATE people SET disabled_at = NULL, disabled_by = NULL, disabled_reason = NULL WHERE id = $1 AND disabled_at IS NOT NULL",
        person,
    )
}
