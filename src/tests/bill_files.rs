//! The PDFs that belong to a bill: the partner's own, from the form to its place beside the bill in Xero and to whoever downloads it, and our statement's.

use portal_domain::pdf::PDF_BYTES_MAX;
use portal_services::operations;
use portal_store::jobs;
use portal_words::{Locale, Words};
use serde_json::json;

use crate::{
    browser::{Answer, english},
    story::{POUNDS, Story},
};

pub const PDF: &[u8] = b"%PDF-1.7 \x00\xff as it was handed in";
pub const STATEMENT: &str = "PS-2026Q3-000001.pdf";
pub const INVOICE: &str = "invoice-AST-1.pdf";

/// The files beside the bill in Xero.
pub async fn names(story: &Story) -> Vec<String> {
    let files = story.files_of("AST-1").await.into_iter();
    files.map(|(name, _)| name).collect()
}

fn header_of<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers.get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

/// Hands in a file for a bill that was raised without one.
pub async fn hand_in(story: &Story, content: &[u8]) -> Answer {
    let statement = story.statements().await.remove(0);
    let bill = statement.bills[0].id.to_string();
    let page = format!("/statements/{}", statement.record.id);
    let fields = [("do", "add_bill_pdf"), ("bill", bill.as_str())];
    let mut browser = story.portal.sign_in(&story.portal.aster.finance).await;
    browser
        .post_file(&page, &fields, ("file", "a.pdf", content))
        .await
}

#[tokio::test]
async fn a_partners_pdf_and_our_statement_are_beside_the_bill_once_each() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let answer = story.try_raise_with("AST-1", PDF).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    story.portal.run_jobs().await;
    let statement = story.statements().await.remove(0);
    let english = Words::of(Locale::En);
    let ours = portal_documents::pdf(&statement.body, &statement.record.hash, &english);
    let both = [
        (STATEMENT.to_owned(), ours.unwrap()),
        (INVOICE.to_owned(), PDF.to_vec()),
    ];
    assert!(story.files_of("AST-1").await == both);
    assert!(
        statement
            .files
            .iter()
            .all(|file| file.attached_at.is_some())
    );
    // Whatever Xero tells of the bill from now on, nothing is put there again.
    story.pay_rest(&story.portal.bill("AST-1").await).await;
    assert_eq!(names(&story).await, [STATEMENT, INVOICE]);
    story.portal.finish().await;
}

#[tokio::test]
async fn a_bill_that_is_raised_without_a_pdf_has_our_statement_and_takes_the_pdf_later() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    story.raise("AST-1", "").await;
    assert_eq!(names(&story).await, [STATEMENT]);
    let none = hand_in(&story, b"").await;
    assert_eq!(none.status, 422);
    assert!(none.body.contains(&english("error-required")));
    assert_eq!(hand_in(&story, PDF).await.status, 303);
    story.portal.run_jobs().await;
    assert_eq!(names(&story).await, [STATEMENT, INVOICE]);
    assert_eq!(hand_in(&story, PDF).await.status, 409, "it has one");
    story.portal.finish().await;
}

#[tokio::test]
async fn what_is_no_pdf_or_too_large_is_refused_at_its_field_and_nothing_is_raised() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let large = [PDF, &vec![b' '; PDF_BYTES_MAX]].concat();
    let larger = [PDF, &vec![b' '; 4 * PDF_BYTES_MAX]].concat();
    for (content, said) in [
        (&b"<script>alert(1)</script>"[..], "This is no PDF"),
        (&large, "This is larger than 3 MB"),
        (&larger, "This is larger than 3 MB"),
    ] {
        let answer = story.try_raise_with("AST-1", content).await;
        assert_eq!(answer.status, 422, "{said}");
        assert!(answer.body.contains(said), "{}", answer.body);
        assert!(answer.body.contains("value=\"AST-1\""), "it is kept");
    }
    assert!(story.statements().await[0].bills.is_empty());
    // No file at all is no fault.
    assert_eq!(story.try_raise_with("AST-1", b"").await.status, 303);
    story.portal.run_jobs().await;
    assert_eq!(names(&story).await, [STATEMENT]);
    story.portal.finish().await;
}

