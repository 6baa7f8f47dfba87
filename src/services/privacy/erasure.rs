//! Erasing a person (GDPR, article 17): what names it is replaced everywhere, by pseudonyms where rows must stay apart, and the rows stay. So every amount, line,
//! statement and posting is what it was before.
//!
//! What is only ever added to keeps its rows too: what an act of the audit log, a timeline or a dispute says of the person gives way to the word that it was erased, the
//! one change that the database lets happen there, and the audit log's chain holds as the hash of what stood there stays. Frozen statements are documents that the law
//! has us keep; what still stands in them is counted and said.

use std::collections::BTreeMap;

use portal_domain::{
    access::{Action, Actor, MemberRole, StaffRole},
    calendar::Timestamp,
    ids::PersonId,
    lead::LeadState,
    personal::{ERASED, is_full_name, pseudonym, without_address, without_name},
    scope::Scope,
};
use portal_store::{
    Tx, audit as stored_audit, known_browsers, leads,
    leads::LeadRecord,
    mails, partners,
    people::{self, PersonRecord},
    personal::{self, Held, Row, Table},
    sessions,
};
use serde_json::json;

use super::Subject;
use crate::{
    Ctx, ServiceError,
    access::{proofs, require_staff},
    audit::ERASE,
};

/// What the database lets nobody change, and what says nothing of people: looked through last, to say what is left.
const KEPT: [&str; 5] = [
    "journal",
    "plan_versions",
    "statements",
    "terms_readings",
    "waivers",
];
/// Tables of which a row may lose what it says, and in which column; and what the database lets stand there then.
const ERASABLE: [(&str, &str, &str); 2] = [
    ("dispute_messages", "text", ERASED),
    ("lead_events", "facts", "{\"erased\":true}"),
];
/// Where a full name means this person: in what the portal told people, and what it keeps about work. Elsewhere it may be somebody else's.
const TOLD: [&str; 7] = [
    "digest_items",
    "exceptions",
    "inbox",
    "inbox_events",
    "jobs",
    "mails",
    "slack_messages",
];

/// What was erased.
#[derive(Clone, Debug, Default)]
pub struct Erased {
    pub person: Option<PersonId>,
    pub leads: usize,
    /// Rows that named the person, by table.
    pub rows: BTreeMap<String, u64>,
    /// Acts of the audit log that lost what they said.
    pub acts: Vec<i64>,
    /// Rows that still name the person, by table.
    pub left: BTreeMap<String, u64>,
}

/// Erases whoever has an address of mail. `typed` is the address once more.
///
/// # Errors
/// `erase-differs`, `erase-nobody`, `erase-yourself`, `last-administrator`, `last-owner`, `erase-lead-open` as long as a lead with that contact is on its way, and
/// `erase-billing` while a partner has its mail about money sent there.
pub async fn erase(
    ctx: &Ctx,
    actor: &Actor,
    email: &str,
    typed: &str,
) -> Result<Erased, ServiceError> {
    require_staff(actor, Action::ManagePrivacy)?;
    if !email.trim().eq_ignore_ascii_case(typed.trim()) {
        return Err(ServiceError::field("typed", "erase-differs"));
    }
    let now = ctx.now();
    let mut tx = ctx.store.write().await?;
    let subject = Subject::find(&mut tx, email).await?;
    check(&mut tx, actor, &subject).await?;
    let mut erased = Erased {
        person: subject.person.as_ref().map(|person| person.id),
        leads: subject.leads.len(),
        ..Erased::default()
    };
    let names = names_of(&subject);
    if let Some(person) = &subject.person {
        erase_person(&mut tx, person, now).await?;
    }
    for lead in &subject.leads {
        pseudonymise(&mut tx, lead, now).await?;
    }
    erased.count("mails", mails::blank_of(&mut tx, &subject.email).await?);
    sweep(&mut tx, &subject.email, &names, &mut erased).await?;
    erase_acts(&mut tx, &subject.email, &names, &mut erased).await?;
    if erased.is_nothing() {
        return Err(ServiceError::Conflict("erase-nobody"));
    }
    let about = erased
        .person
        .map_or_else(|| "contact".to_owned(), |person| person.to_string());
    let facts = json!({
        "leads": subject.leads.iter().map(|lead| lead.id).collect::<Vec<_>>(),
        "rows": erased.rows,
        "acts": erased.acts,
        "left": erased.left,
    });
    let person = Some(actor.person());
    stored_audit::add(&mut tx, person, ERASE, &about, &facts.to_string(), now).await?;
    tx.commit().await?;
    Ok(erased)
}

impl Erased {
    fn count(&mut self, table: &str, rows: u64) {
        if rows > 0 {
            *self.rows.entry(table.to_owned()).or_default() += rows;
        }
    }

    fn is_nothing(&self) -> bool {
        self.person.is_none() && self.leads == 0 && self.rows.is_empty() && self.acts.is_empty()
    }
}

