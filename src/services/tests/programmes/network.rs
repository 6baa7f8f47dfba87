//! A portal that a programme is played in: what arrives, what people do at the end of each month, and what they see.

use std::cell::RefCell;

use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use portal_domain::{
    access::Actor,
    bill::oldest_minor,
    calendar::{Month, Quarter, Timestamp},
    deal::DealState,
    ids::{DealId, LeadId, PartnerId},
    lead::LeadState,
    line::LineState,
    money::{Currency, Money},
    partner::CompanyForm,
    plan::{PlanForm, ShareForm, TierForm},
    remote::{InvoiceType, RemoteDeal, RemoteInvoice},
    scope::Scope,
};
use portal_services::{
    ServiceError, bills, closing, deals, documents, exceptions, figures,
    forecast::{self, Group},
    leads, lines,
    links::{self, DocumentShareForm},
    mergers, partners, quarters,
    statements::{self, StatementView},
};
use portal_store::{
    credits, deals as deal_rows,
    invoices::{self, InvoiceLink},
    journal::{self, Whose},
    lines as line_rows,
    lines::LineRecord,
};

use super::{
    script::{DealSaid, Desk, Link, OWNERS, PERIODS, Script, Terms, VALUES},
    told::{Day, Heard, Told},
    vendors::{
        Reading, Sent, all_said, contact_id, credit_id, first_of, hubspot_id, invoice_id, month_of,
    },
};
use crate::world::{World, add_owner, company, databases, instant, publish, sale};

/// How what was said reaches the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// At once, and once.
    InOrder,
    /// As the script has it.
    AnyOrder,
}

/// The portal under test.
pub struct Network {
    pub world: World,
    pub partners: [PartnerId; 2],
    leads: Vec<LeadId>,
    pub script: Script,
    sent: Vec<Sent>,
    told: RefCell<[Told; OWNERS.len()]>,
}

fn percent(rate: u32) -> String {
    rate.to_string()
}

impl Network {
    /// An empty one, on the last kind of database that is at hand: PostgreSQL, where there is one.
    pub async fn new(script: &Script) -> Self {
        let urls = databases().await;
        Self::on(urls.last().expect("one at least"), script).await
    }

    /// An empty one, on SQLite.
    pub async fn elsewhere(script: &Script) -> Self {
        Self::on(&databases().await[0], script).await
    }

    async fn on(url: &str, script: &Script) -> Self {
        // Small programmes reach the minimum payout now and then.
        let world = World::with(url, |programme| {
            programme.minimum_payout.default_minor = 500
        })
        .await;
        let other = CompanyForm {
            name: "Second".to_owned(),
            legal_name: "Second GmbH".to_owned(),
            domain: "second-company.com".to_owned(),
            billing_email: "billing@second-company.com".to_owned(),
            slack_channel: "C0SECOND00".to_owned(),
            ..company()
        };
        let second = partners::add(&world.ctx, &world.staff, &other)
            .await
            .expect("a second partner");
        let member = add_owner(&world.ctx, second, "owner@second.test").await;
        let network = Self {
            partners: [world.partner, second],
            leads: Vec::new(),
            script: script.clone(),
            sent: all_said(script),
            told: RefCell::default(),
            world,
        };
        network.with_plans().await.with_leads([&member]).await
    }

    async fn with_plans(self) -> Self {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        for (place, terms) in self.script.plans.iter().enumerate() {
            let form = self.form(place, terms);
            let plan = publish(ctx, staff, form, "2026-01-01").await;
            let partner = self.partners[place];
            partners::enrol(ctx, staff, partner, &plan.to_string(), "2026-01-02")
                .await
                .expect("enrolled");
            bills::partner_contact_found(ctx, partner, &format!("contact-partner-{place}"))
                .await
                .expect("remembered");
        }
        self
    }

