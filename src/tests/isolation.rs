//! Who sees whose things: a partner's sales people their own leads, partner managers their own partners, and the wall that PostgreSQL keeps below all of it.

use std::collections::BTreeSet;

use portal_domain::{
    access::{Actor, Reach},
    ids::{LeadId, LineId, PartnerId},
    lead::LeadForm,
    plan::{PlanForm, ShareForm},
    scope::Own,
};
use portal_services::{
    ServiceError, company, disputes, figures, forecast,
    leads::{self, Decision},
    lines, partners, quarters, reach, statements, why,
};
use portal_store::{
    Across,
    leads::LeadFilter,
    lines::{LineFilter, LineRecord},
    partners as stored_partners, people,
};
use sqlx::Row;

use crate::{
    access::stated,
    browser::Answer,
    portal::{TestPortal, lead_form},
};

/// The tables that name a partner, and in which column.
async fn partner_columns(portal: &TestPortal) -> Vec<(String, &'static str)> {
    let named = portal
        .database
        .rows(
            "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'partner_id' ORDER BY table_name",
        )
        .await;
    let named = named.iter().map(|row| (row.get(0), "partner_id"));
    named.chain([("partners".to_owned(), "id")]).collect()
}

/// A statement as it runs in a member's transaction.
fn of_member(partner: PartnerId, sql: &str) -> String {
    format!("BEGIN; SET LOCAL portal.partner = '{partner}'; {sql}; COMMIT")
}

/// The same as it is in the session that the portal opens for a member.
fn within(portal: &TestPortal, actor: &Actor) -> portal_services::Ctx {
    portal.ctx.within(Own::of(actor).expect("a member"))
}

#[tokio::test]
async fn every_table_that_names_a_partner_has_its_wall() {
    let portal = TestPortal::start().await;
    if portal.database.is_postgres() {
        let walled = portal
            .database
            .rows(
                "SELECT c.relname::text FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
                 WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.polcmd = '*' AND p.polpermissive",
            )
            .await;
        let walled: BTreeSet<String> = walled.iter().map(|row| row.get(0)).collect();
        for (table, _) in partner_columns(&portal).await {
            assert!(
                walled.contains(&table),
                "the table {table} names a partner and has no wall: give it a policy, and FORCE, as migrations/0056_row_security.postgres.sql does"
            );
        }
        assert!(!portal.ctx.store.has_open_wall().await.unwrap());
    }
    portal.finish().await;
}

#[tokio::test]
async fn the_database_itself_shows_a_member_no_row_of_another_partner() {
    let portal = TestPortal::start().await;
    if portal.database.is_postgres() {
        stated(&portal).await;
        let (own, other) = (portal.borealis.id, portal.aster.id);
        for (table, column) in partner_columns(&portal).await {
            let everybodys = portal
                .database
                .rows(&format!(
                    "SELECT {column} FROM {table} WHERE {column} = '{other}'"
                ))
                .await;
            let sql = format!("SELECT COALESCE({column}, '-') FROM {table}");
            let seen = portal.database.rows(&of_member(own, &sql)).await;
            let whose: BTreeSet<String> = seen.iter().map(|row| row.get(0)).collect();
            assert!(
                whose.iter().all(|whose| *whose == own.to_string()),
                "{table} shows {whose:?}"
            );
            if table == "leads" || table == "lines" || table == "statements" {
                assert!(!everybodys.is_empty(), "{table} has something to hide");
            }
        }
        for (table, sql) in [
            ("lead_events", "SELECT lead_id FROM lead_events"),
            ("deliveries", "SELECT lead_id FROM deliveries"),
        ] {
            assert!(!portal.database.rows(sql).await.is_empty());
            let seen = portal.database.rows(&of_member(own, sql)).await;
            assert!(seen.is_empty(), "{table} shows {} rows", seen.len());
        }
    }
    portal.finish().await;
}

