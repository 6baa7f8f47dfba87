//! Browsers in which somebody has signed in: what strangers ask for in a person's name does not hold them up, and what they hold is good for nothing else.

use portal_domain::access::Actor;
use portal_services::{operations, people};
use serde_json::Value;
use sqlx::Row;

use crate::{
    browser::Browser,
    portal::TestPortal,
    signing_in::{prove, sign_in_first, use_link, with_app},
};

const SALES: &str = "sales@aster-consulting.com";
const OWNER: &str = "owner@aster-consulting.com";
const FINANCE: &str = "finance@aster-consulting.com";

/// How many links were mailed to an address.
async fn links(portal: &TestPortal, email: &str) -> usize {
    let mails = portal.mails_to(email).await;
    let holds_one = |mail: &&Value| {
        let text = mail["text"].as_str().unwrap_or_default();
        text.contains("/sign-in/")
    };
    mails.iter().filter(holds_one).count()
}

/// Asks for a link again and again; answers how many came.
async fn ask(portal: &TestPortal, browser: &mut Browser, email: &str, times: usize) -> usize {
    let before = links(portal, email).await;
    for _ in 0..times {
        let form = [("do", "request_link"), ("email", email)];
        let answer = browser.post("/sign-in", &form).await;
        assert_eq!(answer.location, "/sign-in?sent=1", "whoever asks");
        portal.run_jobs().await;
    }
    links(portal, email).await - before
}

/// Has somebody who knows the address ask until strangers get none any more.
async fn use_up(portal: &TestPortal, email: &str) {
    ask(portal, &mut portal.browser(), email, 3).await;
    let more = ask(portal, &mut portal.browser(), email, 1).await;
    assert_eq!(more, 0, "strangers have no more");
}

/// In how many browsers a person is known.
async fn count(portal: &TestPortal, actor: &Actor) -> i64 {
    let person = actor.person();
    let sql = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) AS how_many FROM known_browsers WHERE person_id = '{person}'"
    );
    portal.database.rows(&sql).await[0].get("how_many")
}

/// As if a person had signed in in another browser.
async fn add(portal: &TestPortal, actor: &Actor, hash: &str, at: i64) {
    let person = actor.person();
    let sql = format!(
        "INSERT INTO known_browsers (person_id, browser_hash, made_at, used_at) VALUES ('{person}', '{hash}', {at}, {at})"
    );
    portal.database.execute(&sql).await.unwrap();
}

#[tokio::test]
async fn whoever_uses_up_a_persons_links_shuts_it_not_out_of_the_browser_in_which_it_has_signed_in()
{
    let portal = TestPortal::start().await;
    let (mut known, app) = with_app(&portal, SALES).await;
    known.post("/leads", &[("do", "sign_out")]).await;
    portal.advance_clock_by(11).await;
    use_up(&portal, SALES).await;
    use_link(&portal, &mut known, SALES).await;
    let code = app.code(&portal);
    let proof = [("do", "prove"), ("code", code.as_str())];
    let answer = known.post("/sign-in", &proof).await;
    assert_eq!(answer.status, 303);
    let cookies = answer.headers.get_all("set-cookie").iter();
    let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap());
    let cookie = cookies.find(|cookie| cookie.starts_with("known="));
    let cookie = cookie.expect("it is known for as long as ever from now on");
    for said in ["; HttpOnly", "; SameSite=Lax", "; Max-Age=34560000"] {
        assert!(cookie.contains(said), "{cookie}");
    }
    let stranger = ask(&portal, &mut portal.browser(), SALES, 1).await;
    assert_eq!(stranger, 0, "which gives strangers nothing");
    portal.finish().await;
}

#[tokio::test]
async fn a_known_browser_has_a_limit_of_its_own_and_leaves_strangers_theirs() {
    let portal = TestPortal::start().await;
    let (mut known, _) = with_app(&portal, SALES).await;
    portal.advance_clock_by(11).await;
    assert_eq!(ask(&portal, &mut known, SALES, 5).await, 3);
    let mut stranger = portal.browser();
    assert_eq!(ask(&portal, &mut stranger, SALES, 5).await, 3);
    portal.advance_clock_by(11).await;
    assert_eq!(ask(&portal, &mut known, SALES, 1).await, 1);
    portal.finish().await;
}

#[tokio::test]
async fn what_one_persons_browser_holds_is_nothing_to_another_until_that_one_signs_in_there_too() {
    let portal = TestPortal::start().await;
    let (mut shared, _) = with_app(&portal, SALES).await;
    use_up(&portal, OWNER).await;
    assert_eq!(ask(&portal, &mut shared, OWNER, 1).await, 0);
    portal.advance_clock_by(11).await;
    sign_in_first(&portal, &mut shared, OWNER).await;
    portal.advance_clock_by(11).await;
    for email in [OWNER, SALES] {
        use_up(&portal, email).await;
        assert_eq!(ask(&portal, &mut shared, email, 1).await, 1, "{email}");
    }
    portal.finish().await;
}

