//! Deals, plans and enrolments that change while they run: which version holds then, and which months keep what they had.

use portal_domain::{
    calendar::{Month, Timestamp},
    correction::EntryForm,
    deal::DealState,
    ids::LeadId,
    line::LineState,
    plan::PlanForm,
    remote::RemoteDeal,
};
use portal_services::{
    corrections, deals, partners,
    plans::{self, PlanEdit, PlanTrial},
};
use portal_store::{deals as deal_rows, deals::DealRecord, lines::LineRecord};

use crate::world::{World, databases, instant, publish};

/// The plan of the tests with something typed differently.
fn plan(change: impl FnOnce(&mut PlanForm)) -> PlanForm {
    let mut form = PlanForm {
        name: "Standard".to_owned(),
        rate: "10".to_owned(),
        months: "12".to_owned(),
        ..PlanForm::default()
    };
    change(&mut form);
    form
}

fn with_rate(rate: &str) -> PlanForm {
    plan(|form| form.rate = rate.to_owned())
}

async fn publish_for(
    world: &World,
    form: PlanForm,
    valid_from: &str,
    all_deals: bool,
) -> PlanTrial {
    let edit = PlanEdit {
        form,
        valid_from: valid_from.to_owned(),
        all_deals,
        ..PlanEdit::default()
    };
    let trial = plans::try_version(&world.ctx, &world.staff, &edit)
        .await
        .expect("a trial");
    plans::publish_version(&world.ctx, &world.staff, &edit, &trial.fingerprint)
        .await
        .expect("published");
    trial
}

/// What HubSpot says of a deal that was won on a day.
fn won(world: &World, lead: LeadId, day: &str, amount: &str) -> RemoteDeal {
    RemoteDeal {
        closed_at: Some(Timestamp(instant(day))),
        ..world.deal(lead, DealState::Won, amount, "1")
    }
}

/// A registered lead with a deal of 100.00 a month, read for the first time when it is won.
async fn win_on(world: &World, day: &str) -> LeadId {
    let lead = world.submit("Acme", "acme.com").await;
    deals::apply_registration(&world.ctx, lead, "9001")
        .await
        .expect("registered");
    world.read(&won(world, lead, day, "100.00")).await;
    lead
}

async fn deal(world: &World) -> DealRecord {
    let mut tx = world.ctx.store.read().await.unwrap();
    let found = deal_rows::find_by_hubspot(&mut tx, "9001").await.unwrap();
    found.expect("the deal")
}

/// Month and amount of the first lines that are not cancelled.
async fn first_lines(world: &World, count: usize) -> Vec<(u32, i64)> {
    let found = world.lines().await;
    let kept = found
        .iter()
        .filter(|line| line.state != LineState::Cancelled);
    let rows = kept.map(|line: &LineRecord| (line.month.month(), line.money.minor));
    rows.take(count).collect()
}

