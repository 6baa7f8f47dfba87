//! Signing in: a mailed link proves a mailbox, a second proof the person; and where somebody is signed in.

use portal_domain::calendar::Timestamp;
use portal_services::access;
use portal_words::{Locale, Words};
use sqlx::Row;
use totp_rs::{Builder, Secret};

use crate::{browser::Browser, portal::TestPortal};

const SALES: &str = "sales@aster-consulting.com";

fn text(key: &str) -> String {
    Words::of(Locale::En).text(key)
}

/// For so long an app shows a code.
const HALF_MINUTE_MS: i64 = 30_000;
/// So much of that is left for whatever comes before a code is typed.
const LEFT_MS: i64 = 10_000;

/// Asks for a link and uses it, in one browser. The code that an app shows then is shown for a while yet: where its half minute is nearly over, the next one has come.
pub async fn use_link(portal: &TestPortal, browser: &mut Browser, email: &str) {
    let ask = [("do", "request_link"), ("email", email)];
    let asked = browser.post("/sign-in", &ask).await;
    assert_eq!(asked.location, "/sign-in?sent=1");
    let path = portal.mailed_path(email).await;
    let token = path.strip_prefix("/sign-in/").expect("the link's page");
    let used = browser
        .post(&path, &[("do", "use_link"), ("token", token)])
        .await;
    assert_eq!((used.status, used.location.as_str()), (303, "/sign-in"));
    let now = portal.ctx.now();
    let left = HALF_MINUTE_MS - now.0 % HALF_MINUTE_MS;
    if left < LEFT_MS {
        portal.advance_clock_to_instant(now.plus_ms(left)).await;
    }
}

/// A person's app, as it stands on the page that shows it.
pub struct App(Secret);

impl App {
    pub async fn read(browser: &mut Browser, path: &str) -> Self {
        let page = browser.get(path).await.body;
        let begin = page.find("otpauth://").expect("an address for the app");
        let seed = page[begin..].split("secret=").nth(1).unwrap();
        let letters = seed.chars().take_while(char::is_ascii_alphanumeric);
        Self(Secret::try_from_base32(letters.collect::<String>()).unwrap())
    }

    /// What it shows now.
    pub fn code(&self, portal: &TestPortal) -> String {
        self.code_at(portal.ctx.now())
    }

    fn code_at(&self, at: Timestamp) -> String {
        let totp = Builder::new()
            .with_secret(self.0.clone())
            .with_issuer(Some("x"))
            .with_account_name("x");
        let seconds = u64::try_from(at.0 / 1_000).unwrap();
        totp.build().unwrap().generate(seconds).to_string()
    }
}

/// Signs somebody in for the first time, with a new app; answers the browser and the app.
pub async fn with_app(portal: &TestPortal, email: &str) -> (Browser, App) {
    let mut browser = portal.browser();
    let app = sign_in_first(portal, &mut browser, email).await;
    (browser, app)
}

/// The same in a browser that there is.
pub async fn sign_in_first(portal: &TestPortal, browser: &mut Browser, email: &str) -> App {
    use_link(portal, browser, email).await;
    let begin = [("do", "begin_authenticator"), ("back", "/sign-in")];
    browser.post("/sign-in", &begin).await;
    let app = App::read(browser, "/sign-in").await;
    let code = app.code(portal);
    let confirm = [("do", "confirm_authenticator"), ("code", code.as_str())];
    let answer = browser.post("/sign-in", &confirm).await;
    assert_eq!(answer.location, "/security?notice=authenticator-added");
    app
}

pub async fn prove(browser: &mut Browser, code: &str) -> (u16, String) {
    let answer = browser
        .post("/sign-in", &[("do", "prove"), ("code", code)])
        .await;
    (answer.status, answer.location)
}

