//! Single sign-on: whom a company's identity provider may say that somebody is, and where. The way to a real provider and back is a journey in the browser.

use portal_domain::{
    access::{Actor, MemberRole},
    ids::ProviderId,
    secret::Secret,
    sign_on::{SignOn, SignOnForm},
};
use portal_services::{
    Ctx, ServiceError,
    access::{
        self, Browser, recovery,
        sign_on::{self, Which, Who},
    },
};
use portal_store::{audit, people};
use serde_json::{Value, json};
use sqlx::Row;

use crate::{
    browser::{self, english},
    portal::TestPortal,
    signing_in::{shown_codes, with_app},
};

const SALES: &str = "sales@aster-consulting.com";

fn form(domain: &str, only: bool) -> SignOnForm {
    SignOnForm {
        name: "Aster ID".to_owned(),
        domain: domain.to_owned(),
        issuer: "https://login.example.com".to_owned(),
        client: "portal".to_owned(),
        secret: String::new(),
        strength: String::new(),
        only: if only { "on".to_owned() } else { String::new() },
    }
}

fn read(domain: &str, only: bool) -> SignOn {
    form(domain, only).parse().unwrap()
}

async fn save(portal: &TestPortal, which: Which, sign_on: &SignOn) -> ProviderId {
    let (ctx, administrator) = (&portal.ctx, &portal.staff.administrator);
    let secret = Secret::from("a secret");
    sign_on::save(ctx, administrator, which, sign_on, &secret)
        .await
        .unwrap()
}

pub async fn asters(portal: &TestPortal, only: bool) -> ProviderId {
    let which = Which::Partners(portal.aster.id);
    save(portal, which, &read("aster-consulting.com", only)).await
}

fn who(subject: &str, email: &str) -> Who {
    Who {
        subject: subject.to_owned(),
        email: Some(email.to_owned()),
        email_verified: Some(true),
        acr: None,
        amr: Vec::new(),
        proved_ms_ago: None,
    }
}

async fn sign_in(ctx: &Ctx, provider: ProviderId, who: &Who) -> Result<String, ServiceError> {
    sign_on::sign_in(ctx, provider, who, &Browser::default()).await
}

#[track_caller]
fn refused<T>(answer: Result<T, ServiceError>, code: &str) {
    match answer {
        Err(ServiceError::Conflict(said)) => assert_eq!(said, code),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("let in where `{code}` was due"),
    }
}

#[tokio::test]
async fn a_provider_is_believed_for_checked_addresses_of_its_own_domain_alone() {
    let portal = TestPortal::start().await;
    let (ctx, provider) = (&portal.ctx, asters(&portal, false).await);
    let mut tx = ctx.store.read().await.unwrap();
    let administrator = people::find(&mut tx, portal.staff.administrator.person()).await;
    let administrator = administrator.unwrap().unwrap().email;
    drop(tx);
    for stranger in [administrator.as_str(), "owner@borealis-partners.de"] {
        let told = sign_in(ctx, provider, &who("1", stranger)).await;
        refused(told, "sign-on-other-domain");
    }
    let unchecked = Who {
        email_verified: Some(false),
        ..who("1", SALES)
    };
    refused(
        sign_in(ctx, provider, &unchecked).await,
        "sign-on-other-domain",
    );
    let silent = Who {
        email: None,
        ..who("1", SALES)
    };
    refused(
        sign_in(ctx, provider, &silent).await,
        "sign-on-without-address",
    );
    let unknown = who("1", "nobody@aster-consulting.com");
    refused(sign_in(ctx, provider, &unknown).await, "sign-on-nobody");

    let secret = sign_in(ctx, provider, &who("1", SALES)).await.unwrap();
    let session = access::find_session(ctx, &secret).await.unwrap().unwrap();
    assert_eq!(session.actor, portal.aster.sales);
    portal.finish().await;
}

