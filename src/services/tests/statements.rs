//! Statements and the forecast of the next one, on the real database: SQLite in a file, and PostgreSQL too where `PORTAL_TEST_POSTGRES_URL` names a server.

use LineState::{Approved, Awaiting, Covered, Stated};
use portal_domain::{
    calendar::{Month, Quarter},
    deal::DealState,
    ids::{PartnerId, StatementId},
    line::LineState,
    money::{Currency, Money},
    partner::CompanyForm,
    payout::MinimumPayout,
    scope::Scope,
    statement::InvoiceForm,
};
use portal_services::{
    ServiceError, bills, closing, deals, disputes,
    forecast::{self, Forecast, Group, PartState},
    lines::{self, WaitsFor},
    links, partners, plans, quarters,
    statements::{self, StatementView},
    verify,
};
use portal_store::{
    lines::{self as line_rows, LineFilter},
    statements::{self as statement_rows, StatementRecord},
};
use sqlx::{AnyConnection, Connection, Executor};

use crate::world::{self, World, add_owner, databases, sale};

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
    let raised = bills::raise(&world.ctx, &world.member, &form, None).await;
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
        let held = lines::hold(&world.ctx, &world.staff, &[line], "Ask the client").await;
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
        // The bill is being made: it is for January.
        raise(&world, "RE-1", "100.00").await;
        let ours = Some(WaitsFor::BillPayment);
        let theirs = Some(WaitsFor::PartnerInvoice);
        let wanted = [ours.clone(), theirs.clone(), theirs.clone()];
        assert_eq!(waits(&world).await[..3], wanted);
        raise(&world, "RE-2", "100.00").await;
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
        assert_eq!(pounds.record.previous_hash, euros.record.hash);
        assert_eq!(world.states().await[0], Stated);
        assert!(!world.states().await.contains(&Approved));
        world.ctx.store.close().await;
    }
}

/// A deal in euros and one in pounds, each with a month that is approved.
async fn win_in_two_currencies(world: &World) {
    world.win("1000.00", "1").await;
    let lead = world.submit("Other", "other.com").await;
    let mut pounds = world.deal(lead, DealState::Won, "1000.00", "1");
    (pounds.id, pounds.currency) = ("9002".to_owned(), Some(Currency::GBP));
    world.read(&pounds).await;
    world.accrue("2026-04-02").await;
    world.invoice("INV-1", 100_000, 119_000).await;
    pay_pounds(world, 100_000).await;
    assert_eq!(world.approve_all().await, 2);
}

/// The partner's statements in the order of their numbers, with what each of them follows.
async fn chain(world: &World) -> Vec<StatementView> {
    let found = statements::list_for_partner(&world.ctx, &world.member).await;
    let mut found = found.expect("statements");
    found.sort_by(|one, other| one.record.number.cmp(&other.record.number));
    found
}

#[tokio::test]
async fn each_statement_carries_the_hash_of_the_partners_last_whatever_its_currency() {
    for url in databases().await {
        let world = World::new(&url).await;
        win_in_two_currencies(&world).await;
        assert_eq!(world.close("2026Q1").await.created, 2);
        assert!(world.close("2026Q1").await.already);
        world.accrue("2026-07-02").await;
        world.invoice("INV-1", 200_000, 238_000).await;
        world.approve_all().await;
        assert_eq!(world.close("2026Q2").await.created, 1);
        let mut last = String::new();
        for (count, view) in (1..).zip(chain(&world).await) {
            assert_eq!((view.body.place, &view.body.previous_hash), (count, &last));
            last = view.record.hash;
        }
        assert_eq!(chain(&world).await.len(), 3);
        world.prove().await;
        world.ctx.store.close().await;
    }
}

/// A statement as it was frozen when each currency had a chain of its own.
fn frozen_before(
    world: &World,
    (quarter, sequence): (&str, i64),
    currency: Currency,
    previous_hash: &str,
) -> StatementRecord {
    let id = StatementId::new(world.ctx.new_id());
    let number = format!("PS-{quarter}-{sequence:06}");
    let body = format!(
        r#"{{"id":"{id}","number":"{number}","partner_name":"Partner","quarter":"{quarter}","currency":"{currency}","lines":[],"total":{{"minor":0,"currency":"{currency}"}},"closed_on":"2026-01-10","previous_hash":"{previous_hash}"}}"#
    );
    StatementRecord {
        id,
        number,
        partner: world.partner,
        partner_name: String::new(),
        quarter: quarter.to_owned(),
        total: Money::zero(currency),
        hash: statements::hash(&body),
        body,
        previous_hash: previous_hash.to_owned(),
        place: None,
        created_at: world.ctx.now(),
    }
}

