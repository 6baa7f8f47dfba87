//! The way back for somebody who has lost everything that it signs in with: who may open it for whom, what ends then, and that nothing of before opens any more.

use portal_domain::access::{Actor, Proof};
use portal_services::{
    access::{self, proofs, reset},
    people,
};
use portal_words::{Locale, Words};
use serde_json::json;
use sqlx::Row;

use crate::{
    access::{begin_session, body_without_chance},
    browser::{Answer, Browser, english},
    people::{ends_within_seconds, last_facts},
    portal::TestPortal,
    sign_on,
    signing_in::{prove, shown_codes, use_link, with_app},
};

const SALES: &str = "sales@aster-consulting.com";
const OWNER: &str = "owner@aster-consulting.com";
const WHY: &str = "Everything was in the stolen bag; I called her";

/// An owner resets somebody.
async fn reset_member(owner: &mut Browser, person: &str, loss: &str) -> Answer {
    let fields = [("do", "reset_member"), ("person", person), ("loss", loss)];
    owner.post("/company", &fields).await
}

/// The same call as a program makes it, whose answer says why not.
async fn reset_person(browser: &mut Browser, person: &str) -> Answer {
    let fields = [("person", person), ("loss", WHY)];
    browser.post("/api/reset_person", &fields).await
}

/// How a person is told.
async fn told(portal: &TestPortal, email: &str) -> Vec<String> {
    portal.run_jobs().await;
    let programme = [("programme", portal.ctx.programme.name.as_str().into())];
    let subject = Words::of(Locale::En).with("mail-proofs-reset-subject", &programme);
    let mails = portal.mails_to(email).await;
    let mails = mails.iter().filter(|mail| mail["subject"] == subject);
    mails
        .map(|mail| mail["text"].as_str().unwrap().to_owned())
        .collect()
}

/// A passkey, so far as the portal knows of it.
async fn add_passkey(portal: &TestPortal, actor: &Actor, id: &str) {
    let person = actor.person();
    let sql = format!(
        "INSERT INTO passkeys (id, person_id, name, credential, created_at) VALUES ('{id}', '{person}', 'Laptop', '{{}}', 1)"
    );
    portal.database.execute(&sql).await.unwrap();
}

#[tokio::test]
async fn a_colleague_who_has_lost_everything_is_reset_by_an_owner_and_enrols_as_the_first_time() {
    let portal = TestPortal::start().await;
    let (mut sales, app) = with_app(&portal, SALES).await;
    let codes = shown_codes(&mut sales).await;
    add_passkey(&portal, &portal.aster.sales, "key").await;
    let stream = sales.open("/events").await;
    let mut waiting = portal.browser();
    let ask = [("do", "request_link"), ("email", SALES)];
    waiting.post("/sign-in", &ask).await;
    let link = portal.mailed_path(SALES).await;

    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let person = portal.aster.sales.person().to_string();
    let done = reset_member(&mut owner, &person, WHY).await;
    assert_eq!(
        done.location, "/company?notice=proofs-reset",
        "{}",
        done.body
    );

    ends_within_seconds(stream).await;
    let next = sales.get("/leads").await.location;
    assert!(next.starts_with("/sign-in"), "{next}");
    assert_eq!(sales.post("/api/end_other_sessions", &[]).await.status, 401);
    let token = link.strip_prefix("/sign-in/").expect("the link's page");
    let use_it = [("do", "use_link"), ("token", token)];
    let used = waiting.post(&link, &use_it).await;
    assert_eq!(used.status, 409, "a link from before");
    for kept in [
        format!("SELECT id FROM passkeys WHERE person_id = '{person}'"),
        format!("SELECT name FROM secrets WHERE name LIKE '%{person}'"),
    ] {
        assert!(portal.database.rows(&kept).await.is_empty(), "{kept}");
    }

    let told = told(&portal, SALES).await;
    assert_eq!(told.len(), 1);
    for said in ["Aster owner (Aster)", "6 Jul 2026", "/sign-in"] {
        assert!(told[0].contains(said), "{said} in {}", told[0]);
    }
    let facts = last_facts(&portal, "reset_person").await;
    assert_eq!(facts["reason"], WHY);
    let had = json!([facts["passkeys"], facts["app"], facts["codes"]]);
    assert_eq!(had, json!([1, true, 10]));

    portal.advance_clock_by(11).await;
    let mut old = portal.browser();
    use_link(&portal, &mut old, SALES).await;
    for code in [app.code(&portal), codes[0].clone()] {
        assert_eq!(prove(&mut old, &code).await.0, 422, "a code from before");
    }
    let (mut anew, _) = with_app(&portal, SALES).await;
    assert_eq!(anew.get("/leads").await.status, 200);
    assert_eq!(shown_codes(&mut anew).await.len(), 10);
    portal.finish().await;
}

