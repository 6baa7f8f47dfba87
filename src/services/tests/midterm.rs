//! Deals, plans and enrolments that change while they run: which version holds then, and which months keep what they had.

use portal_domain::{
    calendar::{Month, Timestamp},
    correction::EntryForm,
    deal::DealState,
    ids::{ExceptionId, LeadId, PartnerId},
    line::{LineKind, LineState},
    partner::CompanyForm,
    plan::{PlanForm, ShareForm, TierForm},
    remote::{RemoteDeal, RemoteInvoice},
};
use portal_services::{
    corrections, deals, exceptions, lines, links,
    mergers::{self, MergerDecision},
    partners,
    plans::{self, PlanEdit, PlanTrial},
};
use portal_store::{deals as deal_rows, deals::DealRecord, lines as line_rows, lines::LineRecord};

use crate::world::{World, company, databases, instant, publish, sale};

/// The plan of the tests with something typed differently.
pub fn plan(change: impl FnOnce(&mut PlanForm)) -> PlanForm {
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

pub async fn publish_for(
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

        // On a day on which it was in no programme it earns nothing, whatever the client has begun to pay, and finance is told.
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 10_000, 5_000).await;
        let early = won(&world, lead, "2025-12-20", "100.00");
        world.read(&early).await;
        assert_eq!(first_lines(&world, 1).await, []);
        let expected = ["invoice_overdue", "not_enrolled_when_won"];
        assert_eq!(world.exceptions().await, expected);
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

/// Tiers of 10 % below 500.00 a month, and 20 % above.
pub fn tiered() -> PlanForm {
    let tiers = [("0", "500", "10"), ("500", "", "20")];
    plan(|form| {
        form.currency = "EUR".to_owned();
        form.tiers = tiers
            .map(|(from, until, rate)| TierForm {
                from: from.to_owned(),
                until: until.to_owned(),
                rate: rate.to_owned(),
            })
            .into();
    })
}

/// A deal of the partner's of so much a month, with an id of its own in HubSpot.
async fn win_more(world: &World, id: &str, day: &str, amount: &str) -> RemoteDeal {
    let lead = world.submit(id, &format!("client{id}.com")).await;
    deals::apply_registration(&world.ctx, lead, id)
        .await
        .expect("registered");
    let deal = RemoteDeal {
        id: id.to_owned(),
        ..won(world, lead, day, amount)
    };
    world.read(&deal).await;
    deal
}

/// What each line of a deal comes to in its first month.
async fn first_amount(world: &World, id: &str) -> i64 {
    let mut tx = world.ctx.store.read().await.unwrap();
    let deal = deal_rows::find_by_hubspot(&mut tx, id).await.unwrap();
    let deal = deal.expect("a deal").id;
    let mut found = line_rows::list_of_deal(&mut tx, deal).await.unwrap();
    found.retain(|line| line.state != LineState::Cancelled);
    found.sort_by_key(|line| (line.month, line.id));
    found[0].money.minor
}

/// The deal as HubSpot says it anew.
fn again(world: &World, deal: &RemoteDeal) -> RemoteDeal {
    RemoteDeal {
        modified_at: world.ctx.now(),
        ..deal.clone()
    }
}

async fn case(world: &World, kind: &str) -> ExceptionId {
    let found = exceptions::list_exceptions(&world.ctx, &world.staff, 100).await;
    let mut found = found.expect("exceptions").into_iter();
    found
        .find(|view| view.record.kind == kind)
        .expect(kind)
        .record
        .id
}

#[tokio::test]
async fn a_version_moves_deals_that_are_not_won_at_the_moment_too() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = win_on(&world, "2026-01-05").await;
        let removed = win_more(&world, "9002", "2026-02-05", "100.00").await;
        world.accrue("2026-03-02").await;
        world.invoice("INV-1", 10_000, 11_900).await;
        world.approve_all().await;
        world
            .read(&world.deal(lead, DealState::Lost, "100.00", "1"))
            .await;
        deals::apply_reading(&world.ctx, "9002", None)
            .await
            .expect("followed");
        world.work().await;
        assert_eq!(
            first_lines(&world, 9).await,
            [(1, 1_000)],
            "what was paid for"
        );
        let trial = publish_for(&world, with_rate("20"), "2026-01-01", false).await;
        assert_eq!(trial.deals.len(), 2);
        let amounts = trial.lines.iter();
        let amounts: Vec<_> = amounts.map(|it| (it.old.minor, it.new.minor)).collect();
        assert_eq!(amounts, [(1_000, 2_000)], "the month that is kept");
        world.work().await;
        assert_eq!(first_lines(&world, 9).await, [(1, 2_000)]);
        let found = world.shape().await;
        assert_eq!(
            found[0].2,
            LineState::Covered,
            "another amount is approved anew"
        );
        world.read(&won(&world, lead, "2026-01-05", "100.00")).await;
        world.read(&again(&world, &removed)).await;
        assert_eq!(first_lines(&world, 2).await, [(1, 2_000), (2, 2_000)]);
        assert_eq!(first_amount(&world, "9002").await, 2_000);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn later_deals_follow_where_their_partner_stood_when_an_earlier_one_moves() {
    for url in databases().await {
        let world = World::new(&url).await;
        publish_for(&world, tiered(), "2026-01-01", true).await;
        world.go_to("2026-04-20");
        let first = win_more(&world, "9001", "2026-02-01", "500.00").await;
        win_more(&world, "9003", "2026-03-01", "100.00").await;
        assert_eq!(first_amount(&world, "9003").await, 2_000);
        let on = |day: &str| RemoteDeal {
            closed_at: Some(Timestamp(instant(day))),
            ..again(&world, &first)
        };
        world.read(&on("2026-04-10")).await;
        assert_eq!(
            first_amount(&world, "9003").await,
            1_000,
            "it is won later now"
        );
        assert_eq!(
            first_amount(&world, "9001").await,
            6_000,
            "100.00 came before it"
        );
        world.read(&on("2026-02-01")).await;
        assert_eq!(first_amount(&world, "9003").await, 2_000);

        // Two in HubSpot become one, and the one that ends counts no more.
        win_more(&world, "9002", "2026-02-02", "100.00").await;
        let merged = RemoteDeal {
            merged_ids: vec!["9001".to_owned()],
            ..again(
                &world,
                &win_more(&world, "9004", "2026-02-03", "100.00").await,
            )
        };
        world.read(&merged).await;
        let merger = case(&world, "deals_merged").await;
        let decision = MergerDecision::Survivor;
        mergers::decide_merger(&world.ctx, &world.staff, merger, decision, "One deal")
            .await
            .expect("decided");
        world.read(&again(&world, &merged)).await;
        assert_eq!(first_amount(&world, "9003").await, 1_000);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_was_won_a_year_ago_to_the_day_counts_no_more() {
    for url in databases().await {
        let world = World::new(&url).await;
        publish_for(&world, tiered(), "2026-01-01", true).await;
        world.go_to("2027-02-20");
        win_more(&world, "9001", "2026-02-10", "500.00").await;
        for (id, day, amount) in [
            ("9002", "2027-02-09", 2_000),
            ("9003", "2027-02-10", 1_000),
            ("9004", "2027-02-11", 1_000),
        ] {
            win_more(&world, id, day, "100.00").await;
            assert_eq!(first_amount(&world, id).await, amount, "won on {day}");
        }
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn later_deals_follow_an_earlier_ones_start() {
    for url in databases().await {
        let world = World::new(&url).await;
        publish_for(&world, tiered(), "2026-01-01", true).await;
        let first = win_more(&world, "9001", "2026-01-05", "100.00").await;
        world.accrue("2026-03-02").await;
        let reference = RemoteInvoice {
            reference: "Deal 9001".to_owned(),
            ..sale("INV-1", 10_000, 11_900, 1)
        };
        links::apply_invoice(&world.ctx, &reference)
            .await
            .expect("applied");
        world.work().await;
        let larger = RemoteDeal {
            amount: Some("500.00".to_owned()),
            ..again(&world, &first)
        };
        world.read(&larger).await;
        win_more(&world, "9002", "2026-03-02", "100.00").await;
        assert_eq!(
            first_amount(&world, "9002").await,
            1_000,
            "100.00 came before it"
        );
        let moved = RemoteDeal {
            start: "2026-03-01".parse().ok(),
            ..again(&world, &larger)
        };
        world.read(&moved).await;
        let start = case(&world, "start_changed").await;
        mergers::follow_change(&world.ctx, &world.staff, start)
            .await
            .expect("followed");
        world.work().await;
        assert_eq!(
            first_amount(&world, "9002").await,
            2_000,
            "it begins at 500.00"
        );
        world.ctx.store.close().await;
    }
}

/// A second partner, on the same plan from the beginning.
async fn add_other(world: &World) -> PartnerId {
    let other = CompanyForm {
        name: "Other".to_owned(),
        domain: "other-company.com".to_owned(),
        ..company()
    };
    let (ctx, staff) = (&world.ctx, &world.staff);
    let partner = partners::add(ctx, staff, &other).await.expect("a partner");
    let plan = plans::list(ctx, staff).await.expect("plans")[0].plan;
    partners::enrol(ctx, staff, partner, &plan.to_string(), "2026-01-01")
        .await
        .expect("enrolled");
    partner
}

/// How many lines a partner has that are not cancelled.
async fn count_lines(world: &World, partner: PartnerId) -> usize {
    let found = world.lines().await;
    let kept = found.iter().filter(|line| line.partner == partner);
    kept.filter(|line| line.state != LineState::Cancelled)
        .count()
}

async fn leave(world: &World, partner: PartnerId, day: &str) {
    partners::leave(&world.ctx, &world.staff, partner, day)
        .await
        .expect(day);
    world.work().await;
}

#[tokio::test]
async fn each_partner_of_a_split_is_paid_until_its_own_tail_ends() {
    for url in databases().await {
        let world = World::new(&url).await;
        let other = add_other(&world).await;
        let split = plan(|form| {
            form.tail_months = "1".to_owned();
            form.shares.push(ShareForm {
                partner: other.to_string(),
                share: "40".to_owned(),
            });
        });
        publish_for(&world, split, "2026-01-01", true).await;
        let lead = win_on(&world, "2026-01-05").await;
        let counts = async || {
            (
                count_lines(&world, world.partner).await,
                count_lines(&world, other).await,
            )
        };
        assert_eq!(counts().await, (12, 12));
        leave(&world, other, "2026-04-01").await;
        assert_eq!(counts().await, (12, 4), "March, and one month");
        let owners = world.lines().await;
        let owners = owners.iter().filter(|line| line.partner == world.partner);
        assert!(
            owners
                .map(|line| line.money.minor)
                .all(|minor| minor == 600),
            "a share lapses"
        );
        let plan = plans::list(&world.ctx, &world.staff).await.expect("plans")[0]
            .plan
            .to_string();
        let back = async |partner| {
            partners::enrol(&world.ctx, &world.staff, partner, &plan, "2026-01-01")
                .await
                .expect("enrolled");
            world.work().await;
        };
        back(other).await;
        assert_eq!(counts().await, (12, 12));
        leave(&world, world.partner, "2026-04-01").await;
        assert_eq!(counts().await, (4, 12), "the others go on");
        leave(&world, other, "2026-06-01").await;
        assert_eq!(counts().await, (4, 6));

        // One that had left before the deal was known gets its lines once it is back.
        back(world.partner).await;
        world.read(&won(&world, lead, "2026-01-05", "200.00")).await;
        assert_eq!(counts().await, (12, 6));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn one_that_left_before_a_deal_was_won_gets_its_part_once_it_is_back() {
    for url in databases().await {
        let world = World::new(&url).await;
        let other = add_other(&world).await;
        let split = plan(|form| {
            form.tail_months = "0".to_owned();
            form.shares.push(ShareForm {
                partner: other.to_string(),
                share: "100".to_owned(),
            });
        });
        publish_for(&world, split, "2026-01-01", true).await;
        leave(&world, other, "2026-01-04").await;
        world.go_to("2026-02-05");
        win_on(&world, "2026-02-05").await;
        assert_eq!(world.lines().await.len(), 0);
        let plan = plans::list(&world.ctx, &world.staff).await.expect("plans")[0]
            .plan
            .to_string();
        partners::enrol(&world.ctx, &world.staff, other, &plan, "2026-01-01")
            .await
            .expect("enrolled");
        world.work().await;
        assert_eq!(count_lines(&world, other).await, 12);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_leave_that_is_recorded_late_ends_the_same_before_and_after_the_clients_payment() {
    for url in databases().await {
        let tail = plan(|form| form.tail_months = "0".to_owned());
        let mut ends = Vec::new();
        for is_paid_first in [true, false] {
            let urls = databases().await;
            let kind = usize::from(url.starts_with("postgres"));
            let world = World::new(&urls[kind]).await;
            publish_for(&world, tail.clone(), "2026-01-01", true).await;
            win_on(&world, "2026-01-05").await;
            world.accrue("2026-04-02").await;
            if is_paid_first {
                world.invoice("INV-1", 30_000, 35_700).await;
                let march = world.lines().await[2].seen();
                lines::approve(&world.ctx, &world.staff, &[march])
                    .await
                    .expect("approved");
            }
            leave(&world, world.partner, "2026-02-01").await;
            if !is_paid_first {
                world.invoice("INV-1", 30_000, 35_700).await;
            }
            ends.push(world.shape().await);
            world.ctx.store.close().await;
        }
        assert_eq!(
            ends[0],
            [(LineKind::Scheduled, 1, LineState::Covered, 1_000)]
        );
        assert_eq!(ends[0], ends[1]);
    }
}

#[tokio::test]
async fn an_end_that_is_said_late_leaves_the_months_that_had_ended_and_ends_the_same_in_any_order()
{
    for url in databases().await {
        let mut ends = Vec::new();
        for is_paid_first in [true, false] {
            let urls = databases().await;
            let kind = usize::from(url.starts_with("postgres"));
            let world = World::new(&urls[kind]).await;
            let lead = win_on(&world, "2026-01-05").await;
            world.accrue("2026-04-02").await;
            let until = |end: &str| RemoteDeal {
                end: end.parse().ok(),
                ..won(&world, lead, "2026-01-05", "100.00")
            };
            let ended = until("2026-02-01");
            // What HubSpot said in April reaches the portal in May.
            world.accrue("2026-05-02").await;
            if is_paid_first {
                world.invoice("INV-1", 40_000, 47_600).await;
            }
            world.read(&ended).await;
            if !is_paid_first {
                world.invoice("INV-1", 40_000, 47_600).await;
            }
            world.read(&ended).await;
            ends.push(world.shape().await);
            let months = |count: u32| (1..=count).map(|month| (month, 1_000)).collect::<Vec<_>>();
            assert_eq!(first_lines(&world, 12).await, months(3));
            world.read(&until("2026-07-01")).await;
            assert_eq!(first_lines(&world, 12).await, months(6), "moved on again");
            world.go_to("2026-05-20");
            world.read(&until("2026-02-01")).await;
            assert_eq!(first_lines(&world, 12).await, months(4), "and back in May");
            world.ctx.store.close().await;
        }
        assert_eq!(ends[0].len(), 3);
        assert_eq!(ends[0], ends[1]);
    }
}

#[tokio::test]
async fn a_line_of_the_same_price_says_by_which_version_it_is_due() {
    for url in databases().await {
        let world = World::new(&url).await;
        win_on(&world, "2026-01-05").await;
        world.accrue("2026-02-02").await;
        let count = async || {
            let mut tx = world.ctx.store.read().await.unwrap();
            let found = portal_store::journal::count(&mut tx).await.unwrap();
            found.0
        };
        let entries = count().await;
        let longer = plan(|form| form.tolerance = "2".to_owned());
        let trial = publish_for(&world, longer, "2026-01-01", false).await;
        assert_eq!((trial.deals.len(), trial.lines.len()), (1, 0));
        world.work().await;
        let version = deal(&world).await.plan_version;
        let found = world.lines().await;
        assert!(found.iter().all(|line| Some(line.plan_version) == version));
        assert_eq!(count().await, entries, "nothing was posted");
        world.ctx.store.close().await;
    }
}
