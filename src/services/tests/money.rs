//! The way of money, from a deal won to a line paid, on the real database: SQLite in a file, and PostgreSQL too where `PORTAL_TEST_POSTGRES_URL` names a server.
//! Vendors are plain values here; what they really say is the integrations' to test. After each step the proof must hold.

use LineKind::{Adjustment, Clawback, Scheduled};
use LineState::{Approved, Awaiting, Cancelled, Covered, Invoiced, Paid, Stated, Upcoming};
use portal_domain::{
    calendar::{Quarter, Timestamp},
    deal::DealState,
    ids::{DealId, LineId},
    lead::LeadState,
    line::{LineKind, LineState, SeenLine},
    money::{Currency, Money},
    remote::{RemoteDeal, RemoteInvoice},
    statement::{InvoiceForm, SettlementState},
};
use portal_services::{
    ServiceError, bills, closing, deals,
    exceptions::{find_case, list_exceptions},
    explorer::{self, ExplorerFilter},
    leads, lines, links, quarters, reconcile, statements, verify, why,
};
use portal_store::{
    deals as deal_rows, exceptions, invoices,
    lines::{LineFilter, LineRecord},
};
use sqlx::{AnyConnection, Connection, Executor};

use crate::{
    midterm::{publish_for, tiered},
    world::{World, databases, sale},
};

#[tokio::test]
async fn a_line_goes_from_won_to_paid_and_the_figures_are_right_at_every_step() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.win("1000.00", "1").await;
        assert_eq!(world.states().await, [Upcoming; 12]);
        assert_eq!(world.figures().await, [0, 0, 0, 0, 120_000]);
        let view = leads::find_for_partner(&world.ctx, &world.member, lead)
            .await
            .expect("the lead");
        assert_eq!(view.lead.state, LeadState::Won);
        assert!(view.lead.actioned_at.is_some());

        assert_eq!(world.accrue("2026-04-02").await, 3);
        assert_eq!(world.accrue("2026-04-02").await, 0);
        assert_eq!(world.exceptions().await, ["no_invoice_yet"]);
        world.invoice("INV-1", 100_000, 119_000).await;
        world.invoice("INV-2", 100_000, 119_000).await;
        world.invoice("INV-3", 100_000, 59_500).await;
        assert_eq!(
            world.states().await[..4],
            [Covered, Covered, Awaiting, Upcoming]
        );
        assert_eq!(world.figures().await, [20_000, 20_000, 0, 0, 100_000]);
        assert_eq!(world.exceptions().await, ["invoice_overdue", "underpaid"]);
        let waiting = lines::list_for_partner(&world.ctx, &world.member, LineFilter::default())
            .await
            .expect("a list");
        let wanted = lines::WaitsFor::Payment {
            invoice_number: "INV-3".to_owned(),
            due: "2026-02-15".parse().ok(),
            days_late: 46,
            open: Money::new(59_500, Currency::EUR),
        };
        assert_eq!(waiting[2].waits_for, Some(wanted));

        approve_and_hold(&world).await;
        close_twice(&world).await;
        settle(&world).await;
        world.ctx.store.close().await;
    }
}

async fn approve_and_hold(world: &World) {
    let found = world.lines().await;
    lines::hold(&world.ctx, &world.staff, &[found[1].id], "Ask the client")
        .await
        .expect("held");
    let ids: Vec<LineId> = found.iter().take(3).map(|line| line.id).collect();
    let seen: Vec<SeenLine> = found.iter().take(3).map(LineRecord::seen).collect();
    let approved = lines::approve(&world.ctx, &world.staff, &seen)
        .await
        .expect("approved");
    assert_eq!(approved.approved, 1);
    assert_eq!(
        approved.skipped,
        [(ids[1], "line-held"), (ids[2], "line-not-approvable")]
    );
    assert_eq!(world.figures().await, [20_000, 20_000, 0, 10_000, 100_000]);
    lines::release(&world.ctx, &world.staff, &[ids[1]])
        .await
        .expect("released");
    assert!(matches!(
        lines::approve(&world.ctx, &world.member, &seen).await,
        Err(ServiceError::Forbidden)
    ));
    assert_eq!(world.approve_all().await, 1);
    assert_eq!(world.figures().await, [20_000, 20_000, 0, 20_000, 100_000]);
    let why = why::explain(&world.ctx, &world.member, ids[1])
        .await
        .expect("an explanation");
    let arithmetic = why.arithmetic.expect("computed");
    assert_eq!(
        (
            arithmetic.months_before,
            arithmetic.through_minor,
            arithmetic.before_minor
        ),
        (1, 20_000, 10_000)
    );
    let reached = why.reached.expect("it waits for money");
    assert_eq!((reached.collected.minor, why.fills.len()), (100_000, 1));
    assert!(reached.is_reached && why.agrees);
}

