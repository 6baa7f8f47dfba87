//! Programmes as they might happen, made up at random: plans, deals, changes, invoices, payments, credit notes and refunds, late and twice and in any order,
//! with month ends, approvals, quarter closes and bills between them. Whatever happens, the proof holds, and the books are what a person with a pencil finds.
//!
//! What a vendor says is numbered in the order in which it became true there; how it reaches the portal is another order.
//! More cases: `PROPTEST_CASES=500 cargo test -p portal-services --test services programmes`.

mod buckets;
mod coverage;
mod links;
mod network;
mod pencil;
mod script;
mod statements;
mod told;
mod vendors;

use portal_domain::deal::DealState;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

use network::{Delivery, Network};
use script::{
    CreditSaid, DealSaid, Desk, Event, InvoiceSaid, Moment, Said, Script, Terms, VALUES, any_script,
};

// ---------------------------------------------------------------- the properties

/// One programme: the proof at every step, the pencil at the end, more money, and all of it once more.
async fn check_history(script: &Script) {
    let network = Network::new(script).await;
    network.play(Delivery::AnyOrder).await;
    network.check_by_hand().await;
    network.check_statements_by_hand().await;
    network.check_buckets().await;
    let (seen, entries) = (network.see().await, network.count_entries().await);
    network.replay().await;
    assert_eq!(network.see().await, seen, "played once more");
    assert_eq!(
        network.count_entries().await,
        entries,
        "nothing was posted again"
    );
    network.check_that_more_money_covers_no_less().await;
    network.world.ctx.store.close().await;
}

/// The same programme twice, as the vendors told it and in another order.
async fn check_order(script: &Script) {
    let script = script.with_readings_in_time();
    let (one, other) = (Network::new(&script).await, Network::new(&script).await);
    one.play(Delivery::InOrder).await;
    other.play(Delivery::AnyOrder).await;
    compare(&one, &other).await;
}

/// The same once all readings have arrived, at once or months late.
async fn check_delay(script: &Script) {
    let script = script.with_late_readings();
    let (one, other) = (Network::new(&script).await, Network::new(&script).await);
    one.play(Delivery::InOrder).await;
    other.play(Delivery::AnyOrder).await;
    one.end().await;
    other.end().await;
    compare(&one, &other).await;
}

/// The same programme in two databases.
async fn check_replay(script: &Script) {
    let (one, other) = (Network::new(script).await, Network::elsewhere(script).await);
    one.play(Delivery::AnyOrder).await;
    other.play(Delivery::AnyOrder).await;
    compare(&one, &other).await;
}

async fn compare(one: &Network, other: &Network) {
    assert_eq!(other.see().await, one.see().await);
    one.world.ctx.store.close().await;
    other.world.ctx.store.close().await;
}

fn block_on(check: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(check);
}

