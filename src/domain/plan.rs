//! Plans: how commission is computed. Versioned; a deal keeps the version that held on the day it was won.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    error::FieldErrors,
    money::{Currency, Money, Rate},
    text::parse_line,
};

/// The terms of one version of a plan; never edited, only followed by another version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanTerms {
    /// The partner's share of what the client is charged, net of tax.
    pub rate: Rate,
    /// For how many months of a deal it pays; `None`: as long as the client pays.
    pub months: Option<u16>,
    /// The most that one deal can earn, in the deals of that currency.
    pub cap: Option<Money>,
    /// t: which share of a month's value may be missing for the month still to count as covered.
    pub tolerance: Rate,
}

/// A plan's version, as staff type it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanForm {
    pub name: String,
    /// Per cent.
    pub rate: String,
    /// Empty: as long as the client pays.
    #[serde(default)]
    pub months: String,
    #[serde(default)]
    pub cap: String,
    #[serde(default)]
    pub cap_currency: String,
    /// Per cent; empty: 1.
    #[serde(default)]
    pub tolerance: String,
}

impl PlanForm {
    /// The plan's name and the terms of the version, or all faults at once.
    ///
    /// # Errors
    /// What is wrong, never empty.
    pub fn parse(&self) -> Result<(String, PlanTerms), FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", parse_line(&self.name, 80));
        let rate = errors.take("rate", Rate::parse_percent(&self.rate));
        let months = match self.months.trim() {
            "" => None,
            typed => match typed.parse() {
                Ok(months) if (1..=600).contains(&months) => Some(months),
                _ => {
                    errors.add("months", "months-invalid");
                    None
                }
            },
        };
        let cap = match self.cap.trim() {
            "" => None,
            typed => errors
                .take("cap_currency", Currency::parse(&self.cap_currency))
                .and_then(|currency| errors.take("cap", Money::parse_typed(typed, currency))),
        };
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
                    months,
                    cap,
                    tolerance,
                },
            )),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            cap_currency: "usd".to_owned(),
            tolerance: "0".to_owned(),
            ..form()
        };
        let (_, terms) = typed.parse().expect("well formed");
        assert_eq!(terms.months, Some(24));
        assert_eq!(terms.cap, Some(Money::new(1_000_000, Currency::USD)));
        assert_eq!(terms.tolerance, Rate::ZERO);
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
                "cap_currency",
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
}
