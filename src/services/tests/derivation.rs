//! Why a line has its amount: every step of the arithmetic, as a person reads it, and nothing that is not theirs to read.

use portal_domain::{
    access::Actor,
    deal::DealState,
    line::{LineKind, LineState},
    money::{Currency, Exact, Money, Rate},
    plan::PlanForm,
    scope::Scope,
};
use portal_services::why::{self, Cap, Correction, LineExplanation};
use portal_store::lines::{self as line_rows, LineFilter, LineRecord};

use crate::{
    plans::{add_other_partner, share, tiers, win},
    world::{World, add_owner, databases, publish},
};

const fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

async fn all(world: &World) -> Vec<LineRecord> {
    let mut tx = world.ctx.store.read().await.unwrap();
    let filter = LineFilter::default();
    line_rows::list(&mut tx, Scope::EVERYBODY, &filter, 500)
        .await
        .unwrap()
}

async fn explain(world: &World, actor: &Actor, line: &LineRecord) -> LineExplanation {
    why::explain(&world.ctx, actor, line.id)
        .await
        .expect("an explanation")
}

async fn publish_standard(world: &World, change: impl FnOnce(&mut PlanForm)) {
    let mut form = PlanForm {
        name: "Standard".to_owned(),
        rate: "10".to_owned(),
        months: "12".to_owned(),
        ..PlanForm::default()
    };
    change(&mut form);
    publish(&world.ctx, &world.staff, form, "2026-01-06").await;
}

#[tokio::test]
async fn tiers_and_shares_are_named_part_by_part_and_a_partner_with_a_share_sees_no_other_deal() {
    for url in databases().await {
        let world = World::new(&url).await;
        let other = add_other_partner(&world).await;
        let sharing = add_owner(&world.ctx, other, "owner@other.test").await;
        publish_standard(&world, |form| {
            tiers(form);
            share(form, other, "40");
        })
        .await;
        win(&world, "9001", "2026-01-10", "1000.00", "1").await;
        win(&world, "9002", "2026-02-10", "10000.00", "12").await;
        let found = all(&world).await;
        let of = |partner| {
            let mut lines = found.iter().filter(|line| line.partner == partner);
            let second = lines.find(|line| line.client_name == "Client 9002");
            second.expect("the deal's first line")
        };
        let (own, theirs) = (of(world.partner), of(other));
        let why = explain(&world, &world.member, own).await;
        let arithmetic = why.arithmetic.expect("computed");
        let percent = |text: &str| Rate::parse_percent(text).expect(text);
        let parts = [
            (Exact::from_integer(10_000), percent("12.5")),
            (Exact::new(220_000, 3), percent("20")),
        ];
        assert_eq!(arithmetic.parts, parts);
        assert_eq!(arithmetic.standing, Some(Exact::from_integer(100_000)));
        assert_eq!(why.won_before.len(), 1);
        assert_eq!(own.base, Exact::new(250_000, 3));
        // 12.50 and 146.66⅔ are 159.16⅔.
        assert_eq!(arithmetic.exact_through, Exact::new(47_750, 3));
        assert_eq!(
            (arithmetic.through_minor, arithmetic.before_minor),
            (15_917, 0)
        );
        let share = why.share.expect("a share");
        assert_eq!((share.rate, share.whole), (percent("60"), euro(15_917)));
        assert!(why.agrees && why.cap.is_none());
        let why = explain(&world, &sharing, theirs).await;
        assert_eq!(why.share.expect("a share").rate, percent("40"));
        assert_eq!(why.arithmetic.expect("computed").standing, None);
        assert!(why.won_before.is_empty());
        let whole = own.money.plus(theirs.money).expect("small");
        assert_eq!(whole, euro(15_917));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_cap_says_what_was_used_of_it_before() {
    for url in databases().await {
        let world = World::new(&url).await;
        publish_standard(&world, |form| {
            "EUR".clone_into(&mut form.currency);
            "250".clone_into(&mut form.cap);
        })
        .await;
        world.win("1000.00", "1").await;
        let found = world.lines().await;
        let caps: Vec<Option<Cap>> = [
            explain(&world, &world.member, &found[1]).await.cap,
            explain(&world, &world.member, &found[2]).await.cap,
        ]
        .into();
        let cap = Cap {
            cap: euro(25_000),
            used: euro(20_000),
        };
        assert_eq!(caps, [None, Some(cap)]);
        assert_eq!(found[2].money, euro(5_000));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_was_stated_and_is_taken_back_says_that_the_money_went_away() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.win("1000.00", "1").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        world.invoice("INV-2", 100_000, 119_000).await;
        assert_eq!(world.approve_all().await, 2);
        world.close("2026Q1").await;
        world.invoice("INV-2", 100_000, 59_500).await;
        let found = world.lines().await;
        let stated = explain(&world, &world.member, &found[1]).await;
        assert_eq!(stated.view.line.state, LineState::Stated);
        let reached = stated.reached.expect("it rests on the client's money");
        assert!(!reached.is_reached && stated.agrees);
        assert_eq!(
            (reached.collected, reached.needed),
            (euro(50_000), euro(100_000))
        );
        assert_eq!(stated.invoices.len(), 1);
        assert!(stated.statement.is_some());
        let taken = found.iter().find(|line| line.kind == LineKind::Clawback);
        let taken = explain(&world, &world.member, taken.expect("a clawback")).await;
        let difference = Correction {
            before: euro(10_000),
            after: euro(0),
        };
        assert_eq!(taken.correction, Some(difference));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn an_adjustment_says_from_what_to_what_and_its_line_that_it_stands_as_stated() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.win("1000.00", "one_off").await;
        world.accrue("2026-02-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        world.approve_all().await;
        world.accrue("2026-04-02").await;
        world.close("2026Q1").await;
        world
            .read(&world.deal(lead, DealState::Won, "1200.00", "one_off"))
            .await;
        let found = world.lines().await;
        let stated = explain(&world, &world.member, &found[0]).await;
        assert!(!stated.agrees);
        let adjustment = found.iter().find(|line| line.kind == LineKind::Adjustment);
        let adjustment = adjustment.expect("an adjustment");
        let why = explain(&world, &world.member, adjustment).await;
        let difference = Correction {
            before: euro(10_000),
            after: euro(12_000),
        };
        assert_eq!(why.correction, Some(difference));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_stated_line_is_explained_by_what_hubspot_said_when_it_was_stated() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.win("1000.00", "one_off").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        world.approve_all().await;
        assert_eq!(world.close("2026Q1").await.created, 1);
        let more = world.deal(lead, DealState::Won, "1200.00", "one_off");
        world.read(&more).await;
        let found = all(&world).await;
        let stated = found.iter().find(|line| line.statement.is_some());
        let why = explain(&world, &world.member, stated.expect("the line")).await;
        let arithmetic = why.arithmetic.expect("arithmetic");
        assert_eq!((why.agrees, arithmetic.through_minor), (false, 10_000));
        let values: Vec<Money> = why.terms.iter().map(|seen| seen.terms.value).collect();
        assert_eq!(values, [euro(100_000)]);
        let adjustment = found.iter().find(|line| line.kind == LineKind::Adjustment);
        let why = explain(&world, &world.member, adjustment.expect("the difference")).await;
        let values: Vec<Money> = why.terms.iter().map(|seen| seen.terms.value).collect();
        assert_eq!(values, [euro(120_000)]);
        world.ctx.store.close().await;
    }
}