    fn form(&self, place: usize, terms: &Terms) -> PlanForm {
        let text = |number: Option<u32>| number.map(percent).unwrap_or_default();
        let tier = |(number, (from, rate)): (usize, &(u32, u32))| TierForm {
            from: from.to_string(),
            until: text(terms.tiers.get(number + 1).map(|next| next.0)),
            rate: percent(*rate),
        };
        let share = |share: u32| ShareForm {
            partner: self.partners[1 - place].to_string(),
            share: percent(share),
        };
        PlanForm {
            name: format!("Plan {place}"),
            rate: percent(terms.rate),
            months: text(terms.months.map(u32::from)),
            tail_months: text(terms.tail.map(u32::from)),
            currency: "EUR".to_owned(),
            cap: text(terms.cap),
            bonus: text(terms.bonus),
            tiers: terms.tiers.iter().enumerate().map(tier).collect(),
            shares: terms.share.map(share).into_iter().collect(),
            ..PlanForm::default()
        }
    }

    async fn with_leads(mut self, [second]: [&Actor; 1]) -> Self {
        for (deal, owner) in OWNERS.iter().enumerate() {
            let member = if *owner == 0 {
                &self.world.member
            } else {
                second
            };
            let client = self.script.clients[deal];
            let (name, domain) = (format!("Client{client}"), format!("client{client}.com"));
            let lead = self.world.submit_as(member, &name, &domain).await;
            self.accept(lead).await;
            deals::apply_registration(&self.world.ctx, lead, &hubspot_id(deal))
                .await
                .expect("registered");
            self.leads.push(lead);
        }
        self
    }

    /// Another partner has claimed the client already: a person lets both have it.
    async fn accept(&self, lead: LeadId) {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let found = leads::find_for_staff(ctx, staff, lead).await;
        if found.expect("a lead").lead.state == LeadState::InReview {
            let accepted = leads::decide(ctx, staff, lead, &leads::Decision::Accept).await;
            accepted.expect("accepted");
        }
    }

    /// Everything of the script, month by month.
    pub async fn play(&self, delivery: Delivery) {
        for place in 0..self.script.months.len() {
            self.world.go_to(&first_of(place).to_string());
            self.accrue().await;
            for sent in self.arrivals(place, delivery) {
                self.deliver(sent).await;
            }
            self.world.work_off().await;
            if let Some(deal) = self.script.months[place].removed {
                self.remove(deal).await;
            }
            self.world.prove().await;
            self.check_forecasts().await;
            self.sit_at_desk(&self.script.months[place].desk).await;
            self.world.prove().await;
        }
    }

    /// Another month ends, and lines follow all that is known by then.
    pub async fn end(&self) {
        self.world
            .go_to(&first_of(self.script.months.len()).to_string());
        self.accrue().await;
        self.follow_starts().await;
        self.world.prove().await;
    }

    pub async fn accrue(&self) {
        lines::accrue(&self.world.ctx).await.expect("accrued");
        self.world.work_off().await;
    }

    /// What arrives in a month, in its order; what arrives for the second time does so last, and the other way round.
    fn arrivals(&self, place: usize, delivery: Delivery) -> Vec<&Sent> {
        if delivery == Delivery::InOrder {
            return self
                .sent
                .iter()
                .filter(|sent| sent.month == place)
                .collect();
        }
        let copy = |number: usize| {
            let is_due = move |sent: &&Sent| sent.arrives.get(number) == Some(&place);
            let mut due: Vec<&Sent> = self.sent.iter().filter(is_due).collect();
            due.sort_by_key(|sent| sent.order);
            due
        };
        let mut arrivals = copy(0);
        arrivals.extend(copy(1).into_iter().rev());
        arrivals
    }

