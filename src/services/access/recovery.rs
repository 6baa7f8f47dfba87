//! Recovery codes: each opens the portal once, after a mailed link, for whoever has lost everything else.

use portal_domain::{
    ids::PersonId,
    secret::{Secret, SecretName},
};
use portal_store::{Across, Tx, factors, people::PersonRecord};
use serde_json::json;

use super::{
    Browser, hash_token, in_groups,
    proofs::{Changer, note, note_and_tell},
    random_letters,
};
use crate::{Ctx, ServiceError, vault};

const CODES: usize = 10;

/// Makes new codes, in the place of all before. They can be read until the person says that they are kept.
pub(super) async fn make(ctx: &Ctx, tx: &mut Tx, person: PersonId) -> Result<(), ServiceError> {
    let codes: Vec<String> = std::iter::repeat_with(new_code).take(CODES).collect();
    let hashes: Vec<String> = codes.iter().map(|code| hash(code)).collect();
    factors::replace_codes(tx, person, &hashes).await?;
    let name = SecretName::RecoveryCodes(person);
    vault::put(ctx, tx, &name, &Secret::new(codes.join("\n"))).await
}

/// 120 random bits, in groups of four letters and digits.
fn new_code() -> String {
    in_groups(&random_letters::<15>().to_lowercase(), "-")
}

/// However it was typed.
fn hash(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.collect();
    hash_token(&letters.to_ascii_lowercase())
}

/// Uses a code up; `false` if it is none of the person's.
pub(super) async fn use_up(
    ctx: &Ctx,
    tx: &mut Tx,
    person: &PersonRecord,
    code: &str,
) -> Result<bool, ServiceError> {
    if !factors::use_code(tx, person.id, &hash(code), ctx.now()).await? {
        return Ok(false);
    }
    let facts = json!({ "left": factors::count_codes(tx, person.id).await? });
    note_and_tell(ctx, tx, person, "use_recovery_code", &facts).await?;
    Ok(true)
}

/// Codes that the person has not kept yet.
pub enum NotKept {
    /// To be read by whoever has just proved itself.
    Readable(Vec<String>),
    /// Another session of the person's, or this one later on: who has only that may not read them.
    Hidden,
}

/// The codes, if the person has not said yet that they are kept.
pub async fn find(
    ctx: &Ctx,
    person: PersonId,
    browser: &Browser,
) -> Result<Option<NotKept>, ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).read().await?;
    let codes = vault::find(ctx, &mut tx, &SecretName::RecoveryCodes(person)).await?;
    let Some(codes) = codes else {
        return Ok(None);
    };
    match Changer::look(ctx, &mut tx, browser).await {
        Ok(_) => {}
        // There nothing would ever show them.
        Err(ServiceError::Conflict("sign-on-no-proofs")) => return Ok(None),
        Err(ServiceError::Conflict(_) | ServiceError::Unauthenticated) => {
            return Ok(Some(NotKept::Hidden));
        }
        Err(error) => return Err(error),
    }
    let codes = codes.reveal().lines().map(str::to_owned).collect();
    Ok(Some(NotKept::Readable(codes)))
}

/// The person has kept the codes: from now on nobody can read them here. Whoever may not read them does not say so in its place.
pub async fn keep(ctx: &Ctx, browser: &Browser) -> Result<(), ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let person = Changer::find(ctx, &mut tx, browser).await?.person.id;
    vault::remove(&mut tx, &SecretName::RecoveryCodes(person)).await?;
    note(ctx, &mut tx, person, "keep_recovery_codes", &json!({})).await?;
    Ok(tx.commit().await?)
}

/// Makes new codes for whoever asks.
pub async fn renew(ctx: &Ctx, browser: &Browser) -> Result<(), ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let changer = Changer::find(ctx, &mut tx, browser).await?;
    if changer.proofs.is_none() {
        return Err(ServiceError::Conflict("no-proof-yet"));
    }
    let person = &changer.person;
    make(ctx, &mut tx, person.id).await?;
    note_and_tell(ctx, &mut tx, person, "make_recovery_codes", &json!({})).await?;
    Ok(tx.commit().await?)
}
