//! A deal whose start moves once something was earned by it: what is on a statement stays there and is corrected, everything else is made again, and the
//! client's money covers the months of the new schedule. The proof after each step is that of the way of money.

use LineKind::{Adjustment, Bonus, Clawback, Scheduled};
use LineState::{Awaiting, Cancelled, Covered, Stated, Upcoming};
use portal_domain::{
    calendar::Month,
    deal::DealState,
    ids::ExceptionId,
    line::{LineKind, LineState},
    money::{Currency, Money},
    plan::PlanForm,
    remote::{RemoteDeal, RemoteInvoice},
};
use portal_services::{ServiceError, exceptions, links, mergers, why};
use portal_store::{audit, invoices};

use crate::world::{World, databases, publish, sale};

/// A deal of 1,000.00 a month from February on: each month is worth 100.00.
struct Story {
    world: World,
    deal: RemoteDeal,
}

impl Story {
    async fn new(world: World) -> Self {
        let lead = world.win("1000.00", "1").await;
        let deal = RemoteDeal {
            start: "2026-02-10".parse().ok(),
            ..world.deal(lead, DealState::Won, "1000.00", "1")
        };
        world.read(&deal).await;
        Self { world, deal }
    }

    /// So many months of it paid, and what was approved by the end of March stated.
    async fn with_statement(world: World, months_paid: i64) -> Self {
        let story = Self::new(world).await;
        let world = &story.world;
        world.accrue("2026-04-02").await;
        story.pay("INV-1", months_paid).await;
        world.approve_all().await;
        world.close("2026Q1").await;
        story
    }

    /// An invoice over so many months, which names the deal and is paid.
    async fn pay(&self, number: &str, months: i64) {
        let net_minor = months * 100_000;
        let invoice = RemoteInvoice {
            reference: "Deal 9001".to_owned(),
            ..sale(number, net_minor, net_minor * 119 / 100, 1)
        };
        let applied = links::apply_invoice(&self.world.ctx, &invoice).await;
        applied.expect("applied");
        self.world.work().await;
    }

    /// HubSpot says another start, and finance lets the lines follow.
    async fn follow(&mut self, start: &str) {
        self.say(start).await;
        let case = self.case("start_changed").await;
        let followed = mergers::follow_change(&self.world.ctx, &self.world.staff, case).await;
        followed.expect("followed");
        self.world.work().await;
        // The same reading again asks nothing, and changes nothing.
        let before = self.world.shape().await;
        self.say(start).await;
        assert_eq!(self.world.shape().await, before);
        assert!(!self.asks("start_changed").await);
    }

    /// HubSpot says another currency after months have ended, and finance lets the lines follow.
    async fn follow_currency(&mut self, currency: Currency) {
        self.deal.currency = Some(currency);
        self.say("2026-02-10").await;
        let case = self.case("currency_changed").await;
        let followed = mergers::follow_change(&self.world.ctx, &self.world.staff, case).await;
        followed.expect("followed");
        self.world.work().await;
        let before = self.world.shape().await;
        self.say("2026-02-10").await;
        assert_eq!(self.world.shape().await, before);
        assert!(!self.asks("currency_changed").await);
    }

    async fn say(&mut self, start: &str) {
        self.deal.start = start.parse().ok();
        self.deal.modified_at = self.world.ctx.now();
        self.world.read(&self.deal).await;
    }

    async fn asks(&self, kind: &str) -> bool {
        self.world.exceptions().await.contains(&kind.to_owned())
    }

    async fn case(&self, kind: &str) -> ExceptionId {
        let found = exceptions::list_exceptions(&self.world.ctx, &self.world.staff, 100).await;
        let mut found = found.expect("exceptions").into_iter();
        let found = found.find(|view| view.record.kind == kind);
        found.expect(kind).record.id
    }

    /// Which month each part of the client's money filled.
    async fn fills(&self) -> Vec<(u32, i64)> {
        let deal = self.world.lines().await[0].deal;
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let found = invoices::list_fills(&mut tx, deal).await.unwrap();
        let fills = found.into_iter();
        fills
            .map(|fill| (fill.month.month(), fill.money.minor))
            .collect()
    }

