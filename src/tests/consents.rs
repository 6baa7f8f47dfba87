//! Xero over a person's consent: the way there and back, one renewal for all workers of all instances, and what becomes of the work when the consent is gone.

use futures::future::join_all;
use portal_domain::connection::{ConnectionState, System};
use portal_services::{
    connections::{self, Granted, Pair, Stored, Tested},
    outbox::{self, Job},
};
use portal_store::{jobs, vendors};
use serde_json::{Value, json};
use sqlx::Row;

use crate::{
    browser::{Answer, Browser},
    portal::TestPortal,
};

pub const PAGE: &str = "/staff/connections/xero";
/// What the button sends that leads to Xero's page.
const CONSENT: [(&str, &str); 2] = [("do", "begin_consent"), ("system", "xero")];
const FIRST: &str = "5f1c2a90-7b6e-4d3c-a8f2-90cbd41e7a55";
const SECOND: &str = "8d2e6b14-3c5f-4a7d-9e01-b2f6c8a93d70";

/// Names the app that the sandbox's Xero knows.
pub async fn name_app(browser: &mut Browser) -> Answer {
    let form = [
        ("do", "connect_app"),
        ("system", "xero"),
        ("way", "authorization_code"),
        ("client_id", "sandbox-xero-client"),
        ("client_secret", "sandbox-xero-secret"),
        ("webhook", "sandbox-xero-webhook-key"),
    ];
    browser.post(PAGE, &form).await
}

/// Goes to Xero's page and decides there; answers the path that Xero sends the person back to.
async fn decide(
    portal: &TestPortal,
    browser: &mut Browser,
    decision: &str,
    organisations: &[&str],
) -> String {
    let left = browser.post(PAGE, &CONSENT).await;
    assert_eq!(left.status, 200, "{}", left.body);
    let sandbox = portal.sandbox_url();
    let path = left.leads_to().strip_prefix(&sandbox);
    let path = path.expect("Xero's page");
    let policy = left.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("form-action 'self';"), "{policy}");
    let mut xero = Browser::new(&sandbox);
    assert_eq!(xero.get(path).await.status, 200);
    let (path, query) = path.split_once('?').unwrap();
    let asked: Vec<(String, String)> = reqwest::Url::parse(&format!("http://x/?{query}"))
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect();
    let mut form: Vec<(&str, &str)> = asked
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    form.push(("decision", decision));
    form.extend(organisations.iter().map(|id| ("choice", *id)));
    let back = xero.post(path, &form).await.location;
    back.strip_prefix(&portal.url)
        .expect("back to the portal")
        .to_owned()
}

/// Lets the portal into organisations.
async fn agree(portal: &TestPortal, browser: &mut Browser, organisations: &[&str]) {
    let back = decide(portal, browser, "allow", organisations).await;
    let answer = browser.get(&back).await;
    assert_eq!(
        answer.location,
        format!("{PAGE}?notice=consent-given"),
        "{}",
        answer.body
    );
}

/// A portal that somebody let into Xero's first organisation, and the operator who connected it.
async fn connected() -> (TestPortal, Browser) {
    let portal = TestPortal::start().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    assert_eq!(name_app(&mut operator).await.status, 303);
    agree(&portal, &mut operator, &[FIRST]).await;
    assert_eq!(
        stored(&portal).await.record.parts.state,
        ConnectionState::Connected
    );
    portal.run_jobs().await;
    (portal, operator)
}

async fn stored(portal: &TestPortal) -> Stored {
    connections::find_stored(&portal.ctx, System::Xero)
        .await
        .unwrap()
}

/// What Xero's token endpoint was asked for in a way.
async fn asked_for(portal: &TestPortal, grant: &str) -> usize {
    let log = portal.sandbox_read("log?system=Xero").await;
    let log = log.as_array().unwrap();
    let is_it = |call: &&Value| {
        let request = call["request"].as_str().unwrap_or_default();
        call["target"] == "/connect/token" && request.contains(&format!("grant_type={grant}"))
    };
    log.iter().filter(is_it).count()
}

