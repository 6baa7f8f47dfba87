//! Plans: how commission is computed. Versioned; a deal keeps the version that held on the day it was won.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Fault, FieldErrors},
    ids::PartnerId,
    money::{
        CommonSum, Currency, Exact, MILLION, Money, MoneyError, Rate, add, fraction, multiply,
        quotient, times,
    },
    text::parse_line,
};

/// How many tiers a plan may have.
pub const TIERS_MAX: usize = 12;
/// How many partners may share a plan's lines, the one that brought the lead included.
pub const SHARES_MAX: usize = 8;

/// The terms of one version of a plan; never edited, only followed by another version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanTerms {
    /// The partner's share of what the client is charged, net of tax; where there are tiers, of deals in other currencies than theirs.
    pub rate: Rate,
    /// Rates by what the partner has won lately.
    #[serde(default)]
    pub tiers: Option<Tiers>,
    /// For how many months of a deal it pays; `None`: as long as the client pays.
    pub months: Option<u16>,
    /// The most that one deal can earn, bonus included, in the deals of that currency.
    pub cap: Option<Money>,
    /// Paid once for each deal of that currency, with its first month.
    #[serde(default)]
    pub bonus: Option<Money>,
    /// Who gets which part of each line; nobody but the partner that brought the lead, if empty. The parts are the whole.
    #[serde(default)]
    pub split: Vec<Share>,
    /// For how many months a partner that leaves is still paid; `None`: as if it had stayed.
    #[serde(default)]
    pub tail_months: Option<u16>,
    /// t: which share of a month's value may be missing for the month still to count as covered.
    pub tolerance: Rate,
}

/// Marginal rates over the partner's won monthly value: each part of a deal's monthly value has the rate of the tier that it lies in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "TiersText", into = "TiersText")]
pub struct Tiers {
    currency: Currency,
    /// The first begins at nothing, each at more than the one before; a tier ends where the next begins, and does not hold that border.
    steps: Vec<Tier>,
}

/// From which monthly value on, in minor units of the tiers' currency, which rate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    pub from_minor: i64,
    pub rate: Rate,
}

/// [`Tiers`] as it is stored: read back only through [`Tiers::new`].
#[derive(Clone, Serialize, Deserialize)]
struct TiersText {
    currency: Currency,
    steps: Vec<Tier>,
}

impl TryFrom<TiersText> for Tiers {
    type Error = Fault;

    fn try_from(text: TiersText) -> Result<Self, Fault> {
        Self::new(text.currency, text.steps)
    }
}

impl From<Tiers> for TiersText {
    fn from(tiers: Tiers) -> Self {
        Self {
            currency: tiers.currency,
            steps: tiers.steps,
        }
    }
}

/// Which part of each line of a plan goes to whom; `None`: to the partner that brought the lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub partner: Option<PartnerId>,
    pub share: Rate,
}

impl Tiers {
    /// # Errors
    /// `tiers-empty`, `tiers-too-many`, `tiers-first-not-zero`, `tiers-not-rising`.
    pub fn new(currency: Currency, steps: Vec<Tier>) -> Result<Self, Fault> {
        let Some(first) = steps.first() else {
            return Err(Fault::new("tiers-empty"));
        };
        if steps.len() > TIERS_MAX {
            return Err(Fault::with("tiers-too-many", TIERS_MAX));
        }
        if first.from_minor != 0 {
            return Err(Fault::new("tiers-first-not-zero"));
        }
        if steps
            .windows(2)
            .any(|two| two[0].from_minor >= two[1].from_minor)
        {
            return Err(Fault::new("tiers-not-rising"));
        }
        Ok(Self { currency, steps })
    }

    /// The currency of the borders; deals in others have no tiers.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// In order; a tier ends where the next begins.
    pub fn steps(&self) -> &[Tier] {
        &self.steps
    }

    /// Gives the parts of a deal's monthly value by tier, where the partner had won `standing` a month before it, as numerators over the denominator that it
    /// returns. A value below zero, or none, lies wholly in the tier of the standing.
    fn each_part(
        &self,
        standing: Exact,
        monthly: Exact,
        mut give: impl FnMut(i128, Rate),
    ) -> Result<i128, MoneyError> {
        let mut until = CommonSum::ZERO;
        until.add(*standing.numer(), *standing.denom())?;
        until.add(*monthly.numer(), *monthly.denom())?;
        let CommonSum {
            numer: until,
            denom,
        } = until;
        let value = *monthly.numer() * quotient(denom, *monthly.denom());
        if value <= 0 {
            give(value, self.rate_at(standing));
            return Ok(denom);
        }
        // What lies below the first border is the first tier's.
        let mut begins = until - value;
        for (place, tier) in self.steps.iter().enumerate() {
            let ends = match self.steps.get(place + 1) {
                Some(next) => times(denom, next.from_minor).ok_or(MoneyError::TooLarge)?,
                None => until,
            };
            if ends > begins {
                give(ends.min(until) - begins, tier.rate);
                begins = ends;
            }
            if ends >= until {
                break;
            }
        }
        Ok(denom)
    }

    /// The rate of the tier that a monthly value lies in.
    pub fn rate_at(&self, standing: Exact) -> Rate {
        self.steps
            .iter()
            .rev()
            .find(|tier| Exact::from_integer(i128::from(tier.from_minor)) <= standing)
            .unwrap_or(&self.steps[0])
            .rate
    }
}

