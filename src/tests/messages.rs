//! What people are told in Slack and by mail: that it reaches them, says what they need, and says it once.

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
    assert!(portal.slack_messages(STAFF).await.is_empty());
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
async fn set_place(portal: &TestPortal, place: &str) -> crate::browser::Answer {
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
