//! The audit log: reading it, proving its chain, and noting what changes nothing but must be known, such as a download.

use std::{collections::BTreeSet, fmt::Display, str::FromStr};

use portal_domain::{
    access::{Action, Actor},
    ids::PersonId,
};
use portal_store::{
    Tx,
    audit::{self as stored, AuditFilter, AuditRecord, Hash, SERIES, START, seal},
    people, settings,
};
use serde_json::{Value, json};

use crate::{Ctx, ServiceError, access::require_staff, verify::Check};

/// The act that erases what other acts say of a person; it names them.
pub(crate) const ERASE: &str = "erase_person";
/// How many acts a page lists.
pub const PAGE: i64 = 50;
/// How many are read at once on the way along the whole log.
const ACTS_AT_ONCE: i64 = 1_000;

/// The last act and its hash: kept elsewhere it proves later that nothing up to it was changed or cut off. Spelled `position:hash`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub position: i64,
    pub hash: Hash,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.position, hex::encode(self.hash))
    }
}

impl FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is not a position and a hash, such as `portal audit head` prints them"
            )
        };
        let (position, hash) = text.split_once(':').ok_or_else(wrong)?;
        let mut bytes = START;
        hex::decode_to_slice(hash, &mut bytes).map_err(|_| wrong())?;
        Ok(Self {
            position: position.parse().map_err(|_| wrong())?,
            hash: bytes,
        })
    }
}

/// Where the log ends now.
pub async fn find_head(ctx: &Ctx) -> Result<Head, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let position = settings::find_last_number(&mut tx, SERIES)
        .await?
        .unwrap_or(0);
    Ok(Head {
        position,
        hash: stored::find_hash(&mut tx, position).await?,
    })
}

/// Follows the chain from the first act to the last and names the first that is not what was written. Acts that are older than the chain have no hash of their own,
/// and are vouched for by the next one that has.
pub(crate) async fn check_log(tx: &mut Tx, kept: Option<Head>) -> Result<Check, ServiceError> {
    let mut check = Check::new("audit_chain");
    let mut at = Head {
        position: 0,
        hash: START,
    };
    let mut chain = Chain::default();
    loop {
        let records = stored::list_from(tx, at.position, ACTS_AT_ONCE).await?;
        if records.is_empty() {
            break;
        }
        for record in records {
            let Some(next) = chain.follow(&mut check, at, &record) else {
                return Ok(check);
            };
            at = next;
            if let Some(kept) = kept.filter(|kept| kept.position == at.position) {
                check.look(kept.hash == at.hash, || {
                    format!(
                        "act {} or one before it is not what it was when its hash was kept",
                        at.position
                    )
                });
            }
        }
    }
    if let Some(position) = chain.erased.first() {
        check.faults.push(format!(
            "act {position} says that it was erased, and no act says who erased it"
        ));
    }
    if chain.has_begun && !chain.is_sealed {
        check.faults.push(format!(
            "act {} has no hash, and none after it has",
            at.position
        ));
    }
    let last = settings::find_last_number(tx, SERIES).await?.unwrap_or(0);
    let last = kept.map_or(last, |kept| kept.position.max(last));
    if last > at.position {
        check.faults.push(format!(
            "acts {} to {last} are missing at the end",
            at.position + 1
        ));
    }
    Ok(check)
}

/// What is known of the chain so far.
#[derive(Default)]
struct Chain {
    /// Some act had a hash.
    has_begun: bool,
    /// The last one had.
    is_sealed: bool,
    /// Acts that were erased, until one says so.
    erased: BTreeSet<i64>,
}

