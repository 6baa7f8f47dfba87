//! Lines that people enter by hand: an amount that is paid or taken back beside the schedule, and what corrects a line. Whether they may is the services'
//! to say, and somebody else approves them.

use serde::{Deserialize, Serialize};

use crate::{
    calendar::Month,
    error::{Fault, FieldErrors},
    money::{Currency, Money},
    text::parse_line,
};

/// No line that a person enters is larger: nine thousand of them still have a sum, so that no typing error keeps a partner's figures from being added up.
/// Ten billion euros are less; so are as many rials as anybody is owed.
pub const ENTERED_MINOR_MAX: i64 = 1_000_000_000_000_000;

/// How long a reason may be.
pub const REASON_LENGTH_MAX: usize = 200;

/// Which way the money goes: a form asks for it, for nobody should have to type a sign.
const PAY: &str = "pay";
const TAKE_BACK: &str = "take_back";

/// The ways that the money can go, in the order in which a form offers them.
pub const DIRECTIONS: [&str; 2] = [PAY, TAKE_BACK];

/// What staff type to enter a line by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryForm {
    /// One of [`DIRECTIONS`].
    #[serde(default)]
    pub direction: String,
    #[serde(default)]
    pub amount: String,
    /// As in `2026-07`; not asked for where a line is corrected, whose month it is.
    #[serde(default)]
    pub month: String,
    /// The partner reads it.
    #[serde(default)]
    pub explanation: String,
}

/// The same, well formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    pub money: Money,
    pub month: Month,
    pub reason: String,
}

impl EntryForm {
    /// A line of its own, of a month from `first` to `last`.
    ///
    /// # Errors
    /// All that is wrong, each with its field.
    pub fn parse(
        &self,
        currency: Currency,
        first: Month,
        last: Month,
    ) -> Result<Entered, FieldErrors> {
        let mut errors = FieldErrors::default();
        let month = errors.take("month", parse_month(&self.month, first, last));
        self.finish(currency, month, errors)
    }

    /// A line that corrects one of a month.
    ///
    /// # Errors
    /// All that is wrong, each with its field.
    pub fn parse_for(&self, currency: Currency, month: Month) -> Result<Entered, FieldErrors> {
        self.finish(currency, Some(month), FieldErrors::default())
    }

    fn finish(
        &self,
        currency: Currency,
        month: Option<Month>,
        mut errors: FieldErrors,
    ) -> Result<Entered, FieldErrors> {
        let sign = errors.take("direction", parse_direction(&self.direction));
        let money = errors.take("amount", parse_amount(&self.amount, currency));
        let reason = errors.take(
            "explanation",
            parse_line(&self.explanation, REASON_LENGTH_MAX),
        );
        match (month, sign, money, reason) {
            (Some(month), Some(sign), Some(money), Some(reason)) => Ok(Entered {
                money: Money::new(sign * money.minor, currency),
                month,
                reason,
            }),
            _ => Err(errors),
        }
    }
}

fn parse_month(text: &str, first: Month, last: Month) -> Result<Month, Fault> {
    let month = Month::parse(text.trim())?;
    if month < first {
        return Err(Fault::with("month-before-deal", first));
    }
    if month > last {
        return Err(Fault::new("month-not-begun"));
    }
    Ok(month)
}

fn parse_direction(text: &str) -> Result<i64, Fault> {
    match text {
        PAY => Ok(1),
        TAKE_BACK => Ok(-1),
        _ => Err(Fault::new("choose-one")),
    }
}

fn parse_amount(text: &str, currency: Currency) -> Result<Money, Fault> {
    let money = Money::parse_typed(text, currency)?;
    if money.minor > ENTERED_MINOR_MAX {
        return Err(Fault::new("amount-too-large"));
    }
    Ok(money)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> EntryForm {
        EntryForm {
            direction: "pay".to_owned(),
            amount: "1,250.50".to_owned(),
            month: "2026-03".to_owned(),
            explanation: " A bonus for the launch ".to_owned(),
        }
    }

    fn parse(form: &EntryForm) -> Result<Entered, FieldErrors> {
        form.parse(Currency::EUR, Month::new(2026, 2), Month::new(2026, 4))
    }

    #[test]
    fn an_amount_is_paid_or_taken_back_without_typing_a_sign() {
        let entered = parse(&form()).expect("well formed");
        assert_eq!(entered.money, Money::new(125_050, Currency::EUR));
        assert_eq!(entered.month, Month::new(2026, 3));
        assert_eq!(entered.reason, "A bonus for the launch");
        let back = EntryForm {
            direction: "take_back".to_owned(),
            ..form()
        };
        assert_eq!(parse(&back).expect("well formed").money.minor, -125_050);
        for month in ["2026-02", "2026-04"] {
            let at_the_border = EntryForm {
                month: month.to_owned(),
                ..form()
            };
            assert!(parse(&at_the_border).is_ok(), "{month}");
        }
        let corrected = back
            .parse_for(Currency::USD, Month::new(2020, 1))
            .expect("well formed");
        assert_eq!(corrected.money, Money::new(-125_050, Currency::USD));
        assert_eq!(corrected.month, Month::new(2020, 1));
    }

    #[test]
    fn every_wrong_answer_is_told_by_its_field() {
        let most = EntryForm {
            amount: "10000000000000.00".to_owned(),
            ..form()
        };
        assert_eq!(
            parse(&most).expect("the most").money.minor,
            ENTERED_MINOR_MAX
        );
        for (field, text, code) in [
            ("amount", "10000000000000.01", "amount-too-large"),
            ("amount", "99999999999999999999", "amount-too-large"),
            ("amount", "-5", "amount-invalid"),
            ("amount", "0", "amount-not-positive"),
            ("amount", "", "amount-invalid"),
            ("direction", "", "choose-one"),
            ("direction", "keep", "choose-one"),
            ("month", "2026-13", "month-invalid"),
            ("month", "", "month-invalid"),
            ("month", "2026-01", "month-before-deal"),
            ("month", "2026-05", "month-not-begun"),
            ("explanation", " ", "required"),
            ("explanation", "one\ntwo", "control-characters"),
        ] {
            let mut form = form();
            let answer = match field {
                "amount" => &mut form.amount,
                "direction" => &mut form.direction,
                "month" => &mut form.month,
                _ => &mut form.explanation,
            };
            text.clone_into(answer);
            let errors = parse(&form).expect_err(text);
            let found: Vec<_> = errors
                .0
                .iter()
                .map(|error| (error.field.as_str(), error.code.as_str()))
                .collect();
            assert_eq!(found, [(field, code)], "{text:?}");
        }
        let all = parse(&EntryForm::default()).expect_err("nothing was typed");
        assert_eq!(all.0.len(), 4);
    }
}
