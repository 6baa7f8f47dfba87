//! The explorer of clients' money: month by month what is expected, invoiced, credited, collected and not allocated, with the documents behind every
//! number and the way to them in Xero and HubSpot; and the same as CSV.

use axum::{extract::Query, response::Response};
use leptos::prelude::*;
use portal_domain::{
    access::Action,
    buckets::Column,
    calendar::{Month, Timestamp},
    deal::{BillingPeriod, DealTerms},
    ids::{ClientId, DealId},
    money::Money,
};
use portal_services::{
    audit,
    explorer::{self, ClientMoney, Evidence, Explored, ExplorerFilter, ExplorerRow, RowKey},
};
use portal_store::deals::DealRecord;
use serde::Deserialize;
use serde_json::json;

use super::{
    NOTHING, address,
    case::take_back,
    crumbs,
    csv::{Csv, harmless},
    document::{change_link, how, kind_key, vendor_url},
    head, may, paging, reconciliation,
};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

pub const PATH: &str = "/staff/reconciliation/explorer";
const CSV: &str = "/staff/reconciliation/explorer.csv";
/// The columns of the table; what was waived is shown only where something was.
const COLUMNS: [Column; 7] = [
    Column::Expected,
    Column::Invoiced,
    Column::Credited,
    Column::Collected,
    Column::Unallocated,
    Column::Waived,
    Column::Missing,
];

#[derive(Default, Deserialize)]
pub struct ExplorerQuery {
    #[serde(default)]
    client: String,
    #[serde(default)]
    partner: String,
    #[serde(default)]
    q: String,
    /// `misfits` for only what does not fit.
    #[serde(default)]
    show: String,
    /// As in `2026-07`.
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    after: String,
    /// The number whose evidence is open: client, currency, row and which of its numbers, with points between.
    #[serde(default)]
    cell: String,
}

impl ExplorerQuery {
    fn filter(&self, this_month: Month) -> ExplorerFilter {
        ExplorerFilter {
            client: self.client.parse().ok(),
            partner: self.partner.clone(),
            search: self.q.clone(),
            misfits_only: self.show == "misfits",
            from: Month::parse(&self.from).ok(),
            // Later months are not due; whoever wants them apart says so.
            until: Month::parse(&self.until).ok().or(Some(this_month)),
            after: self.after.parse().ok(),
        }
    }

    fn url(&self, path: &str, after: &str, cell: &str) -> String {
        address(
            path,
            &[
                ("client", &self.client),
                ("partner", &self.partner),
                ("q", &self.q),
                ("show", &self.show),
                ("from", &self.from),
                ("until", &self.until),
                ("after", after),
                ("cell", cell),
            ],
        )
    }
}

/// A number of the page.
#[derive(Clone, Copy)]
enum Number {
    Column(Column),
    /// What was paid back to the client in all.
    Refunded,
    /// What is still open in all.
    Open,
}

impl Number {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "refunded" => Some(Self::Refunded),
            "open" => Some(Self::Open),
            column => Column::parse(column).map(Self::Column),
        }
    }

    /// As an address and the catalogues have it.
    const fn word(self) -> &'static str {
        match self {
            Self::Column(column) => column.as_str(),
            Self::Refunded => "refunded",
            Self::Open => "open",
        }
    }

    fn of(self, money: &ClientMoney, row: &ExplorerRow) -> Money {
        let minor = match self {
            Self::Column(column) => row.amounts.of(column),
            Self::Refunded => money.refunded_minor,
            Self::Open => money.open_minor,
        };
        Money::new(minor, money.currency)
    }

    /// The documents that it is made of.
    fn documents(self, money: &ClientMoney, row: &ExplorerRow) -> Vec<Evidence> {
        match self {
            Self::Column(column) => {
                let evidence = row.evidence.iter().cloned();
                evidence.filter(|part| part.column == column).collect()
            }
            Self::Refunded => money.list_refunded(),
            Self::Open => money.list_open(),
        }
    }
}

/// Which number is open.
struct CellName {
    client: ClientId,
    currency: String,
    row: RowKey,
    number: Number,
}

