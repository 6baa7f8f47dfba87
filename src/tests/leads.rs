//! A lead's way: taken in once, checked, registered in HubSpot once however often the way is interrupted, and followed from there.

use std::collections::BTreeSet;

use futures::future::join_all;
use portal_domain::{
    access::Actor,
    ids::LeadId,
    lead::{LeadForm, LeadState},
};
use portal_services::{deals, leads as lead_services, outbox, outbox::Job};
use portal_store::{
    jobs,
    leads::{LeadFilter, LeadRecord},
};
use serde_json::{Value, json};

use crate::{
    browser::{Answer, Browser, english},
    portal::{TestPortal, lead_form},
};

/// What the form is sent with.
pub fn fields(form: &LeadForm) -> [(&'static str, &str); 12] {
    [
        ("form[lawful_basis]", &form.lawful_basis),
        ("form[consent_on]", &form.consent_on),
        ("form[consent_source]", &form.consent_source),
        ("form[client_name]", &form.client_name),
        ("form[client_domain]", &form.client_domain),
        ("form[contact_name]", &form.contact_name),
        ("form[contact_email]", &form.contact_email),
        ("form[contact_phone]", &form.contact_phone),
        ("form[need]", &form.need),
        ("form[value]", &form.value),
        ("form[currency]", &form.currency),
        ("form[submission_key]", &form.submission_key),
    ]
}

/// The form as the page sends it.
pub async fn send(browser: &mut Browser, form: &LeadForm) -> Answer {
    let named = [&[("do", "submit_lead")][..], &fields(form)[..]].concat();
    browser.post("/leads/new", &named).await
}

/// The lead that a redirect leads to, and the notice that it carries.
fn landed(answer: &Answer) -> (LeadId, String) {
    assert_eq!(answer.status, 303, "{}", answer.body);
    let rest = answer
        .location
        .strip_prefix("/leads/")
        .expect("the lead's page");
    let (id, notice) = rest.split_once("?notice=").expect("a notice");
    (id.parse().unwrap(), notice.to_owned())
}

/// The partner's leads as the database has them.
async fn count(portal: &TestPortal, actor: &Actor) -> usize {
    lead_services::list_for_partner(&portal.ctx, actor, LeadFilter::default())
        .await
        .unwrap()
        .len()
}

/// HubSpot has exactly one deal for the lead, tied to its company and its contact, and the lead knows all three.
pub async fn assert_registered_once(portal: &TestPortal, id: LeadId) {
    assert_each_registered_once(portal, &[id]).await;
}

/// The same of many leads, which looks into HubSpot once.
pub async fn assert_each_registered_once(portal: &TestPortal, ids: &[LeadId]) {
    let state = portal.sandbox_read("state").await;
    for id in ids {
        assert_is_once_in(&state, &portal.lead(*id).await);
    }
}

fn assert_is_once_in(state: &Value, lead: &LeadRecord) {
    assert_eq!(lead.state, LeadState::Registered);
    let truth = &state["truth"];
    let deal = lead.hubspot_deal_id.as_ref().expect("a deal");
    assert_eq!(truth["deals_by_lead"][lead.id.to_string()], json!([deal]));
    let companies = truth["companies_by_domain"][&lead.client_domain]
        .as_array()
        .expect("a company");
    assert_eq!(companies.len(), 1);
    assert_eq!(
        truth["companies_by_key"][&lead.client_domain],
        json!(companies)
    );
    assert_eq!(
        truth["contacts_by_email"][&lead.contact_email],
        json!([lead.hubspot_contact_id.as_ref().expect("a contact")])
    );
    // HubSpot's numbers for "deal to contact" and "deal to primary company".
    let deal: u64 = deal.parse().unwrap();
    let links: BTreeSet<u64> = state["hubspot"]["links"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|link| link["from"] == deal)
        .filter_map(|link| link["type_id"].as_u64())
        .collect();
    assert!(
        links.contains(&3) && links.contains(&5),
        "the deal is tied by {links:?} only"
    );
}

#[tokio::test]
async fn a_lead_becomes_one_company_contact_and_deal_and_its_submitter_is_told() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.aster.sales).await;
    let (id, notice) =
        landed(&send(&mut browser, &lead_form("Harbour", "harbour-logistics.com")).await);
    assert_eq!(
        (notice.as_str(), portal.lead(id).await.state),
        ("lead-received", LeadState::Accepted)
    );
    portal.run_jobs().await;
    assert_registered_once(&portal, id).await;
    assert_eq!(
        portal.timeline(id).await,
        ["submitted", "accepted", "registered"]
    );
    let mails = portal.mails_to("sales@aster-consulting.com").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["subject"], "We have your lead Harbour");
    assert!(
        mails[0]["text"]
            .as_str()
            .unwrap()
            .contains(&format!("{}/leads/{id}", portal.url))
    );
    let told = portal.slack_messages("#partners-internal").await;
    assert_eq!(told.len(), 1);
    let list = browser.get("/leads").await;
    assert!(list.body.contains("Harbour") && list.body.contains("harbour-logistics.com"));
    portal.finish().await;
}

