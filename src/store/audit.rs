//! The audit log: who did what to what, and from where, written in the transaction of the act. Only ever added to; the database refuses anything else, and a chain
//! of hashes (`seal`) shows it where somebody went around that.

mod filter;
mod seal;

use portal_domain::{
    calendar::Timestamp,
    ids::PersonId,
    origin::{Means, Origin},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    settings::take_numbers,
    sql::{
        Bind, ROWS_AT_ONCE, execute_many, execute_one, kept, places, row, rows, rows_many, sql,
        values,
    },
};

pub use filter::{AuditFilter, list, list_acts, list_after, list_naming};
pub use seal::{Hash, START, seal};

/// The counter that positions are taken from; its row is the lock under which the chain grows.
pub const SERIES: &str = "audit";
/// How many acts are read at once on the way along the chain.
const PAGE: i64 = 1_000;

/// One act.
#[derive(Clone, Debug)]
pub struct AuditRecord {
    pub position: i64,
    /// `None`: the portal itself.
    pub person: Option<PersonId>,
    pub person_name: Option<String>,
    pub act: String,
    pub subject: String,
    /// What changed, as JSON.
    pub facts: String,
    pub happened_at: Timestamp,
    /// `None` of acts that are older than this column, as are the next four.
    pub means: Option<Means>,
    pub task: Option<String>,
    pub address: Option<String>,
    pub session: Option<String>,
    pub login: Option<String>,
    /// What [`seal`] makes of all this and of the act before, in hex.
    pub hash: Option<String>,
    /// Hashed with the facts, and gone with them.
    pub salt: Option<String>,
    /// The hashes of what was erased.
    pub subject_hash: Option<String>,
    pub facts_hash: Option<String>,
}

const AUDIT: &str = "SELECT audit.position, audit.person_id, people.name AS person_name, audit.act, audit.subject, audit.facts, audit.happened_at,
        audit.means, audit.task, audit.address, audit.session, audit.login, audit.hash,
        audit.salt, audit.subject_hash, audit.facts_hash
    FROM audit LEFT JOIN people ON people.id = audit.person_id";

fn read_record(row: &AnyRow) -> Result<AuditRecord, StoreError> {
    Ok(AuditRecord {
        position: row.integer("position")?,
        person: row.optional_parsed("person_id")?,
        person_name: row.optional_text("person_name")?,
        act: row.text("act")?,
        subject: row.text("subject")?,
        facts: row.text("facts")?,
        happened_at: row.instant("happened_at")?,
        means: row.optional_word("means", Means::parse)?,
        task: row.optional_text("task")?,
        address: row.optional_text("address")?,
        session: row.optional_text("session")?,
        login: row.optional_text("login")?,
        hash: row.optional_text("hash")?,
        salt: row.optional_text("salt")?,
        subject_hash: row.optional_text("subject_hash")?,
        facts_hash: row.optional_text("facts_hash")?,
    })
}

/// An act that is to be written down.
pub(crate) struct NewAct {
    person: Option<PersonId>,
    act: String,
    subject: String,
    facts: String,
    happened_at: Timestamp,
}

impl NewAct {
    /// The act as it will stand in the log, but for its hash.
    fn placed(self, position: i64, origin: Option<&Origin>) -> AuditRecord {
        AuditRecord {
            position,
            person: self.person,
            person_name: None,
            act: self.act,
            subject: self.subject,
            facts: self.facts,
            happened_at: self.happened_at,
            means: origin.map(|origin| origin.means),
            task: origin.map(|origin| kept(&origin.task)),
            address: origin.and_then(|origin| origin.address.clone()),
            session: origin.and_then(|origin| Some(origin.session?.to_string())),
            login: origin.and_then(|origin| origin.login.as_deref().map(kept)),
            hash: None,
            salt: Some(seal::new_salt()),
            subject_hash: None,
            facts_hash: None,
        }
    }
}

/// Writes an act down when its transaction commits, after all that it did: whoever counts in the log makes everybody else who counts wait.
pub async fn add(
    tx: &mut Tx,
    person: Option<PersonId>,
    act: &str,
    subject: &str,
    facts: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.acts().push(NewAct {
        person,
        act: act.to_owned(),
        // What is hashed is what a database gives back.
        subject: kept(subject),
        facts: kept(facts),
        happened_at: now,
    });
    Ok(())
}