#[tokio::test]
async fn somebody_is_known_by_the_providers_own_name_and_nobody_takes_that_over() {
    let portal = TestPortal::start().await;
    let (ctx, provider) = (&portal.ctx, asters(&portal, false).await);
    sign_in(ctx, provider, &who("1", SALES)).await.unwrap();
    // The address went to somebody else at the company, who is another subject.
    let heir = sign_in(ctx, provider, &who("2", SALES)).await;
    refused(heir, "sign-on-other-subject");
    // And the first one has another address by now, or tells none.
    for renamed in [who("1", "s.ales@aster-consulting.com"), who("1", "x@y.com")] {
        let secret = sign_in(ctx, provider, &renamed).await.unwrap();
        let session = access::find_session(ctx, &secret).await.unwrap().unwrap();
        assert_eq!(session.actor.person(), portal.aster.sales.person());
    }
    portal_services::company::remove_member(ctx, &portal.aster.owner, portal.aster.sales.person())
        .await
        .unwrap();
    let gone = sign_in(ctx, provider, &who("1", SALES)).await;
    refused(gone, "sign-on-nobody");
    portal.finish().await;
}

#[tokio::test]
async fn what_a_partners_provider_says_opens_that_partner_alone_and_adds_no_proof() {
    let portal = TestPortal::start().await;
    let (ctx, provider) = (&portal.ctx, asters(&portal, false).await);
    let person = portal.aster.sales.person();
    let mut tx = ctx.store.write().await.unwrap();
    let role = MemberRole::Owner;
    people::add_member(&mut tx, portal.borealis.id, person, role, ctx.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let secret = sign_in(ctx, provider, &who("1", SALES)).await.unwrap();
    let browser = Browser {
        secret: Some(secret.clone()),
        ..Browser::default()
    };
    let elsewhere = access::switch_partner(ctx, portal.borealis.id, &browser).await;
    refused(elsewhere, "sign-on-elsewhere");
    let proof = access::authenticator::begin(ctx, &browser).await;
    refused(proof.map(|_| ()), "sign-on-no-proofs");
    let session = access::find_session(ctx, &secret).await.unwrap().unwrap();
    assert_eq!(session.actor, portal.aster.sales);
    portal.finish().await;
}

#[tokio::test]
async fn where_it_is_the_only_way_nothing_else_signs_in_until_the_command_line_says_so() {
    let portal = TestPortal::start().await;
    let (ctx, provider) = (&portal.ctx, asters(&portal, true).await);
    let mut browser = portal.browser();
    let ask = [("do", "request_link"), ("email", SALES)];
    let asked = browser.post("/sign-in", &ask).await;
    assert_eq!(asked.location, format!("/sign-in?provider={provider}"));
    let page = browser.get(&asked.location).await;
    assert!(page.body.contains("Aster ID"), "{}", page.body);
    let anyway = [("do", "request_link"), ("email", SALES), ("anyway", "true")];
    let path = {
        browser.post("/sign-in", &anyway).await;
        portal.mailed_path(SALES).await
    };
    let token = path.strip_prefix("/sign-in/").unwrap();
    let use_it = [("do", "use_link"), ("token", token)];
    let used = browser.post(&path, &use_it).await;
    assert_eq!(used.status, 409);
    assert!(used.body.contains(&english("error-sign-on-only")));

    sign_on::release(ctx, "Aster-Consulting.com").await.unwrap();
    let used = browser.post(&path, &use_it).await;
    assert_eq!((used.status, used.location.as_str()), (303, "/sign-in"));
    portal.finish().await;
}

#[tokio::test]
async fn whoever_comes_back_is_in_the_browser_that_left_once_and_in_time() {
    let portal = TestPortal::start().await;
    let (ctx, provider) = (&portal.ctx, asters(&portal, false).await);
    let trip = sign_on::begin(ctx, provider, "this browser").await.unwrap();
    let other = sign_on::come_back(ctx, &trip.state, "another").await;
    refused(other.map(|_| ()), "sign-on-unknown");
    let back = sign_on::come_back(ctx, &trip.state, "this browser")
        .await
        .unwrap();
    assert_eq!(back.provider.id, provider);
    assert!(
        back.own == trip.own,
        "what the nonce is made of is the same"
    );
    let again = sign_on::come_back(ctx, &trip.state, "this browser").await;
    refused(again.map(|_| ()), "sign-on-unknown");
    let late = sign_on::begin(ctx, provider, "this browser").await.unwrap();
    portal.advance_clock_by(11).await;
    let late = sign_on::come_back(ctx, &late.state, "this browser").await;
    refused(late.map(|_| ()), "sign-on-unknown");
    // As a page, it says so without more.
    let page = portal
        .browser()
        .get("/sign-in/provider/back?code=x&state=y")
        .await;
    assert_eq!(page.status, 409);
    assert!(page.body.contains(&english("error-sign-on-unknown")));
    portal.finish().await;
}

#[tokio::test]
async fn only_administrators_look_after_providers_and_all_they_do_is_in_the_log() {
    let portal = TestPortal::start().await;
    let ctx = &portal.ctx;
    let others: [&Actor; 5] = [
        &portal.staff.operator,
        &portal.staff.finance,
        &portal.staff.manager,
        &portal.aster.owner,
        &portal.aster.sales,
    ];
    let (read, secret) = (read("example.com", false), Secret::from("x"));
    for actor in others {
        let saved = sign_on::save(ctx, actor, Which::Vendors, &read, &secret).await;
        assert!(matches!(saved, Err(ServiceError::Forbidden)), "{actor:?}");
        let listed = sign_on::list(ctx, actor).await;
        assert!(matches!(listed, Err(ServiceError::Forbidden)), "{actor:?}");
    }
    let id = save(&portal, Which::Vendors, &read).await;
    let taken = sign_on::save(
        ctx,
        &portal.staff.administrator,
        Which::Partners(portal.aster.id),
        &read,
        &secret,
    );
    assert!(matches!(taken.await, Err(ServiceError::Invalid(_))));
    sign_on::remove(ctx, &portal.staff.administrator, id)
        .await
        .unwrap();
    let mut tx = ctx.store.read().await.unwrap();
    let acts = audit::list_of_subjects(&mut tx, &[id.to_string()]).await;
    let acts: Vec<String> = acts.unwrap().into_iter().map(|act| act.act).collect();
    drop(tx);
    assert_eq!(acts, ["save_sign_on", "remove_sign_on"]);
    portal.finish().await;
}

#[tokio::test]
async fn an_address_where_no_provider_may_be_is_not_called() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.staff.administrator).await;
    for issuer in [
        "https://127.0.0.1:9",
        "http://127.0.0.1:9",
        "https://localhost",
        "https://169.254.169.254",
        "https://[::1]",
        "https://10.0.0.1/realm",
    ] {
        let typed = [
            ("do", "save_sign_on"),
            ("form[name]", "Example"),
            ("form[domain]", "example.com"),
            ("form[issuer]", issuer),
            ("form[client]", "portal"),
            ("form[secret]", "planted-secret"),
        ];
        let answer = browser.post("/staff/sign-on", &typed).await;
        assert_eq!(answer.status, 422, "{issuer}");
        let said = [
            english("error-issuer-silent"),
            english("error-issuer-invalid"),
        ];
        assert!(
            said.iter().any(|said| answer.body.contains(said.as_str())),
            "{issuer}"
        );
        assert!(!answer.body.contains("planted-secret"));
    }
    let kept = sign_on::list(&portal.ctx, &portal.staff.administrator).await;
    assert!(kept.unwrap().is_empty());
    portal.finish().await;
}