#[tokio::test]
async fn the_database_itself_lets_a_member_write_no_row_of_another_partner() {
    let portal = TestPortal::start().await;
    if portal.database.is_postgres() {
        let (lead, _) = stated(&portal).await;
        let (own, other) = (portal.borealis.id, portal.aster.id);
        let run = async |sql: String| portal.database.execute(&of_member(own, &sql)).await;
        for (table, column) in partner_columns(&portal).await {
            let sql = format!("UPDATE {table} SET {column} = '{own}' WHERE {column} = '{other}'");
            // What is append-only is refused before it is looked for.
            if !matches!(table.as_str(), "journal" | "statements") {
                run(sql).await.unwrap();
            }
        }
        let still = format!("SELECT id FROM leads WHERE id = '{lead}' AND partner_id = '{other}'");
        assert_eq!(portal.database.rows(&still).await.len(), 1);
        for sql in [
            format!(
                "INSERT INTO partner_changes (partner_id, bucket, version, changed_at) VALUES ('{other}', '-', 1, 1)"
            ),
            format!(
                "INSERT INTO enrolments (partner_id, plan_id, valid_from, created_at) SELECT '{other}', id, '2031-01-01', 1 FROM plans"
            ),
            format!(
                "INSERT INTO mails (id, partner_id, recipient, subject, body_text, body_html, created_at) VALUES ('x', '{other}', 'x', 'x', 'x', 'x', 1)"
            ),
            format!(
                "INSERT INTO slack_webhooks (partner_id, url, changed_at) VALUES ('{other}', 'x', 1)"
            ),
            format!("UPDATE enrolments SET partner_id = '{other}'"),
            format!(
                "INSERT INTO lead_events (lead_id, position, kind, facts, happened_at) VALUES ('{lead}', 99, 'x', 'x', 1)"
            ),
        ] {
            let refused = run(sql.clone()).await.expect_err(&sql).to_string();
            assert!(refused.contains("row-level security"), "{sql}: {refused}");
        }
    }
    portal.finish().await;
}

#[tokio::test]
async fn a_query_that_forgets_whose_things_it_reads_finds_its_members_alone() {
    let portal = TestPortal::start().await;
    if portal.database.is_postgres() {
        let (lead, _) = stated(&portal).await;
        let find = async |ctx: &portal_services::Ctx| {
            let mut tx = ctx.store.read().await.unwrap();
            portal_store::leads::find(&mut tx, lead).await.unwrap()
        };
        assert!(find(&portal.ctx).await.is_some());
        let aster = within(&portal, &portal.aster.owner);
        let borealis = within(&portal, &portal.borealis.owner);
        assert!(find(&aster).await.is_some());
        assert!(find(&borealis).await.is_none());
        assert!(find(&borealis.across(Across::Claims)).await.is_some());
        let mut tx = borealis.store.read().await.unwrap();
        tx.across(Across::Claims).await.unwrap();
        tx.across(Across::SharedDeals).await.unwrap();
        tx.within().await.unwrap();
        let found = portal_store::leads::find(&mut tx, lead).await.unwrap();
        assert!(found.is_some(), "one look across is still under way");
        tx.within().await.unwrap();
        let found = portal_store::leads::find(&mut tx, lead).await.unwrap();
        assert!(found.is_none());
        // The next transaction of the same connection names nobody by itself.
        drop(tx);
        assert!(find(&portal.ctx).await.is_some());
    }
    portal.finish().await;
}

/// A won lead of Aster by its owner, and one by a sales person, with a line of each.
async fn two_leads(portal: &TestPortal) -> [LeadId; 2] {
    let [owner, sales] = [&portal.aster.owner, &portal.aster.sales];
    let (colleagues, _) = portal
        .won_by(owner, "Harbour", "harbour-logistics.com", "1200.00", "1")
        .await;
    let (own, _) = portal
        .won_by(sales, "Quay", "quay-trading.com", "1200.00", "1")
        .await;
    [colleagues, own]
}

/// The same person as the next request finds it.
async fn narrowed(portal: &TestPortal, actor: &Actor) -> Actor {
    let secret =
        crate::access::begin_session(&portal.ctx, actor, portal_domain::access::Proof::Passkey)
            .await;
    let session = portal_services::access::find_session(&portal.ctx, &secret).await;
    session.unwrap().expect("a session").actor
}

fn of_leads(lines: &[lines::LineView]) -> BTreeSet<LeadId> {
    lines.iter().map(|view| view.line.lead).collect()
}

async fn first_line(portal: &TestPortal, lead: LeadId) -> LineRecord {
    portal.lines(lead).await.remove(0).line
}