/// How much waits for Xero.
async fn waiting(portal: &TestPortal) -> i64 {
    let mut tx = portal.ctx.store.read().await.unwrap();
    let backlogs = jobs::list_backlogs(&mut tx).await.unwrap();
    let of_xero = backlogs.iter().find(|backlog| backlog.lane == "xero");
    of_xero.map_or(0, |backlog| backlog.waiting)
}

async fn sweep(portal: &TestPortal) {
    outbox::add_alone(&portal.ctx, &Job::SweepInvoices)
        .await
        .unwrap();
    portal.run_jobs().await;
}

#[tokio::test]
async fn a_person_lets_the_portal_into_xero_and_says_which_organisation_is_meant() {
    let portal = TestPortal::start().await;
    portal
        .sandbox_act("xero/connections", json!({ "second": true }))
        .await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let named = name_app(&mut operator).await;
    assert_eq!(named.location, format!("{PAGE}?notice=app-named"));
    let page = operator.get(PAGE).await.body;
    assert!(page.contains("value=\"begin_consent\""), "{page}");
    agree(&portal, &mut operator, &[FIRST, SECOND]).await;
    let page = operator.get(PAGE).await.body;
    assert!(page.contains("Northwind Software Ltd") && page.contains("Northwind Trading Ltd"));
    let unread = "UPDATE connections SET choices = NULL WHERE system = 'xero'";
    portal.database.execute(unread).await.unwrap();
    portal.advance_clock_by(31).await;
    let page = operator.get(PAGE).await.body;
    assert!(page.contains("did not say which organisations"), "{page}");
    let test = [("do", "test_connection"), ("system", "xero")];
    assert_eq!(operator.post(PAGE, &test).await.status, 303);
    let page = operator.get(PAGE).await.body;
    assert!(page.contains("Northwind Trading Ltd"), "{page}");
    sweep(&portal).await;
    assert!(
        waiting(&portal).await > 0,
        "nobody guesses which books are meant"
    );
    let choose = |organisation: &'static str| {
        [
            ("do", "choose_organisation"),
            ("organisation", organisation),
        ]
    };
    assert_eq!(operator.post(PAGE, &choose("another")).await.status, 422);
    assert_eq!(operator.post(PAGE, &choose(SECOND)).await.status, 303);
    portal.run_jobs().await;
    assert_eq!(waiting(&portal).await, 0, "what waited went out");
    assert_eq!(operator.post(PAGE, &test).await.status, 303);
    let page = operator.get(PAGE).await.body;
    assert!(page.contains("Northwind Trading Ltd, EUR"), "{page}");
    let parts = stored(&portal).await.record.parts;
    assert_eq!(parts.account.as_deref(), Some(SECOND));
    portal.finish().await;
}

#[tokio::test]
async fn a_consent_counts_once_in_time_and_in_the_session_that_asked_for_it() {
    let portal = TestPortal::start().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let early = operator.post(PAGE, &CONSENT).await;
    assert_eq!(early.status, 409, "no app is named yet");
    name_app(&mut operator).await;
    let back = decide(&portal, &mut operator, "allow", &[FIRST]).await;
    assert_eq!(
        administrator.get(&back).await.status,
        409,
        "another session"
    );
    let other = back.replace("connections/xero", "connections/hubspot");
    assert_eq!(operator.get(&other).await.status, 409, "another system");
    let forged = format!("{}x", back);
    assert_eq!(operator.get(&forged).await.status, 409, "an unknown state");
    let nothing = format!("{PAGE}/callback");
    assert_eq!(operator.get(&nothing).await.status, 409);
    assert_eq!(operator.get(&back).await.status, 303);
    assert_eq!(operator.get(&back).await.status, 409, "once");
    assert_eq!(asked_for(&portal, "authorization_code").await, 1);
    let late = decide(&portal, &mut operator, "allow", &[FIRST]).await;
    portal.advance_clock_by(10).await;
    assert_eq!(operator.get(&late).await.status, 409, "ten minutes");
    let denied = decide(&portal, &mut operator, "deny", &[]).await;
    let answer = operator.get(&denied).await;
    assert_eq!(answer.location, format!("{PAGE}?notice=consent-denied"));
    assert_eq!(asked_for(&portal, "authorization_code").await, 1);
    let mut stranger = portal.browser();
    let answer = stranger.get(&back).await;
    assert!(answer.location.starts_with("/sign-in"), "{answer:?}");
    portal.run_jobs().await;
    portal.finish().await;
}