#[tokio::test]
async fn nobody_comes_in_for_whom_a_provider_does_not_vouch_as_it_is_asked() {
    let portal = TestPortal::start().await;
    let (ctx, provider) = (&portal.ctx, asters(&portal, false).await);
    let silent = who("1", SALES);
    sign_in(ctx, provider, &silent)
        .await
        .expect("where nothing is asked, whoever the provider lets in is in");
    let asks = SignOn {
        strength: vec!["mfa".to_owned(), "loa:2".to_owned()],
        ..read("aster-consulting.com", false)
    };
    save(&portal, Which::There(provider), &asks).await;
    let weak = Who {
        acr: Some("loa:1".to_owned()),
        amr: vec!["pwd".to_owned(), "x".repeat(1_000)],
        ..who("1", SALES)
    };
    let stranger = Who {
        subject: "2".to_owned(),
        ..weak.clone()
    };
    for weak in [&silent, &weak, &stranger] {
        refused(sign_in(ctx, provider, weak).await, "sign-on-weak");
    }
    let by_class = Who {
        acr: Some("loa:2".to_owned()),
        ..silent.clone()
    };
    let by_way = Who {
        amr: vec!["pwd".to_owned(), "mfa".to_owned()],
        ..silent.clone()
    };
    for strong in [&by_class, &by_way] {
        let secret = sign_in(ctx, provider, strong).await.unwrap();
        let session = access::find_session(ctx, &secret).await.unwrap().unwrap();
        assert_eq!(session.actor, portal.aster.sales);
    }

    let mut tx = ctx.store.read().await.unwrap();
    let acts = audit::list_of_subjects(&mut tx, &[provider.to_string()]).await;
    let acts = acts.unwrap();
    drop(tx);
    let refusals: Vec<_> = acts
        .iter()
        .filter(|act| act.act == "refuse_sign_on")
        .collect();
    let person = portal.aster.sales.person();
    let persons: Vec<_> = refusals.iter().map(|act| act.person).collect();
    assert_eq!(persons, [Some(person), Some(person), None]);
    let facts: Value = serde_json::from_str(&refusals[1].facts).unwrap();
    let told = json!({
        "asked": ["mfa", "loa:2"],
        "acr": "loa:1",
        "amr": ["pwd", "x".repeat(200)],
    });
    assert_eq!(facts, told);
    portal.finish().await;
}