impl CellName {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let found = Self {
            client: parts.next()?.parse().ok()?,
            currency: parts.next()?.to_owned(),
            row: RowKey::parse(parts.next()?)?,
            number: Number::parse(parts.next()?)?,
        };
        parts.next().is_none().then_some(found)
    }

    fn is_of(&self, money: &ClientMoney) -> bool {
        self.client == money.client.id && self.currency == money.currency.as_str()
    }
}

/// The number that is open, with what its deals say in HubSpot.
struct Opened {
    name: CellName,
    terms: Vec<(DealId, Vec<(DealTerms, Timestamp)>)>,
}

pub async fn show(page: Page, Query(query): Query<ExplorerQuery>) -> Result<Response, UiError> {
    let (ctx, actor) = (&page.ctx, page.actor()?);
    let filter = query.filter(ctx.this_month());
    let found = page.said(explorer::explore(ctx, actor, &filter).await)?;
    let opened = open(&page, &query, &found).await?;
    let title = page.words.text("explorer-title");
    Ok(page.show(&title.clone(), move |page| {
        let words = &page.words;
        let download = view! { <a class="btn" href=query.url(CSV, "", "")>{words.text("explorer-csv")}</a> };
        let clients = found
            .clients
            .iter()
            .map(|money| client(page, &query, money, opened.as_ref()))
            .collect::<Vec<_>>();
        let content = if clients.is_empty() {
            let (title, text) = (words.text("explorer-empty-title"), words.text("explorer-empty"));
            view! { <section class="card flush" aria-label=words.text("explorer-title")>{kit::empty(icons::SCALE, title, text, None)}</section> }
                .into_any()
        } else {
            clients.into_any()
        };
        let first = (!query.after.is_empty()).then(|| query.url(PATH, "", ""));
        let next = found.next.map(|next| query.url(PATH, &next.to_string(), ""));
        view! {
            {crumbs(page, reconciliation::PATH, "reconciliation-title", title.clone())}
            {head(title, words.text("explorer-lead"), Some(download.into_any()))}
            {filters(page, &query)}
            {content}
            {paging(page, first, next)}
        }
        .into_any()
    }))
}

/// Reads what the deals of the open number say; only one client's are read.
async fn open(
    page: &Page,
    query: &ExplorerQuery,
    found: &Explored,
) -> Result<Option<Opened>, UiError> {
    let Some(name) = CellName::parse(&query.cell) else {
        return Ok(None);
    };
    let mut terms = Vec::new();
    let money = found.clients.iter().find(|money| name.is_of(money));
    for deal in money.iter().flat_map(|money| &money.deals) {
        let of_deal = explorer::list_terms(&page.ctx, page.actor()?, deal.id).await;
        terms.push((deal.id, page.said(of_deal)?));
    }
    Ok(Some(Opened { name, terms }))
}

fn filters(page: &Page, query: &ExplorerQuery) -> AnyView {
    let words = &page.words;
    let text = |name: &'static str, value: &str, label: &str| {
        let label = words.text(label);
        view! { <input type="search" name=name value=value.to_owned() aria-label=label.clone() placeholder=label /> }
    };
    let month = |name: &'static str, value: &str, label: &str| {
        view! {
            <label class="row small">{words.text(label)}
                <input type="month" name=name value=value.to_owned() pattern="[0-9]{4}-[0-9]{2}" placeholder="2026-07" />
            </label>
        }
    };
    let misfits = query.show == "misfits";
    view! {
        <form class="row filters" role="search">
            {text("q", &query.q, "explorer-client")}
            {text("partner", &query.partner, "explorer-partner")}
            {month("from", &query.from, "explorer-from")}
            {month("until", &query.until, "explorer-until")}
            <label class="check"><input type="checkbox" name="show" value="misfits" checked=misfits />{words.text("explorer-misfits")}</label>
            <button class="btn">{words.text("explorer-show")}</button>
        </form>
    }
    .into_any()
}

