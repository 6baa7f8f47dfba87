//! Whose objects the mirrored ones are: credentials that come to mean another account read nothing, write nothing and move no money; and very many objects that are
//! gone at once wait for a person's word.

use portal_domain::lead::LeadState;
use portal_services::{connections, links, operations};
use portal_store::{invoices, jobs};
use serde_json::{Value, json};
use sqlx::Row;

use crate::{
    money,
    portal::TestPortal,
    story::{POUNDS, Story},
};

const OPERATOR: &str = "operator@vendor.example";
const ADMINISTRATOR: &str = "administrator@vendor.example";
const XERO: &str = "/staff/connections/xero";
const SECOND: &str = "8d2e6b14-3c5f-4a7d-9e01-b2f6c8a93d70";

/// The custom connection is moved to another organisation, as somebody may do in Xero, or as another `XERO_CLIENT_ID` would.
async fn move_connection(portal: &TestPortal) {
    let moved = json!({ "second": true, "first": false });
    portal.sandbox_act("xero/connections", moved).await;
}

async fn move_connection_back(portal: &TestPortal) {
    let back = json!({ "second": true });
    portal.sandbox_act("xero/connections", back).await;
}

/// The subjects of the mails about the machinery that somebody got.
async fn told(portal: &TestPortal, person: &str) -> Vec<String> {
    let mails = portal.mails_to(person).await.into_iter();
    let subjects = mails.map(|mail| mail["subject"].as_str().unwrap().to_owned());
    subjects
        .filter(|subject| subject.contains("account"))
        .collect()
}

async fn a_night_passes(portal: &TestPortal) {
    for minutes in [2, 2, 24 * 60, 2, 2] {
        portal.advance_clock_by(minutes).await;
        portal.run_jobs().await;
    }
}

/// The statuses of all invoices and bills that we have, each with its number.
async fn statuses(portal: &TestPortal) -> Vec<String> {
    let rows = portal
        .database
        .rows("SELECT number, status FROM invoices ORDER BY number")
        .await;
    rows.iter()
        .map(|row| format!("{} {}", row.get::<String, _>(0), row.get::<String, _>(1)))
        .collect()
}

/// How often the sandbox's Xero was asked for something of an organisation.
async fn readings_of(portal: &TestPortal, list: &str) -> usize {
    let log = portal.sandbox_read("log?system=Xero").await;
    let entries = log.as_array().unwrap().iter();
    let of_list = |entry: &&Value| {
        let target = entry["target"].as_str().unwrap();
        target.starts_with(&format!("/api.xro/2.0/{list}")) && entry["status"] == 200
    };
    entries.filter(of_list).count()
}

#[tokio::test]
async fn another_organisation_behind_the_credentials_is_not_read_and_moves_no_money() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    story.raise("AST-1", "").await;
    let portal = &story.portal;
    let (lines, figures) = (story.lines_of(&story.deal).await, portal.figures().await);
    let known = statuses(portal).await;
    move_connection(portal).await;
    let read = readings_of(portal, "Invoices").await;
    a_night_passes(portal).await;
    assert_eq!(readings_of(portal, "Invoices").await, read);
    assert_eq!(statuses(portal).await, known);
    assert_eq!(story.lines_of(&story.deal).await[..lines.len()], lines);
    assert_eq!(portal.figures().await, figures);
    let expected = ["Xero lets the portal into another account"];
    assert_eq!(told(portal, OPERATOR).await, expected);
    assert_eq!(told(portal, ADMINISTRATOR).await, expected);
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get(XERO).await.body;
    for said in [
        "Northwind Software Ltd (5f1c2a90",
        "Northwind Trading Ltd (8d2e6b14",
        "Another account",
        "an administrator says so here",
    ] {
        assert!(page.contains(said), "`{said}`: {page}");
    }
    let test = [("do", "test_connection"), ("system", "xero")];
    operator.post(XERO, &test).await;
    move_connection_back(portal).await;
    a_night_passes(portal).await;
    assert!(readings_of(portal, "Invoices").await > read);
    assert_eq!(statuses(portal).await, known);
    let over = "Xero: it is clear again which account is meant";
    assert_eq!(told(portal, OPERATOR).await, [expected[0], over]);
    let page = operator.get(XERO).await.body;
    let title = "lets the portal into another account.";
    assert!(!page.contains(title), "{page}");
    story.portal.finish().await;
}