#[tokio::test]
async fn sixteen_workers_renew_an_expired_token_once() {
    let (portal, _) = connected().await;
    let connector = portal.connector();
    let others = join_all((0..16).map(|_| connector.another())).await;
    portal.advance_clock_by(31).await;
    let operator = &portal.staff.operator;
    let tests = others
        .iter()
        .map(|other| other.as_ref().unwrap().test(operator, System::Xero));
    for done in join_all(tests).await {
        done.unwrap();
    }
    assert_eq!(asked_for(&portal, "refresh_token").await, 1);
    let found = stored(&portal).await;
    let test = found.record.test.expect("a test");
    assert!(test.went_well, "{}", test.said);
    assert!(found.record.parts.expires_at.unwrap() > portal.ctx.now());
    portal.run_jobs().await;
    assert_eq!(asked_for(&portal, "refresh_token").await, 1);
    portal.finish().await;
}

#[tokio::test]
async fn a_worker_that_ends_between_renewing_and_keeping_costs_half_a_minute_and_no_connection() {
    let (portal, _) = connected().await;
    portal.advance_clock_by(31).await;
    let pair = stored(&portal).await.tokens.expect("tokens");
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", pair.refresh.reveal()),
        ("client_id", "sandbox-xero-client"),
        ("client_secret", "sandbox-xero-secret"),
    ];
    let mut worker = Browser::new(&portal.sandbox_url());
    let answer = worker.post("/connect/token", &form).await;
    assert_eq!(answer.status, 200, "the pair that got lost with its worker");
    let ends_at = portal.ctx.now().plus_ms(1_500);
    let leased = format!(
        "UPDATE connections SET lease = 'ended', lease_ends_at = {} WHERE system = 'xero'",
        ends_at.0
    );
    portal.database.execute(&leased).await.unwrap();
    sweep(&portal).await;
    assert!(portal.ctx.now() >= ends_at, "the turn had to end by itself");
    assert_eq!(waiting(&portal).await, 0);
    assert_eq!(
        stored(&portal).await.record.parts.state,
        ConnectionState::Connected
    );
    assert_eq!(asked_for(&portal, "refresh_token").await, 2);
    portal.finish().await;
}

#[tokio::test]
async fn a_worker_that_wakes_up_after_its_turn_keeps_nothing() {
    let (portal, _) = connected().await;
    let (ctx, before) = (&portal.ctx, stored(&portal).await);
    let slow = connections::take_turn(ctx, &before.record)
        .await
        .unwrap()
        .expect("the turn");
    let second = connections::take_turn(ctx, &before.record).await.unwrap();
    assert!(second.is_none(), "one at a time");
    portal.advance_clock_by(1).await;
    let next = connections::take_turn(ctx, &before.record)
        .await
        .unwrap()
        .expect("the turn of a worker that came back never");
    let pair = Pair {
        access: "late".into(),
        refresh: "late".into(),
    };
    let ends_at = ctx.now().plus_ms(1_800_000);
    assert!(
        !connections::renewed(ctx, &slow, &pair, ends_at)
            .await
            .unwrap()
    );
    let refused = connections::broken(ctx, &before.record, Some(&slow), "invalid_grant").await;
    assert!(!refused.unwrap(), "nor does it break what others renew");
    let found = stored(&portal).await;
    assert_eq!(found.record.parts.state, ConnectionState::Connected);
    let kept = found.tokens.expect("tokens");
    assert_eq!(kept.refresh, before.tokens.expect("tokens").refresh);
    assert!(
        connections::renewed(ctx, &next, &kept, ends_at)
            .await
            .unwrap()
    );
    let gone = "The organisation is gone.";
    let late = connections::broken(ctx, &before.record, None, gone).await;
    assert!(!late.unwrap(), "what was read before a renewal is old");
    portal.finish().await;
}