#[tokio::test]
async fn statements_from_when_each_currency_had_its_own_chain_hold_and_are_carried_on() {
    for url in databases().await {
        let world = World::new(&url).await;
        win_in_two_currencies(&world).await;
        let first = frozen_before(&world, ("2025Q3", 1), Currency::EUR, "");
        let euros = frozen_before(&world, ("2025Q4", 1), Currency::EUR, &first.hash);
        let pounds = frozen_before(&world, ("2025Q4", 2), Currency::GBP, "");
        let last_hash = pounds.hash.clone();
        let mut tx = world.ctx.store.write().await.unwrap();
        let person = world.staff.person();
        statement_rows::add_all(&mut tx, &[pounds, euros, first], person)
            .await
            .expect("added");
        tx.commit().await.unwrap();
        world.prove().await;
        assert_eq!(world.close("2026Q1").await.created, 2);
        world.prove().await;
        let chain = chain(&world).await;
        assert_eq!((chain[3].body.place, chain[4].body.place), (4, 5));
        assert_eq!(chain[3].body.previous_hash, last_hash);
        assert_eq!(chain[4].body.previous_hash, chain[3].record.hash);
        // Nothing slips in among those that are carried on.
        let forged = frozen_before(&world, ("2025Q2", 1), Currency::USD, "");
        let mut tx = world.ctx.store.write().await.unwrap();
        let added = statement_rows::add_all(&mut tx, &[forged], person).await;
        added.expect("added");
        tx.commit().await.unwrap();
        let proof = verify::verify(&world.ctx).await.expect("a proof");
        let mut faults = proof.checks.iter().flat_map(|check| &check.faults);
        assert!(faults.any(|fault| fault.contains("was changed, or one before it")));
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
    let applied = links::apply_invoice(&world.ctx, &invoice).await;
    applied.expect("applied");
    world.work().await;
}

/// Partners with a deal each, whose first quarter is approved.
async fn network(world: &World, count: usize) -> Vec<PartnerId> {
    let plans = plans::list(&world.ctx, &world.staff).await.expect("plans");
    let plan = plans[0].plan.to_string();
    let mut partners = Vec::new();
    for place in 0..count {
        let domain = format!("partner-{place}.com");
        let form = CompanyForm {
            name: format!("Partner {place}"),
            legal_name: format!("Partner {place} Ltd"),
            billing_email: format!("billing@{domain}"),
            domain,
            ..world::company()
        };
        let added = partners::add(&world.ctx, &world.staff, &form).await;
        let partner = added.expect("a partner");
        partners::enrol(&world.ctx, &world.staff, partner, &plan, "2026-01-01")
            .await
            .expect("enrolled");
        let owner = add_owner(&world.ctx, partner, &format!("owner@partner-{place}.com")).await;
        let client = format!("client-{place}.com");
        let lead = world
            .submit_as(&owner, &format!("Client {place}"), &client)
            .await;
        let mut deal = world.deal(lead, DealState::Won, "1000.00", "1");
        deal.id = format!("{}", 10_000 + place);
        deals::apply_reading(&world.ctx, &deal.id, Some(&deal))
            .await
            .expect("a reading");
        partners.push(partner);
    }
    world.work_off().await;
    world.go_to("2026-04-02");
    lines::accrue(&world.ctx).await.expect("accrued");
    world.work_off().await;
    for place in 0..count {
        let mut invoice = sale(&format!("INV-{place}"), 300_000, 357_000, 1);
        (invoice.contact_id, invoice.contact_name) =
            (format!("contact-{place}"), format!("Client {place}"));
        let applied = links::apply_invoice(&world.ctx, &invoice).await;
        applied.expect("applied");
    }
    world.work_off().await;
    while world.approve_some().await > 0 {}
    partners
}

async fn close_preview(world: &World) -> quarters::ClosePreview {
    let quarter = Quarter::parse("2026Q1", world.ctx.programme.fiscal_start).unwrap();
    let preview = quarters::preview(&world.ctx, &world.staff, quarter).await;
    preview.expect("a preview")
}

/// The numbers of all statements, in order.
async fn numbers(world: &World) -> Vec<String> {
    let mut tx = world.ctx.store.read().await.unwrap();
    let found = statement_rows::list_of_quarter(&mut tx, "2026Q1").await;
    let found = found.unwrap().into_iter();
    found.map(|statement| statement.number).collect()
}

fn wanted_numbers(count: usize) -> Vec<String> {
    let numbers = (1..=count).map(|place| format!("PS-2026Q1-{place:06}"));
    numbers.collect()
}

/// Changes a partner's lines behind the portal's back.
async fn set_of_lines(connection: &mut AnyConnection, partner: PartnerId, set: &str) {
    let text = format!("UPDATE lines SET {set} WHERE partner_id = '{partner}'");
    let sql = sqlx::AssertSqlSafe(text);
    connection.execute(sql).await.expect("a change");
}

#[tokio::test]
async fn lines_that_no_amount_holds_together_wait_for_the_next_closing_and_nobody_else_does() {
    for url in databases().await {
        let world = World::new(&url).await;
        let partners = network(&world, 3).await;
        let mut connection = AnyConnection::connect(&url).await.expect("the database");
        let most = format!("amount_minor = {}", i64::MAX);
        set_of_lines(&mut connection, partners[1], &most).await;
        drop(connection);
        assert_eq!(close_preview(&world).await.statements.len(), 3);
        let quarter = Quarter::parse("2026Q1", 1).unwrap();
        let closed = closing::close_quarter(&world.ctx, &world.staff, quarter).await;
        assert_eq!(closed.expect("closed").created, 3);
        let filter = LineFilter {
            partner: Some(partners[1]),
            ..LineFilter::default()
        };
        let mut tx = world.ctx.store.read().await.unwrap();
        let found = line_rows::list(&mut tx, Scope::EVERYBODY, &filter, 100)
            .await
            .unwrap();
        drop(tx);
        let stated = found.iter().filter(|line| line.statement.is_some());
        assert_eq!(stated.count(), 1);
        let next = Quarter::parse("2026Q2", 1).unwrap();
        let preview = quarters::preview(&world.ctx, &world.staff, next).await;
        assert_eq!(preview.expect("a preview").statements.len(), 1);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_closing_that_was_interrupted_says_so_and_goes_on_without_a_gap() {
    for url in databases().await {
        let world = World::new(&url).await;
        let mut partners = network(&world, 102).await;
        partners.sort_unstable();
        // Lines of a partner of the second hundred cannot be read, so that its transaction ends like one that is killed.
        let broken = partners[101];
        let mut connection = AnyConnection::connect(&url).await.expect("the database");
        set_of_lines(&mut connection, broken, "currency = '?'").await;
        let quarter = Quarter::parse("2026Q1", 1).unwrap();
        let failed = closing::close_quarter(&world.ctx, &world.staff, quarter).await;
        failed.expect_err("it stops");
        set_of_lines(&mut connection, broken, "currency = 'EUR'").await;
        drop(connection);
        assert_eq!(numbers(&world).await, wanted_numbers(100));
        let preview = close_preview(&world).await;
        assert!(preview.interrupted && !preview.already_closed);
        assert_eq!((preview.stated.len(), preview.statements.len()), (100, 2));
        assert_eq!(world.close("2026Q1").await.created, 2);
        assert_eq!(numbers(&world).await, wanted_numbers(102));
        let mails = world.mails().await.into_iter();
        let told = mails.filter(|mail| mail.1.starts_with("Statement PS-"));
        assert_eq!(told.count(), 204, "each owner and each company once");
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn numbers_have_no_gap_where_a_transaction_was_rolled_back_after_it_took_them() {
    for url in databases().await {
        let world = World::new(&url).await;
        network(&world, 2).await;
        let mut connection = AnyConnection::connect(&url).await.expect("the database");
        let quarter = Quarter::parse("2026Q1", 1).unwrap();
        // The announcements cannot be written, after everything else was.
        connection
            .execute("ALTER TABLE jobs RENAME TO jobs_away")
            .await
            .expect("away");
        let failed = closing::close_quarter(&world.ctx, &world.staff, quarter).await;
        failed.expect_err("it stops");
        connection
            .execute("ALTER TABLE jobs_away RENAME TO jobs")
            .await
            .expect("back");
        drop(connection);
        assert!(numbers(&world).await.is_empty());
        assert_eq!(world.close("2026Q1").await.created, 2);
        assert_eq!(numbers(&world).await, wanted_numbers(2));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_is_carried_over_is_said_to_staff_and_to_the_partner_once() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.win("100.00", "1").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 10_000, 11_900).await;
        world.approve_all().await;
        let before = close_preview(&world).await;
        assert_eq!(before.early_until, "2026-04-10".parse().ok());
        for _ in 0..2 {
            world.close("2026Q1").await;
        }
        let after = close_preview(&world).await;
        assert!(after.already_closed);
        let carried = &after.carried[0];
        assert_eq!(
            (carried.money.minor, carried.code.as_str()),
            (1_000, "below_minimum")
        );
        let mails = world.mails().await.into_iter();
        let mut told = mails
            .filter(|mail| mail.0 == "owner@partner.test" && mail.1.contains("nothing to invoice"));
        let mail = told.next().expect("a mail").2;
        assert!(
            mail.contains("€10.00 is less than the minimum of €50.00"),
            "{mail}"
        );
        assert!(told.next().is_none());
        let page = quarters::last_carried(&world.ctx, &world.member).await;
        assert_eq!(page.expect("carried").len(), 1);
        world.accrue("2026-07-02").await;
        world.invoice("INV-1", 60_000, 71_400).await;
        world.approve_all().await;
        assert_eq!(world.close("2026Q2").await.created, 1);
        let page = quarters::last_carried(&world.ctx, &world.member).await;
        assert!(
            page.expect("carried").is_empty(),
            "a statement took it along"
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn the_preview_says_by_partner_what_keeps_lines_off_the_statements() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.win("1000.00", "1").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 200_000, 238_000).await;
        let seen = async || {
            let found = close_preview(&world).await.blocked.into_iter();
            let mut found: Vec<_> = found
                .map(|blocked| (blocked.reason.word(), blocked.sum_minor, blocked.lines))
                .collect();
            found.sort_unstable();
            found
        };
        let waits = ("awaiting-payment", 10_000, 1);
        assert_eq!(seen().await, [waits, ("not-approved", 20_000, 2)]);
        world.approve_all().await;
        let found = world.lines().await;
        lines::hold(&world.ctx, &world.staff, &[found[0].id], "Ask")
            .await
            .expect("held");
        disputes::open(&world.ctx, &world.member, found[1].id, "Why so little?")
            .await
            .expect("disputed");
        assert_eq!(
            seen().await,
            [waits, ("disputed", 10_000, 1), ("held", 10_000, 1)]
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_fiscal_quarter_ends_with_the_last_hour_of_its_last_month_where_the_programme_is() {
    for url in databases().await {
        // February to April is the first quarter; Berlin is two hours ahead of UTC by then.
        let world = World::with(&url, |programme| programme.fiscal_start = 2).await;
        world.win("1000.00", "1").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 400_000, 476_000).await;
        let quarter = Quarter::parse("2026Q1", 2).unwrap();
        assert_eq!(quarter.last(), Month::new(2026, 4));
        let close = async || closing::close_quarter(&world.ctx, &world.staff, quarter).await;
        world.go_to_instant("2026-04-30T21:59:00Z");
        assert!(matches!(
            close().await,
            Err(ServiceError::Conflict("quarter-not-ended"))
        ));
        world.go_to_instant("2026-04-30T22:00:00Z");
        lines::accrue(&world.ctx).await.expect("accrued");
        world.work().await;
        assert_eq!(world.approve_all().await, 4);
        assert_eq!(close().await.expect("closed").created, 1);
        world.work().await;
        let stated = statement(&world).await;
        assert_eq!(stated.record.total.minor, 40_000, "January is taken along");
        assert_eq!(stated.body.from, "2026-02-01".parse().ok());
        assert_eq!(stated.body.to, "2026-04-30".parse().ok());
        world.ctx.store.close().await;
    }
}