#[tokio::test]
async fn sales_people_see_their_own_leads_alone_once_the_owner_says_so() {
    let portal = TestPortal::start().await;
    let [colleagues, own] = two_leads(&portal).await;
    let ctx = &portal.ctx;
    let before = leads::list_for_partner(ctx, &portal.aster.sales, LeadFilter::default()).await;
    assert_eq!(before.unwrap().len(), 2);
    for actor in [
        portal.aster.sales,
        portal.aster.finance,
        portal.staff.administrator,
    ] {
        let refused = reach::set_of_sales(ctx, &actor, "own").await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)), "{actor:?}");
    }
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let say = [("do", "set_sales_reach"), ("reach", "own")];
    let answer = owner.post("/company", &say).await;
    assert_eq!(answer.location, "/company?notice=reach-saved");

    let sales = narrowed(&portal, &portal.aster.sales).await;
    assert!(matches!(
        sales,
        Actor::Member {
            reach: Reach::Own,
            ..
        }
    ));
    let found = leads::list_for_partner(ctx, &sales, LeadFilter::default()).await;
    let found: Vec<LeadId> = found.unwrap().iter().map(|lead| lead.id).collect();
    assert_eq!(found, [own]);
    let search = LeadFilter {
        search: "harbour".to_owned(),
        ..LeadFilter::default()
    };
    let found = leads::list_for_partner(ctx, &sales, search).await;
    assert!(found.unwrap().is_empty());
    let counts = leads::count_for_partner(ctx, &sales).await.unwrap();
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<i64>(), 1);
    let other = first_line(&portal, colleagues).await;
    let found = lines::list_for_partner(ctx, &sales, LineFilter::default()).await;
    assert_eq!(of_leads(&found.unwrap()), BTreeSet::from([own]));
    assert!(
        lines::list_of_lead(ctx, &sales, colleagues)
            .await
            .unwrap()
            .is_empty()
    );
    for missing in [
        leads::find_for_partner(ctx, &sales, colleagues).await.err(),
        why::explain(ctx, &sales, other.id).await.err(),
        leads::withdraw(ctx, &sales, colleagues).await.err(),
        disputes::open(ctx, &sales, other.id, "Why is it so little?")
            .await
            .err(),
    ] {
        assert!(
            matches!(missing, Some(ServiceError::NotFound)),
            "{missing:?}"
        );
    }
    let of_all = [
        figures::for_partner(ctx, &sales).await.err(),
        forecast::for_partner(ctx, &sales).await.err(),
        statements::list_for_partner(ctx, &sales).await.err(),
        quarters::last_carried(ctx, &sales).await.err(),
    ];
    assert!(
        of_all
            .iter()
            .all(|error| matches!(error, Some(ServiceError::Forbidden)))
    );
    assert!(company::read(ctx, &sales).await.is_ok());
    portal
        .submit(&portal.aster.owner, "Pier", "pier-storage.com")
        .await;
    let form = LeadForm {
        submission_key: "another key".to_owned(),
        ..lead_form("Pier", "pier-storage.com")
    };
    let again = leads::submit(ctx, &sales, &form).await;
    assert!(matches!(
        again,
        Err(ServiceError::Conflict("lead-of-colleague"))
    ));
    portal.run_jobs().await;

    let mut browser = portal.sign_in(&portal.aster.sales).await;
    for path in ["/", "/leads", "/commission", "/company"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(
            !answer.body.contains("Harbour"),
            "{path} shows a colleague's client"
        );
        assert!(
            !answer.body.contains("href=\"/statements\""),
            "{path} leads where it is refused"
        );
    }
    assert_eq!(browser.get("/statements").await.status, 403);
    let theirs = browser.get(&format!("/leads/{colleagues}")).await;
    let nobodys = browser.get(&format!("/leads/{}", ctx.new_id())).await;
    same(&theirs, &nobodys);
    portal.finish().await;
}

#[track_caller]
fn same(theirs: &Answer, nobodys: &Answer) {
    assert_eq!((theirs.status, nobodys.status), (404, 404));
    let (theirs, nobodys) = (
        crate::access::body_without_chance(theirs),
        crate::access::body_without_chance(nobodys),
    );
    assert_eq!(theirs, nobodys);
}

