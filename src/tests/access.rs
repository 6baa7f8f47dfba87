//! Who sees and does what: nobody without a session, no partner another's things, no role more than its own, and no other site anything at all.

use std::{collections::BTreeMap, sync::Arc};

use portal_domain::{
    access::{Actor, Proof, StaffRole},
    ids::{LeadId, SessionId, StatementId},
};
use portal_services::{Ctx, ServiceError, access, closing, statements};
use portal_store::sessions::{self, SessionRecord};
use portal_words::{Locale, Words};
use sqlx::Row;
use ulid::Ulid;

use crate::{
    browser::Answer,
    leads::send,
    portal::{TestPortal, lead_form},
    routes,
};

const PARTNER_PAGES: [&str; 6] = [
    "/",
    "/leads",
    "/leads/new",
    "/commission",
    "/statements",
    "/company",
];
/// The id of nothing.
const NOBODY: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
/// A line as a form names it.
const SEEN: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV:100:EUR";
const STAFF_PAGES: [&str; 25] = [
    "/staff",
    "/staff/leads",
    "/staff/partners",
    "/staff/lines",
    "/staff/reconciliation",
    "/staff/reconciliation/explorer",
    "/staff/reconciliation/explorer.csv",
    "/staff/ledger",
    "/staff/ledger.csv",
    "/staff/statements",
    "/staff/statements/accounts",
    "/staff/plans",
    "/staff/integrations",
    "/staff/messages",
    "/staff/integrations/hubspot",
    "/staff/integrations/inbox",
    "/staff/messages/bounces",
    "/staff/messages/templates",
    "/staff/messages/templates/statement/dark",
    "/staff/integrations/stages",
    "/staff/integrations/relay",
    "/staff/integrations/relay/guide",
    "/staff/people",
    "/staff/people/roles",
    "/staff/audit",
];

/// A statement of Aster, and the lead that it is for.
pub async fn stated(portal: &TestPortal) -> (LeadId, StatementId) {
    let (lead, deal) = portal
        .won("Harbour", "harbour-logistics.com", "1000.00", "1")
        .await;
    let invoice = portal.invoice("Harbour", &deal, "3000.00").await;
    portal.pay(&invoice, "3600.00").await;
    portal.advance_clock_to("2026-10-01T08:00:00Z").await;
    portal.run_jobs().await;
    portal_services::lines::approve(&portal.ctx, &portal.staff.finance, &portal.covered().await)
        .await
        .unwrap();
    let quarter = portal_domain::calendar::Quarter::parse("2026Q3", 1).unwrap();
    closing::close_quarter(&portal.ctx, &portal.staff.administrator, quarter)
        .await
        .unwrap();
    portal.run_jobs().await;
    let statement = statements::list_for_partner(&portal.ctx, &portal.aster.owner)
        .await
        .unwrap()
        .remove(0);
    (lead, statement.record.id)
}

/// The body without what differs in every answer: the scripts' nonce, the reference, and the id that was asked for.
pub fn body_without_chance(answer: &Answer) -> String {
    let policy = answer
        .headers
        .get("content-security-policy")
        .map_or("", |policy| policy.to_str().unwrap());
    let nonce = policy
        .split_once("'nonce-")
        .and_then(|(_, rest)| rest.split_once('\''))
        .map_or("no nonce", |(nonce, _)| nonce);
    let body = without_instant(&answer.body.replace(nonce, "nonce"));
    let words = body
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() == 26);
    let ids: Vec<String> = words
        .filter(|word| word.parse::<Ulid>().is_ok())
        .map(str::to_owned)
        .collect();
    ids.iter()
        .fold(body, |body, id| body.replace(id.as_str(), "id"))
}

/// The stream of changes is asked for from the instant of the page on.
fn without_instant(body: &str) -> String {
    match body.split_once("/events?since=") {
        Some((before, rest)) => format!(
            "{before}{}",
            rest.trim_start_matches(|c: char| c.is_ascii_digit())
        ),
        None => body.to_owned(),
    }
}

