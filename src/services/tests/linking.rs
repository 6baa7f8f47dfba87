//! Which deals invoices and refunds are for, on the real database. What came first must not matter: only what is known.

use portal_domain::{
    calendar::Timestamp,
    deal::DealState,
    ids::DealId,
    line::{LineKind, LineState},
    money::{Currency, Money},
    remote::{CreditAllocation, RemoteCredit, RemoteDeal, RemoteInvoice},
};
use portal_services::{
    ServiceError, deals, exceptions,
    links::{self, DocumentShareForm},
    mergers::{self, MergerDecision},
    operations,
};
use portal_store::{credits, invoices, lines};

use crate::{
    midterm::{plan, publish_for},
    plans::{all_lines, differences, sorted},
    reconciliation::{World, refund, sale, worlds},
    world::instant,
};

/// The deals of an invoice, and how each was found.
async fn links_of(world: &World, invoice: &str) -> Vec<(DealId, String)> {
    let mut tx = world.ctx.store.read().await.unwrap();
    let found = invoices::find(&mut tx, invoice).await.unwrap();
    let links = found.expect("an invoice").links.into_iter();
    links.map(|link| (link.deal, link.how)).collect()
}

/// The deals of a credit note, and what each bears of its SubTotal.
async fn bearers_of(world: &World, credit: &str) -> Vec<(DealId, Option<i64>)> {
    let mut tx = world.ctx.store.read().await.unwrap();
    let found = credits::find(&mut tx, credit).await.unwrap();
    let links = found.expect("a credit note").links.into_iter();
    links.map(|link| (link.deal, link.share_minor)).collect()
}

fn dated(day: &str, invoice: RemoteInvoice) -> RemoteInvoice {
    RemoteInvoice {
        date: day.parse().ok(),
        ..invoice
    }
}

fn naming(reference: &str, invoice: RemoteInvoice) -> RemoteInvoice {
    RemoteInvoice {
        reference: reference.to_owned(),
        ..invoice
    }
}

fn contact(deal: DealId) -> Vec<(DealId, String)> {
    vec![(deal, "contact".to_owned())]
}

async fn has(world: &World, kind: &str) -> bool {
    world.kinds().await.iter().any(|known| known == kind)
}

#[tokio::test]
async fn an_invoice_of_a_client_with_two_deals_waits_whichever_came_first() {
    for invoice_first in [true, false] {
        for world in worlds().await {
            let first = world.win(&world.alpha, "Acme", "9001").await;
            let invoice = || sale("INV-1", "Acme", 100_000, 100_000);
            if invoice_first {
                world.put(invoice()).await;
                assert_eq!(links_of(&world, "id-INV-1").await, contact(first));
            }
            world.win(&world.beta, "Acme", "9002").await;
            if !invoice_first {
                world.put(invoice()).await;
            }
            assert_eq!(links_of(&world, "id-INV-1").await, []);
            assert!(has(&world, "several_deals_possible").await);
            let lost = RemoteDeal {
                state: DealState::Lost,
                modified_at: world.ctx.now(),
                ..world.remote("9002", "Acme")
            };
            world.read(&lost).await;
            assert_eq!(links_of(&world, "id-INV-1").await, contact(first));
            assert!(!has(&world, "several_deals_possible").await);
            world.ctx.store.close().await;
        }
    }
}