/// The recovery codes that the page shows.
pub async fn shown_codes(browser: &mut Browser) -> Vec<String> {
    let page = browser.get("/security").await.body;
    let Some(list) = page.split("<ul class=\"codes\">").nth(1) else {
        return Vec::new();
    };
    let list = list.split("</ul>").next().unwrap();
    let codes = list.split("<code>").skip(1);
    codes
        .map(|code| code.split('<').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_mailed_link_works_once_for_ten_minutes_and_in_the_browser_that_asked() {
    let portal = TestPortal::start().await;
    let ask = [("do", "request_link"), ("email", SALES)];
    let mut browser = portal.browser();
    let answer = browser.post("/sign-in", &ask).await;
    let unknown = [("do", "request_link"), ("email", "nobody@nowhere.com")];
    let unknown = browser.post("/sign-in", &unknown).await;
    assert_eq!(
        (unknown.status, unknown.location),
        (answer.status, answer.location),
        "who is known is nobody's business"
    );
    let path = portal.mailed_path(SALES).await;
    let use_it = [
        ("do", "use_link"),
        ("token", path.strip_prefix("/sign-in/").unwrap()),
    ];
    for _ in 0..2 {
        let looked = browser.get(&path).await;
        assert_eq!(looked.status, 200, "looking at it does not use it up");
    }
    let mut other = portal.browser();
    let taken = other.post(&path, &use_it).await;
    assert_eq!(taken.status, 409);
    assert!(taken.body.contains(&text("error-link-of-other-browser")));
    let used = browser.post(&path, &use_it).await;
    assert_eq!((used.status, used.location.as_str()), (303, "/sign-in"));
    let again = browser.post(&path, &use_it).await;
    assert_eq!(again.status, 409);
    assert!(again.body.contains(&text("error-link-used-or-expired")));
    browser.post("/sign-in", &ask).await;
    let first = portal.mailed_path(SALES).await;
    browser.post("/sign-in", &ask).await;
    let second = portal.mailed_path(SALES).await;
    for (path, minutes) in [(first, 1), (second, 11)] {
        portal.advance_clock_by(minutes).await;
        let token = path.strip_prefix("/sign-in/").unwrap();
        let late = browser
            .post(&path, &[("do", "use_link"), ("token", token)])
            .await;
        assert_eq!(late.status, 409, "only the newest, and not for long");
    }
    portal.finish().await;
}

#[tokio::test]
async fn no_secret_of_a_link_or_an_app_stands_in_the_database() {
    let portal = TestPortal::start().await;
    let (mut browser, app) = with_app(&portal, SALES).await;
    let codes = shown_codes(&mut browser).await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let invite = [
        ("do", "invite_member"),
        ("form[email]", "nina@aster-consulting.com"),
        ("form[role]", "sales"),
    ];
    owner.post("/company", &invite).await;
    let waiting = portal
        .database
        .rows("SELECT body_text FROM mails WHERE sent_at IS NULL")
        .await;
    let waiting: Vec<String> = waiting.iter().map(|row| row.get("body_text")).collect();
    let is_bare = |text: &String| text.contains("/invitations/THE-SECRET-OF-THIS-LINK");
    assert!(waiting.iter().any(is_bare), "before it leaves: {waiting:?}");
    let invited = portal.mailed_path("nina@aster-consulting.com").await;
    let mut again = portal.browser();
    again
        .post("/sign-in", &[("do", "request_link"), ("email", SALES)])
        .await;
    let link = portal.mailed_path(SALES).await;
    let mut secrets = vec![
        invited.trim_start_matches("/invitations/").to_owned(),
        link.trim_start_matches("/sign-in/").to_owned(),
        app.0.to_base32(),
        browser.held("known").expect("it is known").to_owned(),
    ];
    secrets.extend(codes);
    for secret in secrets {
        assert!(secret.len() > 20);
        assert!(!portal.database.contains(&secret).await, "{secret}");
    }
    portal.finish().await;
}

#[tokio::test]
async fn a_link_alone_opens_nothing_and_the_first_proof_that_is_set_up_does() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    use_link(&portal, &mut browser, SALES).await;
    for path in ["/", "/leads", "/security", "/preferences", "/events"] {
        let answer = browser.get(path).await;
        assert!(
            [303, 204].contains(&answer.status),
            "{path}: {}",
            answer.status
        );
    }
    let lead = [("do", "submit_lead"), ("form[client_name]", "Harbour")];
    assert!(
        browser
            .post("/leads/new", &lead)
            .await
            .location
            .starts_with("/sign-in")
    );
    let (mut browser, _) = with_app(&portal, SALES).await;
    assert_eq!(browser.get("/leads").await.status, 200);
    portal.finish().await;
}

#[tokio::test]
async fn after_that_a_link_and_a_code_sign_in_and_each_code_is_taken_once() {
    let portal = TestPortal::start().await;
    let (_, app) = with_app(&portal, SALES).await;
    portal.advance_clock_by(2).await;
    let mut browser = portal.browser();
    use_link(&portal, &mut browser, SALES).await;
    assert!(browser.get("/sign-in").await.body.contains(SALES));
    let code = app.code(&portal);
    assert_eq!(
        prove(&mut browser, &code).await,
        (303, "/?notice=signed-in".to_owned())
    );
    assert_eq!(browser.get("/leads").await.status, 200);
    let mut thief = portal.browser();
    use_link(&portal, &mut thief, SALES).await;
    assert_eq!(
        prove(&mut thief, &code).await.0,
        422,
        "who looked over the shoulder is late"
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_code_is_taken_within_its_own_half_minute_alone() {
    let portal = TestPortal::start().await;
    let (_, app) = with_app(&portal, SALES).await;
    portal.advance_clock_by(2).await;
    let mut browser = portal.browser();
    use_link(&portal, &mut browser, SALES).await;
    let now = portal.ctx.now();
    for (away, why) in [
        (-HALF_MINUTE_MS, "that one is over"),
        (HALF_MINUTE_MS, "that one is not shown yet"),
    ] {
        let code = app.code_at(now.plus_ms(away));
        let typed = [("do", "prove"), ("code", code.as_str())];
        let answer = browser.post("/sign-in", &typed).await;
        assert_eq!(answer.status, 422, "{why}");
        assert!(answer.body.contains(&text("error-wrong-code")));
    }
    assert_eq!(prove(&mut browser, &app.code_at(now)).await.0, 303);
    portal.finish().await;
}

#[tokio::test]
async fn who_reads_a_mailbox_adds_no_proof_and_guesses_no_code() {
    let portal = TestPortal::start().await;
    let (_, app) = with_app(&portal, SALES).await;
    portal.advance_clock_by(2).await;
    let mut thief = portal.browser();
    use_link(&portal, &mut thief, SALES).await;
    let add = [("do", "begin_authenticator")];
    let refused = thief.post("/sign-in", &add).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains(&text("error-prove-again")));
    for act in [
        "renew_recovery_codes",
        "remove_authenticator",
        "keep_recovery_codes",
    ] {
        let refused = thief.post("/security", &[("do", act)]).await;
        assert!(
            refused.location.starts_with("/sign-in"),
            "{act}: {refused:?}"
        );
    }
    let asked = thief.post("/api/ask_for_passkey", &[("new", "true")]).await;
    assert_eq!(asked.status, 409);
    for _ in 0..4 {
        assert_eq!(prove(&mut thief, "000 000").await.0, 422);
    }
    assert_eq!(
        prove(&mut thief, "000000").await.0,
        409,
        "the fifth is the last"
    );
    let right = app.code(&portal);
    assert_eq!(
        prove(&mut thief, &right).await.0,
        409,
        "and even the right one comes too late"
    );
    portal.finish().await;
}

#[tokio::test]
async fn over_however_many_links_only_so_many_codes_are_guessed_in_a_day_and_the_person_hears_of_it()
 {
    let portal = TestPortal::start().await;
    let (mut owner, app) = with_app(&portal, SALES).await;
    let recovery = shown_codes(&mut owner).await;
    for guessed in 0..4 {
        portal.advance_clock_by(11).await;
        let mut thief = portal.browser();
        use_link(&portal, &mut thief, SALES).await;
        for _ in 0..4 {
            assert_eq!(prove(&mut thief, "000000").await.0, 422, "{guessed}");
        }
        assert_eq!(prove(&mut thief, "000000").await.0, 409, "{guessed}");
    }
    portal.run_jobs().await;
    let told = portal.mails_to(SALES).await;
    let subject = text("mail-proof-fail_sign_in-subject");
    let told = told.iter().filter(|mail| mail["subject"] == subject);
    assert_eq!(told.count(), 4, "one for each link whose codes were wrong");
    portal.advance_clock_by(11).await;
    let mut person = portal.browser();
    use_link(&portal, &mut person, SALES).await;
    let answer = person
        .post("/sign-in", &[("do", "prove"), ("code", &app.code(&portal))])
        .await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains(&text("error-no-codes-today")));
    assert_eq!(
        prove(&mut person, &recovery[0]).await.0,
        303,
        "what nobody guesses opens all the same"
    );
    portal.advance_clock_by(24 * 60).await;
    let mut tomorrow = portal.browser();
    use_link(&portal, &mut tomorrow, SALES).await;
    assert_eq!(prove(&mut tomorrow, &app.code(&portal)).await.0, 303);
    portal.finish().await;
}

#[tokio::test]
async fn a_recovery_code_signs_in_once_and_all_can_be_read_until_they_are_kept() {
    let portal = TestPortal::start().await;
    let (mut browser, _) = with_app(&portal, SALES).await;
    let codes = shown_codes(&mut browser).await;
    assert_eq!(codes.len(), 10);
    assert_eq!(
        shown_codes(&mut browser).await,
        codes,
        "whoever closed the page too soon"
    );
    browser
        .post("/security", &[("do", "keep_recovery_codes")])
        .await;
    assert!(shown_codes(&mut browser).await.is_empty());
    let mut other = portal.browser();
    use_link(&portal, &mut other, SALES).await;
    let typed = codes[3].to_uppercase().replace('-', " ");
    assert_eq!(
        prove(&mut other, &typed).await.0,
        303,
        "however it is typed"
    );
    let mut again = portal.browser();
    use_link(&portal, &mut again, SALES).await;
    assert_eq!(prove(&mut again, &codes[3]).await.0, 422, "once");
    let mut colleague = portal.browser();
    use_link(&portal, &mut colleague, "owner@aster-consulting.com").await;
    assert_eq!(
        prove(&mut colleague, &codes[4]).await.0,
        422,
        "nobody else's"
    );
    other
        .post("/security", &[("do", "renew_recovery_codes")])
        .await;
    assert_eq!(shown_codes(&mut other).await.len(), 10);
    assert_eq!(
        prove(&mut again, &codes[5]).await.0,
        422,
        "the old ones are worth nothing"
    );
    portal.finish().await;
}

#[tokio::test]
async fn the_last_proof_stays_and_taking_one_away_ends_what_is_open_elsewhere() {
    let portal = TestPortal::start().await;
    let (mut browser, _) = with_app(&portal, SALES).await;
    let refused = browser
        .post("/security", &[("do", "remove_authenticator")])
        .await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains(&text("error-last-proof")));
    portal
        .database
        .execute(&format!(
            "INSERT INTO passkeys (id, person_id, name, credential, created_at) VALUES ('key', '{}', 'Laptop', '{{}}', 1)",
            portal.aster.sales.person()
        ))
        .await
        .unwrap();
    let mut elsewhere = portal.sign_in(&portal.aster.sales).await;
    let removed = browser
        .post("/security", &[("do", "remove_authenticator")])
        .await;
    assert_eq!(removed.location, "/security?notice=authenticator-removed");
    assert_eq!(elsewhere.get("/leads").await.status, 303);
    assert_eq!(browser.get("/leads").await.status, 200);
    let acts = portal
        .database
        .rows("SELECT act FROM audit WHERE act LIKE '%authenticator' ORDER BY position")
        .await;
    let acts: Vec<String> = acts.iter().map(|row| row.get("act")).collect();
    assert!(
        acts.ends_with(&[
            "add_authenticator".to_owned(),
            "remove_authenticator".to_owned()
        ]),
        "{acts:?}"
    );
    portal.finish().await;
}

