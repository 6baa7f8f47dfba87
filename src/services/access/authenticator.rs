//! Authenticator apps: codes of six digits that change every half minute (TOTP, RFC 6238). The seed lies in the vault.
//!
//! Why (2026-11): a code lasts as long as it is shown and no longer, though RFC 6238 would have one more taken for slow networks. Whoever looked over a shoulder is late
//! sooner so, and whoever was just too slow types the next one; clocks of phones set themselves.

use portal_domain::{
    access::Proof,
    ids::PersonId,
    secret::{Secret, SecretName},
};
use portal_store::{Across, Tx, factors, people};
use qrcode::{QrCode, render::svg};
use totp_rs::{Builder, Totp};

use super::{Browser, Opened, in_groups, proofs::Changer, random_letters};
use crate::{Ctx, ServiceError, vault};

/// An app that is being set up.
pub struct Setup {
    /// The seed as a person types it, in groups.
    pub seed: String,
    /// What an app on the same device opens.
    pub url: String,
    /// The same as an SVG image of a QR code.
    pub picture: String,
}

/// Makes a seed for the person's app.
pub async fn begin(ctx: &Ctx, browser: &Browser) -> Result<(), ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let changer = Changer::find(ctx, &mut tx, browser).await?;
    if changer.proofs.authenticator.is_some() {
        return Err(ServiceError::Conflict("authenticator-there"));
    }
    let person = changer.person.id;
    let (name, seed) = (SecretName::Authenticator(person), random_letters::<20>());
    vault::put(ctx, &mut tx, &name, &Secret::new(seed)).await?;
    factors::begin_authenticator(&mut tx, person).await?;
    Ok(tx.commit().await?)
}

/// The app that the person is just setting up, for a browser that may do so.
pub async fn find_setup(
    ctx: &Ctx,
    person: PersonId,
    browser: &Browser,
) -> Result<Option<Setup>, ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).read().await?;
    let found = factors::find_authenticator(&mut tx, person).await?;
    if found.is_none_or(|found| found.confirmed_at.is_some()) {
        return Ok(None);
    }
    match Changer::look(ctx, &mut tx, browser).await {
        Ok(_) => {}
        Err(ServiceError::Conflict(_) | ServiceError::Unauthenticated) => return Ok(None),
        Err(error) => return Err(error),
    }
    let Some(seed) = vault::find(ctx, &mut tx, &SecretName::Authenticator(person)).await? else {
        return Ok(None);
    };
    let record = people::find(&mut tx, person)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let url = generator(ctx, &seed, &record.email)?
        .to_url()
        .map_err(inconsistent)?;
    let code = QrCode::new(url.as_bytes()).map_err(inconsistent)?;
    let picture = code
        .render::<svg::Color<'_>>()
        .min_dimensions(200, 200)
        .build();
    Ok(Some(Setup {
        seed: in_groups(seed.reveal(), " "),
        url,
        picture,
    }))
}

/// The app works: its first code was typed. Whoever had no second proof before is signed in.
pub async fn confirm(
    ctx: &Ctx,
    code: &str,
    browser: &Browser,
) -> Result<Option<Opened>, ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let changer = Changer::find(ctx, &mut tx, browser).await?;
    if !check(ctx, &mut tx, changer.person.id, code).await? {
        return Err(ServiceError::field("code", "wrong-code"));
    }
    let proof = Proof::Authenticator;
    let opened = changer
        .added(ctx, &mut tx, proof, "add_authenticator", "", browser)
        .await?;
    tx.commit().await?;
    Ok(opened)
}

/// Takes the app away.
pub async fn remove(ctx: &Ctx, browser: &Browser) -> Result<(), ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let changer = Changer::find(ctx, &mut tx, browser).await?;
    let person = changer.person.id;
    factors::remove_authenticator(&mut tx, person).await?;
    vault::remove(&mut tx, &SecretName::Authenticator(person)).await?;
    changer
        .removed(ctx, &mut tx, "remove_authenticator", "", browser)
        .await?;
    Ok(tx.commit().await?)
}

/// Whether a code is the one of this half minute. Each is taken once.
pub(super) async fn check(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    code: &str,
) -> Result<bool, ServiceError> {
    let Some(seed) = vault::find(ctx, tx, &SecretName::Authenticator(person)).await? else {
        return Ok(false);
    };
    let digits: String = code
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let seconds = u64::try_from(ctx.now().0 / 1_000).unwrap_or_default();
    let Some(step) = generator(ctx, &seed, "")?.check(&digits, seconds) else {
        return Ok(false);
    };
    let step = i64::try_from(step).map_err(inconsistent)?;
    Ok(factors::use_authenticator(tx, person, step, ctx.now()).await?)
}

fn generator(ctx: &Ctx, seed: &Secret, account: &str) -> Result<Totp, ServiceError> {
    let seed = totp_rs::Secret::try_from_base32(seed.reveal()).map_err(inconsistent)?;
    // A colon parts the issuer from the account.
    let issuer = ctx.programme.name.replace(':', " ");
    Builder::new()
        .with_secret(seed)
        .with_issuer(Some(issuer))
        .with_account_name(account)
        .with_skew(0)
        .build()
        .map_err(inconsistent)
}

fn inconsistent(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Inconsistent(format!("an authenticator: {error}"))
}
