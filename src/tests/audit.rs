//! The audit log: from where and as whom, chained so that nothing can be changed behind its back, read and exported; and what is in it beside the changes.

use std::time::Duration;

use portal_domain::{
    calendar::Timestamp,
    origin::{Means, Origin},
};
use portal_services::{
    audit::{Head, find_head},
    verify,
};
use portal_store::audit::{AuditRecord, START, seal};
use serde_json::Value;
use sqlx::Row;

use crate::{
    access::stated,
    browser::Browser,
    portal::TestPortal,
    signing_in::{prove, shown_codes, use_link, with_app},
};

const SALES: &str = "sales@aster-consulting.com";

/// The acts of a kind, oldest first: subject, facts, and from where.
async fn acts(portal: &TestPortal, act: &str) -> Vec<(String, Value)> {
    let sql = format!("SELECT subject, facts FROM audit WHERE act = '{act}' ORDER BY position");
    let rows = portal.database.rows(&sql).await;
    rows.iter()
        .map(|row| {
            let facts: String = row.get("facts");
            (row.get("subject"), serde_json::from_str(&facts).unwrap())
        })
        .collect()
}

/// One column of the newest act of a kind.
async fn newest(portal: &TestPortal, act: &str, column: &str) -> Option<String> {
    let sql = format!("SELECT {column} FROM audit WHERE act = '{act}' ORDER BY position DESC");
    portal.database.rows(&sql).await[0].get(0)
}

async fn faults(portal: &TestPortal, head: Option<Head>) -> Vec<String> {
    let proof = verify::verify_since(&portal.ctx, head).await.unwrap();
    let checks = proof.checks.into_iter();
    let chain = checks.filter(|check| check.name == "audit_chain");
    chain.flat_map(|check| check.faults).collect()
}

/// Somebody who goes around the database's own refusals.
async fn drop_triggers(portal: &TestPortal) {
    let drops: &[&str] = if portal.database.is_postgres() {
        &[
            "DROP TRIGGER audit_append_only ON audit",
            "DROP TRIGGER audit_no_update ON audit",
        ]
    } else {
        &[
            "DROP TRIGGER audit_no_update",
            "DROP TRIGGER audit_no_delete",
            "DROP TRIGGER audit_no_replace",
        ]
    };
    for drop in drops {
        portal.database.execute(drop).await.unwrap();
    }
}

async fn tamper(portal: &TestPortal, statements: &[&str]) {
    drop_triggers(portal).await;
    for statement in statements {
        portal.database.execute(statement).await.unwrap();
    }
}

#[tokio::test]
async fn an_act_says_from_which_address_session_and_page_it_was_done_or_by_which_job() {
    let portal = TestPortal::start_with(&[("PORTAL_TRUSTED_PROXIES", "127.0.0.1")]).await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    operator.say("x-forwarded-for", "203.0.113.9");
    let sweep = [("do", "sweep_now")];
    assert_eq!(
        operator.post("/staff/integrations", &sweep).await.status,
        303
    );
    for (column, value) in [
        ("means", "page"),
        ("task", "/api/sweep_now"),
        ("address", "203.0.113.9"),
    ] {
        let found = newest(&portal, "sweep_now", column).await;
        assert_eq!(found.as_deref(), Some(value), "{column}");
    }
    assert!(newest(&portal, "sweep_now", "session").await.is_some());
    // What is seeded here comes from nowhere, as what is older than the columns.
    assert_eq!(newest(&portal, "add_partner", "means").await, None);
    let typed = portal
        .ctx
        .from_origin(Origin::command("close-quarter", "anna".to_owned()));
    let operations = portal_services::operations::sweep_now(&typed, &portal.staff.operator).await;
    operations.unwrap();
    let page = operator.get("/staff/audit").await.body;
    assert!(
        page.contains("203.0.113.9") && page.contains("/api/sweep_now"),
        "{page}"
    );
    assert!(page.contains("typed by anna") && page.contains("Command line"));
    portal.finish().await;
}

#[tokio::test]
async fn what_a_job_does_is_audited_as_its_doing() {
    let portal = TestPortal::start().await;
    let (_, statement) = stated(&portal).await;
    let mut finance = portal.sign_in(&portal.aster.finance).await;
    let path = format!("/statements/{statement}");
    let raise = [
        ("do", "raise_invoice"),
        ("form[statement]", &statement.to_string()),
        ("form[number]", "AST-1"),
    ];
    assert_eq!(finance.post(&path, &raise).await.status, 303);
    portal.run_jobs().await;
    assert_eq!(
        newest(&portal, "book_bill", "means").await.as_deref(),
        Some("job")
    );
    assert_eq!(
        newest(&portal, "book_bill", "task").await.as_deref(),
        Some("create_bill")
    );
    portal.finish().await;
}

