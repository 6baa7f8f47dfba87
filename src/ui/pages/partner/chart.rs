//! The chart of a partner's commission by month, and the bar above its figures: plain SVG, drawn by the server, with the same numbers as a table.
//! Lengths are whole tenths of a pixel and hundredths of a percent; what they stand for is never rounded.

use leptos::prelude::*;
use portal_domain::{calendar::Month, money::Money};
use portal_services::figures::{Figures, MonthFigures};
use portal_words::Locale;

use crate::{ui::kit, web::page::Page};

const MONTHS: i32 = 12;
/// How many months before this one the chart begins with, where there is so much past.
const PAST: i32 = 7;
/// The plot, in tenths of a pixel: its foot, and how high it is.
const FOOT: i64 = 2_000;
const HEIGHT: i64 = 1_840;
const GAP: i64 = 10;
/// What the grid's labels need at the left, in hundredths of a percent; the columns share the rest.
const GUTTER: i128 = 1_100;

/// Shares of what was and will be earned: paid, owed without the next statement, the next statement, expected.
pub fn track(figures: &Figures) -> AnyView {
    let upcoming = figures.upcoming.minor.clamp(0, figures.owed.minor.max(0));
    let shares = [
        ("k-paid", figures.paid.minor.max(0)),
        ("k-owed", figures.owed.minor.max(0) - upcoming),
        ("k-upcoming", upcoming),
        ("k-expected", figures.expected.minor.max(0)),
    ];
    let total: i128 = shares.iter().map(|(_, minor)| i128::from(*minor)).sum();
    let mut at = 0_i128;
    let mut rects = Vec::new();
    for (class, minor) in shares.into_iter().filter(|(_, minor)| *minor > 0) {
        let from = at * 10_000 / total;
        at += i128::from(minor);
        rects.push(view! { <rect class=class x=hundredths(from) width=hundredths(at * 10_000 / total - from) height="1"></rect> });
    }
    view! { <svg class="track" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">{rects}</svg> }.into_any()
}

/// One share of a whole as a bar of the kind `paid`.
pub fn share_paid(paid_minor: i64, total_minor: i64) -> AnyView {
    let share = if total_minor > 0 {
        i128::from(paid_minor.clamp(0, total_minor)) * 10_000 / i128::from(total_minor)
    } else {
        0
    };
    view! {
        <svg class="track" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
            <rect class="k-paid" width=hundredths(share) height="1"></rect>
        </svg>
    }
    .into_any()
}

fn hundredths(number: i128) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}

fn tenths(number: i64) -> String {
    format!("{}.{}", number / 10, number % 10)
}

/// The chart with its legend and its table.
pub fn by_month(page: &Page, figures: &Figures) -> AnyView {
    let words = &page.words;
    let months = window(page, figures);
    let legend = ["paid", "owed", "expected"].map(|kind| {
        view! { <li><i class=format!("k-{kind}")></i>{words.text(&format!("figure-{kind}"))}</li> }
    });
    let ends = [("from", months.first()), ("to", months.last())];
    let ends = ends.map(|(name, end)| {
        (
            name,
            end.map_or_else(String::new, |end| words.month(end.month))
                .into(),
        )
    });
    view! {
        <figure class="chart">
            <ul class="legend">{legend.into_iter().collect_view()}</ul>
            {drawing(page, &months, words.with("figure-chart-label", &ends))}
            <details class="more">
                <summary>{words.text("show-as-table")}</summary>
                {table(page, &months)}
            </details>
        </figure>
    }
    .into_any()
}

/// Twelve months without a gap, the current one among them.
fn window(page: &Page, figures: &Figures) -> Vec<MonthFigures> {
    let now = page.ctx.this_month();
    let zero = Money::zero(figures.currency);
    let earliest = figures.by_month.first().map_or(now, |first| first.month);
    let from = earliest.clamp(now.plus(-PAST), now);
    (0..MONTHS)
        .map(|offset| from.plus(offset))
        .map(|month| {
            let found = figures
                .by_month
                .iter()
                .find(|figures| figures.month == month);
            found.copied().unwrap_or(MonthFigures {
                month,
                paid: zero,
                owed: zero,
                expected: zero,
            })
        })
        .collect()
}

