//! Which mails a person wants: what they choose on their page, what one click in a mail stops, and the daily mail.

use std::collections::BTreeMap;

use chrono::{NaiveTime, TimeZone};
use portal_domain::{
    access::Actor,
    calendar::Timestamp,
    error::FieldErrors,
    ids::PersonId,
    notice::{Delivery, MailKind},
};
use portal_store::{
    Across, Tx, audit, jobs, mails, people,
    preferences::{self, DigestItem},
};
use portal_words::{Argument, Words};
use serde_json::json;

use super::compose::{Draft, Reader, send};
use crate::{
    Ctx, ServiceError,
    access::hash_token,
    outbox::{self, Job},
};

/// When the daily mails leave, in the programme's time zone: before people begin to work.
const DIGEST_HOUR: u32 = 7;
const TURN: &str = "daily_mails";

/// When a person wants the mails that they may do without; only of the kinds that can reach them.
pub async fn list_wanted(
    ctx: &Ctx,
    actor: &Actor,
) -> Result<Vec<(MailKind, Delivery)>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let mut wanted = Vec::new();
    for kind in kinds_of(actor) {
        let chosen = preferences::find(&mut tx, actor.person(), kind).await?;
        wanted.push((kind, chosen.unwrap_or(Delivery::AtOnce)));
    }
    Ok(wanted)
}

fn kinds_of(actor: &Actor) -> Vec<MailKind> {
    match actor {
        Actor::Member { role, .. } => MailKind::OPTIONAL
            .into_iter()
            .filter(|kind| kind.reaches(*role))
            .collect(),
        // Staff read their news in Slack and on their pages.
        Actor::Staff { .. } => Vec::new(),
    }
}

/// A person says when they want which mails. Kinds that cannot reach them are left as they are.
pub async fn choose_mails(
    ctx: &Ctx,
    actor: &Actor,
    chosen: &BTreeMap<String, String>,
) -> Result<(), ServiceError> {
    let mut errors = FieldErrors::default();
    let mut wanted = Vec::new();
    for kind in kinds_of(actor) {
        let Some(word) = chosen.get(kind.as_str()) else {
            continue;
        };
        match Delivery::parse(word) {
            Some(delivery) => wanted.push((kind, delivery)),
            None => errors.add(kind.as_str(), "choose-one"),
        }
    }
    if !errors.is_empty() {
        return Err(ServiceError::Invalid(errors));
    }
    let person = actor.person();
    let mut tx = ctx.store.write().await?;
    let mut facts = BTreeMap::new();
    for (kind, delivery) in &wanted {
        let before = preferences::find(&mut tx, person, *kind).await?;
        let before = before.unwrap_or(Delivery::AtOnce);
        if before != *delivery {
            let both = json!({ "before": before, "after": delivery });
            facts.insert(kind.as_str(), both);
        }
        preferences::set(&mut tx, person, *kind, *delivery, ctx.now()).await?;
    }
    record(ctx, &mut tx, person, "choose_mails", &json!(facts)).await?;
    Ok(tx.commit().await?)
}

async fn record(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    act: &str,
    facts: &serde_json::Value,
) -> Result<(), ServiceError> {
    let (subject, facts) = (person.to_string(), facts.to_string());
    Ok(audit::add(tx, Some(person), act, &subject, &facts, ctx.now()).await?)
}

/// What a link in a mail stops, whether or not somebody is signed in.
#[derive(Clone, Copy, Debug)]
pub struct Subscription {
    pub kind: MailKind,
    pub wanted: Delivery,
}

/// What the link with a secret is about.
pub async fn find_subscription(ctx: &Ctx, secret: &str) -> Result<Subscription, ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).read().await?;
    let (person, kind) = subscriber(&mut tx, secret).await?;
    let wanted = preferences::find(&mut tx, person, kind).await?;
    Ok(Subscription {
        kind,
        wanted: wanted.unwrap_or(Delivery::AtOnce),
    })
}

/// Stops the mails of one kind to one person. Doing it twice does no harm.
pub async fn unsubscribe(ctx: &Ctx, secret: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let (person, kind) = subscriber(&mut tx, secret).await?;
    let before = preferences::find(&mut tx, person, kind).await?;
    let before = before.unwrap_or(Delivery::AtOnce);
    if before == Delivery::Never {
        return Ok(());
    }
    preferences::set(&mut tx, person, kind, Delivery::Never, ctx.now()).await?;
    let facts = json!({ kind.as_str(): { "before": before, "after": Delivery::Never } });
    record(ctx, &mut tx, person, "stop_mails", &facts).await?;
    Ok(tx.commit().await?)
}

async fn subscriber(tx: &mut Tx, secret: &str) -> Result<(PersonId, MailKind), ServiceError> {
    let mail = mails::find_by_unsubscribe_hash(tx, &hash_token(secret)).await?;
    mail.and_then(|mail| Some((mail.person?, mail.kind)))
        .ok_or(ServiceError::NotFound)
}

/// Once a day, however many instances there are: everybody for whom something waits gets it in one mail.
pub async fn begin_digests(ctx: &Ctx) -> Result<(), ServiceError> {
    let now = ctx.now();
    if !jobs::is_turn(&mut ctx.store.read().await?, TURN, now).await? {
        return Ok(());
    }
    let mut tx = ctx.store.write().await?;
    if jobs::take_turn(&mut tx, TURN, now, next_digest(ctx)).await? {
        let people = preferences::list_waiting_people(&mut tx).await?;
        let sent = people.into_iter().map(|person| Job::SendDigest { person });
        outbox::add_all(ctx, &mut tx, sent).await?;
    }
    Ok(tx.commit().await?)
}

/// The next time that the clocks of the programme show the hour.
fn next_digest(ctx: &Ctx) -> Timestamp {
    let at = |date: chrono::NaiveDate| {
        let hour = NaiveTime::from_hms_opt(DIGEST_HOUR, 0, 0).unwrap_or_default();
        let local = ctx
            .programme
            .time_zone
            .from_local_datetime(&date.and_time(hour));
        local.earliest().map_or_else(
            || ctx.start_of(date),
            |local| Timestamp(local.timestamp_millis()),
        )
    };
    let today = ctx.today();
    match at(today) {
        later if later > ctx.now() => later,
        _ => at(today.succ_opt().unwrap_or(today)),
    }
}

/// Sends a person what waits for them, in one mail.
pub async fn send_digest(ctx: &Ctx, person: PersonId) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let items = preferences::take_items(&mut tx, person, ctx.now()).await?;
    let reader = people::find(&mut tx, person).await?;
    if let Some(reader) = reader.filter(|reader| reader.disabled_at.is_none())
        && !items.is_empty()
    {
        let to = Reader::from(reader);
        let draft = digest_draft(ctx, to.words(), items);
        send(ctx, &mut tx, &to, &draft).await?;
    }
    Ok(tx.commit().await?)
}

pub(super) fn digest_draft(ctx: &Ctx, words: Words, items: Vec<DigestItem>) -> Draft {
    let count: [(&str, Argument); 1] = [("count", items.len().into())];
    let day: [(&str, Argument); 1] = [("day", words.date(ctx.today()).into())];
    Draft {
        kind: MailKind::Digest,
        words,
        partner: None,
        subject: words.with("mail-digest-subject", &day),
        paragraphs: vec![words.with("mail-digest-body", &count)],
        rows: Vec::new(),
        items,
        button: words.text("mail-digest-button"),
        path: "/preferences".to_owned(),
    }
}