#[tokio::test]
async fn every_page_asks_whoever_is_not_signed_in_to_sign_in() {
    let portal = TestPortal::start().await;
    let (lead, statement) = stated(&portal).await;
    let partner = portal.aster.id;
    let mut paths: Vec<String> = PARTNER_PAGES
        .iter()
        .chain(&STAFF_PAGES)
        .map(|path| (*path).to_owned())
        .collect();
    paths.extend([
        "/preferences".to_owned(),
        format!("/leads/{lead}"),
        format!("/statements/{statement}"),
        format!("/staff/leads/{lead}"),
        format!("/staff/partners/{partner}"),
        format!("/staff/statements/{statement}"),
    ]);
    let mut browser = portal.browser();
    for path in paths {
        let answer = browser.get(&path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert!(
            answer.location.starts_with("/sign-in?next="),
            "{path} leads to {}",
            answer.location
        );
        assert!(answer.body.is_empty(), "{path}");
    }
    let stream = browser.get("/events").await;
    assert_eq!(
        (stream.status, stream.body.as_str()),
        (204, ""),
        "what tells a browser not to ask for the stream again"
    );
    portal.finish().await;
}

#[tokio::test]
async fn every_page_opens_for_those_whom_it_is_for_and_for_nobody_else() {
    let portal = TestPortal::start().await;
    stated(&portal).await;
    let members = [portal.aster.owner, portal.aster.sales, portal.aster.finance];
    for member in members {
        let mut browser = portal.sign_in(&member).await;
        for path in PARTNER_PAGES {
            let may_submit = !matches!(
                member,
                Actor::Member {
                    role: portal_domain::access::MemberRole::Finance,
                    ..
                }
            );
            let expected = if path == "/leads/new" && !may_submit {
                403
            } else {
                200
            };
            assert_eq!(
                browser.get(path).await.status,
                expected,
                "{path} as {member:?}"
            );
        }
        for path in STAFF_PAGES {
            let answer = browser.get(path).await;
            assert!(
                matches!(answer.status, 403 | 404),
                "{path} as {member:?} is {}",
                answer.status
            );
        }
    }
    for person in [
        portal.staff.administrator,
        portal.staff.manager,
        portal.staff.finance,
        portal.staff.operator,
    ] {
        let mut browser = portal.sign_in(&person).await;
        for path in STAFF_PAGES {
            assert_eq!(browser.get(path).await.status, 200, "{path} as {person:?}");
        }
        assert_eq!(browser.get("/").await.location, "/staff");
        for path in &PARTNER_PAGES[1..] {
            let answer = browser.get(path).await;
            assert!(
                matches!(answer.status, 403 | 404),
                "{path} as {person:?} is {}",
                answer.status
            );
        }
    }
    portal.finish().await;
}

#[tokio::test]
async fn another_partners_things_look_like_things_that_are_not_there() {
    let portal = TestPortal::start().await;
    let (lead, statement) = stated(&portal).await;
    let nowhere = portal.ctx.new_id();
    for actor in [portal.borealis.owner, portal.borealis.finance] {
        let mut browser = portal.sign_in(&actor).await;
        for (theirs, nobodys) in [
            (format!("/leads/{lead}"), format!("/leads/{nowhere}")),
            (
                format!("/statements/{statement}"),
                format!("/statements/{nowhere}"),
            ),
        ] {
            let (theirs, nobodys) = (browser.get(&theirs).await, browser.get(&nobodys).await);
            assert_eq!((theirs.status, nobodys.status), (404, 404));
            assert_eq!(body_without_chance(&theirs), body_without_chance(&nobodys));
        }
        for path in PARTNER_PAGES.iter().filter(|path| **path != "/leads/new") {
            let answer = browser.get(path).await;
            for secret in ["Aster", "Harbour", "harbour", "PS-2026Q3"] {
                assert!(!answer.body.contains(secret), "{path} shows `{secret}`");
            }
        }
    }
    let mut browser = portal.sign_in(&portal.borealis.owner).await;
    let (lead, statement, nowhere) = (lead.to_string(), statement.to_string(), nowhere.to_string());
    for (path, act, field, theirs) in [
        ("/leads/new", "withdraw_lead", "lead", &lead),
        (
            "/statements",
            "raise_invoice",
            "form[statement]",
            &statement,
        ),
    ] {
        let mut answers = Vec::new();
        for id in [theirs, &nowhere] {
            let answer = browser
                .post(path, &[("do", act), (field, id), ("form[number]", "B-1")])
                .await;
            answers.push((
                answer.status,
                body_without_chance(&answer).replace(id.as_str(), "id"),
            ));
        }
        assert_eq!(answers[0].0, 404, "{act}");
        assert_eq!(answers[0], answers[1], "{act}");
    }
    portal.finish().await;
}

/// A form of each kind, on things that are there.
fn forms<'a>(
    lead: &'a str,
    statement: &'a str,
    partner: &'a str,
) -> BTreeMap<&'static str, Vec<(&'static str, &'a str)>> {
    let company = [
        ("form[name]", "Aster & Friends"),
        ("form[legal_name]", "Aster Ltd"),
        ("form[domain]", "aster-consulting.com"),
        ("form[country]", "GB"),
        ("form[vat_number]", ""),
        ("form[billing_email]", "x@aster-consulting.com"),
    ];
    let plan = [
        ("form[name]", "New"),
        ("form[rate]", "10"),
        ("form[months]", "12"),
        ("valid_from", "2026-10-01"),
    ];
    let enrolment = [
        ("partner", partner),
        ("plan", "x"),
        ("valid_from", "2026-10-01"),
    ];
    let invitation = [
        ("form[email]", "new@aster-consulting.com"),
        ("form[role]", "owner"),
    ];
    let colleague = [
        ("form[name]", "Nora Berg"),
        ("form[email]", "nora@vendor.example"),
        ("form[role]", "administrator"),
    ];
    let stage = [
        ("pipeline", "default"),
        ("stage", "proposal"),
        ("phase", "x"),
    ];
    let mut forms = BTreeMap::from([
        (
            "raise_invoice",
            vec![("form[statement]", statement), ("form[number]", "A-1")],
        ),
        ("add_bill_pdf", vec![("bill", NOBODY)]),
        ("update_company", company.to_vec()),
        (
            "update_partner",
            [&company[..], &[("partner", partner)]].concat(),
        ),
        ("invite_member", invitation.to_vec()),
        ("withdraw_lead", vec![("lead", lead)]),
        ("approve_lines", vec![("lines[0]", SEEN)]),
        ("hold_lines", vec![("lines[0]", SEEN), ("reason", "x")]),
        ("close_quarter", vec![("quarter", "2026Q3")]),
        ("add_colleague", colleague.to_vec()),
        (
            "change_role",
            vec![("person", NOBODY), ("role", "operator")],
        ),
        (
            "change_role_in_partner",
            vec![("person", NOBODY), ("partner", partner), ("role", "sales")],
        ),
        ("disable_person", vec![("person", NOBODY), ("reason", "x")]),
        ("reset_person", vec![("person", NOBODY), ("loss", "x")]),
        ("reset_member", vec![("person", NOBODY), ("loss", "x")]),
        ("enable_person", vec![("person", NOBODY)]),
        ("set_two_persons", vec![("persons", "one"), ("reason", "x")]),
        ("confirm_details", vec![("partner", partner)]),
        (
            "change_member_role",
            vec![("person", NOBODY), ("role", "owner")],
        ),
        ("accept_lead", vec![("lead", lead)]),
        ("enrol_partner", enrolment.to_vec()),
        ("add_plan_version", plan.to_vec()),
        ("sweep_now", Vec::new()),
        ("compare_now", vec![("system", "hubspot")]),
        ("retry_job", vec![("job", NOBODY)]),
        ("retry_all_jobs", vec![("system", "hubspot")]),
        ("set_aside_job", vec![("job", NOBODY), ("reason", "x")]),
        (
            "set_aside_jobs",
            vec![("system", "hubspot"), ("seen_at", "0"), ("reason", "x")],
        ),
        ("pause_system", vec![("system", "hubspot"), ("reason", "x")]),
        ("resume_system", vec![("system", "hubspot")]),
        (
            "replay_webhook",
            vec![("note", NOBODY), ("system", "hubspot")],
        ),
        ("set_up_hubspot", Vec::new()),
        (
            "choose_bill_accounts",
            vec![("account", "429"), ("tax_type", "NONE")],
        ),
        ("read_accounts", Vec::new()),
        ("choose_first_stage", stage.to_vec()),
        ("name_phase", stage.to_vec()),
    ]);
    forms.extend(forms_of_relay(lead));
    forms.extend(forms_of_finance(lead));
    forms.extend(forms_of_messages(partner));
    forms.extend(FORMS_OF_CONNECTIONS.map(|(act, fields)| (act, fields.to_vec())));
    forms
}