#[tokio::test]
async fn a_consent_for_a_connection_that_somebody_changed_meanwhile_is_not_kept() {
    let (portal, mut operator) = connected().await;
    let before = stored(&portal).await.record.version;
    let actor = &portal.staff.operator;
    assert_eq!(name_app(&mut operator).await.status, 303);
    let granted = Granted {
        pair: Pair {
            access: "late".into(),
            refresh: "late".into(),
        },
        expires_at: portal.ctx.now(),
        scopes: String::new(),
        account: None,
    };
    let late = connections::granted(&portal.ctx, actor, System::Xero, before, &granted).await;
    assert!(late.is_err());
    let found = stored(&portal).await;
    assert_eq!(found.record.parts.state, ConnectionState::Connected);
    assert_ne!(found.tokens.expect("tokens").access.reveal(), "late");
    portal.finish().await;
}

#[tokio::test]
async fn a_consent_that_is_gone_is_told_once_loses_nothing_and_drains_when_it_is_given_again() {
    let (portal, mut operator) = connected().await;
    let told = async || {
        let mails = portal.mails_to("operator@vendor.example").await;
        let subject = |mail: &Value| mail["subject"].as_str().unwrap().to_owned();
        mails.iter().map(subject).collect::<Vec<_>>()
    };
    portal
        .sandbox_act("xero/consent/take-back", json!({}))
        .await;
    let (_, deal) = portal
        .won("Harbour", "harbour-logistics.com", "1000.00", "1")
        .await;
    portal.invoice("Harbour", &deal, "3000.00").await;
    sweep(&portal).await;
    let found = stored(&portal).await;
    assert_eq!(found.record.parts.state, ConnectionState::Broken);
    assert!(found.record.parts.said.unwrap().contains("invalid_grant"));
    assert_eq!(asked_for(&portal, "refresh_token").await, 1);
    for _ in 0..12 {
        portal.advance_clock_by(1).await;
        portal.run_jobs().await;
    }
    let again = "Xero must be connected again";
    assert_eq!(told().await, [again], "once, and not as something else too");
    assert!(waiting(&portal).await > 0);
    let page = operator.get(PAGE).await.body;
    assert!(
        page.contains(again) && page.contains("Nothing is lost"),
        "{page}"
    );
    let refreshes = asked_for(&portal, "refresh_token").await;
    assert!(refreshes <= 1, "nobody asks again with a dead token");
    agree(&portal, &mut operator, &[FIRST]).await;
    portal.run_jobs().await;
    assert_eq!(waiting(&portal).await, 0, "what waited went out at once");
    portal.advance_clock_by(1).await;
    portal.run_jobs().await;
    assert_eq!(told().await, [again, "Xero is connected again"]);
    portal.finish().await;
}

#[tokio::test]
async fn an_organisation_that_let_the_app_go_is_named_and_another_one_is_never_taken_for_it() {
    let (portal, mut operator) = connected().await;
    portal
        .sandbox_act("xero/connections", json!({ "second": true }))
        .await;
    let found = stored(&portal).await;
    let tie = found.record.parts.tie.expect("a tie");
    let url = format!("{}/connections/{tie}", portal.sandbox_url());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let token = found.tokens.expect("tokens").access;
    let answer = client.delete(url).bearer_auth(token.reveal()).send().await;
    assert_eq!(answer.unwrap().status(), 204);
    sweep(&portal).await;
    let parts = stored(&portal).await.record.parts;
    assert_eq!(parts.state, ConnectionState::Broken);
    assert!(parts.said.unwrap().contains("Northwind Software Ltd"));
    agree(&portal, &mut operator, &[SECOND]).await;
    let parts = stored(&portal).await.record.parts;
    assert_eq!(
        parts.state,
        ConnectionState::Choosing,
        "a person must say so"
    );
    sweep(&portal).await;
    assert!(waiting(&portal).await > 0);
    agree(&portal, &mut operator, &[FIRST]).await;
    portal.run_jobs().await;
    let parts = stored(&portal).await.record.parts;
    assert_eq!(parts.state, ConnectionState::Connected, "the one of before");
    assert_eq!(parts.account.as_deref(), Some(FIRST));
    assert_eq!(waiting(&portal).await, 0);
    portal.finish().await;
}