#[tokio::test]
async fn what_proves_a_person_is_changed_only_by_whoever_has_just_proved_it() {
    let portal = TestPortal::start().await;
    let (mut browser, _) = with_app(&portal, SALES).await;
    portal.advance_clock_by(16).await;
    let late = browser
        .post("/security", &[("do", "renew_recovery_codes")])
        .await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains(&text("error-prove-again")));
    portal.finish().await;
}

#[tokio::test]
async fn recovery_codes_that_are_not_kept_yet_are_read_only_by_whoever_has_just_proved_itself() {
    let portal = TestPortal::start().await;
    let (mut browser, app) = with_app(&portal, SALES).await;
    assert_eq!(shown_codes(&mut browser).await.len(), 10);
    portal.advance_clock_by(16).await;
    let page = browser.get("/security").await.body;
    assert!(page.contains(&text("recovery-hidden")), "{page}");
    assert!(shown_codes(&mut browser).await.is_empty());
    let mut again = portal.browser();
    use_link(&portal, &mut again, SALES).await;
    assert_eq!(prove(&mut again, &app.code(&portal)).await.0, 303);
    assert_eq!(shown_codes(&mut again).await.len(), 10);
    assert!(
        shown_codes(&mut browser).await.is_empty(),
        "the older session still reads nothing"
    );
    portal.finish().await;
}

