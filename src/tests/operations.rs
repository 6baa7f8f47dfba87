//! What an operator sees of the machinery, and does with it: what stands in the way, since when and in whose words, what failed and what it is about.

use std::time::Duration;

use portal_domain::{failure::Failure, ids::JobId, lead::LeadState};
use portal_services::{access, messages, operations};
use portal_store::jobs::{self, Ending, NewJob, Order, Priority};
use portal_words::{Locale, Words};
use scraper::{ElementRef, Html, Selector};
use serde_json::json;
use sqlx::Row;

use crate::{
    browser::Browser,
    portal::{TestPortal, lead_form},
};

const PAGE: &str = "/staff/integrations";

/// A portal that has done its first work, and whose systems then fail like this.
async fn with_faults(faults: serde_json::Value) -> TestPortal {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    portal.sandbox_act("faults", faults).await;
    portal
}

async fn submit(portal: &TestPortal) -> portal_domain::ids::LeadId {
    let form = lead_form("Harbour", "harbour-logistics.com");
    let submitted = portal_services::leads::submit(&portal.ctx, &portal.aster.owner, &form).await;
    portal.run_jobs().await;
    submitted.unwrap().lead()
}

/// What a page says, without its markup.
async fn text_of(browser: &mut Browser, path: &str) -> String {
    let body = browser.get(path).await.body;
    let mut text = String::new();
    for part in body.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
        text.push(' ');
    }
    text
}

/// The address of the first job that a page leads to.
async fn first_job(browser: &mut Browser) -> String {
    let body = browser.get(PAGE).await.body;
    let begin = format!("{PAGE}/jobs/");
    let (_, rest) = body.split_once(&begin).expect("a job that failed");
    format!("{begin}{}", &rest[..26])
}

#[tokio::test]
async fn the_page_says_what_is_broken_since_when_in_whose_words_and_what_waits() {
    let portal = with_faults(json!({ "hubspot": { "token_revoked": true } })).await;
    submit(&portal).await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    for path in [PAGE, "/staff/integrations/hubspot"] {
        let text = text_of(&mut operator, path).await;
        for said in [
            "HubSpot does not accept our credentials.",
            "Connection broken",
            "Since 6 Jul 2026",
            "one delivery waits and uses up no tries",
            "INVALID_AUTHENTICATION",
            "Resume",
        ] {
            assert!(text.contains(said), "{path} does not say `{said}`: {text}");
        }
    }
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let text = text_of(&mut finance, PAGE).await;
    assert!(text.contains("Connection broken") && !text.contains("Resume"));
    portal.finish().await;
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap()
}