/// The same cases every time, so that a red run is red again.
fn run(cases: u32, seed: u64, check: impl Fn(&Script)) {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
    let asked = std::env::var("PROPTEST_CASES").ok();
    let config = Config {
        cases: asked.and_then(|text| text.parse().ok()).unwrap_or(cases),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 250,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&any_script(), |script| {
        check(&script);
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(why, script)) => panic!("{why}\nThe shortest programme: {script:?}"),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}

#[test]
fn any_programme_is_proved_at_every_step_found_again_by_hand_and_changed_by_no_replay() {
    run(24, 1, |script| block_on(check_history(script)));
}

#[test]
fn what_vendors_say_between_two_month_ends_ends_the_same_in_any_order() {
    run(12, 2, |script| block_on(check_order(script)));
}

#[test]
fn what_is_heard_of_months_late_ends_the_same_as_if_it_had_been_heard_at_once() {
    run(12, 3, |script| block_on(check_delay(script)));
}

#[test]
fn a_whole_history_in_an_empty_database_makes_the_same_books() {
    run(3, 4, |script| block_on(check_replay(script)));
}

// ---------------------------------------------------------------- what they found

const WON: DealSaid = DealSaid {
    deal: 0,
    state: DealState::Won,
    value: 0,
    period: 0,
    won_after: 0,
    starts_after: None,
    ends_after: None,
};

const LOST: DealSaid = DealSaid {
    state: DealState::Lost,
    ..WON
};

/// An invoice of the first client over one month, of which so many quarters are paid.
const fn invoice(number: usize, quarters: i64, names: Option<usize>) -> Said {
    Said::Invoice(InvoiceSaid {
        client: 0,
        number,
        net: VALUES[0],
        paid: quarters,
        prepaid: 0,
        status: "AUTHORISED",
        names,
        issued: 17,
    })
}

/// A refund of a half to the first client, for no invoice.
const REFUND: Said = Said::Credit(CreditSaid {
    client: 0,
    number: 0,
    net: 2,
    against: Vec::new(),
    refunded: 1,
    status: "AUTHORISED",
    names: None,
    issued: 26,
});

/// Months in which people approve and pay nothing; the shuffled order is the other way round.
fn script<const N: usize>(months: [&[Said]; N]) -> Script {
    let terms = || Terms {
        rate: 1,
        tiers: Vec::new(),
        months: None,
        cap: None,
        bonus: None,
        share: None,
        tail: None,
    };
    let event = |(said, order): (&Said, u8)| Event {
        said: said.clone(),
        order,
        late: [0; 2],
    };
    let moment = |said: &[Said]| Moment {
        said: said
            .iter()
            .zip([19, 17, 14, 13, 11, 10, 8])
            .map(event)
            .collect(),
        removed: None,
        desk: Desk::EMPTY,
    };
    Script {
        plans: [terms(), terms()],
        clients: [0, 1, 2],
        won: [0; 3],
        months: months.into_iter().map(moment).collect(),
    }
}

#[test]
fn an_invoice_falls_due_without_another_reading() {
    block_on(async {
        let mut script = script([&[Said::Deal(WON), invoice(0, 0, None)], &[]]);
        // No later month that ends has the deal looked at again.
        script.plans[0].months = Some(1);
        let network = Network::new(&script).await;
        network.play(Delivery::InOrder).await;
        let found = network.exceptions().await;
        let late = |text: &String| text.starts_with("invoice_overdue");
        assert_eq!(
            found.iter().filter(|text| late(text)).count(),
            1,
            "{found:?}"
        );
        network.world.ctx.store.close().await;
    });
}

#[test]
fn a_refund_is_for_the_deal_whether_it_comes_before_the_loss_or_after() {
    block_on(check_order(&script([
        &[Said::Deal(WON)],
        &[Said::Deal(LOST), REFUND],
    ])));
}

#[test]
fn the_money_of_a_lost_deal_counts_whether_it_comes_before_the_loss_or_after() {
    block_on(check_order(&script([
        &[Said::Deal(WON)],
        &[Said::Deal(LOST), invoice(0, 4, None)],
    ])));
}

#[test]
fn a_refund_that_comes_before_the_deal_is_won_is_for_it_all_the_same() {
    block_on(check_order(&script([&[Said::Deal(WON), REFUND], &[]])));
}

#[test]
fn a_month_that_is_cancelled_keeps_no_fills() {
    let rows: [&[Said]; 4] = [
        &[Said::Deal(WON), invoice(0, 3, None), invoice(1, 2, None)],
        &[],
        &[Said::Deal(LOST)],
        &[invoice(0, 0, None)],
    ];
    block_on(check_history(&script(rows)));
}

#[test]
fn an_invoice_that_names_a_deal_is_for_it_even_if_that_is_won_later() {
    let second = Said::Deal(DealSaid { deal: 1, ..WON });
    block_on(check_history(&script([
        &[Said::Deal(WON), invoice(0, 4, Some(1))],
        &[second],
    ])));
}

#[test]
fn of_two_deals_that_were_won_on_one_day_the_same_is_the_first_whichever_is_heard_of_first() {
    let second = Said::Deal(DealSaid { deal: 1, ..WON });
    let mut script = script([&[Said::Deal(WON), second], &[]]);
    script.plans[0].tiers = vec![(0, 10), (50, 20)];
    block_on(check_order(&script));
}

#[test]
fn a_reading_that_comes_twice_moves_no_day_though_the_money_that_held_it_went_away() {
    let later = |days| DealSaid {
        won_after: days,
        starts_after: Some(i64::from(days)),
        ..WON
    };
    let rows: [&[Said]; 3] = [
        &[Said::Deal(WON), invoice(0, 4, None)],
        &[Said::Deal(later(40))],
        &[invoice(0, 0, None)],
    ];
    block_on(check_history(&script(rows)));
}

#[test]
fn an_end_that_comes_with_an_earlier_start_makes_no_month_due_that_was_not() {
    let moved = DealSaid {
        starts_after: Some(60),
        ends_after: Some(0),
        ..WON
    };
    let later = DealSaid {
        starts_after: Some(90),
        ..WON
    };
    let rows: [&[Said]; 4] = [&[Said::Deal(later)], &[], &[Said::Deal(moved)], &[]];
    block_on(check_history(&script(rows)));
}

#[test]
fn an_end_that_moves_makes_no_month_due_of_a_deal_that_ended_before_it_began() {
    let ended = |ends_after| DealSaid {
        starts_after: Some(25),
        ends_after: Some(ends_after),
        ..WON
    };
    let rows: [&[Said]; 3] = [&[Said::Deal(ended(20))], &[], &[Said::Deal(ended(10))]];
    block_on(check_history(&script(rows)));
}

#[test]
fn a_value_that_is_charged_once_takes_the_place_of_another_though_it_was_a_monthly_one_for_an_hour()
{
    let said = |value, period| {
        Said::Deal(DealSaid {
            value,
            period,
            ..WON
        })
    };
    let (monthly, once) = (0, 5);
    let rows: [&[Said]; 3] = [&[said(0, once)], &[], &[said(1, monthly), said(2, once)]];
    block_on(async {
        let network = Network::new(&script(rows)).await;
        network.play(Delivery::InOrder).await;
        network.check_by_hand().await;
        network.world.ctx.store.close().await;
    });
}

#[test]
fn a_month_that_the_plan_grants_no_more_takes_none_of_the_clients_money() {
    let from_february = DealSaid {
        starts_after: Some(26),
        ..WON
    };
    let paid = |number| invoice(number, 4, None);
    let rows: [&[Said]; 4] = [
        &[Said::Deal(from_february), paid(0), paid(1)],
        &[],
        &[],
        &[Said::Deal(WON)],
    ];
    let mut script = script(rows);
    (script.plans[0].months, script.plans[0].bonus) = (Some(1), Some(32));
    (script.months[2].desk.approve, script.months[2].desk.close) = (true, true);
    script.months[3].desk.follow = true;
    block_on(check_history(&script));
}

#[test]
fn a_month_on_a_statement_for_which_the_client_is_charged_nothing_by_now_takes_no_money_though_it_is_worth_the_same()
 {
    let once = DealSaid {
        deal: 1,
        period: 5,
        ..WON
    };
    let from_the_month_before = DealSaid {
        period: 4,
        starts_after: Some(-26),
        ..once
    };
    let paid = Said::Invoice(InvoiceSaid {
        client: 1,
        number: 1,
        net: 81_026,
        paid: 4,
        prepaid: 0,
        status: "AUTHORISED",
        names: None,
        issued: 162,
    });
    let rows: [&[Said]; 4] = [
        &[Said::Deal(once)],
        &[],
        &[],
        &[paid, Said::Deal(from_the_month_before)],
    ];
    let mut script = script(rows);
    // The bonus is all that the cap allows, so that no month is worth anything.
    (script.plans[0].cap, script.plans[0].bonus) = (Some(10), Some(10));
    script.months[1].desk.waive = Some(1);
    for month in &mut script.months[2..] {
        (month.desk.approve, month.desk.close, month.desk.follow) = (true, true, true);
    }
    block_on(check_history(&script));
}
