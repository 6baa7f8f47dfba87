//! Connections that operators make in the portal: workers and webhooks follow them without a restart, secrets stay in the vault, and a real one ends the demo.

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use portal::{
    config::Settings,
    serve::{self, Portal},
};
use portal_domain::{
    access::{Actor, Proof, Reach, StaffRole},
    connection::{ConnectionState, Origin, System},
    lead::LeadState,
};
use portal_services::{
    Ctx, ServiceError, access,
    connections::{self, Found, TokenForm},
    operations,
};
use serde_json::json;
use sha2::Sha256;
use sqlx::Row;
use tokio::net::TcpListener;

use crate::{
    access::{begin_session, stated},
    browser::{Answer, Browser},
    consents::{self, name_app},
    database::Database,
    portal::TestPortal,
};

const LIST: &str = "/staff/connections";
/// What the sandbox's HubSpot signs its webhooks with.
const SIGNED: &str = "sandbox-hubspot-secret";

async fn connect_token(browser: &mut Browser, system: &str, token: &str, webhook: &str) -> Answer {
    let form = [
        ("do", "connect_token"),
        ("system", system),
        ("token", token),
        ("webhook", webhook),
    ];
    browser.post(&format!("{LIST}/{system}"), &form).await
}

async fn page(browser: &mut Browser, system: &str) -> String {
    browser.get(&format!("{LIST}/{system}")).await.body
}

#[tokio::test]
async fn a_token_that_is_typed_counts_from_the_next_job_on_and_a_wrong_one_loses_nothing() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let answer = connect_token(&mut operator, "hubspot", "pat-wrong-9f2c", "").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let shown = page(&mut operator, "hubspot").await;
    assert!(shown.contains("Did not let us in") && shown.contains("INVALID_AUTHENTICATION"));
    let lead = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    assert_eq!(
        portal.lead(lead).await.state,
        LeadState::Accepted,
        "it waits"
    );
    let other = portal.connector().another().await.unwrap();
    connect_token(&mut operator, "hubspot", "sandbox-hubspot-token", SIGNED).await;
    let of_another_instance = portal.worker().with_connector(other);
    of_another_instance.run_due().await.unwrap();
    assert_eq!(
        portal.lead(lead).await.state,
        LeadState::Registered,
        "at once, on every instance"
    );
    portal.run_jobs().await;
    let shown = page(&mut operator, "hubspot").await;
    for said in ["Let us in", "48151623", "Staff operator", "Connected"] {
        assert!(shown.contains(said), "`{said}`: {shown}");
    }
    let audit = operator.get("/staff/audit").await.body;
    assert!(audit.contains("Connected an outside system") && audit.contains("Tested a connection"));
    let deal = portal.lead(lead).await.hubspot_deal_id.expect("a deal");
    let link = format!("{}/hubspot#deal-{deal}", portal.sandbox_url());
    let seen = operator.get("/staff/integrations").await.body;
    assert!(seen.contains("href=\"/staff/connections\""));
    assert_eq!(
        portal.connector().pages().hubspot_account.as_deref(),
        Some("48151623")
    );
    assert!(
        portal.connector().pages().sandbox_hubspot.is_some(),
        "{link}"
    );
    portal.finish().await;
}

/// Names an app of HubSpot's, and lets it into the account.
pub async fn let_hubspot_app_in(portal: &TestPortal, operator: &mut Browser) {
    let path = format!("{LIST}/hubspot");
    let app = [
        ("do", "connect_app"),
        ("system", "hubspot"),
        ("way", "oauth"),
        ("client_id", "sandbox-hubspot-app"),
        ("client_secret", "sandbox-hubspot-secret"),
    ];
    assert_eq!(operator.post(&path, &app).await.status, 303);
    let answer = agree(portal, operator).await;
    assert_eq!(
        answer.location,
        format!("{path}?notice=consent-given"),
        "{}",
        answer.body
    );
}

