//! The worked example beside the form: the first lines of a deal under the terms as they are typed, computed by the rules that make the real lines.

use leptos::prelude::*;
use portal_domain::{
    calendar::Month,
    deal::{BillingPeriod, DealTerms, WonDeal},
    error::FieldErrors,
    money::{Currency, Exact, Money, MoneyError, OFFERED_CURRENCIES, Rate, round_half_even},
    plan::{PlanTerms, divide},
    schedule::{ScheduledLine, schedule},
};
use portal_services::ServiceError;
use serde::Deserialize;

use super::edit::{ACTION, Draft};
use crate::{
    ui::{
        kit,
        pages::{parts::period, plan_terms::partner_name},
    },
    web::page::Page,
};

/// How many months it shows.
const MONTHS: i32 = 12;
/// How often a deal may be charged, as HubSpot offers it; what the address holds beside these is offered too.
const PERIODS: [BillingPeriod; 10] = [
    BillingPeriod::Months(1),
    BillingPeriod::Months(2),
    BillingPeriod::Months(3),
    BillingPeriod::Months(6),
    BillingPeriod::Months(12),
    BillingPeriod::Months(24),
    BillingPeriod::Months(36),
    BillingPeriod::Months(48),
    BillingPeriod::Months(60),
    BillingPeriod::OneOff,
];

/// The example's deal, as it is typed; what is empty has a usual value.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ExampleForm {
    value: String,
    currency: String,
    period: String,
    /// What the partner has won lately, a month.
    standing: String,
}

impl ExampleForm {
    /// The example with nothing left out.
    fn completed(&self, draft: &Draft) -> Self {
        let or = |typed: &str, usual: &str| {
            let typed = typed.trim();
            if typed.is_empty() { usual } else { typed }.to_owned()
        };
        let currency = or(&draft.edit.form.currency, Currency::EUR.as_str());
        Self {
            value: or(&self.value, "12000"),
            currency: or(&self.currency, &currency),
            period: or(&self.period, "12"),
            standing: or(&self.standing, "0"),
        }
    }

    fn parse(&self, start: Month) -> Result<WonDeal, FieldErrors> {
        let mut errors = FieldErrors::default();
        let currency = errors.take("example-currency", Currency::parse(&self.currency));
        let period = errors.take("example-period", BillingPeriod::parse(&self.period));
        let mut amount = |field: &str, typed: &str| {
            let currency = currency?;
            match typed {
                "0" => Some(Money::zero(currency)),
                typed => errors.take(field, Money::parse_typed(typed, currency)),
            }
        };
        let value = amount("example-value", &self.value);
        let standing = amount("example-standing", &self.standing);
        match (value, period, standing) {
            (Some(value), Some(period), Some(standing)) => Ok(WonDeal {
                start: start.first_day(),
                end: None,
                terms: vec![DealTerms {
                    from: start,
                    value,
                    period,
                }],
                standing: Exact::from_integer(i128::from(standing.minor)),
                paid_until: None,
            }),
            _ => Err(errors),
        }
    }
}

/// The deal's fields, and what it comes to.
pub fn card(page: &Page, draft: &Draft) -> AnyView {
    let words = &page.words;
    let example = draft.example.completed(draft);
    let field = |name: &str, label: &str, first: &str| {
        let (id, path) = (format!("example-{name}"), format!("example[{name}]"));
        kit::field(page, ACTION, &id, &path, label)
            .first(first)
            .maximum(20)
            .unmarked()
    };
    let currencies = OFFERED_CURRENCIES.map(|currency| (currency.to_owned(), currency.to_owned()));
    let asked = BillingPeriod::parse(&example.period).ok();
    let other = asked.filter(|asked| !PERIODS.contains(asked));
    let periods = PERIODS.into_iter().chain(other);
    let periods = periods.map(|known| (known.to_string(), period(page, known)));
    view! {
        <section class="card form" aria-label=words.text("plan-example-title")>
            <header><h2>{words.text("plan-example-title")}</h2><p>{words.text("plan-example-lead")}</p></header>
            <div class="entry two">
                {field("value", "plan-example-value", &example.value).input()}
                {field("currency", "plan-example-currency", &example.currency).select(currencies.into())}
            </div>
            <div class="entry two">
                {field("standing", "plan-example-standing", &example.standing).input()}
                {field("period", "plan-example-period", &example.period).select(periods.collect())}
            </div>
            <button class="btn sm if-asleep">{words.text("plan-example-show")}</button>
            <div id="example" class="stack" data-live="">{outcome(page, draft, &example)}</div>
        </section>
    }
    .into_any()
}

/// The lines, or why there are none.
fn outcome(page: &Page, draft: &Draft, example: &ExampleForm) -> AnyView {
    let parsed = draft.edit.form.parse();
    let deal = example.parse(page.ctx.this_month());
    let (terms, deal) = match (parsed, deal) {
        (Ok((_, terms)), Ok(deal)) => (terms, deal),
        (parsed, deal) => {
            let errors = [parsed.err(), deal.err()].into_iter().flatten();
            let errors = FieldErrors(errors.flat_map(|errors| errors.0).collect());
            return faults(page, errors);
        }
    };
    match lines(&terms, &deal) {
        Ok(lines) => table(page, draft, &terms, &deal, &lines),
        Err(_) => {
            view! { <p class="wrong">{page.words.text("plan-example-too-large")}</p> }.into_any()
        }
    }
}