/// A form of each act on a connection to an outside system.
const FORMS_OF_CONNECTIONS: [(&str, &[(&str, &str)]); 9] = [
    ("begin_consent", &[("system", "xero")]),
    ("connect_token", &[("system", "hubspot"), ("token", "x")]),
    (
        "connect_app",
        &[
            ("system", "xero"),
            ("way", "client_credentials"),
            ("client_id", "x"),
            ("client_secret", "x"),
        ],
    ),
    ("connect_mail", &[("address", "smtp://127.0.0.1:9")]),
    (
        "set_webhook_secrets",
        &[("system", "xero"), ("secrets", "x")],
    ),
    ("choose_organisation", &[("organisation", "x")]),
    ("test_connection", &[("system", "hubspot")]),
    ("disconnect_system", &[("system", "hubspot")]),
    ("leave_books", &[("system", "xero"), ("account", "x")]),
];

/// A form of each act on the way through an iPaaS.
fn forms_of_relay(lead: &str) -> [(&'static str, Vec<(&'static str, &str)>); 6] {
    [
        (
            "choose_relay",
            vec![
                ("form[way]", "direct"),
                ("form[changes]", "hubspot"),
                ("form[wait_minutes]", "60"),
            ],
        ),
        (
            "keep_relay_secret",
            vec![("side", "inward"), ("secret", "x")],
        ),
        ("drop_relay_secret", vec![("side", "inward")]),
        ("test_relay", Vec::new()),
        ("resend_lead", vec![("lead", lead)]),
        (
            "resend_leads",
            vec![("from", "2026-07-01"), ("until", "2026-07-31")],
        ),
    ]
}

