//! The ledger as of a day: what stood in each account of each partner when that day ended, and of all partners together, where every currency adds up to
//! nothing. It changes nothing; that the accounts are what the lines say is `verify`'s to prove.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    ids::PartnerId,
    ledger::Account,
    money::{Currency, Money, MoneyError},
};
use portal_store::{
    StoreError, Tx,
    journal::{self, Whose},
};

use crate::{Ctx, ServiceError, access::require_staff};

/// How many partners a page shows.
pub const PAGE: i64 = 25;
/// How many partners are read at once where all are wanted.
const BATCH: i64 = 500;

/// The accounts in the order in which money goes through them; the programme's, where it comes from, is last.
pub const ACCOUNTS: [Account; 8] = [
    Account::Expected,
    Account::Awaiting,
    Account::Earned,
    Account::Approved,
    Account::Payable,
    Account::Paid,
    Account::ClawedBack,
    Account::Programme,
];

/// What stands in the accounts in one currency; in all of them together nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balances {
    pub currency: Currency,
    by_account: BTreeMap<Account, i128>,
}

impl Balances {
    const fn new(currency: Currency) -> Self {
        Self {
            currency,
            by_account: BTreeMap::new(),
        }
    }

    /// # Errors
    /// `TooLarge` where no amount holds it.
    pub fn of(&self, account: Account) -> Result<Money, MoneyError> {
        self.money(self.by_account.get(&account).copied().unwrap_or_default())
    }

    /// What all accounts add up to, which is nothing in a ledger that is right.
    ///
    /// # Errors
    /// `TooLarge` where no amount holds it.
    pub fn sum(&self) -> Result<Money, MoneyError> {
        self.money(self.by_account.values().sum())
    }

    fn money(&self, minor: i128) -> Result<Money, MoneyError> {
        let minor = i64::try_from(minor).map_err(|_| MoneyError::TooLarge)?;
        Ok(Money::new(minor, self.currency))
    }
}

/// A partner's accounts in one currency.
#[derive(Clone, Debug)]
pub struct PartnerBalances {
    pub partner: PartnerId,
    pub name: String,
    pub balances: Balances,
}

/// Which balances are asked for.
#[derive(Clone, Debug)]
pub struct LedgerFilter {
    /// All that was posted until this day ended, in the programme's time zone.
    pub on: NaiveDate,
    /// A part of a partner's name.
    pub search: String,
    /// The name and the id of the last partner of the page before.
    pub after: Option<(String, PartnerId)>,
}

/// A page of the ledger.
#[derive(Clone, Debug, Default)]
pub struct LedgerPage {
    /// All partners together, whatever was searched for.
    pub totals: Vec<Balances>,
    /// By name, each currency on its own.
    pub partners: Vec<PartnerBalances>,
    /// The last partner, if there may be more.
    pub next: Option<(String, PartnerId)>,
}

/// A page of the balances of a day.
pub async fn find_page(
    ctx: &Ctx,
    actor: &Actor,
    filter: &LedgerFilter,
) -> Result<LedgerPage, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let mut page = read(ctx, &mut tx, filter, PAGE).await?;
    page.totals = read_totals(&mut tx, end_of(ctx, filter.on)).await?;
    Ok(page)
}

/// The balances of all partners that are searched for, all from one moment.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    filter: &LedgerFilter,
) -> Result<LedgerPage, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    read_all(ctx, filter).await
}

/// The same for everybody, on the command line of whoever has the database.
pub async fn list_on(ctx: &Ctx, on: NaiveDate) -> Result<LedgerPage, ServiceError> {
    let filter = LedgerFilter {
        on,
        search: String::new(),
        after: None,
    };
    read_all(ctx, &filter).await
}

async fn read_all(ctx: &Ctx, filter: &LedgerFilter) -> Result<LedgerPage, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let mut all = LedgerPage {
        totals: read_totals(&mut tx, end_of(ctx, filter.on)).await?,
        ..LedgerPage::default()
    };
    let mut filter = LedgerFilter {
        after: None,
        ..filter.clone()
    };
    loop {
        let page = read(ctx, &mut tx, &filter, BATCH).await?;
        all.partners.extend(page.partners);
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return Ok(all),
        }
    }
}

/// The last instant of a day in the programme's time zone.
fn end_of(ctx: &Ctx, day: NaiveDate) -> Timestamp {
    let next = day.succ_opt().unwrap_or(day);
    ctx.start_of(next).plus_ms(-1)
}

async fn read(
    ctx: &Ctx,
    tx: &mut Tx,
    filter: &LedgerFilter,
    limit: i64,
) -> Result<LedgerPage, ServiceError> {
    let until = end_of(ctx, filter.on);
    let after = filter.after.as_ref().map(|(name, id)| (name.as_str(), *id));
    let partners = journal::list_partners(tx, &filter.search, until, after, limit).await?;
    let ids: Vec<PartnerId> = partners.iter().map(|(id, _)| *id).collect();
    let mut found: BTreeMap<(PartnerId, Currency), Balances> = BTreeMap::new();
    for balance in journal::list_balances(tx, Whose::Some(&ids), until).await? {
        let (partner, currency) = (balance.partner, balance.currency);
        if i64::try_from(balance.minor).is_err() {
            return Err(StoreError::TooLarge { partner, currency }.into());
        }
        let balances = found
            .entry((partner, currency))
            .or_insert_with(|| Balances::new(currency));
        balances.by_account.insert(balance.account, balance.minor);
    }
    let is_full = i64::try_from(partners.len()).is_ok_and(|count| count >= limit);
    let last = partners.last().filter(|_| is_full);
    let next = last.map(|(id, name)| (name.clone(), *id));
    let mut by_partner: BTreeMap<PartnerId, Vec<Balances>> = BTreeMap::new();
    for ((partner, _), balances) in found {
        by_partner.entry(partner).or_default().push(balances);
    }
    let partners = partners.into_iter().flat_map(|(partner, name)| {
        let of_partner = by_partner.remove(&partner).unwrap_or_default();
        of_partner.into_iter().map(move |balances| PartnerBalances {
            partner,
            name: name.clone(),
            balances,
        })
    });
    Ok(LedgerPage {
        totals: Vec::new(),
        partners: partners.collect(),
        next,
    })
}

async fn read_totals(tx: &mut Tx, until: Timestamp) -> Result<Vec<Balances>, ServiceError> {
    let mut found: BTreeMap<Currency, Balances> = BTreeMap::new();
    for (currency, account, minor) in journal::list_totals(tx, until).await? {
        let balances = found
            .entry(currency)
            .or_insert_with(|| Balances::new(currency));
        balances.by_account.insert(account, minor);
    }
    Ok(found.into_values().collect())
}