    async fn deliver(&self, sent: &Sent) {
        let ctx = &self.world.ctx;
        let delivered = match &sent.reading {
            Reading::Deal(said) => {
                let remote = self.remote_deal(said, sent.at);
                let start_before = self.find_start(said.deal).await;
                let applied = deals::apply_reading(ctx, &remote.id, Some(&remote)).await;
                let start = self.find_start(said.deal).await;
                let heard = self.heard(said, sent);
                self.told.borrow_mut()[said.deal].hear(&heard, start_before, start);
                applied
            }
            Reading::Invoice(remote) => links::apply_invoice(ctx, remote).await,
            Reading::Credit(remote) => links::apply_credit(ctx, remote).await,
        };
        delivered.expect("a reading");
    }

    async fn remove(&self, deal: usize) {
        deals::apply_reading(&self.world.ctx, &hubspot_id(deal), None)
            .await
            .expect("followed");
        self.told.borrow_mut()[deal].go_away();
        self.world.work_off().await;
    }

    /// What is written down of a deal by now.
    pub fn told(&self, deal: usize) -> Told {
        self.told.borrow()[deal].clone()
    }

    fn heard(&self, said: &DealSaid, sent: &Sent) -> Heard {
        let end = said.ends_after;
        let end = end.map(|days| self.won_on(said) + Days::new(u64::from(days)));
        Heard {
            at: sent.at.0,
            month: month_of(sent.month),
            is_won: said.state == DealState::Won,
            value: VALUES[said.value].into(),
            period: PERIODS[said.period].parse().ok(),
            end: end.map(day_of),
        }
    }

    async fn find_start(&self, deal: usize) -> Option<Day> {
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let found = deal_rows::find_by_hubspot(&mut tx, &hubspot_id(deal)).await;
        found.unwrap().and_then(|deal| deal.start).map(day_of)
    }

    fn won_on(&self, said: &DealSaid) -> NaiveDate {
        won_on(self.script.won[said.deal]) + Days::new(u64::from(said.won_after))
    }

    fn remote_deal(&self, said: &DealSaid, at: Timestamp) -> RemoteDeal {
        let won_on = self.won_on(said);
        let (state, period) = (said.state, PERIODS[said.period]);
        let amount = Money::new(VALUES[said.value], Currency::EUR).to_decimal();
        RemoteDeal {
            id: hubspot_id(said.deal),
            name: format!("Deal {}", said.deal),
            closed_at: match state {
                DealState::Won => Some(Timestamp(instant(&won_on.to_string()))),
                DealState::Lost => Some(at),
                DealState::Open | DealState::Removed => None,
            },
            start: said.starts_after.map(|days| won_on + TimeDelta::days(days)),
            end: said
                .ends_after
                .map(|days| won_on + Days::new(u64::from(days))),
            modified_at: at,
            ..self
                .world
                .deal(self.leads[said.deal], state, &amount, period)
        }
    }

    async fn sit_at_desk(&self, desk: &Desk) {
        let ctx = &self.world.ctx;
        if let Some(link) = &desk.link {
            self.say_what_it_is_for(link).await;
        }
        if let Some(place) = desk.waive {
            self.waive(place).await;
        }
        if let Some((partner, _)) = desk.leave {
            self.leave(partner).await;
        }
        if desk.follow {
            self.follow_starts().await;
        }
        if desk.approve {
            self.approve(desk.hold).await;
        }
        if desk.close
            && let Some(quarter) = quarters::closable_quarter(ctx).await.expect("a quarter")
        {
            self.close(quarter).await;
        }
        self.world.work_off().await;
        if let Some(halves) = desk.pay {
            self.pay(halves).await;
        }
        self.world.work_off().await;
    }