#[tokio::test]
async fn an_administrator_leaves_the_old_books_as_they_are_and_the_new_ones_are_read() {
    let (story, _) = Story::of_a_paid_quarter(POUNDS).await;
    let portal = &story.portal;
    let (figures, known) = (portal.figures().await, statuses(portal).await);
    move_connection(portal).await;
    let deal = &story.deal.hubspot_id;
    let invoice = json!({
        "number": "NEW-1", "new_contact": "Harbour", "reference": format!("Deal {deal}"),
        "net": "833.35", "currency": "GBP", "tax_rate": "20",
    });
    portal.sandbox_act("xero-second/invoices", invoice).await;
    a_night_passes(portal).await;
    assert_eq!(statuses(portal).await, known);
    let leave = [
        ("do", "leave_books"),
        ("system", "xero"),
        ("account", SECOND),
    ];
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    assert_eq!(operator.post(XERO, &leave).await.status, 403);
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let page = administrator.get(XERO).await.body;
    assert!(page.contains("are left as they are"), "{page}");
    let wrong = [leave[0], leave[1], ("account", "another")];
    assert_eq!(administrator.post(XERO, &wrong).await.status, 409);
    let answer = administrator.post(XERO, &leave).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    a_night_passes(portal).await;
    let mut all = known.clone();
    all.push("NEW-1 AUTHORISED".to_owned());
    all.sort();
    assert_eq!(statuses(portal).await, all);
    assert_eq!(portal.figures().await[..3], figures[..3]);
    let over = "Xero: it is clear again which account is meant";
    assert_eq!(told(portal, OPERATOR).await.last().unwrap(), over);
    let audit = administrator.get("/staff/audit").await.body;
    assert!(audit.contains("Left the books of an account for another one"));
    assert_eq!(administrator.post(XERO, &leave).await.status, 409, "once");
    portal
        .sandbox_act("xero-second/invoices/NEW-1/payments", json!({}))
        .await;
    a_night_passes(portal).await;
    assert!(statuses(portal).await.contains(&"NEW-1 PAID".to_owned()));
    story.portal.finish().await;
}

/// How often Xero was asked to make a bill, whichever organisation was meant and whatever became of the answer.
async fn bills_asked_for(portal: &TestPortal) -> usize {
    let log = portal.sandbox_read("log?system=Xero").await;
    let entries = log.as_array().unwrap().iter();
    let asks = |entry: &&Value| {
        entry["method"] == "PUT" && entry["target"].as_str().unwrap().ends_with("/Invoices")
    };
    entries.filter(asks).count()
}

#[tokio::test]
async fn a_bill_that_the_old_organisation_may_have_is_asked_for_in_no_other_until_finance_has_looked()
 {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let portal = &story.portal;
    let lost = json!({ "system": "xero", "method": "PUT", "path": "/Invoices", "mishap": "drop_before", "times": 9 });
    portal
        .sandbox_act("faults", json!({ "rules": [lost] }))
        .await;
    assert_eq!(story.try_raise("AST-1", "").await.status, 303);
    portal.run_jobs().await;
    let asked = bills_asked_for(portal).await;
    assert!(asked > 0);
    move_connection(portal).await;
    a_night_passes(portal).await;
    portal.sandbox_act("faults", json!({})).await;
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let leave = [
        ("do", "leave_books"),
        ("system", "xero"),
        ("account", SECOND),
    ];
    assert_eq!(administrator.post(XERO, &leave).await.status, 303);
    let case = story.exception("bill_not_made").await;
    let why = case.facts["why"].as_str().unwrap();
    assert!(why.contains("the organisation that was left"), "{why}");
    a_night_passes(portal).await;
    let mut tx = portal.ctx.store.read().await.unwrap();
    let failing = jobs::list_failing(&mut tx, 10).await.unwrap();
    drop(tx);
    let operator = &portal.staff.operator;
    assert_eq!(failing.len(), 1, "{failing:#?}");
    operations::retry_job(&portal.ctx, operator, failing[0].id)
        .await
        .unwrap();
    a_night_passes(portal).await;
    assert_eq!(
        bills_asked_for(portal).await,
        asked,
        "not by a retry either"
    );
    // Where it may be, the partner cannot look; finance says that it is not there, and it is raised again.
    let view = story.statements().await.remove(0);
    let (bill, page) = (
        view.bills[0].id.to_string(),
        format!("/statements/{}", view.record.id),
    );
    let withdraw = [("do", "withdraw_invoice"), ("bill", bill.as_str())];
    let mut partner = portal.sign_in(&portal.aster.finance).await;
    assert_eq!(partner.post(&page, &withdraw).await.status, 409);
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let staff_page = format!("/staff{page}");
    assert_eq!(finance.post(&staff_page, &withdraw).await.status, 303);
    assert_eq!(story.try_raise("AST-2", "").await.status, 303);
    portal.run_jobs().await;
    assert_eq!(bills_asked_for(portal).await, asked + 1);
    story.portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn an_account_that_is_ours_again_is_found_so_by_an_instance_that_saw_no_other() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let portal = &story.portal;
    let clients = portal.connector().another().await.unwrap();
    let another = portal.worker().with_connector(clients);
    portal.advance_clock_by(60).await;
    assert!(another.run_due().await.unwrap() > 0, "it knows Xero");
    move_connection(portal).await;
    a_night_passes(portal).await;
    let expected = "Xero lets the portal into another account";
    assert_eq!(told(portal, OPERATOR).await, [expected]);
    move_connection_back(portal).await;
    for _ in 0..4 {
        portal.advance_clock_by(60).await;
        another.run_due().await.unwrap();
    }
    let over = "Xero: it is clear again which account is meant";
    assert_eq!(told(portal, OPERATOR).await, [expected, over]);
    story.portal.finish().await;
}