/// Lets the portal's app into HubSpot's account.
async fn agree(portal: &TestPortal, operator: &mut Browser) -> Answer {
    let consent = [("do", "begin_consent"), ("system", "hubspot")];
    let left = operator.post(&format!("{LIST}/hubspot"), &consent).await;
    let url = reqwest::Url::parse(left.leads_to()).unwrap();
    let mut form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    form.push(("decision".to_owned(), "allow".to_owned()));
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let mut hubspot = Browser::new(&portal.sandbox_url());
    let back = hubspot.post("/oauth/authorize", &form).await.location;
    let back = back.strip_prefix(&portal.url).expect("back").to_owned();
    operator.get(&back).await
}

/// As if what is connected belonged to another account than the sandbox's.
async fn belongs_to_another(portal: &TestPortal, system: &str) {
    let other = format!(
        "UPDATE connections SET account = '999', account_name = 'Other' WHERE system = '{system}'"
    );
    portal.database.execute(&other).await.unwrap();
}

#[tokio::test]
async fn a_token_of_another_account_is_refused_until_the_old_one_is_disconnected() {
    let portal = TestPortal::start().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let token = "sandbox-hubspot-token";
    connect_token(&mut operator, "hubspot", token, SIGNED).await;
    belongs_to_another(&portal, "hubspot").await;
    let answer = connect_token(&mut operator, "hubspot", token, "other-hook").await;
    assert_eq!(answer.status, 409);
    assert!(answer.body.contains("another account"), "{}", answer.body);
    let answer = connect_token(&mut operator, "hubspot", "pat-wrong", "").await;
    assert_eq!(answer.status, 502, "whose is it?");
    let found = connections::find_stored(&portal.ctx, System::HubSpot)
        .await
        .unwrap();
    assert_eq!(found.record.parts.account.as_deref(), Some("999"));
    assert_eq!(found.token.unwrap().reveal(), token);
    assert_eq!(found.webhook.unwrap().reveal(), SIGNED);
    let disconnect = [("do", "disconnect_system"), ("system", "hubspot")];
    operator.post(&format!("{LIST}/hubspot"), &disconnect).await;
    connect_token(&mut operator, "hubspot", token, "").await;
    let shown = page(&mut operator, "hubspot").await;
    assert!(shown.contains("48151623") && !shown.contains("Other"));
    portal.run_jobs().await;
    portal.finish().await;
}

#[tokio::test]
async fn an_oauth_app_of_hubspot_is_let_in_renewed_and_lost() {
    let portal = TestPortal::start().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let_hubspot_app_in(&portal, &mut operator).await;
    portal.registered("Harbour", "harbour-logistics.com").await;
    portal.advance_clock_by(31).await;
    portal.registered("Quayside", "quayside-foods.com").await;
    let state = async || {
        let found = connections::find_stored(&portal.ctx, System::HubSpot).await;
        found.unwrap().record.parts.state
    };
    assert_eq!(state().await, ConnectionState::Connected);
    portal
        .sandbox_act("hubspot/consent/take-back", json!({}))
        .await;
    let lead = portal
        .submit(&portal.aster.owner, "Mole", "mole-engineering.com")
        .await;
    portal.run_jobs().await;
    assert_eq!(state().await, ConnectionState::Broken);
    assert_eq!(portal.lead(lead).await.state, LeadState::Accepted);
    belongs_to_another(&portal, "hubspot").await;
    let answer = agree(&portal, &mut operator).await;
    assert_eq!(answer.status, 409, "another account's consent");
    assert_eq!(state().await, ConnectionState::Broken);
    portal.finish().await;
}