#[tokio::test]
async fn a_token_that_nobody_uses_is_renewed_within_a_week_even_while_xero_is_paused() {
    let (portal, _) = connected().await;
    let operator = &portal.staff.operator;
    portal_services::operations::pause(&portal.ctx, operator, "xero", "Audit")
        .await
        .unwrap();
    let renewals = async || stored(&portal).await.record.renewals;
    let before = renewals().await;
    for _ in 0..10 {
        portal.advance_clock_by(7 * 24 * 60).await;
        portal.run_jobs().await;
    }
    assert_eq!(renewals().await, before + 10);
    portal_services::operations::resume(&portal.ctx, operator, "xero")
        .await
        .unwrap();
    sweep(&portal).await;
    assert_eq!(
        stored(&portal).await.record.parts.state,
        ConnectionState::Connected
    );
    assert_eq!(waiting(&portal).await, 0);
    portal.finish().await;
}

#[tokio::test]
async fn disconnecting_gives_back_what_was_given_and_forgets_it() {
    let (portal, mut operator) = connected().await;
    let pair = stored(&portal).await.tokens.expect("tokens");
    let disconnect = [("do", "disconnect_system"), ("system", "xero")];
    let answer = operator.post(PAGE, &disconnect).await;
    assert_eq!(
        answer.location,
        format!("{PAGE}?notice=system-disconnected")
    );
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", pair.refresh.reveal()),
        ("client_id", "sandbox-xero-client"),
        ("client_secret", "sandbox-xero-secret"),
    ];
    let mut thief = Browser::new(&portal.sandbox_url());
    assert_eq!(thief.post("/connect/token", &form).await.status, 400);
    let found = stored(&portal).await;
    assert_eq!(found.record.parts.state, ConnectionState::None);
    assert!(found.tokens.is_none() && found.app_secret.is_none() && found.webhook.is_none());
    let rows = portal
        .database
        .rows("SELECT name FROM secrets WHERE name LIKE 'connection/%'")
        .await;
    let left: Vec<String> = rows.iter().map(|row| row.get("name")).collect();
    assert!(left.is_empty(), "{left:?}");
    sweep(&portal).await;
    assert_eq!(waiting(&portal).await, 0, "the sandbox stands in again");
    let again = operator.post(PAGE, &disconnect).await;
    assert_eq!(again.status, 409);
    portal.finish().await;
}

#[tokio::test]
async fn a_broken_connection_never_falls_back_to_the_sandbox() {
    let (portal, _) = connected().await;
    let known = stored(&portal).await.record;
    let broken = async |said| connections::broken(&portal.ctx, &known, None, said).await;
    assert!(broken("gone").await.unwrap());
    assert!(!broken("late word of before").await.unwrap());
    let late = Tested {
        went_well: true,
        said: "as it was before".to_owned(),
        account: None,
    };
    let (ctx, operator) = (&portal.ctx, &portal.staff.operator);
    connections::tested(ctx, operator, System::Xero, known.version, &late)
        .await
        .unwrap();
    let said = stored(&portal).await.record.parts.said;
    assert_eq!(said.as_deref(), Some("gone"));
    let custom = asked_for(&portal, "client_credentials").await;
    portal.advance_clock_by(2).await;
    sweep(&portal).await;
    assert!(waiting(&portal).await > 0);
    assert_eq!(asked_for(&portal, "client_credentials").await, custom);
    let mut tx = portal.ctx.store.read().await.unwrap();
    let standing = vendors::find_standing(&mut tx, "xero").await.unwrap();
    assert!(standing.held_at.is_some());
    drop(tx);
    portal.finish().await;
}
