//! Stories of which deal an invoice is for, and of how the portal hears of it at all. Amounts are computed by hand from the terms in `story`.

use portal_domain::ids::DealId;
use portal_services::{
    ServiceError,
    explorer::{self, ClientMoney, ExplorerFilter},
    links,
    links::DocumentShareForm,
};
use portal_store::{invoices, jobs};
use serde_json::json;

use crate::story::{Deal, EUROS, POUNDS, SECOND, Story};

/// An invoice of the deal's client that names no deal.
async fn invoice_without_reference(story: &Story, number: &str, net: &str) -> String {
    let unnamed = json!({ "reference": "" });
    story.invoice_of(&story.deal, number, net, unnamed).await
}

async fn deal_id(story: &Story, deal: &Deal) -> DealId {
    story.portal.lines(deal.lead).await[0].line.deal
}

/// Finance says which deal an invoice is for.
async fn link(story: &Story, invoice: &str, deal: &Deal) {
    let deal = deal_id(story, deal).await.to_string();
    let mut finance = story.portal.sign_in(&story.portal.staff.finance).await;
    let fields = [
        ("do", "link_document"),
        ("document", invoice),
        ("deal", deal.as_str()),
    ];
    let answer = finance.post("/staff/reconciliation", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    story.portal.run_jobs().await;
}

/// Finance says how much of an invoice is for which deal.
async fn split(story: &Story, invoice: &str, shares: &[(&Deal, &str)]) -> Result<(), ServiceError> {
    let mut rows = Vec::new();
    for (deal, amount) in shares {
        rows.push(DocumentShareForm {
            deal: deal_id(story, deal).await.to_string(),
            amount: (*amount).to_owned(),
        });
    }
    let (ctx, finance) = (&story.portal.ctx, &story.portal.staff.finance);
    links::split_document(ctx, finance, invoice, &rows).await?;
    story.portal.run_jobs().await;
    Ok(())
}

#[tokio::test]
async fn an_invoice_to_the_wrong_contact_counts_where_finance_links_it() {
    let story = Story::begin(POUNDS).await;
    let other = story.win_of_another_client(SECOND).await;
    let wrong = json!({ "reference": "", "new_contact": "Fernhill" });
    let invoice = story.invoice_of(&story.deal, "INV-1", "833.35", wrong);
    let invoice = invoice.await;
    story.pay("INV-1", "1000.02").await;
    story.month_ends().await;
    // It is taken for Fernhill's, which pays 500.10.
    assert_eq!(story.lines_of(&other).await, ["covered"]);
    let figures = [5_001, 5_001, 0, 0, 100_002 + 55_011];
    let open = ["differs_from_deal", "no_invoice_yet"];
    story.is(&["awaiting"], figures, &open).await;
    link(&story, &invoice, &story.deal).await;
    assert_eq!(story.lines_of(&other).await, ["awaiting"]);
    let figures = [8_334, 8_334, 0, 0, 91_668 + 60_012];
    story.ends(&["covered"], figures, &["no_invoice_yet"]).await;
}

/// The page of a document, as it is linked from another.
pub fn page_of(invoice: &str, back: &str) -> String {
    let back: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
    format!("/staff/reconciliation/documents/{invoice}?back={back}")
}

#[tokio::test]
async fn a_wrong_automatic_link_is_put_right_from_the_case_and_from_the_explorer() {
    let story = Story::begin(POUNDS).await;
    let other = story.win_of_another_client(SECOND).await;
    let reference = json!({ "reference": "" });
    let invoice = story
        .invoice_of(&story.deal, "INV-1", "400.00", reference)
        .await;
    story.pay("INV-1", "480.00").await;
    story.month_ends().await;
    let mut finance = story.portal.sign_in(&story.portal.staff.finance).await;
    for kind in ["underpaid", "differs_from_deal"] {
        let case = story.exception(kind).await.record.id;
        let case = format!("/staff/reconciliation/{case}");
        let page = finance.get(&case).await.body;
        assert!(page.contains(&page_of(&invoice, &case)), "{kind}: {page}");
        assert!(page.contains("INV-1 in Xero"), "{kind}: {page}");
    }
    let deal = deal_id(&story, &story.deal).await;
    let money = explored(&story).await;
    let (client, row) = (money.client.id, money.rows[0].key.word());
    let cell = format!("/staff/reconciliation/explorer?cell={client}.GBP.{row}.invoiced");
    let shown = finance.get(&cell).await.body;
    let page = page_of(&invoice, &cell);
    assert!(shown.contains(&page), "{shown}");
    assert!(finance.get(&page).await.body.contains("INV-1"));
    let target = deal_id(&story, &other).await.to_string();
    let fields = [
        ("do", "split_document"),
        ("document", invoice.as_str()),
        ("back", cell.as_str()),
        ("deals[0]", target.as_str()),
        ("amounts[0]", "500"),
    ];
    let refused = finance.post(&page, &fields).await;
    assert_eq!(refused.status, 422, "more than the invoice");
    let said = [
        ("do", "say_no_deal"),
        ("document", invoice.as_str()),
        ("back", cell.as_str()),
    ];
    let answer = finance.post(&page, &said).await;
    assert_eq!(
        answer.location,
        format!("{cell}&notice=exception-settled"),
        "back to where it was opened"
    );
    story.portal.run_jobs().await;
    assert_eq!(explored(&story).await.deals[0].id, deal);
    let figures = [0, 0, 0, 0, 100_002 + 60_012];
    let open = ["no_invoice_yet", "no_invoice_yet"];
    story.ends(&["awaiting"], figures, &open).await;
}

#[tokio::test]
async fn a_group_invoice_is_divided_between_as_many_deals_as_it_is_for() {
    let story = Story::begin(POUNDS).await;
    let other = story.win_of_another_client(SECOND).await;
    let invoice = invoice_without_reference(&story, "INV-1", "1333.45").await;
    let mut finance = story.portal.sign_in(&story.portal.staff.finance).await;
    let page = page_of(&invoice, "");
    let rows = |body: &str| body.matches("name=\"deals[").count();
    let first = finance.get(&page).await.body;
    assert_eq!(rows(&first), 5, "one deal has it all");
    let deals = [&story.deal, &other];
    let mut ids = Vec::new();
    for deal in deals {
        ids.push(deal_id(&story, deal).await.to_string());
    }
    // Another client's deal is looked for while a row is filled in.
    let typed = format!(
        "do=split_document&deals[0]={}&amounts[0]=833.35&more=true",
        ids[0]
    );
    let looked_for = finance.get(&format!("{page}&{typed}&q=Fernhill")).await;
    assert_eq!(looked_for.status, 200);
    assert_eq!(rows(&looked_for.body), 5);
    for found in [&ids[1], &"833.35".to_owned()] {
        assert!(
            looked_for.body.contains(found.as_str()),
            "{}",
            looked_for.body
        );
    }
    let empty: Vec<String> = (1..7).map(|place| format!("deals[{place}]=")).collect();
    let more = format!("{page}&{typed}&{}", empty.join("&"));
    assert_eq!(
        rows(&finance.get(&more).await.body),
        11,
        "seven, and four more"
    );
    let fields = [
        ("do", "split_document"),
        ("document", invoice.as_str()),
        ("deals[0]", ids[0].as_str()),
        ("amounts[0]", "833.35"),
        ("deals[1]", ""),
        ("amounts[1]", ""),
        ("deals[2]", ""),
        ("amounts[2]", ""),
        ("deals[3]", ""),
        ("amounts[3]", ""),
        ("deals[4]", ""),
        ("amounts[4]", ""),
        ("deals[5]", ids[1].as_str()),
        ("amounts[5]", "500.10"),
    ];
    let answer = finance.post(&page, &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    story.portal.run_jobs().await;
    let divided = finance.get(&page).await.body;
    assert_eq!(rows(&divided), 6, "two deals, and four that are free");
    assert!(divided.contains("500.10"), "{divided}");
    story.portal.finish().await;
}

/// All money of the story's client.
pub async fn explored(story: &Story) -> ClientMoney {
    let filter = ExplorerFilter {
        search: story.deal.client.to_owned(),
        ..ExplorerFilter::default()
    };
    let (ctx, finance) = (&story.portal.ctx, &story.portal.staff.finance);
    let mut found = explorer::explore(ctx, finance, &filter).await.unwrap();
    found.clients.remove(0)
}

#[tokio::test]
async fn an_invoice_to_somebody_unknown_counts_where_finance_links_it() {
    let story = Story::begin(POUNDS).await;
    let holding = json!({ "reference": "", "new_contact": "Harbour Holding" });
    let invoice = story.invoice_of(&story.deal, "INV-1", "833.35", holding);
    let invoice = invoice.await;
    story.pay("INV-1", "1000.02").await;
    story.month_ends().await;
    let nothing = [0, 0, 0, 0, 100_002];
    story.is(&["awaiting"], nothing, &["no_invoice_yet"]).await;
    link(&story, &invoice, &story.deal).await;
    // What Xero says later does not overrule a person.
    let path = format!("invoices/{invoice}");
    story.xero(&path, json!({ "reference": "Deal 1" })).await;
    let figures = [8_334, 8_334, 0, 0, 91_668];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn an_invoice_whose_reference_names_a_deal_is_for_it_although_the_client_has_two() {
    let story = Story::begin(POUNDS).await;
    let other = story.win_of_same_client(SECOND).await;
    let invoice = story.invoice_of(&other, "INV-1", "500.10", json!({}));
    invoice.await;
    story.pay("INV-1", "600.12").await;
    story.month_ends().await;
    assert_eq!(story.lines_of(&other).await, ["covered"]);
    let figures = [5_001, 5_001, 0, 0, 100_002 + 55_011];
    story
        .ends(&["awaiting"], figures, &["no_invoice_yet"])
        .await;
}

#[tokio::test]
async fn an_invoice_without_reference_is_for_the_clients_one_deal() {
    let story = Story::begin(EUROS).await;
    invoice_without_reference(&story, "INV-1", "1234.57").await;
    story.pay("INV-1", "1469.14").await;
    story.month_ends().await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn an_invoice_of_a_client_with_two_deals_waits_for_finance_and_counts_once_it_is_linked() {
    let story = Story::begin(POUNDS).await;
    let other = story.win_of_same_client(SECOND).await;
    let invoice = invoice_without_reference(&story, "INV-1", "833.35").await;
    story.pay("INV-1", "1000.02").await;
    story.month_ends().await;
    let open = ["no_invoice_yet", "no_invoice_yet", "several_deals_possible"];
    let nothing = [0, 0, 0, 0, 100_002 + 60_012];
    story.is(&["awaiting"], nothing, &open).await;
    let proposed = story.exception("several_deals_possible").await.proposals;
    assert_eq!(proposed.len(), 2, "{proposed:?}");
    link(&story, &invoice, &story.deal).await;
    assert_eq!(story.lines_of(&other).await, ["awaiting"]);
    let figures = [8_334, 8_334, 0, 0, 91_668 + 60_012];
    story.ends(&["covered"], figures, &["no_invoice_yet"]).await;
}

#[tokio::test]
async fn an_invoice_whose_reference_names_two_deals_waits_for_finance() {
    let story = Story::begin(POUNDS).await;
    let other = story.win_of_another_client(SECOND).await;
    let both = format!("{} + {}", story.deal.hubspot_id, other.hubspot_id);
    let both = json!({ "reference": both });
    let invoice = story.invoice_of(&story.deal, "INV-1", "1333.45", both);
    let invoice = invoice.await;
    story.pay_rest("INV-1").await;
    story.month_ends().await;
    let nothing = [0, 0, 0, 0, 100_002 + 60_012];
    let open = ["no_invoice_yet", "no_invoice_yet", "several_deals_possible"];
    story.is(&["awaiting"], nothing, &open).await;
    let shares = [(&other, "500.10"), (&story.deal, "833.35")];
    split(&story, &invoice, &shares).await.unwrap();
    assert_eq!(story.lines_of(&other).await, ["covered"]);
    let figures = [13_335, 13_335, 0, 0, 91_668 + 55_011];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn an_invoice_that_finance_moves_after_the_statement_is_taken_back_there_and_counts_here() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let other = story.win_of_another_client(POUNDS).await;
    story.month_ends().await;
    let moved = story.portal.sandbox_read("truth").await;
    let moved = moved["invoices_by_number"]["INV-3"][0].as_str().unwrap();
    link(&story, moved, &other).await;
    assert_eq!(story.lines_of(&other).await, ["covered"]);
    let lines = [
        "stated",
        "stated",
        "stated",
        "clawback -83.33 covered",
        "awaiting",
    ];
    // Three months of 250.00 less 83.33, and Fernhill's October.
    let figures = [25_001, 25_001, 0, -8_333, 75_002 + 91_668];
    story.ends(&lines, figures, &["no_invoice_yet"]).await;
}

#[tokio::test]
async fn two_deals_on_one_invoice_that_is_paid_in_part_get_their_shares_to_the_cent() {
    let story = Story::begin(POUNDS).await;
    let other = story.win_of_same_client(SECOND).await;
    // 833.35 and 500.10, and 266.69 of tax, are 1,600.14.
    let invoice = invoice_without_reference(&story, "INV-1", "1333.45").await;
    story.month_ends().await;
    let shares = [(&story.deal, "833.35"), (&other, "500.10")];
    split(&story, &invoice, &shares).await.unwrap();
    let nothing = [0, 0, 0, 0, 100_002 + 60_012];
    story.is(&["awaiting"], nothing, &[]).await;
    // 800.07 are 666.725 net, half to even 666.72: of Harbour's first deal 416.675, so 416.68, and the rest of its second.
    let part = story.pay("INV-1", "800.07").await;
    let open = ["underpaid", "underpaid"];
    story.is(&["awaiting"], nothing, &open).await;
    let mut collected = collected(&story, &[&story.deal, &other]).await;
    assert_eq!(collected, [41_668, 25_004]);
    story.undo(&part).await;
    story.pay("INV-1", "1600.14").await;
    collected = self::collected(&story, &[&story.deal, &other]).await;
    assert_eq!(collected, [83_335, 50_010]);
    assert_eq!(story.lines_of(&other).await, ["covered"]);
    let figures = [13_335, 13_335, 0, 0, 91_668 + 55_011];
    story.ends(&["covered"], figures, &[]).await;
}

/// What each deal's first month has got, by the evidence that is kept.
async fn collected(story: &Story, deals: &[&Deal]) -> Vec<i64> {
    let mut collected = Vec::new();
    for deal in deals {
        let deal = deal_id(story, deal).await;
        let mut tx = story.portal.ctx.store.read().await.unwrap();
        let fills = invoices::list_fills(&mut tx, deal).await.unwrap();
        collected.push(fills.iter().map(|fill| fill.money.minor).sum());
    }
    collected
}

#[tokio::test]
async fn shares_are_never_more_than_their_invoice_even_if_it_shrinks_afterwards() {
    let story = Story::begin(POUNDS).await;
    let other = story.win_of_same_client(SECOND).await;
    let invoice = invoice_without_reference(&story, "INV-1", "1333.45").await;
    let beyond = [(&story.deal, "833.35"), (&other, "500.11")];
    let refused = split(&story, &invoice, &beyond).await;
    assert!(
        matches!(refused, Err(ServiceError::Invalid(_))),
        "{refused:?}"
    );
    let shares = [(&story.deal, "833.35"), (&other, "500.10")];
    split(&story, &invoice, &shares).await.unwrap();
    let path = format!("invoices/{invoice}");
    let smaller = json!({ "net": "1333.44", "tax_rate": "20" });
    story.xero(&path, smaller).await;
    story.pay_rest("INV-1").await;
    story.month_ends().await;
    // The penny that is missing is the last share's, and within its tolerance.
    let mut both = collected(&story, &[&story.deal, &other]).await;
    both.sort_unstable();
    assert_eq!(both.iter().sum::<i64>(), 133_344);
    assert_eq!(story.lines_of(&other).await, ["covered"]);
    let figures = [13_335, 13_335, 0, 0, 91_668 + 55_011];
    let open = ["shares_beyond_document"];
    story.ends(&["covered"], figures, &open).await;
}

#[tokio::test]
async fn money_in_another_currency_than_the_deals_counts_for_nothing() {
    let story = Story::begin(EUROS).await;
    let pounds = json!({ "currency": "GBP" });
    let invoice = story.invoice_of(&story.deal, "INV-1", "1234.57", pounds);
    let invoice = invoice.await;
    let payment = story.pay("INV-1", "1469.14").await;
    story.month_ends().await;
    let nothing = [0, 0, 0, 0, 148_148];
    let open = ["no_invoice_yet", "other_currency"];
    story.is(&["awaiting"], nothing, &open).await;
    story.undo(&payment).await;
    story.void(&invoice).await;
    story.is(&["awaiting"], nothing, &["no_invoice_yet"]).await;
    story.invoice("INV-2", "1234.57").await;
    story.pay("INV-2", "1469.14").await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn an_invoice_that_came_before_the_deal_was_won_counts_from_then_on() {
    let story = Story::before_won(EUROS).await;
    invoice_without_reference(&story, "INV-1", "1234.57").await;
    story.pay("INV-1", "1469.14").await;
    story.win(&story.deal).await;
    story.month_ends().await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn an_invoice_that_moves_to_another_client_takes_its_money_along() {
    let story = Story::begin(POUNDS).await;
    let other = story.win_of_another_client(POUNDS).await;
    let invoice = invoice_without_reference(&story, "INV-1", "833.35").await;
    let payment = story.pay("INV-1", "1000.02").await;
    story.month_ends().await;
    let figures = [8_334, 8_334, 0, 0, 91_668 + 100_002];
    story.is(&["covered"], figures, &["no_invoice_yet"]).await;
    // Xero changes no contact of an invoice with payments.
    story.undo(&payment).await;
    let path = format!("invoices/{invoice}");
    let fernhill = json!({ "new_contact": "Fernhill" });
    story.xero(&path, fernhill).await;
    story.pay("INV-1", "1000.02").await;
    assert_eq!(story.lines_of(&other).await, ["covered"]);
    story
        .ends(&["awaiting"], figures, &["no_invoice_yet"])
        .await;
}

#[tokio::test]
async fn an_invoice_whose_contact_was_merged_into_another_stays_with_the_deal_that_it_names() {
    let story = Story::begin(POUNDS).await;
    let invoice = story.invoice("INV-1", "833.35").await;
    let path = format!("invoices/{invoice}");
    let group = json!({ "new_contact": "Harbour Group" });
    story.xero(&path, group).await;
    story.pay("INV-1", "1000.02").await;
    story.month_ends().await;
    let figures = [8_334, 8_334, 0, 0, 91_668];
    story.is(&["covered"], figures, &[]).await;
    // Without the name it is nobody's that we know.
    story.xero(&path, json!({ "reference": "" })).await;
    let nothing = [0, 0, 0, 0, 100_002];
    story
        .ends(&["awaiting"], nothing, &["no_invoice_yet"])
        .await;
}

#[tokio::test]
async fn a_client_whose_contact_is_merged_in_xero_keeps_its_invoices_old_and_new() {
    let story = Story::begin(POUNDS).await;
    invoice_without_reference(&story, "INV-1", "833.35").await;
    story.pay("INV-1", "1000.02").await;
    story.month_ends().await;
    let figures = [8_334, 8_334, 0, 0, 91_668];
    story.is(&["covered"], figures, &[]).await;
    let group = json!({ "name": "Harbour Group" });
    story.xero("contacts", group).await;
    let merged = json!({ "contact": "Harbour", "into": "Harbour Group" });
    story.xero("contacts/merge", merged).await;
    story.is(&["covered"], figures, &[]).await;
    let of_group = json!({ "new_contact": "Harbour Group", "reference": "" });
    story
        .invoice_of(&story.deal, "INV-2", "833.35", of_group)
        .await;
    story.pay("INV-2", "1000.02").await;
    story.month_ends().await;
    let figures = [16_667, 16_667, 0, 0, 83_335];
    story.ends(&["covered", "covered"], figures, &[]).await;
}

#[tokio::test]
async fn a_merger_of_contacts_that_nobody_told_is_noticed_within_a_day() {
    let story = Story::begin(POUNDS).await;
    invoice_without_reference(&story, "INV-1", "833.35").await;
    let lost = json!({ "webhooks": { "drop_percent": 100 } });
    story.portal.sandbox_act("faults", lost).await;
    let group = json!({ "name": "Harbour Group" });
    story.xero("contacts", group).await;
    let merged = json!({ "contact": "Harbour", "into": "Harbour Group" });
    story.xero("contacts/merge", merged).await;
    story.portal.advance_clock_by(24 * 60).await;
    story.portal.run_jobs().await;
    story.pay("INV-1", "1000.02").await;
    story.month_ends().await;
    let figures = [8_334, 8_334, 0, 0, 91_668];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn an_invoice_whose_webhooks_are_lost_is_found_by_the_sweep() {
    let story = Story::begin(EUROS).await;
    story.month_ends().await;
    let lost = json!({ "webhooks": { "drop_percent": 100 } });
    story.portal.sandbox_act("faults", lost).await;
    story.invoice("INV-1", "1234.57").await;
    story.pay("INV-1", "1469.14").await;
    let nothing = [0, 0, 0, 0, 148_148];
    story.is(&["awaiting"], nothing, &["no_invoice_yet"]).await;
    story.minutes_pass().await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn webhooks_that_come_twice_and_out_of_order_change_nothing() {
    let (story, payments) = Story::of_a_stated_quarter(POUNDS).await;
    let shuffled = json!({ "webhooks": { "double_percent": 100, "shuffle_ms": 40 } });
    story.portal.sandbox_act("faults", shuffled).await;
    // All three are undone and two are made again before anybody has heard of the first.
    for payment in &payments {
        let path = format!("xero/payments/{payment}/delete");
        story.portal.sandbox_act(&path, json!({})).await;
    }
    for number in ["INV-3", "INV-1"] {
        let path = format!("xero/invoices/{number}/payments");
        story.portal.sandbox_act(&path, json!({})).await;
    }
    story.portal.run_jobs().await;
    // Which clawbacks came and went on the way is chance; what is left is not.
    let lines = story.lines_of(&story.deal).await;
    let open = lines.iter().filter(|line| line.ends_with(" covered"));
    assert_eq!(open.collect::<Vec<_>>(), ["clawback -83.33 covered"]);
    let figures = [16_667, 16_667, 0, -8_333, 75_002];
    assert_eq!(story.portal.figures().await, figures);
    story.portal.finish().await;
}

#[tokio::test]
async fn an_older_reading_of_an_invoice_changes_nothing() {
    let story = Story::begin(EUROS).await;
    let invoice = story.invoice("INV-1", "1234.57").await;
    let mut tx = story.portal.ctx.store.read().await.unwrap();
    let older = invoices::find(&mut tx, &invoice).await.unwrap().unwrap();
    drop(tx);
    story.month_ends().await;
    story.pay("INV-1", "1469.14").await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.is(&["covered"], figures, &[]).await;
    links::apply_invoice(&story.portal.ctx, &older.remote)
        .await
        .unwrap();
    story.portal.run_jobs().await;
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn an_invoice_that_cannot_be_read_is_a_case_and_stops_no_other() {
    let story = Story::begin(EUROS).await;
    // Yen have no hundredths.
    let yen = json!({ "currency": "JPY" });
    let lost = json!({ "webhooks": { "drop_percent": 100 } });
    story.portal.sandbox_act("faults", lost).await;
    let invoice = story.invoice_of(&story.deal, "INV-0", "1234.57", yen);
    let unreadable = invoice.await;
    story.invoice("INV-1", "1234.57").await;
    story.pay("INV-1", "1469.14").await;
    story.month_ends().await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    let open = ["document_unreadable"];
    story.is(&["covered"], figures, &open).await;
    let case = story.exception("document_unreadable").await;
    assert_eq!(case.facts["id"], unreadable.as_str());
    story.void(&unreadable).await;
    story.ends(&["covered"], figures, &open).await;
}

#[tokio::test]
async fn a_page_that_is_no_json_is_asked_for_again_and_nothing_of_it_is_passed_over() {
    let story = Story::begin(EUROS).await;
    story.month_ends().await;
    let lost = json!({ "webhooks": { "drop_percent": 100 } });
    story.portal.sandbox_act("faults", lost).await;
    story.invoice("INV-1", "1234.57").await;
    story.pay("INV-1", "1469.14").await;
    let garbled = json!({ "xero": { "garbled": 1 } });
    story.portal.sandbox_act("faults", garbled).await;
    story.minutes_pass().await;
    let expected = [0, 0, 0, 0, 148_148];
    story.is(&["awaiting"], expected, &["no_invoice_yet"]).await;
    let mut tx = story.portal.ctx.store.read().await.unwrap();
    let failing = jobs::list_failing(&mut tx, 10).await.unwrap();
    drop(tx);
    let told = failing.iter().map(|job| (job.kind.as_str(), &*job.state));
    let told: Vec<_> = told.collect();
    assert_eq!(told, [("sweep_invoices", "waiting")], "it is tried again");
    let why = failing[0].last_error.as_deref().unwrap_or_default();
    assert!(why.contains("not understood"), "{why}");
    story.portal.advance_clock_by(1).await;
    story.portal.run_jobs().await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.ends(&["covered"], figures, &[]).await;
}