#[tokio::test]
async fn an_administrator_resets_the_vendors_people_and_the_partners() {
    let portal = TestPortal::start().await;
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    for (actor, email) in [
        (portal.staff.operator, "operator@vendor.example"),
        (portal.aster.owner, OWNER),
    ] {
        let (mut lost, _) = with_app(&portal, email).await;
        let stream = lost.open("/events").await;
        let person = actor.person().to_string();
        let path = format!("/staff/people/{person}");
        let with = |loss| {
            [
                ("do", "reset_person"),
                ("person", person.as_str()),
                ("loss", loss),
            ]
        };
        let without = administrator.post(&path, &with("")).await;
        assert_eq!(without.status, 422, "it says why");
        assert!(without.body.contains(&english("reset-lead")));
        assert_eq!(lost.get("/security").await.status, 200);
        let done = administrator.post(&path, &with(WHY)).await;
        assert_eq!(done.location, format!("{path}?notice=proofs-reset"));
        ends_within_seconds(stream).await;
        assert_eq!(lost.get("/security").await.status, 303);
        let seen = administrator.get(&path).await.body;
        assert!(seen.contains(&english("error-reset-nothing")), "{email}");
        let told = told(&portal, email).await;
        let by = format!("Staff administrator ({})", portal.ctx.programme.name);
        assert!(told.len() == 1 && told[0].contains(&by), "{told:?}");
        let (mut anew, _) = with_app(&portal, email).await;
        assert_eq!(anew.get("/security").await.status, 200);
    }
    portal.finish().await;
}

#[tokio::test]
async fn an_owner_resets_neither_itself_nor_people_of_others_nor_whoever_gets_in_elsewhere() {
    let portal = TestPortal::start().await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let (mut sales, _) = with_app(&portal, SALES).await;
    let [itself, person, stranger, administrator] = [
        portal.aster.owner,
        portal.aster.sales,
        portal.borealis.sales,
        portal.staff.administrator,
    ]
    .map(|actor| actor.person().to_string());
    let nobody = portal.ctx.new_id().to_string();

    let page = owner.get("/company").await.body;
    let offered = |id: &str| page.contains(&format!("<option value=\"{id}\""));
    assert!(offered(&person) && !offered(&itself));
    let refused = reset_member(&mut owner, &itself, WHY).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains(&english("error-reset-yourself")));
    let unchosen = reset_member(&mut owner, "", WHY).await;
    assert_eq!(unchosen.status, 422);
    assert!(unchosen.body.contains(&english("error-choose-one")));
    let long = "x".repeat(201);
    for loss in ["", long.as_str()] {
        assert_eq!(reset_member(&mut owner, &person, loss).await.status, 422);
    }
    let theirs = reset_member(&mut owner, &stranger, WHY).await;
    let nobodys = reset_member(&mut owner, &nobody, WHY).await;
    assert_eq!((theirs.status, nobodys.status), (404, 404));
    let [theirs, nobodys] = [(theirs, &stranger), (nobodys, &nobody)]
        .map(|(answer, id)| body_without_chance(&answer).replace(id.as_str(), "id"));
    assert_eq!(theirs, nobodys);
    let mut finance = portal.sign_in(&portal.aster.finance).await;
    assert_eq!(reset_member(&mut finance, &person, WHY).await.status, 403);

    // An administrator who was invited to Aster, and somebody who works for both companies.
    for (partner, person) in [
        (portal.aster.id, &administrator),
        (portal.borealis.id, &person),
    ] {
        let join = format!(
            "INSERT INTO members (partner_id, person_id, role, joined_at) VALUES ('{partner}', '{person}', 'sales', 1)"
        );
        portal.database.execute(&join).await.unwrap();
    }
    for person in [&administrator, &person] {
        let refused = reset_member(&mut owner, person, WHY).await;
        assert_eq!(refused.status, 409);
        assert!(refused.body.contains(&english("error-reset-by-vendor")));
    }
    assert_eq!(sales.get("/security").await.status, 200);
    assert!(told(&portal, SALES).await.is_empty());
    portal.finish().await;
}

