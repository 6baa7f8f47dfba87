//! Whom finance writes to when a client does not pay: the account owner, whoever that is in HubSpot by then.

use portal_domain::ids::DealId;
use portal_store::owners;
use serde_json::json;

use crate::{
    browser::{Browser, english},
    story::{POUNDS, Story},
};

/// Owners of the sandbox's HubSpot.
const MAYA: &str = "41629779";
const TOM: &str = "41629780";

/// The page on which the mail is drafted.
async fn draft(story: &Story, finance: &mut Browser) -> String {
    let case = story.exception("no_invoice_yet").await.record.id;
    let page = format!("/staff/reconciliation/{case}/chase");
    finance.get(&page).await.body
}

async fn own(story: &Story, owner: &str) {
    let owner = json!({ "hubspot_owner_id": owner });
    story.change_deal(&story.deal, owner).await;
}

async fn deal_id(story: &Story) -> DealId {
    story.portal.lines(story.deal.lead).await[0].line.deal
}

#[tokio::test]
async fn a_mail_about_a_case_is_for_whom_the_deal_belongs_to_in_hubspot_by_then() {
    let story = Story::begin(POUNDS).await;
    story.month_ends().await;
    let mut finance = story.portal.sign_in(&story.portal.staff.finance).await;
    let nobodys = draft(&story, &mut finance).await;
    assert!(nobodys.contains(&english("chase-recipient-nobody")));
    assert!(nobodys.contains("mailto:?subject="));
    for (owner, name, email) in [
        (MAYA, "Maya Lindqvist", "maya.lindqvist@northwind.example"),
        (TOM, "Tom Okafor", "tom.okafor@northwind.example"),
    ] {
        own(&story, owner).await;
        let owned = draft(&story, &mut finance).await;
        assert!(owned.contains(&format!("value=\"{email}\"")), "{owned}");
        assert!(owned.contains(&english("chase-recipient-owner")));
        assert!(owned.contains(&format!("mailto:{email}?subject=")));
        assert!(owned.contains(name));
    }
    own(&story, "").await;
    let nobodys = draft(&story, &mut finance).await;
    assert!(nobodys.contains(&english("chase-recipient-nobody")));
    story.portal.finish().await;
}

#[tokio::test]
async fn a_deal_that_was_read_before_owners_were_has_its_owner_within_a_day() {
    let story = Story::begin(POUNDS).await;
    own(&story, TOM).await;
    let deal = deal_id(&story).await;
    let store = &story.portal.ctx.store;
    let mut tx = store.write().await.unwrap();
    owners::set_of_deal(&mut tx, deal, None).await.unwrap();
    tx.commit().await.unwrap();
    story.month_ends().await;
    story.portal.run_jobs().await;
    let mut finance = story.portal.sign_in(&story.portal.staff.finance).await;
    let owned = draft(&story, &mut finance).await;
    assert!(owned.contains("tom.okafor@northwind.example"));
    story.portal.finish().await;
}