#[tokio::test]
async fn a_partners_pdf_is_downloaded_by_its_partner_and_by_staff_and_by_nobody_else() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    assert_eq!(story.try_raise_with("AST-1", PDF).await.status, 303);
    story.portal.run_jobs().await;
    let statement = story.statements().await.remove(0);
    let (page, bill) = (statement.record.id, statement.bills[0].id);
    let portal = &story.portal;
    for (actor, base) in [
        (&portal.aster.sales, ""),
        (&portal.aster.finance, ""),
        (&portal.staff.finance, "/staff"),
        (&portal.staff.operator, "/staff"),
    ] {
        let mut browser = portal.sign_in(actor).await;
        let url = format!("{base}/bills/{bill}/pdf");
        let shown = browser.get(&format!("{base}/statements/{page}")).await;
        assert!(shown.body.contains(&format!("href=\"{url}\"")), "{url}");
        let answer = browser.get(&url).await;
        assert_eq!(answer.status, 200, "{url}");
        for (name, value) in [
            ("content-type", "application/pdf"),
            (
                "content-disposition",
                "attachment; filename=\"invoice-AST-1.pdf\"",
            ),
            ("x-content-type-options", "nosniff"),
            (
                "content-security-policy",
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
            ),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(header_of(&answer, name), value);
        }
        let content = browser.open(&url).await.bytes().await.unwrap();
        assert_eq!(content, PDF);
    }
    let mut stranger = portal.sign_in(&portal.borealis.owner).await;
    for (base, status) in [("", 404), ("/staff", 403)] {
        let url = format!("{base}/bills/{bill}/pdf");
        assert_eq!(stranger.get(&url).await.status, status, "{url}");
        assert_eq!(portal.browser().get(&url).await.status, 303, "{url}");
    }
    story.portal.finish().await;
}

#[tokio::test]
async fn files_that_xero_does_not_take_leave_the_bill_as_it_is_and_are_put_there_at_the_next_try() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let missing = |scopes| json!({ "missing_scopes": scopes });
    let portal = &story.portal;
    let refused = missing("accounting.attachments");
    portal.sandbox_act("faults", refused).await;
    assert_eq!(story.try_raise_with("AST-1", PDF).await.status, 303);
    portal.run_jobs().await;
    assert_eq!(names(&story).await, Vec::<String>::new());
    assert_eq!(story.lines_of(&story.deal).await[..3], ["invoiced"; 3]);
    let mut tx = portal.ctx.store.read().await.unwrap();
    let failing = jobs::list_failing(&mut tx, 10).await.unwrap();
    drop(tx);
    assert_eq!(failing.len(), 1, "{failing:#?}");
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get("/staff/integrations").await.body;
    assert!(page.contains(&english("job-attach_files")), "{page}");
    assert!(page.contains("accounting.attachments"), "{page}");
    // Nothing else of Xero's waits for that.
    let bill = portal.bill("AST-1").await;
    story.pay_rest(&bill).await;
    assert_eq!(story.lines_of(&story.deal).await[..3], ["paid"; 3]);
    portal.sandbox_act("faults", missing("")).await;
    let operator = &portal.staff.operator;
    let retried = operations::retry_job(&portal.ctx, operator, failing[0].id);
    retried.await.unwrap();
    portal.run_jobs().await;
    assert_eq!(names(&story).await, [STATEMENT, INVOICE]);
    story.portal.finish().await;
}

#[tokio::test]
async fn a_bill_that_finance_entered_by_itself_gets_no_statement_and_the_partners_pdf() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    story.enter_bill("AST-1", "250.00", json!({})).await;
    assert_eq!(names(&story).await, Vec::<String>::new());
    assert_eq!(hand_in(&story, PDF).await.status, 303);
    story.portal.run_jobs().await;
    assert_eq!(names(&story).await, [INVOICE]);
    story.portal.finish().await;
}

#[tokio::test]
async fn of_two_invoices_without_a_pdf_it_is_said_which_one_it_is_for_and_no_id_is_on_the_page_twice()
 {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    story.raise("AST-1", "83.34").await;
    story.raise("AST-2", "83.33").await;
    let statement = story.statements().await.remove(0);
    let page = format!("/statements/{}", statement.record.id);
    let mut browser = story.portal.sign_in(&story.portal.aster.finance).await;
    let bill = statement.bills[1].id.to_string();
    let fields = [("do", "add_bill_pdf"), ("bill", bill.as_str())];
    let wrong = ("file", "a.pdf", &b"no PDF"[..]);
    let answer = browser.post_file(&page, &fields, wrong).await;
    assert_eq!(answer.status, 422);
    for body in [answer.body, browser.get(&page).await.body] {
        let ids = body.split(" id=\"").skip(1);
        let mut ids: Vec<&str> = ids.filter_map(|rest| rest.split('"').next()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{ids:?}");
    }
    let right = ("file", "a.pdf", PDF);
    let answer = browser.post_file(&page, &fields, right).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    story.portal.run_jobs().await;
    assert_eq!(names(&story).await, [STATEMENT]);
    let second = story.files_of("AST-2").await;
    assert_eq!(second[1], ("invoice-AST-2.pdf".to_owned(), PDF.to_vec()));
    story.portal.finish().await;
}