fn text_in(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a table says of something in a column; `None` if it leaves that out.
fn cell(body: &str, name: &str, label: &str) -> Option<String> {
    let page = Html::parse_document(body);
    let (row, head, cell) = (selector("tbody tr"), selector("th"), selector("td"));
    let is_named = |row: &ElementRef<'_>| row.select(&head).any(|head| text_in(head) == name);
    let named = page.select(&row).find(is_named)?;
    let mut cells = named.select(&cell);
    let labelled = cells.find(|cell| cell.attr("data-label") == Some(label));
    labelled.map(text_in)
}

/// What a system's page says of a fact; `None` if it leaves that out.
fn fact(body: &str, label: &str) -> Option<String> {
    let page = Html::parse_document(body);
    let (fact, term, value) = (selector(".facts > div"), selector("dt"), selector("dd"));
    let is_labelled = |fact: &ElementRef<'_>| fact.select(&term).any(|term| text_in(term) == label);
    let labelled = page.select(&fact).find(is_labelled)?;
    let said = labelled.select(&value).next();
    said.map(text_in)
}

/// When HubSpot and Xero last answered, sent a webhook, and were swept, as the overview and their own pages say it.
async fn both_say(operator: &mut Browser, expected: [&str; 3]) {
    let overview = operator.get(PAGE).await.body;
    for (name, system) in [("HubSpot", "hubspot"), ("Xero", "xero")] {
        let own = operator.get(&format!("{PAGE}/{system}")).await.body;
        let labels = ["Last success", "Last webhook", "Last sweep"];
        for (label, expected) in labels.into_iter().zip(expected) {
            let said = [cell(&overview, name, label), fact(&own, label)];
            let expected = Some(expected.to_owned());
            assert_eq!(said, [expected.clone(), expected], "{label} of {name}");
        }
    }
}

/// Something changes in HubSpot and in Xero, and a signed webhook of each tells of it, before anything is done about it.
async fn both_tell_of_a_change(portal: &TestPortal) {
    let deal = json!({ "dealname": "Quayside", "dealstage": "pql" });
    portal.sandbox_act("hubspot/deals", deal).await;
    let invoice = json!({ "new_contact": "Quayside Foods", "net": "100.00", "currency": "GBP", "tax_rate": "20" });
    portal.sandbox_act("xero/invoices", invoice).await;
    let heard = "SELECT DISTINCT vendor FROM inbox";
    let are_heard = async {
        while portal.database.rows(heard).await.len() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let patience = Duration::from_secs(20);
    let in_time = tokio::time::timeout(patience, are_heard).await;
    in_time.expect("a webhook of each");
}

#[tokio::test]
async fn the_pages_say_when_a_system_last_answered_was_swept_and_sent_a_webhook() {
    let portal = TestPortal::start().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    both_say(&mut operator, ["—", "—", "—"]).await;
    portal.run_jobs().await;
    both_say(&mut operator, ["just now", "—", "just now"]).await;
    // Not for so long that the next sweep is due.
    portal.advance_clock_by(3).await;
    both_tell_of_a_change(&portal).await;
    both_say(&mut operator, ["3 min ago", "just now", "3 min ago"]).await;
    portal.run_jobs().await;
    both_say(&mut operator, ["just now", "just now", "3 min ago"]).await;
    portal.advance_clock_by(6).await;
    portal.run_jobs().await;
    both_say(&mut operator, ["just now", "6 min ago", "just now"]).await;
    portal.finish().await;
}

#[tokio::test]
async fn a_systems_page_says_how_many_calls_it_left_us_for_today_once_it_has_said_so() {
    let portal = TestPortal::start().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let systems = [("hubspot", 625_000, " of 625,000"), ("xero", 5_000, "")];
    let label = "Calls left today";
    for (system, ..) in systems {
        let body = operator.get(&format!("{PAGE}/{system}")).await.body;
        assert_eq!(fact(&body, label), None, "{system} was not called yet");
    }
    portal.run_jobs().await;
    for (system, most, of_most) in systems {
        let body = operator.get(&format!("{PAGE}/{system}")).await.body;
        let sql = format!("SELECT day_left FROM budgets WHERE name = '{system}'");
        let left: i64 = portal.database.rows(&sql).await[0].get("day_left");
        assert!((most - 1_000..most).contains(&left), "{left} of {most}");
        let left = Words::of(Locale::En).number(left);
        let expected = format!("{left}{of_most} · just now");
        assert_eq!(fact(&body, label), Some(expected), "{system}");
    }
    portal.finish().await;
}

#[tokio::test]
async fn a_delivery_that_was_given_up_long_ago_does_not_make_its_system_look_broken() {
    let portal = with_faults(json!({ "mail": { "refuse_content": 1 } })).await;
    submit(&portal).await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let text = text_of(&mut operator, "/staff/integrations/mail").await;
    assert!(text.contains("Healthy"), "{text}");
    let text = text_of(&mut operator, PAGE).await;
    for said in [
        "Send a mail",
        "owner@aster-consulting.com",
        "554",
        "The mail server will not take this mail",
        "Retry",
    ] {
        assert!(text.contains(said), "`{said}`: {text}");
    }
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn a_job_that_fails_shows_each_try_and_leads_to_the_lead_that_it_is_about() {
    let portal = with_faults(json!({ "hubspot": { "garbled": 2 } })).await;
    let lead = submit(&portal).await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let job = first_job(&mut operator).await;
    let page = operator.get(&job).await.body;
    assert!(page.contains(&format!("/staff/leads/{lead}")) && page.contains("Harbour"));
    assert!(page.contains("not understood"), "why it failed");
    portal.advance_clock_by(1).await;
    portal.run_jobs().await;
    let text = text_of(&mut operator, &job).await;
    assert!(text.contains("Done"), "{text}");
    assert!(text.contains("not understood"), "its history stays");
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    let nothing = format!("{PAGE}/jobs/{}", portal.ctx.new_id());
    assert_eq!(operator.get(&nothing).await.status, 404);
    assert_eq!(operator.get("/staff/integrations/fax").await.status, 404);
    portal.finish().await;
}

#[tokio::test]
async fn an_operator_pauses_a_system_with_a_reason_that_everybody_reads_and_resumes_it() {
    let portal = with_faults(json!({})).await;
    let page = "/staff/integrations/hubspot";
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let pause = |reason: &'static str| {
        [
            ("do", "pause_system"),
            ("system", "hubspot"),
            ("reason", reason),
        ]
    };
    assert_eq!(operator.post(page, &pause("")).await.status, 422);
    let answer = operator.post(page, &pause("Moving accounts")).await;
    assert_eq!(answer.location, format!("{page}?notice=system-paused"));
    assert_eq!(operator.post(page, &pause("Again")).await.status, 409);
    let lead = submit(&portal).await;
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let text = text_of(&mut finance, PAGE).await;
    assert!(text.contains("Staff operator paused it") && text.contains("Reason: Moving accounts"));
    assert_eq!(portal.lead(lead).await.state, LeadState::Accepted);
    let resume = [("do", "resume_system"), ("system", "hubspot")];
    assert_eq!(operator.post(page, &resume).await.status, 303);
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    let audit = text_of(&mut operator, "/staff/audit").await;
    assert!(audit.contains("Paused an outside system") && audit.contains("Moving accounts"));
    portal.finish().await;
}

#[tokio::test]
async fn everything_that_failed_in_a_system_is_tried_again_at_once() {
    let portal = with_faults(json!({ "mail": { "refuse_content": 2 } })).await;
    submit(&portal).await;
    portal
        .submit(&portal.borealis.owner, "Quayside", "quayside-foods.com")
        .await;
    portal.run_jobs().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let retry = [("do", "retry_all_jobs"), ("system", "mail")];
    let page = "/staff/integrations/mail";
    assert_eq!(operator.post(page, &retry).await.status, 303);
    portal.run_jobs().await;
    for owner in ["owner@aster-consulting.com", "owner@borealis-partners.de"] {
        assert_eq!(portal.mails_to(owner).await.len(), 1, "{owner}");
    }
    assert_eq!(
        operator.post(page, &retry).await.status,
        409,
        "nothing is left"
    );
    portal.finish().await;
}

/// Jobs of a lane that were given up one after another, each named by its number.
async fn add_dead(portal: &TestPortal, lane: &'static str, numbers: std::ops::Range<i64>) {
    let begun = portal.ctx.now();
    for number in numbers {
        let (id, at) = (JobId::new(portal.ctx.new_id()), begun.plus_ms(number));
        let job = NewJob {
            id,
            lane,
            kind: "read_invoice",
            payload: format!("poison {number}"),
            dedupe_key: None,
            priority: Priority::First,
            run_at: begun,
        };
        let mut tx = portal.ctx.store.write().await.unwrap();
        jobs::add_all(&mut tx, &[job], begun).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = portal.ctx.store.write().await.unwrap();
        let claimed = jobs::claim(&mut tx, lane, Order::Priority, 1, begun, begun);
        let claimed = claimed.await.unwrap().pop().expect("just added");
        let error = format!("no such thing as {number}.");
        let (ending, failure) = (Ending::Failed, Failure::Refused);
        jobs::end_try(&mut tx, &claimed, ending, failure, &error, None, at)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn what_fails_now_is_seen_however_much_failed_before_and_all_of_it_page_by_page() {
    let portal = with_faults(json!({ "mail": { "refuse_content": 1 } })).await;
    add_dead(&portal, "xero", 0..60).await;
    submit(&portal).await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let text = text_of(&mut operator, PAGE).await;
    for said in [
        "owner@aster-consulting.com",
        "no such thing as 59.",
        "Xero: all 60",
    ] {
        assert!(text.contains(said), "`{said}`: {text}");
    }
    let mut path = "/staff/integrations/xero".to_owned();
    for (newest, oldest) in [(59, 35), (34, 10), (9, 0)] {
        let text = text_of(&mut operator, &path).await;
        let first = text.find(&format!("no such thing as {newest}."));
        let last = text.find(&format!("no such thing as {oldest}."));
        assert!(first.is_some() && first < last, "{text}");
        assert!(!text.contains(&format!("no such thing as {}.", oldest - 1)));
        let body = operator.get(&path).await.body;
        let next = body
            .split("href=\"")
            .filter_map(|part| part.split('"').next());
        let next = next.filter(|url| url.contains("&amp;id=")).last();
        path = next.unwrap_or_default().replace("&amp;", "&");
    }
    assert_eq!(path, "", "the third page is the last");
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn a_delivery_is_set_aside_with_a_reason_counts_no_more_and_can_still_be_tried_again() {
    let portal = with_faults(json!({ "mail": { "refuse_content": 1 } })).await;
    submit(&portal).await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let job = first_job(&mut operator).await;
    let id = job.rsplit('/').next().unwrap().to_owned();
    let aside = |reason: &'static str| {
        let job: &'static str = id.clone().leak();
        [("do", "set_aside_job"), ("job", job), ("reason", reason)]
    };
    assert_eq!(operator.post(&job, &aside(" ")).await.status, 422);
    let answer = operator.post(&job, &aside("She has left")).await;
    assert_eq!(answer.location, format!("{job}?notice=job-set-aside"));
    assert_eq!(operator.post(&job, &aside("Again")).await.status, 409);
    let text = text_of(&mut operator, PAGE).await;
    assert!(text.contains("Nothing has failed"), "{text}");
    let list = "/staff/integrations/mail";
    assert!(!text_of(&mut operator, list).await.contains("554"));
    for path in [&job, &format!("{list}?list=aside")] {
        let text = text_of(&mut operator, path).await;
        let said = "Staff operator set it aside on 6 Jul 2026";
        assert!(text.contains(said) && text.contains("She has left"));
        assert!(text.contains("554"), "its tries stay: {text}");
    }
    let audit = text_of(&mut operator, "/staff/audit").await;
    assert!(audit.contains("Set a failed delivery aside") && audit.contains("She has left"));
    let retry = [("do", "retry_job"), ("job", id.as_str())];
    assert_eq!(operator.post(&job, &retry).await.status, 303);
    portal.run_jobs().await;
    assert!(text_of(&mut operator, &job).await.contains("Done"));
    portal.finish().await;
}

#[tokio::test]
async fn of_a_lane_only_what_somebody_saw_is_set_aside_with_all_of_it() {
    let portal = with_faults(json!({})).await;
    add_dead(&portal, "xero", 0..30).await;
    portal.advance_clock_by(1).await;
    let seen_at: &'static str = portal.ctx.now().0.to_string().leak();
    portal.advance_clock_by(1).await;
    add_dead(&portal, "xero", 30..31).await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let aside = [
        ("do", "set_aside_jobs"),
        ("system", "xero"),
        ("seen_at", seen_at),
        ("reason", "Deleted there"),
    ];
    let page = "/staff/integrations/xero";
    assert_eq!(operator.post(page, &aside).await.status, 303);
    assert_eq!(operator.post(page, &aside).await.status, 409);
    let text = text_of(&mut operator, page).await;
    assert!(text.contains("no such thing as 30.") && !text.contains("no such thing as 29."));
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn a_schedule_that_fails_night_after_night_is_one_thing_that_failed() {
    let portal = TestPortal::start().await;
    let lacking = json!({ "missing_scopes": "settings.currencies.read" });
    portal.sandbox_act("faults", lacking).await;
    portal.run_jobs().await;
    for night in ["2026-07-07T03:00:00Z", "2026-07-08T03:00:00Z"] {
        portal.advance_clock_to(night).await;
        portal.run_jobs().await;
    }
    let (ctx, operator) = (&portal.ctx, &portal.staff.operator);
    let health = operations::read_health(ctx, operator).await.unwrap();
    let backlog = health.backlog("hubspot");
    assert_eq!((backlog.dead, backlog.set_aside), (1, 2));
    let told = portal.mails_to("operator@vendor.example").await;
    assert_eq!(told.len(), 1, "{told:?}");
    portal.finish_with_failed_jobs().await;
}

/// How many rows of each table there are that a night drops some of, and of the mails, which stay.
async fn rows(portal: &TestPortal) -> [i64; 5] {
    let mut counts = [0; 5];
    let tables = [
        "slack_messages",
        "digest_items",
        "sign_in_links",
        "sessions",
        "mails",
    ];
    for (table, count) in tables.iter().zip(&mut counts) {
        let sql = format!("SELECT COUNT(*) AS how_many FROM {table}");
        *count = portal.database.rows(&sql).await[0].get("how_many");
    }
    counts
}

#[tokio::test]
async fn a_night_drops_what_only_grew_and_keeps_what_people_may_ask_for() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let mut sales = portal.sign_in(&portal.aster.sales).await;
    let daily = [("do", "choose_mails"), ("form[lead]", "daily")];
    assert_eq!(sales.post("/preferences", &daily).await.status, 303);
    let lead = lead_form("Harbour", "harbour-logistics.com");
    let (ctx, sender) = (&portal.ctx, &portal.aster.sales);
    portal_services::leads::submit(ctx, sender, &lead)
        .await
        .unwrap();
    let browser = access::Browser::default();
    access::links::request_link(ctx, "operator@vendor.example", "browser", &browser)
        .await
        .unwrap();
    messages::test_channel(ctx, &portal.staff.operator, "dispute")
        .await
        .unwrap();
    portal.advance_clock_by(24 * 60).await;
    portal.run_jobs().await;
    let grown = rows(&portal).await;
    assert!(grown.iter().all(|count| *count > 0), "{grown:?}");
    operations::clean_up(ctx).await.unwrap();
    assert_eq!(rows(&portal).await, grown, "nothing of it is old");
    // As if all of it were very old.
    for (table, at) in [
        ("slack_messages", "posted_at"),
        ("digest_items", "sent_at"),
        ("sign_in_links", "expires_at"),
        ("sessions", "expires_at"),
        ("mails", "sent_at"),
    ] {
        let older = format!("UPDATE {table} SET {at} = 1");
        portal.database.execute(&older).await.unwrap();
    }
    operations::clean_up(ctx).await.unwrap();
    let mails = grown[4];
    assert_eq!(rows(&portal).await, [1, 0, 0, 0, mails]);
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get("/staff/messages").await.body;
    assert!(
        page.contains("It arrived"),
        "what was tried last is still said: {page}"
    );
    portal.finish().await;
}