/// A form of each act on what the portal says by itself.
fn forms_of_messages(partner: &str) -> [(&'static str, Vec<(&'static str, &str)>); 7] {
    [
        ("choose_mails", vec![("form[lead]", "never")]),
        ("try_address_again", vec![("address", "x@example.com")]),
        (
            "set_channel",
            vec![("event", "lead_new"), ("channel", "#elsewhere")],
        ),
        ("set_channel_language", vec![("language", "de")]),
        ("test_channel", vec![("event", "lead_new")]),
        ("test_slack", Vec::new()),
        ("test_partner_slack", vec![("partner", partner)]),
    ]
}

/// A form of each act on what does not fit.
fn forms_of_finance(lead: &str) -> [(&'static str, Vec<(&'static str, &str)>); 13] {
    [
        (
            "split_document",
            vec![("document", "x"), ("deals[0]", lead), ("amounts[0]", "1")],
        ),
        ("link_document", vec![("document", "x"), ("deal", lead)]),
        ("say_no_deal", vec![("document", "x")]),
        ("unlink_document", vec![("document", "x")]),
        (
            "waive_month",
            vec![("deal", lead), ("month", "2026-07"), ("reason", "x")],
        ),
        ("take_back_waiver", vec![("waiver", "x"), ("reason", "x")]),
        (
            "chase_exception",
            vec![
                ("exception", lead),
                ("recipient", "a@b.com"),
                ("subject", "x"),
                ("text", "x"),
            ],
        ),
        (
            "dismiss_exception",
            vec![("exception", lead), ("reason", "x")],
        ),
        (
            "decide_merger",
            vec![("exception", lead), ("decision", "other"), ("reason", "x")],
        ),
        (
            "take_over_deal",
            vec![("exception", lead), ("partner", lead)],
        ),
        ("keep_unchanged", vec![("exception", lead), ("reason", "x")]),
        ("confirm_gone", vec![("exception", lead), ("reason", "x")]),
        ("follow_change", vec![("exception", lead)]),
    ]
}

