//! The two-person rule on the pages: who must be another, why, and what the buttons do then. The rule itself is tested with the services.

use portal_domain::line::SeenLine;
use portal_words::{Locale, Words};

use crate::{
    browser::{Answer, Browser, english},
    portal::TestPortal,
};

/// Three months that Harbour paid for, at the beginning of October.
async fn paid_quarter(portal: &TestPortal) -> Vec<SeenLine> {
    let (_, deal) = portal
        .won("Harbour", "harbour-logistics.com", "1000.00", "1")
        .await;
    let invoice = portal.invoice("Harbour", &deal, "3000.00").await;
    portal.pay(&invoice, "3600.00").await;
    portal.advance_clock_to("2026-10-01T08:00:00Z").await;
    portal.run_jobs().await;
    portal.covered().await
}

async fn approve_shown(browser: &mut Browser, shown: &[SeenLine]) -> Answer {
    let values: Vec<(String, String)> = shown
        .iter()
        .enumerate()
        .map(|(place, seen)| (format!("shown[{place}]"), seen.to_string()))
        .collect();
    let mut fields = vec![("do", "approve_shown_lines")];
    fields.extend(
        values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    browser.post("/staff/lines", &fields).await
}

async fn close(browser: &mut Browser) -> Answer {
    let fields = [("do", "close_quarter"), ("quarter", "2026Q3")];
    browser.post("/staff/statements", &fields).await
}

#[tokio::test]
async fn the_list_says_which_lines_are_for_somebody_else_and_approves_the_others() {
    let portal = TestPortal::start().await;
    let covered = paid_quarter(&portal).await;
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let line = covered[0].line.to_string();
    let adjust = [
        ("do", "adjust_line"),
        ("line", line.as_str()),
        ("form[direction]", "pay"),
        ("form[amount]", "12.00"),
        ("form[explanation]", "For the workshop"),
    ];
    let entered = finance.post("/staff/lines", &adjust).await;
    assert_eq!(entered.status, 303, "{}", entered.body);
    portal.run_jobs().await;
    let all = portal.covered().await;
    assert_eq!(all.len(), covered.len() + 1);
    let page = finance.get("/staff/lines").await.body;
    assert!(page.contains(&english("error-line-entered-by-you")));
    let count = [("count", 1_i64.into())];
    let for_others = Words::of(Locale::En).with("second-for-others", &count);
    assert!(page.contains(&for_others), "{page}");
    let offered = page.matches("name=\"shown[").count();
    assert_eq!(offered, covered.len(), "only what the reader may approve");
    let answer = approve_shown(&mut finance, &all).await;
    assert!(
        answer.location.contains("notice=lines-partly-for-others"),
        "{answer:?}"
    );
    let left = portal.covered().await;
    assert_eq!(left.len(), 1);
    let again = approve_shown(&mut finance, &left).await;
    assert!(again.location.contains("notice=lines-for-others"));
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let other = approve_shown(&mut administrator, &left).await;
    assert!(other.location.contains("notice=lines-approved"));
    portal.finish().await;
}

#[tokio::test]
async fn whoever_approved_all_of_a_quarter_reads_why_somebody_else_closes_it() {
    let portal = TestPortal::start().await;
    let covered = paid_quarter(&portal).await;
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    approve_shown(&mut finance, &covered).await;
    let page = finance.get("/staff/statements?quarter=2026Q3").await.body;
    assert!(page.contains(&english("second-close-title")));
    assert!(!page.contains("value=\"close_quarter\""), "no button");
    let refused = close(&mut finance).await;
    assert!(
        refused.status == 409
            && refused
                .body
                .contains(&english("error-closer-approved-alone"))
    );
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let page = administrator
        .get("/staff/statements?quarter=2026Q3")
        .await
        .body;
    assert!(page.contains("value=\"close_quarter\""));
    assert_eq!(close(&mut administrator).await.status, 303);
    portal.run_jobs().await;
    portal.finish().await;
}

#[tokio::test]
async fn a_second_person_confirms_how_a_partner_is_paid_on_its_page() {
    let portal = TestPortal::start().await;
    let covered = paid_quarter(&portal).await;
    let partner = portal.aster.id.to_string();
    let path = format!("/staff/partners/{partner}");
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let fields = [
        ("do", "update_partner"),
        ("partner", partner.as_str()),
        ("form[name]", "Aster"),
        ("form[legal_name]", "Aster Holding Ltd"),
        ("form[domain]", "aster-consulting.com"),
        ("form[country]", "GB"),
        ("form[vat_number]", ""),
        ("form[billing_email]", "billing@aster-consulting.com"),
    ];
    assert_eq!(administrator.post(&path, &fields).await.status, 303);
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    approve_shown(&mut finance, &covered).await;
    let refused = close(&mut administrator).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused
            .body
            .contains(&english("error-closer-changed-details"))
    );
    let confirm = [("do", "confirm_details"), ("partner", partner.as_str())];
    let own = administrator.get(&path).await.body;
    assert!(own.contains(&english("second-details-own")));
    assert!(!own.contains("value=\"confirm_details\""));
    assert_eq!(administrator.post(&path, &confirm).await.status, 409);
    let theirs = finance.get(&path).await.body;
    assert!(theirs.contains("value=\"confirm_details\""));
    assert_eq!(finance.post(&path, &confirm).await.status, 303);
    assert_eq!(close(&mut administrator).await.status, 303);
    portal.run_jobs().await;
    portal.finish().await;
}

#[tokio::test]
async fn an_administrator_lets_one_person_be_enough_and_everybody_reads_that_it_is_so() {
    let portal = TestPortal::start().await;
    let covered = paid_quarter(&portal).await;
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let mut auditor = portal.sign_in(&portal.staff.auditor).await;
    let roles = "/staff/people/roles";
    assert!(
        auditor
            .get(roles)
            .await
            .body
            .contains(&english("persons-two-what"))
    );
    let choose = |reason| {
        [
            ("do", "set_two_persons"),
            ("persons", "one"),
            ("reason", reason),
        ]
    };
    assert_eq!(administrator.post(roles, &choose("")).await.status, 422);
    let chosen = administrator
        .post(roles, &choose("Only me in August"))
        .await;
    assert_eq!(chosen.status, 303, "{}", chosen.body);
    assert!(
        auditor
            .get(roles)
            .await
            .body
            .contains(&english("persons-one-what"))
    );
    let log = auditor.get("/staff/audit").await.body;
    assert!(log.contains("Only me in August"));
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    approve_shown(&mut finance, &covered).await;
    assert_eq!(close(&mut finance).await.status, 303);
    portal.run_jobs().await;
    portal.finish().await;
}
