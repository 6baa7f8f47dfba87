//! Known browsers: those in which a person has signed in to the end, with a proof of its own. Links that are asked for in one are counted apart, so that whoever knows
//! the person's address uses up what strangers have, and shuts nobody out with it. That is all: what such a browser holds opens nothing, and stands for no proof.

use portal_domain::ids::PersonId;
use portal_store::{Tx, known_browsers as stored};

use super::{Browser, new_token};
use crate::{Ctx, ServiceError};

/// A browser is known for so long after the person has signed in there last. None keeps a cookie longer.
pub const KNOWN_DAYS: u32 = 400;
/// So many browsers of a person are known.
const BROWSERS_MAX: i64 = 20;

/// The hash that a browser brings, if that is what it is known by to the person; none for a stranger's.
pub(super) async fn find<'a>(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    brought: Option<&'a str>,
) -> Result<Option<&'a str>, ServiceError> {
    let Some(hash) = brought else {
        return Ok(None);
    };
    let since = ctx.now().plus_days(-i64::from(KNOWN_DAYS));
    let is_known = stored::is_known(tx, person, hash, since).await?;
    Ok(is_known.then_some(hash))
}

/// The person has signed in: its browser is known from now on. Answers what it is to hold, which is another secret each time, so that nothing counts that somebody
/// made up, or has seen there before.
pub(super) async fn remember(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    browser: &Browser,
) -> Result<String, ServiceError> {
    let token = new_token();
    if let Some(before) = browser.known_hash() {
        stored::renew(tx, &before, &token.hash).await?;
    }
    stored::set(tx, person, &token.hash, ctx.now()).await?;
    stored::keep_last(tx, person, BROWSERS_MAX).await?;
    Ok(token.secret)
}

/// Forgets all browsers of the person but the one that it sits at.
pub(super) async fn forget_others(
    tx: &mut Tx,
    person: PersonId,
    browser: &Browser,
) -> Result<(), ServiceError> {
    let this = browser.known_hash();
    Ok(stored::remove_of(tx, person, this.as_deref()).await?)
}