#[tokio::test]
async fn a_role_does_no_more_than_its_own() {
    let portal = TestPortal::start().await;
    let (lead, statement) = stated(&portal).await;
    let (lead, statement) = (lead.to_string(), statement.to_string());
    let partner = portal.aster.id.to_string();
    let forms = forms(&lead, &statement, &partner);
    let before = content(&portal).await;
    let of_staff = "approve_lines hold_lines close_quarter accept_lead enrol_partner update_partner add_plan_version sweep_now set_up_hubspot choose_first_stage name_phase \
        set_channel set_channel_language test_channel test_partner_slack try_address_again \
        retry_job retry_all_jobs set_aside_job set_aside_jobs compare_now pause_system resume_system replay_webhook \
        begin_consent connect_token connect_app connect_mail set_webhook_secrets choose_organisation test_connection disconnect_system leave_books \
        choose_relay keep_relay_secret drop_relay_secret test_relay resend_lead resend_leads";
    let of_finance = "split_document link_document say_no_deal unlink_document waive_month chase_exception dismiss_exception \
        decide_merger take_over_deal keep_unchanged follow_change choose_bill_accounts read_accounts
        confirm_gone";
    let of_members = "raise_invoice add_bill_pdf update_company invite_member change_member_role reset_member withdraw_lead test_slack";
    let of_administrators = "add_colleague change_role change_role_in_partner disable_person reset_person enable_person set_two_persons leave_books";
    let refused = [
        (portal.aster.owner, of_staff),
        (portal.aster.finance, of_finance),
        (portal.staff.manager, of_finance),
        (portal.staff.operator, of_finance),
        (portal.aster.sales, of_staff),
        (portal.aster.owner, of_administrators),
        (portal.staff.manager, of_administrators),
        (portal.staff.finance, of_administrators),
        (portal.staff.operator, of_administrators),
        (portal.staff.auditor, of_administrators),
        (portal.staff.auditor, of_staff),
        (portal.staff.auditor, "confirm_details"),
        (portal.staff.operator, "confirm_details"),
        (portal.aster.owner, "confirm_details"),
        (portal.staff.auditor, of_finance),
        (portal.aster.reader, of_members),
        (
            portal.aster.sales,
            "raise_invoice add_bill_pdf update_company invite_member reset_member test_slack",
        ),
        (
            portal.aster.finance,
            "update_company invite_member change_member_role reset_member withdraw_lead test_slack",
        ),
        (portal.staff.administrator, of_members),
        (
            portal.staff.manager,
            "approve_lines hold_lines close_quarter add_plan_version sweep_now set_channel test_channel set_up_hubspot choose_first_stage name_phase \
            retry_job retry_all_jobs set_aside_job set_aside_jobs compare_now pause_system resume_system replay_webhook \
            begin_consent connect_token connect_app connect_mail set_webhook_secrets choose_organisation test_connection disconnect_system leave_books \
            choose_relay keep_relay_secret drop_relay_secret test_relay resend_lead resend_leads",
        ),
        (
            portal.staff.finance,
            "accept_lead enrol_partner update_partner sweep_now set_channel_language test_partner_slack try_address_again set_up_hubspot choose_first_stage name_phase \
            retry_job retry_all_jobs set_aside_job set_aside_jobs compare_now pause_system resume_system replay_webhook \
            begin_consent connect_token connect_app connect_mail set_webhook_secrets choose_organisation test_connection disconnect_system leave_books \
            choose_relay keep_relay_secret drop_relay_secret test_relay resend_lead resend_leads",
        ),
        (
            portal.staff.operator,
            "approve_lines close_quarter accept_lead enrol_partner add_plan_version test_partner_slack leave_books",
        ),
    ];
    for (actor, acts) in refused {
        let mut browser = portal.sign_in(&actor).await;
        let page = if matches!(actor, Actor::Staff { .. }) {
            "/staff"
        } else {
            "/company"
        };
        for act in acts.split_whitespace() {
            let fields: Vec<(&str, &str)> = [("do", act)]
                .into_iter()
                .chain(forms[act].iter().copied())
                .collect();
            assert_eq!(
                browser.post(page, &fields).await.status,
                403,
                "{act} as {actor:?}"
            );
        }
    }
    let mut finance = portal.sign_in(&portal.aster.finance).await;
    let answer = send(&mut finance, &lead_form("Quay", "quay.com")).await;
    assert_eq!(answer.status, 403, "finance people submit no leads");
    assert_eq!(content(&portal).await, before);
    portal.finish().await;
}

#[tokio::test]
async fn server_functions_refuse_whoever_is_not_signed_in() {
    let portal = TestPortal::start().await;
    let (lead, statement) = stated(&portal).await;
    let (lead, statement) = (lead.to_string(), statement.to_string());
    let partner = portal.aster.id.to_string();
    let before = content(&portal).await;
    let mut browser = portal.browser();
    for (act, values) in forms(&lead, &statement, &partner) {
        let fields: Vec<(&str, &str)> = [("do", act)]
            .into_iter()
            .chain(values.iter().copied())
            .collect();
        let page = browser.post("/leads", &fields).await;
        assert_eq!(
            (page.status, page.location.as_str()),
            (303, "/sign-in"),
            "{act}"
        );
        let call = browser.post(&format!("/api/{act}"), &values).await;
        assert!(
            !(200..300).contains(&call.status),
            "{act} is {}",
            call.status
        );
    }
    assert_eq!(content(&portal).await, before);
    portal.finish().await;
}

#[tokio::test]
async fn a_removed_members_session_ends_at_once() {
    let portal = TestPortal::start().await;
    let mut sales = portal.sign_in(&portal.aster.sales).await;
    assert_eq!(sales.get("/leads").await.status, 200);
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let person = portal.aster.sales.person().to_string();
    let answer = owner
        .post("/company", &[("do", "remove_member"), ("person", &person)])
        .await;
    assert_eq!(
        (answer.status, answer.location.as_str()),
        (303, "/company?notice=member-removed")
    );
    assert_eq!(sales.get("/leads").await.status, 303);
    assert_eq!(sales.get("/").await.location, "/sign-in?next=%2F");
    let last = portal.aster.owner.person().to_string();
    let answer = owner
        .post("/company", &[("do", "remove_member"), ("person", &last)])
        .await;
    assert_eq!(answer.status, 409, "somebody must hold the key");
    let others = portal.borealis.sales.person().to_string();
    assert_eq!(
        owner
            .post("/company", &[("do", "remove_member"), ("person", &others)])
            .await
            .status,
        404
    );
    portal.finish().await;
}