#[tokio::test]
async fn slack_and_mail_follow_what_was_typed() {
    let portal = TestPortal::start().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    connect_token(&mut operator, "slack", "xoxb-sandbox", "").await;
    assert!(
        page(&mut operator, "slack")
            .await
            .contains("Northwind Software")
    );
    let mail = |address: &'static str| [("do", "connect_mail"), ("address", address)];
    let path = format!("{LIST}/mail");
    for wrong in [
        "",
        "mail.example.com",
        "https://mail.example.com",
        "smtp://name:1/planted@mail.example.com",
    ] {
        assert_eq!(
            operator.post(&path, &mail(wrong)).await.status,
            422,
            "{wrong}"
        );
    }
    let nobody = mail("smtp://127.0.0.1:9");
    assert_eq!(operator.post(&path, &nobody).await.status, 303);
    assert!(
        page(&mut operator, "mail")
            .await
            .contains("Did not let us in")
    );
    let lead = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    let owner = "owner@aster-consulting.com";
    assert!(portal.mails_to(owner).await.is_empty());
    let disconnect = [("do", "disconnect_system"), ("system", "mail")];
    assert_eq!(operator.post(&path, &disconnect).await.status, 303);
    portal.run_jobs().await;
    assert_eq!(
        portal.mails_to(owner).await.len(),
        1,
        "the sandbox's inbox again"
    );
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    portal.finish().await;
}

/// Connects mail over a server on this machine, and answers whether somebody knocked there, and what the page says then.
async fn knocks(portal: &TestPortal, server: &TcpListener, way: &str) -> (bool, String) {
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let port = server.local_addr().unwrap().port();
    let address = format!("{way}:{port}");
    let form = [("do", "connect_mail"), ("address", address.as_str())];
    let path = format!("{LIST}/mail");
    let connecting = operator.post(&path, &form);
    let answering = async {
        let knocked = tokio::time::timeout(Duration::from_millis(700), server.accept());
        knocked.await.is_ok()
    };
    let (answer, knocked) = tokio::join!(connecting, answering);
    assert_eq!(answer.status, 303, "{}", answer.body);
    (knocked, page(&mut operator, "mail").await)
}

#[tokio::test]
async fn a_mail_server_in_the_own_network_is_knocked_at_only_where_the_environment_names_it() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = server.local_addr().unwrap().port();
    let portal = TestPortal::start().await;
    for way in [
        "smtp://127.0.0.1",
        "smtp://localhost",
        "smtp://2130706433",
        "smtps://[::ffff:127.0.0.1]",
    ] {
        let (knocked, page) = knocks(&portal, &server, way).await;
        assert!(!knocked, "{way}");
        assert!(page.contains("not of the internet"), "{way}");
    }
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let own = format!("smtp://{}", portal.sandbox_mail());
    let form = [("do", "connect_mail"), ("address", own.as_str())];
    operator.post(&format!("{LIST}/mail"), &form).await;
    let shown = page(&mut operator, "mail").await;
    assert!(!shown.contains("Did not let us in"), "the sandbox's own");
    portal.run_jobs().await;
    portal.finish().await;
    let named = format!("mail.internal, 127.0.0.1:{port}");
    let portal = TestPortal::start_with(&[("SMTP_INTERNAL_HOSTS", &named)]).await;
    assert!(knocks(&portal, &server, "smtp://127.0.0.1").await.0);
    portal.finish().await;
}

#[tokio::test]
async fn a_mail_server_elsewhere_or_without_tls_is_not_taken_and_whoever_typed_it_reads_why() {
    let named = [
        ("OUTWARD_HOSTS", "*.mail.example.com"),
        ("PLAIN_INTERNAL_HOSTS", "db.internal"),
    ];
    let portal = TestPortal::start_with(&named).await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let shown = operator.get("/staff/integrations").await.body;
    assert!(shown.contains("db.internal"), "who may be read on the way");
    let path = format!("{LIST}/mail");
    let form = [
        ("do", "connect_mail"),
        ("address", "smtps://name:planted@mail.example.com"),
    ];
    let answer = operator.post(&path, &form).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("OUTWARD_HOSTS"), "{}", answer.body);
    assert!(!answer.body.contains("planted"));
    let plain = "smtp://name:planted@out.mail.example.com?tls=opportunistic";
    let form = [("do", "connect_mail"), ("address", plain)];
    let answer = operator.post(&path, &form).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("PLAIN_INTERNAL_HOSTS"),
        "{}",
        answer.body
    );
    assert!(!answer.body.contains("planted"));
    let own = format!("smtp://{}", portal.sandbox_mail());
    let form = [("do", "connect_mail"), ("address", own.as_str())];
    assert_eq!(operator.post(&path, &form).await.status, 303);
    portal.run_jobs().await;
    portal.finish().await;
}

