//! Statements and the forecast of the next one, on the real database: SQLite in a file, and PostgreSQL too where `PORTAL_TEST_POSTGRES_URL` names a server.

use LineState::{Approved, Awaiting, Covered, Stated};
use portal_domain::{
    deal::DealState,
    line::LineState,
    money::{Currency, Money},
    payout::MinimumPayout,
    statement::InvoiceForm,
};
use portal_services::{
    bills,
    forecast::{self, Forecast, Group, PartState},
    lines::{self, WaitsFor},
    statements::{self, StatementView},
};
use portal_store::lines::LineFilter;

use crate::world::{World, databases};

async fn forecast(world: &World) -> Forecast {
    let found = forecast::for_partner(&world.ctx, &world.member).await;
    let mut found = found.expect("a forecast");
    assert_eq!(found.len(), 1);
    found.remove(0)
}

/// What each group is called, and what it comes to.
fn sums(groups: &[Group]) -> Vec<(&str, i64)> {
    let sums = groups.iter().map(|group| (group.word(), group.money.minor));
    sums.collect()
}

async fn waits(world: &World) -> Vec<Option<WaitsFor>> {
    let found = lines::list_for_partner(&world.ctx, &world.member, LineFilter::default()).await;
    let found = found.expect("lines").into_iter();
    found.map(|view| view.waits_for).collect()
}

async fn statement(world: &World) -> StatementView {
    let found = statements::list_for_partner(&world.ctx, &world.member).await;
    found.expect("statements").remove(0)
}

async fn raise(world: &World, number: &str, amount: &str) {
    let form = InvoiceForm {
        statement: statement(world).await.record.id.to_string(),
        number: number.to_owned(),
        amount: amount.to_owned(),
    };
    let raised = bills::raise(&world.ctx, &world.member, &form).await;
    raised.expect("raised");
}

#[tokio::test]
async fn the_forecast_names_every_part_of_the_next_payout_and_they_add_up() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.win("1000.00", "1").await;
        world.accrue("2026-02-10").await;
        world.invoice("INV-1", 200_000, 238_000).await;
        let ahead = forecast(&world).await;
        let parts = [
            ("covered", 10_000),
            ("paid-ahead", 10_000),
            ("not-invoiced", 10_000),
        ];
        assert_eq!(
            (sums(&ahead.groups), ahead.total.minor),
            (parts.to_vec(), 30_000)
        );
        world.accrue("2026-04-02").await;
        world.invoice("INV-2", 100_000, 59_500).await;
        assert_eq!(world.states().await[..3], [Covered, Covered, Awaiting]);
        let now = forecast(&world).await;
        let parts = [("covered", 20_000), ("invoiced", 10_000)];
        assert_eq!(
            (sums(&now.groups), now.total.minor),
            (parts.to_vec(), 30_000)
        );
        let late = PartState::Invoiced {
            due: "2026-02-15".parse().ok(),
            invoice_number: "INV-2".to_owned(),
            days_late: 46,
        };
        assert_eq!(now.groups[1].parts[0].state, late);
        let named = now.groups.iter().flat_map(|group| &group.parts);
        assert!(named.clone().all(|part| part.client_name == "Acme"));
        world.approve_all().await;
        let line = world.lines().await[1].id;
        let held = lines::hold(&world.ctx, &world.staff, line, "Ask the client").await;
        held.expect("held");
        let held = forecast(&world).await;
        let parts = [("approved", 10_000), ("invoiced", 10_000)];
        assert_eq!(
            (sums(&held.groups), held.total.minor),
            (parts.to_vec(), 20_000)
        );
        assert_eq!(sums(&held.stopped), [("held", 10_000)]);
        assert_eq!(world.figures().await[3], 10_000);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_was_carried_over_is_in_the_next_forecast() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.win("100.00", "1").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 10_000, 11_900).await;
        world.approve_all().await;
        assert_eq!(world.close("2026Q1").await.carried, 1);
        let next = forecast(&world).await;
        assert_eq!(next.quarter.to_string(), "2026Q2");
        let parts = [("approved", 1_000), ("not-invoiced", 5_000)];
        assert_eq!(
            (sums(&next.groups), next.total.minor),
            (parts.to_vec(), 6_000)
        );
        assert!(!next.is_below_minimum());
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_partly_invoiced_statement_waits_for_its_partner_beyond_what_is_billed() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.win("1000.00", "1").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 300_000, 357_000).await;
        world.approve_all().await;
        world.close("2026Q1").await;
        assert_eq!(world.states().await[..3], [Stated; 3]);
        // The bill is being made: it reaches January, and not all of February.
        raise(&world, "RE-1", "150.00").await;
        let ours = Some(WaitsFor::BillPayment);
        let theirs = Some(WaitsFor::PartnerInvoice);
        let wanted = [ours.clone(), theirs.clone(), theirs.clone()];
        assert_eq!(waits(&world).await[..3], wanted);
        raise(&world, "RE-2", "50.00").await;
        assert_eq!(
            waits(&world).await[..3],
            [ours.clone(), ours.clone(), theirs]
        );
        raise(&world, "RE-3", "").await;
        assert_eq!(waits(&world).await[..3], [ours.clone(), ours.clone(), ours]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn each_currency_of_a_partner_has_its_own_minimum_and_its_own_statement() {
    for url in databases().await {
        let world = World::with(&url, |programme| {
            programme.minimum_payout = MinimumPayout {
                default_minor: 5_000,
                by_currency: "GBP=20000".parse().expect("minimums"),
            };
        })
        .await;
        world.win("1000.00", "1").await;
        let lead = world.submit("Other", "other.com").await;
        let mut pounds = world.deal(lead, DealState::Won, "1000.00", "1");
        (pounds.id, pounds.currency) = ("9002".to_owned(), Some(Currency::GBP));
        world.read(&pounds).await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        pay_pounds(&world, 100_000).await;
        assert_eq!(world.approve_all().await, 2);
        let closed = world.close("2026Q1").await;
        assert_eq!((closed.created, closed.carried), (1, 1));
        let euros = statement(&world).await;
        assert_eq!(euros.record.total, Money::new(10_000, Currency::EUR));
        let found = forecast::for_partner(&world.ctx, &world.member).await;
        let found = found.expect("forecasts");
        assert_eq!(found[1].minimum, Money::new(20_000, Currency::GBP));
        world.accrue("2026-07-02").await;
        pay_pounds(&world, 300_000).await;
        world.approve_all().await;
        world.close("2026Q2").await;
        let pounds = statement(&world).await;
        // What was carried over and two months more.
        assert_eq!(pounds.record.total, Money::new(30_000, Currency::GBP));
        assert_eq!(
            pounds.record.previous_hash, "",
            "it is the first in its currency"
        );
        assert_eq!(world.states().await[0], Stated);
        assert!(!world.states().await.contains(&Approved));
        world.ctx.store.close().await;
    }
}

/// The other client's invoice, of which so much is paid.
async fn pay_pounds(world: &World, net_minor: i64) {
    let mut invoice = world.bill("id-P", "P-1", net_minor, 0, "PAID").await;
    let with_tax_minor = invoice.total.minor;
    invoice.kind = portal_domain::remote::InvoiceType::Sale;
    (invoice.paid_minor, invoice.due_minor) = (with_tax_minor, 0);
    invoice.sub_total.currency = Currency::GBP;
    invoice.total.currency = Currency::GBP;
    (invoice.contact_id, invoice.contact_name) = ("contact-other".to_owned(), "Other".to_owned());
    let applied = portal_services::links::apply_invoice(&world.ctx, &invoice).await;
    applied.expect("applied");
    world.work().await;
}