/// One client and currency: its rows, its sums, and the sentence that they add up to.
fn client(
    page: &Page,
    query: &ExplorerQuery,
    money: &ClientMoney,
    opened: Option<&Opened>,
) -> AnyView {
    let words = &page.words;
    let id = format!("{}-{}", money.client.id, money.currency);
    let opened = opened.filter(|opened| opened.name.is_of(money));
    let columns: Vec<Column> = COLUMNS
        .into_iter()
        .filter(|column| *column != Column::Waived || money.total.waived_minor != 0)
        .collect();
    let heads = columns
        .iter()
        .map(|column| view! { <th scope="col" class="num">{words.text(&format!("explorer-{column}"))}</th> })
        .collect_view();
    let rows = money
        .rows
        .iter()
        .map(|row| table_row(page, query, money, row, &columns))
        .collect_view();
    let sums = money.find_row(RowKey::Sum);
    let sums = sums.map(|row| table_row(page, query, money, &row, &columns));
    let name = format!("{} · {}", money.client.name, money.currency);
    view! {
        <section class="card flush" aria-labelledby=id.clone()>
            <header><div><h2 id=id.clone()>{name.clone()}</h2><p>{equation(page, money)}</p>{beyond(page, money)}{rests(page, query, money)}</div></header>
            <div class="table">
                <table class="cards">
                    <caption class="vh">{name}</caption>
                    <thead><tr><th scope="col">{words.text("explorer-month")}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                    <tfoot>{sums}</tfoot>
                </table>
            </div>
            {opened.map(|opened| evidence(page, query, money, opened))}
        </section>
    }
    .into_any()
}

/// Invoiced is credited, collected, not allocated, paid back and still open together.
fn equation(page: &Page, money: &ClientMoney) -> String {
    let words = &page.words;
    let write = |minor: i64| words.money(Money::new(minor, money.currency));
    words.with(
        "explorer-equation",
        &[
            ("invoiced", write(money.total.invoiced_minor).into()),
            ("credited", write(money.total.credited_minor).into()),
            ("collected", write(money.total.collected_minor).into()),
            ("unallocated", write(money.total.unallocated_minor).into()),
            ("refunded", write(money.refunded_minor).into()),
            ("open", write(money.open_minor).into()),
        ],
    )
}

/// What the sentence names and no column has, each with the way to its documents.
fn rests(page: &Page, query: &ExplorerQuery, money: &ClientMoney) -> Option<AnyView> {
    let words = &page.words;
    let rests = [
        (Number::Refunded, money.refunded_minor),
        (Number::Open, money.open_minor),
    ];
    let there: Vec<Number> = rests
        .into_iter()
        .filter(|(_, minor)| *minor != 0)
        .map(|(number, _)| number)
        .collect();
    let links = there.iter().map(|number| {
        let name = words.text(&format!("explorer-{}", number.word()));
        let label = format!("{name}: {}", words.text("explorer-evidence"));
        view! { <a href=cell_url(query, money, RowKey::Sum, *number)>{label}</a> }
    });
    (!there.is_empty())
        .then(|| view! { <p class="row small">{links.collect_view()}</p> }.into_any())
}

/// Which deals are left out, because no sum holds their amounts.
fn beyond(page: &Page, money: &ClientMoney) -> Option<AnyView> {
    let left_out = money
        .deals
        .iter()
        .filter(|deal| money.beyond.contains(&deal.id));
    let names: Vec<&str> = left_out.map(|deal| deal.name.as_str()).collect();
    let names = [("deals", names.join(", ").into())];
    let text = page.words.with("explorer-beyond", &names);
    (!money.beyond.is_empty()).then(|| kit::notice("bad", text))
}

fn cell_url(query: &ExplorerQuery, money: &ClientMoney, row: RowKey, number: Number) -> String {
    let cell = format!(
        "{}.{}.{}.{}",
        money.client.id,
        money.currency,
        row.word(),
        number.word()
    );
    format!("{}#evidence", query.url(PATH, &query.after, &cell))
}