    /// What the first months of 2026 come to, with all that corrects them.
    async fn net(&self, months: u32) -> Vec<i64> {
        let mut found = self.world.lines().await;
        found.retain(|line| line.state != Cancelled);
        let of = |month| {
            let month = Month::new(2026, month);
            let lines = found.iter().filter(move |line| line.month == month);
            lines.map(|line| line.money.minor).sum()
        };
        (1..=months).map(of).collect()
    }

    /// Lines of the first months of the year, but for those that are still to come.
    async fn begun(&self) -> Vec<(LineKind, u32, LineState, i64)> {
        let mut found = self.world.shape().await;
        found.retain(|line| line.2 != Upcoming);
        found
    }

    async fn acts(&self) -> Vec<String> {
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let found = audit::list(&mut tx, &audit::AuditFilter::default(), i64::MAX, 50)
            .await
            .unwrap();
        found.into_iter().rev().map(|record| record.act).collect()
    }
}

#[tokio::test]
async fn a_later_start_takes_back_what_was_stated_before_it_and_its_money_covers_the_next_month() {
    for url in databases().await {
        let mut story = Story::with_statement(World::new(&url).await, 2).await;
        let stated = [
            (Scheduled, 2, Stated, 10_000),
            (Scheduled, 3, Stated, 10_000),
        ];
        assert_eq!(story.begun().await, stated);
        story.world.go_to("2026-04-10");
        story.follow("2026-03-20").await;
        let taken_back = (Adjustment, 2, Covered, -10_000);
        assert_eq!(story.begun().await, [stated[0], taken_back, stated[1]]);
        assert_eq!(story.fills().await, [(3, 100_000), (4, 100_000)]);
        let lines = story.world.shape().await;
        let last = lines.iter().rfind(|line| line.0 == Scheduled);
        assert_eq!(
            lines.len(),
            14,
            "twelve months, the one before, and what takes that back"
        );
        assert_eq!(last.expect("lines").1, 2, "until February next year");

        // What is paid later goes to the months of the new schedule, and what is taken back is on the next statement.
        story.world.accrue("2026-07-02").await;
        story.pay("INV-2", 2).await;
        assert_eq!(story.world.approve_all().await, 4);
        story.world.close("2026Q2").await;
        let figures = story.world.figures().await;
        assert_eq!(figures[..2], [40_000, 40_000], "March to June");
        assert_eq!(story.net(6).await, [0, 0, 10_000, 10_000, 10_000, 10_000]);
        assert_eq!(
            story
                .acts()
                .await
                .iter()
                .filter(|act| *act == "follow_change")
                .count(),
            1
        );
        story.world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn an_earlier_start_adds_the_months_before_and_they_take_the_clients_money_first() {
    for url in databases().await {
        let mut story = Story::with_statement(World::new(&url).await, 2).await;
        story.world.go_to("2026-04-10");
        story.follow("2026-01-15").await;
        let moved = [
            (Scheduled, 1, Covered, 10_000),
            (Scheduled, 2, Stated, 10_000),
            (Scheduled, 3, Stated, 10_000),
            (Clawback, 3, Covered, -10_000),
        ];
        assert_eq!(story.begun().await, moved);
        assert_eq!(story.fills().await, [(1, 100_000), (2, 100_000)]);
        story.pay("INV-2", 1).await;
        assert_eq!(story.begun().await, moved[..3], "March is paid for again");
        let lines = story.world.lines().await;
        let positions: Vec<i64> = lines.iter().map(|line| line.position).collect();
        assert_eq!(positions[..3], [-1, 0, 1], "what is stated keeps its place");
        story.world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_start_that_moves_there_and_back_ends_as_if_it_had_never_moved() {
    for url in databases().await {
        let mut story = Story::with_statement(World::new(&url).await, 2).await;
        story.world.go_to("2026-04-10");
        let (before, fills) = (story.world.shape().await, story.fills().await);
        for start in ["2026-03-01", "2026-07-01", "2026-01-01", "2026-05-31"] {
            story.follow(start).await;
            story.follow("2026-02-10").await;
            assert_eq!(story.world.shape().await, before, "by way of {start}");
            assert_eq!(story.fills().await, fills);
        }
        story.world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_was_taken_back_on_a_statement_is_given_back_once_when_the_start_moves_back() {
    for url in databases().await {
        let mut story = Story::with_statement(World::new(&url).await, 2).await;
        story.world.go_to("2026-04-10");
        story.follow("2026-04-01").await;
        assert_eq!(story.net(4).await, [0, 0, 0, 10_000]);
        story.world.accrue("2026-07-02").await;
        story.pay("INV-2", 4).await;
        story.world.approve_all().await;
        story.world.close("2026Q2").await;
        for start in ["2026-02-10", "2026-03-10", "2026-02-10"] {
            story.follow(start).await;
        }
        let february: Vec<_> = story
            .begun()
            .await
            .into_iter()
            .filter(|line| line.1 == 2)
            .collect();
        assert_eq!(
            february,
            [
                (Scheduled, 2, Stated, 10_000),
                (Adjustment, 2, Stated, -10_000),
                (Adjustment, 2, Covered, 10_000),
            ]
        );
        assert_eq!(story.net(6).await[1..], [10_000; 5]);
        story.world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn values_that_changed_before_the_start_moved_hold_for_their_months_when_it_moves_back() {
    for url in databases().await {
        let mut story = Story::with_statement(World::new(&url).await, 2).await;
        story.world.go_to("2026-04-10");
        story.deal.amount = Some("1500.00".to_owned());
        story.say("2026-02-10").await;
        assert_eq!(story.net(5).await, [0, 10_000, 10_000, 15_000, 15_000]);
        story.follow("2026-05-01").await;
        assert_eq!(story.net(5).await, [0, 0, 0, 0, 15_000]);
        story.follow("2026-02-10").await;
        assert_eq!(story.net(5).await, [0, 10_000, 10_000, 15_000, 15_000]);
        story.world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_bonus_moves_to_the_first_month_of_the_new_schedule_and_a_cap_counts_from_there() {
    for url in databases().await {
        let world = World::new(&url).await;
        let form = PlanForm {
            name: "Standard".to_owned(),
            rate: "10".to_owned(),
            months: "4".to_owned(),
            currency: "EUR".to_owned(),
            bonus: "50".to_owned(),
            cap: "300".to_owned(),
            ..PlanForm::default()
        };
        publish(&world.ctx, &world.staff, form, "2026-01-06").await;
        let mut story = Story::with_statement(world, 2).await;
        let stated = [(Bonus, 2, Stated, 5_000), (Scheduled, 2, Stated, 10_000)];
        for line in stated {
            assert!(story.begun().await.contains(&line), "{line:?}");
        }
        assert_eq!(story.net(5).await, [0, 15_000, 10_000, 5_000, 0]);
        story.follow("2026-03-01").await;
        assert_eq!(story.net(6).await, [0, 0, 15_000, 10_000, 5_000, 0]);
        story.pay("INV-2", 1).await;
        story.follow("2026-01-20").await;
        assert_eq!(story.net(5).await, [15_000, 10_000, 5_000, 0, 0]);
        story.follow("2026-02-10").await;
        assert_eq!(story.net(5).await, [0, 15_000, 10_000, 5_000, 0]);
        story.world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_line_of_a_month_before_the_start_says_that_nothing_is_due_for_it_any_more() {
    for url in databases().await {
        let mut story = Story::with_statement(World::new(&url).await, 2).await;
        story.world.go_to("2026-04-10");
        story.follow("2026-03-01").await;
        let (ctx, member) = (&story.world.ctx, &story.world.member);
        let lines = story.world.lines().await;
        let stated = lines.iter().find(|line| line.state == Stated);
        let stated = stated.expect("February");
        let why = why::explain(ctx, member, stated.id).await.expect("why");
        assert!(why.is_before_start && !why.agrees && why.arithmetic.is_none());
        assert_eq!(why.corrected_by.len(), 1);
        assert!(why.reached.is_some_and(|reached| reached.needed.minor == 0));
        let why = why::explain(ctx, member, why.corrected_by[0].id).await;
        let correction = why.expect("why").correction.expect("a correction");
        assert_eq!(
            (correction.before.minor, correction.after.minor),
            (10_000, 0)
        );
        let march = lines.iter().rfind(|line| line.state == Stated);
        let why = why::explain(ctx, member, march.expect("March").id).await;
        let why = why.expect("why");
        assert!(!why.is_before_start && why.agrees);
        assert_eq!(why.arithmetic.expect("computed").months_before, 0);
        story.world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_lost_deal_keeps_what_was_paid_for_by_its_moved_start() {
    for url in databases().await {
        let mut story = Story::with_statement(World::new(&url).await, 2).await;
        story.world.go_to("2026-04-10");
        story.follow("2026-03-01").await;
        story.deal.state = DealState::Lost;
        story.say("2026-03-01").await;
        assert_eq!(
            story.net(6).await,
            [0, 0, 10_000, 10_000, 0, 0],
            "March and April are paid"
        );
        story.deal.state = DealState::Won;
        story.say("2026-03-01").await;
        assert_eq!(story.net(6).await, [0, 0, 10_000, 10_000, 10_000, 10_000]);
        story.world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_one_off_deal_moves_its_one_line_and_what_was_stated_is_taken_back() {
    for url in databases().await {
        let mut story = Story::new(World::new(&url).await).await;
        story.deal.billing_period = Some("one_off".to_owned());
        story.say("2026-02-10").await;
        story.world.accrue("2026-04-02").await;
        story.pay("INV-1", 1).await;
        story.world.approve_all().await;
        story.world.close("2026Q1").await;
        story.follow("2026-03-10").await;
        let moved = [
            (Scheduled, 2, Stated, 10_000),
            (Adjustment, 2, Covered, -10_000),
            (Scheduled, 3, Covered, 10_000),
        ];
        assert_eq!(story.world.shape().await, moved);
        assert_eq!(story.fills().await, [(3, 100_000)]);
        story.world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn another_currency_that_a_person_kept_out_is_asked_about_no_more_and_mixes_with_nothing() {
    for url in databases().await {
        let mut story = Story::with_statement(World::new(&url).await, 2).await;
        story.world.go_to("2026-04-10");
        let before = story.world.shape().await;
        story.deal.currency = Some(Currency::USD);
        story.deal.amount = Some("1100.00".to_owned());
        story.say("2026-02-10").await;
        let case = story.case("currency_changed").await;
        let (ctx, staff) = (&story.world.ctx, &story.world.staff);
        assert!(matches!(
            mergers::follow_change(ctx, staff, case).await,
            Err(ServiceError::Conflict("currency-stated"))
        ));
        let kept = mergers::keep_unchanged(ctx, staff, case, "A new deal is made for it").await;
        kept.expect("kept");
        assert_eq!(
            story.acts().await.last().map(String::as_str),
            Some("keep_unchanged")
        );

        // Neither the next sweep nor money in the other currency moves anything.
        story.world.accrue("2026-05-02").await;
        story.say("2026-02-10").await;
        assert!(!story.asks("currency_changed").await);
        let dollars = RemoteInvoice {
            sub_total: Money::new(500_000, Currency::USD),
            total: Money::new(595_000, Currency::USD),
            ..sale("INV-9", 500_000, 595_000, 9)
        };
        let applied = links::apply_invoice(&story.world.ctx, &dollars).await;
        applied.expect("applied");
        story.world.work().await;
        assert!(story.asks("other_currency").await);
        let lines = story.world.lines().await;
        assert!(
            lines
                .iter()
                .all(|line| line.money.currency == Currency::EUR)
        );
        let amounts = |lines: &[(LineKind, u32, LineState, i64)]| {
            let amounts = lines.iter().map(|line| (line.0, line.1, line.3));
            amounts.collect::<Vec<_>>()
        };
        assert_eq!(amounts(&story.world.shape().await), amounts(&before));
        assert_eq!(
            story.begun().await.last(),
            Some(&(Scheduled, 4, Awaiting, 10_000))
        );

        // Another value is another question, and so is a third currency; the old one in HubSpot again answers it.
        story.deal.amount = Some("1200.00".to_owned());
        story.say("2026-02-10").await;
        assert!(story.asks("currency_changed").await);
        story.deal.currency = "CHF".parse().ok();
        story.deal.amount = Some("1100.00".to_owned());
        story.say("2026-02-10").await;
        assert!(story.asks("currency_changed").await);
        story.deal.currency = Some(Currency::EUR);
        story.say("2026-02-10").await;
        assert!(!story.asks("currency_changed").await);
        assert_eq!(
            story.net(6).await[4..],
            [11_000; 2],
            "and with it the value is followed"
        );
        story.world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_currency_that_was_a_mistake_is_followed_once_a_person_says_so() {
    for url in databases().await {
        let mut story = Story::new(World::new(&url).await).await;
        story.world.accrue("2026-04-02").await;
        story.pay("INV-1", 2).await;
        story.world.approve_all().await;
        story.deal.amount = Some("1100.00".to_owned());
        story.follow_currency(Currency::USD).await;
        let again = [
            (Scheduled, 2, Awaiting, 11_000),
            (Scheduled, 3, Awaiting, 11_000),
        ];
        assert_eq!(story.begun().await, again);
        let lines = story.world.lines().await;
        let mut currencies = lines.iter().map(|line| line.money.currency);
        assert!(currencies.all(|currency| currency == Currency::USD));
        assert_eq!(story.fills().await, []);
        assert!(story.asks("other_currency").await);
        let dollars = RemoteInvoice {
            reference: "Deal 9001".to_owned(),
            sub_total: Money::new(110_000, Currency::USD),
            total: Money::new(110_000, Currency::USD),
            ..sale("INV-2", 110_000, 110_000, 2)
        };
        let applied = links::apply_invoice(&story.world.ctx, &dollars).await;
        applied.expect("applied");
        story.world.work().await;
        assert_eq!(story.begun().await[0], (Scheduled, 2, Covered, 11_000));
        assert_eq!(
            story.acts().await.last().map(String::as_str),
            Some("follow_change")
        );
        story.world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_was_waived_in_one_currency_is_nothing_in_another() {
    for url in databases().await {
        let mut story = Story::new(World::new(&url).await).await;
        story.world.accrue("2026-04-02").await;
        let (deal, march) = (story.world.lines().await[0].deal, Month::new(2026, 3));
        let (ctx, staff) = (&story.world.ctx, &story.world.staff);
        exceptions::waive(ctx, staff, deal, march, "Agreed")
            .await
            .expect("waived");
        story.world.work().await;
        let amounts = async |story: &Story| {
            let case = story.case("no_invoice_yet").await;
            let (ctx, staff) = (&story.world.ctx, &story.world.staff);
            let case = exceptions::find_case(ctx, staff, case, "").await;
            let case = case.expect("the case");
            let of_march = |amounts: Vec<(Month, Money)>| {
                let mut amounts = amounts.into_iter().filter(|amount| amount.0 == march);
                amounts.next().map(|amount| amount.1)
            };
            (of_march(case.missing), of_march(case.waived))
        };
        let of = |currency| Some(Money::new(100_000, currency));
        assert_eq!(amounts(&story).await, (None, of(Currency::EUR)));
        story.follow_currency(Currency::USD).await;
        assert_eq!(amounts(&story).await, (of(Currency::USD), None));
        story.follow_currency(Currency::EUR).await;
        assert_eq!(amounts(&story).await, (None, of(Currency::EUR)));
        story.world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_a_person_kept_is_kept_when_the_money_goes_away_again() {
    for url in databases().await {
        let mut story = Story::new(World::new(&url).await).await;
        story.world.accrue("2026-04-02").await;
        story.pay("INV-1", 1).await;
        let before = story.net(6).await;
        story.deal.currency = Some(Currency::USD);
        story.say("2026-03-10").await;
        let (ctx, staff) = (&story.world.ctx, &story.world.staff);
        for kind in ["start_changed", "currency_changed"] {
            let case = story.case(kind).await;
            let kept = mergers::keep_unchanged(ctx, staff, case, "As agreed").await;
            kept.expect("kept");
        }
        links::invoice_gone(ctx, "id-INV-1").await.expect("gone");
        story.world.work().await;
        assert_eq!(story.begun().await[0].2, Awaiting, "nothing is earned");
        story.say("2026-03-10").await;
        assert_eq!(story.net(6).await, before);
        let lines = story.world.lines().await;
        let mut lines = lines.iter().filter(|line| line.state != Cancelled);
        assert!(lines.all(|line| line.money.currency == Currency::EUR));
        assert_eq!(story.world.exceptions().await, ["no_invoice_yet"]);
        // What is new is followed, as nothing is earned.
        story.deal.currency = Some(Currency::EUR);
        story.say("2026-04-10").await;
        assert_eq!(story.net(6).await, [0, 0, 0, 10_000, 10_000, 10_000]);
        story.world.ctx.store.close().await;
    }
}