#[tokio::test]
async fn the_same_key_twice_is_one_lead() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    let form = lead_form("Harbour", "harbour-logistics.com");
    let first = landed(&send(&mut browser, &form).await);
    assert_eq!(landed(&send(&mut browser, &form).await), first);
    portal.run_jobs().await;
    assert_eq!(landed(&send(&mut browser, &form).await).0, first.0);
    portal.run_jobs().await;
    assert_eq!(count(&portal, &portal.aster.owner).await, 1);
    assert_eq!(portal.mails_to("owner@aster-consulting.com").await.len(), 1);
    assert_registered_once(&portal, first.0).await;
    portal.finish().await;
}

#[tokio::test]
async fn ten_submissions_at_once_with_one_key_are_one_lead() {
    let portal = TestPortal::start().await;
    let browser = portal.sign_in(&portal.aster.owner).await;
    let form = lead_form("Harbour", "harbour-logistics.com");
    let answers = join_all((0..10).map(|_| {
        let (mut browser, form) = (browser.again(), form.clone());
        async move { landed(&send(&mut browser, &form).await) }
    }))
    .await;
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    assert_eq!(count(&portal, &portal.aster.owner).await, 1);
    portal.run_jobs().await;
    assert_registered_once(&portal, answers[0].0).await;
    portal.finish().await;
}

#[tokio::test]
async fn two_partners_at_once_with_one_client_are_one_claim_and_one_review() {
    let portal = TestPortal::start().await;
    let form = lead_form("Harbour", "harbour-logistics.com");
    let (mut of_aster, mut of_borealis) = (
        portal.sign_in(&portal.aster.owner).await,
        portal.sign_in(&portal.borealis.owner).await,
    );
    let (aster, borealis) = tokio::join!(send(&mut of_aster, &form), send(&mut of_borealis, &form));
    let mut notices = [landed(&aster).1, landed(&borealis).1];
    notices.sort();
    assert_eq!(notices, ["lead-in-review", "lead-received"]);
    portal.finish().await;
}

#[tokio::test]
async fn registering_again_changes_nothing() {
    let portal = TestPortal::start().await;
    let (id, _) = portal.registered("Harbour", "harbour-logistics.com").await;
    let (truth, timeline) = (
        portal.sandbox_read("truth").await,
        portal.timeline(id).await,
    );
    for _ in 0..2 {
        let mut tx = portal.ctx.store.write().await.unwrap();
        outbox::add(&portal.ctx, &mut tx, &Job::RegisterLead { lead: id })
            .await
            .unwrap();
        tx.commit().await.unwrap();
        portal.run_jobs().await;
    }
    assert_eq!(portal.sandbox_read("truth").await, truth);
    assert_eq!(portal.timeline(id).await, timeline);
    assert_registered_once(&portal, id).await;
    portal.finish().await;
}

/// Works until HubSpot has the lead, letting the time pass that failed attempts wait for.
pub async fn register_at_last(portal: &TestPortal, id: LeadId) {
    let payload = outbox::payload(&Job::RegisterLead { lead: id }).unwrap();
    for _ in 0..12 {
        portal.run_jobs().await;
        let mut tx = portal.ctx.store.read().await.unwrap();
        let pending = jobs::list_pending_payloads(&mut tx, "register_lead")
            .await
            .unwrap();
        if !pending.contains(&payload) {
            return;
        }
        portal.advance_clock_by(6).await;
    }
    let failing = jobs::list_failing(&mut portal.ctx.store.read().await.unwrap(), 10)
        .await
        .unwrap();
    panic!("the lead is not registered after twelve attempts: {failing:#?}");
}

