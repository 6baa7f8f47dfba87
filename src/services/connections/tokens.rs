//! The tokens of a connection that a person consented to, as workers renew them: one at a time over all instances, and the new pair is kept before anybody uses it.
//! No transaction is open while a vendor is asked; a turn that its worker never came back from ends by itself.

use portal_domain::{
    calendar::Timestamp,
    connection::{ConnectionSecret, ConnectionState, System},
    secret::{Secret, SecretName},
};
use portal_store::{
    audit,
    connections::{self, ConnectionRecord},
    mirrored_accounts, vendors,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::secret_of;
use crate::{Ctx, ServiceError, access, vault};

/// For so long nobody else renews. Longer than a call can take.
const LEASE_MS: i64 = 30_000;
/// Xero forgets a refresh token that nobody used for 60 days: after so many days it is used for its own sake.
const IDLE_DAYS: i64 = 6;
/// When the next job may find out whether a broken connection works again.
const PROBE_MS: i64 = 60_000;

/// What the vault keeps of a consent.
#[derive(Clone, Debug)]
pub struct Pair {
    pub access: Secret,
    pub refresh: Secret,
}

/// A pair as the vault's text.
#[derive(Serialize, Deserialize)]
struct PairText {
    access: String,
    refresh: String,
}

impl Pair {
    pub(super) fn write(&self) -> Secret {
        let text = PairText {
            access: self.access.reveal().to_owned(),
            refresh: self.refresh.reveal().to_owned(),
        };
        Secret::from(serde_json::to_string(&text).expect("two texts are always JSON"))
    }

    fn read(secret: &Secret) -> Result<Self, ServiceError> {
        let text: PairText = serde_json::from_str(secret.reveal())
            // The parser's words may repeat what it read.
            .map_err(|_| ServiceError::Inconsistent("the tokens of a connection".to_owned()))?;
        Ok(Self {
            access: text.access.into(),
            refresh: text.refresh.into(),
        })
    }
}

/// A connection with all that it is reached with.
#[derive(Clone, Debug)]
pub struct Stored {
    pub record: ConnectionRecord,
    pub token: Option<Secret>,
    pub app_secret: Option<Secret>,
    pub tokens: Option<Pair>,
    pub webhook: Option<Secret>,
    pub address: Option<Secret>,
    /// The account whose objects are mirrored.
    pub mirrored: Option<String>,
}

/// A connection for those who call the system, never for a page.
pub async fn find_stored(ctx: &Ctx, system: System) -> Result<Stored, ServiceError> {
    use ConnectionSecret as S;
    let mut tx = ctx.store.read().await?;
    let record = connections::find(&mut tx, system).await?;
    let tokens = secret_of(ctx, &mut tx, system, S::Tokens).await?;
    let mirrored = mirrored_accounts::find(&mut tx, system).await?;
    Ok(Stored {
        record,
        token: secret_of(ctx, &mut tx, system, S::Token).await?,
        app_secret: secret_of(ctx, &mut tx, system, S::AppSecret).await?,
        tokens: tokens.as_ref().map(Pair::read).transpose()?,
        webhook: secret_of(ctx, &mut tx, system, S::Webhook).await?,
        address: secret_of(ctx, &mut tx, system, S::Address).await?,
        mirrored: mirrored.map(|mirrored| mirrored.account.id),
    })
}

/// The turn to renew.
#[derive(Clone, Debug)]
pub struct Lease {
    system: System,
    name: String,
}

/// Takes the turn to renew what is known; `None` where somebody else has it, or has renewed meanwhile.
pub async fn take_turn(ctx: &Ctx, known: &ConnectionRecord) -> Result<Option<Lease>, ServiceError> {
    let (now, name) = (ctx.now(), access::new_token().hash);
    let mut tx = ctx.store.write().await?;
    let ends_at = now.plus_ms(LEASE_MS);
    let taken = connections::take_lease(&mut tx, known, &name, ends_at, now).await?;
    tx.commit().await?;
    Ok(taken.then_some(Lease {
        system: known.system,
        name,
    }))
}

/// Nothing came of a turn: the next one may try at once.
pub async fn give_back(ctx: &Ctx, lease: &Lease) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    connections::give_lease_back(&mut tx, lease.system, &lease.name).await?;
    Ok(tx.commit().await?)
}

/// Keeps the new pair. `false`: the turn was over, and whoever has it now says which pair counts.
pub async fn renewed(
    ctx: &Ctx,
    lease: &Lease,
    pair: &Pair,
    expires_at: Timestamp,
) -> Result<bool, ServiceError> {
    let mut tx = ctx.store.write().await?;
    let now = ctx.now();
    if !connections::set_renewed(&mut tx, lease.system, &lease.name, expires_at, now).await? {
        return Ok(false);
    }
    let name = SecretName::Connection(lease.system, ConnectionSecret::Tokens);
    vault::put(ctx, &mut tx, &name, &pair.write()).await?;
    tx.commit().await?;
    Ok(true)
}

/// The system does not know us any more, in these words: what is to be sent waits until a person has connected it again. Of a connection that is another one by
/// now, or has other tokens, it says nothing, and neither does a turn that is over: then it answers `false`.
pub async fn broken(
    ctx: &Ctx,
    known: &ConnectionRecord,
    lease: Option<&Lease>,
    said: &str,
) -> Result<bool, ServiceError> {
    let (system, now) = (known.system, ctx.now());
    let lease = lease.map(|lease| lease.name.as_str());
    let mut tx = ctx.store.write().await?;
    if !connections::set_broken(&mut tx, known, lease, said, now).await? {
        return Ok(false);
    }
    vendors::hold(&mut tx, system.as_str(), now.plus_ms(PROBE_MS), now).await?;
    let facts = json!({ "said": said }).to_string();
    audit::add(
        &mut tx,
        None,
        "connection_broken",
        system.as_str(),
        &facts,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// The connections whose tokens nobody has used for days, as when a person paused a system.
pub async fn list_idle(ctx: &Ctx) -> Result<Vec<System>, ServiceError> {
    let before = ctx.now().plus_days(-IDLE_DAYS);
    let mut tx = ctx.store.read().await?;
    let is_idle = |record: &ConnectionRecord| {
        record.parts.state == ConnectionState::Connected
            && record.parts.way.is_some_and(|way| way.is_granted())
            && record.renewed_at.is_none_or(|at| at <= before)
    };
    let all = connections::list(&mut tx).await?;
    let idle = all.into_iter().filter(is_idle);
    Ok(idle.map(|record| record.system).collect())
}