    /// What a person says that a document is for. There may be no such document or deal yet, or nothing to take back.
    async fn say_what_it_is_for(&self, link: &Link) {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let _ = match *link {
            Link::Invoice(client, number, deal) => {
                let Some(deal) = self.find(deal).await else {
                    return;
                };
                links::link_document(ctx, staff, &invoice_id(client, number), deal).await
            }
            Link::Split(client, number, parts) => {
                self.split(&invoice_id(client, number), parts).await
            }
            Link::NoDeal(client, number) => {
                links::say_no_deal(ctx, staff, &invoice_id(client, number)).await
            }
            Link::TakeBack(client, number) => {
                links::unlink_document(ctx, staff, &invoice_id(client, number)).await
            }
            Link::Credit(client, number, deal) => {
                let Some(deal) = self.find(deal).await else {
                    return;
                };
                links::link_document(ctx, staff, &credit_id(client, number), deal).await
            }
            Link::SplitCredit(client, number, parts) => {
                self.split(&credit_id(client, number), parts).await
            }
            Link::NoDealOfCredit(client, number) => {
                links::say_no_deal(ctx, staff, &credit_id(client, number)).await
            }
            Link::TakeBackCredit(client, number) => {
                links::unlink_document(ctx, staff, &credit_id(client, number)).await
            }
        };
    }

    async fn split(&self, id: &str, parts: [(usize, i64); 2]) -> Result<(), ServiceError> {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let net = documents::find_document(ctx, staff, id, "", &[]).await?;
        let net = net.document.net;
        let mut rows = Vec::new();
        for (deal, tenths) in parts {
            let deal = self.find(deal).await.ok_or(ServiceError::NotFound)?;
            rows.push(DocumentShareForm {
                deal: deal.to_string(),
                amount: Money::new(net.minor * tenths / 10, net.currency).to_decimal(),
            });
        }
        links::split_document(ctx, staff, id, &rows).await
    }

    /// Closes a quarter, and finds what was said before that it would do.
    async fn close(&self, quarter: Quarter) {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let preview = quarters::preview(ctx, staff, quarter).await;
        let preview = preview.expect("a preview");
        let closed = closing::close_quarter(ctx, staff, quarter).await;
        let closed = closed.expect("closed");
        assert_eq!(
            (closed.created, closed.carried),
            (preview.statements.len(), preview.carried.len())
        );
        let found = statements::list_for_staff(ctx, staff, None).await;
        let mut found = found.expect("statements");
        found.retain(|view| view.record.quarter == quarter.to_string());
        found.sort_by_key(|view| view.record.partner);
        let made = found.iter();
        let made = made.map(|view| (view.record.partner, view.record.total, view.lines.len()));
        let foreseen = preview.statements.iter();
        let foreseen = foreseen.map(|seen| (seen.partner, seen.money, seen.lines));
        assert_eq!(made.collect::<Vec<_>>(), foreseen.collect::<Vec<_>>());
    }

    /// What is forecast adds up, is every line that may come, and is what closing says of what is approved.
    async fn check_forecasts(&self) {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        for partner in self.partners {
            let found = forecast::of_partner(ctx, staff, partner).await;
            let found = found.expect("forecasts");
            let quarter = found.first().map_or(ctx.this_quarter(), |one| one.quarter);
            let preview = quarters::preview(ctx, staff, quarter).await;
            let preview = preview.expect("a preview");
            let mut tx = ctx.store.read().await.unwrap();
            let own = Scope::EVERYBODY.admit(partner, None).unwrap();
            let may_come = line_rows::list_unstated(&mut tx, own, quarter.last()).await;
            let may_come: i64 = may_come.unwrap().iter().map(|line| line.money.minor).sum();
            drop(tx);
            let sum = |groups: &[Group]| groups.iter().map(|group| group.money.minor).sum::<i64>();
            let all = found.iter();
            let all: i64 = all.map(|one| one.total.minor + sum(&one.stopped)).sum();
            assert_eq!(all, may_come);
            for one in &found {
                assert_eq!((one.quarter, one.total.minor), (quarter, sum(&one.groups)));
                for group in one.groups.iter().chain(&one.stopped) {
                    let parts = group.parts.iter().map(|part| part.money.minor);
                    assert_eq!(group.money.minor, parts.sum::<i64>());
                }
            }
            let approved = found.iter().flat_map(|one| &one.groups);
            let approved = approved.filter(|group| group.word() == "approved");
            let approved: Vec<Money> = approved.map(|group| group.money).collect();
            let stated = preview
                .statements
                .iter()
                .map(|seen| (seen.partner, seen.money));
            let carried = preview
                .carried
                .iter()
                .map(|seen| (seen.partner, seen.money));
            let closing = stated.chain(carried).filter(|seen| seen.0 == partner);
            let closing: Vec<Money> = closing.map(|seen| seen.1).collect();
            assert_eq!(approved, closing);
            let figures = figures::of_partner(ctx, staff, partner).await;
            let figures = figures
                .expect("figures")
                .into_iter()
                .map(|one| one.upcoming);
            let upcoming: i64 = figures.map(|money| money.minor).sum();
            assert_eq!(
                upcoming,
                approved.iter().map(|money| money.minor).sum::<i64>()
            );
        }
    }