#[tokio::test]
async fn signing_out_ends_the_session_everywhere_that_it_was_copied_to() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    let mut copy = browser.again();
    let answer = browser.post("/leads", &[("do", "sign_out")]).await;
    assert_eq!(
        (answer.status, answer.location.as_str()),
        (303, "/sign-in?notice=signed-out")
    );
    assert_eq!(answer.headers["clear-site-data"], "\"storage\"");
    assert_eq!(copy.get("/leads").await.status, 303);
    portal.finish().await;
}

/// The same portal as it would be with real systems: the demo's conveniences are gone.
fn real(portal: &TestPortal) -> Ctx {
    let mut programme = (*portal.ctx.programme).clone();
    programme.sandbox = false;
    Ctx {
        programme: Arc::new(programme),
        ..portal.ctx.clone()
    }
}

/// A session of somebody who proved so much.
pub async fn begin_session(ctx: &Ctx, actor: &Actor, proof: Proof) -> String {
    let token = access::new_token();
    let session = SessionRecord {
        id: SessionId::new(ctx.new_id()),
        person: actor.person(),
        partner: match actor {
            Actor::Member { partner, .. } => Some(*partner),
            Actor::Staff { .. } => None,
        },
        proof,
        proved_at: Some(ctx.now()),
        device: String::new(),
        created_at: ctx.now(),
        seen_at: ctx.now(),
        expires_at: ctx.now().plus_days(14),
    };
    let mut tx = ctx.store.write().await.unwrap();
    sessions::add(&mut tx, &token.hash, &session).await.unwrap();
    tx.commit().await.unwrap();
    token.secret
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let portal = TestPortal::start().await;
    let ctx = real(&portal);
    let is_signed_in = async |secret: &str| {
        let found = access::find_session(&ctx, secret).await;
        found.unwrap().is_some()
    };
    let used = begin_session(&ctx, &portal.aster.owner, Proof::Passkey).await;
    let unused = begin_session(&ctx, &portal.aster.owner, Proof::Passkey).await;
    let staff = begin_session(&ctx, &portal.staff.finance, Proof::Passkey).await;
    portal.advance_clock_by(11 * 60).await;
    assert!(is_signed_in(&staff).await);
    portal.advance_clock_by(13 * 60).await;
    assert!(!is_signed_in(&staff).await, "unused for twelve hours");
    assert!(is_signed_in(&used).await);
    for _ in 0..6 {
        portal.advance_clock_by(2 * 24 * 60).await;
        assert!(is_signed_in(&used).await);
    }
    assert!(!is_signed_in(&unused).await, "unused for three days");
    portal.advance_clock_by(2 * 24 * 60).await;
    assert!(!is_signed_in(&used).await, "after two weeks");
    portal.finish().await;
}

#[tokio::test]
async fn another_sites_form_is_refused() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    let person = portal.aster.sales.person().to_string();
    let fields = [("do", "remove_member"), ("person", person.as_str())];
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("sec-fetch-site", "none")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![
            ("sec-fetch-site", "cross-site"),
            ("origin", portal.url.as_str()),
        ],
    ] {
        for path in ["/company", "/api/remove_member"] {
            let answer = browser.post_from(path, &fields, &headers).await;
            assert_eq!(answer.status, 403, "{path} {headers:?}");
        }
    }
    let mut sales = portal.sign_in(&portal.aster.sales).await;
    assert_eq!(sales.get("/leads").await.status, 200, "nobody was removed");
    portal.finish().await;
}

