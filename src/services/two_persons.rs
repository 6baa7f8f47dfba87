//! The two-person rule, as it is kept: who had a hand in what, who may approve and close it, and whether it takes two at all. `docs/two-persons.md` says it in sentences.

use std::collections::{BTreeSet, HashMap};

use portal_domain::{
    access::{Action, Actor, can},
    calendar::{Month, Quarter},
    ids::{DealId, LineId, PartnerId, PersonId},
    text::parse_line,
    two_persons::{Movers, Persons},
};
use portal_store::{
    Tx, hands,
    hands::HandRecord,
    lines::LineRecord,
    payment_details::{self, DetailsRecord},
    settings,
};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::{require_staff, require_staff_scope},
    audit::record,
    partners::enter,
};

const KEY: &str = "two_persons";
const REASON_LENGTH_MAX: usize = 200;

/// How many persons it takes, for whoever may know.
pub async fn find(ctx: &Ctx, actor: &Actor) -> Result<Persons, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    find_in(&mut ctx.store.read().await?).await
}

/// Two, unless an administrator said otherwise.
pub async fn find_in(tx: &mut Tx) -> Result<Persons, ServiceError> {
    let chosen = settings::find(tx, KEY).await?;
    let chosen = chosen.and_then(|chosen| Persons::parse(&chosen));
    Ok(chosen.unwrap_or(Persons::Two))
}

/// Says how many persons it takes from now on, and why.
///
/// # Errors
/// What is wrong with a field.
pub async fn choose(
    ctx: &Ctx,
    actor: &Actor,
    persons: &str,
    reason: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::ManagePeople)?;
    let after =
        Persons::parse(persons).ok_or_else(|| ServiceError::field("persons", "choose-one"))?;
    let reason = parse_line(reason, REASON_LENGTH_MAX)
        .map_err(|fault| ServiceError::field("persons_reason", fault.code))?;
    let mut tx = ctx.store.write().await?;
    let before = find_in(&mut tx).await?;
    if before == after {
        return Ok(());
    }
    settings::set(&mut tx, KEY, after.as_str(), ctx.now()).await?;
    let facts = json!({ "before": before, "after": after, "reason": reason });
    record(ctx, &mut tx, actor, "set_two_persons", KEY, &facts).await?;
    Ok(tx.commit().await?)
}

/// Writes down that a person moved what some deals have on no statement.
pub(crate) async fn note_hand(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    deals: &BTreeSet<DealId>,
) -> Result<(), ServiceError> {
    let deals: Vec<DealId> = deals.iter().copied().collect();
    Ok(hands::add_to_deals(tx, &deals, Month(0), person, ctx.now()).await?)
}

/// The same of one deal from a month on.
pub(crate) async fn note_hand_from(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    deal: DealId,
    month: Month,
) -> Result<(), ServiceError> {
    Ok(hands::add_to_deals(tx, &[deal], month, person, ctx.now()).await?)
}

/// Who had a hand in which line, and whether that matters.
pub(crate) struct Hands {
    persons: Persons,
    last: HashMap<LineId, HandRecord>,
    brought: HashMap<LineId, PersonId>,
}

impl Hands {
    pub async fn load(tx: &mut Tx, lines: &[LineId]) -> Result<Self, ServiceError> {
        Ok(Self {
            persons: find_in(tx).await?,
            last: hands::list_last(tx, lines).await?,
            brought: hands::list_brought(tx, lines).await?,
        })
    }

    /// Why somebody may not approve a line: a key of the catalogues.
    pub fn check_approver(&self, line: &LineRecord, person: PersonId) -> Result<(), &'static str> {
        match self.persons {
            Persons::Two => self.movers(line).check_approver(person),
            Persons::One => Ok(()),
        }
    }

    /// Whether somebody approves its own work by this, which one person alone may.
    pub fn is_alone(&self, line: &LineRecord, person: PersonId) -> bool {
        self.movers(line).check_approver(person).is_err()
    }

    fn movers(&self, line: &LineRecord) -> Movers {
        Movers {
            brought_by: self.brought.get(&line.id).copied(),
            entered_by: line.entered_by,
            moved_by: self.last.get(&line.id).map(|hand| hand.person),
        }
    }
}

/// What the pages say of who must approve a line.
#[derive(Clone, Debug)]
pub struct SecondPerson {
    /// Who moved it last, if anybody did.
    pub moved: Option<HandRecord>,
    /// Why the reader may not approve it: a key of the catalogues.
    pub refusal: Option<&'static str>,
}