#[tokio::test]
async fn where_nothing_is_mirrored_yet_another_organisation_is_taken_as_it_is() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    move_connection(&portal).await;
    a_night_passes(&portal).await;
    assert!(told(&portal, OPERATOR).await.is_empty());
    let shown = connections::find_mirrored(&portal.ctx, portal_domain::connection::System::Xero);
    let shown = shown.await.unwrap().expect("it was reached");
    assert_eq!(shown.account.id, SECOND);
    portal.finish().await;
}

/// As if what the portal has were of another account of HubSpot's, and every instance began anew.
async fn be_of(portal: &TestPortal, account: &str) {
    for change in [
        format!(
            "UPDATE mirrored_accounts SET account = '{account}', account_name = '{account}' WHERE system = 'hubspot'"
        ),
        "UPDATE connections SET version = version + 1 WHERE system = 'hubspot'".to_owned(),
    ] {
        portal.database.execute(&change).await.unwrap();
    }
}

#[tokio::test]
async fn another_account_of_hubspot_is_neither_read_nor_written() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    be_of(&portal, "999").await;
    portal
        .change_deal(&deal, json!({ "dealstage": "closedlost" }))
        .await;
    let waiting = portal
        .submit(&portal.aster.owner, "Fernhill", "fernhill.com")
        .await;
    a_night_passes(&portal).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    assert_eq!(portal.lead(waiting).await.state, LeadState::Accepted);
    let truth = portal.sandbox_read("truth").await;
    assert_eq!(truth["deals_by_lead"][waiting.to_string()], Value::Null);
    let expected = "HubSpot lets the portal into another account";
    assert_eq!(told(&portal, OPERATOR).await, [expected]);
    be_of(&portal, "48151623").await;
    a_night_passes(&portal).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Lost);
    assert_eq!(portal.lead(waiting).await.state, LeadState::Registered);
    portal.finish().await;
}

/// Invoices that Xero never had: as many as `count`, each like one that it has.
async fn make_up(story: &Story, like: &str, count: usize) {
    let ctx = &story.portal.ctx;
    let mut tx = ctx.store.read().await.unwrap();
    let known = invoices::find(&mut tx, like).await.unwrap().unwrap();
    drop(tx);
    for place in 0..count {
        let mut remote = known.remote.clone();
        remote.id = format!("made-up-{place}");
        remote.number = format!("GONE-{place}");
        remote.reference = String::new();
        remote.contact_id = "nobody".to_owned();
        remote.contact_name = "Nobody".to_owned();
        links::apply_invoice(ctx, &remote).await.unwrap();
    }
}