/// What a column shows, from its foot up. What was clawed back shows as nothing; the table has it.
fn parts(month: &MonthFigures) -> [(&'static str, i64); 3] {
    [
        ("k-paid", month.paid.minor.max(0)),
        ("k-owed", month.owed.minor.max(0)),
        ("k-expected", month.expected.minor.max(0)),
    ]
}

fn drawing(page: &Page, months: &[MonthFigures], label: String) -> AnyView {
    let currency = months[0].paid.currency;
    let unit = 10_i64.pow(currency.minor_digits());
    let highest = months
        .iter()
        .map(|month| parts(month).iter().map(|(_, minor)| *minor).sum())
        .max();
    let top = scale(highest.unwrap_or(0), unit);
    let lines = [(0, 0), (1, top / 2), (2, top)].map(|(step, minor)| {
        let y = FOOT - HEIGHT / 2 * step;
        let text = (step > 0).then(|| {
            view! { <text x="0" y=tenths(y - 50)>{without_decimals(page, Money::new(minor, currency))}</text> }
        });
        view! { <line x1="0" x2="100%" y1=tenths(y) y2=tenths(y)></line>{text} }
    });
    let columns = months
        .iter()
        .enumerate()
        .map(|(place, month)| column(page, place, months.len(), month, top))
        .collect_view();
    view! { <svg role="img" aria-label=label>{lines.into_iter().collect_view()}{columns}</svg> }
        .into_any()
}

/// The smallest of 2, 4, … 16, 20, 40, … 160, 200 … units that nothing exceeds; its half is a round number too.
fn scale(highest_minor: i64, unit: i64) -> i64 {
    let mut power = unit;
    loop {
        for factor in [2, 4, 6, 8, 10, 12, 14, 16] {
            let top = power.saturating_mul(factor);
            if top >= highest_minor {
                return top;
            }
        }
        power = power.saturating_mul(10);
    }
}

fn column(page: &Page, place: usize, count: usize, month: &MonthFigures, top: i64) -> AnyView {
    let words = &page.words;
    let (place, count) = (place as i128, count as i128);
    let wide = |hundredth_columns: i128| hundredth_columns * (10_000 - GUTTER) / (count * 100);
    let width = |hundredth_columns: i128| format!("{}%", hundredths(wide(hundredth_columns)));
    let x = |hundredth_columns: i128| {
        format!(
            "{}%",
            hundredths(GUTTER + wide(place * 100 + hundredth_columns))
        )
    };
    let mut y = FOOT;
    let mut rects = Vec::new();
    for (class, minor) in parts(month) {
        let height = i64::try_from(i128::from(minor) * i128::from(HEIGHT) / i128::from(top))
            .unwrap_or(HEIGHT);
        y -= height;
        if height > GAP {
            rects.push(view! {
                <rect
                    class=class
                    x=x(22)
                    width=width(56)
                    y=tenths(y)
                    height=tenths(height - GAP)
                    rx="2"
                ></rect>
            });
        }
    }
    let title = words.with(
        "figure-chart-month",
        &[
            ("month", words.month_short(month.month).into()),
            ("paid", words.money(month.paid).into()),
            ("owed", words.money(month.owed).into()),
            ("expected", words.money(month.expected).into()),
        ],
    );
    let class = if month.month == page.ctx.this_month() {
        "m now"
    } else {
        "m"
    };
    view! {
        <g>
            <title>{title}</title>
            <rect class="hit" x=x(0) width=width(100) y="0" height="224"></rect>
            {rects}
            <text class=class x=x(50) y="219">{month_name(page, month.month)}</text>
        </g>
    }
    .into_any()
}

fn month_name(page: &Page, month: Month) -> String {
    page.words.text(&format!("month-short-{}", month.month()))
}

/// A round amount without the zeros behind its mark; it stands beside a line of the grid.
fn without_decimals(page: &Page, money: Money) -> String {
    let zeros = match page.words.locale() {
        Locale::En => ".00",
        Locale::De => ",00",
    };
    page.words.money(money).replace(zeros, "")
}

fn table(page: &Page, months: &[MonthFigures]) -> AnyView {
    let words = &page.words;
    let rows = months
        .iter()
        .map(|month| {
            view! {
                <tr>
                    <th scope="row">{words.month_short(month.month)}</th>
                    <td class="num">{kit::money(page, month.paid)}</td>
                    <td class="num">{kit::money(page, month.owed)}</td>
                    <td class="num">{kit::money(page, month.expected)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{words.text("commission-column-month")}</th>
                        <th scope="col" class="num">{words.text("figure-paid")}</th>
                        <th scope="col" class="num">{words.text("figure-owed")}</th>
                        <th scope="col" class="num">{words.text("figure-expected")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
