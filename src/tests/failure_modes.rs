//! The fifteen ways in which HubSpot and Xero bite in production, each with the tests that show what the portal does about it. Those that are told nowhere
//! else are here.

use std::{collections::BTreeSet, fs, path::Path};

use portal_domain::{ids::LeadId, lead::LeadState};
use portal_services::{exceptions, leads};
use portal_store::jobs;
use serde_json::{Value, json};

use crate::portal::{TestPortal, lead_form};

/// File and test, for each way.
const SHOWN_BY: [(&str, &[(&str, &str)]); 15] = [
    (
        "search lags behind what was written",
        &[
            (
                "failure_modes",
                "near_leads_make_no_twins_while_the_search_shows_nothing",
            ),
            (
                "registering",
                "two_leads_of_a_new_client_side_by_side_end_with_one_company",
            ),
            (
                "registering",
                "a_company_that_the_search_showed_too_late_is_a_case_until_both_are_merged",
            ),
        ],
    ),
    (
        "killed between a write and its answer",
        &[
            (
                "leads",
                "an_answer_lost_after_any_of_hubspots_writes_still_makes_one_deal",
            ),
            (
                "leads",
                "a_connection_cut_before_any_of_hubspots_writes_still_makes_one_deal",
            ),
            (
                "kills",
                "whoever_is_killed_at_any_step_of_a_registration_leaves_one_company_contact_and_deal",
            ),
            (
                "kills",
                "however_many_answers_are_lost_each_lead_has_one_company_contact_and_deal",
            ),
            ("jobs", "the_worker_takes_a_dead_ones_registration_over"),
            ("registering", "a_lead_knows_its_deal_as_soon_as_it_is_made"),
        ],
    ),
    (
        "companies that are twins",
        &[
            (
                "failure_modes",
                "of_several_companies_the_oldest_is_adopted_and_the_others_are_told_of",
            ),
            (
                "leads",
                "a_domain_that_cannot_be_claimed_is_named_at_its_field",
            ),
        ],
    ),
    (
        "contacts that are there already",
        &[
            (
                "failure_modes",
                "a_contact_in_other_letters_is_the_same_and_keeps_what_sales_wrote",
            ),
            (
                "leads",
                "what_hubspot_has_already_is_adopted_and_left_as_sales_wrote_it",
            ),
        ],
    ),
    (
        "a deal without its associations",
        &[
            (
                "registering",
                "a_deal_that_lost_its_company_or_contact_is_tied_again_by_the_next_night",
            ),
            ("registering", "a_lead_knows_its_deal_as_soon_as_it_is_made"),
        ],
    ),
    (
        "webhooks twice, late and in no order",
        &[
            ("webhooks", "doubled_and_shuffled_webhooks_say_the_same"),
            ("webhooks", "a_lost_webhook_is_caught_by_the_sweep"),
            (
                "drift",
                "of_webhooks_that_are_dropped_doubled_and_shuffled_nothing_is_left_after_one_sweep",
            ),
            (
                "xero_links",
                "webhooks_that_come_twice_and_out_of_order_change_nothing",
            ),
        ],
    ),
    (
        "forged webhooks",
        &[
            (
                "webhooks",
                "a_webhook_with_a_wrong_signature_changes_nothing",
            ),
            ("webhooks", "refused_webhooks_are_counted_by_their_reason"),
            (
                "alerts",
                "webhooks_that_are_refused_and_not_followed_by_any_that_is_accepted_are_told_once",
            ),
            ("webhooks", "xeros_check_of_our_address_is_passed"),
        ],
    ),
    (
        "deals merged, deleted and restored",
        &[
            (
                "webhooks",
                "a_deal_that_is_lost_deleted_and_restored_is_followed",
            ),
            (
                "webhooks",
                "a_deletion_that_nobody_told_is_noticed_within_a_day",
            ),
            (
                "removed_deals",
                "a_removed_deal_is_shown_as_removed_and_not_as_lost",
            ),
            (
                "removed_deals",
                "a_deal_that_was_brought_back_while_nobody_told_us_is_found_by_the_next_night",
            ),
            (
                "removed_deals",
                "of_two_merged_deals_the_one_goes_on_whose_lead_hubspot_names_whichever_is_asked_for",
            ),
        ],
    ),
    (
        "pipelines that are edited, deals that open again",
        &[
            (
                "stages",
                "a_deal_in_a_stage_that_is_gone_is_followed_is_a_case_and_costs_no_calls",
            ),
            (
                "stages",
                "new_deals_start_where_an_operator_said_and_never_in_a_stage_that_is_gone",
            ),
            (
                "stages",
                "a_lead_whose_first_stage_vanished_within_the_hour_starts_in_another",
            ),
            (
                "removed_deals",
                "a_deal_that_is_opened_again_protects_its_client_again",
            ),
            (
                "xero_changes",
                "a_deal_that_is_won_again_earns_again_for_what_the_client_paid",
            ),
        ],
    ),
    (
        "money as text, empty, in other currencies and periods",
        &[
            (
                "failure_modes",
                "an_empty_amount_is_not_nothing_but_missing",
            ),
            (
                "hubspot_deals",
                "a_won_deal_that_names_no_currency_is_in_the_accounts",
            ),
            (
                "hubspot_deals",
                "line_items_that_are_charged_differently_are_a_case_until_the_deal_says_what_counts",
            ),
            (
                "sweeps",
                "a_deal_that_cannot_be_read_is_a_case_until_it_can_and_stops_no_other",
            ),
        ],
    ),
    (
        "too many calls",
        &[
            (
                "failure_modes",
                "a_day_without_calls_left_is_waited_out_and_nothing_is_lost",
            ),
            (
                "webhooks",
                "a_vendor_that_refuses_for_a_while_loses_nothing",
            ),
            (
                "alerts",
                "a_days_limit_is_told_once_with_its_end_and_once_when_calls_are_taken_again",
            ),
            (
                "relay",
                "an_ipaas_that_wants_to_be_left_alone_for_decades_is_asked_again_within_the_hour",
            ),
        ],
    ),
    (
        "tokens that run out",
        &[
            ("consents", "sixteen_workers_renew_an_expired_token_once"),
            (
                "failure_modes",
                "xeros_token_is_renewed_when_it_has_run_out_and_no_job_fails",
            ),
        ],
    ),
    (
        "bills that are made twice",
        &[
            (
                "kills",
                "whoever_is_killed_at_any_step_of_a_bill_leaves_one_bill_with_each_file_once",
            ),
            (
                "xero_bills",
                "what_xero_refused_and_was_put_right_is_made_at_the_next_try",
            ),
            (
                "xero_bills",
                "an_invoice_that_finance_entered_under_another_number_is_not_made_a_second_time",
            ),
            (
                "sweeps",
                "no_bill_is_made_beside_one_that_cannot_be_read_and_has_its_number",
            ),
        ],
    ),
    (
        "paid that is not paid",
        &[
            (
                "xero_payments",
                "a_payment_that_is_undone_after_the_partner_was_paid_is_on_the_next_statement",
            ),
            (
                "xero_payments",
                "an_overpayment_counts_where_it_was_set_against_an_invoice",
            ),
            (
                "xero_changes",
                "an_invoice_that_is_voided_after_the_statement_is_taken_back_on_the_next_one",
            ),
        ],
    ),
    (
        "failures inside a success",
        &[
            (
                "failure_modes",
                "a_no_inside_slacks_200_is_a_failure_that_people_see",
            ),
            (
                "xero_links",
                "a_page_that_is_no_json_is_asked_for_again_and_nothing_of_it_is_passed_over",
            ),
            (
                "missing_scopes",
                "a_scope_that_only_the_set_up_needs_stops_no_lead_and_is_told_once",
            ),
            (
                "missing_scopes",
                "a_bill_that_the_app_may_not_make_is_told_to_finance_at_once_and_made_once_it_may",
            ),
            (
                "operations",
                "what_fails_now_is_seen_however_much_failed_before_and_all_of_it_page_by_page",
            ),
            (
                "alerts",
                "webhooks_that_stay_away_are_told_once_a_sweep_found_what_they_should_have_said",
            ),
            (
                "alerts",
                "messengers_that_know_us_no_more_are_noticed_although_nobody_is_written_to",
            ),
            (
                "alerts",
                "the_end_of_the_version_that_hubspot_answers_is_shown_and_told_ninety_days_before",
            ),
        ],
    ),
];