    pub async fn find(&self, deal: usize) -> Option<DealId> {
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let found = deal_rows::find_by_hubspot(&mut tx, &hubspot_id(deal)).await;
        found.unwrap().map(|deal| deal.id)
    }

    /// The lines of a deal that stand.
    pub async fn lines(&self, deal: usize) -> Vec<LineRecord> {
        let Some(deal) = self.find(deal).await else {
            return Vec::new();
        };
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let mut found = line_rows::list_of_deal(&mut tx, deal).await.unwrap();
        found.retain(|line| line.state != LineState::Cancelled);
        found.sort_by_key(|line| {
            let partner = self.number_of(line.partner);
            (line.month, line.kind.as_str(), partner, line.money.minor)
        });
        found
    }

    pub fn number_of(&self, partner: PartnerId) -> usize {
        usize::from(partner != self.partners[0])
    }

    /// Has the lines follow every start that moved.
    pub async fn follow_starts(&self) {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let found = exceptions::list_exceptions(ctx, staff, 1_000).await;
        for view in found.expect("exceptions") {
            if view.record.kind == "start_changed" {
                let followed = mergers::follow_change(ctx, staff, view.record.id).await;
                followed.expect("followed");
                self.world.work_off().await;
                self.world.prove().await;
            }
        }
    }

    async fn waive(&self, deal: usize) {
        let waits = |line: &&LineRecord| line.state == LineState::Awaiting;
        let found = self.lines(deal).await;
        if let Some(line) = found.iter().find(waits) {
            let (ctx, staff) = (&self.world.ctx, &self.world.staff);
            // More may have been refunded than was ever paid.
            let waived = exceptions::waive(ctx, staff, line.deal, line.month, "Agreed").await;
            self.world.work_off().await;
            let before = found.iter().filter(|other| other.month < line.month);
            let open = |other: &LineRecord| {
                matches!(other.state, LineState::Covered | LineState::Approved)
            };
            if waived.is_ok() && before.clone().all(open) {
                let after = self.lines(deal).await;
                let after = after.iter().find(|after| after.id == line.id);
                let state = after.map(|after| after.state);
                assert_eq!(state, Some(LineState::Covered), "{line:?} was waived");
            }
        }
    }

    async fn leave(&self, partner: usize) {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let left_on = self.script.left_on(partner).expect("it leaves");
        let left = partners::leave(ctx, staff, self.partners[partner], &left_on.to_string()).await;
        left.expect("left");
        self.world.work_off().await;
        self.world.prove().await;
    }

    /// Approves what is covered, but for one line that is held for a month.
    async fn approve(&self, held: Option<usize>) {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let mut covered = Vec::new();
        for deal in 0..OWNERS.len() {
            for line in self.lines(deal).await {
                if line.held_reason.is_some() && !line.state.is_stated() {
                    let released = lines::release(ctx, staff, &[line.id]).await;
                    released.expect("released");
                }
                if line.state == LineState::Covered {
                    covered.push(line.seen());
                }
            }
        }
        if let Some(line) = held.and_then(|place| covered.get(place)) {
            let held = lines::hold(ctx, staff, &[line.line], "Ask").await;
            held.expect("held");
        }
        lines::approve(ctx, staff, &covered)
            .await
            .expect("approved");
    }