#[tokio::test]
async fn nobody_is_reset_who_is_disabled_or_signs_in_elsewhere_or_has_nothing_to_lose() {
    let portal = TestPortal::start().await;
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let (mut sales, _) = with_app(&portal, SALES).await;
    with_app(&portal, "finance@vendor.example").await;
    let reason = "Left us";
    let (disabled, by) = (portal.staff.finance.person(), &portal.staff.administrator);
    people::disable(&portal.ctx, by, disabled, reason)
        .await
        .unwrap();
    sign_on::asters(&portal, true).await;
    for (person, why) in [
        (portal.staff.finance, "error-reset-disabled"),
        (portal.staff.operator, "error-reset-nothing"),
        (portal.aster.sales, "error-reset-sign-on"),
    ] {
        let refused = reset_person(&mut administrator, &person.person().to_string()).await;
        assert_eq!(refused.status, 422, "{why}");
        let said = [english(why), "\"field\":\"person\"".to_owned()];
        for said in said {
            assert!(refused.body.contains(&said), "{said} in {}", refused.body);
        }
    }
    let itself = portal.staff.administrator.person().to_string();
    let refused = reset_person(&mut administrator, &itself).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains(&english("error-reset-yourself")));
    let person = portal.aster.sales.person().to_string();
    for actor in [
        portal.staff.manager,
        portal.staff.operator,
        portal.aster.owner,
    ] {
        let mut browser = portal.sign_in(&actor).await;
        let refused = reset_person(&mut browser, &person).await;
        assert_eq!(refused.status, 403, "{actor:?}");
    }
    assert_eq!(sales.get("/security").await.status, 200);
    let noted = "SELECT act FROM audit WHERE act = 'reset_person'";
    assert!(portal.database.rows(noted).await.is_empty());
    portal.finish().await;
}

#[tokio::test]
async fn wrong_codes_of_before_keep_nobody_out_who_was_reset() {
    let portal = TestPortal::start().await;
    with_app(&portal, SALES).await;
    portal
        .database
        .execute("UPDATE sessions SET failures = 20")
        .await
        .unwrap();
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let person = portal.aster.sales.person().to_string();
    assert_eq!(reset_person(&mut administrator, &person).await.status, 200);
    let (_, app) = with_app(&portal, SALES).await;
    portal.advance_clock_by(1).await;
    let mut again = portal.browser();
    use_link(&portal, &mut again, SALES).await;
    assert_eq!(prove(&mut again, &app.code(&portal)).await.0, 303);
    portal.finish().await;
}

#[tokio::test]
async fn whoever_finds_an_owners_browser_open_resets_nobody() {
    let portal = TestPortal::start().await;
    let (mut owner, app) = with_app(&portal, OWNER).await;
    let (mut sales, _) = with_app(&portal, SALES).await;
    let person = portal.aster.sales.person().to_string();
    portal.advance_clock_by(16).await;
    let late = reset_member(&mut owner, &person, WHY).await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains(&english("error-prove-again")));
    assert_eq!(sales.get("/leads").await.status, 200);
    use_link(&portal, &mut owner, OWNER).await;
    assert_eq!(prove(&mut owner, &app.code(&portal)).await.0, 303);
    let done = reset_member(&mut owner, &person, WHY).await;
    assert_eq!(done.location, "/company?notice=proofs-reset");
    portal.finish().await;
}