#[tokio::test]
async fn whoever_finds_a_browser_open_ends_no_session_elsewhere() {
    let portal = TestPortal::start().await;
    let (mut found, app) = with_app(&portal, SALES).await;
    portal.advance_clock_by(10).await;
    let mut elsewhere = portal.browser();
    use_link(&portal, &mut elsewhere, SALES).await;
    prove(&mut elsewhere, &app.code(&portal)).await;
    portal.advance_clock_by(10).await;
    let late = found
        .post("/security", &[("do", "end_other_sessions")])
        .await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains(&text("error-prove-again")));
    assert_eq!(elsewhere.get("/").await.status, 200);
    elsewhere
        .post("/security", &[("do", "end_other_sessions")])
        .await;
    assert_eq!(found.get("/").await.status, 303);
    portal.finish().await;
}

#[tokio::test]
async fn a_person_sees_where_it_is_signed_in_and_ends_what_it_likes() {
    let portal = TestPortal::start().await;
    let mut here = portal.sign_in(&portal.aster.owner).await;
    let mut there = portal.sign_in(&portal.aster.owner).await;
    let mut stranger = portal.sign_in(&portal.borealis.owner).await;
    let ids = |page: &str| -> Vec<String> {
        let parts = page.split("name=\"session\" value=\"").skip(1);
        parts
            .map(|part| part.split('"').next().unwrap().to_owned())
            .collect()
    };
    let others = ids(&here.get("/security").await.body);
    assert_eq!(others.len(), 1, "all but this one can be ended");
    let end = [("do", "end_session"), ("session", others[0].as_str())];
    assert_eq!(
        stranger.post("/security", &end).await.status,
        404,
        "nobody else's"
    );
    assert_eq!(there.get("/").await.status, 200);
    here.post("/security", &end).await;
    assert_eq!(there.get("/").await.status, 303);
    let mut more = [
        portal.sign_in(&portal.aster.owner).await,
        portal.sign_in(&portal.aster.owner).await,
    ];
    here.post("/security", &[("do", "end_other_sessions")])
        .await;
    for browser in &mut more {
        assert_eq!(browser.get("/").await.status, 303);
    }
    assert_eq!(here.get("/").await.status, 200);
    portal.finish().await;
}