impl PlanTerms {
    /// Gives the parts of a month's value with the rate of each: one, unless tiers part it. A one-off value has the rate of the partner's standing, for it is
    /// won once and not every month. The parts are numerators over the denominator that it returns.
    fn each_part(
        &self,
        base: Exact,
        currency: Currency,
        standing: Exact,
        is_one_off: bool,
        mut give: impl FnMut(i128, Rate),
    ) -> Result<i128, MoneyError> {
        let tiers = self.tiers.as_ref();
        let rate = match tiers.filter(|tiers| tiers.currency == currency) {
            None => self.rate,
            Some(tiers) if is_one_off => tiers.rate_at(standing),
            Some(tiers) => return tiers.each_part(standing, base, give),
        };
        give(*base.numer(), rate);
        Ok(*base.denom())
    }

    /// The parts of a month's value with the rate of each.
    ///
    /// # Errors
    /// `TooLarge` where 128 bits do not hold a sum.
    pub fn parts(
        &self,
        base: Exact,
        currency: Currency,
        standing: Exact,
        is_one_off: bool,
    ) -> Result<Vec<(Exact, Rate)>, MoneyError> {
        let mut parts = Vec::new();
        let denom = self.each_part(base, currency, standing, is_one_off, |numer, rate| {
            parts.push((numer, rate));
        })?;
        let exact = |(numer, rate)| (fraction(numer, denom), rate);
        Ok(parts.into_iter().map(exact).collect())
    }

    /// The exact commission of one month: each part of its value times its rate.
    ///
    /// # Errors
    /// `TooLarge` where 128 bits do not hold a sum.
    pub(crate) fn commission(
        &self,
        base: Exact,
        currency: Currency,
        standing: Exact,
        is_one_off: bool,
    ) -> Result<CommonSum, MoneyError> {
        let mut millionths = Some(0_i128);
        let denom = self.each_part(base, currency, standing, is_one_off, |numer, rate| {
            let part = times(numer, rate.millionths());
            millionths = millionths
                .zip(part)
                .and_then(|(sum, part)| sum.checked_add(part));
        })?;
        let parts_of_unit = times(denom, MILLION);
        let (numer, denom) = millionths.zip(parts_of_unit).ok_or(MoneyError::TooLarge)?;
        Ok(CommonSum { numer, denom })
    }

    /// The bonus of a deal in that currency, within the cap; none where the plan has none for it.
    pub fn bonus_minor(&self, currency: Currency) -> i64 {
        let in_currency = |money: &Option<Money>| money.filter(|money| money.currency == currency);
        let bonus = in_currency(&self.bonus).map_or(0, |bonus| bonus.minor);
        in_currency(&self.cap).map_or(bonus, |cap| bonus.min(cap.minor))
    }

    /// Who gets which part of the lines of a deal that `owner` brought, nobody named twice; in the order of the plan.
    pub fn shares(&self, owner: PartnerId) -> Vec<(PartnerId, Rate)> {
        let mut shares: Vec<(PartnerId, Rate)> = Vec::with_capacity(self.split.len().max(1));
        for share in &self.split {
            let partner = share.partner.unwrap_or(owner);
            match shares.iter_mut().find(|known| known.0 == partner) {
                // All parts are the whole, so no two are more than it.
                Some(known) => {
                    known.1 = Rate::try_from(known.1.as_decimal() + share.share.as_decimal())
                        .unwrap_or(known.1)
                }
                None => shares.push((partner, share.share)),
            }
        }
        if shares.is_empty() {
            shares.push((owner, Rate::ONE));
        }
        shares
    }
}

/// Parts of an amount that add up to it: each border between two shares is rounded half to even, so no part is off by more than one unit,
/// and none has another sign than the whole.
///
/// # Errors
/// `TooLarge` where no amount holds a part.
pub fn divide(amount_minor: i64, shares: &[Rate]) -> Result<Vec<i64>, MoneyError> {
    let whole = Exact::from_integer(i128::from(amount_minor));
    let mut through = Exact::from_integer(0);
    let mut given = 0;
    let mut parts = Vec::with_capacity(shares.len());
    for share in shares {
        through = add(through, share.exact())?;
        let border = crate::money::round_half_even(multiply(through, whole)?)?;
        parts.push(border - given);
        given = border;
    }
    Ok(parts)
}

/// A plan's version, as staff type it. Amounts are all in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanForm {
    pub name: String,
    /// Per cent.
    pub rate: String,
    /// Empty: as long as the client pays.
    pub months: String,
    /// Of the cap, the bonus and the tiers.
    pub currency: String,
    pub cap: String,
    pub bonus: String,
    /// Rows that are wholly empty are no tiers.
    pub tiers: Vec<TierForm>,
    /// Per cent for the partner that brought the lead; empty: what the others leave.
    pub own_share: String,
    /// Rows that are wholly empty are no shares.
    pub shares: Vec<ShareForm>,
    /// Months after leaving; empty: as if the partner had stayed.
    pub tail_months: String,
    /// Per cent; empty: 1.
    pub tolerance: String,
}

/// From which monthly value on, until which, at how many per cent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TierForm {
    pub from: String,
    /// Empty for the last.
    pub until: String,
    pub rate: String,
}

