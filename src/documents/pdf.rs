//! A statement as PDF, in the reader's language: who owes whom, for which quarter, the lines, their sum, and what to do now. A4, black on white, for a
//! screen, a printer and an archive. Nothing overflows: names wrap and are cut in the end, amounts are never cut but set smaller.

use std::num::{NonZeroU16, NonZeroU32};

use chrono::NaiveDate;
use krilla::tagging::{TableHeaderScope, Tag};
use portal_domain::{
    line::LineKind,
    money::Money,
    statement::{Party, StatementBody, StatementLine},
};
use portal_words::Words;

use crate::{
    DocumentError,
    sheet::{Colour, HEIGHT, Node, Properties, Sheet, WIDTH},
    text::{Run, Style, printable},
};

const LEFT: f32 = 56.0;
const RIGHT: f32 = WIDTH - 56.0;
/// Below this stands only the foot.
const BOTTOM: f32 = HEIGHT - 74.0;
/// The first baseline of a page after the first.
const TOP: f32 = 56.0;

const INK: Colour = (22, 33, 31);
const MUTED: Colour = (88, 101, 98);
const ACCENT: Colour = (13, 92, 80);
const RULE: Colour = (208, 215, 212);
const SHADE: Colour = (243, 246, 245);

const BODY: Style = Style::regular(9.0);
const STRONG: Style = Style::bold(9.0);
const SMALL: Style = Style::regular(7.5);
const LABEL: Style = Style::bold(7.5);
const LINE_HEIGHT: f32 = 12.5;
const SMALL_HEIGHT: f32 = 10.5;

/// A column of the table: its left end and its width.
type Column = (f32, f32);
const MONTH: Column = (LEFT, 66.0);
const CLIENT: Column = (LEFT + 74.0, 216.0);
const KIND: Column = (LEFT + 298.0, 78.0);
const AMOUNT: Column = (LEFT + 380.0, RIGHT - LEFT - 380.0);

/// The statement whose JSON has this hash. The same statement and language give the same bytes.
///
/// # Errors
/// `Pdf` if the file would not keep to its standards.
pub fn pdf(body: &StatementBody, hash: &str, words: &Words) -> Result<Vec<u8>, DocumentError> {
    let mut layout = Layout {
        sheet: Sheet::default(),
        words,
        body,
        y: TOP,
    };
    layout.sheet.start_page();
    layout.head();
    layout.table();
    layout.next_steps();
    layout.foot(hash);
    let title = words.with(
        "statement-title",
        &[("number", body.number.as_str().into())],
    );
    layout.sheet.write(&Properties {
        title: printable(&title),
        author: printable(&body.vendor.legal_name),
        language: words.locale().as_str(),
        made_on: body.closed_on.parse().ok(),
    })
}

struct Layout<'a> {
    sheet: Sheet,
    words: &'a Words,
    body: &'a StatementBody,
    /// The next baseline.
    y: f32,
}

/// A line of the table, measured.
struct Row {
    month: Run,
    client: Vec<Run>,
    /// The deal, and why the line is there.
    notes: Vec<Run>,
    kind: Vec<Run>,
    amount: Run,
}