/// Sends Xero's test of the webhook, signed with a key.
async fn intent(portal: &TestPortal, key: &str) -> u16 {
    let body = r#"{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"x"}"#;
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let headers = [("x-xero-signature", signature.as_str())];
    let mut xero = portal.browser();
    xero.send_json("/webhooks/xero", body, &headers)
        .await
        .status
}

#[tokio::test]
async fn webhooks_are_checked_with_the_secrets_of_now_and_with_two_while_one_is_rotated() {
    let portal = TestPortal::start().await;
    assert_eq!(intent(&portal, "sandbox-xero-webhook-key").await, 200);
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let path = format!("{LIST}/xero");
    let custom = [
        ("do", "connect_app"),
        ("system", "xero"),
        ("way", "client_credentials"),
        ("client_id", "sandbox-xero-client"),
        ("client_secret", "sandbox-xero-secret"),
        ("webhook", "first-key"),
    ];
    assert_eq!(operator.post(&path, &custom).await.status, 303);
    assert_eq!(intent(&portal, "first-key").await, 200);
    assert_eq!(intent(&portal, "sandbox-xero-webhook-key").await, 401);
    let rotate = |secrets: &'static str| {
        [
            ("do", "set_webhook_secrets"),
            ("system", "xero"),
            ("secrets", secrets),
        ]
    };
    for wrong in ["", " , ", "a,b,c"] {
        assert_eq!(operator.post(&path, &rotate(wrong)).await.status, 422);
    }
    operator.post(&path, &rotate("first-key, second-key")).await;
    for (key, status) in [("first-key", 200), ("second-key", 200), ("", 401)] {
        assert_eq!(intent(&portal, key).await, status, "{key}");
    }
    operator.post(&path, &rotate("second-key")).await;
    assert_eq!(intent(&portal, "first-key").await, 401);
    assert_eq!(intent(&portal, "second-key").await, 200);
    portal.run_jobs().await;
    portal.finish().await;
}

#[tokio::test]
async fn a_connection_keeps_its_way_and_its_app_until_it_is_disconnected() {
    let portal = TestPortal::start().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    connect_token(&mut operator, "hubspot", "sandbox-hubspot-token", "").await;
    let app = [
        ("do", "connect_app"),
        ("system", "hubspot"),
        ("way", "oauth"),
        ("client_id", "a"),
        ("client_secret", "b"),
    ];
    let path = format!("{LIST}/hubspot");
    assert_eq!(operator.post(&path, &app).await.status, 409);
    let answer = connect_token(&mut operator, "xero", "x", "").await;
    assert_eq!(answer.status, 404, "Xero takes no token");
    let answer = connect_token(&mut operator, "fax", "x", "").await;
    assert_eq!(answer.status, 404);
    for (token, status) in [("", 422), ("with blank", 422), ("ünicode", 422)] {
        let answer = connect_token(&mut operator, "hubspot", token, "").await;
        assert_eq!(answer.status, status, "{token}");
    }
    portal.run_jobs().await;
    portal.finish().await;
}