#[tokio::test]
async fn an_act_that_was_changed_removed_swapped_put_in_or_cut_off_is_found_and_named() {
    const TAMPERED: [(&str, &[&str]); 5] = [
        (
            "act 3 ",
            &["UPDATE audit SET facts = '{\"plan\":\"another\"}' WHERE position = 3"],
        ),
        ("act 4 is missing", &["DELETE FROM audit WHERE position = 4"]),
        (
            "act 5 ",
            &[
                "UPDATE audit SET position = -6 WHERE position = 5",
                "UPDATE audit SET position = 5 WHERE position = 6",
                "UPDATE audit SET position = 6 WHERE position = -6",
            ],
        ),
        (
            "act 7 ",
            &[
                "UPDATE audit SET position = -(position + 1) WHERE position >= 7",
                "UPDATE audit SET position = -position WHERE position < 0",
                "INSERT INTO audit (position, person_id, act, subject, facts, happened_at, hash)
                 SELECT 7, person_id, act, subject, facts, happened_at, hash FROM audit WHERE position = 6",
                "UPDATE counters SET value = value + 1 WHERE name = 'audit'",
            ],
        ),
        (
            "are missing at the end",
            &["DELETE FROM audit WHERE position > 9"],
        ),
    ];
    for (fault, statements) in TAMPERED {
        let portal = TestPortal::start().await;
        assert!(faults(&portal, None).await.is_empty());
        tamper(&portal, statements).await;
        let found = faults(&portal, None).await;
        assert!(
            found.len() == 1 && found[0].contains(fault),
            "{statements:?}: {found:?}"
        );
        portal.finish_with_broken_books().await;
    }
}

#[tokio::test]
async fn a_head_that_was_kept_elsewhere_shows_a_log_that_was_cut_off_or_written_anew() {
    let portal = TestPortal::start().await;
    let head = find_head(&portal.ctx).await.unwrap();
    let written = head.to_string();
    assert_eq!(written.parse::<Head>().unwrap(), head);
    assert!("12:abc".parse::<Head>().is_err());
    // What comes later is nobody's fault.
    portal.sign_in(&portal.aster.sales).await;
    assert!(faults(&portal, Some(head)).await.is_empty());
    let cut = [
        "DELETE FROM audit WHERE position > 9",
        "UPDATE counters SET value = 9 WHERE name = 'audit'",
    ];
    tamper(&portal, &cut).await;
    assert!(
        faults(&portal, None).await.is_empty(),
        "by itself the shorter chain is one"
    );
    let found = faults(&portal, Some(head)).await;
    assert!(found[0].contains("are missing at the end"), "{found:?}");
    // Whoever knows how can also write other acts with hashes that are right.
    while find_head(&portal.ctx).await.unwrap().position < head.position {
        portal.sign_in(&portal.aster.sales).await;
    }
    assert!(faults(&portal, None).await.is_empty());
    let found = faults(&portal, Some(head)).await;
    assert!(
        found[0].contains("is not what it was when its hash was kept"),
        "{found:?}"
    );
    portal.finish_with_broken_books().await;
}

#[tokio::test]
async fn acts_that_are_older_than_the_chain_are_vouched_for_by_the_first_one_with_a_hash() {
    let portal = TestPortal::start().await;
    let older = ["UPDATE audit SET hash = NULL, salt = NULL"];
    tamper(&portal, &older).await;
    assert!(
        faults(&portal, None).await.is_empty(),
        "nothing is chained yet"
    );
    portal.sign_in(&portal.aster.sales).await;
    assert!(faults(&portal, None).await.is_empty());
    let change = "UPDATE audit SET subject = 'another' WHERE position = 2";
    portal.database.execute(change).await.unwrap();
    assert_eq!(faults(&portal, None).await.len(), 1);
    portal.finish_with_broken_books().await;
}

#[tokio::test]
async fn every_sign_in_is_in_the_log_with_its_proof_and_so_is_what_failed() {
    let portal = TestPortal::start().await;
    let (mut browser, app) = with_app(&portal, SALES).await;
    let person = portal.aster.sales.person().to_string();
    assert_eq!(acts(&portal, "use_link").await.len(), 1);
    let signed_in = acts(&portal, "sign_in").await;
    assert_eq!(signed_in[0].0, person);
    assert_eq!(signed_in[0].1["proof"], "authenticator");
    let codes = shown_codes(&mut browser).await;
    browser.post("/", &[("do", "sign_out")]).await;
    assert_eq!(acts(&portal, "sign_out").await.len(), 1);
    let mut other = portal.browser();
    use_link(&portal, &mut other, SALES).await;
    prove(&mut other, "000000").await;
    prove(&mut other, "000001").await;
    let failed = acts(&portal, "fail_sign_in").await;
    assert_eq!(
        (failed.len(), &failed[1].1["failures"]),
        (2, &Value::from(2))
    );
    prove(&mut other, &codes[0]).await;
    assert_eq!(acts(&portal, "sign_in").await[1].1["proof"], "recovery");
    portal.run_jobs().await;
    let mails = portal.mails_to(SALES).await;
    let subjects: Vec<&str> = mails
        .iter()
        .filter_map(|mail| mail["subject"].as_str())
        .collect();
    assert!(
        subjects.contains(&"An authenticator app was set up"),
        "{subjects:?}"
    );
    assert!(
        subjects.contains(&"A recovery code was used to sign in"),
        "{subjects:?}"
    );
    let _ = app.code(&portal);
    portal.finish().await;
}