#[test]
fn every_way_is_shown_by_tests_that_are_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests");
    for (way, tests) in SHOWN_BY {
        for (file, test) in tests {
            let text = fs::read_to_string(folder.join(format!("{file}.rs"))).unwrap();
            let is_there = text.contains(&format!("async fn {test}()"));
            assert!(is_there, "{way}: {file} has no test {test}");
        }
    }
    let ways: BTreeSet<&str> = SHOWN_BY.iter().map(|(way, _)| *way).collect();
    assert_eq!(ways.len(), 15);
}

async fn truth(portal: &TestPortal) -> Value {
    portal.sandbox_read("truth").await
}

async fn kinds(portal: &TestPortal) -> Vec<String> {
    let open = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 20).await;
    let open = open.unwrap().into_iter();
    open.map(|case| case.record.kind).collect()
}

/// A lead of Borealis for Harbour that staff accept although Aster has the client.
async fn submit_of_borealis(portal: &TestPortal) -> LeadId {
    let form = lead_form("Harbour", "www.harbour-logistics.com");
    let lead = leads::submit(&portal.ctx, &portal.borealis.owner, &form).await;
    let lead = lead.unwrap().lead();
    let accept = leads::Decision::Accept;
    leads::decide(&portal.ctx, &portal.staff.manager, lead, &accept)
        .await
        .unwrap();
    lead
}