    /// Finance enters a bill for each statement, and pays so much of it.
    /// Pays so many halves of each bill, of the second bill of a statement the other halves: which money comes first is not which lines are older.
    async fn pay(&self, halves: i64) {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let found = statements::list_for_staff(ctx, staff, None).await;
        for view in found.expect("statements") {
            let amounts: Vec<i64> = view.lines.iter().map(|line| line.money.minor).collect();
            let (total, first) = (view.record.total.minor, oldest_minor(&amounts));
            // The second partner invoices line by line, as far as that makes two bills.
            if self.number_of(view.record.partner) == 1 && first < total {
                self.pay_bill(&view, "A", first, halves).await;
                self.pay_bill(&view, "B", total - first, 2 - halves).await;
            } else {
                self.pay_bill(&view, "A", total, halves).await;
            }
            let view = statements::find_for_staff(ctx, staff, view.record.id).await;
            assert_paid_within_bills(&view.expect("the statement"));
        }
    }

    async fn pay_bill(&self, view: &StatementView, number: &str, net_minor: i64, halves: i64) {
        let number = format!("{}-{number}", view.record.number);
        let remote = RemoteInvoice {
            id: format!("bill-{number}"),
            kind: InvoiceType::Bill,
            contact_id: format!("contact-partner-{}", self.number_of(view.record.partner)),
            description: view.record.number.clone(),
            ..sale(&number, net_minor, 0, self.world.ctx.now().0)
        };
        let paid_minor = remote.total.minor * halves / 2;
        let remote = RemoteInvoice {
            paid_minor,
            due_minor: remote.total.minor - paid_minor,
            ..remote
        };
        let applied = links::apply_invoice(&self.world.ctx, &remote).await;
        applied.expect("a bill");
    }
}

/// No line is paid beyond its own bill.
fn assert_paid_within_bills(view: &StatementView) {
    assert!(view.lines.iter().all(|line| line.bill.is_some()));
    for bill in &view.bills {
        let paid = view.lines.iter();
        let paid = paid.filter(|line| line.bill == Some(bill.id) && line.state == LineState::Paid);
        let of_lines: i64 = paid.map(|line| line.money.minor).sum();
        assert!(of_lines <= bill.paid_minor.max(0), "{}", bill.number);
    }
}

/// A day as the oracle counts.
pub fn day_of(date: NaiveDate) -> Day {
    (Month::of(date).0, date.day())
}

fn won_on(days: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 6).expect("a day") + Days::new(u64::from(days))
}

/// What people see, without the ids that differ from one portal to the next.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    lines: Vec<String>,
    fills: Vec<String>,
    links: Vec<String>,
    exceptions: Vec<String>,
    balances: Vec<String>,
    statements: Vec<String>,
}

impl Network {
    pub async fn see(&self) -> Seen {
        let (mut lines, mut fills) = (Vec::new(), Vec::new());
        for deal in 0..OWNERS.len() {
            for line in self.lines(deal).await {
                let owner = self.number_of(line.partner);
                lines.push(format!(
                    "deal {deal}, partner {owner}: {} {} {} {}",
                    line.kind, line.month, line.state, line.money.minor
                ));
            }
            if let Some(id) = self.find(deal).await {
                let mut tx = self.world.ctx.store.read().await.unwrap();
                for fill in invoices::list_fills(&mut tx, id).await.unwrap() {
                    fills.push(format!(
                        "deal {deal}: {} {} {}",
                        fill.month, fill.invoice, fill.money.minor
                    ));
                }
            }
        }
        Seen {
            lines,
            fills,
            links: self.links().await,
            exceptions: self.exceptions().await,
            balances: self.balances().await,
            statements: self.statements().await,
        }
    }

