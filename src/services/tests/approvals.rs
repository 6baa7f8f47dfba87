//! What people decide about many lines at once: approving what they saw, holding, and closing; and that nobody waits for anybody for ever.

use portal_domain::{
    calendar::Quarter,
    ids::LineId,
    line::{LineKind, LineState, SeenLine},
    money::{Currency, Money},
    scope::Scope,
};
use portal_services::{ServiceError, disputes, figures, leads, lines, quarters};
use portal_store::{
    StoreError, audit,
    lines::{self as line_rows, LineFilter, LineRecord},
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

use crate::{
    plans::{pay, win},
    world::{World, databases},
};

/// The acts in the audit log, newest first, each with whether somebody did it and what it was about.
async fn acts(world: &World, act: &str) -> Vec<audit::AuditRecord> {
    let mut tx = world.ctx.store.read().await.unwrap();
    let mut found = audit::list(&mut tx, &audit::AuditFilter::default(), i64::MAX, 500)
        .await
        .unwrap();
    found.retain(|record| record.act == act);
    found
}

async fn covered(world: &World) -> Vec<LineRecord> {
    let filter = LineFilter {
        state: Some(LineState::Covered),
        ..LineFilter::default()
    };
    let mut tx = world.ctx.store.read().await.unwrap();
    line_rows::list(&mut tx, Scope::EVERYBODY, &filter, 500)
        .await
        .unwrap()
}

/// Three months that have ended and that the client paid.
async fn three_covered(world: &World) -> Vec<LineRecord> {
    world.win("1000.00", "1").await;
    world.accrue("2026-04-02").await;
    world.invoice("INV-1", 300_000, 357_000).await;
    covered(world).await
}

#[tokio::test]
async fn a_line_that_is_named_twice_is_approved_once() {
    for url in databases().await {
        let world = World::new(&url).await;
        let found = three_covered(&world).await;
        let seen = [found[0].seen(), found[1].seen(), found[0].seen()];
        let approved = lines::approve(&world.ctx, &world.staff, &seen).await;
        let approved = approved.expect("an answer");
        assert_eq!((approved.approved, approved.skipped), (2, Vec::new()));
        assert_eq!(acts(&world, "approve_line").await.len(), 2);
        world.prove().await;
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn nobody_approves_an_amount_that_they_did_not_see() {
    for url in databases().await {
        let world = World::new(&url).await;
        let found = three_covered(&world).await;
        let before = SeenLine {
            money: Money::new(9_999, Currency::EUR),
            ..found[0].seen()
        };
        let elsewhere = SeenLine {
            money: Money::new(10_000, Currency::USD),
            ..found[1].seen()
        };
        let seen = [before, elsewhere, found[2].seen()];
        let approved = lines::approve(&world.ctx, &world.staff, &seen).await;
        let approved = approved.expect("an answer");
        assert_eq!(approved.approved, 1);
        assert_eq!(
            approved.skipped,
            [(found[0].id, "line-changed"), (found[1].id, "line-changed")]
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn an_approval_is_taken_back_until_its_line_is_on_a_statement() {
    for url in databases().await {
        let world = World::new(&url).await;
        let found = three_covered(&world).await;
        let ids: Vec<LineId> = found.iter().map(|line| line.id).collect();
        let withdraw =
            async |ids: &[LineId]| lines::withdraw_approval(&world.ctx, &world.staff, ids).await;
        let seen: Vec<SeenLine> = found[..2].iter().map(LineRecord::seen).collect();
        lines::approve(&world.ctx, &world.staff, &seen)
            .await
            .expect("approved");
        let refused = withdraw(&ids).await;
        assert!(matches!(
            refused,
            Err(ServiceError::Conflict("line-not-approved"))
        ));
        assert_eq!(covered(&world).await.len(), 1, "none of them was");
        withdraw(&ids[..1]).await.expect("taken back");
        assert_eq!(acts(&world, "withdraw_approval").await.len(), 1);
        let waiting = covered(&world).await;
        assert_eq!(waiting.len(), 2);
        assert!(waiting.iter().all(|line| line.approved_by.is_none()));
        assert_eq!(world.close("2026Q1").await.created, 1);
        let refused = withdraw(&ids[1..2]).await;
        assert!(matches!(
            refused,
            Err(ServiceError::Conflict("line-not-approved"))
        ));
        world.prove().await;
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn lines_are_held_and_released_all_or_none_and_keep_the_first_reason() {
    for url in databases().await {
        let world = World::new(&url).await;
        let found = three_covered(&world).await;
        let ids: Vec<LineId> = found.iter().map(|line| line.id).collect();
        let hold =
            async |ids: &[LineId], reason| lines::hold(&world.ctx, &world.staff, ids, reason).await;
        let reasons = async || {
            let found = covered(&world).await.into_iter();
            found.map(|line| line.held_reason).collect::<Vec<_>>()
        };
        let [first, both] = [Some("Ask".to_owned()), Some("Wait".to_owned())];
        hold(&ids[..1], "Ask").await.expect("held");
        hold(&[ids[0], ids[0]], "Ask").await.expect("held already");
        assert_eq!(acts(&world, "hold_line").await.len(), 1);
        let refused = hold(&ids, "Wait").await;
        assert!(matches!(
            refused,
            Err(ServiceError::Conflict("line-already-held"))
        ));
        assert_eq!(reasons().await, [first.clone(), None, None]);
        hold(&ids[1..], "Wait").await.expect("held");
        assert_eq!(reasons().await, [first, both.clone(), both]);
        lines::release(&world.ctx, &world.staff, &ids[..2])
            .await
            .expect("released");
        let refused = lines::release(&world.ctx, &world.staff, &ids).await;
        assert!(matches!(
            refused,
            Err(ServiceError::Conflict("line-not-held"))
        ));
        assert!(reasons().await[2].is_some(), "none of them was released");
        let strange = hold(&["01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap()], "Ask").await;
        assert!(matches!(strange, Err(ServiceError::NotFound)));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_closing_takes_clawbacks_along_and_says_who_closed_what() {
    for url in databases().await {
        let world = World::new(&url).await;
        three_covered(&world).await;
        assert_eq!(world.approve_all().await, 3);
        assert_eq!(world.close("2026Q1").await.created, 1);
        world.accrue("2026-07-02").await;
        world.invoice("INV-2", 300_000, 357_000).await;
        assert_eq!(world.approve_all().await, 3);
        world.invoice("INV-1", 300_000, 238_000).await;
        world.invoice("INV-2", 300_000, 357_000).await;
        // Of six months five are paid: the last falls back, for the months are filled in order. Without the second invoice one is taken back.
        world.invoice("INV-2", 300_000, 0).await;
        let clawbacks = async || {
            let found = world.lines().await.into_iter();
            let found = found.filter(|line| line.kind == LineKind::Clawback);
            found.collect::<Vec<LineRecord>>()
        };
        assert_eq!(clawbacks().await.len(), 1);
        pay_other_deal(&world).await;
        let quarter = Quarter::parse("2026Q2", 1).unwrap();
        let preview = quarters::preview(&world.ctx, &world.staff, quarter).await;
        let preview = preview.expect("a preview");
        assert_eq!(preview.clawbacks.len(), 1);
        assert_eq!(preview.covered_not_approved, 0);
        assert_eq!(preview.statements[0].money.minor, 30_000 - 10_000);
        let figures = figures::for_partner(&world.ctx, &world.member).await;
        assert_eq!(figures.expect("figures")[0].upcoming.minor, 20_000);
        let id = clawbacks().await[0].id;
        lines::hold(&world.ctx, &world.staff, &[id], "The client pays again")
            .await
            .expect("held");
        let held = quarters::preview(&world.ctx, &world.staff, quarter).await;
        let held = held.expect("a preview");
        assert!(held.clawbacks.is_empty());
        assert_eq!(held.statements[0].money.minor, 30_000);
        lines::release(&world.ctx, &world.staff, &[id])
            .await
            .expect("released");
        assert_eq!(world.close("2026Q2").await.created, 1);
        let taken = clawbacks().await.remove(0);
        assert_eq!(taken.state, LineState::Stated);
        assert_eq!(taken.approved_by, Some(world.staff.person()));
        let made = acts(&world, "make_statement").await;
        assert_eq!(made.len(), 2);
        assert_eq!(made[0].person, Some(world.staff.person()));
        assert!(
            made[0].facts.contains("PS-2026Q2-000001"),
            "{}",
            made[0].facts
        );
        assert!(made[0].facts.contains("20000"), "{}", made[0].facts);
        world.ctx.store.close().await;
    }
}

/// Another deal of the same partner, three months of which are approved.
async fn pay_other_deal(world: &World) {
    win(world, "9002", "2026-04-10", "1000.00", "1").await;
    world.accrue("2026-07-02").await;
    pay(world, "INV-9", "9002", 300_000).await;
    let of_deal = covered(world).await.into_iter();
    let seen: Vec<SeenLine> = of_deal
        .filter(|line| line.kind == LineKind::Scheduled)
        .map(|line| line.seen())
        .collect();
    let approved = lines::approve(&world.ctx, &world.staff, &seen).await;
    assert_eq!(approved.expect("an answer").approved, 3);
}

#[tokio::test]
async fn approving_in_bulk_holding_and_disputing_at_once_wait_for_nobody_for_ever() {
    const DEALS: usize = 6;
    for url in databases().await {
        let world = World::new(&url).await;
        let ids: Vec<String> = (0..DEALS).map(|number| format!("900{number}")).collect();
        for id in &ids {
            win(&world, id, "2026-01-10", "1000.00", "1").await;
        }
        world.accrue("2026-09-03").await;
        for id in &ids {
            pay(&world, &format!("INV-{id}"), id, 800_000).await;
        }
        // Oldest month first, and of each month one line of each deal.
        let found = covered(&world).await;
        assert_eq!(found.len(), 8 * DEALS);
        for month in found.chunks(DEALS) {
            decide_at_once(&world, month).await;
        }
        world.prove().await;
        world.ctx.store.close().await;
    }
}

/// Half of the lines are approved together, while each of the others is held and disputed.
async fn decide_at_once(world: &World, month: &[LineRecord]) {
    let (some, others) = month.split_at(month.len() / 2);
    let seen: Vec<SeenLine> = some.iter().map(LineRecord::seen).collect();
    let approve = lines::approve(&world.ctx, &world.staff, &seen);
    let hold = others.iter().map(async |line| {
        lines::hold(&world.ctx, &world.staff, &[line.id], "Ask").await?;
        lines::release(&world.ctx, &world.staff, &[line.id]).await
    });
    let dispute = others.iter().map(async |line| {
        let text = "That is not what we agreed.";
        disputes::open(&world.ctx, &world.member, line.id, text).await?;
        disputes::withdraw(&world.ctx, &world.member, line.id).await
    });
    let (approved, held, disputed) = tokio::join!(
        approve,
        futures::future::join_all(hold),
        futures::future::join_all(dispute)
    );
    assert_eq!(approved.expect("approved").approved, some.len());
    for answer in held.into_iter().chain(disputed) {
        answer.expect("nobody waits for ever");
    }
}

#[tokio::test]
async fn amounts_that_no_sum_holds_are_told_by_their_partner() {
    for url in databases().await {
        let world = World::new(&url).await;
        three_covered(&world).await;
        let mut connection = AnyConnection::connect(&url).await.expect("the database");
        let large = format!("UPDATE lines SET amount_minor = {}", i64::MAX / 2);
        connection
            .execute(AssertSqlSafe(large))
            .await
            .expect("planted");
        // Of one month there is one line: it is the figures that add months up.
        let same_month =
            "UPDATE lines SET month = (SELECT MIN(month) FROM lines), state = 'awaiting'";
        connection.execute(same_month).await.expect("planted");
        let answer = figures::for_partner(&world.ctx, &world.member).await;
        let Err(ServiceError::Store(StoreError::TooLarge { partner, currency })) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!((partner, currency), (world.partner, Currency::EUR));
        drop(connection);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_lead_that_is_withdrawn_is_in_the_audit_log() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.submit("Acme", "acme.com").await;
        leads::withdraw(&world.ctx, &world.member, lead)
            .await
            .expect("withdrawn");
        let found = acts(&world, "withdraw_lead").await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].subject, lead.to_string());
        assert_eq!(found[0].person, Some(world.member.person()));
        world.ctx.store.close().await;
    }
}
