//! Xero's accounts and tax types: what finance chooses among, what bills are booked under, and what is said before one would be refused.

use portal_services::accounts::{self, Unfit};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    portal::TestPortal,
    story::{POUNDS, Story},
};

const PATH: &str = "/staff/statements/accounts";

async fn choose(browser: &mut Browser, account: &str, tax_type: &str) -> u16 {
    let fields = [
        ("do", "choose_bill_accounts"),
        ("account", account),
        ("tax_type", tax_type),
    ];
    browser.post(PATH, &fields).await.status
}

async fn archive(portal: &TestPortal, path: &str, archived: bool) {
    let body = json!({ "archived": archived });
    portal.sandbox_act(&format!("xero/{path}"), body).await;
    portal_services::accounts::read_now(&portal.ctx, &portal.staff.finance)
        .await
        .unwrap();
    portal.run_jobs().await;
}

/// What the operator was told by mail.
async fn told(portal: &TestPortal) -> Vec<String> {
    let mails = portal.mails_to("operator@vendor.example").await;
    let subject = |mail: &Value| mail["subject"].as_str().unwrap().to_owned();
    mails.iter().map(subject).collect()
}

async fn minutes_pass(portal: &TestPortal) {
    for _ in 0..2 {
        portal.advance_clock_by(1).await;
        portal.run_jobs().await;
    }
}

/// The line of the one bill of a number in Xero.
async fn line_of(story: &Story, number: &str) -> Value {
    let bill = story.portal.bill(number).await;
    let state = story.portal.sandbox_read("state").await;
    state["xero"]["invoices"][&bill]["lines"][0].clone()
}

#[tokio::test]
async fn a_bill_is_booked_under_what_finance_chose_and_under_the_settings_account_without_a_choice()
{
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let portal = &story.portal;
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let page = finance.get(PATH).await.body;
    for shown in ["429 · General expenses", "20% (VAT on Expenses) · INPUT2"] {
        assert!(page.contains(shown), "{page}");
    }
    for hidden in ["Business Bank Account", "200 · Sales", "OUTPUT2"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    story.raise("AST-1", "83.34").await;
    let line = line_of(&story, "AST-1").await;
    assert_eq!(line["account_code"], "404");
    assert_eq!(line["tax_type"], "INPUT2", "the account's own");
    assert_eq!(choose(&mut finance, "429", "NONE").await, 303);
    story.raise("AST-2", "83.33").await;
    let line = line_of(&story, "AST-2").await;
    assert_eq!(line["account_code"], "429");
    assert_eq!(line["tax_type"], "NONE");
    assert_eq!(choose(&mut finance, "", "").await, 303);
    story.raise("AST-3", "83.33").await;
    let line = line_of(&story, "AST-3").await;
    assert_eq!(line["account_code"], "404");
    let audit = finance.get("/staff/audit").await.body;
    assert!(audit.contains("Chose account and tax for bills"), "{audit}");
    story.portal.finish().await;
}

#[tokio::test]
async fn what_xero_has_not_got_or_takes_no_bills_under_is_not_chosen() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    archive(&portal, "accounts/400", true).await;
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    for (account, tax_type) in [
        ("999", ""),
        ("090", ""),
        ("200", ""),
        ("400", ""),
        ("429", "OUTPUT2"),
        ("429", "nothing"),
    ] {
        let status = choose(&mut finance, account, tax_type).await;
        assert_eq!(status, 422, "{account} {tax_type}");
    }
    let view = accounts::list(&portal.ctx, &portal.staff.manager).await;
    let view = view.unwrap();
    assert_eq!((view.account.as_str(), view.tax_type.as_str()), ("", ""));
    portal.finish().await;
}

#[tokio::test]
async fn an_account_that_is_archived_is_told_before_a_bill_fails_on_it_and_so_is_its_return() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    minutes_pass(&portal).await;
    assert!(told(&portal).await.is_empty());
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    assert_eq!(choose(&mut finance, "429", "NONE").await, 303);
    archive(&portal, "accounts/429", true).await;
    archive(&portal, "tax-rates/NONE", true).await;
    minutes_pass(&portal).await;
    assert_eq!(told(&portal).await, ["Xero would refuse the next bill"]);
    let unfit = accounts::list_unfit(&portal.ctx, &portal.staff.finance).await;
    let both = [
        Unfit::Account("429".to_owned()),
        Unfit::TaxType("NONE".to_owned()),
    ];
    assert_eq!(unfit.unwrap(), both);
    for path in [PATH, "/staff/statements"] {
        let page = finance.get(path).await.body;
        assert!(page.contains("Xero has no account 429"), "{path}");
        assert!(page.contains("Xero has no tax NONE"), "{path}");
    }
    let page = finance.get(PATH).await.body;
    assert!(page.contains("429 · not in Xero any more"), "{page}");
    archive(&portal, "accounts/429", false).await;
    minutes_pass(&portal).await;
    assert_eq!(told(&portal).await.len(), 1, "the tax is still missing");
    assert_eq!(choose(&mut finance, "429", "").await, 303);
    minutes_pass(&portal).await;
    let over = ["Xero would refuse the next bill", "Xero takes bills again"];
    assert_eq!(told(&portal).await, over);
    portal.finish().await;
}

#[tokio::test]
async fn the_account_of_the_settings_is_looked_at_too_and_each_night() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let gone = json!({ "archived": true });
    portal.sandbox_act("xero/accounts/404", gone).await;
    portal.advance_clock_to("2026-07-07T01:30:00Z").await;
    portal.run_jobs().await;
    let unfit = accounts::list_unfit(&portal.ctx, &portal.staff.finance).await;
    assert_eq!(unfit.unwrap(), [Unfit::Account("404".to_owned())]);
    portal.finish().await;
}

#[tokio::test]
async fn accounts_are_read_at_the_press_of_a_button_by_finance_and_seen_by_all_staff() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    archive(&portal, "accounts/400", true).await;
    let body = json!({ "archived": false });
    portal.sandbox_act("xero/accounts/400", body).await;
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let answer = finance.post(PATH, &[("do", "read_accounts")]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    portal.run_jobs().await;
    let mut manager = portal.sign_in(&portal.staff.manager).await;
    let page = manager.get(PATH).await.body;
    assert!(!page.contains("choose_bill_accounts"), "{page}");
    let page = finance.get(PATH).await.body;
    assert!(page.contains("400 · Advertising"), "{page}");
    portal.finish().await;
}
