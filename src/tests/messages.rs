//! What people are told in Slack and by mail: that it reaches them, says what they need, and says it once.

use std::collections::BTreeSet;

use portal_services::messages::{self, MAILS, MESSAGES};
use portal_words::{Locale, Words};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    portal::TestPortal,
    story::{POUNDS, Story},
};

const STAFF: &str = "#partners-internal";
const ASTER: &str = "C0ASTERTEAM";

/// The headline of a message.
fn headline(message: &Value) -> &str {
    message["blocks"][0]["text"]["text"].as_str().unwrap_or("")
}

fn headlines(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(headline).collect()
}

/// Where the button of a message leads.
fn button(message: &Value) -> &str {
    let blocks = message["blocks"].as_array().expect("blocks");
    let actions = blocks.iter().find(|block| block["type"] == "actions");
    actions.expect("a button")["elements"][0]["url"]
        .as_str()
        .expect("an address")
}

#[tokio::test]
async fn staff_read_of_a_new_lead_in_slack_and_open_it_from_there() {
    let portal = TestPortal::start().await;
    let name = "<!channel> Harbour & Sons";
    let lead = portal
        .submit(&portal.aster.owner, name, "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    let told = portal.slack_messages(STAFF).await;
    assert_eq!(headlines(&told), [format!("New lead: {name}")]);
    assert_eq!(
        button(&told[0]),
        format!("{}/staff/leads/{lead}", portal.url)
    );
    let fields = told[0]["blocks"][1]["fields"].to_string();
    assert!(fields.contains("Partner*\\nAster"), "{fields}");
    assert!(
        fields.contains("&lt;!channel&gt; Harbour &amp; Sons"),
        "a name calls nobody: {fields}"
    );
    assert!(
        told[0]["text"]
            .as_str()
            .unwrap()
            .contains("&lt;!channel&gt;")
    );
    portal.finish().await;
}

#[tokio::test]
async fn staff_read_of_a_lead_to_review_in_slack_with_the_time_to_decide_by_and_open_it_from_there()
{
    let portal = TestPortal::start().await;
    portal.registered("Harbour", "harbour-logistics.com").await;
    let lead = portal
        .submit(&portal.borealis.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    let told = portal.slack_messages(STAFF).await;
    assert_eq!(
        headlines(&told),
        ["New lead: Harbour", "Lead to review: Harbour"]
    );
    assert_eq!(
        button(&told[1]),
        format!("{}/staff/leads/{lead}", portal.url)
    );
    let due_at = portal.lead(lead).await.review_due_at.expect("a time");
    let due = Words::of(Locale::En).instant(due_at, portal.ctx.programme.time_zone);
    let said = told[1].to_string();
    for text in [
        "Partner*\\nBorealis",
        "Domain*\\nharbour-logistics.com",
        "Borealis submitted it, and a person must decide on it.",
        &format!("Decide by*\\n{due}"),
    ] {
        assert!(said.contains(text), "{text} is not in {said}");
    }
    assert_eq!(
        told[1]["thread_ts"],
        Value::Null,
        "not below the other lead"
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_partner_reads_of_its_won_deals_in_the_language_of_its_owner() {
    let portal = TestPortal::start().await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let language = [("do", "set_language"), ("language", "de"), ("back", "/")];
    assert_eq!(owner.post("/", &language).await.status, 303);
    let (lead, _) = portal
        .won("Harbour", "harbour-logistics.com", "1250.00", "1")
        .await;
    portal.run_jobs().await;
    let told = portal.slack_messages(ASTER).await;
    assert_eq!(headlines(&told), ["Gewonnen: Harbour"]);
    let said = told[0].to_string();
    assert!(
        said.contains("1.250,00") && said.contains("Im Portal öffnen"),
        "{said}"
    );
    assert_eq!(button(&told[0]), format!("{}/leads/{lead}", portal.url));
    assert!(portal.slack_messages("C0BOREALISTEAM").await.is_empty());
    portal.finish().await;
}

#[tokio::test]
async fn many_new_cases_are_one_message_with_their_counts_and_the_first_of_them() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    for number in 0..7 {
        let (client, domain) = (format!("Client {number}"), format!("client-{number}.com"));
        let (amount, months) = if number < 4 {
            ("", "1")
        } else {
            ("100.00", "")
        };
        portal.won(&client, &domain, amount, months).await;
    }
    let leads = portal.slack_messages(STAFF).await.len();
    assert_eq!(leads, 7, "nothing of the cases yet");
    portal.advance_clock_by(4).await;
    portal.run_jobs().await;
    let told = portal.slack_messages(STAFF).await;
    assert_eq!(headlines(&told[leads..]), ["7 new cases to look at"]);
    let said = told[leads].to_string();
    assert!(said.contains("Deal without an amount*\\n4"), "{said}");
    assert!(said.contains("Billing period missing*\\n3"), "{said}");
    assert!(
        said.contains("Deal without an amount: *Client 0 · Aster*"),
        "{said}"
    );
    assert_eq!(
        button(&told[leads]),
        format!("{}/staff/reconciliation", portal.url)
    );
    portal.advance_clock_by(30).await;
    portal.run_jobs().await;
    assert_eq!(
        portal.slack_messages(STAFF).await.len(),
        leads + 1,
        "told once"
    );
    portal.finish().await;
}

#[tokio::test]
async fn staff_read_why_a_bill_differs_from_its_statement() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    story.enter_bill("R-77", "251.00", json!({})).await;
    story.portal.advance_clock_by(4).await;
    story.portal.run_jobs().await;
    let told = story.portal.slack_messages(STAFF).await;
    let differs: Vec<&Value> = told
        .iter()
        .filter(|told| headline(told) == "Bill R-77 differs from its statement")
        .collect();
    assert_eq!(differs.len(), 1, "{told:?}");
    let said = differs[0].to_string();
    assert!(
        said.contains("£251.00") && said.contains("PS-2026Q3-000001"),
        "{said}"
    );
    let batched = told
        .iter()
        .filter(|told| headline(told).contains("new case"));
    let batched: Vec<String> = batched.map(ToString::to_string).collect();
    assert!(
        !batched.concat().contains("Bill differs"),
        "nobody is told twice: {batched:?}"
    );
    story.portal.finish().await;
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_says_that_it_may_stand_there_twice() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    portal
        .sandbox_act("faults", json!({ "slack": { "drop_after": 1 } }))
        .await;
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    portal.advance_clock_by(6).await;
    portal.run_jobs().await;
    let told = portal.slack_messages(STAFF).await;
    assert_eq!(told.len(), 2, "posted again, for nobody knows: {told:?}");
    assert!(!told[0].to_string().contains("may stand here twice"));
    assert!(told[1].to_string().contains("may stand here twice"));
    portal.finish().await;
}

#[tokio::test]
async fn what_follows_in_a_dispute_hangs_below_its_first_message() {
    let portal = TestPortal::start().await;
    let line = crate::disputes::covered_line(&portal).await.0.to_string();
    let page = format!("/commission?line={line}");
    let mut partner = portal.sign_in(&portal.aster.sales).await;
    let said = |act, field, text| [("do", act), ("line", line.as_str()), (field, text)];
    for (act, field, text) in [
        ("open_dispute", "dispute", "July should be more than that."),
        ("answer_dispute", "answer", "The client added a site."),
    ] {
        let answer = partner.post(&page, &said(act, field, text)).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
    }
    portal.run_jobs().await;
    let told = portal.slack_messages(STAFF).await;
    let [.., opened, answered] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert!(headline(opened).contains("has a question about Harbour"));
    assert!(headline(answered).contains("wrote back about Harbour"));
    assert_eq!(answered["thread_ts"], opened["ts"]);
    assert!(answered.to_string().contains("The client added a site."));
    portal.finish().await;
}

/// Sends a form that must be taken.
async fn done(browser: &mut Browser, page: &str, fields: &[(&str, &str)]) {
    let answer = browser.post(page, fields).await;
    assert_eq!(answer.status, 303, "{fields:?}: {}", answer.body);
}

#[tokio::test]
async fn staff_choose_in_which_channel_they_read_of_what_or_nowhere() {
    let portal = TestPortal::start().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let choose = |event, channel| {
        [
            ("do", "set_channel"),
            ("event", event),
            ("channel", channel),
        ]
    };
    let page = "/staff/messages";
    let refused = operator.post(page, &choose("lead_new", "<!here>")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("&lt;!here&gt;"), "it is typed still");
    done(&mut operator, page, &choose("lead_new", "#new-leads")).await;
    done(&mut operator, page, &choose("dispute", " ")).await;
    assert!(operator.get(page).await.body.contains("#new-leads"));
    let line = crate::disputes::covered_line(&portal).await.0.to_string();
    let ask = [
        ("do", "open_dispute"),
        ("line", line.as_str()),
        ("dispute", "July should be more."),
    ];
    let mut partner = portal.sign_in(&portal.aster.sales).await;
    done(&mut partner, &format!("/commission?line={line}"), &ask).await;
    portal.run_jobs().await;
    let told = portal.slack_messages("#new-leads").await;
    assert_eq!(headlines(&told), ["New lead: Harbour"]);
    let others = portal.slack_messages(STAFF).await;
    assert!(others.is_empty(), "{others:?}");
    portal.finish().await;
}

#[tokio::test]
async fn a_test_says_in_words_what_slack_answered() {
    let portal = TestPortal::start().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = "/staff/messages";
    let test = [("do", "test_channel"), ("event", "exceptions")];
    done(&mut operator, page, &test).await;
    assert!(
        operator
            .get(page)
            .await
            .body
            .contains("has not answered yet")
    );
    portal.run_jobs().await;
    let body = operator.get(page).await.body;
    assert!(body.contains("It arrived"), "{body}");
    let told = portal.slack_messages(STAFF).await;
    assert_eq!(headlines(&told), ["Test from the partner portal"]);
    assert!(told[0].to_string().contains("New cases"));
    let choose = [
        ("do", "set_channel"),
        ("event", "exceptions"),
        ("channel", "#team-closed"),
    ];
    done(&mut operator, page, &choose).await;
    done(&mut operator, page, &test).await;
    portal.run_jobs().await;
    let body = operator.get(page).await.body;
    assert!(body.contains("The app is not in this channel"), "{body}");
    portal.finish_with_failed_jobs().await;
}

/// Aster's details with another place for its messages.
pub async fn set_place(portal: &TestPortal, place: &str) -> crate::browser::Answer {
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let fields = [
        ("do", "update_company"),
        ("form[name]", "Aster"),
        ("form[legal_name]", "Aster Ltd"),
        ("form[domain]", "aster-consulting.com"),
        ("form[country]", "GB"),
        ("form[vat_number]", ""),
        ("form[billing_email]", "billing@aster-consulting.com"),
        ("form[slack_channel]", place),
    ];
    owner.post("/company", &fields).await
}

#[tokio::test]
async fn a_partner_reads_its_messages_as_direct_messages() {
    let portal = TestPortal::start().await;
    let answer = set_place(&portal, "Owner@aster-consulting.com").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    portal
        .won("Harbour", "harbour-logistics.com", "1250.00", "1")
        .await;
    let all = portal.sandbox_read("slack/messages").await;
    let all = all.as_array().unwrap();
    let told: Vec<&Value> = all
        .iter()
        .filter(|told| headline(told) == "Won: Harbour")
        .collect();
    assert_eq!(told.len(), 1, "{all:?}");
    assert!(told[0]["channel"].as_str().unwrap().starts_with('D'));
    portal.finish().await;
}

#[tokio::test]
async fn a_pasted_webhook_is_posted_to_and_never_shown_again() {
    const SECRET: &str = "s3cretOfTheHook4b3x";
    let portal = TestPortal::start().await;
    let address = format!("{}/services/T0000/B0HOOK/{SECRET}", portal.sandbox_url());
    for refused in [
        format!("https://evil.example/services/T0000/B0HOOK/{SECRET}"),
        format!("https://hooks.slack.com@evil.example/services/T0000/B0HOOK/{SECRET}"),
    ] {
        let answer = set_place(&portal, &refused).await;
        assert_eq!(answer.status, 422, "{refused}");
        assert!(
            !answer.body.contains(SECRET),
            "not even to whoever typed it"
        );
    }
    assert_eq!(set_place(&portal, &address).await.status, 303);
    // What is shown is sent again with the form, and means the same webhook.
    assert_eq!(set_place(&portal, "…4b3x").await.status, 303);
    assert_eq!(set_place(&portal, "…0000").await.status, 422);
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    done(&mut owner, "/company", &[("do", "test_slack")]).await;
    portal
        .won("Harbour", "harbour-logistics.com", "1250.00", "1")
        .await;
    let told = portal.slack_messages("webhook B0HOOK").await;
    assert_eq!(
        headlines(&told),
        ["Test from the partner portal", "Won: Harbour"]
    );
    let body = owner.get("/company").await.body;
    assert!(
        body.contains("…4b3x") && body.contains("It arrived"),
        "{body}"
    );
    let mut staff = portal.sign_in(&portal.staff.administrator).await;
    let aster = format!("/staff/partners/{}", portal.aster.id);
    for page in [&aster, "/staff/audit", "/staff/integrations"] {
        let body = staff.get(page).await.body;
        assert!(!body.contains(SECRET), "{page}");
    }
    assert!(!body.contains(SECRET));
    assert_eq!(set_place(&portal, "").await.status, 303);
    assert_eq!(
        set_place(&portal, "…4b3x").await.status,
        422,
        "it is forgotten"
    );
    portal.finish().await;
}

/// The address of an incoming webhook.
fn hook(portal: &TestPortal, name: &str) -> String {
    let sandbox = portal.sandbox_url();
    format!("{sandbox}/services/T0000/{name}/s3cretOf{name}")
}

/// From now on a webhook refuses with one of Slack's words.
async fn refuse(portal: &TestPortal, name: &str, word: &str) {
    let refuses = json!({ "hook": name, "refuses": word });
    portal.sandbox_act("slack/hooks", refuses).await;
}

#[tokio::test]
async fn why_slack_refuses_a_pasted_webhook_is_read_by_its_partner_and_by_staff_and_nobody_else_waits()
 {
    let portal = TestPortal::start().await;
    let answer = set_place(&portal, &hook(&portal, "B0HOOK")).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let mut aster = portal.sign_in(&portal.aster.owner).await;
    let mut borealis = portal.sign_in(&portal.borealis.owner).await;
    let mut staff = portal.sign_in(&portal.staff.manager).await;
    let of_aster = format!("/staff/partners/{}", portal.aster.id);
    let test = [("do", "test_slack")];
    let words = [
        ("action_prohibited", "does not let this webhook post"),
        ("no_service", "This webhook does not exist any more"),
        ("no_active_hooks", "This webhook was switched off"),
        ("channel_is_archived", "The channel is archived"),
        (
            "posting_to_general_channel_denied",
            "Slack’s word: posting_to_general_channel_denied",
        ),
    ];
    for (tests, (word, explained)) in (1..).zip(words) {
        refuse(&portal, "B0HOOK", word).await;
        done(&mut aster, "/company", &test).await;
        done(&mut borealis, "/company", &test).await;
        portal.run_jobs().await;
        for (browser, page) in [(&mut aster, "/company"), (&mut staff, of_aster.as_str())] {
            let body = browser.get(page).await.body;
            assert!(body.contains("Slack refused it"), "{word}: {body}");
            assert!(body.contains(explained), "{word}: {body}");
        }
        let others = portal.slack_messages("C0BOREALISTEAM").await;
        assert_eq!(others.len(), tests, "{word} holds Borealis's up");
    }
    let told = portal.slack_messages("webhook B0HOOK").await;
    assert!(told.is_empty(), "{told:?}");
    let body = borealis.get("/company").await.body;
    assert!(body.contains("It arrived"), "{body}");
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn what_a_webhook_refused_is_shown_to_operators_and_posted_once_its_partner_pastes_another() {
    let portal = TestPortal::start().await;
    let answer = set_place(&portal, &hook(&portal, "B0HOOK")).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    refuse(&portal, "B0HOOK", "no_service").await;
    portal
        .won("Harbour", "harbour-logistics.com", "1250.00", "1")
        .await;
    let operator = &portal.staff.operator;
    let mut browser = portal.sign_in(operator).await;
    let body = browser.get("/staff/integrations").await.body;
    assert!(body.contains("no_service"), "{body}");
    assert!(body.contains("Slack will not take the message"), "{body}");
    let answer = set_place(&portal, &hook(&portal, "B0OTHER")).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let mut tx = portal.ctx.store.read().await.unwrap();
    let failing = portal_store::jobs::list_failing(&mut tx, 10).await.unwrap();
    drop(tx);
    assert_eq!(failing.len(), 1, "{failing:#?}");
    portal_services::operations::retry_job(&portal.ctx, operator, failing[0].id)
        .await
        .unwrap();
    portal.run_jobs().await;
    let told = portal.slack_messages("webhook B0OTHER").await;
    assert_eq!(headlines(&told), ["Won: Harbour"]);
    portal.finish().await;
}

#[tokio::test]
async fn nobody_makes_the_portal_call_another_program_of_this_machine() {
    let portal = TestPortal::start().await;
    let site = portal.url.replace("http://", "");
    let elsewhere = format!("http://{site}/services/T0000/B0000/abcd1234");
    assert_eq!(set_place(&portal, &elsewhere).await.status, 303);
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    done(&mut owner, "/company", &[("do", "test_slack")]).await;
    portal.run_jobs().await;
    let body = owner.get("/company").await.body;
    assert!(body.contains("not an address of Slack"), "{body}");
    portal.finish_with_failed_jobs().await;
}

fn subjects(mails: &[Value]) -> Vec<&str> {
    mails
        .iter()
        .filter_map(|mail| mail["subject"].as_str())
        .collect()
}

/// A header of a mail, as its receiver sees it.
fn header(mail: &Value, name: &str) -> Option<String> {
    let headers = mail["headers"].as_array().expect("headers");
    let found = headers.iter().find(|header| header[0] == name)?;
    found[1].as_str().map(str::to_owned)
}

const SALES: &str = "sales@aster-consulting.com";

async fn choose(portal: &TestPortal, kind: &str, delivery: &str) {
    let mut sales = portal.sign_in(&portal.aster.sales).await;
    let field = format!("form[{kind}]");
    let fields = [("do", "choose_mails"), (field.as_str(), delivery)];
    done(&mut sales, "/preferences", &fields).await;
    let chosen = format!("value=\"{delivery}\" selected");
    assert!(sales.get("/preferences").await.body.contains(&chosen));
}

async fn submit_two(portal: &TestPortal) {
    for (client, domain) in [("Harbour", "harbour-logistics.com"), ("Quay", "quay.com")] {
        portal.submit(&portal.aster.sales, client, domain).await;
    }
    portal.run_jobs().await;
}

#[tokio::test]
async fn one_click_in_a_mail_stops_its_kind_and_opening_the_link_stops_nothing() {
    let portal = TestPortal::start().await;
    portal
        .submit(&portal.aster.sales, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    let mails = portal.mails_to(SALES).await;
    let link = header(&mails[0], "List-Unsubscribe").expect("a way out");
    let link = link.trim_matches(['<', '>']);
    let post = header(&mails[0], "List-Unsubscribe-Post");
    assert_eq!(post.as_deref(), Some("List-Unsubscribe=One-Click"));
    let text = mails[0]["text"].as_str().unwrap();
    assert!(
        text.contains(link) && text.contains("/preferences"),
        "{text}"
    );
    let path = link.strip_prefix(&portal.url).expect("ours");

    let mut anybody = portal.browser();
    let page = anybody.get(path).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Stop these mails"), "{}", page.body);
    portal.submit(&portal.aster.sales, "Quay", "quay.com").await;
    portal.run_jobs().await;
    assert_eq!(
        portal.mails_to(SALES).await.len(),
        2,
        "looking stops nothing"
    );

    let click = [("List-Unsubscribe", "One-Click")];
    let from = [
        ("origin", "https://mail.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    let mut program = portal.browser();
    assert_eq!(program.post_from(path, &click, &from).await.status, 200);
    assert!(
        anybody
            .get(path)
            .await
            .body
            .contains("You get no more mails")
    );
    let nowhere = program.post_from("/unsubscribe/abc", &click, &from);
    assert_eq!(nowhere.await.status, 404);
    portal
        .submit(&portal.aster.sales, "Fernhill", "fernhill.com")
        .await;
    portal.run_jobs().await;
    assert_eq!(portal.mails_to(SALES).await.len(), 2);
    let mut sales = portal.browser();
    let link = [("do", "request_link"), ("email", SALES)];
    done(&mut sales, "/sign-in", &link).await;
    portal.run_jobs().await;
    let mails = portal.mails_to(SALES).await;
    assert_eq!(subjects(&mails)[2..], ["Your link to sign in"]);
    assert_eq!(header(&mails[2], "List-Unsubscribe"), None);
    portal.finish().await;
}

#[tokio::test]
async fn the_button_on_the_page_stops_the_mails_too() {
    let portal = TestPortal::start().await;
    submit_two(&portal).await;
    let mails = portal.mails_to(SALES).await;
    let link = header(&mails[0], "List-Unsubscribe").expect("a way out");
    let path = link.trim_matches(['<', '>']).replace(&portal.url, "");
    let mut browser = portal.browser();
    let answer = browser.post(&path, &[]).await;
    assert_eq!(
        (answer.status, answer.location.as_str()),
        (303, path.as_str())
    );
    let mut sales = portal.sign_in(&portal.aster.sales).await;
    let body = sales.get("/preferences").await.body;
    assert!(body.contains("value=\"never\" selected"), "{body}");
    portal.finish().await;
}

#[tokio::test]
async fn a_person_reads_once_a_day_of_what_can_wait() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    choose(&portal, "lead", "daily").await;
    submit_two(&portal).await;
    portal.advance_clock_to("2026-07-07T04:30:00Z").await;
    portal.run_jobs().await;
    assert!(portal.mails_to(SALES).await.is_empty(), "it is night");
    portal.advance_clock_to("2026-07-07T08:00:00Z").await;
    let instances = [portal.worker(), portal.worker(), portal.worker()];
    let ran = futures::future::join_all(instances.iter().map(|worker| worker.run_due())).await;
    assert!(ran.iter().all(Result::is_ok));
    portal.run_jobs().await;
    let mails = portal.mails_to(SALES).await;
    assert_eq!(subjects(&mails), ["Your partner portal, 7 Jul 2026"]);
    let text = mails[0]["text"].as_str().unwrap();
    for said in [
        "2 things happened",
        "We have your lead Harbour",
        "We have your lead Quay",
    ] {
        assert!(text.contains(said), "{said} is not in {text}");
    }
    portal.advance_clock_to("2026-07-08T08:00:00Z").await;
    portal.run_jobs().await;
    assert_eq!(
        portal.mails_to(SALES).await.len(),
        1,
        "nothing to say today"
    );
    portal.finish().await;
}

#[tokio::test]
async fn what_waited_for_the_daily_mail_is_dropped_once_it_is_not_wanted() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    choose(&portal, "lead", "daily").await;
    submit_two(&portal).await;
    choose(&portal, "lead", "never").await;
    portal.advance_clock_to("2026-07-07T08:00:00Z").await;
    portal.run_jobs().await;
    assert!(portal.mails_to(SALES).await.is_empty());
    portal.finish().await;
}

#[tokio::test]
async fn everybody_chooses_among_the_mails_that_can_reach_them() {
    let portal = TestPortal::start().await;
    for (actor, offered, not_offered) in [
        (portal.aster.owner, "form[statement]", "form[digest]"),
        (portal.aster.sales, "form[lead]", "form[statement]"),
        (portal.aster.finance, "form[bill]", "form[lead]"),
    ] {
        let mut browser = portal.sign_in(&actor).await;
        let body = browser.get("/preferences").await.body;
        assert!(
            body.contains(offered) && !body.contains(not_offered),
            "{body}"
        );
    }
    let mut finance = portal.sign_in(&portal.aster.finance).await;
    let fields = [("do", "choose_mails"), ("form[bill]", "hourly")];
    let refused = finance.post("/preferences", &fields).await;
    assert_eq!(refused.status, 422);
    let mut staff = portal.sign_in(&portal.staff.operator).await;
    let page = staff.get("/preferences").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Nothing to choose"));
    portal.finish().await;
}

#[tokio::test]
async fn an_address_that_refuses_mail_is_shown_and_left_alone_until_somebody_acts() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    portal
        .sandbox_act("faults", json!({ "mail": { "refuse_for_good": 1 } }))
        .await;
    submit_two(&portal).await;
    assert!(
        portal.mails_to(SALES).await.is_empty(),
        "one came back, one was not sent"
    );
    let aster = format!("/staff/partners/{}", portal.aster.id);
    let bounces = "/staff/messages/bounces";
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    for page in [&aster, bounces] {
        let body = operator.get(page).await.body;
        assert!(body.contains("user unknown"), "{page}: {body}");
    }
    let body = operator.get(bounces).await.body;
    assert!(body.contains("We have your lead Harbour"), "{body}");
    let again = [
        ("do", "try_address_again"),
        ("address", SALES),
        ("back", bounces),
    ];
    done(&mut operator, bounces, &again).await;
    assert!(
        operator
            .get(bounces)
            .await
            .body
            .contains("Every mail was taken")
    );
    portal
        .submit(&portal.aster.sales, "Fernhill", "fernhill.com")
        .await;
    portal.run_jobs().await;
    let mails = portal.mails_to(SALES).await;
    assert_eq!(subjects(&mails), ["We have your lead Fernhill"]);
    portal.finish().await;
}

#[tokio::test]
async fn a_link_to_sign_in_is_tried_all_the_same_and_mends_the_address_when_it_arrives() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    portal
        .sandbox_act("faults", json!({ "mail": { "refuse_for_good": 1 } }))
        .await;
    submit_two(&portal).await;
    let mut sales = portal.browser();
    let link = [("do", "request_link"), ("email", SALES)];
    done(&mut sales, "/sign-in", &link).await;
    portal.run_jobs().await;
    portal
        .submit(&portal.aster.sales, "Fernhill", "fernhill.com")
        .await;
    portal.run_jobs().await;
    let mails = portal.mails_to(SALES).await;
    assert_eq!(
        subjects(&mails),
        ["Your link to sign in", "We have your lead Fernhill"]
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_company_is_written_to_again_once_its_address_is_changed() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let portal = &story.portal;
    portal
        .sandbox_act("faults", json!({ "mail": { "refuse_for_good": 3 } }))
        .await;
    let bill = story.raise("AST-1", "").await;
    let payment = story.pay_rest(&bill).await;
    let mut staff = portal.sign_in(&portal.staff.manager).await;
    let body = staff.get("/staff/messages/bounces").await.body;
    for address in ["owner@", "finance@", "billing@"] {
        assert!(body.contains(address), "{address}");
    }
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let fields = [
        ("do", "update_company"),
        ("form[name]", "Aster"),
        ("form[legal_name]", "Aster Ltd"),
        ("form[domain]", "aster-consulting.com"),
        ("form[country]", "GB"),
        ("form[vat_number]", ""),
        ("form[billing_email]", "accounts@aster-consulting.com"),
    ];
    done(&mut owner, "/company", &fields).await;
    story.undo(&payment).await;
    let mails = portal.mails_to("accounts@aster-consulting.com").await;
    assert_eq!(
        subjects(&mails),
        ["A payment of your invoice AST-1 was taken back"]
    );
    assert!(
        portal
            .mails_to("owner@aster-consulting.com")
            .await
            .iter()
            .all(|mail| !mail["subject"].to_string().contains("taken back"))
    );
    story.portal.finish().await;
}

#[tokio::test]
async fn a_mail_that_is_handed_in_twice_is_the_same_mail_to_its_receiver() {
    let portal = TestPortal::start().await;
    portal
        .sandbox_act("faults", json!({ "mail": { "refuse_for_now": 1 } }))
        .await;
    portal
        .submit(&portal.aster.sales, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    assert!(portal.mails_to(SALES).await.is_empty(), "greylisted");
    portal.advance_clock_by(6).await;
    portal.run_jobs().await;
    assert_eq!(portal.mails_to(SALES).await.len(), 1);
    // The worker is killed after the server took the mail, and before that is written down.
    portal
        .database
        .execute("UPDATE mails SET sent_at = NULL")
        .await
        .unwrap();
    portal
        .database
        .execute("UPDATE jobs SET state = 'waiting' WHERE kind = 'send_mail'")
        .await
        .unwrap();
    portal.run_jobs().await;
    let mails = portal.mails_to(SALES).await;
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0]["message_id"], mails[1]["message_id"]);
    assert_eq!(mails[0]["html"], mails[1]["html"]);
    portal.finish().await;
}

#[tokio::test]
async fn staff_look_at_every_text_that_leaves_in_both_languages() {
    let portal = TestPortal::start().await;
    let mut staff = portal.sign_in(&portal.staff.operator).await;
    for locale in Locale::ALL {
        let language = locale.as_str();
        for (by, names) in [("mail", &MAILS[..]), ("slack", &MESSAGES[..])] {
            for name in names.iter().copied().chain(messages::alert_names()) {
                let query = format!("by={by}&name={name}&language={language}");
                let page = staff
                    .get(&format!("/staff/messages/templates?{query}"))
                    .await;
                assert_eq!(page.status, 200, "{query}");
                for missing in ["mail-", "slack-", "bill-mismatch-", "alert-", "template-"] {
                    let key = format!(">{missing}");
                    assert!(!page.body.contains(&key), "{query} shows a key");
                }
            }
        }
        let open = Words::of(*locale).text("slack-open-portal");
        let page = "/staff/messages/templates?by=slack&name=exceptions&language=";
        assert!(
            staff
                .get(&format!("{page}{language}"))
                .await
                .body
                .contains(&open)
        );
    }
    for (name, said) in [
        ("lead-created", "portal_company_key"),
        ("portal-test", "portal.test"),
    ] {
        let path = format!("/staff/messages/templates?by=webhook&name={name}");
        let page = staff.get(&path).await.body;
        assert!(
            page.contains(said) && page.contains("callback_url"),
            "{page}"
        );
    }
    for query in ["name=other", "by=webhook&name=lead-failed"] {
        let nowhere = staff
            .get(&format!("/staff/messages/templates?{query}"))
            .await;
        assert_eq!(nowhere.status, 404, "{query}");
    }
    portal.finish().await;
}

/// The lines of the English catalogues.
fn english_lines() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words/en");
    std::fs::read_dir(folder)
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .flat_map(|text| {
            let lines = text.lines().map(str::to_owned);
            lines.collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn no_alert_is_missing_among_the_templates() {
    let texts = english_lines().into_iter().filter_map(|line| {
        let (name, _) = line.split_once(" =")?;
        let is_text = name.starts_with("alert-") && !name.ends_with("-subject");
        (is_text && !name.starts_with("alert-button")).then(|| name.to_owned())
    });
    let texts: BTreeSet<String> = texts.collect();
    let shown: BTreeSet<String> = messages::alert_names().map(str::to_owned).collect();
    assert_eq!(texts, shown);
}

#[test]
fn no_mail_is_missing_among_the_templates() {
    let mut named: Vec<String> = english_lines()
        .into_iter()
        .filter_map(|line| {
            let name = line.strip_prefix("mail-")?.split_once("-subject =")?.0;
            Some(name.to_owned())
        })
        .collect();
    // In nobody's words but their own.
    named.push("letter".to_owned());
    named.sort();
    let mut shown = MAILS.map(str::to_owned).to_vec();
    shown.sort();
    assert_eq!(named, shown);
}

#[tokio::test]
async fn a_mail_in_the_gallery_stands_in_a_frame_in_which_nothing_runs() {
    let portal = TestPortal::start().await;
    let mut staff = portal.sign_in(&portal.staff.operator).await;
    for (scheme, media) in [("light", "@media not all"), ("dark", "@media all")] {
        let path = format!("/staff/messages/templates/statement/{scheme}?language=de");
        let mail = staff.get(&path).await;
        let policy = mail.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"));
        assert_eq!(mail.headers["x-frame-options"], "SAMEORIGIN");
        assert!(mail.body.contains(media), "{scheme}");
        assert!(mail.body.contains("Harbour Logistics") && mail.body.contains("lang=\"de\""));
        assert!(!mail.body.contains("<script"));
    }
    let page = staff.get("/staff/messages/templates").await;
    assert!(page.body.contains("<iframe sandbox=\"\""), "{}", page.body);
    assert_eq!(page.headers["x-frame-options"], "DENY");
    portal.finish().await;
}