/// Answers what stands in the log once the transaction commits.
pub(crate) async fn write(tx: &mut Tx, acts: Vec<NewAct>) -> Result<Vec<AuditRecord>, StoreError> {
    if acts.is_empty() {
        return Ok(Vec::new());
    }
    // From here on nobody else adds to the log until this transaction ends: the last hash is the last one.
    let first = take_numbers(tx, SERIES, acts.len()).await?;
    let mut hash = find_hash(tx, first - 1).await?;
    let origin = tx.origin();
    let placed = (first..).zip(acts);
    let placed = placed.map(|(position, act)| act.placed(position, origin.as_deref()));
    let records: Vec<AuditRecord> = placed
        .map(|record| {
            hash = seal(&hash, &record);
            AuditRecord {
                hash: Some(hex::encode(hash)),
                ..record
            }
        })
        .collect();
    for some in records.chunks(ROWS_AT_ONCE) {
        insert(tx, some).await?;
    }
    Ok(records)
}

/// Tells the program's log, which is kept elsewhere: whoever changes or cuts off the audit log later cannot change what was told. What an act was about may name
/// people, and stays in the database, from which it can be erased.
pub(crate) fn tell(written: &[AuditRecord]) {
    for record in written {
        tracing::info!(
            target: "audit",
            act = record.act.as_str(),
            person = record.person.map(tracing::field::display),
            head = %format_args!("{}:{}", record.position, record.hash.as_deref().unwrap_or_default()),
            "Written into the audit log"
        );
    }
}

async fn insert(tx: &mut Tx, records: &[AuditRecord]) -> Result<(), StoreError> {
    let mut bound = Vec::with_capacity(records.len() * 13);
    for record in records {
        bound.extend(values![
            record.position,
            record.person,
            record.act,
            record.subject,
            record.facts,
            record.happened_at,
            record.means,
            record.task,
            record.address,
            record.session,
            record.login,
            record.hash,
            record.salt,
        ]);
    }
    let text = format!(
        "INSERT INTO audit (position, person_id, act, subject, facts, happened_at, means, task, address, session, login, hash, salt) VALUES {}",
        places(records.len(), 13, 1)
    );
    execute_many(tx, text, bound).await?;
    Ok(())
}

/// The hash of the act at a position, and so of all up to it. Acts that have none of their own, as they were written by older instances, are hashed on the way: all
/// of them once, when the first one with a hash follows.
pub async fn find_hash(tx: &mut Tx, position: i64) -> Result<Hash, StoreError> {
    let last = row!(
        tx,
        "SELECT position, hash FROM audit WHERE position <= $1 AND hash IS NOT NULL ORDER BY position DESC LIMIT 1",
        position,
    )?;
    let (mut at, mut hash) = match last {
        Some(row) => (row.integer("position")?, seal::parse(&row.text("hash")?)?),
        None => (0, START),
    };
    while at < position {
        let records = list_from(tx, at, PAGE.min(position - at)).await?;
        let Some(last) = records.last() else {
            break;
        };
        at = last.position;
        hash = records
            .iter()
            .fold(hash, |hash, record| seal(&hash, record));
    }
    Ok(hash)
}

/// What comes after a position, in the log's order.
pub async fn list_from(
    tx: &mut Tx,
    after: i64,
    limit: i64,
) -> Result<Vec<AuditRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            AUDIT,
            " WHERE audit.position > $1 ORDER BY audit.position LIMIT $2"
        ),
        after,
        limit,
    )?;
    all(&rows, read_record)
}

/// Erases what an act says of a person: its facts, and its subject where that is told. Their hashes stay, and with them the chain.
pub async fn erase(
    tx: &mut Tx,
    record: &AuditRecord,
    with_subject: bool,
) -> Result<(), StoreError> {
    let subject_hash = with_subject.then(|| seal::subject_hash(record));
    execute_one!(
        tx,
        "act",
        "UPDATE audit SET facts = '{\"erased\":true}', facts_hash = $2, salt = NULL, subject_hash = $3,
             subject = CASE WHEN $3 IS NULL THEN subject ELSE 'erased' END
         WHERE position = $1",
        record.position,
        seal::facts_hash(record),
        subject_hash,
    )
}

/// What was done to any of these subjects, oldest first.
pub async fn list_of_subjects(
    tx: &mut Tx,
    subjects: &[String],
) -> Result<Vec<AuditRecord>, StoreError> {
    let mut found = Vec::new();
    for some in subjects.chunks(ROWS_AT_ONCE) {
        let text = format!(
            "{AUDIT} WHERE audit.subject IN {} ORDER BY audit.position",
            places(1, some.len(), 1)
        );
        let rows = rows_many(tx, text, some.iter().map(Bind::value).collect()).await?;
        found.extend(all(&rows, read_record)?);
    }
    found.sort_by_key(|record| record.position);
    Ok(found)
}