#[tokio::test]
async fn what_somebody_made_up_or_held_before_counts_as_a_strangers() {
    let portal = TestPortal::start().await;
    let mut made_up = portal.browser();
    made_up.keep("known", "made-up");
    use_up(&portal, SALES).await;
    assert_eq!(ask(&portal, &mut made_up, SALES, 1).await, 0);
    portal.advance_clock_by(11).await;
    let mut browser = made_up.again();
    let app = sign_in_first(&portal, &mut browser, SALES).await;
    let copy = browser.again();
    portal.advance_clock_by(11).await;
    use_link(&portal, &mut browser, SALES).await;
    assert_eq!(prove(&mut browser, &app.code(&portal)).await.0, 303);
    assert_eq!(count(&portal, &portal.aster.sales).await, 1);
    portal.advance_clock_by(11).await;
    use_up(&portal, SALES).await;
    for (mut holder, came) in [(made_up, 0), (copy, 0), (browser, 1)] {
        let held = holder.held("known").expect("it holds one").to_owned();
        assert_eq!(ask(&portal, &mut holder, SALES, 1).await, came, "{held}");
    }
    portal.finish().await;
}

#[tokio::test]
async fn neither_a_link_alone_nor_the_demo_makes_a_browser_known() {
    let portal = TestPortal::start().await;
    let demo = portal.sign_in(&portal.aster.sales).await;
    let mut half = portal.browser();
    use_link(&portal, &mut half, SALES).await;
    for browser in [demo, half] {
        assert_eq!(browser.held("known"), None);
    }
    assert_eq!(count(&portal, &portal.aster.sales).await, 0);
    portal.finish().await;
}

#[tokio::test]
async fn whoever_signs_out_everywhere_else_or_takes_a_proof_away_is_known_in_this_browser_alone() {
    let portal = TestPortal::start().await;
    let sales = portal.aster.sales;
    let (mut lost, app) = with_app(&portal, SALES).await;
    portal.advance_clock_by(11).await;
    let mut here = portal.browser();
    use_link(&portal, &mut here, SALES).await;
    assert_eq!(prove(&mut here, &app.code(&portal)).await.0, 303);
    assert_eq!(count(&portal, &sales).await, 2);
    here.post("/security", &[("do", "end_other_sessions")])
        .await;
    assert_eq!(count(&portal, &sales).await, 1);
    let passkey = format!(
        "INSERT INTO passkeys (id, person_id, name, credential, created_at) VALUES ('key', '{}', 'Laptop', '{{}}', 1)",
        sales.person()
    );
    portal.database.execute(&passkey).await.unwrap();
    add(&portal, &sales, "another", portal.ctx.now().0).await;
    let removed = here
        .post("/security", &[("do", "remove_authenticator")])
        .await;
    assert_eq!(removed.location, "/security?notice=authenticator-removed");
    assert_eq!(count(&portal, &sales).await, 1);
    portal.advance_clock_by(11).await;
    use_up(&portal, SALES).await;
    assert_eq!(ask(&portal, &mut lost, SALES, 1).await, 0);
    assert_eq!(ask(&portal, &mut here, SALES, 1).await, 1);
    portal.finish().await;
}

#[tokio::test]
async fn a_browser_is_known_no_more_when_its_person_is_disabled_or_belongs_nowhere() {
    let portal = TestPortal::start().await;
    let sales = portal.aster.sales;
    let (mut browser, _) = with_app(&portal, SALES).await;
    let (partner, person) = (portal.borealis.id, sales.person().to_string());
    let join = format!(
        "INSERT INTO members (partner_id, person_id, role, joined_at) VALUES ('{partner}', '{person}', 'finance', 1)"
    );
    portal.database.execute(&join).await.unwrap();
    let remove = [("do", "remove_member"), ("person", person.as_str())];
    for (owner, left) in [(portal.aster.owner, 1), (portal.borealis.owner, 0)] {
        let mut owner = portal.sign_in(&owner).await;
        assert_eq!(owner.post("/company", &remove).await.status, 303);
        let known = count(&portal, &sales).await;
        assert_eq!(known, left, "no owner decides over another's people");
    }
    use_up(&portal, SALES).await;
    assert_eq!(ask(&portal, &mut browser, SALES, 1).await, 0);
    with_app(&portal, FINANCE).await;
    let finance = portal.aster.finance;
    assert_eq!(count(&portal, &finance).await, 1);
    let administrator = &portal.staff.administrator;
    people::disable(&portal.ctx, administrator, finance.person(), "Left us")
        .await
        .unwrap();
    assert_eq!(count(&portal, &finance).await, 0);
    portal.finish().await;
}

#[tokio::test]
async fn only_the_browsers_of_a_persons_last_sign_ins_are_known_and_none_longer_than_a_cookie_lasts()
 {
    let portal = TestPortal::start().await;
    let sales = portal.aster.sales;
    let now = portal.ctx.now();
    for days in 1..=25 {
        let at = now.plus_days(-days).0;
        add(&portal, &sales, &format!("{days} days ago"), at).await;
    }
    let (mut browser, _) = with_app(&portal, SALES).await;
    let oldest = "SELECT browser_hash FROM known_browsers ORDER BY used_at";
    let oldest: String = portal.database.rows(oldest).await[0].get("browser_hash");
    assert_eq!(oldest, "19 days ago");
    assert_eq!(count(&portal, &sales).await, 20);
    operations::clean_up(&portal.ctx).await.unwrap();
    assert_eq!(count(&portal, &sales).await, 20, "none of them is old");
    let cookie_lasts_ms = 400 * 24 * 3_600_000_i64;
    let older = format!("UPDATE known_browsers SET used_at = used_at - {cookie_lasts_ms}");
    portal.database.execute(&older).await.unwrap();
    use_up(&portal, SALES).await;
    assert_eq!(ask(&portal, &mut browser, SALES, 1).await, 0);
    operations::clean_up(&portal.ctx).await.unwrap();
    assert_eq!(count(&portal, &sales).await, 0);
    portal.finish().await;
}