async fn close_twice(world: &World) {
    let quarter = Quarter::parse("2026Q1", 1).unwrap();
    let preview = quarters::preview(&world.ctx, &world.staff, quarter)
        .await
        .expect("a preview");
    assert_eq!(
        (
            preview.statements[0].money.minor,
            preview.statements[0].lines
        ),
        (20_000, 2)
    );
    let close = || closing::close_quarter(&world.ctx, &world.staff, quarter);
    let (one, other) = tokio::join!(close(), close());
    assert_eq!(
        one.expect("closed").created + other.expect("closed too").created,
        1
    );
    world.work().await;
    let again = world.close("2026Q1").await;
    assert!(again.already);
    let early = Quarter::parse("2026Q2", 1).unwrap();
    assert!(matches!(
        closing::close_quarter(&world.ctx, &world.staff, early).await,
        Err(ServiceError::Conflict("quarter-not-ended"))
    ));
    let found = statements::list_for_partner(&world.ctx, &world.member)
        .await
        .expect("statements");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].record.number, "PS-2026Q1-000001");
    assert_eq!(
        (found[0].record.total.minor, found[0].settlement),
        (20_000, SettlementState::Stated)
    );
    assert_eq!(world.states().await[..3], [Stated, Stated, Awaiting]);
    assert_eq!(world.figures().await, [20_000, 20_000, 0, 0, 100_000]);
}

async fn settle(world: &World) {
    let statement = statements::list_for_partner(&world.ctx, &world.member)
        .await
        .unwrap()
        .remove(0)
        .record;
    let form = InvoiceForm {
        statement: statement.id.to_string(),
        number: "RE-1".to_owned(),
        ..InvoiceForm::default()
    };
    let bill = bills::raise(&world.ctx, &world.member, &form, None)
        .await
        .expect("raised");
    assert!(matches!(
        bills::raise(&world.ctx, &world.member, &form, None).await,
        Err(ServiceError::Conflict("statement-already-invoiced"))
    ));
    assert_eq!(world.states().await[..2], [Stated, Stated]);
    bills::partner_contact_found(&world.ctx, world.partner, "contact-partner")
        .await
        .expect("remembered");
    assert_eq!(
        bills::for_creation(&world.ctx, bill)
            .await
            .expect("a bill")
            .statement
            .id,
        statement.id
    );
    let made = world.bill("bill-1", "RE-1", 20_000, 0, "AUTHORISED").await;
    for _ in 0..2 {
        bills::created(&world.ctx, bill, &made)
            .await
            .expect("created");
        world.work().await;
        assert_eq!(world.states().await[..2], [Invoiced, Invoiced]);
    }
    for (paid_minor, states, figures) in [
        (
            11_900,
            [Paid, Invoiced],
            [20_000, 10_000, 10_000, 0, 100_000],
        ),
        (23_800, [Paid, Paid], [20_000, 0, 20_000, 0, 100_000]),
        (0, [Invoiced, Invoiced], [20_000, 20_000, 0, 0, 100_000]),
        (23_800, [Paid, Paid], [20_000, 0, 20_000, 0, 100_000]),
    ] {
        let reading = world
            .bill("bill-1", "RE-1", 20_000, paid_minor, "AUTHORISED")
            .await;
        links::apply_invoice(&world.ctx, &reading)
            .await
            .expect("applied");
        world.work().await;
        assert_eq!(world.states().await[..2], states, "{paid_minor}");
        assert_eq!(world.figures().await, figures, "{paid_minor}");
    }
    let stale = RemoteInvoice {
        updated_at: Timestamp(0),
        paid_minor: 0,
        ..made.clone()
    };
    links::apply_invoice(&world.ctx, &stale)
        .await
        .expect("ignored");
    assert_eq!(world.states().await[..2], [Paid, Paid]);
    let voided = world.bill("bill-1", "RE-1", 20_000, 0, "VOIDED").await;
    links::apply_invoice(&world.ctx, &voided)
        .await
        .expect("applied");
    world.work().await;
    assert_eq!(world.states().await[..2], [Stated, Stated]);
    assert!(world.exceptions().await.contains(&"bill_voided".to_owned()));
    let wrong = world
        .bill("bill-2", &statement.number, 19_999, 0, "AUTHORISED")
        .await;
    links::apply_invoice(&world.ctx, &wrong)
        .await
        .expect("applied");
    assert!(
        world
            .exceptions()
            .await
            .contains(&"bill_differs_from_statement".to_owned())
    );
    assert_eq!(world.states().await[..2], [Stated, Stated]);
    let found = world
        .bill("bill-2", &statement.number, 20_000, 23_800, "PAID")
        .await;
    links::apply_invoice(&world.ctx, &found)
        .await
        .expect("applied");
    world.work().await;
    assert_eq!(world.states().await[..2], [Paid, Paid]);
    assert!(
        !world
            .exceptions()
            .await
            .contains(&"bill_differs_from_statement".to_owned())
    );
}