#[tokio::test]
async fn partner_managers_see_their_own_partners_alone_once_an_administrator_says_so() {
    let portal = TestPortal::start().await;
    let (lead, statement) = stated(&portal).await;
    let line = first_line(&portal, lead).await.id;
    let ctx = &portal.ctx;
    let (aster, borealis) = (portal.aster.id, portal.borealis.id);
    let manager = portal.staff.manager.person().to_string();
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let partner = borealis.to_string();
    let path = format!("/staff/partners/{partner}");
    let choose = [
        ("do", "set_partner_manager"),
        ("partner", partner.as_str()),
        ("manager", manager.as_str()),
    ];
    let answer = administrator.post(&path, &choose).await;
    assert_eq!(answer.location, format!("{path}?notice=manager-saved"));
    let finance = portal.staff.finance.person().to_string();
    let wrong = [
        ("do", "set_partner_manager"),
        ("partner", partner.as_str()),
        ("manager", finance.as_str()),
    ];
    assert_eq!(administrator.post(&path, &wrong).await.status, 422);
    let all = partners::list(ctx, &portal.staff.manager, "")
        .await
        .unwrap();
    assert_eq!(all.len(), 2, "nothing is narrowed before somebody says so");
    let say = [("do", "set_manager_reach"), ("reach", "own")];
    let answer = administrator.post("/staff/partners", &say).await;
    assert_eq!(answer.location, "/staff/partners?notice=reach-saved");

    let manager = narrowed(&portal, &portal.staff.manager).await;
    let own = partners::list(ctx, &manager, "").await.unwrap();
    let own: Vec<PartnerId> = own.iter().map(|view| view.partner.id).collect();
    assert_eq!(own, [borealis]);
    let found = leads::list_for_staff(ctx, &manager, LeadFilter::default()).await;
    assert!(found.unwrap().is_empty());
    let every = lines::StaffLineFilter::default();
    let found = lines::list_for_staff(ctx, &manager, every, 100).await;
    assert!(found.unwrap().is_empty());
    assert!(
        statements::list_for_staff(ctx, &manager, None)
            .await
            .unwrap()
            .is_empty()
    );
    let counts = figures::for_staff(ctx, &manager).await.unwrap();
    assert_eq!((counts.covered_to_approve, counts.bills_open), (0, 0));
    for missing in [
        partners::find(ctx, &manager, aster).await.err(),
        leads::find_for_staff(ctx, &manager, lead).await.err(),
        leads::decide(ctx, &manager, lead, &Decision::Accept)
            .await
            .err(),
        why::explain(ctx, &manager, line).await.err(),
        statements::find_for_staff(ctx, &manager, statement)
            .await
            .err(),
        figures::of_partner(ctx, &manager, aster).await.err(),
        forecast::of_partner(ctx, &manager, aster).await.err(),
        partners::leave(ctx, &manager, aster, "2027-01-01")
            .await
            .err(),
    ] {
        assert!(
            matches!(missing, Some(ServiceError::NotFound)),
            "{missing:?}"
        );
    }
    assert!(partners::find(ctx, &manager, borealis).await.is_ok());

    let mut browser = portal.sign_in(&portal.staff.manager).await;
    for path in [
        "/staff",
        "/staff/leads",
        "/staff/partners",
        "/staff/lines",
        "/staff/statements",
        path.as_str(),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        for secret in ["Aster", "Harbour", "PS-2026Q3"] {
            assert!(!answer.body.contains(secret), "{path} shows `{secret}`");
        }
    }
    // What is of the whole network and is not narrowed is refused.
    for path in [
        "/staff/ledger",
        "/staff/ledger.csv",
        "/staff/reconciliation",
        "/staff/reconciliation/explorer.csv",
        "/staff/audit",
        "/staff/integrations",
    ] {
        assert_eq!(browser.get(path).await.status, 403, "{path}");
    }
    let theirs = browser.get(&format!("/staff/partners/{aster}")).await;
    let nobodys = browser
        .get(&format!("/staff/partners/{}", ctx.new_id()))
        .await;
    same(&theirs, &nobodys);
    portal.finish().await;
}

#[tokio::test]
async fn a_partner_that_a_narrowed_manager_adds_is_its_own() {
    let portal = TestPortal::start().await;
    let ctx = &portal.ctx;
    reach::set_of_managers(ctx, &portal.staff.administrator, "own")
        .await
        .unwrap();
    let manager = narrowed(&portal, &portal.staff.manager).await;
    let form = portal_domain::partner::CompanyForm {
        name: "Corvus".to_owned(),
        legal_name: "Corvus Ltd".to_owned(),
        domain: "corvus-partners.com".to_owned(),
        country: "GB".to_owned(),
        billing_email: "billing@corvus-partners.com".to_owned(),
        ..portal_domain::partner::CompanyForm::default()
    };
    let added = partners::add(ctx, &manager, &form).await.unwrap();
    let (view, _) = partners::find(ctx, &manager, added).await.unwrap();
    assert_eq!(view.partner.manager, Some(manager.person()));
    portal.finish().await;
}