    pub async fn exceptions(&self) -> Vec<String> {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let mut found = Vec::new();
        for view in exceptions::list_exceptions(ctx, staff, 1_000)
            .await
            .expect("exceptions")
        {
            let mut facts = view.facts.clone();
            if let Some(facts) = facts.as_object_mut() {
                // Ids, and figures that are about today.
                facts.remove("deals");
            }
            let client = view.record.client_name.unwrap_or_default();
            found.push(format!("{} {client}: {facts}", view.record.kind));
        }
        found.sort();
        found
    }

    /// What each document is for.
    async fn links(&self) -> Vec<String> {
        let (mut ids, mut found) = (Vec::new(), Vec::new());
        for deal in 0..OWNERS.len() {
            ids.push(self.find(deal).await);
        }
        let number = |link: &InvoiceLink| ids.iter().position(|id| *id == Some(link.deal));
        let show = |id: &str, links: &[InvoiceLink]| {
            let deals = links.iter();
            let mut deals: Vec<_> = deals
                .map(|link| (number(link), &link.how, link.share_minor))
                .collect();
            deals.sort_unstable();
            format!("{id}: {deals:?}")
        };
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let contacts: Vec<String> = (0..OWNERS.len()).map(contact_id).collect();
        for invoice in invoices::list_for(&mut tx, &[], &contacts).await.unwrap() {
            found.push(show(&invoice.remote.id, &invoice.links));
        }
        for credit in credits::list_for(&mut tx, &[], &contacts).await.unwrap() {
            // What is not refunded takes no money from any deal.
            if credit.remote.refunded_minor != 0 {
                found.push(show(&credit.remote.id, &credit.links));
            }
        }
        found
    }

    async fn balances(&self) -> Vec<String> {
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let end = Timestamp(i64::MAX);
        let found = journal::list_balances(&mut tx, Whose::Everybody, end).await;
        let mut found: Vec<String> = found
            .unwrap()
            .into_iter()
            .filter(|balance| balance.minor != 0)
            .map(|balance| {
                let partner = self.number_of(balance.partner);
                format!("{partner} {} {}", balance.account, balance.minor)
            })
            .collect();
        found.sort();
        found
    }

    async fn statements(&self) -> Vec<String> {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let found = statements::list_for_staff(ctx, staff, None).await;
        let mut found: Vec<String> = found
            .expect("statements")
            .into_iter()
            .map(|view| {
                let partner = self.number_of(view.record.partner);
                let total = view.record.total.minor;
                let (quarter, lines) = (view.record.quarter, view.lines.len());
                format!("{partner} {quarter} {total} {lines} {}", view.settlement)
            })
            .collect();
        found.sort();
        found
    }

    pub async fn count_entries(&self) -> i64 {
        let mut tx = self.world.ctx.store.read().await.unwrap();
        journal::count(&mut tx).await.unwrap().0
    }

    /// All that was said once more, from the start, but of deals that are gone: any reading of one would be news.
    pub async fn replay(&self) {
        for sent in &self.sent {
            let is_gone = match &sent.reading {
                Reading::Deal(said) => self.is_gone(said.deal).await,
                _ => false,
            };
            if !is_gone {
                self.deliver(sent).await;
            }
        }
        self.accrue().await;
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        for name in ["2025Q4", "2026Q1", "2026Q2"] {
            let quarter = Quarter::parse(name, 1).expect(name);
            if self.is_closed(quarter).await {
                let again = closing::close_quarter(ctx, staff, quarter).await;
                assert!(again.expect("closed").already);
            }
        }
        self.world.work_off().await;
    }

    async fn is_gone(&self, deal: usize) -> bool {
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let found = deal_rows::find_by_hubspot(&mut tx, &hubspot_id(deal)).await;
        let found = found.unwrap();
        found.is_some_and(|deal| deal.state == DealState::Removed)
    }

    async fn is_closed(&self, quarter: Quarter) -> bool {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let found = quarters::list_quarters(ctx, staff).await;
        let mut found = found.expect("quarters").into_iter();
        found.any(|view| view.quarter == quarter && view.closed)
    }
}