#[tokio::test]
async fn money_that_goes_away_is_clawed_back_and_given_back_when_it_returns() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.win("1000.00", "monthly").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        world.invoice("INV-2", 100_000, 119_000).await;
        assert_eq!(world.approve_all().await, 2);
        world.invoice("INV-2", 100_000, 0).await;
        assert_eq!(world.states().await[..3], [Approved, Awaiting, Awaiting]);
        world.invoice("INV-2", 100_000, 119_000).await;
        assert_eq!(world.states().await[..3], [Approved, Covered, Awaiting]);
        world.approve_all().await;
        assert_eq!(world.close("2026Q1").await.created, 1);

        world.invoice("INV-2", 100_000, 0).await;
        let clawed = (Clawback, 2, Covered, -10_000);
        assert!(world.shape().await.contains(&clawed));
        assert_eq!(world.figures().await[0], 10_000);
        world.invoice("INV-2", 100_000, 119_000).await;
        assert!(!world.shape().await.contains(&clawed));
        world.invoice("INV-2", 100_000, 0).await;
        assert!(world.shape().await.contains(&clawed));

        world.accrue("2026-07-02").await;
        assert_eq!(world.approve_all().await, 1);
        assert_eq!(
            world.close("2026Q2").await,
            closing::Closed {
                created: 0,
                carried: 1,
                already: false
            }
        );
        world.invoice("INV-3", 300_000, 357_000).await;
        assert!(
            world.shape().await.iter().all(|line| line.0 != Clawback),
            "three months' money reaches February again"
        );
        world.invoice("INV-3", 300_000, 0).await;
        assert_eq!(world.approve_all().await, 1);
        world.accrue("2026-10-02").await;
        world.invoice("INV-1", 100_000, 0).await;
        let taken: i64 = world
            .shape()
            .await
            .iter()
            .filter(|line| line.0 == Clawback)
            .map(|line| line.3)
            .sum();
        assert_eq!(taken, -20_000, "all that was stated is taken back");
        world.invoice("INV-4", 900_000, 1_071_000).await;
        assert_eq!(
            world
                .shape()
                .await
                .iter()
                .filter(|line| line.0 != Scheduled)
                .count(),
            0
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_clawback_that_was_stated_is_given_back_by_an_adjustment() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.win("1000.00", "monthly").await;
        let second = world.submit("Beta", "beta.com").await;
        let beta = world.deal(second, DealState::Won, "1000.00", "monthly");
        world
            .read(&RemoteDeal {
                id: "9002".to_owned(),
                ..beta
            })
            .await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        assert_eq!(world.approve_all().await, 1);
        assert_eq!(world.close("2026Q1").await.created, 1);

        // The other client's three months outweigh what is taken back.
        let other = RemoteInvoice {
            contact_id: "contact-beta".to_owned(),
            contact_name: "Beta".to_owned(),
            ..sale("INV-B", 300_000, 357_000, 1)
        };
        links::apply_invoice(&world.ctx, &other)
            .await
            .expect("applied");
        world.work().await;
        world.invoice("INV-1", 100_000, 0).await;
        assert_eq!(world.approve_all().await, 4);
        world.accrue("2026-07-02").await;
        assert_eq!(world.close("2026Q2").await.created, 1);
        let statement = statements::list_for_partner(&world.ctx, &world.member)
            .await
            .unwrap()
            .remove(0);
        assert_eq!(
            (statement.record.total.minor, statement.lines.len()),
            (20_000, 4)
        );
        assert_eq!(world.special().await, [(Clawback, 1, Stated, -10_000)]);

        let back = (Adjustment, 1, Covered, 10_000);
        world.invoice("INV-1", 100_000, 119_000).await;
        assert_eq!(
            world.special().await,
            [(Clawback, 1, Stated, -10_000), back]
        );
        world.invoice("INV-1", 100_000, 0).await;
        assert_eq!(world.special().await, [(Clawback, 1, Stated, -10_000)]);
        world.invoice("INV-1", 100_000, 119_000).await;
        assert_eq!(world.approve_all().await, 1);
        world.accrue("2026-10-02").await;
        assert_eq!(world.close("2026Q3").await.created, 1);
        world.invoice("INV-1", 100_000, 0).await;
        let again = [
            (Clawback, 1, Stated, -10_000),
            (Adjustment, 1, Stated, 10_000),
            (Clawback, 1, Covered, -10_000),
        ];
        assert_eq!(world.special().await, again);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_deal_that_changes_keeps_its_ended_months_and_makes_the_later_ones_again() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.win("1000.00", "1").await;
        world
            .read(&world.deal(lead, DealState::Won, "900.00", "1"))
            .await;
        assert_eq!(
            world.figures().await,
            [0, 0, 0, 0, 108_000],
            "in its first month everything is made again"
        );
        world
            .read(&world.deal(lead, DealState::Won, "1000.00", "1"))
            .await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;

        world
            .read(&world.deal(lead, DealState::Won, "2400.00", "12"))
            .await;
        assert_eq!(
            world.figures().await,
            [10_000, 10_000, 0, 0, 2 * 10_000 + 9 * 2_000]
        );
        world
            .read(&world.deal(lead, DealState::Won, "2400.00", "12"))
            .await;
        let late = RemoteDeal {
            modified_at: Timestamp(0),
            ..world.deal(lead, DealState::Won, "1.00", "1")
        };
        world.read(&late).await;
        assert_eq!(world.figures().await, [10_000, 10_000, 0, 0, 38_000]);

        world
            .read(&world.deal(lead, DealState::Lost, "2400.00", "12"))
            .await;
        assert_eq!(world.shape().await, [(Scheduled, 1, Covered, 10_000)]);
        world
            .read(&world.deal(lead, DealState::Won, "2400.00", "12"))
            .await;
        assert_eq!(world.figures().await, [10_000, 10_000, 0, 0, 38_000]);
        deals::apply_reading(&world.ctx, "9001", None)
            .await
            .expect("followed");
        world.work().await;
        assert_eq!(world.states().await[1..], [Cancelled; 11]);
        world.invoice("INV-1", 100_000, 0).await;
        assert_eq!(world.states().await, [Cancelled; 12]);
        world
            .read(&world.deal(lead, DealState::Won, "2400.00", "12"))
            .await;
        assert_eq!(world.figures().await, [0, 0, 0, 0, 48_000]);

        let foreign = RemoteDeal {
            currency: Some(Currency::USD),
            ..world.deal(lead, DealState::Won, "2400.00", "12")
        };
        world.invoice("INV-1", 100_000, 119_000).await;
        world.read(&foreign).await;
        assert!(
            world
                .exceptions()
                .await
                .contains(&"currency_changed".to_owned())
        );
        assert_eq!(world.figures().await, [10_000, 10_000, 0, 0, 38_000]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_is_missing_on_a_won_deal_is_an_exception_that_closes_once_it_is_there() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.submit("Acme", "acme.com").await;
        world.go_to("2026-01-10");
        // The answer to the registration was lost; the deal itself says whose it is.
        let bare = RemoteDeal {
            amount: None,
            billing_period: None,
            ..world.deal(lead, DealState::Won, "", "")
        };
        world.read(&bare).await;
        assert_eq!(
            world.exceptions().await,
            ["billing_period_missing", "deal_amount_missing"]
        );
        assert!(world.lines().await.is_empty());
        deals::apply_registration(&world.ctx, lead, "9001")
            .await
            .expect("registered already");
        // The invoice comes before the deal is complete, and is found again.
        world.invoice("INV-1", 1_200_000, 1_428_000).await;
        world
            .read(&world.deal(lead, DealState::Won, "12000.00", "annually"))
            .await;
        assert_eq!(world.exceptions().await, Vec::<String>::new());
        assert_eq!(world.figures().await, [0, 0, 0, 0, 120_000]);
        world.accrue("2026-03-01").await;
        assert_eq!(world.states().await[..3], [Covered, Covered, Upcoming]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn an_invoice_finds_its_deal_or_waits_for_a_person() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.submit("Acme", "acme.com").await;
        deals::apply_registration(&world.ctx, lead, "9001")
            .await
            .expect("registered");
        world.go_to("2026-01-10");
        world.invoice("INV-1", 100_000, 119_000).await;
        assert_eq!(
            world.exceptions().await,
            Vec::<String>::new(),
            "as long as nothing is won, no invoice is missed"
        );
        world
            .read(&world.deal(lead, DealState::Won, "1000.00", "1"))
            .await;
        assert_eq!(
            world.exceptions().await,
            Vec::<String>::new(),
            "won, the deal takes what waited"
        );
        world.accrue("2026-03-02").await;
        assert_eq!(world.states().await[..2], [Covered, Awaiting]);

        let stranger = RemoteInvoice {
            contact_id: "x".to_owned(),
            contact_name: "X".to_owned(),
            ..sale("INV-2", 100_000, 119_000, 500)
        };
        links::apply_invoice(&world.ctx, &stranger)
            .await
            .expect("applied");
        world.work().await;
        assert_eq!(
            world.exceptions().await,
            ["no_invoice_yet"],
            "an invoice to somebody whom no lead is about is nothing of ours"
        );
        let deal = world.lines().await[0].deal;
        links::link_document(&world.ctx, &world.staff, "id-INV-2", deal)
            .await
            .expect("linked");
        world.work().await;
        assert_eq!(world.states().await[..2], [Covered, Covered]);
        assert_eq!(world.exceptions().await, Vec::<String>::new());

        let named = RemoteInvoice {
            reference: "Deal 9001".to_owned(),
            ..sale("INV-3", 50_000, 0, 501)
        };
        let named = RemoteInvoice {
            contact_id: "y".to_owned(),
            contact_name: "Y".to_owned(),
            ..named
        };
        links::apply_invoice(&world.ctx, &named)
            .await
            .expect("applied");
        world.work().await;
        assert_eq!(
            world.exceptions().await,
            ["differs_from_deal", "invoice_overdue"]
        );
        let mut tx = world.ctx.store.read().await.unwrap();
        let linked = invoices::find(&mut tx, "id-INV-3").await.unwrap().unwrap();
        assert_eq!(linked.links[0].how, "reference");
        drop(tx);
        let other = RemoteInvoice {
            sub_total: Money::new(50_000, Currency::USD),
            total: Money::new(59_500, Currency::USD),
            ..named.clone()
        };
        let other = RemoteInvoice {
            updated_at: Timestamp(502),
            ..other
        };
        links::apply_invoice(&world.ctx, &other)
            .await
            .expect("applied");
        world.work().await;
        assert_eq!(world.exceptions().await, ["other_currency"]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_a_one_off_deal_gains_after_its_statement_is_an_adjustment() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.win("1000.00", "one_off").await;
        assert_eq!(world.shape().await, [(Scheduled, 1, Upcoming, 10_000)]);
        world.accrue("2026-02-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        world.approve_all().await;
        world.accrue("2026-04-02").await;
        world.close("2026Q1").await;
        world
            .read(&world.deal(lead, DealState::Won, "1200.00", "one_off"))
            .await;
        world
            .read(&world.deal(lead, DealState::Won, "1200.00", "one_off"))
            .await;
        assert_eq!(
            world.shape().await,
            [
                (Scheduled, 1, Stated, 10_000),
                (Adjustment, 1, Awaiting, 2_000)
            ]
        );
        world.invoice("INV-2", 20_000, 23_800).await;
        assert_eq!(world.shape().await[1], (Adjustment, 1, Covered, 2_000));
        world
            .read(&world.deal(lead, DealState::Won, "800.00", "one_off"))
            .await;
        assert_eq!(world.shape().await[1], (Adjustment, 1, Covered, -2_000));
        world.invoice("INV-1", 100_000, 0).await;
        assert_eq!(world.figures().await[0], 0);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn the_proof_finds_what_somebody_changed_behind_its_back() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.win("1000.00", "1").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        world.approve_all().await;
        world.close("2026Q1").await;
        let mut connection = AnyConnection::connect(&url).await.expect("the database");
        for (change, undo, found) in [
            (
                "UPDATE lines SET amount_minor = 10001 WHERE position = 0",
                "UPDATE lines SET amount_minor = 10000 WHERE position = 0",
                &[
                    "lines_agree_with_journal",
                    "figures_add_up",
                    "lines_follow_from_terms",
                    "no_line_on_two_statements",
                ][..],
            ),
            (
                "UPDATE lines SET state = 'covered' WHERE position = 1",
                "UPDATE lines SET state = 'awaiting' WHERE position = 1",
                &[
                    "lines_agree_with_journal",
                    "figures_add_up",
                    "coverage_follows_from_invoices",
                ],
            ),
            (
                "UPDATE lines SET state = 'paid' WHERE position = 0",
                "UPDATE lines SET state = 'stated' WHERE position = 0",
                &[
                    "lines_agree_with_journal",
                    "figures_add_up",
                    "settlement_follows_from_payments",
                ],
            ),
            (
                "UPDATE fills SET amount_minor = amount_minor - 1",
                "UPDATE fills SET amount_minor = amount_minor + 1",
                &["coverage_follows_from_invoices"],
            ),
        ] {
            connection.execute(change).await.expect(change);
            let proof = verify::verify(&world.ctx).await.expect("a proof");
            let faulty: Vec<_> = proof
                .checks
                .iter()
                .filter(|check| !check.faults.is_empty())
                .map(|check| check.name)
                .collect();
            assert_eq!(faulty, found, "{change}");
            connection.execute(undo).await.expect(undo);
            world.work().await;
        }
        drop(connection);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_happens_twice_at_once_happens_once() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.submit("Acme", "acme.com").await;
        let won = world.deal(lead, DealState::Won, "1000.00", "1");
        let read = || deals::apply_reading(&world.ctx, "9001", Some(&won));
        let (one, other) = tokio::join!(read(), read());
        one.and(other).expect("both are right");
        world.work().await;
        assert_eq!(world.states().await, [Upcoming; 12]);
        world.go_to("2026-04-02");
        let (one, other) = tokio::join!(lines::accrue(&world.ctx), lines::accrue(&world.ctx));
        assert_eq!(one.expect("accrued") + other.expect("accrued too"), 3);
        world.invoice("INV-1", 300_000, 357_000).await;
        let seen: Vec<SeenLine> = world.lines().await.iter().map(LineRecord::seen).collect();
        let approve = || lines::approve(&world.ctx, &world.staff, &seen);
        let (one, other) = tokio::join!(approve(), approve());
        assert_eq!(
            one.expect("approved").approved + other.expect("approved too").approved,
            3
        );
        world.work().await;
        world.ctx.store.close().await;
    }
}

/// An invoice without tax that is paid in full.
fn huge(number: &str, reading: i64) -> RemoteInvoice {
    let most = Money::new(i64::MAX / 2, Currency::EUR);
    RemoteInvoice {
        reference: "Deal 9001".to_owned(),
        sub_total: most,
        total: most,
        paid_minor: most.minor,
        ..sale(number, 1, 0, reading)
    }
}

#[tokio::test]
async fn amounts_that_no_sum_holds_are_said_so_and_stop_no_other_deal() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.win("1000.00", "1").await;
        let before = world.shape().await;
        for (number, reading) in [("1", 1), ("2", 2), ("3", 3)] {
            links::apply_invoice(&world.ctx, &huge(number, reading))
                .await
                .expect("applied");
        }
        let lead = world.submit("Second", "second.com").await;
        deals::apply_registration(&world.ctx, lead, "9002")
            .await
            .expect("registered");
        let won = RemoteDeal {
            id: "9002".to_owned(),
            ..world.deal(lead, DealState::Won, "500.00", "1")
        };
        deals::apply_reading(&world.ctx, "9002", Some(&won))
            .await
            .expect("read");
        world.work_off().await;
        assert_eq!(world.exceptions().await, ["amount_too_large"]);
        assert_eq!(world.shape().await, before, "its lines stay as they were");
        world.go_to("2026-02-02");
        lines::accrue(&world.ctx).await.expect("accrued");
        world.work_off().await;
        let kinds = world.exceptions().await;
        assert_eq!(kinds, ["amount_too_large", "no_invoice_yet"]);
        let (ctx, staff) = (&world.ctx, &world.staff);
        let found = lines::list_for_partner(ctx, &world.member, LineFilter::default()).await;
        let waits: Vec<_> = found
            .expect("all lines")
            .into_iter()
            .filter(|view| view.line.state == Awaiting)
            .map(|view| view.waits_for)
            .collect();
        let mended = lines::WaitsFor::Terms;
        assert_eq!(waits, [Some(mended), Some(lines::WaitsFor::Invoice)]);
        let found = explorer::explore(ctx, staff, &ExplorerFilter::default()).await;
        let found = found.expect("all clients").clients.into_iter();
        let left_out: Vec<_> = found
            .map(|money| (money.client.name, money.beyond.len(), money.rows.is_empty()))
            .collect();
        let wanted = [
            ("Acme".to_owned(), 1, true),
            ("Second".to_owned(), 0, false),
        ];
        assert_eq!(left_out, wanted);
        for view in list_exceptions(ctx, staff, 9).await.expect("cases") {
            let case = find_case(ctx, staff, view.record.id, "").await;
            assert!(case.is_ok(), "{case:?}");
        }
        world.ctx.store.close().await;
    }
}

/// A deal of its own client, as large as hardly any, over so many months.
async fn win_huge(world: &World, months: u32, currency: Currency) -> DealId {
    let id = format!("91{months:03}");
    let lead = world.submit(&id, &format!("client{months}.com")).await;
    deals::apply_registration(&world.ctx, lead, &id)
        .await
        .expect("registered");
    let won = RemoteDeal {
        id: id.clone(),
        currency: Some(currency),
        ..world.deal(
            lead,
            DealState::Won,
            "90000000000000.00",
            &months.to_string(),
        )
    };
    deals::apply_reading(&world.ctx, &id, Some(&won))
        .await
        .expect("read, whatever its amounts");
    world.work_off().await;
    let mut tx = world.ctx.store.read().await.unwrap();
    let found = deal_rows::find_by_hubspot(&mut tx, &id).await.unwrap();
    found.expect("a deal").id
}

#[tokio::test]
async fn a_deal_whose_tiers_begin_where_no_number_reaches_stops_no_other_of_its_batch() {
    for url in databases().await {
        let world = World::new(&url).await;
        publish_for(&world, tiered(), "2026-01-01", true).await;
        world.go_to("2026-01-10");
        // Primes: where the partner stood before a deal is a fraction of all periods before.
        let mut huge = Vec::new();
        for months in [
            113, 109, 107, 103, 101, 97, 89, 83, 79, 73, 71, 67, 61, 59, 53, 47,
        ] {
            huge.push(win_huge(&world, months, Currency::EUR).await);
        }
        huge.sort();
        world.go_to("2026-02-20");
        // Of another currency, in which nothing was won before.
        let beside = win_huge(&world, 12, Currency::USD).await;
        lines::accrue(&world.ctx).await.expect("accrued");
        world.work_off().await;
        let (first, last) = (huge[0], huge[15]);
        let batch = [first, last, beside];
        reconcile::reconcile_deals(&world.ctx, batch)
            .await
            .expect("all looked at");
        let mut tx = world.ctx.store.read().await.unwrap();
        let open = exceptions::list_open_of_deals(&mut tx, &batch).await;
        let mut open = open.unwrap();
        open.sort();
        let open: Vec<_> = open
            .iter()
            .map(|(deal, kind)| (*deal, kind.as_str()))
            .collect();
        let expected = [
            (first, "no_invoice_yet"),
            (last, "amount_too_large"),
            (beside, "no_invoice_yet"),
        ];
        assert_eq!(open, expected);
        drop(tx);

        // The proof says which ones, and goes on.
        let proof = verify::verify(&world.ctx).await.expect("a proof");
        let faults = proof.checks.iter().flat_map(|check| &check.faults);
        let names = |deal: DealId| {
            faults
                .clone()
                .any(|fault| fault.contains(&deal.to_string()))
        };
        assert!(names(last) && !names(first));
        // So does a version for all of them, which changes what it can.
        let mut higher = tiered();
        higher.tiers[1].rate = "25".to_owned();
        let trial = publish_for(&world, higher, "2026-01-01", true).await;
        assert!(trial.lines.iter().any(|amount| amount.deal == first));
        assert!(trial.lines.iter().all(|amount| amount.deal != last));
        world.ctx.store.close().await;
    }
}