fn row_name(page: &Page, key: RowKey) -> String {
    let words = &page.words;
    match key {
        RowKey::Month(month) => words.month(month),
        RowKey::Earlier => words.text("explorer-earlier"),
        RowKey::Later => words.text("explorer-later"),
        RowKey::Rest => words.text("explorer-rest"),
        RowKey::Sum => words.text("explorer-sum"),
    }
}

fn table_row(
    page: &Page,
    query: &ExplorerQuery,
    money: &ClientMoney,
    row: &ExplorerRow,
    columns: &[Column],
) -> AnyView {
    let words = &page.words;
    let name = row_name(page, row.key);
    let cells = columns.iter().map(|column| {
        let minor = row.amounts.of(*column);
        let label = words.text(&format!("explorer-{column}"));
        let has_parts = row.evidence.iter().any(|part| part.column == *column);
        if minor == 0 && !has_parts {
            return view! { <td class="num muted" data-label=label>{NOTHING}</td> }.into_any();
        }
        let url = cell_url(query, money, row.key, Number::Column(*column));
        let whole = format!("{label}, {name}: {}", words.text("explorer-evidence"));
        let amount = Money::new(minor, money.currency);
        view! { <td class="num" data-label=label><a href=url title=whole>{kit::money(page, amount)}</a></td> }.into_any()
    });
    view! { <tr><th class="main" scope="row">{name.clone()}</th>{cells.collect_view()}</tr> }
        .into_any()
}

/// What the open number is made of.
fn evidence(page: &Page, query: &ExplorerQuery, money: &ClientMoney, opened: &Opened) -> AnyView {
    let words = &page.words;
    let name = &opened.name;
    let Some(row) = money.find_row(name.row) else {
        return ().into_any();
    };
    let title = format!(
        "{} · {} · {}",
        words.text(&format!("explorer-{}", name.number.word())),
        row_name(page, row.key),
        words.money(name.number.of(money, &row))
    );
    let here = query.url(PATH, &query.after, &query.cell);
    let content = match name.number {
        Number::Column(Column::Expected) => expected(page, money, &row),
        Number::Column(Column::Waived) => waived(page, money, &row, &here),
        Number::Column(Column::Missing) => missing(page, money, &row),
        number => document_table(page, money, &number.documents(money, &row), &here),
    };
    let close = format!(
        "{}#{}-{}",
        query.url(PATH, &query.after, ""),
        money.client.id,
        money.currency
    );
    view! {
        <div class="proof" id="evidence">
            <div class="row between">
                <h3>{title}</h3>
                <a class="btn quiet icon sm" href=close aria-label=words.text("button-close")>{kit::icon(icons::X)}</a>
            </div>
            {content}
            {deals(page, money, opened, &row)}
        </div>
    }
    .into_any()
}

fn deal_name(money: &ClientMoney, deal: Option<DealId>) -> String {
    let mut deals = money.deals.iter();
    let found = deals.find(|known| Some(known.id) == deal);
    found.map_or_else(|| NOTHING.to_owned(), |deal| deal.name.clone())
}

/// What each deal's months expect.
fn expected(page: &Page, money: &ClientMoney, row: &ExplorerRow) -> AnyView {
    let words = &page.words;
    let rows = row.expected.iter().filter(|part| part.2 != 0);
    let rows = rows.map(|(deal, month, minor)| {
        let amount = Money::new(*minor, money.currency);
        view! { <div><dt>{deal_name(money, Some(*deal))}" · "{words.month(*month)}</dt><dd>{words.money(amount)}</dd></div> }
    });
    view! { <dl class="facts">{rows.collect_view()}</dl> }.into_any()
}

