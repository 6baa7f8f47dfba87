//! Privacy: why a contact may be kept and for how long, what there is of a person, and erasing one, after which every amount is what it was.

use portal_domain::{ids::LeadId, lead::LeadForm};
use portal_services::{
    disputes, leads, ledger,
    privacy::{
        about,
        erasure::{self, Erased},
        retention,
    },
    statements,
};
use serde_json::Value;
use sqlx::Row;

use crate::{
    access::stated,
    leads::send,
    portal::{TestPortal, lead_form},
    signing_in::with_app,
};

const MIA: &str = "mia@harbour-logistics.com";
const SALES: &str = "sales@aster-consulting.com";

async fn erase(portal: &TestPortal, email: &str) -> Erased {
    erasure::erase(&portal.ctx, &portal.staff.administrator, email, email)
        .await
        .unwrap()
}

/// The code of what a person is told is wrong.
async fn refused(portal: &TestPortal, email: &str) -> String {
    let administrator = &portal.staff.administrator;
    let error = erasure::erase(&portal.ctx, administrator, email, email).await;
    error.unwrap_err().to_string()
}

/// Every column of every table that holds a text.
async fn text_columns(portal: &TestPortal) -> Vec<(String, String)> {
    let sql = if portal.database.is_postgres() {
        "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'"
    } else {
        "SELECT tables.name, columns.name FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND columns.type = 'TEXT'"
    };
    let rows = portal.database.rows(sql).await;
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// In which tables a text stands, in whatever column.
async fn places(portal: &TestPortal, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (table, column) in text_columns(portal).await {
        let sql = format!(
            "SELECT 1 FROM \"{table}\" WHERE LOWER(\"{column}\") LIKE '%{}%'",
            text.to_lowercase()
        );
        if !portal.database.rows(&sql).await.is_empty() {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}

/// All that money is written in: balances of every partner, lines, statements with their hashes, and how many postings there are.
async fn books(portal: &TestPortal) -> Vec<String> {
    let ctx = &portal.ctx;
    let balances = ledger::list_on(ctx, ctx.today()).await.unwrap();
    let mut books = vec![format!("{balances:?}")];
    for sql in [
        "SELECT id || state || CAST(amount_minor AS TEXT) || COALESCE(statement_id, '') FROM lines ORDER BY id",
        "SELECT id || hash || previous_hash || CAST(total_minor AS TEXT) || body FROM statements ORDER BY id",
        "SELECT CAST(position AS TEXT) || line_id || from_account || to_account || CAST(amount_minor AS TEXT) FROM journal ORDER BY position",
        "SELECT id || state || CAST(total_minor AS TEXT) || CAST(paid_minor AS TEXT) FROM bills ORDER BY id",
        "SELECT id || status || CAST(paid_minor AS TEXT) FROM invoices ORDER BY id",
    ] {
        let rows = portal.database.rows(sql).await;
        books.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    assert!(books.len() > 10, "there are books: {}", books.len());
    books
}

async fn lost(portal: &TestPortal, client: &str, domain: &str) -> LeadId {
    let (lead, deal) = portal.registered(client, domain).await;
    portal
        .change_deal(&deal, serde_json::json!({ "dealstage": "closedlost" }))
        .await;
    portal.run_jobs().await;
    lead
}

#[tokio::test]
async fn a_lead_says_why_its_contact_may_be_kept_and_whoever_reads_it_sees_that() {
    let portal = TestPortal::start().await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let without = LeadForm {
        lawful_basis: String::new(),
        ..lead_form("Harbour", "harbour-logistics.com")
    };
    let answer = send(&mut owner, &without).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("lawful_basis-error"),
        "{}",
        answer.body
    );
    let consent = LeadForm {
        lawful_basis: "consent".to_owned(),
        consent_on: "2026-07-07".to_owned(),
        consent_source: "Form of our fair".to_owned(),
        ..without
    };
    let answer = send(&mut owner, &consent).await;
    assert_eq!(answer.status, 422, "a day that is still to come");
    let consent = LeadForm {
        consent_on: "2026-07-01".to_owned(),
        ..consent
    };
    let answer = send(&mut owner, &consent).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let path = answer.location.split('?').next().unwrap().to_owned();
    let page = owner.get(&path).await.body;
    assert!(
        page.contains("Consent") && page.contains("Form of our fair"),
        "{page}"
    );
    let mut manager = portal.sign_in(&portal.staff.manager).await;
    let page = manager.get(&format!("/staff{path}")).await.body;
    assert!(page.contains("Consent") && page.contains("Form of our fair"));
    // Leads of before nobody was asked for.
    let older = "UPDATE leads SET lawful_basis = NULL, consent_on = NULL, consent_source = NULL";
    portal.database.execute(older).await.unwrap();
    assert!(owner.get(&path).await.body.contains("Unknown"));
    portal.finish().await;
}

#[tokio::test]
async fn contacts_of_leads_that_came_to_nothing_go_after_their_time_and_others_stay() {
    let portal = TestPortal::start().await;
    let gone = lost(&portal, "Kestrel", "kestrel-foods.com").await;
    let (kept, _) = portal.registered("Harbour", "harbour-logistics.com").await;
    let administrator = &portal.staff.administrator;
    let preview = retention::preview(&portal.ctx, administrator)
        .await
        .unwrap();
    assert_eq!((preview.leads, preview.retention.lead_months), (0, 24));
    portal.advance_clock_to("2028-07-20T08:00:00Z").await;
    let preview = retention::preview(&portal.ctx, administrator)
        .await
        .unwrap();
    assert_eq!(preview.leads, 1, "what would go is said before");
    assert_eq!(preview.shown[0].id, gone);
    let mut browser = portal.sign_in(administrator).await;
    let page = browser.get("/staff/privacy").await.body;
    assert!(page.contains("Kestrel, Mia Novak"), "{page}");
    portal.run_jobs().await;
    let lead = portal.lead(gone).await;
    assert_eq!(lead.contact_name, "[erased]");
    assert!(lead.contact_email.ends_with("@erased.invalid") && lead.contact_phone.is_empty());
    assert_eq!(portal.lead(kept).await.contact_name, "Mia Novak");
    let preview = retention::preview(&portal.ctx, administrator)
        .await
        .unwrap();
    assert_eq!((preview.leads, preview.mails), (0, 0));
    assert!(places(&portal, "mia@kestrel-foods.com").await.is_empty());
    portal.finish().await;
}

#[tokio::test]
async fn how_long_things_are_kept_is_set_by_an_administrator_and_is_in_the_log() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.staff.administrator).await;
    let set = [
        ("do", "set_retention"),
        ("lead_months", "6"),
        ("mail_months", "0"),
        ("dead_letter_months", "12"),
        ("note_days", "30"),
    ];
    let wrong = browser.post("/staff/privacy", &set).await;
    assert_eq!(wrong.status, 422);
    let set = set.map(|(name, value)| (name, if value == "0" { "9" } else { value }));
    let answer = browser.post("/staff/privacy", &set).await;
    assert_eq!(answer.location, "/staff/privacy?notice=retention-set");
    let rows = portal
        .database
        .rows("SELECT facts FROM audit WHERE act = 'set_retention'")
        .await;
    let facts: Value = serde_json::from_str(rows[0].get(0)).unwrap();
    assert_eq!(
        facts["lead_months"],
        serde_json::json!({ "before": 24, "after": 6 })
    );
    assert_eq!(
        facts.as_object().unwrap().len(),
        2,
        "only what changed: {facts}"
    );
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    assert_eq!(finance.get("/staff/privacy").await.status, 403);
    assert_eq!(finance.post("/staff", &set).await.status, 403);
    portal.finish().await;
}

#[tokio::test]
async fn everything_about_a_person_is_one_file_and_that_it_was_taken_is_in_the_log() {
    let portal = TestPortal::start().await;
    with_app(&portal, SALES).await;
    let lead = portal
        .submit(&portal.aster.sales, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    let administrator = &portal.staff.administrator;
    let exported = about::export(&portal.ctx, administrator, SALES)
        .await
        .unwrap();
    let tables = exported["tables"].as_object().unwrap();
    for table in [
        "people",
        "members",
        "sessions",
        "known_browsers",
        "leads",
        "mails",
        "audit",
    ] {
        assert!(tables.contains_key(table), "{table}: {:?}", tables.keys());
    }
    assert!(!tables.contains_key("secrets"));
    let text = exported.to_string();
    assert!(text.contains("Aster sales"));
    for hash in ["token_hash", "browser_hash", "known_hash"] {
        assert!(!text.contains(hash), "{hash}");
    }
    let contact = about::export(&portal.ctx, administrator, MIA)
        .await
        .unwrap();
    assert_eq!(contact["tables"]["leads"][0]["contact_name"], "Mia Novak");
    assert!(
        contact["tables"]["lead_events"]
            .to_string()
            .contains(&lead.to_string())
    );
    let rows = portal
        .database
        .rows("SELECT facts FROM audit WHERE act = 'export_person'")
        .await;
    assert_eq!(rows.len(), 2);
    assert!(
        rows.iter()
            .all(|row| !row.get::<String, _>(0).contains('@'))
    );
    let mut browser = portal.sign_in(administrator).await;
    let file = browser
        .get("/staff/privacy/person.json?email=mia%40harbour-logistics.com")
        .await;
    assert!(file.body.contains("Mia Novak"), "{}", file.body);
    portal.finish().await;
}

#[tokio::test]
async fn an_erased_contact_is_in_no_table_any_more_and_every_amount_is_what_it_was() {
    let portal = TestPortal::start().await;
    let (lead, _) = stated(&portal).await;
    portal.run_jobs().await;
    assert!(!places(&portal, MIA).await.is_empty());
    let before = books(&portal).await;
    let erased = erase(&portal, MIA).await;
    assert_eq!((erased.leads, erased.left.len()), (1, 0), "{erased:?}");
    assert_eq!(books(&portal).await, before);
    for text in [MIA, "Mia Novak", "+442079460000"] {
        assert_eq!(places(&portal, text).await, Vec::<String>::new(), "{text}");
    }
    assert_eq!(portal.lead(lead).await.contact_name, "[erased]");
    // Everything is proved again, with the chain of the log.
    portal.verify().await;
    portal.run_jobs().await;
    assert_eq!(
        places(&portal, MIA).await,
        Vec::<String>::new(),
        "nor does it come back"
    );
    portal.finish().await;
}

#[tokio::test]
async fn an_erased_member_is_in_no_table_any_more_signs_in_no_more_and_left_books_that_are_right() {
    let portal = TestPortal::start().await;
    let (mut browser, _) = with_app(&portal, SALES).await;
    let (lead, statement) = stated(&portal).await;
    let owner = &portal.aster.owner;
    let line = portal.lines(lead).await.remove(11).line;
    disputes::open(
        &portal.ctx,
        owner,
        line.id,
        "Ask sales@aster-consulting.com or Aster sales.",
    )
    .await
    .unwrap();
    portal.run_jobs().await;
    let before = books(&portal).await;
    let erased = erase(&portal, SALES).await;
    assert_eq!(erased.person, Some(portal.aster.sales.person()));
    assert!(erased.left.is_empty(), "{erased:?}");
    assert!(
        !erased.acts.is_empty(),
        "the log said who was added, and under which address"
    );
    assert_eq!(books(&portal).await, before);
    for text in [SALES, "Aster sales"] {
        assert_eq!(places(&portal, text).await, Vec::<String>::new(), "{text}");
    }
    assert_eq!(
        browser.get("/").await.status,
        303,
        "the open session is over"
    );
    let session = portal_services::access::list_memberships(&portal.ctx, &portal.aster.sales).await;
    assert!(session.unwrap().is_empty());
    let known = "SELECT person_id FROM known_browsers";
    assert!(portal.database.rows(known).await.is_empty());
    let number = statements::find_for_partner(&portal.ctx, owner, statement).await;
    assert!(number.is_ok());
    portal.verify().await;
    portal.finish().await;
}

#[tokio::test]
async fn what_the_log_said_of_an_erased_person_is_gone_and_the_chain_holds_unless_nobody_says_who_erased_it()
 {
    let portal = TestPortal::start().await;
    let head = portal_services::audit::find_head(&portal.ctx)
        .await
        .unwrap();
    let erased = erase(&portal, SALES).await;
    let proof = portal_services::verify::verify_since(&portal.ctx, Some(head)).await;
    assert!(proof.unwrap().holds(), "a head from before still proves it");
    let position = erased.acts[0];
    let facts = format!("SELECT facts FROM audit WHERE position = {position}");
    let facts: String = portal.database.rows(&facts).await[0].get(0);
    assert_eq!(facts, "{\"erased\":true}");
    // Whoever erases behind the portal's back is not named by any act.
    let other = "UPDATE audit SET facts = '{\"erased\":true}', facts_hash = 'x', salt = NULL WHERE position = 1";
    assert!(
        portal.database.execute(other).await.is_ok(),
        "the database lets that happen"
    );
    let proof = portal_services::verify::verify(&portal.ctx).await.unwrap();
    assert!(!proof.holds());
    portal.finish_with_broken_books().await;
}

#[tokio::test]
async fn nobody_is_erased_who_is_needed_or_by_whoever_may_not() {
    let portal = TestPortal::start().await;
    let told = [
        ("administrator@vendor.example", "erase-yourself"),
        ("owner@aster-consulting.com", "last-owner"),
        ("billing@aster-consulting.com", "erase-billing"),
        ("nobody@nowhere.com", "erase-nobody"),
    ];
    for (email, code) in told {
        let said = refused(&portal, email).await;
        assert!(said.contains(code), "{email}: {said}");
    }
    leads::submit(
        &portal.ctx,
        &portal.aster.sales,
        &lead_form("Harbour", "harbour-logistics.com"),
    )
    .await
    .unwrap();
    assert!(refused(&portal, MIA).await.contains("erase-lead-open"));
    let other = erasure::erase(&portal.ctx, &portal.staff.administrator, SALES, MIA).await;
    assert!(other.is_err(), "the address is typed twice");
    for actor in [
        &portal.staff.finance,
        &portal.staff.operator,
        &portal.aster.owner,
    ] {
        assert!(
            erasure::erase(&portal.ctx, actor, SALES, SALES)
                .await
                .is_err()
        );
        assert!(about::export(&portal.ctx, actor, SALES).await.is_err());
    }
    let mut browser = portal.sign_in(&portal.staff.administrator).await;
    let form = [("do", "erase_person"), ("email", SALES), ("typed", SALES)];
    let answer = browser.post("/staff/privacy", &form).await;
    assert_eq!(answer.location, "/staff/privacy?notice=person-erased");
    portal.finish().await;
}