#[tokio::test]
async fn a_deal_that_is_won_on_another_day_has_the_version_of_that_day() {
    for url in databases().await {
        let world = World::new(&url).await;
        publish(&world.ctx, &world.staff, with_rate("20"), "2026-03-01").await;
        world.go_to("2026-03-20");
        let lead = win_on(&world, "2026-02-20").await;
        assert_eq!(first_lines(&world, 1).await, [(2, 1_000)]);
        world.read(&won(&world, lead, "2026-03-05", "100.00")).await;
        assert_eq!(first_lines(&world, 1).await, [(3, 2_000)]);
        let lost = world.deal(lead, DealState::Lost, "100.00", "1");
        world.read(&lost).await;
        world.read(&won(&world, lead, "2026-02-27", "100.00")).await;
        assert_eq!(first_lines(&world, 1).await, [(2, 1_000)], "won again");

        // Once money was earned by it, the day stands.
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 10_000, 11_900).await;
        world.read(&won(&world, lead, "2026-03-05", "100.00")).await;
        assert_eq!(first_lines(&world, 1).await, [(2, 1_000)]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_deal_that_is_won_on_another_day_has_the_plan_that_its_partner_was_on_then() {
    for url in databases().await {
        let world = World::new(&url).await;
        let (ctx, staff) = (&world.ctx, &world.staff);
        let other = PlanForm {
            name: "Other".to_owned(),
            ..with_rate("5")
        };
        let other = publish(ctx, staff, other, "2026-01-01").await.to_string();
        partners::enrol(ctx, staff, world.partner, &other, "2026-03-01")
            .await
            .expect("enrolled");
        world.go_to("2026-03-20");
        let lead = win_on(&world, "2026-02-20").await;
        assert_eq!(first_lines(&world, 1).await, [(2, 1_000)]);
        world.read(&won(&world, lead, "2026-03-05", "100.00")).await;
        assert_eq!(first_lines(&world, 1).await, [(3, 500)]);

        // On a day on which it was in no programme it earns nothing, and finance is told.
        let early = won(&world, lead, "2025-12-20", "100.00");
        world.read(&early).await;
        assert_eq!(first_lines(&world, 1).await, []);
        assert_eq!(world.exceptions().await, ["not_enrolled_when_won"]);
        world
            .read(&RemoteDeal {
                modified_at: ctx.now(),
                ..early
            })
            .await;
        assert_eq!(first_lines(&world, 1).await, []);
        world.read(&won(&world, lead, "2026-02-20", "100.00")).await;
        assert_eq!(first_lines(&world, 1).await, [(2, 1_000)]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_version_that_all_deals_were_given_stays_when_the_day_moves() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.go_to("2026-03-20");
        let lead = win_on(&world, "2026-02-20").await;
        publish_for(&world, with_rate("20"), "2026-03-01", true).await;
        world.work().await;
        assert_eq!(first_lines(&world, 1).await, [(2, 2_000)]);
        world.read(&won(&world, lead, "2026-01-20", "100.00")).await;
        assert_eq!(first_lines(&world, 1).await, [(1, 2_000)]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_change_before_the_partner_has_a_plan_leaves_the_months_before_it() {
    for url in databases().await {
        let world = World::new(&url).await;
        let (ctx, staff) = (&world.ctx, &world.staff);
        partners::leave(ctx, staff, world.partner, "2026-01-08")
            .await
            .expect("left");
        let lead = win_on(&world, "2026-01-10").await;
        assert_eq!(first_lines(&world, 1).await, []);
        world.go_to("2026-03-05");
        world.read(&won(&world, lead, "2026-01-10", "150.00")).await;
        let mut tx = ctx.store.read().await.unwrap();
        let terms = deal_rows::list_terms(&mut tx, deal(&world).await.id)
            .await
            .unwrap();
        drop(tx);
        let terms: Vec<(Month, i64)> = terms
            .iter()
            .map(|terms| (terms.from, terms.value.minor))
            .collect();
        let (january, march) = (Month::new(2026, 1), Month::new(2026, 3));
        assert_eq!(terms, [(january, 10_000), (march, 15_000)]);
        let plan = publish(ctx, staff, with_rate("10"), "2026-01-01").await;
        partners::enrol(ctx, staff, world.partner, &plan.to_string(), "2026-01-09")
            .await
            .expect("enrolled");
        world.work().await;
        let expected = [(1, 1_000), (2, 1_000), (3, 1_500)];
        assert_eq!(first_lines(&world, 3).await, expected);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_leave_is_undone_by_enrolling_again_from_the_day_of_the_first_enrolment() {
    for url in databases().await {
        let world = World::new(&url).await;
        let (ctx, staff) = (&world.ctx, &world.staff);
        let other = PlanForm {
            name: "Other".to_owned(),
            ..with_rate("5")
        };
        let other = publish(ctx, staff, other, "2026-01-01").await.to_string();
        let standard = partners::find(ctx, staff, world.partner).await.unwrap().1;
        let standard = standard.expect("enrolled").plan.to_string();
        partners::leave(ctx, staff, world.partner, "2026-03-01")
            .await
            .expect("left");
        partners::enrol(ctx, staff, world.partner, &standard, "2026-01-01")
            .await
            .expect("enrolled");
        world.go_to("2026-04-02");
        let plan = async || {
            let found = partners::find(ctx, staff, world.partner).await.unwrap();
            found.1.map(|enrolment| enrolment.plan_name)
        };
        assert_eq!(plan().await.as_deref(), Some("Standard"));
        // An enrolment that another one followed still ends where that begins.
        for (plan, from) in [(&other, "2026-03-01"), (&standard, "2026-01-01")] {
            partners::enrol(ctx, staff, world.partner, plan, from)
                .await
                .expect("enrolled");
        }
        assert_eq!(plan().await.as_deref(), Some("Other"));
        world.work().await;
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_line_entered_by_hand_fixes_neither_the_day_nor_the_start_nor_the_currency() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = win_on(&world, "2026-01-05").await;
        let by_hand = EntryForm {
            direction: "pay".to_owned(),
            amount: "250.00".to_owned(),
            month: "2026-01".to_owned(),
            explanation: "For the workshop".to_owned(),
        };
        let id = deal(&world).await.id.to_string();
        corrections::enter_line(&world.ctx, &world.staff, world.partner, &id, &by_hand)
            .await
            .expect("entered");
        world.go_to("2026-02-05");
        world
            .read(&RemoteDeal {
                currency: "USD".parse().ok(),
                ..won(&world, lead, "2026-02-03", "100.00")
            })
            .await;
        let moved = deal(&world).await;
        let day = "2026-02-03".parse().ok();
        assert_eq!((moved.won_on, moved.start), (day, day));
        assert_eq!(
            moved.currency.map(|it| it.to_string()).as_deref(),
            Some("USD")
        );
        assert_eq!(world.exceptions().await, ["no_invoice_yet"; 0]);
        world.ctx.store.close().await;
    }
}