/// Who waived what, and why; and the way back.
fn waived(page: &Page, money: &ClientMoney, row: &ExplorerRow, here: &str) -> AnyView {
    let words = &page.words;
    let is_here = |deal: DealId, month: Month| {
        row.expected
            .iter()
            .any(|part| (part.0, part.1) == (deal, month))
    };
    let shown = money
        .waivers
        .iter()
        .filter(|(deal, waiver)| is_here(*deal, waiver.month));
    let shown: Vec<_> = shown.collect();
    let rows = shown.iter().map(|(deal, waiver)| {
        let about = words.with(
            "explorer-waived-by",
            &[
                ("person", (&waiver.by_name).into()),
                ("date", words.date_of(waiver.waived_at, page.ctx.programme.time_zone).into()),
                ("reason", (&waiver.reason).into()),
            ],
        );
        view! {
            <div>
                <dt>{deal_name(money, Some(*deal))}" · "{words.month(waiver.month)}<small>{about}</small></dt>
                <dd>{words.money(waiver.money)}</dd>
            </div>
        }
    });
    let mut sums: Vec<((DealId, Month), i64)> = Vec::new();
    for (deal, waiver) in &shown {
        let key = (*deal, waiver.month);
        match sums.iter_mut().find(|sum| sum.0 == key) {
            Some(sum) => sum.1 = sum.1.saturating_add(waiver.money.minor),
            None => sums.push((key, waiver.money.minor)),
        }
    }
    let choices: Vec<(String, String)> = sums
        .into_iter()
        .filter(|(_, minor)| *minor > 0)
        .map(|((deal, month), minor)| {
            let amount = words.money(Money::new(minor, money.currency));
            let said = format!(
                "{} · {} · {amount}",
                deal_name(money, Some(deal)),
                words.month(month)
            );
            (format!("{deal}.{month}"), said)
        })
        .collect();
    let back = may(page, Action::Reconcile).then(|| take_back(page, &choices, here));
    view! { <dl class="facts">{rows.collect_view()}</dl>{back} }.into_any()
}

/// Expected, less what was waived and collected.
fn missing(page: &Page, money: &ClientMoney, row: &ExplorerRow) -> AnyView {
    let words = &page.words;
    let parts = [
        Column::Expected,
        Column::Waived,
        Column::Collected,
        Column::Missing,
    ]
    .map(|column| {
        let amount = Money::new(row.amounts.of(column), money.currency);
        let label = words.text(&format!("explorer-{column}"));
        view! { <div><dt>{label}</dt><dd>{words.money(amount)}</dd></div> }
    });
    let cases = address(reconciliation::PATH, &[]);
    view! {
        <dl class="compare">{parts.into_iter().collect_view()}</dl>
        <p>{words.text("explorer-missing-hint")}" "<a href=cases>{words.text("reconciliation-title")}</a></p>
    }
    .into_any()
}

