//! The ledger as of any day that has passed: what the accounts held then, whatever became of it since.

use chrono::NaiveDate;
use portal_domain::{ledger::Account, money::Currency};
use portal_services::{
    ServiceError,
    ledger::{self, ACCOUNTS, LedgerFilter, LedgerPage},
};

use crate::{
    plans::add_other_partner,
    world::{World, databases},
};

async fn find(world: &World, on: &str, search: &str) -> LedgerPage {
    let filter = LedgerFilter {
        on: on.parse::<NaiveDate>().expect(on),
        search: search.to_owned(),
        after: None,
    };
    ledger::find_page(&world.ctx, &world.staff, &filter)
        .await
        .expect("a page")
}

/// What stands in some accounts of the one partner.
fn amounts(page: &LedgerPage, accounts: &[Account]) -> Vec<i64> {
    let [of_partner] = page.partners.as_slice() else {
        panic!("{page:?}");
    };
    let of = |account: &Account| of_partner.balances.of(*account).expect("small").minor;
    accounts.iter().map(of).collect()
}

#[tokio::test]
async fn balances_are_those_of_the_end_of_a_day_and_add_up_to_nothing() {
    use Account::{Approved, Awaiting, Earned, Expected, Payable, Programme};
    for url in databases().await {
        let world = World::new(&url).await;
        add_other_partner(&world).await;
        world.win("1000.00", "1").await;
        world.accrue("2026-02-03").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        // In Berlin it is the eleventh by then.
        world.go_to_instant("2026-02-10T23:30:00Z");
        world.approve_all().await;
        world.accrue("2026-04-02").await;
        world.close("2026Q1").await;
        let accounts = [Expected, Awaiting, Earned, Approved, Payable, Programme];
        for (on, expected) in [
            ("2026-01-10", [120_000, 0, 0, 0, 0, -120_000]),
            ("2026-02-02", [120_000, 0, 0, 0, 0, -120_000]),
            ("2026-02-03", [110_000, 0, 10_000, 0, 0, -120_000]),
            ("2026-02-10", [110_000, 0, 10_000, 0, 0, -120_000]),
            ("2026-02-11", [110_000, 0, 0, 10_000, 0, -120_000]),
            ("2026-04-02", [90_000, 20_000, 0, 0, 10_000, -120_000]),
        ] {
            let page = find(&world, on, "partn").await;
            assert_eq!(amounts(&page, &accounts), expected, "{on}");
            let [total] = page.totals.as_slice() else {
                panic!("{page:?}");
            };
            assert_eq!(total.currency, Currency::EUR);
            assert_eq!(total.sum().expect("small").minor, 0, "{on}");
            assert_eq!(*total, page.partners[0].balances, "there is only one");
            assert_eq!(page.next, None);
        }
        let before = find(&world, "2026-01-09", "").await;
        assert!(before.totals.is_empty() && before.partners.is_empty());
        assert!(
            find(&world, "2026-04-02", "nobody")
                .await
                .partners
                .is_empty()
        );
        let day = "2026-04-02".parse().unwrap();
        let all = ledger::list_on(&world.ctx, day).await.expect("the ledger");
        assert_eq!(all.partners.len(), 1);
        assert_eq!(ACCOUNTS.len(), Account::ALL.len());
        let filter = LedgerFilter {
            on: day,
            search: String::new(),
            after: None,
        };
        let refused = ledger::find_page(&world.ctx, &world.member, &filter).await;
        assert!(
            matches!(refused, Err(ServiceError::Forbidden)),
            "{refused:?}"
        );
        world.ctx.store.close().await;
    }
}
