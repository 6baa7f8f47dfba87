//! The forecast of the next payout: what a partner's next statement would come to if everything that it still waits for happened in time, each part named.
//! The parts add up to the total; what a person has stopped is beside them, for nobody knows when it goes on.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use portal_domain::{
    access::{Action, Actor},
    calendar::Quarter,
    ids::{LineId, PartnerId},
    line::LineState,
    money::{Currency, Money},
    scope::Own,
};
use portal_store::{
    Tx,
    lines::{self, LineRecord},
};

use crate::{
    Ctx, ServiceError,
    access::{require_partner, require_staff_scope},
    closing,
    lines::{Known, WaitsFor},
    partners::enter,
    quarters,
};

/// How far a part of the next payout is, the nearest first; in a part of its own where two wait for two things.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartState {
    /// On the statement if the quarter closed now.
    Approved,
    /// The client has paid; waits for our approval.
    Covered,
    /// The client has paid; the month has not ended.
    PaidAhead,
    /// Waits for the client's payment of this invoice.
    Invoiced {
        due: Option<NaiveDate>,
        invoice_number: String,
        /// Zero until the day after it was due.
        days_late: i64,
    },
    /// Nobody has invoiced the client for it, or not in full.
    NotInvoiced,
    Disputed,
    Held {
        reason: String,
    },
    /// A person must decide on the deal first.
    Undecided,
}

impl PartState {
    const fn word(&self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Covered => "covered",
            Self::PaidAhead => "paid-ahead",
            Self::Invoiced { .. } => "invoiced",
            Self::NotInvoiced => "not-invoiced",
            Self::Disputed => "disputed",
            Self::Held { .. } => "held",
            Self::Undecided => "undecided",
        }
    }

    const fn is_stopped(&self) -> bool {
        matches!(self, Self::Disputed | Self::Held { .. } | Self::Undecided)
    }
}

/// What one client's lines that wait for the same thing come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub state: PartState,
    pub client_name: String,
    pub money: Money,
    pub lines: usize,
}

/// Parts that wait for the same kind of thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The parts together.
    pub money: Money,
    /// Never empty.
    pub parts: Vec<Part>,
}

impl Group {
    /// What people call it: the end of a key of the catalogues.
    pub fn word(&self) -> &'static str {
        self.parts.first().map_or("", |part| part.state.word())
    }
}

/// A partner's next payout in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    pub currency: Currency,
    /// The quarter whose closing makes the statement; it takes along what earlier ones carried over.
    pub quarter: Quarter,
    /// The groups together.
    pub total: Money,
    /// The nearest first.
    pub groups: Vec<Group>,
    /// What a person has stopped; no part of the total.
    pub stopped: Vec<Group>,
    /// The least that a statement is made for.
    pub minimum: Money,
}

impl Forecast {
    /// Whether even all of it together is too little for a statement.
    pub const fn is_below_minimum(&self) -> bool {
        self.total.minor < self.minimum.minor
    }

    fn add(&mut self, part: Part) -> Result<(), ServiceError> {
        let groups = if part.state.is_stopped() {
            &mut self.stopped
        } else {
            self.total = self.total.plus(part.money)?;
            &mut self.groups
        };
        match groups.last_mut() {
            Some(group) if group.word() == part.state.word() => {
                group.money = group.money.plus(part.money)?;
                group.parts.push(part);
            }
            _ => groups.push(Group {
                money: part.money,
                parts: vec![part],
            }),
        }
        Ok(())
    }
}

/// The member's own, one for each currency in which something may come.
pub async fn for_partner(ctx: &Ctx, actor: &Actor) -> Result<Vec<Forecast>, ServiceError> {
    let own = require_partner(actor, Action::ReadMoney)?;
    read(ctx, &mut ctx.store.read().await?, own).await
}

/// Any partner's, for staff.
pub async fn of_partner(
    ctx: &Ctx,
    actor: &Actor,
    partner: PartnerId,
) -> Result<Vec<Forecast>, ServiceError> {
    let scope = require_staff_scope(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let (own, _) = enter(&mut tx, scope, partner).await?;
    read(ctx, &mut tx, own).await
}

async fn read(ctx: &Ctx, tx: &mut Tx, own: Own) -> Result<Vec<Forecast>, ServiceError> {
    let partner = own.partner();
    let quarter = quarters::find_next_close(ctx, tx, partner).await?;
    // What closing itself would take, by its own rule.
    let partners = BTreeSet::from([partner]);
    let statable = closing::list_statable(ctx, tx, &partners, quarter).await?;
    let taken = statable.iter().flat_map(|found| &found.lines);
    let taken: BTreeSet<LineId> = taken.map(|line| line.id).collect();
    let found = lines::list_unstated(tx, own, quarter.last()).await?;
    let waiting = [LineState::Upcoming, LineState::Awaiting];
    let known = Known::load(tx, &found, &waiting).await?;
    let mut sums: BTreeMap<(Currency, PartState, String), (Money, usize)> = BTreeMap::new();
    for line in found {
        let state = match taken.contains(&line.id) {
            true => PartState::Approved,
            false => find_state(ctx, &known, &line),
        };
        let currency = line.money.currency;
        let sum = sums
            .entry((currency, state, line.client_name))
            .or_insert((Money::zero(currency), 0));
        *sum = (sum.0.plus(line.money)?, sum.1 + 1);
    }
    let mut forecasts: BTreeMap<Currency, Forecast> = BTreeMap::new();
    for ((currency, state, client_name), (money, lines)) in sums {
        let forecast = forecasts.entry(currency).or_insert_with(|| Forecast {
            currency,
            quarter,
            total: Money::zero(currency),
            groups: Vec::new(),
            stopped: Vec::new(),
            minimum: ctx.programme.minimum_payout.of(currency),
        });
        forecast.add(Part {
            state,
            client_name,
            money,
            lines,
        })?;
    }
    for (currency, forecast) in &mut forecasts {
        if closing::is_last(ctx, tx, partner, *currency, quarter).await? {
            forecast.minimum = Money::zero(*currency);
        }
    }
    Ok(forecasts.into_values().collect())
}

/// Where a line is that closing would leave.
fn find_state(ctx: &Ctx, known: &Known, line: &LineRecord) -> PartState {
    let waits_for = match (known.find_stop(line), line.state) {
        (Some(stop), _) => stop,
        (None, LineState::Covered | LineState::Approved) => return PartState::Covered,
        (None, LineState::Upcoming) if known.is_paid_for(line) => return PartState::PaidAhead,
        (None, _) => known.find_payment(ctx, line),
    };
    match waits_for {
        WaitsFor::Payment {
            invoice_number,
            due,
            days_late,
            ..
        } => PartState::Invoiced {
            due,
            invoice_number,
            days_late,
        },
        WaitsFor::Dispute => PartState::Disputed,
        WaitsFor::Held { reason } => PartState::Held { reason },
        WaitsFor::Merger | WaitsFor::Terms => PartState::Undecided,
        _ => PartState::NotInvoiced,
    }
}