#[tokio::test]
async fn asking_for_a_link_writes_the_same_whoever_asks() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let person = portal.staff.manager.person();
    let disable = format!("UPDATE people SET disabled_at = 1 WHERE id = '{person}'");
    portal.database.execute(&disable).await.unwrap();
    let mut written = Vec::new();
    for email in [
        "sales@aster-consulting.com",
        "nobody@nowhere.com",
        "partner_manager@vendor.example",
    ] {
        let before = content(&portal).await;
        let ask = [("do", "request_link"), ("email", email)];
        let answer = portal.browser().post("/sign-in", &ask).await;
        assert_eq!(answer.location, "/sign-in?sent=1", "{email}");
        let mut more = content(&portal).await;
        more.retain(|table, count| *count != before[table]);
        written.push(more.into_keys().collect::<Vec<_>>());
    }
    assert_eq!(written, [["jobs"], ["jobs"], ["jobs"]]);
    portal.run_jobs().await;
    assert_eq!(portal.mails_to("sales@aster-consulting.com").await.len(), 1);
    let disabled = portal.mails_to("partner_manager@vendor.example").await;
    assert!(disabled.is_empty(), "{disabled:?}");
    portal.finish().await;
}

#[tokio::test]
async fn an_invitation_is_accepted_once() {
    let portal = TestPortal::start().await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let invite = [
        ("do", "invite_member"),
        ("form[email]", "nina@aster-consulting.com"),
        ("form[role]", "sales"),
    ];
    let answer = owner.post("/company", &invite).await;
    assert_eq!(
        (answer.status, answer.location.as_str()),
        (303, "/company?notice=member-invited")
    );
    let path = portal.mailed_path("nina@aster-consulting.com").await;
    let token = path
        .strip_prefix("/invitations/")
        .expect("the invitation's page");
    let mut browser = portal.browser();
    let page = browser.get(&path).await;
    assert!(
        page.status == 200
            && page.body.contains("Aster")
            && page.body.contains("nina@aster-consulting.com")
    );
    let without = browser
        .post(
            &path,
            &[("do", "accept_invitation"), ("token", token), ("name", "")],
        )
        .await;
    assert_eq!(without.status, 422);
    let accept = [
        ("do", "accept_invitation"),
        ("token", token),
        ("name", "Nina Osei"),
    ];
    let answer = browser.post(&path, &accept).await;
    assert_eq!(
        (answer.status, answer.location.as_str()),
        (303, "/sign-in?notice=invitation-accepted")
    );
    assert_eq!(
        browser.get("/leads/new").await.status,
        303,
        "not by a mail alone"
    );
    assert!(owner.get("/company").await.body.contains("Nina Osei"));
    let mut thief = portal.browser();
    assert_eq!(thief.post(&path, &accept).await.status, 409);
    assert_eq!(thief.get("/leads").await.status, 303);
    let twice = owner.post("/company", &invite).await;
    assert_eq!(twice.status, 422);
    assert!(
        twice
            .body
            .contains(&Words::of(Locale::En).text("error-already-member"))
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_company_mails_only_so_many_invitations_a_day() {
    let portal = TestPortal::start().await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    for number in 0..=50 {
        let email = format!("n{number}@example.net");
        let invite = [
            ("do", "invite_member"),
            ("form[email]", email.as_str()),
            ("form[role]", "sales"),
        ];
        let answer = owner.post("/company", &invite).await;
        let expected = if number < 50 { 303 } else { 409 };
        assert_eq!(answer.status, expected, "{number}: {}", answer.body);
    }
    let mails = portal.mails_to("n50@example.net").await;
    assert!(mails.is_empty(), "{mails:?}");
    portal.finish().await;
}

#[tokio::test]
async fn an_invitation_that_was_taken_back_or_is_old_is_worth_nothing() {
    let portal = TestPortal::start().await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    for email in ["one@aster-consulting.com", "two@aster-consulting.com"] {
        owner
            .post(
                "/company",
                &[
                    ("do", "invite_member"),
                    ("form[email]", email),
                    ("form[role]", "finance"),
                ],
            )
            .await;
    }
    let revoked = portal.mailed_path("one@aster-consulting.com").await;
    let old = portal.mailed_path("two@aster-consulting.com").await;
    let view = portal_services::company::read(&portal.ctx, &portal.aster.owner)
        .await
        .unwrap();
    let invitation = view
        .invitations
        .iter()
        .find(|invitation| invitation.email.starts_with("one@"))
        .unwrap()
        .id
        .to_string();
    let mut stranger = portal.sign_in(&portal.borealis.owner).await;
    assert_eq!(
        stranger
            .post(
                "/company",
                &[("do", "revoke_invitation"), ("invitation", &invitation)]
            )
            .await
            .status,
        404
    );
    let answer = owner
        .post(
            "/company",
            &[("do", "revoke_invitation"), ("invitation", &invitation)],
        )
        .await;
    assert_eq!(answer.status, 303);
    portal.advance_clock_by(8 * 24 * 60).await;
    for path in [revoked, old] {
        let token = path.strip_prefix("/invitations/").unwrap();
        let fields = [
            ("do", "accept_invitation"),
            ("token", token),
            ("name", "Somebody"),
        ];
        assert_eq!(portal.browser().post(&path, &fields).await.status, 409);
    }
    portal.finish().await;
}

/// What the audit log notes of those who changed nothing.
const NOTED: &str = "'sign_in', 'use_link', 'refuse', 'download_statement', 'download_bill', 'export_audit', 'export_explorer', 'export_ledger', 'export_person'";

/// How many rows each table has, and how far those that count changes have counted. What a session's last use is, is not content, nor what is noted of looks.
pub async fn content(portal: &TestPortal) -> BTreeMap<String, i64> {
    let sql = if portal.database.is_postgres() {
        "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'sessions'"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'sessions'"
    };
    let mut content = BTreeMap::new();
    for row in portal.database.rows(sql).await {
        let table: String = row.get("name");
        let count = portal
            .database
            .rows(&format!(
                "SELECT CAST(COUNT(*) AS BIGINT) AS how_many FROM {table}"
            ))
            .await;
        content.insert(table, count[0].get("how_many"));
    }
    let changes = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) AS how_many FROM audit WHERE act NOT IN ({NOTED})"
    );
    let changes = portal.database.rows(&changes).await;
    content.insert("audit".to_owned(), changes[0].get("how_many"));
    let versions = portal
        .database
        .rows("SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) AS how_many FROM partner_changes")
        .await;
    content.insert("changes".to_owned(), versions[0].get("how_many"));
    assert!(content.len() > 25, "{content:?}");
    content
}