#[tokio::test]
async fn signing_in_anew_ends_the_session_that_the_browser_had() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.aster.sales).await;
    let mut copy = browser.again();
    let person = format!("{}.{}", portal.aster.owner.person(), portal.aster.id);
    browser
        .post("/sign-in", &[("do", "sign_in_as"), ("person", &person)])
        .await;
    assert_eq!(browser.get("/company").await.status, 200);
    assert_eq!(copy.get("/leads").await.status, 303);
    portal.finish().await;
}

#[tokio::test]
async fn an_invitation_gives_nobody_a_session_of_somebody_who_was_here_before() {
    let portal = TestPortal::start().await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let email = "finance@vendor.example";
    let invite = [
        ("do", "invite_member"),
        ("form[email]", email),
        ("form[role]", "sales"),
    ];
    owner.post("/company", &invite).await;
    let path = portal.mailed_path(email).await;
    let token = path.strip_prefix("/invitations/").unwrap();
    let mut thief = portal.browser();
    let accepted = thief
        .post(&path, &[("do", "accept_invitation"), ("token", token)])
        .await;
    assert_eq!(accepted.location, "/sign-in?notice=invitation-accepted");
    assert_eq!(thief.get("/staff").await.status, 303);
    let page = thief.get("/sign-in").await.body;
    assert!(page.contains(&text("sign-in-title")) && !page.contains(&text("prove-title")));
    portal.finish().await;
}