async fn gone(portal: &TestPortal) -> usize {
    let statuses = statuses(portal).await;
    let gone = statuses.iter().filter(|one| one.ends_with("DELETED"));
    gone.count()
}

#[tokio::test]
async fn very_many_invoices_that_are_gone_at_once_count_on_until_a_person_says_that_they_are() {
    let story = Story::begin(POUNDS).await;
    let id = story.invoice("INV-1", "833.35").await;
    make_up(&story, &id, 6).await;
    let portal = &story.portal;
    story.minutes_pass().await;
    assert_eq!(gone(portal).await, 0);
    let case = story.exception("many_gone").await;
    assert_eq!(case.facts["count"], 6);
    a_night_passes(portal).await;
    make_up(&story, &id, 8).await;
    a_night_passes(portal).await;
    assert_eq!(gone(portal).await, 0, "and no later run believes it");
    let case = story.exception("many_gone").await;
    assert_eq!(case.facts["count"], 8);
    let url = format!("/staff/reconciliation/{}", case.record.id);
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let page = finance.get(&url).await.body;
    assert!(
        page.contains("Xero does not have 8 objects any more"),
        "{page}"
    );
    let id = case.record.id.to_string();
    let confirm = [
        ("do", "confirm_gone"),
        ("exception", id.as_str()),
        ("reason", "Cleaned up"),
    ];
    let wordless = [confirm[0], confirm[1], ("reason", "")];
    assert_eq!(finance.post(&url, &wordless).await.status, 422);
    assert_eq!(finance.post(&url, &confirm).await.status, 303);
    portal.run_jobs().await;
    assert_eq!(gone(portal).await, 8);
    assert!(
        statuses(portal)
            .await
            .contains(&"INV-1 AUTHORISED".to_owned())
    );
    assert!(
        !money::exceptions(portal)
            .await
            .contains(&"many_gone".to_owned())
    );
    story.portal.finish().await;
}

#[tokio::test]
async fn what_a_person_lets_stand_is_not_believed_to_be_gone_and_a_few_others_are() {
    let story = Story::begin(POUNDS).await;
    let id = story.invoice("INV-1", "833.35").await;
    make_up(&story, &id, 6).await;
    let portal = &story.portal;
    story.minutes_pass().await;
    let case = story.exception("many_gone").await.record.id;
    let finance = &portal.staff.finance;
    portal_services::exceptions::dismiss_exception(&portal.ctx, finance, case, "A fault there")
        .await
        .unwrap();
    a_night_passes(portal).await;
    assert_eq!(gone(portal).await, 0);
    assert!(
        !money::exceptions(portal)
            .await
            .contains(&"many_gone".to_owned())
    );
    story.portal.finish().await;
}

#[tokio::test]
async fn a_few_invoices_that_are_gone_count_no_longer() {
    let story = Story::begin(POUNDS).await;
    let id = story.invoice("INV-1", "833.35").await;
    make_up(&story, &id, 5).await;
    story.minutes_pass().await;
    assert_eq!(gone(&story.portal).await, 5);
    story.portal.finish().await;
}

#[tokio::test]
async fn very_many_deals_that_are_gone_at_once_stay_until_a_person_says_that_they_are() {
    let portal = TestPortal::start().await;
    let mut leads = Vec::new();
    for number in 0..6 {
        let (lead, _) = portal
            .registered(&format!("Client {number}"), &format!("client-{number}.com"))
            .await;
        leads.push(lead);
    }
    for table in [("deals", "hubspot_id"), ("leads", "hubspot_deal_id")] {
        let (table, column) = table;
        let moved = format!("UPDATE {table} SET {column} = '9' || {column}");
        portal.database.execute(&moved).await.unwrap();
    }
    a_night_passes(&portal).await;
    for lead in &leads {
        assert_eq!(portal.lead(*lead).await.state, LeadState::Registered);
    }
    let open = portal_services::exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 9);
    let open = open.await.unwrap();
    let case = open.iter().find(|case| case.record.kind == "many_gone");
    let case = case.expect("a case").record.id;
    portal_services::missing::confirm(&portal.ctx, &portal.staff.finance, case, "Cleaned up")
        .await
        .unwrap();
    portal.run_jobs().await;
    for lead in &leads {
        assert_eq!(portal.lead(*lead).await.state, LeadState::Removed);
    }
    portal.finish().await;
}