impl Chain {
    /// Looks at the act that follows another one; nothing if the chain is broken there.
    fn follow(&mut self, check: &mut Check, at: Head, record: &AuditRecord) -> Option<Head> {
        let position = at.position + 1;
        check.look(record.position == position, || {
            format!(
                "act {position} is missing: {} follows {}",
                record.position, at.position
            )
        });
        if record.position != position {
            return None;
        }
        let hash = seal(&at.hash, record);
        self.is_sealed = record.hash.is_some();
        self.has_begun |= self.is_sealed;
        let own = record.hash.as_deref();
        if own.is_some_and(|own| own != hex::encode(hash)) {
            check.faults.push(format!(
                "act {position} ({}) is not what was written, or one before it that has no hash of its own",
                record.act
            ));
            return None;
        }
        if record.facts_hash.is_some() {
            self.erased.insert(position);
        }
        if record.act == ERASE {
            let facts: Value = serde_json::from_str(&record.facts).unwrap_or_default();
            let named = facts["acts"].as_array().into_iter().flatten();
            for position in named.filter_map(Value::as_i64) {
                self.erased.remove(&position);
            }
        }
        Some(Head { position, hash })
    }
}

/// Refuses whoever may not read the log.
pub fn require_reader(actor: &Actor) -> Result<(), ServiceError> {
    require_staff(actor, Action::ReadBooks)
}

/// The newest acts before a position that match.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    filter: &AuditFilter,
    before: Option<i64>,
) -> Result<Vec<AuditRecord>, ServiceError> {
    require_reader(actor)?;
    let mut tx = ctx.store.read().await?;
    Ok(stored::list(&mut tx, filter, before.unwrap_or(i64::MAX), PAGE).await?)
}

/// The acts after a position that match, oldest first: a part of an export.
pub async fn list_after(
    ctx: &Ctx,
    actor: &Actor,
    filter: &AuditFilter,
    after: i64,
) -> Result<Vec<AuditRecord>, ServiceError> {
    require_reader(actor)?;
    let mut tx = ctx.store.read().await?;
    Ok(stored::list_after(&mut tx, filter, after, ACTS_AT_ONCE).await?)
}

/// What the log can be narrowed by: every kind of act that was done.
pub async fn list_acts(ctx: &Ctx, actor: &Actor) -> Result<Vec<String>, ServiceError> {
    require_reader(actor)?;
    let mut tx = ctx.store.read().await?;
    Ok(stored::list_acts(&mut tx).await?)
}

/// Whose address of mail that is, to narrow the log by.
pub async fn find_person(
    ctx: &Ctx,
    actor: &Actor,
    email: &str,
) -> Result<Option<PersonId>, ServiceError> {
    require_reader(actor)?;
    let mut tx = ctx.store.read().await?;
    let person = people::find_by_email(&mut tx, &email.trim().to_lowercase()).await?;
    Ok(person.map(|person| person.id))
}

/// Writes down what somebody does to something, with the act itself.
pub(crate) async fn record(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    subject: impl Display,
    facts: &Value,
) -> Result<(), ServiceError> {
    let (by, subject, facts) = (Some(actor.person()), subject.to_string(), facts.to_string());
    Ok(stored::add(tx, by, act, &subject, &facts, ctx.now()).await?)
}

/// Notes what somebody did that changed nothing: a file that was taken, a refusal.
pub async fn note(
    ctx: &Ctx,
    person: PersonId,
    act: &str,
    subject: &str,
    facts: &Value,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    stored::add(
        &mut tx,
        Some(person),
        act,
        subject,
        &facts.to_string(),
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// What was one thing and is another now, as facts hold it: only what differs, `{"name": {"before": …, "after": …}}`.
pub(crate) fn changes<const COUNT: usize>(fields: [(&str, Value, Value); COUNT]) -> Value {
    let changed = fields
        .into_iter()
        .filter(|(_, before, after)| before != after);
    let changed = changed.map(|(name, before, after)| {
        let both = json!({ "before": before, "after": after });
        (name.to_owned(), both)
    });
    Value::Object(changed.collect())
}

/// The same of two things with the same fields.
pub(crate) fn differences(before: &Value, after: &Value) -> Value {
    let names = before
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.keys());
    let changed = names.filter(|name| before[*name] != after[*name]);
    let both = |name: &String| json!({ "before": before[name], "after": after[name] });
    Value::Object(changed.map(|name| (name.clone(), both(name))).collect())
}