/// Another partner's part of each line, in per cent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShareForm {
    pub partner: String,
    pub share: String,
}

impl PlanForm {
    /// What would be typed for a version that is there: the start of the next one.
    pub fn of(name: &str, terms: &PlanTerms) -> Self {
        let tiers = terms.tiers.as_ref();
        let amounts = [terms.cap, terms.bonus].into_iter().flatten();
        let currency = tiers
            .map(Tiers::currency)
            .or_else(|| amounts.map(|money| money.currency).next());
        let amount = |money: Option<Money>| money.map_or_else(String::new, Money::to_decimal);
        let months = |months: Option<u16>| months.map_or_else(String::new, |it| it.to_string());
        let own = terms.split.iter().find(|share| share.partner.is_none());
        let shares = terms.split.iter().filter_map(|share| {
            share.partner.map(|partner| ShareForm {
                partner: partner.to_string(),
                share: share.share.to_percent(),
            })
        });
        Self {
            name: name.to_owned(),
            rate: terms.rate.to_percent(),
            months: months(terms.months),
            currency: currency.map_or_else(String::new, |currency| currency.to_string()),
            cap: amount(terms.cap),
            bonus: amount(terms.bonus),
            tiers: tiers.map_or_else(Vec::new, tier_forms),
            own_share: own.map_or_else(String::new, |own| own.share.to_percent()),
            shares: shares.collect(),
            tail_months: months(terms.tail_months),
            tolerance: terms.tolerance.to_percent(),
        }
    }

    /// The plan's name and the terms of the version, or all faults at once.
    ///
    /// # Errors
    /// What is wrong, never empty. A fault of a row names it: `tiers.1.from`.
    pub fn parse(&self) -> Result<(String, PlanTerms), FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", parse_line(&self.name, 80));
        let rate = errors.take("rate", Rate::parse_percent(&self.rate));
        let months = parse_months(&self.months, 1, "months", &mut errors);
        let tail_months = parse_months(&self.tail_months, 0, "tail_months", &mut errors);
        let cap = self.parse_amount("cap", &self.cap, &mut errors);
        let bonus = self.parse_amount("bonus", &self.bonus, &mut errors);
        let tiers = self.parse_tiers(&mut errors);
        let split = self.parse_shares(&mut errors);
        let tolerance = match self.tolerance.trim() {
            "" => Rate::parse_percent("1").ok(),
            typed => errors
                .take("tolerance", Rate::parse_percent(typed))
                .filter(|tolerance| {
                    // With all of a month missing, lines would be paid that no client has paid for.
                    let below_all = tolerance.as_decimal() < Decimal::ONE;
                    if !below_all {
                        errors.add("tolerance", "rate-out-of-range");
                    }
                    below_all
                }),
        };
        match (name, rate, tolerance) {
            (Some(name), Some(rate), Some(tolerance)) if errors.is_empty() => Ok((
                name,
                PlanTerms {
                    rate,
                    tiers,
                    months,
                    cap,
                    bonus,
                    split,
                    tail_months,
                    tolerance,
                },
            )),
            _ => Err(errors),
        }
    }

    fn parse_currency(&self, errors: &mut FieldErrors) -> Option<Currency> {
        let is_named = errors.of("currency").next().is_some();
        match Currency::parse(&self.currency) {
            Ok(currency) => Some(currency),
            // One fault is enough for all amounts.
            Err(_) if is_named => None,
            Err(fault) => errors.take("currency", Err(fault)),
        }
    }

    fn parse_amount(&self, field: &str, typed: &str, errors: &mut FieldErrors) -> Option<Money> {
        if typed.trim().is_empty() {
            return None;
        }
        let currency = self.parse_currency(errors)?;
        errors.take(field, Money::parse_typed(typed, currency))
    }

    fn parse_tiers(&self, errors: &mut FieldErrors) -> Option<Tiers> {
        let rows: Vec<(usize, &TierForm)> = self
            .tiers
            .iter()
            .enumerate()
            .filter(|(_, row)| **row != TierForm::default())
            .collect();
        let last = rows.last()?.0;
        if rows.len() > TIERS_MAX {
            errors.add_with("tiers", "tiers-too-many", &TIERS_MAX.to_string());
        }
        let currency = self.parse_currency(errors)?;
        let known = errors.0.len();
        let mut steps = Vec::with_capacity(rows.len());
        let mut border: Option<Money> = Some(Money::zero(currency));
        for (place, row) in rows {
            let field = |name: &str| format!("tiers.{place}.{name}");
            let from = errors.take(&field("from"), parse_border(&row.from, currency));
            if let (Some(from), Some(border)) = (from, border) {
                check_border(&field("from"), border, from, steps.is_empty(), errors);
            }
            border = parse_end(&field("until"), row, place == last, from, errors);
            let rate = errors.take(&field("rate"), Rate::parse_percent(&row.rate));
            if let (Some(from), Some(rate)) = (from, rate) {
                steps.push(Tier {
                    from_minor: from.minor,
                    rate,
                });
            }
        }
        if errors.0.len() > known || steps.len() > TIERS_MAX {
            return None;
        }
        errors.take("tiers", Tiers::new(currency, steps))
    }

    fn parse_shares(&self, errors: &mut FieldErrors) -> Vec<Share> {
        let rows = self.shares.iter().enumerate();
        let rows: Vec<(usize, &ShareForm)> = rows
            .filter(|(_, row)| **row != ShareForm::default())
            .collect();
        let mut others: Vec<Share> = Vec::with_capacity(rows.len());
        let mut shares: Vec<Rate> = Vec::with_capacity(rows.len());
        for (place, row) in &rows {
            let field = |name: &str| format!("shares.{place}.{name}");
            let partner = row.partner.trim().parse::<PartnerId>();
            let partner = errors.take(
                &field("partner"),
                partner.map_err(|_| Fault::new("choose-one")),
            );
            let share = errors.take(&field("share"), parse_share(&row.share));
            if partner.is_some() && others.iter().any(|other| other.partner == partner) {
                errors.add(&field("partner"), "share-twice");
            }
            shares.extend(share);
            if let (Some(_), Some(share)) = (partner, share) {
                others.push(Share { partner, share });
            }
        }
        if rows.len() >= SHARES_MAX {
            errors.add_with("shares", "shares-too-many", &SHARES_MAX.to_string());
            return Vec::new();
        }
        if shares.len() < rows.len() {
            // A sum of which a part cannot be read is not judged; who gets the parts is no matter.
            return Vec::new();
        }
        let own = self.parse_own_share(&shares, errors);
        let Some(own) = own.filter(|_| !others.is_empty()) else {
            return Vec::new();
        };
        let own = Share {
            partner: None,
            share: own,
        };
        std::iter::once(own)
            .filter(|own| own.share != Rate::ZERO)
            .chain(others)
            .collect()
    }

    /// The part of the partner that brought the lead, which makes the others' the whole; none where nothing is shared.
    fn parse_own_share(&self, others: &[Rate], errors: &mut FieldErrors) -> Option<Rate> {
        let typed = self.own_share.trim();
        if others.is_empty() && typed.is_empty() {
            return None;
        }
        let given: Decimal = others.iter().map(|other| other.as_decimal()).sum();
        if typed.is_empty() {
            let not_whole = |_| Fault::with("shares-not-whole", percent(given));
            let own = Rate::try_from(Decimal::ONE - given).map_err(not_whole);
            return errors.take("shares", own);
        }
        let own = errors.take("own_share", Rate::parse_percent(typed))?;
        let sum = given + own.as_decimal();
        if sum != Decimal::ONE {
            errors.add_with("shares", "shares-not-whole", &percent(sum));
        }
        Some(own)
    }
}