/// Of each of some lines who must be another, for whoever reads them.
pub async fn list_second_persons(
    ctx: &Ctx,
    actor: &Actor,
    lines: &[LineRecord],
) -> Result<HashMap<LineId, SecondPerson>, ServiceError> {
    require_staff_scope(actor, Action::ReadBooks)?;
    let ids: Vec<LineId> = lines.iter().map(|line| line.id).collect();
    let mut tx = ctx.store.read().await?;
    let hands = Hands::load(&mut tx, &ids).await?;
    let second = lines.iter().map(|line| {
        let second = SecondPerson {
            moved: hands.last.get(&line.id).cloned(),
            refusal: hands.check_approver(line, actor.person()).err(),
        };
        (line.id, second)
    });
    Ok(second.collect())
}

/// What keeps somebody from closing a quarter; empty where nothing does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Obstacle {
    /// Lines that it approved, and nobody else had a hand in.
    pub lines: i64,
    /// Partners whose details it changed, and nobody else has seen.
    pub partners: Vec<String>,
}

/// What would keep the reader from closing a quarter.
pub async fn find_obstacle(
    ctx: &Ctx,
    actor: &Actor,
    quarter: Quarter,
) -> Result<Obstacle, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    obstacle(&mut tx, actor.person(), quarter).await
}

async fn obstacle(
    tx: &mut Tx,
    person: PersonId,
    quarter: Quarter,
) -> Result<Obstacle, ServiceError> {
    if find_in(tx).await? == Persons::One {
        return Ok(Obstacle::default());
    }
    Ok(Obstacle {
        lines: hands::count_alone(tx, person, quarter.last()).await?,
        partners: payment_details::list_unseen_of(tx, person, quarter.last()).await?,
    })
}

/// Refuses whoever may not close a quarter as it stands.
///
/// # Errors
/// `closer-approved-alone`; `closer-changed-details`.
pub(crate) async fn check_closer(
    tx: &mut Tx,
    person: PersonId,
    quarter: Quarter,
) -> Result<(), ServiceError> {
    let found = obstacle(tx, person, quarter).await?;
    if found.lines > 0 {
        Err(ServiceError::Conflict("closer-approved-alone"))
    } else if found.partners.is_empty() {
        Ok(())
    } else {
        Err(ServiceError::Conflict("closer-changed-details"))
    }
}

/// The same of the lines that one transaction of a closing states: since it began, its own person may have approved or changed more.
pub(crate) async fn check_stated(
    tx: &mut Tx,
    person: PersonId,
    quarter: Quarter,
    lines: impl Iterator<Item = &LineRecord> + Send,
) -> Result<(), ServiceError> {
    if find_in(tx).await? == Persons::One {
        return Ok(());
    }
    let own = lines.filter(|line| line.approved_by == Some(person));
    let own: Vec<LineId> = own.map(|line| line.id).collect();
    if hands::is_any_alone(tx, person, &own).await? {
        return Err(ServiceError::Conflict("closer-approved-alone"));
    }
    let unseen = payment_details::list_unseen_of(tx, person, quarter.last()).await?;
    if unseen.is_empty() {
        Ok(())
    } else {
        Err(ServiceError::Conflict("closer-changed-details"))
    }
}

/// Whoever closes a quarter has seen how its partners are paid.
pub(crate) async fn see_details(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    partners: &[PartnerId],
) -> Result<(), ServiceError> {
    payment_details::see(tx, partners, person, ctx.now()).await?;
    Ok(())
}

/// Who may say that a partner's details are right.
pub const fn may_confirm(actor: &Actor) -> bool {
    can(actor, Action::ManagePartners) || can(actor, Action::CloseQuarter)
}

/// The last change of a partner's details.
pub async fn find_details(
    ctx: &Ctx,
    actor: &Actor,
    partner: PartnerId,
) -> Result<Option<DetailsRecord>, ServiceError> {
    let scope = require_staff_scope(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    enter(&mut tx, scope, partner).await?;
    Ok(payment_details::find(&mut tx, partner).await?)
}

/// A second person says that what somebody else changed of a partner's details is right. What was seen already stays so.
///
/// # Errors
/// `details-changed-by-you`; `NotFound` where nobody changed any.
pub async fn confirm_details(
    ctx: &Ctx,
    actor: &Actor,
    partner: PartnerId,
) -> Result<(), ServiceError> {
    let scope = require_staff_scope(actor, Action::ReadBooks)?;
    if !may_confirm(actor) {
        return Err(ServiceError::Forbidden);
    }
    let person = actor.person();
    let mut tx = ctx.store.write().await?;
    enter(&mut tx, scope, partner).await?;
    let change = payment_details::find(&mut tx, partner)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if change.changed_by == person {
        return Err(ServiceError::Conflict("details-changed-by-you"));
    }
    if payment_details::see(&mut tx, &[partner], person, ctx.now()).await? == 0 {
        return Ok(());
    }
    let facts = json!({ "changed_by": change.changed_by, "changed_at": change.changed_at.0 });
    record(ctx, &mut tx, actor, "confirm_details", partner, &facts).await?;
    Ok(tx.commit().await?)
}