#[tokio::test]
async fn a_secret_that_was_typed_or_given_stands_in_no_page_record_log_or_database_in_clear() {
    let portal = TestPortal::start().await;
    let (lead, _) = stated(&portal).await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    connect_token(
        &mut operator,
        "hubspot",
        "planted-token-4711",
        "planted-hook-4712",
    )
    .await;
    connect_token(&mut operator, "slack", "xoxb-planted-4713", "").await;
    let mail = "smtp://planted-name:planted-password-4714@127.0.0.1:9";
    let form = [("do", "connect_mail"), ("address", mail)];
    operator.post(&format!("{LIST}/mail"), &form).await;
    let wrong = [
        ("do", "connect_app"),
        ("system", "xero"),
        ("way", "authorization_code"),
        ("client_id", ""),
        ("client_secret", "planted-secret-4715"),
        ("webhook", "planted-key-4716"),
    ];
    let refused = operator.post(consents::PAGE, &wrong).await;
    assert_eq!(refused.status, 422);
    name_app(&mut operator).await;
    let bad = format!(
        "{}/callback?code=planted-code-4717&state=planted-state-4718",
        consents::PAGE
    );
    let bad = operator.get(&bad).await;
    portal
        .submit(&portal.aster.owner, "Quay", "quay-foods.com")
        .await;
    portal.run_jobs().await;
    let mut pages = vec![refused.body, bad.body];
    for path in [
        LIST,
        "/staff/connections/hubspot",
        "/staff/connections/xero",
        "/staff/connections/slack",
        "/staff/connections/mail",
        "/staff/integrations",
        "/staff/integrations/hubspot",
        "/staff/integrations/slack",
        "/staff/integrations/mail",
        "/staff/audit",
        "/staff",
    ] {
        pages.push(operator.get(path).await.body);
    }
    for secret in [
        "4711",
        "4712",
        "4713",
        "4714",
        "4715",
        "4716",
        "4717",
        "sandbox-xero-secret",
    ] {
        let planted = format!("-{secret}");
        let planted = match secret {
            "sandbox-xero-secret" => {
                // The demo's page says what the sandbox takes.
                assert!(!portal.database.contains(secret).await, "{secret}");
                continue;
            }
            _ => planted,
        };
        for (place, page) in pages.iter().enumerate() {
            assert!(
                !page.contains(&planted),
                "page {place} shows {planted}: {page}"
            );
        }
        assert!(!portal.database.contains(&planted).await, "{planted}");
    }
    let printed = format!(
        "{:?}",
        connections::find_stored(&portal.ctx, System::HubSpot).await
    );
    assert!(!printed.contains("planted"), "{printed}");
    assert!(
        portal.database.contains(&lead.to_string()).await,
        "the search finds"
    );
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn operators_and_administrators_alone_connect_systems() {
    let portal = TestPortal::start().await;
    let paths = [
        LIST,
        consents::PAGE,
        "/staff/connections/xero/callback?code=a&state=b",
    ];
    for person in [
        portal.staff.manager,
        portal.staff.finance,
        portal.aster.owner,
    ] {
        let mut browser = portal.sign_in(&person).await;
        for path in paths {
            assert_eq!(browser.get(path).await.status, 403, "{path} as {person:?}");
        }
    }
    let mut stranger = portal.browser();
    for path in paths {
        assert!(
            stranger.get(path).await.location.starts_with("/sign-in"),
            "{path}"
        );
    }
    for person in [portal.staff.operator, portal.staff.administrator] {
        let mut browser = portal.sign_in(&person).await;
        for system in System::ALL {
            assert_eq!(browser.get(&format!("{LIST}/{system}")).await.status, 200);
        }
        assert_eq!(browser.get(&format!("{LIST}/fax")).await.status, 404);
        assert_eq!(browser.get(LIST).await.status, 200);
    }
    portal.finish().await;
}

fn settings(database: &Database, more: &[(&'static str, &str)]) -> Settings {
    let mut values = BTreeMap::from([
        ("DATABASE_URL", database.url().to_owned()),
        ("PORTAL_ADDR", "127.0.0.1:0".to_owned()),
        ("SANDBOX_ADDR", "127.0.0.1:0".to_owned()),
        ("SANDBOX_SMTP_ADDR", "127.0.0.1:0".to_owned()),
        ("PORTAL_DATA", database.folder().display().to_string()),
    ]);
    values.extend(
        more.iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    Settings::read(|name| values.get(name).cloned(), "").unwrap()
}

async fn operator_of(ctx: &Ctx) -> Actor {
    let role = StaffRole::Operator;
    let name = "operator@vendor.example";
    let person = portal::demo::add_person(ctx, "Otto", name, "en", Some(role)).await;
    Actor::Staff {
        person: person.unwrap(),
        role,
        reach: Reach::All,
    }
}

/// A browser of somebody who has signed in, as where there is no demo.
async fn browser_of(ctx: &Ctx, url: &str, actor: &Actor) -> Browser {
    let secret = begin_session(ctx, actor, Proof::Passkey).await;
    let mut browser = Browser::new(url);
    browser.keep("portal", &secret);
    browser
}

#[tokio::test]
async fn without_a_sandbox_what_nobody_has_connected_waits_and_the_page_says_what_to_do() {
    let database = Database::create().await;
    let off = settings(&database, &[("PORTAL_SANDBOX", "off")]);
    let mut portal = Portal::open(&off).await.unwrap();
    assert!(portal.sandbox.is_none() && !portal.ctx.programme.sandbox);
    let ctx = portal.ctx.clone();
    let address = portal.start_site(&off).await.unwrap();
    let operator = operator_of(&ctx).await;
    let refused =
        access::sign_in_as(&ctx, operator.person(), None, &access::Browser::default()).await;
    assert!(refused.is_err() && access::list_choices(&ctx).await.unwrap().is_empty());
    operations::sweep_now(&ctx, &operator).await.unwrap();
    portal.worker.run_due().await.unwrap();
    let health = operations::read_health(&ctx, &operator).await.unwrap();
    for system in ["hubspot", "xero"] {
        let vendor = health.vendor(system).unwrap();
        assert!(vendor.standing.held_at.is_some(), "{system}");
        assert!(health.backlog(system).waiting > 0 && health.backlog(system).dead == 0);
        let said = vendor.last_failure.clone().unwrap();
        assert!(said.contains("nobody has connected it yet"), "{said}");
    }
    let long_ago = "UPDATE vendors SET held_at = held_at - 300000 WHERE name = 'hubspot'";
    database.execute(long_ago).await.unwrap();
    portal_services::alerts::watch(&ctx).await.unwrap();
    let told = database.rows("SELECT cause FROM alerts").await;
    let told: Vec<String> = told.iter().map(|row| row.get("cause")).collect();
    assert_eq!(
        told,
        ["missing hubspot"],
        "and not that credentials are wrong"
    );
    let mut browser = browser_of(&ctx, &format!("http://{address}"), &operator).await;
    let shown = page(&mut browser, "hubspot").await;
    assert!(shown.contains("HubSpot is not connected.") && shown.contains("Nothing is lost"));
    assert!(!shown.contains("sandbox-hubspot"), "no help of the demo");
    let nothing_waits = "UPDATE jobs SET state = 'done' WHERE lane = 'hubspot'";
    database.execute(nothing_waits).await.unwrap();
    let jobs = async || database.rows("SELECT id FROM jobs").await.len();
    let before = jobs().await;
    portal_services::alerts::watch(&ctx).await.unwrap();
    let open = database
        .rows("SELECT cause FROM alerts WHERE over_at IS NULL")
        .await;
    assert!(open.is_empty());
    assert_eq!(jobs().await, before, "and nobody is told that it works");
    portal.stop().await;
    database.remove().await;
}

#[tokio::test]
async fn what_was_once_started_with_credentials_or_without_a_sandbox_is_never_the_demo_again() {
    for given in [("HUBSPOT_TOKEN", "pat-real"), ("PORTAL_SANDBOX", "off")] {
        let database = Database::create().await;
        let auto = settings(&database, &[]);
        assert!(serve::open_books(&auto).await.is_ok(), "a new one is");
        serve::open_books(&settings(&database, &[given]))
            .await
            .unwrap();
        let refused = serve::open_books(&auto).await.err().expect("no start");
        let refused = refused.to_string();
        assert!(refused.starts_with("PORTAL_SANDBOX"), "{refused}");
        let open = [("HUBSPOT_TOKEN", "pat-real"), ("SANDBOX_ADDR", "0.0.0.0:0")];
        let refused = serve::open_books(&settings(&database, &open)).await.err();
        let refused = refused.expect("no sandbox for everybody").to_string();
        assert!(refused.starts_with("SANDBOX_ADDR"), "{refused}");
        database.remove().await;
    }
}

#[tokio::test]
async fn a_real_connection_ends_the_demo_whatever_the_settings_say() {
    let database = Database::create().await;
    let off = settings(&database, &[("PORTAL_SANDBOX", "off")]);
    let auto = settings(&database, &[]);
    let demo = Portal::open(&auto).await.unwrap();
    let operator = operator_of(&demo.ctx).await;
    let session = access::sign_in_as(
        &demo.ctx,
        operator.person(),
        None,
        &access::Browser::default(),
    )
    .await
    .unwrap();
    let is_signed_in = async |ctx: &Ctx| {
        let found = access::find_session(ctx, &session).await;
        found.unwrap().is_some()
    };
    assert!(is_signed_in(&demo.ctx).await);
    let real = serve::open_books(&off).await.unwrap();
    let token = "pat-real".into();
    let found = Found {
        id: "1".to_owned(),
        name: "Real".to_owned(),
    };
    let token = TokenForm {
        token,
        webhook: "".into(),
    };
    connections::connect_token(&real, &operator, System::HubSpot, &token, Some(&found))
        .await
        .unwrap();
    let refused = access::sign_in_as(
        &demo.ctx,
        operator.person(),
        None,
        &access::Browser::default(),
    )
    .await;
    assert!(
        refused.is_err(),
        "an instance that still takes itself for the demo"
    );
    assert!(access::list_choices(&demo.ctx).await.unwrap().is_empty());
    assert!(!is_signed_in(&demo.ctx).await, "whoever was in is out");
    assert!(!is_signed_in(&real).await, "ten years were the demo's");
    demo.stop().await;
    let refused = serve::open_books(&auto).await.err().expect("no start");
    assert!(
        refused.to_string().starts_with("PORTAL_SANDBOX"),
        "{refused}"
    );
    connections::disconnect(&real, &operator, System::HubSpot)
        .await
        .unwrap();
    real.store.close().await;
    let again = serve::open_books(&auto).await;
    assert!(again.is_err(), "nor once nothing is connected any more");
    database.remove().await;
}

#[tokio::test]
async fn a_connection_to_the_sandbox_is_none_to_the_real_system() {
    let database = Database::create().await;
    let demo = Portal::open(&settings(&database, &[])).await.unwrap();
    let operator = operator_of(&demo.ctx).await;
    let token = TokenForm {
        token: "sandbox-hubspot-token".into(),
        webhook: SIGNED.into(),
    };
    connections::connect_token(&demo.ctx, &operator, System::HubSpot, &token, None)
        .await
        .unwrap();
    let origin = async |ctx: &Ctx| {
        let found = connections::find(ctx, &operator, System::HubSpot).await;
        found.unwrap().origin
    };
    assert_eq!(origin(&demo.ctx).await, Origin::Connection);
    demo.stop().await;
    let mixed = settings(&database, &[("SLACK_TOKEN", "xoxb-real")]);
    let mixed = serve::open_books(&mixed).await.unwrap();
    assert_eq!(origin(&mixed).await, Origin::Sandbox, "as for all the rest");
    mixed.store.close().await;
    let off = settings(&database, &[("PORTAL_SANDBOX", "off")]);
    let real = serve::open_books(&off).await.unwrap();
    assert_eq!(origin(&real).await, Origin::Nothing);
    let own = TokenForm {
        token: "pat-real".into(),
        webhook: "".into(),
    };
    connections::connect_token(&real, &operator, System::HubSpot, &own, None)
        .await
        .unwrap();
    let found = connections::find_stored(&real, System::HubSpot).await;
    let left = found.unwrap().webhook;
    assert!(left.is_none(), "what everybody knows signs nothing real");
    real.store.close().await;
    let environment = settings(&database, &[("HUBSPOT_TOKEN", "pat-env")]);
    let given = serve::open_books(&environment).await.unwrap();
    assert_eq!(origin(&given).await, Origin::Environment);
    let system = System::HubSpot;
    let refused = connections::connect_token(&given, &operator, system, &own, None).await;
    assert!(refused.is_err(), "the environment goes before");
    let refused = connections::begin(&given, &operator, "session", system).await;
    assert!(
        matches!(
            refused,
            Err(ServiceError::Conflict("connection-of-environment"))
        ),
        "{refused:?}"
    );
    given.store.close().await;
    database.remove().await;
}