#[tokio::test]
async fn other_sessions_are_ended_only_soon_after_a_proof_that_the_provider_vouches_for() {
    let portal = TestPortal::start().await;
    let (ctx, provider) = (&portal.ctx, asters(&portal, false).await);
    let minutes = |minutes: i64| Some(minutes * 60_000);
    for (proved_ms_ago, is_recent) in [
        (None, false),
        (minutes(16), false),
        (minutes(14), true),
        (Some(i64::MAX), false),
    ] {
        let who = Who {
            proved_ms_ago,
            ..who("1", SALES)
        };
        let secret = sign_in(ctx, provider, &who).await.unwrap();
        let session = access::find_session(ctx, &secret).await.unwrap().unwrap();
        let ended = access::sessions::end_others(ctx, &session, &access::Browser::default()).await;
        if is_recent {
            ended.expect("proved fourteen minutes ago");
            portal.advance_clock_by(2).await;
            let late =
                access::sessions::end_others(ctx, &session, &access::Browser::default()).await;
            refused(late, "sign-on-prove-again");
        } else {
            refused(ended, "sign-on-prove-again");
        }
    }
    portal.finish().await;
}

/// An administrator types a provider that is on the internet, and for what it must vouch.
async fn type_in(browser: &mut browser::Browser, strength: &str) -> browser::Answer {
    let typed = [
        ("do", "save_sign_on"),
        ("form[name]", "Example"),
        ("form[domain]", "example.com"),
        ("form[issuer]", "https://login.example.com"),
        ("form[client]", "portal"),
        ("form[secret]", "secret"),
        ("form[strength]", strength),
    ];
    browser.post("/staff/sign-on", &typed).await
}