#[tokio::test]
async fn a_client_is_known_by_its_name_in_capitals_or_not_in_any_alphabet() {
    for world in worlds().await {
        let deal = world.win(&world.alpha, "Ärzte", "9001").await;
        world.put(sale("INV-1", "ÄRZTE", 100_000, 100_000)).await;
        assert_eq!(links_of(&world, "id-INV-1").await, contact(deal));
        world.ctx.store.close().await;
    }
    for world in worlds().await {
        world.put(sale("INV-1", "ÄRZTE", 100_000, 100_000)).await;
        let deal = world.win(&world.alpha, "Ärzte", "9001").await;
        assert_eq!(links_of(&world, "id-INV-1").await, contact(deal));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn an_invoice_that_names_a_deal_that_is_open_pays_for_no_other_unless_that_is_lost() {
    for invoice_first in [true, false] {
        for world in worlds().await {
            let first = world.win(&world.alpha, "Acme", "9001").await;
            let open = RemoteDeal {
                state: DealState::Open,
                ..world.remote("9002", "Acme")
            };
            let invoice = sale("INV-1", "Acme", 100_000, 100_000);
            let invoice = naming("Deal 9002", invoice);
            if invoice_first {
                world.put(invoice.clone()).await;
            }
            let second = world.win_as(&world.beta, "Acme", open.clone()).await;
            if !invoice_first {
                world.put(invoice).await;
            }
            let named = [(second, "reference".to_owned())];
            assert_eq!(links_of(&world, "id-INV-1").await, named);
            let say = async |state| {
                let deal = RemoteDeal {
                    state,
                    modified_at: world.ctx.now(),
                    ..open.clone()
                };
                world.read(&deal).await;
            };
            say(DealState::Lost).await;
            assert_eq!(links_of(&world, "id-INV-1").await, contact(first));
            say(DealState::Open).await;
            assert_eq!(links_of(&world, "id-INV-1").await, named);
            say(DealState::Won).await;
            assert_eq!(links_of(&world, "id-INV-1").await, named);
            world.ctx.store.close().await;
        }
    }
}

#[tokio::test]
async fn a_version_that_all_deals_get_says_anew_until_when_each_is_open() {
    for world in worlds().await {
        let first = world.win(&world.alpha, "Acme", "9001").await;
        let later = RemoteDeal {
            start: "2026-05-01".parse().ok(),
            ..world.remote("9002", "Acme")
        };
        let second = world.win_as(&world.beta, "Acme", later).await;
        let invoice = sale("INV-1", "Acme", 100_000, 100_000);
        world.put(dated("2026-06-03", invoice)).await;
        assert_eq!(links_of(&world, "id-INV-1").await, []);
        assert!(has(&world, "several_deals_possible").await);
        let months = |months: &str| plan(|form| months.clone_into(&mut form.months));
        publish_for(&world, months("3"), "2026-01-01", true).await;
        world.work().await;
        assert_eq!(links_of(&world, "id-INV-1").await, contact(second));
        assert!(!has(&world, "several_deals_possible").await);
        publish_for(&world, months("12"), "2026-01-01", true).await;
        world.work().await;
        assert_eq!(links_of(&world, "id-INV-1").await, []);
        let late = dated("2026-03-03", sale("INV-1", "Acme", 100_000, 100_000));
        world.put(late).await;
        assert_eq!(links_of(&world, "id-INV-1").await, contact(first));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_trial_says_whose_lines_lose_the_invoices_that_another_deal_may_get() {
    for world in worlds().await {
        world.win(&world.alpha, "Acme", "9001").await;
        let later = RemoteDeal {
            start: "2026-05-01".parse().ok(),
            ..world.remote("9002", "Acme")
        };
        let second = world.win_as(&world.beta, "Acme", later).await;
        let months = |months: &str| plan(|form| months.clone_into(&mut form.months));
        publish_for(&world, months("3"), "2026-01-01", true).await;
        world.work().await;
        world.accrue("2026-07-02").await;
        let invoice = sale("INV-1", "Acme", 100_000, 100_000);
        world.put(dated("2026-06-03", invoice)).await;
        assert_eq!(links_of(&world, "id-INV-1").await, contact(second));
        let before = all_lines(&world).await;
        let trial = publish_for(&world, months("12"), "2026-01-01", true).await;
        world.work().await;
        assert_eq!(links_of(&world, "id-INV-1").await, []);
        let after = all_lines(&world).await;
        let lost = trial.lines.iter();
        let mut lost = lost.filter(|line| line.deal == second && line.old.earned_minor > 0);
        let may = lost.next().expect("the month that it had paid for");
        assert_eq!((may.new.minor, may.new.earned_minor), (may.old.minor, 0));
        assert_eq!(differences(&before, &after), sorted(trial.lines.clone()));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_was_linked_by_hand_is_told_once_its_deal_has_another_currency() {
    for world in worlds().await {
        world.win(&world.alpha, "Acme", "9001").await;
        let open = RemoteDeal {
            state: DealState::Open,
            ..world.remote("9002", "Other")
        };
        let deal = world.win_as(&world.beta, "Other", open.clone()).await;
        let dollars = RemoteInvoice {
            sub_total: Money::new(100_000, Currency::USD),
            total: Money::new(100_000, Currency::USD),
            ..sale("INV-1", "Acme", 100_000, 0)
        };
        world.put(dollars).await;
        links::link_document(&world.ctx, &world.staff, "id-INV-1", deal)
            .await
            .expect("linked");
        world.work().await;
        assert!(!has(&world, "other_currency").await, "it has none yet");
        let won = RemoteDeal {
            state: DealState::Won,
            ..open
        };
        world.read(&won).await;
        assert!(has(&world, "other_currency").await);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn the_invoices_of_a_renewal_go_to_its_own_deal_without_finance() {
    for invoices_first in [true, false] {
        for world in worlds().await {
            let first = world.win(&world.alpha, "Acme", "9001").await;
            let old = sale("INV-1", "Acme", 300_000, 300_000);
            let new = || dated("2026-04-05", sale("INV-2", "Acme", 100_000, 100_000));
            world.put(old).await;
            world.accrue("2026-04-06").await;
            if invoices_first {
                world.put(new()).await;
                assert_eq!(links_of(&world, "id-INV-2").await, contact(first));
            }
            let ended = RemoteDeal {
                end: "2026-04-01".parse().ok(),
                modified_at: world.ctx.now(),
                ..world.remote("9001", "Acme")
            };
            world.read(&ended).await;
            let renewal = RemoteDeal {
                start: "2026-04-01".parse().ok(),
                ..world.remote("9002", "Acme")
            };
            let second = world.win_as(&world.beta, "Acme", renewal).await;
            if !invoices_first {
                world.put(new()).await;
            }
            assert_eq!(links_of(&world, "id-INV-1").await, contact(first));
            assert_eq!(links_of(&world, "id-INV-2").await, contact(second));
            assert_eq!(world.kinds().await, Vec::<String>::new());
            world.ctx.store.close().await;
        }
    }
}

#[tokio::test]
async fn a_deal_that_was_asked_for_all_it_is_worth_takes_no_further_invoice_of_its_client() {
    for late in ["id-INV-1", "id-INV-2"] {
        for world in worlds().await {
            let setup = RemoteDeal {
                billing_period: Some("one_off".to_owned()),
                ..world.remote("9001", "Acme")
            };
            let setup = world.win_as(&world.alpha, "Acme", setup).await;
            let monthly = RemoteDeal {
                start: "2026-02-01".parse().ok(),
                ..world.remote("9002", "Acme")
            };
            let monthly = world.win_as(&world.beta, "Acme", monthly).await;
            let mut both = [
                dated("2026-01-20", sale("INV-1", "Acme", 100_000, 0)),
                dated("2026-02-20", sale("INV-2", "Acme", 100_000, 0)),
            ];
            if late == "id-INV-1" {
                both.reverse();
            }
            for invoice in both {
                world.put(invoice).await;
            }
            assert_eq!(links_of(&world, "id-INV-1").await, contact(setup));
            assert_eq!(links_of(&world, "id-INV-2").await, contact(monthly));
            world.ctx.store.close().await;
        }
    }
}

#[tokio::test]
async fn what_was_invoiced_before_a_deal_began_is_for_something_else_unless_it_names_the_deal() {
    for world in worlds().await {
        let old = |number: &str| dated("2025-12-31", sale(number, "Acme", 100_000, 100_000));
        world.put(old("INV-1")).await;
        world.put(naming("Deal 9001", old("INV-2"))).await;
        let same_month = dated("2026-01-02", sale("INV-3", "Acme", 100_000, 0));
        world.put(same_month).await;
        let deal = world.win(&world.alpha, "Acme", "9001").await;
        assert_eq!(links_of(&world, "id-INV-1").await, []);
        assert_eq!(
            links_of(&world, "id-INV-2").await,
            [(deal, "reference".to_owned())]
        );
        assert_eq!(links_of(&world, "id-INV-3").await, contact(deal));
        assert_eq!(world.kinds().await, Vec::<String>::new());
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn an_invoice_after_all_deals_of_its_client_ended_is_a_case_and_a_strangers_never() {
    for world in worlds().await {
        let ended = RemoteDeal {
            end: "2026-03-01".parse().ok(),
            ..world.remote("9001", "Acme")
        };
        let deal = world.win_as(&world.alpha, "Acme", ended).await;
        world.put(sale("INV-1", "Acme", 100_000, 100_000)).await;
        // February's is late.
        let late = || dated("2026-03-10", sale("INV-2", "Acme", 100_000, 100_000));
        world.put(late()).await;
        assert_eq!(links_of(&world, "id-INV-2").await, contact(deal));
        let stranger = dated("2026-03-10", sale("INV-9", "Stranger", 100_000, 0));
        world.put(stranger).await;
        assert!(!has(&world, "invoice_without_deal").await);
        let further = dated("2026-03-11", sale("INV-3", "Acme", 100_000, 0));
        world.put(further).await;
        assert_eq!(links_of(&world, "id-INV-3").await, []);
        let case = world.case("invoice_without_deal").await;
        let case = exceptions::find_case(&world.ctx, &world.staff, case, "").await;
        assert_eq!(case.expect("a case").deals[0].deal, deal, "proposed");
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_deal_is_named_by_its_whole_number_and_never_by_its_name() {
    for world in worlds().await {
        let named_it = RemoteDeal {
            name: "IT".to_owned(),
            ..world.remote("9001", "Acme")
        };
        let first = world.win_as(&world.alpha, "Acme", named_it).await;
        world.win(&world.beta, "Acme", "9002").await;
        for (number, reference) in [("INV-1", "Credit 12"), ("INV-2", "PO 190011")] {
            let invoice = naming(reference, sale(number, "Acme", 100_000, 0));
            world.put(invoice).await;
            assert_eq!(links_of(&world, &format!("id-{number}")).await, []);
        }
        world
            .put(naming("PO 19/9001", sale("INV-3", "Holding", 100_000, 0)))
            .await;
        assert_eq!(
            links_of(&world, "id-INV-3").await,
            [(first, "reference".to_owned())]
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn an_invoice_that_names_a_deal_which_was_merged_away_is_for_the_one_it_goes_on_in() {
    for world in worlds().await {
        let survivor = world.win(&world.alpha, "Acme", "9001").await;
        let other = world.win(&world.beta, "Other", "9002").await;
        world.accrue("2026-03-02").await;
        let before = naming("Deal 9002", sale("INV-1", "Holding", 100_000, 100_000));
        world.put(before).await;
        let mut merged = world.remote("9001", "Acme");
        merged.merged_ids = vec!["9002".to_owned()];
        world.read(&merged).await;
        let case = world.case("deals_merged").await;
        let decision = MergerDecision::Survivor;
        mergers::decide_merger(&world.ctx, &world.staff, case, decision, "Said by Ann")
            .await
            .expect("decided");
        let after = dated("2026-03-20", sale("INV-2", "Holding", 100_000, 100_000));
        world.put(naming("Deal 9002", after)).await;
        let by_reference = |deal| [(deal, "reference".to_owned())];
        assert_eq!(
            links_of(&world, "id-INV-1").await,
            by_reference(other),
            "what it had stays its own"
        );
        assert_eq!(links_of(&world, "id-INV-2").await, by_reference(survivor));
        world.ctx.store.close().await;
    }
}

/// What HubSpot says of the only deal of a client once that is not won any more.
#[derive(Clone, Copy, Debug)]
enum Loss {
    Lost,
    Reopened,
    Deleted,
}

/// The deal is not won any more from that day on, and the portal hears of it then.
async fn lose(world: &World, deal: &RemoteDeal, loss: Loss, day: &str) {
    world.accrue(day).await;
    let state = match loss {
        Loss::Lost => DealState::Lost,
        Loss::Reopened => DealState::Open,
        Loss::Deleted => {
            deals::apply_reading(&world.ctx, &deal.id, None)
                .await
                .expect("followed");
            return world.work().await;
        }
    };
    let lost = RemoteDeal {
        state,
        modified_at: world.ctx.now(),
        ..deal.clone()
    };
    world.read(&lost).await;
}

#[tokio::test]
async fn what_a_client_buys_once_its_deal_is_lost_pays_for_none_of_its_months_unless_finance_says_so()
 {
    for loss in [Loss::Lost, Loss::Reopened, Loss::Deleted] {
        for world in worlds().await {
            let deal = world.remote("9001", "Acme");
            let id = world.win_as(&world.alpha, "Acme", deal.clone()).await;
            world.accrue("2026-03-02").await;
            lose(&world, &deal, loss, "2026-03-10").await;
            for (number, day) in [("INV-1", "2026-03-10"), ("INV-2", "2026-08-05")] {
                let other = dated(day, sale(number, "Acme", 300_000, 300_000));
                world.put(other).await;
                assert_eq!(links_of(&world, &format!("id-{number}")).await, []);
            }
            assert_eq!(world.states(id).await, [LineState::Cancelled; 12]);
            assert_eq!(world.kinds().await, ["invoice_without_deal"; 2]);
            let case = world.case("invoice_without_deal").await;
            let (ctx, staff) = (&world.ctx, &world.staff);
            let case = exceptions::find_case(ctx, staff, case, "").await;
            let case = case.expect("a case");
            assert_eq!(case.view.proposals[0].deal, id, "with one click");
            let invoice = case.document.expect("an invoice");
            links::link_document(ctx, staff, &invoice.id, id)
                .await
                .expect("linked");
            world.work().await;
            assert_eq!(world.states(id).await[..2], [LineState::Covered; 2]);
            world.ctx.store.close().await;
        }
    }
}

#[tokio::test]
async fn what_a_client_was_invoiced_for_before_its_deal_was_lost_stays_paid_whenever_it_is_read() {
    for loss in [Loss::Lost, Loss::Reopened, Loss::Deleted] {
        for invoice_first in [true, false] {
            for world in worlds().await {
                let deal = world.remote("9001", "Acme");
                let id = world.win_as(&world.alpha, "Acme", deal.clone()).await;
                world.accrue("2026-03-02").await;
                let invoice = || dated("2026-03-09", sale("INV-1", "Acme", 200_000, 200_000));
                if invoice_first {
                    world.put(invoice()).await;
                }
                lose(&world, &deal, loss, "2026-03-10").await;
                if !invoice_first {
                    world.accrue("2026-05-02").await;
                    world.put(invoice()).await;
                }
                assert_eq!(links_of(&world, "id-INV-1").await, contact(id));
                let paid = world.states(id).await;
                assert_eq!(paid[..2], [LineState::Covered; 2]);
                assert_eq!(paid[2..], [LineState::Cancelled; 10]);
                world.ctx.store.close().await;
            }
        }
    }
}

#[tokio::test]
async fn a_deal_is_lost_when_hubspot_says_so_however_late_the_portal_hears_of_it() {
    for world in worlds().await {
        let deal = world.remote("9001", "Acme");
        let id = world.win_as(&world.alpha, "Acme", deal.clone()).await;
        let closed = RemoteDeal {
            closed_at: Some(Timestamp(instant("2026-03-10"))),
            ..deal.clone()
        };
        lose(&world, &closed, Loss::Lost, "2026-06-20").await;
        for (number, day, links) in [
            ("INV-1", "2026-03-09", contact(id)),
            ("INV-2", "2026-03-10", Vec::new()),
        ] {
            world.put(dated(day, sale(number, "Acme", 1_000, 0))).await;
            assert_eq!(links_of(&world, &format!("id-{number}")).await, links);
        }
        // A later change of the lost deal is no later loss.
        let closed = RemoteDeal {
            closed_at: Some(Timestamp(instant("2026-06-01"))),
            ..deal
        };
        lose(&world, &closed, Loss::Lost, "2026-07-20").await;
        assert_eq!(links_of(&world, "id-INV-2").await, []);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_was_a_lost_deals_does_not_move_to_the_one_that_the_client_bought_next() {
    for world in worlds().await {
        let deal = world.remote("9001", "Acme");
        let first = world.win_as(&world.alpha, "Acme", deal.clone()).await;
        let next = RemoteDeal {
            start: "2026-02-20".parse().ok(),
            closed_at: Some(Timestamp(instant("2026-02-20"))),
            ..world.remote("9002", "Acme")
        };
        let second = world.win_as(&world.beta, "Acme", next).await;
        let invoice = |number, day| dated(day, sale(number, "Acme", 100_000, 100_000));
        world.put(invoice("INV-1", "2026-02-10")).await;
        lose(&world, &deal, Loss::Lost, "2026-03-10").await;
        world.put(invoice("INV-2", "2026-03-15")).await;
        assert_eq!(links_of(&world, "id-INV-1").await, contact(first));
        assert_eq!(links_of(&world, "id-INV-2").await, contact(second));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_refund_after_the_loss_of_a_deal_waits_and_one_from_before_is_its_own() {
    for world in worlds().await {
        let deal = world.remote("9001", "Acme");
        let id = world.win_as(&world.alpha, "Acme", deal.clone()).await;
        lose(&world, &deal, Loss::Lost, "2026-02-20").await;
        let credit = |number, day: &str| RemoteCredit {
            date: day.parse().ok(),
            ..refund(number, "Acme", 1_000)
        };
        world.put_credit(credit("CN-1", "2026-02-19")).await;
        assert_eq!(bearers_of(&world, "id-CN-1").await, [(id, None)]);
        world.put_credit(credit("CN-2", "2026-02-20")).await;
        assert_eq!(bearers_of(&world, "id-CN-2").await, []);
        assert_eq!(world.kinds().await, ["refund_without_deal"]);
        world.ctx.store.close().await;
    }
}

/// A refund of all of a credit note that was set against an invoice.
fn refund_of(invoice: &str, minor: i64) -> RemoteCredit {
    RemoteCredit {
        allocations: vec![CreditAllocation {
            invoice: invoice.to_owned(),
            amount_minor: 1,
        }],
        ..refund("CN-1", "Acme", minor)
    }
}

#[tokio::test]
async fn a_refund_is_borne_by_the_deals_of_its_invoice_each_for_its_part() {
    for world in worlds().await {
        let first = world.win(&world.alpha, "Acme", "9001").await;
        let second = world.win(&world.beta, "Other", "9002").await;
        world.accrue("2026-02-02").await;
        world.put(sale("INV-1", "Acme", 200_000, 200_000)).await;
        let split = async |rows: &[(DealId, &str)]| {
            let rows: Vec<DocumentShareForm> = rows
                .iter()
                .map(|(deal, amount)| DocumentShareForm {
                    deal: deal.to_string(),
                    amount: (*amount).to_owned(),
                })
                .collect();
            links::split_document(&world.ctx, &world.staff, "id-INV-1", &rows)
                .await
                .expect("divided");
            world.work().await;
        };
        split(&[(first, "1200")]).await;
        world.put_credit(refund_of("id-INV-1", 10_001)).await;
        assert_eq!(
            bearers_of(&world, "id-CN-1").await,
            [(first, Some(6_001))],
            "60 % are its own, and the rest is nobody's"
        );
        split(&[(first, "1200"), (second, "800")]).await;
        let mut bearers = bearers_of(&world, "id-CN-1").await;
        bearers.sort_by_key(|bearer| bearer.1);
        assert_eq!(bearers, [(second, Some(4_000)), (first, Some(6_001))]);
        let found = world.explore(&Default::default()).await;
        let refunded: i64 = found.iter().map(|money| money.refunded_minor).sum();
        assert_eq!(refunded, 10_001);
        links::unlink_document(&world.ctx, &world.staff, "id-INV-1")
            .await
            .expect("taken back");
        assert_eq!(bearers_of(&world, "id-CN-1").await, [(first, None)]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn an_invoice_that_a_person_says_is_no_deals_counts_for_none_until_that_is_taken_back() {
    for world in worlds().await {
        let deal = world.win(&world.alpha, "Acme", "9001").await;
        world.accrue("2026-02-02").await;
        world.put(sale("INV-1", "Acme", 100_000, 100_000)).await;
        let by = |how: &str| [(deal, how.to_owned())];
        assert_eq!(links_of(&world, "id-INV-1").await, by("contact"));
        let say = async || links::say_no_deal(&world.ctx, &world.staff, "id-INV-1").await;
        say().await.expect("said");
        say().await.expect("said again");
        world.work().await;
        assert_eq!(world.kinds().await, ["no_invoice_yet"]);
        // Whatever Xero says later, and whatever is refunded of it, is no deal's either.
        let named = RemoteInvoice {
            reference: "Deal 9001".to_owned(),
            updated_at: Timestamp(9),
            ..sale("INV-1", "Acme", 100_000, 100_000)
        };
        world.put(named).await;
        world.put_credit(refund_of("id-INV-1", 10_000)).await;
        assert!(links_of(&world, "id-INV-1").await.is_empty());
        assert!(bearers_of(&world, "id-CN-1").await.is_empty());
        assert_eq!(world.kinds().await, ["no_invoice_yet"]);
        links::unlink_document(&world.ctx, &world.staff, "id-INV-1")
            .await
            .expect("taken back");
        world.work().await;
        assert_eq!(links_of(&world, "id-INV-1").await, by("reference"));
        assert_eq!(bearers_of(&world, "id-CN-1").await, [(deal, None)]);
        say().await.expect("said");
        links::link_document(&world.ctx, &world.staff, "id-INV-1", deal)
            .await
            .expect("linked");
        assert_eq!(links_of(&world, "id-INV-1").await, by("person"));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_refund_of_something_else_takes_nothing_back_once_finance_says_so() {
    for world in worlds().await {
        let first = world.win(&world.alpha, "Acme", "9001").await;
        let second = world.win(&world.beta, "Other", "9002").await;
        world.accrue("2026-04-02").await;
        world.put(sale("INV-1", "Acme", 300_000, 300_000)).await;
        world.approve_some().await;
        world.close("2026Q1").await;
        // Of another product, which nothing on the credit note says.
        world.put_credit(refund("CN-1", "Acme", 100_000)).await;
        let (ctx, staff) = (&world.ctx, &world.staff);
        let taken = async || clawed_back(&world, first).await;
        assert_eq!(taken().await, -10_000);
        links::say_no_deal(ctx, staff, "id-CN-1")
            .await
            .expect("said");
        world.work().await;
        assert_eq!(
            (bearers_of(&world, "id-CN-1").await, taken().await),
            (vec![], 0)
        );
        // What Xero says later does not overrule a person.
        let named = RemoteCredit {
            reference: "Deal 9001".to_owned(),
            ..refund("CN-1", "Acme", 100_000)
        };
        world.put_credit(named).await;
        assert_eq!(taken().await, 0);
        assert!(!has(&world, "refund_without_deal").await);
        let row = |deal: DealId, amount: &str| DocumentShareForm {
            deal: deal.to_string(),
            amount: amount.to_owned(),
        };
        let rows = [row(first, "20"), row(second, "300")];
        links::split_document(ctx, staff, "id-CN-1", &rows)
            .await
            .expect("divided");
        world.work().await;
        let mut bearers = bearers_of(&world, "id-CN-1").await;
        bearers.sort_by_key(|bearer| bearer.1);
        assert_eq!(bearers, [(first, Some(2_000)), (second, Some(30_000))]);
        assert_eq!(taken().await, -10_000);
        links::unlink_document(ctx, staff, "id-CN-1")
            .await
            .expect("taken back");
        world.work().await;
        assert_eq!(bearers_of(&world, "id-CN-1").await, [(first, None)]);
        let refused = links::unlink_document(ctx, staff, "id-CN-1").await;
        assert!(
            matches!(refused, Err(ServiceError::Conflict("not-linked-by-person"))),
            "{refused:?}"
        );
        world.ctx.store.close().await;
    }
}

/// What is taken back of a deal's lines, and not given back.
async fn clawed_back(world: &World, deal: DealId) -> i64 {
    let mut tx = world.ctx.store.read().await.unwrap();
    let found = lines::list_of_deal(&mut tx, deal).await.unwrap();
    let standing = found
        .iter()
        .filter(|line| line.state != LineState::Cancelled);
    let taken = standing.filter(|line| line.kind == LineKind::Clawback);
    taken.map(|line| line.money.minor).sum()
}

#[tokio::test]
async fn the_parts_of_a_refund_that_became_smaller_are_a_case_until_they_fit() {
    for world in worlds().await {
        let deal = world.win(&world.alpha, "Acme", "9001").await;
        world.put_credit(refund("CN-1", "Acme", 5_000)).await;
        let row = DocumentShareForm {
            deal: deal.to_string(),
            amount: "40".to_owned(),
        };
        links::split_document(&world.ctx, &world.staff, "id-CN-1", &[row])
            .await
            .expect("divided");
        world.put_credit(refund("CN-1", "Acme", 3_000)).await;
        assert_eq!(world.kinds().await, ["shares_beyond_document"]);
        world.put_credit(refund("CN-1", "Acme", 5_000)).await;
        assert_eq!(world.kinds().await, Vec::<String>::new());
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_refund_whose_parts_no_fraction_holds_waits_for_a_person_and_stops_no_other() {
    for world in worlds().await {
        let deal = world.win(&world.alpha, "Acme", "9001").await;
        let row = DocumentShareForm {
            deal: deal.to_string(),
            amount: "1".to_owned(),
        };
        // Primes: the deal's part of all of them together is a fraction of their product.
        let primes = [
            1_000_000_007,
            1_000_000_009,
            1_000_000_021,
            1_000_000_033,
            1_000_000_087,
        ];
        let mut allocations = Vec::new();
        for (place, net_minor) in primes.into_iter().enumerate() {
            let invoice = sale(&format!("INV-{place}"), "Stranger", net_minor, 0);
            let id = invoice.id.clone();
            world.put(invoice).await;
            links::split_document(&world.ctx, &world.staff, &id, std::slice::from_ref(&row))
                .await
                .expect("divided");
            allocations.push(CreditAllocation {
                invoice: id,
                amount_minor: 1,
            });
        }
        world.work().await;
        let group = RemoteCredit {
            allocations,
            ..refund("CN-1", "Acme", 1_000)
        };
        world.put_credit(group).await;
        assert!(has(&world, "refund_without_deal").await);
        world.put_credit(refund("CN-2", "Acme", 1_000)).await;
        assert_eq!(bearers_of(&world, "id-CN-2").await, [(deal, None)]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_refund_in_another_currency_than_its_deals_is_a_case() {
    for world in worlds().await {
        let deal = world.win(&world.alpha, "Acme", "9001").await;
        let dollars = Money::new(5_000, Currency::USD);
        let credit = |status: &str| RemoteCredit {
            sub_total: dollars,
            total: dollars,
            status: status.to_owned(),
            ..refund("CN-1", "Acme", 5_000)
        };
        world.put_credit(credit("PAID")).await;
        assert_eq!(bearers_of(&world, "id-CN-1").await, [(deal, None)]);
        assert_eq!(world.kinds().await, ["other_currency"]);
        world.put_credit(credit("VOIDED")).await;
        assert_eq!(world.kinds().await, Vec::<String>::new());
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn the_backstop_reads_paid_invoices_and_refunds_again_and_what_is_gone_counts_no_longer() {
    for world in worlds().await {
        let deal = world.win(&world.alpha, "Acme", "9001").await;
        world.accrue("2026-02-02").await;
        let paid = RemoteInvoice {
            status: "PAID".to_owned(),
            ..sale("INV-1", "Acme", 100_000, 100_000)
        };
        world.put(paid).await;
        world.put(sale("INV-2", "Acme", 100_000, 0)).await;
        world.put(sale("INV-3", "Stranger", 100_000, 0)).await;
        world.put_credit(refund("CN-1", "Acme", 1)).await;
        let ctx = &world.ctx;
        let next = async |limit| {
            let found = operations::list_invoices_to_read(ctx, limit).await;
            found.expect("ids")
        };
        assert_eq!(next(40).await, ["id-INV-2", "id-INV-3"], "just read");
        assert_eq!(operations::find_refund_to_read(ctx).await.unwrap(), None);
        world.accrue("2026-02-04").await;
        assert_eq!(next(40).await, ["id-INV-2", "id-INV-3", "id-INV-1"]);
        let refund = operations::find_refund_to_read(ctx).await.unwrap();
        assert_eq!(refund.as_deref(), Some("id-CN-1"));
        // Xero does not answer for the oldest: it is asked for again after the others only.
        assert_eq!(next(2).await, ["id-INV-2", "id-INV-1"]);
        operations::invoices_looked_at(ctx, &["id-INV-2".to_owned(), "id-INV-1".to_owned()])
            .await
            .expect("looked at");
        assert_eq!(next(1).await, ["id-INV-3"]);
        assert_eq!(world.states(deal).await[0], LineState::Covered);
        links::invoice_gone(ctx, "id-INV-1").await.expect("gone");
        links::credit_gone(ctx, "id-CN-1").await.expect("gone");
        world.work().await;
        assert_eq!(world.states(deal).await[0], LineState::Awaiting);
        assert!(!next(40).await.contains(&"id-INV-1".to_owned()));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_document_that_cannot_be_read_is_a_case_until_it_can() {
    for world in worlds().await {
        let read = async |unreadable: &[(String, String)], read: &[String]| {
            operations::documents_read(&world.ctx, read, unreadable)
                .await
                .expect("told");
        };
        let bad = ("id-INV-1".to_owned(), "INV-1 has no currency".to_owned());
        read(std::slice::from_ref(&bad), &[]).await;
        assert_eq!(world.kinds().await, ["document_unreadable"]);
        read(&[], &["id-INV-2".to_owned()]).await;
        assert_eq!(world.kinds().await, ["document_unreadable"]);
        read(&[], &[bad.0]).await;
        assert_eq!(world.kinds().await, Vec::<String>::new());
        world.ctx.store.close().await;
    }
}