fn tier_forms(tiers: &Tiers) -> Vec<TierForm> {
    let border = |tier: &Tier| Money::new(tier.from_minor, tiers.currency).to_decimal();
    let steps = tiers.steps.iter().enumerate();
    steps
        .map(|(place, tier)| TierForm {
            from: if place == 0 {
                "0".to_owned()
            } else {
                border(tier)
            },
            until: tiers.steps.get(place + 1).map_or_else(String::new, border),
            rate: tier.rate.to_percent(),
        })
        .collect()
}

fn percent(share: Decimal) -> String {
    (share * Decimal::ONE_HUNDRED).normalize().to_string()
}

fn parse_share(typed: &str) -> Result<Rate, Fault> {
    let share = Rate::parse_percent(typed)?;
    if share == Rate::ZERO {
        return Err(Fault::new("share-of-nothing"));
    }
    Ok(share)
}

fn parse_months(typed: &str, least: u16, field: &str, errors: &mut FieldErrors) -> Option<u16> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    match typed.parse() {
        Ok(months) if (least..=600).contains(&months) => Some(months),
        _ => {
            errors.add(field, "months-invalid");
            None
        }
    }
}

/// Where a tier begins: nothing, or an amount.
fn parse_border(typed: &str, currency: Currency) -> Result<Money, Fault> {
    match typed.trim() {
        "" | "0" => Ok(Money::zero(currency)),
        typed => Money::parse_typed(typed, currency),
    }
}

fn check_border(field: &str, border: Money, from: Money, is_first: bool, errors: &mut FieldErrors) {
    let code = match from.minor.cmp(&border.minor) {
        std::cmp::Ordering::Equal => return,
        _ if is_first => "tiers-first-not-zero",
        std::cmp::Ordering::Greater => "tier-gap",
        std::cmp::Ordering::Less => "tier-overlap",
    };
    errors.add_with(field, code, &border.to_decimal());
}