/// A lead for each of HubSpot's writes on its way, with that write cut off by a fault: company, contact, deal, and the three associations.
async fn cut_each_write(fault: &str) {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    for spared in 0..20 {
        portal
            .sandbox_act(
                "faults",
                json!({ "hubspot": { "spare_writes": spared, fault: 1 } }),
            )
            .await;
        let id = portal
            .submit(
                &portal.aster.owner,
                "Client",
                &format!("client-{spared}.com"),
            )
            .await;
        register_at_last(&portal, id).await;
        assert_registered_once(&portal, id).await;
        if portal.sandbox_read("faults").await["hubspot"][fault] == 1 {
            assert_eq!(spared, 6, "a registration makes so many writes");
            return portal.finish().await;
        }
    }
    panic!("a registration makes more than 20 writes");
}

#[tokio::test]
async fn an_answer_lost_after_any_of_hubspots_writes_still_makes_one_deal() {
    cut_each_write("drop_after").await;
}

#[tokio::test]
async fn a_connection_cut_before_any_of_hubspots_writes_still_makes_one_deal() {
    cut_each_write("drop_before").await;
}

#[tokio::test]
async fn many_lost_answers_in_a_row_still_make_one_deal() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    portal
        .sandbox_act("faults", json!({ "hubspot": { "drop_after": 7 } }))
        .await;
    let id = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    register_at_last(&portal, id).await;
    assert_registered_once(&portal, id).await;
    portal.finish().await;
}

#[tokio::test]
async fn what_hubspot_has_already_is_adopted_and_left_as_sales_wrote_it() {
    let portal = TestPortal::start().await;
    let company = portal
        .sandbox_act(
            "hubspot/companies",
            json!({ "name": "Harbour Group plc", "domain": "harbour-logistics.com" }),
        )
        .await;
    let contact = json!({ "email": "mia@harbour-logistics.com", "firstname": "Maria", "jobtitle": "Head of fleet" });
    portal.sandbox_act("hubspot/contacts", contact).await;
    let (id, _) = portal.registered("Harbour", "harbour-logistics.com").await;
    assert_registered_once(&portal, id).await;
    let state = portal.sandbox_read("state").await;
    assert_eq!(
        state["truth"]["companies_by_domain"]["harbour-logistics.com"],
        json!([company["id"]])
    );
    let text = state["hubspot"].to_string();
    assert!(
        text.contains("Harbour Group plc")
            && text.contains("Maria")
            && !text.contains("\"firstname\":\"Mia\"")
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_domain_that_cannot_be_claimed_is_named_at_its_field() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    for (domain, code) in [
        ("gmail.com", "error-domain-free-mail"),
        ("www.aster-consulting.com", "error-domain-own"),
        ("co.uk", "error-domain-not-registrable"),
        ("no domain", "error-domain-invalid"),
    ] {
        let answer = send(
            &mut browser,
            &LeadForm {
                client_domain: domain.to_owned(),
                ..lead_form("Harbour", "harbour.com")
            },
        )
        .await;
        assert_eq!(answer.status, 422, "{domain}");
        let beside = format!(
            "id=\"client_domain-error\" class=\"wrong\">{}",
            english(code)
        );
        assert!(answer.body.contains(&beside), "{domain}: {}", answer.body);
        assert!(
            answer.body.contains(&format!("value=\"{domain}\"")),
            "what was typed stays"
        );
    }
    assert_eq!(count(&portal, &portal.aster.owner).await, 0);
    portal.finish().await;
}

#[tokio::test]
async fn one_partner_keeps_only_so_many_clients_a_day_from_the_others() {
    let portal = TestPortal::start_with(&[("PORTAL_LEADS_PER_DAY", "2")]).await;
    let mut browser = portal.sign_in(&portal.aster.sales).await;
    for domain in ["one.com", "two.com"] {
        landed(&send(&mut browser, &lead_form("Client", domain)).await);
    }
    let third = lead_form("Third", "three.com");
    let refused = send(&mut browser, &third).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains(&english("error-leads-of-a-day")));
    assert!(
        refused.body.contains("value=\"three.com\""),
        "what was typed stays"
    );
    let (_, notice) = landed(&send(&mut browser, &lead_form("Client", "two.com")).await);
    assert_eq!(
        notice, "lead-received",
        "a form that is sent twice is the lead that it made"
    );
    let mut other = portal.sign_in(&portal.borealis.owner).await;
    landed(&send(&mut other, &third).await);
    portal.advance_clock_by(24 * 60).await;
    landed(&send(&mut browser, &lead_form("Fourth", "four.com")).await);
    portal.finish().await;
}