#[tokio::test]
async fn a_person_of_two_partners_ends_its_sessions_in_both_from_either() {
    let portal = TestPortal::start().await;
    let person = portal.aster.owner.person();
    let mut tx = portal.ctx.store.write().await.unwrap();
    let role = portal_domain::access::MemberRole::Sales;
    people::add_member(&mut tx, portal.borealis.id, person, role, portal.ctx.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let there = Actor::Member {
        person,
        partner: portal.borealis.id,
        role,
        reach: Reach::All,
    };
    let mut in_borealis = portal.sign_in(&there).await;
    let mut in_aster = portal.sign_in(&portal.aster.owner).await;
    let answer = in_aster
        .post("/security", &[("do", "end_other_sessions")])
        .await;
    assert_eq!(answer.status, 303);
    assert_eq!(
        in_borealis.get("/leads").await.status,
        303,
        "it was ended there too"
    );
    let partner = portal.borealis.id.to_string();
    let switch = [("do", "switch_partner"), ("partner", partner.as_str())];
    assert_eq!(in_aster.post("/", &switch).await.status, 303);
    assert!(in_aster.get("/company").await.body.contains("Borealis"));
    portal.finish().await;
}

#[tokio::test]
async fn a_client_that_another_partner_protects_is_found_from_behind_the_wall() {
    let portal = TestPortal::start().await;
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    let ctx = within(&portal, &portal.borealis.owner);
    let form = lead_form("Harbour", "harbour-logistics.com");
    let submitted = leads::submit(&ctx, &portal.borealis.owner, &form)
        .await
        .unwrap();
    assert!(matches!(submitted, leads::Submitted::InReview(_)));
    let mut tx = ctx.store.read().await.unwrap();
    let own = Own::of(&portal.borealis.owner).unwrap();
    assert!(
        stored_partners::find_own(&mut tx, own)
            .await
            .unwrap()
            .is_some()
    );
    drop(tx);
    portal.run_jobs().await;
    portal.finish().await;
}

#[tokio::test]
async fn a_partner_with_which_a_deal_is_shared_sees_its_own_lines_of_it_from_behind_the_wall() {
    let portal = TestPortal::start().await;
    let (owner, administrator) = (&portal.borealis.owner, &portal.staff.administrator);
    let form = PlanForm {
        name: "Shared".to_owned(),
        rate: "10".to_owned(),
        months: "12".to_owned(),
        shares: vec![ShareForm {
            partner: portal.borealis.id.to_string(),
            share: "40".to_owned(),
        }],
        ..PlanForm::default()
    };
    let plan = portal::demo::publish(&portal.ctx, administrator, form, "2026-01-01").await;
    let (aster, plan) = (portal.aster.id, plan.unwrap().to_string());
    let enrolled = partners::enrol(&portal.ctx, administrator, aster, &plan, "2026-01-01").await;
    enrolled.unwrap();
    let (lead, _) = portal
        .won("Harbour", "harbour-logistics.com", "1200.00", "1")
        .await;
    let ctx = within(&portal, owner);
    let own = lines::list_for_partner(&ctx, owner, LineFilter::default()).await;
    let own = own.unwrap();
    assert_eq!(own.len(), 12);
    for view in &own {
        assert_eq!(view.line.partner, portal.borealis.id);
        let why = why::explain(&ctx, owner, view.line.id).await.unwrap();
        assert!(why.agrees);
    }
    let theirs = leads::find_for_partner(&ctx, owner, lead).await;
    assert!(matches!(theirs, Err(ServiceError::NotFound)));
    let question = "Why is it so little?";
    disputes::open(&ctx, owner, own[0].line.id, question)
        .await
        .unwrap();
    let mut browser = portal.sign_in(owner).await;
    for path in ["/", "/commission", "/statements"] {
        assert_eq!(browser.get(path).await.status, 200, "{path}");
    }
    portal.run_jobs().await;
    portal.finish().await;
}

#[tokio::test]
async fn a_line_of_another_partner_locks_nothing_and_is_not_there() {
    let portal = TestPortal::start().await;
    let (lead, _) = stated(&portal).await;
    let theirs = first_line(&portal, lead).await.id;
    let nobodys: LineId = portal.ctx.new_id().to_string().parse().unwrap();
    for line in [theirs, nobodys] {
        let refused = disputes::open(
            &portal.ctx,
            &portal.borealis.owner,
            line,
            "Why is it so little?",
        )
        .await;
        assert!(
            matches!(refused, Err(ServiceError::NotFound)),
            "{refused:?}"
        );
    }
    portal.finish().await;
}
