//! Whose objects the mirrored ones are. Credentials may come to mean another account while nobody notices: a custom connection moves, a variable of the
//! environment is changed, somebody disconnects and connects something else. Everything that is mirrored would then be found gone, and money would move by it.
//! So the account is kept apart from the connection, and what our credentials let us into is compared with it before anything is read or written there.

use portal_domain::{
    access::{Action, Actor},
    connection::System,
};
use portal_store::{
    Tx, audit, connections,
    mirrored_accounts::{self, Account, MirroredAccount},
    vendors,
};
use serde_json::{Value, json};

use super::{Found, release};
use crate::{
    Ctx, ServiceError,
    access::require_staff,
    bills, missing,
    outbox::{self, Job},
};

impl From<&Found> for Account {
    fn from(found: &Found) -> Self {
        Self {
            id: found.id.clone(),
            name: found.name.clone(),
        }
    }
}

/// Whose objects a system's mirrored ones are; `None` while nothing of it was ever reached.
pub async fn find_mirrored(
    ctx: &Ctx,
    system: System,
) -> Result<Option<MirroredAccount>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    Ok(mirrored_accounts::find(&mut tx, system).await?)
}

/// Compares the account that our credentials let us into with the one whose objects we mirror: `Some` is that one, if it is another. Where nothing is
/// mirrored yet, what is mirrored from now on is of the account that was found.
pub async fn compare(
    ctx: &Ctx,
    system: System,
    found: &Found,
) -> Result<Option<Account>, ServiceError> {
    let (found, now) = (Account::from(found), ctx.now());
    let mut tx = ctx.store.write().await?;
    let known = mirrored_accounts::find(&mut tx, system).await?;
    let is_mirrored = mirrored_accounts::is_anything_mirrored(&mut tx, system).await?;
    let other_than = match known {
        Some(known) if known.account.id == found.id => {
            if let Some(other) = &known.other {
                mirrored_accounts::clear_other(&mut tx, system).await?;
                let facts = json!({ "account": known.account.name, "other": other.name });
                note(ctx, &mut tx, None, "account_back", system, &facts).await?;
            }
            None
        }
        Some(known) if is_mirrored => {
            if mirrored_accounts::set_other(&mut tx, system, &found, now).await? {
                // Every instance asks anew whose its account is: one that was let into ours all the while would never say that it is clear again.
                connections::raise_version(&mut tx, system).await?;
                let facts = json!({ "account": known.account.name, "other": found.name });
                note(ctx, &mut tx, None, "account_differs", system, &facts).await?;
            }
            Some(known.account)
        }
        _ => {
            mirrored_accounts::put(&mut tx, system, &found, now).await?;
            None
        }
    };
    tx.commit().await?;
    Ok(other_than)
}

/// An administrator says that the account which our credentials let us into is meant from now on. What is mirrored stays as it is, is asked for no more, and
/// moves no money by itself; everything of the new account is read from the beginning.
///
/// Clients keep the contacts that the old invoices are to: what those cover would else be judged anew. Invoices of the new organisation find their deals by
/// their Reference, or by a person. A bill that the old organisation was asked for and did not answer is asked for in no other by itself.
///
/// # Errors
/// `connection-changed` if it is not that account that was found.
pub async fn leave_books(
    ctx: &Ctx,
    actor: &Actor,
    system: System,
    account: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::LeaveBooks)?;
    let mut tx = ctx.store.write().await?;
    let known = mirrored_accounts::find(&mut tx, system).await?;
    let meant = known.and_then(|known| Some((known.account, known.other?)));
    let (old, new) = meant
        .filter(|(_, new)| new.id == account)
        .ok_or(ServiceError::Conflict("connection-changed"))?;
    mirrored_accounts::leave(&mut tx, system, &old.id, &new.id).await?;
    mirrored_accounts::put(&mut tx, system, &new, ctx.now()).await?;
    if system == System::Xero {
        bills::leave(ctx, &mut tx, &old.id, &new.id).await?;
    }
    missing::forget(ctx, &mut tx, system).await?;
    vendors::forget_cursors(&mut tx, system.as_str()).await?;
    // Whoever holds a client that was let into neither or the old one makes it anew.
    connections::raise_version(&mut tx, system).await?;
    let read = match system {
        System::HubSpot => [Job::SetUpHubSpot, Job::SweepDeals],
        _ => [Job::SweepInvoices, Job::CheckContacts],
    };
    outbox::add_all(ctx, &mut tx, read).await?;
    release(&mut tx, system, ctx.now()).await?;
    let facts =
        json!({ "left": old.name, "left_account": old.id, "account": new.id, "name": new.name });
    note(ctx, &mut tx, Some(actor), "leave_books", system, &facts).await?;
    Ok(tx.commit().await?)
}

async fn note(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: Option<&Actor>,
    act: &str,
    system: System,
    facts: &Value,
) -> Result<(), ServiceError> {
    let (person, facts) = (actor.map(Actor::person), facts.to_string());
    Ok(audit::add(tx, person, act, system.as_str(), &facts, ctx.now()).await?)
}