/// Where a tier ends; only the last has no end.
fn parse_end(
    field: &str,
    row: &TierForm,
    is_last: bool,
    from: Option<Money>,
    errors: &mut FieldErrors,
) -> Option<Money> {
    match (row.until.trim(), is_last) {
        ("", true) => None,
        ("", false) => {
            errors.add(field, "tier-end-missing");
            None
        }
        (_, true) => {
            errors.add(field, "tier-last-has-end");
            None
        }
        (typed, false) => {
            let from = from?;
            let until = errors.take(field, Money::parse_typed(typed, from.currency))?;
            if until.minor <= from.minor {
                errors.add(field, "tier-ends-before-it-begins");
                return None;
            }
            Some(until)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        error::FieldError,
        testing::{euro, partner, plan, rate, tiers},
    };

    fn form() -> PlanForm {
        PlanForm {
            name: "Standard".to_owned(),
            rate: "12,5 %".to_owned(),
            ..PlanForm::default()
        }
    }

    #[test]
    fn a_plan_pays_without_end_or_cap_and_with_one_per_cent_tolerance_unless_typed() {
        let (name, terms) = form().parse().expect("well formed");
        assert_eq!(name, "Standard");
        assert_eq!(terms.rate.to_percent(), "12.5");
        assert_eq!((terms.months, terms.cap), (None, None));
        assert_eq!(terms.tolerance.to_percent(), "1");
        let typed = PlanForm {
            months: " 24 ".to_owned(),
            cap: "10,000".to_owned(),
            currency: "usd".to_owned(),
            tolerance: "0".to_owned(),
            ..form()
        };
        let (_, terms) = typed.parse().expect("well formed");
        assert_eq!(terms.months, Some(24));
        assert_eq!(terms.cap, Some(Money::new(1_000_000, Currency::USD)));
        assert_eq!(terms.tolerance, Rate::ZERO);
    }

    #[test]
    fn what_a_version_says_can_be_typed_again_and_means_the_same() {
        let other = PartnerId::new(ulid::Ulid::from_parts(1, 1));
        let tiers = [("0", "2,500", "8"), ("2,500", "", "12.5")];
        let full = PlanForm {
            months: "24".to_owned(),
            currency: "EUR".to_owned(),
            cap: "1000".to_owned(),
            bonus: "250.50".to_owned(),
            tiers: tiers
                .map(|(from, until, rate)| TierForm {
                    from: from.to_owned(),
                    until: until.to_owned(),
                    rate: rate.to_owned(),
                })
                .into(),
            shares: vec![ShareForm {
                partner: other.to_string(),
                share: "33.3".to_owned(),
            }],
            tail_months: "0".to_owned(),
            tolerance: "0".to_owned(),
            ..form()
        };
        for typed in [form(), full] {
            let (name, terms) = typed.parse().expect("well formed");
            let again = PlanForm::of(&name, &terms).parse();
            assert_eq!(again, Ok((name, terms)));
        }
    }

    #[test]
    fn each_fault_of_a_plan_is_named_with_its_field() {
        type Spoil = fn(&mut PlanForm);
        let faults: [(Spoil, &str, &str); 9] = [
            (|form| form.name.clear(), "name", "required"),
            (|form| form.rate.clear(), "rate", "rate-invalid"),
            (
                |form| form.rate = "101".to_owned(),
                "rate",
                "rate-out-of-range",
            ),
            (
                |form| form.months = "0".to_owned(),
                "months",
                "months-invalid",
            ),
            (
                |form| form.months = "601".to_owned(),
                "months",
                "months-invalid",
            ),
            (
                |form| form.months = "ten".to_owned(),
                "months",
                "months-invalid",
            ),
            (
                |form| form.cap = "100".to_owned(),
                "currency",
                "currency-unknown",
            ),
            (
                |form| form.tolerance = "x".to_owned(),
                "tolerance",
                "rate-invalid",
            ),
            (
                |form| form.tolerance = "100".to_owned(),
                "tolerance",
                "rate-out-of-range",
            ),
        ];
        for (spoil, field, code) in faults {
            let mut form = form();
            spoil(&mut form);
            assert_eq!(form.parse(), Err(FieldErrors::one(field, code)));
        }
    }

    fn tier(from: &str, until: &str, rate: &str) -> TierForm {
        TierForm {
            from: from.to_owned(),
            until: until.to_owned(),
            rate: rate.to_owned(),
        }
    }

    fn share(number: u128, share: &str) -> ShareForm {
        ShareForm {
            partner: partner(number).to_string(),
            share: share.to_owned(),
        }
    }

    /// A form with all that a plan can have.
    fn rich_form() -> PlanForm {
        PlanForm {
            currency: "EUR".to_owned(),
            cap: "5000".to_owned(),
            bonus: "50".to_owned(),
            tiers: vec![
                tier("", "1000", "5"),
                TierForm::default(),
                tier("1000", "2.500,50", "7.5"),
                tier("2500.50", "", "10"),
            ],
            own_share: "60".to_owned(),
            shares: vec![
                ShareForm::default(),
                share(2, "30"),
                share(3, "10"),
                ShareForm::default(),
            ],
            tail_months: "0".to_owned(),
            ..form()
        }
    }

    /// The faults of a form, as field, code and detail.
    fn faults(form: &PlanForm) -> Vec<(String, String, String)> {
        let errors = form.parse().expect_err("a fault").0;
        let parts = |error: FieldError| (error.field, error.code, error.detail);
        errors.into_iter().map(parts).collect()
    }

    fn fault(field: &str, code: &str, detail: &str) -> (String, String, String) {
        (field.to_owned(), code.to_owned(), detail.to_owned())
    }

    #[test]
    fn rows_that_are_wholly_empty_are_no_tiers_and_no_shares() {
        let (_, terms) = rich_form().parse().expect("well formed");
        let expected = tiers(
            Currency::EUR,
            &[(0, 50_000), (100_000, 75_000), (250_050, 100_000)],
        );
        assert_eq!(terms.tiers, Some(expected));
        assert_eq!(
            (terms.cap, terms.bonus),
            (Some(euro(500_000)), Some(euro(5_000)))
        );
        let share = |number: Option<u128>, ppm| Share {
            partner: number.map(partner),
            share: rate(ppm),
        };
        let split = [
            share(None, 600_000),
            share(Some(2), 300_000),
            share(Some(3), 100_000),
        ];
        assert_eq!(terms.split, split);
        assert_eq!(terms.tail_months, Some(0));
        let empty = PlanForm {
            tiers: vec![TierForm::default(); 3],
            shares: vec![ShareForm::default(); 3],
            ..form()
        };
        let (_, terms) = empty.parse().expect("well formed");
        assert_eq!((terms.tiers, terms.split.len()), (None, 0));
        assert_eq!((terms.bonus, terms.tail_months), (None, None));
    }

    #[test]
    fn each_fault_of_a_tier_is_named_with_its_row() {
        type Spoil = fn(&mut Vec<TierForm>);
        let table: [(Spoil, &str, &str, &str); 10] = [
            (
                |rows| rows[0].from = "1".to_owned(),
                "tiers.0.from",
                "tiers-first-not-zero",
                "0.00",
            ),
            (
                |rows| rows[2].from = "1000.01".to_owned(),
                "tiers.2.from",
                "tier-gap",
                "1000.00",
            ),
            (
                |rows| rows[2].from = "999".to_owned(),
                "tiers.2.from",
                "tier-overlap",
                "1000.00",
            ),
            (
                |rows| rows[2].from = "x".to_owned(),
                "tiers.2.from",
                "amount-invalid",
                "",
            ),
            (
                |rows| rows[0].until.clear(),
                "tiers.0.until",
                "tier-end-missing",
                "",
            ),
            (
                |rows| rows[3].until = "9000".to_owned(),
                "tiers.3.until",
                "tier-last-has-end",
                "",
            ),
            (
                |rows| rows[2].until = "1000".to_owned(),
                "tiers.2.until",
                "tier-ends-before-it-begins",
                "",
            ),
            (
                |rows| rows[2].until = "0".to_owned(),
                "tiers.2.until",
                "amount-not-positive",
                "",
            ),
            (
                |rows| rows[3].rate = "101".to_owned(),
                "tiers.3.rate",
                "rate-out-of-range",
                "",
            ),
            (
                |rows| rows[3].rate.clear(),
                "tiers.3.rate",
                "rate-invalid",
                "",
            ),
        ];
        for (spoil, field, code, detail) in table {
            let mut form = rich_form();
            spoil(&mut form.tiers);
            assert_eq!(faults(&form), [fault(field, code, detail)]);
        }
    }

    #[test]
    fn a_plan_has_at_most_twelve_tiers_and_one_fault_for_all_of_them() {
        let mut form = rich_form();
        let rows = |count: usize| {
            let row = |place: usize| {
                let until = if place + 1 == count {
                    String::new()
                } else {
                    (place + 1).to_string()
                };
                tier(&place.to_string(), &until, "5")
            };
            (0..count).map(row).collect::<Vec<_>>()
        };
        form.tiers = rows(TIERS_MAX);
        let (_, terms) = form.parse().expect("well formed");
        assert_eq!(terms.tiers.expect("tiers").steps().len(), TIERS_MAX);
        form.tiers = rows(TIERS_MAX + 1);
        assert_eq!(faults(&form), [fault("tiers", "tiers-too-many", "12")]);
    }

    #[test]
    fn faults_of_rows_as_a_whole_show_beside_all_others() {
        let mut form = rich_form();
        form.name.clear();
        let row = |place: usize| tier(&place.to_string(), &(place + 1).to_string(), "5");
        form.tiers = (0..=TIERS_MAX).map(row).collect();
        form.tiers[TIERS_MAX].until.clear();
        form.shares[1].share = "31".to_owned();
        form.shares[2].partner.clear();
        let mut expected = vec![
            fault("name", "required", ""),
            fault("tiers", "tiers-too-many", "12"),
            fault("shares.2.partner", "choose-one", ""),
            fault("shares", "shares-not-whole", "101"),
        ];
        assert_eq!(faults(&form), expected);
        // A sum of which a part cannot be read is not judged; the number of rows is.
        form.shares[2].share = "x".to_owned();
        form.tiers[3].rate = "x".to_owned();
        expected[3] = fault("shares.2.share", "rate-invalid", "");
        expected.insert(2, fault("tiers.3.rate", "rate-invalid", ""));
        assert_eq!(faults(&form), expected);
    }

    #[test]
    fn amounts_without_a_currency_are_one_fault() {
        let form = PlanForm {
            currency: "EURO".to_owned(),
            ..rich_form()
        };
        assert_eq!(faults(&form), [fault("currency", "currency-unknown", "")]);
    }

    #[test]
    fn each_fault_of_a_share_is_named_with_its_row() {
        type Spoil = fn(&mut PlanForm);
        let table: [(Spoil, &str, &str, &str); 11] = [
            (
                |form| form.shares[1].partner = "nobody".to_owned(),
                "shares.1.partner",
                "choose-one",
                "",
            ),
            (
                |form| form.shares[1].share = "0".to_owned(),
                "shares.1.share",
                "share-of-nothing",
                "",
            ),
            (
                |form| form.shares[2].share = "1,00001".to_owned(),
                "shares.2.share",
                "rate-too-fine",
                "",
            ),
            (
                |form| form.shares[2].partner = partner(2).to_string(),
                "shares.2.partner",
                "share-twice",
                "",
            ),
            (
                |form| form.own_share = "60.5".to_owned(),
                "shares",
                "shares-not-whole",
                "100.5",
            ),
            (
                |form| form.own_share = "59".to_owned(),
                "shares",
                "shares-not-whole",
                "99",
            ),
            (
                |form| form.own_share = "most".to_owned(),
                "own_share",
                "rate-invalid",
                "",
            ),
            (
                |form| {
                    form.own_share.clear();
                    form.shares[1].share = "91".to_owned();
                },
                "shares",
                "shares-not-whole",
                "101",
            ),
            (
                |form| {
                    form.own_share = "50".to_owned();
                    form.shares.clear();
                },
                "shares",
                "shares-not-whole",
                "50",
            ),
            (
                |form| form.tail_months = "601".to_owned(),
                "tail_months",
                "months-invalid",
                "",
            ),
            (
                |form| form.shares = (2..10).map(|number| share(number, "1")).collect(),
                "shares",
                "shares-too-many",
                "8",
            ),
        ];
        for (spoil, field, code, detail) in table {
            let mut form = rich_form();
            spoil(&mut form);
            assert_eq!(faults(&form), [fault(field, code, detail)]);
        }
    }

    #[test]
    fn the_partner_that_brought_the_lead_has_what_the_others_leave() {
        let split = |own: &str, shares: Vec<ShareForm>| {
            let form = PlanForm {
                own_share: own.to_owned(),
                shares,
                ..form()
            };
            let split = form.parse().expect("well formed").1.split;
            let parts = split.iter().map(|share| {
                let is_own = share.partner.is_none();
                (is_own, share.share.to_percent())
            });
            parts.collect::<Vec<_>>()
        };
        let part = |is_own, percent: &str| (is_own, percent.to_owned());
        assert_eq!(
            split("", vec![share(2, "12.5")]),
            [part(true, "87.5"), part(false, "12.5")]
        );
        let all_others = [part(false, "75"), part(false, "25")];
        assert_eq!(split("", vec![share(2, "75"), share(3, "25")]), all_others);
        assert_eq!(split("0", vec![share(2, "75"), share(3, "25")]), all_others);
        assert_eq!(split("100", Vec::new()), []);
        let seven: Vec<ShareForm> = (2..9).map(|number| share(number, "1")).collect();
        assert_eq!(split("93", seven).len(), SHARES_MAX);
    }

    #[test]
    fn nobody_is_named_twice_among_those_who_share() {
        let mut terms = plan(100_000, None);
        assert_eq!(terms.shares(partner(1)), [(partner(1), Rate::ONE)]);
        terms.split = [(None, 500_000), (Some(2), 300_000), (Some(3), 200_000)]
            .map(|(number, ppm)| Share {
                partner: number.map(partner),
                share: rate(ppm),
            })
            .to_vec();
        assert_eq!(
            terms.shares(partner(1)),
            [
                (partner(1), rate(500_000)),
                (partner(2), rate(300_000)),
                (partner(3), rate(200_000))
            ]
        );
        assert_eq!(
            terms.shares(partner(3)),
            [(partner(3), rate(700_000)), (partner(2), rate(300_000))]
        );
    }

    #[test]
    fn tiers_are_read_back_only_if_they_are_tiers() {
        let well_formed = tiers(Currency::GBP, &[(0, 50_000), (100, 75_000)]);
        assert_eq!(well_formed.currency(), Currency::GBP);
        let json = serde_json::to_string(&well_formed).expect("json");
        assert_eq!(
            json,
            r#"{"currency":"GBP","steps":[{"from_minor":0,"rate":"0.05"},{"from_minor":100,"rate":"0.075"}]}"#
        );
        assert_eq!(
            serde_json::from_str::<Tiers>(&json).expect("tiers"),
            well_formed
        );
        for (steps, code) in [
            (&[][..], "tiers-empty"),
            (&[1], "tiers-first-not-zero"),
            (&[-1, 5], "tiers-first-not-zero"),
            (&[0, 5, 5], "tiers-not-rising"),
            (&[0, 5, 4], "tiers-not-rising"),
            (
                &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
                "tiers-too-many",
            ),
        ] {
            let steps = steps.iter().map(|from_minor| Tier {
                from_minor: *from_minor,
                rate: Rate::ONE,
            });
            let steps: Vec<Tier> = steps.collect();
            let fault = Tiers::new(Currency::EUR, steps.clone()).expect_err(code);
            assert_eq!(fault.code, code);
            let text = TiersText {
                currency: Currency::EUR,
                steps,
            };
            let json = serde_json::to_string(&text).expect("json");
            assert!(serde_json::from_str::<Tiers>(&json).is_err(), "{json}");
        }
    }

    #[test]
    fn each_part_of_a_value_has_the_rate_of_the_tier_that_it_lies_in() {
        let mut terms = plan(200_000, None);
        let steps = [(0, 50_000), (1_000, 75_000), (2_500, 100_000)];
        terms.tiers = Some(tiers(Currency::EUR, &steps));
        let parts_of = |standing: i128, monthly: i128| {
            let (standing, monthly) = (Exact::from_integer(standing), Exact::from_integer(monthly));
            terms.parts(monthly, Currency::EUR, standing, false)
        };
        let parts = |standing: i128, monthly: i128| {
            let parts = parts_of(standing, monthly).expect("small");
            let whole = |(value, rate): (Exact, Rate)| (value.to_integer(), rate.to_percent());
            parts.into_iter().map(whole).collect::<Vec<_>>()
        };
        let part = |value: i128, percent: &str| (value, percent.to_owned());
        assert_eq!(parts(0, 999), [part(999, "5")]);
        assert_eq!(
            parts(0, 1_000),
            [part(1_000, "5")],
            "a tier does not hold its end"
        );
        assert_eq!(parts(0, 1_001), [part(1_000, "5"), part(1, "7.5")]);
        assert_eq!(
            parts(500, 3_000),
            [part(500, "5"), part(1_500, "7.5"), part(1_000, "10")]
        );
        assert_eq!(parts(1_000, 1), [part(1, "7.5")]);
        assert_eq!(parts(9_000, 7), [part(7, "10")]);
        assert_eq!(parts(0, 0), [part(0, "5")]);
        assert_eq!(parts(2_500, 0), [part(0, "10")]);
        assert_eq!(parts(2_499, -9), [part(-9, "7.5")]);
        assert_eq!(parts(-200, 300), [part(300, "5")]);
        assert_eq!(parts_of(i128::MAX, 1), Err(MoneyError::TooLarge));
    }

    #[test]
    fn tiers_are_for_deals_in_their_currency_and_a_one_off_has_the_rate_of_the_standing() {
        let mut terms = plan(200_000, None);
        let thousand = Exact::from_integer(1_000);
        let commission = |terms: &PlanTerms, currency, is_one_off| {
            let standing = Exact::from_integer(500);
            let found = terms.commission(thousand, currency, standing, is_one_off);
            found.expect("small").exact().to_integer()
        };
        assert_eq!(commission(&terms, Currency::EUR, false), 200);
        terms.tiers = Some(tiers(Currency::EUR, &[(0, 50_000), (1_000, 100_000)]));
        assert_eq!(commission(&terms, Currency::EUR, false), 75);
        assert_eq!(commission(&terms, Currency::EUR, true), 50);
        assert_eq!(commission(&terms, Currency::USD, false), 200);
        assert_eq!(commission(&terms, Currency::USD, true), 200);
    }

    #[test]
    fn a_bonus_is_within_the_cap_of_its_currency() {
        let mut terms = plan(100_000, None);
        let dollars = |minor| Some(Money::new(minor, Currency::USD));
        for (bonus, cap, minor) in [
            (None, Some(euro(10)), 0),
            (Some(euro(10)), None, 10),
            (Some(euro(10)), Some(euro(7)), 7),
            (Some(euro(10)), Some(euro(70)), 10),
            (Some(euro(10)), dollars(7), 10),
            (dollars(10), None, 0),
        ] {
            (terms.bonus, terms.cap) = (bonus, cap);
            assert_eq!(terms.bonus_minor(Currency::EUR), minor, "{bonus:?} {cap:?}");
        }
    }

    #[test]
    fn an_amount_is_divided_to_the_last_unit() {
        for (amount, shares, parts) in [
            (100, &[500_000, 500_000][..], &[50, 50][..]),
            (1, &[500_000, 500_000], &[0, 1]),
            (3, &[500_000, 500_000], &[2, 1]),
            (-3, &[500_000, 500_000], &[-2, -1]),
            (100, &[333_333, 333_333, 333_334], &[33, 34, 33]),
            (7, &[1_000_000], &[7]),
            (7, &[0, 1_000_000], &[0, 7]),
            (0, &[250_000, 750_000], &[0, 0]),
            (
                i64::MAX,
                &[999_999, 1],
                &[9_223_362_813_482_738_952, 9_223_372_036_855],
            ),
            (5, &[], &[]),
        ] {
            let rates: Vec<Rate> = shares.iter().map(|ppm| rate(*ppm)).collect();
            assert_eq!(
                divide(amount, &rates).as_deref(),
                Ok(parts),
                "{amount} {shares:?}"
            );
        }
        assert_eq!(divide(i64::MIN, &[Rate::ONE]), Err(MoneyError::TooLarge));
    }

    proptest! {
        #[test]
        fn a_form_never_panics_and_an_error_names_a_field(
            texts in prop::collection::vec("[0-9.,%x -]{0,9}", 12), rows in 0_usize..4,
        ) {
            let form = PlanForm {
                name: texts[0].clone(),
                rate: texts[1].clone(),
                months: texts[2].clone(),
                currency: "EUR".to_owned(),
                cap: texts[3].clone(),
                bonus: texts[4].clone(),
                tiers: vec![tier(&texts[5], &texts[6], &texts[7]); rows],
                own_share: texts[8].clone(),
                shares: vec![share(2, &texts[9]); rows],
                tail_months: texts[10].clone(),
                tolerance: texts[11].clone(),
            };
            match form.parse() {
                Ok((_, terms)) => {
                    let whole: Decimal = terms.shares(partner(1)).iter().map(|share| share.1.as_decimal()).sum();
                    prop_assert_eq!(whole, Decimal::ONE);
                }
                Err(errors) => prop_assert!(errors.0.iter().all(|error| !error.field.is_empty())),
            }
        }
    }
}