#[tokio::test]
async fn what_somebody_may_not_do_is_written_down_once_however_often_it_is_asked_for() {
    let portal = TestPortal::start().await;
    let mut sales = portal.sign_in(&portal.aster.sales).await;
    for _ in 0..5 {
        assert_eq!(sales.get("/staff/audit").await.status, 403);
    }
    let close = [("do", "close_quarter"), ("quarter", "2026Q1")];
    sales.post("/", &close).await;
    let mut refused = Vec::new();
    for _ in 0..100 {
        refused = acts(&portal, "refuse").await;
        if refused.len() >= 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let subjects: Vec<&str> = refused
        .iter()
        .map(|(subject, _)| subject.as_str())
        .collect();
    assert_eq!(subjects, ["/staff/audit", "/api/close_quarter"]);
    portal.finish().await;
}

#[tokio::test]
async fn whoever_takes_a_file_is_in_the_log() {
    let portal = TestPortal::start().await;
    let (_, statement) = stated(&portal).await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    owner.get(&format!("/statements/{statement}/csv")).await;
    let taken = acts(&portal, "download_statement").await;
    assert_eq!(
        (taken[0].0.as_str(), &taken[0].1["format"]),
        (statement.to_string().as_str(), &Value::from("csv"))
    );
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    finance.get("/staff/ledger.csv").await;
    finance.get("/staff/reconciliation/explorer.csv").await;
    assert_eq!(acts(&portal, "export_ledger").await.len(), 1);
    assert_eq!(acts(&portal, "export_explorer").await.len(), 1);
    portal.finish().await;
}

/// The lines of an export as the store would read them.
fn parse(line: &str) -> AuditRecord {
    let value: Value = serde_json::from_str(line).unwrap();
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    AuditRecord {
        position: value["position"].as_i64().unwrap(),
        person: text("person_id").map(|id| id.parse().unwrap()),
        person_name: text("person"),
        act: text("act").unwrap(),
        subject: text("subject").unwrap(),
        facts: text("facts").unwrap(),
        happened_at: Timestamp(value["happened_at"].as_i64().unwrap()),
        means: text("means").and_then(|means| Means::parse(&means)),
        task: text("task"),
        address: text("address"),
        session: text("session"),
        login: text("login"),
        hash: text("hash"),
        salt: text("salt"),
        subject_hash: text("subject_hash"),
        facts_hash: text("facts_hash"),
    }
}

async fn export(browser: &mut Browser, query: &str) -> Vec<AuditRecord> {
    let path = format!("/staff/audit.jsonl{query}");
    let answer = browser.get(&path).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body.lines().map(parse).collect()
}

#[tokio::test]
async fn the_log_is_exported_with_hashes_that_anybody_can_compute_again() {
    let portal = TestPortal::start().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let exported = export(&mut operator, "").await;
    let mut hash = START;
    for record in &exported {
        hash = seal(&hash, record);
        let own = record.hash.clone().unwrap();
        assert_eq!(own, hex_of(&hash), "{}", record.position);
    }
    // The export is the last act in it, and says what was asked for.
    assert_eq!(exported.last().unwrap().act, "export_audit");
    let csv = operator.get("/staff/audit.csv").await.body;
    assert_eq!(
        csv.matches("\r\n").count(),
        exported.len() + 2,
        "a head, and this export"
    );
    let narrowed = export(&mut operator, "?act=sign_in").await;
    assert!(narrowed.len() == 1 && narrowed[0].act == "sign_in");
    let by_person = export(&mut operator, "?person=operator%40vendor.example").await;
    let person = Some(portal.staff.operator.person());
    assert!(by_person.iter().all(|record| record.person == person) && by_person.len() >= 4);
    let nobody = operator
        .get("/staff/audit?person=nobody%40vendor.example")
        .await;
    assert!(
        nobody.body.contains("Nothing has been done yet"),
        "{}",
        nobody.body
    );
    let none = export(&mut operator, "?until=2020-01-01").await;
    assert!(none.is_empty());
    let mut sales = portal.sign_in(&portal.aster.sales).await;
    assert_eq!(sales.get("/staff/audit.jsonl").await.status, 403);
    portal.finish().await;
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
