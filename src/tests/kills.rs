//! Workers that are killed at every step on the way of a lead into HubSpot and of a bill into Xero: whoever goes on makes everything once.
//! Between two commits of ours a job makes one call, so a worker that dies while a call is out dies at every boundary there is: with the work there not done, and
//! with it done and nothing of it stored here.

use std::time::Duration;

use portal_domain::ids::LeadId;
use serde_json::{Value, json};

use crate::{
    leads::{assert_each_registered_once, assert_registered_once, register_at_last},
    portal::TestPortal,
    story::{POUNDS, Story},
};

/// Never answered, without the work and with it.
pub const SILENCES: [&str; 2] = ["hang", "hang_after"];
/// More calls than either way takes.
const CALLS_MAX: usize = 40;

/// A worker works until a system has got so many calls and one more, and dies then. `false`: it made no more than so many and came to its end.
pub async fn work_and_die(portal: &TestPortal, system: &str, silence: &str, calls: usize) -> bool {
    let rule = json!({ "system": system, "mishap": silence, "after": calls });
    portal.sandbox_act("faults/rules", rule).await;
    let worker = portal.worker();
    let died = tokio::select! {
        () = call_is_out(portal) => true,
        ran = worker.run_due() => {
            ran.unwrap();
            false
        }
    };
    portal.sandbox_act("faults/rules/clear", json!({})).await;
    died
}

async fn call_is_out(portal: &TestPortal) {
    loop {
        let rules: Value = portal.sandbox_read("faults").await["rules"].clone();
        if rules.as_array().unwrap().is_empty() {
            // The work, where it is done, follows at once.
            return tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn whoever_is_killed_at_any_step_of_a_registration_leaves_one_company_contact_and_deal() {
    for silence in SILENCES {
        let portal = TestPortal::start().await;
        portal.run_jobs().await;
        let mut ended_at = None;
        for calls in 0..CALLS_MAX {
            let domain = format!("client-{calls}.com");
            let id: LeadId = portal.submit(&portal.aster.owner, "Client", &domain).await;
            let died = work_and_die(&portal, "hubspot", silence, calls).await;
            // Until the dead one's lease is over.
            portal.advance_clock_by(1).await;
            register_at_last(&portal, id).await;
            assert_registered_once(&portal, id).await;
            if !died {
                ended_at = Some(calls);
                break;
            }
        }
        let steps = ended_at.expect("a registration comes to an end");
        assert!(steps >= 8, "{steps} steps are too few to be all of them");
        portal.finish().await;
    }
}

#[tokio::test]
async fn whoever_is_killed_at_any_step_of_a_bill_leaves_one_bill_with_each_file_once() {
    for silence in SILENCES {
        let mut ended_at = None;
        for calls in 0..CALLS_MAX {
            let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
            let portal = &story.portal;
            assert_eq!(story.try_raise_with("AST-1", b"%PDF-1").await.status, 303);
            let died = work_and_die(portal, "xero", silence, calls).await;
            portal.advance_clock_by(1).await;
            portal.run_jobs().await;
            portal.bill("AST-1").await;
            let lines = story.lines_of(&story.deal).await;
            assert_eq!(lines[..3], ["invoiced"; 3], "killed at call {calls}");
            let files = story.files_of("AST-1").await;
            let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
            let both = ["PS-2026Q3-000001.pdf", "invoice-AST-1.pdf"];
            assert_eq!(names, both, "killed at call {calls}");
            story.portal.finish().await;
            if !died {
                ended_at = Some(calls);
                break;
            }
        }
        let steps = ended_at.expect("a bill comes to an end");
        assert!(steps >= 6, "{steps} steps are too few to be all of them");
    }
}

/// How many answers are lost; ten thousand are a matter of minutes, asked for by this name in the environment.
const LOST_ANSWERS: &str = "PORTAL_TEST_LOST_ANSWERS";
const FEW: u64 = 60;

fn lost_answers() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "how long a test may take")]
    std::env::var(LOST_ANSWERS).map_or(FEW, |count| count.parse().unwrap())
}

/// From now on one of five answers of a system is lost with the work done, until so many are.
async fn lose_answers(portal: &TestPortal, system: &str, lost: u64) {
    let some = json!({ system: { "drop_after": lost, "drop_percent": 20 } });
    portal.sandbox_act("faults", some).await;
}

async fn left_to_lose(portal: &TestPortal, system: &str) -> u64 {
    let faults = portal.sandbox_read("faults").await;
    faults[system]["drop_after"].as_u64().unwrap()
}

#[tokio::test]
async fn however_many_answers_are_lost_each_lead_has_one_company_contact_and_deal() {
    let portal = TestPortal::start_with(&[("PORTAL_LEADS_PER_DAY", "1000000")]).await;
    portal.run_jobs().await;
    lose_answers(&portal, "hubspot", lost_answers()).await;
    let mut ids = Vec::new();
    while left_to_lose(&portal, "hubspot").await > 0 {
        for _ in 0..20 {
            let domain = format!("client-{}.com", ids.len());
            ids.push(portal.submit(&portal.aster.owner, "Client", &domain).await);
        }
        work_for_minutes(&portal, 10).await;
    }
    work_for_minutes(&portal, 120).await;
    assert_each_registered_once(&portal, &ids).await;
    portal.finish().await;
}

#[tokio::test]
async fn however_many_answers_are_lost_each_number_is_one_bill() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let portal = &story.portal;
    // A bill is few calls, and many minutes from one to the next.
    lose_answers(portal, "xero", lost_answers() / 10).await;
    let mut bills = 0;
    while left_to_lose(portal, "xero").await > 0 {
        bills += 1;
        let number = format!("AST-{bills}");
        assert_eq!(story.try_raise(&number, "").await.status, 303);
        let mut minutes = 0;
        while !is_in_xero(&story).await {
            assert!(minutes < 600, "{number} was never made");
            work_for_minutes(portal, 10).await;
            minutes += 10;
        }
        // The next one is for the same lines.
        let bill = portal.bill(&number).await;
        let path = format!("xero/invoices/{bill}/void");
        portal.sandbox_act(&path, json!({})).await;
        while is_in_xero(&story).await {
            assert!(minutes < 1_200, "{number} was never seen to be voided");
            work_for_minutes(portal, 10).await;
            minutes += 10;
        }
    }
    // What counts bills leaves out those that are voided: none was made a second time since.
    let truth = portal.sandbox_read("truth").await;
    assert_eq!(truth["bills_by_number"], json!({}), "of {bills} numbers");
    story.portal.finish_with_failed_jobs().await;
}

/// Whether the portal knows that Xero has the statement's one bill.
async fn is_in_xero(story: &Story) -> bool {
    let bills = story.statements().await.remove(0).bills;
    bills.iter().any(|bill| bill.xero_invoice_id.is_some())
}

async fn work_for_minutes(portal: &TestPortal, minutes: usize) {
    const STEP: usize = 10;
    for _ in 0..minutes / STEP {
        portal.worker().run_due().await.unwrap();
        portal.advance_clock_by(STEP as i64).await;
    }
}