/// What is wrong, each with the way to its field. A form in which nothing stands yet is not wrong.
fn faults(page: &Page, errors: FieldErrors) -> AnyView {
    let Err(refusal) = page.said::<()>(Err(ServiceError::Invalid(errors))) else {
        return ().into_any();
    };
    let labels = page.labels().clone();
    let items = refusal
        .fields
        .iter()
        .map(
            |field| view! { <li><a href=format!("#{}", field.field)>{labels.name(field)}</a></li> },
        )
        .collect_view();
    view! {
        <p class="hint">{page.words.text("plan-example-waits")}</p>
        <ul class="says wrongs">{items}</ul>
    }
    .into_any()
}

/// A line with the parts of its month's value and the rate of each.
struct ExampleLine {
    line: ScheduledLine,
    parts: Vec<(Exact, Rate)>,
}

fn lines(terms: &PlanTerms, deal: &WonDeal) -> Result<Vec<ExampleLine>, MoneyError> {
    let held = &deal.terms[0];
    let is_one_off = held.period == BillingPeriod::OneOff;
    let lines = schedule(terms, deal, held.from.plus(MONTHS - 1))?;
    let first = lines.into_iter().take(MONTHS as usize);
    first
        .map(|line| {
            let (base, currency) = (line.base, held.value.currency);
            let parts = terms.parts(base, currency, deal.standing, is_one_off)?;
            Ok(ExampleLine { line, parts })
        })
        .collect()
}

fn table(
    page: &Page,
    draft: &Draft,
    terms: &PlanTerms,
    deal: &WonDeal,
    lines: &[ExampleLine],
) -> AnyView {
    let words = &page.words;
    let currency = deal.terms[0].value.currency;
    let money = |minor: i64| words.money(Money::new(minor, currency));
    let bonus_minor = terms.bonus_minor(currency);
    let bonus = (bonus_minor != 0 && !lines.is_empty()).then(|| {
        view! {
            <tr>
                <th class="main" scope="row">{words.text("line-kind-bonus")}</th>
                <td data-label=words.text("plan-example-parts")>{words.text("plan-example-once")}</td>
                <td class="num" data-label=words.text("plan-example-running")>{money(bonus_minor)}</td>
                <td class="num corner">{money(bonus_minor)}{split(page, draft, terms, currency, bonus_minor)}</td>
            </tr>
        }
    });
    let mut running = bonus_minor;
    let rows = lines
        .iter()
        .map(|line| {
            running = running.saturating_add(line.line.amount_minor);
            row(page, draft, terms, currency, line, running)
        })
        .collect_view();
    let heads = ["plan-example-running", "commission-column-amount"]
        .map(|head| view! { <th scope="col" class="num">{words.text(head)}</th> });
    let total = lines.iter().fold(bonus_minor, |sum, line| {
        sum.saturating_add(line.line.amount_minor)
    });
    view! {
        <div class="table">
            <table class="cards">
                <caption class="vh">{words.text("plan-example-title")}</caption>
                <thead><tr><th scope="col">{words.text("commission-column-month")}</th><th scope="col">{words.text("plan-example-parts")}</th>{heads.into_iter().collect_view()}</tr></thead>
                <tbody>{bonus}{rows}</tbody>
                <tfoot><tr><th scope="row" colspan="3">{words.text("total")}</th><td class="num">{money(total)}</td></tr></tfoot>
            </table>
        </div>
        <p class="hint">{words.text("plan-example-rounding")}</p>
    }
    .into_any()
}

fn row(
    page: &Page,
    draft: &Draft,
    terms: &PlanTerms,
    currency: Currency,
    example: &ExampleLine,
    running: i64,
) -> AnyView {
    let words = &page.words;
    let line = &example.line;
    let parts: Vec<String> = example
        .parts
        .iter()
        .map(|(value, rate)| {
            let value = round_half_even(*value).unwrap_or_default();
            let value = words.money(Money::new(value, currency));
            format!("{value} × {}", words.percent(*rate))
        })
        .collect();
    let is_capped = terms
        .cap
        .is_some_and(|cap| cap.currency == currency && running >= cap.minor);
    let capped = is_capped.then(|| view! { <small>{words.text("plan-example-capped")}</small> });
    view! {
        <tr>
            <th class="main nowrap" scope="row">{words.month_short(line.month)}</th>
            <td data-label=words.text("plan-example-parts")>{parts.join(" + ")}{capped}</td>
            <td class="num" data-label=words.text("plan-example-running")>{words.money(Money::new(running, currency))}</td>
            <td class="num corner">
                {words.money(Money::new(line.amount_minor, currency))}
                {split(page, draft, terms, currency, line.amount_minor)}
            </td>
        </tr>
    }
    .into_any()
}

/// Who gets which part of a line, where the plan splits it.
fn split(
    page: &Page,
    draft: &Draft,
    terms: &PlanTerms,
    currency: Currency,
    amount_minor: i64,
) -> Option<AnyView> {
    let rates: Vec<Rate> = terms.split.iter().map(|share| share.share).collect();
    let parts = divide(amount_minor, &rates).ok()?;
    let shares = terms.split.iter().zip(parts).map(|(share, minor)| {
        let name = partner_name(page, &draft.names, share.partner);
        let amount = page.words.money(Money::new(minor, currency));
        view! { <small>{format!("{name}: {amount}")}</small> }
    });
    (!rates.is_empty()).then(|| shares.collect_view().into_any())
}