#[tokio::test]
async fn a_person_of_two_companies_opens_the_one_or_the_other() {
    let portal = TestPortal::start().await;
    let add = format!(
        "INSERT INTO members (partner_id, person_id, role, joined_at) VALUES ('{}', '{}', 'finance', 1)",
        portal.borealis.id,
        portal.aster.sales.person()
    );
    portal.database.execute(&add).await.unwrap();
    let mut browser = portal.sign_in(&portal.aster.sales).await;
    let mut copy = browser.again();
    assert!(browser.get("/security").await.body.contains("Borealis"));
    let switch = [
        ("do", "switch_partner"),
        ("partner", &portal.borealis.id.to_string()),
    ];
    assert_eq!(browser.post("/security", &switch).await.location, "/");
    assert!(browser.get("/").await.body.contains("Borealis"));
    assert_eq!(
        copy.get("/").await.status,
        303,
        "the session before is over"
    );
    let mut other = portal.sign_in(&portal.aster.owner).await;
    let refused = other.post("/security", &switch).await;
    assert_eq!(refused.status, 404, "one to which it does not belong");
    portal.finish().await;
}

#[tokio::test]
async fn opening_another_company_proves_nothing() {
    let portal = TestPortal::start().await;
    let (mut browser, _) = with_app(&portal, SALES).await;
    let add = format!(
        "INSERT INTO members (partner_id, person_id, role, joined_at) VALUES ('{}', '{}', 'finance', 1)",
        portal.borealis.id,
        portal.aster.sales.person()
    );
    portal.database.execute(&add).await.unwrap();
    portal.advance_clock_by(16).await;
    let borealis = portal.borealis.id.to_string();
    let switch = [("do", "switch_partner"), ("partner", borealis.as_str())];
    assert_eq!(browser.post("/security", &switch).await.location, "/");
    for act in ["renew_recovery_codes", "end_other_sessions"] {
        let late = browser.post("/security", &[("do", act)]).await;
        assert_eq!(late.status, 409, "{act}");
        assert!(late.body.contains(&text("error-prove-again")));
    }
    portal.finish().await;
}

#[tokio::test]
async fn no_passkey_is_asked_for_where_the_site_has_no_name_and_none_is_taken_unasked() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    assert_eq!(
        browser
            .post("/api/ask_for_passkey", &[("new", "false")])
            .await
            .status,
        409
    );
    let unasked = [("token", "x"), ("answer", "{}"), ("next", "/")];
    assert_eq!(
        browser
            .post("/api/answer_with_passkey", &unasked)
            .await
            .status,
        409
    );
    let mut programme = (*portal.ctx.programme).clone();
    programme.portal_url = "https://portal.example".to_owned();
    let ctx = portal_services::Ctx {
        programme: programme.into(),
        ..portal.ctx.clone()
    };
    let question = access::passkeys::ask_who(&ctx).await.unwrap();
    let garbage = [
        "",
        "{}",
        "null",
        "[]",
        "{\"id\":\"x\",\"rawId\":\"eA\",\"response\":{},\"type\":\"public-key\"}",
    ];
    for answer in garbage {
        let browser = access::Browser::default();
        let taken = access::passkeys::sign_in(&ctx, &question.token, answer, &browser).await;
        assert!(taken.is_err(), "{answer}");
    }
    portal.finish().await;
}
