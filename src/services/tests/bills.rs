//! Bills that do not go as they should, on the real database: what is refused, what is taken back, and who is told, once.

use LineState::{Invoiced, Paid, Stated};
use portal_domain::{
    bill::BillState,
    ids::BillId,
    line::LineState,
    money::Currency,
    remote::RemoteInvoice,
    statement::{InvoiceForm, SettlementState},
};
use portal_services::{
    ServiceError,
    bills::{self, Asking},
    exceptions, links,
    statements::{self, StatementView},
};
use portal_store::audit;

use crate::world::{World, databases};

const NUMBER: &str = "PS-2026Q1-000001";
const DIFFERS: &str = "bill_differs_from_statement";

/// A statement over 300.00, three lines of 100.00, of a partner that Xero knows.
async fn stated(url: &str) -> World {
    let world = World::new(url).await;
    world.win("1000.00", "1").await;
    world.accrue("2026-04-02").await;
    world.invoice("INV-1", 300_000, 357_000).await;
    world.approve_all().await;
    world.close("2026Q1").await;
    let contact = "contact-partner";
    let found = bills::partner_contact_found(&world.ctx, world.partner, contact).await;
    found.expect("remembered");
    world
}

async fn statement(world: &World) -> StatementView {
    let found = statements::list_for_partner(&world.ctx, &world.member).await;
    found.expect("statements").remove(0)
}

/// A bill that names the statement in its second line.
async fn named(world: &World, id: &str, number: &str, net_minor: i64) -> RemoteInvoice {
    let bill = world.bill(id, number, net_minor, 0, "AUTHORISED").await;
    RemoteInvoice {
        description: format!("Commission\nas of {}", NUMBER.to_lowercase()),
        ..bill
    }
}

async fn read(world: &World, bill: &RemoteInvoice) {
    let applied = links::apply_invoice(&world.ctx, bill).await;
    applied.expect("applied");
    world.work().await;
}

async fn raise(world: &World, number: &str, amount: &str) -> Result<BillId, ServiceError> {
    let form = InvoiceForm {
        statement: statement(world).await.record.id.to_string(),
        number: number.to_owned(),
        amount: amount.to_owned(),
    };
    bills::raise(&world.ctx, &world.member, &form, None).await
}

fn is_open(found: &[String], kind: &str) -> bool {
    found.iter().any(|known| known == kind)
}

/// The texts of the mails to the partner's owner whose subject holds a word, oldest first.
async fn mails(world: &World, subject: &str) -> Vec<String> {
    let all = world.mails().await.into_iter();
    let to_owner = all.filter(|mail| mail.0 == "owner@partner.test" && mail.1.contains(subject));
    to_owner.map(|mail| mail.2).collect()
}