async fn check(tx: &mut Tx, actor: &Actor, subject: &Subject) -> Result<(), ServiceError> {
    // Until it is registered somebody waits for the contact, and a pseudonym would go to HubSpot.
    let is_open = |lead: &LeadRecord| {
        lead.state == LeadState::InReview
            || (lead.state == LeadState::Accepted && lead.hubspot_deal_id.is_none())
    };
    if subject.leads.iter().any(is_open) {
        return Err(ServiceError::Conflict("erase-lead-open"));
    }
    if partners::is_billing_address(tx, &subject.email).await? {
        return Err(ServiceError::Conflict("erase-billing"));
    }
    let Some(person) = &subject.person else {
        return Ok(());
    };
    if person.id == actor.person() {
        return Err(ServiceError::Conflict("erase-yourself"));
    }
    let staff = people::list_staff(tx).await?;
    let others = staff.iter().filter(|staff| {
        staff.id != person.id && staff.staff_role == Some(StaffRole::Administrator)
    });
    if person.staff_role == Some(StaffRole::Administrator) && others.count() == 0 {
        return Err(ServiceError::Conflict("last-administrator"));
    }
    for place in people::list_memberships(tx, person.id).await? {
        let members = people::list_members(tx, place.partner).await?;
        let mut owners = members
            .iter()
            .filter(|member| member.role == MemberRole::Owner);
        if place.role == MemberRole::Owner && owners.all(|owner| owner.person == person.id) {
            return Err(ServiceError::Conflict("last-owner"));
        }
    }
    Ok(())
}

/// Under which full names and numbers the person is known.
fn names_of(subject: &Subject) -> Vec<String> {
    let person = subject.person.iter().map(|person| person.name.clone());
    let contacts = subject.leads.iter().map(|lead| lead.contact_name.clone());
    let phones = subject.leads.iter().map(|lead| lead.contact_phone.clone());
    let phones = phones.filter(|phone| !phone.is_empty());
    let names = person.chain(contacts).filter(|name| is_full_name(name));
    let mut names: Vec<String> = names.chain(phones).collect();
    names.sort();
    names.dedup();
    names
}

/// The person's own row stays, so that what it did is still one person's; it has no name, no address, and no way in.
async fn erase_person(
    tx: &mut Tx,
    person: &PersonRecord,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let id = person.id;
    for place in people::list_memberships(tx, id).await? {
        if let Some(own) = Scope::EVERYBODY.admit(place.partner, None) {
            people::remove_member(tx, own, id, now).await?;
        }
    }
    people::erase(tx, id, &pseudonym(&id.to_string()), ERASED, now).await?;
    sessions::remove_of(tx, id).await?;
    known_browsers::remove_of(tx, id, None).await?;
    proofs::remove_all(tx, id).await
}

/// Takes the contact out of a lead, and out of what was typed about it.
pub(super) async fn pseudonymise(
    tx: &mut Tx,
    lead: &LeadRecord,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let without = |text: &str| {
        let text = without_address(text, &lead.contact_email).unwrap_or_else(|| text.to_owned());
        without_name(&text, &lead.contact_name).unwrap_or(text)
    };
    let id = lead.id;
    let address = pseudonym(&id.to_string());
    let reason = lead.reason.as_deref().map(without);
    let need = without(&lead.need);
    Ok(leads::pseudonymise(tx, id, (ERASED, &address), &need, reason.as_deref(), now).await?)
}

/// Replaces the address wherever it stands, and the names where they mean this person.
async fn sweep(
    tx: &mut Tx,
    email: &str,
    names: &[String],
    erased: &mut Erased,
) -> Result<(), ServiceError> {
    for table in personal::list_tables(tx).await? {
        let name = table.name.as_str();
        if name == "audit" {
            continue;
        }
        let erasable = ERASABLE.iter().find(|(erasable, _, _)| *erasable == name);
        let is_told = TOLD.contains(&name) || erasable.is_some();
        let named = if is_told { names } else { &[] };
        let mut texts = vec![email.to_owned(), email.replace('@', "%40")];
        texts.extend(named.iter().cloned());
        let mut count = 0;
        for row in personal::find_rows(tx, &table, &texts).await? {
            let written = written_anew(&table, &row, email, named);
            if written.is_empty() {
                continue;
            }
            count += 1;
            if KEPT.contains(&name) {
                continue;
            }
            if name == "bounces" {
                personal::remove(tx, &table, &row).await?;
                continue;
            }
            let written = match erasable {
                Some((_, column, by)) => vec![((*column).to_owned(), (*by).to_owned())],
                None => written,
            };
            personal::rewrite(tx, &table, &row, &written).await?;
        }
        if KEPT.contains(&name) && count > 0 {
            erased.left.insert(table.name, count);
        } else {
            erased.count(name, count);
        }
    }
    Ok(())
}

/// The columns of a row in which somebody is named, and what they say without that.
fn written_anew(table: &Table, row: &Row, email: &str, names: &[String]) -> Vec<(String, String)> {
    let columns = table.columns.iter().zip(&row.values);
    let written = columns.filter_map(|(column, held)| {
        let Held::Text(Some(text)) = held else {
            return None;
        };
        without_all(text, email, names).map(|without| (column.name.clone(), without))
    });
    written.collect()
}

fn without_all(text: &str, email: &str, names: &[String]) -> Option<String> {
    let mut found = without_address(text, email);
    for name in names {
        let from = found.as_deref().unwrap_or(text);
        if let Some(without) = without_name(from, name) {
            found = Some(without);
        }
    }
    found
}

/// Erases the facts of every act that names the person, and its subject where that does.
async fn erase_acts(
    tx: &mut Tx,
    email: &str,
    names: &[String],
    erased: &mut Erased,
) -> Result<(), ServiceError> {
    let mut texts = vec![email.to_owned()];
    texts.extend(names.iter().cloned());
    for record in stored_audit::list_naming(tx, &texts).await? {
        let in_subject = without_all(&record.subject, email, names).is_some();
        let in_facts = without_all(&record.facts, email, names).is_some();
        if in_subject || in_facts {
            stored_audit::erase(tx, &record, in_subject).await?;
            erased.acts.push(record.position);
        }
    }
    Ok(())
}
