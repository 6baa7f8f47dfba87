//! What people are told in Slack and by mail: that it reaches them, says what they need, and says it once.

use serde_json::{Value, json};

use crate::{
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
