//! Line items of a HubSpot deal, and what they say together of what the client is charged: HubSpot has no billing period of a deal, only of its line items.

use serde::{Deserialize, Serialize};

use crate::{
    deal::BillingPeriod,
    money::{Currency, Money},
};

/// A line item, as HubSpot has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineItem {
    pub name: String,
    /// Net, for one billing period: decimal text, or nothing.
    pub amount: Option<String>,
    /// `hs_line_item_currency_code`; the deal's where it is empty.
    pub currency: Option<String>,
    /// `recurringbillingfrequency`; what is charged once has none.
    pub frequency: Option<String>,
    /// `hs_recurring_billing_period`, such as `P12M`.
    pub term: Option<String>,
}

/// What line items say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemTerms {
    /// There are none.
    Nothing,
    /// All are charged alike: so much, so often.
    Agreed(Money, BillingPeriod),
    /// They are charged differently, or one in a way that cannot be told: a person must say what the deal is worth and how often.
    Unclear,
}

impl ItemTerms {
    /// What line items of a deal in a currency say.
    pub fn of(items: &[LineItem], currency: Option<Currency>) -> Self {
        let Some(first) = items.first() else {
            return Self::Nothing;
        };
        let is_alike = |item: &LineItem| item.term == first.term && item.period() == first.period();
        let period = first.period();
        let total = total(items, currency);
        match (period, total) {
            (Some(period), Some(total)) if items.iter().all(is_alike) && total.minor > 0 => {
                Self::Agreed(total, period)
            }
            _ => Self::Unclear,
        }
    }
}

/// What all items are for together, if that is one currency's amount.
fn total(items: &[LineItem], deal_currency: Option<Currency>) -> Option<Money> {
    let mut total: Option<Money> = None;
    for item in items {
        let currency = match item.currency.as_deref() {
            Some(code) => Currency::parse(code).ok()?,
            None => deal_currency?,
        };
        if deal_currency.is_some_and(|deal_currency| deal_currency != currency) {
            return None;
        }
        let amount = Money::parse_decimal(item.amount.as_deref()?, currency).ok()?;
        total = Some(match total {
            Some(total) => total.plus(amount).ok()?,
            None => amount,
        });
    }
    total
}

impl LineItem {
    /// Weeks are no months, and read as nothing.
    fn period(&self) -> Option<BillingPeriod> {
        match self.frequency.as_deref() {
            None => Some(BillingPeriod::OneOff),
            Some(word) => BillingPeriod::parse(word).ok(),
        }
    }

    /// The item in a line, in HubSpot's own words.
    pub fn summary(&self) -> String {
        let words = [&self.amount, &self.currency, &self.frequency, &self.term];
        let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
        format!("{} ({})", self.name, words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::euro;

    fn item(amount: &str, frequency: &str) -> LineItem {
        LineItem {
            name: "Licence".to_owned(),
            amount: Some(amount.to_owned()),
            frequency: (!frequency.is_empty()).then(|| frequency.to_owned()),
            ..LineItem::default()
        }
    }

    fn of(items: &[LineItem]) -> ItemTerms {
        ItemTerms::of(items, Some(Currency::EUR))
    }

    #[test]
    fn items_that_are_charged_alike_are_charged_together() {
        assert_eq!(of(&[]), ItemTerms::Nothing);
        let monthly = [item("99.50", "monthly"), item("0.50", "monthly")];
        assert_eq!(
            of(&monthly),
            ItemTerms::Agreed(euro(10_000), BillingPeriod::Months(1))
        );
        let once = [item("500", "")];
        assert_eq!(
            of(&once),
            ItemTerms::Agreed(euro(50_000), BillingPeriod::OneOff)
        );
        let years = [item("1000", "per_two_years")];
        assert_eq!(
            of(&years),
            ItemTerms::Agreed(euro(100_000), BillingPeriod::Months(24))
        );
    }

    #[test]
    fn items_that_are_charged_differently_or_in_no_way_that_can_be_told_are_unclear() {
        let term = LineItem {
            term: Some("P24M".to_owned()),
            ..item("1", "monthly")
        };
        let francs = LineItem {
            currency: Some("CHF".to_owned()),
            ..item("1", "monthly")
        };
        let nothing = LineItem {
            amount: None,
            ..item("", "monthly")
        };
        for items in [
            [item("1", "monthly"), item("1", "")],
            [item("1", "monthly"), item("1", "annually")],
            [item("1", "weekly"), item("1", "weekly")],
            [item("1", "monthly"), term],
            [item("1", "monthly"), francs],
            [item("1", "monthly"), nothing],
            [item("1.005", "monthly"), item("1", "monthly")],
            [item("1", "monthly"), item("-1", "monthly")],
        ] {
            assert_eq!(of(&items), ItemTerms::Unclear, "{items:?}");
        }
    }

    #[test]
    fn the_items_own_currency_holds_where_the_deal_names_none() {
        let euros = LineItem {
            currency: Some("EUR".to_owned()),
            ..item("7", "monthly")
        };
        assert_eq!(
            ItemTerms::of(&[euros], None),
            ItemTerms::Agreed(euro(700), BillingPeriod::Months(1))
        );
        assert_eq!(
            ItemTerms::of(&[item("7", "monthly")], None),
            ItemTerms::Unclear
        );
    }
}