#[tokio::test]
async fn near_leads_make_no_twins_while_the_search_shows_nothing() {
    let portal = TestPortal::start().await;
    let lag = json!({ "search_lag_ms": 600_000 });
    portal.sandbox_act("faults", lag).await;
    let first = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    let second = submit_of_borealis(&portal).await;
    portal.run_jobs().await;
    let truth = truth(&portal).await;
    let companies = truth["companies_by_domain"]["harbour-logistics.com"].as_array();
    assert_eq!(companies.unwrap().len(), 1);
    for lead in [first, second] {
        let deals = truth["deals_by_lead"][lead.to_string()].as_array();
        assert_eq!(deals.unwrap().len(), 1);
    }
    portal.finish().await;
}

#[tokio::test]
async fn of_several_companies_the_oldest_is_adopted_and_the_others_are_told_of() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let mut made = Vec::new();
    for name in ["Harbour", "Harbour (old)"] {
        let company = json!({ "name": name, "domain": "harbour-logistics.com" });
        made.push(portal.sandbox_act("hubspot/companies", company).await);
        portal.advance_clock_by(1).await;
    }
    portal.registered("Harbour", "harbour-logistics.com").await;
    let truth = truth(&portal).await;
    let keyed = &truth["companies_by_key"]["harbour-logistics.com"];
    assert_eq!(keyed, &json!([made[0]["id"]]));
    portal.advance_clock_by(11).await;
    portal.run_jobs().await;
    assert_eq!(kinds(&portal).await, ["company_twins"]);
    portal.finish().await;
}

#[tokio::test]
async fn a_contact_in_other_letters_is_the_same_and_keeps_what_sales_wrote() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let known = json!({ "email": "MIA@Harbour-Logistics.com", "firstname": "Maria" });
    let known = portal.sandbox_act("hubspot/contacts", known).await;
    let (lead, _) = portal.registered("Harbour", "harbour-logistics.com").await;
    let contact = portal.lead(lead).await.hubspot_contact_id;
    assert_eq!(contact.as_deref(), known["id"].as_str());
    let state = portal.sandbox_read("state").await;
    let records = &state["hubspot"]["tables"]["contacts"]["records"];
    let properties = &records[contact.unwrap()]["properties"];
    assert_eq!(properties["firstname"], "Maria");
    assert_eq!(properties["phone"], "+442079460000");
    portal.finish().await;
}

#[tokio::test]
async fn an_empty_amount_is_not_nothing_but_missing() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let won = json!({ "dealstage": "closedwon", "amount": "", "portal_billing_period": "1" });
    portal.change_deal(&deal, won).await;
    portal.run_jobs().await;
    assert_eq!(kinds(&portal).await, ["deal_amount_missing"]);
    assert_eq!(portal.lines(lead).await.len(), 0);
    portal.finish().await;
}

#[tokio::test]
async fn a_day_without_calls_left_is_waited_out_and_nothing_is_lost() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let daily = json!({ "hubspot": { "too_many_requests": 1, "too_many_kind": "daily" } });
    portal.sandbox_act("faults", daily).await;
    let lead = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    // Midnight in London, where HubSpot's account is; a minute later nobody's clock says yesterday.
    portal.advance_clock_to("2026-07-06T23:00:00Z").await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Accepted);
    portal.advance_clock_by(2).await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    portal.finish().await;
}

#[tokio::test]
async fn xeros_token_is_renewed_when_it_has_run_out_and_no_job_fails() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    for _ in 0..3 {
        // A token lives for half an hour.
        portal.advance_clock_by(31).await;
        portal.run_jobs().await;
    }
    let mut tx = portal.ctx.store.read().await.unwrap();
    let failing = jobs::list_failing(&mut tx, 10).await.unwrap();
    drop(tx);
    assert!(failing.is_empty(), "{failing:#?}");
    portal.finish().await;
}

#[tokio::test]
async fn a_no_inside_slacks_200_is_a_failure_that_people_see() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let revoked = json!({ "slack": { "token_revoked": true } });
    portal.sandbox_act("faults", revoked).await;
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get("/staff/integrations").await.body;
    assert!(
        page.contains("Slack does not accept our credentials"),
        "{page}"
    );
    portal.finish_with_failed_jobs().await;
}