#[tokio::test]
async fn a_duplicate_of_ones_own_shows_the_lead_that_is_there() {
    let portal = TestPortal::start().await;
    let (id, _) = portal.registered("Harbour", "harbour-logistics.com").await;
    let mut browser = portal.sign_in(&portal.aster.sales).await;
    let again = LeadForm {
        client_domain: "https://www.harbour-logistics.com/contact".to_owned(),
        submission_key: "another".to_owned(),
        ..lead_form("Harbour again", "harbour-logistics.com")
    };
    assert_eq!(
        landed(&send(&mut browser, &again).await),
        (id, "lead-duplicate".to_owned())
    );
    assert_eq!(count(&portal, &portal.aster.owner).await, 1);
    portal.finish().await;
}

/// A lead of Borealis for a client that Aster has claimed.
async fn contested(portal: &TestPortal) -> (Browser, LeadId) {
    portal.registered("Harbour", "harbour-logistics.com").await;
    let mut browser = portal.sign_in(&portal.borealis.owner).await;
    let (id, notice) =
        landed(&send(&mut browser, &lead_form("Harbour", "harbour-logistics.com")).await);
    assert_eq!(notice, "lead-in-review");
    portal.run_jobs().await;
    (browser, id)
}

#[tokio::test]
async fn another_partners_claim_sends_the_lead_to_review_and_gives_nobody_away() {
    let portal = TestPortal::start().await;
    let (mut browser, id) = contested(&portal).await;
    assert_eq!(portal.lead(id).await.state, LeadState::InReview);
    let mut read = String::new();
    for path in [
        format!("/leads/{id}"),
        "/leads".to_owned(),
        "/".to_owned(),
        "/commission".to_owned(),
    ] {
        let answer = browser.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        read.push_str(&answer.body);
    }
    let mails = portal.mails_to("owner@borealis-partners.de").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(
        mails[0]["subject"],
        "We have your lead Harbour and look at it"
    );
    read.push_str(&Value::Array(mails).to_string());
    for secret in ["Aster", "aster-consulting", "claimed", "customer"] {
        assert!(!read.contains(secret), "the partner can read `{secret}`");
    }
    let truth = portal.sandbox_read("truth").await;
    assert!(
        truth["deals_by_lead"][id.to_string()].is_null(),
        "nothing goes to HubSpot before the decision"
    );
    let mut manager = portal.sign_in(&portal.staff.manager).await;
    let seen = manager.get(&format!("/staff/leads/{id}")).await;
    assert!(
        seen.body
            .contains(&english("lead-review-claimed_by_another"))
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_review_that_is_accepted_goes_on_to_hubspot() {
    let portal = TestPortal::start().await;
    let (mut browser, id) = contested(&portal).await;
    let mut manager = portal.sign_in(&portal.staff.manager).await;
    let (page, lead) = (format!("/staff/leads/{id}"), id.to_string());
    let answer = manager
        .post(&page, &[("do", "accept_lead"), ("lead", &lead)])
        .await;
    assert_eq!(
        (answer.status, answer.location),
        (303, format!("{page}?notice=lead-accepted"))
    );
    let again = manager
        .post(
            &page,
            &[("do", "reject_lead"), ("lead", &lead), ("reason", "No")],
        )
        .await;
    assert_eq!(again.status, 409);
    assert!(again.body.contains(&english("error-lead-already-decided")));
    portal.run_jobs().await;
    let lead = portal.lead(id).await;
    assert_eq!(lead.state, LeadState::Registered);
    assert_eq!(
        portal.timeline(id).await,
        ["submitted", "in_review", "accepted", "registered"]
    );
    let truth = portal.sandbox_read("truth").await;
    assert_eq!(
        truth["deals_by_lead"][id.to_string()],
        json!([lead.hubspot_deal_id])
    );
    assert_eq!(
        truth["companies_by_domain"]["harbour-logistics.com"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let subjects: Vec<Value> = portal
        .mails_to("owner@borealis-partners.de")
        .await
        .iter()
        .map(|mail| mail["subject"].clone())
        .collect();
    assert_eq!(
        subjects,
        [
            "We have your lead Harbour and look at it",
            "We have your lead Harbour"
        ]
    );
    assert!(
        !browser
            .get(&format!("/leads/{id}"))
            .await
            .body
            .contains("Aster")
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_review_that_is_rejected_tells_the_partner_why() {
    let portal = TestPortal::start().await;
    let (mut browser, id) = contested(&portal).await;
    let mut manager = portal.sign_in(&portal.staff.manager).await;
    let (page, lead) = (format!("/staff/leads/{id}"), id.to_string());
    let without = manager
        .post(
            &page,
            &[("do", "reject_lead"), ("lead", &lead), ("reason", " ")],
        )
        .await;
    assert_eq!(without.status, 422);
    assert!(without.body.contains(&english("error-required")));
    let reason = "The client is in talks with us since May.";
    let answer = manager
        .post(
            &page,
            &[("do", "reject_lead"), ("lead", &lead), ("reason", reason)],
        )
        .await;
    assert_eq!(answer.status, 303);
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Rejected);
    assert!(
        browser
            .get(&format!("/leads/{id}"))
            .await
            .body
            .contains(reason)
    );
    let mails = portal.mails_to("owner@borealis-partners.de").await;
    assert!(mails[1]["text"].as_str().unwrap().contains(reason));
    portal.finish().await;
}

#[tokio::test]
async fn staff_hear_of_the_deal_of_a_lead_that_was_withdrawn_while_it_was_made() {
    let portal = TestPortal::start().await;
    let id = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    lead_services::withdraw(&portal.ctx, &portal.aster.owner, id)
        .await
        .unwrap();
    deals::apply_registration(&portal.ctx, id, "4711")
        .await
        .unwrap();
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Withdrawn);
    let channel = portal.ctx.programme.staff_channel.clone();
    let told = portal.slack_messages(&channel).await;
    let last = told.last().expect("staff are told").to_string();
    assert!(
        last.contains("4711") && last.contains("Harbour"),
        "staff read which deal to close: {last}"
    );
    portal.finish().await;
}

#[tokio::test]
async fn withdrawing_frees_the_client_until_the_lead_is_registered() {
    let portal = TestPortal::start().await;
    let id = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    let (page, lead) = (format!("/leads/{id}"), id.to_string());
    let answer = browser
        .post(&page, &[("do", "withdraw_lead"), ("lead", &lead)])
        .await;
    assert_eq!(
        (answer.status, answer.location),
        (303, format!("{page}?notice=lead-withdrawn"))
    );
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Withdrawn);
    assert_eq!(
        portal.sandbox_read("truth").await["deals_by_lead"],
        json!({}),
        "a lead that was withdrawn in time never leaves"
    );
    let other = lead_services::submit(
        &portal.ctx,
        &portal.borealis.owner,
        &lead_form("Harbour", "harbour-logistics.com"),
    )
    .await;
    assert!(
        matches!(other, Ok(lead_services::Submitted::Accepted(_))),
        "{other:?}"
    );
    portal.run_jobs().await;
    let mut browser = portal.sign_in(&portal.borealis.owner).await;
    let registered = other.unwrap().lead().to_string();
    let refused = browser
        .post(
            &format!("/leads/{registered}"),
            &[("do", "withdraw_lead"), ("lead", &registered)],
        )
        .await;
    assert_eq!(refused.status, 409);
    assert!(
        refused
            .body
            .contains(&english("error-lead-already-registered"))
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_claim_that_has_expired_protects_nobody() {
    let portal = TestPortal::start().await;
    let (id, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    portal
        .change_deal(&deal, json!({ "dealstage": "closedlost" }))
        .await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Lost);
    let other = lead_services::submit(
        &portal.ctx,
        &portal.borealis.owner,
        &lead_form("Harbour", "harbour-logistics.com"),
    )
    .await;
    assert!(
        matches!(other, Ok(lead_services::Submitted::Accepted(_))),
        "a lost lead frees its client: {other:?}"
    );
    portal.submit(&portal.aster.owner, "Quay", "quay.com").await;
    portal.advance_clock_to("2026-10-05T08:00:00Z").await;
    let later = lead_services::submit(
        &portal.ctx,
        &portal.borealis.owner,
        &lead_form("Quay", "quay.com"),
    )
    .await;
    assert!(
        matches!(later, Ok(lead_services::Submitted::Accepted(_))),
        "90 days are over: {later:?}"
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_client_that_buys_already_is_looked_at_by_a_person() {
    let portal = TestPortal::start().await;
    portal
        .won("Harbour", "harbour-logistics.com", "1000.00", "1")
        .await;
    portal.advance_clock_to("2026-12-01T08:00:00Z").await;
    let other = lead_services::submit(
        &portal.ctx,
        &portal.borealis.owner,
        &lead_form("Harbour", "harbour-logistics.com"),
    )
    .await;
    assert!(
        matches!(other, Ok(lead_services::Submitted::InReview(_))),
        "{other:?}"
    );
    portal.run_jobs().await;
    portal.finish().await;
}