fn document_table(page: &Page, money: &ClientMoney, parts: &[Evidence], here: &str) -> AnyView {
    let words = &page.words;
    let rows = parts.iter().filter_map(|part| {
        let document = money.documents.get(&part.document)?;
        let amount = Money::new(part.amount_minor, money.currency);
        Some(view! {
            <tr>
                <th class="main" scope="row">
                    <a href=vendor_url(page, document) rel="noreferrer">{document.number.clone()}</a>
                    <small>{words.text(kind_key(document))}</small>
                </th>
                <td data-label=words.text("explorer-column-status")>{document.status.clone()}</td>
                <td data-label=words.text("explorer-column-deal")>{deal_name(money, part.deal)}</td>
                <td data-label=words.text("explorer-column-how")>{how(page, document)}" "{change_link(page, document, here)}</td>
                <td data-label=words.text("line-why-column-seen")>{kit::ago(page, document.seen_at)}</td>
                <td class="num corner">{kit::money(page, amount)}</td>
            </tr>
        })
    });
    let columns = [
        "explorer-column-document",
        "explorer-column-status",
        "explorer-column-deal",
        "explorer-column-how",
        "line-why-column-seen",
    ]
    .map(|column| view! { <th scope="col">{words.text(column)}</th> });
    view! {
        <div class="table">
            <table class="cards" aria-label=words.text("line-why-evidence")>
                <thead><tr>{columns.into_iter().collect_view()}<th scope="col" class="num">{words.text("explorer-column-amount")}</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// What HubSpot said of the client's deals in the months of the row.
fn deals(page: &Page, money: &ClientMoney, opened: &Opened, row: &ExplorerRow) -> AnyView {
    let words = &page.words;
    let rows = money.deals.iter().map(|deal| {
        let terms = opened.terms.iter().find(|terms| terms.0 == deal.id);
        let held = terms.map_or_else(Vec::new, |terms| row.held(deal.id, &terms.1));
        let said = held.iter().map(|(terms, seen_at)| {
            let value = words.money(terms.value);
            view! { <div>{value}" "{period(page, terms.period)}" · "{kit::ago(page, *seen_at)}</div> }
        });
        let said = said.collect_view();
        view! {
            <div>
                <dt>{deal_link(page, deal)}" "<small>{format!("{} · {}", deal.partner_name, deal_dates(page, deal))}</small></dt>
                <dd>{said}</dd>
            </div>
        }
    });
    view! { <h3>{words.text("explorer-deals")}</h3><dl class="facts">{rows.collect_view()}</dl> }
        .into_any()
}

fn deal_link(page: &Page, deal: &DealRecord) -> AnyView {
    let name = format!("{} · {}", deal.name, deal.hubspot_id);
    match page.app.vendors().deal(&deal.hubspot_id) {
        Some(url) => view! { <a href=url rel="noreferrer">{name}</a> }.into_any(),
        None => name.into_any(),
    }
}

fn deal_dates(page: &Page, deal: &DealRecord) -> String {
    let words = &page.words;
    let date = |date: Option<chrono::NaiveDate>| {
        date.map_or_else(|| NOTHING.to_owned(), |date| words.date(date))
    };
    words.with(
        "explorer-deal-dates",
        &[
            ("won", date(deal.won_on).into()),
            ("start", date(deal.start).into()),
            ("last", date(deal.last_day()).into()),
        ],
    )
}

fn period(page: &Page, period: BillingPeriod) -> String {
    let words = &page.words;
    match period {
        BillingPeriod::OneOff => words.text("line-period-one-off"),
        BillingPeriod::Months(1) => words.text("line-period-monthly"),
        BillingPeriod::Months(3) => words.text("line-period-quarterly"),
        BillingPeriod::Months(12) => words.text("line-period-yearly"),
        BillingPeriod::Months(months) => {
            words.with("line-period-months", &[("count", u32::from(months).into())])
        }
    }
}

/// Everything that the filters let through, month by month, as a spreadsheet reads it.
pub async fn download(page: Page, Query(query): Query<ExplorerQuery>) -> Result<Response, UiError> {
    let mut filter = query.filter(page.ctx.this_month());
    filter.after = None;
    // A spreadsheet can add up for itself: every month stands alone in it.
    filter.until = Month::parse(&query.until).ok();
    let words = &page.words;
    let heads = ["explorer-client", "explorer-currency", "explorer-month"];
    let columns = COLUMNS.map(|column| format!("explorer-{column}"));
    let heads = heads.into_iter().chain(columns.iter().map(String::as_str));
    let mut csv = Csv::new(heads.map(|head| words.text(head)));
    loop {
        let found = explorer::explore(&page.ctx, page.actor()?, &filter).await;
        let found = page.said(found)?;
        for money in &found.clients {
            for row in &money.rows {
                write_row(&mut csv, money, row);
            }
        }
        let Some(next) = found.next else { break };
        filter.after = Some(next);
    }
    let facts = json!({ "client": query.client, "partner": query.partner, "search": query.q, "from": query.from, "until": query.until });
    let person = page.actor()?.person();
    page.said(audit::note(&page.ctx, person, "export_explorer", "explorer", &facts).await)?;
    Ok(csv.answer("attachment; filename=\"reconciliation.csv\""))
}

fn write_row(csv: &mut Csv, money: &ClientMoney, row: &ExplorerRow) {
    let about = [
        harmless(&money.client.name),
        money.currency.to_string(),
        row.key.word(),
    ];
    let amounts =
        COLUMNS.map(|column| Money::new(row.amounts.of(column), money.currency).to_decimal());
    csv.write(about.into_iter().chain(amounts));
}
