//! Which of Xero's accounts and tax types the bills of partners are booked under: what Xero has, what finance chose of it, and what is said when that is there no
//! longer. Without a choice it is the account that the settings name, with the tax that Xero keeps for it.

use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    remote::{RemoteAccount, RemoteTaxType},
};
use portal_store::{Tx, accounts, audit, settings};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    audit::changes,
    outbox::{self, Job},
};

/// The account that was chosen; empty for none.
const ACCOUNT: &str = "xero.bill_account";
/// The tax type that was chosen; empty for the account's own.
const TAX_TYPE: &str = "xero.bill_tax_type";

/// What a bill's line is booked under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    pub account: String,
    /// `None`: the one that Xero keeps for the account.
    pub tax_type: Option<String>,
}

/// Why Xero would refuse a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The account of this code is archived, gone, or one that takes no bills.
    Account(String),
    /// The same of a tax type.
    TaxType(String),
}

impl Unfit {
    /// The word in the catalogues.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::TaxType(_) => "tax-type",
        }
    }

    pub fn code(&self) -> &str {
        match self {
            Self::Account(code) | Self::TaxType(code) => code,
        }
    }
}

/// All that finance chooses from, and what is chosen.
#[derive(Clone, Debug)]
pub struct AccountsView {
    /// Those that a bill can be booked under.
    pub accounts: Vec<RemoteAccount>,
    pub tax_types: Vec<RemoteTaxType>,
    /// What was chosen; empty where nothing was.
    pub account: String,
    pub tax_type: String,
    /// What the settings name.
    pub usual_account: String,
    pub unfit: Vec<Unfit>,
    /// When Xero was asked last.
    pub read_at: Option<Timestamp>,
}

/// Xero's accounts and tax types, as just read: all of them, so that what is not among them is gone.
pub async fn lists_read(
    ctx: &Ctx,
    found: &[RemoteAccount],
    tax_types: &[RemoteTaxType],
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    tx.lock("accounts").await?;
    accounts::replace_all(&mut tx, found, tax_types, ctx.now()).await?;
    Ok(tx.commit().await?)
}

pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<AccountsView, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let mut found = accounts::list_accounts(&mut tx).await?;
    found.retain(RemoteAccount::is_choice);
    let mut tax_types = accounts::list_tax_types(&mut tx).await?;
    tax_types.retain(RemoteTaxType::is_choice);
    Ok(AccountsView {
        accounts: found,
        tax_types,
        account: chosen(&mut tx, ACCOUNT).await?,
        tax_type: chosen(&mut tx, TAX_TYPE).await?,
        usual_account: ctx.programme.bill_account.clone(),
        unfit: find_unfit(ctx, &mut tx).await?,
        read_at: accounts::find_reading(&mut tx).await?,
    })
}

/// What bills would fail on today, for whoever may see the books.
pub async fn list_unfit(ctx: &Ctx, actor: &Actor) -> Result<Vec<Unfit>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    find_unfit(ctx, &mut tx).await
}

async fn chosen(tx: &mut Tx, key: &str) -> Result<String, ServiceError> {
    Ok(settings::find(tx, key).await?.unwrap_or_default())
}

/// What the next bill is booked under.
pub(crate) async fn find_booking(ctx: &Ctx, tx: &mut Tx) -> Result<Booking, ServiceError> {
    let account = match chosen(tx, ACCOUNT).await? {
        none if none.is_empty() => ctx.programme.bill_account.clone(),
        account => account,
    };
    let tax_type = chosen(tx, TAX_TYPE).await?;
    Ok(Booking {
        account,
        tax_type: (!tax_type.is_empty()).then_some(tax_type),
    })
}

/// What of that Xero has not got any more, or takes no bills under. Nothing is said before Xero was asked.
pub(crate) async fn find_unfit(ctx: &Ctx, tx: &mut Tx) -> Result<Vec<Unfit>, ServiceError> {
    if accounts::find_reading(tx).await?.is_none() {
        return Ok(Vec::new());
    }
    let booking = find_booking(ctx, tx).await?;
    let mut unfit = Vec::new();
    let mut known = accounts::list_accounts(tx).await?.into_iter();
    if !known.any(|known| known.code == booking.account && known.takes_bills()) {
        unfit.push(Unfit::Account(booking.account));
    }
    if let Some(tax_type) = booking.tax_type {
        let mut known = accounts::list_tax_types(tx).await?.into_iter();
        if !known.any(|known| known.code == tax_type && known.is_choice()) {
            unfit.push(Unfit::TaxType(tax_type));
        }
    }
    Ok(unfit)
}

/// Says what bills are booked under from now on; nothing: the account that the settings name, and the account's own tax.
///
/// # Errors
/// `choose-one` for what Xero has not got, or takes no bills under.
pub async fn choose(
    ctx: &Ctx,
    actor: &Actor,
    account: &str,
    tax_type: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    tx.lock("accounts").await?;
    let mut known = accounts::list_accounts(&mut tx).await?.into_iter();
    if !account.is_empty() && !known.any(|known| known.code == account && known.is_choice()) {
        return Err(ServiceError::field("account", "choose-one"));
    }
    let mut known = accounts::list_tax_types(&mut tx).await?.into_iter();
    if !tax_type.is_empty() && !known.any(|known| known.code == tax_type && known.is_choice()) {
        return Err(ServiceError::field("tax_type", "choose-one"));
    }
    let before = [
        settings::find(&mut tx, ACCOUNT).await?,
        settings::find(&mut tx, TAX_TYPE).await?,
    ];
    settings::set(&mut tx, ACCOUNT, account, ctx.now()).await?;
    settings::set(&mut tx, TAX_TYPE, tax_type, ctx.now()).await?;
    let [account_before, tax_before] = before.map(Option::unwrap_or_default);
    let facts = changes([
        ("account", json!(account_before), json!(account)),
        ("tax_type", json!(tax_before), json!(tax_type)),
    ]);
    record(ctx, &mut tx, actor, "choose_bill_accounts", &facts).await?;
    Ok(tx.commit().await?)
}

/// Has Xero asked for its accounts and tax types now.
pub async fn read_now(ctx: &Ctx, actor: &Actor) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    outbox::add_first(ctx, &mut tx, &Job::ReadAccounts).await?;
    record(ctx, &mut tx, actor, "read_accounts", &json!({})).await?;
    Ok(tx.commit().await?)
}

async fn record(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    facts: &serde_json::Value,
) -> Result<(), ServiceError> {
    let (person, facts) = (Some(actor.person()), facts.to_string());
    Ok(audit::add(tx, person, act, "xero", &facts, ctx.now()).await?)
}