impl Row {
    fn height(&self) -> f32 {
        let client = count(&self.client) * LINE_HEIGHT + count(&self.notes) * SMALL_HEIGHT;
        client.max(count(&self.kind) * LINE_HEIGHT) + 10.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few lines")]
fn count(runs: &[Run]) -> f32 {
    runs.len() as f32
}

impl Layout<'_> {
    fn text(&mut self, node: Option<Node>, style: Style, text: &str, column: Column) {
        let run = style.line(text, column.1);
        self.sheet.text(node, run, (column.0, self.y), INK);
    }

    /// Lines of text one below the other; the next baseline is below them.
    fn lines(&mut self, node: Option<Node>, runs: Vec<Run>, (x, height): (f32, f32), ink: Colour) {
        for run in runs {
            self.sheet.text(node, run, (x, self.y), ink);
            self.y += height;
        }
    }

    /// Across the page, and a little beyond what stands on it.
    fn rule(&mut self, y: f32, height: f32, colour: Colour) {
        let width = RIGHT - LEFT + 16.0;
        self.sheet.area((LEFT - 8.0, y), (width, height), colour);
    }

    fn heading(&mut self, level: u16, style: Style, text: &str) {
        let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
        let node = self.sheet.add(Tag::Hn(level, Some(printable(text))), None);
        self.sheet
            .add_to_outline(&printable(text), self.y - style.size);
        let run = style.line(text, RIGHT - LEFT);
        self.sheet.text(Some(node), run, (LEFT, self.y), INK);
    }

    /// The vendor, the title, the partner, and the facts.
    fn head(&mut self) {
        self.sheet.area((0.0, 0.0), (WIDTH, 5.0), ACCENT);
        self.y = 62.0;
        let (vendor, partner) = (&self.body.vendor, &self.body.partner);
        self.party(vendor, &vendor.legal_name, Style::bold(11.0));
        self.y += 26.0;
        let title = self.words.text("document-title");
        self.heading(1, Style::bold(19.0), &title);
        self.y += 26.0;
        let top = self.y;
        let label = self.words.text("document-for");
        let node = self.sheet.add(Tag::P, None);
        self.lines(
            Some(node),
            LABEL.wrap(&label, 200.0, 1),
            (LEFT, 13.0),
            MUTED,
        );
        let name = if partner.legal_name.is_empty() {
            &self.body.partner_name
        } else {
            &partner.legal_name
        };
        self.party(partner, name, STRONG);
        let below_partner = self.y;
        self.y = top;
        self.facts();
        self.y = self.y.max(below_partner) + 20.0;
    }

    /// A company with its address, in the left half.
    fn party(&mut self, party: &Party, name: &str, style: Style) {
        const WIDTH: f32 = 226.0;
        let words = self.words;
        let node = self.sheet.add(Tag::P, None);
        let height = style.size + 3.5;
        self.lines(Some(node), style.wrap(name, WIDTH, 3), (LEFT, height), INK);
        let mut lines = party.address.clone();
        if !party.country.is_empty() {
            lines.push(words.country(&party.country));
        }
        if !party.vat_number.is_empty() {
            let number = [("number", party.vat_number.as_str().into())];
            lines.push(words.with("document-vat-number", &number));
        }
        for line in lines {
            let node = self.sheet.add(Tag::P, None);
            self.lines(
                Some(node),
                BODY.wrap(&line, WIDTH, 2),
                (LEFT, LINE_HEIGHT),
                INK,
            );
        }
    }

    /// Number, date, period, currency and total, in the right half.
    fn facts(&mut self) {
        const LABELS: f32 = LEFT + 246.0;
        const VALUES: f32 = LEFT + 304.0;
        let (words, body) = (self.words, self.body);
        let written = |text: &str| {
            text.parse::<NaiveDate>()
                .map_or_else(|_| text.to_owned(), |date| words.date(date))
        };
        let mut facts = vec![
            ("document-number", body.number.clone()),
            ("document-date", written(&body.closed_on)),
        ];
        if let (Some(from), Some(to)) = (body.from, body.to) {
            let days = [
                ("from", words.date(from).into()),
                ("to", words.date(to).into()),
            ];
            facts.push(("document-period", words.with("document-period-days", &days)));
        }
        facts.push(("document-quarter", quarter(&body.quarter)));
        facts.push(("document-currency", body.currency.to_string()));
        for (label, value) in facts {
            let node = self.sheet.add(Tag::P, None);
            let label = BODY.line(&words.text(label), VALUES - LABELS - 6.0);
            self.sheet.text(Some(node), label, (LABELS, self.y), MUTED);
            self.lines(
                Some(node),
                BODY.wrap(&value, RIGHT - VALUES, 2),
                (VALUES, LINE_HEIGHT),
                INK,
            );
            self.y += 2.0;
        }
        self.y += 4.0;
        let node = self.sheet.add(Tag::P, None);
        let label = STRONG.line(&words.text("statement-total"), 110.0);
        self.sheet.text(Some(node), label, (LABELS, self.y), INK);
        let total = Style::bold(12.0).whole(&words.money(body.total), RIGHT - LABELS - 114.0);
        let x = RIGHT - total.width;
        self.sheet.text(Some(node), total, (x, self.y), INK);
        self.y += LINE_HEIGHT;
    }

    fn table(&mut self) {
        let table = self.sheet.add(Tag::Table, None);
        let head = self.sheet.add(Tag::THead, Some(table));
        let head = self.sheet.add(Tag::TR, Some(head));
        self.column_names(Some(head));
        let rows = self.sheet.add(Tag::TBody, Some(table));
        let last = self.body.lines.len().saturating_sub(1);
        for (place, line) in self.body.lines.iter().enumerate() {
            let row = self.measure(line);
            // The last line stays with the total: a total alone on a page is nobody's.
            let total = if place == last { 34.0 } else { 0.0 };
            if self.y + row.height() + total > BOTTOM {
                self.continue_table();
            }
            self.row(row, rows);
        }
        if self.y + 34.0 > BOTTOM {
            self.continue_table();
        }
        self.total(table);
    }

    /// A new page that says what it belongs to.
    fn new_page(&mut self) {
        self.sheet.start_page();
        let title = self.words.text("document-title");
        let name = format!("{title} {}", self.body.number);
        self.sheet.text(
            None,
            SMALL.line(&name, RIGHT - LEFT),
            (LEFT, TOP - 16.0),
            MUTED,
        );
        self.y = TOP + 12.0;
    }

    fn continue_table(&mut self) {
        self.new_page();
        // Who hears the table has heard the names of its columns.
        self.column_names(None);
    }

    fn column_names(&mut self, row: Option<Node>) {
        self.rule(self.y - 13.0, 20.0, SHADE);
        for (key, column, at_right) in [
            ("statement-column-month", MONTH, false),
            ("statement-column-client", CLIENT, false),
            ("document-column-kind", KIND, false),
            ("statement-column-amount", AMOUNT, true),
        ] {
            let cell = row.map(|row| self.sheet.add(Tag::TH(TableHeaderScope::Column), Some(row)));
            let run = LABEL.line(&self.words.text(key), column.1);
            let x = if at_right {
                RIGHT - run.width
            } else {
                column.0
            };
            self.sheet.text(cell, run, (x, self.y), INK);
        }
        self.y += 21.0;
    }

    fn measure(&self, line: &StatementLine) -> Row {
        let words = self.words;
        let mut notes = Vec::new();
        if line.deal_name != line.client_name {
            notes.extend(SMALL.wrap(&line.deal_name, CLIENT.1, 2));
        }
        if let Some(why) = self.why(line) {
            notes.extend(SMALL.wrap(&why, CLIENT.1, 4));
        }
        let kind = LineKind::parse(&line.kind).map_or_else(
            || line.kind.clone(),
            |kind| words.text(&format!("line-kind-{kind}")),
        );
        let money = Money::new(line.amount_minor, self.body.currency);
        Row {
            month: BODY.line(&words.month_short(line.month), MONTH.1),
            client: BODY.wrap(&line.client_name, CLIENT.1, 2),
            notes,
            kind: BODY.wrap(&kind, KIND.1, 2),
            amount: BODY.whole(&words.money(money), AMOUNT.1),
        }
    }

    /// What a line other than plain commission is for.
    fn why(&self, line: &StatementLine) -> Option<String> {
        let kind = LineKind::parse(&line.kind).filter(|kind| *kind != LineKind::Scheduled)?;
        let arguments = [
            ("month", self.words.month(line.month).into()),
            ("reason", line.reason.as_str().into()),
        ];
        let hint = self
            .words
            .with(&format!("line-kind-hint-{kind}"), &arguments);
        let reason = &line.reason;
        Some(if reason.is_empty() || hint.contains(reason.as_str()) {
            hint
        } else {
            format!("{hint} {reason}")
        })
    }

    fn row(&mut self, row: Row, rows: Node) {
        let (top, height) = (self.y, row.height());
        let node = self.sheet.add(Tag::TR, Some(rows));
        let cell = |sheet: &mut Sheet| Some(sheet.add(Tag::TD, Some(node)));
        let month = cell(&mut self.sheet);
        self.sheet.text(month, row.month, (MONTH.0, top), INK);
        let client = cell(&mut self.sheet);
        self.lines(client, row.client, (CLIENT.0, LINE_HEIGHT), INK);
        self.lines(client, row.notes, (CLIENT.0, SMALL_HEIGHT), MUTED);
        self.y = top;
        let kind = cell(&mut self.sheet);
        self.lines(kind, row.kind, (KIND.0, LINE_HEIGHT), INK);
        let amount = cell(&mut self.sheet);
        let x = RIGHT - row.amount.width;
        self.sheet.text(amount, row.amount, (x, top), INK);
        self.y = top + height;
        self.rule(self.y - 13.5, 0.5, RULE);
    }

    fn total(&mut self, table: Node) {
        self.rule(self.y - 13.5, 1.0, INK);
        self.y += 6.0;
        let row = self.sheet.add(Tag::TFoot, Some(table));
        let row = self.sheet.add(Tag::TR, Some(row));
        let name = Tag::TH(TableHeaderScope::Row).with_col_span(NonZeroU32::new(3));
        let name = self.sheet.add(name, Some(row));
        let style = Style::bold(10.5);
        let label = self.words.text("statement-total");
        self.text(Some(name), style, &label, (LEFT, 260.0));
        let amount = self.sheet.add(Tag::TD, Some(row));
        let run = style.whole(&self.words.money(self.body.total), 200.0);
        let x = RIGHT - run.width;
        self.sheet.text(Some(amount), run, (x, self.y), INK);
        self.y += 28.0;
    }

    /// What the partner does now, and when it is paid.
    fn next_steps(&mut self) {
        const WIDTH: f32 = RIGHT - LEFT - 16.0;
        let steps: Vec<Vec<Run>> = self
            .steps()
            .iter()
            .map(|step| BODY.wrap(step, WIDTH, 4))
            .collect();
        let conditions: Vec<Vec<Run>> = self
            .conditions()
            .iter()
            .map(|text| BODY.wrap(text, RIGHT - LEFT, 3))
            .collect();
        let height: f32 = steps
            .iter()
            .chain(&conditions)
            .map(|runs| count(runs) * LINE_HEIGHT + 3.0)
            .sum();
        if self.y + height + 30.0 > BOTTOM {
            self.new_page();
        }
        let title = self.words.text("document-next-title");
        self.heading(2, Style::bold(10.5), &title);
        self.y += 18.0;
        let list = self
            .sheet
            .add(Tag::L(krilla::tagging::ListNumbering::Decimal), None);
        for (place, runs) in steps.into_iter().enumerate() {
            let item = self.sheet.add(Tag::LI, Some(list));
            let label = self.sheet.add(Tag::Lbl, Some(item));
            let text = self.sheet.add(Tag::LBody, Some(item));
            self.text(Some(label), BODY, &format!("{}.", place + 1), (LEFT, 16.0));
            self.lines(Some(text), runs, (LEFT + 16.0, LINE_HEIGHT), INK);
            self.y += 3.0;
        }
        self.y += 6.0;
        for runs in conditions {
            let node = self.sheet.add(Tag::P, None);
            self.lines(Some(node), runs, (LEFT, LINE_HEIGHT), INK);
            self.y += 3.0;
        }
    }

    fn steps(&self) -> Vec<String> {
        let (words, body) = (self.words, self.body);
        let vendor = match body.vendor.legal_name.as_str() {
            "" => words.text("document-vendor"),
            name => name.to_owned(),
        };
        let mut steps = vec![words.with(
            "document-next-invoice",
            &[
                ("amount", words.money(body.total).into()),
                ("vendor", vendor.into()),
                ("number", body.number.as_str().into()),
            ],
        )];
        if !body.vendor.email.is_empty() {
            let email = [("email", body.vendor.email.as_str().into())];
            steps.push(words.with("document-next-send", &email));
        }
        steps.push(if body.url.is_empty() {
            words.text("document-next-portal")
        } else {
            words.with("document-next-url", &[("url", body.url.as_str().into())])
        });
        steps
    }

    fn conditions(&self) -> Vec<String> {
        let mut conditions = Vec::new();
        if self.body.payment_days > 0 {
            let days = [("count", self.body.payment_days.into())];
            conditions.push(self.words.with("document-payment", &days));
        }
        conditions.push(self.words.text("document-no-invoice"));
        conditions
    }

    /// On every page: which statement it is of, its place, and the hash.
    fn foot(&mut self, hash: &str) {
        let words = self.words;
        let pages = self.sheet.page_count();
        let name = format!("{} · {}", self.body.number, self.body.vendor.legal_name);
        let name = name.trim_end_matches(" · ");
        let hash = words.with("document-hash", &[("hash", hash.into())]);
        for page in 0..pages {
            let numbers = [("page", (page + 1).into()), ("pages", pages.into())];
            let place = SMALL.line(&words.with("document-page", &numbers), 120.0);
            let x = RIGHT - place.width;
            let name = SMALL.line(name, RIGHT - LEFT - 130.0);
            let hash = Style::regular(6.5).whole(&hash, RIGHT - LEFT);
            self.sheet
                .text_on(page, None, name, (LEFT, HEIGHT - 46.0), MUTED);
            self.sheet
                .text_on(page, None, place, (x, HEIGHT - 46.0), MUTED);
            self.sheet
                .text_on(page, None, hash, (LEFT, HEIGHT - 34.0), MUTED);
        }
    }
}

/// `Q3 2026`; a name that is none is written as it is.
fn quarter(name: &str) -> String {
    match name.split_once('Q') {
        Some((year, number)) => format!("Q{number} {year}"),
        None => name.to_owned(),
    }
}