#[tokio::test]
async fn looking_changes_nothing() {
    let portal = TestPortal::start().await;
    let (lead, statement) = stated(&portal).await;
    let (lead, statement) = (lead.to_string(), statement.to_string());
    let partner = portal.aster.id.to_string();
    let mut browsers = Vec::new();
    for actor in [
        portal.aster.owner,
        portal.borealis.sales,
        portal.staff.administrator,
    ] {
        browsers.push(portal.sign_in(&actor).await);
    }
    browsers.push(portal.browser());
    let before = content(&portal).await;
    let things = [
        ("/leads/{id}", lead.as_str()),
        ("/partners/{id}", &partner),
        ("/statements/{id}", &statement),
        ("format", "pdf"),
        ("system", "xero"),
        ("name", "statement"),
        ("scheme", "dark"),
        ("function", "sweep_now"),
    ];
    let routes = routes::list()
        .into_iter()
        .map(|route| route.filled(&things));
    let more = [
        format!("/leads/{lead}?do=withdraw_lead&lead={lead}"),
        "/staff/statements?quarter=2026Q4".to_owned(),
        "/staff/plans/edit?trial=true&form[name]=Referral&form[rate]=20&form[months]=12&valid_from=2026-07-01&all_deals=true".to_owned(),
        "/staff/connections/xero/callback?code=a&state=b".to_owned(),
        "/staff/connections/xero/callback?error=access_denied&state=b".to_owned(),
        "/staff/connections/xero/connect".to_owned(),
        "/nowhere".to_owned(),
    ];
    for path in routes.chain(more) {
        for browser in &mut browsers {
            let answer = browser.head_of_get(&path).await;
            assert!(answer.status < 500, "{path} is {}", answer.status);
        }
    }
    assert_eq!(content(&portal).await, before);
    portal.finish().await;
}

#[tokio::test]
async fn the_demos_people_cannot_be_chosen_where_something_real_is_connected() {
    let portal = TestPortal::start().await;
    let ctx = real(&portal);
    let refused = access::sign_in_as(
        &ctx,
        portal.staff.administrator.person(),
        None,
        &access::Browser::default(),
    )
    .await;
    assert!(
        matches!(refused, Err(ServiceError::Forbidden)),
        "{refused:?}"
    );
    assert!(access::list_choices(&ctx).await.unwrap().is_empty());
    portal.finish().await;
}

#[tokio::test]
async fn somebody_added_on_the_command_line_is_in_the_audit_log() {
    let portal = TestPortal::start().await;
    let role = Some(StaffRole::Finance);
    portal::demo::add_person(&portal.ctx, "Nora Berg", "nora@vendor.test", "en", role)
        .await
        .unwrap();
    let rows = portal
        .database
        .rows("SELECT facts FROM audit WHERE act = 'add_person' ORDER BY position DESC")
        .await;
    let facts: String = rows[0].get("facts");
    assert!(
        facts.contains("nora@vendor.test") && facts.contains("finance"),
        "{facts}"
    );
    portal.finish().await;
}