#[tokio::test]
async fn a_bill_that_names_its_statement_in_any_line_is_found_whatever_its_capitals() {
    for url in databases().await {
        let world = stated(&url).await;
        read(&world, &named(&world, "bill-1", "R-1", 30_000).await).await;
        assert_eq!(world.states().await[..3], [Invoiced; 3]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn each_mismatch_is_said_to_finance_and_the_partner_in_the_same_words() {
    for url in databases().await {
        let world = stated(&url).await;
        let euros = |net_minor| (net_minor, Currency::EUR);
        for (place, ((net_minor, currency), word, told)) in [
            (euros(25_000), "net", "and €300.00 of statement"),
            (euros(0), "not_positive", "asks for nothing"),
            (euros(30_001), "above_rest", "only €300.00 of statement"),
            ((30_000, Currency::GBP), "currency", "is over £300.00 net"),
        ]
        .into_iter()
        .enumerate()
        {
            let mut bill = named(&world, "bill-1", "R-1", net_minor).await;
            (bill.sub_total.currency, bill.total.currency) = (currency, currency);
            read(&world, &bill).await;
            assert_told(&world, word, told, place + 1).await;
        }
        read(&world, &named(&world, "bill-1", "R-1", 30_000).await).await;
        assert!(!is_open(&world.exceptions().await, DIFFERS));
        read(&world, &named(&world, "bill-2", "R-2", 10_000).await).await;
        assert_told(&world, "already_invoiced", "invoiced already with R-1", 5).await;
        read(&world, &named(&world, "bill-1", "R-1", 20_000).await).await;
        let why = "was raised over €300.00, and is over €200.00 net";
        let page = statement(&world).await.mismatches;
        assert_eq!(page.len(), 2);
        assert!(mails(&world, "does not fit").await[5].contains(why));
        world.ctx.store.close().await;
    }
}

/// The case, the mail and the page say the same.
async fn assert_told(world: &World, word: &str, told: &str, mails_by_now: usize) {
    let found = exceptions::list_exceptions(&world.ctx, &world.staff, 100).await;
    let mut found = found.expect("exceptions").into_iter();
    let case = found.find(|view| view.record.kind == DIFFERS);
    let case = case.expect("a case").facts;
    assert_eq!(case["mismatch"], word);
    let said = portal_services::mismatch::sentence(
        &portal_words::Words::of(portal_words::Locale::En),
        &case,
    );
    assert!(said.contains(told), "{said}");
    assert_eq!(statement(world).await.mismatches, [case]);
    let mails = mails(world, "does not fit").await;
    assert_eq!(mails.len(), mails_by_now, "{word}");
    assert!(mails[mails_by_now - 1].contains(&said), "{said}");
}

#[tokio::test]
async fn a_number_that_was_used_and_a_bill_of_somebody_else_are_refused() {
    for url in databases().await {
        let world = stated(&url).await;
        read(&world, &named(&world, "bill-1", "R-1", 10_000).await).await;
        read(&world, &named(&world, "bill-2", "r-1", 20_000).await).await;
        assert_told(
            &world,
            "number_used",
            "has a number that another invoice",
            1,
        )
        .await;
        let mut stranger = named(&world, "bill-3", "X-1", 20_000).await;
        (stranger.contact_id, stranger.contact_name) = ("c-x".to_owned(), "Xenon".to_owned());
        read(&world, &stranger).await;
        let cases = world.exceptions().await;
        assert_eq!(cases.iter().filter(|kind| *kind == DIFFERS).count(), 2);
        assert_eq!(
            statement(&world).await.mismatches.len(),
            1,
            "not the partner's"
        );
        assert_eq!(mails(&world, "does not fit").await.len(), 1);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_mismatch_that_was_let_stand_is_not_told_again_at_every_sweep() {
    for url in databases().await {
        let world = stated(&url).await;
        let wrong = named(&world, "bill-1", "R-1", 25_000).await;
        read(&world, &wrong).await;
        assert_eq!(mails(&world, "does not fit").await.len(), 1);
        let found = exceptions::list_exceptions(&world.ctx, &world.staff, 100).await;
        let mut found = found.expect("exceptions").into_iter();
        let case = found.find(|view| view.record.kind == DIFFERS);
        let id = case.expect("a case").record.id;
        exceptions::dismiss_exception(&world.ctx, &world.staff, id, "Agreed by phone")
            .await
            .expect("dismissed");
        for _ in 0..2 {
            read(&world, &wrong).await;
        }
        assert_eq!(mails(&world, "does not fit").await.len(), 1);
        assert!(!is_open(&world.exceptions().await, DIFFERS));
        read(&world, &named(&world, "bill-1", "R-1", 30_001).await).await;
        assert_eq!(
            mails(&world, "does not fit").await.len(),
            2,
            "it is another one"
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_refused_bill_that_is_voided_edited_or_moved_leaves_no_case() {
    for url in databases().await {
        let world = stated(&url).await;
        for change in ["voided", "edited", "moved"] {
            let mut bill = named(&world, change, change, 25_000).await;
            read(&world, &bill).await;
            assert!(is_open(&world.exceptions().await, DIFFERS), "{change}");
            bill = named(&world, change, change, 25_000).await;
            match change {
                "voided" => bill.status = "VOIDED".to_owned(),
                "edited" => bill.description = "Something else".to_owned(),
                _ => {
                    (bill.contact_id, bill.contact_name) = ("c-x".to_owned(), "X".to_owned());
                    bill.description = String::new();
                }
            }
            read(&world, &bill).await;
            assert!(!is_open(&world.exceptions().await, DIFFERS), "{change}");
        }
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_bill_that_xero_does_not_take_is_told_once_and_can_be_withdrawn() {
    for url in databases().await {
        let world = stated(&url).await;
        // The partner used that number before there was a portal.
        read(
            &world,
            &world.bill("old", "re-1", 30_000, 0, "AUTHORISED").await,
        )
        .await;
        let refused = raise(&world, "RE-1", "").await;
        let Err(ServiceError::Invalid(errors)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(errors.0[0].code, "invoice-number-in-xero");
        let bill = raise(&world, "RE-2", "").await.expect("raised");
        for _ in 0..2 {
            let said = bills::cannot_be_made(&world.ctx, bill, "Xero says no").await;
            said.expect("said");
        }
        assert_eq!(mails(&world, "could not be booked").await.len(), 1);
        assert!(is_open(&world.exceptions().await, "bill_not_made"));
        assert_eq!(statement(&world).await.not_made, ["RE-2"]);
        let withdrawn = bills::withdraw(&world.ctx, &world.member, bill).await;
        withdrawn.expect("withdrawn");
        assert!(!is_open(&world.exceptions().await, "bill_not_made"));
        assert_eq!(statement(&world).await.rest.minor, 30_000);
        let again = raise(&world, "RE-2", "").await.expect("raised again");
        read(&world, &named(&world, "bill-1", "RE-2", 30_000).await).await;
        assert!(matches!(
            bills::withdraw(&world.ctx, &world.staff, again).await,
            Err(ServiceError::Conflict("bill-in-xero"))
        ));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn the_partner_is_told_of_a_payment_that_is_undone_and_of_a_bill_that_is_voided() {
    for url in databases().await {
        let world = stated(&url).await;
        let mut bill = named(&world, "bill-1", "R-1", 30_000).await;
        bill.paid_minor = 35_700;
        read(&world, &bill).await;
        read(&world, &bill).await;
        assert_eq!(world.states().await[..3], [Paid; 3]);
        let paid = mails(&world, "is paid").await;
        assert_eq!(paid.len(), 1);
        for told in ["Net: €300.00", "VAT: €57.00", "Gross: €357.00"] {
            assert!(paid[0].contains(told), "{}", paid[0]);
        }
        let company = world.mails().await.into_iter();
        let company = company.filter(|mail| mail.0 == "billing@partner-company.com");
        let company: Vec<String> = company.map(|mail| mail.1).collect();
        assert_eq!(
            company.len(),
            2,
            "its statement and its payment: {company:?}"
        );
        read(&world, &named(&world, "bill-1", "R-1", 30_000).await).await;
        let undone = mails(&world, "was taken back").await;
        assert_eq!(undone.len(), 1);
        assert!(undone[0].contains("€300.00"), "{}", undone[0]);
        assert_eq!(statement(&world).await.bills[0].undone_minor, 30_000);
        let mut voided = named(&world, "bill-1", "R-1", 30_000).await;
        voided.status = "VOIDED".to_owned();
        read(&world, &voided).await;
        assert_eq!(world.states().await[..3], [Stated; 3]);
        assert_eq!(mails(&world, "was voided").await.len(), 1);
        assert_eq!(statement(&world).await.voided, ["R-1"]);
        read(&world, &named(&world, "bill-2", "R-2", 30_000).await).await;
        assert!(!is_open(&world.exceptions().await, "bill_voided"));
        assert!(statement(&world).await.voided.is_empty());
        world.ctx.store.close().await;
    }
}

async fn ask(world: &World, bill: BillId) -> Asking {
    bills::ask(&world.ctx, bill).await.expect("looked")
}

async fn withdraw(world: &World, bill: BillId) -> Result<(), ServiceError> {
    let withdrawn = bills::withdraw(&world.ctx, &world.member, bill).await;
    withdrawn.map(|_| ())
}

#[tokio::test]
async fn a_bill_that_xero_may_have_is_withdrawn_only_after_xero_has_said_no() {
    for url in databases().await {
        let world = stated(&url).await;
        let bill = raise(&world, "RE-1", "").await.expect("raised");
        assert_eq!(ask(&world, bill).await, Asking::Now);
        // The worker dies, or the answer is lost: nobody knows whether Xero has it.
        assert_eq!(ask(&world, bill).await, Asking::Now, "by another worker");
        assert!(matches!(
            withdraw(&world, bill).await,
            Err(ServiceError::Conflict("bill-being-made"))
        ));
        bills::not_in_xero(&world.ctx, bill).await.expect("said");
        withdraw(&world, bill).await.expect("withdrawn");
        assert_eq!(ask(&world, bill).await, Asking::Never);
        assert!(matches!(
            bills::for_creation(&world.ctx, bill).await,
            Err(ServiceError::NotFound)
        ));
        let statement = statement(&world).await;
        assert_eq!((statement.rest.minor, statement.bills.len()), (30_000, 0));
        assert_eq!(statement.ended[0].state, BillState::Withdrawn);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_bill_is_not_made_beside_one_in_xero_that_leaves_it_nothing() {
    for url in databases().await {
        let world = stated(&url).await;
        let bill = raise(&world, "RE-1", "").await.expect("raised");
        read(&world, &named(&world, "bill-1", "R-77", 30_000).await).await;
        assert!(is_open(&world.exceptions().await, DIFFERS));
        let Asking::Refused(why) = ask(&world, bill).await else {
            panic!("it would be paid twice")
        };
        assert!(why.contains("R-77 over 300.00 EUR"), "{why}");
        withdraw(&world, bill).await.expect("withdrawn");
        read(&world, &named(&world, "bill-1", "R-77", 30_000).await).await;
        assert_eq!(world.states().await[..3], [Invoiced; 3]);
        assert!(!is_open(&world.exceptions().await, DIFFERS));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_bill_is_made_beside_one_in_xero_that_leaves_it_enough() {
    for url in databases().await {
        let world = stated(&url).await;
        let bill = raise(&world, "RE-1", "100.00").await.expect("raised");
        read(&world, &named(&world, "bill-1", "R-77", 20_000).await).await;
        assert_eq!(world.states().await[..3], [Stated, Invoiced, Invoiced]);
        assert_eq!(ask(&world, bill).await, Asking::Now);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn nobody_is_told_that_a_bill_cannot_be_made_once_it_is_found_in_xero() {
    for url in databases().await {
        let world = stated(&url).await;
        let bill = raise(&world, "RE-1", "").await.expect("raised");
        read(&world, &named(&world, "bill-1", "RE-1", 30_000).await).await;
        let said = bills::cannot_be_made(&world.ctx, bill, "Xero said no before").await;
        said.expect("said");
        assert!(!is_open(&world.exceptions().await, "bill_not_made"));
        assert!(mails(&world, "could not be booked").await.is_empty());
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn an_invoice_for_a_part_is_for_whole_lines() {
    for url in databases().await {
        let world = stated(&url).await;
        let Err(ServiceError::Invalid(errors)) = raise(&world, "RE-1", "150.00").await else {
            panic!("half a line")
        };
        assert_eq!(errors.0[0].code, "amount-not-whole-lines");
        assert_eq!(errors.0[0].detail, "100.00");
        world.ctx.store.close().await;
    }
}

/// Reads a bill of which so much is paid, net.
async fn pay(world: &World, id: &str, net_minor: i64, paid_minor: i64) {
    let mut bill = named(world, id, id, net_minor).await;
    bill.paid_minor = paid_minor + paid_minor * 19 / 100;
    read(world, &bill).await;
}

#[tokio::test]
async fn each_bills_payments_pay_its_own_lines_in_whatever_order_they_come() {
    for url in databases().await {
        let world = stated(&url).await;
        pay(&world, "R-1", 10_000, 0).await;
        for (first, second, states, settlement) in [
            (0, 20_000, [Invoiced, Paid, Paid], SettlementState::PartPaid),
            (
                9_900,
                20_000,
                [Invoiced, Paid, Paid],
                SettlementState::PartPaid,
            ),
            (
                9_900,
                10_000,
                [Invoiced, Paid, Invoiced],
                SettlementState::PartPaid,
            ),
            (9_900, 9_900, [Invoiced; 3], SettlementState::PartPaid),
            (
                10_000,
                19_900,
                [Paid, Paid, Invoiced],
                SettlementState::PartPaid,
            ),
            (10_000, 20_000, [Paid; 3], SettlementState::Paid),
            (0, 0, [Invoiced; 3], SettlementState::Invoiced),
        ] {
            pay(&world, "R-2", 20_000, second).await;
            pay(&world, "R-1", 10_000, first).await;
            assert_eq!(world.states().await[..3], states, "{first} and {second}");
            let statement = statement(&world).await;
            assert_eq!(
                (statement.settlement, statement.paid.minor),
                (settlement, first + second)
            );
        }
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_bill_that_is_voided_between_others_takes_no_line_from_them() {
    for url in databases().await {
        let world = stated(&url).await;
        for number in ["R-1", "R-2", "R-3"] {
            pay(&world, number, 10_000, 0).await;
        }
        pay(&world, "R-3", 10_000, 10_000).await;
        let mut voided = named(&world, "R-2", "R-2", 10_000).await;
        voided.status = "VOIDED".to_owned();
        read(&world, &voided).await;
        assert_eq!(world.states().await[..3], [Invoiced, Stated, Paid]);
        read(&world, &voided).await;
        // What is free is February alone, whoever takes it, under the old number too.
        let again = named(&world, "bill-4", "R-2", 10_000).await;
        read(&world, &again).await;
        assert_eq!(world.states().await[..3], [Invoiced, Invoiced, Paid]);
        pay(&world, "R-3", 10_000, 0).await;
        let paid = RemoteInvoice {
            paid_minor: 11_900,
            ..named(&world, "bill-4", "R-2", 10_000).await
        };
        read(&world, &paid).await;
        assert_eq!(world.states().await[..3], [Invoiced, Paid, Invoiced]);
        world.ctx.store.close().await;
    }
}

/// What the portal did to bills by itself, oldest first: the act and its facts.
async fn acts_of_portal(world: &World) -> Vec<(String, serde_json::Value)> {
    let mut tx = world.ctx.store.read().await.expect("the database");
    let found = audit::list(&mut tx, &audit::AuditFilter::default(), i64::MAX, 100).await;
    let mut found = found.expect("acts");
    found.retain(|record| record.person.is_none() && record.act.ends_with("_bill"));
    let acts = found.into_iter().rev();
    acts.map(|record| {
        (
            record.act,
            serde_json::from_str(&record.facts).expect("facts"),
        )
    })
    .collect()
}

#[tokio::test]
async fn what_becomes_of_bills_stays_on_record() {
    for url in databases().await {
        let world = stated(&url).await;
        raise(&world, "RE-1", "100.00").await.expect("raised");
        read(&world, &named(&world, "bill-1", "RE-1", 10_000).await).await;
        for paid_minor in [20_000, 0] {
            pay(&world, "R-2", 20_000, paid_minor).await;
        }
        let mut voided = named(&world, "R-2", "R-2", 20_000).await;
        voided.status = "VOIDED".to_owned();
        for _ in 0..2 {
            read(&world, &voided).await;
        }
        let acts = acts_of_portal(&world).await;
        let names: Vec<&str> = acts.iter().map(|(act, _)| act.as_str()).collect();
        let wanted = [
            "book_bill",
            "find_bill",
            "settle_bill",
            "settle_bill",
            "void_bill",
        ];
        assert_eq!(names, wanted);
        let settled = &acts[3].1;
        assert_eq!(
            (&settled["paid_minor"], &settled["before_minor"]),
            (&0.into(), &20_000.into())
        );
        let ended = statement(&world).await.ended;
        let ended: Vec<_> = ended
            .iter()
            .map(|bill| (bill.state, bill.undone_minor))
            .collect();
        assert_eq!(ended, [(BillState::Voided, 20_000)]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_credit_note_against_a_bill_is_told_and_only_money_pays_its_lines() {
    for url in databases().await {
        let world = stated(&url).await;
        read(&world, &named(&world, "bill-1", "R-1", 30_000).await).await;
        let credited = |bill: RemoteInvoice, paid_minor| RemoteInvoice {
            status: "PAID".to_owned(),
            paid_minor,
            credited_minor: 35_700 - paid_minor,
            due_minor: 0,
            ..bill
        };
        for (paid_minor, states) in [(0, [Invoiced; 3]), (23_800, [Paid, Paid, Invoiced])] {
            let bill = named(&world, "bill-1", "R-1", 30_000).await;
            read(&world, &credited(bill, paid_minor)).await;
            assert_eq!(world.states().await[..3], states);
            let said = &statement(&world).await.mismatches;
            assert_eq!(said[0]["mismatch"], "credited");
        }
        let told = mails(&world, "A credit note").await;
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("settles €357.00 of it"), "{}", told[0]);
        pay(&world, "bill-1", 30_000, 30_000).await;
        assert_eq!(world.states().await[..3], [Paid; 3]);
        assert!(!is_open(&world.exceptions().await, DIFFERS));
        world.ctx.store.close().await;
    }
}