#[tokio::test]
async fn a_partners_provider_sees_and_ends_no_session_elsewhere_and_drops_no_recovery_codes() {
    let portal = TestPortal::start().await;
    let (mut elsewhere, _) = with_app(&portal, SALES).await;
    let (ctx, provider) = (&portal.ctx, asters(&portal, false).await);
    let (partner, person) = (portal.borealis.id.to_string(), portal.aster.sales.person());
    let join = format!(
        "INSERT INTO members (partner_id, person_id, role, joined_at) VALUES ('{partner}', '{person}', 'finance', 1)"
    );
    portal.database.execute(&join).await.unwrap();
    let switch = [("do", "switch_partner"), ("partner", partner.as_str())];
    assert_eq!(elsewhere.post("/security", &switch).await.status, 303);
    let who = Who {
        proved_ms_ago: Some(0),
        ..who("1", SALES)
    };
    let _other = sign_in(ctx, provider, &who).await.unwrap();
    let secret = sign_in(ctx, provider, &who).await.unwrap();
    let session = access::find_session(ctx, &secret).await.unwrap().unwrap();
    let seen = access::sessions::list(ctx, &session).await.unwrap();
    assert_eq!(seen.len(), 2, "those of its own company");
    let all =
        format!("SELECT id FROM sessions WHERE partner_id = '{partner}' AND revoked_at IS NULL");
    let id: String = portal.database.rows(&all).await[0].get("id");
    let ended = access::sessions::end(ctx, &session, id.parse().unwrap()).await;
    assert!(matches!(ended, Err(ServiceError::NotFound)), "{ended:?}");
    access::sessions::end_others(ctx, &session, &Browser::default())
        .await
        .unwrap();
    let seen = access::sessions::list(ctx, &session).await.unwrap();
    assert_eq!(seen.len(), 1);
    let browser = Browser {
        secret: Some(secret),
        ..Browser::default()
    };
    let codes = recovery::find(ctx, person, &browser).await.unwrap();
    assert!(
        codes.is_none(),
        "there is nothing to be done about them here"
    );
    refused(recovery::keep(ctx, &browser).await, "sign-on-no-proofs");
    assert_eq!(shown_codes(&mut elsewhere).await.len(), 10);
    let known = format!("SELECT person_id FROM known_browsers WHERE person_id = '{person}'");
    assert_eq!(portal.database.rows(&known).await.len(), 1);
    portal.finish().await;
}

#[tokio::test]
async fn whoever_came_by_a_provider_resets_a_colleague_once_that_says_that_it_has_just_proved_itself()
 {
    let portal = TestPortal::start().await;
    with_app(&portal, SALES).await;
    let (ctx, provider) = (&portal.ctx, asters(&portal, false).await);
    let colleague = portal.aster.sales.person();
    for (proved_ms_ago, may) in [(None, false), (Some(0), true)] {
        let owner = Who {
            proved_ms_ago,
            ..who("2", "owner@aster-consulting.com")
        };
        let secret = sign_in(ctx, provider, &owner).await.unwrap();
        let session = access::find_session(ctx, &secret).await.unwrap().unwrap();
        let done = access::reset::reset_member(ctx, &session, colleague, "Stolen").await;
        if may {
            done.unwrap();
        } else {
            refused(done, "sign-on-prove-again");
        }
    }
    portal.finish().await;
}

#[tokio::test]
async fn words_that_no_provider_says_are_not_kept_and_what_is_asked_stands_on_the_page() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.staff.administrator).await;
    let answer = type_in(&mut browser, "größer").await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains(&english("error-strength-invalid")));
    let asks = SignOn {
        strength: vec!["mfa".to_owned(), "hwk".to_owned()],
        ..read("example.com", false)
    };
    let id = save(&portal, Which::Vendors, &asks).await;
    let page = browser.get("/staff/sign-on").await.body;
    assert!(page.contains("one of these: mfa hwk"), "{page}");
    save(&portal, Which::There(id), &read("example.com", false)).await;
    let page = browser.get("/staff/sign-on").await.body;
    assert!(page.contains(&english("sign-on-strength-none")), "{page}");
    portal.finish().await;
}

#[tokio::test]
async fn where_hosts_are_named_a_provider_elsewhere_is_not_asked_and_whoever_typed_it_reads_why() {
    let named = [("OUTWARD_HOSTS", "hooks.example.com")];
    let portal = TestPortal::start_with(&named).await;
    let mut browser = portal.sign_in(&portal.staff.administrator).await;
    let answer = type_in(&mut browser, "").await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("login.example.com") && answer.body.contains("OUTWARD_HOSTS"),
        "{}",
        answer.body
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_session_of_a_provider_lasts_half_a_day() {
    let portal = TestPortal::start().await;
    let (ctx, provider) = (&portal.ctx, asters(&portal, false).await);
    let secret = sign_in(ctx, provider, &who("1", SALES)).await.unwrap();
    portal.advance_clock_by(11 * 60).await;
    assert!(access::find_session(ctx, &secret).await.unwrap().is_some());
    portal.advance_clock_by(61).await;
    assert!(access::find_session(ctx, &secret).await.unwrap().is_none());
    portal.finish().await;
}