/// Two browsers of a sales person that are just about to begin a session: one with a code, and one that switches its company.
async fn about_to_begin(portal: &TestPortal, round: usize) -> (String, [access::Browser; 2]) {
    let sales = portal.aster.sales;
    let person = sales.person();
    let code = format!("code{round}");
    let hash = access::hash_token(&code);
    let sql =
        format!("INSERT INTO recovery_codes (code_hash, person_id) VALUES ('{hash}', '{person}')");
    portal.database.execute(&sql).await.unwrap();
    let browsers = [
        begin_session(&portal.ctx, &sales, Proof::Link).await,
        begin_session(&portal.ctx, &sales, Proof::Passkey).await,
    ]
    .map(|secret| access::Browser {
        secret: Some(secret),
        ..access::Browser::default()
    });
    (code, browsers)
}

/// What the sales person's sessions rest on that were not ended.
async fn live_sessions(portal: &TestPortal) -> Vec<String> {
    let person = portal.aster.sales.person();
    let live = format!(
        "SELECT proof FROM sessions WHERE person_id = '{person}' AND revoked_at IS NULL ORDER BY proof"
    );
    let live = portal.database.rows(&live).await;
    live.iter().map(|row| row.get("proof")).collect()
}

#[tokio::test]
async fn no_session_that_begins_in_the_moment_of_a_reset_outlives_it() {
    let portal = TestPortal::start().await;
    let ctx = &portal.ctx;
    let (sales, partner) = (portal.aster.sales, portal.aster.id);
    let owner = begin_session(ctx, &portal.aster.owner, Proof::Passkey).await;
    let owner = access::find_session(ctx, &owner).await.unwrap().unwrap();
    for round in 0..8 {
        add_passkey(&portal, &sales, &format!("key{round}")).await;
        let (code, [pending, open]) = about_to_begin(&portal, round).await;
        let (_, _, done) = tokio::join!(
            proofs::prove(ctx, &code, &pending),
            access::switch_partner(ctx, partner, &open),
            reset::reset_member(ctx, &owner, sales.person(), WHY),
        );
        done.unwrap();
        let live = live_sessions(&portal).await;
        assert!(live.is_empty(), "{live:?} in round {round}");
    }
    portal.finish().await;
}

#[tokio::test]
async fn no_session_that_begins_while_its_person_is_disabled_or_signs_out_elsewhere_lives_on() {
    let portal = TestPortal::start().await;
    let ctx = &portal.ctx;
    let (sales, partner) = (portal.aster.sales, portal.aster.id);
    let administrator = &portal.staff.administrator;
    add_passkey(&portal, &sales, "key").await;
    for round in 0..8 {
        let (code, [pending, open]) = about_to_begin(&portal, round).await;
        let (_, _, done) = tokio::join!(
            proofs::prove(ctx, &code, &pending),
            access::switch_partner(ctx, partner, &open),
            people::disable(ctx, administrator, sales.person(), WHY),
        );
        done.unwrap();
        people::enable(ctx, administrator, sales.person())
            .await
            .unwrap();
        let live = live_sessions(&portal).await;
        assert!(live.is_empty(), "{live:?} in round {round}");

        let (code, [pending, open]) = about_to_begin(&portal, round + 8).await;
        let here = begin_session(ctx, &sales, Proof::Passkey).await;
        let here = access::find_session(ctx, &here).await.unwrap().unwrap();
        let nothing = access::Browser::default();
        let (_, _, done) = tokio::join!(
            proofs::prove(ctx, &code, &pending),
            access::switch_partner(ctx, partner, &open),
            access::sessions::end_others(ctx, &here, &nothing),
        );
        done.unwrap();
        assert_eq!(live_sessions(&portal).await, ["passkey"], "round {round}");
    }
    portal.finish().await;
}
